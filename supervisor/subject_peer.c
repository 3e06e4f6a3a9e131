/* SPDX-License-Identifier: MIT */
/*
 * The protocol is asked of a copy of the descriptor (pidfd_getfd, Linux 5.6); where that is refused
 * it stays unknown. Ports of clients that connect to the program are left out: each has another.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "err.h"
#include "subject_peer.h"

union address {
	sa_family_t family;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_nl nl;
	char bytes[128];
};

/* What the kernel and netlink(7) call it. */
static const char *const families[] = {
	[AF_UNIX] = "unix",
	[AF_INET] = "ipv4",
	[AF_AX25] = "ax25",
	[AF_IPX] = "ipx",
	[AF_APPLETALK] = "appletalk",
	[AF_X25] = "x25",
	[AF_INET6] = "ipv6",
	[AF_KEY] = "key",
	[AF_NETLINK] = "netlink",
	[AF_PACKET] = "packet",
	[AF_CAN] = "can",
	[AF_TIPC] = "tipc",
	[AF_BLUETOOTH] = "bluetooth",
	[AF_ALG] = "alg",
	[AF_VSOCK] = "vsock",
	[AF_XDP] = "xdp",
};

static const char *family_name(unsigned family, char buf[16])
{
	if (family < sizeof(families) / sizeof(families[0]) && families[family])
		return families[family];
	snprintf(buf, 16, "family-%u", family);
	return buf;
}

/* A copy of a descriptor of the task's, or -1. */
static int copy_fd(pid_t pid, int fd)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0), copy = -1;

	if (pidfd >= 0) {
		copy = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
		close(pidfd);
	}
	return copy;
}

static int option(int fd, int name)
{
	int value = -1;
	socklen_t n = sizeof(value);

	return fd >= 0 && !getsockopt(fd, SOL_SOCKET, name, &value, &n) ? value : -1;
}

static const char *protocol_of(int fd, unsigned family)
{
	static const char *const types[] = {
		[SOCK_STREAM] = "stream",
		[SOCK_DGRAM] = "dgram",
		[SOCK_RAW] = "raw",
		[SOCK_SEQPACKET] = "seqpacket",
	};
	int type = option(fd, SO_TYPE), protocol = option(fd, SO_PROTOCOL);

	if (family == AF_INET || family == AF_INET6) {
		switch (protocol) {
		case IPPROTO_TCP:
			return "tcp";
		case IPPROTO_UDP:
			return "udp";
		case IPPROTO_ICMP:
		case IPPROTO_ICMPV6:
			return "icmp";
		case IPPROTO_SCTP:
			return "sctp";
		}
	}
	return type > 0 && type < 6 && types[type] ? types[type] : "-";
}

/* Abstract names start with a zero, shown as @; zeros further on too, as ss(8) does. */
static char *unix_name(const union address *a, size_t n)
{
	size_t room = n > offsetof(struct sockaddr_un, sun_path) ? n - 2 : 0;
	char name[sizeof(a->un.sun_path) + 1];

	if (room > sizeof(a->un.sun_path))
		room = sizeof(a->un.sun_path);
	memcpy(name, a->un.sun_path, room);
	name[room] = '\0';
	if (!room)
		return xstrdup("(unnamed)");
	if (!*name)
		for (size_t i = 0; i < room; i++)
			name[i] = name[i] ? name[i] : '@';
	return xstrdup(name);
}

static char *address_text(const union address *a, size_t n, uint16_t *port)
{
	char text[INET6_ADDRSTRLEN];

	*port = 0;
	switch (a->family) {
	case AF_UNIX:
		return unix_name(a, n);
	case AF_INET:
		*port = ntohs(a->in.sin_port);
		return xstrdup(inet_ntop(AF_INET, &a->in.sin_addr, text, sizeof(text)));
	case AF_INET6:
		*port = ntohs(a->in6.sin6_port);
		return xstrdup(inet_ntop(AF_INET6, &a->in6.sin6_addr, text, sizeof(text)));
	case AF_NETLINK:
		return a->nl.nl_pid ? xasprintf("pid %u", a->nl.nl_pid) : xstrdup("kernel");
	default:
		return xstrdup("-");
	}
}

