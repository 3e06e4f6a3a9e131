#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compares every name of supervisor/abi/flags.def and ioctls.def with the headers of the machine, as
# gcc -m32 sees them. TAP on stdout, a line for each set; status 1 on a difference.
#
#   tests/unit/abi_flags.sh [BUILD]       from the top of the tree; writes BUILD/unit/ (build)
#   KERNEL_HEADERS=DIR                    headers of another kernel: DIR holds linux/ and asm/
#   VERBOSE=1                             also lists the names that no header has
set -eu

here=$(dirname "$0")
abi=$here/../../supervisor/abi
out=${1:-build}/unit
mkdir -p "$out"

# Headers that can stand in one file together. A name is checked in every unit that has it.
headers() {
	case $1 in
	libc)
		echo fcntl.h signal.h time.h sched.h poll.h errno.h unistd.h mqueue.h \
			termios.h dirent.h sys/socket.h sys/mman.h sys/mount.h sys/epoll.h \
			sys/eventfd.h sys/fanotify.h sys/file.h sys/inotify.h sys/ioctl.h \
			sys/ipc.h sys/klog.h sys/msg.h sys/personality.h sys/prctl.h sys/ptrace.h \
			sys/quota.h sys/random.h sys/reboot.h sys/resource.h sys/sem.h sys/shm.h \
			sys/signalfd.h sys/stat.h sys/statvfs.h sys/swap.h sys/time.h \
			sys/timerfd.h sys/timex.h sys/uio.h sys/wait.h sys/xattr.h sys/pidfd.h \
			sys/rseq.h sys/kd.h sys/soundcard.h sys/syslog.h netinet/in.h \
			netinet/ip.h netinet/ip_icmp.h netinet/icmp6.h netinet/tcp.h \
			netinet/udp.h net/if.h net/if_arp.h net/route.h netpacket/packet.h \
			netax25/ax25.h netipx/ipx.h elf.h linux/mptcp.h \
			linux/netfilter_bridge/ebtables.h scsi/scsi.h ;;
	kernel)
		echo sys/ioctl.h sys/socket.h linux/types.h linux/errno.h linux/fcntl.h \
			asm/prctl.h asm/ptrace.h asm/mman.h asm/termbits.h linux/aio_abi.h \
			linux/arcfb.h linux/audit.h linux/auto_dev-ioctl.h linux/auto_fs.h \
			linux/ax25.h linux/blkpg.h linux/blkzoned.h linux/bpf.h \
			linux/bpf_common.h linux/btrfs.h linux/cachefiles.h linux/capability.h \
			linux/cdrom.h linux/close_range.h linux/dccp.h linux/dm-ioctl.h \
			linux/dma-buf.h linux/dma-heap.h linux/dqblk_xfs.h linux/elf.h \
			linux/errqueue.h linux/eventpoll.h linux/ext4.h linux/falloc.h \
			linux/fanotify.h linux/fb.h linux/fd.h linux/fiemap.h linux/filter.h \
			linux/fs.h linux/fscrypt.h linux/fsmap.h linux/fsverity.h linux/fuse.h \
			linux/futex.h linux/gfs2_ondisk.h linux/gpio.h linux/hdreg.h \
			linux/hidraw.h linux/hiddev.h linux/hpet.h linux/hw_breakpoint.h \
			linux/i2c-dev.h linux/i2c.h linux/icmp.h linux/icmpv6.h linux/if.h \
			linux/if_alg.h linux/if_arp.h linux/if_ether.h linux/if_packet.h \
			linux/if_tun.h linux/if_xdp.h linux/in.h linux/in6.h linux/inotify.h \
			linux/input.h linux/io_uring.h linux/ioprio.h linux/ipc.h linux/ip_vs.h \
			linux/ipx.h linux/joystick.h linux/kcmp.h linux/kcov.h linux/kd.h \
			linux/kexec.h linux/keyctl.h linux/kvm.h linux/landlock.h linux/lirc.h \
			linux/llc.h linux/loop.h linux/lp.h linux/lsm.h linux/magic.h \
			linux/mctp.h linux/media.h linux/membarrier.h linux/memfd.h \
			linux/mempolicy.h linux/mman.h linux/module.h linux/mount.h \
			linux/mqueue.h linux/mroute.h linux/mroute6.h linux/msdos_fs.h \
			linux/msg.h linux/mtio.h linux/nbd.h linux/net.h linux/net_tstamp.h \
			linux/netlink.h linux/netfilter_ipv4.h linux/netfilter_ipv4/ip_tables.h \
			linux/netfilter_ipv6/ip6_tables.h linux/netfilter_arp/arp_tables.h \
			linux/nfc.h linux/nsfs.h linux/ntsync.h linux/nvme_ioctl.h \
			linux/openat2.h linux/parport.h linux/perf_event.h linux/personality.h \
			linux/phonet.h linux/pidfd.h linux/ppdev.h linux/ppp-ioctl.h linux/pps.h \
			linux/prctl.h linux/ptp_clock.h linux/ptrace.h linux/quota.h \
			linux/random.h linux/rds.h linux/reboot.h linux/resource.h linux/rfkill.h \
			linux/romfs_fs.h linux/route.h linux/rseq.h linux/rtc.h linux/rtnetlink.h \
			linux/rxrpc.h linux/sched.h linux/sctp.h linux/seccomp.h \
			linux/securebits.h linux/sem.h linux/serial.h linux/shm.h \
			linux/signalfd.h linux/smc.h linux/sock_diag.h linux/socket.h \
			linux/sockios.h linux/stat.h linux/suspend_ioctls.h linux/sync_file.h \
			linux/sysctl.h linux/tcp.h linux/timerfd.h linux/tipc.h linux/tls.h \
			linux/tty.h linux/udf_fs_i.h linux/udmabuf.h linux/udp.h linux/uinput.h \
			linux/un.h linux/usbdevice_fs.h linux/userfaultfd.h linux/vfio.h \
			linux/vhost.h linux/videodev2.h linux/vm_sockets.h linux/vt.h \
			linux/wait.h linux/watchdog.h linux/wireless.h linux/xattr.h \
			linux/android/binder.h linux/can.h linux/can/raw.h linux/major.h \
			linux/raid/md_u.h linux/spi/spidev.h linux/blktrace_api.h \
			linux/blk-crypto.h linux/kcm.h linux/can/isotp.h linux/can/j1939.h \
			linux/if_pppol2tp.h linux/apm_bios.h linux/soundcard.h mtd/mtd-user.h \
			scsi/sg.h scsi/scsi_ioctl.h sound/asequencer.h sound/asound.h drm/drm.h \
			drm/drm_mode.h ;;
	others)
		echo linux/posix_types.h linux/signal.h asm/siginfo.h asm/poll.h asm/socket.h \
			asm/stat.h asm/termios.h linux/time.h linux/time_types.h linux/timex.h \
			linux/eventfd.h linux/times.h ;;
	esac
}

