#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# exec: from any thread, of programs of 32 and 64 bits.
load helpers

@test "a thread that is not the leader executes a program: the pid stays" {
	same_as_native "$GUESTS/exec_thread"
}

@test "threads race to exec, one wins" {
	same_as_native "$GUESTS/exec_race"
}

@test "exec with many arguments, long ones, none; and what fails" {
	same_as_native "$GUESTS/exec_args"
}

@test "a 32-bit program executes a 64-bit one, and that a 32-bit one again" {
	export COLOUR=red
	same_as_native "$GUESTS/exec_chain" \
		"$GUESTS/exec_chain_64,$GUESTS/exec_chain_64,$GUESTS/exec_chain"
	expect_status 21
	expect_match output "64 bits, COLOUR=red"
	# The two 32-bit ones call i386's getpgid.
	expect_recorded getpgid 2
}

@test "a 64-bit launcher runs 32-bit programs, which are audited" {
	RECORDING=$BATS_TEST_TMPDIR/recording
	run_t "$LIMIT" "$INT80" audit --launcher -o "$RECORDING" -- \
		env -i COLOUR=blue "$GUESTS/exec_chain"
	expect_status 21
	expect_match output "COLOUR=blue"
	expect_recorded getpgid 1
}

@test "a script runs by its interpreter" {
	printf '#!%s one two\n' "$GUESTS/inherit" >"$BATS_TEST_TMPDIR/script"
	chmod +x "$BATS_TEST_TMPDIR/script"
	same_as_native "$BATS_TEST_TMPDIR/script" three
	expect_match output "one two"
}
