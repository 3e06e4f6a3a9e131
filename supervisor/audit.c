/* SPDX-License-Identifier: MIT */
/* From the loop's events to counters and rows. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "auditee.h"
#include "call_kind.h"
#include "cmd.h"
#include "err.h"
#include "example.h"
#include "print.h"
#include "report.h"
#include "site.h"
#include "subject.h"

static struct recording *target;
static bool events, said_failure;
static uint64_t began;
/* Of calls that cannot fail the result is looked at once, for the example. */
static bool had_result[512];

static const struct decode_options decode_options = {.string_limit = 64};

bool audit_started(void)
{
	return auditee_images();
}

/* Rows of single calls */

static void record_example(struct note *note, struct call *call, int err)
{
	struct tally place = {0};
	char *text, buf[24];

	if (!example_wanted(note->image->program, note->kind->id, err))
		return;
	example_taken(note->image->program, note->kind->id, err);
	note_place(note, call, &place);
	text = example_text(call, &decode_options);
	recording_run(target, REC_EXAMPLE, "iissiiii", (int64_t)note->image->program,
		(int64_t)note->kind->id, err ? example_errno(-err, buf) : "", text,
		(int64_t)note->auditee->id, (int64_t)(call->began - began), (int64_t)place.binary,
		place.offset);
	free(text);
}

static void record_event(struct note *note, struct call *call)
{
	struct tally place = {0};
	char *args, buf[24];

	note_place(note, call, &place);
	args = example_args(call, &decode_options);
	recording_run(target, REC_EVENT, call->ended ? "isiiisiisii" : "isiiisiisnn",
		(int64_t)(call->began - began), "call", (int64_t)call->task->tid,
		(int64_t)note->image->tallies.image, (int64_t)note->kind->id, args,
		(int64_t)place.binary, place.offset,
		call->ended && call->failed ? example_errno(call->result, buf) : NULL, call->result,
		call->ended - call->began);
	free(args);
}

static void record_incident(
	const struct task *task, const struct auditee *auditee, const char *kind, const char *text)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	recording_run(target, REC_EVENT, "isiinsnnnnn",
		(int64_t)(t.tv_sec * 1000000000ll + t.tv_nsec - began), kind, (int64_t)task->tid,
		(int64_t)(auditee->image ? auditee->image->tallies.image : 0), text);
}

/* Calls */

static bool exit_matters(const struct call *call)
{
	uint64_t groups = call->entry ? call->entry->groups : 0;

	if (groups >> GB_NORETURN & 1)
		return false;
	if (events || !(groups >> GB_NOFAIL & 1))
		return true;
	return call->nr >= sizeof(had_result) / sizeof(had_result[0]) || !had_result[call->nr];
}

static bool on_wants_exit(struct observer *observer, const struct call *call)
{
	(void)observer;
	return exit_matters(call);
}

static void count_call(struct note *note, const struct call *call)
{
	struct tally_list *tallies = &note->image->tallies;
	struct tally *site;

	tally_get(tallies, TALLY_CALL, note->kind->id, 0, NULL)->n[0]++;
	site = tally_get(tallies, TALLY_SITE, note->kind->id, note_site(note, call), NULL);
	site->n[0]++;
	note_place(note, call, site);
}

static void count_result(struct note *note, const struct call *call)
{
	struct tally *tally = tally_get(&note->image->tallies, TALLY_CALL, note->kind->id, 0, NULL);
	uint64_t took = call->ended - call->began;
	char buf[24];

	tally->n[1]++;
	tally->n[2] += call->failed;
	tally->n[3] += took;
	if (tally->n[4] < took)
		tally->n[4] = took;
	if (!call->failed)
		return;
	tally = tally_get(&note->image->tallies, TALLY_ERROR, note->kind->id, -call->result, NULL);
	if (!tally->label)
		tally_label(tally, example_errno(call->result, buf));
	tally->n[0]++;
}

static void finish_note(struct note *note)
{
	subject_clear(note);
	audit_image_drop(note->image);
	free(note);
}

/* The call goes where nobody looks again: it will not return, or cannot fail. */
static void leave_unseen(struct note *note, struct call *call)
{
	record_example(note, call, 0);
	if (events)
		record_event(note, call);
	finish_note(note);
}

static void on_enter(struct observer *observer, struct call *call)
{
	struct auditee *auditee = auditee_of(call->task->process, NULL);
	struct note *note;

	(void)observer;
	if (!auditee->image)
		return; /* the supervisor's own child, which is about to execute the program */
	note = xcalloc(1, sizeof(*note));
	site_find(call, auditee->image->tallies.image);
	note->auditee = auditee;
	note->image = audit_image_hold(auditee->image);
	note->kind = call_kind_of(call);
	count_call(note, call);
	subject_enter(note, call);
	if (events || example_wanted(note->image->program, note->kind->id, 0))
		decode_in(call, &decode_options);
	if (exit_matters(call))
		call->task->audit = note;
	else
		leave_unseen(note, call);
}

static void on_leave(struct observer *observer, struct call *call)
{
	struct note *note = call->task->audit;

	(void)observer;
	call->task->audit = NULL;
	if (!note)
		return;
	count_result(note, call);
	subject_leave(note, call);
	record_example(note, call, call->failed ? (int)-call->result : 0);
	if (events)
		record_event(note, call);
	if (note->kind->never_fails && call->nr < sizeof(had_result) / sizeof(had_result[0]))
		had_result[call->nr] = true;
	finish_note(note);
}

