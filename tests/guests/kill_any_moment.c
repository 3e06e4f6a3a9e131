/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/* Children, some with threads, some that fork, are killed at any moment; all are reaped. */
#include <pthread.h>
#include <signal.h>

#include "guest.h"

static void *busy(void *arg)
{
	(void)arg;
	for (;;)
		close(dup(0));
	return NULL;
}

static void *brief(void *arg)
{
	return arg;
}

static int forking(void *arg)
{
	(void)arg;
	for (;;) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return 0;
}

static int threading(void *arg)
{
	pthread_t id;

	(void)arg;
	for (int i = 0; i < 3; i++)
		pthread_create(&id, NULL, busy, NULL);
	for (;;) {
		pthread_create(&id, NULL, brief, NULL);
		pthread_join(id, NULL);
	}
	return 0;
}

static int executing(void *arg)
{
	execl("/proc/self/exe", "again", "again", NULL);
	return arg != NULL;
}

static int (*const lives[])(void *) = {forking, threading, executing};

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 60, killed = 0;
	unsigned seed = 1;

	if (argc > 1 && !strcmp(argv[1], "again"))
		return executing(NULL);
	for (int i = 0; i < rounds; i++) {
		pid_t pid = child_of(lives[i % 3], NULL);
		int status;

		seed = seed * 1103515245 + 12345;
		usleep(seed / 65536 % 3000);
		kill(pid, SIGKILL);
		status = status_of(pid);
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	}
	check(killed == rounds, "%d of %d were killed", killed, rounds);
	return guest_end();
}
