#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every way into the kernel is noticed and told apart, call by call.
load helpers

# via ARG: how the call getpgid(ARG) came, by --json.
via()
{
	python3 -c '
import json, sys
for line in open(sys.argv[1]):
    call = json.loads(line)
    if call.get("name") == "getpgid" and str(call["args"][0]["value"]) == sys.argv[2]:
        print(call["arch"], call["via"])' "$TRACE" "$1"
}

json_traced()
{
	TRACE=$BATS_TEST_TMPDIR/json
	run_t "$LIMIT" "$INT80" trace --json -o "$TRACE" "$@"
}

expect_via()
{
	local got

	got=$(via "$1")
	[ "$got" = "$2" ] || fail "getpgid($1) came via '$got', expected '$2'"
}

@test "int \$0x80, vDSO, SYSENTER and 64-bit SYSCALL work as natively" {
	same_as_native "$GUESTS/entry"
	expect_recorded getpgid 4
}

@test "int \$0x80, vDSO, SYSENTER and 64-bit SYSCALL are told apart" {
	json_traced -- "$GUESTS/entry"
	expect_via 101 "i386 int80"
	expect_via 102 "i386 vdso"
	expect_via 103 "i386 sysenter"
	expect_via 104 "x86_64 syscall64"
	expect_via 105 "i386 int80"
}

@test "a 64-bit program that issues int \$0x80 is decoded as i386" {
	native_run "$GUESTS/int80_64"
	json_traced --launcher -- "$GUESTS/int80_64"
	compare_with_native
	expect_via 105 "i386 int80"
	expect_via 106 "i386 int80"
	expect_via 107 "x86_64 syscall64"
}

@test "the text trace shows 64-bit calls of a 32-bit program" {
	traced "$GUESTS/entry"
	trace_count "getpgid\(104\) += -1 ESRCH" 1
	trace_count "getpgid\(105\) += -1 ESRCH" 1
}

@test "registers, flags, x87 and SSE survive every call" {
	same_as_native "$GUESTS/registers"
}

@test "numbers without a call give ENOSYS and are shown" {
	same_as_native "$GUESTS/numbers"
	trace_count "syscall_(1000|0x3e8)\(.*ENOSYS" 2
}

@test "results above 2 GiB are addresses, not errors" {
	same_as_native "$GUESTS/high_memory"
}

@test "socketcall and its sub-calls" {
	same_as_native "$GUESTS/sockets"
	trace_count "socketcall:connect\(.*sin_port=htons\(1\).* = -1 ECONNREFUSED" 1
	trace_count "socketcall:send\([0-9]+, \"hello\", 5, 0\) += 5" 1
	trace_count "socketcall:accept4\(" 1
}

@test "ipc and its sub-calls" {
	same_as_native "$GUESTS/sysv_ipc"
	trace_count "ipc:shmat\(" 1
	trace_count "ipc:semop\(" 6
	trace_count "ipc:msgrcv\(" 3
}

@test "-e trace= chooses calls, by multiplexer and by sub-call" {
	TRACE=$BATS_TEST_TMPDIR/trace
	run_t "$LIMIT" "$INT80" trace -o "$TRACE" -e trace=connect -- "$GUESTS/sockets"
	expect_status 0
	trace_count "socketcall:connect\(" 3
	trace_count "socketcall:(bind|listen)" 0
	trace_count "connect\(-1" 1
	run_t "$LIMIT" "$INT80" trace -o "$TRACE" -e trace=socketcall -- "$GUESTS/sockets"
	trace_count "socketcall:listen\(" 1
	trace_count "^[0-9]+ +socket\(" 0
}

@test "calls that the program's own seccomp filter denies are noticed" {
	same_as_native "$GUESTS/seccomp_own"
	trace_count "getpgid.*= -1 ENOTTY" 1
	trace_count "openat\(.*/etc/passwd.* = -1 ENOSPC" 1
	trace_count "--- SIGSYS " 1
	trace_count "getpgid.*= -1 ENOSYS" 3
}

@test "strict seccomp mode is refused, since a filter is in force: a limit of ours" {
	traced "$GUESTS/seccomp_strict" refused
	expect_status 0
}

@test "a program that uses ptrace itself gets EPERM and goes on" {
	native_run "$GUESTS/ptrace_self"
	traced "$GUESTS/ptrace_self" traced
	compare_with_native
	audited "$GUESTS/ptrace_self" traced
	compare_with_native
}

@test "every row of the table is traced by its name" {
	numbers=$("$INT80" calls --json | python3 -c '
import json, sys
print("\n".join("%d %s" % (c["nr"], c["name"]) for c in json.load(sys.stdin) if c["sub"] is None))')
	last=$(tail -n 1 <<<"$numbers")
	traced "$GUESTS/every_call" "${last% *}"
	expect_status 0
	[ "$(wc -l <<<"$numbers")" -gt 450 ] || fail "the table is too short"
	while read -r nr name; do
		grep -qE "^[0-9]+ +$name\(" "$TRACE" || fail "call $nr, $name, is not in the trace"
	done <<<"$numbers"
}

@test "sets of calls take strace's words: classes with and without %, ?name, numbers, sub-calls" {
	[ "$("$INT80" calls file)" = "$("$INT80" calls %file)" ] || fail "file is not %file"
	[ "$("$INT80" calls %net)" = "$("$INT80" calls %network)" ] || fail "%net is not %network"
	[ "$("$INT80" calls '?nonsense,open')" = "$("$INT80" calls 5)" ] || fail "?nonsense,open is not 5"
	[ "$("$INT80" calls 102:3)" = "$("$INT80" calls connect)" ] || fail "102:3 is not connect"
	for word in nonsense 5x 102:99 %nonsense /nonsense '/a+++++++++++++++++++++++++++++' '/(a{9}){9}' ''; do
		run_t "$LIMIT" "$INT80" calls "$word,open"
		expect_status 125
	done
}
