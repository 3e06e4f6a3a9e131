/* SPDX-License-Identifier: MIT */
/*
 * Walks a row's slots at the entry and at the exit of a call, and follows pointers to scalars,
 * structs and arrays. What a scalar means is decode_kind.c's, what no table describes is
 * decode_irregular.c's.
 */
#include <limits.h>
#include <string.h>

#include "decode.h"
#include "task.h"

#define BUFFER_MAX  (1 << 24) /* bytes of one buffer, whatever -s says */
#define ELEMENT_MAX 4096      /* elements of one array, with -v */
#define READS_MAX   4096      /* reads of the program's memory for one call, */
#define BYTES_MAX   (1 << 26) /* and bytes of it: pointers can lead to any number */
#define CHUNK	    4096      /* bytes of an array read at once */
#define BLOCK_MAX   64	      /* bytes of the block of arguments of the oldest calls */

bool decode_afford(struct decoder *d, size_t n)
{
	if (d->reads++ >= READS_MAX || n > BYTES_MAX - d->bytes)
		return false;
	d->bytes += n;
	return true;
}

bool decode_read(struct decoder *d, uint64_t from, void *to, size_t n)
{
	uint64_t end = d->wide ? UINT64_MAX : 1ull << 32;

	return from < end && n <= end - from && decode_afford(d, n) &&
	       !mem_read(d->tid, addr(from), to, n);
}

static ssize_t read_some(struct decoder *d, uint64_t from, void *to, size_t n)
{
	uint64_t end = d->wide ? UINT64_MAX : 1ull << 32;

	if (from >= end || !decode_afford(d, n))
		return -1;
	return mem_read_some(d->tid, addr(from), to, n < end - from ? n : end - from);
}

uint64_t decode_number(const uint8_t *bytes, size_t size)
{
	uint64_t n = 0;

	memcpy(&n, bytes, size < sizeof(n) ? size : sizeof(n));
	return n;
}

bool decode_read_long(struct decoder *d, uint64_t from, uint64_t *n)
{
	*n = 0;
	return decode_read(d, from, n, d->wide ? 8 : 4);
}

size_t decode_limit(const struct decoder *d)
{
	return d->options->string_limit < BUFFER_MAX ? d->options->string_limit : BUFFER_MAX;
}

struct value *decode_add(struct value *parent, const char *name, struct value *child)
{
	child->name = name;
	return value_add(parent, child);
}

struct value *decode_boxed(struct decoder *d, struct value *value)
{
	struct value *box = value_new(d->arena, VALUE_ARRAY, 0);

	value_add(box, value);
	return box;
}

struct value *decode_buffer(struct decoder *d, uint64_t from, uint64_t n)
{
	size_t limit = decode_limit(d), shown = n < limit ? n : limit;
	struct value *value = value_new(d->arena, VALUE_STRING, 0);
	char *bytes;

	if (!from || shown > BYTES_MAX - d->bytes)
		return decode_addr(d, from);
	bytes = arena_alloc(d->arena, shown + 1);
	if (!decode_read(d, from, bytes, shown))
		return decode_addr(d, from);
	value->text = bytes;
	value->len = shown;
	value->cut = n > shown;
	return value;
}

/* Kinds that hold a pointer or a long: 8 bytes of memory where the caller is 64-bit. */
static size_t element_size(const struct decoder *d, const struct slot *slot)
{
	bool pointer = slot->kind == K_ADDR || slot->kind == K_PATH || slot->kind == K_STR;

	return d->wide && pointer ? 8 : abi_kind_size(slot->kind, slot->ref);
}

/* Arrays */

/* Where the readable part ends is told in a comment. */
static void cut_at(struct decoder *d, struct value *array, uint64_t where)
{
	array->cut = true;
	array->text = arena_printf(d->arena, "%#llx", (unsigned long long)where);
}

