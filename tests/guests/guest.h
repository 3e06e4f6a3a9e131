/* SPDX-License-Identifier: MIT */
/*
 * What the guests share. A guest is about one subject, prints one line for each promise that it
 * checks, and ends with 0 if all held. It must behave alike natively and under int80.
 */
#ifndef GUEST_H
#define GUEST_H

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int guest_failures;

/* Says whether a promise held. Unbuffered, so that forks and deaths don't disturb it. */
__attribute__((unused, format(printf, 2, 3))) static void check(int good, const char *promise, ...)
{
	char line[512];
	va_list args;
	int n = snprintf(line, sizeof(line), "%s ", good ? "ok" : "NOT OK");

	va_start(args, promise);
	vsnprintf(line + n, sizeof(line) - n, promise, args);
	va_end(args);
	dprintf(1, "%s\n", line);
	guest_failures += !good;
}

__attribute__((unused)) static int guest_end(void)
{
	return guest_failures != 0;
}

/* A system call that has to succeed for the test to mean anything. */
#define must(call)                                                                                 \
	({                                                                                         \
		__typeof__(call) must_result = (call);                                             \
		if ((long)must_result == -1) {                                                     \
			dprintf(2, "%s:%d: %s: %m\n", __FILE__, __LINE__, #call);                  \
			_exit(99);                                                                 \
		}                                                                                  \
		must_result;                                                                       \
	})

__attribute__((unused)) static void sleep_ms(unsigned ms)
{
	struct timespec left = {ms / 1000, ms % 1000 * 1000000L};

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

/* A child that runs body and leaves with what it returns. */
__attribute__((unused)) static pid_t child_of(int (*body)(void *), void *arg)
{
	pid_t pid = must(fork());

	if (!pid)
		_exit(body(arg));
	return pid;
}

__attribute__((unused)) static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) != pid)
		if (errno != EINTR)
			return -1;
	return status;
}

#ifdef __i386__
/* nr and six arguments through a raw int $0x80; the result as the kernel left it in eax. */
__attribute__((unused, noinline)) static long int80(const uint32_t call[7])
{
	long result;

	__asm__ volatile(
		"pushl %%ebx\n\tpushl %%ebp\n\t"
		"movl 4(%%eax), %%ebx\n\tmovl 8(%%eax), %%ecx\n\tmovl 12(%%eax), %%edx\n\t"
		"movl 16(%%eax), %%esi\n\tmovl 20(%%eax), %%edi\n\tmovl 24(%%eax), %%ebp\n\t"
		"movl (%%eax), %%eax\n\tint $0x80\n\tpopl %%ebp\n\tpopl %%ebx"
		: "=a"(result)
		: "a"(call)
		: "ecx", "edx", "esi", "edi", "memory", "cc");
	return result;
}

/* The same through the vDSO. */
__attribute__((unused, noinline)) static long vdso(const uint32_t call[7])
{
	long result;

	__asm__ volatile(
		"pushl %%ebx\n\tpushl %%ebp\n\t"
		"movl 4(%%eax), %%ebx\n\tmovl 8(%%eax), %%ecx\n\tmovl 12(%%eax), %%edx\n\t"
		"movl 16(%%eax), %%esi\n\tmovl 20(%%eax), %%edi\n\tmovl 24(%%eax), %%ebp\n\t"
		"movl (%%eax), %%eax\n\tcall *%%gs:0x10\n\tpopl %%ebp\n\tpopl %%ebx"
		: "=a"(result)
		: "a"(call)
		: "ecx", "edx", "esi", "edi", "memory", "cc");
	return result;
}

#define int80_call(...) int80((uint32_t[7]){__VA_ARGS__})
#define vdso_call(...)	vdso((uint32_t[7]){__VA_ARGS__})
#endif

#endif
