/* SPDX-License-Identifier: MIT */
/*
 * Builds the view of a call from a task at a ptrace stop. This file is where the kernel layer's way
 * of noticing ends: nothing above it asks ptrace about a call.
 */
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <time.h>

#include "call.h"
#include "task.h"

#define X32_BIT	      0x40000000u
#define NR_SOCKETCALL 102
#define NR_IPC	      117

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* Names of x86-64 calls come from libseccomp, once a number. */
struct foreign {
	bool looked_up;
	const char *name;	    /* malloced once, kept */
	const struct sysent *entry; /* the i386 call of that name */
};

/* Calls whose i386 namesake takes a block in memory, or that have another name there. */
static const struct sysent *namesake(const char *name)
{
	static const struct {
		const char *foreign, *i386;
	} others[] = {{"mmap", "mmap2"}, {"select", "_newselect"}, {"newfstatat", "fstatat64"}};
	const struct sysent *row;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(name, others[i].foreign))
			return others[i].i386 ? abi_call_named(others[i].i386) : NULL;
	row = abi_call_named(name);
	return row && !row->sub ? row : NULL;
}

static const struct foreign *foreign(uint32_t nr)
{
	static struct foreign known[1024];
	static const struct foreign none;
	struct foreign *f;

	if (nr >= sizeof(known) / sizeof(known[0]))
		return &none;
	f = &known[nr];
	if (!f->looked_up) {
		f->looked_up = true;
		f->name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, nr);
		if (f->name)
			f->entry = namesake(f->name);
	}
	return f;
}

/* socketcall(call, block): the block of longs is read once, here; what was read is what is shown.
 */
static void enter_socketcall(struct call *call)
{
	uint32_t block[ABI_ARGS] = {0};
	const struct sysent *row = abi_subcall(call->nr, call->sub = call->reg[0]);

	if (!row)
		return;
	call->form = row;
	call->args_known = !mem_read(
		call->task->tid, addr(call->reg[1]), block, row->nargs * sizeof(block[0]));
	for (int i = 0; i < ABI_ARGS; i++)
		call->args[i] = block[i];
}

/*
 * ipc(call | version << 16, first, second, third, ptr, fifth): which register holds which argument
 * of the direct call, by digit; * is the word that ptr points to. syscalls.def has the same in
 * words.
 */
static const char *const ipc_order[] = {
	[1] = "142",	/* semop */
	[2] = "123",	/* semget */
	[3] = "123*",	/* semctl */
	[4] = "1425",	/* semtimedop */
	[11] = "1423",	/* msgsnd */
	[12] = "14253", /* msgrcv */
	[13] = "12",	/* msgget */
	[14] = "124",	/* msgctl */
	[21] = "1423",	/* shmat */
	[22] = "4",	/* shmdt */
	[23] = "123",	/* shmget */
	[24] = "124",	/* shmctl */
};

#define IPC_PTR	   4
#define IPC_MSGRCV 12

static void enter_ipc(struct call *call)
{
	const struct sysent *row = abi_subcall(call->nr, call->sub = call->reg[0] & 0xffff);
	uint32_t version = (uint32_t)call->reg[0] >> 16, words[2] = {0};
	bool kludge = row && row->sub == IPC_MSGRCV && !version;
	const char *order = row ? ipc_order[row->sub] : "";

	if (!row)
		return;
	call->form = row;
	if (kludge || strchr(order, '*'))
		call->args_known = !mem_read(call->task->tid, addr(call->reg[IPC_PTR]), words,
			kludge ? sizeof(words) : sizeof(words[0]));
	for (int i = 0; order[i]; i++)
		call->args[i] = order[i] == '*' ? words[0] : call->reg[order[i] - '0'];
	if (kludge) { /* msgrcv of old: ptr points to msgp and msgtyp */
		call->args[1] = words[0];
		call->args[3] = words[1];
	}
}

static void enter_i386(struct call *call)
{
	call->entry = call->form = abi_call(call->nr);
	call->name = call->entry ? call->entry->name : NULL;
	if (call->nr == NR_SOCKETCALL)
		enter_socketcall(call);
	else if (call->nr == NR_IPC)
		enter_ipc(call);
}

static void enter_x86_64(struct call *call)
{
	const struct foreign *f;

	if (call->nr & X32_BIT) {
		call->abi = CALL_X32;
		call->nr &= ~X32_BIT;
	}
	f = foreign(call->nr);
	call->name = f->name;
	call->entry = call->form = f->entry;
}

/* The vDSO is two pages at most. */
static bool in_vdso(const struct process *process, uint64_t at)
{
	return process->vdso && at - process->vdso < 2 * 4096;
}

/* The pad pops what __kernel_vsyscall pushed and returns; the sigreturn trampolines do not. */
static bool is_landing_pad(struct call *call)
{
	static const uint8_t pad[] = {0x5d, 0x5a, 0x59, 0xc3};
	struct process *process = call->task->process;
	uint8_t there[sizeof(pad)];

	if (process->landing_pad != call->ip.v &&
		!mem_read(call->task->tid, call->ip, there, sizeof(there)) &&
		!memcmp(there, pad, sizeof(pad)))
		process->landing_pad = call->ip.v;
	return process->landing_pad == call->ip.v;
}

