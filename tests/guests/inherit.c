/* SPDX-License-Identifier: MIT */
/* Prints all that a program inherits, so that a supervisor which adds to it is found out. */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "guest.h"

extern char **environ;

static void print_fds(void)
{
	char target[256];
	struct stat st;

	for (int fd = 0; fd < 1024; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags < 0)
			continue;
		snprintf(target, sizeof(target), "fd %d%s%s", fd,
			flags & FD_CLOEXEC ? " cloexec" : "",
			fcntl(fd, F_GETFL) & O_NONBLOCK ? " nonblock" : "");
		fstat(fd, &st);
		printf("%s type %o\n", target, st.st_mode & S_IFMT);
	}
}

static void print_signals(void)
{
	struct sigaction action;
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int sig = 1; sig < NSIG; sig++) {
		if (sigismember(&mask, sig) == 1)
			printf("blocked %d\n", sig);
		if (!sigaction(sig, NULL, &action) && action.sa_handler != SIG_DFL)
			printf("signal %d %s\n", sig,
				action.sa_handler == SIG_IGN ? "ignored" : "handled");
	}
}

static void print_limits(void)
{
	struct rlimit limit;

	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (!getrlimit(i, &limit))
			printf("limit %d %llx %llx\n", i, (unsigned long long)limit.rlim_cur,
				(unsigned long long)limit.rlim_max);
}

int main(int argc, char **argv)
{
	cpu_set_t cpus;
	mode_t mask = umask(0);
	int death, subreaper;

	for (int i = 0; i < argc; i++)
		printf("argv[%d] %s\n", i, argv[i]);
	for (char **e = environ; *e; e++)
		if (strncmp(*e, "_=", 2))
			printf("env %s\n", *e);
	printf("execfn %s\n", (char *)getauxval(AT_EXECFN));
	printf("secure %lu\n", getauxval(AT_SECURE));
	printf("umask %o\n", mask);
	print_fds();
	print_signals();
	print_limits();
	printf("uid %d %d gid %d %d\n", getuid(), geteuid(), getgid(), getegid());
	printf("personality %x\n", personality(0xffffffff));
	prctl(PR_GET_PDEATHSIG, &death);
	prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
	printf("dumpable %d death signal %d subreaper %d\n", prctl(PR_GET_DUMPABLE), death,
		subreaper);
	printf("timer slack %d\n", prctl(PR_GET_TIMERSLACK));
	printf("nice %d policy %d\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
	CPU_ZERO(&cpus);
	sched_getaffinity(0, sizeof(cpus), &cpus);
	printf("cpus %d\n", CPU_COUNT(&cpus));
	printf("session leader %d group leader %d\n", getsid(0) == getpid(), getpgrp() == getpid());
	printf("children %d\n", wait(NULL) == -1 && errno == ECHILD ? 0 : 1);
	return 0;
}
