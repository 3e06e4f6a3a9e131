/* SPDX-License-Identifier: MIT */
/* The subcommand table and the usage page. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "err.h"
#include "launch.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{"audit", cmd_audit, "run a 32-bit program and report what it asked of the kernel"},
	{"trace", cmd_trace, "print its system calls as they happen, as strace does"},
	{"report", cmd_report, "print the report of a recording again"},
	{"calls", cmd_calls, "list the i386 system call table"},
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *to, int status)
{
	fprintf(to, "Usage: int80 COMMAND [OPTION...] [-- PROGRAM [ARG...]]\n"
		    "Runs 32-bit x86 Linux programs and stands at their one door, the system "
		    "call.\n\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].help);
	fprintf(to, "\nTry: int80 audit -- /path/to/program\n"
		    "Each command has --help and a manual page: man int80-audit.\n");
	return status;
}

static void nothing(int sig)
{
	(void)sig;
}

/*
 * A write beyond RLIMIT_FSIZE shall fail, not kill the tracer of all. A handler, not SIG_IGN, for
 * the program must not inherit it.
 */
static void survive_file_limit(void)
{
	struct sigaction action;

	sigaction(SIGXFSZ, NULL, &action);
	if (action.sa_handler != SIG_IGN)
		signal(SIGXFSZ, nothing);
}

int main(int argc, char **argv)
{
	char name[64];

	survive_file_limit();

	if (argc < 2)
		return usage(stderr, EXIT_INT80);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return usage(stdout, 0);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return puts("int80 " INT80_VERSION) < 0;
	for (size_t i = 0; i < NCOMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		snprintf(name, sizeof(name), "int80 %s", commands[i].name);
		argv[1] = name;
		program_invocation_name = name;
		launch_exit(commands[i].run(argc - 1, argv + 1));
	}
	warn("there is no command '%s': see int80 --help", argv[1]);
	return EXIT_INT80;
}
