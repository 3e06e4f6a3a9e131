/* SPDX-License-Identifier: MIT */
/*
 * The hand-written decoders, one function for each line of abi/irregular.def, and what they share.
 * They live by subject: decode_file.c, decode_socket.c, decode_signal.c, decode_process.c,
 * decode_ioctl.c, decode_ipc.c, decode_control.c, decode_poll.c.
 */
#ifndef INT80_DECODE_IRREGULAR_H
#define INT80_DECODE_IRREGULAR_H

#include "decode.h"

/*
 * At the entry a decoder may set d->later: it is asked again at the exit. What it returned at the
 * entry nevertheless is shown before the call returns, and the rest appended. At the exit of a call
 * that failed most are not asked: see decode_irregular.c. May return NULL: nothing to show.
 */
typedef struct value *irregular_decoder(struct decoder *d, const struct spot *s);

#define IRREGULAR(id, doc) irregular_decoder irregular_##id;
#include "abi/irregular.def"

/* Fills a result's note; NULL for none. Only asked of calls that did not fail. */
typedef struct value *note_decoder(struct decoder *d);

note_decoder note_poll, note_ppoll, note_select, note_recvmmsg, note_signal_mask, note_fcntl,
	note_prctl;

/*
 * Arguments that an operation decides on: fcntl, prctl, ptrace, keyctl. K_NONE hides one; those
 * after the last one named are not there.
 */
struct variant {
	uint32_t op;
	uint8_t nargs;
	struct slot args[4];
};

/* The variant of an operation; NULL if it is not known. */
const struct variant *irregular_variant(const struct variant *variants, size_t n, uint32_t op);
/* An argument as another slot describes it: now, or later when the call writes it. */
struct value *irregular_as(struct decoder *d, const struct spot *s, const struct slot *slot);

/* What an int or long that the n-th argument points to holds; false if it is not readable. */
bool irregular_int(struct decoder *d, uint64_t from, int32_t *n);
/* A symbol with this text. */
struct value *irregular_symbol(struct decoder *d, uint64_t num, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A signal set of n bytes in the program's memory, as [INT QUIT] or ~[KILL]. */
struct value *irregular_signals(struct decoder *d, uint64_t from, size_t n);
struct value *irregular_signal_mask(struct decoder *d, uint64_t mask, unsigned nsig);
/* struct iovec vector; data: how many bytes of what it points to are shown in all. */
struct value *irregular_iovec(struct decoder *d, uint64_t from, uint64_t n, uint64_t data);
/* struct sockaddr, in memory and as read. */
struct value *irregular_address(struct decoder *d, uint64_t from, int32_t len);
struct value *irregular_address_bytes(struct decoder *d, const uint8_t *bytes, size_t n);

#endif
