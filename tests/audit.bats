#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# int80 audit: the recording is complete, survives what may happen, and disturbs nobody.
load helpers

# audited_with OPTIONS... -- COMMAND... : as audited, with options.
audited_with()
{
	RECORDING=$BATS_TEST_TMPDIR/recording
	rm -f "$RECORDING"
	run_t "$LIMIT" "$INT80" audit -o "$RECORDING" "$@"
}

sql()
{
	sqlite3 "$RECORDING" "$1"
}

expect_sql()
{
	local got

	got=$(sql "$1")
	[ "$got" = "$2" ] || fail "'$1' gave '$got', expected '$2'"
}

# The ids of the findings, sorted, on one line.
findings()
{
	"$INT80" report --json "$RECORDING" | python3 -c '
import json, sys
print(*sorted(f["id"] for f in json.load(sys.stdin)["findings"]))'
}

expect_findings()
{
	local got

	got=$(findings)
	[ "$got" = "$1" ] || fail "findings: '$got', expected '$1'"
}

# Prints the peak memory of a command itself, not of its children.
PEAK_KIB='
import subprocess, sys, time
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
peak = 0
while p.poll() is None:
    try:
        for line in open(f"/proc/{p.pid}/status"):
            if line.startswith("VmHWM:"):
                peak = max(peak, int(line.split()[1]))
    except OSError:
        pass
    time.sleep(0.01)
print(peak)
sys.exit(p.returncode)'

setup()
{
	requires python3 sqlite3
	mkdir "$BATS_TEST_TMPDIR/here"
	cd "$BATS_TEST_TMPDIR/here" || exit
}

@test "the program's stdout stays clean: the report goes to stderr" {
	run_t "$LIMIT" "$INT80" audit -- "$GUESTS/habits" clean
	expect_status 0
	[ "$output" = clean ] || fail "stdout"
	expect_match stderr "^int80 audit: .*habits clean"
	expect_match stderr "none: nothing of what was seen is known to break"
}

@test "--report sends the report to a file, or with - to stdout" {
	run_t "$LIMIT" "$INT80" audit --report "$BATS_TEST_TMPDIR/text" -- "$GUESTS/habits" clean
	[ "$output" = clean ] && [ -z "$stderr" ] || fail "something else was printed"
	expect_match "$BATS_TEST_TMPDIR/text" "^int80 audit: "
	run_t "$LIMIT" "$INT80" audit --report - -- "$GUESTS/habits" clean
	expect_match output "^clean.*int80 audit: "
}

@test "-o keeps the recording, a single file, and prints nothing" {
	audited "$GUESTS/habits" clean
	expect_status 0
	[ "$output" = clean ] && [ -z "$stderr" ] || fail "something was printed"
	[ "$(cd .. && echo recording*)" = recording ] || fail "files: $(ls ..)"
	expect_sql "SELECT value FROM meta WHERE key = 'state'" complete
	expect_sql "PRAGMA integrity_check" ok
}

@test "-o replaces an older recording, but no other file" {
	audited "$GUESTS/habits" clean
	run_t "$LIMIT" "$INT80" audit -o "$RECORDING" -- "$GUESTS/habits" time32
	expect_status 0
	expect_findings time32
	echo precious >other
	run_t "$LIMIT" "$INT80" audit -o other -- "$GUESTS/habits" clean
	expect_status 125
	expect_match stderr "other exists and is no recording"
	[ -z "$output" ] || fail "the program was run"
	[ "$(cat other)" = precious ] || fail "the file was changed"
}

@test "a program that cannot be started leaves no recording" {
	printf '\177ELF' >damaged
	chmod +x damaged
	audited ./damaged
	expect_status 126
	run -127 "$INT80" audit -o recording -- ./nowhere
	[ "$(ls)" = damaged ] || fail "files: $(ls)"
}

@test "after kill -9 of int80 the recording is readable and says that it is cut" {
	"$INT80" audit --events -o recording -- "$GUESTS/many_paths" 1000000 >/dev/null 3>&- &
	sleep 3.5
	kill -9 $!
	wait $! 2>/dev/null || true
	run_t "$LIMIT" "$INT80" report recording
	expect_status 0
	expect_match output "CUT: int80 was killed"
	expect_match output "/nowhere/"
	cp recording alone
	run_t "$LIMIT" "$INT80" report alone
	expect_status 0
	expect_match output "CUT"
	RECORDING=recording expect_sql "SELECT count(*) > 1000 FROM events" 1
}

@test "a recording can be read while it is written" {
	"$INT80" audit -o recording -- "$GUESTS/many_paths" 1000000 >/dev/null 3>&- &
	sleep 2
	run_t "$LIMIT" "$INT80" report recording
	kill %1
	expect_status 0
	expect_match output "still being recorded"
	expect_match output "access"
}

