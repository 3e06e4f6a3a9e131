/* SPDX-License-Identifier: MIT */
/*
 * Scalars: one function a kind, found by array. Knows what a number in a register or field means
 * by itself (and, for paths and strings, the memory it points to); shapes are decode.c's.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "decode.h"

#define PATH_SHOWN 4095
#define DELETED	   " (deleted)" /* what the kernel puts behind the name of an unlinked file */

static struct value *new (struct decoder *d, enum value_type type, uint64_t num)
{
	return value_new(d->arena, type, num);
}

struct value *decode_int(struct decoder *d, int64_t n)
{
	return new (d, VALUE_INT, n);
}

struct value *decode_uint(struct decoder *d, uint64_t n)
{
	return new (d, VALUE_UINT, n);
}

struct value *decode_addr(struct decoder *d, uint64_t address)
{
	return new (d, VALUE_ADDR, address);
}

/*
 * An i386 register holds 32 bits. A 64-bit one holds an int (whose upper half is mostly clear) or a
 * long: the row, which is i386's, doesn't tell.
 */
static int64_t sign_extend(const struct decoder *d, uint64_t raw)
{
	return d->wide && raw >> 32 ? (int64_t)raw : (int32_t)raw;
}

/* Numbers */

static struct value *kind_int(struct decoder *d, const struct spot *s)
{
	return decode_int(d, sign_extend(d, s->raw));
}

static struct value *kind_uint(struct decoder *d, const struct spot *s)
{
	return decode_uint(d, s->raw);
}

static struct value *kind_hex(struct decoder *d, const struct spot *s)
{
	return new (d, VALUE_HEX, s->raw);
}

static struct value *kind_addr(struct decoder *d, const struct spot *s)
{
	return decode_addr(d, s->raw);
}

static struct value *kind_s8(struct decoder *d, const struct spot *s)
{
	return decode_int(d, (int8_t)s->raw);
}

static struct value *kind_s16(struct decoder *d, const struct spot *s)
{
	return decode_int(d, (int16_t)s->raw);
}

static struct value *kind_u16(struct decoder *d, const struct spot *s)
{
	return decode_uint(d, (uint16_t)s->raw);
}

static struct value *kind_int64(struct decoder *d, const struct spot *s)
{
	return decode_int(d, s->raw);
}

static struct value *kind_be16(struct decoder *d, const struct spot *s)
{
	char *text = arena_printf(d->arena, "htons(%u)", __builtin_bswap16(s->raw));

	return value_symbol(d->arena, text, s->raw);
}

static struct value *kind_be32(struct decoder *d, const struct spot *s)
{
	char *text = arena_printf(d->arena, "htonl(%u)", __builtin_bswap32(s->raw));

	return value_symbol(d->arena, text, s->raw);
}

static struct value *kind_pgoff(struct decoder *d, const struct spot *s)
{
	/* a 64-bit mmap has bytes here, an i386 mmap2 pages */
	return new (d, VALUE_HEX, d->wide ? s->raw : s->raw << 12);
}

/* Names */

/* Appends a name to what is in text[size], with | between. */
static size_t join(char *text, size_t used, size_t size, const char *name)
{
	int n = snprintf(text + used, size - used, "%s%s", used ? "|" : "", name);

	return n < 0 || (size_t)n >= size - used ? used : used + n;
}

static struct value *unnamed(struct decoder *d, const struct symset *set, uint64_t n)
{
	struct value *value = new (d, VALUE_HEX, n);

	if (*set->unknown)
		value->note = set->unknown;
	return value;
}

struct value *decode_flags(struct decoder *d, enum set_id id, uint64_t bits)
{
	const struct symset *set = abi_set(id);
	uint64_t rest = bits;
	char text[4096], number[24];
	size_t used = 0;

	if (id == SET_personalities && (uint32_t)bits == UINT32_MAX) /* asks, sets nothing */
		return new (d, VALUE_HEX, UINT32_MAX);
	for (size_t i = 0; i < set->n; i++) {
		const struct symbol *s = &set->symbols[i];
		uint64_t mask = s->mask ? s->mask : s->value;
		bool is = s->mask ? (bits & mask) == s->value
			  : mask  ? (rest & mask) == mask
				  : !bits;

		if (!is)
			continue;
		used = join(text, used, sizeof(text), s->name);
		rest &= ~mask;
	}
	if (!used)
		return bits ? unnamed(d, set, bits) : new (d, VALUE_HEX, 0);
	if (rest) {
		snprintf(number, sizeof(number), "%#llx", (unsigned long long)rest);
		used = join(text, used, sizeof(text), number);
	}
	return value_symbol(d->arena, arena_copy(d->arena, text, used), bits);
}

