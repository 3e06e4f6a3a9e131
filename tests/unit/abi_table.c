/* SPDX-License-Identifier: MIT */
/*
 * The call table against what others know of the i386 ABI, and against its own rules: the installed
 * kernel header (which may be older than the table), libseccomp, and the promises that abi.h,
 * slots.h and groups.def make. Prints TAP.
 *
 *   gcc -std=gnu11 -Wall -Wextra -Isupervisor -o build/unit/abi_table tests/unit/abi_table.c \
 *           supervisor/abi/abi.c -lseccomp
 *   build/unit/abi_table [FILE]
 *
 * FILE: what `gcc -m32 -dM -E -include asm/unistd_32.h -x c /dev/null` printed; without it the
 * program runs ${CC:-cc} to that end.
 */
#include <seccomp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static unsigned faults; /* of the test at hand */

__attribute__((format(printf, 1, 2))) static void fault(const char *format, ...)
{
	va_list args;

	faults++;
	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static const struct sysent *next_row(void)
{
	static size_t i;
	const struct sysent *row = abi_row(i++);

	if (!row)
		i = 0;
	return row;
}

static bool in(const struct sysent *row, enum group_bit bit)
{
	return row->groups >> bit & 1;
}

/* Against others */

static FILE *header(const char *path)
{
	if (path)
		return fopen(path, "r");
	return popen("${CC:-cc} -E -dM -include asm/unistd_32.h -x c /dev/null", "r");
}

static const char *header_path;

static void has_every_number_of_the_header(void)
{
	FILE *f = header(header_path);
	char line[256], name[128];
	unsigned nr, seen = 0;

	while (f && fgets(line, sizeof(line), f)) {
		const struct sysent *row;

		if (sscanf(line, "#define __NR_%127s %u", name, &nr) != 2)
			continue;
		seen++;
		row = abi_call(nr);
		if (!row || strcmp(row->name, name))
			fault("header: %u is %s, table: %s", nr, name, row ? row->name : "nothing");
	}
	if (f && header_path)
		fclose(f);
	else if (f)
		pclose(f);
	if (seen < 400)
		fault("the header has only %u calls: is it there?", seen);
}

/* No exceptions: in libseccomp 2.5.4 every i386 number has the kernel's name. */
static void agrees_with_libseccomp(void)
{
	unsigned seen = 0;

	for (uint32_t nr = 0; nr < abi_nr_max + 64; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86, nr);
		const struct sysent *row = abi_call(nr);

		if (!name)
			continue;
		seen++;
		if (!row || strcmp(row->name, name))
			fault("libseccomp: %u is %s, table: %s", nr, name,
				row ? row->name : "nothing");
		free(name);
	}
	if (seen < 400)
		fault("libseccomp knows only %u calls", seen);
}

/* Against its own rules: rows */

static void has_a_row_up_to_the_last_number(void)
{
	static const unsigned holes[][2] = {{387, 392}, {415, 415}};

	for (unsigned nr = 0; nr < abi_nr_max; nr++) {
		bool hole = false;

		for (size_t i = 0; i < COUNT(holes); i++)
			hole |= nr >= holes[i][0] && nr <= holes[i][1];
		if (hole == !!abi_call(nr))
			fault("%u: %s", nr, hole ? "nobody ever had this number" : "no row");
	}
	if (abi_nr_max != 472)
		fault("the last number of Linux 7.2 is 471, here it is %u", abi_nr_max - 1);
}

static void has_no_name_twice(void)
{
	const struct sysent *a, *b;

	for (size_t i = 0; (a = abi_row(i)); i++)
		for (size_t j = i + 1; (b = abi_row(j)); j++)
			if (!strcmp(a->name, b->name) && !a->sub == !b->sub)
				fault("%s: %u.%u and %u.%u", a->name, a->nr, a->sub, b->nr, b->sub);
}

