#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What int80 trace has beyond strace's text: JSON, call sites, the table, its own words about options.
load helpers

setup()
{
	cd "$BATS_TEST_TMPDIR" || return # where guests leave their files
}

# json_of PROGRAM [ARG...]: its trace as JSON Lines in $TRACE.
json_of()
{
	TRACE=$BATS_TEST_TMPDIR/trace.json
	run_t "$LIMIT" "$INT80" trace --json -o "$TRACE" -- "$@"
}

# json_holds EXPRESSION: true of `events`, the events, and `calls`, those of them that are calls, by name.
json_holds()
{
	python3 - "$TRACE" "$1" <<'EOF'
import json, sys
head, *events = [json.loads(line) for line in open(sys.argv[1])]
calls = {}
for event in events:
    if event['type'] == 'call':
        calls.setdefault(event['name'], []).append(event)
def args(call):
    return {a['name']: a['value'] for a in call['args']}
if not eval(sys.argv[2]):
    print('not true:', sys.argv[2])
    sys.exit(1)
EOF
}

@test "--json begins with a header and has an object a line" {
	requires python3
	json_of "$GUESTS/decode_files"
	expect_status 0
	json_holds "head['int80'] == 'trace' and head['schema'] == 1"
	json_holds "{e['type'] for e in events} == {'start', 'exec', 'call', 'exit'}"
	json_holds "all(e['pid'] and e['tid'] and e['ts'] > 1.6e9 and 'comm' in e for e in events)"
}

@test "a call in JSON says what it was, how it came, what it passed and what came back" {
	requires python3
	json_of "$GUESTS/decode_files"
	json_holds "all(set(c) >= {'arch', 'nr', 'name', 'via', 'sub', 'args', 'ret', 'errno', 'dur_ns', 'site'}
		for c in events if c['type'] == 'call')"
	json_holds "args(calls['open'][0]) == {'pathname': 'new', 'flags': 'O_RDWR|O_CREAT|O_TRUNC', 'mode': '0644'}"
	json_holds "calls['open'][0]['ret'] == 3 and calls['open'][0]['errno'] is None"
	json_holds "calls['chroot'][0]['ret'] == -1 and calls['chroot'][0]['errno'] in ('ENOENT', 'EPERM')"
	json_holds "calls['openat'][0]['arch'] == 'i386' and calls['openat'][0]['nr'] == 295"
	json_holds "calls['stat64'][0]['site'].startswith('0x')"
	json_holds "calls['fcntl64'][6]['note'] == {'flags': 'O_RDWR|O_APPEND|O_NONBLOCK'}"
	json_holds "all(c['dur_ns'] > 0 for c in calls['open'])"
}

@test "bytes that are no text, and what was cut, are told apart in JSON" {
	requires python3
	json_of "$GUESTS/decode_files"
	json_holds "{'hex': '78ff0a'} in [args(c)['pathname'] for c in calls['open']]"
	json_holds "{'value': '01234567890123456789012345678901', 'cut': True} in [args(c)['buf'] for c in calls['write']]"
	json_holds "'0x1' in [args(c)['pipefd'] for c in calls['pipe']]"
}

@test "a sub-call of a multiplexer is named in JSON and its arguments are its own" {
	requires python3
	json_of "$GUESTS/sockets"
	json_holds "[c for c in calls['socketcall'] if c['sub'] == 'connect' and
		args(c)['addr']['sa_family'] == 'AF_INET' and args(c)['addrlen'] == 16]"
	json_holds "not [c for c in calls['socketcall'] if c['sub'] and c['args'][0]['name'] == 'call']"
}

@test "signals and ends are events in JSON" {
	requires python3
	json_of "$GUESTS/exit_with" signal 9
	json_holds "events[-1]['type'] == 'exit' and events[-1]['signal'] == 'SIGKILL'"
	json_of "$GUESTS/exit_with" 5
	json_holds "events[-1]['type'] == 'exit' and events[-1]['status'] == 5"
	json_of "$GUESTS/decode_signals"
	json_holds "[e for e in events if e['type'] == 'signal' and e['signal'] == 'SIGUSR1' and
		e['info']['si_code'] == 'SI_QUEUE' and e['info']['si_int'] == 77]"
}

@test "-i shows where in the program each call was made, not the one place in the vDSO" {
	local sites

	run_t "$LIMIT" "$INT80" trace -i -e open,getpid,dup -- "$GUESTS/decode_files"
	expect_match stderr '\[[0-9a-f]{8}\] getpid\('
	sites=$(grep -oE '^\[[0-9a-f]{8}\]' <<<"$stderr" | sort -u | wc -l)
	[ "$sites" -ge 2 ] || fail "all from one place"
}

