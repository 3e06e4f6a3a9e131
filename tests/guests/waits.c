/* SPDX-License-Identifier: MIT */
/* wait in all its forms: what a parent sees of its children must not depend on a tracer. */
#include <signal.h>
#include <sys/resource.h>

#include "guest.h"

static int leave_with(void *arg)
{
	sleep_ms(20);
	return *(int *)arg;
}

static int die_of(void *arg)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	signal(*(int *)arg, SIG_DFL);
	raise(*(int *)arg);
	return 0;
}

static int leaves_orphan(void *arg)
{
	child_of(leave_with, arg);
	return 4;
}

static volatile int chld;

static void note_child(int sig)
{
	(void)sig;
	chld++;
}

int main(void)
{
	int five = 5, status, sig[] = {SIGTERM, SIGKILL, SIGSEGV, SIGUSR1, SIGRTMIN};
	struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
	struct rusage usage;
	siginfo_t info;
	pid_t pid;

	check(wait(NULL) == -1 && errno == ECHILD, "no child");
	pid = child_of(leave_with, &five);
	check(waitpid(pid, &status, WNOHANG) == 0, "WNOHANG");
	check(!waitid(P_PID, pid, &info, WEXITED | WNOWAIT) && info.si_status == 5, "WNOWAIT");
	check(wait4(pid, &status, 0, &usage) == pid && WEXITSTATUS(status) == 5, "wait4");
	check(waitpid(pid, &status, 0) == -1 && errno == ECHILD, "only once");
	for (unsigned i = 0; i < 5; i++) {
		pid = child_of(die_of, &sig[i]);
		check(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
				WTERMSIG(status) == sig[i],
			"a child that died of signal %d", sig[i]);
	}
	check(WEXITSTATUS(status_of(child_of(leaves_orphan, &five))) == 4,
		"a child with an orphan");
	check(wait(NULL) == -1 && errno == ECHILD, "whose child is not ours");
	signal(SIGCHLD, note_child);
	pid = child_of(leave_with, &five);
	check(waitpid(pid, &status, 0) == pid && chld == 1, "SIGCHLD comes once");
	sigaction(SIGCHLD, &action, NULL);
	child_of(leave_with, &five);
	check(wait(&status) == -1 && errno == ECHILD, "SA_NOCLDWAIT");
	return guest_end();
}