/*
 * int $0x80 leaves the address behind itself; SYSENTER and SYSCALL always leave the vDSO's landing
 * pad, whoever executed them.
 */
static enum via via_of(struct call *call)
{
	if (call->abi != CALL_I386)
		return VIA_SYSCALL64;
	return in_vdso(call->task->process, call->ip.v) && is_landing_pad(call) ? VIA_VDSO
										: VIA_INT80;
}

int call_enter(struct call *call, struct task *task)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) < 0)
		return -ESRCH;
	if (info.op != PTRACE_SYSCALL_INFO_SECCOMP && info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return -ESRCH; /* killed while it stood there */
	call_reset(call);
	call->task = task;
	call->began = now();
	call->abi = info.arch == AUDIT_ARCH_I386 ? CALL_I386 : CALL_X86_64;
	call->nr = info.entry.nr;
	call->ip = call->site = addr(info.instruction_pointer);
	call->sp = addr(info.stack_pointer);
	for (int i = 0; i < ABI_ARGS; i++)
		call->args[i] = call->reg[i] = info.entry.args[i];
	call->args_known = true;
	if (call->abi == CALL_I386)
		enter_i386(call);
	else
		enter_x86_64(call);
	call->via = via_of(call);
	if (call->via == VIA_VDSO)
		call->site = addr(0); /* on the stack: call_find_site */
	return 0;
}

int call_leave(struct call *call)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, call->task->tid, sizeof(info), &info) < 0)
		return -ESRCH;
	if (info.op != PTRACE_SYSCALL_INFO_EXIT)
		return info.op == PTRACE_SYSCALL_INFO_ENTRY ? -EAGAIN : -ESRCH;
	call->ended = now();
	call->result = info.exit.rval;
	call->failed = info.exit.is_error;
	return 0;
}

void call_succeed(struct call *call)
{
	call->ended = now();
	call->result = 0;
	call->failed = false;
}

/*
 * __kernel_vsyscall pushes ecx, edx and ebp before it enters the kernel, so its return address lies
 * 12 bytes up. Whoever enters from elsewhere must build the same frame, for the landing pad pops
 * it; only what stands before the return address tells them apart.
 */
#define VSYSCALL_FRAME 12

/* Could the instruction that ends at `site` have called __kernel_vsyscall? */
static bool calls_vsyscall(const struct call *call, const uint8_t before[7])
{
	const struct process *process = call->task->process;
	uint32_t target;

	if (before[0] == 0x65 && before[1] == 0xff && before[2] == 0x15)
		return true;	 /* call *%gs:0x10 */
	if (before[2] == 0xe8) { /* call rel32 */
		memcpy(&target, before + 3, sizeof(target));
		target += call->site.v;
		if (in_vdso(process, target))
			return true;
	}
	if (before[1] == 0xff && before[2] == 0x15) { /* call *addr: static glibc's _dl_sysinfo */
		uint32_t at;

		memcpy(&at, before + 3, sizeof(at));
		if (!mem_read(call->task->tid, addr(at), &target, sizeof(target)) &&
			in_vdso(process, target))
			return true;
	}
	if (before[1] == 0xff && (before[2] & 0xf8) == 0x90)
		return true; /* call *disp32(%reg): the register is gone by now */
	if (before[4] == 0xff && (before[5] & 0xf8) == 0x50)
		return true;					/* call *disp8(%reg) */
	return before[5] == 0xff && (before[6] & 0xf8) == 0xd0; /* call *%reg */
}

void call_find_site(struct call *call)
{
	uint32_t site, *known;
	uint8_t before[7];

	if (call->via != VIA_VDSO || call->site.v)
		return;
	if (mem_read(call->task->tid, addr_plus(call->sp, VSYSCALL_FRAME), &site, sizeof(site)))
		return;
	call->site = addr(site);
	known = &call->task->process->vdso_callers[site * 2654435761u >> 27];
	if (*known == site)
		return;
	if (!mem_read(call->task->tid, addr(site - sizeof(before)), before, sizeof(before)) &&
		calls_vsyscall(call, before))
		*known = site;
	else
		call->via = VIA_SYSENTER;
}

void call_reset(struct call *call)
{
	struct arena arena = call->arena;

	arena_clear(&arena);
	*call = (struct call){.task = call->task, .arena = arena};
}

const char *call_name(const struct call *call, char buf[32])
{
	if (call->name)
		return call->name;
	snprintf(buf, 32, "syscall_%#x", call->nr);
	return buf;
}

const char *call_subname(const struct call *call)
{
	return call->form && call->form->sub ? call->form->name : NULL;
}

const char *via_name(enum via via)
{
	static const char *const names[] = {"int80", "vdso", "sysenter", "syscall64"};

	return names[via];
}

const char *call_abi_name(enum call_abi abi)
{
	static const char *const names[] = {"i386", "x86_64", "x32"};

	return names[abi];
}
