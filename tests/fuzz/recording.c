/* SPDX-License-Identifier: MIT */
/*
 * A recording from anybody: opened and reported as text and as JSON. Start it with a real recording
 * in its corpus, for SQLite's header is hard to guess.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report_options options = {.all = true};
	struct recording *recording;
	static FILE *null;
	char path[64], why[512];
	int fd = memfd_create("recording", MFD_CLOEXEC);

	if (!null)
		null = fopen("/dev/null", "w");
	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size &&
		!recording_open(&recording, path, why, sizeof(why))) {
		report_print(recording, &options, null, why, sizeof(why));
		options.json = true;
		report_print(recording, &options, null, why, sizeof(why));
		recording_close(recording);
	}
	close(fd);
	return 0;
}
