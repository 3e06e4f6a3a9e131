/* SPDX-License-Identifier: MIT */
/*
 * Becomes a daemon by forking twice, closes what it inherited, and writes to the file in argument 1
 * after its parents are gone.
 */
#include <fcntl.h>

#include "guest.h"

int main(int argc, char **argv)
{
	pid_t first;
	int fd;

	if (argc < 2)
		return 2;
	if (fork())
		return 0;
	first = getpid();
	setsid();
	if (fork())
		_exit(0);
	for (fd = 0; fd < 64; fd++)
		close(fd);
	while (getppid() == first)
		sleep_ms(1);
	sleep_ms(200);
	syscall(SYS_getpgid, 0);
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	must(write(fd, "the daemon was here\n", 20));
	return 0;
}
