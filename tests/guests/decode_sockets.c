/* SPDX-License-Identifier: MIT */
/*
 * Calls on sockets, direct ones, with arguments of every form. It promises nothing: what counts is
 * how a tracer shows them. tests/guests/sockets.c has them through socketcall.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "guest.h"

#define call(name, ...) syscall(SYS_##name, ##__VA_ARGS__)

static struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "socket"};
static char buf[200], control[200];

static void addresses(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(1)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
		.sin6_port = htons(80),
		.sin6_flowinfo = htonl(5),
		.sin6_scope_id = 1};
	struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0abs\1tract"};
	struct sockaddr_nl netlink = {.nl_family = AF_NETLINK, .nl_groups = 5};
	struct sockaddr_ll packet = {AF_PACKET, htons(ETH_P_IP), 1, 1, 0, 6, {1, 2, 3, 4, 5, 6}};
	int s = call(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	inet_pton(AF_INET6, "fe80::1", &in6.sin6_addr);
	call(connect, s, &in, sizeof(in));
	call(connect, s, &in6, sizeof(in6));
	inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr);
	call(connect, s, &in6, sizeof(in6));
	call(connect, s, &at, sizeof(at));
	call(connect, s, &at, 5);
	call(connect, s, &abstract, 12);
	call(connect, s, &abstract, 2);
	call(connect, s, &netlink, sizeof(netlink));
	call(connect, s, &packet, sizeof(packet));
	call(connect, s, &in, 3);
	call(connect, s, &in, 1);
	call(connect, s, NULL, 16);
	call(connect, s, 1, 16);
	call(connect, s, &in, -1);
	in.sin_family = 99;
	call(connect, s, &in, sizeof(in));
	call(socket, AF_INET, SOCK_DGRAM, 0);
	call(socket, AF_UNIX, SOCK_STREAM, 5);
	call(socket, 99, SOCK_STREAM, 5);
	call(socket, AF_INET, 77, 255);
	call(socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

static void peers(int server, int ends[2])
{
	socklen_t size = sizeof(at);

	ends[0] = call(socket, AF_UNIX, SOCK_STREAM, 0);
	call(connect, ends[0], &at, sizeof(at));
	ends[1] = call(accept4, server, buf, &size, SOCK_CLOEXEC);
	size = 200;
	call(getsockname, ends[1], buf, &size);
	size = 3;
	call(getsockname, ends[1], buf, &size);
	call(getpeername, ends[0], buf, &size);
	call(getpeername, 77, buf, &size);
	call(getpeername, ends[0], buf, 1);
	call(accept4, 77, NULL, NULL, 0);
}

static void messages(const int ends[2])
{
	struct iovec out[3] = {{"abc", 3}, {"defg", 4}, {NULL, 0}},
		     in[2] = {{buf, 4}, {buf + 10, 100}};
	struct msghdr send = {.msg_iov = out,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	struct msghdr receive = {.msg_name = buf + 150,
		.msg_namelen = 50,
		.msg_iov = in,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&send);
	socklen_t size = 110;

	call(sendto, ends[0], "hello\n", 6, MSG_NOSIGNAL, NULL, 0);
	call(recvfrom, ends[1], buf, 3, MSG_PEEK, NULL, NULL);
	call(recvfrom, ends[1], buf, 200, 0, control, &size);
	call(recvfrom, ends[1], buf, 100, MSG_DONTWAIT, NULL, NULL);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(8);
	memcpy(CMSG_DATA(header), (int[]){1, 2}, 8);
	send.msg_controllen = CMSG_SPACE(8);
	call(sendmsg, ends[0], &send, 0);
	call(recvmsg, ends[1], &receive, MSG_CMSG_CLOEXEC);
	call(recvmsg, ends[1], &receive, MSG_DONTWAIT);
	header->cmsg_type = 77;
	call(sendmsg, ends[0], &send, 0);
	send.msg_iov = (void *)1;
	call(sendmsg, ends[0], &send, 0);
	call(sendmsg, ends[0], 1, 0);
	send.msg_control = NULL;
	send.msg_iovlen = 0;
	call(sendmsg, ends[0], &send, 0);
}

static void many_messages(const int ends[2])
{
	struct iovec out[2] = {{"abc", 3}, {"defg", 4}}, in = {buf, 100};
	struct mmsghdr sent[2] = {
		{{.msg_iov = out, .msg_iovlen = 2}, 0}, {{.msg_iov = out, .msg_iovlen = 1}, 0}};
	struct mmsghdr received[2] = {{{.msg_iov = &in, .msg_iovlen = 1}, 0}};

	call(sendmmsg, ends[0], sent, 2, MSG_DONTWAIT);
	call(recvmmsg, ends[1], received, 1, MSG_DONTWAIT, NULL);
}

static void options(int s)
{
	struct sock_filter code[] = {{6, 0, 0, 0xffff}};
	struct sock_fprog program = {1, code};
	int n = 1;
	socklen_t size = 4;

	call(setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &n, 4);
	call(setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &n, 3);
	call(setsockopt, s, SOL_SOCKET, SO_LINGER, (int[]){1, 5}, 8);
	call(setsockopt, s, IPPROTO_TCP, TCP_NODELAY, &n, 4);
	call(setsockopt, s, IPPROTO_IP, 10, &n, 4);
	call(setsockopt, s, IPPROTO_IP, IP_ADD_MEMBERSHIP, "\1\0\0\0\2\0\0\0", 8);
	call(setsockopt, s, SOL_SOCKET, 999, &n, 4);
	call(setsockopt, s, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3);
	call(setsockopt, s, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
	call(getsockopt, s, SOL_SOCKET, SO_ERROR, &n, &size);
	call(getsockopt, s, SOL_SOCKET, SO_TYPE, &n, &size);
	size = 8;
	call(getsockopt, s, SOL_SOCKET, SO_LINGER, buf, &size);
	size = 2;
	call(getsockopt, s, SOL_SOCKET, SO_TYPE, buf, &size);
	size = 8;
	call(getsockopt, s, SOL_SOCKET, SO_TYPE, buf, &size);
	call(getsockopt, -1, SOL_SOCKET, SO_TYPE, buf, &size);
	call(shutdown, s, SHUT_RDWR);
	call(shutdown, s, 5);
}

static void waiting(const int ends[2])
{
	struct pollfd fds[3] = {{ends[0], POLLOUT, 0}, {ends[1], POLLIN | POLLPRI, 0}, {-1, 1, 0}};
	struct timespec time = {0, 1000};
	struct timeval moment = {0, 0};
	uint32_t mask[2] = {1, 0};
	fd_set in, out;

	call(poll, fds, 3, 0);
	call(poll, fds + 1, 1, 10);
	call(poll, NULL, 0, 1);
	call(poll, 1, 1, 1);
	call(ppoll, fds + 1, 1, &time, NULL, 8);
	call(ppoll, fds, 1, NULL, mask, 8);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(ends[1], &in);
	call(_newselect, ends[1] + 1, &in, NULL, NULL, &moment);
	FD_SET(ends[0], &out);
	call(_newselect, ends[1] + 1, NULL, &out, NULL, NULL);
	call(_newselect, 5, 1, NULL, NULL, NULL);
	call(pselect6, ends[1] + 1, NULL, &out, NULL, NULL, (uint32_t[]){(uintptr_t)mask, 8});
}

int main(void)
{
	int server, ends[2];

	addresses();
	server = call(socket, AF_UNIX, SOCK_STREAM, 0);
	call(bind, server, &at, sizeof(at));
	call(listen, server, 5);
	peers(server, ends);
	messages(ends);
	many_messages(ends);
	options(call(socket, AF_INET, SOCK_STREAM, 0));
	waiting(ends);
	call(socketpair, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
	return 0;
}
