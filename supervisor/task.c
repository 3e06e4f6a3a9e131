/* SPDX-License-Identifier: MIT */
/* Tasks and processes in two hash tables; what /proc knows of a process. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "err.h"
#include "task.h"

#define BUCKETS 1024u /* a power of two */

static struct task *tasks[BUCKETS];
static struct process *processes[BUCKETS];
static struct task *newest;
static unsigned count, serial;

static unsigned bucket(pid_t id)
{
	return (unsigned)id * 2654435761u >> 22;
}

static struct process *process_get(pid_t pid, pid_t parent)
{
	struct process **head = &processes[bucket(pid)], *p;

	for (p = *head; p; p = p->hash_next)
		if (p->pid == pid)
			return p;
	p = xcalloc(1, sizeof(*p));
	p->pid = pid;
	p->parent = parent;
	p->serial = ++serial;
	p->hash_next = *head;
	*head = p;
	return p;
}

static void process_put(struct process *process)
{
	struct process **at = &processes[bucket(process->pid)];

	if (--process->ntasks)
		return;
	while (*at != process)
		at = &(*at)->hash_next;
	*at = process->hash_next;
	free(process->exe);
	free(process);
}

static void hash_in(struct task *task)
{
	struct task **head = &tasks[bucket(task->tid)];

	task->hash_next = *head;
	*head = task;
}

static void hash_out(struct task *task)
{
	struct task **at = &tasks[bucket(task->tid)];

	while (*at != task)
		at = &(*at)->hash_next;
	*at = task->hash_next;
}

struct task *task_find(pid_t tid)
{
	for (struct task *t = tasks[bucket(tid)]; t; t = t->hash_next)
		if (t->tid == tid)
			return t;
	return NULL;
}

struct task *task_add(pid_t tid, pid_t pid, pid_t parent)
{
	struct task *task = xcalloc(1, sizeof(*task));

	task->tid = tid;
	task->process = process_get(pid, parent);
	task->process->ntasks++;
	task->call.task = task;
	hash_in(task);
	task->all_next = newest;
	if (newest)
		newest->all_prev = task;
	newest = task;
	count++;
	return task;
}

void task_remove(struct task *task)
{
	hash_out(task);
	if (task->all_prev)
		task->all_prev->all_next = task->all_next;
	else
		newest = task->all_next;
	if (task->all_next)
		task->all_next->all_prev = task->all_prev;
	count--;
	process_put(task->process);
	arena_free(&task->call.arena);
	free(task);
}

struct task *task_become_leader(pid_t tid, pid_t former)
{
	struct task *leader = task_find(tid), *task = task_find(former);

	if (!task || task == leader)
		return leader;
	if (leader)
		task_remove(leader);
	hash_out(task);
	task->tid = tid;
	hash_in(task);
	return task;
}

void task_move(struct task *task, pid_t pid, pid_t parent)
{
	struct process *to = process_get(pid, parent);

	to->ntasks++;
	if (!to->parent)
		to->parent = parent;
	process_put(task->process);
	task->process = to;
}

unsigned task_count(void)
{
	return count;
}

struct task *task_first(void)
{
	return newest;
}

bool task_is_thread_of(pid_t tid, pid_t pid)
{
	return !syscall(SYS_tgkill, pid, tid, 0) || errno == EPERM;
}

/* A small /proc file, NUL-terminated; its length or -errno. */
static ssize_t read_proc(pid_t pid, const char *name, char *to, size_t n)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	got = read(fd, to, n - 1);
	if (got < 0)
		got = -errno;
	close(fd);
	to[got > 0 ? got : 0] = '\0';
	return got;
}

int task_look_up(pid_t tid, pid_t *pid, pid_t *parent)
{
	char status[1024];
	const char *line;
	ssize_t n = read_proc(tid, "status", status, sizeof(status));

	if (n < 0)
		return n;
	line = strstr(status, "\nTgid:");
	if (!line || sscanf(line, "\nTgid: %d", pid) != 1)
		return -ESRCH;
	line = strstr(status, "\nPPid:");
	if (!line || sscanf(line, "\nPPid: %d", parent) != 1)
		return -ESRCH;
	return 0;
}

void process_copy(struct process *child, const struct process *parent)
{
	free(child->exe);
	child->exe = parent->exe ? xstrdup(parent->exe) : NULL;
	memcpy(child->comm, parent->comm, sizeof(child->comm));
	child->is64 = parent->is64;
	child->vdso = parent->vdso;
	child->landing_pad = parent->landing_pad;
}

/* Where the vDSO of a 32-bit image stands: AT_SYSINFO and AT_SYSINFO_EHDR of its auxv. */
static void find_vdso(struct process *process)
{
	uint32_t auxv[128];
	ssize_t n = read_proc(process->pid, "auxv", (char *)auxv, sizeof(auxv));

	process->vdso = process->landing_pad = 0;
	memset(process->vdso_callers, 0, sizeof(process->vdso_callers));
	for (size_t i = 0; n > 0 && i + 1 < n / sizeof(auxv[0]) && auxv[i]; i += 2)
		if (auxv[i] == 33)
			process->vdso = auxv[i + 1];
}

void process_refresh(struct process *process)
{
	char path[64], exe[4096];
	unsigned char class[5] = "";
	ssize_t n;
	int fd;

	n = read_proc(process->pid, "comm", process->comm, sizeof(process->comm));
	if (n > 0 && process->comm[n - 1] == '\n')
		process->comm[n - 1] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/exe", process->pid);
	n = readlink(path, exe, sizeof(exe) - 1);
	free(process->exe);
	process->exe = n > 0 ? strndup(exe, n) : NULL;
	process->is64 = false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		process->is64 = read(fd, class, sizeof(class)) == 5 && class[4] == 2;
		close(fd);
	}
	if (!process->is64)
		find_vdso(process);
}
