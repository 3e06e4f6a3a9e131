/* SPDX-License-Identifier: MIT */
/*
 * Calls that are many calls in one: prctl, ptrace, keyctl, seccomp, quotactl. A row an operation
 * says which arguments it has; the rest is the common walk.
 */
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "abi/slots.h"
#include "decode_irregular.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HIDDEN	     A(unused, NONE)
#define ZEROS	     A(arg3, HEX), A(arg4, HEX), A(arg5, HEX)

/* prctl */

enum {
	PR_SECCOMP_STRICT = 1,
	PR_SECCOMP_FILTER = 2,
};

static const struct variant prctls[] = {
	{PR_SET_PDEATHSIG, 1, {A(sig, SIGNAL)}},
	{PR_GET_PDEATHSIG, 1, {P(sig, OUT, SIGNAL)}},
	{PR_GET_DUMPABLE, 0, {}},
	{PR_SET_DUMPABLE, 1, {AE(dumpable, prctl_dumpable)}},
	{PR_GET_KEEPCAPS, 0, {}},
	{PR_SET_KEEPCAPS, 1, {A(state, UINT)}},
	{PR_GET_UNALIGN, 1, {PF(bits, OUT, prctl_unalign)}},
	{PR_SET_UNALIGN, 1, {AF(flags, prctl_unalign)}},
	{PR_GET_FPEMU, 1, {PF(mode, OUT, prctl_fpemu)}},
	{PR_SET_FPEMU, 1, {AF(mode, prctl_fpemu)}},
	{PR_GET_FPEXC, 1, {PF(mode, OUT, prctl_fpexc)}},
	{PR_SET_FPEXC, 1, {AF(mode, prctl_fpexc)}},
	{PR_GET_TIMING, 0, {}},
	{PR_SET_TIMING, 1, {AE(timing, prctl_timing)}},
	{PR_SET_NAME, 1, {A(name, STR)}},
	{PR_GET_NAME, 1, {VN(name, OUT, CHARS, 16)}},
	{PR_GET_ENDIAN, 1, {PE(endianness, OUT, prctl_endian)}},
	{PR_SET_ENDIAN, 1, {A(endianness, UINT)}},
	{PR_GET_SECCOMP, 0, {}},
	{PR_SET_SECCOMP, 4, {AE(mode, seccomp_modes), ZEROS}},
	{PR_CAPBSET_READ, 1, {AE(cap, capability_numbers)}},
	{PR_CAPBSET_DROP, 1, {AE(cap, capability_numbers)}},
	{PR_GET_TSC, 1, {PE(flag, OUT, prctl_tsc)}},
	{PR_SET_TSC, 1, {AE(flag, prctl_tsc)}},
	{PR_GET_SECUREBITS, 0, {}},
	{PR_SET_SECUREBITS, 1, {AF(bits, securebits)}},
	{PR_GET_TIMERSLACK, 0, {}},
	{PR_SET_TIMERSLACK, 1, {A(slack, INT)}},
	{PR_TASK_PERF_EVENTS_DISABLE, 0, {}},
	{PR_TASK_PERF_EVENTS_ENABLE, 0, {}},
	{PR_MCE_KILL, 4,
		{AE(op, prctl_mce_kill), AE(policy, prctl_mce_kill_policies), A(arg4, HEX),
			A(arg5, HEX)}},
	{PR_MCE_KILL_GET, 4, {A(arg2, HEX), ZEROS}},
	{PR_SET_MM, 4, {AE(op, prctl_set_mm), A(addr, ADDR), A(arg4, HEX), A(arg5, HEX)}},
	{PR_SET_CHILD_SUBREAPER, 1, {A(state, UINT)}},
	{PR_GET_CHILD_SUBREAPER, 1, {P(state, OUT, INT)}},
	{PR_SET_NO_NEW_PRIVS, 4, {A(state, UINT), ZEROS}},
	{PR_GET_NO_NEW_PRIVS, 4, {A(arg2, HEX), ZEROS}},
	{PR_GET_TID_ADDRESS, 1, {P(addrp, OUT, ADDR)}},
	{PR_SET_THP_DISABLE, 4, {A(state, UINT), ZEROS}},
	{PR_GET_THP_DISABLE, 4, {A(arg2, HEX), ZEROS}},
	{PR_MPX_ENABLE_MANAGEMENT, 4, {A(arg2, HEX), ZEROS}},
	{PR_MPX_DISABLE_MANAGEMENT, 4, {A(arg2, HEX), ZEROS}},
	{PR_CAP_AMBIENT, 4,
		{AE(op, prctl_cap_ambient), AE(cap, capability_numbers), A(arg4, HEX),
			A(arg5, HEX)}},
	{PR_GET_SPECULATION_CTRL, 1, {AE(misfeature, prctl_spec)}},
	{PR_SET_SPECULATION_CTRL, 2, {AE(misfeature, prctl_spec), AF(val, prctl_spec_states)}},
	{PR_SET_IO_FLUSHER, 4, {A(state, UINT), ZEROS}},
	{PR_GET_IO_FLUSHER, 4, {A(arg2, HEX), ZEROS}},
	{PR_SET_SYSCALL_USER_DISPATCH, 4,
		{AE(op, prctl_sys_dispatch), A(off, HEX), A(size, HEX), A(switch, ADDR)}},
	{PR_SCHED_CORE, 4, {AE(op, prctl_sched_core), A(pid, PID), A(type, UINT), A(cookie, ADDR)}},
	{PR_SET_VMA, 4, {AE(op, prctl_vma), A(addr, ADDR), A(size, UINT), A(name, STR)}},
	{PR_SET_PTRACER, 1, {AE(pid, prctl_ptracer)}},
};

