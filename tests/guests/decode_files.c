/* SPDX-License-Identifier: MIT */
/*
 * Calls on files, with arguments of every form. It promises nothing: what counts is how a tracer
 * shows them. Everything happens in the working directory.
 */
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "guest.h"

#define call(name, ...) syscall(SYS_##name, ##__VA_ARGS__)

static char buf[8192];

static void opening(void)
{
	char path[5000];

	call(open, "new", O_RDWR | O_CREAT | O_TRUNC, 0644);
	call(open, "new", O_WRONLY | O_APPEND | O_NONBLOCK | O_SYNC);
	call(open, "new", O_DIRECTORY | FASYNC | 0x40000000);
	call(open, "new", O_ACCMODE);
	call(open, "x\377\n", O_RDONLY | O_CREAT, 01777);
	call(open, (char *)1, O_RDONLY | O_CREAT, 0);
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	call(open, path, O_RDONLY);
	call(openat, AT_FDCWD, "new", O_PATH | O_CLOEXEC | O_NOFOLLOW);
	call(openat, -1, "", O_TMPFILE | O_RDWR, 0600);
	call(openat2, AT_FDCWD, "new", (uint64_t[]){O_RDONLY, 0, 8}, 24);
	call(openat2, AT_FDCWD, "none", (uint64_t[]){O_CREAT, 0600, 0x3f}, 24);
	call(creat, "created", 0755);
}

static void reading_and_writing(int fd)
{
	struct iovec vector[3] = {{buf, 3}, {buf + 10, 20}, {NULL, 0}};
	char bytes[] = "\0018\0019\001a\377\200\033\"\\\t\n\v\f\r\a\b";
	int64_t offset = 2;
	off_t offset32 = 3;

	call(write, fd, "hello world\n", 12);
	call(write, -1, bytes, sizeof(bytes));
	call(write, -1, "", 0);
	call(write, -1, NULL, 5);
	call(write, -1, (char *)5, 5);
	call(write, -1, "0123456789012345678901234567890", 32);
	call(write, -1, "01234567890123456789012345678901", 33);
	call(_llseek, fd, 0, 2, buf, SEEK_SET);
	call(_llseek, fd, -1, -5, buf, SEEK_SET);
	call(lseek, fd, -3, SEEK_END);
	call(lseek, fd, 0, 77);
	call(pread64, fd, buf, 5, 3, 0);
	call(pread64, fd, buf, 5, 3, 1);
	call(pwrite64, fd, "x", 1, 0, 0);
	call(lseek, fd, 0, SEEK_SET);
	call(readv, fd, vector, 3);
	call(readv, -1, vector, 2);
	call(readv, fd, vector, 0);
	call(preadv, fd, vector, 2, 1, 0);
	call(preadv2, fd, vector, 2, 1, 0, 8);
	call(writev, fd, vector, 2);
	call(writev, fd, (void *)1, 2);
	call(pwritev, fd, vector, 1, 5, 0);
	call(sendfile, -1, fd, &offset32, 5);
	call(sendfile64, 1, fd, &offset, 5);
	call(sendfile64, -1, fd, NULL, 5);
	call(copy_file_range, fd, &offset, fd, NULL, 0, 0);
	call(readahead, fd, 1, 1, 2);
	call(fadvise64_64, fd, 1, 0, 2, 0, POSIX_FADV_WILLNEED);
	call(fadvise64, fd, 1, 0, 2, POSIX_FADV_DONTNEED);
	call(fallocate, fd, 1, 0, 0, 5, 0);
	call(sync_file_range, fd, 0, 0, 5, 0, 2);
	call(truncate64, "new", 5, 1);
	call(ftruncate64, fd, 100, 0);
	call(ftruncate, fd, 50);
	call(flock, fd, 6);
	call(fsync, fd);
}

