/* SPDX-License-Identifier: MIT */
/* Values as text and as JSON. Knows the two notations, and nothing of where values come from. */
#ifndef INT80_PRINT_H
#define INT80_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "value.h"

/* Which strings are shown as \x.. (-x, -xx). */
enum print_hex { PRINT_HEX_NEVER, PRINT_HEX_NON_ASCII, PRINT_HEX_ALL };

/* For everything printed as text from now on. */
void print_strings_in_hex(enum print_hex hex);

/* strace's notation: "/etc/passwd", {st_mode=S_IFREG|0644, ...}, [1, 2], O_RDONLY|O_CLOEXEC. */
void print_value(FILE *to, const struct value *value);
/*
 * A new reference. Structs become objects, arrays arrays, numbers numbers; symbols, addresses and
 * hexadecimal numbers strings. What was cut short is {"cut": true, "value": ...}, bytes that are
 * no UTF-8 text are {"hex": "7f45..."}.
 */
json_t *print_json(const struct value *value);

#endif
