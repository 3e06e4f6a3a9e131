/* SPDX-License-Identifier: MIT */
/*
 * What a recording says, for people and for programs. The report is a header, findings and
 * sections; a section is a query with named columns, so that text and JSON cannot tell different
 * stories.
 */
#ifndef INT80_REPORT_H
#define INT80_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "recording.h"

struct report_options {
	bool json;
	bool all;	     /* lists in full */
	bool brief;	     /* of findings only the titles, no sections */
	const char *program; /* only this one: path or last part of it; NULL: all */
	long process;	     /* only this one: pid; 0: all */
};

/* How a column of a section is shown as text; in JSON numbers stay numbers. */
enum column_form {
	COLUMN_COUNT, /* 12,345 */
	COLUMN_TIME,  /* of nanoseconds: 1.23 ms */
	COLUMN_TEXT,
	COLUMN_CUT,	/* text that a narrow terminal may cut */
	COLUMN_HIDDEN,	/* only in JSON */
	COLUMN_ADDRESS, /* 0x1234 */
};

enum { COLUMNS_MAX = 12 };

struct column {
	const char *name; /* key in JSON, and the query's column */
	const char *heading;
	enum column_form form;
};

struct section {
	const char *key, *title;
	unsigned limit; /* rows in a short text */
	bool flow;	/* text: name and count one behind the other, many to a line */
	struct column columns[COLUMNS_MAX];
	const char *sql;
};

/* The sections in the order of the text, ended by a key of NULL. */
extern const struct section report_sections[];

/*
 * Prints the report. 0, or -errno with a sentence in why: -EIO for a damaged recording, -ENOENT
 * when no program or process is as the options say.
 */
int report_print(struct recording *recording, const struct report_options *options, FILE *to,
	char *why, size_t n);

/* For the writers, report_text.c and report_json.c. */

/* state, argv, kernel, counts ...; NULL if the recording is damaged. */
json_t *report_header(struct recording *recording);
/* The present row as an object; bytes that are no UTF-8 become {"hex": "..."}. */
json_t *report_row(sqlite3_stmt *statement);
json_t *report_text_value(const char *bytes, size_t n);
int report_write_text(sqlite3 *db, const json_t *header, const json_t *findings,
	const struct report_options *options, FILE *to);
int report_write_json(sqlite3 *db, const json_t *header, const json_t *findings,
	const struct report_options *options, FILE *to);
/* All rows in images chosen by the options go through temp table chosen(image). */
int report_choose(sqlite3 *db, const struct report_options *options);

#endif
