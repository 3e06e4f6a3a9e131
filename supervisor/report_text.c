/* SPDX-License-Identifier: MIT */
/*
 * The report as text: findings first, then sections in aligned columns. Colour and the width of a
 * terminal only where there is one. Bytes that could move a cursor are shown as \x...
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "err.h"
#include "report.h"
#include "text.h"

enum { WIDTH_PLAIN = 100, CUT_PLAIN = 140, SITES_SHOWN = 3, CALLS_SHOWN = 5, PROGRAMS_SHOWN = 3 };

struct page {
	FILE *to;
	unsigned width; /* 0: no terminal, lines as long as they are */
	bool colour, all, brief;
};

/* Colours */

static const char *paint(const struct page *page, const char *code)
{
	return page->colour ? code : "";
}

#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define RED    "\033[1;31m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

static const char *severity_colour(const char *severity)
{
	if (!strcmp(severity, "high"))
		return RED;
	return strcmp(severity, "medium") ? DIM : YELLOW;
}

static long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *plural(long long n, const char *many)
{
	static char one[32];
	size_t len = strlen(many);

	if (n != 1)
		return many;
	snprintf(one, sizeof(one), "%.*s",
		(int)(len - (len > 4 && !strcmp(many + len - 3, "ses") ? 2 : 1)), many);
	return one;
}

/* Columns of n bytes of safe text. */
static unsigned columns_of(const char *text, size_t n)
{
	unsigned columns = 0;

	for (size_t i = 0; i < n; i++)
		columns += (text[i] & 0xc0) != 0x80;
	return columns;
}

/* A blank that no line ends at. */
#define TIE "\x01"

static void print_word(FILE *to, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fputc(text[i] == *TIE ? ' ' : text[i], to);
}

/* Words, wrapped behind an indent; what stands on the line already ends at column `at`. */
static void wrap_from(const struct page *page, const char *text, unsigned indent, unsigned at)
{
	unsigned width = page->width ? page->width : WIDTH_PLAIN;
	bool first = true;

	while (*text) {
		size_t n = strcspn(text, " ");
		unsigned columns = columns_of(text, n);

		if (!first && at + 1 + columns > width) {
			fprintf(page->to, "\n%*s", indent, "");
			at = indent;
		} else if (!first) {
			fputc(' ', page->to);
			at++;
		}
		print_word(page->to, text, n);
		first = false;
		at += columns;
		text += n;
		text += strspn(text, " ");
	}
	fputc('\n', page->to);
}

static void wrap(const struct page *page, const char *text, unsigned indent)
{
	wrap_from(page, text, indent, indent);
}

/* Header */

static void add_argv(struct text *text, const json_t *argv)
{
	const json_t *word;
	size_t i;

	json_array_foreach(argv, i, word)
	{
		const char *s = json_string_value(word);
		bool quote = !s || !*s || strpbrk(s, " \t\n'\"\\$&;|<>()*?#`~");

		text_add(text, "%s%s", i ? " " : "", quote ? "'" : "");
		text_add_value(text, word);
		text_add(text, "%s", quote ? "'" : "");
	}
}

static void line(const struct page *page, const char *label, const char *text)
{
	fprintf(page->to, "  %s%-9s%s  ", paint(page, DIM), label, paint(page, PLAIN));
	wrap(page, text, 13);
}

static void print_title(const struct page *page, const json_t *header)
{
	const json_t *argv = json_object_get(header, "argv");
	char *attached = text_member(header, "attached");
	struct text title = {0};

	if (json_array_size(argv))
		add_argv(&title, argv);
	else
		text_add(&title, "process %s", attached);
	if (!page->all)
		text_cut(&title, 2 * (page->width ? page->width : WIDTH_PLAIN) - 14);
	fprintf(page->to, "%sint80 audit: %s%s\n", paint(page, BOLD), title.bytes,
		paint(page, PLAIN));
	free(title.bytes);
	free(attached);
}

static void print_program(const struct page *page, const json_t *header)
{
	const json_t *program = json_object_get(header, "program");
	char *path = text_member(program, "path"), *linkage = text_member(program, "linkage"),
	     *build_id = text_member(program, "build_id"), *root = text_member(program, "root");
	struct text text = {0};

	if (*path) {
		text_add(&text, "%s, %lld-bit %s", path, number(program, "bits"), linkage);
		if (*build_id)
			text_add(&text, ", build-id" TIE "%s", build_id);
		if (*root && strcmp(root, "/"))
			text_add(&text, ", in" TIE "%s", root);
		line(page, "program", text.bytes);
	}
	free(text.bytes);
	free(path);
	free(linkage);
	free(build_id);
	free(root);
}

