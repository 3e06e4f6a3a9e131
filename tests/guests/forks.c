/* SPDX-License-Identifier: MIT */
/* Every way to make a process: fork, vfork, clone, clone3, posix_spawn, system. */
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>

#include "guest.h"

static int plus_one(void *arg)
{
	return *(int *)arg + 1;
}

static pid_t vfork_exit(int status)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(status);
	return pid;
}

static pid_t vfork_exec(char *const argv[])
{
	pid_t pid = vfork();

	if (!pid) {
		execv(argv[0], argv);
		_exit(127);
	}
	return pid;
}

int main(int argc, char *argv[])
{
	static char stack[65536] __attribute__((aligned(16)));
	struct clone_args args = {.exit_signal = SIGCHLD};
	char *again[] = {"/proc/self/exe", "child", NULL};
	char *missing[] = {"/nonexistent", NULL};
	int n = 41, status, shared = 0;
	pid_t pid, parent = getpid();

	if (argc > 1)
		return strcmp(argv[1], "child") ? 2 : 5;
	pid = child_of(plus_one, &n);
	check(WEXITSTATUS(status_of(pid)) == 42, "fork");
	check(WEXITSTATUS(status_of(vfork_exit(43))) == 43, "vfork and exit");
	check(WEXITSTATUS(status_of(vfork_exec(again))) == 5, "vfork and exec");
	check(WEXITSTATUS(status_of(vfork_exec(missing))) == 127, "vfork and a failing exec");
	pid = must(clone(plus_one, stack + sizeof(stack), SIGCHLD, &n));
	check(WEXITSTATUS(status_of(pid)) == 42, "clone");
	pid = must(clone(plus_one, stack + sizeof(stack), 0, &n));
	check(waitpid(pid, &status, 0) == -1 && errno == ECHILD,
		"clone without a signal: not for wait");
	check(waitpid(pid, &status, __WCLONE) == pid && WEXITSTATUS(status) == 42,
		"but for __WCLONE");
	pid = must(clone(plus_one, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, &n));
	check(WEXITSTATUS(status_of(pid)) == 42, "clone with CLONE_VM and CLONE_VFORK");
	pid = must(syscall(SYS_clone3, &args, sizeof(args)));
	if (!pid)
		_exit(getppid() == parent ? 44 : 1);
	check(WEXITSTATUS(status_of(pid)) == 44, "clone3");
	args.flags = CLONE_CLEAR_SIGHAND | CLONE_PIDFD;
	args.pidfd = (uintptr_t)&shared;
	pid = must(syscall(SYS_clone3, &args, sizeof(args)));
	if (!pid)
		_exit(45);
	check(shared > 2, "clone3 gives a pidfd");
	check(WEXITSTATUS(status_of(pid)) == 45, "clone3 with CLONE_CLEAR_SIGHAND");
	check(!posix_spawn(&pid, again[0], NULL, NULL, again, NULL), "posix_spawn");
	check(WEXITSTATUS(status_of(pid)) == 5, "the spawned program ran");
	check(posix_spawn(&pid, missing[0], NULL, NULL, missing, NULL) == ENOENT,
		"posix_spawn tells what went wrong");
	check(WEXITSTATUS(system("exit 6")) == 6, "system");
	check(wait(NULL) == -1 && errno == ECHILD, "no child is left");
	return guest_end();
}
