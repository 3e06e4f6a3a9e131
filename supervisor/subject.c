/* SPDX-License-Identifier: MIT */
/* What is taken from the arguments of each call that subjects.def names. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <time.h>

#include "decode.h"
#include "err.h"
#include "example.h"
#include "print.h"
#include "subject.h"
#include "subject_peer.h"

#define I386_O_LARGEFILE 0100000u
#define MMAP_OLD	 90 /* its arguments stand in a block in memory */

struct path_use {
	int8_t arg;   /* index of the path among the arguments */
	int8_t dirfd; /* index of the directory it starts from, or CWD */
	int8_t flags; /* index of open's flags, or PLAIN */
	uint32_t verbs;
};

enum { CWD = -1, PLAIN = -1 };

struct subject {
	const char *name;
	struct path_use paths[2]; /* verbs 0: none, but for open's */
	void (*enter)(struct note *, struct call *);
	void (*leave)(struct note *, struct call *);
	int8_t arg; /* for the functions: the argument that matters */
};

static const char *const verb_names[VERB_COUNT] = {
	[VERB_READ] = "read",
	[VERB_WRITE] = "write",
	[VERB_CREATE] = "create",
	[VERB_LIST] = "list",
	[VERB_EXEC] = "exec",
	[VERB_STAT] = "stat",
	[VERB_ATTRIBUTES] = "attributes",
	[VERB_DELETE] = "delete",
	[VERB_RENAME] = "rename",
	[VERB_LINK] = "link",
	[VERB_MKDIR] = "mkdir",
	[VERB_CHDIR] = "chdir",
	[VERB_MOUNT] = "mount",
	[VERB_OTHER] = "other",
};

/* Counting */

uint64_t note_site(const struct note *note, const struct call *call)
{
	return call->site.v ^ (uint64_t)note->auditee->maps_age << 48;
}

void note_place(struct note *note, const struct call *call, struct tally *tally)
{
	if (tally->placed)
		return;
	tally->placed = true;
	module_of_site(&note->auditee->maps, note->auditee->pid, auditee_root(note->auditee),
		call->site.v, &tally->binary, &tally->offset);
}

static void count_fact(struct note *note, struct call *call, const char *fact)
{
	static const struct decode_options options = {.string_limit = 64};
	struct tally *tally = tally_get(
		&note->image->tallies, TALLY_FACT, note->kind->id, note_site(note, call), fact);

	if (!tally->label) {
		char *text = example_text(call, &options);

		tally_label(tally, text);
		free(text);
	}
	tally->n[0]++;
	note_place(note, call, tally);
}

/* Which counter of a file's tally the result raises. */
static int outcome(const struct call *call)
{
	if (!call->failed)
		return 0;
	switch (-call->result) {
	case ENOENT:
	case ENOTDIR:
		return 1;
	case EACCES:
	case EPERM:
	case EROFS:
		return 2;
	default:
		return 3;
	}
}

/* Paths */

static uint32_t open_verbs(uint32_t flags)
{
	uint32_t verbs = 0;

	if (flags & O_PATH)
		return 1u << VERB_STAT;
	if ((flags & O_TMPFILE) == O_TMPFILE)
		return 1u << VERB_CREATE | 1u << VERB_WRITE;
	if (flags & O_DIRECTORY)
		return 1u << VERB_LIST;
	if ((flags & O_ACCMODE) == O_RDONLY || (flags & O_ACCMODE) == O_RDWR)
		verbs |= 1u << VERB_READ;
	if ((flags & O_ACCMODE) == O_WRONLY || (flags & O_ACCMODE) == O_RDWR || flags & O_TRUNC)
		verbs |= 1u << VERB_WRITE;
	if (flags & O_CREAT)
		verbs |= 1u << VERB_CREATE;
	return verbs ?: 1u << VERB_OTHER;
}

/* openat2's flags are the first word of its struct open_how. */
static uint32_t flags_of(const struct call *call, int index)
{
	uint64_t how = 0;

	if (strcmp(call->form ? call->form->name : call->name, "openat2"))
		return call->args[index];
	mem_read(call->task->tid, addr(call->args[index]), &how, sizeof(how));
	return how;
}

static void note_path(struct note *note, struct call *call, unsigned i, const struct path_use *use)
{
	int dirfd = use->dirfd == CWD ? AT_FDCWD : (int)call->args[use->dirfd];
	char path[PATH_MAX];
	bool cut;

	if (mem_read_string(call->task->tid, addr(call->args[use->arg]), path, sizeof(path), &cut) <
		0)
		return;
	if (!*path && use->dirfd != CWD)
		return; /* AT_EMPTY_PATH: it is about the descriptor */
	note->files[i].verbs =
		use->flags == PLAIN ? use->verbs : open_verbs(flags_of(call, use->flags));
	note->files[i].path = auditee_path(note->auditee, dirfd, path);
}

