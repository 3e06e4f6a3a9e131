/* SPDX-License-Identifier: MIT */
/*
 * From a command line to a traced program. The child waits until it is seized, then executes; the
 * filter goes in at the exec stop. A child that cannot execute says why through a pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/limits.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <dirent.h>
#include <unistd.h>

#include "err.h"
#include "event.h"
#include "image.h"
#include "inject.h"
#include "launch.h"
#include "loop.h"

#define TRACE_OPTIONS                                                                              \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |   \
		PTRACE_O_TRACECLONE)
/* An attached program has no filter of ours, and outlives us. */
#define LAUNCH_OPTIONS (TRACE_OPTIONS | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)
#define NR_EXECVE_64   59

/* Options */

enum { KEY_LAUNCHER = 0x1000, KEY_NO_PIN };

static const struct argp_option option_table[] = {
	{"attach", 'p', "PID", 0,
		"attach to a running process and all its threads; may be repeated, "
		"and be a list",
		10},
	{"env", 'E', "VAR[=VALUE]", 0, "set, or without = unset, a variable of the program", 10},
	{"user", 'u', "USER", 0, "run the program as this user (needs root)", 10},
	{"launcher", KEY_LAUNCHER, NULL, 0,
		"PROGRAM may be a 64-bit one (chroot, env, sh) that starts "
		"the 32-bit ones",
		10},
	{"follow-forks", 'f', NULL, 0, "always on; accepted for strace's sake", 10},
	{"no-pin", KEY_NO_PIN, NULL, 0, "never share one processor with a busy single task", 10},
	{0},
};

