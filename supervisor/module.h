/* SPDX-License-Identifier: MIT */
/*
 * Files that code is executed from - programs, loaders, libraries - each with its row in the
 * recording, and which of them an address of a process belongs to.
 */
#ifndef INT80_MODULE_H
#define INT80_MODULE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "recording.h"

struct module {
	uint32_t id; /* in the recording; 0: unknown */
	bool is64;
	unsigned mode, uid, gid; /* of the file: whether it wanted to be set-uid */
};

/* The executable ranges of an address space, shared by forks until one of them changes. */
struct maps;

void module_start(struct recording *recording);
/*
 * What a link in /proc (PID's exe or fd/N) refers to, if that is a regular file. root: the
 * process's root directory as we see it ("/", mostly); paths are kept as the process sees them.
 */
struct module module_of_link(const char *link, const char *root);

/*
 * Where a site lies: binary (0: nowhere) and offset in the file. Reads /proc/PID/maps when *maps is
 * NULL or does not know the address.
 */
void module_of_site(struct maps **maps, pid_t pid, const char *root, uint64_t site,
	uint32_t *binary, uint64_t *offset);
/* Memory was unmapped or mapped over: forgets the ranges if any of them is touched. */
void maps_changed(struct maps **maps, uint64_t start, uint64_t size);
struct maps *maps_share(struct maps *maps);
void maps_drop(struct maps **maps);

#endif
