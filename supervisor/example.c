/* SPDX-License-Identifier: MIT */
/* Calls as text, for recordings; a set that remembers which were taken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "example.h"
#include "print.h"

enum { SLOTS = 1 << 15 };

static uint64_t taken[SLOTS]; /* 0: free */
static unsigned ntaken;

/* Where it is, or the free slot where it belongs. */
static uint64_t *slot(uint32_t program, uint32_t kind, int err, uint64_t *key)
{
	size_t i;

	*key = 1ull << 63 | (uint64_t)(program & 0xffffff) << 32 | (uint64_t)(kind & 0xffff) << 12 |
	       (err & 0xfff);
	i = *key * 0x9e3779b97f4a7c15ull >> 49;
	while (taken[i] && taken[i] != *key)
		i = (i + 1) % SLOTS;
	return &taken[i];
}

bool example_wanted(uint32_t program, uint32_t kind, int err)
{
	uint64_t key;

	return !*slot(program, kind, err, &key);
}

/* The recording keeps the first of each, so forgetting costs only time. */
void example_taken(uint32_t program, uint32_t kind, int err)
{
	uint64_t key, *at;

	if (++ntaken > SLOTS / 4 * 3) {
		memset(taken, 0, sizeof(taken));
		ntaken = 1;
	}
	at = slot(program, kind, err, &key);
	*at = key;
}

const char *example_errno(int64_t result, char buf[24])
{
	const char *name = strerrorname_np(-result);

	if (name)
		return name;
	switch (-result) {
	case RESTART_SYS:
		return "ERESTARTSYS";
	case RESTART_NOINTR:
		return "ERESTARTNOINTR";
	case RESTART_NOHAND:
		return "ERESTARTNOHAND";
	case RESTART_BLOCK:
		return "ERESTART_RESTARTBLOCK";
	}
	snprintf(buf, 24, "%lld", (long long)-result);
	return buf;
}

static void decode(struct call *call, const struct decode_options *options)
{
	if (!call->decoded_in)
		decode_in(call, options);
	if (call->ended && !call->decoded_out)
		decode_out(call, options);
}

static void print_args(FILE *to, const struct call *call)
{
	const char *between = "";

	if (!call->args_known) {
		fputs("?", to);
		return;
	}
	if (!call->form) {
		for (int i = 0; i < ABI_ARGS; i++)
			fprintf(to, "%s%#llx", i ? ", " : "", (unsigned long long)call->reg[i]);
		return;
	}
	for (int i = 0; i < ABI_ARGS; i++) {
		if (!call->values[i])
			continue;
		fputs(between, to);
		if (call->values[i]->named)
			fprintf(to, "%s=", call->values[i]->name);
		print_value(to, call->values[i]);
		between = ", ";
	}
}

static void print_result(FILE *to, struct call *call, const struct decode_options *options)
{
	char buf[24];
	struct value *value;

	if (call->failed) {
		fprintf(to, " = -1 %s", example_errno(call->result, buf));
		if (strerrorname_np(-call->result))
			fprintf(to, " (%s)", strerror(-call->result));
		return;
	}
	fputs(" = ", to);
	value = call->form ? decode_result(call, options) : NULL;
	if (value)
		print_value(to, value);
	else
		fprintf(to, "%lld", (long long)call->result);
	if (call->result_note) {
		fputs(" (", to);
		print_value(to, call->result_note);
		fputs(")", to);
	}
}

char *example_args(struct call *call, const struct decode_options *options)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return xstrdup("");
	decode(call, options);
	print_args(f, call);
	fclose(f);
	return text;
}

char *example_text(struct call *call, const struct decode_options *options)
{
	const char *sub = call_subname(call);
	char *text = NULL, buf[32];
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return xstrdup("");
	decode(call, options);
	fputs(call_name(call, buf), f);
	if (sub)
		fprintf(f, ":%s", sub);
	fputc('(', f);
	print_args(f, call);
	fputc(')', f);
	if (call->ended)
		print_result(f, call, options);
	fclose(f);
	return text;
}
