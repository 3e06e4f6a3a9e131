/* SPDX-License-Identifier: MIT */
/*
 * Values as text, in the notation that strace made familiar, and as JSON. Both walk the same tree
 * with one function for each type of value, found by array.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "print.h"

static enum print_hex strings_in_hex;

void print_strings_in_hex(enum print_hex hex)
{
	strings_in_hex = hex;
}

/* Text */

static bool is_blank(unsigned char c)
{
	return c >= '\t' && c <= '\r';
}

static bool wants_hex(const struct value *v)
{
	if (v->hex || strings_in_hex == PRINT_HEX_ALL)
		return true;
	if (strings_in_hex == PRINT_HEX_NEVER)
		return false;
	for (size_t i = 0; i < v->len; i++) {
		unsigned char c = v->text[i];

		if (c > 0x7e || (c < ' ' && !is_blank(c)))
			return true;
	}
	return false;
}

/* Octal, as short as the next byte allows: \0 before a letter, \000 before a digit. */
static void put_octal(FILE *to, unsigned char c, bool digit_follows)
{
	putc_unlocked('\\', to);
	if (digit_follows || c >= 0100)
		putc_unlocked('0' + (c >> 6), to);
	if (digit_follows || c >= 010)
		putc_unlocked('0' + (c >> 3 & 7), to);
	putc_unlocked('0' + (c & 7), to);
}

static void put_byte(FILE *to, unsigned char c, bool digit_follows)
{
	static const char escapes[] = {
		['\t'] = 't', ['\n'] = 'n', ['\v'] = 'v', ['\f'] = 'f', ['\r'] = 'r'};

	if (c == '"' || c == '\\' || is_blank(c)) {
		putc_unlocked('\\', to);
		putc_unlocked(is_blank(c) ? escapes[c] : c, to);
	} else if (c >= ' ' && c <= '~') {
		putc_unlocked(c, to);
	} else {
		put_octal(to, c, digit_follows);
	}
}

static void text_string(FILE *to, const struct value *v)
{
	bool hex = wants_hex(v);

	if (v->num)
		putc_unlocked(v->num, to);
	putc_unlocked('"', to);
	for (size_t i = 0; i < v->len; i++) {
		char next = i + 1 < v->len ? v->text[i + 1] : '\0';

		if (hex)
			fprintf(to, "\\x%02x", (unsigned char)v->text[i]);
		else
			put_byte(to, v->text[i], next >= '0' && next <= '7');
	}
	putc_unlocked('"', to);
	if (v->cut)
		fputs_unlocked("...", to);
}

static void text_children(FILE *to, const struct value *v, bool named, const char *between)
{
	for (const struct value *child = v->first; child; child = child->next) {
		if (child != v->first)
			fputs_unlocked(between, to);
		if (named && child->name && !child->bare) {
			fputs_unlocked(child->name, to);
			putc_unlocked('=', to);
		}
		print_value(to, child);
	}
	if (v->cut && v->first)
		fputs_unlocked(between, to);
	if (v->cut)
		fputs_unlocked("...", to);
	if (v->cut && v->text)
		fprintf(to, " /* %s */", v->text);
}

static void text_struct(FILE *to, const struct value *v)
{
	putc_unlocked('{', to);
	text_children(to, v, true, ", ");
	putc_unlocked('}', to);
}

static void text_array(FILE *to, const struct value *v)
{
	putc_unlocked('[', to);
	text_children(to, v, false, ", ");
	putc_unlocked(']', to);
}

static void text_set(FILE *to, const struct value *v)
{
	fputs_unlocked(v->negated ? "~[" : "[", to);
	text_children(to, v, false, " ");
	putc_unlocked(']', to);
}

static void text_change(FILE *to, const struct value *v)
{
	text_children(to, v, false, " => ");
}

static void text_notes(FILE *to, const struct value *v)
{
	for (const struct value *child = v->first; child; child = child->next) {
		if (child != v->first)
			fputs_unlocked(", ", to);
		if (child->name)
			fprintf(to, "%s ", child->name);
		print_value(to, child);
	}
}

static void text_int(FILE *to, const struct value *v)
{
	fprintf(to, "%" PRId64, (int64_t)v->num);
}

static void text_uint(FILE *to, const struct value *v)
{
	fprintf(to, "%" PRIu64, v->num);
}

static void text_hex(FILE *to, const struct value *v)
{
	fprintf(to, "%#" PRIx64, v->num);
}

static void text_octal(FILE *to, const struct value *v)
{
	fprintf(to, "%#03" PRIo64, v->num);
}

static void text_addr(FILE *to, const struct value *v)
{
	if (v->num)
		text_hex(to, v);
	else
		fputs_unlocked("NULL", to);
}

static void text_symbol(FILE *to, const struct value *v)
{
	fputs_unlocked(v->text, to);
}

/* What a descriptor refers to, between < and >; those two and the backslash are escaped within. */
static void text_fd(FILE *to, const struct value *v)
{
	if ((int)v->num == AT_FDCWD)
		fputs_unlocked("AT_FDCWD", to);
	else
		text_int(to, v);
	if (!v->text)
		return;
	putc_unlocked('<', to);
	for (const char *s = v->text; *s; s++) {
		if (*s == '<' || *s == '>')
			put_octal(to, *s, s[1] >= '0' && s[1] <= '7');
		else
			put_byte(to, *s, s[1] >= '0' && s[1] <= '7');
	}
	fputs_unlocked(v->cut ? ">(deleted)" : ">", to);
}