static void keep(struct note *note, const struct call *call, const char *direction, int fd,
	const union address *a, size_t n)
{
	int copy = copy_fd(note->auditee->pid, fd);
	char *address, buf[16];

	(void)call;
	address = address_text(a, n, &note->port);
	free(note->peer);
	note->peer = xasprintf("%s %s %s %s", direction, protocol_of(copy, a->family),
		family_name(a->family, buf), address);
	free(address);
	if (copy >= 0)
		close(copy);
}

static bool read_address(const struct call *call, uint64_t where, uint64_t n, union address *a)
{
	memset(a, 0, sizeof(*a));
	if (n > sizeof(*a))
		n = sizeof(*a);
	return where && n >= sizeof(a->family) && !mem_read(call->task->tid, addr(where), a, n) &&
	       a->family != AF_UNSPEC;
}

static void keep_passed(struct note *note, struct call *call, const char *direction, unsigned arg)
{
	union address a;

	if (read_address(call, call->args[arg], (uint32_t)call->args[arg + 1], &a))
		keep(note, call, direction, call->args[0], &a, (uint32_t)call->args[arg + 1]);
}

void peer_connect(struct note *note, struct call *call)
{
	keep_passed(note, call, "out", 1);
}

void peer_bind(struct note *note, struct call *call)
{
	keep_passed(note, call, "listen", 1);
}

void peer_sendto(struct note *note, struct call *call)
{
	keep_passed(note, call, "out", 4);
}

/* Where a struct msghdr says the address is. */
static bool read_name(const struct call *call, uint64_t *where, uint32_t *n)
{
	uint64_t wide[2] = {0};
	uint32_t narrow[2] = {0};
	bool is64 = call->abi != CALL_I386;

	if (mem_read(call->task->tid, addr(call->args[1]), is64 ? (void *)wide : narrow,
		    is64 ? sizeof(wide) : sizeof(narrow)))
		return false;
	*where = is64 ? wide[0] : narrow[0];
	*n = is64 ? (uint32_t)wide[1] : narrow[1];
	return *where && *n;
}

void peer_sendmsg(struct note *note, struct call *call)
{
	union address a;
	uint64_t where;
	uint32_t n;

	if (read_name(call, &where, &n) && read_address(call, where, n, &a))
		keep(note, call, "out", call->args[0], &a, n);
}

void peer_done(struct note *note, struct call *call)
{
	struct tally *tally;

	if (!note->peer)
		return;
	tally = tally_get(&note->image->tallies, TALLY_PEER, 0, note->port, note->peer);
	tally->n[0]++;
	tally->n[1] += call->failed && call->result != -EINPROGRESS;
}

static void count_incoming(
	struct note *note, struct call *call, int fd, const union address *a, size_t n)
{
	keep(note, call, "in", fd, a, n);
	note->port = 0;
	peer_done(note, call);
}

/* Asked of the new socket itself, since few programs ask for the address. */
void peer_accept(struct note *note, struct call *call)
{
	union address a = {0};
	socklen_t n = sizeof(a);
	int copy;

	if (call->failed)
		return;
	copy = copy_fd(note->auditee->pid, call->result);
	if (copy < 0)
		return;
	if (!getpeername(copy, (struct sockaddr *)&a, &n) && a.family)
		count_incoming(note, call, call->result, &a, n);
	close(copy);
}

void peer_recvfrom(struct note *note, struct call *call)
{
	union address a;
	uint32_t n = 0;

	if (call->failed || !call->args[4] || !call->args[5] ||
		mem_read(call->task->tid, addr(call->args[5]), &n, sizeof(n)) ||
		!read_address(call, call->args[4], n, &a))
		return;
	count_incoming(note, call, call->args[0], &a, n);
}

void peer_recvmsg(struct note *note, struct call *call)
{
	union address a;
	uint64_t where;
	uint32_t n;

	if (!call->failed && read_name(call, &where, &n) && read_address(call, where, n, &a))
		count_incoming(note, call, call->args[0], &a, n);
}
