/* SPDX-License-Identifier: MIT */
/* All sub-calls of socketcall, through socketcall. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "guest.h"

/* Sub-calls 1 to 20 in the kernel's order. */
enum {
	SOCKET = 1,
	BIND,
	CONNECT,
	LISTEN,
	ACCEPT,
	GETSOCKNAME,
	GETPEERNAME,
	SOCKETPAIR,
	SEND,
	RECV,
	SENDTO,
	RECVFROM,
	SHUTDOWN,
	SETSOCKOPT,
	GETSOCKOPT,
	SENDMSG,
	RECVMSG,
	ACCEPT4,
	RECVMMSG,
	SENDMMSG
};

#define sub(nr, ...) int80_call(SYS_socketcall, nr, (uintptr_t)(uint32_t[6]){__VA_ARGS__})
#define ptr(x)	     ((uintptr_t)(x))

static void stream(void)
{
	struct sockaddr_in at = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {0}};
	socklen_t size = sizeof(at);
	int server = sub(SOCKET, AF_INET, SOCK_STREAM, 0),
	    client = sub(SOCKET, AF_INET, SOCK_STREAM, 0);
	int one = 1, other;
	char buf[8];

	check(server > 2 && client > server, "socket");
	check(!sub(SETSOCKOPT, server, SOL_SOCKET, SO_REUSEADDR, ptr(&one), sizeof(one)),
		"setsockopt");
	check(!sub(BIND, server, ptr(&at), sizeof(at)), "bind");
	check(!sub(LISTEN, server, 5), "listen");
	check(!sub(GETSOCKNAME, server, ptr(&at), ptr(&size)) && at.sin_port, "getsockname");
	check(!sub(CONNECT, client, ptr(&at), sizeof(at)), "connect");
	other = sub(ACCEPT, server, 0, 0);
	check(other > client, "accept");
	check(!sub(GETPEERNAME, client, ptr(&at), ptr(&size)), "getpeername");
	check(sub(SEND, client, ptr("hello"), 5, 0) == 5, "send");
	check(sub(RECV, other, ptr(buf), 8, 0) == 5 && !memcmp(buf, "hello", 5), "recv");
	check(!sub(SHUTDOWN, client, SHUT_WR), "shutdown");
	check(sub(RECV, other, ptr(buf), 8, 0) == 0, "end");
	close(client);
	client = sub(SOCKET, AF_INET, SOCK_STREAM, 0);
	check(!sub(CONNECT, client, ptr(&at), sizeof(at)), "connect again");
	check(sub(ACCEPT4, server, ptr(&at), ptr(&size), SOCK_CLOEXEC) > 0, "accept4");
	at.sin_port = htons(1);
	close(client);
	client = sub(SOCKET, AF_INET, SOCK_STREAM, 0);
	check(sub(CONNECT, client, ptr(&at), sizeof(at)) == -ECONNREFUSED, "connect to nobody");
}

static void datagrams(void)
{
	char one[8] = "", two[8] = "";
	struct iovec out = {"message", 7}, in[2] = {{one, 3}, {two, 8}};
	struct mmsghdr several[2] = {
		{{.msg_iov = &out, .msg_iovlen = 1}, 0}, {{.msg_iov = &out, .msg_iovlen = 1}, 0}};
	struct msghdr from = {.msg_iov = in, .msg_iovlen = 2};
	int pair[2], kind = 0;
	socklen_t size = sizeof(kind);

	check(!sub(SOCKETPAIR, AF_UNIX, SOCK_DGRAM, 0, ptr(pair)), "socketpair");
	check(!sub(GETSOCKOPT, pair[0], SOL_SOCKET, SO_TYPE, ptr(&kind), ptr(&size)) &&
			kind == SOCK_DGRAM,
		"getsockopt");
	check(sub(SENDTO, pair[0], ptr("to"), 2, 0, 0, 0) == 2, "sendto");
	check(sub(RECVFROM, pair[1], ptr(one), 8, 0, 0, 0) == 2, "recvfrom");
	check(sub(SENDMSG, pair[0], ptr(&several[0].msg_hdr), 0) == 7, "sendmsg");
	check(sub(RECVMSG, pair[1], ptr(&from), 0) == 7 && !memcmp(two, "sage", 4), "recvmsg");
	check(sub(SENDMMSG, pair[0], ptr(several), 2, 0) == 2, "sendmmsg");
	several[0].msg_hdr.msg_iov = &in[0];
	several[1].msg_hdr.msg_iov = &in[1];
	check(sub(RECVMMSG, pair[1], ptr(several), 2, MSG_DONTWAIT, 0) == 2, "recvmmsg");
}

int main(void)
{
	stream();
	datagrams();
	check(int80_call(SYS_socketcall, 21, 0) == -EINVAL, "there is no sub-call 21");
	check(int80_call(SYS_socketcall, 0, 0) == -EINVAL, "nor 0");
	check(int80_call(SYS_socketcall, CONNECT, 0) == -EFAULT, "no block");
	/* The direct calls, which exist since 4.3. */
	check(int80_call(359, AF_INET, SOCK_STREAM, 0) > 0, "socket directly");
	check(int80_call(362, -1, 0, 0) == -EBADF, "connect directly");
	return guest_end();
}