/* 8192*1024 */
static struct value *limit_value(struct decoder *d, uint64_t n)
{
	if (n <= 1024 || n % 1024)
		return decode_uint(d, n);
	return value_symbol(
		d->arena, arena_printf(d->arena, "%llu*1024", (unsigned long long)n / 1024), n);
}

struct value *decode_enum(struct decoder *d, enum set_id id, uint64_t n)
{
	const char *name = abi_symbol(id, n);

	if (name)
		return value_symbol(d->arena, name, n);
	if (id == SET_key_serials || id == SET_socketcalls || id == SET_ipccalls)
		return decode_int(d, (int32_t)n);
	if (id == SET_rlim_infinity || id == SET_old_rlim_infinity || id == SET_rlim64_infinity)
		return limit_value(d, n);
	return unnamed(d, abi_set(id), n);
}

static struct value *kind_flags(struct decoder *d, const struct spot *s)
{
	return decode_flags(d, s->slot->ref, s->raw);
}

static struct value *kind_enum(struct decoder *d, const struct spot *s)
{
	/* a 64-bit register may carry an int's sign in its upper half */
	if (d->wide && s->raw >> 32 == UINT32_MAX)
		return decode_enum(d, s->slot->ref, (uint32_t)s->raw);
	return decode_enum(d, s->slot->ref, s->raw);
}

static struct value *kind_enum64(struct decoder *d, const struct spot *s)
{
	return decode_enum(d, s->slot->ref, s->raw);
}

/* Half of a register pair, joined with the other one: a file offset, or a set of 64 bits. */
static struct value *kind_u64lo(struct decoder *d, const struct spot *s)
{
	if (!s->slot->ref)
		return decode_int(d, s->raw);
	if (abi_set(s->slot->ref)->flags)
		return decode_flags(d, s->slot->ref, s->raw);
	return decode_enum(d, s->slot->ref, s->raw);
}

const char *decode_signal_name(struct arena *arena, unsigned sig)
{
	enum { RTMIN = 32, RTMAX = 64 };
	const char *name = sig < RTMIN ? sigabbrev_np(sig) : NULL;

	if (name)
		return sig == 29 ? "IO" : name; /* glibc: POLL */
	if (sig == RTMIN)
		return "RTMIN";
	if (sig > RTMIN && sig <= RTMAX)
		return arena_printf(arena, "RT_%u", sig - RTMIN);
	return NULL;
}

struct value *decode_signal(struct arena *arena, unsigned sig)
{
	const char *name = sig ? decode_signal_name(arena, sig) : NULL;

	if (!name)
		return value_new(arena, VALUE_INT, (int32_t)sig);
	return value_symbol(arena, arena_printf(arena, "SIG%s", name), sig);
}

static struct value *kind_signal(struct decoder *d, const struct spot *s)
{
	return decode_signal(d->arena, s->raw);
}

/* CPU clocks of a process or thread are ~pid << 3 | bits; a clock device is ~fd << 3 | 3. */
static struct value *kind_clock(struct decoder *d, const struct spot *s)
{
	static const char *const times[] = {"CPUCLOCK_PROF", "CPUCLOCK_VIRT", "CPUCLOCK_SCHED"};
	int clock = s->raw;
	char *text;

	if (clock >= 0)
		return decode_enum(d, SET_clocks, clock);
	if ((clock & 7) == 3)
		text = arena_printf(d->arena, "FD_TO_CLOCKID(%d)", ~(clock >> 3));
	else if ((clock & 3) == 3)
		return new (d, VALUE_HEX, (uint32_t)clock);
	else
		text = arena_printf(d->arena, "MAKE_%s_CPUCLOCK(%d, %s)",
			clock & 4 ? "THREAD" : "PROCESS", ~(clock >> 3), times[clock & 3]);
	return value_symbol(d->arena, text, s->raw);
}

