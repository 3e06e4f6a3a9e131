/* SPDX-License-Identifier: MIT */
/* Runs each rule's query into a table of hits, and sums them up. */
#include <stdio.h>
#include <stdlib.h>

#include "err.h"
#include "findings.h"
#include "report.h"

static const char fallbacks[] =
	"CREATE TEMP TABLE fallback AS SELECT column1 AS newer, column2 AS elder FROM (VALUES"
	"('clone3', 'clone'), ('clone3', 'vfork'), ('clone3', 'fork'),"
	"('statx', 'fstatat64'), ('statx', 'stat64'), ('statx', 'lstat64'), ('statx', 'fstat64'),"
	"('faccessat2', 'faccessat'), ('faccessat2', 'access'), ('fchmodat2', 'fchmodat'),"
	"('openat2', 'openat'), ('close_range', 'close'), ('getrandom', 'openat'),"
	"('getrandom', 'open'), ('renameat2', 'renameat'), ('renameat2', 'rename'),"
	"('execveat', 'execve'), ('epoll_pwait2', 'epoll_pwait'), ('epoll_pwait2', 'epoll_wait'),"
	"('preadv2', 'preadv'), ('pwritev2', 'pwritev'), ('copy_file_range', 'write'),"
	"('socket', 'socketcall'), ('memfd_create', 'openat'), ('prlimit64', 'ugetrlimit'),"
	"('clock_gettime64', 'clock_gettime'), ('clock_settime64', 'clock_settime'),"
	"('clock_adjtime64', 'clock_adjtime'), ('clock_getres_time64', 'clock_getres'),"
	"('clock_nanosleep_time64', 'clock_nanosleep'), ('clock_nanosleep_time64', 'nanosleep'),"
	"('timer_gettime64', 'timer_gettime'), ('timer_settime64', 'timer_settime'),"
	"('timerfd_gettime64', 'timerfd_gettime'), ('timerfd_settime64', 'timerfd_settime'),"
	"('utimensat_time64', 'utimensat'), ('utimensat_time64', 'utimes'),"
	"('pselect6_time64', 'pselect6'), ('pselect6_time64', '_newselect'),"
	"('ppoll_time64', 'ppoll'), ('ppoll_time64', 'poll'),"
	"('io_pgetevents_time64', 'io_pgetevents'), ('recvmmsg_time64', 'recvmmsg'),"
	"('mq_timedsend_time64', 'mq_timedsend'), ('mq_timedreceive_time64', 'mq_timedreceive'),"
	"('semtimedop_time64', 'ipc'), ('semtimedop_time64', 'semtimedop'),"
	"('rt_sigtimedwait_time64', 'rt_sigtimedwait'), ('futex_time64', 'futex'),"
	"('sched_rr_get_interval_time64', 'sched_rr_get_interval'))";

static const struct rule {
	const char *id;
	enum severity severity;
	const char *unit, *title, *why, *remedy, *sql;
} rules[] = {
#define RULE(id, severity, unit, title, why, remedy, sql)                                          \
	{#id, SEVERITY_##severity, unit, title, why, remedy, sql},
#include "findings.def"
};

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"high", "medium", "low"};

	return names[severity];
}

static bool run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Rows as an array of objects; NULL if the recording cannot be read. */
static json_t *rows(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	json_t *list = NULL;
	int rc;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		return NULL;
	list = json_array();
	while ((rc = sqlite3_step(statement)) == SQLITE_ROW)
		json_array_append_new(list, report_row(statement));
	if (rc != SQLITE_DONE) {
		json_decref(list);
		list = NULL;
	}
	sqlite3_finalize(statement);
	return list;
}

static json_t *one_value(sqlite3 *db, const char *sql)
{
	json_t *list = rows(db, sql), *value = json_null();

	if (list && json_array_size(list))
		value = json_incref(
			json_object_iter_value(json_object_iter(json_array_get(list, 0))));
	json_decref(list);
	return value;
}

static const char calls_sql[] =
	"SELECT coalesce(k.subname, k.name) AS name, sum(h.count) AS count FROM hit h"
	" JOIN call k ON k.id = h.call GROUP BY 1 ORDER BY 2 DESC, 1";
