/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/* Many threads exec at the same moment; one wins, again and again. Argument: how many rounds. */
#include <pthread.h>

#include "guest.h"

static pthread_barrier_t start;
static char *me, left[16];

static void *race(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&start);
	execl("/proc/self/exe", me, left, NULL);
	_exit(98);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 20;
	pthread_t id;

	me = argv[0];
	if (!rounds) {
		check(1, "the last round was reached");
		return guest_end();
	}
	snprintf(left, sizeof(left), "%d", rounds - 1);
	pthread_barrier_init(&start, NULL, 8);
	for (int i = 0; i < 7; i++)
		pthread_create(&id, NULL, race, NULL);
	race(NULL);
	return 1;
}
