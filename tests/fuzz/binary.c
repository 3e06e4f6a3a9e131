/* SPDX-License-Identifier: MIT */
/* Any bytes as an ELF file. */
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "binary.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static int fd = -1;
	struct binary binary;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (ftruncate(fd, 0) || pwrite(fd, bytes, n, 0) != (ssize_t)n)
		return 0;
	binary_inspect(fd, &binary);
	return 0;
}
