/* SPDX-License-Identifier: MIT */
/*
 * The i386 system call ABI as data: calls, their arguments, structs, flag names and groups, and how
 * to look them up. Everything derives from the .def files beside this header. Knows nothing of
 * processes, tracing or policies; allocates nothing.
 */
#ifndef INT80_ABI_H
#define INT80_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ABI_ARGS 6

/* What a scalar means: kinds.def. */
enum kind {
#define KIND(name, size, doc) K_##name,
#include "kinds.def"
	K_COUNT
};

/* How the scalar is reached from the argument register or the field. */
enum shape {
	BY_VALUE, /* it is the register or field itself */
	POINTER,  /* the register or field points to one of it */
	ARRAY,	  /* the register or field points to `len` of them */
	INLINE,	  /* only in structs: `count` of them stand in the field itself */
};

/* When memory behind a pointer holds something to show. */
enum dir { DIR_IN = 1, DIR_OUT = 2, DIR_INOUT = 3 };

/* Where an ARRAY's number of elements is found; 0..5 (calls) or a field's index (structs) name a
 * sibling value. For K_BYTES the number of elements is a number of bytes. */
enum {
	LEN_RESULT = -1, /* the call's result */
	LEN_NULL = -2,	 /* until a zero element */
	LEN_NONE = -3,	 /* no length: shape is not ARRAY, or `count` holds it */
};

enum set_id {
	SET_none,
#define SET(id, style, prefix) SET_##id,
#define VAL(name, value)
#define VAL64(name, value)
#define FIELD(name, value, mask)
#define END
#include "flags.def"
	SET_COUNT
};

enum struct_id {
	STRUCT_none,
#define STRUCT(id, ctype, size) STRUCT_##id,
#define F(...)
#define DETAIL(...)
#define END
#include "structs.def"
	STRUCT_COUNT
};

enum irregular_id {
	IRR_none,
#define IRREGULAR(id, doc) IRR_##id,
#include "irregular.def"
	IRR_COUNT
};

enum group_bit {
#define GROUP(bit, name, doc) GB_##bit,
#include "groups.def"
	GB_COUNT
};
_Static_assert(GB_COUNT <= 64, "groups are a 64-bit mask");

/* One value: an argument of a call, or what a field of a struct holds. */
struct slot {
	const char *name;
	uint8_t kind;	/* enum kind */
	uint8_t shape;	/* enum shape */
	uint8_t dir;	/* enum dir; 0 for BY_VALUE and INLINE */
	int8_t len;	/* ARRAY: LEN_* or the index of the sibling that holds the count;
			 * POINTER to a struct: LEN_NONE or that of the sibling with its size */
	uint16_t ref;	/* set_id, struct_id or irregular_id, by kind */
	uint16_t count; /* INLINE: number of elements; ARRAY with LEN_NONE: the same, fixed */
};

struct field {
	uint16_t offset; /* bytes from the start of the struct */
	bool detail;	 /* shown only with -v */
	struct slot slot;
};

/* One call, or one sub-call of a multiplexer. */
struct sysent {
	uint16_t nr; /* i386 number; of a sub-call: the multiplexer's */
	uint8_t sub; /* sub-call number, 0 for a call of its own */
	uint8_t nargs;
	uint8_t result;	   /* enum kind of the result */
	const char *name;  /* the kernel's name: asm/unistd_32.h */
	const char *since; /* first kernel with it on i386: "2.6.16", "1.0" for the oldest */
	const char *until; /* last kernel that served it to a compat program; "" = still there,
			    * "never" = 64-bit kernels never had it */
	uint64_t groups;   /* bits 1ull << GB_* */
	const struct slot *args;
};

/* A named value. In a FLAGS set it stands for v when (v & (mask ? mask : value)) == value. */
struct symbol {
	uint64_t value, mask; /* mask 0: the value's own bits */
	const char *name;
};

/* A set of named values. FLAGS: joined by |; NAMES: exactly one. */
struct symset {
	const char *id;
	const char *unknown; /* the prefix shown in a comment beside unknown values: "O_???" */
	bool flags;
	const struct symbol *symbols;
	size_t n;
};

struct structdef {
	const char *id, *ctype; /* ctype: the C type it mirrors, for messages and the layout test */
	uint16_t size;
	uint16_t nfields;
	const struct field *fields;
};

/* One past the highest number in the table; numbers without a row are holes. */
extern const unsigned abi_nr_max;

/* Row of call nr, NULL if the number has none. */
const struct sysent *abi_call(uint32_t nr);
/* Row of sub-call `sub` of multiplexer nr (102 socketcall, 117 ipc), NULL if there is none. */
const struct sysent *abi_subcall(uint32_t nr, uint32_t sub);
/* Row by exact name, calls before sub-calls; NULL if there is none. */
const struct sysent *abi_call_named(const char *name);
/* Every row, calls in order of number, then sub-calls: i from 0 until NULL. */
const struct sysent *abi_row(size_t i);
/* A small number for each row, steady within one build; below abi_row_bound. */
size_t abi_row_index(const struct sysent *row);
extern const size_t abi_row_bound;
/* True if the rows are the same call in two forms: connect and socketcall's connect. */
bool abi_same_call(const struct sysent *a, const struct sysent *b);
/* The known name nearest to a misspelt one, NULL if none is near. */
const char *abi_nearest(const char *name);

/* Bit of a group by the name users write ("%file", "@network-io"); 0 if unknown. */
uint64_t abi_group(const char *name);
const char *abi_group_name(enum group_bit bit);
const char *abi_group_doc(enum group_bit bit);

const struct symset *abi_set(enum set_id id);
/* Name of exactly this value in a NAMES set, NULL if it has none. */
const char *abi_symbol(enum set_id id, uint64_t value);
const struct structdef *abi_struct(enum struct_id id);
/* Size in bytes of one element of this kind (ref: the struct when kind is K_STRUCT). */
size_t abi_kind_size(enum kind kind, uint16_t ref);

#endif
