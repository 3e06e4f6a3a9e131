#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Failure is friendly: one line that says what is wrong and what to do, and the right status.
load helpers

# refused STATUS REGEX PROGRAM [ARG...]: by trace and audit alike, in one line.
refused()
{
	local wanted=$1 regex=$2 command

	shift 2
	for command in trace audit; do
		run_t "$LIMIT" "$INT80" $command -o "$BATS_TEST_TMPDIR/o" -- "$@"
		expect_status "$wanted"
		expect_match stderr "$regex"
		[ "$(wc -l <<<"$stderr")" = 1 ] || fail "more than one line"
		[[ $stderr == "int80"* ]] || fail "int80 does not say who speaks"
		[ -z "$output" ] || fail "there is output"
	done
}

# elf CLASS MACHINE: an executable file with nothing but an ELF header.
elf()
{
	python3 - "$1" "$2" >"$BATS_TEST_TMPDIR/elf" <<-'EOF'
		import struct, sys
		bits, machine = int(sys.argv[1]), int(sys.argv[2])
		ident = b"\x7fELF" + bytes([bits // 32, 1, 1]) + bytes(9)
		if bits == 32:
		    header = struct.pack("<HHIIIIIHHHHHH", 2, machine, 1, 0x8048000, 52, 0, 0, 52, 32, 0, 40, 0, 0)
		else:
		    header = struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0x400000, 64, 0, 0, 64, 56, 0, 64, 0, 0)
		sys.stdout.buffer.write(ident + header)
	EOF
	chmod +x "$BATS_TEST_TMPDIR/elf"
}

@test "a program that is not there: 127" {
	refused 127 "/nonexistent" /nonexistent
	PATH=/usr/bin:/bin refused 127 "no-such-program" no-such-program
}

@test "a directory, a file without permission, an empty file: 126" {
	refused 126 "directory" /etc
	echo text >"$BATS_TEST_TMPDIR/text"
	refused 126 "permission|chmod" "$BATS_TEST_TMPDIR/text"
	: >"$BATS_TEST_TMPDIR/empty"
	chmod +x "$BATS_TEST_TMPDIR/empty"
	refused 126 "empty" "$BATS_TEST_TMPDIR/empty"
}

@test "neither ELF nor script: 126" {
	echo text >"$BATS_TEST_TMPDIR/text"
	chmod +x "$BATS_TEST_TMPDIR/text"
	refused 126 "ELF" "$BATS_TEST_TMPDIR/text"
}

@test "a 64-bit program is refused, and --launcher named: 126" {
	refused 126 "64-bit.*--launcher" /bin/true
	run_t "$LIMIT" "$INT80" trace -o /dev/null --launcher -- /bin/true
	expect_status 0
}

@test "programs for other machines: 126" {
	requires python3
	elf 32 40
	refused 126 "ARM" "$BATS_TEST_TMPDIR/elf"
	elf 64 183
	refused 126 "(aarch64|AArch64|ARM)" "$BATS_TEST_TMPDIR/elf"
	elf 32 8
	refused 126 "MIPS" "$BATS_TEST_TMPDIR/elf"
	elf 32 47806
	refused 126 "47806|another machine" "$BATS_TEST_TMPDIR/elf"
}

@test "a truncated or mangled ELF: 126" {
	requires python3
	for size in 4 16 40 51; do
		head -c $size "$GUESTS/threads" >"$BATS_TEST_TMPDIR/cut"
		chmod +x "$BATS_TEST_TMPDIR/cut"
		refused 126 "ELF" "$BATS_TEST_TMPDIR/cut"
	done
	# Header only: no segments.
	elf 32 3
	run_t "$LIMIT" "$INT80" trace -o /dev/null -- "$BATS_TEST_TMPDIR/elf"
	expect_status 126
}

@test "a missing ELF interpreter: the package that has it is named" {
	sed 's,/lib/ld-linux\.so\.2,/lib/ld-absnt.so.2,' "$GUESTS/threads" >"$BATS_TEST_TMPDIR/absent"
	chmod +x "$BATS_TEST_TMPDIR/absent"
	refused 126 "/lib/ld-absnt.so.2" "$BATS_TEST_TMPDIR/absent"
	sed 's,/lib/ld-linux\.so\.2,/lib/ld-musl-i.so1,' "$GUESTS/threads" >"$BATS_TEST_TMPDIR/absent"
	refused 126 "/lib/ld-musl-i.so1" "$BATS_TEST_TMPDIR/absent"
}

@test "a missing library is named" {
	sed 's,libc\.so\.6,libX.so.6,' "$GUESTS/threads" >"$BATS_TEST_TMPDIR/absent"
	chmod +x "$BATS_TEST_TMPDIR/absent"
	run_t "$LIMIT" "$INT80" audit -o "$BATS_TEST_TMPDIR/o" -- "$BATS_TEST_TMPDIR/absent"
	[ "$status" = 126 ] || [ "$status" = 127 ] || fail "expected 126 or 127"
	expect_match stderr "libX.so.6"
}

@test "a script whose interpreter is missing: 126; one of 64 bits is a launcher like any" {
	printf '#!/nonexistent/shell\n' >"$BATS_TEST_TMPDIR/script"
	chmod +x "$BATS_TEST_TMPDIR/script"
	refused 126 "/nonexistent/shell" "$BATS_TEST_TMPDIR/script"
	printf '#!/bin/sh\necho hi\n' >"$BATS_TEST_TMPDIR/script"
	run_t "$LIMIT" "$INT80" trace -o /dev/null -- "$BATS_TEST_TMPDIR/script"
	expect_status 0
	[ "$output" = hi ]
}

@test "wrong options and places for output: 125" {
	for arguments in "trace" "audit" "nonsense" "trace --nonsense -- /bin/true" "trace -p" \
		"trace -p abc" "trace -o /nonexistent/file -- $GUESTS/threads" \
		"audit -o /nonexistent/file -- $GUESTS/threads" "trace -e trace=nonsense -- $GUESTS/threads" \
		"report /nonexistent/file" "report /etc/passwd"; do
		# shellcheck disable=SC2086 # words
		run_t "$LIMIT" "$INT80" $arguments
		[ "$status" = 125 ] || fail "expected status 125 of: int80 $arguments"
		[ -n "$stderr" ] || fail "nothing is said about: int80 $arguments"
	done
}

@test "--help goes to standard output, with status 0" {
	for command in "" trace audit report calls; do
		# shellcheck disable=SC2086 # a word or none
		run_t "$LIMIT" "$INT80" $command --help
		expect_status 0
		expect_match output "[Uu]sage"
		[ -z "$stderr" ] || fail "and to stderr"
	done
}

@test "where ptrace is forbidden, that is said" {
	requires root
	# Without CAP_SYS_PTRACE another user's process cannot be attached to.
	on_leash "$GUESTS/worker"
	run_t "$LIMIT" setpriv --reuid 65534 --clear-groups --inh-caps=-all \
		"$INT80" trace -o /dev/null -p "$leashed"
	expect_status 125
	expect_match stderr "$leashed.*(not permitted|root|ptrace)"
	let_off
}

@test "as another user than root everything works too" {
	requires root
	place=$(mktemp -d)
	chown nobody "$place"
	cp "$INT80" "$GUESTS/forks" "$place"
	chmod 755 "$place"/*
	native_run setpriv --reuid 65534 --clear-groups "$place/forks"
	run_t "$LIMIT" setpriv --reuid 65534 --clear-groups "$place/int80" \
		trace -o "$place/trace" -- "$place/forks"
	rm -r "$place"
	compare_with_native
}