static void parse_pids(struct launch_options *options, char *list, struct argp_state *state)
{
	char *end, *word;

	for (word = strtok(list, ", \t\n"); word; word = strtok(NULL, ", \t\n")) {
		long pid = strtol(word, &end, 10);

		if (*end || pid <= 0 || pid > 1 << 22)
			argp_error(state, "-p takes process ids, not '%s'", word);
		if (options->nattach == LAUNCH_MAX_ATTACH)
			argp_error(state, "-p takes at most %d processes", LAUNCH_MAX_ATTACH);
		options->attach[options->nattach++] = pid;
	}
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct launch_options *options = state->input;

	switch (key) {
	case 'p':
		parse_pids(options, arg, state);
		return 0;
	case 'E':
		options->env = xrealloc(options->env, (options->nenv + 1) * sizeof(*options->env));
		options->env[options->nenv++] = arg;
		return 0;
	case 'u':
		options->user = arg;
		return 0;
	case KEY_LAUNCHER:
		options->launcher = true;
		return 0;
	case KEY_NO_PIN:
		options->no_pin = true;
		return 0;
	case 'f':
		return 0;
	case ARGP_KEY_ARG:
		options->argv = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (!options->argv && !options->nattach)
			argp_error(state, "needs a program, or -p PID");
		if (options->argv && options->nattach)
			argp_error(state, "takes either a program or -p PID, not both");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp launch_argp = {.options = option_table, .parser = parse_option};

/* The child */

struct start {
	const struct launch_options *options;
	char path[PATH_MAX];
	int go[2];     /* the parent's word that the child is seized */
	int failed[2]; /* the child's errno, and what failed */
};

struct failure {
	int err;
	char what[16];
};

static void fail(const struct start *start, const char *what)
{
	struct failure failure = {.err = errno};

	snprintf(failure.what, sizeof(failure.what), "%s", what);
	if (write(start->failed[1], &failure, sizeof(failure)) < 0)
		_exit(EXIT_INT80);
	_exit(EXIT_NOT_EXECUTABLE);
}

static void change_user(const struct start *start)
{
	const struct passwd *user = getpwnam(start->options->user);

	if (!user)
		fail(start, "user");
	if (initgroups(user->pw_name, user->pw_gid) || setgid(user->pw_gid) || setuid(user->pw_uid))
		fail(start, "user");
}

static void child(const struct start *start)
{
	const struct launch_options *options = start->options;
	char word;

	event_child_setup();
	close(start->go[1]);
	if (read(start->go[0], &word, 1) != 1)
		_exit(EXIT_INT80);
	for (unsigned i = 0; i < options->nenv; i++)
		if (strchr(options->env[i], '=') ? putenv((char *)options->env[i])
						 : unsetenv(options->env[i]))
			fail(start, "-E");
	if (options->user)
		change_user(start);
	execv(start->path, options->argv);
	fail(start, "execute");
}

/* The parent */

/* Inside the fresh image: seccomp(SET_MODE_FILTER), after no_new_privs where it is needed. */
static int inject_filter(struct injection *in, const struct sock_fprog *filter)
{
	uint64_t set[ABI_ARGS] = {SECCOMP_SET_MODE_FILTER};
	uint64_t privs[ABI_ARGS] = {PR_SET_NO_NEW_PRIVS, 1};
	struct addr code =
		inject_data(in, filter->filter, filter->len * sizeof(struct sock_filter));
	struct {
		uint16_t len, pad[3];
		uint64_t code;
	} prog64 = {.len = filter->len, .code = code.v};
	struct {
		uint16_t len, pad;
		uint32_t code;
	} prog32 = {.len = filter->len, .code = code.v};
	int64_t result;
	int err;

	set[2] = (in->is64 ? inject_data(in, &prog64, sizeof(prog64))
			   : inject_data(in, &prog32, sizeof(prog32)))
			 .v;
	if (!code.v || !set[2])
		return -EFAULT;
	err = inject_call(in, &INJECT_SECCOMP, set, &result);
	if (!err && result == -EACCES) {
		err = inject_call(in, &INJECT_PRCTL, privs, &result);
		if (!err && !result)
			err = inject_call(in, &INJECT_SECCOMP, set, &result);
	}
	return err ?: (int)result;
}

/* At the exec stop: 1 when the filter is in force, 0 when it cannot be, -ESRCH. */
static int install(pid_t tid, const void *filter)
{
	struct injection in;
	int err = inject_begin(&in, tid);

	if (err == -ESRCH)
		return err;
	if (!err)
		err = inject_filter(&in, filter);
	inject_end(&in);
	if (err && err != -ESRCH)
		warn("%d: no seccomp filter (%s): every call stops twice", tid, strerror(-err));
	return err == -ESRCH ? err : !err;
}

/*
 * Stops the seized child, then lets it go on to the entry of its execve, which is the first event
 * that the loop will see - or its end, if it never gets there.
 */
static void run_to_execve(const struct start *start, pid_t pid)
{
	struct __ptrace_syscall_info info;
	bool told = false;
	int status, signal, stopped_by = 0;

	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
		bool call_stop = WSTOPSIG(status) == (SIGTRAP | 0x80);

		if (call_stop && ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
			info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == NR_EXECVE_64)
			break;
		signal = call_stop || status >> 16 ? 0 : WSTOPSIG(status);
		if (status >> 16 && WSTOPSIG(status) != SIGTRAP)
			stopped_by = WSTOPSIG(status);
		if (!told)
			told = write(start->go[1], "", 1) == 1;
		ptrace(PTRACE_SYSCALL, pid, NULL, (long)signal);
	}
	event_put_back(pid, status);
	if (stopped_by)
		kill(pid, stopped_by); /* it was not let rest */
}

static void die_of_ptrace(const char *what, int err)
{
	if (err == EPERM || err == EACCES)
		die(EXIT_INT80,
			"may not trace %s: %s: see /proc/sys/kernel/yama/ptrace_scope, run as the "
			"same user or as root, and not under another tracer",
			what, strerror(err));
	if (err == ESRCH)
		die(EXIT_INT80, "there is no process %s", what);
	die(EXIT_INT80, "cannot trace %s: %s", what, strerror(err));
}

static pid_t start_program(struct start *start)
{
	pid_t pid;

	if (pipe2(start->go, O_CLOEXEC) || pipe2(start->failed, O_CLOEXEC))
		die(EXIT_INT80, "cannot make a pipe: %s", strerror(errno));
	event_setup();
	pid = fork();
	if (pid < 0)
		die(EXIT_INT80, "cannot fork: %s", strerror(errno));
	if (!pid)
		child(start);
	close(start->failed[1]);
	if (ptrace(PTRACE_SEIZE, pid, NULL, LAUNCH_OPTIONS) < 0) {
		int err = errno;

		kill(pid, SIGKILL);
		die_of_ptrace(start->path, err);
	}
	loop_adopt(pid, pid, getpid());
	run_to_execve(start, pid);
	close(start->go[0]);
	close(start->go[1]);
	return pid;
}

/* What kept the child from executing, in words; the exit status. */
static int explain(const struct start *start, const struct failure *failure)
{
	if (!strcmp(failure->what, "user")) {
		warn("cannot become user %s: %s", start->options->user,
			failure->err ? strerror(failure->err) : "there is no such user");
		return EXIT_INT80;
	}
	if (failure->err == ENOEXEC)
		warn("%s: this kernel does not run 32-bit programs (no IA32 emulation): boot with "
		     "ia32_emulation=1, or use a kernel built with CONFIG_IA32_EMULATION",
			start->path);
	else
		warn("cannot %s %s: %s", failure->what, start->path, strerror(failure->err));
	return failure->err == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

static int status_to_pass(int status)
{
	return WIFSIGNALED(status) ? 0x100 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int launch(const struct launch_options *options, struct loop_options *loop)
{
	static struct start start;
	struct failure failure;
	int status;
	pid_t pid;

	start.options = options;
	image_require(options->argv[0], options->launcher, start.path);
	pid = start_program(&start);
	status = loop_run(pid, loop);
	if (read(start.failed[0], &failure, sizeof(failure)) == sizeof(failure))
		return explain(&start, &failure);
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_FOUND)
		image_explain_missing(start.path);
	return status_to_pass(status);
}

/* All threads, until a look at /proc/PID/task finds no new one. */
static void attach(pid_t pid)
{
	char path[64];
	bool found = true;

	snprintf(path, sizeof(path), "%d", pid);
	if (ptrace(PTRACE_SEIZE, pid, NULL, TRACE_OPTIONS) < 0)
		die_of_ptrace(path, errno);
	loop_adopt(pid, pid, 0);
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	while (found) {
		DIR *dir = opendir(path);
		struct dirent *entry;

		found = false;
		while (dir && (entry = readdir(dir))) {
			pid_t tid = atoi(entry->d_name);

			if (tid <= 0 || task_find(tid) ||
				ptrace(PTRACE_SEIZE, tid, NULL, TRACE_OPTIONS) < 0)
				continue;
			loop_adopt(tid, pid, 0);
			ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
			found = true;
		}
		if (dir)
			closedir(dir);
	}
}

int launch_and_run(const struct launch_options *options, const struct callset *calls)
{
	struct loop_options loop = {.calls = calls, .no_pin = options->no_pin};
	struct sock_fprog filter;
	int err;

	if (options->nattach) {
		event_setup();
		for (unsigned i = 0; i < options->nattach; i++)
			attach(options->attach[i]);
		loop_run(0, &loop);
		return 0;
	}
	err = filter_build(calls, &filter);
	if (err)
		die(EXIT_INT80, "cannot build the seccomp filter: %s", strerror(-err));
	loop.install = install;
	loop.install_arg = &filter;
	err = launch(options, &loop);
	filter_free(&filter);
	return err;
}

void launch_exit(int status)
{
	struct rlimit no_core = {0, 0};
	sigset_t one;
	int sig = status - 0x100;

	fflush(stdout);
	if (status < 0x100)
		exit(status);
	setrlimit(RLIMIT_CORE, &no_core); /* the program has dumped its own */
	signal(sig, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, sig);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	raise(sig);
	exit(128 + sig);
}
