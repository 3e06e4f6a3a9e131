/* SPDX-License-Identifier: MIT */
/*
 * Makes every call of the table once, and none happens: a filter of the guest's own denies all that
 * carry a mark in the sixth argument. every_call LAST
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "guest.h"

#define MARK 0x5eed

static long marked_call(long nr)
{
	long result;

	__asm__ volatile("push %%ebp; mov %2, %%ebp; int $0x80; pop %%ebp"
			 : "=a"(result)
			 : "a"(nr), "i"(MARK), "b"(0), "c"(0), "d"(0), "S"(0), "D"(0)
			 : "memory");
	return result;
}

int main(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MARK, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
	int last = argc > 1 ? atoi(argv[1]) : 471, denied = 0;

	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	for (int nr = 0; nr <= last; nr++)
		denied += marked_call(nr) == -EXDEV;
	check(denied == last + 1, "every call was denied");
	return guest_end();
}