static void count_file(struct note *note, const struct call *call, unsigned i)
{
	for (unsigned verb = 0; verb < VERB_COUNT; verb++) {
		struct tally *tally;

		if (!(note->files[i].verbs >> verb & 1))
			continue;
		tally = tally_get(&note->image->tallies, TALLY_FILE, verb, 0, note->files[i].path);
		if (!tally->label)
			tally_label(tally, verb_names[verb]);
		tally->n[outcome(call)]++;
	}
}

/* Files there come with the system and stay small. */
static bool of_the_system(const char *path)
{
	static const char *const tops[] = {
		"/bin/", "/dev/", "/etc/", "/lib", "/proc/", "/run/", "/sbin/", "/sys/", "/usr/"};

	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
		if (!strncmp(path, tops[i], strlen(tops[i])))
			return true;
	return false;
}

/* O_PATH and directories do not care; a regular file beyond 2 GiB gives EOVERFLOW. */
static void leave_open(struct note *note, struct call *call)
{
	uint32_t flags = flags_of(call, note->kind->subject->arg);
	bool reads = (flags & O_ACCMODE) == O_RDONLY;

	if (call->abi != CALL_I386 || flags & (I386_O_LARGEFILE | O_PATH | O_DIRECTORY))
		return;
	if (call->failed ? call->result != -EOVERFLOW
			 : reads && note->files[0].path && of_the_system(note->files[0].path))
		return;
	count_fact(note, call, "open-without-largefile");
}

static void leave_moved(struct note *note, struct call *call)
{
	(void)note;
	if (!call->failed)
		auditee_moved();
}

/* Memory */

static void count_library(struct note *note, int fd)
{
	struct module module;
	char link[48];

	snprintf(link, sizeof(link), "/proc/%d/fd/%d", note->auditee->pid, fd);
	module = module_of_link(link, auditee_root(note->auditee));
	if (module.id)
		tally_get(&note->image->tallies, TALLY_LIBRARY, module.id, 0, NULL)->n[0]++;
}

static void leave_mmap(struct note *note, struct call *call)
{
	uint32_t block[6];
	uint64_t size = call->args[1], prot = call->args[2], flags = call->args[3];
	int fd = call->args[4];

	if (call->failed)
		return;
	if (call->abi == CALL_I386 && call->nr == MMAP_OLD) {
		if (mem_read(call->task->tid, addr(call->args[0]), block, sizeof(block)))
			return;
		size = block[1], prot = block[2], flags = block[3], fd = block[4];
	}
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		auditee_unmapped(note->auditee, call->result, size);
	if (!(prot & PROT_EXEC))
		return;
	if (prot & PROT_WRITE)
		count_fact(note, call, "map-writable-executable");
	if (!(flags & MAP_ANONYMOUS))
		count_library(note, fd);
}

static void leave_munmap(struct note *note, struct call *call)
{
	if (!call->failed)
		auditee_unmapped(note->auditee, call->args[0], call->args[1]);
}

static void leave_mprotect(struct note *note, struct call *call)
{
	uint64_t prot = call->args[2];

	if (call->failed || !(prot & PROT_EXEC))
		return;
	if (prot & PROT_GROWSDOWN)
		count_fact(note, call, "stack-made-executable");
	else if (prot & PROT_WRITE)
		count_fact(note, call, "map-writable-executable");
}

static void leave_personality(struct note *note, struct call *call)
{
	uint32_t persona = call->args[0];

	if (!call->failed && persona != UINT32_MAX && persona & READ_IMPLIES_EXEC)
		count_fact(note, call, "personality-read-implies-exec");
}

/* Times of day in 32 bits, where only arguments tell them from durations */

static bool real_time(uint32_t clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ||
	       clock == CLOCK_REALTIME_ALARM || clock == CLOCK_TAI;
}

static void count_calendar(struct note *note, struct call *call, bool is)
{
	if (is && call->abi == CALL_I386 && !call->failed)
		count_fact(note, call, "calendar-time-32");
}

static void leave_clock(struct note *note, struct call *call)
{
	count_calendar(note, call, real_time(call->args[0]));
}

static void leave_clock_sleep(struct note *note, struct call *call)
{
	count_calendar(note, call, real_time(call->args[0]) && call->args[1] & TIMER_ABSTIME);
}

static void leave_timer(struct note *note, struct call *call)
{
	count_calendar(note, call, call->args[1] & TIMER_ABSTIME);
}

static void leave_futex(struct note *note, struct call *call)
{
	uint32_t op = call->args[1] & FUTEX_CMD_MASK;
	bool by_clock = call->args[1] & FUTEX_CLOCK_REALTIME &&
			(op == FUTEX_WAIT_BITSET || op == FUTEX_WAIT_REQUEUE_PI);

	count_calendar(note, call, call->args[3] && (by_clock || op == FUTEX_LOCK_PI));
}

