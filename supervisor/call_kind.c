/* SPDX-License-Identifier: MIT */
/* A hash table of the kinds of calls seen; hostile numbers cannot make it grow without end. */
#include <stddef.h>

#include "err.h"
#include "call_kind.h"
#include "subject.h"

enum { BUCKETS = 1024, KINDS_MAX = 4096 };

static struct call_kind *table[BUCKETS];
static uint32_t nkinds;
static struct recording *target;

void call_kind_start(struct recording *recording)
{
	target = recording;
}

static uint64_t groups_of(const struct call *call)
{
	uint64_t own = 1ull << GB_TIME32 | 1ull << GB_TIME64 | 1ull << GB_NOLFS | 1ull << GB_UID16;
	uint64_t groups = call->entry ? call->entry->groups : 0;

	if (call->form)
		groups |= call->form->groups;
	return call->abi == CALL_I386 ? groups : groups & ~own;
}

static void record(const struct call_kind *kind, const struct call *call)
{
	const char *until = call->abi == CALL_I386 && call->entry ? call->entry->until : "";
	char buf[32];

	recording_run(target, REC_KIND, "isiissssi", (int64_t)kind->id, call_abi_name(call->abi),
		(int64_t)call->nr, (int64_t)call->sub, via_name(call->via), call_name(call, buf),
		call_subname(call), until, (int64_t)(call->name != NULL));
	for (int bit = 0; bit < GB_COUNT; bit++)
		if (kind->groups >> bit & 1)
			recording_run(target, REC_KIND_GROUP, "is", (int64_t)kind->id,
				abi_group_name(bit));
}

static struct call_kind *make(const struct call *call, uint64_t key, struct call_kind **bucket)
{
	struct call_kind *kind = xcalloc(1, sizeof(*kind));

	kind->key = key;
	kind->id = ++nkinds;
	kind->groups = groups_of(call);
	kind->never_fails = kind->groups >> GB_NOFAIL & 1;
	kind->never_returns = kind->groups >> GB_NORETURN & 1;
	kind->subject = subject_of(call);
	kind->next = *bucket;
	*bucket = kind;
	record(kind, call);
	return kind;
}

/* Beyond so many kinds only hostile programs go: their further numbers count as one. */
static const struct call_kind *other(const struct call *call)
{
	static struct call_kind *rest;

	if (!rest) {
		struct call nobody = {.abi = call->abi, .via = call->via, .nr = UINT32_MAX};
		struct call_kind *nowhere = NULL;

		rest = make(&nobody, UINT64_MAX, &nowhere);
	}
	return rest;
}

const struct call_kind *call_kind_of(const struct call *call)
{
	uint64_t key = (uint64_t)call->nr << 32 | (call->sub & 0xfffffff) << 4 |
		       (uint64_t)call->via << 2 | call->abi;
	struct call_kind **bucket = &table[(key ^ key >> 27 ^ key >> 4) % BUCKETS];

	for (struct call_kind *kind = *bucket; kind; kind = kind->next)
		if (kind->key == key)
			return kind;
	return nkinds < KINDS_MAX ? make(call, key, bucket) : other(call);
}
