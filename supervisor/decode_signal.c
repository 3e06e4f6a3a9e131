/* SPDX-License-Identifier: MIT */
/* Signals: sets, siginfo_t in both layouts, sigevent, the mask in a handler's frame. */
#include <signal.h>
#include <string.h>

#include "decode_irregular.h"

/* Sets */

struct value *irregular_signal_mask(struct decoder *d, uint64_t mask, unsigned nsig)
{
	uint64_t all = nsig < 64 ? (1ull << nsig) - 1 : UINT64_MAX;
	struct value *set = value_new(d->arena, VALUE_SET, mask);

	mask &= all;
	if ((unsigned)__builtin_popcountll(mask) >= nsig * 2 / 3) {
		set->negated = true;
		mask = ~mask & all;
	}
	for (unsigned sig = 1; sig <= nsig; sig++)
		if (mask >> (sig - 1) & 1)
			value_add(set,
				value_symbol(d->arena, decode_signal_name(d->arena, sig), sig));
	return set;
}

struct value *irregular_signals(struct decoder *d, uint64_t from, size_t n)
{
	uint64_t mask = 0;

	if (!from || !n || n > sizeof(mask) || !decode_read(d, from, &mask, n))
		return decode_addr(d, from);
	return irregular_signal_mask(d, mask, 8 * n);
}

/* The size of a set is an argument of its own, but for the calls from before there were 64 signals.
 */
static size_t set_size(const struct decoder *d)
{
	for (unsigned i = 0; i < d->nslots; i++)
		if (!strcmp(d->slots[i]->name, "sigsetsize") ||
			!strcmp(d->slots[i]->name, "sizemask"))
			return d->args[i];
	return 4;
}

struct value *irregular_sigset(struct decoder *d, const struct spot *s)
{
	if (s->bytes) /* in a struct */
		return irregular_signal_mask(d, decode_number(s->bytes, 8), 64);
	return irregular_signals(d, s->raw, set_size(d));
}

struct value *irregular_old_sigset(struct decoder *d, const struct spot *s)
{
	return irregular_signal_mask(d, (uint32_t)s->raw, 32);
}

struct value *irregular_sigset_pselect(struct decoder *d, const struct spot *s)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	uint32_t block[2];

	if (!decode_read(d, s->raw, block, sizeof(block)))
		return decode_addr(d, s->raw);
	decode_add(value, "sigmask", irregular_signals(d, block[0], block[1]));
	decode_add(value, "sigsetsize", decode_uint(d, block[1]));
	return value;
}

/*
 * Where the mask lies in the frame that the kernel put on the stack, from the stack pointer of
 * sigreturn (which popped the signal number) and of rt_sigreturn: arch/x86/include/asm/sigframe.h.
 * sigreturn's mask is in two places, 32 signals each.
 */
enum { SIGRETURN_LOW = 80, SIGRETURN_HIGH = 712, RT_SIGRETURN = 248, RT_SIGRETURN_64 = 296 };

struct value *irregular_sigreturn(struct decoder *d, const struct spot *s)
{
	enum { NR_SIGRETURN = 119 };
	bool old = d->call->form->nr == NR_SIGRETURN && !d->wide;
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	uint64_t sp = d->call->sp.v;
	uint32_t low, high;

	(void)s;
	if (!decode_read(d,
		    sp + (old		   ? SIGRETURN_LOW
				 : d->wide ? RT_SIGRETURN_64
					   : RT_SIGRETURN),
		    &low, sizeof(low)) ||
		!decode_read(d,
			sp + (old	       ? SIGRETURN_HIGH
				     : d->wide ? RT_SIGRETURN_64 + 4
					       : RT_SIGRETURN + 4),
			&high, sizeof(high)))
		return decode_addr(d, sp);
	decode_add(value, "mask", irregular_signal_mask(d, (uint64_t)high << 32 | low, 64));
	return value;
}

/* siginfo_t */

/* Offsets of the union's members in the layout of i386 and in that of x86-64. */
struct layout {
	uint8_t word; /* bytes of a long or pointer */
	uint8_t pid, uid, status, utime, stime;
	uint8_t timerid, overrun, value;
	uint8_t address, address_lsb, lower, upper, pkey;
	uint8_t band, fd;
	uint8_t call_address, syscall, arch;
};

static const struct layout layout_32 = {
	4, 12, 16, 20, 24, 28, 12, 16, 20, 12, 16, 20, 24, 20, 12, 16, 12, 16, 20};
static const struct layout layout_64 = {
	8, 16, 20, 24, 32, 40, 16, 20, 24, 16, 24, 32, 40, 32, 16, 24, 16, 24, 28};

