/* SPDX-License-Identifier: MIT */
/*
 * waitpid(-1) walks the list of all tracees for each answer: with 1,000 of them it costs more than
 * the stop itself. So with many tasks we take SIGCHLD, which names the task, and ask for just that
 * one. A second event while SIGCHLD is pending goes unnamed; a sweep over all tasks finds those: at
 * a bounded share of the time while events flow, and by a fast alarm when they have ceased. (Not by
 * a timeout: arming a timer for each wait costs as much as half a stop on virtual machines.)
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "event.h"
#include "task.h"

#define FEW	     32	     /* up to here waitpid(-1) is the cheapest way */
#define SWEEP_SHARE  8	     /* a sweep that took t is not repeated for 8 t */
#define SWEEP_PAUSE  5000000 /* ns: the longest pause between two while events flow */
#define WAIT_OPTIONS __WALL

#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

struct answer {
	pid_t tid;
	int status;
};

static struct answer stash[256]; /* a ring of answers that came out of turn or from a sweep */
static unsigned stash_head, stash_tail;
static sigset_t child_signal, mask_before;
static struct sigaction alarm_before;
static bool unnamed;	/* there may be events that no SIGCHLD named */
static bool fast_alarm; /* SIGALRM comes every 5 ms, not every second */
static uint64_t next_sweep, last_tick;
static volatile sig_atomic_t alarmed;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static bool stash_full(void)
{
	return stash_tail - stash_head == sizeof(stash) / sizeof(stash[0]);
}

void event_put_back(pid_t tid, int status)
{
	stash[stash_tail++ % (sizeof(stash) / sizeof(stash[0]))] = (struct answer){tid, status};
}

static void on_alarm(int sig)
{
	(void)sig;
	alarmed = 1;
}

static void set_alarm(bool fast)
{
	struct itimerval second = {{1, 0}, {1, 0}}, soon = {{0, 5000}, {0, 5000}};

	fast_alarm = fast;
	setitimer(ITIMER_REAL, fast ? &soon : &second, NULL);
}

void event_setup(void)
{
	struct sigaction action = {.sa_handler = on_alarm};
	sigset_t alarm_signal;

	sigemptyset(&child_signal);
	sigaddset(&child_signal, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child_signal, &mask_before);
	sigemptyset(&alarm_signal);
	sigaddset(&alarm_signal, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm_signal, NULL); /* whoever started us may have blocked it */
	sigaction(SIGALRM, &action, &alarm_before);
	last_tick = now();
	set_alarm(false);
}

void event_child_setup(void)
{
	/* A fork does not inherit the timer. */
	sigaction(SIGALRM, &alarm_before, NULL);
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

static enum event_kind kind_of(struct event *event)
{
	int status = event->status, what = status >> 16;

	if (!WIFSTOPPED(status))
		return EVENT_GONE;
	event->signal = WSTOPSIG(status);
	switch (what) {
	case 0:
		return event->signal == (SIGTRAP | 0x80) ? EVENT_CALL_STOP : EVENT_SIGNAL;
	case PTRACE_EVENT_SECCOMP:
		return EVENT_CALL_SECCOMP;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		return EVENT_CHILD;
	case PTRACE_EVENT_EXEC:
		return EVENT_EXEC;
	case PTRACE_EVENT_STOP:
		return event->signal == SIGTRAP ? EVENT_TRAP : EVENT_GROUP_STOP;
	default:
		return EVENT_TRAP;
	}
}

/* Asks every known task, then once for those not known yet. */
static void sweep(void)
{
	static uint64_t pause = 1;
	uint64_t started = now(), took;
	unsigned before = stash_tail, found;
	int status;
	pid_t tid;

	task_for_each (task) {
		if (stash_full())
			break;
		if (waitpid(task->tid, &status, WAIT_OPTIONS | WNOHANG) == task->tid)
			event_put_back(task->tid, status);
	}
	if (!stash_full() && (tid = waitpid(-1, &status, WAIT_OPTIONS | WNOHANG)) > 0)
		event_put_back(tid, status);
	found = stash_tail - before;
	unnamed = found > 0;
	/* One answer was most likely on its way with its SIGCHLD; several mean that many are busy.
	 */
	took = now() - started;
	pause = found > 1 ? took * SWEEP_SHARE : 2 * pause;
	if (pause > SWEEP_PAUSE)
		pause = SWEEP_PAUSE;
	next_sweep = started + took + pause;
}

/* One answer from many tasks: 1, or 0 when nothing came. */
static int wait_many(struct answer *answer)
{
	siginfo_t info;

	if (unnamed && (alarmed || now() >= next_sweep)) {
		sweep();
		return 0;
	}
	if (unnamed != fast_alarm)
		set_alarm(unnamed);
	if (sigwaitinfo(&child_signal, &info) != SIGCHLD) {
		unnamed = true; /* an alarm: look once, lest anything be missed */
		return 0;
	}
	unnamed = true;
	answer->tid = waitpid(info.si_pid, &answer->status, WAIT_OPTIONS | WNOHANG);
	return answer->tid > 0;
}

static int wait_few(struct answer *answer)
{
	answer->tid = waitpid(-1, &answer->status, WAIT_OPTIONS);
	if (answer->tid > 0)
		return 1;
	unnamed = true;
	return errno == ECHILD ? -1 : 0;
}

/* True once a second, as far as alarms tell. */
static bool second_passed(void)
{
	uint64_t t;

	if (!alarmed)
		return false;
	alarmed = 0;
	t = now();
	if (t - last_tick < 900000000ull)
		return false;
	last_tick = t;
	return true;
}

int event_next(struct event *event)
{
	struct answer answer;
	int got = 1;

	*event = (struct event){.kind = EVENT_NONE};
	if (second_passed()) {
		event->kind = EVENT_TICK;
		return 1;
	}
	if (stash_head != stash_tail)
		answer = stash[stash_head++ % (sizeof(stash) / sizeof(stash[0]))];
	else
		got = task_count() > FEW ? wait_many(&answer) : wait_few(&answer);
	if (got < 0)
		return 0;
	if (got > 0) {
		event->tid = answer.tid;
		event->status = answer.status;
		event->kind = kind_of(event);
	}
	return 1;
}
