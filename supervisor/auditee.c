/* SPDX-License-Identifier: MIT */
/* Processes and images: rows at birth, exec and end; directories through /proc. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "auditee.h"
#include "err.h"

static struct recording *target;
static struct auditee *newest;
static uint64_t start_ns;
static uint32_t nimages, nauditees;
static unsigned places_age;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec - start_ns;
}

void auditee_start(struct recording *recording, uint64_t began)
{
	target = recording;
	start_ns = began;
}

/* Directories */

void auditee_moved(void)
{
	places_age++;
}

static void forget_places(struct auditee *auditee)
{
	free(auditee->root);
	free(auditee->cwd);
	auditee->root = auditee->cwd = NULL;
	auditee->age = places_age;
}

/* NULL if there is no such link (any more). */
static char *read_link(pid_t pid, const char *name)
{
	char link[64], to[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/%s", pid, name);
	n = readlink(link, to, sizeof(to) - 1);
	if (n < 0)
		return NULL;
	to[n] = '\0';
	return xstrdup(to);
}

const char *auditee_root(struct auditee *auditee)
{
	if (auditee->age != places_age)
		forget_places(auditee);
	if (!auditee->root)
		auditee->root = read_link(auditee->pid, "root");
	if (!auditee->root)
		auditee->root = xstrdup("/");
	return auditee->root;
}

/* From our view of the tree to the program's. */
static const char *inside(struct auditee *auditee, const char *path)
{
	const char *root = auditee_root(auditee);
	size_t n = strlen(root);

	if (n < 2 || strncmp(path, root, n))
		return path;
	return path[n] == '/' ? path + n : path[n] ? path : "/";
}

static const char *cwd(struct auditee *auditee)
{
	if (auditee->age != places_age)
		forget_places(auditee);
	if (!auditee->cwd)
		auditee->cwd = read_link(auditee->pid, "cwd");
	return auditee->cwd ? inside(auditee, auditee->cwd) : "?";
}

/* Takes out "." and empty components; ".." stays, for what stands before it may be a link. */
static void tidy(char *path)
{
	char *to = path, *from = path;

	while (*from) {
		if (from[0] == '/' && from[1] == '/')
			from++;
		else if (from[0] == '/' && from[1] == '.' && (from[2] == '/' || !from[2]))
			from += 2;
		else
			*to++ = *from++;
	}
	if (to == path && *path)
		*to++ = '/';
	*to = '\0';
}

char *auditee_path(struct auditee *auditee, int dirfd, const char *path)
{
	char name[32], *base = NULL, *whole;

	if (*path == '/' || !*path) {
		whole = xstrdup(path);
	} else if (dirfd == AT_FDCWD) {
		whole = xasprintf("%s/%s", cwd(auditee), path);
	} else {
		snprintf(name, sizeof(name), "fd/%d", dirfd);
		base = read_link(auditee->pid, name);
		whole = xasprintf("%s/%s", base ? inside(auditee, base) : "?", path);
		free(base);
	}
	tidy(whole);
	return whole;
}

void auditee_unmapped(struct auditee *auditee, uint64_t start, uint64_t size)
{
	bool had = auditee->maps;

	maps_changed(&auditee->maps, start, size);
	if (had && !auditee->maps)
		auditee->maps_age++;
}

/* Images */

/* /proc/PID/cmdline with its zeros as blanks; arguments with blanks are quoted. */
static char *command_line(pid_t pid)
{
	char name[32], raw[2048], text[2 * sizeof(raw) + 8], *to = text;
	size_t n;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/cmdline", pid);
	f = fopen(name, "re");
	n = f ? fread(raw, 1, sizeof(raw) - 1, f) : 0;
	if (f)
		fclose(f);
	raw[n] = '\0';
	for (const char *word = raw; word < raw + n; word += strlen(word) + 1) {
		bool quote = !*word || strpbrk(word, " \t\n'\"\\$&;|<>()*?#`");
		const char *mark = quote ? "'" : "";

		if (to + strlen(word) + 4 > text + sizeof(text))
			break;
		to += sprintf(to, "%s%s%s%s", to == text ? "" : " ", mark, word, mark);
	}
	*to = '\0';
	return xstrdup(text);
}

static uint64_t personality_of(pid_t pid)
{
	char name[32];
	unsigned long value = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/personality", pid);
	f = fopen(name, "re");
	if (f && fscanf(f, "%lx", &value) != 1)
		value = 0;
	if (f)
		fclose(f);
	return value;
}

/* A set-uid program whose bit did not count: traced programs and no_new_privs gain nothing. */
static bool setid_ignored(pid_t pid, const struct module *module)
{
	char name[32], line[256];
	unsigned uid = module->uid, gid = module->gid;
	FILE *f;

	if (!(module->mode & (S_ISUID | S_ISGID)))
		return false;
	snprintf(name, sizeof(name), "/proc/%d/status", pid);
	f = fopen(name, "re");
	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "Uid: %*u %u", &uid);
		sscanf(line, "Gid: %*u %u", &gid);
	}
	if (f)
		fclose(f);
	return (module->mode & S_ISUID && uid != module->uid) ||
	       (module->mode & S_ISGID && module->mode & S_IXGRP && gid != module->gid);
}

