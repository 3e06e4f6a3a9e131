/* SPDX-License-Identifier: MIT */
/*
 * One handler an event kind, found by array. A handler tells observers, keeps the task's state, and
 * says how to resume it. Any ptrace request may find its task gone (SIGKILL needs no permission):
 * that is never an error, its EVENT_GONE follows.
 */
#include <errno.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "event.h"
#include "loop.h"
#include "pin.h"

enum { LEAVE_STOPPED = -1 }; /* a resume request: not now */

struct resume {
	int request, signal;
};

static struct observer *observers, **last_observer = &observers;
static const struct loop_options *options;
static pid_t first;
static int first_status;
static unsigned unclaimed;
static bool detaching;
static volatile sig_atomic_t stop_asked, end_asked, terminal_stop_asked, first_gone;
static volatile sig_atomic_t end_signal, end_sender;

#define TELL(method, ...)                                                                          \
	do {                                                                                       \
		for (struct observer *o = observers; o; o = o->next)                               \
			if (o->ops->method)                                                        \
				o->ops->method(o, ##__VA_ARGS__);                                  \
	} while (0)

void loop_add_observer(struct observer *observer)
{
	*last_observer = observer;
	last_observer = &observer->next;
}

/* How a task goes on when nothing special is due. */
static struct resume go_on(const struct task *task)
{
	bool stop_next = task->in_call ? task->wants_exit : false;

	if (!task->filtered || task->stop_all || stop_next)
		return (struct resume){PTRACE_SYSCALL, 0};
	return (struct resume){PTRACE_CONT, 0};
}

/* Calls */

/* Calls that the supervisor itself must see returning, whatever observers want. */
static bool installs_filter(const struct call *call)
{
	if (!call->name)
		return false;
	if (!strcmp(call->name, "seccomp"))
		return (uint32_t)call->reg[0] == SECCOMP_SET_MODE_FILTER;
	return !strcmp(call->name, "prctl") && (uint32_t)call->reg[0] == PR_SET_SECCOMP;
}

static bool visible(const struct call *call)
{
	return !options->calls || callset_has(options->calls, call);
}

static bool anyone_wants_exit(const struct call *call)
{
	for (struct observer *o = observers; o; o = o->next)
		if (!o->ops->wants_exit || o->ops->wants_exit(o, call))
			return true;
	return false;
}

/* The pin is ours, not the program's: it must not see it nor build on it. */
static bool concerns_affinity(const struct call *call)
{
	return call->name && !strncmp(call->name, "sched_", 6) && strstr(call->name, "affinity");
}

static size_t first_argument_register(const struct call *call)
{
	return call->abi == CALL_I386 ? offsetof(struct user_regs_struct, rbx)
				      : offsetof(struct user_regs_struct, rdi);
}

static void set_first_argument(pid_t tid, const struct call *call, uint64_t value)
{
	ptrace(PTRACE_POKEUSER, tid, first_argument_register(call), value);
}

/* The call is not made; it returns ENOSYS, which the kernel has put into place already. */
static void skip_call(pid_t tid)
{
	ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, orig_rax), -1L);
}

/*
 * A child made with CLONE_UNTRACED would run unseen. clone: the flag is taken out of the register
 * and put back for parent and child. clone3: its flags lie in memory that other threads can change
 * meanwhile, so the call is answered ENOSYS; libc and every careful program then uses clone.
 */
static void strip_untraced(struct task *task)
{
	struct call *call = &task->call;
	uint64_t flags = 0;

	if (!call->name || strncmp(call->name, "clone", 5))
		return;
	if (!strcmp(call->name, "clone") && call->reg[0] & CLONE_UNTRACED) {
		set_first_argument(task->tid, call, call->reg[0] & ~(uint64_t)CLONE_UNTRACED);
		task->untraced_stripped = true;
	}
	if (!strcmp(call->name, "clone3") &&
		!mem_read(task->tid, addr(call->reg[0]), &flags, sizeof(flags)) &&
		flags & CLONE_UNTRACED)
		ptrace(PTRACE_POKEUSER, task->tid, offsetof(struct user_regs_struct, orig_rax),
			-1L);
}

static void put_back_untraced(struct task *task, pid_t tid)
{
	if (task->untraced_stripped)
		set_first_argument(tid, &task->call, task->call.reg[0]);
}

