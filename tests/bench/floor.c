/* SPDX-License-Identifier: MIT */
/*
 * floor STOPS PROGRAM ARG...: the least that a ptrace tracer can cost. Traces one task, does
 * nothing at its stops. STOPS 1: seccomp stops only; 2: a seccomp stop and the exit stop of each
 * call. Both run on one processor if PIN is in the environment.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void filter_and_run(char **argv, unsigned action)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_RET | BPF_K, action),
	};
	struct sock_fprog program = {1, code};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	execvp(argv[0], argv);
	_exit(127);
}

static void child(char **argv)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	filter_and_run(argv, SECCOMP_RET_TRACE);
}

int main(int argc, char **argv)
{
	int status, two = argc > 1 && atoi(argv[1]) == 2;
	cpu_set_t one;
	pid_t pid;

	if (argc < 3)
		return 125;
	if (!atoi(argv[1]))
		filter_and_run(argv + 2, SECCOMP_RET_ALLOW);
	if (getenv("PIN")) {
		CPU_ZERO(&one);
		CPU_SET(sched_getcpu(), &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
	pid = fork();
	if (!pid)
		child(argv + 2);
	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, NULL,
		PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	while (waitpid(-1, &status, __WALL) == pid && WIFSTOPPED(status)) {
		int seccomp = status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8);
		int signal = seccomp || WSTOPSIG(status) == (SIGTRAP | 0x80) || status >> 16 ||
					     WSTOPSIG(status) == SIGTRAP
				     ? 0
				     : WSTOPSIG(status);

		ptrace(seccomp && two ? PTRACE_SYSCALL : PTRACE_CONT, pid, NULL, (long)signal);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
