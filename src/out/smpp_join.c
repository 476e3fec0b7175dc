/* Parts of a text are answered with its last one, when the whole is durable: an SMSC that gets no answer sends them again. One
 * that waits for each answer before it sends the next gets it after a moment all the same. */
#include "smpp_private.h"

#include "clock.h"
#include "log.h"

#define HOLD_MS 2000
#define STATUS_RX_T_APPN 0x64

static void answer_all(struct smpp *s, struct joined *t, uint32_t status)
{
	for (guint i = 0; i < t->n_waiting; i++)
		smpp_pdu_queue(s, t->waiting[i].command_id | RESPONSE, status, t->waiting[i].sequence);
	t->n_waiting = 0;
}

static bool hand_over(struct smpp *s, const struct joined *t)
{
	AUTO_ARENA a = arena_new();

	if (!s->events.received(s->events.user, s->set.name, t->phone, joined_text(t, a)))
		return false;
	s->n_received++;
	return true;
}

/* Kept or not, what was waited for is over; what was not kept comes again as a whole. */
static void finish(struct smpp *s, struct joined *t)
{
	bool kept = hand_over(s, t);

	answer_all(s, t, kept ? 0 : STATUS_RX_T_APPN);
	if (kept)
		joined_done(t);
	else
		joiner_remove(s->joiner, t);
}

void smpp_join_part(struct smpp *s, const struct smpp_pdu *p, const struct smpp_concat *concat)
{
	struct joiner_part part = {
		.phone = smpp_phone(s->arena, p->source_addr, p->source_ton), .concat = *concat,
		.coding = coding_of(p->data_coding, s->set.coding.alphabet), .command_id = p->command_id,
		.sequence = p->sequence_number
	};
	struct joined *t;

	part.octets = smpp_octets(p, &part.n);
	t = joiner_add(s->joiner, &part, clock_mono_ms());
	log_debug("smpp provider=%s part=%u of=%u have=%u", s->set.name, concat->part, concat->total, t->have);
	if (t->done)
		smpp_pdu_queue(s, p->command_id | RESPONSE, 0, p->sequence_number);
	else if (t->have == t->total)
		finish(s, t);
}

void smpp_join_turn(struct smpp *s, int64_t now)
{
	struct joined *t;

	for (guint i = 0; (t = joiner_at(s->joiner, i)); i++)
		if (t->n_waiting && now - t->since_ms >= HOLD_MS)
			answer_all(s, t, 0);
	while ((t = joiner_due(s->joiner, now))) {
		if (!t->done)
			log_warn("smpp provider=%s parts=%u of=%u: the rest did not come", s->set.name, t->have, t->total);
		if (!t->done && !hand_over(s, t))
			return;
		joiner_remove(s->joiner, t);
	}
}

int64_t smpp_join_due(const struct smpp *s)
{
	int64_t due = G_MAXINT64;
	struct joined *t;

	for (guint i = 0; (t = joiner_at(s->joiner, i)); i++)
		due = MIN(due, t->since_ms + (t->n_waiting ? HOLD_MS : JOINER_LIFE_MS));
	return due;
}

void smpp_join_forget(struct smpp *s)
{
	struct joined *t;

	for (guint i = 0; (t = joiner_at(s->joiner, i)); i++)
		t->n_waiting = 0;
}