static bool is_clone3(const struct call *call)
{
	return call->name && !strcmp(call->name, "clone3");
}

/*
 * clone3 reads its flags after we did. If another thread set CLONE_UNTRACED meanwhile, the child
 * runs without a tracer under our filter: every call that we wanted to see fails.
 */
static void look_for_untraced(const struct task *task)
{
	const struct call *call = &task->call;

	if (is_clone3(call) && !call->failed && call->result > 0 && !task->made_child)
		warn("%d: clone3 made a task, %lld in its own numbers, that is not traced: its "
		     "flags "
		     "changed while the kernel read them",
			task->tid, (long long)call->result);
}

static void cut_call(struct task *task)
{
	if (task->in_call && task->shown)
		TELL(cut, &task->call);
	task->in_call = task->shown = false;
}

static struct resume enter_call(struct task *task)
{
	struct call *call = &task->call;

	cut_call(task); /* its exit was never seen */
	if (call_enter(call, task))
		return go_on(task);
	if (concerns_affinity(call))
		pin_reveal(!strcmp(call->name, "sched_setaffinity"));
	task->in_call = true;
	task->made_child = false;
	task->shown = visible(call);
	task->wants_exit = installs_filter(call) || is_clone3(call) ||
			   (task->shown && anyone_wants_exit(call));
	strip_untraced(task);
	if (task->untraced_stripped)
		task->wants_exit = true;
	if (task->shown)
		TELL(enter, call);
	if (!task->wants_exit && task->filtered && !task->stop_all)
		task->in_call = false; /* its exit will not stop */
	return go_on(task);
}

static void program_installed_filter(struct task *task)
{
	task_for_each (t)
		if (t->process == task->process)
			t->stop_all = true;
}

static void call_done(struct task *task)
{
	struct call *call = &task->call;

	put_back_untraced(task, task->tid);
	task->untraced_stripped = false;
	look_for_untraced(task);
	if (task->shown)
		TELL(leave, call);
	if (!call->failed && installs_filter(call))
		program_installed_filter(task);
	task->in_call = task->shown = false;
}

/*
 * RET_TRACE of a filter that the program installed itself: natively it has no tracer, and the call
 * answers ENOSYS.
 */
static bool is_foreign_filter(const struct task *task)
{
	unsigned long data = FILTER_DATA;

	return task->stop_all && !ptrace(PTRACE_GETEVENTMSG, task->tid, NULL, &data) &&
	       data != FILTER_DATA;
}

static struct resume on_call_seccomp(struct task *task, struct event *event)
{
	bool foreign = is_foreign_filter(task);
	struct resume how = go_on(task);

	(void)event;
	/* With stop_all, PTRACE_SYSCALL showed its entry already. */
	if (!task->in_call || !task->stop_all)
		how = enter_call(task);
	if (foreign)
		skip_call(task->tid);
	return how;
}

static struct resume on_call_stop(struct task *task, struct event *event)
{
	int err = task->in_call ? call_leave(&task->call) : -EAGAIN;

	(void)event;
	if (err == -EAGAIN)
		return enter_call(task);
	if (!err)
		call_done(task);
	return go_on(task);
}

/* Tasks come and go */

/* The child runs what its parent ran, under the same filters. */
static void inherit(struct task *child, const struct task *parent)
{
	child->filtered = parent->filtered;
	child->stop_all = parent->stop_all;
	if (child->process != parent->process)
		process_copy(child->process, parent->process);
}

static void claim(struct task *child, const struct task *parent)
{
	if (child->unclaimed) {
		child->unclaimed = false;
		unclaimed--;
	}
	if (parent) {
		inherit(child, parent);
		pin_inherit(child, parent);
	}
	TELL(born, child, parent);
}

static void resume(struct task *task, struct resume how)
{
	if (how.request == LEAVE_STOPPED)
		return;
	pin_before_resume(task);
	ptrace(how.request, task->tid, NULL, (long)how.signal);
}

/* Tasks whose parent died before it could tell of them find their place through /proc. */
static void claim_orphans(void)
{
	if (!unclaimed)
		return;
	task_for_each (task) {
		struct task *parent;
		pid_t pid, ppid;

		if (!task->unclaimed || task_look_up(task->tid, &pid, &ppid))
			continue;
		task_move(task, pid, ppid);
		parent = task_find(pid == task->tid ? ppid : pid);
		claim(task, parent);
		if (!parent) {
			task->filtered =
				true; /* it has what its parent had: our filter, in doubt */
			process_refresh(task->process);
		}
		resume(task, go_on(task));
	}
}