struct value *decode_array(struct decoder *d, uint64_t from, uint64_t n, size_t size,
	struct value *(*element)(struct decoder *, const uint8_t *, const void *),
	const void *context)
{
	uint64_t limit = d->options->verbose ? ELEMENT_MAX : decode_limit(d);
	uint64_t shown = n < limit ? n : limit;
	struct value *array = value_new(d->arena, VALUE_ARRAY, 0);
	uint8_t chunk[CHUNK];

	if (!from || !size || size > CHUNK)
		return decode_addr(d, from);
	for (uint64_t i = 0; i < shown; i++) {
		uint64_t in_chunk = i % (CHUNK / size);

		if (!in_chunk) {
			uint64_t want = shown - i < CHUNK / size ? shown - i : CHUNK / size;
			ssize_t got = read_some(d, from + i * size, chunk, want * size);

			if (got < (ssize_t)size && !i)
				return decode_addr(d, from);
			if (got < (ssize_t)(want * size))
				shown = i + (got < 0 ? 0 : got / size);
			if (i == shown)
				break;
		}
		value_add(array, element(d, chunk + in_chunk * size, context));
	}
	if (shown < n && shown < limit)
		cut_at(d, array, from + shown * size);
	else
		array->cut = shown < n;
	return array;
}

static struct value *slot_element(struct decoder *d, const uint8_t *bytes, const void *context)
{
	const struct slot *slot = context;

	if (slot->kind == K_STRUCT)
		return decode_struct_bytes(d, slot->ref, bytes);
	return decode_scalar(d,
		&(struct spot){.slot = slot, .raw = decode_number(bytes, element_size(d, slot))});
}

/* An array of pointers or numbers that a zero ends, as argv. */
static struct value *null_ended(struct decoder *d, const struct slot *slot, uint64_t from)
{
	struct value *array = value_new(d->arena, VALUE_ARRAY, 0);
	size_t size = element_size(d, slot), limit = decode_limit(d);
	uint8_t bytes[8];

	if (!from)
		return decode_addr(d, from);
	for (size_t i = 0; i < ELEMENT_MAX; i++) {
		if (size > sizeof(bytes) || !decode_read(d, from + i * size, bytes, size)) {
			if (!i)
				return decode_addr(d, from);
			cut_at(d, array, from + i * size);
			return array;
		}
		if (!decode_number(bytes, size))
			return array;
		if (i >= limit && !d->options->verbose)
			break;
		value_add(array, slot_element(d, bytes, slot));
	}
	array->cut = true;
	return array;
}

/* Number of elements; false if it is not known (yet). */
static bool count(const struct decoder *d, const struct spot *s, uint64_t *n)
{
	const struct slot *slot = s->slot;

	if (slot->len == LEN_RESULT) {
		*n = d->call->result < 0 ? 0 : d->call->result;
		return d->at_exit && !d->call->failed;
	}
	if (slot->len == LEN_NONE)
		*n = slot->count;
	else
		*n = s->siblings[slot->len];
	return true;
}

/* A path that the call wrote: up to its NUL, whole. */
static struct value *decode_text(struct decoder *d, uint64_t from, uint64_t n)
{
	char text[PATH_MAX];
	size_t room = n < sizeof(text) ? n : sizeof(text);

	if (!from || !decode_read(d, from, text, room))
		return decode_addr(d, from);
	return value_string(d->arena, text, strnlen(text, room), false);
}

static struct value *decode_elements(struct decoder *d, const struct spot *s)
{
	const struct slot *slot = s->slot;
	uint64_t n;

	if (slot->kind == K_STRUCT && !decode_struct_known(d, slot->ref))
		return decode_addr(d, s->raw);
	if (slot->len == LEN_NULL)
		return null_ended(d, slot, s->raw);
	if (!count(d, s, &n))
		return decode_addr(d, s->raw);
	if (slot->kind == K_BYTES)
		return decode_buffer(d, s->raw, n);
	if (slot->kind == K_CHARS)
		return decode_text(d, s->raw, n);
	return decode_array(d, s->raw, n, element_size(d, slot), slot_element, slot);
}

static struct value *decode_chars(struct decoder *d, const uint8_t *bytes, size_t n, bool text)
{
	size_t limit = decode_limit(d), len = text ? strnlen((const char *)bytes, n) : n;

	return value_string(d->arena, bytes, len < limit ? len : limit, len > limit);
}

