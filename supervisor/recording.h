/* SPDX-License-Identifier: MIT */
/*
 * A recording: the SQLite file that an audit leaves. This room knows the file, its schema
 * (int80-recording(5)) and every statement that writes to it; not where the numbers come from.
 *
 * A write that fails (disk full, file gone) does not stop anything: the recording remembers the
 * first failure, takes no more, and what was committed until then stays readable.
 */
#ifndef INT80_RECORDING_H
#define INT80_RECORDING_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RECORDING_APPLICATION = 0x69383072, /* "i80r", at byte 68 of the file */
	RECORDING_SCHEMA = 1,
};

/* What can be written. The letters are the types that recording_run takes, in recording.c. */
enum recording_sql {
	REC_META,
	REC_BINARY,
	REC_BINARY_ID,
	REC_PROCESS,
	REC_PROCESS_END,
	REC_THREAD,
	REC_THREAD_END,
	REC_IMAGE,
	REC_KIND,
	REC_KIND_GROUP,
	REC_EXAMPLE,
	REC_PATH,
	REC_COUNT,
	REC_ERROR,
	REC_SITE,
	REC_FILE,
	REC_PEER,
	REC_IOCTL,
	REC_SIGNAL,
	REC_LIBRARY,
	REC_FACT,
	REC_EVENT,
	REC_FINDING,
	REC_SQL_COUNT
};

struct recording;

/*
 * A new recording in `file`, replacing an older recording there but nothing else; NULL: one that
 * vanishes when it is closed. 0, or -errno with a sentence in why.
 */
int recording_create(struct recording **recording, const char *file, char *why, size_t n);
/* An existing one, to read. 0, or -errno with a sentence in why. */
int recording_open(struct recording **recording, const char *file, char *why, size_t n);

/*
 * Runs a statement with values bound to ?1, ?2, ...: types is a letter for each, i int64_t,
 * s const char * (NULL is NULL), b const char * and size_t: text of that length, n nothing: NULL.
 * Starts a transaction if none is open. Returns the first column of the first row, 0 if there is
 * none.
 */
int64_t recording_run(struct recording *recording, enum recording_sql sql, const char *types, ...);
/* Everything until here survives a kill -9 of the supervisor. */
void recording_commit(struct recording *recording);
/* Copies the log into the main file, so that even this file alone tells something. */
void recording_checkpoint(struct recording *recording);
/* Says that the recording is whole, or why it is not, and leaves a single file. Still readable. */
void recording_complete(struct recording *recording);
/* NULL: all went well. */
const char *recording_error(const struct recording *recording);
sqlite3 *recording_db(struct recording *recording);
void recording_close(struct recording *recording);
/* Closes it and removes its file. */
void recording_discard(struct recording *recording);

/* SQLite quotes a damaged file in its messages: takes out what could control a terminal. */
void recording_tame(char *message);

extern const char recording_schema[];

#endif
