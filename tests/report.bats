#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# int80 report: what a person reads and what a program reads, and what it says of files that are none.
load helpers

setup_file()
{
	export DIR=$BATS_FILE_TMPDIR
	mkdir "$DIR/place"
	"$INT80" audit -o "$DIR/odd" --report "$DIR/odd.text" -- "$GUESTS/odd_paths" "$DIR/place" >/dev/null
	"$INT80" audit -o "$DIR/habits" --events -- "$GUESTS/habits" time32 uid16 nonlfs >/dev/null
}

setup()
{
	requires python3 sqlite3
	cd "$BATS_TEST_TMPDIR" || exit
}

report()
{
	run_t "$LIMIT" "$INT80" report "$@"
}

# refused FILE REGEX: one line that says why, status 125.
refused()
{
	report "$1"
	expect_status 125
	[ "$(wc -l <<<"$stderr")" = 1 ] || fail "not one line"
	expect_match stderr "$2"
	report --json "$1"
	expect_status 125
}

# on_terminal COLUMNS COMMAND... : runs it on a terminal of that width; its output to $output.
on_terminal()
{
	run_t "$LIMIT" python3 -c '
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if not pid:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, int(sys.argv[1]), 0, 0))
text = b""
try:
    while piece := os.read(fd, 65536):
        text += piece
except OSError:
    pass
sys.stdout.buffer.write(text.replace(b"\r\n", b"\n"))' "$@"
}

@test "a recording is reported as the audit itself reports" {
	report "$DIR/odd"
	expect_status 0
	[ "$output" = "$(cat "$DIR/odd.text")" ] || fail "$(diff <(echo "$output") "$DIR/odd.text")"
}

@test "the report has a header, findings and the lists" {
	report "$DIR/habits"
	expect_match output "^int80 audit: .*habits time32 uid16 nonlfs"
	expect_match output "program +.*habits, 32-bit dynamic,[[:space:]]+build-id [0-9a-f]{40}"
	expect_match output "exit status 0"
	expect_match output "where +Linux $(uname -r) x86_64, layer kernel, int80"
	expect_match output "seen +[0-9]+ calls of [0-9]+ kinds, [0-9]+ failed; 1 process, 1 program"
	for title in Findings Calls Errors "Files read" "Files looked for and not found" Processes \
		"Programs executed" "Libraries loaded" "Groups used"; do
		expect_match output $'\n'"$title"
	done
}

@test "JSON holds all sections, and the same numbers as the recording" {
	report --json "$DIR/habits"
	expect_status 0
	python3 -c '
import json, sqlite3, sys
report = json.loads(sys.argv[1])
db = sqlite3.connect(sys.argv[2])
assert report["schema"] == 1
for key in ("findings calls calls_64 errors files_written files_read files_examined files_missing"
            " files_denied network programs processes libraries ioctls signals groups"
            " program_calls").split():
    assert isinstance(report[key], list), key
header = report["header"]
assert header["state"] == "complete" and header["argv"][1:] == ["time32", "uid16", "nonlfs"]
assert sum(c["count"] for c in report["calls"]) == header["calls"]
assert header["calls"] == db.execute("SELECT sum(count) FROM calls").fetchone()[0]
assert header["events_kept"] > header["calls"]
ids = [f["id"] for f in report["findings"]]
assert sorted(ids) == ["non-lfs", "stat-time32", "time32", "uid16"], ids
uid16 = report["findings"][ids.index("uid16")]
assert uid16["count"] == 2 and {c["name"] for c in uid16["calls"]} == {"getuid", "setresuid"}
assert uid16["sites"][0]["offset"] > 0 and uid16["programs"][0]["path"].endswith("/habits")
' "$output" "$DIR/habits" || fail "see above"
}

@test "every member of the JSON is documented" {
	report --json "$DIR/habits"
	python3 -c '
import json, re, sys
words = set(re.findall(r"[a-z0-9_]+", open(sys.argv[2]).read()))
def names(value):
    if isinstance(value, dict):
        yield from value
    for v in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from names(v)
missing = set(names(json.loads(sys.argv[1]))) - words - {"supervisor"}
print(sorted(missing)) if missing else None
sys.exit(bool(missing))' "$output" "$TOP/supervisor/int80-report.1"
}

@test "bytes that could move a cursor are escaped; others are kept" {
	report --all "$DIR/odd"
	expect_match output 'red\\x1b\[31m\\n'
	expect_match output 'latin-\\xe9'
	expect_match output 'utf8-é'
	[[ "$output" != *$'\033'* ]] || fail "an escape character went through"
	report --json "$DIR/odd"
	expect_match output '"hex": ?"[0-9a-f]*6c6174696e2de9"'
}

