/* SPDX-License-Identifier: MIT */
/* Looks for argv[1] files that are not there, each with another name, in each of argv[2] processes.
 */
#include <fcntl.h>

#include "guest.h"

static int look(void *arg)
{
	char path[128];

	for (int i = 0; i < *(int *)arg; i++) {
		snprintf(path, sizeof(path), "/nowhere/%d/with-a-name-that-takes-some-room-%d",
			getpid(), i);
		if (access(path, F_OK) == 0)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int paths = argc > 1 ? atoi(argv[1]) : 10, processes = argc > 2 ? atoi(argv[2]) : 1,
	    good = 0;

	for (int i = 0; i < processes; i++)
		good += status_of(child_of(look, &paths)) == 0;
	check(good == processes, "%d processes looked for %d files each", processes, paths);
	return guest_end();
}
