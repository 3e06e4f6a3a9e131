/* SPDX-License-Identifier: MIT */
/*
 * A ptrace stop is several times dearer when tracer and tracee run on different processors: one has
 * to wake the other from idleness. So while stops come fast and nobody competes, the supervisor and
 * its tracees share one processor. The program's own affinity is given back before it could see or
 * change it.
 */
#ifndef INT80_PIN_H
#define INT80_PIN_H

#include <stdbool.h>

struct task;

void pin_allow(bool allow);
/* A task is about to be resumed: counts stops, pins when they come fast. */
void pin_before_resume(struct task *task);
/* A new task inherited the processor of its parent. */
void pin_inherit(struct task *child, const struct task *parent);
/* The program is about to look at its affinity, or (changes) to set it. */
void pin_reveal(bool changes);
/* Everybody's own affinity again. */
void pin_release(void);
/* Once a second: a pin that serves few stops is released. */
void pin_tick(void);

#endif
