/* SPDX-License-Identifier: MIT */
/* A call as a line of text, and which examples a recording has already. */
#ifndef INT80_EXAMPLE_H
#define INT80_EXAMPLE_H

#include <stdbool.h>

#include "call.h"
#include "decode.h"

/* Not yet seen: (program, kind of call, errno, 0 for none). May forget and say so again. */
bool example_wanted(uint32_t program, uint32_t kind, int err);
/* It is recorded now. */
void example_taken(uint32_t program, uint32_t kind, int err);

/*
 * openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3. Decodes what is not decoded yet; to be freed.
 * Without a result if the call has not returned.
 */
char *example_text(struct call *call, const struct decode_options *options);
/* Only the arguments, as between the brackets. */
char *example_args(struct call *call, const struct decode_options *options);
/* ENOENT, ERESTARTSYS, 4095; what a failed call's result says. */
const char *example_errno(int64_t result, char buf[24]);

#endif
