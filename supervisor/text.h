/* SPDX-License-Identifier: MIT */
/*
 * Text for a terminal, built piece by piece: knows how many columns it takes, and shows bytes that
 * could move a cursor, change a colour or turn the direction of writing as \x...
 */
#ifndef INT80_TEXT_H
#define INT80_TEXT_H

#include <jansson.h>
#include <stddef.h>

/* Starts as {0}; bytes is NULL or NUL-terminated, and to be freed. */
struct text {
	char *bytes;
	size_t n, room;
	unsigned columns;
};

/* For plain ASCII without control characters. */
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Foreign bytes. */
void text_add_escaped(struct text *text, const char *bytes, size_t n);
/* A string, number or {"hex": ...} of a report. */
void text_add_value(struct text *text, const json_t *value);
/* 12,345 */
void text_add_count(struct text *text, long long n);
/* Nanoseconds as 9.9 us, 123 us, 1.2 ms, 3.45 s. */
void text_add_time(struct text *text, long long ns);
/* Leaves at most so many columns, whole characters, and "..." where something was. */
void text_cut(struct text *text, unsigned columns);
/* The escaped text of an object's member, "" if it has none; to be freed. */
char *text_member(const json_t *object, const char *key);

#endif