struct info {
	struct arena *arena;
	struct value *value;
	const uint8_t *bytes;
	const struct layout *at;
	int32_t signo, code;
};

static void add(struct info *in, const char *name, enum value_type type, uint64_t num)
{
	decode_add(in->value, name, value_new(in->arena, type, num));
}

static int32_t word_int(const struct info *in, unsigned offset)
{
	return decode_number(in->bytes + offset, 4);
}

static uint64_t word_long(const struct info *in, unsigned offset)
{
	return decode_number(in->bytes + offset, in->at->word);
}

static void sender(struct info *in)
{
	add(in, "si_pid", VALUE_INT, (int64_t)word_int(in, in->at->pid));
	add(in, "si_uid", VALUE_UINT, (uint32_t)word_int(in, in->at->uid));
}

static void payload(struct info *in)
{
	uint64_t pointer = word_long(in, in->at->value);

	if (!pointer)
		return;
	add(in, "si_int", VALUE_INT, (int64_t)word_int(in, in->at->value));
	add(in, "si_ptr", VALUE_HEX, pointer);
}

static void timer(struct info *in)
{
	add(in, "si_timerid", VALUE_HEX, (uint32_t)word_int(in, in->at->timerid));
	add(in, "si_overrun", VALUE_INT, (int64_t)word_int(in, in->at->overrun));
	payload(in);
}

static int64_t signed_long(const struct info *in, unsigned offset)
{
	return in->at->word == 4 ? word_int(in, offset) : (int64_t)word_long(in, offset);
}

/* In hundredths of a second, whatever the kernel's HZ. */
static void add_ticks(struct info *in, const char *name, int64_t ticks)
{
	struct value *value = value_new(in->arena, VALUE_INT, ticks);

	if (ticks > 0)
		value->note = arena_printf(
			in->arena, "%lld.%02lld s", (long long)ticks / 100, (long long)ticks % 100);
	decode_add(in->value, name, value);
}

static void child(struct info *in)
{
	int32_t status = word_int(in, in->at->status);

	sender(in);
	if (in->code == CLD_EXITED)
		add(in, "si_status", VALUE_INT, (int64_t)status);
	else
		decode_add(in->value, "si_status", decode_signal(in->arena, status));
	add_ticks(in, "si_utime", signed_long(in, in->at->utime));
	add_ticks(in, "si_stime", signed_long(in, in->at->stime));
}

static void fault(struct info *in)
{
	add(in, "si_addr", VALUE_ADDR, word_long(in, in->at->address));
	if (in->signo == SIGSEGV && in->code == SEGV_BNDERR) {
		add(in, "si_lower", VALUE_ADDR, word_long(in, in->at->lower));
		add(in, "si_upper", VALUE_ADDR, word_long(in, in->at->upper));
	} else if (in->signo == SIGSEGV && in->code == SEGV_PKUERR) {
		add(in, "si_pkey", VALUE_UINT, (uint32_t)word_int(in, in->at->pkey));
	} else if (in->signo == SIGBUS && in->code >= BUS_MCEERR_AR) {
		add(in, "si_addr_lsb", VALUE_INT, (int16_t)word_int(in, in->at->address_lsb));
	}
}

static void descriptor(struct info *in)
{
	add(in, "si_band", VALUE_INT, signed_long(in, in->at->band));
	add(in, "si_fd", VALUE_INT, (int64_t)word_int(in, in->at->fd));
}

static void filtered_call(struct info *in)
{
	uint32_t nr = word_int(in, in->at->syscall), arch = word_int(in, in->at->arch);
	const struct sysent *row = abi_call(nr);
	const char *arch_name = abi_symbol(SET_audit_archs, arch);

	add(in, "si_call_addr", VALUE_ADDR, word_long(in, in->at->call_address));
	if (row)
		decode_add(in->value, "si_syscall",
			value_symbol(in->arena, arena_printf(in->arena, "__NR_%s", row->name), nr));
	else
		add(in, "si_syscall", VALUE_UINT, nr);
	if (arch_name)
		decode_add(in->value, "si_arch", value_symbol(in->arena, arch_name, arch));
	else
		add(in, "si_arch", VALUE_HEX, arch);
}

/* What the kernel tells with a signal of its own, and the names of its reasons. */
static const struct {
	uint8_t signo;
	uint16_t codes;
	void (*members)(struct info *);
} kernel_signals[] = {
	{SIGILL, SET_sigill_codes, fault},
	{SIGFPE, SET_sigfpe_codes, fault},
	{SIGSEGV, SET_sigsegv_codes, fault},
	{SIGBUS, SET_sigbus_codes, fault},
	{SIGTRAP, SET_sigtrap_codes, fault},
	{SIGCHLD, SET_sigchld_codes, child},
	{SIGPOLL, SET_sigpoll_codes, descriptor},
	{SIGSYS, SET_sigsys_codes, filtered_call},
};