static void add_end(struct text *text, const json_t *header)
{
	const json_t *code = json_object_get(header, "exit_code");
	int sig = number(header, "exit_signal");
	char *state = text_member(header, "state"), *failure = text_member(header, "failure");

	if (!strcmp(state, "running"))
		text_add(
			text, "still being recorded by process %lld", number(header, "supervisor"));
	else if (*failure)
		text_add(text, "CUT: %s", failure);
	else if (!strcmp(state, "cut"))
		text_add(text, "CUT: int80 was killed, what came later is missing");
	else if (sig)
		text_add(text, "killed by SIG%s", sigabbrev_np(sig) ?: "?");
	else if (json_array_size(json_object_get(header, "argv")))
		text_add(text, "exit status %lld", json_integer_value(code));
	else
		text_add(text, "detached");
	free(state);
	free(failure);
}

static void print_when(const struct page *page, const json_t *header)
{
	char *started = text_member(header, "started"), *kernel = text_member(header, "kernel"),
	     *machine = text_member(header, "machine"), *layer = text_member(header, "layer"),
	     *version = text_member(header, "version"), *state = text_member(header, "state");
	struct text text = {0}, where = {0};

	if (strlen(started) > 19 && started[10] == 'T') {
		started[10] = ' ';
		started[19] = '\0';
	}
	text_add(&text, "%s UTC", started);
	if (json_object_get(header, "duration_ns")) {
		text_add(&text, ", %s ", strcmp(state, "complete") ? "until" : "took");
		text_add_time(&text, number(header, "duration_ns"));
	}
	text_add(&text, ", ");
	add_end(&text, header);
	line(page, "when", text.bytes);
	text_add(&where, "Linux %s %s, layer %s, int80 %s", kernel, machine, layer, version);
	line(page, "where", where.bytes);
	free(text.bytes);
	free(where.bytes);
	free(started);
	free(kernel);
	free(machine);
	free(layer);
	free(version);
	free(state);
}

static void add_number(struct text *text, const char *between, long long n, const char *what)
{
	text_add(text, "%s", between);
	text_add_count(text, n);
	text_add(text, " %s", plural(n, what));
}

static void print_seen(const struct page *page, const json_t *header)
{
	char *selected = text_member(header, "selected");
	struct text text = {0};

	add_number(&text, "", number(header, "calls"), "calls");
	add_number(&text, " of ", number(header, "kinds"), "kinds");
	text_add(&text, ", ");
	text_add_count(&text, number(header, "errors"));
	text_add(&text, " failed");
	add_number(&text, "; ", number(header, "processes"), "processes");
	add_number(&text, ", ", number(header, "programs"), "programs");
	if (number(header, "programs_left_out"))
		add_number(&text, "; left out: ", number(header, "programs_left_out"), "programs");
	if (number(header, "events_kept"))
		add_number(&text, "; ", number(header, "events_kept"), "events kept");
	if (*selected)
		text_add(&text, "; only %s", selected);
	line(page, "seen", text.bytes);
	free(text.bytes);
	free(selected);
}

static void print_header(const struct page *page, const json_t *header)
{
	print_title(page, header);
	print_program(page, header);
	print_when(page, header);
	print_seen(page, header);
}

/* Findings */

/* "name 12, name 3 and 4 more" */
static void add_list(struct text *text, const json_t *list, const char *key, unsigned shown)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (i == shown) {
			text_add(text, " and %zu more", json_array_size(list) - i);
			return;
		}
		text_add(text, "%s", i ? ", " : "");
		text_add_value(text, json_object_get(item, key));
		if (json_object_get(item, "count") && json_array_size(list) > 1) {
			text_add(text, " (");
			text_add_count(text, number(item, "count"));
			text_add(text, ")");
		}
	}
}

static void add_sites(struct text *text, const json_t *sites, unsigned shown)
{
	const json_t *site;
	size_t i;

	json_array_foreach(sites, i, site)
	{
		char *module = text_member(site, "module");

		if (i == shown) {
			text_add(text, " and %zu more", json_array_size(sites) - i);
			free(module);
			return;
		}
		text_add(text, "%s%s+0x%llx", i ? ", " : "", *module ? module : "?",
			number(site, "offset"));
		if (json_array_size(sites) > 1) {
			text_add(text, " (");
			text_add_count(text, number(site, "count"));
			text_add(text, ")");
		}
		free(module);
	}
}

