/* SPDX-License-Identifier: MIT */
/* Clone flags that concern a tracer: CLONE_UNTRACED, CLONE_PARENT, CLONE_PTRACE; raw and clone3. */
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>

#include "guest.h"

/* Its call of getpgid(12345) must not escape the supervisor. */
static int noticed(void *arg)
{
	syscall(SYS_getpgid, 12345 + *(int *)arg);
	return 9;
}

static int siblings(void *arg)
{
	static char stack[65536] __attribute__((aligned(16)));
	int *which = arg;

	*which = 1;
	return clone(noticed, stack + sizeof(stack), CLONE_PARENT | SIGCHLD, which) > 0 ? 0 : 1;
}

static long raw_clone(unsigned long flags)
{
	return int80_call(SYS_clone, flags, 0, 0, 0, 0);
}

int main(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct clone_args args = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
	int which = 0, status, seen = 0;
	pid_t pid;

	pid = must(clone(noticed, stack + sizeof(stack), CLONE_UNTRACED | SIGCHLD, &which));
	check(WEXITSTATUS(status_of(pid)) == 9, "CLONE_UNTRACED");
	pid = child_of(siblings, &which);
	while (wait(&status) > 0)
		seen += 1 + (WEXITSTATUS(status) == 9);
	check(seen == 3, "CLONE_PARENT makes a sibling");
	which = 2;
	pid = must(clone(noticed, stack + sizeof(stack), CLONE_PTRACE | SIGCHLD, &which));
	check(WEXITSTATUS(status_of(pid)) == 9, "CLONE_PTRACE");
	which = 3;
	pid = raw_clone(CLONE_UNTRACED | SIGCHLD);
	if (!pid)
		_exit(noticed(&which));
	check(pid > 0 && WEXITSTATUS(status_of(pid)) == 9, "raw CLONE_UNTRACED");
	which = 4;
	/* A supervisor cannot change flags in memory that other threads write: it may refuse. */
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(noticed(&which));
	check(pid > 0 ? WEXITSTATUS(status_of(pid)) == 9 : errno == ENOSYS,
		"clone3 with CLONE_UNTRACED works or is refused as by an old kernel");
	check(args.flags == CLONE_UNTRACED, "the structure is as it was");
	which = 5;
	pid = must(clone(noticed, stack + sizeof(stack),
		CLONE_UNTRACED | CLONE_VM | CLONE_VFORK | SIGCHLD, &which));
	check(WEXITSTATUS(status_of(pid)) == 9, "CLONE_UNTRACED with CLONE_VFORK");
	return guest_end();
}