static const char sites_sql[] =
	"SELECT m.path AS module, h.offset, sum(h.count) AS count FROM hit h"
	" LEFT JOIN binary m ON m.id = h.binary WHERE h.offset IS NOT NULL"
	" GROUP BY h.binary, h.offset ORDER BY 3 DESC, 1, 2";
static const char files_sql[] =
	"SELECT DISTINCT m.path AS path FROM hit h JOIN binary m ON m.id = h.binary"
	" WHERE h.offset IS NULL ORDER BY 1";
static const char programs_sql[] =
	"SELECT b.path AS path, sum(h.count) AS count FROM hit h JOIN image i ON i.id = h.image"
	" JOIN binary b ON b.id = i.binary GROUP BY i.binary ORDER BY 2 DESC, 1";
static const char example_sql[] =
	"SELECT coalesce(h.example, x.text) AS shown FROM hit h JOIN image i ON i.id = h.image"
	" LEFT JOIN example x ON x.program = i.binary AND x.call = h.call"
	" WHERE shown IS NOT NULL ORDER BY h.example IS NULL, h.count DESC, x.errno <> '' LIMIT 1";

/* NULL: nothing found, or (*broken) the recording cannot be read. */
static json_t *apply(sqlite3 *db, const struct rule *rule, bool *broken)
{
	char *fill = xasprintf("DELETE FROM hit; INSERT INTO hit %s", rule->sql);
	json_t *count, *calls, *finding = NULL;

	*broken = !run(db, fill);
	free(fill);
	if (*broken)
		return NULL;
	count = one_value(db, "SELECT sum(count) FROM hit");
	if (json_integer_value(count) > 0) {
		calls = rows(db, calls_sql);
		finding = json_pack("{ss ss ss so ss so* so* so* so* so ss ss}", "id", rule->id,
			"severity", severity_name(rule->severity), "title", rule->title, "count",
			json_incref(count), "unit", rule->unit, "calls", calls, "sites",
			rows(db, sites_sql), "files", rows(db, files_sql), "programs",
			rows(db, programs_sql), "example", one_value(db, example_sql), "why",
			rule->why, "remedy", rule->remedy);
		*broken = !finding;
	}
	json_decref(count);
	return finding;
}

json_t *findings_of(sqlite3 *db)
{
	json_t *list = json_array();
	bool broken = !run(db, "CREATE TEMP TABLE IF NOT EXISTS hit(image, call, binary, offset,"
			       " count, example)");

	if (!run(db, "SELECT 1 FROM temp.fallback LIMIT 1"))
		broken |= !run(db, fallbacks);
	for (int severity = SEVERITY_HIGH; severity <= SEVERITY_LOW && !broken; severity++) {
		for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && !broken; i++) {
			json_t *finding;

			if ((int)rules[i].severity != severity)
				continue;
			finding = apply(db, &rules[i], &broken);
			if (finding)
				json_array_append_new(list, finding);
		}
	}
	if (!broken)
		return list;
	json_decref(list);
	return NULL;
}

/* "stat64 (12), fstat64 (3)" */
static char *join(const json_t *list, const char *key)
{
	char *text = xstrdup("");
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *word = json_string_value(json_object_get(item, key));
		char *longer = xasprintf("%s%s%s", text, i ? ", " : "", word ? word : "?");

		free(text);
		text = longer;
	}
	return text;
}

void findings_record(struct recording *recording, const json_t *findings)
{
	json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
	{
		const json_t *site = json_array_get(json_object_get(finding, "sites"), 0);
		const char *module = json_string_value(json_object_get(site, "module"));
		char *calls = join(json_object_get(finding, "calls"), "name");
		char *programs = join(json_object_get(finding, "programs"), "path");
		char *where = site ? xasprintf("%s+0x%llx", module ? module : "?",
					     json_integer_value(json_object_get(site, "offset")))
				   : NULL;
#define TEXT(key) json_string_value(json_object_get(finding, key))
		recording_run(recording, REC_FINDING, "sssissssss", TEXT("id"), TEXT("severity"),
			TEXT("title"),
			(int64_t)json_integer_value(json_object_get(finding, "count")), calls,
			programs, where, TEXT("example"), TEXT("why"), TEXT("remedy"));
#undef TEXT
		free(calls);
		free(programs);
		free(where);
	}
}
