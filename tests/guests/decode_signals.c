/* SPDX-License-Identifier: MIT */
/*
 * Calls on signals, and signals, with arguments of every form. It promises nothing: what counts is
 * how a tracer shows them.
 */
#include <signal.h>

#include "guest.h"

#define call(name, ...) syscall(SYS_##name, ##__VA_ARGS__)

/* struct sigaction as the kernel has it. */
struct action {
	void *handler;
	uint32_t flags;
	void *restorer;
	uint32_t mask[2];
};

struct old_action {
	void *handler;
	uint32_t mask, flags;
	void *restorer;
};

static void handler(int sig)
{
	(void)sig;
}

static void actions(void)
{
	struct action act = {handler, 0x14000004, (void *)0x1234, {1 << 9, 3}}, before;
	struct old_action old = {handler, 1 << 9, 0x10000000, NULL}, old_before;

	call(rt_sigaction, SIGUSR1, &act, &before, 8);
	call(rt_sigaction, SIGUSR1, NULL, &before, 8);
	act.handler = SIG_IGN;
	act.flags = 0;
	call(rt_sigaction, SIGUSR2, &act, NULL, 8);
	call(rt_sigaction, 33, &act, NULL, 8);
	call(rt_sigaction, 99, &act, NULL, 8);
	call(rt_sigaction, SIGUSR2, 1, NULL, 8);
	call(rt_sigaction, SIGUSR2, &act, &before, 7);
	call(sigaction, SIGUSR1, &old, &old_before);
	call(sigaction, SIGUSR1, NULL, &old_before);
	call(signal, SIGUSR2, SIG_IGN);
	call(signal, SIGUSR2, handler);
	call(signal, SIGUSR2, SIG_DFL);
	call(signal, 99, SIG_DFL);
}

static void masks(void)
{
	uint32_t mask[2] = {~0u, ~0u}, before[2];

	call(rt_sigprocmask, SIG_BLOCK, mask, before, 8);
	mask[0] = 1 << 9;
	mask[1] = 0;
	call(rt_sigprocmask, SIG_SETMASK, mask, before, 8);
	mask[0] = ~0;
	call(rt_sigprocmask, SIG_SETMASK, mask, before, 8);
	mask[0] = 0;
	call(rt_sigprocmask, SIG_SETMASK, mask, before, 8);
	call(rt_sigprocmask, 77, mask, NULL, 8);
	call(rt_sigprocmask, SIG_BLOCK, NULL, before, 8);
	call(rt_sigprocmask, SIG_BLOCK, 1, before, 8);
	call(rt_sigprocmask, SIG_BLOCK, mask, before, 128);
	call(sigprocmask, SIG_BLOCK, mask, before);
	call(rt_sigpending, before, 8);
	call(sigpending, before);
	call(ssetmask, 5);
	call(sgetmask);
	call(ssetmask, 0);
}

static void delivery(void)
{
	struct action act = {handler, 4, NULL, {0}};
	struct timespec moment = {0, 1000};
	uint32_t mask[2] = {1 << 9, 0};
	siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};
	int pid = getpid();

	info.si_pid = 5;
	info.si_value.sival_int = 77;
	call(rt_sigaction, SIGUSR1, &act, NULL, 8);
	call(tgkill, pid, pid, SIGUSR1);
	call(tkill, pid, SIGUSR1);
	call(kill, pid, 77);
	call(rt_sigqueueinfo, pid, SIGUSR1, &info);
	call(rt_tgsigqueueinfo, pid, pid, SIGUSR1, &info);
	call(rt_sigprocmask, SIG_BLOCK, mask, NULL, 8);
	call(kill, pid, SIGUSR1);
	call(rt_sigtimedwait, mask, &info, &moment, 8);
	call(rt_sigtimedwait, mask, &info, &moment, 8);
	call(rt_sigtimedwait, mask, NULL, &moment, 8);
}

static void stacks(void)
{
	static char memory[8192];
	stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)}, before;

	call(sigaltstack, &stack, &before);
	stack.ss_flags = SS_DISABLE;
	call(sigaltstack, &stack, NULL);
	call(sigaltstack, NULL, &before);
	call(sigaltstack, 1, &before);
	call(signalfd4, -1, (uint32_t[]){1, 0}, 8, 02000000);
}

int main(void)
{
	actions();
	masks();
	delivery();
	stacks();
	raise(SIGSEGV);
	return 0;
}
