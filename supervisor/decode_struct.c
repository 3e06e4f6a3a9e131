/* SPDX-License-Identifier: MIT */
/*
 * Structs, field by field as abi/structs.def has them, and the few that show less, or otherwise,
 * than their fields.
 */
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "abi/slots.h"
#include "decode_irregular.h"

#define DEPTH_MAX  6	/* structs within structs */
#define STRUCT_MAX 4096 /* bytes; larger ones are shown as their address */
#define FIELDS_MAX 64

/* The same for 32- and 64-bit callers. */
static bool portable(enum struct_id id)
{
	static const bool same[STRUCT_COUNT] = {
		[STRUCT_cap_header] = true,
		[STRUCT_clone_args] = true,
		[STRUCT_epoll_event] = true,
		[STRUCT_open_how] = true,
		[STRUCT_pollfd] = true,
		[STRUCT_rlimit64] = true,
		[STRUCT_sched_attr] = true,
		[STRUCT_sched_param] = true,
		[STRUCT_statx] = true,
		[STRUCT_statx_timestamp] = true,
		[STRUCT_utsname] = true,
	};

	return same[id];
}

bool decode_struct_known(const struct decoder *d, enum struct_id id)
{
	return abi_struct(id)->size <= STRUCT_MAX && d->depth < DEPTH_MAX &&
	       (!d->wide || portable(id));
}

/* Fields that count only when others say so. */

enum showing { BY_DETAIL, ALWAYS, NEVER };

struct fields {
	struct decoder *d;
	const struct structdef *def;
	const uint64_t *raw;
};

static uint64_t field_value(const struct fields *f, const char *name)
{
	for (unsigned i = 0; i < f->def->nfields; i++)
		if (!strcmp(f->def->fields[i].slot.name, name))
			return f->raw[i];
	return 0;
}

/* A device has a number, everything else a size. */
static enum showing stat_field(const struct fields *f, const char *name)
{
	uint64_t mode = field_value(f, "st_mode");
	bool device = S_ISCHR(mode) || S_ISBLK(mode);

	if (!strcmp(name, "st_rdev"))
		return device ? ALWAYS : NEVER;
	return device && !strcmp(name, "st_size") ? NEVER : BY_DETAIL;
}

static enum showing sigaction_field(const struct fields *f, const char *name)
{
	enum { SA_RESTORER = 0x04000000 };

	if (strcmp(name, "sa_restorer") || field_value(f, "sa_flags") & SA_RESTORER)
		return BY_DETAIL;
	return NEVER;
}

/* What poll found is shown as a note of its result. */
static enum showing poll_field(const struct fields *f, const char *name)
{
	if (!strcmp(name, "events"))
		return (int32_t)field_value(f, "fd") >= 0 ? ALWAYS : NEVER;
	return strcmp(name, "revents") ? ALWAYS : NEVER;
}

/* Who holds a lock is an answer. */
static enum showing lock_field(const struct fields *f, const char *name)
{
	return f->d->at_exit || strcmp(name, "l_pid") ? ALWAYS : NEVER;
}

/* What the kernel did not fill in is not there. */
static enum showing statx_field(const struct fields *f, const char *name)
{
	static const struct {
		const char *prefix;
		uint32_t mask;
	} optional[] = {
		{"stx_btime", 0x800},
		{"stx_dio_read", 0x20000},
		{"stx_dio", 0x2000},
		{"stx_subvol", 0x8000},
		{"stx_atomic", 0x10000},
	};

	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		if (!strncmp(name, optional[i].prefix, strlen(optional[i].prefix)))
			return f->raw[0] & optional[i].mask ? BY_DETAIL : NEVER;
	return BY_DETAIL;
}

static enum showing open_how_field(const struct fields *f, const char *name)
{
	enum { CREATES = 0100 | 020000000 };

	return strcmp(name, "mode") || field_value(f, "flags") & CREATES ? ALWAYS : NEVER;
}

static enum showing (*const conditions[STRUCT_COUNT])(const struct fields *, const char *) = {
	[STRUCT_flock32] = lock_field,
	[STRUCT_flock64] = lock_field,
	[STRUCT_old_sigaction] = sigaction_field,
	[STRUCT_old_stat] = stat_field,
	[STRUCT_open_how] = open_how_field,
	[STRUCT_pollfd] = poll_field,
	[STRUCT_sigaction] = sigaction_field,
	[STRUCT_stat32] = stat_field,
	[STRUCT_stat64] = stat_field,
	[STRUCT_statx] = statx_field,
};

/* Structs that are shown otherwise than by field */