static struct resume on_child(struct task *task, struct event *event)
{
	unsigned long tid = 0;
	struct task *child;
	pid_t pid;

	(void)event;
	if (ptrace(PTRACE_GETEVENTMSG, task->tid, NULL, &tid) < 0 || !tid)
		return go_on(task);
	task->made_child = true;
	pid = task_is_thread_of(tid, task->process->pid) ? task->process->pid : (pid_t)tid;
	child = task_find(tid);
	if (!child) {
		child = task_add(tid, pid, task->process->pid);
		claim(child, task);
		child->restore_argument = task->untraced_stripped;
		child->call.reg[0] = task->call.reg[0];
		child->call.abi = task->call.abi;
	} else if (child->unclaimed) {
		task_move(child, pid, task->process->pid);
		claim(child, task);
		put_back_untraced(task, child->tid);
		resume(child, go_on(child));
	}
	return go_on(task);
}

static struct resume on_exec(struct task *task, struct event *event)
{
	unsigned long former = 0;
	int installed = 0;

	ptrace(PTRACE_GETEVENTMSG, event->tid, NULL, &former);
	if (former && (pid_t)former != event->tid) {
		if (task)
			cut_call(task);
		task = task_become_leader(event->tid, former);
	}
	claim_orphans();
	if (!task)
		return (struct resume){PTRACE_CONT, 0};
	process_refresh(task->process);
	task->process->images++;
	if (!task->filtered && options->install) {
		installed = options->install(task->tid, options->install_arg);
		if (installed < 0)
			return (struct resume){LEAVE_STOPPED, 0};
		task->filtered = installed;
	}
	TELL(exec, task, former ? (pid_t)former : task->tid);
	if (installed && task->in_call) {
		call_succeed(&task->call);
		call_done(task);
	}
	return go_on(task);
}

static struct resume on_gone(struct task *task, struct event *event)
{
	if (event->tid == first) {
		first_status = event->status;
		first_gone = 1;
	}
	cut_call(task);
	if (task->unclaimed)
		unclaimed--; /* nobody was told that it was born */
	else
		TELL(gone, task, event->status);
	task_remove(task);
	claim_orphans();
	return (struct resume){LEAVE_STOPPED, 0};
}

/* Signals and stops */

static struct resume on_signal(struct task *task, struct event *event)
{
	siginfo_t info = {.si_signo = event->signal};
	struct resume how = go_on(task);

	if (ptrace(PTRACE_GETSIGINFO, task->tid, NULL, &info) < 0)
		return how;
	TELL(signal, task, event->signal, &info);
	how.signal = event->signal;
	return how;
}

static bool all_stopped(const struct process *process)
{
	task_for_each (task)
		if (task->process == process && !task->listening)
			return false;
	return true;
}

/*
 * Ctrl-Z stops the foreground group: the program and us. The shell waits for us, so once the
 * program has come to rest (and put its terminal in order) we stop too; fg continues both.
 */
static void stop_with_the_program(const struct task *task)
{
	if (!terminal_stop_asked || task->process->pid != first || !all_stopped(task->process))
		return;
	terminal_stop_asked = 0;
	raise(SIGSTOP);
}

static struct resume on_group_stop(struct task *task, struct event *event)
{
	TELL(group_stop, task, event->signal);
	task->listening = true;
	ptrace(PTRACE_LISTEN, task->tid, NULL, NULL);
	stop_with_the_program(task);
	return (struct resume){LEAVE_STOPPED, 0};
}

static struct resume on_trap(struct task *task, struct event *event)
{
	(void)event;
	task->listening = false;
	if (task->restore_argument) {
		set_first_argument(task->tid, &task->call, task->call.reg[0]);
		task->restore_argument = false;
	}
	return go_on(task);
}

/* The loop */

typedef struct resume handler(struct task *task, struct event *event);

static handler *const handlers[EVENT_KINDS] = {
	[EVENT_CALL_SECCOMP] = on_call_seccomp,
	[EVENT_CALL_STOP] = on_call_stop,
	[EVENT_CHILD] = on_child,
	[EVENT_EXEC] = on_exec,
	[EVENT_SIGNAL] = on_signal,
	[EVENT_GROUP_STOP] = on_group_stop,
	[EVENT_TRAP] = on_trap,
	[EVENT_GONE] = on_gone,
};

