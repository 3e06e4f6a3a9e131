/* SPDX-License-Identifier: MIT */
/*
 * A decoded argument: a small tree of values that text and JSON are printed from. Nodes and strings
 * live in an arena that is emptied in one step when the call is done.
 */
#ifndef INT80_VALUE_H
#define INT80_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_type {
	VALUE_INT,    /* num, signed decimal */
	VALUE_UINT,   /* num, unsigned decimal */
	VALUE_HEX,    /* num, 0x..., 0 as 0 */
	VALUE_OCTAL,  /* num, 0644 */
	VALUE_ADDR,   /* num, 0x..., 0 as NULL */
	VALUE_STRING, /* text[len] quoted; cut: more followed; num: a character before the quotes */
	VALUE_SYMBOL, /* text as it stands (O_RDONLY|O_CLOEXEC); num holds the number */
	VALUE_FD,     /* num, signed decimal; text: what it refers to (-y), or NULL; cut: deleted */
	VALUE_STRUCT, /* children, each named; cut: "..." */
	VALUE_ARRAY,  /* children; cut: "...", text: what stands in a comment behind it */
	VALUE_SET,    /* children joined by blanks in brackets; negated: ~[...] */
	VALUE_CHANGE, /* two children: before => after */
	VALUE_NOTES,  /* children with names, for a result's brackets: in [3], left {...} */
};

struct value {
	enum value_type type;
	bool cut, negated;
	bool hex;	  /* VALUE_STRING: bytes that are no text, shown as \x.. */
	bool named;	  /* an argument whose name is shown too: clone(child_stack=NULL, ...) */
	bool bare;	  /* a field whose name is not shown as text, being part of it */
	const char *name; /* of the argument or field; NULL inside arrays */
	const char *text;
	const char *note; /* shown in a comment behind it, NULL for none */
	size_t len;
	uint64_t num;
	struct value *first, *last, *next;
};

struct arena_block;
struct arena {
	struct arena_block *block;
};

/* Zeroed memory that lives until arena_clear. Never NULL: the process ends when memory is gone. */
void *arena_alloc(struct arena *arena, size_t n);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_copy(struct arena *arena, const void *bytes, size_t n); /* NUL added */
/* Forgets everything in it, keeping one small block for the next call. */
void arena_clear(struct arena *arena);
/* Gives all memory back. */
void arena_free(struct arena *arena);

struct value *value_new(struct arena *arena, enum value_type type, uint64_t num);
struct value *value_symbol(struct arena *arena, const char *text, uint64_t num);
struct value *value_string(struct arena *arena, const void *bytes, size_t n, bool cut);
/* Appends; returns the child. */
struct value *value_add(struct value *parent, struct value *child);

#endif