/* A version as one number, -1 if it is none: "2.6.16" -> 2006016. */
static long version(const char *text)
{
	unsigned part[3] = {0};
	int end = 0, n = sscanf(text, "%u.%u%n.%u%n", &part[0], &part[1], &end, &part[2], &end);

	if (n < 2 || text[end] || part[1] > 999 || part[2] > 999)
		return -1;
	return part[0] * 1000000L + part[1] * 1000 + part[2];
}

static void has_versions_that_make_sense(void)
{
	const struct sysent *row, *before = NULL;

	while ((row = next_row())) {
		long since = version(row->since), until = version(row->until);

		if (since < 0)
			fault("%s: since \"%s\"", row->name, row->since);
		if (until < 0 ? *row->until && strcmp(row->until, "never") : until < since)
			fault("%s: until \"%s\"", row->name, row->until);
		/* from 424 on numbers were given out in order, but for close_range and landlock */
		if (before && !row->sub && row->nr > 424 && row->nr != 436 && before->nr != 436 &&
			before->nr != 443 && since < version(before->since))
			fault("%s: older than %s", row->name, before->name);
		before = row;
	}
}

static void has_groups_and_results(void)
{
	const struct sysent *row;

	while ((row = next_row())) {
		if (!row->groups || row->groups >> GB_COUNT)
			fault("%s: groups %#llx", row->name, (unsigned long long)row->groups);
		if (row->result >= K_COUNT || (row->result == K_NONE) != in(row, GB_NORETURN))
			fault("%s: result %u", row->name, row->result);
	}
	for (unsigned bit = 0; bit < GB_COUNT; bit++) {
		bool used = false;

		while ((row = next_row()))
			used |= in(row, bit);
		if (!used)
			fault("%s: an empty group", abi_group_name(bit));
	}
}

/* Arguments */

static bool needs_set(enum kind kind)
{
	return kind == K_FLAGS || kind == K_FLAGS16 || kind == K_FLAGS8 || kind == K_FLAGS64 ||
	       kind == K_ENUM || kind == K_ENUM16 || kind == K_ENUM8 || kind == K_ENUM64;
}

static unsigned ref_bound(enum kind kind)
{
	if (needs_set(kind) || kind == K_U64LO)
		return SET_COUNT;
	if (kind == K_STRUCT)
		return STRUCT_COUNT;
	return kind == K_IRREGULAR ? IRR_COUNT : 1;
}

static void check_ref(const struct sysent *row, const struct slot *slot)
{
	bool needed = needs_set(slot->kind) || slot->kind == K_STRUCT || slot->kind == K_IRREGULAR;

	if (slot->kind >= K_COUNT || slot->ref >= ref_bound(slot->kind) || (needed && !slot->ref))
		fault("%s: %s: kind %u, ref %u", row->name, slot->name, slot->kind, slot->ref);
}

static void check_shape(const struct sysent *row, const struct slot *slot)
{
	bool pointer = slot->shape == POINTER || slot->shape == ARRAY;

	if (slot->shape > ARRAY)
		fault("%s: %s: shape %u has no place in a register", row->name, slot->name,
			slot->shape);
	if (slot->dir > DIR_INOUT || (pointer && !slot->dir))
		fault("%s: %s: direction %u", row->name, slot->name, slot->dir);
	if (!pointer && slot->dir && slot->kind != K_IRREGULAR)
		fault("%s: %s: a direction, but no pointer", row->name, slot->name);
	if (!pointer && abi_kind_size(slot->kind, slot->ref) > 4)
		fault("%s: %s: too large for a register", row->name, slot->name);
}