/* Whatever stop a task came to: let it go. */
static void detach(struct task *task, const struct event *event)
{
	int signal = event->kind == EVENT_SIGNAL ? event->signal : 0;

	cut_call(task);
	ptrace(PTRACE_DETACH, task->tid, NULL, (long)signal);
	if (task->unclaimed)
		unclaimed--;
	task_remove(task);
}

static void start_detaching(void)
{
	stop_asked = 0;
	detaching = true;
	pin_release();
	task_for_each (task) {
		if (task->unclaimed)
			detach(task, &(struct event){.kind = EVENT_TRAP});
		else
			ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL);
	}
}

/* A task nobody told of: its parent's event is still to come. It waits at its first stop. */
static struct task *meet(const struct event *event)
{
	struct task *task = task_add(event->tid, event->tid, 0);

	task->unclaimed = true;
	unclaimed++;
	return task;
}

static void handle(struct event *event)
{
	struct task *task = task_find(event->tid);
	struct resume how;

	if (!task && (event->kind == EVENT_GONE))
		return;
	if (!task && event->kind != EVENT_EXEC)
		task = meet(event);
	if (detaching && event->kind != EVENT_GONE) {
		if (task)
			detach(task, event);
		return;
	}
	if (task && task->unclaimed && event->kind != EVENT_GONE)
		return;
	how = handlers[event->kind](task, event);
	if (event->kind == EVENT_EXEC)
		task = task_find(event->tid);
	if (task && how.request != LEAVE_STOPPED)
		resume(task, how);
}

void loop_adopt(pid_t tid, pid_t pid, pid_t parent)
{
	bool known = task_find(tid);
	struct task *task = known ? task_find(tid) : task_add(tid, pid, parent);

	if (known)
		return;
	process_refresh(task->process);
	TELL(born, task, NULL);
}

static void on_terminal_stop(int sig)
{
	(void)sig;
	terminal_stop_asked = 1;
}

/*
 * SIGTERM and the like are for the program. When only its descendants are left, they end with us
 * (PTRACE_O_EXITKILL): under our filter nothing can run without its tracer.
 */
static void on_end(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (!first)
		stop_asked = 1;
	else if (first_gone)
		end_asked = 1;
	else if (info->si_code > 0 || info->si_pid != getpid())
		end_signal = sig, end_sender = info->si_code > 0 ? 0 : info->si_pid;
}

/*
 * A signal that one of the tracees sent to our process group, or that the terminal sent to it, has
 * come to the program too.
 */
static void pass_end_on(void)
{
	int sig = end_signal;
	bool shared = end_sender ? task_find(end_sender) != NULL : getpgid(first) == getpgrp();

	end_signal = 0;
	if (!shared && !first_gone)
		kill(first, sig);
}

/* What the terminal and others send us is the program's business, or the end of an attachment. */
static void take_signals(void)
{
	/* A tracee may send these to its whole group; they must not end the tracer of all. */
	static const int others[] = {
		SIGUSR1, SIGUSR2, SIGPIPE, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGXCPU, SIGSTKFLT};
	struct sigaction stop = {.sa_handler = on_terminal_stop},
			 end = {.sa_sigaction = on_end, .sa_flags = SA_SIGINFO},
			 ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGTSTP, &stop, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	sigaction(SIGINT, first ? &ignore : &end, NULL);
	sigaction(SIGQUIT, first ? &ignore : &end, NULL);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		sigaction(others[i], &ignore, NULL);
	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
		sigaction(sig, &ignore, NULL);
}

static void on_tick(void)
{
	terminal_stop_asked = 0; /* the program took SIGTSTP otherwise */
	pin_tick();
	TELL(tick);
}

int loop_run(pid_t first_, const struct loop_options *options_)
{
	struct event event;

	first = first_;
	options = options_;
	pin_allow(first && !options->no_pin);
	take_signals();
	while (task_count() && !end_asked && event_next(&event)) {
		if (stop_asked)
			start_detaching();
		if (end_signal)
			pass_end_on();
		if (event.kind == EVENT_TICK)
			on_tick();
		else if (event.kind != EVENT_NONE)
			handle(&event);
	}
	TELL(tick);
	return first_status;
}
