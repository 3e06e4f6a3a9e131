/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a recording, from its first table page on: reported as text and as JSON. Seeds: real
 * recordings.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static char path[] = "/tmp/int80-fuzz.XXXXXX";
	static int fd = -1;
	static FILE *sink;
	struct recording *recording;
	char why[256];

	if (fd < 0) {
		fd = mkstemp(path);
		sink = fopen("/dev/null", "w");
	}
	if (ftruncate(fd, 0) || pwrite(fd, bytes, n, 0) != (ssize_t)n)
		return 0;
	for (int json = 0; json < 2; json++) {
		struct report_options options = {.json = json};

		if (recording_open(&recording, path, why, sizeof(why)))
			return 0;
		report_print(recording, &options, sink, why, sizeof(why));
		recording_close(recording);
	}
	return 0;
}
