/* SPDX-License-Identifier: MIT */
/* The header of a report, the choice of what it is about, and its printing. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "findings.h"
#include "report.h"

/* Rows */

/* True if the bytes are well-formed UTF-8; the library would refuse others. */
json_t *report_text_value(const char *bytes, size_t n)
{
	json_t *value = json_stringn(bytes, n);
	char *hex;

	if (value)
		return value;
	hex = xmalloc(2 * n + 1);
	for (size_t i = 0; i < n; i++)
		sprintf(hex + 2 * i, "%02x", (unsigned char)bytes[i]);
	hex[2 * n] = '\0';
	value = json_pack("{ss}", "hex", hex);
	free(hex);
	return value;
}

static json_t *cell(sqlite3_stmt *statement, int i)
{
	switch (sqlite3_column_type(statement, i)) {
	case SQLITE_INTEGER:
		return json_integer(sqlite3_column_int64(statement, i));
	case SQLITE_FLOAT:
		return json_real(sqlite3_column_double(statement, i));
	case SQLITE_NULL:
		return json_null();
	default:
		return report_text_value((const char *)sqlite3_column_blob(statement, i),
			sqlite3_column_bytes(statement, i));
	}
}

json_t *report_row(sqlite3_stmt *statement)
{
	json_t *row = json_object();

	for (int i = 0; i < sqlite3_column_count(statement); i++)
		json_object_set_new(row, sqlite3_column_name(statement, i), cell(statement, i));
	return row;
}

/* Header */

static const char counts_sql[] =
	"SELECT (SELECT coalesce(sum(count), 0) FROM call_count JOIN chosen USING(image)) AS calls,"
	" (SELECT coalesce(sum(errors), 0) FROM call_count JOIN chosen USING(image)) AS errors,"
	" (SELECT count(DISTINCT name || coalesce(subname, '') || abi) FROM call"
	"  JOIN call_count c ON c.call = call.id JOIN chosen USING(image)) AS kinds,"
	" (SELECT count(DISTINCT process) FROM image JOIN chosen ON chosen.image = image.id)"
	"  AS processes,"
	" (SELECT count(DISTINCT binary) FROM image JOIN chosen ON chosen.image = image.id)"
	"  AS programs,"
	" (SELECT count(DISTINCT binary) FROM image WHERE id NOT IN (SELECT image FROM chosen))"
	"  AS programs_left_out,"
	" (SELECT count(*) FROM event) AS events_kept";
static const char program_sql[] =
	"SELECT b.path, b.root, b.class AS bits, b.linkage, b.build_id, b.interp FROM image i"
	" JOIN binary b ON b.id = i.binary JOIN chosen ON chosen.image = i.id ORDER BY i.id LIMIT "
	"1";

static json_t *first_row(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	json_t *row = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	if (rc == SQLITE_OK) {
		rc = sqlite3_step(statement);
		if (rc == SQLITE_ROW)
			row = report_row(statement);
		else if (rc == SQLITE_DONE)
			row = json_null();
	}
	sqlite3_finalize(statement);
	return row;
}