@test "a full disk: the program goes on undisturbed, int80 says so once and ends with 125" {
	requires root
	mkdir small
	mount -t tmpfs -o size=300k none small
	run_t "$LIMIT" "$INT80" audit --events -o small/recording -- "$GUESTS/many_paths" 40000 1
	umount small
	expect_status 125
	[ "$output" = "ok 1 processes looked for 40000 files each" ] || fail "the program was disturbed"
	[ "$(grep -c "the recording ends here" <<<"$stderr")" = 1 ] || fail "not said once"
}

@test "a file size limit is a full disk, not the end" {
	run_t "$LIMIT" bash -c 'ulimit -f 300; "$@"' - "$INT80" audit --events -o recording -- \
		"$GUESTS/many_paths" 40000 1
	expect_status 125
	[ "$output" = "ok 1 processes looked for 40000 files each" ] || fail "the program was disturbed"
	expect_match stderr "the recording ends here"
	run_t "$LIMIT" "$INT80" report recording
	expect_status 0
	expect_match output "CUT: "
}

@test "a directory that cannot be written is refused before the program runs" {
	run_t "$LIMIT" "$INT80" audit -o /nowhere/recording -- "$GUESTS/habits" clean
	expect_status 125
	expect_match stderr "cannot write /nowhere/recording"
	[ -z "$output" ] || fail "the program was run"
}

@test "the supervisor's memory stays bounded, however many paths and processes" {
	run_t 120 python3 -c "$PEAK_KIB" "$INT80" audit -o recording -- "$GUESTS/many_paths" 2500 20
	expect_status 0
	[ "$output" -lt 16384 ] || [ "$BUILD" != "$TOP/build" ] || fail "$output KiB"
	RECORDING=recording
	expect_sql "SELECT count(DISTINCT path) FROM files WHERE path LIKE '/nowhere/%'" 50000
	expect_sql "SELECT sum(count) FROM calls WHERE name = 'access' AND process > 1" 50000
	expect_sql "SELECT count(*) FROM processes WHERE calls >= 2500 AND exit_code = 0" 20
}

@test "counts and errors are those of strace -f -c" {
	requires strace
	for guest in sysv_ipc forks waits odd_paths; do
		run_t "$LIMIT" strace -f -c -o counts "$GUESTS/$guest" .
		audited "$GUESTS/$guest" .
		run -0 python3 -c '
import re, sqlite3, sys
strace, in32 = {}, False
for line in open("counts"):
    in32 |= "32 bit mode" in line
    f = line.split()
    if in32 and len(f) >= 5 and re.match(r"[\d.]+$", f[0]) and f[-1] != "total":
        n, errors = strace.get(f[-1], (0, 0))
        strace[f[-1]] = n + int(f[3]), errors + (int(f[4]) if len(f) == 6 else 0)
ours = {name: (n, errors) for name, n, errors in sqlite3.connect(sys.argv[1]).execute(
    "SELECT coalesce(subname, name), sum(count - unfinished), sum(errors) FROM calls WHERE abi = \"i386\""
    " AND name NOT IN (\"exit\", \"exit_group\") GROUP BY 1")}
print({k: (strace.get(k), ours.get(k)) for k in strace | ours if strace.get(k) != ours.get(k)})' \
			"$RECORDING"
		[ "$output" = "{}" ] || fail "$guest: $output"
	done
}

@test "clean programs have no findings" {
	audited "$GUESTS/habits" clean
	expect_findings ""
}

@test "each old habit is found" {
	while read -r word ids; do
		audited "$GUESTS/habits" "$word"
		expect_findings "$ids"
	done <<-END
		time32 time32
		durations time32-durations
		stat32 stat-time32
		nonlfs non-lfs stat-time32
		open open-without-largefile
		eoverflow eoverflow open-without-largefile
		uid16 uid16
		removed removed-calls
		vm86 vm86
		ldt modify-ldt
		wx wx-memory
		personality read-implies-exec
		stack exec-stack
		memory address-space
		unknown unknown-numbers
		ptrace own-ptrace
		uring io-uring
		crash crash
		fallback enosys-fallback stat-time32
		eperm eperm-fallback
		int80 raw-int80
	END
	audited "$GUESTS/habits" ports # enosys too, where the kernel has no ports at all
	[[ "$(findings)" = *io-ports* ]] || fail "findings: $(findings)"
}

@test "findings name the calls, the site, the program, and what to do" {
	audited "$GUESTS/habits" time32
	run_t "$LIMIT" "$INT80" report "$RECORDING"
	expect_match output "medium +time32: 2 calls: time of day in 32 bits"
	expect_match output "calls +clock_gettime \(1\), gettimeofday \(1\)"
	expect_match output "at +/.*libc.*\+0x[0-9a-f]+"
	expect_match output "by +/.*/habits"
	expect_match output "e\.g\. +[a-z_]+\(.*\) = 0"
	expect_match output "remedy +Rebuild with -D_TIME_BITS=64"
	expect_sql "SELECT count(*) FROM finding WHERE id = 'time32' AND count = 2" 1
}

