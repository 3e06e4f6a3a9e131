/* SPDX-License-Identifier: MIT */
/*
 * Old habits, one a word: does what a finding of int80 audit is about. `habits time32 uid16` does
 * two of them. The word `clean` does nothing that a finding knows.
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "guest.h"

static long buffer[4096];

static void do_clean(void)
{
	write(1, "clean\n", 6);
}

static void do_time32(void)
{
	syscall(SYS_gettimeofday, buffer, NULL);
	syscall(SYS_clock_gettime, CLOCK_REALTIME, buffer);
}

/* A clock that has no 2038, and a duration. */
static void do_durations(void)
{
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, buffer);
	buffer[0] = 0, buffer[1] = 1;
	syscall(SYS_nanosleep, buffer, NULL);
}

static void do_stat32(void)
{
	syscall(SYS_stat64, "/", buffer);
}

static void do_nonlfs(void)
{
	int fd = syscall(SYS_open, "/", O_RDONLY | O_DIRECTORY);

	syscall(SYS_stat, "/", buffer);
	syscall(SYS_getdents, fd, buffer, sizeof(buffer));
}

static void do_open(void)
{
	close(syscall(SYS_open, "habits.tmp", O_RDWR | O_CREAT, 0600));
	unlink("habits.tmp");
	close(syscall(SYS_open, "/etc/passwd", O_RDONLY)); /* not counted */
}

static void do_eoverflow(void)
{
	int fd = open("habits.big", O_RDWR | O_CREAT | 0100000, 0600);

	syscall(SYS_ftruncate64, fd, 0, 1); /* 4 GiB */
	close(fd);
	if (syscall(SYS_open, "habits.big", O_RDONLY) >= 0 || errno != EOVERFLOW)
		exit(1);
	unlink("habits.big");
}

static void do_uid16(void)
{
	syscall(SYS_getuid);
	syscall(SYS_setresuid, -1, -1, -1);
}

static void do_removed(void)
{
	syscall(149 /* _sysctl */, buffer);
	syscall(134 /* bdflush */, 0, 0);
}

static void do_vm86(void)
{
	syscall(166, 0, 0);
}

static void do_ldt(void)
{
	syscall(SYS_modify_ldt, 0, buffer, sizeof(buffer));
}

static void do_ports(void)
{
	syscall(SYS_iopl, 0);
	syscall(SYS_ioperm, 0x80, 1, 0);
}

static void do_wx(void)
{
	void *p = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(p, 4096);
}

static void do_personality(void)
{
	personality(READ_IMPLIES_EXEC);
}

static void do_stack(void)
{
	unsigned long page = (unsigned long)__builtin_frame_address(0) & -4096ul;

	mprotect((void *)page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN);
}

static void do_memory(void)
{
	void *p;

	do
		p = mmap(NULL, 256 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			-1, 0);
	while (p != MAP_FAILED);
}

static void do_unknown(void)
{
	syscall(4000);
	syscall(4001, 1, 2, 3);
}

static void do_ptrace(void)
{
	syscall(SYS_ptrace, PTRACE_PEEKDATA, 1, 0, 0);
}

static void do_uring(void)
{
	syscall(425, 0, NULL);
}

static void do_crash(void)
{
	raise(SIGSEGV);
}

/* A filter that answers err to statx, as sandboxes do. */
static void filter_statx(int err)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 383, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {4, code};

	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

static void do_fallback(void)
{
	filter_statx(ENOSYS);
	if (syscall(383, -100, "/", 0, 0, buffer) < 0 && errno == ENOSYS)
		syscall(SYS_fstatat64, -100, "/", buffer, 0);
}

static void do_eperm(void)
{
	filter_statx(EPERM);
	syscall(383, -100, "/", 0, 0, buffer);
}

static void do_int80(void)
{
	int80_call(SYS_getpgid, 0, 0);
}

static const struct {
	const char *word;
	void (*run)(void);
} habits[] = {
	{"clean", do_clean},
	{"time32", do_time32},
	{"durations", do_durations},
	{"stat32", do_stat32},
	{"nonlfs", do_nonlfs},
	{"open", do_open},
	{"eoverflow", do_eoverflow},
	{"uid16", do_uid16},
	{"removed", do_removed},
	{"vm86", do_vm86},
	{"ldt", do_ldt},
	{"ports", do_ports},
	{"wx", do_wx},
	{"personality", do_personality},
	{"stack", do_stack},
	{"memory", do_memory},
	{"unknown", do_unknown},
	{"ptrace", do_ptrace},
	{"uring", do_uring},
	{"crash", do_crash},
	{"fallback", do_fallback},
	{"eperm", do_eperm},
	{"int80", do_int80},
};

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		for (size_t h = 0; h < sizeof(habits) / sizeof(habits[0]); h++)
			if (!strcmp(argv[i], habits[h].word))
				habits[h].run();
	return 0;
}
