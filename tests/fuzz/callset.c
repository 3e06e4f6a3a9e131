/* SPDX-License-Identifier: MIT */
/* The words of -e trace=, and the filter for whatever they choose. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sock_fprog program;
	struct callset set;
	const char *bad;
	char *text = malloc(size + 1);
	int badlen;

	memcpy(text, data, size);
	text[size] = '\0';
	if (callset_parse(&set, text, &bad, &badlen)) {
		if (bad < text || bad + badlen > text + size)
			abort(); /* the error must point into the text */
	} else if (size % 16 == 0 && !filter_build(&set, &program)) {
		filter_free(&program); /* not for each: it takes a while */
	}
	free(text);
	return 0;
}
