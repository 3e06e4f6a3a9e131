/* SPDX-License-Identifier: MIT */
/* Waiting for many descriptors: fd_set, and what poll and select found, as notes of the result. */
#include <string.h>

#include "decode_irregular.h"

#define BITS_MAX  65536
#define SHOWN_MAX 4096

/*
 * [3 5]: the descriptors below nfds whose bits are set. NULL when the set is not readable. named:
 * with -y what they refer to is told.
 */
static struct value *descriptors(struct decoder *d, uint64_t from, int32_t nfds, bool named)
{
	struct value *set = value_new(d->arena, VALUE_SET, 0);
	uint8_t bits[BITS_MAX / 8];
	size_t n = nfds < 0 ? 0 : nfds, shown = 0;

	if (n > BITS_MAX)
		n = BITS_MAX;
	if (nfds < 0 || !decode_read(d, from, bits, (n + 31) / 32 * 4))
		return NULL;
	for (size_t fd = 0; fd < n && !set->cut; fd++)
		if (bits[fd / 8] >> fd % 8 & 1 && !(set->cut = ++shown > SHOWN_MAX))
			value_add(set, named ? decode_fd(d, fd) : decode_int(d, fd));
	return set;
}

struct value *irregular_fdset(struct decoder *d, const struct spot *s)
{
	struct value *set = s->raw ? descriptors(d, s->raw, s->siblings[0], true) : NULL;

	return set ? set : decode_addr(d, s->raw);
}

static struct value *timed_out(struct decoder *d)
{
	return value_symbol(d->arena, "Timeout", 0);
}

/* The time left, where the kernel wrote it. */
static void add_left(struct decoder *d, struct value *note, unsigned i)
{
	struct value *left;

	if (i >= d->nslots || !d->args[i] || d->slots[i]->kind != K_STRUCT)
		return;
	left = decode_struct(d, d->slots[i]->ref, d->args[i]);
	if (left->type == VALUE_STRUCT)
		decode_add(note, "left", left);
}

static struct value *found(struct decoder *d, unsigned timeout)
{
	static const char *const names[] = {"in", "out", "except"};
	struct value *note = value_new(d->arena, VALUE_NOTES, 0);

	if (!d->call->result)
		return timed_out(d);
	for (unsigned i = 0; i < 3; i++) {
		struct value *set =
			d->args[i + 1] ? descriptors(d, d->args[i + 1], d->args[0], false) : NULL;

		if (set && set->first)
			decode_add(note, names[i], set);
	}
	add_left(d, note, timeout);
	return note->first ? note : NULL;
}

struct value *note_select(struct decoder *d)
{
	return found(d, 4);
}

static struct value *event(struct decoder *d, const uint8_t *bytes)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);

	decode_add(value, "fd", decode_int(d, (int32_t)decode_number(bytes, 4)));
	decode_add(value, "revents", decode_flags(d, SET_poll_events, decode_number(bytes + 6, 2)));
	return value;
}

/* The descriptors of poll that something happened to. */
static struct value *events(struct decoder *d)
{
	enum { POLLFD = 8, MAX = 4096 };
	struct value *array = value_new(d->arena, VALUE_ARRAY, 0);
	size_t n = d->args[1] < MAX ? d->args[1] : MAX, shown = 0;
	uint8_t all[MAX * POLLFD];

	if (!decode_read(d, d->args[0], all, n * POLLFD))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!decode_number(all + i * POLLFD + 6, 2))
			continue;
		if (shown++ >= decode_limit(d)) {
			array->cut = true;
			break;
		}
		value_add(array, event(d, all + i * POLLFD));
	}
	return array;
}

struct value *note_poll(struct decoder *d)
{
	return d->call->result ? events(d) : timed_out(d);
}

struct value *note_ppoll(struct decoder *d)
{
	struct value *note = value_new(d->arena, VALUE_NOTES, 0), *array;

	if (!d->call->result)
		return timed_out(d);
	array = events(d);
	if (array)
		decode_add(note, NULL, array);
	add_left(d, note, 2);
	return note->first ? note : NULL;
}

struct value *note_recvmmsg(struct decoder *d)
{
	struct value *note = value_new(d->arena, VALUE_NOTES, 0);

	add_left(d, note, 4);
	return note->first ? note : NULL;
}
