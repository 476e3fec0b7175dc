/* No provider takes the text of a step, or a throttle holds it: the escalation goes on by mail. The text stays in the outbox and goes once, if its
 * step is still in force when a provider is back. */
#include "decide_private.h"

#include "escalate.h"
#include "text.h"

#define WAIT_S 60		/* of a step that the configuration has no more */

void fallback_arm(struct think *t, const struct item *i)
{
	const int64_t after = t->r->rules.mail_after_s;

	/* The step before went by mail, and its text is still here: nobody need wait to know that again. */
	if (!after)
		return;
	t->d->cancel |= TOPIC_BIT(TOPIC_FALLBACK);
	think_job(t, i, JOB_TIMER, TOPIC_FALLBACK, t->now + (t->f->text_waits ? 0 : after));
}

void tell_by_mail(struct think *t, const struct item *i, const struct person *p, const char *format, ...)
{
	struct job *j = think_job(t, i, JOB_MAIL, TOPIC_MAILED, t->now);
	g_autofree char *words = NULL;
	va_list ap;

	va_start(ap, format);
	words = g_strdup_vprintf(format, ap);
	va_end(ap);
	j->person = p->id;
	j->to = p->mail;
	j->text = text_line(t->a, words, 500);
}

/* Who has until when: from now on, since only now they are told. */
static int64_t start_again(struct think *t, const struct item *i)
{
	const struct escalation_policy *p = tell_policy(t, i);
	const struct step *s = p ? escalate_next(p, i->step - 1) : NULL;
	const int64_t until = t->now + (s ? s->wait_s : WAIT_S);

	t->d->cancel |= TOPIC_BIT(TOPIC_STEP);
	think_job(t, i, JOB_TIMER, TOPIC_STEP, until);
	return until;
}

static void mail_step(struct think *t, const struct person *p)
{
	struct item *i = think_item(t, t->f->item);
	const char *until = think_clock(t, i, start_again(t, i));

	tell_by_mail(t, i, p, "By mail, since no text can be sent now: please take %s-%" G_GINT64_FORMAT
		     " by %s, or somebody else is told", t->r->rules.item_prefix, i->id, until);
	think_journal(t, i, JOURNAL_MAILED, "ringback", "mail", "step %" G_GINT64_FORMAT ": the text to %s has not gone; "
		      "by mail to %s, who has until %s", i->step, think_name(t, p->id), p->mail, until);
	think_note(t, i, "No text can be sent now: %s was told by mail to %s, and has until %s", think_name(t, p->id),
		   p->mail, until);
	think_why(t, "mailed=%s", p->id);
}

void fallback_over(struct think *t)
{
	const struct person *p = tell_last(t, t->f->item);

	if (!timer_in_force(t) || !p)
		timer_stale(t);
	else if (!t->f->text_waits)
		think_why(t, "the text has gone");
	else
		mail_step(t, p);
}
