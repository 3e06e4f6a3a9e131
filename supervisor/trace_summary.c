/* SPDX-License-Identifier: MIT */
/* -c: how often each call was made, how often it failed, and how long it took. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "trace.h"

struct count {
	char *name;
	enum call_abi abi;
	uint64_t calls, errors, ns;
};

static const struct trace_options *options;
static struct count *counts;
static size_t ncounts, room;

/* Rows are few: a linear walk. */
static struct count *find(const char *name, enum call_abi abi)
{
	for (size_t i = 0; i < ncounts; i++)
		if (counts[i].abi == abi && !strcmp(counts[i].name, name))
			return &counts[i];
	if (ncounts == room) {
		room = room ? 2 * room : 64;
		counts = xrealloc(counts, room * sizeof(*counts));
	}
	counts[ncounts] = (struct count){.name = xstrdup(name), .abi = abi};
	return &counts[ncounts++];
}

static void name_of(const struct call *call, char name[64])
{
	char buf[32];
	const char *sub = call->args_known ? call_subname(call) : NULL;

	snprintf(name, 64, "%s%s%s", call_name(call, buf), sub ? ":" : "", sub ? sub : "");
}

static bool wanted(const struct call *call)
{
	return options->status & trace_status(call);
}

static void leave(struct observer *o, struct call *call)
{
	struct count *count;
	char name[64];

	(void)o;
	if (!wanted(call))
		return;
	name_of(call, name);
	count = find(name, call->abi);
	count->calls++;
	count->errors += call->failed;
	count->ns += call->ended - call->began;
}

static void cut(struct observer *o, struct call *call)
{
	char name[64];

	(void)o;
	if (!(options->status & STATUS_UNFINISHED))
		return;
	name_of(call, name);
	find(name, call->abi)->calls++;
}

/* Printing */

static enum trace_sort sort;

static int by(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int compare(const void *a, const void *b)
{
	const struct count *x = a, *y = b;
	int order = 0;

	if (x->abi != y->abi)
		return x->abi < y->abi ? -1 : 1;
	if (sort == SORT_TIME)
		order = by(x->ns, y->ns);
	else if (sort == SORT_CALLS)
		order = by(x->calls, y->calls);
	else if (sort == SORT_ERRORS)
		order = by(x->errors, y->errors);
	return order ? order : sort == SORT_NONE ? 0 : strcmp(x->name, y->name);
}

static void rule(FILE *to)
{
	fputs("------ ----------- ----------- --------- --------- ----------------\n", to);
}

static void row(FILE *to, const struct count *count, const struct count *total)
{
	uint64_t us = count->ns / 1000;

	fprintf(to, "%6.2f %4" PRIu64 ".%06" PRIu64 " %11" PRIu64 " %9" PRIu64 " ",
		total->ns ? 100.0 * count->ns / total->ns : 0.0, us / 1000000, us % 1000000,
		count->calls ? us / count->calls : 0, count->calls);
	if (count->errors)
		fprintf(to, "%9" PRIu64 " %s\n", count->errors, count->name);
	else
		fprintf(to, "%9s %s\n", "", count->name);
}

static void table(FILE *to, const struct count *first, size_t n)
{
	struct count total = {.name = "total"};

	for (size_t i = 0; i < n; i++) {
		total.calls += first[i].calls;
		total.errors += first[i].errors;
		total.ns += first[i].ns;
	}
	fputs("% time     seconds  usecs/call     calls    errors syscall\n", to);
	rule(to);
	for (size_t i = 0; i < n; i++)
		row(to, &first[i], &total);
	rule(to);
	row(to, &total, &total);
}

void trace_summary_print(FILE *to, enum trace_sort sort_)
{
	static const char *const titles[] = {
		[CALL_X86_64] = "System call usage summary for 64 bit mode:\n",
		[CALL_X32] = "System call usage summary for x32 mode:\n",
	};
	size_t n;

	sort = sort_;
	qsort(counts, ncounts, sizeof(*counts), compare);
	for (size_t i = 0; i < ncounts; i += n) {
		for (n = 1; i + n < ncounts && counts[i + n].abi == counts[i].abi;)
			n++;
		if (counts[i].abi != CALL_I386)
			fputs(titles[counts[i].abi], to);
		table(to, counts + i, n);
	}
	fflush(to);
}

static const struct observer_ops ops = {.leave = leave, .cut = cut};

struct observer *trace_summary(const struct trace_options *options_)
{
	static struct observer observer = {.ops = &ops};

	options = options_;
	return &observer;
}
