#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# -p: attaching to what runs, and letting go of it.
load helpers

setup()
{
	on_leash "$GUESTS/worker"
	worker=$leashed
}

teardown()
{
	local pid

	for pid in "$worker" "${other-}" "${int80-}"; do
		[ -z "$pid" ] || { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || true
	done
}

# attach OPTION... : int80 in the background until let_go.
attach()
{
	TRACE=$BATS_TEST_TMPDIR/trace
	"$INT80" trace -o "$TRACE" "$@" 2>"$BATS_TEST_TMPDIR/int80.err" 3>&- 4>&- 5>&- &
	int80=$!
	wait_until grep -q getpgid "$TRACE"
}

let_go()
{
	kill -"${1-INT}" "$int80"
	status=0
	wait "$int80" || status=$?
}

is_traced()
{
	! grep -q '^TracerPid:.0$' "/proc/$worker/status"
}

sees_threads_of()
{
	local tid

	for tid in "/proc/$1/task"/*; do
		grep -q "^${tid##*/} .*getpgid" "$TRACE" && return
	done
}

# The worker ends and finds nothing to complain about.
release()
{
	let_off
	expect_status 0
	expect_match output "ok no call failed"
	expect_match output "ok all threads still move"
}

@test "attach sees all threads; after the detach the program goes on" {
	attach -p "$worker"
	sleep 0.3
	let_go
	! is_traced || fail "it is still traced"
	n=$(cut -d ' ' -f 1 "$TRACE" | sort -u | wc -l)
	[ "$n" -ge 5 ] || fail "calls of $n threads only"
	release
}

@test "attach and detach, again and again" {
	for i in 1 2 3 4 5 6 7 8; do
		attach -p "$worker"
		let_go
		rm "$TRACE"
	done
	release
}

@test "SIGTERM makes int80 detach too" {
	attach -p "$worker"
	let_go TERM
	release
}

@test "when int80 is killed, what it was attached to lives on" {
	attach -p "$worker"
	let_go KILL
	wait_until eval "! is_traced"
	release
}

@test "when the program ends, int80 ends" {
	attach -p "$worker"
	let_off
	wait "$int80" || status=$?
	expect_status 0
	trace_count "\+\+\+ exited with 0 \+\+\+" 7
}

@test "a stopped program stays stopped, attached and detached" {
	state() {
		[ "$(awk '/^State/ { print $2 }' "/proc/$worker/status")" = "$1" ]
	}
	kill -STOP "$worker"
	wait_until state T
	"$INT80" trace -o "$BATS_TEST_TMPDIR/trace" -p "$worker" 3>&- 4>&- 5>&- &
	int80=$!
	wait_until is_traced
	sleep 0.2
	! grep -q getpgid "$BATS_TEST_TMPDIR/trace" || fail "it runs"
	let_go
	! is_traced || fail "it is still traced"
	state T || fail "it is not stopped any more"
	kill -CONT "$worker"
	release
}

@test "a program that is stopped while attached can be continued, before and after the detach" {
	attach -p "$worker"
	kill -STOP "$worker"
	sleep 0.2
	kill -CONT "$worker"
	sleep 0.1
	kill -STOP "$worker"
	sleep 0.2
	let_go
	kill -CONT "$worker"
	release
}

@test "audit -p records what happens until the detach" {
	RECORDING=$BATS_TEST_TMPDIR/recording
	"$INT80" audit -o "$RECORDING" -p "$worker" >/dev/null 2>&1 3>&- 4>&- 5>&- &
	int80=$!
	wait_until is_traced
	sleep 0.3
	let_go
	[ "$(recorded_calls getpgid)" -gt 0 ] || fail "nothing is recorded"
	release
}

@test "two processes at once, by two -p" {
	mkfifo "$BATS_TEST_TMPDIR/second"
	"$GUESTS/worker" <"$BATS_TEST_TMPDIR/second" >/dev/null 3>&- 4>&- 5>&- &
	other=$!
	exec 5>"$BATS_TEST_TMPDIR/second"
	attach -p "$worker" -p "$other"
	wait_until sees_threads_of "$worker"
	wait_until sees_threads_of "$other"
	let_go
	release
}

@test "a process that has a tracer already is refused with a reason" {
	attach -p "$worker"
	run_t "$LIMIT" "$INT80" trace -o /dev/null -p "$worker"
	expect_status 125
	expect_match stderr "$worker.*(traced|tracer|permitted)"
	let_go
	release
}

@test "a process that is not there is refused" {
	run_t "$LIMIT" "$INT80" trace -p 4194303
	expect_status 125
	expect_match stderr "no process 4194303"
	release
}
