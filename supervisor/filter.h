/* SPDX-License-Identifier: MIT */
/*
 * Which calls stop: a seccomp program that sends the chosen calls to the tracer and lets all others
 * run. Built with libseccomp; numbers that libseccomp does not know are a few lines in front.
 */
#ifndef INT80_FILTER_H
#define INT80_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#include "call.h"

/* What our filter hands the tracer with RET_TRACE, to tell it from a filter of the program's own.
 */
#define FILTER_DATA 0x3280

#define CALLSET_ROWS 640 /* at least as many as abi_row has; checked at the first use */

/* A choice of calls, as -e trace= makes it: by row of the table, so that a multiplexer and each of
 * its sub-calls can be chosen apart; x86-64 calls are chosen by name. */
struct callset {
	bool others;		/* numbers without a row, and names that i386 does not have */
	bool row[CALLSET_ROWS]; /* by abi_row_index */
};

void callset_fill(struct callset *set, bool chosen);
/*
 * strace's words: names, numbers, %class, @group, /regex, all, none, a comma between, ! in front.
 * A name chooses the call in all its forms: connect is socketcall's connect too.
 * 0, or -EINVAL with the offending word in *bad (points into text) and its length in *badlen.
 */
int callset_parse(struct callset *set, const char *text, const char **bad, int *badlen);
bool callset_has(const struct callset *set, const struct call *call);

/* The program for a choice (NULL: all); free with filter_free. 0 or -errno. */
int filter_build(const struct callset *set, struct sock_fprog *program);
void filter_free(struct sock_fprog *program);

#endif
