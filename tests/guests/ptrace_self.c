/* SPDX-License-Identifier: MIT */
/*
 * A program that uses ptrace. Under a tracer it gets EPERM, as under strace, and must go on;
 * natively it works. Argument "traced" says which to expect.
 */
#include <signal.h>
#include <sys/ptrace.h>

#include "guest.h"

static int traced;

static int trace_me(void *arg)
{
	(void)arg;
	if (ptrace(PTRACE_TRACEME, 0, 0, 0))
		return errno;
	raise(SIGSTOP);
	return 0;
}

static int wait_a_while(void *arg)
{
	(void)arg;
	sleep_ms(10000);
	return 0;
}

int main(int argc, char **argv)
{
	pid_t pid;
	int status;

	traced = argc > 1 && !strcmp(argv[1], "traced");
	pid = child_of(trace_me, NULL);
	waitpid(pid, &status, 0);
	if (traced) {
		check(WIFEXITED(status) && WEXITSTATUS(status) == EPERM, "PTRACE_TRACEME");
	} else {
		check(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP, "PTRACE_TRACEME");
		ptrace(PTRACE_CONT, pid, 0, 0);
		waitpid(pid, &status, 0);
	}
	pid = child_of(wait_a_while, NULL);
	status = ptrace(PTRACE_ATTACH, pid, 0, 0);
	check(traced ? status == -1 && errno == EPERM : !status, "PTRACE_ATTACH");
	if (!status)
		waitpid(pid, &status, 0);
	status = ptrace(PTRACE_SEIZE, pid, 0, 0);
	check(status == -1 && errno == EPERM, "PTRACE_SEIZE of what has a tracer");
	kill(pid, SIGKILL);
	status = status_of(pid);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the child can be killed");
	check(ptrace(PTRACE_CONT, getpid(), 0, 0) == -1 && errno == ESRCH,
		"PTRACE_CONT of oneself");
	check(ptrace(12345, 0, 0, 0) == -1, "an unknown request");
	return guest_end();
}
