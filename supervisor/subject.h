/* SPDX-License-Identifier: MIT */
/*
 * What a call is about, beyond its number: paths, peers, ioctl requests, signals, and the facts
 * that findings need and only arguments tell. One row a call name; the same rows serve sub-calls of
 * socketcall and calls of other tables.
 */
#ifndef INT80_SUBJECT_H
#define INT80_SUBJECT_H

#include "auditee.h"
#include "call_kind.h"

/* What is done to a file. */
enum verb {
	VERB_READ,
	VERB_WRITE,
	VERB_CREATE,
	VERB_LIST,
	VERB_EXEC,
	VERB_STAT,
	VERB_ATTRIBUTES,
	VERB_DELETE,
	VERB_RENAME,
	VERB_LINK,
	VERB_MKDIR,
	VERB_CHDIR,
	VERB_MOUNT,
	VERB_OTHER,
	VERB_COUNT
};

/* A call between its entry and its exit, as the auditor keeps it. */
struct note {
	struct auditee *auditee;
	struct audit_image *image; /* held */
	const struct call_kind *kind;
	struct {
		uint32_t verbs; /* bits of enum verb */
		char *path;
	} files[2];
	char *peer; /* "direction protocol family address", or NULL */
	uint16_t port;
};

/* NULL: such calls are about nothing but numbers. */
const struct subject *subject_of(const struct call *call);
/* At the entry, when arguments are still what they were. */
void subject_enter(struct note *note, struct call *call);
/* At the exit: counts. */
void subject_leave(struct note *note, struct call *call);
/* Frees what subject_enter has put into the note. */
void subject_clear(struct note *note);
/* A signal was delivered. */
void subject_signal(struct audit_image *image, unsigned sig);

/* Places a tally: sets binary and offset from the call's site. */
void note_place(struct note *note, const struct call *call, struct tally *tally);
/* k2 of tallies that are counted by site. */
uint64_t note_site(const struct note *note, const struct call *call);

#endif
