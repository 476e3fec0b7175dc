#include "decide_private.h"

#include <string.h>

#include "dedup.h"
#include "escalate.h"
#include "text.h"

#define MESSAGE_ID_MAX 250	/* octets of one that can stand in a header line */

static void keep_notice(struct think *t, const struct match *m, enum notice_action action)
{
	struct notice *n = ARENA_NEW(t->a, struct notice);

	*n = (struct notice){
		.item = t->d->item->id, .key = m->notice_key, .class = m->call->class, .arrived = t->now,
		.rcpts = m->rcpts, .message_id = t->e->message_id, .queue_id = t->e->queue_id, .action = action
	};
	t->d->notice = n;
}

static enum mail_verdict collapse_verdict(const struct line *line)
{
	static const enum mail_verdict verdicts[] = {
		[COLLAPSE_SWALLOW] = MAIL_SWALLOW, [COLLAPSE_AUDIT] = MAIL_AUDIT, [COLLAPSE_PASS] = MAIL_PASS
	};

	return verdicts[line->collapse];
}

static const char *caller_words(const struct think *t, const struct call *c)
{
	if (c->caller)
		return c->caller;
	if (c->withheld)
		return "a withheld number";
	if (c->caller_name)
		return text_line(t->a, c->caller_name, 100);
	return c->caller_raw ? text_line(t->a, c->caller_raw, 64) : "nobody known";
}

static void start_collecting(struct think *t, struct item *i, const struct line *line)
{
	const struct escalation_policy *p = rule_policy(t, i, line);

	i->state = STATE_COLLECTING;
	i->policy = p ? p->id : NULL;
	i->step = 0;
	i->texted = 0;
	i->told = NULL;
	i->acked = 0;
	i->acked_by = NULL;
	i->wake = 0;
	i->due = hours_after(line->hours, t->now, line->callback_within_s);
	i->opened = t->now;
	due_arm(t, i, line);
	think_job(t, i, JOB_TIMER, TOPIC_WINDOW, t->now + t->r->rules.collect_window_s);
	if (p) {
		const struct duty duty = duty_step(&p->steps[0], line);
		const struct on_duty on = think_duty(t, &duty);

		think_why(t, "policy %s, step 1 %s%s%s", p->id, on.person->id, *on.why ? ", " : "", on.why);
	} else {
		think_why(t, "no policy");
	}
}

static void suppress(struct think *t, struct item *i, enum resolution resolution, const char *why)
{
	i->state = STATE_SUPPRESSED;
	i->resolution = resolution;
	i->closed = t->now;
	t->d->cancel |= CANCEL_END;
	t->d->turn_pool = NULL;		/* who need do nothing had no turn */
	think_journal(t, i, JOURNAL_SUPPRESSED, resolution == RESOLUTION_ANSWERED_ELSEWHERE ? "pbx" : "ringback", "mail",
		      "%s", why);
	think_why(t, "%s", why);
}

static void suppress_answered(struct think *t, struct item *i)
{
	suppress(t, i, RESOLUTION_ANSWERED_ELSEWHERE, "answered elsewhere: nobody is told");
}

/* Nobody is told of what the configuration says is spam and the like; true if so. */
static bool suppress_silent(struct think *t, struct item *i, const struct line *line)
{
	enum resolution resolution;
	const char *why = rule_silence(t, i, line, &resolution);

	if (why)
		suppress(t, i, resolution, why);
	return why != NULL;
}

/* What a notice knows of the recording and the reason goes into the item; what the item knows already, stays. */
static void learn(struct think *t, struct item *i, const struct call *c)
{
	if (c->class == CLASS_VOICEMAIL) {
		i->class = CLASS_VOICEMAIL;
		i->duration_s = c->duration_s;
		i->transcript = c->transcript;
	}
	if (c->reason != REASON_UNKNOWN && c->reason != REASON_ANSWERED_ELSEWHERE)
		i->reason = c->reason;
	if (!i->caller_name && c->caller_name)
		i->caller_name = text_line(t->a, c->caller_name, 100);
	if (!i->call_id)
		i->call_id = c->call_id;
}

