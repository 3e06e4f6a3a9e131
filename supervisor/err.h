/* SPDX-License-Identifier: MIT */
/*
 * How int80 speaks of failures. Only this file and the cmd_*.c may end the process; everything else
 * returns 0 or a positive result, or -errno.
 */
#ifndef INT80_ERR_H
#define INT80_ERR_H

/* Exit statuses of int80's own failures (the habit of env(1), timeout(1) and podman-run(1)). */
enum {
	EXIT_INT80 = 125,	   /* int80 itself failed */
	EXIT_NOT_EXECUTABLE = 126, /* the program was found but cannot be run */
	EXIT_NOT_FOUND = 127,	   /* there is no such program */
};

/* "int80: message\n" on stderr, in one write. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, then exit with the status. */
void die(int status, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
/* malloc family that ends the process with EXIT_INT80 when memory is gone. */
void *xmalloc(unsigned long size);
void *xcalloc(unsigned long n, unsigned long size);
void *xrealloc(void *old, unsigned long size);
char *xstrdup(const char *s);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
