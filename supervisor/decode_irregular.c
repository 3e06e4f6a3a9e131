/* SPDX-License-Identifier: MIT */
/* Finds the hand-written decoder of an argument, and decides when it is asked. */
#include <stdarg.h>
#include <stdio.h>

#include "decode_irregular.h"

static irregular_decoder *const decoders[IRR_COUNT] = {
#define IRREGULAR(id, doc) [IRR_##id] = irregular_##id,
#include "abi/irregular.def"
};

/* Asked at the entry although they write: what they write, or whether, another argument says. */
static const bool early[IRR_COUNT] = {
	[IRR_bpf_attr] = true,
	[IRR_clone_arg] = true,
	[IRR_clone_args] = true,
	[IRR_fcntl_arg] = true,
	[IRR_fdset] = true,
	[IRR_file_handle] = true,
	[IRR_ioctl_arg] = true,
	[IRR_ipc_arg] = true,
	[IRR_keyctl_arg] = true,
	[IRR_modify_ldt] = true,
	[IRR_msgctl_buf] = true,
	[IRR_msghdr] = true,
	[IRR_prctl_arg] = true,
	[IRR_ptrace_arg] = true,
	[IRR_quotactl_addr] = true,
	[IRR_seccomp_arg] = true,
	[IRR_semun] = true,
	[IRR_shmctl_buf] = true,
	[IRR_sysctl_args] = true,
};

/* Asked at the exit of failed calls too; others show the address then. */
static const bool after_failure[IRR_COUNT] = {
	[IRR_clone_args] = true,
	[IRR_clone_arg] = true,
	[IRR_file_handle] = true,
	[IRR_ioctl_arg] = true,
	[IRR_iovec_out] = true,
	[IRR_mmsghdr] = true,
	[IRR_msghdr] = true,
	[IRR_prctl_arg] = true,
	[IRR_ptrace_arg] = true,
	[IRR_sleep_rest] = true,
};

/* The same for a 64-bit caller, who is shown an address otherwise. */
static const bool any_width[IRR_COUNT] = {
	[IRR_clone_arg] = true,
	[IRR_clone_args] = true,
	[IRR_clone_flags] = true,
	[IRR_cpuset] = true,
	[IRR_dirents] = true,
	[IRR_environment] = true,
	[IRR_fcntl_arg] = true,
	[IRR_file_handle] = true,
	[IRR_futex_arg] = true,
	[IRR_futex_op] = true,
	[IRR_ioctl_request] = true,
	[IRR_ipcget_flags] = true,
	[IRR_mount_data] = true,
	[IRR_mremap_address] = true,
	[IRR_open_mode] = true,
	[IRR_quotactl_cmd] = true,
	[IRR_sigset] = true,
	[IRR_sockaddr] = true,
	[IRR_socket_protocol] = true,
	[IRR_sockopt_name] = true,
	[IRR_wait_status] = true,
	[IRR_xattr_value] = true,
};

bool decode_irregular_early(const struct slot *slot)
{
	return !(slot->dir & DIR_OUT) || early[slot->ref];
}

struct value *decode_irregular(struct decoder *d, const struct spot *s)
{
	unsigned id = s->slot->ref;

	if (d->wide && !any_width[id])
		return decode_addr(d, s->raw);
	if (d->at_exit && d->call->failed && !after_failure[id])
		return decode_addr(d, s->raw);
	return decoders[id](d, s);
}

bool irregular_int(struct decoder *d, uint64_t from, int32_t *n)
{
	return decode_read(d, from, n, sizeof(*n));
}

struct value *irregular_symbol(struct decoder *d, uint64_t num, const char *format, ...)
{
	char text[1024];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || n >= (int)sizeof(text))
		n = sizeof(text) - 1;
	return value_symbol(d->arena, arena_copy(d->arena, text, n), num);
}

const struct variant *irregular_variant(const struct variant *variants, size_t n, uint32_t op)
{
	for (size_t i = 0; i < n; i++)
		if (variants[i].op == op)
			return &variants[i];
	return NULL;
}

struct value *irregular_as(struct decoder *d, const struct spot *s, const struct slot *slot)
{
	struct spot as = *s;

	as.slot = slot;
	if (slot->kind == K_NONE)
		return NULL;
	if (!d->at_exit && slot->dir & DIR_OUT) {
		d->later = true;
		return NULL;
	}
	if (d->at_exit && d->call->failed && slot->dir == DIR_OUT)
		return decode_addr(d, s->raw);
	return decode_slot(d, &as);
}
