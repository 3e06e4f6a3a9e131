/* SPDX-License-Identifier: MIT */
/*
 * Calls on processes, memory, time and limits, with arguments of every form. It promises nothing:
 * what counts is how a tracer shows them.
 */
#include <asm/ldt.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/time.h>

#include "guest.h"

#define call(name, ...) syscall(SYS_##name, ##__VA_ARGS__)

static char buf[8192];
static int word, other;

/* The child leaves at once. */
#define child(name, ...)                                                                           \
	do {                                                                                       \
		if (!call(name, ##__VA_ARGS__))                                                    \
			_exit(3);                                                                  \
	} while (0)

static void children(void)
{
	struct rusage usage;
	siginfo_t info;
	uint64_t args[11] = {[4] = SIGCHLD};
	int status;

	child(fork);
	call(wait4, -1, &status, 0, &usage);
	child(clone, SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, 0, &word, 0, &other);
	call(waitpid, -1, &status, __WALL);
	child(clone3, args, 64);
	call(waitid, P_ALL, 0, &info, WEXITED | WNOWAIT, NULL);
	call(waitid, P_ALL, 0, &info, WEXITED, NULL);
	args[0] = CLONE_PARENT_SETTID;
	args[3] = (uintptr_t)&word;
	child(clone3, args, 88);
	call(wait4, -1, &status, __WALL, NULL);
	call(waitid, P_ALL, 0, &info, WEXITED, NULL);
	call(waitid, 9, 5, NULL, WEXITED, NULL);
	call(wait4, -1, &status, WNOHANG, NULL);
	call(clone3, 1, 88);
	call(clone3, args, 5);
	call(clone, CLONE_THREAD | CLONE_NEWNS, 0);
	call(unshare, 0);
	call(setns, -1, CLONE_NEWNET);
	call(execve, "/none", (char *[]){"a", "b c", NULL}, (char *[]){"X=1", NULL});
	call(execveat, AT_FDCWD, "/none", (char *[]){"a", NULL}, NULL, AT_EMPTY_PATH);
	call(kill, 0, 0);
	call(setpgid, 0, 0);
}

static void clocks(void)
{
	struct timespec short_time = {0, 1000}, rest;
	int64_t wide[4] = {0, 1000};
	int32_t timer[4] = {0, 0, 100, 0}, before[4];

	call(nanosleep, &short_time, &rest);
	call(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &short_time, NULL);
	call(clock_nanosleep_time64, CLOCK_REALTIME, 0, wide, wide + 2);
	call(clock_gettime, 77, &rest);
	call(clock_getres, CLOCK_REALTIME, &rest);
	call(clock_settime, CLOCK_REALTIME, 1);
	call(gettimeofday, &rest, buf);
	call(adjtimex, 1);
	call(setitimer, ITIMER_REAL, timer, before);
	call(alarm, 0);
	call(timer_create, CLOCK_REALTIME, NULL, &word);
	call(timer_create, CLOCK_MONOTONIC, (int[16]){5, 10, 0}, &word);
	call(timer_create, CLOCK_MONOTONIC, (int[16]){5, 10, 1}, &word);
	call(timer_create, CLOCK_MONOTONIC, 1, &word);
	call(timer_settime, word, 0, timer, before);
	call(timer_delete, word);
	word = call(timerfd_create, CLOCK_MONOTONIC, O_CLOEXEC | O_NONBLOCK);
	call(timerfd_settime, word, 0, timer, before);
}

static void limits(void)
{
	call(ugetrlimit, RLIMIT_STACK, buf);
	call(getrlimit, RLIMIT_NOFILE, buf);
	call(prlimit64, 0, RLIMIT_CORE, NULL, buf);
	call(prlimit64, 0, 77, buf, NULL);
	call(getpriority, PRIO_PROCESS, 0);
	call(setpriority, PRIO_PROCESS, 0, 5);
	call(sched_setaffinity, 0, 4, "\1\0\0\0");
	call(sched_getaffinity, 0, 128, buf);
	call(sched_getaffinity, 0, 2, buf);
	call(sched_getscheduler, 0);
	call(sched_getparam, 0, buf);
	call(sched_setscheduler, 0, SCHED_OTHER, "\0\0\0\0");
	call(sched_get_priority_max, SCHED_FIFO);
	call(sched_yield);
}

static void futexes(void)
{
	struct timespec time = {0, 1000};

	word = 5;
	call(futex, &word, FUTEX_WAIT_PRIVATE, 5, &time);
	call(futex, &word, FUTEX_WAIT, 6, NULL);
	call(futex, &word, FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, 5, &time, 0, -1);
	call(futex, &word, FUTEX_WAKE, 1);
	call(futex, &word, FUTEX_WAKE_BITSET, 1, 0, 0, 5);
	call(futex, &word, FUTEX_REQUEUE, 1, 2, &other);
	call(futex, &word, FUTEX_CMP_REQUEUE, 1, 2, &other, 5);
	call(futex, &word, FUTEX_WAKE_OP_PRIVATE, 1, 1, &other,
		FUTEX_OP(FUTEX_OP_SET, 0, FUTEX_OP_CMP_GT, 1));
	call(futex, &word, FUTEX_UNLOCK_PI);
	call(futex, &word, 99, 5, 0, 0, 0);
	call(set_robust_list, buf, 12);
}

static void options(void)
{
	struct user_desc segment = {-1, 0x1000, 0xfffff, 1, 0, 0, 1, 0, 1};

	call(prctl, PR_SET_NAME, "hello");
	call(prctl, PR_GET_NAME, buf);
	call(prctl, PR_SET_PDEATHSIG, 9);
	call(prctl, PR_GET_PDEATHSIG, &word);
	call(prctl, PR_GET_DUMPABLE);
	call(prctl, PR_SET_DUMPABLE, 1);
	call(prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	call(prctl, PR_CAPBSET_READ, 5);
	call(prctl, PR_CAPBSET_READ, 99);
	call(prctl, PR_SET_KEEPCAPS, 1);
	call(prctl, PR_GET_SECUREBITS);
	call(prctl, PR_SET_TIMERSLACK, 5);
	call(prctl, PR_SET_CHILD_SUBREAPER, 0);
	call(prctl, PR_GET_CHILD_SUBREAPER, &word);
	call(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	call(prctl, PR_SET_VMA, 0, 4096, 4096, "name");
	call(prctl, PR_GET_TSC, &word);
	call(prctl, 999, 1, 2, 3, 4);
	call(capget, (uint32_t[]){_LINUX_CAPABILITY_VERSION_3, 0}, NULL);
	call(capget, (uint32_t[]){5, 0}, buf);
	call(personality, 0xffffffff);
	call(set_thread_area, &segment);
	call(get_thread_area, &segment);
	call(modify_ldt, 1, &segment, 15);
	call(getresuid32, buf, buf + 4, buf + 8);
	call(setresuid32, -1, -1, -1);
	call(setresuid, -1, -1, -1);
	call(setfsuid32, -1);
	call(getrandom, buf, 100, 6);
	call(reboot, 0xfee1dead, 1, 2, 0);
	call(ptrace, 16, 0x7fffffff, 0, 0);
	call(keyctl, 99, 1, 2, 3, 4);
}

static void memory(void)
{
	uint32_t block[6] = {0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0};
	void *page = (void *)call(
		mmap2, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	call(mmap, block);
	call(mmap, 1);
	call(mprotect, page, 4096, PROT_NONE);
	call(mprotect, 0, 5, 0x10);
	call(mprotect, 0, 5, 0x10000008);
	call(mremap, page, 4096, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, 1);
	call(madvise, page, 4096, MADV_DONTNEED);
	call(msync, page, 4096, MS_SYNC);
	call(mlock, page, 4096);
	call(munmap, page, 4096);
	call(mmap2, 0, 4096, PROT_READ, MAP_SHARED, 77, 5);
	call(brk, 0);
	call(shmget, IPC_PRIVATE, 0, 01600);
	call(semget, 0x7654321, 0, 0600);
	call(semtimedop_time64, -1, buf, 0, NULL);
}

int main(void)
{
	children();
	clocks();
	limits();
	futexes();
	options();
	memory();
	return 0;
}
