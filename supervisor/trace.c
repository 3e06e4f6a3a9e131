/* SPDX-License-Identifier: MIT */
/*
 * Prints calls as strace does, a line a call. A line is begun at the entry and ended at the exit;
 * when another task's line comes between it is broken off (<unfinished ...>) and taken up again
 * (<... read resumed>). Text is put together in memory, so that its width is known.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "err.h"
#include "print.h"
#include "trace.h"

enum { NR_RESTART_SYSCALL = 0, NR_CLONE = 120 };

static const struct trace_options *options;
static FILE *text; /* writes to text_bytes */
static char *text_bytes;
static size_t text_size;
static size_t column; /* of the line under way; 0: none is */
static pid_t owner;   /* whose line it is */
static struct timespec last_stamp;

/* Lines */

/* Hands what was put together to the file. */
static void emit(void)
{
	fflush(text);
	fwrite(text_bytes, 1, text_size, options->out);
	column += text_size;
	rewind(text);
}

static void end_line(void)
{
	putc('\n', text);
	emit();
	column = 0;
	owner = 0;
}

/* Breaks off the line under way. */
static void break_line(void)
{
	struct task *task = task_find(owner);

	if (!column)
		return;
	if (task && task->call.line == LINE_OPEN)
		task->call.line = LINE_INTERRUPTED;
	fputs(" <unfinished ...>", text);
	end_line();
}

static void stamp(void)
{
	struct timespec now, delta;
	struct tm tm;
	char clock[16];

	if (options->stamp == STAMP_NONE && !options->show_relative)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	if (options->stamp == STAMP_EPOCH) {
		fprintf(text, "%jd.%06ld ", (intmax_t)now.tv_sec, now.tv_nsec / 1000);
	} else if (options->stamp != STAMP_NONE && localtime_r(&now.tv_sec, &tm)) {
		strftime(clock, sizeof(clock), "%T", &tm);
		fputs(clock, text);
		if (options->stamp == STAMP_MICROSECONDS)
			fprintf(text, ".%06ld", now.tv_nsec / 1000);
		putc(' ', text);
	}
	if (!options->show_relative)
		return;
	if (!last_stamp.tv_sec)
		last_stamp = now;
	delta.tv_sec = now.tv_sec - last_stamp.tv_sec;
	delta.tv_nsec = now.tv_nsec - last_stamp.tv_nsec;
	if (delta.tv_nsec < 0) {
		delta.tv_sec--;
		delta.tv_nsec += 1000000000;
	}
	last_stamp = now;
	fprintf(text, options->stamp == STAMP_NONE ? "%6jd.%06ld " : "(+%6jd.%06ld) ",
		(intmax_t)delta.tv_sec, delta.tv_nsec / 1000);
}

static void number_and_site(const struct call *call)
{
	if (options->show_number && call)
		fprintf(text, "[%4u] ", call->nr);
	else if (options->show_number)
		fputs("[   ?] ", text);
	if (!options->show_site)
		return;
	if (call)
		fprintf(text, "[%0*" PRIx64 "] ", call->abi == CALL_I386 ? 8 : 16,
			call->site.v ? call->site.v : call->ip.v);
	else
		fputs("[????????] ", text);
}

/* Begins a line for a task: breaks off another one's, puts everything that stands before a call. */
static void begin_line(pid_t tid, const struct call *call)
{
	break_line();
	owner = tid;
	if (options->to_file)
		fprintf(text, "%-5d ", tid);
	else if (task_count() > 1)
		fprintf(text, "[pid %5d] ", tid);
	stamp();
	number_and_site(call);
}

static void align(void)
{
	fflush(text);
	if (column + text_size < options->column)
		fprintf(text, "%*s", (int)(options->column - column - text_size), "");
}

