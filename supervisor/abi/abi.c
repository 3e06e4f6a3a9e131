/* SPDX-License-Identifier: MIT */
/*
 * Turns the .def files into tables and answers look-ups in them. The tables are constant data: a
 * look-up by number is an index, a look-up by name a linear walk (names are parsed once, at start).
 */
#include <string.h>

#include "abi.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Calls and sub-calls */

#include "slots.h"
#define CALL(nr, name, since, until, groups, result, ...)                                          \
	static const struct slot args_##nr[] = {__VA_ARGS__};
#define SUB(nr, sub, name, groups, result, ...)                                                    \
	static const struct slot args_##nr##_##sub[] = {__VA_ARGS__};
#include "syscalls.def"

static const struct sysent calls[] = {
#define SUB(...)
#define CALL(nr_, name_, since_, until_, groups_, result_, ...)                                    \
	[nr_] = {                                                                                  \
		.nr = nr_,                                                                         \
		.nargs = COUNT(args_##nr_),                                                        \
		.result = K_##result_,                                                             \
		.name = #name_,                                                                    \
		.since = since_,                                                                   \
		.until = until_,                                                                   \
		.groups = groups_,                                                                 \
		.args = args_##nr_,                                                                \
	},
#include "syscalls.def"
};

static const struct sysent subcalls[] = {
#define CALL(...)
#define SUB(nr_, sub_, name_, groups_, result_, ...)                                               \
	{                                                                                          \
		.nr = nr_,                                                                         \
		.sub = sub_,                                                                       \
		.nargs = COUNT(args_##nr_##_##sub_),                                               \
		.result = K_##result_,                                                             \
		.name = #name_,                                                                    \
		.since = "1.0",                                                                    \
		.until = "",                                                                       \
		.groups = groups_,                                                                 \
		.args = args_##nr_##_##sub_,                                                       \
	},
#include "syscalls.def"
};

const unsigned abi_nr_max = COUNT(calls);

const struct sysent *abi_call(uint32_t nr)
{
	return nr < COUNT(calls) && calls[nr].name ? &calls[nr] : NULL;
}

const struct sysent *abi_subcall(uint32_t nr, uint32_t sub)
{
	for (size_t i = 0; i < COUNT(subcalls); i++)
		if (subcalls[i].nr == nr && subcalls[i].sub == sub)
			return &subcalls[i];
	return NULL;
}

const struct sysent *abi_row(size_t i)
{
	static const struct sysent *rows[COUNT(calls) + COUNT(subcalls)];
	static size_t n;

	if (!n) {
		for (size_t nr = 0; nr < COUNT(calls); nr++)
			if (calls[nr].name)
				rows[n++] = &calls[nr];
		for (size_t s = 0; s < COUNT(subcalls); s++)
			rows[n++] = &subcalls[s];
	}
	return i < n ? rows[i] : NULL;
}

const struct sysent *abi_call_named(const char *name)
{
	const struct sysent *row;

	for (size_t i = 0; (row = abi_row(i)); i++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

const size_t abi_row_bound = COUNT(calls) + COUNT(subcalls);

size_t abi_row_index(const struct sysent *row)
{
	return row->sub ? COUNT(calls) + (row - subcalls) : (size_t)(row - calls);
}

bool abi_same_call(const struct sysent *a, const struct sysent *b)
{
	return a == b || !strcmp(a->name, b->name);
}

/* Levenshtein distance, given up beyond `most`. */
static unsigned distance(const char *a, const char *b, unsigned most)
{
	size_t la = strlen(a), lb = strlen(b);
	unsigned row[64];

	if (lb >= COUNT(row) || la > lb + most || lb > la + most)
		return most + 1;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned change = diagonal + (a[i - 1] != b[j - 1]);
			unsigned gap = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < gap ? change : gap;
		}
	}
	return row[lb];
}

const char *abi_nearest(const char *name)
{
	unsigned best = strlen(name) < 6 ? 2 : 3;
	const char *nearest = NULL;
	const struct sysent *row;

	for (size_t i = 0; (row = abi_row(i)); i++) {
		unsigned d = distance(name, row->name, best);

		if (d < best) {
			best = d;
			nearest = row->name;
		}
	}
	return nearest;
}

/* Groups */

static const struct {
	const char *name, *doc;
} groups[] = {
#define GROUP(bit, name, doc) {name, doc},
#include "groups.def"
};

uint64_t abi_group(const char *name)
{
	for (size_t i = 0; i < COUNT(groups); i++)
		if (!strcmp(groups[i].name, name))
			return 1ull << i;
	return 0;
}

const char *abi_group_name(enum group_bit bit)
{
	return groups[bit].name;
}

const char *abi_group_doc(enum group_bit bit)
{
	return groups[bit].doc;
}

/* Named values */

#define SET(id, style, prefix)	 static const struct symbol symbols_##id[] = {
#define VAL(name, value)	 {(uint32_t)(value), 0, #name},
#define VAL64(name, value)	 {value, 0, #name},
#define FIELD(name, value, mask) {value, mask, #name},
#define END                                                                                        \
	}                                                                                          \
	;
#include "flags.def"

#define SET_STYLE_FLAGS true
#define SET_STYLE_NAMES false
static const struct symset sets[SET_COUNT] = {
#define SET(id_, style, prefix)                                                                    \
	[SET_##id_] = {                                                                            \
		.id = #id_,                                                                        \
		.unknown = prefix,                                                                 \
		.flags = SET_STYLE_##style,                                                        \
		.symbols = symbols_##id_,                                                          \
		.n = COUNT(symbols_##id_),                                                         \
	},
#define VAL(name, value)
#define VAL64(name, value)
#define FIELD(name, value, mask)
#define END
#include "flags.def"
};

const struct symset *abi_set(enum set_id id)
{
	return &sets[id];
}

const char *abi_symbol(enum set_id id, uint64_t value)
{
	for (size_t i = 0; i < sets[id].n; i++)
		if (sets[id].symbols[i].value == value)
			return sets[id].symbols[i].name;
	return NULL;
}

/* Structs */

#define STRUCT(id, ctype, size) static const struct field fields_##id[] = {
#define F(off, ...)		{.offset = off, .slot = __VA_ARGS__},
#define DETAIL(off, ...)	{.offset = off, .detail = true, .slot = __VA_ARGS__},
#define END                                                                                        \
	}                                                                                          \
	;
#include "structs.def"

static const struct structdef structs[STRUCT_COUNT] = {
#define STRUCT(id_, ctype_, size_)                                                                 \
	[STRUCT_##id_] = {                                                                         \
		.id = #id_,                                                                        \
		.ctype = ctype_,                                                                   \
		.size = size_,                                                                     \
		.nfields = COUNT(fields_##id_),                                                    \
		.fields = fields_##id_,                                                            \
	},
#define F(...)
#define DETAIL(...)
#define END
#include "structs.def"
};

const struct structdef *abi_struct(enum struct_id id)
{
	return &structs[id];
}

/* Kinds */

static const struct {
	const char *name;
	uint8_t size;
} kinds[K_COUNT] = {
#define KIND(name, size, doc) {#name, size},
#include "kinds.def"
};

size_t abi_kind_size(enum kind kind, uint16_t ref)
{
	return kind == K_STRUCT ? structs[ref].size : kinds[kind].size;
}