/* CLEAR_ALL has no capability, PR_SET_SECCOMP's rest depends on the mode. */
static const struct slot number = A(arg3, UINT), filter = S(filter, IN, sock_fprog);

static const struct slot *prctl_slot(const struct decoder *d, unsigned i)
{
	const struct variant *v = irregular_variant(prctls, COUNT(prctls), d->args[0]);
	static const struct slot unknown = A(arg, HEX);

	if (!v || i >= v->nargs)
		return &unknown;
	if (v->op == PR_SET_SECCOMP && d->args[1] == PR_SECCOMP_FILTER && i == 1)
		return &filter;
	if (v->op == PR_CAP_AMBIENT && d->args[1] == PR_CAP_AMBIENT_CLEAR_ALL && i == 1)
		return &number;
	return &v->args[i];
}

struct value *irregular_prctl_arg(struct decoder *d, const struct spot *s)
{
	return irregular_as(d, s, prctl_slot(d, s->index - 1));
}

static unsigned prctl_count(const struct decoder *d)
{
	const struct variant *v = irregular_variant(prctls, COUNT(prctls), d->args[0]);

	if (!v)
		return ABI_ARGS - 1;
	if (v->op == PR_SET_SECCOMP && d->args[1] == PR_SECCOMP_FILTER)
		return 3;
	if (v->op == PR_SET_SECCOMP && d->args[1] == PR_SECCOMP_STRICT)
		return 2;
	return 1 + v->nargs;
}

struct value *note_prctl(struct decoder *d)
{
	static const struct {
		uint32_t option;
		uint16_t set;
	} results[] = {
		{PR_GET_DUMPABLE, SET_prctl_dumpable},
		{PR_GET_SECUREBITS, SET_securebits},
		{PR_MCE_KILL_GET, SET_prctl_mce_kill_policies},
		{PR_GET_SPECULATION_CTRL, SET_prctl_spec_states},
	};

	for (size_t i = 0; i < COUNT(results); i++) {
		if (results[i].option != d->args[0])
			continue;
		if (!abi_set(results[i].set)->flags)
			return decode_enum(d, results[i].set, d->call->result);
		d->call->result_as = K_HEX;
		return d->call->result ? decode_flags(d, results[i].set, d->call->result) : NULL;
	}
	return NULL;
}

/* ptrace: address and data */

