/* SPDX-License-Identifier: MIT */
/* The sections of a report: what is asked of the recording, and how its columns are shown. */
#include "report.h"

/* clang-format off */
#define CHOSEN(table) " FROM " table " JOIN chosen USING(image) "
#define CALL_NAME "k.name || coalesce(':' || k.subname, '')"
#define CALLS(condition) \
	"SELECT " CALL_NAME " AS name, sum(c.count) AS count, sum(c.errors) AS errors," \
	" sum(c.timed) AS timed, sum(c.unfinished) AS unfinished, CASE WHEN sum(c.timed) THEN sum(c.total_ns) END AS total_ns," \
	" CASE WHEN sum(c.timed) THEN max(c.max_ns) END AS longest_ns," \
	" group_concat(DISTINCT k.via) AS via, k.nr, k.sub, k.abi" CHOSEN("call_count c") \
	"JOIN call k ON k.id = c.call WHERE " condition \
	" GROUP BY k.abi, k.nr, k.sub ORDER BY 2 DESC, 1"
#define FILES(verbs, having) \
	"SELECT group_concat(DISTINCT f.how) AS how, sum(f.ok) AS ok, sum(f.missing) AS missing," \
	" sum(f.denied) AS denied, sum(f.failed) AS failed, p.path" CHOSEN("file f") \
	"JOIN path p ON p.id = f.path WHERE " verbs " GROUP BY f.path HAVING " having

/* The program's own files before those that come with every system. */
#define BY_INTEREST(number) \
	" ORDER BY p.path LIKE '/usr/%' OR p.path LIKE '/lib%' OR p.path LIKE '/etc/%'" \
	" OR p.path LIKE '/proc/%' OR p.path LIKE '/sys/%' OR p.path LIKE '/dev/%', " number \
	" DESC, p.path"

#define CALL_COLUMNS \
	{ \
		{"count", "calls", COLUMN_COUNT}, {"errors", "errors", COLUMN_COUNT}, \
			{"total_ns", "time", COLUMN_TIME}, {"longest_ns", "longest", COLUMN_TIME}, \
			{"timed", "", COLUMN_HIDDEN}, {"unfinished", "", COLUMN_HIDDEN}, \
			{"name", "call", COLUMN_TEXT}, \
			{"via", "via", COLUMN_TEXT}, {"nr", "", COLUMN_HIDDEN}, \
			{"sub", "", COLUMN_HIDDEN}, {"abi", "", COLUMN_HIDDEN}, \
	}
#define FILE_COLUMNS(number, heading) \
	{ \
		{number, heading, COLUMN_COUNT}, {"how", "how", COLUMN_TEXT}, \
			{"path", "path", COLUMN_TEXT}, \
	}

