/* SPDX-License-Identifier: MIT */
/*
 * call_find_site at a fraction of its price. Finding a site reads the program's stack; a call with
 * the number, image and stack pointer of an earlier one came from the same place, but for very few.
 * Every 16th is looked up all the same, and where it was wrong it is not trusted again.
 */
#ifndef INT80_SITE_H
#define INT80_SITE_H

#include "call.h"

/* Fills call->site and settles call->via. image: a number that no other image ever had. */
void site_find(struct call *call, uint32_t image);

#endif