uint32_t auditee_images(void)
{
	return nimages;
}

struct audit_image *audit_image_hold(struct audit_image *image)
{
	if (image)
		image->users++;
	return image;
}

void audit_image_drop(struct audit_image *image)
{
	if (!image || --image->users)
		return;
	tally_close(&image->tallies);
	free(image);
}

static void set_image(struct auditee *auditee, struct audit_image *image)
{
	audit_image_drop(auditee->image);
	image->users = 1;
	image->tallies.image = ++nimages;
	auditee->image = image;
}

static void record_image(
	struct auditee *auditee, const char *began, const char *command, bool ignored)
{
	const struct audit_image *image = auditee->image;

	recording_run(target, REC_IMAGE, "iiisisiii", (int64_t)image->tallies.image,
		(int64_t)auditee->id, (int64_t)image->program, began, (int64_t)now(), command,
		(int64_t)image->is64, (int64_t)personality_of(auditee->pid), (int64_t)ignored);
}

/* From what /proc says the process executes. */
static void new_image(struct auditee *auditee, const char *began)
{
	struct audit_image *image = xcalloc(1, sizeof(*image));
	struct module module;
	char link[32], *command = command_line(auditee->pid);

	snprintf(link, sizeof(link), "/proc/%d/exe", auditee->pid);
	module = module_of_link(link, auditee_root(auditee));
	image->program = module.id;
	image->is64 = module.is64;
	set_image(auditee, image);
	record_image(auditee, began, command, setid_ignored(auditee->pid, &module));
	free(command);
}

static void copy_image(struct auditee *child, const struct auditee *parent)
{
	struct audit_image *image = xcalloc(1, sizeof(*image));

	*image = (struct audit_image){
		.program = parent->image->program, .is64 = parent->image->is64};
	set_image(child, image);
	record_image(child, "fork", NULL, false);
}

void auditee_exec(struct auditee *auditee)
{
	auditee->launched = false;
	maps_drop(&auditee->maps);
	forget_places(auditee);
	new_image(auditee, "exec");
}

/* Processes */

static struct auditee *make(struct process *process)
{
	struct auditee *auditee = xcalloc(1, sizeof(*auditee));

	auditee->id = ++nauditees;
	auditee->pid = process->pid;
	auditee->status = -1;
	auditee->age = places_age;
	auditee->next = newest;
	if (newest)
		newest->previous = auditee;
	newest = auditee;
	process->audit = auditee;
	return auditee;
}

struct auditee *auditee_of(struct process *process, const struct process *creator)
{
	struct auditee *auditee = process->audit, *parent = creator ? creator->audit : NULL;

	if (auditee)
		return auditee;
	auditee = make(process);
	recording_run(target, REC_PROCESS, "iiii", (int64_t)auditee->id, (int64_t)auditee->pid,
		(int64_t)(parent ? parent->id : 0), (int64_t)now());
	if (parent && parent->image) {
		auditee->maps = maps_share(parent->maps);
		copy_image(auditee, parent);
	} else if (process->parent == getpid()) {
		auditee->launched = true;
	} else {
		new_image(auditee, "attach");
	}
	return auditee;
}

void auditee_thread(struct auditee *auditee, pid_t tid)
{
	auditee->threads++;
	recording_run(
		target, REC_THREAD, "iii", (int64_t)auditee->id, (int64_t)tid, (int64_t)now());
}

void auditee_thread_gone(struct auditee *auditee, pid_t tid)
{
	recording_run(
		target, REC_THREAD_END, "iii", (int64_t)auditee->id, (int64_t)tid, (int64_t)now());
}

static void record_end(const struct auditee *auditee, const char *how)
{
	int status = auditee->status, code = -1;
	char signal[16] = "";

	if (status >= 0 && WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));

		how = "signal";
		if (name)
			snprintf(signal, sizeof(signal), "SIG%s", name);
		else
			snprintf(signal, sizeof(signal), "%d", WTERMSIG(status));
	} else if (status >= 0) {
		code = WEXITSTATUS(status);
	}
	recording_run(target, REC_PROCESS_END, "iiisis", (int64_t)auditee->id, (int64_t)now(),
		(int64_t)code, *signal ? signal : NULL, (int64_t)auditee->threads, how);
}

void auditee_gone(struct auditee *auditee, const char *how)
{
	record_end(auditee, how);
	audit_image_drop(auditee->image);
	maps_drop(&auditee->maps);
	free(auditee->root);
	free(auditee->cwd);
	if (auditee->previous)
		auditee->previous->next = auditee->next;
	else
		newest = auditee->next;
	if (auditee->next)
		auditee->next->previous = auditee->previous;
	free(auditee);
}

void auditee_all_gone(void)
{
	while (newest)
		auditee_gone(newest, "detached");
}
