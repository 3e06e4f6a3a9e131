/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/* Group stops: a parent sees its children stop and go on, with one thread or several. */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "guest.h"

static volatile int *counter;

static void *count(void *arg)
{
	volatile int *mine = arg;

	for (;;) {
		++*mine;
		syscall(SYS_getppid);
	}
	return NULL;
}

static int count_in_threads(void *arg)
{
	pthread_t id;

	for (int i = 0; i < 3; i++)
		pthread_create(&id, NULL, count, (void *)(counter + 1 + i));
	count((void *)counter);
	return *(int *)arg;
}

static int stop_myself(void *arg)
{
	int go;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	raise(*(int *)arg);
	sigwait(&set, &go);
	return 8;
}

/* Nothing counts for a while: all threads stand still. */
static int standing_still(void)
{
	int before[4], same = 1;

	sleep_ms(20);
	memcpy(before, (void *)counter, sizeof(before));
	sleep_ms(50);
	for (int i = 0; i < 4; i++)
		same &= before[i] == counter[i];
	return same;
}

static int all_moving(void)
{
	int before[4], moved = 0;

	memcpy(before, (void *)counter, sizeof(before));
	for (int tries = 0; tries < 200 && moved < 4; tries++) {
		sleep_ms(10);
		moved = 0;
		for (int i = 0; i < 4; i++)
			moved += before[i] != counter[i];
	}
	return moved == 4;
}

static void stop_and_go(int sig)
{
	int status;
	sigset_t set;
	pid_t pid;

	/* The child ends when it is told to, not before its parent has looked. */
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = child_of(stop_myself, &sig);

	check(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
			WSTOPSIG(status) == sig,
		"a child that stops itself with %d is seen to be stopped", sig);
	check(waitpid(pid, &status, WUNTRACED | WNOHANG) == 0, "once");
	kill(pid, SIGCONT);
	check(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status), "it continues");
	kill(pid, SIGUSR1);
	check(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 8, "and ends");
}

static void stop_threads(void)
{
	int zero = 0, status;
	pid_t pid = child_of(count_in_threads, &zero);

	check(all_moving(), "four threads move");
	for (int i = 0; i < 3; i++) {
		kill(pid, SIGSTOP);
		check(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status), "SIGSTOP");
		check(standing_still(), "all stand still");
		kill(pid, SIGCONT);
		check(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status), "SIGCONT");
		check(all_moving(), "all move");
	}
	kill(pid, SIGSTOP);
	check(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status), "SIGSTOP");
	kill(pid, SIGKILL);
	check(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		"SIGKILL ends what is stopped");
}

int main(void)
{
	counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	stop_and_go(SIGSTOP);
	/* The terminal's stop signals work only in a group that is not orphaned. */
	setpgid(0, 0);
	stop_and_go(SIGTSTP);
	stop_threads();
	return guest_end();
}
