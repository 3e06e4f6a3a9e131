/* SPDX-License-Identifier: MIT */
/* The parts of an audit that need no process: what calls are about, counters, text, ELF facts. TAP.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binary.h"
#include "recording.h"
#include "subject.h"
#include "tally.h"
#include "text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static unsigned faults;

#define expect(condition, ...)                                                                     \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			faults++;                                                                  \
			printf("# %s: ", #condition);                                              \
			printf(__VA_ARGS__);                                                       \
			putchar('\n');                                                             \
		}                                                                                  \
	} while (0)

/* Paths that are no file that the call opens, looks at or changes. */
static bool no_file(const struct sysent *row, unsigned arg)
{
	static const struct {
		const char *call;
		unsigned arg;
	} known[] = {
		{"symlink", 0}, /* what the link says */
		{"symlinkat", 0},
		{"nfsservctl", 2},
		{"fsconfig", 3},
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (!strcmp(known[i].call, row->name) && known[i].arg == arg)
			return true;
	return false;
}

static void paths_have_subjects(void)
{
	const struct sysent *row;

	for (size_t i = 0; (row = abi_row(i)); i++) {
		struct call call = {.entry = row, .form = row, .name = row->name};

		for (unsigned arg = 0; arg < row->nargs; arg++)
			if (row->args[arg].kind == K_PATH && !no_file(row, arg))
				expect(subject_of(&call), "%s has a path", row->name);
	}
}

static int64_t number(struct recording *recording, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(recording_db(recording), sql, -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW)
		n = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return n;
}

/* 200,000 paths are far more than the table holds: it writes and forgets, and nothing is lost. */
static void counters_add_up(void)
{
	struct tally_list one = {.image = 1}, two = {.image = 2};
	struct recording *recording;
	char why[256], path[64];

	expect(!recording_create(&recording, NULL, why, sizeof(why)), "%s", why);
	tally_start(recording);
	for (int i = 0; i < 200000; i++) {
		struct tally *tally;

		snprintf(path, sizeof(path), "/a/path/that/takes/some/room/%d", i);
		tally = tally_get(i % 2 ? &one : &two, TALLY_FILE, 0, 0, path);
		tally_label(tally, "read");
		tally->n[0]++;
		tally_get(&one, TALLY_CALL, 7, 0, NULL)->n[0]++;
		if (i % 50000 == 0)
			tally_flush();
	}
	tally_close(&one);
	tally_close(&two);
	recording_commit(recording);
	expect(!recording_error(recording), "%s", recording_error(recording));
	expect(number(recording, "SELECT count(*) FROM file") == 200000, "paths");
	expect(number(recording, "SELECT sum(ok) FROM file WHERE image = 2") == 100000, "of two");
	expect(number(recording, "SELECT count FROM call_count") == 200000, "calls");
	recording_close(recording);
}

static void text_is_harmless(void)
{
	static const struct {
		const char *bytes, *shown;
		unsigned columns;
	} rows[] = {
		{"plain", "plain", 5},
		{"caf\xc3\xa9", "caf\xc3\xa9", 4},
		{"\xe6\xbc\xa2", "\xe6\xbc\xa2", 2},
		{"a\nb\tc\r", "a\\nb\\tc\\r", 9},
		{"\033[31m", "\\x1b[31m", 8},
		{"\xff\xfe", "\\xff\\xfe", 8},
		{"\xc3", "\\xc3", 4},
		{"\xc0\xaf", "\\xc0\\xaf", 8},
		{"\xe2\x80\xae", "\\xe2\\x80\\xae", 12},
		{"\x7f", "\\x7f", 4},
		{"\xc2\x9b", "\\xc2\\x9b", 8},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text text = {0};

		text_add_escaped(&text, rows[i].bytes, strlen(rows[i].bytes));
		expect(!strcmp(text.bytes, rows[i].shown), "%s, not %s", text.bytes, rows[i].shown);
		expect(text.columns == rows[i].columns, "%u columns: %s", text.columns,
			rows[i].shown);
		free(text.bytes);
	}
}

static void numbers_are_readable(void)
{
	static const struct {
		long long n;
		const char *count, *time;
	} rows[] = {
		{0, "0", "0.0 us"},
		{999, "999", "1.0 us"},
		{1000, "1,000", "1.0 us"},
		{1234567, "1,234,567", "1.2 ms"},
		{-1234, "-1,234", "-1.2 us"},
		{12345678901, "12,345,678,901", "12.35 s"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text count = {0}, time = {0};

		text_add_count(&count, rows[i].n);
		text_add_time(&time, rows[i].n);
		expect(!strcmp(count.bytes, rows[i].count), "%s", count.bytes);
		expect(!strcmp(time.bytes, rows[i].time), "%s", time.bytes);
		free(count.bytes);
		free(time.bytes);
	}
}

static void text_is_cut_between_characters(void)
{
	struct text text = {0};

	text_add_escaped(&text, "caf\xc3\xa9s and more", 15);
	text_cut(&text, 7);
	expect(!strcmp(text.bytes, "caf\xc3\xa9..."), "%s", text.bytes);
	expect(text.columns == 7, "%u", text.columns);
	free(text.bytes);
}

static void elf_files_are_known(void)
{
	struct binary binary;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	expect(!binary_inspect(fd, &binary), "fails");
	expect(binary.is_elf && binary.is64 && !strcmp(binary.linkage, "dynamic"), "%s",
		binary.linkage);
	expect(binary.stack == STACK_NOT_EXEC && !binary.textrel, "%d", binary.stack);
	expect(strstr(binary.interp, "ld-linux"), "%s", binary.interp);
	close(fd);
	fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	expect(!binary_inspect(fd, &binary) && !binary.is_elf, "passwd");
	close(fd);
	expect(binary_inspect(-1, &binary) < 0, "no file");
}

static const struct {
	void (*run)(void);
	const char *promise;
} tests[] = {
	{paths_have_subjects, "every call with a path is known to be about a file"},
	{counters_add_up, "counters are bounded in memory, and add up in the recording"},
	{text_is_harmless, "bytes that could move a cursor are escaped, others are not"},
	{numbers_are_readable, "counts and times are readable"},
	{text_is_cut_between_characters, "text is cut between characters"},
	{elf_files_are_known, "ELF files are known for what they are"},
};

int main(void)
{
	bool failed = false;

	printf("1..%zu\n", COUNT(tests));
	for (size_t i = 0; i < COUNT(tests); i++) {
		faults = 0;
		tests[i].run();
		printf("%s %zu - %s\n", faults ? "not ok" : "ok", i + 1, tests[i].promise);
		failed |= faults;
	}
	return failed;
}