static void check_length(const struct sysent *row, const struct slot *slot)
{
	bool sized = slot->shape == POINTER && slot->kind == K_STRUCT;

	if (slot->len < LEN_NONE || slot->len >= row->nargs)
		fault("%s: %s: length %d of %u arguments", row->name, slot->name, slot->len,
			row->nargs);
	else if (slot->len >= 0 &&
		 (row->args[slot->len].shape != BY_VALUE || &row->args[slot->len] == slot))
		fault("%s: %s: its length is no number", row->name, slot->name);
	if (slot->shape == ARRAY && slot->len == LEN_NONE && !slot->count)
		fault("%s: %s: an array without a length", row->name, slot->name);
	if (slot->shape != ARRAY && slot->len != LEN_NONE && !sized)
		fault("%s: %s: a length, but no array", row->name, slot->name);
	if (slot->len == LEN_RESULT && !(slot->dir & DIR_OUT))
		fault("%s: %s: the result counts what the call read", row->name, slot->name);
}

static void has_arguments_that_can_be_decoded(void)
{
	const struct sysent *row;

	while ((row = next_row())) {
		if (row->nargs > ABI_ARGS)
			fault("%s: %u arguments", row->name, row->nargs);
		for (unsigned i = 0; i < row->nargs; i++) {
			check_ref(row, &row->args[i]);
			check_shape(row, &row->args[i]);
			check_length(row, &row->args[i]);
		}
	}
}

static void has_pairs_where_64_bits_are_passed(void)
{
	const struct sysent *row;

	while ((row = next_row()))
		for (unsigned i = 0; i < row->nargs; i++) {
			bool low = row->args[i].kind == K_U64LO;
			bool before_high = i + 1 < row->nargs && row->args[i + 1].kind == K_U64HI;

			if (low != before_high || (!i && row->args[i].kind == K_U64HI))
				fault("%s: %s: half a pair", row->name, row->args[i].name);
		}
}

static void has_arguments_with_names_of_their_own(void)
{
	const struct sysent *row;

	while ((row = next_row()))
		for (unsigned i = 0; i < row->nargs; i++)
			for (unsigned j = i; j-- > 0;)
				if (!strcmp(row->args[i].name, row->args[j].name))
					fault("%s: two arguments are %s", row->name,
						row->args[i].name);
}

/* Forms of a call */

static bool same_slot(const struct slot *a, const struct slot *b)
{
	return !strcmp(a->name, b->name) && a->kind == b->kind && a->shape == b->shape &&
	       a->dir == b->dir && a->len == b->len && a->ref == b->ref && a->count == b->count;
}

/* shmat's result comes through a pointer in ipc: one argument more, another kind of result. */
static void has_subcalls_like_their_direct_calls(void)
{
	const struct sysent *sub, *direct;

	while ((sub = next_row())) {
		bool shmat = !strcmp(sub->name, "shmat");

		if (!sub->sub)
			continue;
		if (!abi_call(sub->nr) || !in(abi_call(sub->nr), GB_MUX))
			fault("%s: %u is no multiplexer", sub->name, sub->nr);
		if (abi_subcall(sub->nr, sub->sub) != sub)
			fault("%s: not found as sub-call %u of %u", sub->name, sub->sub, sub->nr);
		direct = abi_call_named(sub->name);
		if (direct == sub)
			continue;
		if (sub->nargs != direct->nargs + shmat || sub->groups != direct->groups ||
			(sub->result != direct->result && !shmat))
			fault("%s: sub-call and direct call differ", sub->name);
		for (unsigned i = 0; i < direct->nargs && i < sub->nargs; i++)
			if (!same_slot(&sub->args[i], &direct->args[i]))
				fault("%s: %s differs from the direct call", sub->name,
					sub->args[i].name);
	}
}

