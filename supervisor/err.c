/* SPDX-License-Identifier: MIT */
/* Messages and the end of the process. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"

static void say(const char *format, va_list args)
{
	char line[4096];
	int n = snprintf(line, sizeof(line), "int80: ");

	n += vsnprintf(line + n, sizeof(line) - n - 1, format, args);
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0)
		return; /* nobody is left to tell */
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void die(int status, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, format);
	say(format, args);
	va_end(args);
	exit(status);
}

static void *or_die(void *p)
{
	if (!p)
		die(EXIT_INT80, "out of memory");
	return p;
}

void *xmalloc(unsigned long size)
{
	return or_die(malloc(size));
}

void *xcalloc(unsigned long n, unsigned long size)
{
	return or_die(calloc(n, size));
}

void *xrealloc(void *old, unsigned long size)
{
	return or_die(realloc(old, size));
}

char *xstrdup(const char *s)
{
	return or_die(strdup(s));
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return or_die(text);
}
