/* SPDX-License-Identifier: MIT */
/* Results that look negative but are addresses, and buffers at the upper end of memory. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "guest.h"

int main(void)
{
	char *page = (char *)0xffffc000;
	struct stat st;
	int fd;

	/* The last page of a 32-bit task's address space. */
	page = mmap(page, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (page == MAP_FAILED)
		page = must(mmap((void *)0xf0000000, 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
	check((uintptr_t)page >= 0xf0000000, "mmap gives a high address");
	strcpy(page + 4096 - 12, "/etc/passwd");
	fd = open(page + 4096 - 12, O_RDONLY);
	check(fd >= 0, "a path that ends where memory ends");
	check(read(fd, page, 4096) > 0, "a page is read");
	check(!fstat(fd, &st), "fstat");
	check(mremap(page, 4096, 4096, MREMAP_MAYMOVE) == page, "mremap gives it again");
	check(read(fd, page, 8192) <= 4096, "a buffer that leaves memory");
	check(!munmap(page, 4096), "munmap");
	check(open(page + 4096 - 12, O_RDONLY) == -1 && errno == EFAULT, "nothing is there now");
	return guest_end();
}
