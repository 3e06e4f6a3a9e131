/* SPDX-License-Identifier: MIT */
/* SQLite in and out: opening, the statements that write, transactions, and failure. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "recording.h"

struct recording {
	sqlite3 *db;
	sqlite3_stmt *statements[REC_SQL_COUNT];
	char *file;  /* NULL: a temporary one */
	char *error; /* the first failure; nothing is written after it */
	bool in_transaction;
	int lock; /* held while it is made; -1: none. Closed last: closing drops SQLite's own locks
		   */
};

/* Writing again adds: what is in memory is always what came since the last flush. */
#define UPSERT(table, columns, values, keys, additions)                                            \
	"INSERT INTO " table "(" columns ") VALUES(" values ") ON CONFLICT(" keys                  \
	") DO UPDATE SET " additions
#define ADD(column) column " = " column " + excluded." column

/* clang-format off */
static const char *const sql[REC_SQL_COUNT] = {
	[REC_META] = "INSERT OR REPLACE INTO meta VALUES(?1, ?2)",
	[REC_BINARY] = "INSERT OR IGNORE INTO binary(path, root, dev, ino, mtime_ns, size, mode, uid,"
		       " class, machine, linkage, interp, build_id, stack, textrel, time32)"
		       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
	[REC_BINARY_ID] = "SELECT id FROM binary WHERE path = ?1 AND root = ?2 AND dev = ?3"
			  " AND ino = ?4 AND mtime_ns = ?5",
	[REC_PROCESS] = "INSERT OR REPLACE INTO process(id, pid, parent, started_ns)"
			" VALUES(?1, ?2, nullif(?3, 0), ?4)",
	[REC_PROCESS_END] = "UPDATE process SET ended_ns = ?2, exit_code = CASE WHEN ?3 < 0 THEN NULL"
			    " ELSE ?3 END, exit_signal = ?4, threads = ?5, end = ?6 WHERE id = ?1",
	[REC_THREAD] = "INSERT OR REPLACE INTO thread(process, tid, started_ns) VALUES(?1, ?2, ?3)",
	[REC_THREAD_END] = "UPDATE thread SET ended_ns = ?3 WHERE process = ?1 AND tid = ?2"
			   " AND ended_ns IS NULL",
	[REC_IMAGE] = "INSERT OR REPLACE INTO image VALUES(?1, ?2, nullif(?3, 0), ?4, ?5, ?6, ?7, ?8,"
		      " ?9)",
	[REC_KIND] = "INSERT OR REPLACE INTO call VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[REC_KIND_GROUP] = "INSERT OR IGNORE INTO call_group VALUES(?1, ?2)",
	[REC_EXAMPLE] = "INSERT OR IGNORE INTO example VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[REC_PATH] = "INSERT OR IGNORE INTO path(path) VALUES(?1)",
	[REC_COUNT] = UPSERT("call_count",
		"image, call, count, timed, errors, total_ns, max_ns, unfinished",
		"?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8", "image, call",
		ADD("count") "," ADD("timed") "," ADD("errors") "," ADD("total_ns")
		"," ADD("unfinished") ", max_ns = max(max_ns, excluded.max_ns)"),
	[REC_ERROR] = UPSERT("call_error", "image, call, errno, count", "?1, ?2, ?3, ?4",
		"image, call, errno", ADD("count")),
	[REC_SITE] = UPSERT("call_site", "image, call, binary, offset, count", "?1, ?2, ?3, ?4, ?5",
		"image, call, binary, offset", ADD("count")),
	[REC_FILE] = UPSERT("file", "image, path, how, ok, missing, denied, failed",
		"?1, (SELECT id FROM path WHERE path = ?2), ?3, ?4, ?5, ?6, ?7",
		"image, path, how",
		ADD("ok") "," ADD("missing") "," ADD("denied") "," ADD("failed")),
	[REC_PEER] = UPSERT("peer",
		"image, direction, family, protocol, address, port, count, errors",
		"?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8",
		"image, direction, family, protocol, address, port",
		ADD("count") "," ADD("errors")),
	[REC_IOCTL] = UPSERT("ioctl", "image, request, name, count, errors", "?1, ?2, ?3, ?4, ?5",
		"image, request", ADD("count") "," ADD("errors")),
	[REC_SIGNAL] = UPSERT("signal", "image, direction, name, count, errors",
		"?1, ?2, ?3, ?4, ?5", "image, direction, name", ADD("count") "," ADD("errors")),
	[REC_LIBRARY] = UPSERT("library", "image, binary, count", "?1, ?2, ?3", "image, binary",
		ADD("count")),
	[REC_FACT] = UPSERT("fact", "image, call, name, binary, offset, count, example",
		"?1, ?2, ?3, ?4, ?5, ?6, ?7", "image, call, name, binary, offset", ADD("count")),
	[REC_EVENT] = "INSERT INTO event(time_ns, kind, tid, image, call, args, binary, offset, errno,"
		      " result, duration_ns)"
		      " VALUES(?1, ?2, ?3, nullif(?4, 0), ?5, ?6, nullif(?7, 0), ?8, ?9, ?10, ?11)",
	[REC_FINDING] = "INSERT OR REPLACE INTO finding VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
			" ?10)",
};
/* clang-format on */