static bool message_id_fits(const char *id)
{
	gsize len = id ? strlen(id) : 0;

	if (len < 3 || len > MESSAGE_ID_MAX || id[0] != '<' || id[len - 1] != '>')
		return false;
	for (gsize n = 1; n < len - 1; n++)
		if (!g_ascii_isgraph(id[n]) || id[n] == '<' || id[n] == '>')
			return false;
	return true;
}

/* The thread of an item hangs on its first mail's Message-ID. A mail without one (or with something that cannot stand
 * in a header) gets this one. */
static const char *thread_id(struct think *t, const struct match *m)
{
	if (message_id_fits(t->e->message_id))
		return t->e->message_id;
	return arena_printf(t->a, "<%.24s.%" G_GINT64_FORMAT "@%s>", m->notice_key, t->now,
			    t->r->rules.domain ? t->r->rules.domain : "localhost");
}

static struct item *new_item(struct think *t, const struct match *m)
{
	const struct call *c = m->call;
	const struct item fresh = {
		.key = m->key, .call_id = c->call_id, .class = c->class, .reason = c->reason, .line = m->dialled->id,
		.owner = m->dialled->owner->id, .caller = c->caller, .withheld = c->withheld,
		.caller_raw = c->caller_raw ? text_line(t->a, c->caller_raw, 64) : NULL,
		.caller_name = c->caller_name ? text_line(t->a, c->caller_name, 100) : NULL,
		.called = c->called ? text_line(t->a, c->called, 100) : NULL, .call_time = c->time,
		.duration_s = c->duration_s, .transcript = c->transcript, .profile = c->profile, .source = c->source, .calls = 1,
		.created = t->now, .last_call = t->now, .thread_id = thread_id(t, m)
	};

	return think_item(t, &fresh);
}

/* All that led to the item as it is, in words. */
static void journal_created(struct think *t, const struct item *i, const struct match *m, const char *own)
{
	const struct line *line = m->dialled;
	const struct escalation_policy *p = rule_policy(t, i, line);

	think_journal(t, i, JOURNAL_CREATED, "pbx", "mail",
		      "%s call of %s on %s (%s, %s by %s); rule %s; owner %s%s; policy %s%s%s", class_name(i->class),
		      caller_words(t, m->call), line->name, m->found, hours_covers(line->hours, t->now) ? "open" : "closed",
		      hours_spec(line->hours), i->rule, think_name(t, i->owner), own, p ? p->id : "none",
		      i->source ? "; source " : "", i->source ? i->source : "");
}

static void take_new(struct think *t, const struct match *m)
{
	struct item *i = new_item(t, m);

	t->d->created = true;
	think_why(t, "new");
	rule_first(t, i, m->dialled);
	journal_created(t, i, m, think_own(t, i, m->dialled));
	i->due = t->now;
	if (m->call->reason == REASON_ANSWERED_ELSEWHERE)
		suppress_answered(t, i);
	else if (!suppress_silent(t, i, m->dialled))
		start_collecting(t, i, m->dialled);
	keep_notice(t, m, NOTICE_FIRST);
	t->d->mail = rule_verdict(t, i);
}

/* Proof that a colleague answered takes back what was not told yet. Not if there is a recording (perhaps the
 * mailbox "answered"), nor if an earlier call waits. */
static bool proves_answered(const struct item *i, const struct call *c)
{
	return c->reason == REASON_ANSWERED_ELSEWHERE && i->state == STATE_COLLECTING &&
	       i->class != CLASS_VOICEMAIL && c->class != CLASS_VOICEMAIL && i->calls == 1;
}

static void take_copy(struct think *t, const struct match *m)
{
	struct item *i = think_item(t, t->f->item);

	think_why(t, "copy");
	think_journal(t, i, JOURNAL_COPIED, "pbx", "mail", "the same call, to %s", m->rcpts);
	if (proves_answered(i, m->call))
		suppress_answered(t, i);
	keep_notice(t, m, NOTICE_COPY);
	t->d->mail = collapse_verdict(m->line);
}

