/* SPDX-License-Identifier: MIT */
/*
 * Executes the next of the programs in its arguments, separated by commas; the last one prints what
 * came through. With exec_chain_64 the chain changes between 32 and 64 bits.
 */
#include "guest.h"

int main(int argc, char **argv)
{
	char *rest = argc > 1 ? strdup(argv[1]) : NULL, *next = strsep(&rest, ",");

	check(1, "%zu bits, COLOUR=%s", sizeof(void *) * 8, getenv("COLOUR"));
	syscall(SYS_getpgid, 0);
	if (!next || !*next)
		return 21;
	execl(next, next, rest, NULL);
	perror(next);
	return 98;
}
