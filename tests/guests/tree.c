/* SPDX-License-Identifier: MIT */
/*
 * A tree of short processes: argument 1 is how many. Each makes one call that nothing else makes,
 * getpgid(0), and says through a pipe that it lived.
 */
#include <fcntl.h>

#include "guest.h"

static int fd[2];

/* Makes `count` processes, this one included; halves the rest between two children. */
static int grow(int count)
{
	int rest = count - 1, status, bad = 0;
	pid_t pid[2] = {0, 0};

	syscall(SYS_getpgid, 0);
	bad |= write(fd[1], "x", 1) != 1;
	for (int i = 0; i < 2; i++) {
		int share = i ? rest / 2 : rest - rest / 2;

		if (!share)
			continue;
		pid[i] = must(fork());
		if (!pid[i])
			_exit(grow(share));
		/* Few at a time: the second waits for the first. */
		status = status_of(pid[i]);
		bad |= !WIFEXITED(status) || WEXITSTATUS(status);
	}
	return bad;
}

int main(int argc, char **argv)
{
	int wanted = argc > 1 ? atoi(argv[1]) : 100, lived = 0;
	char buf[4096];
	ssize_t n;

	must(pipe(fd));
	must(fcntl(fd[1], F_SETPIPE_SZ, wanted));
	check(!grow(wanted), "every process ended well");
	close(fd[1]);
	while ((n = read(fd[0], buf, sizeof(buf))) > 0)
		lived += n;
	check(lived == wanted, "%d processes lived", wanted);
	return guest_end();
}