/* The new call is what the text must be about: what came before was looked after. */
static void reopen(struct think *t, struct item *i, const struct match *m)
{
	think_why(t, "reopened");
	i->attempts = 0;
	t->d->cancel |= CANCEL_ALL;
	think_journal(t, i, JOURNAL_REOPENED, "pbx", "mail", "was closed: %s", resolution_name(i->resolution));
	i->resolution = RESOLUTION_NONE;
	i->closed = 0;
	i->class = m->call->class;
	i->duration_s = m->call->duration_s;
	i->transcript = m->call->transcript;
	i->call_time = m->call->time;
	start_collecting(t, i, m->line);
}

/* Has the clock brought another policy into force? An item of opening hours, of which nobody was texted, must wake
 * somebody when its caller tries again at night. */
static bool other_policy(const struct item *i, const struct escalation_policy *now)
{
	return now && g_strcmp0(i->policy, now->id) != 0;
}

/* They called again while the item is open, or what they said makes it urgent. */
static void tell_again(struct think *t, struct item *i, const struct line *line, bool urgent)
{
	const struct escalation_policy *p = rule_policy(t, i, line);
	bool changed = other_policy(i, p) || (urgent && p);

	/* The text has not gone yet, or goes again when the snooze is over, and will say it; or nobody is to be told. */
	if (i->state == STATE_COLLECTING || i->state == STATE_SNOOZED || mute_of(t, line->id))
		return;
	if (changed && !i->acked_by) {
		t->d->cancel |= CANCEL_TELLING;
		think_journal(t, i, JOURNAL_COLLECTING, "pbx", "mail", "policy %s is in force now; was %s, %s", p->id,
			      state_name(i->state), i->policy ? i->policy : "none");
		start_collecting(t, i, line);
		return;
	}
	if (changed) {
		i->policy = p->id;
		i->step = 0;
	}
	tell_update(t, i, i->texted > 0 || changed);
}

/* Another rule may hold by what this mail says; while the text has not gone, it counts as if it had from the first.
 * Is the item urgent now, and was not? */
static bool join_rule(struct think *t, struct item *i, const struct line *line)
{
	const char *before = i->rule;
	bool urgent = rule_again(t, i, line);

	if (i->state == STATE_COLLECTING && g_strcmp0(before, i->rule) != 0 &&
	    !(i->calls == 1 && suppress_silent(t, i, line))) {
		const struct escalation_policy *p = rule_policy(t, i, line);

		i->policy = p ? p->id : NULL;
	}
	return urgent;
}

/* Who tries so often has something on their mind. */
static void raise_urgency(struct think *t, struct item *i)
{
	const int64_t calls = t->r->rules.urgent_calls;

	if (!calls || i->calls < calls || i->urgency == URGENCY_HIGH)
		return;
	i->urgency = URGENCY_HIGH;
	think_journal(t, i, JOURNAL_RAISED, "ringback", "mail", "%" G_GINT64_FORMAT " calls: urgent now", i->calls);
	think_why(t, "urgent");
}

static void take_joined(struct think *t, const struct match *m, enum relation relation)
{
	const struct call *c = m->call;
	struct item *i = think_item(t, t->f->item);
	bool answered = c->reason == REASON_ANSWERED_ELSEWHERE && c->class != CLASS_VOICEMAIL;
	bool again = relation == RELATION_AGAIN && !answered;
	bool urgent = false;
	/* The recording of a call does not open an item again when somebody has since spoken with the caller. */
	bool spoken = i->resolution == RESOLUTION_CALLED_BACK || i->resolution == RESOLUTION_CALLER_REACHED;

	if (again) {
		i->calls++;
		i->last_call = t->now;
		i->call_id = c->call_id;
		raise_urgency(t, i);
	}
	learn(t, i, c);
	think_why(t, again ? "again, calls %" G_GINT64_FORMAT : "same call, calls %" G_GINT64_FORMAT, i->calls);
	think_journal(t, i, JOURNAL_JOINED, "pbx", "mail", "%s, %s; %" G_GINT64_FORMAT " %s", class_name(c->class),
		      answered ? "answered elsewhere" : again ? "the same caller again" : "of the same call", i->calls,
		      i->calls == 1 ? "call" : "calls");
	if (!answered)
		urgent = join_rule(t, i, m->line);
	if (proves_answered(i, c))
		suppress_answered(t, i);
	else if (i->state == STATE_CLOSED && (again || (c->class == CLASS_VOICEMAIL && !spoken)))
		reopen(t, i, m);
	else if (item_is_live(i) && (again || urgent))
		tell_again(t, i, m->line, urgent);
	keep_notice(t, m, NOTICE_JOINED);
	t->d->mail = rule_verdict(t, i);
}

