#include "decide_private.h"

#include "escalate.h"

void timer_stale(struct think *t)
{
	think_why(t, "stale %s timer: state=%s", topic_name(t->e->job->topic), state_name(t->f->item->state));
}

static void window_over(struct think *t)
{
	struct item *i;

	if (t->f->item->state != STATE_COLLECTING) {
		timer_stale(t);
		return;
	}
	i = think_item(t, t->f->item);
	i->state = STATE_OPEN;
	think_why(t, "window over");
	think_journal(t, i, JOURNAL_OPENED, "ringback", "timer", "%" G_GINT64_FORMAT " %s%s", i->calls,
		      i->calls == 1 ? "call" : "calls", i->policy ? "" : "; nobody is to be texted");
	tell_next(t, i, NULL);
}

/* A timer of a step that is gone, or of an item that somebody has taken since, says nothing. */
bool timer_in_force(const struct think *t)
{
	return t->f->item->state == STATE_OPEN && t->e->job->step == t->f->item->step;
}

/* The wait is for an answer, and who has not been texted cannot answer: an outage of the provider must not use up the
 * policy. The audit mailbox hears of it once. */
static void wait_again(struct think *t)
{
	struct item *i = think_item(t, t->f->item);
	const struct escalation_policy *p = tell_policy(t, i);
	const struct step *s = p ? escalate_next(p, i->step - 1) : NULL;
	int64_t wait = s ? s->wait_s : 60;

	think_job(t, i, JOB_TIMER, TOPIC_STEP, t->now + wait);
	think_why(t, "text not sent yet");
	if (t->f->text_due) {
		think_why(t, "throttled");
		return;
	}
	think_journal(t, i, JOURNAL_PUT_OFF, "ringback", "timer", "the text of step %" G_GINT64_FORMAT
		      " has not gone yet: no provider can be reached", i->step);
	if (t->now - i->texted < 2 * wait)
		think_note(t, i, "The text to %s has not gone yet: no provider can be reached. It goes as soon as one can",
			   s && i->told ? think_name(t, i->told) : "the person on call");
}

static void step_over(struct think *t)
{
	struct item *i;

	if (!timer_in_force(t)) {
		timer_stale(t);
		return;
	}
	/* Whom the text has not reached the mail has. */
	if (t->f->text_waits && !t->f->mailed) {
		wait_again(t);
		return;
	}
	i = think_item(t, t->f->item);
	think_why(t, "no answer in time");
	tell_next(t, i, NULL);
}

/* With a longer ack timeout configured since, the rest is waited for. */
static void ack_early(struct think *t, int64_t due)
{
	const struct item *i = think_item(t, t->f->item);

	think_job(t, i, JOB_TIMER, TOPIC_ACK_TIMEOUT, due);
	think_why(t, "not yet timed out");
}

static void ack_over(struct think *t)
{
	const struct item *from = t->f->item;
	const int64_t due = MAX(from->acked, from->wake) + t->r->rules.ack_timeout_s;
	const struct escalation_policy *p;
	struct item *i;

	if (from->state != STATE_ACKED && from->state != STATE_ATTEMPTED) {
		timer_stale(t);
		return;
	}
	if (due > t->now) {
		ack_early(t, due);
		return;
	}
	i = think_item(t, from);
	i->state = STATE_OPEN;
	i->wake = 0;
	i->acked = 0;
	i->acked_by = NULL;
	think_why(t, "ack timeout");
	think_journal(t, i, JOURNAL_TIMED_OUT, "ringback", "timer", "%s took it and did not close it in time; was %s",
		      think_name(t, from->acked_by), state_name(from->state));
	think_note(t, i, "%s took it and did not close it by %s: open again", think_name(t, from->acked_by),
		   think_clock(t, i, due));
	/* If everybody was told before, they are told once more: an acknowledgement was not the end of it. */
	p = tell_policy(t, i);
	if (p && !escalate_next(p, i->step))
		i->step = 0;
	tell_next(t, i, NULL);
}

