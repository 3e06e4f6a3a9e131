/* SPDX-License-Identifier: MIT */
/* The report as one JSON object, written row by row: a long list never stands in memory. */
#include <errno.h>

#include "report.h"

enum { REPORT_SCHEMA = 1 };

static void write_value(FILE *to, const json_t *value, int flags)
{
	json_dumpf(value, to, JSON_ENCODE_ANY | JSON_COMPACT | flags);
}

/* Only columns that the section promises: helpers of the query stay out. */
static json_t *row_of(const struct section *section, sqlite3_stmt *statement)
{
	json_t *all = report_row(statement), *row = json_object();

	for (const struct column *c = section->columns;
		c < section->columns + COLUMNS_MAX && c->name; c++)
		json_object_set(row, c->name, json_object_get(all, c->name));
	json_decref(all);
	return row;
}

static int write_section(sqlite3 *db, const struct section *section, FILE *to)
{
	sqlite3_stmt *statement = NULL;
	const char *between = "\n    ";
	int rc = sqlite3_prepare_v2(db, section->sql, -1, &statement, NULL);

	fprintf(to, ",\n  \"%s\": [", section->key);
	while (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
		json_t *row = row_of(section, statement);

		fputs(between, to);
		write_value(to, row, 0);
		json_decref(row);
		between = ",\n    ";
		rc = SQLITE_OK;
	}
	fputs("]", to);
	sqlite3_finalize(statement);
	return rc == SQLITE_DONE ? 0 : -EIO;
}

static void write_findings(const json_t *findings, FILE *to)
{
	const json_t *finding;
	size_t i;

	fputs(",\n  \"findings\": [", to);
	json_array_foreach(findings, i, finding)
	{
		fputs(i ? ",\n    " : "\n    ", to);
		write_value(to, finding, 0);
	}
	fputs("]", to);
}

int report_write_json(sqlite3 *db, const json_t *header, const json_t *findings,
	const struct report_options *options, FILE *to)
{
	int err = 0;

	fprintf(to, "{\n  \"schema\": %d,\n  \"header\": ", REPORT_SCHEMA);
	write_value(to, header, JSON_SORT_KEYS);
	write_findings(findings, to);
	for (const struct section *s = report_sections; s->key && !err && !options->brief; s++)
		err = write_section(db, s, to);
	fputs("\n}\n", to);
	if (!err && fflush(to))
		err = -errno;
	return err;
}
