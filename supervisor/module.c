/* SPDX-License-Identifier: MIT */
/* Files of code by identity, looked at once each; executable ranges from /proc/PID/maps. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary.h"
#include "err.h"
#include "module.h"

enum { BUCKETS = 1024, FILES_MAX = 8192 };

struct known {
	struct known *next;
	struct module module;
	uint64_t dev, ino;
	int64_t mtime_ns;
	char *path, *root;
};

struct range {
	uint64_t start, end, offset;
	uint32_t binary;
};

struct maps {
	unsigned users, n, room;
	struct range *ranges; /* in order of address */
};

static struct known *table[BUCKETS];
static unsigned nknown;
static struct recording *target;

void module_start(struct recording *recording)
{
	target = recording;
}

/* Files */

/* The table is a cache: the recording itself knows which files it has. */
static void forget_all(void)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (table[i]) {
			struct known *known = table[i];

			table[i] = known->next;
			free(known->path);
			free(known->root);
			free(known);
		}
	}
	nknown = 0;
}

static struct known *find(uint64_t ino, const char *path, const char *root)
{
	for (struct known *k = table[ino % BUCKETS]; k; k = k->next)
		if (k->ino == ino && !strcmp(k->path, path) && !strcmp(k->root, root))
			return k;
	return NULL;
}

