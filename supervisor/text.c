/* SPDX-License-Identifier: MIT */
/* Text with known width and without surprises. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "text.h"

static void make_room(struct text *text, size_t n)
{
	if (text->n + n + 1 <= text->room)
		return;
	text->room = (text->n + n + 1) * 2;
	text->bytes = xrealloc(text->bytes, text->room);
}

static void add_bytes(struct text *text, const char *bytes, size_t n, unsigned columns)
{
	make_room(text, n);
	memcpy(text->bytes + text->n, bytes, n);
	text->n += n;
	text->bytes[text->n] = '\0';
	text->columns += columns;
}

void text_add(struct text *text, const char *format, ...)
{
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n >= 0) {
		make_room(text, n);
		vsnprintf(text->bytes + text->n, n + 1, format, again);
		for (int i = 0; i < n; i++)
			text->columns += (text->bytes[text->n + i] & 0xc0) != 0x80;
		text->n += n;
	}
	va_end(again);
}

/* Length of the UTF-8 sequence at s, 0 if it is none that may be shown as it is. */
static unsigned sequence(const unsigned char *s, size_t left, unsigned *code)
{
	unsigned n = *s < 0x80	 ? 1
		     : *s < 0xc2 ? 0
		     : *s < 0xe0 ? 2
		     : *s < 0xf0 ? 3
		     : *s < 0xf5 ? 4
				 : 0;

	if (!n || n > left)
		return 0;
	*code = n == 1 ? *s : *s & (0x7f >> n);
	for (unsigned i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	return n;
}

/* Control characters, and what turns the direction of writing or hides itself. */
static bool harmless(unsigned code)
{
	return code >= 0x20 && !(code >= 0x7f && code < 0xa0) && code != 0xad &&
	       !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2060 && code <= 0x206f) && code != 0xfeff &&
	       !(code >= 0xfff0 && code <= 0xfffb) && code < 0xe0000;
}

static unsigned width_of(unsigned code)
{
	bool wide = (code >= 0x1100 && code < 0x1160) || (code >= 0x2e80 && code < 0xa4d0) ||
		    (code >= 0xac00 && code < 0xd7a4) || (code >= 0xf900 && code < 0xfb00) ||
		    (code >= 0xfe30 && code < 0xfe70) || (code >= 0xff00 && code < 0xff61) ||
		    (code >= 0x1f300 && code < 0x1faff);

	return wide ? 2 : 1;
}

void text_add_escaped(struct text *text, const char *bytes, size_t n)
{
	static const char letters[] = "\nn\tt\rr"; /* each byte with what C calls it */

	for (size_t i = 0; i < n;) {
		unsigned code = 0, size = sequence((const unsigned char *)bytes + i, n - i, &code);

		if (size && harmless(code)) {
			add_bytes(text, bytes + i, size, width_of(code));
			i += size;
		} else {
			const char *known = strchr(letters, bytes[i]);

			if (bytes[i] && known)
				text_add(text, "\\%c", known[1]);
			else
				text_add(text, "\\x%02x", (unsigned char)bytes[i]);
			i++;
		}
	}
}

static void add_hex(struct text *text, const char *hex)
{
	size_t n = strlen(hex) / 2;
	char *bytes = xmalloc(n + 1);

	for (size_t i = 0; i < n; i++)
		bytes[i] = strtoul((char[]){hex[2 * i], hex[2 * i + 1], 0}, NULL, 16);
	text_add_escaped(text, bytes, n);
	free(bytes);
}

void text_add_value(struct text *text, const json_t *value)
{
	const char *hex = json_string_value(json_object_get(value, "hex"));

	if (json_is_string(value))
		text_add_escaped(text, json_string_value(value), json_string_length(value));
	else if (json_is_integer(value))
		text_add(text, "%lld", json_integer_value(value));
	else if (hex)
		add_hex(text, hex);
}

char *text_member(const json_t *object, const char *key)
{
	struct text text = {0};

	text_add(&text, "%s", "");
	text_add_value(&text, json_object_get(object, key));
	return text.bytes;
}

void text_add_count(struct text *text, long long n)
{
	char digits[32];
	int len = snprintf(digits, sizeof(digits), "%lld", n);

	for (int i = 0; i < len; i++) {
		add_bytes(text, &digits[i], 1, 1);
		if (digits[i] != '-' && i + 1 < len && (len - i - 1) % 3 == 0)
			add_bytes(text, ",", 1, 1);
	}
}

void text_add_time(struct text *text, long long ns)
{
	if (ns < 10000)
		text_add(text, "%.1f us", ns / 1e3);
	else if (ns < 1000000)
		text_add(text, "%.0f us", ns / 1e3);
	else if (ns < 1000000000)
		text_add(text, "%.1f ms", ns / 1e6);
	else if (ns < 100000000000)
		text_add(text, "%.2f s", ns / 1e9);
	else
		text_add(text, "%.0f s", ns / 1e9);
}

void text_cut(struct text *cell, unsigned columns)
{
	size_t n = 0;
	unsigned at = 0;

	if (cell->columns <= columns || columns < 4)
		return;
	while (n < cell->n && at + 3 < columns) {
		unsigned code = 0,
			 size = sequence((unsigned char *)cell->bytes + n, cell->n - n, &code);

		n += size ? size : 1;
		at += width_of(code);
	}
	cell->n = n;
	cell->columns = at;
	text_add(cell, "...");
}
