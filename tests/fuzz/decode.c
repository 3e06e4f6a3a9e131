/* SPDX-License-Identifier: MIT */
/*
 * Every decoder against hostile memory: the "tracee" is this process, its arguments point into a
 * low page of fuzz data. Input: call number, flags, six arguments, result, then the memory.
 */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "decode.h"
#include "print.h"
#include "task.h"

#define ROOM 65536u

struct head {
	uint16_t row;
	uint8_t at_exit, verbose;
	uint32_t args[ABI_ARGS];
	int32_t result;
};

/* Small numbers become addresses in the fuzz data, so that pointers hit it often. */
static uint32_t point(const uint8_t *room, uint32_t arg)
{
	return arg >> 28 == 0xf ? (uint32_t)(uintptr_t)room + arg % (ROOM + 64) : arg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *room;
	static FILE *null;
	static struct process process = {.pid = 1};
	static struct task task;
	struct decode_options options = {.string_limit = 32};
	struct call *call = &task.call;
	struct head head;

	if (!room) {
		room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
		null = fopen("/dev/null", "w");
		task.tid = process.pid = getpid();
		task.process = &process;
	}
	if (size < sizeof(head) || room == MAP_FAILED)
		return 0;
	memcpy(&head, data, sizeof(head));
	memset(room, 0, ROOM);
	memcpy(room, data + sizeof(head), size - sizeof(head) < ROOM ? size - sizeof(head) : ROOM);
	call->task = &task;
	call_reset(call);
	call->form = abi_row(head.row % 1024);
	if (!call->form)
		return 0;
	call->entry = abi_call(call->form->nr);
	call->nr = call->form->nr;
	call->sub = call->form->sub;
	call->name = call->entry ? call->entry->name : NULL;
	call->args_known = true;
	options.verbose = head.verbose & 1;
	for (int i = 0; i < ABI_ARGS; i++)
		call->args[i] = call->reg[i] = point(room, head.args[i]);
	decode_in(call, &options);
	if (head.at_exit & 1) {
		call->result = head.result;
		call->failed = head.result < 0 && head.result > -4096;
		call->ended = 1;
		decode_out(call, &options);
	}
	for (int i = 0; i < ABI_ARGS; i++) {
		if (!call->values[i])
			continue;
		print_value(null, call->values[i]);
		json_decref(print_json(call->values[i]));
	}
	return 0;
}