static struct value *kind_ioprio(struct decoder *d, const struct spot *s)
{
	const char *class = abi_symbol(SET_ioprio_classes, s->raw >> 13);
	unsigned data = s->raw & 0x1fff;
	char *text;

	if (class)
		text = arena_printf(d->arena, "IOPRIO_PRIO_VALUE(%s, %u)", class, data);
	else
		text = arena_printf(d->arena, "IOPRIO_PRIO_VALUE(%#x /* IOPRIO_CLASS_??? */, %u)",
			(unsigned)(s->raw >> 13), data);
	return value_symbol(d->arena, text, s->raw);
}

/* Files */

struct value *decode_fd(struct decoder *d, int fd)
{
	struct value *value = new (d, VALUE_FD, (int64_t)fd);
	char link[64], path[4096];
	ssize_t n;

	if (!d->options->fd_names || (fd < 0 && fd != -100))
		return value;
	if (fd < 0)
		snprintf(link, sizeof(link), "/proc/%d/cwd", d->tid);
	else
		snprintf(link, sizeof(link), "/proc/%d/fd/%d", d->tid, fd);
	n = readlink(link, path, sizeof(path));
	if (n <= 0)
		return value;
	value->cut = n > (ssize_t)strlen(DELETED) &&
		     !memcmp(path + n - strlen(DELETED), DELETED, strlen(DELETED));
	value->text = arena_copy(d->arena, path, value->cut ? n - strlen(DELETED) : (size_t)n);
	return value;
}

static struct value *kind_fd(struct decoder *d, const struct spot *s)
{
	return decode_fd(d, s->raw);
}

static struct value *kind_dirfd(struct decoder *d, const struct spot *s)
{
	if ((int)s->raw != AT_FDCWD)
		return decode_fd(d, s->raw);
	if (!d->options->fd_names)
		return value_symbol(d->arena, "AT_FDCWD", s->raw);
	return decode_fd(d, AT_FDCWD);
}

struct value *decode_string(struct decoder *d, uint64_t from, size_t limit)
{
	bool cut;
	ssize_t n;
	char *text;
	struct value *value;

	if (!from || !decode_afford(d, limit))
		return decode_addr(d, from);
	if (limit <= PATH_SHOWN) {
		char small[PATH_SHOWN + 2];

		n = mem_read_string(d->tid, addr(from), small, limit + 2, &cut);
		if (n < 0)
			return decode_addr(d, from);
		text = arena_copy(d->arena, small, n);
	} else {
		text = arena_alloc(d->arena, limit + 2);
		n = mem_read_string(d->tid, addr(from), text, limit + 2, &cut);
		if (n < 0)
			return decode_addr(d, from);
	}
	/* memory that ended before its NUL is no string, as far as the kernel is concerned */
	if (cut && (size_t)n <= limit)
		return decode_addr(d, from);
	value = new (d, VALUE_STRING, 0);
	value->text = text;
	value->cut = (size_t)n > limit;
	value->len = value->cut ? limit : (size_t)n;
	return value;
}

struct value *decode_path(struct decoder *d, uint64_t from)
{
	return decode_string(d, from, PATH_SHOWN);
}

static struct value *kind_path(struct decoder *d, const struct spot *s)
{
	return decode_path(d, s->raw);
}

static struct value *kind_str(struct decoder *d, const struct spot *s)
{
	return decode_string(d, s->raw, decode_limit(d));
}

static struct value *kind_mode(struct decoder *d, const struct spot *s)
{
	return new (d, VALUE_OCTAL, (uint16_t)s->raw);
}

static struct value *kind_file_mode(struct decoder *d, const struct spot *s)
{
	static const char *const types[16] = {[001] = "S_IFIFO",
		[002] = "S_IFCHR",
		[004] = "S_IFDIR",
		[006] = "S_IFBLK",
		[010] = "S_IFREG",
		[012] = "S_IFLNK",
		[014] = "S_IFSOCK"};
	unsigned mode = s->raw;
	const char *type = types[mode >> 12 & 15];
	char *text;

	if (!type || mode >> 16)
		return new (d, VALUE_OCTAL, mode);
	text = arena_printf(d->arena, "%s%s%s%s|%#03o", type, mode & S_ISUID ? "|S_ISUID" : "",
		mode & S_ISGID ? "|S_ISGID" : "", mode & S_ISVTX ? "|S_ISVTX" : "", mode & 0777);
	return value_symbol(d->arena, text, mode);
}