# Names whose header means another thing than our set, one a line: unit or "all", set or "all", name.
exceptions='
libc signals SIGRTMIN                 libc keeps the first two for itself
libc open_flags __O_TMPFILE           libc adds O_DIRECTORY to it
all  old_rlim_infinity RLIM_INFINITY  the old limit has no name in headers
libc ioctls TCGETS2                   libc does not define the struct
libc ioctls TCSETS2
libc ioctls TCSETSW2
libc ioctls TCSETSF2
others sockopts_socket SO_RCVTIMEO   an expression with the time_t of libc
others sockopts_socket SO_SNDTIMEO
others sockopts_socket SO_TIMESTAMP
others sockopts_socket SO_TIMESTAMPNS
others sockopts_socket SO_TIMESTAMPING
'

# prelude UNIT
prelude() {
	echo '#define _GNU_SOURCE'
	# libc has the same structs as linux/time.h, and sys/socket.h is first
	[ "$1" != kernel ] || echo '#define _LINUX_TIME_H'
	for header in $(headers "$1"); do
		printf '#if __has_include(<%s>)\n#include <%s>\n#endif\n' "$header" "$header"
	done
}

# compile ARGUMENT...  -w: headers warn among themselves
# shellcheck disable=SC2086
compile() {
	${CC:-gcc} -m32 -std=gnu11 -w -fno-strict-aliasing \
		${KERNEL_HEADERS:+-isystem "$KERNEL_HEADERS" -isystem "$KERNEL_HEADERS/i386-linux-gnu"} "$@"
}