/* What was done to the mail when it came first: to a retry of a retry, what was done to the first of them. */
static enum notice_action first_action(const struct facts *f)
{
	if (f->same->action != NOTICE_RETRY)
		return f->same->action;
	for (gsize n = 0; n < f->n_notices; n++)
		if (f->notices[n].action != NOTICE_RETRY && strcmp(f->notices[n].key, f->same->key) == 0)
			return f->notices[n].action;
	return NOTICE_JOINED;	/* not known any more: the mail goes on rather than be lost */
}

/* Nothing is counted and nobody told. A mail that went on goes on again: it may be that nobody got it. */
static void take_retry(struct think *t, const struct match *m)
{
	bool copy = first_action(t->f) == NOTICE_COPY;
	const struct item *i = think_item(t, t->f->item);

	think_why(t, copy ? "seen again, a copy" : "seen again");
	think_journal(t, i, JOURNAL_SEEN_AGAIN, "pbx", "mail", "the same mail once more, queue id %s",
		      t->e->queue_id ? t->e->queue_id : "unknown");
	keep_notice(t, m, NOTICE_RETRY);
	t->d->mail = copy ? collapse_verdict(m->line) : rule_verdict(t, i);
}

/* An item may outlive its line and its owner in the configuration; a new notice finds it new ones. */
static void adopt(struct think *t, const struct line *line)
{
	struct item *i = t->d->item;
	const char *before = i->owner, *why;

	if (!roster_line_by_id(t->r, i->line)) {
		think_journal(t, i, JOURNAL_ASSIGNED, "ringback", "mail", "line %s is configured no more: now %s",
			      i->line, line->id);
		i->line = line->id;
	}
	if (roster_person(t->r, before))
		return;
	why = think_own(t, i, line);
	think_journal(t, i, JOURNAL_ASSIGNED, "ringback", "mail", "owner %s is configured no more: now %s%s",
		      before ? before : "nobody", think_name(t, i->owner), why);
}

static void take(struct think *t, struct match *m)
{
	const struct facts *f = t->f;
	enum relation relation = RELATION_NEW;

	if (f->item && f->same && dedup_is_retry(m->call, t->e->message_id, f->same, t->now,
						 t->r->rules.collect_window_s)) {
		take_retry(t, m);
		return;
	}
	if (f->item) {
		relation = match_relate(t, m);
	}
	if (relation == RELATION_NEW)
		take_new(t, m);
	else if (relation == RELATION_COPY)
		take_copy(t, m);
	else
		take_joined(t, m, relation);
}

void decide_notice(struct think *t)
{
	const struct call *c = t->e->call;
	const char *why = NULL;
	const struct line *line = roster_line(t->r, c, t->e->rcpts, t->a, &why), *has = NULL;
	struct match m = { .call = c };

	if (c->class == CLASS_SYSTEM) {
		t->d->mail = MAIL_PASS;
		think_why(t, "class system: a mail of the PBX that is about no call");
		return;
	}
	if (c->source)
		think_why(t, "source %s", c->source);
	if (!line) {
		t->d->mail = MAIL_PASS;
		think_why(t, "no line: nobody to own it");
		return;
	}
	/* The key goes by what was dialled; hours, owner and audit mailbox by the item's line. */
	if (t->f->item)
		has = roster_line_by_id(t->r, t->f->item->line);
	m.key = dedup_item_key(t->a, line, c);
	m.dialled = line;
	m.found = text_line(t->a, why, 100);
	m.line = has ? has : line;
	m.rcpts = dedup_rcpts(t->a, t->e->rcpts);
	m.notice_key = dedup_notice_key(t->a, c, m.rcpts);
	think_why(t, "line %s (%s), %s by %s", line->id, why, hours_covers(line->hours, t->now) ? "open" : "closed",
		  hours_spec(line->hours));
	take(t, &m);
	adopt(t, t->d->created ? line : m.line);
	t->d->line = roster_line_by_id(t->r, t->d->item->line);
}
