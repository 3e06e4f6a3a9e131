/* SPDX-License-Identifier: MIT */
/*
 * Four processes send each other 500 queued signals each, while the parent stops and continues
 * them; none is lost. Then they are killed while they go on sending.
 */
#include <signal.h>
#include <sys/mman.h>

#include "guest.h"

enum { CHILDREN = 4, EACH = 500 };

static volatile struct shared {
	pid_t pid[CHILDREN];
	int got[CHILDREN], done[CHILDREN], ready;
	long sum[CHILDREN];
} * shared;
static int self;

static void note(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	shared->got[self]++;
	shared->sum[self] += info->si_value.sival_int;
}

static int storm(void *arg)
{
	struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_RESTART};
	pid_t to;

	self = *(int *)arg;
	sigemptyset(&action.sa_mask);
	sigaction(SIGRTMIN, &action, NULL);
	__sync_fetch_and_add(&shared->ready, 1);
	while (shared->ready <= CHILDREN)
		sleep_ms(1);
	to = shared->pid[(self + 1) % CHILDREN];
	for (int i = 1; i <= EACH; i++)
		while (sigqueue(to, SIGRTMIN, (union sigval){.sival_int = i}) && errno == EAGAIN)
			sleep_ms(1);
	shared->done[self] = 1;
	for (;;)
		kill(to, shared->ready > CHILDREN + 1 ? SIGRTMIN : 0);
	return 0;
}

static int finished(void)
{
	for (int i = 0; i < CHILDREN; i++)
		if (!shared->done[i] || shared->got[i] < EACH)
			return 0;
	return 1;
}

int main(void)
{
	int status, killed = 0;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < CHILDREN; i++)
		shared->pid[i] = child_of(storm, &i);
	while (shared->ready < CHILDREN)
		sleep_ms(1);
	__sync_fetch_and_add(&shared->ready, 1);
	for (int i = 0; i < 20000 && !finished(); i++) {
		kill(shared->pid[i % CHILDREN], SIGSTOP);
		sleep_ms(1);
		kill(shared->pid[i % CHILDREN], SIGCONT);
	}
	for (int i = 0; i < CHILDREN; i++)
		check(shared->got[i] == EACH && shared->sum[i] == EACH * (EACH + 1) / 2,
			"process %d got every signal", i);
	__sync_fetch_and_add(&shared->ready, 1);
	sleep_ms(20);
	for (int i = 0; i < CHILDREN; i++)
		kill(shared->pid[i], i % 2 ? SIGKILL : SIGTERM);
	for (int i = 0; i < CHILDREN; i++) {
		status = status_of(shared->pid[i]);
		killed += WIFSIGNALED(status);
	}
	check(killed == CHILDREN, "all could be killed");
	return guest_end();
}
