/* SPDX-License-Identifier: MIT */
/* The supervisor's heart: wait for an event, hand it to the handler of its kind, resume the task.
 */
#ifndef INT80_LOOP_H
#define INT80_LOOP_H

#include "filter.h"
#include "observer.h"

struct loop_options {
	/* Calls that observers want; NULL: all. Others may stop too, and are not shown to them. */
	const struct callset *calls;
	/*
	 * Called at an exec stop of a task without our filter, to install what belongs into a fresh
	 * image. 1: the filter is in force now; 0: there is none; -ESRCH: the task died.
	 */
	int (*install)(pid_t tid, const void *arg);
	const void *install_arg;
	bool no_pin; /* never let supervisor and a lone busy task share a processor */
};

/* Observers are told in the order in which they were added. */
void loop_add_observer(struct observer *observer);
/* A task that stands at a stop of its own or runs: known from now on. */
void loop_adopt(pid_t tid, pid_t pid, pid_t parent);
/*
 * Runs until no task is left or, after a signal to detach, until all are let go. Returns the wait
 * status of `first`, 0 if it was never seen to end. first 0: tasks were attached.
 */
int loop_run(pid_t first, const struct loop_options *options);

#endif
