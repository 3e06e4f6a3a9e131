/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/*
 * Threads in all sorts of calls, for attaching and detaching: whoever does that, none of them may
 * see a call fail or time stand still. Says "ready", works until standard input ends, then says
 * what it found.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include "guest.h"

static volatile int over;
static int trouble, channel[2];
static volatile unsigned rounds[6];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;

static void complain(const char *what)
{
	dprintf(2, "%s: %m\n", what);
	__sync_fetch_and_add(&trouble, 1);
}

static void *busy(void *arg)
{
	for (; !over; ++*(volatile unsigned *)arg)
		if (syscall(SYS_getpgid, 0) < 0)
			complain("getpgid");
	return NULL;
}

static void *sleeping(void *arg)
{
	struct timespec t = {0, 3000000};

	for (; !over; ++*(volatile unsigned *)arg)
		if (nanosleep(&t, NULL))
			complain("nanosleep");
	return NULL;
}

static void *writing(void *arg)
{
	for (; !over; ++*(volatile unsigned *)arg) {
		if (write(channel[1], "abc", 3) != 3)
			complain("write");
		sleep_ms(2);
	}
	close(channel[1]);
	return NULL;
}

static void *reading(void *arg)
{
	char buf[3];
	ssize_t n;

	while ((n = recv(channel[0], buf, 3, MSG_WAITALL)) > 0)
		++*(volatile unsigned *)arg;
	if (n < 0)
		complain("recv");
	return NULL;
}

static void *signalling(void *arg)
{
	for (; !over; ++*(volatile unsigned *)arg) {
		pthread_mutex_lock(&lock);
		pthread_cond_signal(&turn);
		pthread_mutex_unlock(&lock);
		sleep_ms(1);
	}
	pthread_cond_broadcast(&turn);
	return NULL;
}

static void *waiting(void *arg)
{
	pthread_mutex_lock(&lock);
	for (; !over; ++*(volatile unsigned *)arg)
		pthread_cond_wait(&turn, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

int main(void)
{
	static void *(*const jobs[6])(void *) = {
		busy, sleeping, writing, reading, signalling, waiting};
	pthread_t ids[6];
	int moved = 0;
	char c;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
	for (int i = 0; i < 6; i++)
		pthread_create(&ids[i], NULL, jobs[i], (void *)&rounds[i]);
	must(write(1, "ready\n", 6));
	if (read(0, &c, 1))
		complain("read");
	for (int i = 0; i < 6; i++) {
		unsigned before = rounds[i];

		for (int tries = 0; tries < 1000 && rounds[i] == before; tries++)
			sleep_ms(1);
		moved += rounds[i] != before;
	}
	over = 1;
	for (int i = 0; i < 6; i++)
		pthread_join(ids[i], NULL);
	check(!trouble, "no call failed");
	check(moved == 6, "all threads still move");
	return guest_end();
}