static struct value *kind_dev(struct decoder *d, const struct spot *s)
{
	char *text = arena_printf(d->arena, "makedev(%#x, %#x)", major(s->raw), minor(s->raw));

	return value_symbol(d->arena, text, s->raw);
}

/* Processes, users, time */

static struct value *kind_uid(struct decoder *d, const struct spot *s)
{
	uint32_t id = s->raw;

	return id == UINT32_MAX ? decode_int(d, -1) : decode_uint(d, id);
}

static struct value *kind_uid16(struct decoder *d, const struct spot *s)
{
	uint16_t id = s->raw;

	if (d->wide) /* the call of that name has 32 bits there */
		return kind_uid(d, s);
	return id == UINT16_MAX ? decode_int(d, -1) : decode_uint(d, id);
}

static struct value *kind_time64(struct decoder *d, const struct spot *s)
{
	struct value *value = decode_int(d, s->raw);
	time_t t = s->raw;
	struct tm tm;
	char text[64];

	if (t && localtime_r(&t, &tm) && strftime(text, sizeof(text), "%FT%T%z", &tm))
		value->note = arena_copy(d->arena, text, strlen(text));
	return value;
}

static struct value *kind_time32(struct decoder *d, const struct spot *s)
{
	struct spot wide = *s;

	wide.raw = sign_extend(d, s->raw);
	return kind_time64(d, &wide);
}

typedef struct value *kind_decoder(struct decoder *d, const struct spot *s);

static kind_decoder *const kinds[K_COUNT] = {
	[K_NONE] = kind_hex,
	[K_INT] = kind_int,
	[K_UINT] = kind_uint,
	[K_HEX] = kind_hex,
	[K_ADDR] = kind_addr,
	[K_S8] = kind_s8,
	[K_U8] = kind_uint,
	[K_S16] = kind_s16,
	[K_U16] = kind_u16,
	[K_X16] = kind_hex,
	[K_BE16] = kind_be16,
	[K_BE32] = kind_be32,
	[K_INT64] = kind_int64,
	[K_UINT64] = kind_uint,
	[K_HEX64] = kind_hex,
	[K_ADDR64] = kind_addr,
	[K_U64LO] = kind_u64lo,
	[K_U64HI] = kind_hex,
	[K_FD] = kind_fd,
	[K_FD64] = kind_fd,
	[K_DIRFD] = kind_dirfd,
	[K_PATH] = kind_path,
	[K_STR] = kind_str,
	[K_PATH64] = kind_path,
	[K_BYTES] = kind_hex,
	[K_CHARS] = kind_hex,
	[K_FLAGS] = kind_flags,
	[K_FLAGS16] = kind_flags,
	[K_FLAGS8] = kind_flags,
	[K_FLAGS64] = kind_flags,
	[K_ENUM] = kind_enum,
	[K_ENUM16] = kind_enum,
	[K_ENUM8] = kind_enum,
	[K_ENUM64] = kind_enum64,
	[K_MODE] = kind_mode,
	[K_MODE16] = kind_file_mode,
	[K_MODE32] = kind_file_mode,
	[K_DEV16] = kind_dev,
	[K_DEV32] = kind_dev,
	[K_DEV64] = kind_dev,
	[K_PID] = kind_int,
	[K_UID] = kind_uid,
	[K_UID16] = kind_uid16,
	[K_SIGNAL] = kind_signal,
	[K_CLOCK] = kind_clock,
	[K_TIME32] = kind_time32,
	[K_TIME64] = kind_time64,
	[K_IOPRIO] = kind_ioprio,
	[K_PGOFF] = kind_pgoff,
};

struct value *decode_scalar(struct decoder *d, const struct spot *s)
{
	kind_decoder *decode = kinds[s->slot->kind];

	return decode ? decode(d, s) : decode_addr(d, s->raw);
}

struct value *decode_kind(struct decoder *d, enum kind kind, uint16_t set, uint64_t raw)
{
	struct slot slot = {.kind = kind, .ref = set, .len = LEN_NONE};

	return decode_scalar(d, &(struct spot){.slot = &slot, .raw = raw});
}
