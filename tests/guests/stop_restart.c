/* SPDX-License-Identifier: MIT */
/* A call that is interrupted by SIGSTOP and SIGCONT goes on as if nothing had been. */
#include <poll.h>
#include <signal.h>
#include <sys/select.h>

#include "guest.h"

static int fd[2]; /* made anew for each call */

static int in_read(void *arg)
{
	char c = 0;

	(void)arg;
	return read(fd[0], &c, 1) == 1 && c == 'x' ? 0 : errno;
}

static int in_nanosleep(void *arg)
{
	struct timespec t = {0, 300000000};

	(void)arg;
	return nanosleep(&t, NULL) ? errno : 0;
}

static int in_poll(void *arg)
{
	struct pollfd p = {fd[0], POLLIN, 0};

	(void)arg;
	return poll(&p, 1, 5000) == 1 ? 0 : errno;
}

static int in_wait(void *arg)
{
	pid_t pid = child_of(in_nanosleep, arg);

	return waitpid(pid, NULL, 0) == pid ? 0 : errno;
}

static void interrupt(const char *name, int (*body)(void *), int rounds)
{
	int status;
	pid_t pid;

	must(pipe(fd));
	pid = child_of(body, NULL);
	sleep_ms(50);
	for (int i = 0; i < rounds; i++) {
		kill(pid, SIGSTOP);
		waitpid(pid, &status, WUNTRACED);
		kill(pid, SIGCONT);
		sleep_ms(5);
	}
	must(write(fd[1], "x", 1));
	status = status_of(pid);
	check(WIFEXITED(status) && !WEXITSTATUS(status), "%s goes on after stops (%s)", name,
		strerror(WEXITSTATUS(status)));
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	interrupt("read", in_read, 5);
	interrupt("nanosleep", in_nanosleep, 5);
	interrupt("poll", in_poll, 5);
	interrupt("waitpid", in_wait, 5);
	return guest_end();
}