static void asking(int fd)
{
	call(stat64, "/etc/passwd", buf);
	call(lstat64, "/dev/null", buf);
	call(fstat64, fd, buf);
	call(fstatat64, AT_FDCWD, "/etc", buf, 0);
	call(stat64, "/none", buf);
	call(stat64, "/dev/null", 1);
	call(stat, "/etc/passwd", buf);
	call(lstat, "/etc", buf);
	call(fstat, fd, buf);
	call(oldstat, "/etc/passwd", buf);
	call(statx, AT_FDCWD, "/dev/null", AT_SYMLINK_NOFOLLOW, 0x7ff, buf);
	call(statx, -1, "", 0x2000, 0, buf);
	call(statfs64, "/proc", 84, buf);
	call(statfs64, "/proc", 5, buf);
	call(access, "/etc", R_OK | W_OK);
	call(access, "/etc", F_OK);
	call(faccessat, AT_FDCWD, "/etc", R_OK);
	call(faccessat2, AT_FDCWD, "/etc", R_OK, AT_EACCESS);
	call(readlink, "/proc/self/exe", buf, 3);
	call(readlinkat, AT_FDCWD, "/none", buf, 100);
	call(getcwd, buf, 4096);
	call(getcwd, buf, 1);
	call(uname, buf);
}

static void changing(int fd)
{
	struct timespec times[2] = {{1, 2}, {0, UTIME_NOW}};
	int32_t old[4] = {5, 6, 7, 8};
	int64_t wide[4] = {1, 2, 0, UTIME_OMIT};

	call(mkdir, "d", 0755);
	call(mkdirat, AT_FDCWD, "d", 0);
	call(rmdir, "d");
	call(mknod, "n", S_IFIFO | 0644, 0);
	call(mknodat, AT_FDCWD, "n2", S_IFREG | 0600, 0);
	call(mknod, "/none/n", S_IFCHR | 0644, 0x103);
	call(unlink, "n");
	call(unlinkat, AT_FDCWD, "n2", 0);
	call(unlinkat, AT_FDCWD, "n2", AT_REMOVEDIR);
	call(symlink, "a", "l");
	call(rename, "l", "l2");
	call(renameat2, AT_FDCWD, "l2", -5, "b", 1);
	call(unlink, "l2");
	call(linkat, AT_FDCWD, "none", -5, "b", AT_SYMLINK_FOLLOW);
	call(chmod, "new", 0600);
	call(fchmod, fd, 04755);
	call(chown32, "none", -1, 5);
	call(lchown, "none", 0xffff, 65534);
	call(fchownat, AT_FDCWD, "none", 1, 2, AT_EMPTY_PATH);
	call(utimensat, AT_FDCWD, "new", times, 0);
	times[1].tv_nsec = UTIME_OMIT;
	call(utimensat, fd, NULL, times, 0);
	call(utimensat_time64, AT_FDCWD, "new", wide, 0);
	call(utimes, "new", old);
	call(utime, "new", old);
	call(utime, "new", NULL);
	call(setxattr, "new", "user.x", "val\0ue", 6, 1);
	call(getxattr, "new", "user.x", buf, 100);
	call(getxattr, "new", "user.x", NULL, 0);
	call(listxattr, "new", buf, 100);
	call(removexattr, "new", "user.y");
	call(umask, 022);
	call(chroot, "/none");
	call(mount, "none", "/none", "tmpfs", 6, "size=1m");
	call(umount2, "/none", 2);
}

static void listing(void)
{
	int dir = call(open, ".", O_RDONLY | O_DIRECTORY);

	call(getdents64, dir, buf, 8192);
	call(getdents64, dir, buf, 8192);
	call(lseek, dir, 0, SEEK_SET);
	call(getdents, dir, buf, 8192);
	call(getdents64, -1, buf, 100);
	call(close, dir);
}