static void detail(const struct page *page, const char *label, struct text *text)
{
	if (text->columns) {
		fprintf(page->to, "          %s%-7s%s  ", paint(page, DIM), label,
			paint(page, PLAIN));
		wrap(page, text->bytes, 19);
	}
	free(text->bytes);
	*text = (struct text){0};
}

static void print_details(const struct page *page, const json_t *finding)
{
	unsigned shown = page->all ? UINT32_MAX : 0;
	struct text text = {0};

	add_list(&text, json_object_get(finding, "calls"), "name", shown ?: CALLS_SHOWN);
	detail(page, "calls", &text);
	add_sites(&text, json_object_get(finding, "sites"), shown ?: SITES_SHOWN);
	detail(page, "at", &text);
	add_list(&text, json_object_get(finding, "files"), "path", shown ?: SITES_SHOWN);
	detail(page, "in", &text);
	add_list(&text, json_object_get(finding, "programs"), "path", shown ?: PROGRAMS_SHOWN);
	detail(page, "by", &text);
	text_add_value(&text, json_object_get(finding, "example"));
	detail(page, "e.g.", &text);
	text_add_value(&text, json_object_get(finding, "why"));
	detail(page, "why", &text);
	text_add_value(&text, json_object_get(finding, "remedy"));
	detail(page, "remedy", &text);
}

static void print_finding(const struct page *page, const json_t *finding)
{
	char *severity = text_member(finding, "severity"), *id = text_member(finding, "id"),
	     *title = text_member(finding, "title"), *unit = text_member(finding, "unit");
	struct text text = {0};

	add_number(&text, "", number(finding, "count"), unit);
	text_add(&text, ": %s", title);
	fprintf(page->to, "  %s%-6s%s  %s%s%s: ", paint(page, severity_colour(severity)), severity,
		paint(page, PLAIN), paint(page, BOLD), id, paint(page, PLAIN));
	wrap_from(page, text.bytes, 10, 12 + strlen(id));
	if (!page->brief)
		print_details(page, finding);
	free(severity);
	free(id);
	free(title);
	free(unit);
	free(text.bytes);
}

static void print_findings(const struct page *page, const json_t *findings, bool calls)
{
	const json_t *finding;
	size_t i;

	fprintf(page->to, "\n%sFindings%s\n", paint(page, BOLD), paint(page, PLAIN));
	if (!json_array_size(findings))
		fprintf(page->to, "  none: %s\n",
			calls ? "nothing of what was seen is known to break one day"
			      : "no call was recorded");
	json_array_foreach(findings, i, finding) print_finding(page, finding);
}

/* Sections */

struct table {
	const struct section *section;
	struct text *cells; /* rows * columns */
	size_t rows, room;
	unsigned ncolumns, width[COLUMNS_MAX];
};

static bool right(enum column_form form)
{
	return form == COLUMN_COUNT || form == COLUMN_TIME || form == COLUMN_ADDRESS;
}

static void fill(struct text *cell, enum column_form form, const json_t *value)
{
	text_add(cell, "%s", "");
	if (json_is_null(value))
		text_add(cell, "-");
	else if (form == COLUMN_COUNT && json_is_integer(value))
		text_add_count(cell, json_integer_value(value));
	else if (form == COLUMN_TIME && json_is_integer(value))
		text_add_time(cell, json_integer_value(value));
	else if (form == COLUMN_ADDRESS && json_is_integer(value))
		text_add(cell, "0x%llx", json_integer_value(value));
	else
		text_add_value(cell, value);
}

static void add_row(struct table *table, const json_t *row)
{
	const struct section *section = table->section;
	unsigned shown = 0;

	if (table->rows == table->room) {
		table->room = table->room ? table->room * 2 : 32;
		table->cells =
			xrealloc(table->cells, table->room * COLUMNS_MAX * sizeof(*table->cells));
	}
	for (unsigned i = 0; i < COLUMNS_MAX && section->columns[i].name; i++) {
		struct text *cell = &table->cells[table->rows * COLUMNS_MAX + shown];

		if (section->columns[i].form == COLUMN_HIDDEN)
			continue;
		*cell = (struct text){0};
		fill(cell, section->columns[i].form,
			json_object_get(row, section->columns[i].name));
		if (table->width[shown] < cell->columns)
			table->width[shown] = cell->columns;
		shown++;
	}
	table->ncolumns = shown;
	table->rows++;
}

static void print_cell(
	const struct page *page, const struct text *cell, unsigned width, bool on_right, bool last)
{
	int blanks = width > cell->columns ? width - cell->columns : 0;

	fprintf(page->to, "  %*s%s%*s", on_right ? blanks : 0, "", cell->bytes,
		on_right || last ? 0 : blanks, "");
}