static void add_code(struct info *in, uint16_t set)
{
	const char *name = abi_symbol(SET_si_codes, (uint32_t)in->code);

	if (!name && set)
		name = abi_symbol(set, (uint32_t)in->code);
	if (name)
		decode_add(in->value, "si_code", value_symbol(in->arena, name, (uint32_t)in->code));
	else
		add(in, "si_code", VALUE_INT, (int64_t)in->code);
}

/* What a sender or the kernel's timers and queues put there. */
static void add_common(struct info *in)
{
	if (in->code == SI_TIMER) {
		timer(in);
	} else if (in->code != SI_KERNEL) {
		sender(in);
		if (in->code != SI_USER && in->code != SI_TKILL)
			payload(in);
	}
}

static void add_members(struct info *in)
{
	bool by_kernel = in->code > 0 && in->code != SI_KERNEL;

	for (size_t i = 0; i < sizeof(kernel_signals) / sizeof(kernel_signals[0]); i++) {
		if (kernel_signals[i].signo != in->signo)
			continue;
		add_code(in, kernel_signals[i].codes);
		if (by_kernel || (in->code == SI_KERNEL && kernel_signals[i].members == fault)) {
			kernel_signals[i].members(in);
			return;
		}
		add_common(in);
		return;
	}
	add_code(in, SET_none);
	add_common(in);
}

static struct value *siginfo(struct arena *arena, const uint8_t *bytes, const struct layout *at)
{
	struct info in = {arena, value_new(arena, VALUE_STRUCT, 0), bytes, at,
		decode_number(bytes, 4), decode_number(bytes + 8, 4)};
	uint32_t err = decode_number(bytes + 4, 4);
	const char *name = abi_symbol(SET_errnos, err);

	if (!in.signo)
		return in.value;
	decode_add(in.value, "si_signo", decode_signal(arena, in.signo));
	if (err && name)
		decode_add(in.value, "si_errno", value_symbol(arena, name, err));
	else if (err)
		add(&in, "si_errno", VALUE_INT, (int64_t)(int32_t)err);
	add_members(&in);
	return in.value;
}

struct value *decode_siginfo(struct arena *arena, const void *native_siginfo)
{
	return siginfo(arena, native_siginfo, &layout_64);
}

struct value *irregular_siginfo(struct decoder *d, const struct spot *s)
{
	uint8_t bytes[128];

	if (!decode_read(d, s->raw, bytes, sizeof(bytes)))
		return decode_addr(d, s->raw);
	return siginfo(d->arena, bytes, &layout_32);
}

/* struct sigevent */

struct sigevent32 {
	uint32_t value;
	int32_t signo, notify;
	uint32_t function, attributes; /* or the thread's id */
};

struct value *irregular_sigevent(struct decoder *d, const struct spot *s)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0),
		     *sigval = value_new(d->arena, VALUE_STRUCT, 0);
	struct sigevent32 e;

	if (!decode_read(d, s->raw, &e, sizeof(e)))
		return decode_addr(d, s->raw);
	decode_add(sigval, "sival_int", decode_int(d, (int32_t)e.value));
	decode_add(sigval, "sival_ptr", decode_addr(d, e.value));
	decode_add(value, "sigev_value", sigval);
	decode_add(value, "sigev_signo",
		e.notify == SIGEV_NONE ? decode_int(d, e.signo) : decode_signal(d->arena, e.signo));
	decode_add(value, "sigev_notify", decode_enum(d, SET_sigev_notify, (uint32_t)e.notify));
	if (e.notify == SIGEV_THREAD) {
		decode_add(value, "sigev_notify_function", decode_addr(d, e.function));
		decode_add(value, "sigev_notify_attributes", decode_addr(d, e.attributes));
	} else if (e.notify == SIGEV_THREAD_ID) {
		decode_add(value, "sigev_notify_thread_id", decode_int(d, (int32_t)e.function));
	}
	return value;
}

/* Notes */

struct value *note_signal_mask(struct decoder *d)
{
	enum { NR_SSETMASK = 69 };
	struct value *note = value_new(d->arena, VALUE_NOTES, 0);

	decode_add(note, d->call->form->nr == NR_SSETMASK ? "old mask" : "mask",
		irregular_signal_mask(d, (uint32_t)d->call->result, 32));
	return note;
}