static const struct variant ptraces[] = {
	{PTRACE_TRACEME, 0, {}},
	{PTRACE_PEEKTEXT, 2, {A(addr, ADDR), P(data, OUT, HEX)}},
	{PTRACE_PEEKDATA, 2, {A(addr, ADDR), P(data, OUT, HEX)}},
	{PTRACE_PEEKUSR, 2, {AE(offset, ptrace_user_offsets), P(data, OUT, HEX)}},
	{PTRACE_POKETEXT, 2, {A(addr, ADDR), A(data, HEX)}},
	{PTRACE_POKEDATA, 2, {A(addr, ADDR), A(data, HEX)}},
	{PTRACE_POKEUSR, 2, {AE(offset, ptrace_user_offsets), A(data, HEX)}},
	{PTRACE_CONT, 2, {A(addr, HEX), A(data, SIGNAL)}},
	{PTRACE_KILL, 0, {}},
	{PTRACE_SINGLESTEP, 2, {A(addr, HEX), A(data, SIGNAL)}},
	{12 /* PTRACE_GETREGS */, 2, {HIDDEN, A(data, ADDR)}},
	{13 /* PTRACE_SETREGS */, 2, {HIDDEN, A(data, ADDR)}},
	{14 /* PTRACE_GETFPREGS */, 2, {HIDDEN, A(data, ADDR)}},
	{15 /* PTRACE_SETFPREGS */, 2, {HIDDEN, A(data, ADDR)}},
	{PTRACE_ATTACH, 0, {}},
	{PTRACE_DETACH, 2, {A(addr, HEX), A(data, SIGNAL)}},
	{PTRACE_SYSCALL, 2, {A(addr, HEX), A(data, SIGNAL)}},
	{25 /* PTRACE_GET_THREAD_AREA */, 2, {A(index, HEX), S(data, OUT, user_desc)}},
	{26 /* PTRACE_SET_THREAD_AREA */, 2, {A(index, HEX), S(data, IN, user_desc)}},
	{PTRACE_SETOPTIONS, 2, {A(addr, ADDR), AF(options, ptrace_options)}},
	{PTRACE_GETEVENTMSG, 2, {A(addr, ADDR), P(message, OUT, UINT)}},
	{PTRACE_GETSIGINFO, 2, {A(addr, ADDR), X(info, OUT, siginfo)}},
	{PTRACE_SETSIGINFO, 2, {A(addr, ADDR), X(info, IN, siginfo)}},
	{PTRACE_GETREGSET, 2, {AE(type, ptrace_regsets), S(iov, INOUT, iovec_addr)}},
	{PTRACE_SETREGSET, 2, {AE(type, ptrace_regsets), S(iov, IN, iovec_addr)}},
	{PTRACE_SEIZE, 2, {A(addr, ADDR), AF(options, ptrace_options)}},
	{PTRACE_INTERRUPT, 0, {}},
	{PTRACE_LISTEN, 0, {}},
};

struct value *irregular_ptrace_arg(struct decoder *d, const struct spot *s)
{
	const struct variant *v = irregular_variant(ptraces, COUNT(ptraces), d->args[0]);
	static const struct slot unknown = A(arg, ADDR);

	return irregular_as(d, s, v ? &v->args[s->index - 2] : &unknown);
}

static unsigned ptrace_count(const struct decoder *d)
{
	const struct variant *v = irregular_variant(ptraces, COUNT(ptraces), d->args[0]);

	if (d->args[0] == PTRACE_TRACEME)
		return 1;
	return v ? 2 + v->nargs : 4;
}

/* keyctl */

static const struct variant keyctls[] = {
	{KEYCTL_GET_KEYRING_ID, 2, {AE(keyring, key_serials), A(create, INT)}},
	{KEYCTL_JOIN_SESSION_KEYRING, 1, {A(name, STR)}},
	{KEYCTL_UPDATE, 3, {AE(key, key_serials), B(payload, IN, 3), A(plen, UINT)}},
	{KEYCTL_REVOKE, 1, {AE(key, key_serials)}},
	{KEYCTL_CHOWN, 3, {AE(key, key_serials), A(user, UID), A(group, UID)}},
	{KEYCTL_SETPERM, 2, {AE(key, key_serials), AF(perm, key_perms)}},
	{KEYCTL_DESCRIBE, 3, {AE(key, key_serials), B(buffer, OUT, RESULT), A(buflen, UINT)}},
	{KEYCTL_CLEAR, 1, {AE(keyring, key_serials)}},
	{KEYCTL_LINK, 2, {AE(key, key_serials), AE(keyring, key_serials)}},
	{KEYCTL_UNLINK, 2, {AE(key, key_serials), AE(keyring, key_serials)}},
	{KEYCTL_SEARCH, 4,
		{AE(keyring, key_serials), A(type, STR), A(description, STR),
			AE(destination, key_serials)}},
	{KEYCTL_READ, 3, {AE(key, key_serials), B(buffer, OUT, RESULT), A(buflen, UINT)}},
	{KEYCTL_INSTANTIATE, 4,
		{AE(key, key_serials), B(payload, IN, 3), A(plen, UINT), AE(keyring, key_serials)}},
	{KEYCTL_NEGATE, 3, {AE(key, key_serials), A(timeout, UINT), AE(keyring, key_serials)}},
	{KEYCTL_SET_REQKEY_KEYRING, 1, {AE(reqkey_defl, key_reqkeys)}},
	{KEYCTL_SET_TIMEOUT, 2, {AE(key, key_serials), A(timeout, UINT)}},
	{KEYCTL_ASSUME_AUTHORITY, 1, {AE(key, key_serials)}},
	{KEYCTL_GET_SECURITY, 3, {AE(key, key_serials), B(buffer, OUT, RESULT), A(buflen, UINT)}},
	{KEYCTL_SESSION_TO_PARENT, 0, {}},
	{KEYCTL_INVALIDATE, 1, {AE(key, key_serials)}},
	{KEYCTL_GET_PERSISTENT, 2, {A(uid, UID), AE(keyring, key_serials)}},
};

