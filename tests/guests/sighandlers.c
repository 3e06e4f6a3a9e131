/* build: -pthread */
/* SPDX-License-Identifier: MIT */
/* Handlers: nested, on an alternate stack, old and new frames, masks, one-shot, from another
 * thread. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>

#include "guest.h"

static char stack[65536];
static volatile int depth, deepest, count, on_stack;

static void nest(int sig)
{
	if (++depth > deepest)
		deepest = depth;
	if (depth < 20)
		raise(sig);
	depth--;
	count++;
}

static void where(int sig)
{
	char here;

	(void)sig;
	on_stack = &here >= stack && &here < stack + sizeof(stack);
	count++;
}

static void handle(int sig, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigemptyset(&action.sa_mask);
	must(sigaction(sig, &action, NULL));
}

/* The handler of a program older than SA_SIGINFO: sigaction(67), sigreturn(119). */
struct old_sigaction {
	void (*handler)(int);
	unsigned long mask, flags;
	void (*restorer)(void);
};

static void old_frames(void)
{
	struct old_sigaction action = {where, 0, 0, NULL};

	count = 0;
	check(!int80_call(67, SIGUSR2, (uintptr_t)&action, 0), "old sigaction");
	kill(getpid(), SIGUSR2);
	kill(getpid(), SIGUSR2);
	check(count == 2, "old frames return");
}

static void *sends(void *arg)
{
	for (int i = 0; i < 200; i++)
		pthread_kill(*(pthread_t *)arg, SIGUSR1);
	return NULL;
}

/* Registers, flags and floating point survive handlers that come at any time. */
static void in_computation(void)
{
	pthread_t self = pthread_self(), id;
	double sum = 0;
	unsigned x = 1, y = 1;

	handle(SIGUSR1, where, SA_RESTART);
	pthread_create(&id, NULL, sends, &self);
	for (int i = 1; i <= 2000000; i++) {
		sum += 1.0 / i;
		x = x * 1664525 + 1013904223;
	}
	pthread_join(id, NULL);
	for (int i = 1; i <= 2000000; i++)
		y = y * 1664525 + 1013904223;
	check(x == y && sum > 15.08 && sum < 15.09, "computing is undisturbed");
}

int main(void)
{
	stack_t alt = {.ss_sp = stack, .ss_size = sizeof(stack)};
	sigset_t mask;

	handle(SIGUSR1, nest, SA_NODEFER);
	raise(SIGUSR1);
	check(deepest == 20 && count == 20, "twenty nested handlers");
	must(sigaltstack(&alt, NULL));
	handle(SIGUSR1, where, SA_ONSTACK);
	raise(SIGUSR1);
	check(on_stack, "a handler on the alternate stack");
	handle(SIGUSR1, where, 0);
	raise(SIGUSR1);
	check(!on_stack, "and on the ordinary one");
	handle(SIGUSR1, where, SA_RESETHAND);
	raise(SIGUSR1);
	check(signal(SIGUSR1, SIG_IGN) == SIG_DFL, "one shot");
	count = 0;
	raise(SIGUSR1);
	check(!count, "ignored");
	old_frames();
	handle(SIGUSR1, where, 0);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	count = 0;
	raise(SIGUSR1);
	sigemptyset(&mask);
	check(!count && sigsuspend(&mask) == -1 && errno == EINTR && count == 1, "sigsuspend");
	sigprocmask(SIG_SETMASK, NULL, &mask);
	check(sigismember(&mask, SIGUSR1), "the mask is as it was");
	sigemptyset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	in_computation();
	return guest_end();
}
