/* SPDX-License-Identifier: MIT */
/*
 * Runs system calls inside a stopped tracee, in its own ABI. Works on a 32-bit and on a 64-bit
 * image. Memory for arguments is taken below the stack pointer.
 */
#ifndef INT80_INJECT_H
#define INT80_INJECT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

#include "mem.h"

struct injection {
	pid_t tid;
	bool is64;
	struct user_regs_struct before; /* registers as they were; put back by inject_end */
	struct addr gate;		/* an int $0x80 or syscall instruction of the image */
	uint16_t covered;		/* what stood at gate, if it was written there */
	bool patched;
	int stopped_by;	      /* a stop signal that came meanwhile: sent again at the end */
	uint64_t mask_before; /* signal mask: all are blocked in between */
	struct addr scratch;  /* free memory grows down from here */
};

/* Number of an injected call in the two tables. */
struct inject_nr {
	uint32_t i386, x86_64;
};
extern const struct inject_nr INJECT_PRCTL, INJECT_SECCOMP;

/* The task stands at its PTRACE_EVENT_EXEC stop. 0, -ESRCH if it vanished, -errno. */
int inject_begin(struct injection *in, pid_t tid);
/* Copies n bytes into the tracee for the time of the injection; their address, .v 0 on failure. */
struct addr inject_data(struct injection *in, const void *bytes, size_t n);
/*
 * One call. Its result (negative errno on failure) in *result. 0, or -ESRCH if the task died; its
 * death has then been put back for the loop.
 */
int inject_call(
	struct injection *in, const struct inject_nr *nr, const uint64_t args[6], int64_t *result);
/* Registers, mask and text as before. */
void inject_end(struct injection *in);

#endif
