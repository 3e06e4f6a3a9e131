/* SPDX-License-Identifier: MIT */
/*
 * Every call number with bad pointers in every argument, each number in a process of its own and
 * without privileges. Prints error numbers; positive results, which may vary, as "+".
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "guest.h"

enum { LAST = 480, NPATTERNS = 9 };

/* These end, stop or multiply the process, wait for ever, use ptrace or trouble the machine. */
static const int left_out[] = {SYS_exit, SYS_fork, SYS_ptrace, SYS_pause, SYS_sync, SYS_sigreturn,
	SYS_clone, SYS_rt_sigreturn, SYS_vfork, SYS_exit_group, SYS_clone3, SYS_reboot, SYS_select,
	SYS__newselect, SYS_poll, SYS_ppoll, SYS_pselect6, 413, 414, SYS_sigsuspend,
	SYS_rt_sigsuspend, SYS_vhangup, SYS_seccomp};

static uint32_t patterns[NPATTERNS];

static int is_left_out(int nr)
{
	for (unsigned i = 0; i < sizeof(left_out) / sizeof(*left_out); i++)
		if (left_out[i] == nr)
			return 1;
	return 0;
}

/* At fixed addresses, since some calls take them for flags. */
static void *map_at(uintptr_t address, int protection)
{
	return must(mmap((void *)address, 8192, protection,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
}

/* Without privileges there is no IPC namespace to make them in. */
static int makes_ipc_object(int nr)
{
	return nr == SYS_ipc || nr == SYS_semget || nr == SYS_shmget || nr == SYS_msgget ||
	       nr == SYS_msgrcv;
}

static void make_patterns(void)
{
	uint8_t *wall = (uint8_t *)map_at(0x20000000, PROT_READ | PROT_WRITE) + 8192;
	uint8_t *read_only = map_at(0x20008000, PROT_READ);

	map_at(0x20002000, PROT_NONE);
	memset(wall - 8192, 0xff, 8192);
	patterns[0] = 0;
	patterns[1] = 0xffffffff;
	patterns[2] = 0xfffff000;
	patterns[3] = 0xc0000000;
	patterns[4] = 1;
	patterns[5] = (uintptr_t)wall;
	patterns[6] = (uintptr_t)wall - 2;
	patterns[7] = (uintptr_t)wall - 8192;
	patterns[8] = (uintptr_t)read_only;
}

static int be_harmless(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	setrlimit(RLIMIT_CPU, &(struct rlimit){5, 5});
	/* System V objects that it makes vanish with it, and nobody waits for another's. */
	if (unshare(CLONE_NEWIPC) && !getuid())
		return -1;
	setgroups(0, NULL);
	/* As int80 has to, for a user without privileges: landlock_restrict_self looks at it. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return !getuid() && (setgid(65534) || setuid(65534));
}

static void try_all(int nr, volatile int *results)
{
	if (be_harmless())
		_exit(98);
	for (int i = 0; i < NPATTERNS; i++) {
		uint32_t p = patterns[i];
		long result = int80_call(nr, p, p, p, p, p, p);

		results[i] = result < 0 && result >= -4095 ? result : 1;
	}
	_exit(0);
}

int main(void)
{
	volatile int *results =
		must(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));

	make_patterns();
	for (int nr = 0; nr <= LAST; nr++) {
		char line[256];
		int n, status;
		pid_t pid;

		if (is_left_out(nr) || (getuid() && makes_ipc_object(nr)))
			continue;
		memset((void *)results, 0, 4096);
		pid = must(fork());
		if (!pid)
			try_all(nr, results);
		status = status_of(pid);
		n = snprintf(line, sizeof(line), "%d:", nr);
		for (int i = 0; i < NPATTERNS; i++)
			n += snprintf(line + n, sizeof(line) - n, results[i] > 0 ? " +" : " %d",
				-results[i]);
		dprintf(1, "%s%s\n", line, WIFSIGNALED(status) ? " killed" : "");
	}
	return 0;
}