static void say(pid_t tid, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line of its own. */
static void say(pid_t tid, const char *format, ...)
{
	va_list args;

	begin_line(tid, NULL);
	va_start(args, format);
	vfprintf(text, format, args);
	va_end(args);
	end_line();
}

/* Calls */

/* restart_syscall has no arguments: what it goes on with is told instead. */
static void put_interrupted(const struct call *call)
{
	const char *name = call->task->interrupted;

	if (call->abi != CALL_I386 || call->nr != NR_RESTART_SYSCALL)
		return;
	fprintf(text, "<... resuming interrupted %s ...>", name ? name : "system call");
}

/* clone's stack comes before its flags. */
static unsigned place(const struct call *call, unsigned i)
{
	if (i < 2 && call->form && call->form->nr == NR_CLONE && !call->form->sub)
		return 1 - i;
	return i;
}

static void put_name(const struct call *call)
{
	char name[32];

	fputs(call_name(call, name), text);
	if (call_subname(call) && call->args_known)
		fprintf(text, ":%s", call_subname(call));
}

/* Arguments up to the first that is not known before the exit. */
static void put_first_arguments(const struct call *call)
{
	for (unsigned n = 0, shown = 0; n < call->shown; n++) {
		unsigned i = place(call, n);
		bool pending = call->pending >> i & 1;

		if (!call->values[i] && !pending)
			continue;
		if (shown++)
			fputs(", ", text);
		if (call->values[i])
			print_value(text, call->values[i]);
		if (pending)
			return;
	}
}

/* The other half of an argument that was begun at the entry. */
static void put_change(const struct value *value)
{
	if (value->type != VALUE_CHANGE || !value->first->next)
		return;
	fputs(" => ", text);
	print_value(text, value->first->next);
}

/* half: bit n: argument n was begun at the entry. */
static void put_other_arguments(const struct call *call, unsigned half)
{
	bool late = false, comma = false;

	for (unsigned n = 0; n < call->shown; n++) {
		unsigned i = place(call, n);
		bool was_late = late;

		late |= call->pending >> i & 1;
		if (!late || !call->values[i])
			continue;
		if (!was_late && half) {
			put_change(call->values[i]);
			comma = true;
			continue;
		}
		if (comma)
			fputs(", ", text);
		print_value(text, call->values[i]);
		comma = true;
	}
}

static void put_all_arguments(const struct call *call)
{
	for (unsigned n = 0, shown = 0; n < call->shown; n++) {
		unsigned i = place(call, n);

		if (!call->values[i])
			continue;
		if (shown++)
			fputs(", ", text);
		print_value(text, call->values[i]);
	}
}

const char *trace_errno_name(int err)
{
	return abi_symbol(SET_errnos, err);
}

static const char *error_text(int err)
{
	switch (err) {
	case RESTART_SYS:
		return "To be restarted if SA_RESTART is set";
	case RESTART_NOINTR:
		return "To be restarted";
	case RESTART_NOHAND:
		return "To be restarted if no handler";
	case RESTART_BLOCK:
		return "Interrupted by signal";
	default:
		return strerrordesc_np(err);
	}
}

static void put_error(int err)
{
	bool restart = err == RESTART_SYS || err == RESTART_NOINTR || err == RESTART_NOHAND ||
		       err == RESTART_BLOCK;
	const char *name = trace_errno_name(err), *why = error_text(err);

	if (name)
		fprintf(text, "%s %s (%s)", restart ? "?" : "-1", name, why ? why : "?");
	else
		fprintf(text, "-1 (errno %d)", err);
}

static void put_result(struct call *call)
{
	fputs(") ", text);
	align();
	fputs("= ", text);
	if (call->failed)
		put_error(-call->result);
	else
		print_value(text, decode_result(call, &options->decode));
	if (call->result_note) {
		fputs(" (", text);
		print_value(text, call->result_note);
		putc(')', text);
	}
	if (options->show_duration)
		fprintf(text, " <%" PRIu64 ".%06" PRIu64 ">",
			(call->ended - call->began) / 1000000000,
			(call->ended - call->began) / 1000 % 1000000);
	end_line();
}

unsigned trace_status(const struct call *call)
{
	return call->failed ? STATUS_FAILED : STATUS_SUCCESSFUL;
}

/* Whole lines at the exit: whether a call is printed depends on its end. */
static bool staged(void)
{
	return options->status != STATUS_ALL;
}

/* Which arguments were printed though there is more to come of them. */
static unsigned begun(const struct call *call)
{
	unsigned half = 0;

	for (unsigned i = 0; i < call->shown; i++)
		if (call->values[i] && call->pending >> i & 1)
			half |= 1u << i;
	return half;
}

static void begin_call(const struct call *call)
{
	begin_line(call->task->tid, call);
	put_name(call);
	putc('(', text);
	put_interrupted(call);
}

static void enter(struct observer *o, struct call *call)
{
	(void)o;
	call->line = LINE_NONE;
	decode_in(call, &options->decode);
	if (!trace_path_matches(options, call))
		return;
	call->line = LINE_OPEN;
	if (staged())
		return;
	if (options->show_site)
		call_find_site(call);
	begin_call(call);
	put_first_arguments(call);
	emit();
}

static void resume_line(struct call *call)
{
	begin_line(call->task->tid, call);
	fputs("<... ", text);
	put_name(call);
	fputs(" resumed>", text);
}

static void leave(struct observer *o, struct call *call)
{
	unsigned half;

	(void)o;
	if (call->result == -RESTART_BLOCK)
		call->task->interrupted = call->name;
	if (call->line == LINE_NONE || !(options->status & trace_status(call)))
		return;
	half = begun(call);
	decode_out(call, &options->decode);
	if (staged()) {
		begin_call(call);
		put_all_arguments(call);
	} else {
		if (call->line == LINE_INTERRUPTED)
			resume_line(call);
		put_other_arguments(call, half);
	}
	put_result(call);
	call->line = LINE_NONE;
}

static void cut(struct observer *o, struct call *call)
{
	(void)o;
	if (call->line == LINE_NONE || !(options->status & STATUS_UNFINISHED))
		return;
	if (staged()) {
		begin_call(call);
		put_first_arguments(call);
	} else if (call->line == LINE_INTERRUPTED) {
		resume_line(call);
	}
	fputs(call->pending ? " <unfinished ...>) " : ") ", text);
	align();
	fputs("= ?", text);
	end_line();
	call->line = LINE_NONE;
}

/* Everything else */

static bool signal_shown(int sig)
{
	return sig >= 0 && sig < (int)(sizeof(options->signals)) && options->signals[sig];
}

static void show_signal(struct observer *o, struct task *task, int sig, const siginfo_t *info)
{
	struct arena arena = {0};

	(void)o;
	if (!signal_shown(sig))
		return;
	begin_line(task->tid, NULL);
	fputs("--- ", text);
	print_value(text, decode_signal(&arena, sig));
	putc(' ', text);
	print_value(text, decode_siginfo(&arena, info));
	fputs(" ---", text);
	end_line();
	arena_free(&arena);
}

static void group_stop(struct observer *o, struct task *task, int sig)
{
	struct arena arena = {0};

	(void)o;
	if (!signal_shown(sig))
		return;
	begin_line(task->tid, NULL);
	fputs("--- stopped by ", text);
	print_value(text, decode_signal(&arena, sig));
	fputs(" ---", text);
	end_line();
	arena_free(&arena);
}

static void born(struct observer *o, struct task *task, const struct task *parent)
{
	(void)o;
	if (!(parent ? options->announce : options->announce_attached))
		return;
	break_line();
	fflush(options->out);
	fprintf(stderr, "int80: Process %d attached\n", task->tid);
}

static void superseded(struct observer *o, struct task *task, pid_t former)
{
	(void)o;
	if (former == task->tid)
		return;
	say(task->tid, "+++ superseded by execve in pid %d +++", former);
}

static void gone(struct observer *o, struct task *task, int status)
{
	struct arena arena = {0};

	(void)o;
	if (!options->show_exits || (WIFSIGNALED(status) && !signal_shown(WTERMSIG(status))))
		return;
	if (WIFSIGNALED(status)) {
		const char *name = decode_signal_name(&arena, WTERMSIG(status));

		say(task->tid, "+++ killed by %s%s%s +++", name ? "SIG" : "signal ",
			name ? name : arena_printf(&arena, "%d", WTERMSIG(status)),
			WCOREDUMP(status) ? " (core dumped)" : "");
	} else {
		say(task->tid, "+++ exited with %d +++", WEXITSTATUS(status));
	}
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
	.exec = superseded,
	.gone = gone,
	.tick = tick,
};

struct observer *trace_text(const struct trace_options *options_)
{
	static struct observer observer = {.ops = &ops};

	options = options_;
	text = open_memstream(&text_bytes, &text_size);
	if (!text)
		die(EXIT_INT80, "out of memory");
	return &observer;
}
