#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that mean harm, and machines that have run out of something: int80 neither crashes nor hangs.
load helpers

@test "bad pointers in every argument of every call" {
	give_time 2
	same_as_native "$GUESTS/hostile_args"
}

@test "the same, with every word of the trace's options" {
	give_time 2
	native_run "$GUESTS/hostile_args"
	run_t "$LIMIT" "$INT80" trace -o "$BATS_TEST_TMPDIR/t" -v -y -T -r -s 100000 -- "$GUESTS/hostile_args"
	compare_with_native
	run_t "$LIMIT" "$INT80" trace -o "$BATS_TEST_TMPDIR/t" --json -- "$GUESTS/hostile_args"
	compare_with_native
	python3 -c 'import json, sys
for line in open(sys.argv[1]): json.loads(line)' "$BATS_TEST_TMPDIR/t"
}

@test "paths, arrays and lengths without end" {
	same_as_native "$GUESTS/hostile_paths"
}

@test "a program that takes every descriptor" {
	same_as_native "$GUESTS/fds" 20
}

@test "int80 with few descriptors works or says that they are too few" {
	for n in 4 6 8 10 12 16 20 32; do
		run_t "$LIMIT" bash -c "ulimit -n $n; exec \"\$@\"" - \
			"$INT80" audit -o "$BATS_TEST_TMPDIR/r$n" -- "$GUESTS/threads"
		[ "$status" = 0 ] || [ "$status" = 125 ] || [ "$status" = 127 ] || fail "with $n descriptors"
		[ "$status" = 0 ] || [ -n "$stderr" ] || fail "with $n descriptors nothing is said"
	done
	expect_status 0
}

@test "a full disk under the trace: the program ends as it would, int80 says so" {
	run_t "$LIMIT" "$INT80" trace -o /dev/full -- "$GUESTS/threads"
	expect_match output "ok 8 threads met"
	expect_match stderr "/dev/full|[Nn]o space"
}

@test "a full disk under the recording: the program ends as it would, int80 says so" {
	requires mount
	mkdir "$BATS_TEST_TMPDIR/small"
	declare -fx own_mounts
	run_t "$LIMIT" bash -c 'own_mounts "$@"' - bash -c '
		mount -t tmpfs -o size=200k tmpfs "$1"
		"$2" audit --events -o "$1/r" -- "$3" 300' - \
		"$BATS_TEST_TMPDIR/small" "$INT80" "$GUESTS/tree"
	expect_match output "ok 300 processes lived"
	expect_match stderr "full|[Nn]o space"
}

@test "int80 with little memory for files: a limit on file size is no silent loss" {
	run_t "$LIMIT" bash -c 'trap "" XFSZ; ulimit -f 8; exec "$@"' - \
		"$INT80" trace -o "$BATS_TEST_TMPDIR/t" -- "$GUESTS/siginfo"
	expect_match stderr "[Ff]ile too large|$BATS_TEST_TMPDIR/t"
}

@test "kill -9 of the supervisor leaves a recording that says it is cut" {
	RECORDING=$BATS_TEST_TMPDIR/r
	on_leash "$INT80" audit -o "$RECORDING" -- "$GUESTS/worker"
	sleep 2
	kill -KILL "$leashed"
	wait "$leashed" || true
	run_t "$LIMIT" "$INT80" report "$RECORDING"
	expect_status 0
	expect_match output "cut|incomplete"
	[ "$(recorded_calls getpgid)" -gt 0 ] || fail "nothing was saved"
}

@test "threads that race to exec, two hundred times" {
	run_t "$LIMIT" "$INT80" audit -o "$BATS_TEST_TMPDIR/r" -- "$GUESTS/exec_race" 200
	expect_status 0
	expect_match output "ok the last round"
}

@test "killing at any moment, three hundred times" {
	give_time 2
	run_t "$LIMIT" "$INT80" audit -o "$BATS_TEST_TMPDIR/r" -- "$GUESTS/kill_any_moment" 300
	expect_status 0
}

@test "the supervisor itself is killed at any moment: nothing is left running" {
	for ms in 1 2 3 5 8 13 21 34 55 89; do
		"$INT80" audit -o "$BATS_TEST_TMPDIR/r" -- "$GUESTS/kill_any_moment" 999999 \
			>/dev/null 2>&1 3>&- &
		int80=$!
		sleep "0.$(printf %03d $ms)"
		kill -KILL $int80
		wait $int80 2>/dev/null || true
	done
	wait_until eval "! pgrep -f '$GUESTS/kill_any_moment 999999'"
}
