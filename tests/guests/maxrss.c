/* SPDX-License-Identifier: MIT */
/* Runs the program in its arguments and says how many KiB of memory it had at most. */
#include <sys/resource.h>

#include "guest.h"

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = must(fork());
	if (!pid) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	wait4(pid, &status, 0, &usage);
	dprintf(2, "%ld\n", usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
