/* SPDX-License-Identifier: MIT */
/* ioctl, by the table abi/ioctls.def, and fcntl. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "abi/slots.h"
#include "decode_irregular.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ioctl */

#define NOARG		  A(none, NONE)
#define SIZE_BITS	  0x3fff0000u
#define ANY_SIZE(request) ((request) & ~SIZE_BITS)

static const struct request {
	uint32_t value;
	bool any_size; /* value has no size; the caller chose it */
	const char *name;
	struct slot slot;
} requests[] = {
#define IOCTL(name, value, ...)	    {value, false, #name, __VA_ARGS__},
#define IOCTL_LEN(name, value, ...) {ANY_SIZE(value), true, #name, __VA_ARGS__},
#include "abi/ioctls.def"
};

/* By value; of one value the first of the table comes first. */
static uint16_t order[COUNT(requests)];

static int by_value(const void *a, const void *b)
{
	uint16_t i = *(const uint16_t *)a, j = *(const uint16_t *)b;

	if (requests[i].value != requests[j].value)
		return requests[i].value < requests[j].value ? -1 : 1;
	return i - j;
}

static const struct request *search(uint32_t value, bool any_size)
{
	size_t low = 0, high = COUNT(requests);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (requests[order[middle]].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < COUNT(requests) && requests[order[low]].value == value; low++)
		if (requests[order[low]].any_size == any_size)
			return &requests[order[low]];
	return NULL;
}

static const struct request *find_request(uint32_t value)
{
	static bool sorted;
	const struct request *request;

	if (!sorted) {
		for (size_t i = 0; i < COUNT(requests); i++)
			order[i] = i;
		qsort(order, COUNT(requests), sizeof(order[0]), by_value);
		sorted = true;
	}
	request = search(value, false);
	return request ? request : search(ANY_SIZE(value), true);
}

/* _IOC(_IOC_READ|_IOC_WRITE, 0x78, 0x5, 0x4) */
static struct value *unknown_request(struct decoder *d, uint32_t request)
{
	static const char *const directions[] = {
		"_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"};

	return irregular_symbol(d, request, "_IOC(%s, %#x, %#x, %#x)",
		directions[_IOC_DIR(request) & 3], _IOC_TYPE(request), _IOC_NR(request),
		_IOC_SIZE(request));
}

struct value *irregular_ioctl_request(struct decoder *d, const struct spot *s)
{
	const struct request *request = find_request(s->raw);

	return request ? value_symbol(d->arena, request->name, s->raw) : unknown_request(d, s->raw);
}

/* Bytes up to the end of the first field. */
static size_t first_field(enum struct_id id)
{
	const struct structdef *def = abi_struct(id);

	return def->nfields > 1 ? def->fields[1].offset : def->size;
}

/* SIOCGIFCONF: a buffer that the kernel fills with interfaces and their addresses. */

enum { SIOCGIFCONF_REQUEST = 0x8912, IFREQ = 32 };

static struct value *buffer_length(struct decoder *d, uint32_t len)
{
	struct value *value = decode_int(d, (int32_t)len);

	if (len && len % IFREQ == 0)
		value->note = arena_printf(d->arena, "%u * sizeof(struct ifreq)", len / IFREQ);
	return value;
}

static struct value *interface_element(struct decoder *d, const uint8_t *bytes, const void *context)
{
	(void)context;
	return decode_struct_bytes(d, STRUCT_ifreq_addr, bytes);
}

static struct value *interfaces(struct decoder *d, const struct spot *s)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0), *length;
	struct value *before = d->call->before[s->index];
	uint32_t conf[2];

	if (!decode_read(d, s->raw, conf, sizeof(conf)))
		return decode_addr(d, s->raw);
	length = buffer_length(d, conf[0]);
	if (!d->at_exit) {
		d->call->before[s->index] = length;
		d->later = true;
		return NULL;
	}
	if (before && before->num != length->num) {
		struct value *change = value_new(d->arena, VALUE_CHANGE, 0);

		value_add(change, before);
		value_add(change, length);
		length = change;
	}
	decode_add(value, "ifc_len", length);
	decode_add(value, "ifc_buf",
		decode_array(d, conf[1], conf[0] / IFREQ, IFREQ, interface_element, NULL));
	return value;
}

struct value *irregular_ioctl_arg(struct decoder *d, const struct spot *s)
{
	const struct request *request = find_request(s->siblings[1]);
	static const struct slot unknown = A(argp, HEX);
	const struct slot *slot = request ? &request->slot : &unknown;

	if (s->siblings[1] == SIOCGIFCONF_REQUEST && !d->wide)
		return interfaces(d, s);
	/* a question that failed: what was asked for is its name */
	if (d->at_exit && d->call->failed && slot->kind == K_STRUCT && slot->dir == DIR_INOUT)
		return decode_struct_sized(d, slot->ref, s->raw, first_field(slot->ref));
	return irregular_as(d, s, slot);
}

/* fcntl, with i386's numbers */

enum { GETLK64 = 12, SETLK64 = 13, SETLKW64 = 14 };

