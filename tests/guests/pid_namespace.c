/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/* Processes and threads in a PID namespace of their own, and one inside that. Needs root. */
#include <pthread.h>
#include <sched.h>

#include "guest.h"

static void *thread(void *arg)
{
	*(int *)arg = syscall(SYS_gettid);
	syscall(SYS_getpgid, 0);
	return NULL;
}

static int is_init(void *arg)
{
	int level = *(int *)arg - 1, tid;
	pthread_t id;
	pid_t pid;

	check(getpid() == 1 && getppid() == 0, "level %d: pid 1 has no parent", level);
	pthread_create(&id, NULL, thread, &tid);
	pthread_join(id, NULL);
	check(tid == 2, "a thread has number 2");
	pid = fork();
	if (!pid) {
		syscall(SYS_getpgid, 0);
		_exit(11);
	}
	check(pid == 3, "a child has number 3");
	check(WEXITSTATUS(status_of(pid)) == 11, "and ends well");
	if (!level)
		return guest_end();
	must(unshare(CLONE_NEWPID));
	check(WEXITSTATUS(status_of(child_of(is_init, &level))) == 0,
		"the namespace below ends well");
	return guest_end();
}

int main(void)
{
	int levels = 2;

	if (unshare(CLONE_NEWPID)) {
		perror("unshare");
		return 77;
	}
	check(WEXITSTATUS(status_of(child_of(is_init, &levels))) == 0, "the namespace ends well");
	return guest_end();
}
