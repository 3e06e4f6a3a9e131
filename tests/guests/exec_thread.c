/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/* exec from a thread that is not the leader: the other threads vanish, the pid stays. */
#include <dirent.h>
#include <pthread.h>

#include "guest.h"

static char *me;

static void *executes(void *arg)
{
	char pid[16];

	(void)arg;
	snprintf(pid, sizeof(pid), "%d", getpid());
	execl("/proc/self/exe", me, "second", pid, NULL);
	_exit(98);
}

static void *waits(void *arg)
{
	for (;;)
		arg ? (void)syscall(SYS_getppid) : (void)pause();
	return NULL;
}

static int count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

int main(int argc, char **argv)
{
	pthread_t id;

	if (argc > 2) {
		check(getpid() == atoi(argv[2]), "the pid stayed");
		check(syscall(SYS_gettid) == getpid(), "the thread is the leader now");
		check(count_threads() == 1, "it is alone");
		return guest_end();
	}
	me = argv[0];
	for (int i = 0; i < 4; i++)
		pthread_create(&id, NULL, waits, i ? "busy" : NULL);
	pthread_create(&id, NULL, executes, NULL);
	waits("busy");
}
