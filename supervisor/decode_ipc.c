/* SPDX-License-Identifier: MIT */
/* System V IPC: keys, commands and what their buffers hold, messages. */
#include "abi/slots.h"
#include "decode_irregular.h"

enum { IPC_64 = 0x100, COMMAND = 0xff };

/* Only calls that no row of the table knows come here with ipc's own arguments. */
struct value *irregular_ipc_arg(struct decoder *d, const struct spot *s)
{
	return value_new(d->arena, VALUE_HEX, s->raw);
}

/* IPC_CREAT|IPC_EXCL|0600 */
struct value *irregular_ipcget_flags(struct decoder *d, const struct spot *s)
{
	uint32_t mode = s->raw & 0777, flags = s->raw & ~0777u;
	struct value *value = decode_flags(d, SET_ipcget_flags, flags);

	if (!flags)
		return irregular_symbol(d, s->raw, "%#03o", mode);
	if (value->type != VALUE_SYMBOL)
		return irregular_symbol(d, s->raw, "%#x|%#03o", flags, mode);
	return irregular_symbol(d, s->raw, "%s|%#03o", value->text, mode);
}

static const struct slot plain = A(buf, ADDR);

static const struct variant shm_commands[] = {
	{1, 1, {S(buf, IN, shmid_ds)}},
	{2, 1, {S(buf, OUT, shmid_ds)}},
	{3, 1, {S(buf, OUT, shminfo)}},
	{13, 1, {S(buf, OUT, shmid_ds)}},
	{14, 1, {S(buf, OUT, shm_info)}},
	{15, 1, {S(buf, OUT, shmid_ds)}},
	{IPC_64 | 1, 1, {S(buf, IN, shmid64_ds)}},
	{IPC_64 | 2, 1, {S(buf, OUT, shmid64_ds)}},
	{IPC_64 | 3, 1, {S(buf, OUT, shminfo64)}},
	{IPC_64 | 13, 1, {S(buf, OUT, shmid64_ds)}},
	{IPC_64 | 14, 1, {S(buf, OUT, shm_info)}},
	{IPC_64 | 15, 1, {S(buf, OUT, shmid64_ds)}},
};

static const struct variant msg_commands[] = {
	{1, 1, {S(buf, IN, msqid_ds)}},
	{2, 1, {S(buf, OUT, msqid_ds)}},
	{3, 1, {S(buf, OUT, msginfo)}},
	{11, 1, {S(buf, OUT, msqid_ds)}},
	{12, 1, {S(buf, OUT, msginfo)}},
	{13, 1, {S(buf, OUT, msqid_ds)}},
	{IPC_64 | 1, 1, {S(buf, IN, msqid64_ds)}},
	{IPC_64 | 2, 1, {S(buf, OUT, msqid64_ds)}},
	{IPC_64 | 3, 1, {S(buf, OUT, msginfo)}},
	{IPC_64 | 11, 1, {S(buf, OUT, msqid64_ds)}},
	{IPC_64 | 12, 1, {S(buf, OUT, msginfo)}},
	{IPC_64 | 13, 1, {S(buf, OUT, msqid64_ds)}},
};

static const struct variant sem_commands[] = {
	{1, 1, {S(buf, IN, semid_ds)}},
	{2, 1, {S(buf, OUT, semid_ds)}},
	{3, 1, {S(__buf, OUT, seminfo)}},
	{18, 1, {S(buf, OUT, semid_ds)}},
	{19, 1, {S(__buf, OUT, seminfo)}},
	{20, 1, {S(buf, OUT, semid_ds)}},
	{IPC_64 | 1, 1, {S(buf, IN, semid64_ds)}},
	{IPC_64 | 2, 1, {S(buf, OUT, semid64_ds)}},
	{IPC_64 | 3, 1, {S(__buf, OUT, seminfo)}},
	{IPC_64 | 18, 1, {S(buf, OUT, semid64_ds)}},
	{IPC_64 | 19, 1, {S(__buf, OUT, seminfo)}},
	{IPC_64 | 20, 1, {S(buf, OUT, semid64_ds)}},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct value *by_command(
	struct decoder *d, const struct spot *s, const struct variant *variants, size_t n)
{
	uint32_t cmd = s->siblings[s->index - 1] & (IPC_64 | COMMAND);
	const struct variant *v = irregular_variant(variants, n, cmd);

	return irregular_as(d, s, v ? &v->args[0] : &plain);
}

struct value *irregular_shmctl_buf(struct decoder *d, const struct spot *s)
{
	return by_command(d, s, shm_commands, COUNT(shm_commands));
}

struct value *irregular_msgctl_buf(struct decoder *d, const struct spot *s)
{
	return by_command(d, s, msg_commands, COUNT(msg_commands));
}

/* union semun, which ipc has behind a pointer. */
struct value *irregular_semun(struct decoder *d, const struct spot *s)
{
	struct value *value = by_command(d, s, sem_commands, COUNT(sem_commands));

	if (!value || !d->call->form->sub || value->type == VALUE_STRUCT)
		return value;
	return decode_boxed(d, decode_addr(d, s->raw));
}

struct value *irregular_msgbuf(struct decoder *d, const struct spot *s)
{
	struct value *value = value_new(d->arena, VALUE_STRUCT, 0);
	int32_t type;

	if (!irregular_int(d, s->raw, &type))
		return decode_addr(d, s->raw);
	decode_add(value, "mtype", decode_int(d, type));
	decode_add(value, "mtext",
		decode_buffer(d, s->raw + 4,
			d->at_exit ? (uint64_t)d->call->result : s->siblings[s->index + 1]));
	return value;
}