static const struct {
	const char *name, *twin;
} twins[] = {
	{"time", "clock_gettime64"},
	{"stime", "clock_settime64"},
	{"gettimeofday", "clock_gettime64"},
	{"settimeofday", "clock_settime64"},
	{"utime", "utimensat_time64"},
	{"utimes", "utimensat_time64"},
	{"futimesat", "utimensat_time64"},
	{"utimensat", "utimensat_time64"},
	{"adjtimex", "clock_adjtime64"},
	{"clock_adjtime", "clock_adjtime64"},
	{"clock_gettime", "clock_gettime64"},
	{"clock_settime", "clock_settime64"},
	{"clock_getres", "clock_getres_time64"},
	{"clock_nanosleep", "clock_nanosleep_time64"},
	{"nanosleep", "clock_nanosleep_time64"},
	{"select", "pselect6_time64"},
	{"_newselect", "pselect6_time64"},
	{"pselect6", "pselect6_time64"},
	{"ppoll", "ppoll_time64"},
	{"futex", "futex_time64"},
	{"io_getevents", "io_pgetevents_time64"},
	{"io_pgetevents", "io_pgetevents_time64"},
	{"recvmmsg", "recvmmsg_time64"},
	{"mq_timedsend", "mq_timedsend_time64"},
	{"mq_timedreceive", "mq_timedreceive_time64"},
	{"semtimedop", "semtimedop_time64"},
	{"rt_sigtimedwait", "rt_sigtimedwait_time64"},
	{"sched_rr_get_interval", "sched_rr_get_interval_time64"},
	{"timer_gettime", "timer_gettime64"},
	{"timer_settime", "timer_settime64"},
	{"timerfd_gettime", "timerfd_gettime64"},
	{"timerfd_settime", "timerfd_settime64"},
};

static const char *twin_of(const char *name)
{
	for (size_t i = 0; i < COUNT(twins); i++)
		if (!strcmp(twins[i].name, name))
			return twins[i].twin;
	return NULL;
}

static bool is_twin(const char *name)
{
	for (size_t i = 0; i < COUNT(twins); i++)
		if (!strcmp(twins[i].twin, name))
			return true;
	return false;
}

static void has_a_64_bit_twin_for_every_32_bit_time(void)
{
	const struct sysent *row, *other;

	while ((row = next_row())) {
		const char *twin = twin_of(row->name);

		if (in(row, GB_TIME32) != !!twin)
			fault("%s: %s", row->name, twin ? "has a twin" : "has no twin here");
		if (in(row, GB_TIME64) != is_twin(row->name))
			fault("%s: in @time64, but nobody's twin", row->name);
		if (!twin)
			continue;
		other = abi_call_named(twin);
		if (!other || !in(other, GB_TIME64))
			fault("%s: its twin %s is no call in @time64", row->name, twin);
	}
}

static const struct {
	void (*run)(void);
	const char *promise;
} tests[] = {
	{has_every_number_of_the_header, "every number of asm/unistd_32.h is there under its name"},
	{agrees_with_libseccomp, "every number that libseccomp knows has the same name"},
	{has_a_row_up_to_the_last_number,
		"every number up to 471 has a row, but for the known holes"},
	{has_no_name_twice, "no name is there twice"},
	{has_versions_that_make_sense, "since and until are versions, in order"},
	{has_groups_and_results, "every row has a group and a result, every group a row"},
	{has_arguments_that_can_be_decoded,
		"arguments: shape, direction, length and reference fit"},
	{has_pairs_where_64_bits_are_passed,
		"low and high halves of 64-bit arguments stand together"},
	{has_arguments_with_names_of_their_own, "no call has two arguments of one name"},
	{has_subcalls_like_their_direct_calls,
		"sub-calls have the arguments of their direct calls"},
	{has_a_64_bit_twin_for_every_32_bit_time, "every call in @time32 has a twin in @time64"},
};

int main(int argc, char **argv)
{
	bool failed = false;

	header_path = argc > 1 ? argv[1] : NULL;
	printf("1..%zu\n", COUNT(tests));
	for (size_t i = 0; i < COUNT(tests); i++) {
		faults = 0;
		tests[i].run();
		printf("%s %zu - %s\n", faults ? "not ok" : "ok", i + 1, tests[i].promise);
		failed |= faults;
	}
	return failed;
}
