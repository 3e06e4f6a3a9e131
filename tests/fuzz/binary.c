/* SPDX-License-Identifier: MIT */
/* What the audit reads of every ELF file that a program maps: build-id, segments, dynamic section.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "binary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct binary binary;
	int fd = memfd_create("binary", MFD_CLOEXEC);

	if (fd < 0)
		return 0;
	if (write(fd, data, size) == (ssize_t)size)
		binary_inspect(fd, &binary);
	close(fd);
	return 0;
}
