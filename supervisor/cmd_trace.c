/* SPDX-License-Identifier: MIT */
/* int80 trace: its options, in the spelling of strace. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "err.h"
#include "filter.h"
#include "launch.h"
#include "loop.h"
#include "print.h"
#include "trace.h"

enum { KEY_JSON = 0x2000, KEY_SECCOMP, KEY_TRACE, KEY_SIGNAL, KEY_STATUS };

enum { SUMMARY_NONE, SUMMARY_ONLY, SUMMARY_TOO };

static struct {
	struct launch_options launch;
	struct trace_options trace;
	struct callset calls;
	bool some_calls; /* -e trace= was given */
	const char *file;
	bool append, json;
	unsigned summary, quiet, stamps, hex;
	enum trace_sort sort;
} settings = {
	.trace = {.show_exits = true,
		.column = 40,
		.status = STATUS_ALL,
		.decode = {.string_limit = 32}},
};

static const struct argp_option option_table[] = {
	{0, 'e', "EXPR", 0,
		"trace=CALLS, signal=SIGNALS, status=STATUSES, quiet=all or, without a "
		"word before =, CALLS",
		1},
	{"trace", KEY_TRACE, "CALLS", 0, "the same as -e trace=", 1},
	{"signal", KEY_SIGNAL, "SIGNALS", 0, "the same as -e signal=", 1},
	{"status", KEY_STATUS, "STATUSES", 0, "the same as -e status=", 1},
	{"trace-path", 'P', "PATH", 0, "only calls on this file; may be repeated", 1},
	{"successful-only", 'z', 0, 0, "only calls that succeeded", 1},
	{"failed-only", 'Z', 0, 0, "only calls that failed", 1},
	{"output", 'o', "FILE", 0, "write to FILE, not to stderr", 2},
	{"output-append-mode", 'A', 0, 0, "append to the file of -o", 2},
	{"json", KEY_JSON, 0, 0, "JSON Lines: an object a call", 2},
	{"summary-only", 'c', 0, 0, "count calls, errors and time; print a table at the end", 2},
	{"summary", 'C', 0, 0, "print the calls and the table", 2},
	{"summary-sort-by", 'S', "COLUMN", 0, "sort the table by time, calls, errors, name, none",
		2},
	{"summary-wall-clock", 'w', 0, 0, "always on; accepted for strace's sake", 2},
	{"string-limit", 's', "N", 0, "show at most N bytes of a string (32)", 3},
	{"no-abbrev", 'v', 0, 0, "every field of every struct", 3},
	{"strings-in-hex", 'x', 0, 0, "strings with other bytes than ASCII in hex; -xx: all", 3},
	{"decode-fds", 'y', 0, 0, "show what file descriptors refer to", 3},
	{"columns", 'a', "N", 0, "align results to column N (40)", 3},
	{"relative-timestamps", 'r', 0, 0, "time since the line before", 4},
	{"absolute-timestamps", 't', 0, 0,
		"time of day; -tt: with microseconds, -ttt: since the epoch", 4},
	{"syscall-times", 'T', 0, 0, "time that each call took", 4},
	{"syscall-number", 'n', 0, 0, "number of each call", 4},
	{"instruction-pointer", 'i', 0, 0, "address that made each call", 4},
	{"quiet", 'q', 0, 0, "no messages of tasks that come; -qq: nor of those that end", 4},
	{"seccomp-bpf", KEY_SECCOMP, 0, 0, "always on; accepted for strace's sake", 4},
	{0},
};

/* Words */

static void choose_calls(const char *words, struct argp_state *state)
{
	const char *bad;
	const char *near;
	char *name;
	int len;

	settings.some_calls = true;
	if (!callset_parse(&settings.calls, words, &bad, &len))
		return;
	name = xasprintf("%.*s", len, bad);
	near = abi_nearest(name);
	argp_error(state, "-e: there is no call or group '%s'%s%s%s", name,
		near ? ": did you mean '" : "", near ?: "", near ? "'?" : "");
}

/* The number of a signal by name, with or without SIG, or as a number; -1. */
static int signal_number(const char *word)
{
	struct arena arena = {0};
	const char *name = !strncmp(word, "SIG", 3) ? word + 3 : word;
	char *end;
	long n = strtol(word, &end, 10);
	int found = -1;

	if (end != word && !*end)
		return n > 0 && n < 65 ? (int)n : -1;
	for (int sig = 1; sig < 65 && found < 0; sig++)
		if (!strcasecmp(decode_signal_name(&arena, sig), name))
			found = sig;
	arena_free(&arena);
	return found;
}

/* Calls for each word of a list; true if the list began with !. */
static bool each_word(const char *list, struct argp_state *state,
	void (*take)(const char *word, struct argp_state *state))
{
	bool negated = *list == '!';
	char *copy = xstrdup(list + negated), *rest = copy, *word;

	while ((word = strsep(&rest, ",")))
		if (*word)
			take(word, state);
	free(copy);
	return negated;
}

