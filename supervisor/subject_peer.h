/* SPDX-License-Identifier: MIT */
/* Network peers of a call: from socket addresses in memory and, where it may, the socket itself. */
#ifndef INT80_SUBJECT_PEER_H
#define INT80_SUBJECT_PEER_H

#include "subject.h"

/* At the entry: the address passed is kept in the note. */
void peer_connect(struct note *note, struct call *call);
void peer_bind(struct note *note, struct call *call);
void peer_sendto(struct note *note, struct call *call);
void peer_sendmsg(struct note *note, struct call *call);
/* At the exit: counts what was kept, */
void peer_done(struct note *note, struct call *call);
/* or the address that came back. */
void peer_accept(struct note *note, struct call *call);
void peer_recvfrom(struct note *note, struct call *call);
void peer_recvmsg(struct note *note, struct call *call);

#endif