const struct section report_sections[] = {
	{
		"calls", "Calls", 15, false,
		CALL_COLUMNS,
		CALLS("k.abi = 'i386'"),
	},
	{
		"calls_64", "Calls of 64-bit code", 10, false,
		CALL_COLUMNS,
		CALLS("k.abi <> 'i386'"),
	},
	{
		"errors", "Errors", 10, false,
		{
			{"count", "times", COLUMN_COUNT},
			{"errno", "errno", COLUMN_TEXT},
			{"call", "first example", COLUMN_CUT},
			{"name", "", COLUMN_HIDDEN},
			{"example", "", COLUMN_HIDDEN},
			{"abi", "", COLUMN_HIDDEN},
		},
		"SELECT errno, name, count, abi, example, coalesce(CASE WHEN instr(example, ') = -1 ') THEN"
		"  substr(example, 1, instr(example, ') = -1 ')) END, example, name) AS call FROM ("
		" SELECT e.errno, " CALL_NAME " AS name, sum(e.count) AS count, k.abi, min(x.text) AS example"
		CHOSEN("call_error e") "JOIN call k ON k.id = e.call JOIN image i ON i.id = image"
		" LEFT JOIN example x ON x.program = i.binary AND x.call = e.call AND x.errno = e.errno"
		" GROUP BY e.errno, k.abi, k.nr, k.sub) ORDER BY count DESC, errno, name",
	},
	{
		"files_written", "Files written, made or changed", 15, false,
		FILE_COLUMNS("ok", "times"),
		FILES("f.how IN ('write', 'create', 'delete', 'rename', 'mkdir', 'link',"
		      " 'attributes', 'mount')",
			"sum(f.ok) > 0") BY_INTEREST("2"),
	},
	{
		"files_read", "Files read", 12, false,
		FILE_COLUMNS("ok", "times"),
		FILES("f.how IN ('read', 'list', 'exec')", "sum(f.ok) > 0") BY_INTEREST("2"),
	},
	{
		"files_examined", "Files only looked at", 8, false,
		FILE_COLUMNS("ok", "times"),
		FILES("1", "sum(f.ok) > 0 AND count(CASE WHEN f.ok AND f.how NOT IN ('stat', 'chdir',"
			   " 'other') THEN 1 END) = 0") BY_INTEREST("2"),
	},
	{
		"files_missing", "Files looked for and not found", 10, false,
		FILE_COLUMNS("missing", "times"),
		FILES("1", "sum(f.missing) > 0 AND sum(f.ok) = 0") BY_INTEREST("3"),
	},
	{
		"files_denied", "Files denied", 15, false,
		FILE_COLUMNS("denied", "times"),
		FILES("1", "sum(f.denied) > 0") BY_INTEREST("4"),
	},
	{
		"network", "Network and local sockets", 15, false,
		{
			{"count", "times", COLUMN_COUNT},
			{"errors", "errors", COLUMN_COUNT},
			{"direction", "way", COLUMN_TEXT},
			{"family", "family", COLUMN_TEXT},
			{"protocol", "protocol", COLUMN_TEXT},
			{"peer", "peer", COLUMN_TEXT},
			{"address", "", COLUMN_HIDDEN},
			{"port", "", COLUMN_HIDDEN},
		},
		"SELECT direction, family, protocol, address, port, sum(count) AS count,"
		" sum(errors) AS errors, CASE WHEN port THEN CASE family WHEN 'ipv6' THEN"
		" '[' || address || ']:' || port ELSE address || ':' || port END ELSE address END AS peer"
		CHOSEN("peer") "GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 6 DESC, 4",
	},
	{
		"programs", "Programs executed", 15, false,
		{
			{"executed", "times", COLUMN_COUNT},
			{"processes", "", COLUMN_HIDDEN},
			{"count", "calls", COLUMN_COUNT},
			{"errors", "errors", COLUMN_COUNT},
			{"bits", "bits", COLUMN_COUNT},
			{"linkage", "linked", COLUMN_TEXT},
			{"path", "program", COLUMN_TEXT},
			{"root", "", COLUMN_HIDDEN},
			{"build_id", "", COLUMN_HIDDEN},
			{"stack", "", COLUMN_HIDDEN},
			{"interp", "", COLUMN_HIDDEN},
		},
		"SELECT b.path, b.root, b.class AS bits, b.linkage, b.build_id, b.stack, b.interp,"
		" count(CASE WHEN i.began <> 'fork' THEN 1 END) AS executed,"
		" count(DISTINCT i.process) AS processes, coalesce(sum(c.count), 0) AS count,"
		" coalesce(sum(c.errors), 0) AS errors FROM image i JOIN chosen ON chosen.image = i.id"
		" JOIN binary b ON b.id = i.binary"
		" LEFT JOIN (SELECT image, sum(count) AS count, sum(errors) AS errors FROM call_count"
		"  GROUP BY image) c ON c.image = i.id GROUP BY b.id ORDER BY count DESC, b.path",
	},
	{
		"processes", "Processes", 15, false,
		{
			{"pid", "pid", COLUMN_TEXT},
			{"parent", "parent", COLUMN_TEXT},
			{"duration_ns", "time", COLUMN_TIME},
			{"threads", "threads", COLUMN_COUNT},
			{"count", "calls", COLUMN_COUNT},
			{"end", "end", COLUMN_TEXT},
			{"exit_code", "", COLUMN_HIDDEN},
			{"exit_signal", "", COLUMN_HIDDEN},
			{"started_ns", "", COLUMN_HIDDEN},
			{"command", "command", COLUMN_CUT},
		},
		"SELECT p.pid, q.pid AS parent, p.started_ns, p.ended_ns - p.started_ns AS duration_ns,"
		" p.threads, (SELECT coalesce(sum(c.count), 0) FROM image i JOIN call_count c"
		"  ON c.image = i.id WHERE i.process = p.id) AS count, p.exit_code, p.exit_signal,"
		" coalesce(p.exit_signal, 'exit ' || p.exit_code, p.end, 'cut') AS end,"
		" coalesce((SELECT command FROM image i WHERE i.process = p.id AND command IS NOT NULL"
		"  ORDER BY id DESC LIMIT 1), '(fork)') AS command"
		" FROM process p LEFT JOIN process q ON q.id = p.parent"
		" WHERE p.id IN (SELECT process FROM image JOIN chosen ON chosen.image = image.id)"
		" ORDER BY p.id",
	},
	{
		"libraries", "Libraries loaded", 10, false,
		{
			{"count", "times", COLUMN_COUNT},
			{"stack", "", COLUMN_HIDDEN},
			{"textrel", "", COLUMN_HIDDEN},
			{"path", "path", COLUMN_TEXT},
			{"build_id", "build-id", COLUMN_CUT},
			{"root", "", COLUMN_HIDDEN},
		},
		"SELECT sum(l.count) AS count, b.stack, b.textrel, b.build_id, b.path, b.root"
		CHOSEN("library l") "JOIN binary b ON b.id = l.binary GROUP BY b.id ORDER BY 1 DESC,"
		" b.path",
	},
	{
		"ioctls", "ioctl requests", 15, false,
		{
			{"count", "times", COLUMN_COUNT},
			{"errors", "errors", COLUMN_COUNT},
			{"request", "request", COLUMN_ADDRESS},
			{"name", "name", COLUMN_TEXT},
		},
		"SELECT request, name, sum(count) AS count, sum(errors) AS errors" CHOSEN("ioctl")
		"GROUP BY 1 ORDER BY 3 DESC, 2",
	},
	{
		"signals", "Signals", 15, false,
		{
			{"count", "times", COLUMN_COUNT},
			{"errors", "errors", COLUMN_COUNT},
			{"direction", "way", COLUMN_TEXT},
			{"name", "signal", COLUMN_TEXT},
		},
		"SELECT direction, name, sum(count) AS count, sum(errors) AS errors" CHOSEN("signal")
		"GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
	},
	{
		"groups", "Groups used", UINT32_MAX, true,
		{
			{"name", "", COLUMN_TEXT},
			{"count", "", COLUMN_COUNT},
		},
		"SELECT g.name, sum(c.count) AS count" CHOSEN("call_count c")
		"JOIN call_group g ON g.call = c.call GROUP BY 1 ORDER BY substr(g.name, 1, 1), 2 DESC, 1",
	},
	{
		"program_calls", NULL, 0, false, /* only in JSON */
		{
			{"program", "", COLUMN_TEXT},
			{"name", "", COLUMN_TEXT},
			{"count", "", COLUMN_COUNT},
			{"errors", "", COLUMN_COUNT},
			{"total_ns", "", COLUMN_TIME},
			{"abi", "", COLUMN_TEXT},
		},
		"SELECT b.path AS program, " CALL_NAME " AS name, sum(c.count) AS count,"
		" sum(c.errors) AS errors, sum(c.total_ns) AS total_ns, k.abi" CHOSEN("call_count c")
		"JOIN call k ON k.id = c.call JOIN image i ON i.id = image"
		" LEFT JOIN binary b ON b.id = i.binary"
		" GROUP BY i.binary, k.abi, k.nr, k.sub ORDER BY 1, 3 DESC, 2",
	},
	{0},
};
/* clang-format on */
