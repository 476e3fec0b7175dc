/* Texts that wait here for the window, so that it is never empty while the outbox thinks. */
#include "smpp_private.h"

#include "clock.h"

#define FLUSH_EACH 8
#define AHEAD_MS 100		/* more than two commits take on a slow disk */

void smpp_waiting_free(gpointer p)
{
	struct parcel *w = p;

	g_free((char *)w->to);
	g_free((char *)w->text);
	g_free((char *)w->parts);
	g_free((char *)w->parts_at);
	g_free(w);
}

void smpp_waiting_add(struct smpp *s, const struct parcel *p)
{
	struct parcel *w = g_new0(struct parcel, 1);

	*w = *p;
	w->to = g_strdup(p->to);
	w->text = g_strdup(p->text);
	w->parts = g_strdup(p->parts);
	w->parts_at = g_strdup(p->parts_at);
	g_queue_push_tail(&s->waiting, w);
}

/* Nothing of them has left: the outbox may give them to somebody else. */
void smpp_waiting_give_back(struct smpp *s, const char *why)
{
	struct parcel *w;

	while ((w = g_queue_pop_head(&s->waiting))) {
		smpp_outcome(s, w->job, CARRIER_LATER, "", why);
		smpp_waiting_free(w);
	}
}

/* The first of many need not wait until the last is packed. */
void smpp_waiting_send(struct smpp *s)
{
	for (guint n = 1; s->waiting.length && smpp_window_room(s); n++) {
		struct parcel *w = g_queue_pop_head(&s->waiting);

		smpp_text_submit(s, w);
		smpp_waiting_free(w);
		if (n % FLUSH_EACH == 0)
			smpp_flush(s);
	}
}

/* As many may wait as went in so long a time before. More were better left in the outbox, where an answer can still stop
 * them. */
void smpp_ahead_adapt(struct smpp *s)
{
	int64_t now = clock_mono_ms(), ms = now - s->answered_since;

	s->answered++;
	if (ms < AHEAD_MS)
		return;
	s->ahead = MIN(MAX(s->set.window, (guint)(s->answered * AHEAD_MS / ms)), s->set.ahead);
	s->answered = 0;
	s->answered_since = now;
}