static const struct variant fcntls[] = {
	{F_DUPFD, 1, {A(arg, INT)}},
	{1030 /* F_DUPFD_CLOEXEC */, 1, {A(arg, INT)}},
	{F_GETFD, 0, {}},
	{F_SETFD, 1, {AF(flags, fd_cloexec)}},
	{F_GETFL, 0, {}},
	{F_SETFL, 1, {AF(flags, open_flags)}},
	{F_GETLK, 1, {S(lock, INOUT, flock32)}},
	{F_SETLK, 1, {S(lock, IN, flock32)}},
	{F_SETLKW, 1, {S(lock, IN, flock32)}},
	{GETLK64, 1, {S(lock, INOUT, flock64)}},
	{SETLK64, 1, {S(lock, IN, flock64)}},
	{SETLKW64, 1, {S(lock, IN, flock64)}},
	{36 /* F_OFD_GETLK */, 1, {S(lock, INOUT, flock64)}},
	{37 /* F_OFD_SETLK */, 1, {S(lock, IN, flock64)}},
	{38 /* F_OFD_SETLKW */, 1, {S(lock, IN, flock64)}},
	{8 /* F_SETOWN */, 1, {A(pid, PID)}},
	{9 /* F_GETOWN */, 0, {}},
	{10 /* F_SETSIG */, 1, {A(sig, SIGNAL)}},
	{11 /* F_GETSIG */, 0, {}},
	{15 /* F_SETOWN_EX */, 1, {S(owner, IN, f_owner_ex)}},
	{16 /* F_GETOWN_EX */, 1, {S(owner, OUT, f_owner_ex)}},
	{17 /* F_GETOWNER_UIDS */, 1, {VN(uids, OUT, UID, 2)}},
	{1024 /* F_SETLEASE */, 1, {AE(type, fcntl_lock_types)}},
	{1025 /* F_GETLEASE */, 0, {}},
	{1026 /* F_NOTIFY */, 1, {AF(events, notify_events)}},
	{1027 /* F_DUPFD_QUERY */, 1, {A(fd, FD)}},
	{1028 /* F_CREATED_QUERY */, 0, {}},
	{1031 /* F_SETPIPE_SZ */, 1, {A(size, INT)}},
	{1032 /* F_GETPIPE_SZ */, 0, {}},
	{1033 /* F_ADD_SEALS */, 1, {AF(seals, file_seals)}},
	{1034 /* F_GET_SEALS */, 0, {}},
	{1035 /* F_GET_RW_HINT */, 1,
		{SLOT(hint, ENUM64, POINTER, OUT, LEN_NONE, SET_rw_hints, 0)}},
	{1036 /* F_SET_RW_HINT */, 1, {SLOT(hint, ENUM64, POINTER, IN, LEN_NONE, SET_rw_hints, 0)}},
	{1037 /* F_GET_FILE_RW_HINT */, 1,
		{SLOT(hint, ENUM64, POINTER, OUT, LEN_NONE, SET_rw_hints, 0)}},
	{1038 /* F_SET_FILE_RW_HINT */, 1,
		{SLOT(hint, ENUM64, POINTER, IN, LEN_NONE, SET_rw_hints, 0)}},
};

struct value *irregular_fcntl_arg(struct decoder *d, const struct spot *s)
{
	const struct variant *v = irregular_variant(fcntls, COUNT(fcntls), d->args[1]);
	static const struct slot unknown = A(arg, HEX), hidden = A(arg, NONE);
	const struct slot *slot = !v ? &unknown : v->nargs ? &v->args[0] : &hidden;

	if (d->wide && slot->shape != BY_VALUE)
		return decode_addr(d, s->raw);
	return irregular_as(d, s, slot);
}

/* (flags O_RDWR|O_APPEND), of a result shown in hexadecimal. */
static struct value *bits_note(struct decoder *d, const char *name, struct value *value)
{
	struct value *note = value_new(d->arena, VALUE_NOTES, 0);

	d->call->result_as = K_HEX;
	decode_add(note, name, value);
	return note;
}

struct value *note_fcntl(struct decoder *d)
{
	uint32_t result = d->call->result;

	switch (d->args[1]) {
	case F_DUPFD:
	case 1030: /* F_DUPFD_CLOEXEC */
		d->call->result_as = K_FD;
		return NULL;
	case F_GETFD:
		return result ? bits_note(d, "flags", decode_flags(d, SET_fd_cloexec, result))
			      : NULL;
	case F_GETFL:
		return bits_note(d, "flags", decode_flags(d, SET_open_flags, result));
	case 11: /* F_GETSIG */
		return result ? decode_signal(d->arena, result) : NULL;
	case 1025: /* F_GETLEASE */
		d->call->result_as = K_HEX;
		return decode_enum(d, SET_fcntl_lock_types, result);
	case 1034: /* F_GET_SEALS */
		return result ? bits_note(d, "seals", decode_flags(d, SET_file_seals, result))
			      : NULL;
	default:
		return NULL;
	}
}
