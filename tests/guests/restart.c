/* SPDX-License-Identifier: MIT */
/* EINTR and SA_RESTART: which calls go on after a handler and which do not. */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "guest.h"

static volatile int count;
static int fd[2];

/* The third signal feeds the reader, so that a restarted read ends. */
static void tick(int sig)
{
	(void)sig;
	if (++count == 3)
		must(write(fd[1], "x", 1));
}

static void every_10ms(int flags, int on)
{
	struct itimerval timer = {{0, on ? 10000 : 0}, {0, on ? 10000 : 0}};
	struct sigaction action = {.sa_handler = tick, .sa_flags = flags};

	count = 0;
	sigemptyset(&action.sa_mask);
	must(sigaction(SIGALRM, &action, NULL));
	must(setitimer(ITIMER_REAL, &timer, NULL));
}

static int do_read(void)
{
	char c;

	return read(fd[0], &c, 1);
}

static int do_recv(void)
{
	struct timeval long_time = {5, 0};
	int pair[2], result;
	char c;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof(long_time));
	result = recv(pair[0], &c, 1, 0);
	int saved = errno;
	close(pair[0]);
	close(pair[1]);
	errno = saved;
	return result;
}

static int do_poll(void)
{
	return poll(NULL, 0, 5000);
}

static int do_select(void)
{
	struct timeval t = {5, 0};

	return select(0, NULL, NULL, NULL, &t);
}

static int do_epoll(void)
{
	int ep = epoll_create1(EPOLL_CLOEXEC), result, saved;
	struct epoll_event event;

	result = epoll_wait(ep, &event, 1, 5000);
	saved = errno;
	close(ep);
	errno = saved;
	return result;
}

static int do_nanosleep(void)
{
	struct timespec t = {5, 0}, left = {0, 0};
	int result = nanosleep(&t, &left);

	return result == -1 && left.tv_sec != 4 ? -2 : result;
}

static int do_pause(void)
{
	return pause();
}

static int do_wait(void)
{
	pid_t pid = fork();
	int status, result, saved;

	if (!pid) {
		sleep_ms(100);
		_exit(0);
	}
	result = waitpid(pid, &status, 0);
	saved = errno;
	every_10ms(0, 0);
	if (result < 0)
		status_of(pid);
	errno = saved;
	return result > 0 ? 1 : result;
}

static void try(const char *name, int (*call)(void), int flags, int expected)
{
	int result, error;

	must(pipe(fd));
	every_10ms(flags, 1);
	result = call();
	error = errno;
	every_10ms(flags, 0);
	close(fd[0]);
	close(fd[1]);
	check(expected > 0 ? result == expected : result == -1 && error == EINTR, "%s%s: %s", name,
		flags ? " with SA_RESTART" : "", expected > 0 ? "restarted" : "EINTR");
}

int main(void)
{
	try("read", do_read, 0, -1);
	try("read", do_read, SA_RESTART, 1);
	try("recv with a time limit", do_recv, SA_RESTART, -1);
	try("poll", do_poll, 0, -1);
	try("poll", do_poll, SA_RESTART, -1);
	try("select", do_select, SA_RESTART, -1);
	try("epoll_wait", do_epoll, SA_RESTART, -1);
	try("nanosleep", do_nanosleep, 0, -1);
	try("nanosleep", do_nanosleep, SA_RESTART, -1);
	try("pause", do_pause, SA_RESTART, -1);
	try("waitpid", do_wait, 0, -1);
	try("waitpid", do_wait, SA_RESTART, 1);
	return guest_end();
}
