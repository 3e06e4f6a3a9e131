/* SPDX-License-Identifier: MIT */
/* Processes and threads: clone, wait, futex, time left of a sleep, processors, descriptors'
 * segments. */
#include <linux/futex.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>

#include "decode_irregular.h"

/* The status word that wait4 writes. */

static struct value *status_text(struct decoder *d, int status)
{
	const char *core = WCOREDUMP(status) ? " && WCOREDUMP(s)" : "";
	const char *name;

	if (WIFEXITED(status))
		return irregular_symbol(
			d, status, "{WIFEXITED(s) && WEXITSTATUS(s) == %d}", WEXITSTATUS(status));
	if (status == 0xffff)
		return irregular_symbol(d, status, "{WIFCONTINUED(s)}");
	if (WIFSTOPPED(status)) {
		name = decode_signal_name(d->arena, WSTOPSIG(status) & 0x7f);
		return irregular_symbol(d, status, "{WIFSTOPPED(s) && WSTOPSIG(s) == %s%s%s}",
			name ? "SIG" : "", name ? name : "?",
			WSTOPSIG(status) & 0x80 ? " | 0x80" : "");
	}
	name = decode_signal_name(d->arena, WTERMSIG(status));
	return irregular_symbol(d, status, "{WIFSIGNALED(s) && WTERMSIG(s) == %s%s%s}",
		name ? "SIG" : "", name ? name : "?", core);
}

struct value *irregular_wait_status(struct decoder *d, const struct spot *s)
{
	int32_t status;

	/* with WNOHANG and no child that changed, nothing is written */
	if (!d->call->result || !irregular_int(d, s->raw, &status))
		return decode_addr(d, s->raw);
	return decode_boxed(d, status_text(d, status));
}

/* clone */

static struct value *flags_and_signal(struct decoder *d, uint32_t flags)
{
	unsigned sig = flags & CSIGNAL;
	const char *name = sig ? decode_signal_name(d->arena, sig) : NULL;
	struct value *value = decode_flags(d, SET_clone_flags, flags & ~(uint32_t)CSIGNAL);
	bool none = !(flags & ~(uint32_t)CSIGNAL);

	if (!sig)
		return value;
	if (value->type != VALUE_SYMBOL && !none)
		return irregular_symbol(d, flags, "%#x|%s%s", flags & ~CSIGNAL, name ? "SIG" : "",
			name ? name : arena_printf(d->arena, "%u", sig));
	return irregular_symbol(d, flags, "%s%s%s%s", none ? "" : value->text, none ? "" : "|",
		name ? "SIG" : "", name ? name : arena_printf(d->arena, "%u", sig));
}

struct value *irregular_clone_flags(struct decoder *d, const struct spot *s)
{
	struct value *value = flags_and_signal(d, s->raw);

	value->named = true;
	if (d->at_exit)
		return value;
	if (s->raw & (CLONE_PARENT_SETTID | CLONE_PIDFD | CLONE_CHILD_SETTID |
			     CLONE_CHILD_CLEARTID | CLONE_SETTLS))
		d->later = true;
	return value;
}

static struct value *clone_parent_tid(struct decoder *d, const struct spot *s)
{
	int32_t tid;

	if (d->call->failed || !irregular_int(d, s->raw, &tid))
		return decode_addr(d, s->raw);
	return decode_boxed(d, decode_int(d, tid));
}

static struct value *clone_tls(struct decoder *d, const struct spot *s)
{
	return d->wide ? value_new(d->arena, VALUE_HEX, s->raw)
		       : decode_struct(d, STRUCT_user_desc, s->raw);
}

static struct value *clone_child_tid(struct decoder *d, const struct spot *s)
{
	return decode_addr(d, s->raw);
}

/* The arguments after flags and stack, by index: their flags and names in strace's text. */
struct value *irregular_clone_arg(struct decoder *d, const struct spot *s)
{
	static const struct {
		uint32_t flags;
		const char *name;
		struct value *(*decode)(struct decoder *, const struct spot *);
	} args[ABI_ARGS] = {
		[2] = {CLONE_PARENT_SETTID | CLONE_PIDFD, "parent_tid", clone_parent_tid},
		[3] = {CLONE_SETTLS, "tls", clone_tls},
		[4] = {CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID, "child_tidptr", clone_child_tid},
	};
	struct value *value;

	if (s->index >= ABI_ARGS || !(s->siblings[0] & args[s->index].flags))
		return NULL;
	if (!d->at_exit) {
		d->later = true;
		return NULL;
	}
	value = args[s->index].decode(d, s);
	value->name = args[s->index].name;
	value->named = true;
	return value;
}

/* struct clone_args, which grew: 64, 80, 88 bytes. */
enum { CLONE_ARGS_LEAST = 64, CLONE_ARGS_KNOWN = 88 };

