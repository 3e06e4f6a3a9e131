#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The trace is what strace writes: of guests that make calls with arguments of every form, and of real
# programs. tests/same_trace lists what differs by intention.
load helpers

setup()
{
	requires strace python3
	[[ $(strace -V) == *"version 6.1"* ]] || skip "strace's text changes with its version; 6.1 is compared"
	# Same addresses, same environment, same empty directory for both.
	FIXED=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C TZ=UTC0
		PERL_HASH_SEED=0 PYTHONHASHSEED=0 setarch -R)
}

# in_empty_directory COMMAND...
in_empty_directory()
{
	local directory=$BATS_TEST_TMPDIR/work

	rm -rf "$directory"
	mkdir "$directory"
	(cd "$directory" && timeout --foreground -k 2 "$LIMIT" "${FIXED[@]}" "$@" </dev/null >/dev/null 2>&1 3>&-)
}

# same_trace [OPTION...] -- PROGRAM [ARG...]
same_trace()
{
	local options=() a=$BATS_TEST_TMPDIR/strace b=$BATS_TEST_TMPDIR/int80 sa=0 sb=0

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	in_empty_directory strace -q -f "${options[@]}" -o "$a" "$@" || sa=$?
	in_empty_directory "$INT80" trace --launcher "${options[@]}" -o "$b" "$@" || sb=$?
	[ $sa = $sb ] || fail "strace ended with $sa, int80 with $sb"
	"$TOP/tests/same_trace" "$a" "$b"
}

# in_root PROGRAM [ARG...]: in the i386 root.
in_root()
{
	same_trace -- chroot "$ROOT" "$@"
}

@test "calls on files read as in strace" {
	same_trace -- "$GUESTS/decode_files"
}

@test "calls on sockets read as in strace" {
	same_trace -- "$GUESTS/decode_sockets"
}

@test "calls on processes, memory, time and limits read as in strace" {
	same_trace -- "$GUESTS/decode_processes"
}

@test "calls on signals read as in strace" {
	same_trace -- "$GUESTS/decode_signals"
}

@test "signals of every origin read as in strace" {
	give_time 2
	same_trace -e trace=none -- "$GUESTS/siginfo"
}

@test "all sub-calls of socketcall are decoded as in strace" {
	same_trace -- "$GUESTS/sockets"
	same_trace -- "$GUESTS/entry"
}

@test "with -v every field reads as in strace" {
	same_trace -v -- "$GUESTS/decode_signals"
	same_trace -v -e trace=/stat64,uname,execve -- "$GUESTS/decode_files"
}

@test "with -x, -xx and -s strings read as in strace" {
	same_trace -x -- "$GUESTS/decode_files"
	same_trace -xx -s 8 -- "$GUESTS/decode_files"
	same_trace -s 1000 -e trace=write,read -- "$GUESTS/decode_files"
}

@test "with -y descriptors read as in strace" {
	same_trace -y -- "$GUESTS/decode_sockets"
	same_trace -y -e trace=%desc -- "$GUESTS/decode_files"
}

@test "-z, -Z and -e status= choose the lines that strace chooses" {
	same_trace -z -- "$GUESTS/decode_files"
	same_trace -Z -- "$GUESTS/decode_files"
	same_trace -e status=failed,unfinished -- "$GUESTS/decode_signals"
}

@test "-e trace= chooses the calls that strace chooses" {
	for words in open,close %file '!%desc' '/^f' %signal,%memory all; do
		same_trace -e "trace=$words" -- "$GUESTS/decode_files"
	done
}

@test "-e signal= chooses the signals that strace chooses" {
	same_trace -e signal=SEGV,usr1 -- "$GUESTS/decode_signals"
	same_trace -e 'signal=!SIGSEGV' -- "$GUESTS/decode_signals"
	same_trace -e signal=none -- "$GUESTS/decode_signals"
}

@test "-P chooses the lines that strace chooses" {
	same_trace -P /etc/passwd -- "$GUESTS/decode_files"
}

@test "shells, pipes and children read as in strace" {
	requires i386_root
	in_root /bin/sh -c 'read a </etc/hostname; cd /etc; (exit 3); trap "echo x" USR1; kill -USR1 $$; exec true'
}

@test "common programs read as in strace" {
	requires i386_root
	give_time 3
	in_root /bin/cat /etc/passwd
	in_root /bin/ls -lR /etc/apt
	in_root /usr/bin/find /etc -name 'p*' -newer /etc/hostname
	in_root /bin/tar cf /dev/null /etc/apt
	in_root /usr/bin/dpkg -l
	in_root /bin/dd if=/dev/zero of=/dev/null bs=64k count=3 status=none
	in_root /usr/bin/perl -e 'opendir D, "/etc"; readdir D; stat "/etc"; $SIG{ALRM} = sub {}; kill ALRM, $$; exit 4'
}

@test "interpreters with sockets and descriptors read as in strace" {
	requires i386_root
	give_time 3
	[ -x "$ROOT/usr/bin/python3" ] || cannot "needs python3 in the root"
	in_root /usr/bin/python3 -c '
import select, socket, os
a, b = socket.socketpair()
a.send(b"x")
b.recv(5)
e = select.epoll()
e.register(b, select.EPOLLIN)
e.poll(0.01)
select.select([a], [b], [], 0.01)
u = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
u.bind("\0int80")
u.sendto(b"x", "\0int80")
u.recvfrom(10)
u.connect("\0int80")
socket.send_fds(u, [b"x"], [0])
socket.recv_fds(u, 10, 5)
u.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
os.waitpid(os.spawnl(os.P_NOWAIT, "/bin/true", "true"), 0)'
}

@test "threads read as in strace" {
	requires i386_root
	[ -x "$ROOT/usr/bin/python3" ] || cannot "needs python3 in the root"
	# Who waits for whom differs from run to run.
	same_trace -e 'trace=!futex,futex_time64,sysinfo,brk,mmap,mmap2,munmap' -- chroot "$ROOT" /usr/bin/python3 -c '
import threading
t = threading.Thread(target=lambda: None)
t.start()
t.join()'
}