@test "long lists are cut and say so; --all prints them in full" {
	report "$DIR/odd"
	expect_match output "\.\.\. and [0-9]+ more \(--all\)"
	report --all "$DIR/odd"
	[[ "$output" != *"more (--all)"* ]] || fail "something is still cut"
}

@test "--brief is the header and a line for each finding" {
	report --brief "$DIR/habits"
	[ "$(grep -c -E '^  (high|medium|low)' <<<"$output")" = 4 ] || fail "not four findings"
	[[ "$output" != *Calls* && "$output" != *remedy* ]] || fail "it is not brief"
}

@test "colour is for terminals, and NO_COLOR is honoured" {
	[[ "$(cat "$DIR/odd.text")" != *$'\033'* ]] || fail "colour in a file"
	export TERM=xterm
	on_terminal 100 "$INT80" report "$DIR/habits"
	[[ "$output" = *$'\033[1mFindings'* ]] || fail "no colour on a terminal"
	on_terminal 100 env NO_COLOR=1 "$INT80" report "$DIR/habits"
	[[ "$output" != *$'\033'* ]] || fail "colour despite NO_COLOR"
	on_terminal 100 env TERM=dumb "$INT80" report "$DIR/habits"
	[[ "$output" != *$'\033'* ]] || fail "colour on a dumb terminal"
}

@test "a closed pipe is no trouble" {
	run_t "$LIMIT" bash -c 'set -o pipefail; "$1" report "$2" | head -1' - "$INT80" "$DIR/habits"
	[ -z "$stderr" ] || fail "something was said"
}

@test "no file, a directory, an empty file, text, another database are refused in one line" {
	refused nowhere "cannot read nowhere: No such file"
	refused . "cannot read \.: Is a directory"
	: >empty
	refused empty "empty is not an int80 recording"
	yes words | head -1000 >text
	refused text "text is not an int80 recording"
	sqlite3 other 'CREATE TABLE t(x)'
	refused other "other is not an int80 recording"
	refused /dev/null "/dev/null is not an int80 recording"
	mkfifo fifo
	refused fifo "fifo is not an int80 recording"
}

@test "a recording of a newer int80 is refused with its schema's number" {
	cp "$DIR/odd" newer
	sqlite3 newer 'PRAGMA user_version = 99'
	refused newer "newer int80 \(schema 99; this one reads up to 1\)"
}

@test "truncated and damaged recordings are refused or read, never a crash" {
	head -c 50000 "$DIR/odd" >half
	refused half "damaged|malformed"
	python3 - "$DIR/odd" "$INT80" <<-'END'
		import random, subprocess, sys
		good = open(sys.argv[1], "rb").read()
		random.seed(80)
		for i in range(40):
		    bad = bytearray(good)
		    for _ in range(random.choice((1, 10, 200))):
		        bad[random.randrange(100, len(bad))] = random.randrange(256)
		    open("bad", "wb").write(bad)
		    run = subprocess.run([sys.argv[2], "report", "bad"], capture_output=True, timeout=60)
		    if run.returncode not in (0, 125) or run.stderr.count(b"\n") > 1:
		        sys.exit(f"round {i}: {run.returncode} {run.stderr}")
		    if any(b < 32 and b != 10 for b in run.stderr):
		        sys.exit(f"round {i}: control characters in {run.stderr}")
	END
}

@test "tables that are missing or wrong are damage, in one line" {
	cp "$DIR/odd" lacking
	sqlite3 lacking 'DROP TABLE call_site'
	refused lacking "lacking: it is damaged: no such table: call_site"
}

@test "the queries in the manual page work" {
	python3 - "$TOP/supervisor/int80-recording.5" "$DIR/habits" <<-'END'
		import re, sqlite3, sys
		page = open(sys.argv[1]).read()
		queries = re.findall(r"^\.EX\n(.*?)^\.EE", page, re.S | re.M)
		assert len(queries) == 3
		db = sqlite3.connect(sys.argv[2])
		for query in queries:
		    print(query, db.execute(query).fetchall()[:2])
		assert db.execute(queries[0]).fetchall() and db.execute(queries[2]).fetchall()
	END
}

@test "every view and table of the manual page is there, with its columns" {
	python3 - "$TOP/supervisor/int80-recording.5" "$DIR/habits" <<-'END'
		import re, sqlite3, sys
		words = set(re.findall(r"[a-z0-9_]+", open(sys.argv[1]).read()))
		db = sqlite3.connect(sys.argv[2])
		missing = set()
		for name, in db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"):
		    missing |= {name} - words
		    for column in db.execute(f"PRAGMA table_info({name})"):
		        missing |= {column[1]} - words
		    db.execute(f"SELECT * FROM {name}").fetchall()
		sys.exit(f"not documented: {sorted(missing)}" if missing else 0)
	END
}
