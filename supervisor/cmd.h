/* SPDX-License-Identifier: MIT */
/* The subcommands. Each parses its own arguments (argv[0] is "int80 NAME") and returns the exit
 * status, or what launch_exit understands. */
#ifndef INT80_CMD_H
#define INT80_CMD_H

#define INT80_VERSION "0.1"

int cmd_audit(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_calls(int argc, char **argv);

#endif
