/* SPDX-License-Identifier: MIT */
/* What stands in brackets behind a result: the meaning of a number, or what a call found. */
#include <stdio.h>

#include "decode_irregular.h"

/* Calls whose result is a number of a set. */
static const struct {
	uint16_t nr, set;
	bool when_zero; /* noted for 0 too */
} named_results[] = {
	{48, SET_sig_handlers, true},	  /* signal */
	{124, SET_adjtimex_states, true}, /* adjtimex */
	{136, SET_personalities, true},	  /* personality */
	{157, SET_sched_policies, true},  /* sched_getscheduler */
	{343, SET_adjtimex_states, true}, /* clock_adjtime */
	{405, SET_adjtimex_states, true}, /* clock_adjtime64 */
};

static struct value *named(struct decoder *d, unsigned i)
{
	const struct symset *set = abi_set(named_results[i].set);
	uint32_t n = d->call->result;

	if (set->flags)
		return decode_flags(d, named_results[i].set, n);
	return abi_symbol(named_results[i].set, n) ? decode_enum(d, named_results[i].set, n) : NULL;
}

/* What the kernel can do, as a set of the commands. */
static struct value *membarrier(struct decoder *d)
{
	const struct symset *set = abi_set(SET_membarrier_cmds);
	uint32_t rest = d->call->result;
	char text[1024] = "";
	size_t used = 0;

	d->call->result_as = K_HEX;
	if (d->args[0])
		return NULL;
	for (size_t i = 0; i < set->n && used < sizeof(text) - 64; i++) {
		uint32_t bit = set->symbols[i].value;

		if (!bit || (rest & bit) != bit)
			continue;
		rest &= ~bit;
		used += snprintf(text + used, sizeof(text) - used, "%s%s", used ? "|" : "",
			set->symbols[i].name);
	}
	if (rest)
		used += snprintf(text + used, sizeof(text) - used, "%s%#x", used ? "|" : "", rest);
	return value_symbol(d->arena, arena_copy(d->arena, text, used), d->call->result);
}

static struct value *thread_area(struct decoder *d)
{
	int32_t entry;

	if (!irregular_int(d, d->args[0], &entry))
		return NULL;
	return irregular_symbol(d, entry, "entry_number=%d", entry);
}

static const struct {
	uint16_t nr;
	note_decoder *note;
} notes[] = {
	{55, note_fcntl},
	{68, note_signal_mask},
	{69, note_signal_mask},
	{82, note_select},
	{142, note_select},
	{168, note_poll},
	{172, note_prctl},
	{221, note_fcntl},
	{308, note_select},
	{309, note_ppoll},
	{337, note_recvmmsg},
	{375, membarrier},
	{413, note_select},
	{414, note_ppoll},
	{417, note_recvmmsg},
};

/* Numbers that mean something else too: a date, a signal, a priority. */
static struct value *by_kind(struct decoder *d)
{
	enum kind kind = d->call->form->result;
	uint32_t n = d->call->result;
	struct value *value;

	if (kind == K_SIGNAL || kind == K_IOPRIO)
		return decode_kind(d, kind, SET_none, n);
	if (kind != K_TIME32 && kind != K_TIME64)
		return NULL;
	value = decode_kind(d, kind, SET_none, d->wide ? (uint64_t)d->call->result : n);
	return value->note ? value_symbol(d->arena, value->note, n) : NULL;
}

void decode_note(struct decoder *d)
{
	enum { NR_SET_THREAD_AREA = 243 };
	struct call *call = d->call;
	const struct sysent *form = call->form;

	if (call->failed || !form)
		return;
	call->result_note = by_kind(d);
	if (form->sub == 19 && form->nr == 102)
		call->result_note = note_recvmmsg(d);
	if (form->sub)
		return;
	if (form->nr == NR_SET_THREAD_AREA)
		call->result_note = thread_area(d);
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (notes[i].nr == form->nr && (!d->wide || form->nr != 82))
			call->result_note = notes[i].note(d);
	for (size_t i = 0; i < sizeof(named_results) / sizeof(named_results[0]); i++)
		if (named_results[i].nr == form->nr && (call->result || named_results[i].when_zero))
			call->result_note = named(d, i);
}
