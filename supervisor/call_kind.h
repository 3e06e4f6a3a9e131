/* SPDX-License-Identifier: MIT */
/*
 * Kinds of calls: number, sub-call, table and way in, each with one row in the recording. What is
 * counted is counted by kind.
 */
#ifndef INT80_CALL_KIND_H
#define INT80_CALL_KIND_H

#include "call.h"
#include "recording.h"

struct subject;

struct call_kind {
	struct call_kind *next;
	uint64_t key;
	uint32_t id;	 /* in the recording */
	uint64_t groups; /* i386's own traits are left out of other tables' calls */
	bool never_fails, never_returns;
	const struct subject *subject; /* what such calls are about; NULL: only numbers */
};

void call_kind_start(struct recording *recording);
/* After call_find_site, which may settle `via`. Never NULL. */
const struct call_kind *call_kind_of(const struct call *call);

#endif
