#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Threads: all are seen, none is disturbed.
load helpers

@test "eight threads: locks, thread-local data, results" {
	same_as_native "$GUESTS/threads"
	expect_recorded getpgid 8
}

@test "a thousand threads: every call of every one is seen" {
	give_time 2
	same_as_native "$GUESTS/threads" 1000
	trace_count "getpgid\(0" 1000
	expect_recorded getpgid 1000
}

@test "a process goes on when its first thread has ended" {
	same_as_native "$GUESTS/leader_exit"
}

@test "a thousand threads and five thousand processes need less than 16 MiB of int80" {
	case $BUILD in
	*/asan | */tsan) skip "a sanitizer needs memory of its own" ;;
	esac
	give_time 4
	for guest in "threads 1000" "tree 5000"; do
		for command in "trace -o $BATS_TEST_TMPDIR/t" "audit --events -o $BATS_TEST_TMPDIR/r"; do
			# shellcheck disable=SC2086 # words
			run_t "$LIMIT" "$GUESTS/maxrss" "$INT80" $command -- "$GUESTS/"$guest
			expect_status 0
			[ "$stderr" -lt $((16 * 1024)) ] || fail "$command of $guest: $stderr KiB"
			rm -f "$BATS_TEST_TMPDIR"/[tr]
		done
	done
}
