/* SPDX-License-Identifier: MIT */
/*
 * Starts the program, or attaches to running ones; the options that trace, audit and run share.
 * What is installed in a fresh image is installed at its exec stop, not one instruction run.
 */
#ifndef INT80_LAUNCH_H
#define INT80_LAUNCH_H

#include <argp.h>
#include <stdbool.h>
#include <sys/types.h>

#include "filter.h"

#define LAUNCH_MAX_ATTACH 256

struct launch_options {
	char **argv;	  /* the program and its arguments, NULL-terminated; NULL: none */
	bool launcher;	  /* --launcher */
	const char *user; /* -u */
	const char **env; /* -E: VAR=value sets, VAR unsets */
	unsigned nenv;
	pid_t attach[LAUNCH_MAX_ATTACH]; /* -p */
	unsigned nattach;
	bool no_pin; /* --no-pin */
};

/*
 * The child parser for these options; its input is the struct launch_options. It takes everything
 * from the first word that is not an option as the program, so its parent must parse with
 * ARGP_IN_ORDER.
 */
extern const struct argp launch_argp;

/*
 * Launches or attaches, runs the loop with the observers added so far, and returns the exit status
 * to pass on: the program's, 0x100 + signal if a signal ended it, or one of EXIT_*.
 * calls: which calls stop and are shown; NULL: all.
 */
int launch_and_run(const struct launch_options *options, const struct callset *calls);
/* Ends this process as the program ended: exit(status), or by the same signal. */
void launch_exit(int status) __attribute__((noreturn));

#endif
