/* build: -no-pie */
/* SPDX-License-Identifier: MIT */
/* What a call must leave as it was: general registers, flags, segments, x87, SSE. */
#include "guest.h"

struct image {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp, eflags, fs, gs;
	double x87;
	uint8_t xmm[8][16];
} before, after;

static uint32_t entry_number;

#define LOAD                                                                                       \
	"movl before+4, %%ebx\n\tmovl before+8, %%ecx\n\tmovl before+12, %%edx\n\t"                \
	"movl before+16, %%esi\n\tmovl before+20, %%edi\n\tmovl before+24, %%ebp\n\t"              \
	"pushl before+28\n\tpopfl\n\tmovl before, %%eax\n\t"
#define STORE                                                                                      \
	"movl %%eax, after\n\tpushfl\n\tpopl after+28\n\tmovl %%ebx, after+4\n\t"                  \
	"movl %%ecx, after+8\n\tmovl %%edx, after+12\n\tmovl %%esi, after+16\n\t"                  \
	"movl %%edi, after+20\n\tmovl %%ebp, after+24\n\tcld\n\t"                                  \
	"movl %%fs, %%eax\n\tmovl %%eax, after+32\n\tmovl %%gs, %%eax\n\tmovl %%eax, after+36\n\t"
#define CALL_BY(entry)                                                                             \
	__asm__ volatile("pushal\n\tfldl before+40\n\tmovups before+48, %%xmm0\n\t"                \
			 "movups before+160, %%xmm7\n\t" LOAD entry "\n\t" STORE                   \
			 "fstpl after+40\n\tmovups %%xmm0, after+48\n\t"                           \
			 "movups %%xmm7, after+160\n\tpopal" ::                                    \
				 : "memory", "cc")

static void fill(uint32_t nr, uint32_t flags)
{
	memset(&before, 0, sizeof(before));
	before = (struct image){nr, 0x11111111, 0x22222222, 0x33333333, 0x44444444, 0x55555555,
		0x66666666, flags, 0, 0, 3.25, {{0}}};
	memset(before.xmm[0], 0xa5, 16);
	memset(before.xmm[7], 0x5a, 16);
	__asm__("movl %%fs, %0\n\tmovl %%gs, %1" : "=r"(before.fs), "=r"(before.gs));
	memset(&after, 0, sizeof(after));
}

static void compare(const char *way)
{
	const uint32_t arithmetic = 0xcd5; /* CF PF AF ZF SF DF OF */

	check(after.ebx == before.ebx && after.ecx == before.ecx && after.edx == before.edx &&
			after.esi == before.esi && after.edi == before.edi &&
			after.ebp == before.ebp,
		"%s: registers", way);
	check((after.eflags & arithmetic) == (before.eflags & arithmetic), "%s: flags %x", way,
		before.eflags);
	check(after.fs == before.fs && after.gs == before.gs, "%s: segments", way);
	check(after.x87 == before.x87, "%s: x87", way);
	check(!memcmp(before.xmm, after.xmm, sizeof(after.xmm)), "%s: SSE", way);
}

int main(void)
{
	static const uint32_t flags[] = {0x202, 0xad7, 0x602, 0x46};

	for (int i = 0; i < 4; i++) {
		/* A call without arguments, one that fails, one without a number. */
		for (int call = 0; call < 3; call++) {
			entry_number = call == 0 ? SYS_getppid : call == 1 ? SYS_close : 4000;
			fill(entry_number, flags[i]);
			CALL_BY("int $0x80");
			compare("int $0x80");
			check(call ? (int)after.eax < 0 : after.eax == (uint32_t)getppid(),
				"its result");
			fill(entry_number, flags[i]);
			CALL_BY("call *%%gs:0x10");
			compare("vDSO");
			check(call ? (int)after.eax < 0 : after.eax == (uint32_t)getppid(),
				"its result");
		}
	}
	return guest_end();
}
