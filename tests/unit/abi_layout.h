/* SPDX-License-Identifier: MIT */
/*
 * What tests/unit/abi_layout.sh puts before the checks that it generates: the C types that
 * structs.def names, how wide a slot is, and the loop over the checks. Compiled with -m32. Types
 * come from the kernel's headers; those that no header has, or that the headers of Debian 12 are
 * too old for, are declared here, and only these are taken on trust.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

/* libc has these structs too: let its headers have them first */
#define _LINUX_TIME_H
#define timex kernel_timex
#include <linux/timex.h>
#undef timex

#include <linux/types.h>
#include <linux/posix_types.h>

#include <asm/fcntl.h>
#include <asm/ldt.h>
#include <asm/msgbuf.h>
#include <asm/poll.h>
#include <asm/ptrace.h>
#include <asm/sembuf.h>
#include <asm/shmbuf.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/termbits.h>

#include <linux/aio_abi.h>
#include <linux/blkpg.h>
#include <linux/capability.h>
#include <linux/cdrom.h>
#include <linux/dm-ioctl.h>
#include <linux/dma-buf.h>
#include <linux/eventpoll.h>
#include <linux/falloc.h>
#include <linux/fanotify.h>
#include <linux/fb.h>
#include <linux/fiemap.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/gpio.h>
#include <linux/hdreg.h>
#include <linux/hidraw.h>
#include <linux/i2c-dev.h>
#include <linux/icmp.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_packet.h>
#include <linux/if_ppp.h>
#include <linux/in.h>
#include <linux/inotify.h>
#include <linux/input.h>
#include <linux/io_uring.h>
#include <linux/ipc.h>
#include <linux/ipv6.h>
#include <linux/joystick.h>
#include <linux/kd.h>
#include <linux/kvm.h>
#include <linux/landlock.h>
#include <linux/loop.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/mqueue.h>
#include <linux/msg.h>
#include <linux/mtio.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <linux/quota.h>
#include <linux/resource.h>
#include <linux/route.h>
#include <linux/rtc.h>
#include <linux/sched/types.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/sem.h>
#include <linux/serial.h>
#include <linux/shm.h>
#include <linux/signalfd.h>
#include <linux/stat.h>
#include <linux/sysctl.h>
#include <linux/sysinfo.h>
#include <linux/time_types.h>
#include <linux/times.h>
#include <linux/uinput.h>
#include <linux/usbdevice_fs.h>
#include <linux/userfaultfd.h>
#include <linux/utsname.h>
#include <linux/version.h>
#include <linux/vhost.h>
#include <linux/videodev2.h>
#include <linux/vt.h>
#include <linux/watchdog.h>
#include <linux/xattr.h>
#include <mtd/mtd-user.h>
#include <scsi/sg.h>
#include <sound/asound.h>

/* Not in any header that programs see: the kernel's own types */

typedef int32_t old_time32_t;

