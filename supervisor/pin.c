/* SPDX-License-Identifier: MIT */
/* Decides when supervisor and tracees share a processor, and undoes it. */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "pin.h"
#include "task.h"

#define WINDOW	    128		/* stops after which we think again */
#define WINDOW_FAST 50000000ull /* ns: a window that passes faster is worth a pin */
#define CONTENDED   70		/* a pin is bad when we wait for the processor 70 % of the time */
#define WORTHWHILE  15		/* or when several tasks share it and we use less than 15 % of it */
#define REST	    50000000ull /* ns without a pin after a bad one; doubles each time */
#define REST_MOST   2000000000ull
#define TICK_FEW    1000 /* stops a second that a pin does not serve */

static bool allowed, pinned, own_known;
static cpu_set_t own, one;
static int cpu; /* the one that is shared */
static unsigned stops, stops_in_tick;
static uint64_t window_began, waited_before, used_before, rest_until;

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* ns that this process was runnable and did not run (Documentation/scheduler/sched-stats). */
static uint64_t waited(void)
{
	static int fd = -1;
	unsigned long long ran, waited = 0;
	char line[96];
	ssize_t n;

	if (fd < 0)
		fd = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : pread(fd, line, sizeof(line) - 1, 0);
	if (n <= 0)
		return 0;
	line[n] = '\0';
	sscanf(line, "%llu %llu", &ran, &waited);
	return waited;
}

void pin_allow(bool allow)
{
	allowed = allow;
}

/* Tasks follow the supervisor one by one, each when it is resumed. */
static void pin_task(struct task *task)
{
	task->pinned = true;
	if (sched_getaffinity(task->tid, sizeof(task->affinity), &task->affinity) ||
		!CPU_ISSET(cpu, &task->affinity))
		return;
	if (sched_setaffinity(task->tid, sizeof(one), &one))
		allowed = false; /* another user's task: not ours to move */
	else
		task->affinity_known = true;
}

static void pin(void)
{
	cpu = sched_getcpu();
	if (!own_known)
		own_known = !sched_getaffinity(0, sizeof(own), &own);
	if (!own_known || cpu < 0 || CPU_COUNT(&own) < 2)
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	pinned = true;
	waited_before = waited();
	used_before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

void pin_release(void)
{
	if (!pinned)
		return;
	pinned = false;
	task_for_each (task) {
		if (task->pinned && task->affinity_known)
			sched_setaffinity(task->tid, sizeof(task->affinity), &task->affinity);
		task->pinned = false;
	}
	sched_setaffinity(0, sizeof(own), &own);
}

void pin_inherit(struct task *child, const struct task *parent)
{
	if (!parent->affinity_known)
		return;
	child->affinity = parent->affinity;
	child->affinity_known = true;
	child->pinned = pinned;
	/* Made before a release that could not know of it yet. */
	if (!pinned)
		sched_setaffinity(child->tid, sizeof(child->affinity), &child->affinity);
}

void pin_reveal(bool changes)
{
	pin_release();
	rest_until = now() + REST_MOST;
	if (!changes)
		return;
	allowed = false; /* it has plans of its own */
	task_for_each (task)
		task->affinity_known = false;
}

/* Does somebody lose by the pin: we by waiting, or tasks that could compute side by side? */
static bool pin_hurts(uint64_t took)
{
	uint64_t w = waited(), u = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	bool hurts = w - waited_before > took * CONTENDED / 100 ||
		     (task_count() > 1 && u - used_before < took * WORTHWHILE / 100);

	waited_before = w;
	used_before = u;
	return hurts;
}

/* A window of stops has passed. */
static void think(uint64_t t, uint64_t took)
{
	static uint64_t rest = REST;

	if (pinned && pin_hurts(took)) {
		pin_release();
		rest_until = t + rest;
		rest = rest < REST_MOST ? 2 * rest : REST_MOST;
	} else if (pinned) {
		rest = REST;
	} else if (!pinned && took < WINDOW_FAST && t > rest_until) {
		pin();
	}
}

void pin_before_resume(struct task *task)
{
	uint64_t t;

	if (pinned && !task->pinned)
		pin_task(task);
	stops_in_tick++;
	if (!allowed || ++stops < (pinned ? 16 * WINDOW : WINDOW))
		return;
	t = now();
	think(t, t - window_began);
	window_began = t;
	stops = 0;
}

void pin_tick(void)
{
	if (stops_in_tick < TICK_FEW)
		pin_release();
	stops_in_tick = 0;
}
