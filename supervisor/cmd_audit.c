/* SPDX-License-Identifier: MIT */
/* int80 audit: run, record, report. */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "cmd.h"
#include "err.h"
#include "findings.h"
#include "launch.h"
#include "loop.h"
#include "report.h"

enum { KEY_EVENTS = 0x2000, KEY_JSON, KEY_REPORT, KEY_ALL, KEY_BRIEF };

struct options {
	struct launch_options launch;
	struct audit_options audit;
	struct report_options report;
	struct callset calls;
	const char *recording, *report_file;
	bool report_asked;
};

static const struct argp_option option_table[] = {
	{"output", 'o', "FILE", 0,
		"keep the recording, for int80 report and for SQL, and print no report", 1},
	{"events", KEY_EVENTS, NULL, 0, "record every call, not only counts and first examples", 1},
	{"expr", 'e', "trace=SET", 0,
		"only these calls: names, numbers, %class, @group, /regex, ! before", 1},
	{"report", KEY_REPORT, "FILE", 0,
		"print the report to FILE (- is stdout), not to stderr; with -o too", 2},
	{"json", KEY_JSON, NULL, 0, "the report as JSON", 2},
	{"all", KEY_ALL, NULL, 0, "lists in full", 2},
	{"brief", KEY_BRIEF, NULL, 0, "only the header and the titles of findings", 2},
	{0},
};

static void parse_expression(struct options *options, const char *text, struct argp_state *state)
{
	const char *bad, *set = !strncmp(text, "trace=", 6) ? text + 6 : text;
	int n;

	if (strchr(set, '='))
		argp_error(state, "-e takes trace=SET, not '%s'", text);
	if (callset_parse(&options->calls, set, &bad, &n)) {
		char *word = strndup(bad, n);
		const char *near = abi_nearest(word);

		argp_error(state, "-e: there is no call or group '%s'%s%s%s", word,
			near ? ": did you mean '" : "", near ?: "", near ? "'?" : "");
	}
	options->audit.selected = set;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->launch;
		return 0;
	case 'o':
		if (!strcmp(arg, "-"))
			argp_error(
				state, "-o takes a file; --report - prints the report to stdout");
		options->recording = arg;
		return 0;
	case 'e':
		parse_expression(options, arg, state);
		return 0;
	case KEY_EVENTS:
		options->audit.events = true;
		return 0;
	case KEY_REPORT:
		options->report_file = arg;
		options->report_asked = true;
		return 0;
	case KEY_JSON:
		options->report.json = options->report_asked = true;
		return 0;
	case KEY_ALL:
		options->report.all = options->report_asked = true;
		return 0;
	case KEY_BRIEF:
		options->report.brief = options->report_asked = true;
		return 0;
	case ARGP_KEY_END:
		if (options->audit.events && !options->recording)
			argp_error(state, "--events needs -o FILE to keep them in");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&launch_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
	.options = option_table,
	.parser = parse_option,
	.args_doc = "[--] PROGRAM [ARG...]\n-p PID",
	.doc = "Runs a 32-bit program, notes what it and its children ask of the kernel, and "
	       "prints a "
	       "report on stderr when it is done.\v"
	       "The exit status is the program's; 125 if int80 failed, 126 or 127 if the program "
	       "could "
	       "not be run.",
	.children = children,
};

/* A recording of nothing is no use: the program could not be started. */
static struct recording *unstarted;

static void discard_unstarted(void)
{
	if (unstarted)
		recording_discard(unstarted);
	unstarted = NULL;
}

static FILE *open_report(const struct options *options)
{
	FILE *to = stderr;

	if (options->report_file && !strcmp(options->report_file, "-"))
		to = stdout;
	else if (options->report_file)
		to = fopen(options->report_file, "we");
	if (!to)
		die(EXIT_INT80, "cannot write %s: %s", options->report_file, strerror(errno));
	return to;
}

/* 0, or EXIT_INT80 after a message. */
static int print_report(struct recording *recording, const struct options *options, FILE *to)
{
	char why[512];
	int err = 0;

	if (!options->recording || options->report_asked)
		err = report_print(recording, &options->report, to, why, sizeof(why));
	if (err && err != -EPIPE)
		warn("no report: %s", why);
	return err && err != -EPIPE ? EXIT_INT80 : 0;
}

/* Findings are kept as well, for those who read the recording with SQL. */
static void keep_findings(struct recording *recording)
{
	static const struct report_options all;
	json_t *findings = NULL;

	if (!report_choose(recording_db(recording), &all))
		findings = findings_of(recording_db(recording));
	if (findings)
		findings_record(recording, findings);
	json_decref(findings);
}

static int finish(
	struct recording *recording, const struct options *options, FILE *report, int status)
{
	int err;

	audit_finish(status);
	if (options->recording)
		keep_findings(recording);
	recording_complete(recording);
	err = print_report(recording, options, report);
	if (recording_error(recording))
		err = EXIT_INT80;
	recording_close(recording);
	return err ? err : status;
}

int cmd_audit(int argc, char **argv)
{
	static struct options options;
	struct recording *recording;
	struct observer *observer;
	char why[512];
	FILE *report;
	int status;

	argp_err_exit_status = EXIT_INT80;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &options);
	report = open_report(&options);
	if (recording_create(&recording, options.recording, why, sizeof(why)))
		die(EXIT_INT80, "%s", why);
	unstarted = recording;
	atexit(discard_unstarted);
	options.audit.launcher = options.launch.launcher;
	options.audit.argv = options.launch.argv;
	options.audit.attached = options.launch.attach;
	options.audit.nattached = options.launch.nattach;
	observer = audit_start(recording, &options.audit);
	loop_add_observer(observer);
	status = launch_and_run(&options.launch, options.audit.selected ? &options.calls : NULL);
	if (!audit_started())
		return status;
	unstarted = NULL;
	return finish(recording, &options, report, status);
}