struct old_timespec32 {
	old_time32_t tv_sec;
	int32_t tv_nsec;
};
struct old_timeval32 {
	old_time32_t tv_sec;
	int32_t tv_usec;
};
struct old_itimerval32 {
	struct old_timeval32 it_interval, it_value;
};
struct old_itimerspec32 {
	struct old_timespec32 it_interval, it_value;
};
struct old_utimbuf32 {
	old_time32_t actime, modtime;
};
struct old_timex32 {
	uint32_t modes;
	int32_t offset, freq, maxerror, esterror, status, constant, precision, tolerance;
	struct old_timeval32 time;
	int32_t tick, ppsfreq, jitter, shift, stabil, jitcnt, calcnt, errcnt, stbcnt, tai,
		unused[11];
};
struct ustat {
	int32_t f_tfree;
	uint32_t f_tinode;
	char f_fname[6], f_fpack[6];
};
struct mmap_arg_struct {
	uint32_t addr, len, prot, flags, fd, offset;
};
struct sel_arg_struct {
	uint32_t n, inp, outp, exp, tvp;
};
struct old_sigaction {
	uint32_t sa_handler, sa_mask, sa_flags, sa_restorer;
};
struct rt_sigaction {
	uint32_t sa_handler, sa_flags, sa_restorer;
	uint8_t sa_mask[8];
};
struct sigaltstack_i386 {
	uint32_t ss_sp;
	int32_t ss_flags;
	uint32_t ss_size;
};
struct kexec_segment {
	uint32_t buf, bufsz, mem, memsz;
};
struct scsi_idlun {
	uint32_t dev_id, host_unique_id;
};
struct compat_msghdr {
	uint32_t msg_name;
	int32_t msg_namelen;
	uint32_t msg_iov, msg_iovlen, msg_control, msg_controllen, msg_flags;
};
struct compat_mmsghdr {
	struct compat_msghdr msg_hdr;
	uint32_t msg_len;
};
struct compat_cmsghdr {
	uint32_t cmsg_len;
	int32_t cmsg_level, cmsg_type;
};
struct file_handle {
	uint32_t handle_bytes;
	int32_t handle_type;
};
struct space_resv {
	int16_t l_type, l_whence;
	int64_t l_start, l_len;
	int32_t l_sysid;
	uint32_t l_pid;
	int32_t l_pad[4];
};
/* sizes that grew: what the first kernel with them had */
struct rseq_v0 {
	uint32_t cpu_id_start, cpu_id;
	uint64_t rseq_cs;
	uint32_t flags, node_id, mm_cid;
} __attribute__((aligned(32)));
struct tcp_info_v0 {
	uint8_t tcpi_state, tcpi_ca_state, tcpi_retransmits, tcpi_probes, tcpi_backoff,
		tcpi_options, wscales, app_limited;
	uint32_t tcpi_rto, tcpi_ato, tcpi_snd_mss, tcpi_rcv_mss, tcpi_unacked, tcpi_sacked,
		tcpi_lost, tcpi_retrans, tcpi_fackets, tcpi_last_data_sent, tcpi_last_ack_sent,
		tcpi_last_data_recv, tcpi_last_ack_recv, tcpi_pmtu, tcpi_rcv_ssthresh, tcpi_rtt,
		tcpi_rttvar, tcpi_snd_ssthresh, tcpi_snd_cwnd, tcpi_advmss, tcpi_reordering,
		tcpi_rcv_rtt, tcpi_rcv_space, tcpi_total_retrans;
};

