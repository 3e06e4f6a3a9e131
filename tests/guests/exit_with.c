/* SPDX-License-Identifier: MIT */
/* Ends with the status in its argument, or, with "signal N", by that signal. */
#include <signal.h>
#include <sys/resource.h>

#include "guest.h"

int main(int argc, char **argv)
{
	int number = argc > 1 ? atoi(argv[argc - 1]) : 0;

	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	if (argc > 2 && !strcmp(argv[1], "signal")) {
		signal(number, SIG_DFL);
		raise(number);
	}
	return number;
}
