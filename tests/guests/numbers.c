/* SPDX-License-Identifier: MIT */
/* Numbers that no call has, or had long ago, by both ways in. */
#include "guest.h"

int main(void)
{
	static const uint32_t numbers[] = {17, 31, 32, 35, 44, 53, 56, 58, 98, 127, 130, 137, 167,
		169, 188, 189, 222, 223, 251, 285, 511, 512, 1000, 0xffff, 0x10000, 0x40000014,
		0x7fffffff, 0x80000000, 0x80000014, 0xfffffffe, 0xffffffff};

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		check(int80_call(numbers[i], 1, 2, 3, 4, 5) == -ENOSYS, "int $0x80: %#x",
			numbers[i]);
		check(vdso_call(numbers[i], 1, 2, 3, 4, 5) == -ENOSYS, "vDSO: %#x", numbers[i]);
	}
	return guest_end();
}