/*
 * Newer than the headers of this machine, or grown since: as of Linux 7.2. The new struct takes
 * the old one's name.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
struct new_statx {
	uint32_t stx_mask, stx_blksize;
	uint64_t stx_attributes;
	uint32_t stx_nlink, stx_uid, stx_gid;
	uint16_t stx_mode, spare0;
	uint64_t stx_ino, stx_size, stx_blocks, stx_attributes_mask;
	struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	uint32_t stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
	uint64_t stx_mnt_id;
	uint32_t stx_dio_mem_align, stx_dio_offset_align;
	uint64_t stx_subvol;
	uint32_t stx_atomic_write_unit_min, stx_atomic_write_unit_max,
		stx_atomic_write_segments_max, stx_dio_read_offset_align,
		stx_atomic_write_unit_max_opt, spare2;
	uint64_t spare3[8];
};
#define statx new_statx
struct new_epoll_params {
	uint32_t busy_poll_usecs;
	uint16_t busy_poll_budget;
	uint8_t prefer_busy_poll, pad;
};
#define epoll_params new_epoll_params
struct new_cachestat_range {
	uint64_t off, len;
};
#define cachestat_range new_cachestat_range
struct new_cachestat {
	uint64_t nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted;
};
#define cachestat new_cachestat
struct new_delegation {
	uint32_t d_flags;
	uint16_t d_type, pad;
};
#define delegation new_delegation
struct new_xattr_args {
	uint64_t value __attribute__((aligned(8)));
	uint32_t size, flags;
};
#define xattr_args new_xattr_args
struct new_file_attr {
	uint64_t fa_xflags;
	uint32_t fa_extsize, fa_nextents, fa_projid, fa_cowextsize;
};
#define file_attr new_file_attr
struct new_fsuuid2 {
	uint8_t len, uuid[16];
};
#define fsuuid2 new_fsuuid2
struct new_mnt_id_req {
	uint32_t size, mnt_ns_fd;
	uint64_t mnt_id, param, mnt_ns_id;
};
#define mnt_id_req new_mnt_id_req
struct new_statmount {
	uint32_t size, mnt_opts;
	uint64_t mask;
	uint32_t sb_dev_major, sb_dev_minor;
	uint64_t sb_magic;
	uint32_t sb_flags, fs_type;
	uint64_t mnt_id, mnt_parent_id;
	uint32_t mnt_id_old, mnt_parent_id_old;
	uint64_t mnt_attr, mnt_propagation, mnt_peer_group, mnt_master, propagate_from;
	uint32_t mnt_root, mnt_point;
	uint64_t mnt_ns_id;
	uint32_t fs_subtype, sb_source, opt_num, opt_array, opt_sec_num, opt_sec_array;
	uint64_t supported_mask;
	uint32_t mnt_uidmap_num, mnt_uidmap, mnt_gidmap_num, mnt_gidmap;
	uint64_t spare2[43];
};
#define statmount new_statmount
struct new_ns_id_req {
	uint32_t size, spare;
	uint64_t ns_id;
	uint32_t ns_type, spare2;
	uint64_t user_ns_id;
};
#define ns_id_req new_ns_id_req
struct new_mnt_ns_info {
	uint32_t size, nr_mounts;
	uint64_t mnt_ns_id;
};
#define mnt_ns_info new_mnt_ns_info
struct new_pidfd_info {
	uint64_t mask, cgroupid;
	uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t exit_code;
	uint32_t coredump_mask, coredump_signal, coredump_code, coredump_pad;
	uint64_t supported_mask;
};
#define pidfd_info new_pidfd_info
struct new_landlock_ruleset_attr {
	uint64_t handled_access_fs, handled_access_net, scoped, quiet_access_fs, quiet_access_net,
		quiet_scoped;
};
#define landlock_ruleset_attr new_landlock_ruleset_attr
struct new_landlock_net_port_attr {
	uint64_t allowed_access, port;
};
#define landlock_net_port_attr new_landlock_net_port_attr
struct new_lsm_ctx {
	uint64_t id, flags, len, ctx_len;
};
#define lsm_ctx new_lsm_ctx
struct new_sqring_offsets {
	uint32_t head, tail, ring_mask, ring_entries, flags, dropped, array, resv1;
	uint64_t user_addr;
};
#define io_sqring_offsets new_sqring_offsets
struct new_cqring_offsets {
	uint32_t head, tail, ring_mask, ring_entries, overflow, cqes, flags, resv1;
	uint64_t user_addr;
};
#define io_cqring_offsets new_cqring_offsets
struct new_uffdio_poison {
	struct uffdio_range range;
	uint64_t mode;
	int64_t updated;
};
#define uffdio_poison new_uffdio_poison
struct new_uffdio_move {
	uint64_t dst, src, len, mode;
	int64_t move;
};
#define uffdio_move new_uffdio_move
struct new_procmap_query {
	uint64_t size, query_flags, query_addr, vma_start, vma_end, vma_flags, vma_page_size,
		vma_offset, inode;
	uint32_t dev_major, dev_minor, vma_name_size, build_id_size;
	uint64_t vma_name_addr, build_id_addr;
};
#define procmap_query new_procmap_query
struct new_pm_scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted,
		category_mask, category_anyof_mask, return_mask;
};
#define pm_scan_arg new_pm_scan_arg
struct new_vt_consizecsrpos {
	uint16_t con_rows, con_cols, csr_row, csr_col;
};
#define vt_consizecsrpos new_vt_consizecsrpos
struct new_perf_event_attr {
	uint32_t type, size;
	uint64_t config, sample_period, sample_type, read_format, bits;
	uint32_t wakeup_events, bp_type;
	uint64_t config1, config2, branch_sample_type, sample_regs_user;
	uint32_t sample_stack_user;
	int32_t clockid;
	uint64_t sample_regs_intr;
	uint32_t aux_watermark;
	uint16_t sample_max_stack, reserved2;
	uint32_t aux_sample_size, aux_action;
	uint64_t sig_data, config3, config4;
};
#define perf_event_attr new_perf_event_attr
struct new_drm_version {
	int32_t version_major, version_minor, version_patchlevel;
	uint32_t name_len, name, date_len, date, desc_len, desc;
};
#define drm_version new_drm_version
struct new_drm_get_cap {
	uint64_t capability, value;
};
#define drm_get_cap new_drm_get_cap
struct new_drm_gem_close {
	uint32_t handle, pad;
};
#define drm_gem_close new_drm_gem_close
struct new_drm_prime_handle {
	uint32_t handle, flags;
	int32_t fd;
};
#define drm_prime_handle new_drm_prime_handle
struct new_drm_mode_create_dumb {
	uint32_t height, width, bpp, flags, handle, pitch;
	uint64_t size;
};
#define drm_mode_create_dumb new_drm_mode_create_dumb
struct new_drm_mode_map_dumb {
	uint32_t handle, pad;
	uint64_t offset;
};
#define drm_mode_map_dumb new_drm_mode_map_dumb
#else
#include <drm/drm.h>
#include <drm/drm_mode.h>
#include <linux/lsm.h>
#include <linux/pidfd.h>
struct sched_param {
	int32_t sched_priority;
};
#endif

/* How many bytes a slot takes in a struct; 0 where its decoder decides */
enum {
#define KIND(name, size, doc) BYTES_##name = size,
#include "kinds.def"
};
enum {
#define STRUCT(id, ctype, size) BYTES_OF_##id = size,
#define F(...)
#define DETAIL(...)
#define END
#include "structs.def"
};
#define A(name, kind)		 BYTES_##kind
#define AF(name, set)		 BYTES_FLAGS
#define AE(name, set)		 BYTES_ENUM
#define AK(name, kind, set)	 BYTES_##kind
#define P(name, dir, kind)	 4
#define PF(name, dir, set)	 4
#define PE(name, dir, set)	 4
#define S(name, dir, type)	 4
#define V(name, dir, kind, len)	 4
#define VN(name, dir, kind, n)	 4
#define VS(name, dir, type, len) 4
#define VSN(name, dir, type, n)	 4
#define B(name, dir, len)	 4
#define I(name, kind, n)	 ((n)*BYTES_##kind)
#define IK(name, kind, set, n)	 ((n)*BYTES_##kind)
#define IS(name, type, n)	 ((n)*BYTES_OF_##type)
#define X(name, dir, id)	 0