/* Elements that stand in the struct itself. */
static struct value *decode_inline(struct decoder *d, const struct spot *s)
{
	const struct slot *slot = s->slot;
	size_t size = abi_kind_size(slot->kind, slot->ref), n = slot->count;
	struct value *array;

	if (!size || n > s->room / size)
		n = size ? s->room / size : 0;
	if (slot->kind == K_CHARS || slot->kind == K_BYTES)
		return decode_chars(d, s->bytes, n, slot->kind == K_CHARS);
	if (n == 1)
		return slot_element(d, s->bytes, slot);
	array = value_new(d->arena, VALUE_ARRAY, 0);
	for (size_t i = 0; i < n; i++)
		value_add(array, slot_element(d, s->bytes + i * size, slot));
	return array;
}

static struct value *decode_pointer(struct decoder *d, const struct spot *s)
{
	const struct slot *slot = s->slot;
	size_t size = element_size(d, slot);
	uint8_t bytes[8];

	if (slot->kind == K_STRUCT)
		return slot->len >= 0
			       ? decode_struct_sized(d, slot->ref, s->raw, s->siblings[slot->len])
			       : decode_struct(d, slot->ref, s->raw);
	if (!s->raw || size > sizeof(bytes) || !decode_read(d, s->raw, bytes, size))
		return decode_addr(d, s->raw);
	return decode_boxed(d, slot_element(d, bytes, slot));
}

struct value *decode_slot(struct decoder *d, const struct spot *s)
{
	static struct value *(*const shapes[])(struct decoder *, const struct spot *) = {
		[BY_VALUE] = decode_scalar,
		[POINTER] = decode_pointer,
		[ARRAY] = decode_elements,
		[INLINE] = decode_inline,
	};
	struct value *value;

	if (s->slot->kind == K_IRREGULAR)
		value = decode_irregular(d, s);
	else
		value = shapes[s->slot->shape](d, s);
	if (value && !value->name)
		value->name = s->slot->name;
	return value;
}

/* Calls */

enum { NR_CLONE = 120, NR_LLSEEK = 140 };

/*
 * Arguments are shown at the entry when the call only reads them, at the exit when it writes them.
 * Of those that it reads and writes, numbers are shown at the exit as before => after and structs
 * at the entry (what poll or select write is the result's note), but for these.
 */
enum when { AT_ENTRY, AT_EXIT, AT_BOTH };

static const struct {
	uint16_t nr;
	uint8_t arg, when;
} exceptions[] = {
	{187, 2, AT_BOTH},			/* sendfile: [0] => [512] */
	{239, 2, AT_BOTH},			/* sendfile64 */
	{244, 0, AT_EXIT},			/* get_thread_area */
	{245, 1, AT_EXIT},			/* io_setup */
	{313, 1, AT_ENTRY},			/* splice */
	{313, 3, AT_ENTRY}, {377, 1, AT_ENTRY}, /* copy_file_range */
	{377, 3, AT_ENTRY}, {425, 1, AT_EXIT},	/* io_uring_setup */
};

static int exception(const struct decoder *d, unsigned i)
{
	const struct sysent *form = d->call->form;

	for (size_t e = 0; e < sizeof(exceptions) / sizeof(exceptions[0]); e++)
		if (exceptions[e].nr == form->nr && exceptions[e].arg == i && !form->sub)
			return exceptions[e].when;
	return -1;
}

/* A number that the call may change: shown as it was, too. */
static bool shows_change(const struct decoder *d, unsigned i)
{
	const struct slot *slot = d->slots[i];

	return slot->dir == DIR_INOUT && slot->shape == POINTER && slot->kind != K_STRUCT &&
	       slot->kind != K_IRREGULAR && exception(d, i) < 0;
}

static enum when when_shown(const struct decoder *d, unsigned i)
{
	const struct slot *slot = d->slots[i];
	int when = exception(d, i);

	if (slot->kind == K_IRREGULAR)
		return decode_irregular_early(slot) ? AT_ENTRY : AT_EXIT;
	if (when >= 0)
		return when;
	if (slot->dir != DIR_INOUT)
		return slot->dir & DIR_OUT ? AT_EXIT : AT_ENTRY;
	return slot->kind == K_STRUCT ? AT_ENTRY : AT_EXIT;
}

