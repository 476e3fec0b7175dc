/* What happens if nobody closes: the owner is reminded by mail before the callback is due and when it is, then the line's
 * policy for overdue items begins, then its manager hears of it. One timer at a time, whose job->step is the stage. It
 * survives acknowledgements and everything that was delivered: only the end of the item ends it. */
#include "decide_private.h"

#include "text.h"

enum stage { STAGE_SOON, STAGE_DUE, STAGE_ESCALATE, STAGE_MANAGER, N_STAGES };

/* When the stage is; 0: the line has none. */
static int64_t stage_at(const struct response *r, const struct item *i, enum stage s)
{
	const bool any = r->remind_s || r->overdue || r->manager;

	switch (s) {
	case STAGE_SOON:
		return r->remind_s ? i->due - r->remind_s : 0;
	case STAGE_DUE:
		return any ? i->due : 0;
	case STAGE_ESCALATE:
		return r->overdue ? i->due + r->overdue_after_s : 0;
	default:
		return r->manager ? i->due + r->manager_after_s : 0;
	}
}

/* The timer of the next stage, from `from` on. A callback that is due at once is not announced. */
static void arm(struct think *t, const struct item *i, const struct line *line, enum stage from)
{
	for (enum stage s = from; s < N_STAGES; s++) {
		const int64_t at = stage_at(&line->response, i, s);

		if (at == 0 || (s == STAGE_SOON && at <= t->now))
			continue;
		think_job(t, i, JOB_TIMER, TOPIC_DUE, MAX(at, t->now))->step = s;
		return;
	}
}

void due_arm(struct think *t, const struct item *i, const struct line *line)
{
	const struct response *r = &line->response;

	if (!r->remind_s && !r->overdue && !r->manager)
		return;
	if (!t->d->created)
		t->d->cancel |= TOPIC_BIT(TOPIC_DUE) | TOPIC_BIT(TOPIC_REMINDER);
	arm(t, i, line, STAGE_SOON);
}

static void later(struct think *t, const struct item *i, int64_t at, const char *why)
{
	think_job(t, i, JOB_TIMER, TOPIC_DUE, at)->step = t->e->job->step;
	think_why(t, "%s", why);
}

static const struct person *stand_in(const struct think *t, const struct person *p)
{
	const struct duty duty = { .person = p };

	return p ? think_duty(t, &duty).person : NULL;
}

/* Who has it, or stands in for them. */
static const struct person *holder(const struct think *t, const struct item *i)
{
	return stand_in(t, roster_person(t->r, i->acked_by ? i->acked_by : i->owner));
}

static void mail_to(struct think *t, const struct item *i, const struct person *p, const char *words)
{
	struct job *j = think_job(t, i, JOB_MAIL, TOPIC_REMINDER, t->now);

	j->person = p->id;
	j->to = p->mail;
	j->text = text_line(t->a, words, 500);
}

static void remind(struct think *t, const struct item *i, const struct person *p, bool soon)
{
	const char *due = think_when(t, i, i->due);

	if (soon) {
		mail_to(t, i, p, arena_printf(t->a, "Please call back by %s", due));
		think_journal(t, i, JOURNAL_REMINDED, "ringback", "timer", "%s, before it is due at %s",
			      think_name(t, p->id), due);
		return;
	}
	if (roster_line_by_id(t->r, i->line)->response.remind_s)
		mail_to(t, i, p, arena_printf(t->a, "Overdue since %s: please call back now", due));
	think_journal(t, i, JOURNAL_OVERDUE, "ringback", "timer", "nobody closed it by %s; %s has it", due,
		      think_name(t, p->id));
	think_note(t, i, "Overdue since %s; %s has it", due, think_name(t, p->id));
}

static void tell_manager(struct think *t, const struct item *i, const struct person *p)
{
	const char *due = think_when(t, i, i->due);

	mail_to(t, i, p, arena_printf(t->a, "Overdue since %s, and nobody closed it: %s has it, %s", due,
				      think_name(t, i->acked_by ? i->acked_by : i->owner), state_name(i->state)));
	think_journal(t, i, JOURNAL_MANAGER, "ringback", "timer", "%s hears that it is overdue since %s",
		      think_name(t, p->id), due);
	think_note(t, i, "Overdue since %s: the manager, %s, was told", due, think_name(t, p->id));
}

/* Who has taken it is left alone: their own time ends with the ack timeout. */
static void escalate(struct think *t, struct item *i, const struct line *line)
{
	const struct escalation_policy *p = line->response.overdue;

	if ((i->state != STATE_OPEN && i->state != STATE_COLLECTING) || g_strcmp0(i->policy, p->id) == 0) {
		think_why(t, "overdue, %s", state_name(i->state));
		return;
	}
	t->d->cancel |= CANCEL_TELLING;
	i->state = STATE_OPEN;
	i->policy = p->id;
	i->step = 0;
	think_journal(t, i, JOURNAL_OVERDUE, "ringback", "timer", "policy %s begins", p->id);
	tell_next(t, i, NULL);
}

static void take_stage(struct think *t, struct item *i, const struct line *line, enum stage s)
{
	const struct person *p = s == STAGE_MANAGER ? stand_in(t, line->response.manager) : holder(t, i);
	const int64_t quiet = p ? duty_quiet_until(p, t->now) : t->now;

	if (s != STAGE_ESCALATE && quiet > t->now) {
		later(t, i, quiet, "quiet hours");
		return;
	}
	think_why(t, "stage=%d", (int)s);
	if (s == STAGE_ESCALATE && line->response.overdue)
		escalate(t, i, line);
	else if (s == STAGE_MANAGER && p)
		tell_manager(t, i, p);
	else if (s <= STAGE_DUE && p)
		remind(t, i, p, s == STAGE_SOON);
	arm(t, i, line, s + 1);
}

void due_over(struct think *t)
{
	const struct item *from = t->f->item;
	const struct line *line = roster_line_by_id(t->r, from->line);
	const int64_t stage = t->e->job->step;

	if (!item_is_live(from) || !line || stage < 0 || stage >= N_STAGES)
		timer_stale(t);
	else if (from->state == STATE_SNOOZED && from->wake > t->now)
		later(t, think_item(t, from), from->wake, "put off");
	else
		take_stage(t, think_item(t, from), line,
			   stage == STAGE_SOON && t->now >= from->due ? STAGE_DUE : (enum stage)stage);
}
