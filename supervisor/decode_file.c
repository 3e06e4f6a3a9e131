/* SPDX-License-Identifier: MIT */
/* Files and memory: vectors, directories, modes, attributes, what a new program is given. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "abi/slots.h"
#include "decode_irregular.h"

#define O_CREATES (O_CREAT | 020000000 /* __O_TMPFILE */)

struct value *irregular_open_mode(struct decoder *d, const struct spot *s)
{
	if (!(s->siblings[s->index - 1] & O_CREATES))
		return NULL;
	return decode_kind(d, K_MODE, SET_none, s->raw);
}

struct value *irregular_mq_open_attr(struct decoder *d, const struct spot *s)
{
	if (!(s->siblings[s->index - 2] & O_CREAT))
		return NULL;
	return decode_struct(d, STRUCT_mq_attr, s->raw);
}

struct value *irregular_mremap_address(struct decoder *d, const struct spot *s)
{
	enum { DONTUNMAP = 4 };

	if (!(s->siblings[s->index - 1] & (MREMAP_FIXED | DONTUNMAP)))
		return NULL;
	return decode_addr(d, s->raw);
}

/* Binary for a few file systems: then the string ends at once or is not readable. */
struct value *irregular_mount_data(struct decoder *d, const struct spot *s)
{
	return decode_string(d, s->raw, decode_limit(d));
}

struct value *irregular_rseq_flags(struct decoder *d, const struct spot *s)
{
	return decode_flags(d, SET_rseq_flags, s->raw);
}

/* Vectors */

struct vector {
	uint64_t left; /* bytes that are still to be shown */
};

static struct value *vector_element(struct decoder *d, const uint8_t *bytes, const void *context)
{
	struct vector *vector = (struct vector *)context;
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	uint64_t base = decode_number(bytes, 4), len = decode_number(bytes + 4, 4);
	uint64_t shown = len < vector->left ? len : vector->left;

	vector->left -= shown;
	decode_add(value, "iov_base", decode_buffer(d, base, shown));
	decode_add(value, "iov_len", decode_uint(d, len));
	return value;
}

struct value *irregular_iovec(struct decoder *d, uint64_t from, uint64_t n, uint64_t data)
{
	struct vector vector = {data};

	return decode_array(d, from, n, 8, vector_element, &vector);
}

static struct value *empty_vector(struct decoder *d, const struct spot *s)
{
	struct slot slot = VS(iov, IN, iovec_addr, LEN_NONE);

	slot.count =
		s->siblings[s->index + 1] < UINT16_MAX ? s->siblings[s->index + 1] : UINT16_MAX;
	return decode_slot(d, &(struct spot){.slot = &slot, .raw = s->raw});
}

/* Nothing came: only where it would have gone is known. */
struct value *irregular_iovec_out(struct decoder *d, const struct spot *s)
{
	if (d->call->failed)
		return empty_vector(d, s);
	return irregular_iovec(d, s->raw, s->siblings[s->index + 1], d->call->result);
}

/* Directories */

struct dirent_layout {
	uint8_t inode, offset, reclen, type, name; /* type 0: the last byte of the entry */
	uint8_t width;				   /* of inode and offset */
};

static const struct dirent_layout dirent32 = {0, 4, 8, 0, 10, 4}, dirent64 = {0, 8, 16, 18, 19, 8};

static struct value *directory_entry(
	struct decoder *d, const struct dirent_layout *at, const uint8_t *bytes, size_t reclen)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0), *name;
	uint8_t type = bytes[at->type ? at->type : reclen - 1];
	size_t room = reclen - at->name;

	decode_add(value, "d_ino", decode_uint(d, decode_number(bytes + at->inode, at->width)));
	decode_add(value, "d_off", decode_int(d, decode_number(bytes + at->offset, at->width)));
	decode_add(value, "d_reclen", decode_uint(d, reclen));
	name = value_string(
		d->arena, bytes + at->name, strnlen((char *)bytes + at->name, room), false);
	if (at->type)
		decode_add(value, "d_type", decode_enum(d, SET_dirent_types, type));
	decode_add(value, "d_name", name);
	if (!at->type)
		decode_add(value, "d_type", decode_enum(d, SET_dirent_types, type));
	return value;
}

#define DIRENTS_MAX 65536

static struct value *directory(
	struct decoder *d, const struct dirent_layout *at, uint64_t from, size_t n, bool all)
{
	struct value *array = value_new(d->arena, VALUE_ARRAY, 0);
	uint8_t *bytes = arena_alloc(d->arena, n);
	unsigned entries = 0;

	if (!decode_read(d, from, bytes, n))
		return decode_addr(d, from);
	for (size_t i = 0; n - i > at->name;) {
		size_t reclen = decode_number(bytes + i + at->reclen, 2);

		if (reclen <= at->name || reclen > n - i)
			break;
		if (all)
			value_add(array, directory_entry(d, at, bytes + i, reclen));
		entries++;
		i += reclen;
	}
	if (all)
		return array;
	array = decode_addr(d, from);
	array->note = arena_printf(d->arena, "%u entries", entries);
	return array;
}

