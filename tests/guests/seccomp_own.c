/* SPDX-License-Identifier: MIT */
/* A program with seccomp filters of its own: what they deny stays denied, whoever else filters. */
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "guest.h"

#define LOAD_NR BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define IF_NR(nr, action)                                                                          \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), BPF_STMT(BPF_RET | BPF_K, action)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static int install(unsigned nr, unsigned action, unsigned flags)
{
	struct sock_filter code[] = {LOAD_NR, IF_NR(nr, action), ALLOW};
	struct sock_fprog program = {4, code};

	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	return must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

static siginfo_t got;

static void note(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	got = *info;
}

static int with_errno(void *arg)
{
	(void)arg;
	install(SYS_getpgid, SECCOMP_RET_ERRNO | ENOTTY, 0);
	check(syscall(SYS_getpgid, 0) == -1 && errno == ENOTTY, "RET_ERRNO");
	install(SYS_openat, SECCOMP_RET_ERRNO | ENOSPC, 0);
	check(open("/etc/passwd", O_RDONLY) == -1 && errno == ENOSPC, "another filter on top");
	return guest_end();
}

static int with_trap(void *arg)
{
	struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};

	(void)arg;
	sigemptyset(&action.sa_mask);
	sigaction(SIGSYS, &action, NULL);
	install(SYS_getpgid, SECCOMP_RET_TRAP | 7, 0);
	syscall(SYS_getpgid, 0);
	check(got.si_signo == SIGSYS && got.si_code == 1 && got.si_errno == 7, "RET_TRAP");
	check(got.si_syscall == SYS_getpgid && got.si_arch == AUDIT_ARCH_I386,
		"it says which call");
	return guest_end();
}

static int with_kill(void *arg)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	install(SYS_getpgid, *(unsigned *)arg, 0);
	syscall(SYS_getpgid, 0);
	return 1;
}

/* RET_TRACE without a tracer of the program's own fails, whoever traces it. */
static int with_trace(void *arg)
{
	install(SYS_getpgid, SECCOMP_RET_TRACE | *(unsigned *)arg, 0);
	check(syscall(SYS_getpgid, 0) == -1 && errno == ENOSYS, "RET_TRACE");
	check(getppid() > 0, "other calls work");
	return guest_end();
}

/* The program answers the calls of its child itself. */
static int with_notification(void *arg)
{
	struct seccomp_notif_resp response = {.val = 4242};
	struct seccomp_notif request;
	int fd;
	pid_t pid;

	(void)arg;
	fd = install(SYS_getpgid, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	pid = must(fork());
	if (!pid)
		_exit(syscall(SYS_getpgid, 0) == 4242 ? 3 : 1);
	memset(&request, 0, sizeof(request));
	must(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &request));
	response.id = request.id;
	check(request.data.nr == SYS_getpgid, "RET_USER_NOTIF is asked for the call");
	must(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &response));
	check(WEXITSTATUS(status_of(pid)) == 3, "and answers it");
	return guest_end();
}

static void expect(int (*body)(void *), unsigned arg, int signal_or_0, const char *name)
{
	int status = status_of(child_of(body, &arg));

	if (signal_or_0)
		check(WIFSIGNALED(status) && WTERMSIG(status) == signal_or_0, "%s: killed", name);
	else
		check(WIFEXITED(status) && !WEXITSTATUS(status), "%s: ends well", name);
}

int main(void)
{
	expect(with_errno, 0, 0, "ERRNO");
	expect(with_trap, 0, 0, "TRAP");
	expect(with_kill, SECCOMP_RET_KILL_PROCESS, SIGSYS, "KILL_PROCESS");
	expect(with_kill, SECCOMP_RET_KILL_THREAD, SIGSYS, "KILL_THREAD");
	expect(with_trace, 0, 0, "TRACE");
	expect(with_trace, 1, 0, "TRACE 1");
	expect(with_trace, 0xffff, 0, "TRACE 0xffff");
	expect(with_notification, 0, 0, "USER_NOTIF");
	return guest_end();
}
