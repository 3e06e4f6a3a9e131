/* SPDX-License-Identifier: MIT */
/*
 * int80 trace: an observer that prints every call, as strace's text or as JSON Lines, and one that
 * counts them. All they know of a call they have from decode.h.
 */
#ifndef INT80_TRACE_H
#define INT80_TRACE_H

#include <signal.h>
#include <stdio.h>

#include "decode.h"
#include "observer.h"

/* Bits of what became of a call (-e status=). */
enum {
	STATUS_SUCCESSFUL = 1,
	STATUS_FAILED = 2,
	STATUS_UNFINISHED = 4,
	STATUS_UNAVAILABLE = 8,
	STATUS_DETACHED = 16,
	STATUS_ALL = 31,
};

enum trace_stamp { STAMP_NONE, STAMP_SECONDS, STAMP_MICROSECONDS, STAMP_EPOCH };

struct trace_options {
	FILE *out;
	bool to_file;		/* -o: the id of the task stands before every line */
	bool announce;		/* tell of tasks that come (off with -q, or when out is a file) */
	bool announce_attached; /* the same of those that -p names */
	bool show_exits;
	bool show_number, show_site, show_duration, show_relative; /* -n -i -T -r */
	enum trace_stamp stamp;
	unsigned column;    /* -a */
	unsigned status;    /* STATUS_* of the calls to print */
	bool signals[65];   /* signals to print */
	const char **paths; /* -P: NULL: all calls */
	unsigned npaths;
	struct decode_options decode;
};

/* How far the line of a call got. */
enum trace_line { LINE_NONE, LINE_OPEN, LINE_INTERRUPTED };

/* Observers; options must outlive them. They are the only ones of their kind in a process. */
struct observer *trace_text(const struct trace_options *options);
struct observer *trace_json(const struct trace_options *options);

enum trace_sort { SORT_TIME, SORT_CALLS, SORT_ERRORS, SORT_NAME, SORT_NONE };

struct observer *trace_summary(const struct trace_options *options);
void trace_summary_print(FILE *to, enum trace_sort sort);

/* Does the call concern one of the options' paths? At the entry, decoded. True without paths. */
bool trace_path_matches(const struct trace_options *options, const struct call *call);

/* STATUS_* of a call that returned. */
unsigned trace_status(const struct call *call);
/* "ENOENT"; NULL for a number that is no error's. */
const char *trace_errno_name(int err);

#endif
