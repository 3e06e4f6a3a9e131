/* SPDX-License-Identifier: MIT */
/* A direct-mapped memory of sites. */
#include <stdbool.h>

#include "site.h"

enum { SLOTS = 4096, TRUST = 16 };

static struct slot_of_site {
	uint64_t sp, site;
	uint32_t image, nr, sub;
	uint8_t via, left; /* so many answers until it is looked up again */
	bool deceived;
} slots[SLOTS];

static struct slot_of_site *slot_of(const struct call *call, uint32_t image)
{
	uint64_t key = (call->sp.v ^ (uint64_t)call->nr << 40 ^ (uint64_t)image << 20 ^ call->sub) *
		       0x9e3779b97f4a7c15ull;

	return &slots[key >> 52];
}

static bool same(const struct slot_of_site *slot, const struct call *call, uint32_t image)
{
	return slot->sp == call->sp.v && slot->image == image && slot->nr == call->nr &&
	       slot->sub == call->sub && slot->site;
}

void site_find(struct call *call, uint32_t image)
{
	struct slot_of_site *slot;
	bool known;

	if (call->via != VIA_VDSO || call->site.v) {
		call_find_site(call);
		return;
	}
	slot = slot_of(call, image);
	known = same(slot, call, image);
	if (known && slot->left) {
		slot->left--;
		call->site = addr(slot->site);
		call->via = slot->via;
		return;
	}
	call_find_site(call);
	*slot = (struct slot_of_site){
		.sp = call->sp.v,
		.site = call->site.v,
		.image = image,
		.nr = call->nr,
		.sub = call->sub,
		.via = call->via,
		.deceived = known && (slot->deceived || slot->site != call->site.v),
	};
	slot->left = slot->deceived || !known ? 0 : TRUST - 1;
}