static bool named_signals[65];

static void take_signal(const char *word, struct argp_state *state)
{
	int sig = signal_number(word);

	if (!strcmp(word, "all"))
		memset(named_signals, true, sizeof(named_signals));
	else if (!strcmp(word, "none"))
		memset(named_signals, false, sizeof(named_signals));
	else if (sig < 0)
		argp_error(state, "there is no signal '%s'", word);
	else
		named_signals[sig] = true;
}

static void choose_signals(const char *words, struct argp_state *state)
{
	bool negated;

	memset(named_signals, false, sizeof(named_signals));
	negated = each_word(words, state, take_signal);
	for (int sig = 0; sig < 65; sig++)
		settings.trace.signals[sig] = named_signals[sig] != negated;
}

static unsigned named_status;

static void take_status(const char *word, struct argp_state *state)
{
	static const struct {
		const char *name;
		unsigned bits;
	} names[] = {{"successful", STATUS_SUCCESSFUL}, {"failed", STATUS_FAILED},
		{"unfinished", STATUS_UNFINISHED}, {"unavailable", STATUS_UNAVAILABLE},
		{"detached", STATUS_DETACHED}, {"all", STATUS_ALL}, {"none", 0}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, word)) {
			named_status |= names[i].bits;
			return;
		}
	argp_error(state,
		"status is successful, failed, unfinished, unavailable or detached, not '%s'",
		word);
}

static void choose_status(const char *words, struct argp_state *state)
{
	named_status = 0;
	if (each_word(words, state, take_status))
		named_status = ~named_status & STATUS_ALL;
	settings.trace.status = named_status;
}

static void take_quiet(const char *word, struct argp_state *state)
{
	static const char *const known[] = {"attach", "path-resolution", "path-resolve",
		"personality", "thread-execve", "superseded", "exits"};

	if (!strcmp(word, "all") || !strcmp(word, "exit") || !strcmp(word, "exits"))
		settings.quiet = 2;
	else if (!settings.quiet)
		settings.quiet = 1;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i], word))
			return;
	if (strcmp(word, "all") && strcmp(word, "exit"))
		argp_error(state, "quiet is attach, exit or all, not '%s'", word);
}

static void choose_quiet(const char *words, struct argp_state *state)
{
	each_word(words, state, take_quiet);
}

static void take_fd_detail(const char *word, struct argp_state *state)
{
	(void)state;
	settings.trace.decode.fd_names = strcmp(word, "none");
}

static void choose_fd_details(const char *words, struct argp_state *state)
{
	each_word(words, state, take_fd_detail);
}

/* abbrev=none is -v; calls cannot be told apart here. */
static void choose_abbreviation(const char *words, struct argp_state *state)
{
	if (strcmp(words, "none") && strcmp(words, "!all"))
		argp_error(state, "abbrev takes none, not '%s'", words);
	settings.trace.decode.verbose = true;
}

/* -e WHAT=WORDS */
static void expression(const char *text, struct argp_state *state)
{
	static const struct {
		const char *names[4];
		void (*choose)(const char *, struct argp_state *);
	} kinds[] = {
		{{"trace", "t"}, choose_calls},
		{{"signal", "signals", "s"}, choose_signals},
		{{"status"}, choose_status},
		{{"quiet", "silent", "silence", "q"}, choose_quiet},
		{{"decode-fds", "decode-fd"}, choose_fd_details},
		{{"abbrev", "a"}, choose_abbreviation},
	};
	const char *equals = strchr(text, '=');

	if (!equals) {
		choose_calls(text, state);
		return;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t n = 0; n < 4 && kinds[i].names[n]; n++)
			if (strlen(kinds[i].names[n]) == (size_t)(equals - text) &&
				!strncmp(kinds[i].names[n], text, equals - text)) {
				kinds[i].choose(equals + 1, state);
				return;
			}
	argp_error(
		state, "-e takes trace=, signal=, status=, quiet= or decode-fds=, not '%s'", text);
}

static unsigned long count(const char *arg, unsigned long most, struct argp_state *state)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(arg, &end, 10);
	if (errno || *end || end == arg || *arg == '-')
		argp_error(state, "'%s' is not a number", arg);
	return n < most ? n : most;
}

static void sort_by(const char *word, struct argp_state *state)
{
	static const char *const names[] = {[SORT_TIME] = "time",
		[SORT_CALLS] = "calls",
		[SORT_ERRORS] = "errors",
		[SORT_NAME] = "name",
		[SORT_NONE] = "none"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], word)) {
			settings.sort = i;
			return;
		}
	argp_error(state, "-S takes time, calls, errors, name or none, not '%s'", word);
}

