/* SPDX-License-Identifier: MIT */
/*
 * What an ELF file says of itself in its program headers: enough to name it for good and to see
 * what will trouble it. Reads with pread only, believes no length in the file, allocates nothing.
 */
#ifndef INT80_BINARY_H
#define INT80_BINARY_H

#include <stdbool.h>
#include <stdint.h>

enum stack_flag {
	STACK_MISSING,	  /* no PT_GNU_STACK: the kernel sets READ_IMPLIES_EXEC for i386 */
	STACK_NOT_EXEC,	  /* as it should be */
	STACK_EXECUTABLE, /* PT_GNU_STACK asks for an executable stack */
};

struct binary {
	bool is_elf, is64;
	bool textrel;		/* relocations in the text: needs writable code while it starts */
	uint16_t type, machine; /* ET_*, EM_* */
	enum stack_flag stack;
	const char *linkage; /* "dynamic", "static", "static-pie", "shared library", "" if no ELF */
	char build_id[65];   /* hexadecimal, "" if there is none */
	char interp[256];    /* "" if there is none */
	char time32[256];    /* functions with a 32-bit time_t that it imports, ", " between */
};

/*
 * Fills *binary from an open file. 0 also for a file that is no ELF or a damaged one (what could be
 * read is filled in); -errno if the file cannot be read at all.
 */
int binary_inspect(int fd, struct binary *binary);

#endif