struct value *irregular_keyctl_arg(struct decoder *d, const struct spot *s)
{
	const struct variant *v = irregular_variant(keyctls, COUNT(keyctls), d->args[0]);
	static const struct slot unknown = A(arg, HEX);

	return irregular_as(d, s, v ? &v->args[s->index - 1] : &unknown);
}

static unsigned keyctl_count(const struct decoder *d)
{
	const struct variant *v = irregular_variant(keyctls, COUNT(keyctls), d->args[0]);

	return v ? 1 + v->nargs : ABI_ARGS - 1;
}

/* mknod: only devices have a number */

static unsigned mknod_count(const struct decoder *d)
{
	enum { TYPE = 0170000, CHAR = 0020000, BLOCK = 0060000 };
	uint32_t type = d->args[d->nslots - 2] & TYPE;

	return type == CHAR || type == BLOCK ? d->nslots : d->nslots - 1;
}

/* readdir: reads one entry, whatever its last argument says */
static unsigned readdir_count(const struct decoder *d)
{
	(void)d;
	return 2;
}

/* membarrier: a processor only with the flag for it */
static unsigned membarrier_count(const struct decoder *d)
{
	return d->args[1] & 1 ? 3 : 2;
}

static const struct {
	uint16_t nr;
	unsigned (*count)(const struct decoder *);
} counts[] = {
	{14, mknod_count},
	{26, ptrace_count},
	{89, readdir_count},
	{172, prctl_count},
	{288, keyctl_count},
	{297, mknod_count},
	{375, membarrier_count},
};

unsigned decode_count(struct decoder *d)
{
	const struct sysent *form = d->call->form;
	unsigned n;

	for (size_t i = 0; i < COUNT(counts); i++)
		if (counts[i].nr == form->nr) {
			n = counts[i].count(d);
			return n < d->nslots ? n : d->nslots;
		}
	return d->nslots;
}

/* Others */

static const struct variant seccomps[] = {
	{SECCOMP_SET_MODE_STRICT, 1, {A(args, ADDR)}},
	{SECCOMP_SET_MODE_FILTER, 1, {S(args, IN, sock_fprog)}},
	{SECCOMP_GET_ACTION_AVAIL, 1, {PE(args, IN, seccomp_actions)}},
	{SECCOMP_GET_NOTIF_SIZES, 1, {S(args, OUT, seccomp_notif_sizes)}},
};

struct value *irregular_seccomp_arg(struct decoder *d, const struct spot *s)
{
	const struct variant *v = irregular_variant(seccomps, COUNT(seccomps), d->args[0]);
	static const struct slot unknown = A(args, ADDR);

	return irregular_as(d, s, v ? &v->args[0] : &unknown);
}

/* QCMD(Q_GETQUOTA, USRQUOTA) */
struct value *irregular_quotactl_cmd(struct decoder *d, const struct spot *s)
{
	const char *cmd = abi_symbol(SET_quota_cmds, (uint32_t)s->raw >> 8);
	const char *type = abi_symbol(SET_quota_types, s->raw & 0xff);

	return irregular_symbol(d, s->raw, "QCMD(%s, %s)",
		cmd ? cmd : arena_printf(d->arena, "%#x /* Q_??? */", (uint32_t)s->raw >> 8),
		type ? type
		     : arena_printf(d->arena, "%#x /* ???QUOTA */", (unsigned)s->raw & 0xff));
}