@test "-c counts calls, errors and time in a table, by each column" {
	for column in time calls errors name none; do
		run_t "$LIMIT" "$INT80" trace -c -S $column -- "$GUESTS/decode_files"
		expect_status 0
		expect_match stderr '% time +seconds +usecs/call +calls +errors syscall'
		expect_match stderr ' 9 +[0-9]+ open'
		expect_match stderr '100.00 .* total'
	done
}

@test "-C prints the calls and the table" {
	run_t "$LIMIT" "$INT80" trace -C -e chroot -- "$GUESTS/decode_files"
	expect_match stderr 'chroot\("/none"\) += -1 .*% time'
}

@test "-r, -t, -tt, -ttt, -T and -n put what strace puts there" {
	run_t "$LIMIT" "$INT80" trace -n -T -ttt -e chroot -- "$GUESTS/decode_files"
	expect_match stderr '^[0-9]{10}\.[0-9]{6} \[  61\] chroot\(.*\) <0\.[0-9]{6}>'
	run_t "$LIMIT" "$INT80" trace -r -t -e chroot -- "$GUESTS/decode_files"
	expect_match stderr '^[0-9]{2}:[0-9]{2}:[0-9]{2} \(\+ +0\.[0-9]{6}\) chroot\('
	run_t "$LIMIT" "$INT80" trace -tt -e chroot -- "$GUESTS/decode_files"
	expect_match stderr '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} chroot\('
}

@test "-q silences arrivals, -qq ends too" {
	run_t "$LIMIT" "$INT80" trace -e fork -- "$GUESTS/decode_processes"
	expect_match stderr 'Process [0-9]+ attached'
	run_t "$LIMIT" "$INT80" trace -q -e fork -- "$GUESTS/decode_processes"
	[[ $stderr != *attached* ]] || fail "-q"
	expect_match stderr '\+\+\+ exited with 0'
	run_t "$LIMIT" "$INT80" trace -qq -e fork -- "$GUESTS/decode_processes"
	[[ $stderr != *+++* ]] || fail "-qq"
}

@test "-a moves the results" {
	run_t "$LIMIT" "$INT80" trace -a 60 -e chroot -- "$GUESTS/decode_files"
	expect_match stderr '^chroot\("/none"\) {45}= -1'
}

@test "-o truncates, -A appends" {
	local file=$BATS_TEST_TMPDIR/file

	echo kept >"$file"
	run_t "$LIMIT" "$INT80" trace -A -o "$file" -e chroot -- "$GUESTS/decode_files"
	expect_match "$file" '^kept.*chroot'
	run_t "$LIMIT" "$INT80" trace -o "$file" -e chroot -- "$GUESTS/decode_files"
	[[ $(<"$file") != *kept* ]] || fail "-o"
}

@test "a line that cannot be written is an error" {
	run_t "$LIMIT" "$INT80" trace -o /dev/full -- "$GUESTS/decode_files"
	expect_status 125
	expect_match stderr "/dev/full"
	run_t "$LIMIT" "$INT80" trace -o /none/file -- "$GUESTS/decode_files"
	expect_status 125
}

@test "a wrong word is named, and nothing is run" {
	local words

	for words in "-e trace=opne" "-e signal=SIGNONE" "-e status=odd" "-e nothing=x" "-e quiet=x" "-s x" \
		"-a -1" "-S x" "-p x"; do
		# shellcheck disable=SC2086 # two words
		run_t "$LIMIT" "$INT80" trace $words -- "$GUESTS/exit_with" 3
		expect_status 125
		expect_match stderr "${words##*[= ]}"
	done
	run_t "$LIMIT" "$INT80" trace -e trace=fcnlt64 -- "$GUESTS/exit_with" 3
	expect_match stderr "did you mean 'fcntl64'"
}

@test "hostile arguments are shown, at any length, in both notations" {
	give_time 4
	requires python3
	traced "$GUESTS/hostile_args"
	expect_status 0
	run_t "$LIMIT" "$INT80" trace -v -y -xx -s 100000 -o /dev/null -- "$GUESTS/hostile_args"
	expect_status 0
	TRACE=$BATS_TEST_TMPDIR/trace.json
	run_t "$LIMIT" "$INT80" trace -v --json -o "$TRACE" -- "$GUESTS/hostile_args"
	expect_status 0
	json_holds "len(events) > 1000"
}

@test "what a 64-bit program calls is shown by its own table" {
	run_t "$LIMIT" "$INT80" trace --launcher -e execve,openat,getppid -- /bin/sh -c 'echo $PPID'
	expect_status 0
	expect_match stderr 'execve\("/bin/sh", \["/bin/sh", "-c", "echo \$PPID"\], 0x[0-9a-f]+ /\* [0-9]+ vars \*/\) = 0'
	expect_match stderr 'getppid\(\)'
}