/* Failure */

/* What the system said, where that is the plainer word. */
static const char *message(sqlite3 *db)
{
	int rc = sqlite3_errcode(db) & 255, err = sqlite3_system_errno(db);

	return err && (rc == SQLITE_CANTOPEN || rc == SQLITE_IOERR) ? strerror(err)
								    : sqlite3_errmsg(db);
}

static void fail(struct recording *recording)
{
	if (!recording->error)
		recording->error = xstrdup(message(recording->db));
	if (!sqlite3_get_autocommit(recording->db))
		sqlite3_exec(recording->db, "ROLLBACK", NULL, NULL, NULL);
	recording->in_transaction = false;
}

const char *recording_error(const struct recording *recording)
{
	return recording->error;
}

/* For statements without values; false when it failed. */
static bool exec(struct recording *recording, const char *text)
{
	if (recording->error)
		return false;
	if (sqlite3_exec(recording->db, text, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	fail(recording);
	return false;
}

/* Writing */

static bool prepare(struct recording *recording, enum recording_sql which)
{
	if (recording->statements[which])
		return true;
	return sqlite3_prepare_v3(recording->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT,
		       &recording->statements[which], NULL) == SQLITE_OK;
}

static void bind(sqlite3_stmt *statement, const char *types, va_list values)
{
	for (int i = 1; *types; i++, types++) {
		if (*types == 'i') {
			sqlite3_bind_int64(statement, i, va_arg(values, int64_t));
		} else if (*types == 's') {
			sqlite3_bind_text(
				statement, i, va_arg(values, const char *), -1, SQLITE_STATIC);
		} else if (*types == 'b') {
			const char *bytes = va_arg(values, const char *);

			sqlite3_bind_text(
				statement, i, bytes, (int)va_arg(values, size_t), SQLITE_STATIC);
		} else {
			sqlite3_bind_null(statement, i);
		}
	}
}

int64_t recording_run(struct recording *recording, enum recording_sql which, const char *types, ...)
{
	sqlite3_stmt *statement;
	int64_t answer = 0;
	va_list values;
	int rc;

	if (!recording->in_transaction)
		recording->in_transaction = exec(recording, "BEGIN");
	if (recording->error)
		return 0;
	if (!prepare(recording, which)) {
		fail(recording);
		return 0;
	}
	statement = recording->statements[which];
	assert(sqlite3_bind_parameter_count(statement) == (int)strlen(types));
	va_start(values, types);
	bind(statement, types, values);
	va_end(values);
	rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		answer = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		fail(recording);
	return answer;
}

void recording_commit(struct recording *recording)
{
	if (recording->in_transaction && exec(recording, "COMMIT"))
		recording->in_transaction = false;
}

void recording_checkpoint(struct recording *recording)
{
	if (recording->file && !recording->error)
		sqlite3_wal_checkpoint_v2(
			recording->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* Statements hold the database open for the change of the journal mode. */
static void finalize(struct recording *recording)
{
	for (int i = 0; i < REC_SQL_COUNT; i++) {
		sqlite3_finalize(recording->statements[i]);
		recording->statements[i] = NULL;
	}
}

/* A few bytes may find room where the rest did not. */
static void record_failure(struct recording *recording)
{
	char *text = sqlite3_mprintf(
		"INSERT OR REPLACE INTO meta VALUES('failure', %Q), ('state', 'failed')",
		recording->error);

	sqlite3_wal_checkpoint_v2(recording->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	if (text)
		sqlite3_exec(recording->db, text, NULL, NULL, NULL);
	sqlite3_free(text);
}

void recording_complete(struct recording *recording)
{
	if (!recording->error)
		recording_run(recording, REC_META, "ss", "state", "complete");
	recording_commit(recording);
	finalize(recording);
	if (recording->error)
		record_failure(recording);
	if (recording->file)
		sqlite3_exec(recording->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
}

/* Opening and closing */

void recording_tame(char *message)
{
	for (; *message; message++)
		if ((unsigned char)*message < ' ' || *message == 0x7f)
			*message = '?';
}

static int refuse(struct recording *recording, int err, char *why, size_t n, const char *format,
	...) __attribute__((format(printf, 5, 6)));
static int refuse(
	struct recording *recording, int err, char *why, size_t n, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, n, format, args);
	va_end(args);
	recording_tame(why);
	recording_close(recording);
	return err;
}

/* 1: a recording, 0: an empty file, -EINVAL: something else, or -errno. */
static int look_at(const char *file)
{
	unsigned char head[72];
	unsigned application;
	struct stat st;
	FILE *f;
	size_t n;

	if (stat(file, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	f = fopen(file, "rbe");
	if (!f)
		return -errno;
	n = fread(head, 1, sizeof(head), f);
	fclose(f);
	if (n == 0)
		return 0;
	if (n < sizeof(head) || memcmp(head, "SQLite format 3", 16) != 0)
		return -EINVAL;
	application = (unsigned)head[68] << 24 | head[69] << 16 | head[70] << 8 | head[71];
	return application == RECORDING_APPLICATION ? 1 : -EINVAL;
}

static void remove_files(const char *file)
{
	static const char *const tails[] = {"", "-wal", "-shm", "-journal"};

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		char *path = xasprintf("%s%s", file, tails[i]);

		unlink(path);
		free(path);
	}
}

/*
 * A recording that is being made is locked by who makes it, until it is closed. The descriptor that
 * holds the lock, or -errno: -EBUSY.
 */
static int lock_file(const char *file)
{
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
		close(fd);
		return -EBUSY;
	}
	return fd;
}

/* A recording of before makes room for the new one; nothing else does. The lock, or -errno. */
static int make_room(const char *file, char *why, size_t n)
{
	int kind = look_at(file), fd = kind;

	if (kind >= 0 || kind == -ENOENT)
		fd = lock_file(file);
	if (fd >= 0 && kind == 1) { /* nobody is at work on it */
		remove_files(file);
		close(fd);
		fd = lock_file(file);
	}
	if (fd >= 0)
		return fd;
	if (fd == -EINVAL)
		snprintf(why, n, "%s exists and is no recording; remove it or choose another name",
			file);
	else if (fd == -EBUSY)
		snprintf(why, n, "another int80 is recording to %s: choose another name", file);
	else
		snprintf(why, n, "cannot write %s: %s", file, strerror(-fd));
	return fd;
}

static struct recording *new_recording(const char *file)
{
	struct recording *recording = xcalloc(1, sizeof(*recording));

	recording->file = file ? xstrdup(file) : NULL;
	recording->lock = -1;
	return recording;
}

/* Never reads an option or a URI into a file's name. */
static int open_db(struct recording *recording, const char *file, int flags)
{
	char *path = *file && *file != '/' ? xasprintf("./%s", file) : xstrdup(file);
	int rc = sqlite3_open_v2(path, &recording->db, flags | SQLITE_OPEN_NOMUTEX, NULL);

	free(path);
	return rc;
}

/*
 * The schema goes in before the journal becomes a write-ahead log, so that the main file alone is a
 * recording from the first moment on. NORMAL: safe against a power cut too, and syncs only when
 * the log is copied back.
 */
int recording_create(struct recording **made, const char *file, char *why, size_t n)
{
	struct recording *recording;
	char begin[96];
	int lock = file ? make_room(file, why, n) : -1;

	if (file && lock < 0)
		return lock;
	recording = new_recording(file);
	recording->lock = lock;
	snprintf(begin, sizeof(begin),
		"PRAGMA application_id = %d; PRAGMA user_version = %d; BEGIN;",
		RECORDING_APPLICATION, RECORDING_SCHEMA);
	if (open_db(recording, file ? file : "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) !=
		SQLITE_OK)
		return refuse(recording, -EIO, why, n, "cannot write %s: %s",
			file ? file : "a temporary recording", message(recording->db));
	exec(recording, begin);
	exec(recording, recording_schema);
	exec(recording, "INSERT INTO meta VALUES('state', 'running'); COMMIT;");
	if (file)
		exec(recording, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
	if (recording->error)
		return refuse(recording, -EIO, why, n, "cannot write %s: %s",
			file ? file : "a temporary recording", recording->error);
	*made = recording;
	return 0;
}

static int64_t pragma(struct recording *recording, const char *text)
{
	sqlite3_stmt *statement = NULL;
	int64_t answer = -1;

	if (sqlite3_prepare_v2(recording->db, text, -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW)
		answer = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return answer;
}

/* A foreign file must not make SQLite do more than read tables. */
/* The longest that one recording may keep SQLite busy: a view in it can be without end. */
#define PATIENCE 300 /* s */

static int out_of_patience(void *began)
{
	return time(NULL) - *(time_t *)began > PATIENCE;
}

static void distrust(sqlite3 *db)
{
	static time_t began;

	began = time(NULL);
	sqlite3_progress_handler(db, 1000000, out_of_patience, &began);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_exec(db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
}

int recording_open(struct recording **opened, const char *file, char *why, size_t n)
{
	struct recording *recording;
	int64_t version;
	int kind = look_at(file);

	if (kind == 0 || kind == -EINVAL)
		return refuse(NULL, -EINVAL, why, n, "%s is not an int80 recording", file);
	if (kind < 0)
		return refuse(NULL, kind, why, n, "cannot read %s: %s", file, strerror(-kind));
	recording = new_recording(file);
	if (open_db(recording, file, SQLITE_OPEN_READONLY) != SQLITE_OK)
		return refuse(recording, -EIO, why, n, "cannot read %s: %s", file,
			message(recording->db));
	distrust(recording->db);
	version = pragma(recording, "PRAGMA user_version");
	if (version < 0)
		return refuse(recording, -EIO, why, n, "cannot read %s: %s", file,
			message(recording->db));
	if (version > RECORDING_SCHEMA)
		return refuse(recording, -EINVAL, why, n,
			"%s was written by a newer int80 (schema %d; this one reads up to %d)",
			file, (int)version, RECORDING_SCHEMA);
	*opened = recording;
	return 0;
}

sqlite3 *recording_db(struct recording *recording)
{
	return recording->db;
}

void recording_close(struct recording *recording)
{
	if (!recording)
		return;
	finalize(recording);
	sqlite3_close(recording->db);
	if (recording->lock >= 0)
		close(recording->lock);
	free(recording->file);
	free(recording->error);
	free(recording);
}

void recording_discard(struct recording *recording)
{
	char *file = recording->file ? xstrdup(recording->file) : NULL;

	recording_close(recording);
	if (file)
		remove_files(file);
	free(file);
}
