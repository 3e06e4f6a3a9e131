/* SPDX-License-Identifier: MIT */
/*
 * Memory of a tracee. Addresses are a type of their own, so that the compiler refuses to follow
 * them here. A tracee that vanished or a page that is not mapped is an answer, never a crash.
 */
#ifndef INT80_MEM_H
#define INT80_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct addr {
	uint64_t v;
};

static inline struct addr addr(uint64_t v)
{
	return (struct addr){v};
}

static inline struct addr addr_plus(struct addr a, uint64_t n)
{
	return (struct addr){a.v + n};
}

/* All n bytes, or -EFAULT (unmapped), -ESRCH (vanished), -EPERM. process_vm_readv(2). */
int mem_read(pid_t tid, struct addr from, void *to, size_t n);
/* As many of the n bytes as are readable from the start: their number, or -errno if none is. */
ssize_t mem_read_some(pid_t tid, struct addr from, void *to, size_t n);
/*
 * A NUL-terminated string of at most n - 1 bytes. Returns its length; `to` is always terminated.
 * *cut is set if no NUL came within n - 1 readable bytes. -errno if not even one byte is readable.
 */
ssize_t mem_read_string(pid_t tid, struct addr from, char *to, size_t n, bool *cut);
/*
 * Writes even where the program itself may not (text, read-only data), through /proc/TID/mem; the
 * tracee must be stopped. 0 or -errno.
 */
int mem_write(pid_t tid, struct addr to, const void *from, size_t n);

#endif
