/* SPDX-License-Identifier: MIT */
/*
 * From a table row and a call's numbers to values that mean something: names of flags, strings,
 * structs. Reads tracee memory; prints nothing. All that lies in the tracee is taken for hostile:
 * whatever it says, decoding is bounded in time and memory, and shows an address where it must.
 */
#ifndef INT80_DECODE_H
#define INT80_DECODE_H

#include "call.h"

struct decode_options {
	size_t string_limit; /* bytes of a string or buffer, elements of an array (-s; 32) */
	bool verbose;	     /* -v: every field of every struct */
	bool fd_names;	     /* -y: what file descriptors refer to */
};

/* What the program passed: everything but the memory that only the call will fill. At the entry. */
void decode_in(struct call *call, const struct decode_options *options);
/* What came back: OUT and INOUT memory, and result_note. At the exit. */
void decode_out(struct call *call, const struct decode_options *options);
/* The result of a call that did not fail, by the kind that its row names. */
struct value *decode_result(struct call *call, const struct decode_options *options);
/* siginfo_t in the supervisor's own layout, as strace shows it: {si_signo=SIGCHLD, ...}. */
struct value *decode_siginfo(struct arena *arena, const void *native_siginfo);
/* SIGINT, SIGRT_3, 99. */
struct value *decode_signal(struct arena *arena, unsigned sig);
/* The same without the SIG. */
const char *decode_signal_name(struct arena *arena, unsigned sig);

/* For the hand-written decoders, decode_*.c. */

struct decoder {
	struct call *call;
	const struct decode_options *options;
	struct arena *arena; /* the call's */
	pid_t tid;
	bool at_exit;
	bool wide;	 /* pointers and longs of this call have 64 bits */
	bool later;	 /* set by a decoder at the entry: there is something to show at the exit */
	unsigned depth;	 /* of structs in structs */
	unsigned reads;	 /* of the program's memory, so far, */
	size_t bytes;	 /* and how much */
	unsigned nslots; /* what the call takes, as it is to be shown */
	const struct slot *slots[ABI_ARGS];
	uint64_t args[ABI_ARGS]; /* what stands there */
};

/* One value to be decoded: a slot and what stands in its register or field. */
struct spot {
	const struct slot *slot;
	uint64_t raw;
	const uint64_t *siblings; /* the arguments or fields beside it, itself at index */
	unsigned index;
	const uint8_t *bytes;	    /* fields: where it stands in a copy of the struct; else NULL */
	size_t room;		    /* bytes from there to the end of the struct */
	const struct structdef *in; /* fields: the struct; else NULL */
};

/* All n bytes at `from`, or false. An i386 call has no memory beyond 4 GiB. */
bool decode_read(struct decoder *d, uint64_t from, void *to, size_t n);
/* May n bytes more be read for this call? Counts them. */
bool decode_afford(struct decoder *d, size_t n);
/* A long or pointer at `from`, 4 or 8 bytes. */
bool decode_read_long(struct decoder *d, uint64_t from, uint64_t *n);
/* A register or field, as its slot says. */
struct value *decode_slot(struct decoder *d, const struct spot *spot);
/* A hand-written form; decode_irregular.c. Returns NULL where there is nothing more to show. */
struct value *decode_irregular(struct decoder *d, const struct spot *spot);
/* Does this form want a look at the entry, or only when the call returned? */
bool decode_irregular_early(const struct slot *slot);
/* How many arguments the call has, where an earlier one decides it: mknod, prctl, ptrace. */
unsigned decode_count(struct decoder *d);
/* Fills result_note. At the exit. */
void decode_note(struct decoder *d);

/* How many of an array's elements are shown. */
size_t decode_limit(const struct decoder *d);
struct value *decode_addr(struct decoder *d, uint64_t address);
struct value *decode_int(struct decoder *d, int64_t n);
struct value *decode_uint(struct decoder *d, uint64_t n);
struct value *decode_flags(struct decoder *d, enum set_id set, uint64_t bits);
struct value *decode_enum(struct decoder *d, enum set_id set, uint64_t n);
struct value *decode_fd(struct decoder *d, int fd);
/* A scalar, as its slot's kind says; decode_kind.c. */
struct value *decode_scalar(struct decoder *d, const struct spot *spot);
/* A scalar of this kind (and set). */
struct value *decode_kind(struct decoder *d, enum kind kind, uint16_t set, uint64_t raw);
/* Quoted bytes, NULL or, when unreadable, the address. */
struct value *decode_buffer(struct decoder *d, uint64_t from, uint64_t n);
/* A NUL-terminated string of which `limit` bytes are shown. */
struct value *decode_string(struct decoder *d, uint64_t from, size_t limit);
struct value *decode_path(struct decoder *d, uint64_t from);
/* A struct at an address, or in bytes (of its full size) already read. */
struct value *decode_struct(struct decoder *d, enum struct_id id, uint64_t from);
struct value *decode_struct_bytes(struct decoder *d, enum struct_id id, const uint8_t *bytes);
/* A struct of which the program says that it has n bytes: fields beyond are not there. */
struct value *decode_struct_sized(struct decoder *d, enum struct_id id, uint64_t from, uint64_t n);
/* False where only its address can be shown: too deep, or of another layout than the caller's. */
bool decode_struct_known(const struct decoder *d, enum struct_id id);
/*
 * An array of n elements of `size` bytes at `from`. `element` makes a value of each; context is
 * its own.
 */
struct value *decode_array(struct decoder *d, uint64_t from, uint64_t n, size_t size,
	struct value *(*element)(struct decoder *, const uint8_t *, const void *),
	const void *context);
/* `[value]`, as what a pointer points to is shown. */
struct value *decode_boxed(struct decoder *d, struct value *value);
/* A little-endian number of 1, 2, 4 or 8 bytes. */
uint64_t decode_number(const uint8_t *bytes, size_t size);
/* Adds a named child to a struct. */
struct value *decode_add(struct value *parent, const char *name, struct value *child);

#endif
