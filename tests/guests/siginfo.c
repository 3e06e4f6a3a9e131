/* SPDX-License-Identifier: MIT */
/* Signals of every origin, each with the siginfo that the kernel gives it. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <setjmp.h>
#include <pthread.h>

#include "guest.h"

static siginfo_t got;
static volatile int times;
static sigjmp_buf out;
static int order[64];

static void note(int sig, siginfo_t *info, void *context)
{
	(void)context;
	(void)sig;
	got = *info;
	if (times < 64)
		order[times] = info->si_value.sival_int;
	times++;
}

static void note_fault(int sig, siginfo_t *info, void *context)
{
	note(sig, info, context);
	siglongjmp(out, 1);
}

static void handle(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

	sigemptyset(&action.sa_mask);
	must(sigaction(sig, &action, NULL));
}

static void sent(void)
{
	union sigval value = {.sival_int = 77};

	for (int sig = 1; sig <= SIGRTMAX; sig++) {
		if (sig == SIGKILL || sig == SIGSTOP || (sig >= 32 && sig < SIGRTMIN))
			continue;
		handle(sig, note, 0);
		times = 0;
		kill(getpid(), sig);
		check(times == 1 && got.si_signo == sig && got.si_code == SI_USER &&
				got.si_pid == getpid() && got.si_uid == getuid(),
			"kill %d", sig);
		times = 0;
		sigqueue(getpid(), sig, value);
		check(times == 1 && got.si_code == SI_QUEUE && got.si_value.sival_int == 77,
			"sigqueue %d", sig);
		times = 0;
		raise(sig);
		check(times == 1 && got.si_code == SI_TKILL, "raise %d", sig);
		signal(sig, SIG_DFL);
	}
}

static void queued(void)
{
	sigset_t set, old;
	int sorted = 1;

	handle(SIGRTMIN, note, 0);
	handle(SIGRTMIN + 1, note, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &set, &old);
	times = 0;
	for (int i = 0; i < 20; i++)
		sigqueue(getpid(), SIGRTMIN + (i >= 10), (union sigval){.sival_int = i});
	check(times == 0, "blocked signals wait");
	sigprocmask(SIG_SETMASK, &old, NULL);
	/* Pending signals are stacked: the frames run in the reverse order of their set-up. */
	for (int i = 1; i < 20; i++)
		sorted &= order[i] < order[i - 1] || i == 10 || order[i] == order[i - 1] + 1;
	check(times == 20, "all twenty are delivered");
	check(sorted, "in order");
}

static void faults(void)
{
	char *volatile page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile int zero = 0;
	FILE *file = tmpfile();

	handle(SIGSEGV, note_fault, 0);
	handle(SIGFPE, note_fault, 0);
	handle(SIGILL, note_fault, 0);
	handle(SIGBUS, note_fault, 0);
	handle(SIGTRAP, note_fault, 0);
	if (!sigsetjmp(out, 1))
		*(volatile char *)0x1234 = 1;
	check(got.si_signo == SIGSEGV && got.si_code == SEGV_MAPERR &&
			got.si_addr == (void *)0x1234,
		"SIGSEGV, nothing mapped, address %p", got.si_addr);
	if (!sigsetjmp(out, 1))
		*(volatile char *)(page + 5) = 1;
	check(got.si_signo == SIGSEGV && got.si_code == SEGV_ACCERR && got.si_addr == page + 5,
		"SIGSEGV, no permission");
	if (!sigsetjmp(out, 1))
		zero = 1000 / zero;
	check(got.si_signo == SIGFPE && got.si_code == FPE_INTDIV, "SIGFPE");
	if (!sigsetjmp(out, 1))
		__asm__ volatile("ud2");
	check(got.si_signo == SIGILL && got.si_code == ILL_ILLOPN, "SIGILL");
	if (!sigsetjmp(out, 1))
		__asm__ volatile("int3");
	check(got.si_signo == SIGTRAP && got.si_code == SI_KERNEL, "SIGTRAP by int3");
	if (!sigsetjmp(out, 1))
		__asm__ volatile("hlt");
	check(got.si_signo == SIGSEGV && got.si_code == SI_KERNEL, "SIGSEGV by hlt");
	if (!sigsetjmp(out, 1))
		__asm__ volatile("int $0x42");
	check(got.si_signo == SIGSEGV && got.si_code == SI_KERNEL, "SIGSEGV by int $0x42");
	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
	if (!sigsetjmp(out, 1))
		zero = *(volatile char *)page;
	check(got.si_signo == SIGBUS && got.si_code == BUS_ADRERR && got.si_addr == page, "SIGBUS");
	/* Single step, as a debugger inside the program would. */
	if (!sigsetjmp(out, 1))
		__asm__ volatile("pushf; orl $0x100, (%%esp); popf; nop; nop" ::: "memory", "cc");
	check(got.si_signo == SIGTRAP && got.si_code == TRAP_TRACE, "SIGTRAP by the trap flag");
}

static int leave_with(void *arg)
{
	return *(int *)arg;
}

static void timers(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGRTMIN + 3,
		.sigev_value.sival_int = 4711};
	struct itimerspec soon = {.it_value.tv_nsec = 10000000};
	timer_t timer;
	int seven = 7;

	handle(SIGRTMIN + 3, note, 0);
	times = 0;
	must(timer_create(CLOCK_MONOTONIC, &event, &timer));
	timer_settime(timer, 0, &soon, NULL);
	while (!times)
		sleep_ms(5);
	check(got.si_code == SI_TIMER && got.si_value.sival_int == 4711, "a timer's signal");
	handle(SIGALRM, note, 0);
	times = 0;
	alarm(1);
	pause();
	check(times == 1 && got.si_signo == SIGALRM && got.si_code == SI_KERNEL, "alarm");
	handle(SIGCHLD, note, SA_NOCLDSTOP);
	times = 0;
	seven = child_of(leave_with, &seven);
	while (!times)
		sleep_ms(5);
	check(times == 1 && got.si_code == CLD_EXITED && got.si_pid == seven && got.si_status == 7,
		"SIGCHLD says who ended and how");
	status_of(seven);
}

static void waited(void)
{
	struct timespec brief = {0, 1000000};
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 5);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigqueue(getpid(), SIGRTMIN + 5, (union sigval){.sival_int = 99});
	check(sigwaitinfo(&set, &info) == SIGRTMIN + 5 && info.si_value.sival_int == 99,
		"sigwaitinfo");
	check(sigtimedwait(&set, &info, &brief) == -1 && errno == EAGAIN, "sigtimedwait");
	kill(getpid(), SIGUSR1);
	check(sigwaitinfo(&set, &info) == SIGUSR1 && info.si_code == SI_USER,
		"kill and sigwaitinfo");
}

int main(void)
{
	sent();
	queued();
	faults();
	timers();
	waited();
	return guest_end();
}
