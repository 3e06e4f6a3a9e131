/* SPDX-License-Identifier: MIT */
/* Paths, arrays and lengths without end or over the end: the results are printed and must agree. */
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "guest.h"

static char *wall;  /* readable up to here, not one byte more */
static char *flood; /* a MiB of 'a' in front of the wall */

static void show(const char *what, long result)
{
	if (result == -1)
		dprintf(1, "%s: %s\n", what, strerror(errno));
	else
		dprintf(1, "%s: %s\n", what, result ? "positive" : "0");
}

static void paths(void)
{
	char *cross = wall - 4096 - 6, *page_end = wall - 12, long_path[5000];

	show("no end", open(flood, O_RDONLY));
	show("open without end in the last page", open(wall - 100, O_RDONLY));
	memcpy(page_end, "/etc/passwd", 12);
	show("path to the last byte", open(page_end, O_RDONLY));
	page_end[11] = 'a';
	show("one byte too far", open(page_end, O_RDONLY));
	memset(page_end, 'a', 12);
	memcpy(cross, "/etc/passwd", 12);
	show("path over a page's end", open(cross, O_RDONLY));
	memset(cross, 'a', 12);
	for (int n = 4093; n < 4099; n++) {
		memset(long_path, '/', n);
		long_path[n] = 0;
		show("PATH_MAX and around", open(long_path, O_RDONLY));
	}
	show("rename", rename(flood, wall - 1));
	show("symlink", symlink(wall - 1, flood));
	show("execve", execve(flood, (char **)flood, (char **)wall));
	show("execve argv", execve("/bin/true", (char **)(wall - 8), NULL));
	show("mount", syscall(SYS_mount, flood, flood, flood, -1, flood));
	show("chdir", chdir(wall));
	show("readlink", readlink("/proc/self/exe", wall - 2, 4096));
	show("getcwd", syscall(SYS_getcwd, wall - 1, 4096));
}

static void lengths(void)
{
	int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR), pair[2];
	struct iovec many[1024], wrap[2] = {{(void *)0xfffffff0, 0x20}, {wall - 4, 0xffffffff}};
	struct msghdr message = {wall - 1, 128, wrap, 2, wall - 2, 0xffffffff, 0};
	struct pollfd *polls = (struct pollfd *)(wall - 12);

	for (int i = 0; i < 1024; i++)
		many[i] = (struct iovec){flood, 1048576};
	show("write of 4 GiB", write(null, flood, 0xffffffff));
	show("read of 4 GiB", read(zero, wall - 4096, 0xffffffff));
	show("writev of 1 GiB", writev(null, many, 1024));
	show("writev of too many", writev(null, many, 1025));
	show("writev, array over the wall", writev(null, (void *)(wall - 12), 3));
	show("writev of -1", writev(null, many, -1));
	show("writev around the end", writev(null, wrap, 2));
	show("writev around the end, first", writev(null, wrap, 1));
	show("poll of too many", poll(polls, 0x40000001, 0));
	show("poll over the wall", poll(polls, 3, 0));
	show("select", syscall(SYS__newselect, 0x7fffffff, wall - 4, NULL, NULL, wall));
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	show("sendmsg", sendmsg(pair[0], &message, 0));
	show("recvmsg", recvmsg(pair[0], &message, MSG_DONTWAIT));
	message = (struct msghdr){NULL, 0, (void *)flood, 0x7fffffff, NULL, 0, 0};
	show("sendmsg of too many", sendmsg(pair[0], &message, 0));
	show("sendmsg without a header", sendmsg(pair[0], (void *)(wall - 8), 0));
	show("sendto", sendto(pair[0], flood, 0x7fffffff, MSG_DONTWAIT, (void *)(wall - 1), 16));
	show("connect", connect(pair[0], (void *)(wall - 1), 0x7fffffff));
	show("connect", connect(pair[0], (void *)0xfffffffe, 110));
	show("getsockname", getsockname(pair[0], (void *)(wall - 1), (void *)(wall - 4)));
	show("setsockopt", setsockopt(pair[0], SOL_SOCKET, SO_RCVBUF, wall - 1, 4));
	show("setgroups", syscall(SYS_setgroups32, 0x40000001, wall - 4));
	show("stat", syscall(SYS_stat64, "/", (void *)0xfffffffc));
	show("stat at the wall", syscall(SYS_stat64, "/", wall - 50));
	show("socketcall at the wall", syscall(SYS_socketcall, 3, wall - 4));
	show("socketcall at the end", syscall(SYS_socketcall, 3, 0xfffffff8));
	show("socketcall of -1", syscall(SYS_socketcall, -1, wall));
	show("ipc", syscall(SYS_ipc, 0xffff0001, 1, 2, 3, wall - 2, 5));
	show("old mmap", syscall(SYS_mmap, wall - 4));
	show("old select", syscall(SYS_select, wall - 4));
	show("sigaction", syscall(SYS_rt_sigaction, 10, wall - 2, wall - 1, 8));
	show("clock_gettime", syscall(SYS_clock_gettime, 0, wall - 7));
	show("futex", syscall(SYS_futex, wall - 2, 0, 0, wall - 4));
	show("io_submit", syscall(SYS_io_submit, 0, 0x7fffffff, wall - 4));
	show("nanosleep", syscall(SYS_nanosleep, wall - 4, 0xfffffffc));
	show("prctl", syscall(SYS_prctl, 15, wall - 2, 0, 0, 0));
	show("bpf", syscall(SYS_bpf, 0, wall - 4, 0x7fffffff));
	show("clone3", syscall(SYS_clone3, wall - 16, 64));
	show("clone3 of too much", syscall(SYS_clone3, flood, 0x7fffffff));
}

int main(void)
{
	char *area = must(mmap(
		NULL, 1048576 + 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	wall = area + 1048576;
	flood = area;
	memset(area, 'a', 1048576);
	must(mprotect(wall, 8192, PROT_NONE));
	paths();
	lengths();
	return 0;
}
