/* build: -no-pie */
/* SPDX-License-Identifier: MIT */
/*
 * Every way into the kernel: getpgid of 101 by int $0x80, 102 through the vDSO, 103 by SYSENTER or
 * SYSCALL outside the vDSO, 104 by 64-bit SYSCALL after a far jump, 105 by int $0x80 from 64-bit
 * code.
 */
#include <cpuid.h>

#include "guest.h"

/* Both keep to __kernel_vsyscall's frame, because the kernel returns to its landing pad. */
__asm__(".pushsection .text\n"
	"fast_syscall:\n\tpushl %ecx\n\tpushl %edx\n\tpushl %ebp\n\tmovl %ecx, %ebp\n\tsyscall\n"
	"fast_sysenter:\n\tpushl %ecx\n\tpushl %edx\n\tpushl %ebp\n\tmovl %esp, %ebp\n\tsysenter\n"
	"far_syscall:\n\tpushl %edi\n\tpushl %esi\n\tpushl %ecx\n\tljmp $0x33, $far_syscall_64\n"
	"far_int80:\n\tpushl %edi\n\tpushl %esi\n\tpushl %ecx\n\tljmp $0x33, $far_int80_64\n"
	"\t.code64\n"
	"far_syscall_64:\n\tmovl %ebx, %edi\n\tmovl %ecx, %esi\n\tsyscall\n\tjmp far_back\n"
	"far_int80_64:\n\tint $0x80\n"
	"far_back:\n\tpushq $0x23\n\tmovl $far_32, %ecx\n\tpushq %rcx\n\tlretq\n"
	"\t.code32\n"
	"far_32:\n\tmovl $0x2b, %ecx\n\tmovl %ecx, %ds\n\tmovl %ecx, %es\n\tpopl %ecx\n\tpopl "
	"%esi\n\tpopl %edi\n\tret\n"
	".popsection\n");

#define jump(where, nr, arg)                                                                       \
	({                                                                                         \
		long jump_result;                                                                  \
		__asm__ volatile("call " where                                                     \
				 : "=a"(jump_result)                                               \
				 : "a"(nr), "b"(arg), "c"(0), "d"(0), "S"(0)                       \
				 : "memory", "cc");                                                \
		jump_result;                                                                       \
	})

static int has_sysenter(void)
{
	unsigned eax, ebx = 0, ecx, edx;

	__get_cpuid(0, &eax, &ebx, &ecx, &edx);
	/* In 32-bit code of a 64-bit kernel AMD knows only SYSCALL, all others only SYSENTER. */
	return ebx != signature_AMD_ebx && ebx != 0x6f677948;
}

int main(void)
{
	long result;

	check(int80_call(SYS_getpgid, 101) == -ESRCH, "int $0x80");
	check(vdso_call(SYS_getpgid, 102) == -ESRCH, "vDSO");
	if (has_sysenter())
		result = jump("fast_sysenter", SYS_getpgid, 103);
	else
		result = jump("fast_syscall", SYS_getpgid, 103);
	check(result == -ESRCH, "outside the vDSO");
	result = jump("far_syscall", 121, 104);
	check(result == -ESRCH, "64-bit SYSCALL");
	check(jump("far_int80", SYS_getpgid, 105) == -ESRCH, "int $0x80 from 64-bit code");
	check(jump("far_syscall", 39, 0) == getpid(), "the 64-bit getpid is number 39");
	check(int80_call(39, 0, 0) == -EFAULT, "which is mkdir here");
	return guest_end();
}
