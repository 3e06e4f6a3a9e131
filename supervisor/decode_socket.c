/* SPDX-License-Identifier: MIT */
/* Sockets: addresses, options, messages with their control data. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "abi/slots.h"
#include "decode_irregular.h"

/* Addresses */

static struct value *htons_value(struct decoder *d, uint16_t n)
{
	return irregular_symbol(d, n, "htons(%u)", ntohs(n));
}

static struct value *interface(struct decoder *d, unsigned index)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname(index, name))
		return decode_uint(d, index);
	return irregular_symbol(d, index, "if_nametoindex(\"%s\")", name);
}

static struct value *ipv4(struct decoder *d, const void *bytes)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, bytes, text, sizeof(text));
	return irregular_symbol(d, 0, "inet_addr(\"%s\")", text);
}

static void inet_address(struct decoder *d, struct value *to, const uint8_t *bytes, size_t len)
{
	struct sockaddr_in in;

	(void)len;
	memcpy(&in, bytes, sizeof(in));
	decode_add(to, "sin_port", htons_value(d, in.sin_port));
	decode_add(to, "sin_addr", ipv4(d, &in.sin_addr));
}

static void inet6_address(struct decoder *d, struct value *to, const uint8_t *bytes, size_t len)
{
	struct sockaddr_in6 in = {0};
	char text[INET6_ADDRSTRLEN];
	struct value *address;

	memcpy(&in, bytes, len < sizeof(in) ? len : sizeof(in));
	inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof(text));
	decode_add(to, "sin6_port", htons_value(d, in.sin6_port));
	decode_add(to, "sin6_flowinfo",
		irregular_symbol(d, in.sin6_flowinfo, "htonl(%u)", ntohl(in.sin6_flowinfo)));
	address = irregular_symbol(d, 0, "inet_pton(AF_INET6, \"%s\", &sin6_addr)", text);
	address->bare = true;
	decode_add(to, "sin6_addr", address);
	if (len < sizeof(in))
		return;
	if (IN6_IS_ADDR_LINKLOCAL(&in.sin6_addr) || IN6_IS_ADDR_MC_LINKLOCAL(&in.sin6_addr))
		decode_add(to, "sin6_scope_id", interface(d, in.sin6_scope_id));
	else
		decode_add(to, "sin6_scope_id", decode_uint(d, in.sin6_scope_id));
}

static void unix_address(struct decoder *d, struct value *to, const uint8_t *bytes, size_t len)
{
	const char *path = (const char *)bytes + offsetof(struct sockaddr_un, sun_path);
	size_t n = len - offsetof(struct sockaddr_un, sun_path);
	struct value *value;

	if (n > sizeof(((struct sockaddr_un *)0)->sun_path))
		n = sizeof(((struct sockaddr_un *)0)->sun_path);
	if (n && !path[0]) { /* abstract: what follows the NUL, other NULs too */
		value = value_string(d->arena, path + 1, n - 1, false);
		value->num = '@';
	} else {
		value = value_string(d->arena, path, strnlen(path, n), false);
	}
	decode_add(to, "sun_path", value);
}

static void netlink_address(struct decoder *d, struct value *to, const uint8_t *bytes, size_t len)
{
	uint32_t groups = decode_number(bytes + 8, 4);

	(void)len;
	decode_add(to, "nl_pid", decode_int(d, (int32_t)decode_number(bytes + 4, 4)));
	decode_add(to, "nl_groups", irregular_symbol(d, groups, "%#08x", groups));
}

static void packet_address(struct decoder *d, struct value *to, const uint8_t *bytes, size_t len)
{
	struct value *octets = value_new(d->arena, VALUE_ARRAY, 0);
	struct sockaddr_ll ll = {0};
	const char *protocol;

	memcpy(&ll, bytes, len < sizeof(ll) ? len : sizeof(ll));
	protocol = abi_symbol(SET_ethernet_protocols, ntohs(ll.sll_protocol));
	decode_add(to, "sll_protocol",
		protocol ? irregular_symbol(d, ll.sll_protocol, "htons(%s)", protocol)
			 : htons_value(d, ll.sll_protocol));
	decode_add(to, "sll_ifindex", interface(d, ll.sll_ifindex));
	decode_add(to, "sll_hatype", decode_enum(d, SET_arp_hardware, ll.sll_hatype));
	decode_add(to, "sll_pkttype", decode_enum(d, SET_packet_types, ll.sll_pkttype));
	decode_add(to, "sll_halen", decode_uint(d, ll.sll_halen));
	for (unsigned i = 0; i < ll.sll_halen && i < sizeof(ll.sll_addr); i++)
		value_add(octets, value_new(d->arena, VALUE_HEX, ll.sll_addr[i]));
	decode_add(to, "sll_addr", octets);
}

