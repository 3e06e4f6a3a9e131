/* SPDX-License-Identifier: MIT */
/*
 * What a file is before it is executed: found or not, ELF of which class, with which loader, or a
 * script. Reads headers only, trusts none of them. For refusing early, with a remedy.
 */
#ifndef INT80_IMAGE_H
#define INT80_IMAGE_H

#include <stdbool.h>

enum image_kind { IMAGE_I386, IMAGE_X86_64, IMAGE_OTHER_ELF, IMAGE_SCRIPT, IMAGE_UNKNOWN };

struct image {
	enum image_kind kind;
	bool is_static;		/* ELF without a loader */
	char interpreter[4096]; /* ELF: its loader; script: what #! names, without arguments */
	unsigned machine;	/* e_machine of an ELF */
};

/* Reads the file's headers. 0 or -errno; -ENOEXEC for a malformed or truncated ELF. */
int image_read(const char *path, struct image *image);
/*
 * Ends with the right status and one line of advice if the program cannot be audited; returns if it
 * can. launcher: a 64-bit program is fine, the 32-bit ones below it are meant.
 */
void image_require(const char *program, bool launcher, char path[4096]);

/*
 * After a program ended with 127: if its loader does not find a library that it needs, one line of
 * advice for each.
 */
void image_explain_missing(const char *path);

#endif
