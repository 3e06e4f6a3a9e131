/* SPDX-License-Identifier: MIT */
/*
 * One call, as the program made it: the same view whichever layer served it and however it was
 * noticed (a seccomp stop, a ptrace stop, a record in a ring). Everything above this line of the
 * house - decoding, recording, policy, findings, reports - sees calls only through it.
 */
#ifndef INT80_CALL_H
#define INT80_CALL_H

#include "abi/abi.h"
#include "mem.h"
#include "value.h"

struct task;

/* The table its number is from. Decided for each call, never for a process. */
enum call_abi { CALL_I386, CALL_X86_64, CALL_X32 };

/* The way in. */
enum via {
	VIA_INT80,     /* int $0x80 */
	VIA_VDSO,      /* __kernel_vsyscall: SYSENTER or SYSCALL in the vDSO */
	VIA_SYSENTER,  /* SYSENTER or SYSCALL outside the vDSO */
	VIA_SYSCALL64, /* 64-bit code */
};

struct call {
	struct task *task;
	enum call_abi abi;
	enum via via;
	uint32_t nr;		    /* as passed; of an x32 call without its bit 30 */
	uint32_t sub;		    /* multiplexers: the sub-call's number, else 0 */
	const struct sysent *entry; /* the number's row; NULL if i386 has none. Of an x86-64 call:
				     * the i386 row of the same name, if there is one */
	const struct sysent
		*form;		 /* the row whose arguments args[] are: entry, or the sub-call's */
	const char *name;	 /* of the number in its own table; NULL if it has none */
	uint64_t reg[ABI_ARGS];	 /* the registers */
	uint64_t args[ABI_ARGS]; /* the arguments of `form`: the registers or, for a sub-call, from
				  * its block in memory, read once at the entry */
	bool args_known;	 /* false: the block of a sub-call was not readable */
	struct addr site;	 /* address after the calling instruction; of a vDSO call the return
				  * address of __kernel_vsyscall; 0 if not looked up */
	struct addr ip, sp;	 /* registers as the kernel showed them */
	uint64_t began, ended;	 /* CLOCK_MONOTONIC in ns; ended 0: not returned (yet) */
	int64_t result;		 /* valid when ended; negative errno when failed */
	bool failed;		 /* result is an error, or one of the kernel's restart codes */
	bool decoded_in, decoded_out;
	uint8_t shown;	 /* arguments that this call has: of fcntl(F_GETFD) 2, not 3 */
	uint8_t pending; /* bit n: values[n] is not, or not fully, known before the exit */
	uint8_t line;	 /* the trace printer's: enum trace_line */
	struct value *values[ABI_ARGS]; /* decoded arguments, NULL where not decoded or not shown */
	struct value *before[ABI_ARGS]; /* INOUT scalars as they were at the entry */
	uint8_t result_as;		/* enum kind, where the row's is not what it is; 0 */
	struct value *result_note; /* what strace puts in brackets behind the result, or NULL */
	struct arena arena;	   /* holds values; emptied by call_reset */
};

/* ERESTART* codes that a tracer sees in place of EINTR or a restart (include/linux/errno.h). */
enum { RESTART_SYS = 512, RESTART_NOINTR = 513, RESTART_NOHAND = 514, RESTART_BLOCK = 516 };

/*
 * Fills the call from a task that stands at an entry stop (PTRACE_GET_SYSCALL_INFO, Linux 5.3).
 * 0, or -ESRCH if the task vanished. Looks up `form`, reads a multiplexer's block.
 */
int call_enter(struct call *call, struct task *task);
/* The result, at the exit stop. 0, -EAGAIN if the task stands at another entry, or -ESRCH. */
int call_leave(struct call *call);
/* An execve whose exit stop nobody will see: it succeeded. */
void call_succeed(struct call *call);
/* Fills site and, for calls that came through the landing pad, settles vdso against sysenter. */
void call_find_site(struct call *call);
/* Ready for the next call; keeps the arena's small block. */
void call_reset(struct call *call);

/* Name for people and for counting: "openat", "socketcall", "syscall_0x1f4" for a hole. */
const char *call_name(const struct call *call, char buf[32]);
/* Name of the sub-call, NULL if the call has none or it is unknown. */
const char *call_subname(const struct call *call);
const char *via_name(enum via via);
const char *call_abi_name(enum call_abi abi);

#endif
