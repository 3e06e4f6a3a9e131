/* SPDX-License-Identifier: MIT */
/* int80 report: prints what a recording holds. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "err.h"
#include "report.h"

enum { KEY_JSON = 0x2000, KEY_ALL, KEY_BRIEF, KEY_PROGRAM, KEY_PROCESS };

struct options {
	struct report_options report;
	const char *file;
};

static const struct argp_option option_table[] = {
	{"json", KEY_JSON, NULL, 0, "as JSON", 0},
	{"all", KEY_ALL, NULL, 0, "lists in full", 0},
	{"brief", KEY_BRIEF, NULL, 0, "only the header and the titles of findings", 0},
	{"program", KEY_PROGRAM, "NAME", 0, "only this program: its path, or the last part of it",
		0},
	{"process", KEY_PROCESS, "PID", 0, "only this process", 0},
	{0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	char *end;

	switch (key) {
	case KEY_JSON:
		options->report.json = true;
		return 0;
	case KEY_ALL:
		options->report.all = true;
		return 0;
	case KEY_BRIEF:
		options->report.brief = true;
		return 0;
	case KEY_PROGRAM:
		options->report.program = arg;
		return 0;
	case KEY_PROCESS:
		options->report.process = strtol(arg, &end, 10);
		if (*end || options->report.process <= 0)
			argp_error(state, "--process takes a process id, not '%s'", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (options->file)
			argp_error(state, "takes one recording, not '%s' too", arg);
		options->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (!options->file)
			argp_error(state,
				"needs a recording: the FILE that int80 audit -o FILE has written");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse_option,
	.args_doc = "FILE",
	.doc = "Prints the report of a recording that int80 audit -o FILE has made.",
};

int cmd_report(int argc, char **argv)
{
	struct options options = {0};
	struct recording *recording;
	char why[512];
	int err;

	argp_err_exit_status = EXIT_INT80;
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	if (recording_open(&recording, options.file, why, sizeof(why)))
		die(EXIT_INT80, "%s", why);
	err = report_print(recording, &options.report, stdout, why, sizeof(why));
	recording_close(recording);
	if (err && err != -EPIPE)
		die(EXIT_INT80, "%s: %s", options.file, why);
	return 0;
}