static const char *stack_name(const struct binary *binary)
{
	static const char *const names[] = {
		[STACK_MISSING] = "missing",
		[STACK_NOT_EXEC] = "not executable",
		[STACK_EXECUTABLE] = "executable",
	};

	return binary->is_elf ? names[binary->stack] : NULL;
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

static int64_t ns(struct timespec t)
{
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* openable: a name under which the file can be opened; "" if it is none. */
static void record(struct known *known, const struct stat *st, const char *openable)
{
	struct binary binary = {.linkage = ""};
	int fd = *openable ? open(openable, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;

	if (fd >= 0) {
		binary_inspect(fd, &binary);
		close(fd);
	}
	known->module.is64 = binary.is64;
	recording_run(target, REC_BINARY, "ssiiiiiiiissssis", known->path, known->root, known->dev,
		known->ino, known->mtime_ns, (int64_t)st->st_size, (int64_t)st->st_mode,
		(int64_t)st->st_uid, (int64_t)(binary.is_elf ? binary.is64 ? 64 : 32 : 0),
		(int64_t)binary.machine, or_null(binary.linkage), or_null(binary.interp),
		or_null(binary.build_id), stack_name(&binary), (int64_t)binary.textrel,
		or_null(binary.time32));
	known->module.id = recording_run(target, REC_BINARY_ID, "ssiii", known->path, known->root,
		known->dev, known->ino, known->mtime_ns);
}

static struct known *add(
	const struct stat *st, const char *path, const char *root, const char *openable)
{
	struct known *known = xcalloc(1, sizeof(*known));

	if (nknown++ > FILES_MAX)
		forget_all();
	known->dev = st->st_dev;
	known->ino = st->st_ino;
	known->mtime_ns = ns(st->st_mtim);
	known->module.mode = st->st_mode;
	known->module.uid = st->st_uid;
	known->module.gid = st->st_gid;
	known->path = xstrdup(path);
	known->root = xstrdup(root);
	known->next = table[known->ino % BUCKETS];
	table[known->ino % BUCKETS] = known;
	record(known, st, openable);
	return known;
}

/* The path as the process sees it. */
static const char *inside(const char *path, const char *root)
{
	size_t n = strlen(root);

	return n > 1 && !strncmp(path, root, n) && path[n] == '/' ? path + n : path;
}

struct module module_of_link(const char *link, const char *root)
{
	struct known *known;
	char path[PATH_MAX];
	const char *shown;
	struct stat st;
	ssize_t n;

	if (stat(link, &st) || !S_ISREG(st.st_mode))
		return (struct module){0};
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return (struct module){0};
	path[n] = '\0';
	shown = inside(path, root);
	known = find(st.st_ino, shown, root);
	if (known && (known->mtime_ns != ns(st.st_mtim) || known->dev != st.st_dev)) {
		/* another file by that name, or the same one rewritten */
		known->mtime_ns = ns(st.st_mtim);
		known->dev = st.st_dev;
		record(known, &st, link);
	}
	if (!known)
		known = add(&st, shown, root, link);
	return known->module;
}

/* A line of maps: there is no link to it without privileges, only its name. */
static struct known *of_mapping(pid_t pid, const char *path, uint64_t ino, const char *root)
{
	char openable[PATH_MAX + 32] = "";
	const char *shown = inside(path, root);
	struct known *known = find(ino, shown, root);
	struct stat st;

	if (known)
		return known;
	if (ino) {
		snprintf(openable, sizeof(openable), "/proc/%d/root%s", pid, shown);
		if (stat(openable, &st) || st.st_ino != ino || !S_ISREG(st.st_mode))
			*openable = '\0';
	}
	if (!*openable)
		st = (struct stat){.st_ino = ino};
	return add(&st, shown, root, openable);
}

/* Ranges */

struct maps *maps_share(struct maps *maps)
{
	if (maps)
		maps->users++;
	return maps;
}

void maps_drop(struct maps **maps)
{
	if (*maps && !--(*maps)->users) {
		free((*maps)->ranges);
		free(*maps);
	}
	*maps = NULL;
}

/* "start-end perms offset major:minor inode   path\n" */
static bool parse_line(char *line, struct range *range, uint64_t *ino, const char **path)
{
	char *at, *perms;

	range->start = strtoull(line, &at, 16);
	if (*at != '-')
		return false;
	range->end = strtoull(at + 1, &perms, 16);
	if (strnlen(perms, 6) < 6 || perms[3] != 'x')
		return false;
	range->offset = strtoull(perms + 5, &at, 16);
	at = strchrnul(at + (*at == ' '), ' ');
	*ino = strtoull(at, &at, 10);
	at += strspn(at, " ");
	at[strcspn(at, "\n")] = '\0';
	*path = *at ? at : "[anonymous]";
	return true;
}

static void keep(struct maps *maps, const struct range *range)
{
	if (maps->n == maps->room) {
		maps->room = maps->room ? maps->room * 2 : 8;
		maps->ranges = xrealloc(maps->ranges, maps->room * sizeof(*range));
	}
	maps->ranges[maps->n++] = *range;
}

static struct maps *read_maps(pid_t pid, const char *root)
{
	struct maps *maps = xcalloc(1, sizeof(*maps));
	char name[32], line[PATH_MAX + 128];
	FILE *f;

	maps->users = 1;
	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	f = fopen(name, "re");
	while (f && fgets(line, sizeof(line), f)) {
		struct range range;
		const char *path;
		uint64_t ino;

		if (!parse_line(line, &range, &ino, &path))
			continue;
		range.binary = of_mapping(pid, path, ino, root)->module.id;
		if (!ino)
			range.offset = *path == '[' && path[1] == 'a' ? range.start : 0;
		keep(maps, &range);
	}
	if (f)
		fclose(f);
	return maps;
}

static const struct range *find_range(const struct maps *maps, uint64_t site)
{
	unsigned low = 0, high = maps ? maps->n : 0;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		/* a site is the address behind an instruction: the end belongs to the range */
		if (site <= maps->ranges[middle].start)
			high = middle;
		else if (site > maps->ranges[middle].end)
			low = middle + 1;
		else
			return &maps->ranges[middle];
	}
	return NULL;
}

void module_of_site(struct maps **maps, pid_t pid, const char *root, uint64_t site,
	uint32_t *binary, uint64_t *offset)
{
	const struct range *range = find_range(*maps, site);

	if (!range && site) {
		maps_drop(maps);
		*maps = read_maps(pid, root);
		range = find_range(*maps, site);
	}
	*binary = range ? range->binary : 0;
	*offset = range ? site - range->start + range->offset : site;
}

void maps_changed(struct maps **maps, uint64_t start, uint64_t size)
{
	for (unsigned i = 0; *maps && i < (*maps)->n; i++)
		if (start < (*maps)->ranges[i].end && start + size > (*maps)->ranges[i].start)
			maps_drop(maps);
}