/* The arguments, each at the index of its slot; both halves of a pair hold all 64 bits. */
static void gather_i386(struct decoder *d)
{
	memcpy(d->args, d->call->args, sizeof(d->args));
	for (unsigned i = 0; i + 1 < d->nslots; i++)
		if (d->slots[i]->kind == K_U64LO)
			d->args[i] |= d->args[i + 1] << 32;
}

/*
 * mmap and select once took one argument, a struct that holds what their successors take as
 * arguments: they are shown as those.
 */
static void gather_block(struct decoder *d)
{
	const struct slot *block = d->slots[0];
	const struct structdef *def;
	uint8_t bytes[BLOCK_MAX];

	if (d->nslots != 1 || block->kind != K_STRUCT ||
		(block->ref != STRUCT_mmap_arg && block->ref != STRUCT_sel_arg))
		return;
	def = abi_struct(block->ref);
	if (def->size > sizeof(bytes) || !decode_read(d, d->args[0], bytes, def->size))
		return;
	d->nslots = def->nfields;
	for (unsigned i = 0; i < d->nslots; i++) {
		d->slots[i] = &def->fields[i].slot;
		d->args[i] = decode_number(bytes + def->fields[i].offset, 4);
	}
}

/* _llseek has the upper half first. */
static void join_llseek(struct decoder *d)
{
	static const struct slot offset = {.name = "offset", .kind = K_INT64, .len = LEN_NONE},
				 unused = {.name = "offset_low", .kind = K_NONE, .len = LEN_NONE};

	if (d->call->form->nr != NR_LLSEEK)
		return;
	d->args[1] = d->args[1] << 32 | d->args[2];
	d->slots[1] = &offset;
	d->slots[2] = &unused;
}

/* A 64-bit call has the slots of the i386 call of its name, but needs no pairs. */
static void gather_wide(struct decoder *d)
{
	unsigned reg = 0;

	for (unsigned i = 0; i < d->nslots; i++)
		d->args[i] = d->slots[i]->kind == K_U64HI ? 0 : d->call->reg[reg++];
	if (d->call->form->nr == NR_CLONE) { /* child_tid and tls change places */
		d->args[3] = d->call->reg[4];
		d->args[4] = d->call->reg[3];
	}
}

static struct decoder decoder(struct call *call, const struct decode_options *options)
{
	struct decoder d = {.call = call,
		.options = options,
		.arena = &call->arena,
		.tid = call->task->tid,
		.wide = call->abi == CALL_X86_64};

	if (!call->form || call->abi == CALL_X32 || !call->args_known)
		return d;
	d.nslots = call->form->nargs;
	for (unsigned i = 0; i < d.nslots; i++)
		d.slots[i] = &call->form->args[i];
	if (d.wide) {
		gather_wide(&d);
	} else if (d.nslots) {
		gather_i386(&d);
		gather_block(&d);
		join_llseek(&d);
	}
	return d;
}

static struct value *decode_argument(struct decoder *d, unsigned i)
{
	return decode_slot(d,
		&(struct spot){
			.slot = d->slots[i], .raw = d->args[i], .siblings = d->args, .index = i});
}

/* Numbers that no row explains; of socketcall with a block that is not readable, its own two. */
static void decode_unknown(struct decoder *d)
{
	struct call *call = d->call;
	unsigned i = 0;

	call->shown = call->args_known ? ABI_ARGS : 2;
	if (!call->args_known)
		call->values[i++] = decode_kind(d, K_ENUM, SET_socketcalls, call->reg[0]);
	for (; i < call->shown; i++)
		call->values[i] = call->args_known ? value_new(d->arena, VALUE_HEX, call->reg[i])
						   : decode_addr(d, call->reg[i]);
}

