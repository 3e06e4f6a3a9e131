/* SPDX-License-Identifier: MIT */
/*
 * Counters in memory, on their way to a recording: one entry for each image and thing counted (a
 * call, an errno, a site, a path ...). They hold only what came since the last flush, so that they
 * can be written and thrown away at any time: memory stays bounded whatever the programs do.
 */
#ifndef INT80_TALLY_H
#define INT80_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recording;

/* What is counted: what k1, k2, key and label mean; what n[] counts. */
enum tally_type {
	TALLY_CALL,    /* k1 kind; n: count, timed, errors, total ns, longest ns, unfinished */
	TALLY_ERROR,   /* k1 kind, k2 errno, label its name; n: count */
	TALLY_SITE,    /* k1 kind, k2 address, place; n: count */
	TALLY_FILE,    /* k1 verb, label its name, key the path; n: ok, missing, denied, failed */
	TALLY_PEER,    /* key "direction protocol family address", k2 port; n: count, errors */
	TALLY_IOCTL,   /* k1 request, label its name; n: count, errors */
	TALLY_SIGNAL,  /* k1 signal, label its name, key its direction; n: count, errors */
	TALLY_LIBRARY, /* k1 binary; n: count */
	TALLY_FACT, /* k1 kind, k2 address, place, key the fact's name, label an example; n: count
		     */
	TALLY_TYPES
};

enum { TALLY_COUNTERS = 6 };

struct tally {
	struct tally *hash_next, *image_next;
	uint64_t k1, k2;
	uint64_t n[TALLY_COUNTERS];
	uint64_t offset; /* the place: in the binary with this id */
	uint32_t binary;
	uint32_t image, hash;
	uint16_t key_len;
	uint8_t type;
	bool dirty;
	bool placed;	   /* binary and offset are set */
	const char *label; /* NULL in a new entry: the caller sets it with tally_label */
	char key[];	   /* key_len bytes and a NUL */
};

/* The tallies of one image. Start with the id set and all else zero. */
struct tally_list {
	uint32_t image; /* its id in the recording */
	unsigned age;
	struct tally *first;
};

/* Where flushes go. */
void tally_start(struct recording *recording);
/*
 * The entry, made if it is not there; never NULL, valid until the next tally_get. The caller adds
 * to n[]. key NULL: none.
 */
struct tally *tally_get(
	struct tally_list *list, enum tally_type type, uint64_t k1, uint64_t k2, const char *key);
/* Keeps a copy. */
void tally_label(struct tally *tally, const char *label);
/* Writes what has changed. */
void tally_flush(void);
/* Writes and forgets the entries of one image. */
void tally_close(struct tally_list *list);

#endif