/* Whoever put it off is asked again. */
static void snooze_over(struct think *t, struct item *i)
{
	const struct person *told;

	i->state = STATE_OPEN;
	think_journal(t, i, JOURNAL_WOKEN, "ringback", "timer", "the snooze is over; owner %s", think_name(t, i->owner));
	told = tell_same(t, i);
	think_note(t, i, "Open again at %s, as it was put off until now%s%s", think_clock(t, i, t->now),
		   told ? "; told: " : "", told ? think_name(t, told->id) : "");
	think_why(t, "snooze over");
}

static void retry(struct think *t, struct item *i)
{
	const char *who = think_name(t, i->acked_by);
	bool told = tell_retry(t, i);

	think_journal(t, i, JOURNAL_WOKEN, "ringback", "timer", "time for %s to try again%s", who,
		      told ? "" : ", who cannot be texted now");
	think_why(t, "retry");
}

static void wake_over(struct think *t)
{
	const struct item *from = t->f->item;
	struct item *i;

	/* A wake that was put off to another time since has a timer of its own. */
	if ((from->state != STATE_SNOOZED && from->state != STATE_ATTEMPTED) || !from->wake || from->wake > t->now) {
		timer_stale(t);
		return;
	}
	i = think_item(t, from);
	i->wake = 0;
	if (i->state == STATE_SNOOZED)
		snooze_over(t, i);
	else
		retry(t, i);
}

void decide_timer(struct think *t)
{
	if (!t->f->item) {
		think_why(t, "timer of no item");
		return;
	}
	if (mute_timer(t))
		return;
	switch ((int)t->e->job->topic) {
	case TOPIC_WINDOW:
		window_over(t);
		break;
	case TOPIC_STEP:
		step_over(t);
		break;
	case TOPIC_ACK_TIMEOUT:
		ack_over(t);
		break;
	case TOPIC_FALLBACK:
		fallback_over(t);
		break;
	case TOPIC_DUE:
		due_over(t);
		break;
	case TOPIC_WAKE:
		wake_over(t);
		break;
	default:
		think_why(t, "%s is no timer", topic_name(t->e->job->topic));
	}
}

/* ---- receipts ---- */

/* Is it a text that somebody was to act on? Answers and the like are not worth a mail. */
static bool matters(const struct job *j)
{
	return topic_tells(j->topic);
}

static void delivered(struct think *t, const struct item *i)
{
	const struct job *j = t->e->job;

	think_journal(t, i, JOURNAL_DELIVERED, "smsc", "text", "%s text to %s", topic_name(j->topic),
		      think_name(t, j->person));
	if (i && matters(j))
		think_note_at(t, i, NOTE_DETAIL, "Text delivered to %s at %s", think_name(t, j->person), think_clock(t, i, t->now));
	think_why(t, "delivered %s to %s", topic_name(j->topic), think_name(t, j->person));
}

static void not_delivered(struct think *t, struct item *i)
{
	const struct job *j = t->e->job;

	think_journal(t, i, JOURNAL_NOT_DELIVERED, "smsc", "text", "%s text to %s: %s", topic_name(j->topic),
		      think_name(t, j->person), j->error ? j->error : "no reason given");
	think_why(t, "not delivered %s to %s", topic_name(j->topic), think_name(t, j->person));
	if (!i || !matters(j))
		return;
	think_note(t, i, "Text to %s was not delivered", think_name(t, j->person));
	/* Who cannot be reached need not be waited for. */
	if ((j->topic == TOPIC_FIRST || j->topic == TOPIC_ESCALATION) && timer_in_force(t)) {
		t->d->cancel |= TOPIC_BIT(TOPIC_STEP);
		tell_next(t, i, NULL);
	}
}

void decide_receipt(struct think *t)
{
	struct item *i = t->f->item ? think_item(t, t->f->item) : NULL;

	if (t->e->delivered)
		delivered(t, i);
	else
		not_delivered(t, i);
}