/* Halves of a pair; and futex's value where the operation has none. */
static bool never_shown(const struct decoder *d, unsigned i)
{
	enum { NR_FUTEX = 240, NR_FUTEX_TIME64 = 422, COMMAND = 0x7f };
	static const bool no_value[COMMAND + 1] = {[6] = true, [7] = true, [8] = true, [13] = true};
	const struct slot *slot = d->slots[i];
	uint16_t nr = d->call->form->nr;

	if (i == 2 && (nr == NR_FUTEX || nr == NR_FUTEX_TIME64))
		return no_value[d->args[1] & COMMAND];
	return slot->kind == K_U64HI || slot->kind == K_NONE;
}

/* clone's arguments are shown with names, for their order differs from one machine to another. */
static void name_clone_arguments(struct call *call)
{
	if (call->form->nr != NR_CLONE || call->form->sub)
		return;
	call->values[1]->name = "child_stack";
	call->values[1]->named = true;
}

void decode_in(struct call *call, const struct decode_options *options)
{
	struct decoder d = decoder(call, options);

	call->decoded_in = true;
	if (!d.nslots && (!call->form || call->abi == CALL_X32 || !call->args_known)) {
		decode_unknown(&d);
		return;
	}
	call->shown = decode_count(&d);
	for (unsigned i = 0; i < call->shown; i++) {
		enum when when = when_shown(&d, i);

		if (never_shown(&d, i))
			continue;
		d.later = when != AT_ENTRY;
		if (when != AT_EXIT)
			call->values[i] = decode_argument(&d, i);
		else if (shows_change(&d, i))
			call->before[i] = decode_argument(&d, i);
		if (d.later)
			call->pending |= 1u << i;
	}
	name_clone_arguments(call);
}

/* `[before => after]`, or what it holds if the call left it alone. */
static struct value *merge(struct decoder *d, struct value *before, struct value *after)
{
	struct value *change;

	if (before->type != VALUE_ARRAY || after->type != VALUE_ARRAY ||
		before->first->num == after->first->num)
		return after;
	change = value_new(d->arena, VALUE_CHANGE, 0);
	value_add(change, before->first);
	value_add(change, after->first);
	after = decode_boxed(d, change);
	after->name = before->name;
	return after;
}

/* `[before] => [after]`, the first half of which was shown at the entry. */
static struct value *append(struct decoder *d, struct value *before, struct value *after)
{
	struct value *change = value_new(d->arena, VALUE_CHANGE, 0);

	change->name = before->name;
	value_add(change, before);
	if (after->type == VALUE_ARRAY)
		value_add(change, after);
	return change;
}

static struct value *decode_late(struct decoder *d, unsigned i)
{
	struct call *call = d->call;
	struct value *after;

	if (d->slots[i]->kind != K_IRREGULAR && call->failed) {
		if (call->values[i])
			return call->values[i];
		if (call->before[i] && call->before[i]->type == VALUE_ARRAY)
			return call->before[i];
		after = decode_addr(d, d->args[i]);
		after->name = d->slots[i]->name;
		return after;
	}
	after = decode_argument(d, i);
	if (!after || d->slots[i]->kind == K_IRREGULAR)
		return after;
	if (call->values[i])
		return append(d, call->values[i], after);
	return call->before[i] ? merge(d, call->before[i], after) : after;
}

void decode_out(struct call *call, const struct decode_options *options)
{
	struct decoder d = decoder(call, options);

	call->decoded_out = true;
	d.at_exit = true;
	for (unsigned i = 0; i < call->shown && i < d.nslots; i++)
		if (call->pending & 1u << i)
			call->values[i] = decode_late(&d, i);
	if (d.nslots || call->form)
		decode_note(&d);
}

struct value *decode_result(struct call *call, const struct decode_options *options)
{
	struct decoder d = decoder(call, options);
	enum kind kind = call->form ? call->form->result : K_INT;
	uint64_t raw = call->result;

	if (!d.wide)
		raw = (uint32_t)raw;
	if (call->result_as)
		kind = call->result_as;
	else if (kind == K_ADDR || kind == K_IOPRIO)
		kind = K_HEX;
	else if (kind == K_SIGNAL || kind == K_TIME32 || kind == K_TIME64 || kind == K_NONE)
		kind = K_INT;
	return decode_kind(&d, kind, SET_none, raw);
}
