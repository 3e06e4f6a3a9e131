/* SPDX-License-Identifier: MIT */
/*
 * Sets of calls in strace's words, and the seccomp program for a set. Besides the chosen calls the
 * filter stops the few that the supervisor itself must see: see `internal`.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <regex.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "err.h"
#include "filter.h"

/* Sets */

void callset_fill(struct callset *set, bool chosen)
{
	if (abi_row_bound > CALLSET_ROWS)
		die(EXIT_INT80, "CALLSET_ROWS is smaller than the table");
	set->others = chosen;
	memset(set->row, chosen, sizeof(set->row));
}

bool callset_has(const struct callset *set, const struct call *call)
{
	if (!call->entry)
		return set->others;
	return set->row[abi_row_index(call->entry)] ||
	       (call->form != call->entry && set->row[abi_row_index(call->form)]);
}

/* A multiplexer that is left out takes its sub-calls with it, and chosen it brings them. */
static void choose(struct callset *set, const struct sysent *row, bool chosen)
{
	const struct sysent *other;

	set->row[abi_row_index(row)] = chosen;
	for (size_t i = 0; (other = abi_row(i)); i++)
		if (abi_same_call(row, other) || (!row->sub && other->sub && other->nr == row->nr))
			set->row[abi_row_index(other)] = chosen;
}

/* regcomp copies what each repeat repeats: a few dozen, one on the other, fill all memory. */
static bool repeats_too_often(const char *pattern)
{
	unsigned repeats = 0;

	for (; *pattern; pattern++)
		repeats += strchr("*+?", *pattern) != NULL;
	return repeats > 8;
}

static int choose_matching(struct callset *set, const char *pattern, bool chosen)
{
	const struct sysent *row;
	regex_t regex;
	int found = 0;

	if (repeats_too_often(pattern) || strchr(pattern, '{') ||
		regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
		return -EINVAL;
	for (size_t i = 0; (row = abi_row(i)); i++)
		if (!regexec(&regex, row->name, 0, NULL, 0)) {
			choose(set, row, chosen);
			found++;
		}
	regfree(&regex);
	return found ? 0 : -EINVAL;
}

static int choose_group(struct callset *set, const char *name, bool chosen)
{
	const struct sysent *row;
	uint64_t group = abi_group(strcmp(name, "%net") ? name : "%network");

	for (size_t i = 0; (row = abi_row(i)); i++)
		if (row->groups & group)
			set->row[abi_row_index(row)] = chosen;
	return group ? 0 : -EINVAL;
}

/* 5, 102:3, open. */
static const struct sysent *row_named(const char *word)
{
	const struct sysent *row;
	char *end;
	unsigned long nr = strtoul(word, &end, 0);

	if (end == word)
		return abi_call_named(word);
	row = *end == ':' ? abi_subcall(nr, strtoul(end + 1, &end, 0)) : abi_call(nr);
	return *end ? NULL : row;
}

static int choose_word(struct callset *set, const char *word, bool chosen)
{
	const struct sysent *row;
	char class[64];

	if (!strcmp(word, "all") || !strcmp(word, "none")) {
		callset_fill(set, (word[0] == 'a') == chosen);
		return 0;
	}
	if (word[0] == '?') { /* strace: no matter if there is no such call */
		choose_word(set, word + 1, chosen);
		return 0;
	}
	if (word[0] == '/')
		return choose_matching(set, word + 1, chosen);
	if (word[0] == '%' || word[0] == '@')
		return choose_group(set, word, chosen);
	row = row_named(word);
	if (row) {
		choose(set, row, chosen);
		return 0;
	}
	/* strace's classes of old had no %: file, desc, process */
	snprintf(class, sizeof(class), "%%%s", word);
	return choose_group(set, class, chosen);
}

int callset_parse(struct callset *set, const char *text, const char **bad, int *badlen)
{
	bool chosen = *text != '!';
	char word[256];

	text += !chosen;
	callset_fill(set, !chosen);
	do {
		size_t n = strcspn(text, ",");

		*bad = text;
		*badlen = n;
		if (n >= sizeof(word))
			return -EINVAL;
		memcpy(word, text, n);
		word[n] = '\0';
		if (choose_word(set, word, chosen))
			return -EINVAL;
		text += n;
	} while (*text++ == ',');
	return 0;
}

/* The program */

/* What the supervisor must see in any case; the argument's bits that matter, 0: any. */
static const struct {
	const char *name;
	unsigned arg;
	uint32_t mask, value;
} internal[] = {
	/* a filter of the program's own hides calls from ours */
	{"seccomp", 0, ~0u, SECCOMP_SET_MODE_FILTER},
	{"prctl", 0, ~0u, PR_SET_SECCOMP},
	/* an untraced child would run unseen; clone3's flags are in memory */
	{"clone", 0, CLONE_UNTRACED, CLONE_UNTRACED},
	{"clone3", 0, 0, 0},
	/* the program shall see and set its own affinity, not our pin */
	{"sched_getaffinity", 0, 0, 0},
	{"sched_setaffinity", 0, 0, 0},
};

struct builder {
	scmp_filter_ctx ctx;
	uint32_t action;		/* of a rule */
	uint32_t unknown[CALLSET_ROWS]; /* numbers that libseccomp has no name for */
	size_t nunknown;
};

static int add_rule(struct builder *b, const struct sysent *row)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86, row->nr);
	int nr, err = 0;

	if (row->sub) {
		err = seccomp_rule_add(b->ctx, b->action, seccomp_syscall_resolve_name(name), 1,
			SCMP_A0_32(SCMP_CMP_MASKED_EQ, 0xffff, row->sub));
	} else if (!name) {
		b->unknown[b->nunknown++] = row->nr;
	} else {
		nr = seccomp_syscall_resolve_name(name);
		err = seccomp_rule_add(b->ctx, b->action, nr, 0);
	}
	free(name);
	return err == -EEXIST || err == -EDOM ? 0 : err;
}

