/* SPDX-License-Identifier: MIT */
/* The strict mode of old. The kernel refuses it where a filter is in force: argument "refused". */
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>

#include "guest.h"

static int strict(void *arg)
{
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0))
		_exit(errno == EINVAL ? 5 : 1);
	if (arg)
		syscall(SYS_getpgid, 0);
	syscall(SYS_exit, 0);
	return 1;
}

int main(int argc, char **argv)
{
	int status;

	if (argc > 1 && !strcmp(argv[1], "refused")) {
		check(WEXITSTATUS(status_of(child_of(strict, NULL))) == 5,
			"strict mode gives EINVAL");
		return guest_end();
	}
	status = status_of(child_of(strict, NULL));
	check(WIFEXITED(status) && !WEXITSTATUS(status), "exit is allowed");
	status = status_of(child_of(strict, "more"));
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "others kill");
	return guest_end();
}
