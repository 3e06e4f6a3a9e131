# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154 # what bats and the tests set and use
# What the tests share. A test's name is a promise; a test that cannot run here says why.

bats_require_minimum_version 1.5.0

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${INT80_BUILD:-$TOP/build}
INT80=$BUILD/int80
GUESTS=$BUILD/guests
# Seconds that one run may take where a test does not say. Sanitizer builds need more.
LIMIT=${INT80_TEST_LIMIT:-30}

# run_t SECONDS COMMAND... : sets $status, $output, $stderr and $lines, as bats' run does, but with a time
# limit. Bugs around ptrace hang; that is a failure.
run_t()
{
	local seconds=$1 began=$SECONDS

	shift
	status=0
	timeout --foreground -k 2 "$seconds" "$@" \
		>"$BATS_TEST_TMPDIR/.out" 2>"$BATS_TEST_TMPDIR/.err" 3>&- || status=$?
	output=$(tr -d '\0' <"$BATS_TEST_TMPDIR/.out")
	stderr=$(tr -d '\0' <"$BATS_TEST_TMPDIR/.err")
	mapfile -t lines <<<"$output"
	if [ $((SECONDS - began)) -ge "$seconds" ]; then
		fail "still running after $seconds s: $*"
	fi
}

# give_time N: this test may take N times as long.
give_time()
{
	LIMIT=$((LIMIT * $1))
}

fail()
{
	echo "$*"
	echo "status: ${status-}"
	echo "output: $(head -n 15 <<<"${output-}")"
	echo "stderr: $(head -n 15 <<<"${stderr-}")"
	return 1
}

# expect_status N: of the last run.
expect_status()
{
	[ "$status" = "$1" ] || fail "expected status $1"
}

# expect_match WHAT REGEX: $output, $stderr or the text of a file must match.
expect_match()
{
	local text

	case $1 in
	output | stderr) text=${!1} ;;
	*) text=$(cat "$1") ;;
	esac
	[[ $text =~ $2 ]] || fail "$1 does not match '$2': $text"
}

# Skips with a reason. In CI, where it can be had, that is a failure.
cannot()
{
	[ -z "${CI-}" ] || fail "in CI this must not be missing: $1"
	skip "$1"
}

# requires root|mount|i386_root|COMMAND... : rights that this user has not are a skip in CI too.
requires()
{
	local what

	for what; do
		case $what in
		root) [ "$(id -u)" = 0 ] || skip "needs root" ;;
		mount) own_mounts true 2>/dev/null || skip "needs the right to mount" ;;
		i386_root)
			requires root
			ROOT=$("$TOP/scripts/i386-root" fast 2>/dev/null) ||
				cannot "needs scripts/i386-root"
			;;
		*) command -v "$what" >/dev/null || cannot "needs $what" ;;
		esac
	done
}

# own_mounts COMMAND... : in a mount namespace of its own. In a chroot propagation cannot be changed.
own_mounts()
{
	if unshare --mount --propagation private true 2>/dev/null; then
		unshare --mount --propagation private "$@"
	else
		unshare --mount --propagation unchanged "$@"
	fi
}

# native_run COMMAND... : runs it natively and keeps what it did, for compare_with_native.
native_run()
{
	run_t "$LIMIT" "$@"
	native_output=$output native_stderr=$stderr native_status=$status
	if [[ "$output" == *"NOT OK"* ]]; then
		fail "natively it fails already"
	fi
}

# The last run must have done what the native one did.
compare_with_native()
{
	[ "$status" = "$native_status" ] || fail "natively the status is $native_status"
	[ "$output" = "$native_output" ] ||
		fail "the output differs: $(diff <(echo "$native_output") <(echo "$output") | head -20)"
	[ "$stderr" = "$native_stderr" ] || fail "natively stderr is $native_stderr"
}

# traced COMMAND... : runs it under int80 trace; the text goes to $TRACE.
traced()
{
	TRACE=$BATS_TEST_TMPDIR/trace
	run_t "$LIMIT" "$INT80" trace -o "$TRACE" -- "$@"
}

# audited COMMAND... : runs it under int80 audit; the recording goes to $RECORDING.
audited()
{
	RECORDING=$BATS_TEST_TMPDIR/recording
	rm -f "$RECORDING"
	run_t "$LIMIT" "$INT80" audit -o "$RECORDING" -- "$@"
}

# A guest does the same natively, traced and audited.
same_as_native()
{
	native_run "$@"
	traced "$@"
	compare_with_native
	audited "$@"
	compare_with_native
}

# trace_count REGEX N: so many lines of the trace match.
trace_count()
{
	local n

	n=$(grep -c -E -e "$1" "$TRACE") || true
	[ "$n" = "$2" ] || fail "$n lines of the trace match '$1', expected $2: $(grep -E -e "$1" "$TRACE" | head -5)"
}

# recorded_calls NAME: how often the recording counted a call.
recorded_calls()
{
	"$INT80" report --json "$RECORDING" | python3 -c '
import json, sys
print(sum(c["count"] for c in json.load(sys.stdin)["calls"] if c["name"] == sys.argv[1]))' "$1"
}

expect_recorded()
{
	local n

	n=$(recorded_calls "$1")
	[ "$n" = "$2" ] || fail "$n calls of $1 are recorded, expected $2"
}

# on_leash COMMAND... : runs the worker, or what runs it, in the background, until let_off. Sets $leashed,
# its pid. Its output goes to $OUT and $ERR.
on_leash()
{
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	rm -f "$BATS_TEST_TMPDIR/leash" "$OUT"
	mkfifo "$BATS_TEST_TMPDIR/leash"
	"$@" <"$BATS_TEST_TMPDIR/leash" >"$OUT" 2>"$ERR" 3>&- &
	leashed=$!
	exec 4>"$BATS_TEST_TMPDIR/leash"
	wait_until grep ready "$OUT"
}

# The worker's input ends, it says what it found and ends too.
let_off()
{
	exec 4>&-
	status=0
	wait "$leashed" || status=$?
	output=$(cat "$OUT")
	stderr=$(cat "$ERR")
}

# wait_until COMMAND... : up to 10 s.
wait_until()
{
	local i

	for ((i = 0; i < 200; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	fail "this did not come true: $*"
}