/* ioctl and signals */

static char *request_name(struct call *call)
{
	struct decode_options options = {.string_limit = 32};
	char *text = NULL;
	size_t n;
	FILE *f;

	if (!call->decoded_in)
		decode_in(call, &options);
	if (!call->values[1])
		return xasprintf("%#x", (unsigned)call->args[1]);
	f = open_memstream(&text, &n);
	if (!f)
		return xstrdup("?");
	print_value(f, call->values[1]);
	fclose(f);
	return text;
}

static void leave_ioctl(struct note *note, struct call *call)
{
	struct tally *tally =
		tally_get(&note->image->tallies, TALLY_IOCTL, (uint32_t)call->args[1], 0, NULL);

	if (!tally->label) {
		char *name = request_name(call);

		tally_label(tally, name);
		free(name);
	}
	tally->n[0]++;
	tally->n[1] += call->failed;
}

static void label_signal(struct tally *tally, unsigned sig)
{
	struct arena arena = {0};
	const char *name = sig ? decode_signal_name(&arena, sig) : NULL;

	if (name && isalpha(*name))
		tally_label(tally, arena_printf(&arena, "SIG%s", name));
	else
		tally_label(tally, arena_printf(&arena, "%u", sig));
	arena_free(&arena);
}

static void count_signal(
	struct audit_image *image, const char *direction, unsigned sig, bool failed)
{
	struct tally *tally = tally_get(&image->tallies, TALLY_SIGNAL, sig, 0, direction);

	if (!tally->label)
		label_signal(tally, sig);
	tally->n[0]++;
	tally->n[1] += failed;
}

static void leave_kill(struct note *note, struct call *call)
{
	count_signal(note->image, "sent", call->args[note->kind->subject->arg], call->failed);
}

void subject_signal(struct audit_image *image, unsigned sig)
{
	count_signal(image, "received", sig, false);
}

/* The table */

/* clang-format off */
#define VERB(verb) (1u << VERB_##verb)
#define AT(arg, verb)     {arg, CWD, PLAIN, VERB(verb)}
#define AT_DIR(arg, verb) {arg, (arg) - 1, PLAIN, VERB(verb)}

static const struct subject subjects[] = {
#define PATH(name, arg, verb)             {#name, {AT(arg, verb)}, NULL, NULL, 0},
#define PATH_AT(name, arg, verb)          {#name, {AT_DIR(arg, verb)}, NULL, NULL, 0},
#define PATHS(name, a, verb_a, b, verb_b) {#name, {AT(a, verb_a), AT(b, verb_b)}, NULL, NULL, 0},
#define PATHS_AT(name, a, verb_a, b, verb_b) \
	{#name, {AT_DIR(a, verb_a), AT_DIR(b, verb_b)}, NULL, NULL, 0},
#define PATH_HOOK(name, arg, verb, leave) {#name, {AT(arg, verb)}, NULL, leave_##leave, 0},
#define OPEN(name, arg, dirfd, flags) \
	{#name, {{arg, dirfd, flags, VERB(OTHER)}}, NULL, leave_open, flags},
#define OPEN_ONLY(name, arg, dirfd, flags) {#name, {{arg, dirfd, flags, VERB(OTHER)}}, NULL, NULL, 0},
#define HOOK(name, leave, arg)            {#name, {{0}}, NULL, leave_##leave, arg},
#define PEER(name, what)                  {#name, {{0}}, peer_##what, peer_done, 0},
#define PEER_BACK(name, what)             {#name, {{0}}, NULL, peer_##what, 0},
#include "subjects.def"
};
/* clang-format on */

const struct subject *subject_of(const struct call *call)
{
	const char *name = call->form && call->form->sub ? call->form->name : call->name;

	for (size_t i = 0; name && i < sizeof(subjects) / sizeof(subjects[0]); i++)
		if (!strcmp(subjects[i].name, name))
			return &subjects[i];
	return NULL;
}

void subject_enter(struct note *note, struct call *call)
{
	const struct subject *subject = note->kind->subject;

	if (!subject || !call->args_known)
		return;
	for (unsigned i = 0; i < 2; i++)
		if (subject->paths[i].verbs)
			note_path(note, call, i, &subject->paths[i]);
	if (subject->enter)
		subject->enter(note, call);
}

void subject_leave(struct note *note, struct call *call)
{
	const struct subject *subject = note->kind->subject;

	if (!subject || !call->args_known)
		return;
	for (unsigned i = 0; i < 2; i++)
		if (note->files[i].path)
			count_file(note, call, i);
	if (subject->leave)
		subject->leave(note, call);
}

void subject_clear(struct note *note)
{
	free(note->files[0].path);
	free(note->files[1].path);
	free(note->peer);
}