static void descriptors(int fd)
{
	struct flock lock = {F_WRLCK, SEEK_SET, 0, 10, 0};
	struct flock64 lock64 = {F_RDLCK, SEEK_CUR, 1, -1, 0};
	struct {
		int type, pid;
	} owner = {1, getpid()};
	int ends[2];

	call(pipe, ends);
	call(pipe2, ends, O_CLOEXEC | O_NONBLOCK);
	call(pipe, 1);
	call(dup, 0);
	call(dup2, 0, 50);
	call(dup3, 0, 51, O_CLOEXEC);
	call(fcntl64, fd, F_DUPFD, 60);
	call(fcntl64, fd, F_DUPFD_CLOEXEC, 60);
	call(fcntl64, fd, F_GETFD);
	call(fcntl64, 60, F_SETFD, FD_CLOEXEC);
	call(fcntl64, 60, F_GETFD);
	call(fcntl64, fd, F_SETFL, O_APPEND | O_NONBLOCK);
	call(fcntl64, fd, F_GETFL);
	call(fcntl64, fd, F_SETLK, &lock);
	call(fcntl64, fd, F_GETLK, &lock);
	call(fcntl64, fd, F_SETLK64, &lock64);
	call(fcntl64, fd, F_GETLK64, &lock64);
	call(fcntl64, fd, F_OFD_GETLK, &lock64);
	call(fcntl64, fd, F_SETLK, 1);
	call(fcntl64, -1, F_GETLK, &lock);
	call(fcntl64, fd, F_SETOWN, -5);
	call(fcntl64, fd, F_GETOWN);
	call(fcntl64, fd, F_SETOWN_EX, &owner);
	call(fcntl64, fd, F_GETOWN_EX, &owner);
	call(fcntl64, fd, F_SETSIG, 29);
	call(fcntl64, fd, F_GETSIG);
	call(fcntl64, fd, F_GETLEASE);
	call(fcntl64, ends[0], F_SETPIPE_SZ, 65536);
	call(fcntl64, fd, 99, 5);
	call(memfd_create, "mem", 3);
	call(close_range, 100, 200, 4);
}

static void events(void)
{
	struct epoll_event event = {EPOLLIN | EPOLLET, {.u64 = 0x100000005ull}}, events[4];
	int ends[2], epoll = call(epoll_create, 5), notify = call(inotify_init1, IN_NONBLOCK);

	call(pipe, ends);
	call(epoll_create1, EPOLL_CLOEXEC);
	call(epoll_ctl, epoll, EPOLL_CTL_ADD, ends[1], &event);
	event.events = EPOLLOUT;
	call(epoll_ctl, epoll, EPOLL_CTL_MOD, ends[1], &event);
	call(epoll_wait, epoll, events, 4, 0);
	call(epoll_pwait, epoll, events, 4, 0, NULL, 8);
	call(epoll_ctl, epoll, EPOLL_CTL_DEL, ends[1], NULL);
	call(epoll_wait, epoll, events, 4, 0);
	call(epoll_wait, -1, events, 4, 0);
	call(epoll_ctl, epoll, EPOLL_CTL_ADD, 1, 1);
	call(eventfd2, 5, EFD_CLOEXEC);
	call(inotify_add_watch, notify, ".", IN_CREATE | IN_ONLYDIR);
	call(inotify_rm_watch, notify, 1);
}

static void controls(int fd)
{
	struct {
		uint16_t rows, columns, x, y;
	} size = {24, 80, 0, 0};
	int n = 0, ends[2], terminal = call(open, "/dev/ptmx", O_RDWR | O_NOCTTY);

	call(pipe, ends);
	call(ioctl, fd, 0x5401, buf);	  /* TCGETS */
	call(ioctl, ends[0], 0x541b, &n); /* FIONREAD */
	call(ioctl, fd, 0x5451);	  /* FIOCLEX */
	call(ioctl, fd, 0x5421, &n);	  /* FIONBIO */
	call(ioctl, fd, 0x12345678, 5);
	call(ioctl, fd, 0xc0047805, buf);
	call(ioctl, terminal, 0x80045430, &n); /* TIOCGPTN */
	call(ioctl, terminal, 0x40045431, &n); /* TIOCSPTLCK */
	call(ioctl, terminal, 0x5401, buf);    /* TCGETS */
	call(ioctl, terminal, 0x5414, &size);  /* TIOCSWINSZ */
	call(ioctl, terminal, 0x5413, &size);  /* TIOCGWINSZ */
	call(ioctl, terminal, 0x540b, 2);      /* TCFLSH */
	call(ioctl, terminal, 0x540f, &n);     /* TIOCGPGRP */
}

int main(void)
{
	int fd;

	opening();
	fd = must(open("work", O_RDWR | O_CREAT | O_TRUNC, 0644));
	reading_and_writing(fd);
	asking(fd);
	changing(fd);
	listing();
	descriptors(fd);
	events();
	controls(fd);
	return 0;
}
