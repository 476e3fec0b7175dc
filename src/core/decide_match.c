#include "decide_private.h"

#include <string.h>

#include "dedup.h"

#define VOICEMAIL_LATE_S 300	/* a recording is mailed after the caller hung up, and some PBXs queue */

/* Does it differ from an earlier notice in its recipients alone, or in them and the mailbox that was dialled? */
static bool key_again(const struct think *t, const struct call *c, const struct notice *one)
{
	struct call dialled = *c;

	dialled.called = t->f->item->called;
	return strcmp(one->key, dedup_notice_key(t->a, c, one->rcpts)) == 0 ||
	       strcmp(one->key, dedup_notice_key(t->a, &dialled, one->rcpts)) == 0;
}

/* Those of the newest call came when it did or later; not always in that order, since mails are served side by side. */
static void look_at_newest_call(const struct think *t, struct match *m)
{
	for (gsize n = 0; n < t->f->n_notices; n++) {
		const struct notice *one = &t->f->notices[n];
		bool meets = dedup_rcpts_meet(one->rcpts, m->rcpts), class = one->class == m->call->class;

		if (one->arrived < t->f->item->last_call || one->action == NOTICE_RETRY)
			continue;
		m->meets |= meets;
		m->has_class |= class;
		m->meets_class |= class && meets;
		m->has_voicemail |= one->class == CLASS_VOICEMAIL;
		/* dear, and of use for recordings alone */
		m->key_again = m->key_again || (class && m->call->class == CLASS_VOICEMAIL &&
						key_again(t, m->call, one));
	}
}

static bool anonymous(const struct call *c)
{
	return c->withheld && !c->caller;
}

static void look(const struct think *t, struct match *m)
{
	const struct item *i = t->f->item;
	const struct rules *rules = &t->r->rules;
	int64_t window = anonymous(m->call) ? rules->withheld_window_s : rules->collect_window_s;

	m->same_id = dedup_is_same_id(m->call, i, t->now, rules->reopen_window_s);
	m->other_id = m->call->call_id && i->call_id && strcmp(m->call->call_id, i->call_id) != 0;
	/* After the clock was set back, what came before lies in the future: no call of an hour ago is this one. */
	m->recent = ABS(t->now - i->last_call) <= window;
	look_at_newest_call(t, m);
}

/* Do the item's newest recording and this one look the same? */
static bool looks_alike(const struct item *i, const struct call *c)
{
	if (i->transcript && c->transcript && strcmp(i->transcript, c->transcript) != 0)
		return false;
	return c->duration_s >= 0 && c->duration_s == i->duration_s;
}

/* Swallowing the copy of a recording loses nothing only if it is certainly the same, or not in the mail. */
static bool same_recording(const struct item *i, const struct match *m)
{
	return m->key_again || (!m->call->audio_hash && looks_alike(i, m->call));
}

static bool is_copy(const struct item *i, const struct match *m)
{
	if (!m->has_class || m->other_id)
		return false;
	/* Where the recipients meet, the same phone rang again. With a call id we know better. */
	if (!m->same_id && (!m->recent || m->meets_class))
		return false;
	return m->call->class != CLASS_VOICEMAIL || same_recording(i, m);
}

/* The voicemail of a missed call; the same at another mailbox, if that may be another recording; or the notice of a
 * missed call that its voicemail overtook. */
static bool is_rest_of_call(const struct think *t, const struct match *m)
{
	const struct item *i = t->f->item;
	int64_t late = VOICEMAIL_LATE_S + MAX(m->call->duration_s, 0);

	if (m->other_id)
		return false;
	if (m->call->class != CLASS_VOICEMAIL)
		return m->recent && m->has_voicemail && !m->has_class;
	if (m->has_voicemail)
		return m->recent && !m->meets_class && looks_alike(i, m->call);
	return m->recent || i->state == STATE_COLLECTING || t->now - i->last_call <= late;
}

/* Withheld callers have no number to key on: only what was sent to different people in a short time can be one call,
 * and two recordings never are. */
static enum relation relate_anonymous(const struct match *m)
{
	if (!m->recent || m->meets || m->other_id)
		return RELATION_NEW;
	if (m->call->class == CLASS_VOICEMAIL && m->has_voicemail)
		return RELATION_NEW;
	return m->has_class ? RELATION_COPY : RELATION_SAME_CALL;
}

enum relation match_relate(const struct think *t, struct match *m)
{
	const struct item *i = t->f->item;

	look(t, m);
	if (!m->same_id && (dedup_is_nobody(m->call) || strcmp(i->key, m->key) != 0))
		return RELATION_NEW;
	if (!m->same_id && anonymous(m->call)) {
		enum relation r = relate_anonymous(m);

		return i->state == STATE_SUPPRESSED && r != RELATION_COPY ? RELATION_NEW : r;
	}
	if (is_copy(i, m))
		return RELATION_COPY;
	/* Answered elsewhere, and yet a recording or another call: somebody wants to be called back. */
	if (i->state == STATE_SUPPRESSED)
		return RELATION_NEW;
	if (m->same_id || is_rest_of_call(t, m))
		return RELATION_SAME_CALL;
	if (i->state == STATE_CLOSED && t->now - i->closed > t->r->rules.reopen_window_s)
		return RELATION_NEW;
	return RELATION_AGAIN;
}
