#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Terminals and job control: of a shell under int80, and of int80 under a shell.
load helpers

setup()
{
	requires python3
}

# on_terminal COMMAND... : with the script on standard input.
on_terminal()
{
	run_t "$LIMIT" "$TOP/tests/terminal" "$@"
}

@test "group stops: children stop and go on, all of their threads" {
	same_as_native "$GUESTS/group_stop"
}

@test "in an audited interactive shell, Ctrl-Z, bg, fg and Ctrl-C work" {
	requires i386_root
	on_terminal "$INT80" audit --launcher -o "$BATS_TEST_TMPDIR/r" -- \
		chroot "$ROOT" env -i PS1='ready> ' PATH=/usr/bin:/bin bash --norc --noprofile -i <<-'EOF'
		expect ready>
		send sleep 100\r
		pause 0.3
		send \x1a
		expect Stopped.*sleep 100
		expect ready>
		send bg\r
		expect sleep 100 &
		expect ready>
		send jobs\r
		expect Running.*sleep 100
		expect ready>
		send fg\r
		expect sleep 100
		pause 0.3
		send \x03
		expect ready>
		send echo status $?\r
		expect status 130
		send cat | tr a-z A-Z\r
		pause 0.3
		send shout\r
		expect SHOUT
		send \x1a
		expect Stopped
		send fg\r
		pause 0.3
		send again\r
		expect AGAIN
		send \x04
		expect ready>
		send exit 7\r
	EOF
	expect_status 7
}

@test "Ctrl-Z stops int80 and its program, fg lets them go on" {
	on_terminal env PS1='ready> ' bash --norc --noprofile -i <<-EOF
		expect ready>
		send $INT80 trace -o $BATS_TEST_TMPDIR/t -- $GUESTS/worker\r
		expect ready\r
		send \x1a
		expect Stopped
		expect ready>
		send jobs -l\r
		expect Stopped
		expect ready>
		send fg\r
		pause 0.5
		send \x1a
		expect Stopped
		expect ready>
		send fg\r
		pause 0.5
		send \x04
		expect ok no call failed
		expect ok all threads still move
		expect ready>
		send exit 3\r
	EOF
	expect_status 3
}

@test "Ctrl-C ends program and int80, the shell sees the signal" {
	on_terminal env PS1='ready> ' bash --norc --noprofile -i <<-EOF
		expect ready>
		send $INT80 trace -o $BATS_TEST_TMPDIR/t -- $GUESTS/worker\r
		expect ready\r
		send \x03
		expect ready>
		send echo status \$?\r
		expect status 130
		send exit 0\r
	EOF
	expect_status 0
	expect_match "$BATS_TEST_TMPDIR/t" "killed by SIGINT"
}

@test "a program that ignores Ctrl-C is not ended by it" {
	on_terminal env PS1='ready> ' bash --norc --noprofile -i <<-EOF
		expect ready>
		send (trap '' INT; $INT80 trace -o $BATS_TEST_TMPDIR/t -- $GUESTS/worker)\r
		expect ready\r
		send \x03
		pause 0.3
		send \x04
		expect ok all threads still move
		expect ready>
		send exit 4\r
	EOF
	expect_status 4
}

@test "a background job that reads from the terminal stops, fg lets it read" {
	on_terminal env PS1='ready> ' bash --norc --noprofile -i <<-EOF
		expect ready>
		send $INT80 trace -o $BATS_TEST_TMPDIR/t -- $GUESTS/worker &\r
		expect ready\r
		pause 0.5
		send \r
		expect Stopped
		send fg\r
		pause 0.5
		send \x04
		expect ok all threads still move
		expect ready>
		send exit 5\r
	EOF
	expect_status 5
}

@test "the terminal's settings are as before" {
	on_terminal bash -c "stty -g; $INT80 audit -o $BATS_TEST_TMPDIR/r -- $GUESTS/threads; stty -g" </dev/null
	[ "${lines[0]}" = "${lines[-1]}" ] || fail "stty -g differs"
}