/* "running" means that whoever wrote it never finished: is it still at work? */
static bool writer_lives(const json_t *header)
{
	pid_t pid = json_integer_value(json_object_get(header, "supervisor"));
	char path[64], comm[32] = "";
	FILE *f;

	if (pid <= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (f && !fgets(comm, sizeof(comm), f))
		*comm = '\0';
	if (f)
		fclose(f);
	return !strcmp(comm, "int80\n");
}

static void settle_state(json_t *header)
{
	const char *state = json_string_value(json_object_get(header, "state"));

	if (state && strcmp(state, "running"))
		return;
	json_object_set_new(header, "state", json_string(writer_lives(header) ? "running" : "cut"));
}

static json_t *parsed(const json_t *text)
{
	const char *s = json_string_value(text);
	json_t *value = s ? json_loads(s, 0, NULL) : NULL;

	return json_is_array(value) ? value : json_array();
}

json_t *report_header(struct recording *recording)
{
	sqlite3 *db = recording_db(recording);
	sqlite3_stmt *statement = NULL;
	json_t *header = json_object(), *counts = first_row(db, counts_sql),
	       *program = first_row(db, program_sql);
	int rc = sqlite3_prepare_v2(db, "SELECT key, value FROM meta", -1, &statement, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *key = (const char *)sqlite3_column_text(statement, 0);

		if (key)
			json_object_set_new(header, key, cell(statement, 1));
		rc = SQLITE_OK;
	}
	sqlite3_finalize(statement);
	if (rc != SQLITE_DONE || !counts || !program) {
		json_decref(header);
		header = NULL;
	} else {
		settle_state(header);
		json_object_set_new(header, "argv", parsed(json_object_get(header, "argv")));
		json_object_set(header, "program", program);
		json_object_update(header, counts);
	}
	json_decref(counts);
	json_decref(program);
	return header;
}

/* What it is about */

static int choose(sqlite3 *db, const struct report_options *options, const char *prepare)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_exec(db, prepare, NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db,
			"INSERT INTO chosen SELECT i.id FROM image i JOIN process p ON p.id = "
			"i.process"
			" LEFT JOIN binary b ON b.id = i.binary"
			" WHERE (?1 IS NULL OR b.path = ?1 OR b.path LIKE '%/' || ?1)"
			" AND (?2 = 0 OR p.pid = ?2)"
			" AND (i.is64 = 0 OR ?1 IS NOT NULL OR ?2 <> 0 OR NOT EXISTS("
			"  SELECT 1 FROM meta WHERE key = 'launcher' AND value = 1))",
			-1, &statement, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_bind_text(statement, 1, options->program, -1, SQLITE_STATIC);
		sqlite3_bind_int64(statement, 2, options->process);
		rc = sqlite3_step(statement);
	}
	sqlite3_finalize(statement);
	return rc;
}

/* Intermediate results go to a file; where there is no room for one, to memory. */
int report_choose(sqlite3 *db, const struct report_options *options)
{
	static const char in_file[] = "PRAGMA temp_store = FILE; DROP TABLE IF EXISTS temp.chosen;"
				      "CREATE TEMP TABLE chosen(image INTEGER PRIMARY KEY)";
	static const char in_memory[] = "PRAGMA temp_store = MEMORY;"
					"CREATE TEMP TABLE chosen(image INTEGER PRIMARY KEY)";
	int rc = choose(db, options, in_file);

	if (rc == SQLITE_FULL || (rc & 255) == SQLITE_IOERR || rc == SQLITE_CANTOPEN)
		rc = choose(db, options, in_memory);
	if (rc != SQLITE_DONE)
		return -EIO;
	return sqlite3_changes(db) || (!options->program && !options->process) ? 0 : -ENOENT;
}

static const char *said_by(sqlite3 *db)
{
	int rc = sqlite3_errcode(db) & 255;

	return rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE
		       ? "it does not hold what it should"
		       : sqlite3_errmsg(db);
}

static int explain(int err, sqlite3 *db, const struct report_options *options, char *why, size_t n)
{
	if (err == -ENOENT && options->program)
		snprintf(why, n, "it knows no program '%s'", options->program);
	else if (err == -ENOENT)
		snprintf(why, n, "it knows no process %ld", options->process);
	else if (err == -EIO)
		snprintf(why, n, "it is damaged: %s", said_by(db));
	else
		snprintf(why, n, "cannot write the report: %s", strerror(-err));
	recording_tame(why);
	return err;
}

int report_print(struct recording *recording, const struct report_options *options, FILE *to,
	char *why, size_t n)
{
	sqlite3 *db = recording_db(recording);
	int err = report_choose(db, options);
	json_t *header = err ? NULL : report_header(recording);
	json_t *findings = header ? findings_of(db) : NULL;

	if (!err && !findings)
		err = -EIO;
	if (!err)
		err = (options->json ? report_write_json : report_write_text)(
			db, header, findings, options, to);
	if (err)
		explain(err, db, options, why, n);
	json_decref(findings);
	json_decref(header);
	return err;
}
