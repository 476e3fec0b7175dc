/* Rules in decisions: which one an item is under, and what that means for it. The item keeps the name alone: what the
 * rule of that name says when something happens is what counts. */
#include "decide_private.h"

#include <string.h>

#include "escalate.h"

/* The call as it is known by now: this mail may be the one without the words. */
static struct call known_call(const struct think *t, const struct item *i)
{
	struct call c = *t->e->call;

	if (!c.transcript)
		c.transcript = i->transcript;
	if (i->class == CLASS_VOICEMAIL)
		c.class = i->class;
	if (c.reason == REASON_UNKNOWN)
		c.reason = i->reason;
	return c;
}

static const struct rule *find(const struct think *t, const struct item *i, const struct line *line)
{
	const struct call call = known_call(t, i);
	struct rule_case c = { .call = &call, .line = line, .roster = t->r, .now = t->now };

	return rule_of(t->r->book, &c);
}

static const struct rule *rule_in_force(const struct think *t, const struct item *i)
{
	return rule_book_find(t->r->book, i->rule);
}

static void put_under(struct think *t, struct item *i, const struct rule *rule)
{
	i->rule = rule->id;
	if (rule->urgency_given)
		i->urgency = rule->urgency;
	think_why(t, "rule %s", rule->id);
}

void rule_first(struct think *t, struct item *i, const struct line *line)
{
	put_under(t, i, find(t, i, line));
}

/* Until somebody has it, it is whose the rule says. */
static void own_anew(struct think *t, struct item *i, const struct line *line)
{
	const char *before = i->owner, *why = think_own(t, i, line);

	if (g_strcmp0(before, i->owner) != 0)
		think_journal(t, i, JOURNAL_ASSIGNED, "ringback", "mail", "rule %s: now %s%s; owner was %s", i->rule,
			      think_name(t, i->owner), why, think_name(t, before));
}

bool rule_again(struct think *t, struct item *i, const struct line *line)
{
	const struct rule *rule = find(t, i, line), *before = rule_in_force(t, i);
	const enum urgency urgency = i->urgency;

	/* An item of a time without rules was under the default. */
	if (rule == before || (!i->rule && strcmp(rule->id, RULE_DEFAULT) == 0))
		return false;
	think_journal(t, i, JOURNAL_RULED, "ringback", "mail", "rule %s holds now; was %s", rule->id,
		      i->rule ? i->rule : RULE_DEFAULT);
	put_under(t, i, rule);
	if (!i->acked_by && duty_is_given(&rule->owner))
		own_anew(t, i, line);
	return i->urgency == URGENCY_HIGH && urgency != URGENCY_HIGH;
}

const struct escalation_policy *rule_policy(const struct think *t, const struct item *i, const struct line *line)
{
	const struct rule *rule = rule_in_force(t, i);

	if (rule && !(rule->channels & CHANNEL_TEXT))
		return NULL;
	return rule && rule->policy ? rule->policy : escalate_policy(line, t->now);
}

struct duty rule_duty(const struct think *t, const struct item *i, const struct line *line)
{
	const struct rule *rule = rule_in_force(t, i);
	struct duty duty = duty_owner(line);

	if (!rule || !duty_is_given(&rule->owner))
		return duty;
	duty.by = rule->owner.by;
	duty.pool = rule->owner.pool;
	duty.person = rule->owner.person;
	duty.schedule = rule->owner.schedule;
	return duty;
}

/* Why the call does not count as missed on the line; NULL: it does. Who left a message, or of whom the PBX says no more,
 * wants to be called. */
static const char *not_missed(const struct think *t, const struct item *i, const struct line *line)
{
	const int waited_s = t->e->call->waited_s;

	if (i->class == CLASS_VOICEMAIL)
		return NULL;
	if (waited_s > 0 && waited_s < line->abandoned_after_s)
		return arena_printf(t->a, "gave up after %d s, which does not count on %s: nobody is told", waited_s, line->name);
	if (line->missed && i->reason != REASON_UNKNOWN && !(line->missed & 1u << i->reason))
		return arena_printf(t->a, "%s does not count on %s: nobody is told", reason_name(i->reason), line->name);
	return NULL;
}

const char *rule_silence(const struct think *t, const struct item *i, const struct line *line, enum resolution *resolution_r)
{
	const struct rule *rule = rule_in_force(t, i);
	const struct mute *mute = mute_of(t, line->id);

	*resolution_r = rule && rule->spam ? RESOLUTION_SPAM : RESOLUTION_NO_CALLBACK_NEEDED;
	if (rule && (rule->spam || rule->mute))
		return arena_printf(t->a, "%s by rule %s: nobody is told", rule->spam ? "spam" : "muted", rule->id);
	if (mute)
		return arena_printf(t->a, "%s is muted until %s (%s): nobody is told", line->name,
				    think_when(t, i, mute->to), mute->reason);
	return not_missed(t, i, line);
}

enum mail_verdict rule_verdict(const struct think *t, const struct item *i)
{
	const struct rule *rule = rule_in_force(t, i);
	bool silent = i->state == STATE_SUPPRESSED && i->resolution != RESOLUTION_ANSWERED_ELSEWHERE;

	return silent || (rule && !(rule->channels & CHANNEL_MAIL)) ? MAIL_AUDIT : MAIL_EDIT;
}