static const struct {
	uint16_t family, size; /* size: the least that makes an address of the family */
	void (*decode)(struct decoder *d, struct value *to, const uint8_t *bytes, size_t len);
} families[] = {
	{AF_UNIX, offsetof(struct sockaddr_un, sun_path) + 1, unix_address},
	{AF_INET, sizeof(struct sockaddr_in), inet_address},
	{AF_INET6, 24, inet6_address},
	{AF_NETLINK, 12, netlink_address},
	{AF_PACKET, offsetof(struct sockaddr_ll, sll_addr), packet_address},
};

struct value *irregular_address(struct decoder *d, uint64_t from, int32_t len)
{
	uint8_t bytes[sizeof(struct sockaddr_storage)];
	size_t n = len < 0 || (size_t)len > sizeof(bytes) ? sizeof(bytes) : (size_t)len;

	if (len < 2 || !decode_read(d, from, bytes, n))
		return decode_addr(d, from);
	return irregular_address_bytes(d, bytes, n);
}

struct value *irregular_address_bytes(struct decoder *d, const uint8_t *bytes, size_t n)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	unsigned family = decode_number(bytes, 2);

	decode_add(value, "sa_family", decode_enum(d, SET_socket_domains, family));
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].family == family && n >= families[i].size) {
			families[i].decode(d, value, bytes, n);
			return value;
		}
	if (n > 2)
		decode_add(value, "sa_data", value_string(d->arena, bytes + 2, n - 2, false));
	return value;
}

/* What fitted of the address that the kernel gave: its length is behind the next argument. */
static int32_t returned_length(struct decoder *d, const struct spot *s)
{
	const struct value *room = d->call->before[s->index + 1];
	int32_t len;

	if (!irregular_int(d, s->siblings[s->index + 1], &len) || !room ||
		room->type != VALUE_ARRAY)
		return 0;
	return len < (int32_t)room->first->num ? len : (int32_t)room->first->num;
}

struct value *irregular_sockaddr(struct decoder *d, const struct spot *s)
{
	int32_t len = d->at_exit ? returned_length(d, s) : (int32_t)s->siblings[s->index + 1];

	return irregular_address(d, s->raw, len);
}

struct value *irregular_socketcall_args(struct decoder *d, const struct spot *s)
{
	return decode_addr(d, s->raw); /* a sub-call that is known has a row of its own */
}

/* Protocols and options */

/* Both tables: a domain or level, and the set that names its protocols or options. */
struct naming {
	int32_t number;
	uint16_t set;
};

static const struct naming protocols[] = {
	{AF_INET, SET_ip_protocols},
	{AF_INET6, SET_ip_protocols},
	{AF_NETLINK, SET_netlink_protocols},
	{AF_BLUETOOTH, SET_bluetooth_protocols},
	{AF_CAN, SET_can_protocols},
	{AF_CAIF, SET_caif_protocols},
	{AF_NFC, SET_nfc_protocols},
	{AF_PHONET, SET_phonet_protocols},
	{43 /* AF_SMC */, SET_smc_protocols},
};

enum { LEVEL_IP = 0, LEVEL_SOCKET = 1, LEVEL_TCP = 6, LEVEL_IPV6 = 41 };

