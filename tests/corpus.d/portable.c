/* SPDX-License-Identifier: MIT */
/* A program for C libraries other than glibc; argument: how many threads. */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int sum;

static void *add(void *arg)
{
	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&lock);
		sum += *(int *)arg;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static void threads(int n)
{
	pthread_t id[16];
	int one = 1;

	for (int i = 0; i < n; i++)
		pthread_create(&id[i], NULL, add, &one);
	for (int i = 0; i < n; i++)
		pthread_join(id[i], NULL);
	printf("threads %d\n", sum);
}

static void files(void)
{
	FILE *f = fopen("lines.txt", "r");
	DIR *dir = opendir("tree");
	struct stat st;
	char line[256];
	int n = 0, entries = 0;

	while (f && fgets(line, sizeof(line), f))
		n++;
	while (dir && readdir(dir))
		entries++;
	printf("lines %d entries %d size %ld missing %d\n", n, entries,
		stat("lines.txt", &st) ? -1L : (long)st.st_size, stat("missing", &st));
	fclose(f);
	closedir(dir);
}

static void processes(void)
{
	int pair[2], status;
	char buf[16] = "";

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	fflush(stdout);
	if (!fork()) {
		if (send(pair[1], "message", 7, 0) != 7)
			_exit(1);
		execl("/bin/sh", "sh", "-c", "echo child; exit 9", (char *)NULL);
		_exit(127);
	}
	recv(pair[0], buf, sizeof(buf) - 1, 0);
	wait(&status);
	printf("child %d said %s\n", WEXITSTATUS(status), buf);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void times(void)
{
	struct itimerval timer = {{0, 0}, {0, 20000}};
	time_t then = 2000000000;

	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &timer, NULL);
	pause();
	printf("year %d, now is later: %d\n", gmtime(&then)->tm_year + 1900,
		time(NULL) > 1600000000);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0;

	if (n)
		threads(n < 16 ? n : 16);
	files();
	processes();
	times();
	return 0;
}
