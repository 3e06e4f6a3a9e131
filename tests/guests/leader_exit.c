/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/* The first thread ends before the others, which go on, fork, and end the process. */
#include <pthread.h>

#include "guest.h"

static int seven(void *arg)
{
	(void)arg;
	return 7;
}

static void *outlive(void *arg)
{
	char path[64], state = '?';
	FILE *stat;

	(void)arg;
	for (int i = 0; i < 500 && state != 'Z'; i++) {
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", getpid());
		stat = fopen(path, "re");
		if (stat && fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
			state = '?';
		if (stat)
			fclose(stat);
		sleep_ms(2);
	}
	check(state == 'Z', "the first thread is gone");
	check(WEXITSTATUS(status_of(child_of(seven, NULL))) == 7, "the others can still fork");
	exit(guest_end() ? 1 : 3);
}

int main(void)
{
	pthread_t id;

	pthread_create(&id, NULL, outlive, NULL);
	pthread_exit(NULL);
}