static const struct naming options[] = {
	{LEVEL_SOCKET, SET_sockopts_socket},
	{LEVEL_IP, SET_sockopts_ip},
	{LEVEL_TCP, SET_sockopts_tcp},
	{17, SET_sockopts_udp},
	{1 << 8 | 0, SET_sockopts_ax25}, /* SOL_AX25 is 257, SOL_IPX 256 */
	{LEVEL_IPV6, SET_sockopts_ipv6},
	{58, SET_sockopts_icmpv6},
	{132, SET_sockopts_sctp},
	{255, SET_sockopts_icmp},
	{263, SET_sockopts_packet},
	{268, SET_sockopts_llc},
	{269, SET_sockopts_dccp},
	{270, SET_sockopts_netlink},
	{271, SET_sockopts_tipc},
	{272, SET_sockopts_rxrpc},
	{273, SET_sockopts_pppol2tp},
	{274, SET_sockopts_bluetooth},
	{276, SET_sockopts_rds},
	{279, SET_sockopts_alg},
	{281, SET_sockopts_kcm},
	{282, SET_sockopts_tls},
	{283, SET_sockopts_xdp},
	{284, SET_sockopts_mptcp},
	{285, SET_sockopts_mctp},
	{286, SET_sockopts_smc},
	{287, SET_sockopts_vsock},
};

static struct value *by_naming(
	struct decoder *d, const struct naming *names, size_t n, int32_t number, uint32_t raw)
{
	for (size_t i = 0; i < n; i++)
		if (names[i].number == number)
			return decode_enum(d, names[i].set, raw);
	return decode_int(d, (int32_t)raw);
}

#define BY_NAMING(d, names, number, raw)                                                           \
	by_naming(d, names, sizeof(names) / sizeof((names)[0]), number, raw)

struct value *irregular_socket_protocol(struct decoder *d, const struct spot *s)
{
	int32_t domain = s->siblings[s->index - 2];
	const char *name = abi_symbol(SET_ethernet_protocols, ntohs(s->raw));

	if (domain == AF_PACKET && name)
		return irregular_symbol(d, s->raw, "htons(%s)", name);
	if (domain == AF_PACKET)
		return htons_value(d, s->raw);
	return BY_NAMING(d, protocols, domain, s->raw);
}

struct value *irregular_sockopt_name(struct decoder *d, const struct spot *s)
{
	return BY_NAMING(d, options, (int32_t)s->siblings[s->index - 1], s->raw);
}

/* Options whose value is not a number. */
static const struct {
	int16_t level, name;
	struct slot slot;
} option_values[] = {
	{LEVEL_SOCKET, 13, S(SO_LINGER, IN, linger)},
	{LEVEL_SOCKET, 17, S(SO_PEERCRED, IN, ucred)},
	{LEVEL_SOCKET, 20, S(SO_RCVTIMEO_OLD, IN, timeval32)},
	{LEVEL_SOCKET, 21, S(SO_SNDTIMEO_OLD, IN, timeval32)},
	{LEVEL_SOCKET, 25, B(SO_BINDTODEVICE, IN, LEN_NONE)},
	{LEVEL_SOCKET, 26, S(SO_ATTACH_FILTER, IN, sock_fprog)},
	{LEVEL_SOCKET, 31, B(SO_PEERSEC, IN, LEN_NONE)},
	{LEVEL_SOCKET, 51, S(SO_ATTACH_REUSEPORT_CBPF, IN, sock_fprog)},
	{LEVEL_TCP, 11, B(TCP_INFO, IN, LEN_NONE)},
	{LEVEL_TCP, 13, B(TCP_CONGESTION, IN, LEN_NONE)},
	{LEVEL_TCP, 31, B(TCP_ULP, IN, LEN_NONE)},
};

static const struct slot *option_slot(int32_t level, int32_t name)
{
	for (size_t i = 0; i < sizeof(option_values) / sizeof(option_values[0]); i++)
		if (option_values[i].level == level && option_values[i].name == name)
			return &option_values[i].slot;
	return NULL;
}

static struct value *membership(struct decoder *d, uint64_t from)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	uint8_t bytes[8];

	if (!decode_read(d, from, bytes, sizeof(bytes)))
		return decode_addr(d, from);
	decode_add(value, "imr_multiaddr", ipv4(d, bytes));
	decode_add(value, "imr_interface", ipv4(d, bytes + 4));
	return value;
}

static struct value *option_value(
	struct decoder *d, int32_t level, int32_t name, uint64_t from, int32_t len)
{
	const struct slot *slot = option_slot(level, name);
	int32_t n;

