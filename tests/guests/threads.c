/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/* Threads: locks, thread-local data, condition variables, return values; argument: how many. */
#include <pthread.h>

#include "guest.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_here = PTHREAD_COND_INITIALIZER;
static int here, wanted, sum;
static __thread int mine;

static void *work(void *arg)
{
	mine = (int)(intptr_t)arg;
	pthread_mutex_lock(&lock);
	if (++here == wanted)
		pthread_cond_broadcast(&all_here);
	while (here < wanted)
		pthread_cond_wait(&all_here, &lock);
	sum += mine;
	pthread_mutex_unlock(&lock);
	/* One call that nothing else makes, for counting. */
	if (syscall(SYS_getpgid, 0) < 0 || syscall(SYS_gettid) == getpid())
		return NULL;
	return (void *)(intptr_t)(mine + 1);
}

int main(int argc, char **argv)
{
	pthread_attr_t attr;
	pthread_t *ids;
	int returned = 0;

	wanted = argc > 1 ? atoi(argv[1]) : 8;
	ids = calloc(wanted, sizeof(*ids));
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024);
	for (int i = 0; i < wanted; i++)
		if (pthread_create(&ids[i], &attr, work, (void *)(intptr_t)i))
			return 2;
	for (int i = 0; i < wanted; i++) {
		void *result;

		pthread_join(ids[i], &result);
		returned += (int)(intptr_t)result == i + 1;
	}
	check(here == wanted, "%d threads met", wanted);
	check(sum == wanted * (wanted - 1) / 2, "each had its own data");
	check(returned == wanted, "each returned its result");
	return guest_end();
}