struct value *irregular_dirents(struct decoder *d, const struct spot *s)
{
	enum { NR_READDIR = 89, NR_GETDENTS = 141 };
	bool old = d->call->form->nr == NR_GETDENTS;
	uint64_t n = d->call->result;

	if (d->call->form->nr == NR_READDIR || (d->wide && old))
		return decode_addr(d, s->raw);
	return directory(d, old ? &dirent32 : &dirent64, s->raw, n < DIRENTS_MAX ? n : DIRENTS_MAX,
		d->options->verbose);
}

struct value *irregular_file_handle(struct decoder *d, const struct spot *s)
{
	enum { HEADER = 8, HANDLE_MAX = 128 };
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0), *change, *handle;
	struct value *before = d->call->before[s->index];
	uint32_t h[2];
	size_t n;

	if (!decode_read(d, s->raw, h, sizeof(h)))
		return decode_addr(d, s->raw);
	if (!d->at_exit && s->slot->dir == DIR_INOUT) {
		d->call->before[s->index] = decode_uint(d, h[0]);
		d->later = true;
		return NULL;
	}
	if (before && before->num != h[0]) {
		change = value_new(d->arena, VALUE_CHANGE, 0);
		value_add(change, before);
		value_add(change, decode_uint(d, h[0]));
		decode_add(value, "handle_bytes", change);
	} else {
		decode_add(value, "handle_bytes", decode_uint(d, h[0]));
	}
	if (d->at_exit && d->call->failed)
		return value;
	n = h[0] < HANDLE_MAX ? h[0] : HANDLE_MAX;
	decode_add(value, "handle_type", decode_int(d, (int32_t)h[1]));
	handle = decode_buffer(d, s->raw + HEADER, n);
	handle->hex = true;
	handle->cut = h[0] > n;
	decode_add(value, "f_handle", handle);
	return value;
}

struct value *irregular_xattr_value(struct decoder *d, const struct spot *s)
{
	uint64_t room = s->siblings[s->index + 1];

	if (!room)
		return decode_addr(d, s->raw);
	return decode_buffer(d, s->raw, d->call->result);
}

/* A new program */

/* Its address and the number of its strings or, with -v, all of them. */
struct value *irregular_environment(struct decoder *d, const struct spot *s)
{
	enum { MAX = 65536 };
	struct slot slot = V(envp, IN, STR, LEN_NULL);
	struct spot as = *s;
	uint64_t pointer;
	struct value *value;
	size_t size = d->wide ? 8 : 4, n = 0;
	uint8_t chunk[4096];
	bool ended = false;

	as.slot = &slot;
	if (d->options->verbose)
		return decode_slot(d, &as);
	value = decode_addr(d, s->raw);
	if (!s->raw || !decode_read_long(d, s->raw, &pointer))
		return value;
	while (!ended && n < MAX) {
		ssize_t got = decode_afford(d, sizeof(chunk))
				      ? mem_read_some(d->tid, addr(s->raw + n * size), chunk,
						sizeof(chunk))
				      : -1;
		if (got < (ssize_t)size)
			break;
		for (size_t i = 0; !ended && i + size <= (size_t)got; i += size) {
			ended = !decode_number(chunk + i, size);
			n += !ended;
		}
	}
	value->note = arena_printf(
		d->arena, "%zu var%s%s", n, n == 1 ? "" : "s", ended ? "" : ", unterminated");
	return value;
}

/* Asynchronous input and output */

static struct value *control_block(struct decoder *d, const uint8_t *bytes, const void *context)
{
	(void)context;
	return decode_struct(d, STRUCT_iocb, decode_number(bytes, 4));
}

struct value *irregular_iocbs(struct decoder *d, const struct spot *s)
{
	return decode_array(d, s->raw, s->siblings[s->index - 1], 4, control_block, NULL);
}

/* Memory */

/* [0 1 0]: a byte a page. */
struct value *irregular_mincore_vec(struct decoder *d, const struct spot *s)
{
	struct slot slot = V(vec, OUT, U8, LEN_NONE);
	uint64_t pages = (s->siblings[s->index - 1] + 4095) / 4096;
	struct spot as = *s;

	slot.count = pages < UINT16_MAX ? pages : UINT16_MAX;
	as.slot = &slot;
	return decode_slot(d, &as);
}

static struct value *node_word(struct decoder *d, const uint8_t *bytes, const void *context)
{
	uint32_t word = decode_number(bytes, 4);

	(void)context;
	return irregular_symbol(d, word, "%#08x", word);
}

/* [0x000003]: words of a mask whose length in bits is the argument named maxnode. */
struct value *irregular_nodemask(struct decoder *d, const struct spot *s)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < d->nslots; i++)
		if (!strcmp(d->slots[i]->name, "maxnode"))
			bits = d->args[i];
	return decode_array(d, s->raw, (bits + 31) / 32, 4, node_word, NULL);
}