static int add_internal(struct builder *b)
{
	for (size_t i = 0; i < sizeof(internal) / sizeof(internal[0]); i++) {
		int nr = seccomp_syscall_resolve_name(internal[i].name);
		int err;

		if (internal[i].mask)
			err = seccomp_rule_add(b->ctx, b->action, nr, 1,
				SCMP_CMP32(internal[i].arg, SCMP_CMP_MASKED_EQ, internal[i].mask,
					internal[i].value));
		else
			err = seccomp_rule_add(b->ctx, b->action, nr, 0);
		if (err && err != -EEXIST)
			return err;
	}
	return 0;
}

static bool is_internal(const struct sysent *row)
{
	for (size_t i = 0; i < sizeof(internal) / sizeof(internal[0]); i++)
		if (!strcmp(row->name, internal[i].name))
			return true;
	return false;
}

/* Most calls allowed and the chosen traced, or the other way round. */
static int add_rules(struct builder *b, const struct callset *set)
{
	const struct sysent *row;
	int err = 0;

	if (!set)
		return 0;
	for (size_t i = 0; (row = abi_row(i)) && !err; i++) {
		bool chosen = set->row[abi_row_index(row)];

		if (chosen == set->others || (set->others && is_internal(row)))
			continue;
		/* A sub-call beside its chosen multiplexer, or left out with it, needs no rule. */
		if (row->sub && set->row[abi_row_index(abi_call(row->nr))] == chosen)
			continue;
		err = add_rule(b, row);
	}
	return err ?: set->others ? 0 : add_internal(b);
}

/*
 * Numbers newer than libseccomp: from 403 on a call has the same number in both tables, so they are
 * decided without looking at the architecture.
 */
static size_t prelude(const struct builder *b, struct sock_filter *to)
{
	uint32_t action =
		b->action == SCMP_ACT_ALLOW ? SECCOMP_RET_ALLOW : SECCOMP_RET_TRACE | FILTER_DATA;
	size_t n = 0;

	if (!b->nunknown)
		return 0;
	to[n++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < b->nunknown; i++) {
		to[n++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, b->unknown[i], 0, 1);
		to[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
	}
	return n;
}

/* libseccomp writes its program to a descriptor only. */
static int export(const struct builder *b, struct sock_fprog *program)
{
	size_t front = 2 * b->nunknown + 1, n;
	int fd = memfd_create("filter", MFD_CLOEXEC);
	int err = fd < 0 ? -errno : seccomp_export_bpf(b->ctx, fd);
	off_t size = err ? 0 : lseek(fd, 0, SEEK_CUR);

	if (!err) {
		program->filter = xmalloc(front * sizeof(program->filter[0]) + size);
		n = prelude(b, program->filter);
		if (pread(fd, program->filter + n, size, 0) != size)
			err = -EIO;
		program->len = n + size / sizeof(program->filter[0]);
	}
	if (fd >= 0)
		close(fd);
	return err;
}

int filter_build(const struct callset *set, struct sock_fprog *program)
{
	bool trace_others = !set || set->others;
	struct builder b = {.action = trace_others ? SCMP_ACT_ALLOW : SCMP_ACT_TRACE(FILTER_DATA)};
	int err;

	*program = (struct sock_fprog){0};
	b.ctx = seccomp_init(trace_others ? SCMP_ACT_TRACE(FILTER_DATA) : SCMP_ACT_ALLOW);
	if (!b.ctx)
		return -ENOMEM;
	err = seccomp_arch_add(b.ctx, SCMP_ARCH_X86);
	if (!err)
		err = seccomp_attr_set(b.ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_TRACE(FILTER_DATA));
	if (!err)
		err = seccomp_attr_set(b.ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!err)
		err = add_rules(&b, set);
	if (!err)
		err = export(&b, program);
	seccomp_release(b.ctx);
	if (err)
		filter_free(program);
	return err;
}

void filter_free(struct sock_fprog *program)
{
	free(program->filter);
	*program = (struct sock_fprog){0};
}
