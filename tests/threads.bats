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
