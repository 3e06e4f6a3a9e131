/* SPDX-License-Identifier: MIT */
/* -P: does a call concern one of these files? By path, as given or resolved, and by descriptor. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "trace.h"

static bool chosen(const struct trace_options *options, const char *path, size_t len)
{
	for (unsigned i = 0; i < options->npaths; i++)
		if (strlen(options->paths[i]) == len && !memcmp(options->paths[i], path, len))
			return true;
	return false;
}

static bool descriptor_chosen(const struct trace_options *options, pid_t tid, int fd)
{
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/fd/%d", tid, fd);
	n = readlink(link, path, sizeof(path));
	return n > 0 && chosen(options, path, n);
}

/* Descriptors and paths anywhere in a value: poll's fds, a struct's path. */
static bool value_matches(const struct trace_options *options, pid_t tid, const struct value *v)
{
	if (v->type == VALUE_FD)
		return (int64_t)v->num >= 0 && descriptor_chosen(options, tid, v->num);
	if (v->type == VALUE_STRING)
		return chosen(options, v->text, v->len);
	for (const struct value *child = v->first; child; child = child->next)
		if (value_matches(options, tid, child))
			return true;
	return false;
}

bool trace_path_matches(const struct trace_options *options, const struct call *call)
{
	if (!options->npaths)
		return true;
	for (unsigned i = 0; i < call->shown; i++)
		if (call->values[i] && value_matches(options, call->task->tid, call->values[i]))
			return true;
	return false;
}
