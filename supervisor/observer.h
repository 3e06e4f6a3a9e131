/* SPDX-License-Identifier: MIT */
/*
 * Who is told what happens: the trace printer, the auditor, a recording. Observers never resume or
 * change a task; the loop does.
 */
#ifndef INT80_OBSERVER_H
#define INT80_OBSERVER_H

#include <signal.h>

#include "task.h"

struct observer;

struct observer_ops {
	/* Would this call be looked at again when it returns? Only asked at the entry. NULL: yes.
	 */
	bool (*wants_exit)(struct observer *, const struct call *);
	void (*enter)(struct observer *, struct call *);
	void (*leave)(struct observer *, struct call *);
	/* The call will not return: its task died or became another by exec in a sibling. */
	void (*cut)(struct observer *, struct call *);
	/* About to be delivered; info is in the supervisor's own (64-bit) layout. */
	void (*signal)(struct observer *, struct task *, int sig, const siginfo_t *info);
	void (*group_stop)(struct observer *, struct task *, int sig);
	/* parent is NULL for the first program and for attached tasks. */
	void (*born)(struct observer *, struct task *, const struct task *parent);
	/* The task executes another program now; former is its tid before (the same, mostly). */
	void (*exec)(struct observer *, struct task *, pid_t former);
	/* status as waitpid gave it; the task's process may go with it. */
	void (*gone)(struct observer *, struct task *, int status);
	/* Now and then (every second, and before the end), for flushing. */
	void (*tick)(struct observer *);
};

struct observer {
	const struct observer_ops *ops;
	struct observer *next;
};

#endif
