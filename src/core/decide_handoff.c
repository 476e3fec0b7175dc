/* A shift begins: who is on call now hears of what is open and was told to somebody before. */
#include "decide_private.h"

#define LIFE_S 3600		/* later they have heard of it otherwise */

/* Does the item wait for whoever is on that schedule? */
static bool concerns(const struct think *t, const struct item *i, const struct schedule *s)
{
	const struct escalation_policy *p = tell_policy(t, i);
	const struct line *line = roster_line_by_id(t->r, i->line);

	for (guint n = 0; p && n < p->n_steps; n++)
		if (p->steps[n].schedule == s)
			return true;
	return p && line && line->schedule == s;
}

static void hand_over(struct think *t, const struct item *i, const struct schedule *s, const struct person *to)
{
	struct job *j = think_job(t, i, JOB_TEXT, TOPIC_HANDOFF, t->now);

	j->person = to->id;
	j->to = to->phone;
	j->expires = t->now + LIFE_S;
	think_journal(t, i, JOURNAL_HANDED_OVER, "ringback", "timer", "%s is on %s now, and hears that it is open",
		      think_name(t, to->id), s->name);
}

void decide_handoff(struct think *t)
{
	const struct schedule *s = roster_schedule(t->r, t->e->schedule);
	const struct person *to = roster_person(t->r, t->e->to);

	if (!s || !to || !think_texts(t, to) || (to->quiet && hours_covers(to->quiet, t->now))) {
		think_why(t, "nobody to text");
		return;
	}
	for (gsize n = 0; n < t->f->n_open; n++) {
		const struct item *i = t->f->open[n];

		if (i->state == STATE_OPEN && i->step > 0 && tell_last(t, i) != to && concerns(t, i, s) &&
		    !mute_of(t, i->line))
			hand_over(t, i, s, to);
	}
	think_why(t, "handoff=%s to=%s texts=%u", s->id, to->id, t->d->jobs->len);
}
