/* SPDX-License-Identifier: MIT */
/*
 * Processes under audit and what they execute: their rows in the recording, and what is cached of
 * each - directories that relative paths start from, executable ranges. A process of the supervisor
 * (struct process) points to its auditee; the auditee does not point back.
 */
#ifndef INT80_AUDITEE_H
#define INT80_AUDITEE_H

#include "module.h"
#include "tally.h"
#include "task.h"

/* One program in one process: what calls are counted by. */
struct audit_image {
	struct tally_list tallies;
	uint32_t program; /* the binary's id */
	unsigned users;	  /* the process itself and calls that have not returned */
	bool is64;
};

struct auditee {
	struct auditee *previous, *next;
	uint32_t id; /* in the recording */
	pid_t pid;
	unsigned threads;	   /* ever */
	int status;		   /* of its leader, as waitpid gave it */
	bool launched;		   /* by us, and its first exec is still to come */
	struct audit_image *image; /* NULL while launched */
	unsigned age;		   /* of root and cwd */
	char *root, *cwd;	   /* NULL: not read yet */
	struct maps *maps;
	unsigned maps_age; /* rises when known ranges are gone: what was placed before is past */
};

void auditee_start(struct recording *recording, uint64_t began);
/* That of a process; made if it has none yet. creator: whose fork or clone it is, or NULL. */
struct auditee *auditee_of(struct process *process, const struct process *creator);
/* A thread more. */
void auditee_thread(struct auditee *auditee, pid_t tid);
void auditee_thread_gone(struct auditee *auditee, pid_t tid);
/* It executes another program now. */
void auditee_exec(struct auditee *auditee);
/* The process has ended; its record goes. how: "exit", "signal", "detached". */
void auditee_gone(struct auditee *auditee, const char *how);
/* All that are left, at the end of an attachment. */
void auditee_all_gone(void);

/* How many images there were. */
uint32_t auditee_images(void);
struct audit_image *audit_image_hold(struct audit_image *image);
void audit_image_drop(struct audit_image *image);

/*
 * The path as the program means it: absolute, from its own root, without "//" and "/./". dirfd as
 * in openat(2). To be freed.
 */
char *auditee_path(struct auditee *auditee, int dirfd, const char *path);
const char *auditee_root(struct auditee *auditee);
/* Someone changed a directory or a root: what is cached of them is old. */
void auditee_moved(void);
/* Memory was unmapped or mapped over. */
void auditee_unmapped(struct auditee *auditee, uint64_t start, uint64_t size);

#endif