static void add_bit(struct decoder *d, struct value *to, const char *name, uint32_t flags,
	unsigned bit, unsigned width)
{
	decode_add(to, name, decode_uint(d, flags >> bit & ((1u << width) - 1)));
}

static struct value *user_desc(struct decoder *d, const uint8_t *bytes)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	uint32_t base = decode_number(bytes + 4, 4), limit = decode_number(bytes + 8, 4),
		 flags = decode_number(bytes + 12, 4);

	decode_add(value, "entry_number", decode_int(d, (int32_t)decode_number(bytes, 4)));
	decode_add(value, "base_addr", irregular_symbol(d, base, "%#08x", base));
	decode_add(value, "limit", irregular_symbol(d, limit, "%#08x", limit));
	add_bit(d, value, "seg_32bit", flags, 0, 1);
	add_bit(d, value, "contents", flags, 1, 2);
	add_bit(d, value, "read_exec_only", flags, 3, 1);
	add_bit(d, value, "limit_in_pages", flags, 4, 1);
	add_bit(d, value, "seg_not_present", flags, 5, 1);
	add_bit(d, value, "useable", flags, 6, 1);
	return value;
}

static struct value *epoll_event(struct decoder *d, const uint8_t *bytes)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0),
		     *data = value_new(d->arena, VALUE_STRUCT, 0);

	decode_add(value, "events", decode_flags(d, SET_epoll_events, decode_number(bytes, 4)));
	decode_add(data, "u32", decode_uint(d, decode_number(bytes + 4, 4)));
	decode_add(data, "u64", decode_uint(d, decode_number(bytes + 4, 8)));
	decode_add(value, "data", data);
	return value;
}

static struct value *sched_param(struct decoder *d, const uint8_t *bytes)
{
	return decode_boxed(d, decode_int(d, (int32_t)decode_number(bytes, 4)));
}

/* A filter's program is long: only with -v. */
static struct value *sock_fprog(struct decoder *d, const uint8_t *bytes)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	struct slot filter = VS(filter, IN, sock_filter, LEN_NONE);
	struct spot spot = {.slot = &filter, .raw = decode_number(bytes + 4, 4)};

	filter.count = decode_number(bytes, 2);
	decode_add(value, "len", decode_uint(d, filter.count));
	decode_add(value, "filter",
		d->options->verbose ? decode_slot(d, &spot) : decode_addr(d, spot.raw));
	return value;
}

/* A date: seconds and a fraction of so many digits. */
static const char *date(struct decoder *d, int64_t sec, int64_t fraction, unsigned digits)
{
	char day[40], zone[8];
	time_t t = sec;
	struct tm tm;

	if ((!sec && !fraction) || !localtime_r(&t, &tm) ||
		!strftime(day, sizeof(day), "%FT%T", &tm) ||
		!strftime(zone, sizeof(zone), "%z", &tm))
		return NULL;
	if (!fraction)
		return arena_printf(d->arena, "%s%s", day, zone);
	return arena_printf(d->arena, "%s.%0*lld%s", day, (int)digits, (long long)fraction, zone);
}

static struct value *file_time(
	struct decoder *d, int64_t sec, int64_t fraction, const char *name, unsigned digits)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);

	decode_add(value, "tv_sec", decode_int(d, sec));
	decode_add(value, name, decode_int(d, fraction));
	value->note = date(d, sec, fraction, digits);
	return value;
}

/* UTIME_NOW, UTIME_OMIT alone, or a date. */
static struct value *new_file_time(struct decoder *d, int64_t sec, int64_t nsec)
{
	const char *name = abi_symbol(SET_utime_nsecs, (uint32_t)nsec);

	return name ? value_symbol(d->arena, name, nsec) : file_time(d, sec, nsec, "tv_nsec", 9);
}

static struct value *utimespec32(struct decoder *d, const uint8_t *bytes)
{
	return new_file_time(
		d, (int32_t)decode_number(bytes, 4), (int32_t)decode_number(bytes + 4, 4));
}

static struct value *statx_timestamp(struct decoder *d, const uint8_t *bytes)
{
	return file_time(d, decode_number(bytes, 8), decode_number(bytes + 8, 4), "tv_nsec", 9);
}

/* utimes and futimesat take dates, all others how long something takes. */
static struct value *timeval32(struct decoder *d, const uint8_t *bytes)
{
	enum { NR_UTIMES = 271, NR_FUTIMESAT = 299 };
	uint16_t nr = d->call->form ? d->call->form->nr : 0;
	struct value *value = file_time(d, (int32_t)decode_number(bytes, 4),
		(int32_t)decode_number(bytes + 4, 4), "tv_usec", 6);

	if (nr != NR_UTIMES && nr != NR_FUTIMESAT)
		value->note = NULL;
	return value;
}

