/* build: -no-pie */
/* SPDX-License-Identifier: MIT */
/* A 64-bit program that calls through int $0x80: those calls are i386's, with 32-bit arguments. */
#include "guest.h"

static long int80_from_64(uint64_t nr, uint64_t a, uint64_t b, uint64_t c)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

static char text[] = "ok written by number 4\n";

int main(void)
{
	uint64_t dirt = 0xdead00000000;

	check((uintptr_t)text < 0x100000000, "data below 4 GiB");
	check(int80_from_64(4, 1, (uintptr_t)text, sizeof(text) - 1) == sizeof(text) - 1, "write");
	check(int80_from_64(132, 105, 0, 0) == -ESRCH, "getpgid");
	check(int80_from_64(20, 0, 0, 0) == getpid(), "number 20 is getpid");
	check(int80_from_64(132 | dirt, 106 | dirt, dirt, dirt) == -ESRCH,
		"upper halves don't count");
	check(syscall(121, 107) == -1 && errno == ESRCH, "and the 64-bit getpgid");
	check(syscall(0x40000000 | 39) == -1 && errno == ENOSYS, "no x32");
	return guest_end();
}
