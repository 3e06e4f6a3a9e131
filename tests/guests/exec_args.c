/* SPDX-License-Identifier: MIT */
/* exec with long strings, many arguments, none at all, and what fails. */
#include <fcntl.h>

#include "guest.h"

static int run(void *arg)
{
	char **argv = arg;

	execv("/proc/self/exe", argv);
	return errno;
}

static int run_wrong(void *arg)
{
	execl(arg, arg, NULL);
	return errno;
}

static int run_at(void *arg)
{
	char *argv[] = {"again", "x", NULL};
	int fd = open(arg, O_PATH | O_CLOEXEC);

	syscall(SYS_execveat, fd, "", argv, NULL, AT_EMPTY_PATH);
	return errno;
}

int main(int argc, char **argv)
{
	static char *many[5001], *none[] = {NULL}, *huge[3] = {"again"}, *too_big[3] = {"again"};

	if (argc == 0 || !strcmp(argv[0], "again") || !*argv[0])
		return argc > 1 ? 100 + argc % 100 : argc;
	for (int i = 0; i < 5000; i++)
		many[i] = "again";
	huge[1] = malloc(131072);
	((char *)memset(huge[1], 'x', 131070))[131070] = 0;
	too_big[1] = malloc(200001);
	((char *)memset(too_big[1], 'x', 200000))[200000] = 0;
	check(WEXITSTATUS(status_of(child_of(run, many))) == 100, "5000 arguments");
	check(WEXITSTATUS(status_of(child_of(run, huge))) == 102, "one of 128 KiB");
	check(WEXITSTATUS(status_of(child_of(run, none))) < 2, "none at all");
	check(WEXITSTATUS(status_of(child_of(run, too_big))) == E2BIG, "too big");
	check(WEXITSTATUS(status_of(child_of(run_at, argv[0]))) == 102, "execveat");
	check(WEXITSTATUS(status_of(child_of(run_wrong, "/nonexistent"))) == ENOENT,
		"no such file");
	check(WEXITSTATUS(status_of(child_of(run_wrong, "/etc"))) == EACCES, "a directory");
	check(WEXITSTATUS(status_of(child_of(run_wrong, "/etc/passwd"))) == EACCES,
		"no permission");
	check(WEXITSTATUS(status_of(child_of(run_wrong, NULL))) == EFAULT, "no path");
	return guest_end();
}