struct clone_args_known {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
		set_tid_size, cgroup;
};

static struct value *clone_args_in(struct decoder *d, const struct clone_args_known *a)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);

	decode_add(value, "flags", decode_flags(d, SET_clone_flags, a->flags));
	if (a->flags & CLONE_PIDFD)
		decode_add(value, "pidfd", decode_addr(d, a->pidfd));
	if (a->flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))
		decode_add(value, "child_tid", decode_addr(d, a->child_tid));
	if (a->flags & CLONE_PARENT_SETTID)
		decode_add(value, "parent_tid", decode_addr(d, a->parent_tid));
	decode_add(value, "exit_signal", decode_signal(d->arena, a->exit_signal));
	decode_add(value, "stack", decode_addr(d, a->stack));
	decode_add(value, "stack_size", value_new(d->arena, VALUE_HEX, a->stack_size));
	if (a->flags & CLONE_SETTLS)
		decode_add(value, "tls",
			d->wide ? value_new(d->arena, VALUE_HEX, a->tls)
				: decode_struct(d, STRUCT_user_desc, a->tls));
	if (a->set_tid || a->set_tid_size) {
		decode_add(value, "set_tid", decode_addr(d, a->set_tid));
		decode_add(value, "set_tid_size", decode_uint(d, a->set_tid_size));
	}
	if (a->flags & 0x200000000ull) /* CLONE_INTO_CGROUP */
		decode_add(value, "cgroup", decode_uint(d, a->cgroup));
	return value;
}

static void add_written(struct decoder *d, struct value *to, const char *name, uint64_t from)
{
	int32_t n;

	if (irregular_int(d, from, &n))
		decode_add(to, name, decode_boxed(d, decode_int(d, n)));
}

/* `{flags=...} => {parent_tid=[4711]}` */
struct value *irregular_clone_args(struct decoder *d, const struct spot *s)
{
	uint64_t size = s->siblings[s->index + 1];
	struct clone_args_known a = {0};
	struct value *before, *change, *after;

	if (size < CLONE_ARGS_LEAST ||
		!decode_read(d, s->raw, &a, size < CLONE_ARGS_KNOWN ? size : CLONE_ARGS_KNOWN))
		return decode_addr(d, s->raw);
	before = clone_args_in(d, &a);
	if (!d->at_exit) {
		d->later = a.flags & (CLONE_PIDFD | CLONE_PARENT_SETTID);
		return before;
	}
	if (d->call->failed)
		return before;
	change = value_new(d->arena, VALUE_CHANGE, 0);
	after = value_new(d->arena, VALUE_STRUCT, 0);
	if (a.flags & CLONE_PIDFD)
		add_written(d, after, "pidfd", a.pidfd);
	if (a.flags & CLONE_PARENT_SETTID)
		add_written(d, after, "parent_tid", a.parent_tid);
	value_add(change, before);
	value_add(change, after);
	return change;
}

/* futex */

struct value *irregular_futex_op(struct decoder *d, const struct spot *s)
{
	uint32_t op = s->raw;
	const char *name = abi_symbol(SET_futex_ops, op & FUTEX_CMD_MASK);
	const char *private = op & FUTEX_PRIVATE_FLAG ? "_PRIVATE" : "";

	if (!name) {
		struct value *value = value_new(d->arena, VALUE_HEX, op);

		value->note = "FUTEX_???";
		return value;
	}
	return irregular_symbol(d, op, "%s%s%s", name, private,
		op & FUTEX_CLOCK_REALTIME ? "|FUTEX_CLOCK_REALTIME" : "");
}

/* What the fourth to sixth arguments are, by operation: t timeout, n number, a address, b bit set,
 * w FUTEX_WAKE_OP's word, v value, x unknown, - nothing. */
static const char *futex_arguments(uint32_t op)
{
	static const char *const of[] = {
		[FUTEX_WAIT] = "t--",
		[FUTEX_WAKE] = "---",
		[FUTEX_FD] = "---",
		[FUTEX_REQUEUE] = "na-",
		[FUTEX_CMP_REQUEUE] = "nav",
		[FUTEX_WAKE_OP] = "naw",
		[FUTEX_LOCK_PI] = "t--",
		[FUTEX_UNLOCK_PI] = "---",
		[FUTEX_TRYLOCK_PI] = "---",
		[FUTEX_WAIT_BITSET] = "t-b",
		[FUTEX_WAKE_BITSET] = "--b",
		[FUTEX_WAIT_REQUEUE_PI] = "ta-",
		[FUTEX_CMP_REQUEUE_PI] = "nav",
		[13 /* FUTEX_LOCK_PI2 */] = "t--",
	};
	uint32_t command = op & FUTEX_CMD_MASK;

	return command < sizeof(of) / sizeof(of[0]) ? of[command] : "aax";
}

