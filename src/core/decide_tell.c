#include "decide_private.h"

#include <string.h>

#include "escalate.h"

#define TAKEN_LIFE_S 3600	/* "nothing to do" an hour late is noise */
#define RETRY_LIFE_S 3600

const struct escalation_policy *tell_policy(const struct think *t, const struct item *i)
{
	const struct escalation_policy *p = roster_policy(t->r, i->policy);
	const struct line *line = roster_line_by_id(t->r, i->line);

	/* An item with a policy that was since renamed or removed must still wake somebody. */
	if (!p && i->policy && line)
		return line->closed ? line->closed : line->open;
	return p;
}

const struct person *tell_last(const struct think *t, const struct item *i)
{
	const struct escalation_policy *p = i->told ? NULL : tell_policy(t, i);
	const struct step *s = p ? escalate_next(p, i->step - 1) : NULL;

	if (i->told)
		return roster_person(t->r, i->told);
	return s ? s->tell : NULL;	/* an item of a time when that was not noted */
}

static struct job *text_job(struct think *t, const struct item *i, enum job_topic topic, const struct person *to,
			    int64_t life_s)
{
	struct job *j = think_job(t, i, JOB_TEXT, topic, t->now);

	j->person = to->id;
	j->to = to->phone;
	j->expires = life_s ? t->now + life_s : 0;
	return j;
}