static void add_path(const char *path)
{
	struct trace_options *trace = &settings.trace;
	char *resolved = realpath(path, NULL);

	trace->paths = xrealloc(trace->paths, (trace->npaths + 2) * sizeof(*trace->paths));
	trace->paths[trace->npaths++] = path;
	if (resolved && strcmp(resolved, path))
		trace->paths[trace->npaths++] = resolved;
}

/* Options without an argument: what they set, and to what; add: once more counts more. */
static const struct {
	int key;
	bool *flag;
	unsigned *number, value;
	bool add;
} switches[] = {
	{'A', .flag = &settings.append},
	{'C', .number = &settings.summary, .value = SUMMARY_TOO},
	{'T', .flag = &settings.trace.show_duration},
	{'Z', .number = &settings.trace.status, .value = STATUS_FAILED},
	{'c', .number = &settings.summary, .value = SUMMARY_ONLY},
	{'i', .flag = &settings.trace.show_site},
	{'n', .flag = &settings.trace.show_number},
	{'q', .number = &settings.quiet, .value = 1, .add = true},
	{'r', .flag = &settings.trace.show_relative},
	{'t', .number = &settings.stamps, .value = 1, .add = true},
	{'v', .flag = &settings.trace.decode.verbose},
	{'x', .number = &settings.hex, .value = 1, .add = true},
	{'y', .flag = &settings.trace.decode.fd_names},
	{'z', .number = &settings.trace.status, .value = STATUS_SUCCESSFUL},
	{KEY_JSON, .flag = &settings.json},
	{'w', .flag = NULL},
	{KEY_SECCOMP, .flag = NULL},
};

static error_t parse_switch(int key)
{
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (switches[i].key != key)
			continue;
		if (switches[i].flag)
			*switches[i].flag = true;
		if (switches[i].number)
			*switches[i].number =
				switches[i].value + (switches[i].add ? *switches[i].number : 0);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &settings.launch;
		return 0;
	case 'e':
		expression(arg, state);
		return 0;
	case KEY_TRACE:
		choose_calls(arg, state);
		return 0;
	case KEY_SIGNAL:
		choose_signals(arg, state);
		return 0;
	case KEY_STATUS:
		choose_status(arg, state);
		return 0;
	case 'P':
		add_path(arg);
		return 0;
	case 'o':
		settings.file = arg;
		return 0;
	case 'S':
		sort_by(arg, state);
		return 0;
	case 's':
		settings.trace.decode.string_limit = count(arg, 1 << 24, state);
		return 0;
	case 'a':
		settings.trace.column = count(arg, 1000, state);
		return 0;
	default:
		return parse_switch(key);
	}
}

static const struct argp_child children[] = {{&launch_argp, 0, NULL, 5}, {0}};

static const struct argp parser = {
	.options = option_table,
	.parser = parse_option,
	.args_doc = "-- PROGRAM [ARG...]\n-p PID",
	.doc = "Prints the system calls of a 32-bit program, its threads and children, in the "
	       "notation of strace.",
	.children = children,
};

/* Set-up */

static void open_output(void)
{
	struct trace_options *trace = &settings.trace;

	trace->to_file = settings.file != NULL;
	trace->out = stderr;
	if (settings.file)
		trace->out = fopen(settings.file, settings.append ? "ae" : "we");
	if (!trace->out)
		die(EXIT_INT80, "cannot open %s: %s", settings.file, strerror(errno));
	setvbuf(trace->out, NULL, settings.file ? _IOFBF : _IOLBF, 1 << 16);
}

static void settle(void)
{
	struct trace_options *trace = &settings.trace;

	trace->stamp =
		settings.stamps > STAMP_EPOCH ? STAMP_EPOCH : (enum trace_stamp)settings.stamps;
	trace->announce = !settings.quiet && !settings.file && !settings.json;
	trace->announce_attached = !settings.quiet && settings.launch.nattach;
	trace->show_exits = settings.quiet < 2;
	print_strings_in_hex(
		settings.hex > PRINT_HEX_ALL ? PRINT_HEX_ALL : (enum print_hex)settings.hex);
}

static void add_observers(void)
{
	struct trace_options *trace = &settings.trace;

	if (settings.json)
		loop_add_observer(trace_json(trace));
	else if (settings.summary != SUMMARY_ONLY)
		loop_add_observer(trace_text(trace));
	if (settings.summary)
		loop_add_observer(trace_summary(trace));
}

int cmd_trace(int argc, char **argv)
{
	int status;

	memset(settings.trace.signals, true, sizeof(settings.trace.signals));
	argp_err_exit_status = EXIT_INT80;
	argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, NULL);
	open_output();
	settle();
	add_observers();
	status = launch_and_run(&settings.launch, settings.some_calls ? &settings.calls : NULL);
	if (settings.summary)
		trace_summary_print(settings.trace.out, settings.sort);
	if (fflush(settings.trace.out) || ferror(settings.trace.out))
		die(EXIT_INT80, "cannot write %s: %s", settings.file ? settings.file : "the trace",
			strerror(errno));
	return status;
}
