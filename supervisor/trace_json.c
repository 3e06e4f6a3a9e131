/* SPDX-License-Identifier: MIT */
/*
 * JSON Lines: a header object, then an object a call when it returned, and one for each signal,
 * exec and end of a task. The schema is described in int80-trace(1); fields are only ever added.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "cmd.h"
#include "print.h"
#include "trace.h"

#define SCHEMA 1

static const struct trace_options *options;

static uint64_t nanoseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Seconds since the epoch of a moment of CLOCK_MONOTONIC; a double holds microseconds of it. */
static double moment(uint64_t ns)
{
	return (nanoseconds(CLOCK_REALTIME) - (nanoseconds(CLOCK_MONOTONIC) - ns)) / 1e9;
}

static void put(json_t *object)
{
	json_dumpf(object, options->out, JSON_COMPACT | JSON_REAL_PRECISION(17));
	putc('\n', options->out);
	json_decref(object);
}

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *address(uint64_t a)
{
	char hex[24];

	snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)a);
	return json_string(hex);
}

/* What every object has; a name that is no UTF-8 is null. */
static json_t *event(const char *type, const struct task *task, uint64_t ns)
{
	json_t *object = json_object(), *comm = json_string(task->process->comm);

	set(object, "type", json_string(type));
	set(object, "ts", json_real(moment(ns)));
	set(object, "pid", json_integer(task->process->pid));
	set(object, "tid", json_integer(task->tid));
	set(object, "comm", comm ? comm : json_null());
	return object;
}

static json_t *arguments(const struct call *call)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < call->shown; i++) {
		json_t *argument;

		if (!call->values[i])
			continue;
		argument = json_object();
		if (call->values[i]->name)
			set(argument, "name", json_string(call->values[i]->name));
		set(argument, "value", print_json(call->values[i]));
		json_array_append_new(array, argument);
	}
	return array;
}

static void set_result(json_t *object, struct call *call)
{
	struct value *result;

	if (call->failed) {
		const char *name = trace_errno_name(-call->result);

		set(object, "ret", json_integer(-1));
		set(object, "errno", name ? json_string(name) : json_integer(-call->result));
	} else {
		result = decode_result(call, &options->decode);
		set(object, "ret", print_json(result));
		set(object, "errno", json_null());
	}
	if (call->result_note)
		set(object, "note", print_json(call->result_note));
}

static json_t *call_object(struct call *call)
{
	json_t *object = event("call", call->task, call->began);
	const char *sub = call->args_known ? call_subname(call) : NULL;
	char name[32];

	set(object, "arch", json_string(call_abi_name(call->abi)));
	set(object, "nr", json_integer(call->nr));
	set(object, "name", json_string(call_name(call, name)));
	set(object, "via", json_string(via_name(call->via)));
	set(object, "sub", sub ? json_string(sub) : json_null());
	set(object, "args", arguments(call));
	return object;
}

static void enter(struct observer *o, struct call *call)
{
	(void)o;
	call->line = LINE_NONE;
	decode_in(call, &options->decode);
	if (!trace_path_matches(options, call))
		return;
	call->line = LINE_OPEN;
	call_find_site(call);
}

static void leave(struct observer *o, struct call *call)
{
	json_t *object;

	(void)o;
	if (call->line == LINE_NONE || !(options->status & trace_status(call)))
		return;
	decode_out(call, &options->decode);
	object = call_object(call);
	set_result(object, call);
	set(object, "dur_ns", json_integer(call->ended - call->began));
	set(object, "site", call->site.v ? address(call->site.v) : json_null());
	put(object);
}

/* No result: the task died in it, or another thread replaced the program. */
static void cut(struct observer *o, struct call *call)
{
	json_t *object;

	(void)o;
	if (call->line == LINE_NONE || !(options->status & STATUS_UNFINISHED))
		return;
	object = call_object(call);
	set(object, "ret", json_null());
	set(object, "errno", json_null());
	set(object, "dur_ns", json_null());
	set(object, "site", call->site.v ? address(call->site.v) : json_null());
	put(object);
}

static void add_signal(json_t *object, int sig, struct arena *arena)
{
	set(object, "signal", print_json(decode_signal(arena, sig)));
}

static void show_signal(struct observer *o, struct task *task, int sig, const siginfo_t *info)
{
	struct arena arena = {0};
	json_t *object;

	(void)o;
	if (sig < 0 || sig >= (int)sizeof(options->signals) || !options->signals[sig])
		return;
	object = event("signal", task, nanoseconds(CLOCK_MONOTONIC));
	add_signal(object, sig, &arena);
	set(object, "info", print_json(decode_siginfo(&arena, info)));
	put(object);
	arena_free(&arena);
}

static void group_stop(struct observer *o, struct task *task, int sig)
{
	struct arena arena = {0};
	json_t *object = event("stop", task, nanoseconds(CLOCK_MONOTONIC));

	(void)o;
	add_signal(object, sig, &arena);
	put(object);
	arena_free(&arena);
}

static void born(struct observer *o, struct task *task, const struct task *parent)
{
	json_t *object = event("start", task, nanoseconds(CLOCK_MONOTONIC));

	(void)o;
	set(object, "parent", parent ? json_integer(parent->tid) : json_null());
	put(object);
}

static void exec(struct observer *o, struct task *task, pid_t former)
{
	json_t *object = event("exec", task, nanoseconds(CLOCK_MONOTONIC));
	json_t *exe = task->process->exe ? json_string(task->process->exe) : NULL;

	(void)o;
	set(object, "exe", exe ? exe : json_null());
	set(object, "arch",
		json_string(call_abi_name(task->process->is64 ? CALL_X86_64 : CALL_I386)));
	if (former != task->tid)
		set(object, "former_tid", json_integer(former));
	put(object);
}

static void gone(struct observer *o, struct task *task, int status)
{
	struct arena arena = {0};
	json_t *object;

	(void)o;
	if (!options->show_exits)
		return;
	object = event("exit", task, nanoseconds(CLOCK_MONOTONIC));
	if (WIFSIGNALED(status)) {
		add_signal(object, WTERMSIG(status), &arena);
		set(object, "core", json_boolean(WCOREDUMP(status)));
	} else {
		set(object, "status", json_integer(WEXITSTATUS(status)));
	}
	put(object);
	arena_free(&arena);
}

static void tick(struct observer *o)
{
	(void)o;
	fflush(options->out);
}

static const struct observer_ops ops = {
	.enter = enter,
	.leave = leave,
	.cut = cut,
	.signal = show_signal,
	.group_stop = group_stop,
	.born = born,
	.exec = exec,
	.gone = gone,
	.tick = tick,
};

struct observer *trace_json(const struct trace_options *options_)
{
	static struct observer observer = {.ops = &ops};

	options = options_;
	put(json_pack(
		"{s:s, s:i, s:s}", "int80", "trace", "schema", SCHEMA, "version", INT80_VERSION));
	return &observer;
}
