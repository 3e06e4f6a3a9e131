#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Processes: every way to make one, and what parents see of their children.
load helpers

@test "fork, vfork, clone, clone3, posix_spawn and system" {
	same_as_native "$GUESTS/forks"
}

@test "vfork in vfork, and children that die before they exec" {
	same_as_native "$GUESTS/vforks"
}

@test "no clone flag lets a child escape" {
	same_as_native "$GUESTS/clone_flags"
	# 12349 would be called by a child of clone3 with CLONE_UNTRACED, which is refused.
	for n in 12345 12346 12347 12348 12350; do
		trace_count "getpgid\(${n}[ )]" 1
	done
	expect_recorded getpgid 5
}

@test "wait tells a parent what it would natively" {
	same_as_native "$GUESTS/waits"
}

@test "a daemon that forks twice is followed to its end" {
	traced "$GUESTS/daemon" "$BATS_TEST_TMPDIR/daemon"
	expect_status 0
	[ "$(cat "$BATS_TEST_TMPDIR/daemon")" = "the daemon was here" ] || fail "it was not awaited"
	trace_count "getpgid\(0" 1
	rm "$BATS_TEST_TMPDIR/daemon"
	audited "$GUESTS/daemon" "$BATS_TEST_TMPDIR/daemon"
	expect_status 0
	expect_recorded getpgid 1
	[ -e "$BATS_TEST_TMPDIR/daemon" ]
}

@test "processes in other PID namespaces are followed, each sees its own numbers" {
	requires root
	same_as_native "$GUESTS/pid_namespace"
	trace_count "getpgid\(0" 4
}

@test "a tree of 500 short processes: every one is seen" {
	same_as_native "$GUESTS/tree" 500
	trace_count "getpgid\(0" 500
	expect_recorded getpgid 500
}

@test "a tree of 5,000 short processes: every one is recorded" {
	give_time 4
	audited "$GUESTS/tree" 5000
	expect_status 0
	expect_match output "5000 processes lived"
	expect_recorded getpgid 5000
}