/* The text is worth sending until the step ends; where none can be sent, the step does not end (see step_over()). */
static void tell_step(struct think *t, struct item *i, const struct step *s, const struct on_duty *on, int64_t total,
		      bool first)
{
	if (!first)
		t->d->cancel |= TOPIC_BIT(TOPIC_FIRST) | TOPIC_BIT(TOPIC_ESCALATION);
	text_job(t, i, first ? TOPIC_FIRST : TOPIC_ESCALATION, on->person, 0);
	think_job(t, i, JOB_TIMER, TOPIC_STEP, t->now + s->wait_s);
	fallback_arm(t, i);
	i->texted = t->now;
	i->told = on->person->id;
	think_journal(t, i, first ? JOURNAL_TOLD : JOURNAL_ESCALATED, "ringback", "text",
		      "step %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT ": %s%s%s, who has until %s", i->step, total,
		      think_name(t, on->person->id), *on->why ? ", " : "", on->why,
		      think_clock(t, i, t->now + s->wait_s));
	think_why(t, "step=%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " tell=%s", i->step, total, on->person->id);
	if (*on->why)
		think_why(t, "(%s)", on->why);
}

/* Once: who passes it on, or cannot be reached, finds the step behind the last. After an ack timeout all begins again. */
static const struct person *tell_last_resort(struct think *t, struct item *i, const struct escalation_policy *p)
{
	const struct line *line = roster_line_by_id(t->r, i->line);
	const struct person *last = line ? line->last_resort : NULL;

	if (!last || i->step > escalate_total(p))
		return NULL;
	i->step = escalate_total(p) + 1;
	i->told = last->id;
	i->texted = t->now;
	if (think_texts(t, last))
		text_job(t, i, TOPIC_LAST, last, 0);
	tell_by_mail(t, i, last, "Nobody acknowledged: everybody in the escalation policy %s was told. You are the last "
		     "resort of %s", p->id, line->name);
	think_journal(t, i, JOURNAL_LAST_RESORT, "ringback", "text", "%s is told, by text and by mail",
		      think_name(t, last->id));
	think_why(t, "last_resort=%s", last->id);
	return last;
}

static const struct person *tell_nobody(struct think *t, struct item *i, const struct escalation_policy *p)
{
	const struct person *last;


	think_journal(t, i, JOURNAL_EXHAUSTED, "ringback", "timer", "nobody is left to be told in policy %s", p->id);
	think_why(t, "exhausted=%s", p->id);
	last = tell_last_resort(t, i, p);
	think_note_at(t, i, NOTE_END, "Nobody acknowledged: everybody in the escalation policy %s was told. Still open, owner %s%s%s",
		   p->id, think_name(t, i->owner), last ? ". Told as the last resort: " : "",
		   last ? think_name(t, last->id) : "");
	return last;
}

/* Why a person is not texted; NULL: may be. */
static const char *why_skipped(const struct think *t, const struct person *p, const struct person *not_to, bool loud)
{
	if (!p->phone)
		return "has no phone";
	if (p == not_to)
		return "passed it on";
	if (!think_texts(t, p))
		return "sent STOP";
	return p->quiet && !loud && hours_covers(p->quiet, t->now) ? "has quiet hours" : NULL;
}

/* From the step after i->step on, one whole round: where that has nobody to text, no other has. loud: in quiet hours too. */
static const struct person *tell_round(struct think *t, struct item *i, const struct escalation_policy *p,
				       const struct person *not_to, bool loud, bool *quiet_r)
{
	const struct line *line = roster_line_by_id(t->r, i->line);
	const bool first = i->step == 0;
	const struct step *s;

	for (guint skipped = 0; skipped < p->n_steps && (s = escalate_next(p, i->step)); skipped++) {
		const struct duty duty = duty_step(s, line);
		struct on_duty on = think_duty(t, &duty);
		const char *why = on.person ? why_skipped(t, on.person, not_to, loud) : "is on no schedule";

		i->step++;
		if (!why) {
			tell_step(t, i, s, &on, escalate_total(p), first);
			return on.person;
		}
		*quiet_r |= on.person && on.person->quiet && on.person->phone;
		think_journal(t, i, JOURNAL_SKIPPED, "ringback", "text", "step %" G_GINT64_FORMAT ": %s %s", i->step,
			      on.person ? think_name(t, on.person->id) : "nobody", why);
	}
	return NULL;
}

const struct person *tell_next(struct think *t, struct item *i, const struct person *not_to)
{
	const struct escalation_policy *p = tell_policy(t, i);
	const int64_t step = i->step;
	const struct person *told;
	bool quiet = false;

	if (!p) {
		think_why(t, "no policy");
		return NULL;
	}
	told = tell_round(t, i, p, not_to, i->urgency == URGENCY_HIGH, &quiet);
	/* Quiet hours hold back nothing that is urgent. They move a text to the next step; they leave no item without anybody told. */
	if (!told && quiet) {
		i->step = step;
		told = tell_round(t, i, p, not_to, true, &quiet);
	}
	return told ? told : tell_nobody(t, i, p);
}

const struct person *tell_same(struct think *t, struct item *i)
{
	const struct escalation_policy *p = tell_policy(t, i);
	const struct step *s = p ? escalate_next(p, i->step - 1) : NULL;
	const struct person *who = roster_person(t->r, i->told);
	const struct on_duty on = { who, "again" };

	if (s && who && !duty_away(who, t->now) && !why_skipped(t, who, NULL, false)) {
		tell_step(t, i, s, &on, escalate_total(p), true);
		return who;
	}
	if (p && !escalate_next(p, i->step))
		i->step = 0;
	return tell_next(t, i, NULL);
}

bool tell_retry(struct think *t, struct item *i)
{
	const struct person *p = roster_person(t->r, i->acked_by);

	if (!p || why_skipped(t, p, NULL, false))
		return false;
	text_job(t, i, TOPIC_RETRY, p, RETRY_LIFE_S);
	i->texted = t->now;
	return true;
}

void tell_update(struct think *t, struct item *i, bool in_force)
{
	const struct person *p = i->acked_by ? roster_person(t->r, i->acked_by) : tell_last(t, i);

	if (!in_force || !p || !think_texts(t, p)) {
		think_why(t, "update=nobody");
		return;
	}
	/* A caller who tries every minute must not have a phone ring every minute. */
	if (t->now - i->texted < t->r->rules.update_interval_s) {
		think_why(t, "update=later");
		return;
	}
	text_job(t, i, TOPIC_UPDATE, p, MAX(t->r->rules.update_interval_s, 60));
	i->texted = t->now;
	think_journal(t, i, JOURNAL_UPDATED, "ringback", "text", "%s hears of the new call", think_name(t, p->id));
	think_why(t, "update=%s", p->id);
}

static bool listed_before(const char *const *told, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (strcmp(told[i], told[n]) == 0)
			return true;
	return false;
}

void tell_taken(struct think *t, const struct item *i, const char *const *told, const struct person *by)
{
	for (gsize n = 0; told && told[n]; n++) {
		const struct person *p = roster_person_by_phone(t->r, told[n]);

		/* A phone that the configuration has no more is not texted, whoever it belongs to now. */
		if (p && p != by && !listed_before(told, n) && think_texts(t, p))
			text_job(t, i, TOPIC_TAKEN, p, TAKEN_LIFE_S);
	}
}
