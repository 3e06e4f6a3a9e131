/* SPDX-License-Identifier: MIT */
/* int80 calls: the table as a person reads it, and as JSON. */
#include <argp.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "err.h"
#include "filter.h"

enum { KEY_JSON = 0x2000, KEY_GROUPS };

struct calls_options {
	const char *expression;
	bool json, groups;
};

static const struct argp_option option_table[] = {
	{"json", KEY_JSON, NULL, 0, "print an array of objects", 0},
	{"groups", KEY_GROUPS, NULL, 0, "list the classes and groups instead", 0},
	{0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct calls_options *options = state->input;

	switch (key) {
	case KEY_JSON:
		options->json = true;
		return 0;
	case KEY_GROUPS:
		options->groups = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->expression)
			argp_error(state, "takes one expression, not '%s' too", arg);
		options->expression = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse_option,
	.args_doc = "[NAME|NUMBER|%CLASS|@GROUP|/REGEX][,...]",
	.doc = "Lists the i386 system calls: number, name, kernels that have it, arguments, "
	       "groups.\v"
	       "Sub-calls of socketcall and ipc have a number such as 102:3.",
};

static void print_number(char to[16], const struct sysent *row)
{
	if (row->sub)
		snprintf(to, 16, "%u:%u", row->nr, row->sub);
	else
		snprintf(to, 16, "%u", row->nr);
}

static void print_text(const struct sysent *row)
{
	char number[16], life[32];
	int n;

	print_number(number, row);
	snprintf(life, sizeof(life), "%s-%s", row->since, row->until);
	n = printf("%6s  %-12s %s(", number, life, row->name);
	for (unsigned i = 0; i < row->nargs; i++)
		n += printf("%s%s", i ? ", " : "", row->args[i].name);
	n += printf(")");
	printf("%*s", n < 72 ? 72 - n : 1, "");
	for (int bit = 0; bit < GB_COUNT; bit++)
		if (row->groups >> bit & 1)
			printf(" %s", abi_group_name(bit));
	putchar('\n');
}

static json_t *to_json(const struct sysent *row)
{
	json_t *args = json_array(), *groups = json_array();

	for (unsigned i = 0; i < row->nargs; i++)
		json_array_append_new(args, json_string(row->args[i].name));
	for (int bit = 0; bit < GB_COUNT; bit++)
		if (row->groups >> bit & 1)
			json_array_append_new(groups, json_string(abi_group_name(bit)));
	return json_pack("{si so ss ss ss so so}", "nr", row->nr, "sub",
		row->sub ? json_integer(row->sub) : json_null(), "name", row->name, "since",
		row->since, "until", row->until, "args", args, "groups", groups);
}

static json_t *group_json(enum group_bit bit)
{
	return json_pack("{ss ss}", "name", abi_group_name(bit), "what", abi_group_doc(bit));
}

static int list_groups(bool as_json)
{
	json_t *list = json_array();

	for (int bit = 0; bit < GB_COUNT; bit++) {
		if (as_json)
			json_array_append_new(list, group_json(bit));
		else
			printf("%-16s %s\n", abi_group_name(bit), abi_group_doc(bit));
	}
	if (as_json) {
		json_dumpf(list, stdout, JSON_INDENT(1));
		putchar('\n');
	}
	json_decref(list);
	return 0;
}

int cmd_calls(int argc, char **argv)
{
	struct calls_options options = {0};
	struct callset set;
	json_t *list = json_array();
	const struct sysent *row;
	const char *bad;
	int badlen;

	argp_err_exit_status = EXIT_INT80;
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	if (options.groups)
		return list_groups(options.json);
	callset_fill(&set, true);
	if (options.expression && callset_parse(&set, options.expression, &bad, &badlen)) {
		char *word = strndup(bad, badlen);
		const char *near = abi_nearest(word);

		die(EXIT_INT80, "there is no call or group '%s'%s%s%s", word,
			near ? ": did you mean '" : "", near ?: "", near ? "'?" : "");
	}
	for (size_t i = 0; (row = abi_row(i)); i++) {
		if (!set.row[abi_row_index(row)])
			continue;
		if (options.json)
			json_array_append_new(list, to_json(row));
		else
			print_text(row);
	}
	if (options.json) {
		json_dumpf(list, stdout, JSON_INDENT(1));
		putchar('\n');
	}
	json_decref(list);
	return 0;
}