static const struct column *shown_column(const struct section *section, unsigned i)
{
	const struct column *column = section->columns;

	for (;; column++)
		if (column->form != COLUMN_HIDDEN && !i--)
			return column;
}

static void print_headings(const struct page *page, struct table *table)
{
	fputs(paint(page, DIM), page->to);
	for (unsigned i = 0; i < table->ncolumns; i++) {
		const struct column *column = shown_column(table->section, i);
		struct text heading = {0};

		text_add(&heading, "%s", column->heading);
		if (table->width[i] < heading.columns)
			table->width[i] = heading.columns;
		print_cell(page, &heading, table->width[i], right(column->form),
			i + 1 == table->ncolumns);
		free(heading.bytes);
	}
	fprintf(page->to, "%s\n", paint(page, PLAIN));
}

static void print_row(const struct page *page, const struct table *table, struct text *cells)
{
	unsigned at = 0, limit = page->width ? page->width : CUT_PLAIN;

	for (unsigned i = 0; i < table->ncolumns; i++) {
		const struct column *column = shown_column(table->section, i);
		bool last = i + 1 == table->ncolumns;

		if (column->form == COLUMN_CUT && !page->all && limit > at + 12)
			text_cut(&cells[i], limit - at - 2);
		print_cell(page, &cells[i], table->width[i], right(column->form), last);
		at += 2 + table->width[i];
	}
	fputc('\n', page->to);
}

static void print_flow(const struct page *page, const struct table *table)
{
	struct text text = {0};

	for (size_t r = 0; r < table->rows; r++)
		text_add(&text, "%s%s" TIE "%s%s", r ? " " : "",
			table->cells[r * COLUMNS_MAX].bytes,
			table->cells[r * COLUMNS_MAX + 1].bytes, r + 1 < table->rows ? "," : "");
	fputs("  ", page->to);
	wrap(page, text.bytes, 2);
	free(text.bytes);
}

static void free_table(struct table *table)
{
	for (size_t r = 0; r < table->rows; r++)
		for (unsigned i = 0; i < table->ncolumns; i++)
			free(table->cells[r * COLUMNS_MAX + i].bytes);
	free(table->cells);
}

static void print_table(const struct page *page, struct table *table, size_t more)
{
	const struct section *section = table->section;

	fprintf(page->to, "\n%s%s%s", paint(page, BOLD), section->title, paint(page, PLAIN));
	if (table->rows + more > 1 && !section->flow)
		fprintf(page->to, " %s(%zu)%s", paint(page, DIM), table->rows + more,
			paint(page, PLAIN));
	fputc('\n', page->to);
	if (section->flow) {
		print_flow(page, table);
		return;
	}
	print_headings(page, table);
	for (size_t r = 0; r < table->rows; r++)
		print_row(page, table, &table->cells[r * COLUMNS_MAX]);
	if (more)
		fprintf(page->to, "  ... and %zu more (--all)\n", more);
}

static int print_section(const struct page *page, sqlite3 *db, const struct section *section)
{
	struct table table = {.section = section};
	sqlite3_stmt *statement = NULL;
	size_t more = 0;
	int rc = sqlite3_prepare_v2(db, section->sql, -1, &statement, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
		if (page->all || table.rows < section->limit) {
			json_t *row = report_row(statement);

			add_row(&table, row);
			json_decref(row);
		} else {
			more++;
		}
		rc = SQLITE_OK;
	}
	sqlite3_finalize(statement);
	if (rc == SQLITE_DONE && table.rows)
		print_table(page, &table, more);
	free_table(&table);
	return rc == SQLITE_DONE ? 0 : -EIO;
}

/* The page */

static struct page page_of(const struct report_options *options, FILE *to)
{
	struct page page = {.to = to, .all = options->all, .brief = options->brief};
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct winsize size;

	if (!isatty(fileno(to)))
		return page;
	page.width = ioctl(fileno(to), TIOCGWINSZ, &size) || size.ws_col < 40 ? 80 : size.ws_col;
	page.colour = !(no_color && *no_color) && term && strcmp(term, "dumb");
	return page;
}

int report_write_text(sqlite3 *db, const json_t *header, const json_t *findings,
	const struct report_options *options, FILE *to)
{
	struct page page = page_of(options, to);
	int err = 0;

	print_header(&page, header);
	print_findings(&page, findings, number(header, "calls"));
	for (const struct section *s = report_sections; s->key && !err && !page.brief; s++)
		if (s->title)
			err = print_section(&page, db, s);
	if (fflush(to) && !err)
		err = -errno;
	return err;
}
