/* SPDX-License-Identifier: MIT */
/*
 * The observer behind `int80 audit`: counts what calls do into a recording. It never slows a
 * program for a number that nobody will read: per call it costs a few look-ups, and what is dear -
 * decoding, names of files - is done once for each new thing.
 */
#ifndef INT80_AUDIT_H
#define INT80_AUDIT_H

#include "observer.h"
#include "recording.h"

struct audit_options {
	bool events;	      /* a row for every call */
	const char *selected; /* -e trace=, for the header; NULL: all calls */
	bool launcher;	      /* the program is there only to start others */
	char **argv;	      /* the program, or NULL */
	const pid_t *attached;
	unsigned nattached;
};

/* Starts to write; the observer is to be added to the loop. */
struct observer *audit_start(struct recording *recording, const struct audit_options *options);
/* The last row, and the recording is complete. status: as launch_and_run returned it. */
void audit_finish(int status);
/* False: nothing was executed or attached to, there is nothing to report. */
bool audit_started(void);

#endif
