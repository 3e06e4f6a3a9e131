/* SPDX-License-Identifier: MIT */
/*
 * The set of tasks and processes under the supervisor, and their lifetime. A task is one thread; a
 * process is a thread group. Both vanish only when the kernel has said so through waitpid.
 */
#ifndef INT80_TASK_H
#define INT80_TASK_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "call.h"

struct process {
	pid_t pid, parent; /* as the supervisor's PID namespace numbers them; parent 0: unknown */
	unsigned ntasks;
	unsigned serial; /* 1, 2, ... in order of appearance: pids are reused, this is not */
	unsigned images; /* how many programs it has executed: 0 until its first exec is seen */
	bool is64;	 /* what it executes now is a 64-bit program */
	char comm[16];	 /* /proc/PID/comm, refreshed at exec */
	char *exe;	 /* path of what it executes, as the kernel names it; NULL if unknown */
	uint32_t vdso;	 /* where the vDSO of a 32-bit image stands; 0: it has none */
	uint32_t landing_pad;	   /* where SYSENTER and SYSCALL return to; 0: not seen yet */
	uint32_t vdso_callers[32]; /* sites known to call __kernel_vsyscall: call.c */
	void *audit;		   /* the auditor's own record of this process */
	struct process *hash_next;
};

struct task {
	pid_t tid;
	struct process *process;
	bool filtered;	 /* our seccomp filter is in force: calls come as seccomp stops */
	bool stop_all;	 /* a filter of the program's own is in force too, which may hide calls from
			  * ours: stop at every entry with PTRACE_SYSCALL */
	bool in_call;	 /* between an entry stop and its exit stop */
	bool wants_exit; /* the present call is to be stopped at its exit */
	bool shown;	 /* observers were told of the present call */
	bool made_child; /* the event of a child came during the present call */
	bool untraced_stripped; /* its clone lost CLONE_UNTRACED: put back at the exit */
	bool restore_argument;	/* the same for the child, at its first stop: call.reg[0] */
	bool unclaimed;		/* seen before the event of its parent: held at its first stop */
	bool listening;		/* in a group stop, under PTRACE_LISTEN */
	bool pinned;		/* shares the supervisor's processor just now: pin.c */
	bool affinity_known;	/* affinity holds the program's own, which a pin may hide */
	cpu_set_t affinity;
	const char *interrupted; /* the call that restart_syscall will go on with; the trace
				    printer's */
	struct call call;	 /* the present call, valid while in_call */
	void *audit;		 /* the auditor's note of the present call */
	struct task *hash_next, *all_prev, *all_next;
};

/* NULL if unknown. */
struct task *task_find(pid_t tid);
/* A new task of a process; the process is made when it is not there yet. */
struct task *task_add(pid_t tid, pid_t pid, pid_t parent);
/* Forgets the task and, with its last task, the process. */
void task_remove(struct task *task);
/* exec by a thread that is not the leader: `former` goes on as the leader `tid`. */
struct task *task_become_leader(pid_t tid, pid_t former);
/* A task that was unclaimed gets its place. */
void task_move(struct task *task, pid_t pid, pid_t parent);
unsigned task_count(void);
/* The newest task; older ones by ->all_next. */
struct task *task_first(void);
#define task_for_each(t)                                                                           \
	for (struct task *t = task_first(), *t##_next = t ? t->all_next : NULL; t;                 \
		t = t##_next, t##_next = t ? t->all_next : NULL)

/* True if tid is a thread of process pid right now (no /proc needed). */
bool task_is_thread_of(pid_t tid, pid_t pid);
/* Reads thread group and parent from /proc/TID/status. 0 or -ESRCH. */
int task_look_up(pid_t tid, pid_t *pid, pid_t *parent);
/* A child after fork: the image of its parent. */
void process_copy(struct process *child, const struct process *parent);
/* Refreshes comm, exe, is64 and the vDSO's place of a process after an exec or an attach. */
void process_refresh(struct process *process);

#endif
