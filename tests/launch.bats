#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Starting a program: it inherits what it would natively, and its end is passed on.
load helpers

@test "the exit status is passed on" {
	for n in 0 1 42 124 125 126 127 128 255; do
		traced "$GUESTS/exit_with" $n
		expect_status $n
		audited "$GUESTS/exit_with" $n
		expect_status $n
	done
}

@test "a fatal signal ends int80 by the same signal, not by a status" {
	for signal in 1 2 3 6 9 11 14 15 31 34 64; do
		run_t "$LIMIT" python3 -c '
import subprocess, sys
print(subprocess.run(sys.argv[1:]).returncode)' \
			"$INT80" trace -o /dev/null -- "$GUESTS/exit_with" signal $signal
		[ "$output" = "-$signal" ] || fail "expected -$signal"
	done
}

@test "re-raising a signal leaves no core file of int80" {
	cd "$BATS_TEST_TMPDIR"
	ulimit -c unlimited
	traced "$GUESTS/exit_with" signal 11
	! ls core* 2>/dev/null || fail "there is a core file"
}

@test "a program inherits what it would natively: descriptors, signals, limits, environment" {
	same_as_native "$GUESTS/inherit" one "two words" ""
}

@test "it inherits ignored and blocked signals" {
	native_run nohup bash -c 'trap "" USR1 PIPE; exec "$@"' - "$GUESTS/inherit"
	run_t "$LIMIT" nohup bash -c 'trap "" USR1 PIPE; exec "$@"' - \
		"$INT80" trace -o "$BATS_TEST_TMPDIR/trace" -- "$GUESTS/inherit"
	compare_with_native
	expect_match output "signal 10 ignored"
}

@test "it inherits other open descriptors, and int80 adds none" {
	native_run bash -c 'exec 5</dev/null 7>/dev/null; exec "$@"' - "$GUESTS/inherit"
	run_t "$LIMIT" bash -c 'exec 5</dev/null 7>/dev/null; exec "$@"' - \
		"$INT80" audit -o "$BATS_TEST_TMPDIR/r" -- "$GUESTS/inherit"
	compare_with_native
	expect_match output "fd 7 type"
}

@test "closed standard streams stay closed" {
	for streams in '<&-' '>&-' '2>&-' '<&- >&- 2>&-' '<&- 2>&-'; do
		native_run bash -c "exec \"\$@\" $streams" - "$GUESTS/first_fd"
		run_t "$LIMIT" bash -c "exec \"\$@\" $streams" - \
			"$INT80" trace -o "$BATS_TEST_TMPDIR/trace" -- "$GUESTS/first_fd"
		compare_with_native
	done
}

@test "a program without a slash is looked up in PATH" {
	PATH=$GUESTS:$PATH traced exit_with 3
	expect_status 3
}

@test "the environment is passed on, -E sets and unsets" {
	export INT80_TEST_A=a INT80_TEST_B=b
	run_t "$LIMIT" "$INT80" trace -o /dev/null -E INT80_TEST_A -E INT80_TEST_C=c -- "$GUESTS/inherit"
	expect_match output "INT80_TEST_B=b"
	expect_match output "INT80_TEST_C=c"
	[[ $output != *INT80_TEST_A=* ]] || fail "INT80_TEST_A is still there"
}

@test "standard input belongs to the program" {
	requires python3
	run_t "$LIMIT" bash -c 'echo "exec_chain line" | "$@"' - \
		"$INT80" trace -o /dev/null --launcher -- cat
	[ "$output" = "exec_chain line" ] || fail "the input got lost"
}

@test "trace writes to stderr, the program's output stays apart" {
	run_t "$LIMIT" "$INT80" trace -- "$GUESTS/exec_chain"
	expect_match output "32 bits"
	expect_match stderr "getpgid\(0\)"
	[[ $output != *getpgid* ]] || fail "the trace is in the output"
}

@test "int80 started inside a traced group ends with its program, leaving no process" {
	traced "$GUESTS/forks"
	! pgrep -P $$ -f "$GUESTS/forks" || fail "a process is left"
}

@test "when int80 is killed, its programs die with it" {
	on_leash "$INT80" trace -o /dev/null -- "$GUESTS/worker"
	child=$(pgrep -P "$leashed")
	kill -KILL "$leashed"
	wait_until eval "! kill -0 $child"
}

@test "SIGTERM to int80 is passed on to the program" {
	on_leash "$INT80" trace -o /dev/null -- "$GUESTS/worker"
	child=$(pgrep -P "$leashed")
	kill -TERM "$leashed"
	status=0
	wait "$leashed" || status=$?
	expect_status 143
	! kill -0 "$child" 2>/dev/null || fail "the program lives on"
}
