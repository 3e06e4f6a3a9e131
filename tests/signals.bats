#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Signals arrive as they would natively.
load helpers

@test "signals of every origin keep their siginfo" {
	same_as_native "$GUESTS/siginfo"
}

@test "handlers nest, use alternate stacks, old frames and new, and disturb no computation" {
	same_as_native "$GUESTS/sighandlers"
}

@test "EINTR and SA_RESTART are as without a supervisor" {
	same_as_native "$GUESTS/restart"
}

@test "calls that SIGSTOP interrupts go on after SIGCONT" {
	same_as_native "$GUESTS/stop_restart"
}

@test "a child can be killed at any moment" {
	same_as_native "$GUESTS/kill_any_moment"
}

@test "no queued signal is lost in a storm of signals and stops" {
	same_as_native "$GUESTS/signal_storm"
}

@test "the trace shows signals with their siginfo" {
	traced "$GUESTS/siginfo"
	trace_count "--- SIGSEGV \{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x1234\} ---" 1
	trace_count "--- SIGUSR1 \{si_signo=SIGUSR1, si_code=SI_QUEUE, .*si_int=77" 1
	trace_count "--- SIGCHLD \{si_signo=SIGCHLD, si_code=CLD_EXITED, .*si_status=7" 1
}

@test "the trace shows who was killed by what" {
	traced "$GUESTS/exit_with" signal 9
	trace_count "\+\+\+ killed by SIGKILL \+\+\+" 1
	traced "$GUESTS/exit_with" 5
	trace_count "\+\+\+ exited with 5 \+\+\+" 1
}
