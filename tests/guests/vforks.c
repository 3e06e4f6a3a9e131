/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/* vfork with everything that can go wrong before the child lets its parent go on. */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "guest.h"

static pid_t nested(void)
{
	pid_t pid = vfork();

	if (!pid) {
		pid_t inner = vfork();

		if (!inner)
			_exit(3);
		_exit(inner > 0 && WEXITSTATUS(status_of(inner)) == 3 ? 4 : 1);
	}
	return pid;
}

static pid_t dies_of(int sig)
{
	pid_t pid = vfork();

	if (!pid) {
		kill(getpid(), sig);
		_exit(1);
	}
	return pid;
}

static void *killer(void *arg)
{
	volatile pid_t *victim = arg;

	while (!*victim)
		sleep_ms(1);
	kill(*victim, SIGKILL);
	return NULL;
}

static pid_t killed_while_held(void)
{
	static volatile pid_t victim;
	pthread_t id;
	pid_t pid;

	pthread_create(&id, NULL, killer, (void *)&victim);
	pid = vfork();
	if (!pid) {
		victim = getpid();
		for (;;)
			pause();
	}
	pthread_join(id, NULL);
	return pid;
}

int main(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	check(WEXITSTATUS(status_of(nested())) == 4, "vfork in vfork");
	check(WTERMSIG(status_of(dies_of(SIGTERM))) == SIGTERM, "a child that dies of SIGTERM");
	check(WTERMSIG(status_of(dies_of(SIGKILL))) == SIGKILL, "or SIGKILL");
	check(WTERMSIG(status_of(killed_while_held())) == SIGKILL,
		"or is killed by another thread");
	for (int i = 0; i < 200; i++) {
		pid_t pid = vfork();

		if (!pid)
			_exit(i % 100);
		if (WEXITSTATUS(status_of(pid)) != i % 100)
			check(0, "round %d", i);
	}
	check(1, "two hundred in a row");
	return guest_end();
}