void print_value(FILE *to, const struct value *value)
{
	static void (*const texts[])(FILE *, const struct value *) = {
		[VALUE_INT] = text_int,
		[VALUE_UINT] = text_uint,
		[VALUE_HEX] = text_hex,
		[VALUE_OCTAL] = text_octal,
		[VALUE_ADDR] = text_addr,
		[VALUE_STRING] = text_string,
		[VALUE_SYMBOL] = text_symbol,
		[VALUE_FD] = text_fd,
		[VALUE_STRUCT] = text_struct,
		[VALUE_ARRAY] = text_array,
		[VALUE_SET] = text_set,
		[VALUE_CHANGE] = text_change,
		[VALUE_NOTES] = text_notes,
	};

	if (value->named && value->name) {
		fputs_unlocked(value->name, to);
		putc_unlocked('=', to);
	}
	texts[value->type](to, value);
	if (value->note)
		fprintf(to, " /* %s */", value->note);
}

/* JSON */

static json_t *json_hex(uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, n);
	return json_string(text);
}

static json_t *json_of_hex(const struct value *v)
{
	return json_hex(v->num);
}

static json_t *json_of_addr(const struct value *v)
{
	return v->num ? json_hex(v->num) : json_null();
}

static json_t *json_of_int(const struct value *v)
{
	return json_integer((json_int_t)v->num);
}

/* Beyond 63 bits JSON's readers differ: such a number is written as a string. */
static json_t *json_of_uint(const struct value *v)
{
	char text[24];

	if (v->num <= INT64_MAX)
		return json_integer(v->num);
	snprintf(text, sizeof(text), "%" PRIu64, v->num);
	return json_string(text);
}

static json_t *json_of_octal(const struct value *v)
{
	char text[32];

	snprintf(text, sizeof(text), "%#03" PRIo64, v->num);
	return json_string(text);
}

static json_t *json_bytes(const char *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * 4096];
	size_t shown = n < sizeof(hex) / 2 ? n : sizeof(hex) / 2;

	for (size_t i = 0; i < shown; i++) {
		hex[2 * i] = digits[(unsigned char)bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	return json_pack("{s:s#}", "hex", hex, (int)(2 * shown));
}

static json_t *json_cut(json_t *value)
{
	return json_pack("{s:o, s:b}", "value", value, "cut", 1);
}

/* With the character before the quotes (@ of an abstract socket). */
static json_t *json_prefixed(const struct value *v)
{
	char text[256];

	if (v->len >= sizeof(text))
		return NULL;
	text[0] = v->num;
	memcpy(text + 1, v->text, v->len);
	return json_stringn(text, v->len + 1);
}

/* json_stringn refuses what is no UTF-8. */
static json_t *json_of_string(const struct value *v)
{
	json_t *text = v->hex ? NULL : v->num ? json_prefixed(v) : json_stringn(v->text, v->len);

	if (!text)
		text = json_bytes(v->text, v->len);
	return v->cut ? json_cut(text) : text;
}

static json_t *json_of_symbol(const struct value *v)
{
	json_t *text = json_string(v->text);

	return text ? text : json_hex(v->num);
}

static json_t *json_of_fd(const struct value *v)
{
	json_t *path = v->text ? json_string(v->text) : NULL;

	if (!v->text)
		return json_of_int(v);
	if (!path)
		path = json_bytes(v->text, strlen(v->text));
	return json_pack("{s:o, s:o, s:b}", "fd",
		(int)v->num == AT_FDCWD ? json_string("AT_FDCWD") : json_integer(v->num), "path",
		path, "deleted", v->cut);
}

static json_t *json_of_struct(const struct value *v)
{
	json_t *object = json_object();

	for (const struct value *child = v->first; child; child = child->next)
		json_object_set_new(object, child->name ? child->name : "", print_json(child));
	return object; /* fields that are hidden without -v are no news to a reader of JSON */
}

static json_t *json_of_array(const struct value *v)
{
	json_t *array = json_array();

	for (const struct value *child = v->first; child; child = child->next)
		json_array_append_new(array, print_json(child));
	return v->cut ? json_cut(array) : array;
}

static json_t *json_of_set(const struct value *v)
{
	json_t *array = json_of_array(v);

	return v->negated ? json_pack("{s:o}", "not", array) : array;
}

static json_t *json_of_change(const struct value *v)
{
	if (!v->first->next)
		return print_json(v->first);
	return json_pack(
		"{s:o, s:o}", "before", print_json(v->first), "after", print_json(v->first->next));
}

json_t *print_json(const struct value *value)
{
	static json_t *(*const jsons[])(const struct value *) = {
		[VALUE_INT] = json_of_int,
		[VALUE_UINT] = json_of_uint,
		[VALUE_HEX] = json_of_hex,
		[VALUE_OCTAL] = json_of_octal,
		[VALUE_ADDR] = json_of_addr,
		[VALUE_STRING] = json_of_string,
		[VALUE_SYMBOL] = json_of_symbol,
		[VALUE_FD] = json_of_fd,
		[VALUE_STRUCT] = json_of_struct,
		[VALUE_ARRAY] = json_of_array,
		[VALUE_SET] = json_of_set,
		[VALUE_CHANGE] = json_of_change,
		[VALUE_NOTES] = json_of_struct,
	};

	return jsons[value->type](value);
}
