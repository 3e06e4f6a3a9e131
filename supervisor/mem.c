/* SPDX-License-Identifier: MIT */
/*
 * Reads tracee memory with process_vm_readv, one system call for most reads; writes through
 * /proc/TID/mem, which ignores page protection as a debugger needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "mem.h"

#define PAGE 4096u

/* Where process_vm_readv is refused by a filter around us, /proc/TID/mem still answers. */
static ssize_t read_proc(pid_t tid, struct addr from, void *to, size_t n)
{
	char path[32];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	got = pread(fd, to, n, from.v);
	if (got < 0)
		got = errno == EIO ? -EFAULT : -errno;
	close(fd);
	return got;
}

ssize_t mem_read_some(pid_t tid, struct addr from, void *to, size_t n)
{
	struct iovec local = {to, n}, remote[64];
	size_t nremote = 0, done = 0;
	ssize_t got;

	/* One piece a page: the kernel stops at the first piece that faults, not in the middle. */
	while (done < n && nremote < sizeof(remote) / sizeof(remote[0])) {
		size_t piece = PAGE - (from.v + done) % PAGE;

		if (piece > n - done)
			piece = n - done;
		remote[nremote].iov_base = (void *)(uintptr_t)(from.v + done);
		remote[nremote++].iov_len = piece;
		done += piece;
	}
	local.iov_len = done;
	got = process_vm_readv(tid, &local, 1, remote, nremote, 0);
	if (got >= 0)
		return got;
	if (errno == EPERM || errno == ENOSYS)
		return read_proc(tid, from, to, n);
	return -errno;
}

int mem_read(pid_t tid, struct addr from, void *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got =
			mem_read_some(tid, addr_plus(from, done), (char *)to + done, n - done);

		if (got <= 0)
			return got ? (int)got : -EFAULT;
		done += got;
	}
	return 0;
}

ssize_t mem_read_string(pid_t tid, struct addr from, char *to, size_t n, bool *cut)
{
	size_t done = 0, step = 128; /* most paths are shorter */

	*cut = false;
	while (done < n - 1) {
		size_t want = n - 1 - done < step ? n - 1 - done : step;
		ssize_t got = mem_read_some(tid, addr_plus(from, done), to + done, want);
		char *nul;

		if (got <= 0) {
			to[done] = '\0';
			*cut = true;
			return done ? (ssize_t)done : got ? got : -EFAULT;
		}
		nul = memchr(to + done, '\0', got);
		if (nul)
			return nul - to;
		done += got;
		step = PAGE;
	}
	to[done] = '\0';
	*cut = true;
	return done;
}

int mem_write(pid_t tid, struct addr to, const void *from, size_t n)
{
	char path[32];
	ssize_t put;
	int fd, err;

	snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	put = pwrite(fd, from, n, to.v);
	err = put < 0 ? -errno : -EFAULT;
	close(fd);
	return put == (ssize_t)n ? 0 : err == -EIO ? -EFAULT : err;
}
