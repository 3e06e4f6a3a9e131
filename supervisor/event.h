/* SPDX-License-Identifier: MIT */
/*
 * What happened, in the words of this house: waitpid's answer turned into a kind of event. The only
 * file that waits.
 */
#ifndef INT80_EVENT_H
#define INT80_EVENT_H

#include <sys/types.h>

enum event_kind {
	EVENT_NONE, /* nothing yet: a signal came to the supervisor, or a look was in vain */
	EVENT_TICK, /* another second has passed */
	EVENT_CALL_SECCOMP, /* our filter sent a call to us: its entry */
	EVENT_CALL_STOP,    /* PTRACE_SYSCALL's stop: an entry or an exit */
	EVENT_CHILD,	    /* fork, vfork or clone made a task */
	EVENT_EXEC,	    /* executes another program */
	EVENT_SIGNAL,	    /* a signal is about to be delivered */
	EVENT_GROUP_STOP,   /* the thread group is stopped by a signal */
	EVENT_TRAP, /* a ptrace stop of no other meaning: the first of a new task, an interrupt */
	EVENT_GONE, /* exited or killed */
	EVENT_KINDS
};

struct event {
	enum event_kind kind;
	pid_t tid;
	int status; /* as waitpid gave it */
	int signal; /* EVENT_SIGNAL, EVENT_GROUP_STOP */
};

/* To be called once before the first tracee is made: takes SIGCHLD and the periodic tick. */
void event_setup(void);
/* What event_setup changed is undone: for a child before it executes a program. */
void event_child_setup(void);
/* Waits for the next event. 1, or 0 if no tracee is left. */
int event_next(struct event *event);
/* Puts an event back that was met out of turn (while injecting): the next event_next returns it. */
void event_put_back(pid_t tid, int status);

#endif
