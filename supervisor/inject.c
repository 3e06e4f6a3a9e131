/* SPDX-License-Identifier: MIT */
/*
 * Injection: point the stopped task at a system call instruction, let PTRACE_SYSCALL carry it to
 * the call's exit, put everything back. All signals are blocked meanwhile (PTRACE_SETSIGMASK), so
 * only SIGKILL and SIGSTOP can come between; a stop is made up for at the end.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "event.h"
#include "inject.h"

#define CS_32	 0x23
#define RED_ZONE 256
#define INT80	 0x80cd /* cd 80 */
#define SYSCALL	 0x050f /* 0f 05 */

const struct inject_nr INJECT_PRCTL = {172, 157}, INJECT_SECCOMP = {354, 317};

/*
 * At the exec stop the instruction pointer stands at the image's (or its loader's) first
 * instruction; the two bytes there are covered with the call instruction and put back at the end.
 */
static int make_gate(struct injection *in)
{
	uint16_t insn = in->is64 ? SYSCALL : INT80;

	in->gate = addr(in->before.rip);
	if (mem_read(in->tid, in->gate, &in->covered, sizeof(in->covered)))
		return -EFAULT;
	if (mem_write(in->tid, in->gate, &insn, sizeof(insn)))
		return -EFAULT;
	in->patched = true;
	return 0;
}

struct addr inject_data(struct injection *in, const void *bytes, size_t n)
{
	in->scratch = addr((in->scratch.v - n) & ~15ull);
	return mem_write(in->tid, in->scratch, bytes, n) ? addr(0) : in->scratch;
}

/* SIGSTOP, which cannot be blocked, on its way or done; 0 for any other status. */
static int stop_signal(int status)
{
	if (!WIFSTOPPED(status))
		return 0;
	if (status >> 16 == PTRACE_EVENT_STOP && WSTOPSIG(status) != SIGTRAP)
		return WSTOPSIG(status);
	return !(status >> 16) && WSTOPSIG(status) == SIGSTOP ? SIGSTOP : 0;
}

/* Lets the task run to its next stop. 0, or -ESRCH when it died instead. */
static int run_to_stop(struct injection *in, int *status)
{
	if (ptrace(PTRACE_SYSCALL, in->tid, NULL, NULL) < 0)
		return -ESRCH;
	while (waitpid(in->tid, status, __WALL) < 0)
		if (errno != EINTR)
			return -ESRCH;
	if (stop_signal(*status))
		in->stopped_by = stop_signal(*status);
	if (WIFSTOPPED(*status))
		return 0;
	event_put_back(in->tid, *status);
	return -ESRCH;
}

/* The kernel writes execve's result into the registers after the exec stop: let it do so first. */
static int finish_exec(struct injection *in)
{
	int status;

	do {
		if (run_to_stop(in, &status))
			return -ESRCH;
	} while (WSTOPSIG(status) != (SIGTRAP | 0x80));
	return 0;
}

int inject_begin(struct injection *in, pid_t tid)
{
	uint64_t all = ~0ull;

	*in = (struct injection){.tid = tid};
	if (ptrace(PTRACE_GETSIGMASK, tid, sizeof(in->mask_before), &in->mask_before) < 0 ||
		ptrace(PTRACE_SETSIGMASK, tid, sizeof(all), &all) < 0 || finish_exec(in) ||
		ptrace(PTRACE_GETREGS, tid, NULL, &in->before) < 0)
		return -ESRCH;
	in->is64 = in->before.cs != CS_32;
	in->scratch = addr((in->before.rsp - RED_ZONE) & ~63ull);
	return make_gate(in);
}

/* True at the exit stop of the call that was injected. */
static bool at_exit_of(struct injection *in, int status, bool *entered)
{
	struct __ptrace_syscall_info info;

	if (WSTOPSIG(status) != (SIGTRAP | 0x80) ||
		ptrace(PTRACE_GET_SYSCALL_INFO, in->tid, sizeof(info), &info) < 0)
		return false;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		*entered = true;
	return *entered && info.op == PTRACE_SYSCALL_INFO_EXIT;
}

static void set_call(const struct injection *in, struct user_regs_struct *regs,
	const struct inject_nr *nr, const uint64_t a[6])
{
	*regs = in->before;
	regs->rip = in->gate.v;
	regs->orig_rax = -1; /* no call to restart */
	if (in->is64) {
		regs->rax = nr->x86_64;
		regs->rdi = a[0], regs->rsi = a[1], regs->rdx = a[2];
		regs->r10 = a[3], regs->r8 = a[4], regs->r9 = a[5];
	} else {
		regs->rax = nr->i386;
		regs->rbx = a[0], regs->rcx = a[1], regs->rdx = a[2];
		regs->rsi = a[3], regs->rdi = a[4], regs->rbp = a[5];
	}
}

int inject_call(
	struct injection *in, const struct inject_nr *nr, const uint64_t args[6], int64_t *result)
{
	struct user_regs_struct regs;
	bool entered = false;
	int status;

	set_call(in, &regs, nr, args);
	if (ptrace(PTRACE_SETREGS, in->tid, NULL, &regs) < 0)
		return -ESRCH;
	do {
		if (run_to_stop(in, &status))
			return -ESRCH;
	} while (!at_exit_of(in, status, &entered));
	if (ptrace(PTRACE_GETREGS, in->tid, NULL, &regs) < 0)
		return -ESRCH;
	*result = in->is64 ? (int64_t)regs.rax : (int32_t)regs.rax;
	return 0;
}

void inject_end(struct injection *in)
{
	if (in->patched)
		mem_write(in->tid, in->gate, &in->covered, sizeof(in->covered));
	in->before.orig_rax = -1;
	ptrace(PTRACE_SETREGS, in->tid, NULL, &in->before);
	ptrace(PTRACE_SETSIGMASK, in->tid, sizeof(in->mask_before), &in->mask_before);
	if (in->stopped_by)
		kill(in->tid, in->stopped_by); /* after an exec the task is its process */
}
