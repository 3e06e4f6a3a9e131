/* SPDX-License-Identifier: MIT */
/* Value trees and the arena they live in. Knows nothing of calls or of printing. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "value.h"

#define BLOCK 2048u

struct arena_block {
	struct arena_block *older;
	size_t size, used;
	char bytes[] __attribute__((aligned(16)));
};

static void add_block(struct arena *arena, size_t n)
{
	size_t size = n > BLOCK ? n : BLOCK;
	struct arena_block *block = xmalloc(sizeof(*block) + size);

	block->older = arena->block;
	block->size = size;
	block->used = 0;
	arena->block = block;
}

void *arena_alloc(struct arena *arena, size_t n)
{
	void *p;

	n = (n + 15) & ~(size_t)15;
	if (!arena->block || arena->block->size - arena->block->used < n)
		add_block(arena, n);
	p = arena->block->bytes + arena->block->used;
	arena->block->used += n;
	return memset(p, 0, n);
}

char *arena_copy(struct arena *arena, const void *bytes, size_t n)
{
	char *p = arena_alloc(arena, n + 1);

	memcpy(p, bytes, n);
	return p;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	char small[256], *text;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (n < 0)
		n = 0;
	text = arena_alloc(arena, n + 1);
	if ((size_t)n < sizeof(small))
		memcpy(text, small, n);
	else
		vsnprintf(text, n + 1, format, again);
	va_end(again);
	return text;
}

void arena_clear(struct arena *arena)
{
	while (arena->block && arena->block->older) {
		struct arena_block *older = arena->block->older;

		free(arena->block);
		arena->block = older;
	}
	if (arena->block)
		arena->block->used = 0;
}

void arena_free(struct arena *arena)
{
	arena_clear(arena);
	free(arena->block);
	arena->block = NULL;
}

struct value *value_new(struct arena *arena, enum value_type type, uint64_t num)
{
	struct value *value = arena_alloc(arena, sizeof(*value));

	value->type = type;
	value->num = num;
	return value;
}

struct value *value_symbol(struct arena *arena, const char *text, uint64_t num)
{
	struct value *value = value_new(arena, VALUE_SYMBOL, num);

	value->text = text;
	return value;
}

struct value *value_string(struct arena *arena, const void *bytes, size_t n, bool cut)
{
	struct value *value = value_new(arena, VALUE_STRING, 0);

	value->text = arena_copy(arena, bytes, n);
	value->len = n;
	value->cut = cut;
	return value;
}

struct value *value_add(struct value *parent, struct value *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
	return child;
}