	if (!from || len < 0)
		return decode_addr(d, from);
	if (slot && slot->kind == K_STRUCT && (size_t)len >= abi_struct(slot->ref)->size)
		return decode_struct(d, slot->ref, from);
	if (level == LEVEL_IP && (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP) &&
		len >= 8)
		return membership(d, from);
	if (slot)
		return decode_buffer(d, from, len);
	if (len == 4 || (len > 4 && !d->at_exit && level == LEVEL_SOCKET))
		return irregular_int(d, from, &n) ? decode_boxed(d, decode_int(d, n))
						  : decode_addr(d, from);
	if (len < 4 && !d->at_exit)
		return decode_addr(d, from);
	return decode_buffer(d, from, len);
}

struct value *irregular_sockopt(struct decoder *d, const struct spot *s)
{
	int32_t len = d->at_exit ? returned_length(d, s) : (int32_t)s->siblings[s->index + 1];

	return option_value(d, s->siblings[s->index - 2], s->siblings[s->index - 1], s->raw, len);
}

/* Messages */

/* struct msghdr as i386 has it. */
struct msghdr32 {
	uint32_t name;
	int32_t namelen;
	uint32_t iov, iovlen, control, controllen, flags;
};

struct cmsghdr32 {
	uint32_t len;
	int32_t level, type;
};

#define CONTROL_MAX 4096

static struct value *descriptors(struct decoder *d, const uint8_t *data, size_t n)
{
	struct value *array = value_new(d->arena, VALUE_ARRAY, 0);

	for (size_t i = 0; i + 4 <= n; i += 4) {
		if (i / 4 >= decode_limit(d) && !d->options->verbose) {
			array->cut = true;
			break;
		}
		value_add(array, decode_fd(d, decode_number(data + i, 4)));
	}
	return array;
}

/* What a control message carries, NULL where nobody knows. */
static struct value *control_data(
	struct decoder *d, const struct cmsghdr32 *h, const uint8_t *data, size_t n)
{
	static const struct {
		int32_t level, type;
		uint16_t id;
	} structs[] = {
		{LEVEL_SOCKET, SCM_CREDENTIALS, STRUCT_ucred},
		{LEVEL_SOCKET, 29 /* SO_TIMESTAMP_OLD */, STRUCT_timeval32},
		{LEVEL_SOCKET, 35 /* SO_TIMESTAMPNS_OLD */, STRUCT_timespec32},
		{LEVEL_SOCKET, 64 /* SO_TIMESTAMPNS_NEW */, STRUCT_timespec64},
	};

	if (h->level == LEVEL_SOCKET && h->type == SCM_RIGHTS)
		return descriptors(d, data, n);
	for (size_t i = 0; i < sizeof(structs) / sizeof(structs[0]); i++)
		if (structs[i].level == h->level && structs[i].type == h->type &&
			n >= abi_struct(structs[i].id)->size)
			return decode_struct_bytes(d, structs[i].id, data);
	return NULL;
}

static struct value *control_type(struct decoder *d, const struct cmsghdr32 *h)
{
	if (h->level == LEVEL_SOCKET)
		return decode_enum(d, SET_scm_types, (uint32_t)h->type);
	if (h->level == LEVEL_IP)
		return decode_enum(d, SET_sockopts_ip, (uint32_t)h->type);
	if (h->level == LEVEL_IPV6)
		return decode_enum(d, SET_sockopts_ipv6, (uint32_t)h->type);
	return value_new(d->arena, VALUE_HEX, (uint32_t)h->type);
}

static struct value *control_message(struct decoder *d, const uint8_t *bytes, size_t room)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0), *data;
	struct cmsghdr32 h;
	size_t n;

	memcpy(&h, bytes, sizeof(h));
	n = h.len < sizeof(h) ? 0 : (h.len < room ? h.len : room) - sizeof(h);
	decode_add(value, "cmsg_len", decode_uint(d, h.len));
	decode_add(value, "cmsg_level", decode_enum(d, SET_socket_levels, (uint32_t)h.level));
	decode_add(value, "cmsg_type", control_type(d, &h));
	data = n ? control_data(d, &h, bytes + sizeof(h), n) : NULL;
	if (data)
		decode_add(value, "cmsg_data", data);
	return value;
}