/* FUTEX_OP_SET<<28|0<<12|FUTEX_OP_CMP_GT<<24|0x1 */
static struct value *wake_op(struct decoder *d, uint32_t word)
{
	const char *op = abi_symbol(SET_futex_wake_ops, word >> 28 & 7);
	const char *cmp = abi_symbol(SET_futex_wake_cmps, word >> 24 & 15);
	const char *shift = word >> 31 ? "FUTEX_OP_OPARG_SHIFT<<28|" : "";

	return irregular_symbol(d, word, "%s%s<<28|%#x<<12|%s<<24|%#x", shift,
		op ? op : "FUTEX_OP_???", word >> 12 & 0xfff, cmp ? cmp : "FUTEX_OP_CMP_???",
		word & 0xfff);
}

static struct value *futex_argument(struct decoder *d, const struct spot *s, char what)
{
	enum { NR_FUTEX_TIME64 = 422 };

	switch (what) {
	case 't':
		return decode_struct(d,
			d->call->form->nr == NR_FUTEX_TIME64 ? STRUCT_timespec64
							     : STRUCT_timespec32,
			s->raw);
	case 'n':
	case 'v':
		return decode_uint(d, (uint32_t)s->raw);
	case 'a':
		return decode_addr(d, s->raw);
	case 'x':
		return value_new(d->arena, VALUE_HEX, (uint32_t)s->raw);
	case 'w':
		return wake_op(d, s->raw);
	case 'b':
		if ((uint32_t)s->raw == FUTEX_BITSET_MATCH_ANY)
			return value_symbol(d->arena, "FUTEX_BITSET_MATCH_ANY", s->raw);
		return value_new(d->arena, VALUE_HEX, (uint32_t)s->raw);
	default:
		return NULL;
	}
}

struct value *irregular_futex_timeout(struct decoder *d, const struct spot *s)
{
	return futex_argument(d, s, futex_arguments(s->siblings[1])[0]);
}

struct value *irregular_futex_arg(struct decoder *d, const struct spot *s)
{
	const char *what = futex_arguments(s->siblings[1]);

	return futex_argument(d, s, what[s->index - 3]);
}

/* Time */

/* Only a sleep that a signal ended leaves something to sleep. */
struct value *irregular_sleep_rest(struct decoder *d, const struct spot *s)
{
	enum { NR_CLOCK_NANOSLEEP_TIME64 = 407, INTERRUPTED = -4, TO_BE_RESTARTED = -516 };
	int64_t result = d->call->result;

	if (result != INTERRUPTED && result != TO_BE_RESTARTED)
		return decode_addr(d, s->raw);
	return decode_struct(d,
		d->call->form->nr == NR_CLOCK_NANOSLEEP_TIME64 ? STRUCT_timespec64
							       : STRUCT_timespec32,
		s->raw);
}

struct value *irregular_timex(struct decoder *d, const struct spot *s)
{
	enum { NR_CLOCK_ADJTIME64 = 405 };

	return decode_struct(d,
		d->call->form->nr == NR_CLOCK_ADJTIME64 ? STRUCT_timex64 : STRUCT_timex32, s->raw);
}

struct value *irregular_utime_nsec(struct decoder *d, const struct spot *s)
{
	const char *name = abi_symbol(SET_utime_nsecs, (uint32_t)s->raw);

	return name ? value_symbol(d->arena, name, s->raw) : decode_uint(d, (uint32_t)s->raw);
}

/* Processors and segments */

/* [0 1]: the processors of a mask. */
struct value *irregular_cpuset(struct decoder *d, const struct spot *s)
{
	uint64_t size = d->at_exit ? (uint64_t)d->call->result : s->siblings[s->index - 1];
	struct value *set = value_new(d->arena, VALUE_SET, 0);
	uint8_t mask[1024];
	size_t n = size < sizeof(mask) ? size : sizeof(mask);

	if (!s->raw || !decode_read(d, s->raw, mask, n))
		return decode_addr(d, s->raw);
	for (size_t cpu = 0; cpu < 8 * n; cpu++)
		if (mask[cpu / 8] >> cpu % 8 & 1)
			value_add(set, decode_uint(d, cpu));
	return set;
}

struct value *irregular_modify_ldt(struct decoder *d, const struct spot *s)
{
	enum { READ = 0, READ_DEFAULT = 2 };
	int32_t func = s->siblings[0];

	if (func == READ || func == READ_DEFAULT) {
		d->later = !d->at_exit;
		return d->at_exit ? decode_addr(d, s->raw) : NULL;
	}
	if (s->siblings[2] != abi_struct(STRUCT_user_desc)->size)
		return decode_addr(d, s->raw);
	return decode_struct(d, STRUCT_user_desc, s->raw);
}