# Every row as: set name value mask kind, where kind is VAL VAL64 FIELD CAP IOCTL LEN; a row that
# does not parse stays in the output and stops the test.
awk '
/^SET\(/ { set = $1; sub(/SET\(/, "", set); sub(/,$/, "", set); next }
/^\t(VAL|VAL64|FIELD)\(/ {
	kind = $1; sub(/\(.*/, "", kind)
	row = $0; sub(/^\t[A-Z0-9]+\(/, "", row); sub(/\)[ \t]*$/, "", row)
	n = split(row, part, /, */)
	if (n != (kind == "FIELD" ? 3 : 2)) { print "#error " FILENAME ":" FNR; next }
	if (set == "capabilities") kind = "CAP"
	print set, part[1], part[2], n == 3 ? part[3] : 0, kind
}
/^IOCTL(_LEN)?\(/ {
	kind = /^IOCTL_LEN/ ? "LEN" : "IOCTL"
	row = $0; sub(/^IOCTL(_LEN)?\(/, "", row)
	n = match(row, /,[ \t]+0x[0-9a-f]+,/)
	if (!n) { print "#error " FILENAME ":" FNR; next }
	value = substr(row, RSTART + 1, RLENGTH - 2); gsub(/[ \t]/, "", value)
	print "ioctls", substr(row, 1, n - 1), value, 0, kind
}' "$abi/flags.def" "$abi/ioctls.def" >"$out/abi_flags.rows"
if grep -n '^#error' "$out/abi_flags.rows"; then
	exit 1
fi

# The names that a unit has: its macros, those with arguments as NAME(), and what stands in an
# enum { }.
# names UNIT
names() {
	prelude "$1" >"$out/abi_flags.h"
	compile -E -dM -x c "$out/abi_flags.h" | awk 'NF > 2 { sub(/\(.*/, "()", $2); print $2 }'
	compile -E -P -x c "$out/abi_flags.h" | tr '\n' ' ' | grep -oE 'enum[^;{}()]*\{[^{}]*\}' |
		sed 's/^[^{]*{//; s/}//' | tr ',' '\n' | sed 's/^ *\([A-Za-z_0-9]*\).*/\1/'
}

: >"$out/abi_flags.found"
for unit in libc kernel others; do
	names $unit | sort -u >"$out/abi_flags.names"
	{
		cat "$out/abi_flags.h"
		cat <<'EOF'
#include <stdio.h>
#include <string.h>
static void check(const char *set, const char *name, unsigned long long ours, unsigned long long mask,
		  unsigned long long theirs, const char *kind)
{
	int same;

	if (!strcmp(kind, "FIELD"))
		same = (theirs & mask) == ours || (theirs & mask & 0xffffffff) == ours;
	else if (!strcmp(kind, "CAP"))
		same = ours == 1ull << theirs;
	else if (!strcmp(kind, "VAL64"))
		same = ours == theirs;
	else
		same = (unsigned)ours == (unsigned)theirs;
	printf("%s %s %s %#llx %#llx\n", set, name, same ? "same" : "differs", ours, theirs);
}
int main(void)
{
EOF
		awk -v unit=$unit -v q='"' '
		FILENAME ~ /names$/ { known[$1] = 1; next }
		FILENAME == "-" { if (NF > 2) skip[$1 " " $2 " " $3] = 1; next }
		# the macro that a name rests on: EVIOCGABS(ABS_X), 4*EBX, 1<<_UFFDIO_API are names too
		function macro(name) {
			if (name ~ /\)$/ || $5 == "LEN") { sub(/\(.*/, "", name); return name "()" }
			sub(/^4\*/, "", name); sub(/^1<</, "", name)
			return name
		}
		function argument(name) {
			return match(name, /\([A-Z_0-9]+\)$/) && !(name ~ /\([0-9]+\)$/) ? \
				substr(name, RSTART + 1, RLENGTH - 2) : macro(name)
		}
		function expression(name) {
			sub(/^1<</, "1ull<<", name)
			if ($5 == "LEN" && !sub(/\)$/, ", 0)", name)) name = name "(0)"
			return name
		}
		(macro($2) in known) && (argument($2) in known) && !((unit " " $1 " " $2) in skip) && !(("all " $1 " " $2) in skip) {
			print "check(" q $1 q ", " q $2 q ", " $3 ", " $4 ", (unsigned long long)(" expression($2) "), " q $5 q ");"
		}' "$out/abi_flags.names" - "$out/abi_flags.rows" <<EOF
$exceptions
EOF
		echo 'return 0; }'
	} >"$out/abi_flags_$unit.c"
	compile -o "$out/abi_flags_$unit" "$out/abi_flags_$unit.c"
	"$out/abi_flags_$unit" >>"$out/abi_flags.found"
done

# Few of the names can be missing from the headers of Debian 12; many missing means that this test
# has stopped looking.
awk -v verbose="${VERBOSE:-0}" '
FILENAME ~ /found$/ {
	checked[$1 " " $2] = 1
	if ($3 == "differs") { differs[$1] = differs[$1] "# " $1 ": " $2 " is " $4 " here, " $5 " in the headers\n" }
	next
}
!($1 in rows) { order[++sets] = $1 }
{
	rows[$1]++; total++
	if (($1 " " $2) in checked) { known[$1]++; all++ }
	else if (verbose) unknown[$1] = unknown[$1] " " $2
}
END {
	print "1.." sets + 1
	for (i = 1; i <= sets; i++) {
		set = order[i]
		bad = set in differs; failed += bad
		if (bad) printf "%s", differs[set]
		print (bad ? "not ok " : "ok ") i " - " set ": " known[set] + 0 " of " rows[set] " names compared"
		if (set in unknown) print "#" unknown[set]
	}
	all += 0; enough = all >= total * 0.8; failed += !enough
	print (enough ? "ok " : "not ok ") sets + 1 " - the headers know most names: " all " of " total
	exit failed != 0
}' "$out/abi_flags.found" "$out/abi_flags.rows"
