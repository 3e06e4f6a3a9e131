/* SPDX-License-Identifier: MIT */
/* A hash table of counters, and how each type of them is written. */
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "recording.h"
#include "tally.h"

enum {
	BUCKETS = 16384,
	MEMORY = 4 << 20, /* beyond this everything is written and forgotten */
};

static struct tally *table[BUCKETS];
static struct recording *target;
static size_t memory;
static unsigned age; /* rises when all entries are forgotten: older lists are empty */

void tally_start(struct recording *recording)
{
	target = recording;
}

/* Writing */

static void write_call(const struct tally *t)
{
	recording_run(target, REC_COUNT, "iiiiiiii", (int64_t)t->image, t->k1, t->n[0], t->n[1],
		t->n[2], t->n[3], t->n[4], t->n[5]);
}

static void write_error(const struct tally *t)
{
	recording_run(target, REC_ERROR, "iisi", (int64_t)t->image, t->k1, t->label, t->n[0]);
}

static void write_site(const struct tally *t)
{
	recording_run(target, REC_SITE, "iiiii", (int64_t)t->image, t->k1, (int64_t)t->binary,
		t->offset, t->n[0]);
}

static void write_file(const struct tally *t)
{
	recording_run(target, REC_PATH, "b", t->key, (size_t)t->key_len);
	recording_run(target, REC_FILE, "ibsiiii", (int64_t)t->image, t->key, (size_t)t->key_len,
		t->label, t->n[0], t->n[1], t->n[2], t->n[3]);
}

static void write_peer(const struct tally *t)
{
	const char *part[4] = {t->key, "", "", ""};
	size_t len[4] = {0};

	for (int i = 0; i < 3; i++) {
		const char *blank = strchrnul(part[i], ' ');

		len[i] = blank - part[i];
		part[i + 1] = *blank ? blank + 1 : blank;
	}
	len[3] = strlen(part[3]);
	recording_run(target, REC_PEER, "ibbbbiii", (int64_t)t->image, part[0], len[0], part[2],
		len[2], part[1], len[1], part[3], len[3], t->k2, t->n[0], t->n[1]);
}

static void write_ioctl(const struct tally *t)
{
	recording_run(
		target, REC_IOCTL, "iisii", (int64_t)t->image, t->k1, t->label, t->n[0], t->n[1]);
}

static void write_signal(const struct tally *t)
{
	recording_run(
		target, REC_SIGNAL, "issii", (int64_t)t->image, t->key, t->label, t->n[0], t->n[1]);
}

static void write_library(const struct tally *t)
{
	recording_run(target, REC_LIBRARY, "iii", (int64_t)t->image, t->k1, t->n[0]);
}

static void write_fact(const struct tally *t)
{
	recording_run(target, REC_FACT, "iisiiis", (int64_t)t->image, t->k1, t->key,
		(int64_t)t->binary, t->offset, t->n[0], t->label);
}

static void (*const write_type[TALLY_TYPES])(const struct tally *) = {
	[TALLY_CALL] = write_call,
	[TALLY_ERROR] = write_error,
	[TALLY_SITE] = write_site,
	[TALLY_FILE] = write_file,
	[TALLY_PEER] = write_peer,
	[TALLY_IOCTL] = write_ioctl,
	[TALLY_SIGNAL] = write_signal,
	[TALLY_LIBRARY] = write_library,
	[TALLY_FACT] = write_fact,
};

static void write_tally(struct tally *t)
{
	if (!t->dirty)
		return;
	write_type[t->type](t);
	memset(t->n, 0, sizeof(t->n));
	t->dirty = false;
}

void tally_flush(void)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct tally *t = table[i]; t; t = t->hash_next)
			write_tally(t);
}

/* Making and forgetting */

static size_t size_of(const struct tally *t)
{
	return sizeof(*t) + t->key_len + 1 + 16; /* and malloc's own */
}

static void forget(struct tally *t)
{
	memory -= size_of(t);
	if (t->label)
		free((char *)t->label);
	free(t);
}

static void forget_all(void)
{
	tally_flush();
	for (size_t i = 0; i < BUCKETS; i++) {
		while (table[i]) {
			struct tally *t = table[i];

			table[i] = t->hash_next;
			forget(t);
		}
	}
	age++;
}

static void unlink_tally(const struct tally *t)
{
	struct tally **at = &table[t->hash % BUCKETS];

	while (*at != t)
		at = &(*at)->hash_next;
	*at = t->hash_next;
}

void tally_close(struct tally_list *list)
{
	if (list->age != age)
		list->first = NULL;
	while (list->first) {
		struct tally *t = list->first;

		list->first = t->image_next;
		write_tally(t);
		unlink_tally(t);
		forget(t);
	}
}

static uint32_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
	return hash ^ hash >> 32;
}

static uint32_t hash_of(
	uint32_t image, unsigned type, uint64_t k1, uint64_t k2, const char *key, size_t n)
{
	uint32_t hash = mix(mix(mix(image, type), k1), k2);

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)key[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static struct tally *make(struct tally_list *list, const struct tally *like, const char *key)
{
	struct tally *t, **bucket = &table[like->hash % BUCKETS];

	t = xmalloc(sizeof(*t) + like->key_len + 1);
	*t = *like;
	memcpy(t->key, key, like->key_len);
	t->key[t->key_len] = '\0';
	t->hash_next = *bucket;
	*bucket = t;
	t->image_next = list->first;
	list->first = t;
	memory += size_of(t);
	return t;
}

struct tally *tally_get(
	struct tally_list *list, enum tally_type type, uint64_t k1, uint64_t k2, const char *key)
{
	struct tally like = {
		.type = type,
		.image = list->image,
		.k1 = k1,
		.k2 = k2,
		.dirty = true,
		.key_len = key ? strnlen(key, UINT16_MAX) : 0,
	};
	struct tally *t;

	like.hash = hash_of(list->image, type, k1, k2, key, like.key_len);
	for (t = table[like.hash % BUCKETS]; t; t = t->hash_next) {
		if (t->hash == like.hash && t->image == like.image && t->type == type &&
			t->k1 == k1 && t->k2 == k2 && t->key_len == like.key_len &&
			(!key || !memcmp(t->key, key, like.key_len))) {
			t->dirty = true;
			return t;
		}
	}
	if (memory > MEMORY)
		forget_all();
	if (list->age != age) {
		list->age = age;
		list->first = NULL;
	}
	return make(list, &like, key ? key : "");
}

void tally_label(struct tally *tally, const char *label)
{
	free((char *)tally->label);
	tally->label = xstrdup(label);
}
