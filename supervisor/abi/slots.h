/* SPDX-License-Identifier: MIT */
/*
 * The notation for arguments and fields that syscalls.def and structs.def share, as initialisers of
 * struct slot. Included only by the files that turn those tables into data.
 */
#define GRP(bit) (1ull << GB_##bit)

#define SLOT_DIR_0     0
#define SLOT_DIR_IN    DIR_IN
#define SLOT_DIR_OUT   DIR_OUT
#define SLOT_DIR_INOUT DIR_INOUT
#define RESULT	       LEN_RESULT
#define NULL_END       LEN_NULL
#define SLOT(n, k, s, d, l, r, c)                                                                  \
	{                                                                                          \
		.name = #n, .kind = K_##k, .shape = s, .dir = SLOT_DIR_##d, .len = l, .ref = r,    \
		.count = c                                                                         \
	}

/* by value */
#define A(name, kind)	    SLOT(name, kind, BY_VALUE, 0, LEN_NONE, 0, 0)
#define AF(name, set)	    SLOT(name, FLAGS, BY_VALUE, 0, LEN_NONE, SET_##set, 0)
#define AE(name, set)	    SLOT(name, ENUM, BY_VALUE, 0, LEN_NONE, SET_##set, 0)
#define AK(name, kind, set) SLOT(name, kind, BY_VALUE, 0, LEN_NONE, SET_##set, 0)
/* behind a pointer */
#define P(name, dir, kind)     SLOT(name, kind, POINTER, dir, LEN_NONE, 0, 0)
#define PF(name, dir, set)     SLOT(name, FLAGS, POINTER, dir, LEN_NONE, SET_##set, 0)
#define PE(name, dir, set)     SLOT(name, ENUM, POINTER, dir, LEN_NONE, SET_##set, 0)
#define S(name, dir, type)     SLOT(name, STRUCT, POINTER, dir, LEN_NONE, STRUCT_##type, 0)
#define SZ(name, dir, type, n) SLOT(name, STRUCT, POINTER, dir, n, STRUCT_##type, 0)
/* arrays behind a pointer: len elements, or a fixed number of them */
#define V(name, dir, kind, len)	 SLOT(name, kind, ARRAY, dir, len, 0, 0)
#define VN(name, dir, kind, n)	 SLOT(name, kind, ARRAY, dir, LEN_NONE, 0, n)
#define VS(name, dir, type, len) SLOT(name, STRUCT, ARRAY, dir, len, STRUCT_##type, 0)
#define VSN(name, dir, type, n)	 SLOT(name, STRUCT, ARRAY, dir, LEN_NONE, STRUCT_##type, n)
#define B(name, dir, len)	 SLOT(name, BYTES, ARRAY, dir, len, 0, 0)
/* elements in the field itself */
#define I(name, kind, n)       SLOT(name, kind, INLINE, 0, LEN_NONE, 0, n)
#define IK(name, kind, set, n) SLOT(name, kind, INLINE, 0, LEN_NONE, SET_##set, n)
#define IS(name, type, n)      SLOT(name, STRUCT, INLINE, 0, LEN_NONE, STRUCT_##type, n)
/* hand-written */
#define X(name, dir, id) SLOT(name, IRREGULAR, BY_VALUE, dir, LEN_NONE, IRR_##id, 0)