static const struct variant quotas[] = {
	{0x800002, 1, {A(addr, PATH)}},
	{0x800004, 1, {PE(addr, OUT, quota_formats)}},
	{0x800005, 1, {S(addr, OUT, if_dqinfo)}},
	{0x800006, 1, {S(addr, IN, if_dqinfo)}},
	{0x800007, 1, {S(addr, OUT, if_dqblk)}},
	{0x800008, 1, {S(addr, IN, if_dqblk)}},
	{0x800009, 1, {S(addr, OUT, if_nextdqblk)}},
};

struct value *irregular_quotactl_addr(struct decoder *d, const struct spot *s)
{
	enum { NR_QUOTACTL_FD = 443 };
	uint32_t cmd = d->args[d->call->form->nr == NR_QUOTACTL_FD ? 1 : 0];
	const struct variant *v = irregular_variant(quotas, COUNT(quotas), cmd >> 8);
	static const struct slot unknown = A(addr, ADDR);

	return irregular_as(d, s, v ? &v->args[0] : &unknown);
}

struct value *irregular_bpf_attr(struct decoder *d, const struct spot *s)
{
	return decode_addr(d, s->raw);
}

struct value *irregular_reboot_arg(struct decoder *d, const struct spot *s)
{
	enum { RESTART2 = 0xa1b2c3d4 };

	if ((uint32_t)s->siblings[s->index - 1] != RESTART2)
		return NULL;
	return decode_string(d, s->raw, decode_limit(d));
}

static const struct variant fsconfigs[] = {
	{1, 1, {A(value, STR)}},   /* FSCONFIG_SET_STRING */
	{2, 1, {B(value, IN, 4)}}, /* FSCONFIG_SET_BINARY */
	{3, 1, {A(value, PATH)}},  /* FSCONFIG_SET_PATH */
	{4, 1, {A(value, PATH)}},  /* FSCONFIG_SET_PATH_EMPTY */
};

struct value *irregular_fsconfig_value(struct decoder *d, const struct spot *s)
{
	const struct variant *v = irregular_variant(fsconfigs, COUNT(fsconfigs), d->args[1]);
	static const struct slot unknown = A(value, ADDR);

	return irregular_as(d, s, v ? &v->args[0] : &unknown);
}

static const struct variant landlock_rules[] = {
	{1, 1, {S(rule_attr, IN, landlock_path_beneath)}},
	{2, 1, {S(rule_attr, IN, landlock_net_port)}},
};

struct value *irregular_landlock_rule(struct decoder *d, const struct spot *s)
{
	const struct variant *v =
		irregular_variant(landlock_rules, COUNT(landlock_rules), d->args[1]);
	static const struct slot unknown = A(rule_attr, ADDR);

	return irregular_as(d, s, v ? &v->args[0] : &unknown);
}

struct value *irregular_sysctl_args(struct decoder *d, const struct spot *s)
{
	return decode_struct(d, STRUCT_sysctl_args, s->raw);
}

/* Versions 2 and 3 have two words of each set: 64 bits, the lower ones first. */

/* 1<<CAP_CHOWN|1<<CAP_KILL */
static struct value *capabilities(struct decoder *d, uint64_t bits)
{
	const struct symset *set = abi_set(SET_capability_numbers);
	char text[2048] = "";
	size_t used = 0;
	uint64_t rest = bits;

	for (size_t i = 0; i < set->n && used < sizeof(text) - 64; i++) {
		if (set->symbols[i].value > 63 || !(rest >> set->symbols[i].value & 1))
			continue;
		rest &= ~(1ull << set->symbols[i].value);
		used += snprintf(text + used, sizeof(text) - used, "%s1<<%s", used ? "|" : "",
			set->symbols[i].name);
	}
	if (rest || !bits)
		used += snprintf(text + used, sizeof(text) - used, "%s%#llx", used ? "|" : "",
			(unsigned long long)rest);
	return value_symbol(d->arena, arena_copy(d->arena, text, used), bits);
}

struct value *irregular_cap_data(struct decoder *d, const struct spot *s)
{
	enum { VERSION_1 = 0x19980330 };
	static const char *const names[] = {"effective", "permitted", "inheritable"};
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	uint32_t version, words[6] = {0};

	if (!decode_read(d, d->args[0], &version, sizeof(version)) ||
		!decode_read(d, s->raw, words, version == VERSION_1 ? 12 : 24))
		return decode_addr(d, s->raw);
	for (unsigned i = 0; i < 3; i++)
		decode_add(
			value, names[i], capabilities(d, (uint64_t)words[i + 3] << 32 | words[i]));
	return value;
}
