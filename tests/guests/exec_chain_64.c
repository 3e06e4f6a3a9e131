/* SPDX-License-Identifier: MIT */
/* The 64-bit twin. */
#include "exec_chain.c"
