#include "decide_private.h"

bool act_holds(const struct item *i, const struct person *p)
{
	return p && i->acked_by && g_str_equal(i->acked_by, p->id);
}

bool act_held_by_other(const struct item *i, const struct person *p)
{
	return (i->state == STATE_ACKED || i->state == STATE_ATTEMPTED) && i->acked_by && !act_holds(i, p);
}

static const char *way(const struct actor *by)
{
	if (g_str_equal(by->how, "mail"))
		return "by mail";
	return g_str_equal(by->how, "text") ? "by text" : "at the console";
}

/* The others who were told need not look any more. If it was acknowledged already they know, but for the one who
 * loses it. */
static void tell_others(struct think *t, const struct item *before, const struct item *i, const struct actor *by)
{
	const struct person *holder = roster_person(t->r, before->acked_by);
	const char *const only[] = { holder ? holder->phone : NULL, NULL };

	if (!before->acked_by)
		tell_taken(t, i, by->told, by->person);
	else if (holder && holder != by->person)
		tell_taken(t, i, only, by->person);
}

static void take_over(struct think *t, struct item *i, const struct actor *by)
{
	i->acked = t->now;
	i->acked_by = by->person->id;
	i->owner = by->person->id;
}

/* Who is to try again later has their time from then on. */
static void start_ack_timeout(struct think *t, const struct item *i)
{
	think_job(t, i, JOB_TIMER, TOPIC_ACK_TIMEOUT, MAX(t->now, i->wake) + t->r->rules.ack_timeout_s);
}

void act_ack(struct think *t, struct item *i, const struct actor *by)
{
	const struct item before = *i;

	i->state = STATE_ACKED;
	i->wake = 0;
	take_over(t, i, by);
	t->d->cancel |= CANCEL_ALL;
	start_ack_timeout(t, i);
	tell_others(t, &before, i, by);
	think_journal(t, i, JOURNAL_ACKNOWLEDGED, by->who, by->how, "%s has it; was %s, owner %s",
		      think_name(t, by->person->id), state_name(before.state), think_name(t, before.owner));
	think_note(t, i, "%s took it %s at %s", think_name(t, by->person->id), way(by), think_clock(t, i, t->now));
	think_why(t, "acknowledged=%s", by->person->id);
}

int64_t act_retry_at(const struct think *t, int minutes)
{
	const int64_t wait = minutes ? minutes * 60 : t->r->rules.retry_s;

	return wait ? t->now + wait : 0;
}

void act_tried(struct think *t, struct item *i, const struct actor *by, int64_t retry_at)
{
	const struct item before = *i;
	const char *next = retry_at ? arena_printf(t->a, "; next try at %s", think_clock(t, i, retry_at)) : "";

	i->state = STATE_ATTEMPTED;
	i->attempts++;
	i->wake = retry_at;
	take_over(t, i, by);
	t->d->cancel |= CANCEL_ALL;
	start_ack_timeout(t, i);
	if (retry_at)
		think_job(t, i, JOB_TIMER, TOPIC_WAKE, retry_at);
	tell_others(t, &before, i, by);
	think_journal(t, i, JOURNAL_TRIED, by->who, by->how,
		      "%s called back and did not reach the caller, attempt %" G_GINT64_FORMAT "%s; was %s, owner %s",
		      think_name(t, by->person->id), i->attempts, next, state_name(before.state),
		      think_name(t, before.owner));
	think_note(t, i, "%s called back at %s and did not reach the caller%s", think_name(t, by->person->id),
		   think_clock(t, i, t->now), next);
	think_why(t, "tried=%s attempts=%" G_GINT64_FORMAT, by->person->id, i->attempts);
}

void act_snooze(struct think *t, struct item *i, const struct actor *by, int64_t until)
{
	const struct item before = *i;

	i->state = STATE_SNOOZED;
	i->wake = until;
	i->acked = 0;
	i->acked_by = NULL;
	if (by->person)
		i->told = by->person->id;
	t->d->cancel |= CANCEL_ALL;
	think_job(t, i, JOB_TIMER, TOPIC_WAKE, until);
	tell_others(t, &before, i, by);
	think_journal(t, i, JOURNAL_SNOOZED, by->who, by->how, "until %s; was %s, owner %s", think_when(t, i, until),
		      state_name(before.state), think_name(t, i->owner));
	think_note(t, i, "%s put it off %s at %s, until %s", think_name(t, by->who), way(by), think_clock(t, i, t->now),
		   think_when(t, i, until));
	think_why(t, "snoozed until=%s", think_when(t, i, until));
}

void act_close(struct think *t, struct item *i, enum resolution resolution, const struct actor *by)
{
	const struct item before = *i;

	i->state = STATE_CLOSED;
	i->wake = 0;
	i->resolution = resolution;
	i->closed = t->now;
	if (by->person) {
		i->acked_by = by->person->id;
		i->owner = by->person->id;
	}
	t->d->cancel |= CANCEL_END;
	tell_others(t, &before, i, by);
	think_journal(t, i, JOURNAL_CLOSED, by->who, by->how, "%s; was %s, owner %s", resolution_name(resolution),
		      state_name(before.state), think_name(t, before.owner));
	think_note_at(t, i, NOTE_END, "%s closed it %s at %s: %s", think_name(t, by->who), way(by), think_clock(t, i, t->now),
		   resolution_name(resolution));
	think_why(t, "closed=%s by=%s", resolution_name(resolution), by->who);
}

void act_assign(struct think *t, struct item *i, const struct actor *by)
{
	const char *before = i->owner;

	i->owner = by->person->id;
	/* Who is given an item that somebody acknowledged has it in their stead: their replies count. */
	if (i->acked_by)
		i->acked_by = by->person->id;
	think_journal(t, i, JOURNAL_ASSIGNED, by->who, by->how, "to %s; owner was %s",
		      think_name(t, by->person->id), think_name(t, before));
	think_note(t, i, "Assigned to %s at %s; was %s", think_name(t, by->person->id), think_clock(t, i, t->now),
		   think_name(t, before));
	think_why(t, "assigned=%s", by->person->id);
}

/* Only who has it, or was told last, can give it away: a second "N" must not skip the one who is told now. */
bool act_may_pass_on(const struct think *t, const struct item *i, const struct person *p)
{
	if (i->acked_by)
		return act_holds(i, p);
	return i->step == 0 || tell_last(t, i) == p;
}

const struct person *act_pass_on(struct think *t, struct item *i, const struct actor *by)
{
	const struct line *line = roster_line_by_id(t->r, i->line);
	const enum item_state before = i->state;
	const struct person *next;

	/* Who took it and gives it away owns it no more; the line's owner does until somebody else takes it. */
	if (act_holds(i, by->person) && line)
		think_own(t, i, line);
	i->state = STATE_OPEN;
	i->wake = 0;
	i->acked = 0;
	i->acked_by = NULL;
	t->d->cancel |= CANCEL_ALL;
	think_journal(t, i, JOURNAL_PASSED_ON, by->who, by->how, "by %s; was %s, owner now %s",
		      think_name(t, by->person->id), state_name(before), think_name(t, i->owner));
	next = tell_next(t, i, by->person);
	think_note(t, i, "%s passed it on at %s to %s", think_name(t, by->person->id), think_clock(t, i, t->now),
		   next ? think_name(t, next->id) : "nobody: there is nobody left to tell");
	think_why(t, "passed_on=%s", next ? next->id : "nobody");
	return next;
}