static void on_cut(struct observer *observer, struct call *call)
{
	struct note *note = call->task->audit;

	(void)observer;
	call->task->audit = NULL;
	if (!note)
		return;
	tally_get(&note->image->tallies, TALLY_CALL, note->kind->id, 0, NULL)->n[5]++;
	if (events)
		record_event(note, call);
	finish_note(note);
}

/* Tasks */

static void on_signal(struct observer *observer, struct task *task, int sig, const siginfo_t *info)
{
	struct auditee *auditee = auditee_of(task->process, NULL);
	struct arena arena = {0};
	char *text = NULL;
	size_t n;
	FILE *f;

	(void)observer;
	if (auditee->image)
		subject_signal(auditee->image, sig);
	if (!events)
		return;
	f = open_memstream(&text, &n);
	if (!f)
		return;
	fprintf(f, "SIG%s ", decode_signal_name(&arena, sig));
	print_value(f, decode_siginfo(&arena, info));
	fclose(f);
	record_incident(task, auditee, "signal", text);
	arena_free(&arena);
	free(text);
}

static void on_born(struct observer *observer, struct task *task, const struct task *parent)
{
	(void)observer;
	auditee_thread(auditee_of(task->process, parent ? parent->process : NULL), task->tid);
}

static void on_exec(struct observer *observer, struct task *task, pid_t former)
{
	struct auditee *auditee = auditee_of(task->process, NULL);

	(void)observer;
	if (former != task->tid)
		auditee_thread_gone(auditee, former);
	auditee_exec(auditee);
}

static void on_gone(struct observer *observer, struct task *task, int status)
{
	struct auditee *auditee = task->process->audit;
	char text[64];

	(void)observer;
	if (!auditee)
		return; /* killed before anybody told of its birth */
	auditee_thread_gone(auditee, task->tid);
	if (task->tid == task->process->pid)
		auditee->status = status;
	if (task->process->ntasks > 1)
		return;
	if (events) {
		if (WIFSIGNALED(status))
			snprintf(text, sizeof(text), "killed by SIG%s",
				sigabbrev_np(WTERMSIG(status)) ?: "?");
		else
			snprintf(text, sizeof(text), "exited with %d", WEXITSTATUS(status));
		record_incident(task, auditee, "exit", text);
	}
	auditee_gone(auditee, "exit");
	task->process->audit = NULL;
}

static void say_failure(void)
{
	if (said_failure || !recording_error(target))
		return;
	said_failure = true;
	warn("the recording ends here: %s; the program goes on", recording_error(target));
}

static void record_duration(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	recording_run(target, REC_META, "si", "duration_ns",
		(int64_t)(t.tv_sec * 1000000000ll + t.tv_nsec - began));
}

static void on_tick(struct observer *observer)
{
	static unsigned ticks;

	(void)observer;
	record_duration();
	tally_flush();
	recording_commit(target);
	if (++ticks % 16 == 0)
		recording_checkpoint(target);
	say_failure();
}

static const struct observer_ops ops = {
	.wants_exit = on_wants_exit,
	.enter = on_enter,
	.leave = on_leave,
	.cut = on_cut,
	.signal = on_signal,
	.born = on_born,
	.exec = on_exec,
	.gone = on_gone,
	.tick = on_tick,
};

/* The header */

static void meta(const char *key, const char *value)
{
	recording_run(target, REC_META, "ss", key, value);
}

static void meta_number(const char *key, int64_t value)
{
	recording_run(target, REC_META, "si", key, value);
}

static void record_time(const char *key)
{
	struct timespec t;
	struct tm tm;
	char text[40];
	size_t n;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, sizeof(text) - n, ".%03ldZ", t.tv_nsec / 1000000);
	meta(key, text);
}

static void record_argv(char **argv)
{
	json_t *list = json_array();
	char *text;

	for (; argv && *argv; argv++)
		json_array_append_new(list, report_text_value(*argv, strlen(*argv)));
	text = json_dumps(list, JSON_COMPACT);
	meta("argv", text);
	free(text);
	json_decref(list);
}

static void record_attached(const pid_t *pids, unsigned n)
{
	char text[1024] = "";
	size_t at = 0;

	for (unsigned i = 0; i < n && at + 16 < sizeof(text); i++)
		at += snprintf(text + at, sizeof(text) - at, "%s%d", i ? "," : "", pids[i]);
	meta("attached", text);
}

static void record_header(const struct audit_options *options)
{
	char *cwd = getcwd(NULL, 0);
	struct utsname name;

	uname(&name);
	meta("version", INT80_VERSION);
	meta("layer", "kernel");
	meta("kernel", name.release);
	meta("machine", name.machine);
	meta("cwd", cwd ? cwd : "?");
	meta_number("events", options->events);
	meta_number("launcher", options->launcher);
	meta_number("supervisor", getpid());
	if (options->selected)
		meta("selected", options->selected);
	if (options->argv)
		record_argv(options->argv);
	if (options->nattached)
		record_attached(options->attached, options->nattached);
	record_time("started");
	free(cwd);
}

struct observer *audit_start(struct recording *recording, const struct audit_options *options)
{
	static struct observer observer = {.ops = &ops};
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	began = t.tv_sec * 1000000000ull + t.tv_nsec;
	target = recording;
	events = options->events;
	tally_start(recording);
	module_start(recording);
	call_kind_start(recording);
	auditee_start(recording, began);
	record_header(options);
	recording_commit(recording);
	recording_checkpoint(recording);
	return &observer;
}

void audit_finish(int status)
{
	record_duration();
	auditee_all_gone();
	tally_flush();
	if (status < 0x100)
		meta_number("exit_code", status);
	else
		meta_number("exit_signal", status - 0x100);
	record_time("ended");
	recording_commit(target);
	say_failure();
}
