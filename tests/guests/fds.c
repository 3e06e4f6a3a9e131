/* SPDX-License-Identifier: MIT */
/* Takes every descriptor there is; closes all; goes on without any. Argument: the limit. */
#include <fcntl.h>
#include <sys/resource.h>

#include "guest.h"

static int nothing(void *arg)
{
	return arg != NULL;
}

int main(int argc, char **argv)
{
	rlim_t limit = argc > 1 ? atoi(argv[1]) : 20;
	int fd, opened = 0, out = dup(1);

	must(setrlimit(RLIMIT_NOFILE, &(struct rlimit){limit, limit}));
	while ((fd = open("/dev/null", O_RDWR)) >= 0)
		opened++;
	check(errno == EMFILE && opened > 0 && opened < (int)limit, "no descriptor is left");
	check(pipe((int[2]){0, 0}) == -1 && errno == EMFILE, "none for a pipe");
	check(status_of(child_of(nothing, NULL)) == 0, "a child needs none");
	for (fd = 0; fd < (int)limit; fd++)
		if (fd != out)
			close(fd);
	fd = open("/dev/null", O_RDWR);
	dup2(out, 1);
	check(fd == 0, "the first is free again");
	check(access("/", F_OK) == 0, "all is well");
	return guest_end();
}
