/* SPDX-License-Identifier: MIT */
/*
 * calls KIND N [TASKS]: makes N calls of a kind (or N rounds of plain computing) and prints the
 * time of one in ns on stdout. TASKS: so many idle threads stand by meanwhile.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void vdso(void)
{
	syscall(SYS_getppid);
}

static void raw_int80(void)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(SYS_getppid) : "memory");
}

/* A call with a result worth seeing: it can fail. */
static void kill0(void)
{
	syscall(SYS_kill, getpid(), 0);
}

static void lseek0(void)
{
	lseek(0, 0, SEEK_CUR);
}

static void stat_root(void)
{
	struct stat st;

	stat("/", &st);
}

static void compute(void)
{
	static volatile unsigned sink;
	unsigned x = sink + 1;

	for (int i = 0; i < 1000; i++)
		x = x * 1664525u + 1013904223u;
	sink = x;
}

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {
	{"vdso", vdso},
	{"int80", raw_int80},
	{"kill", kill0},
	{"lseek", lseek0},
	{"stat", stat_root},
	{"cpu", compute},
};

static void *idle(void *arg)
{
	pause();
	return arg;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long n = argc > 2 ? atol(argv[2]) : 1, tasks = argc > 3 ? atol(argv[3]) : 0;
	pthread_attr_t small;
	pthread_t thread;
	double began;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	while (tasks-- > 0)
		if (pthread_create(&thread, &small, idle, NULL))
			return 1;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		if (argc < 2 || strcmp(argv[1], kinds[k].name))
			continue;
		began = now();
		for (long i = 0; i < n; i++)
			kinds[k].run();
		printf("%.1f\n", (now() - began) / n);
		fflush(stdout);
		_exit(0);
	}
	fprintf(stderr, "calls: no kind %s\n", argc > 1 ? argv[1] : "given");
	return 2;
}
