/* A text in several parts: one submit_sm for each, and one outcome for all. Parts that went before, or that a link took
 * with it, are known by their ids: only what is missing goes again. */
#include "smpp_private.h"

#include <string.h>

#include "parts.h"

#define UDHI 0x40

/* Freed with its last part. */
struct long_text {
	struct arena *arena;
	struct parcel parcel;
	const struct coded *coded;
	struct parts parts;
	guint next;			/* the part that is submitted next; n: all were */
	guint under_way;
	enum carrier_result result;	/* the worst so far */
	const char *error;
};

static const struct coded *coded_copy(struct arena *a, const struct coded *from)
{
	struct coded *to = arena_memdup(a, from, sizeof(*from));

	for (guint i = 0; i < to->n; i++)
		to->parts[i].octets = arena_memdup(a, from->parts[i].octets, from->parts[i].n);
	return to;
}

static enum carrier_result worse(enum carrier_result one, enum carrier_result other)
{
	static const int order[] = {
		[CARRIER_SENT] = 0, [CARRIER_LATER] = 1, [CARRIER_UNKNOWN] = 2, [CARRIER_REFUSED] = 3
	};

	return order[one] > order[other] ? one : other;
}

/* Told once nothing is under way and nothing more will go. */
static void finish(struct smpp *s, struct long_text *t)
{
	const char *line;

	if (t->under_way || (t->result == CARRIER_SENT && t->next < t->coded->n))
		return;
	g_queue_remove(&s->parts, t);
	line = parts_write(t->arena, &t->parts);
	smpp_outcome(s, t->parcel.job, t->result, line, t->error);
	arena_free(t->arena);
}

static bool has_gone(const struct long_text *t, guint part)
{
	enum part_state state = t->parts.part[part].state;

	return state == PART_SENT || state == PART_DELIVERED;
}

/* As many as the window takes; after a no, none. */
static void submit_parts(struct smpp *s, struct long_text *t)
{
	while (t->next < t->coded->n && t->result == CARRIER_SENT) {
		const struct smpp_piece piece = { .coded = t->coded, .part = t->next, .text = t };

		if (has_gone(t, t->next)) {
			t->next++;
			continue;
		}
		if (!smpp_window_room(s))
			return;
		t->next++;
		if (smpp_submit_piece(s, &t->parcel, &piece)) {
			t->under_way++;
		} else {
			t->result = CARRIER_REFUSED;
			t->error = "the phone is no number, or a field is longer than SMPP allows";
		}
	}
}

/* How the part says of which text it is; the header goes into octets (3GPP TS 23.040, 9.2.3.24.1 and .8). */
void smpp_long_join(const struct smpp *s, struct smpp_submit *m, const struct smpp_piece *piece, uint8_t *octets)
{
	const uint8_t total = (uint8_t)piece->coded->n, part = (uint8_t)(piece->part + 1);
	const uint8_t low = (uint8_t)m->reference, high = (uint8_t)(m->reference >> 8);
	const uint8_t udh[] = { 5, 0, 3, low, total, part }, udh16[] = { 6, 8, 4, high, low, total, part };
	const bool wide = s->set.coding.joining == JOINING_UDH16;
	const gsize size = wide ? sizeof(udh16) : sizeof(udh);

	if (s->set.coding.joining == JOINING_SAR) {
		m->sar_reference = low;
		m->sar_total = total;
		m->sar_part = part;
		return;
	}
	memcpy(octets, wide ? udh16 : udh, size);
	memcpy(octets + size, m->octets, m->n);
	m->octets = octets;
	m->n += size;
	m->esm_class = UDHI;
}

void smpp_long_send(struct smpp *s, const struct parcel *p, const struct coded *coded)
{
	struct arena *a = arena_new();
	struct long_text *t = ARENA_NEW(a, struct long_text);
	struct parts before = parts_read(a, g_strcmp0(p->parts_at, s->set.name) == 0 ? p->parts : NULL);

	t->arena = a;
	t->parcel = *p;
	t->parcel.to = arena_strdup(a, p->to);
	t->parcel.text = t->parcel.parts = t->parcel.parts_at = NULL;
	t->coded = coded_copy(a, coded);
	t->parts.text = parts_number(coded);
	t->parts.n = coded->n;
	for (guint i = 0; i < coded->n; i++)
		t->parts.part[i] = (struct part){ PART_QUEUED, "" };
	if (before.text == t->parts.text && before.n == coded->n)
		t->parts = before;
	t->result = CARRIER_SENT;
	t->error = "";
	g_queue_push_tail(&s->parts, t);
	submit_parts(s, t);
}

void smpp_long_free(gpointer p)
{
	arena_free(((struct long_text *)p)->arena);
}

bool smpp_long_is_due(const struct smpp *s)
{
	for (const GList *l = s->parts.head; l; l = l->next) {
		const struct long_text *t = l->data;

		if (!t->under_way && (t->result != CARRIER_SENT || t->next == t->coded->n || smpp_window_room(s)))
			return true;
	}
	return false;
}

void smpp_long_continue(struct smpp *s)
{
	for (GList *l = s->parts.head, *next; l; l = next) {
		next = l->next;
		submit_parts(s, l->data);
		finish(s, l->data);
	}
}

void smpp_long_settle(struct smpp *s, struct long_text *t, guint part, enum carrier_result result, const char *id,
		      const char *error)
{
	static const enum part_state states[] = {
		[CARRIER_SENT] = PART_SENT, [CARRIER_LATER] = PART_QUEUED, [CARRIER_REFUSED] = PART_FAILED,
		[CARRIER_UNKNOWN] = PART_UNKNOWN
	};

	t->parts.part[part] = (struct part){ states[result], arena_strdup(t->arena, id) };
	t->result = worse(t->result, result);
	if (result == t->result && result != CARRIER_SENT)
		t->error = arena_strdup(t->arena, error);
	t->under_way--;
	finish(s, t);
}

void smpp_long_give_up(struct smpp *s, const char *why)
{
	for (GList *l = s->parts.head, *next; l; l = next) {
		struct long_text *t = l->data;

		next = l->next;
		if (t->next < t->coded->n && t->result == CARRIER_SENT) {
			t->result = CARRIER_LATER;
			t->error = arena_strdup(t->arena, why);
		}
		finish(s, t);
	}
}