static struct value *internet_address(struct decoder *d, const uint8_t *bytes)
{
	return irregular_address_bytes(d, bytes, 16);
}

/* A link-layer address: 00:11:22:33:44:55. */
static struct value *hardware_address(struct decoder *d, const uint8_t *bytes)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);

	decode_add(value, "sa_family", decode_enum(d, SET_arp_hardware, decode_number(bytes, 2)));
	decode_add(value, "sa_data",
		irregular_symbol(d, 0, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[2], bytes[3],
			bytes[4], bytes[5], bytes[6], bytes[7]));
	return value;
}

static struct value *utimespec64(struct decoder *d, const uint8_t *bytes)
{
	return new_file_time(d, decode_number(bytes, 8), decode_number(bytes + 8, 8));
}

static struct value *(*const whole[STRUCT_COUNT])(struct decoder *, const uint8_t *) = {
	[STRUCT_epoll_event] = epoll_event,
	[STRUCT_sched_param] = sched_param,
	[STRUCT_sock_fprog] = sock_fprog,
	[STRUCT_sockaddr_hw] = hardware_address,
	[STRUCT_sockaddr_in] = internet_address,
	[STRUCT_statx_timestamp] = statx_timestamp,
	[STRUCT_timeval32] = timeval32,
	[STRUCT_user_desc] = user_desc,
	[STRUCT_utimespec32] = utimespec32,
	[STRUCT_utimespec64] = utimespec64,
};

/* All others */

static uint64_t read_field(const struct field *field, const uint8_t *bytes, size_t known)
{
	size_t size = abi_kind_size(field->slot.kind, field->slot.ref);

	if (field->slot.shape == POINTER || field->slot.shape == ARRAY)
		size = 4;
	if (size > 8 || field->offset + size > known)
		return 0;
	return decode_number(bytes + field->offset, size);
}

static void add_field(
	struct value *to, struct fields *f, unsigned i, const uint8_t *bytes, size_t known)
{
	const struct field *field = &f->def->fields[i];
	struct spot spot = {&field->slot, f->raw[i], f->raw, i, bytes + field->offset,
		known - field->offset, f->def};
	enum struct_id id = f->def - abi_struct(0);
	enum showing showing = conditions[id] ? conditions[id](f, field->slot.name) : BY_DETAIL;
	struct value *child;

	if (showing == NEVER)
		return;
	if (field->detail && showing == BY_DETAIL && !f->d->options->verbose) {
		to->cut = true;
		return;
	}
	child = decode_slot(f->d, &spot);
	if (!child)
		return;
	if (child->note && i + 1 < f->def->nfields && strstr(field[1].slot.name, "time_nsec"))
		child->note = date(f->d, (int32_t)f->raw[i], f->raw[i + 1], 9);
	value_add(to, child);
}

static struct value *decode_fields(
	struct decoder *d, enum struct_id id, const uint8_t *bytes, size_t known)
{
	const struct structdef *def = abi_struct(id);
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	unsigned n = def->nfields < FIELDS_MAX ? def->nfields : FIELDS_MAX;
	uint64_t raw[FIELDS_MAX];
	struct fields f = {d, def, raw};

	for (unsigned i = 0; i < n; i++)
		raw[i] = read_field(&def->fields[i], bytes, known);
	for (unsigned i = 0; i < n; i++)
		if (def->fields[i].offset < known)
			add_field(value, &f, i, bytes, known);
	return value;
}

struct value *decode_struct_bytes(struct decoder *d, enum struct_id id, const uint8_t *bytes)
{
	struct value *value;

	if (whole[id])
		return whole[id](d, bytes);
	d->depth++;
	value = decode_fields(d, id, bytes, abi_struct(id)->size);
	d->depth--;
	return value;
}

struct value *decode_struct_sized(struct decoder *d, enum struct_id id, uint64_t from, uint64_t n)
{
	size_t size = abi_struct(id)->size, known = n < size ? n : size;
	uint8_t bytes[STRUCT_MAX] = {0};
	struct value *value;

	if (!from || !known || !decode_struct_known(d, id) || !decode_read(d, from, bytes, known))
		return decode_addr(d, from);
	d->depth++;
	value = decode_fields(d, id, bytes, known);
	d->depth--;
	return value;
}

struct value *decode_struct(struct decoder *d, enum struct_id id, uint64_t from)
{
	uint8_t bytes[STRUCT_MAX];

	if (!from || !decode_struct_known(d, id) ||
		!decode_read(d, from, bytes, abi_struct(id)->size))
		return decode_addr(d, from);
	return decode_struct_bytes(d, id, bytes);
}