@test "a program that is built with a 32-bit time_t is found, though the vDSO hides its calls" {
	echo '#include <time.h>
int main(void) { return time(0) < 0 || !localtime(&(time_t){0}); }' >t.c
	gcc -m32 -o narrow t.c
	gcc -m32 -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 -o wide t.c
	audited ./narrow
	[[ " $(findings) " = *" time32-build "* ]] || fail "findings: $(findings)"
	expect_sql "SELECT example LIKE '%localtime%' AND ', ' || example || ',' LIKE '%, time,%'
		FROM finding WHERE id = 'time32-build'" 1
	audited ./wide
	[[ " $(findings) " != *" time32-build "* ]] || fail "findings: $(findings)"
}

@test "SYSENTER and 64-bit code of a 32-bit program are found" {
	audited "$GUESTS/entry"
	expect_findings "code64 raw-int80 raw-sysenter"
}

@test "a stack that the header makes executable is found" {
	echo 'int main(void) { return 0; }' >t.c
	gcc -m32 -z execstack -o execstack t.c
	audited ./execstack
	[[ "$(findings)" = *exec-stack* ]] || fail "findings: $(findings)"
}

@test "a program without PT_GNU_STACK has all memory executable, which is found" {
	echo 'int main(void) { return 0; }' >t.c
	gcc -m32 -o nostack t.c
	python3 - <<-'END'
		import struct
		elf = bytearray(open("nostack", "rb").read())
		phoff, phnum = struct.unpack_from("<I", elf, 28)[0], struct.unpack_from("<H", elf, 44)[0]
		for at in range(phoff, phoff + 32 * phnum, 32):
		    if struct.unpack_from("<I", elf, at)[0] == 0x6474e551:
		        struct.pack_into("<I", elf, at, 0)
		open("nostack", "wb").write(elf)
	END
	audited ./nostack
	[[ "$(findings)" = *read-implies-exec* ]] || fail "findings: $(findings)"
}

@test "text relocations of a library are found" {
	echo 'extern int n; int n = 3; int f(void) { return n; }' >lib.c
	echo 'int f(void); int main(void) { return f() != 3; }' >t.c
	gcc -m32 -fno-pic -shared -z notext -o lib.so lib.c 2>/dev/null
	gcc -m32 -o t t.c ./lib.so
	audited ./t
	expect_status 0
	[[ "$(findings)" = *text-relocations* ]] || fail "findings: $(findings)"
}

@test "a set-user-id bit that did not count is found" {
	requires root
	dir=$(mktemp -d /tmp/int80-suid.XXXXXX)
	cp "$GUESTS/habits" "$dir/suid"
	cp "$INT80" "$dir/int80"
	chmod 4755 "$dir/suid"
	chmod 777 "$dir"
	run_t "$LIMIT" runuser -u nobody -- "$dir/int80" audit -o "$dir/recording" -- "$dir/suid" clean
	cp "$dir/recording" .
	rm -r "$dir"
	RECORDING=recording
	expect_status 0
	expect_findings setid-ignored
}

@test "paths are those that the program means: relative to its directory or a descriptor" {
	mkdir place
	audited "$GUESTS/odd_paths" "$PWD/place"
	expect_status 0
	expect_sql "SELECT group_concat(how) FROM (SELECT DISTINCT how FROM files
		WHERE path = '$PWD/place/written' ORDER BY how)" create,delete,read,write
	expect_sql "SELECT how FROM files WHERE path = '$PWD/place/sub/below' AND ok ORDER BY how" \
		"$(printf '%s\n' attributes create read rename write)"
	expect_sql "SELECT how, ok, missing FROM files WHERE path = '$PWD/place/missing'" "stat|0|1"
	expect_sql "SELECT how, failed FROM files WHERE path = '$PWD/place/sub' AND failed" "write|1"
	expect_sql "SELECT count(*) FROM files WHERE path = '$PWD/place/utf8-é'" 4
}

@test "paths in a chroot are shown as the program sees them" {
	requires root
	mkdir root
	gcc -m32 -static -w -D_GNU_SOURCE -I"$TOP/tests/guests" -o root/static \
		"$TOP/tests/guests/odd_paths.c"
	audited_with --launcher -- chroot root /static /
	expect_status 0
	expect_sql "SELECT count(*) FROM files WHERE path = '/sub/below' AND program = '/static'" 5
	expect_sql "SELECT root FROM programs WHERE program = '/static'" "$PWD/root"
}