static struct value *control(struct decoder *d, uint64_t from, uint64_t len)
{
	size_t n = len < CONTROL_MAX ? len : CONTROL_MAX, at = 0, count = 0;
	struct value *array = value_new(d->arena, VALUE_ARRAY, 0);
	uint8_t bytes[CONTROL_MAX];

	if (!from || n < sizeof(struct cmsghdr32) || !decode_read(d, from, bytes, n))
		return decode_addr(d, from);
	while (n - at >= sizeof(struct cmsghdr32) && count++ < decode_limit(d)) {
		size_t step = (decode_number(bytes + at, 4) + 3) & ~(size_t)3;

		value_add(array, control_message(d, bytes + at, n - at));
		if (step < sizeof(struct cmsghdr32))
			break;
		at = step > n - at ? n : at + step;
	}
	array->cut = at < n || n < len;
	return array;
}

static struct value *name_length(struct decoder *d, int32_t before, int32_t after)
{
	struct value *change;

	if (before == after)
		return decode_int(d, after);
	change = value_new(d->arena, VALUE_CHANGE, 0);
	value_add(change, decode_int(d, before));
	value_add(change, decode_int(d, after));
	return change;
}

/* namelen: the length of the name as the program gave it; data: bytes that were sent or came. */
static struct value *message(
	struct decoder *d, const struct msghdr32 *m, int32_t namelen, uint64_t data)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	int32_t shown = m->namelen < namelen ? m->namelen : namelen;

	decode_add(value, "msg_name", irregular_address(d, m->name, shown));
	decode_add(value, "msg_namelen", name_length(d, namelen, m->namelen));
	decode_add(value, "msg_iov", irregular_iovec(d, m->iov, m->iovlen, data));
	decode_add(value, "msg_iovlen", decode_uint(d, m->iovlen));
	if (m->controllen)
		decode_add(value, "msg_control", control(d, m->control, m->controllen));
	decode_add(value, "msg_controllen", decode_uint(d, m->controllen));
	decode_add(value, "msg_flags", decode_flags(d, SET_msg_flags, m->flags));
	return value;
}

/* recvmsg that failed wrote nothing; the length of the name is all that counts of what it got. */
static struct value *message_not_received(struct decoder *d, const struct msghdr32 *m)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);

	decode_add(value, "msg_namelen", decode_int(d, m->namelen));
	return value;
}

struct value *irregular_msghdr(struct decoder *d, const struct spot *s)
{
	const struct value *before = d->call->before[s->index];
	struct msghdr32 m;

	if (!decode_read(d, s->raw, &m, sizeof(m)))
		return decode_addr(d, s->raw);
	if (s->slot->dir == DIR_IN)
		return message(d, &m, m.namelen, UINT64_MAX);
	if (!d->at_exit) {
		d->call->before[s->index] = decode_int(d, m.namelen);
		d->later = true;
		return NULL;
	}
	if (d->call->failed)
		return message_not_received(d, &m);
	return message(d, &m, before ? (int32_t)before->num : m.namelen, d->call->result);
}

/* struct mmsghdr: a msghdr and the number of bytes that it moved. */
#define MMSGHDR32 32

static struct value *numbered_message(struct decoder *d, const uint8_t *bytes, const void *context)
{
	const struct spot *s = context;
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	uint32_t len = decode_number(bytes + 28, 4);
	bool moved = d->at_exit && !d->call->failed;
	struct msghdr32 m;

	(void)s;
	memcpy(&m, bytes, sizeof(m));
	decode_add(value, "msg_hdr", message(d, &m, m.namelen, moved ? len : UINT64_MAX));
	if (moved)
		decode_add(value, "msg_len", decode_uint(d, len));
	return value;
}

struct value *irregular_mmsghdr(struct decoder *d, const struct spot *s)
{
	uint64_t n = d->call->failed ? s->siblings[s->index + 1] : (uint64_t)d->call->result;

	return decode_array(d, s->raw, n, MMSGHDR32, numbered_message, s);
}