/* One field, or (member NULL) one struct: what structs.def says and what the compiler says. */
struct check {
	const char *id, *member;
	size_t offset, real_offset; /* of a struct: its size */
	size_t bytes, real_bytes;
	bool low_half; /* the field is the low bytes of a wider member */
};

#define SIZE(id, type, size) {id, NULL, size, sizeof(type), 0, 0, false},
#define FIELD(id, type, member, offset, low, ...)                                                  \
	{id, #member, offset, offsetof(type, member), __VA_ARGS__, sizeof(((type *)0)->member),    \
		low},

static int wrong(const struct check *c)
{
	if (c->offset != c->real_offset)
		printf("# %s%s%s: %s %zu in structs.def, %zu in C\n", c->id, c->member ? "." : "",
			c->member ? c->member : "", c->member ? "offset" : "size", c->offset,
			c->real_offset);
	else if (c->bytes && (c->low_half ? c->bytes >= c->real_bytes : c->bytes != c->real_bytes))
		printf("# %s.%s: %zu bytes in structs.def, %zu in C\n", c->id, c->member, c->bytes,
			c->real_bytes);
	else
		return 0;
	return 1;
}

/* A line of TAP for each struct; checks[] stand struct by struct, its size first. */
static int run(const struct check *checks, size_t n, int structs)
{
	int number = 0, failed = 0;

	printf("1..%d\n", structs);
	for (size_t i = 0, j; i < n; i = j) {
		int bad = 0;

		for (j = i; j == i || (j < n && checks[j].member); j++)
			bad += wrong(&checks[j]);
		printf("%sok %d - %s: size and %zu members\n", bad ? "not " : "", ++number,
			checks[i].id, j - i - 1);
		failed += bad != 0;
	}
	return failed || number != structs;
}