@test "sockets: peers with direction, family, protocol, address and port" {
	audited "$GUESTS/sockets"
	expect_sql "SELECT sum(count) FROM peers WHERE direction = 'out' AND family = 'ipv4'
		AND protocol = 'tcp' AND address = '127.0.0.1' AND port > 1" 2
	expect_sql "SELECT count, errors FROM peers WHERE direction = 'out' AND port = 1" "1|1"
	expect_sql "SELECT sum(count) FROM peers WHERE direction = 'in' AND address = '127.0.0.1'" 2
	expect_sql "SELECT sum(count) FROM peers WHERE direction = 'listen' AND family = 'ipv4'" 1
}

@test "processes and programs are told apart, and can be reported alone" {
	audited_with --launcher -- /bin/sh -c '"$1" clean; "$1" uid16; "$2" 5 2' - "$GUESTS/habits" \
		"$GUESTS/many_paths"
	expect_status 0
	expect_sql "SELECT executed FROM (SELECT program, count(*) AS executed FROM image i
		JOIN programs p ON p.binary = i.binary WHERE i.began = 'exec' GROUP BY 1)
		WHERE executed = 2" 2
	expect_sql "SELECT count(*) FROM processes" 6
	run_t "$LIMIT" "$INT80" report --program habits "$RECORDING"
	expect_match output "2 processes, 1 program"
	expect_match output "uid16"
	[[ "$output" != *nowhere* ]] || fail "another program's paths"
	run_t "$LIMIT" "$INT80" report --process "$(sql "SELECT pid FROM processes
		WHERE command LIKE '%clean'")" "$RECORDING"
	expect_match output "none: nothing of what was seen"
	run_t "$LIMIT" "$INT80" report --program nobody "$RECORDING"
	expect_status 125
	expect_match stderr "knows no program 'nobody'"
}

@test "--events keeps every call with its time, arguments, result and site" {
	audited_with --events -- "$GUESTS/habits" time32 nonlfs
	expect_status 0
	expect_sql "SELECT name, result, via IN ('vdso', 'int80'), site LIKE '%libc%+0x%', args LIKE '\"/\", %'
		FROM events WHERE name = 'stat'" "stat|0|1|1|1"
	expect_sql "SELECT (SELECT count(*) FROM event WHERE kind = 'call')
		= (SELECT sum(count) FROM call_count)" 1
	expect_sql "SELECT count(*) FROM events WHERE kind = 'exit' AND args = 'exited with 0'" 1
	expect_sql "SELECT count(*) FROM event a JOIN event b ON b.id = a.id + 1
		WHERE b.time_ns < a.time_ns AND a.kind = 'call' AND b.kind = 'call'" 0
	run_t "$LIMIT" "$INT80" audit --events -- "$GUESTS/habits" clean
	expect_status 125
	expect_match stderr "events needs -o FILE"
}

@test "-e trace= records only the chosen calls" {
	audited_with -e trace=gettimeofday -- "$GUESTS/habits" time32 nonlfs
	expect_sql "SELECT name, count FROM calls" "gettimeofday|1"
	audited_with -e trace=%nonsense -- "$GUESTS/habits" clean
	expect_status 125
	expect_match stderr "no call or group '%nonsense'"
}

@test "-p records a running program until it is let go" {
	mkfifo in
	"$GUESTS/worker" <in >/dev/null 3>&- &
	pid=$!
	exec 9>in
	sleep 0.3
	"$INT80" audit -o recording -p $pid 3>&- &
	# Before it is attached SIGINT may still be ignored, as it is in background jobs.
	wait_until grep -q '^TracerPid:.[1-9]' /proc/$pid/status
	sleep 1
	kill -INT $!
	wait $!
	kill -0 $pid
	exec 9>&-
	wait $pid
	RECORDING=recording
	expect_sql "SELECT pid, CASE WHEN calls THEN 'some' END FROM processes" "$pid|some"
	expect_sql "SELECT value FROM meta WHERE key = 'state'" complete
}

@test "signals sent and received are counted" {
	audited "$GUESTS/habits" crash
	expect_status $((128 + 11)) || true
	expect_sql "SELECT direction, name, count FROM signals ORDER BY 1" \
		"$(printf 'received|SIGSEGV|1\nsent|SIGSEGV|1')"
	expect_sql "SELECT exit_signal FROM processes" SIGSEGV
}

@test "a recording that is being made is not overwritten by another" {
	"$INT80" audit -o first -- "$GUESTS/kill_any_moment" 999999 >/dev/null 2>&1 3>&- &
	int80=$!
	wait_until test -s first
	run_t "$LIMIT" "$INT80" audit -o first -- "$GUESTS/exit_with" 0
	kill -KILL $int80
	wait $int80 2>/dev/null || true
	expect_status 125
	expect_match stderr "another int80 is recording to first"
	run_t "$LIMIT" "$INT80" audit -o first -- "$GUESTS/exit_with" 0
	expect_status 0
}
