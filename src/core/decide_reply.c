#include "decide_private.h"

#include <string.h>

#include "sms.h"
#include "text.h"

#define RAW_MAX_CHARS 480
#define ANSWER_LIFE_S 3600	/* an answer to a reply is of no use later */
#define AUDITS_MAX 20	/* mails for one STOP */
#define IDLE_MAX 5		/* answers in a row to texts that change nothing */
#define IDLE_S 3600
#define ITEMS_MAX 90		/* as many as there are codes of two digits */

/* Each phone that was told is answered in kind; to is from the configuration, never from the text itself. */
static void answer(struct think *t, const struct item *i, const struct person *p, const char *words)
{
	struct job *j;

	/* After STOP what they send still counts, but nothing is texted until START. */
	if (!think_texts(t, p))
		return;
	j = think_job(t, i, JOB_TEXT, TOPIC_ANSWER, t->now);
	j->person = p->id;
	j->to = p->phone;
	j->text = words;
	j->expires = t->now + ANSWER_LIFE_S;
}

/* How texts to p are written; i NULL: about no item. */
static struct sms_style style(const struct think *t, const struct item *i, const struct person *p)
{
	return sms_style(t->a, t->r, p, i ? roster_line_by_id(t->r, i->line) : NULL);
}

static void answer_plain(struct think *t, const struct item *i, const struct person *p, enum text_id id, int code)
{
	const struct sms_style s = style(t, i, p);

	answer(t, i, p, sms_plain(&s, id, code));
}

static void record_reply(struct think *t, const struct item *i, const struct person *p)
{
	think_journal(t, i, JOURNAL_REPLIED, p->id, "text", "%s", text_line(t->a, t->e->text, RAW_MAX_CHARS));
}

/* ---- which item ---- */

/* Those of the phone that are live: pointers into texted. */
static gsize live_ones(const struct think *t, const struct texted **live)
{
	gsize n = 0;

	for (gsize k = 0; k < t->f->n_texted && n < ITEMS_MAX; k++)
		if (item_is_live(t->f->texted[k].item))
			live[n++] = &t->f->texted[k];
	return n;
}

static void ask_which(struct think *t, const struct person *p, const struct texted **live, gsize n)
{
	const struct sms_style s = style(t, NULL, p);
	int *codes = ARENA_NEW_N(t->a, int, n + 1);

	for (gsize k = 0; k < n; k++)
		codes[k] = live[k]->code;
	answer(t, NULL, p, sms_which(&s, codes, n));
	think_why(t, "which of %" G_GSIZE_FORMAT "?", n);
}

/* The item that the reply is about; NULL if that is not clear (and the person was asked). */
static const struct texted *which(struct think *t, const struct person *p, int code)
{
	const struct texted *live[ITEMS_MAX];
	gsize n;

	if (code == 0) {
		n = live_ones(t, live);
		if (n == 1)
			return live[0];
		ask_which(t, p, live, n);
		return NULL;
	}
	for (gsize k = 0; k < t->f->n_texted; k++)
		if (t->f->texted[k].code == code)
			return &t->f->texted[k];
	answer_plain(t, NULL, p, TEXT_unknown_code, code);
	think_why(t, "unknown code %d", code);
	return NULL;
}

/* ---- what is done to one item ---- */

struct one {
	const struct texted *about;
	struct item *item;
	struct actor by;
	int minutes;		/* that the reply named; 0: none */
};

static void say_yours(struct think *t, const struct one *o)
{
	const struct sms_style s = style(t, o->item, o->by.person);

	answer(t, o->item, o->by.person, sms_yours(&s, o->item, o->about->code, think_zone(t, o->item),
						    o->item->acked + t->r->rules.ack_timeout_s));
}

static void say_taken(struct think *t, const struct one *o)
{
	const struct item *i = o->item;
	const struct sms_style s = style(t, i, o->by.person);

	answer(t, i, o->by.person, sms_taken(&s, o->about->code, think_name(t, i->acked_by), i->acked,
					     think_zone(t, i)));
	think_why(t, "held by %s", i->acked_by);
}

static void say_closed(struct think *t, const struct one *o)
{
	const struct sms_style s = style(t, o->item, o->by.person);
	const char *by = o->item->acked_by ? think_name(t, o->item->acked_by) : sms_plain(&s, TEXT_operator, 0);

	if (act_holds(o->item, o->by.person))
		by = NULL;
	answer(t, o->item, o->by.person, sms_closed(&s, o->item, o->about->code, by, think_zone(t, o->item)));
}

static void on_ack(struct think *t, struct one *o)
{
	/* "A" once more, perhaps since our answer got lost: the same answer, and nothing else. */
	if (act_holds(o->item, o->by.person))
		think_why(t, "acknowledged before");
	else
		act_ack(t, o->item, &o->by);
	say_yours(t, o);
}

static void on_tried(struct think *t, struct one *o)
{
	const struct sms_style s = style(t, o->item, o->by.person);

	act_tried(t, o->item, &o->by, act_retry_at(t, o->minutes));
	answer(t, o->item, o->by.person, sms_tried(&s, o->about->code, o->item->wake, think_zone(t, o->item)));
}

static void on_snooze(struct think *t, struct one *o)
{
	const struct sms_style s = style(t, o->item, o->by.person);

	act_snooze(t, o->item, &o->by, t->now + (o->minutes ? o->minutes * 60 : t->r->rules.snooze_s));
	answer(t, o->item, o->by.person, sms_snoozed(&s, o->about->code, true, o->item->wake, think_zone(t, o->item)));
}

static void on_next(struct think *t, struct one *o)
{
	const struct sms_style s = style(t, o->item, o->by.person);
	const struct person *next = tell_last(t, o->item);

	if (act_may_pass_on(t, o->item, o->by.person))
		next = act_pass_on(t, o->item, &o->by);
	else
		think_why(t, "passed on before");
	answer(t, o->item, o->by.person, sms_passed_on(&s, o->about->code, next ? think_name(t, next->id) : NULL));
}

static void on_close(struct think *t, struct one *o, enum resolution resolution)
{
	act_close(t, o->item, resolution, &o->by);
	say_closed(t, o);
}

static void act_on(struct think *t, struct one *o, enum verb verb)
{
	if (!item_is_live(o->item)) {
		think_why(t, "closed before");
		say_closed(t, o);
		return;
	}
	/* Who called back, called back, whoever said "mine"; all else is the holder's to say. */
	if (verb != VERB_DONE && act_held_by_other(o->item, o->by.person)) {
		say_taken(t, o);
		return;
	}
	switch ((int)verb) {
	case VERB_ACK:
		on_ack(t, o);
		break;
	case VERB_DONE:
		on_close(t, o, RESOLUTION_CALLED_BACK);
		break;
	case VERB_TRIED:
		on_tried(t, o);
		break;
	case VERB_SNOOZE:
		on_snooze(t, o);
		break;
	case VERB_NEXT:
		on_next(t, o);
		break;
	case VERB_NO_CALLBACK:
		on_close(t, o, RESOLUTION_NO_CALLBACK_NEEDED);
		break;
	default:
		g_assert_not_reached();
	}
}

static struct one one_of(struct think *t, const struct texted *about, const struct person *p)
{
	return (struct one){
		.about = about, .item = think_item(t, about->item),
		.by = { .person = p, .who = p->id, .how = "text", .told = about->told }
	};
}

/* The one number of "S17" is minutes if one item is open; else it is the code that somebody has, if there is one. */
static struct reply meant(const struct think *t)
{
	struct reply said = *t->e->reply;
	const struct texted *live[ITEMS_MAX];

	if (said.verb != VERB_SNOOZE || said.code || live_ones(t, live) == 1)
		return said;
	for (gsize k = 0; k < t->f->n_texted; k++)
		if (t->f->texted[k].code == said.minutes) {
			said.code = said.minutes;
			said.minutes = 0;
			break;
		}
	return said;
}

static void reply_about_one(struct think *t, const struct person *p)
{
	const struct reply said = meant(t);
	const struct texted *about = which(t, p, said.code);
	struct one o;

	if (!about) {
		record_reply(t, NULL, p);
		return;
	}
	o = one_of(t, about, p);
	o.minutes = said.minutes;
	record_reply(t, o.item, p);
	act_on(t, &o, said.verb);
}

/* ---- what is done to several ---- */

static bool can_take(const struct item *i, const struct person *p)
{
	return !act_held_by_other(i, p) && !act_holds(i, p);
}

static void reply_all_mine(struct think *t, const struct person *p)
{
	const struct texted *live[ITEMS_MAX];
	gsize n = live_ones(t, live), taken = 0;
	int codes[ITEMS_MAX];

	for (gsize k = 0; k < n; k++) {
		struct one o;

		if (!can_take(live[k]->item, p))
			continue;
		o = one_of(t, live[k], p);
		record_reply(t, o.item, p);
		act_ack(t, o.item, &o.by);
		codes[taken++] = live[k]->code;
	}
	if (taken) {
		const struct sms_style s = style(t, t->d->item, p);

		answer(t, t->d->item, p, sms_all_yours(&s, codes, taken, t->now, think_zone(t, t->d->item)));
		return;
	}
	record_reply(t, NULL, p);
	ask_which(t, p, live, 0);
}

/* Does the item wait for p: told last, or taken? */
static bool waits_for(const struct think *t, const struct item *i, const struct person *p)
{
	if (i->acked_by)
		return act_holds(i, p);
	return (i->state == STATE_OPEN || i->state == STATE_SNOOZED) && tell_last(t, i) == p;
}

static bool has_step(const struct escalation_policy *policy, const struct person *p)
{
	for (guint n = 0; policy && n < policy->n_steps; n++)
		if (policy->steps[n].tell == p ||
		    (policy->steps[n].schedule && schedule_names(policy->steps[n].schedule, p)))
			return true;
	return false;
}

/* Those who look after the lines on which p is told should know that p is not. */
static void note_of_phone(struct think *t, const struct person *p, const char *words)
{
	g_autoptr(GPtrArray) audits = g_ptr_array_new();

	for (guint n = 0; n < t->r->lines->len; n++) {
		const struct line *line = t->r->lines->pdata[n];

		if ((has_step(line->closed, p) || has_step(line->open, p)) && audits->len < AUDITS_MAX &&
		    !g_ptr_array_find_with_equal_func(audits, line->audit, g_str_equal, NULL))
			g_ptr_array_add(audits, line->audit);
	}
	for (guint n = 0; n < audits->len; n++)
		think_note_to(t, audits->pdata[n], words);
}

/* STOP is obeyed without a word; nothing may wait for somebody who does not listen. */
static void reply_stop(struct think *t, const struct person *p)
{
	const struct texted *live[ITEMS_MAX];
	gsize n = live_ones(t, live);
	bool before = !think_texts(t, p);

	record_reply(t, NULL, p);
	t->d->stop_phone = p->phone;
	t->d->stop_at = t->now;
	think_journal(t, NULL, JOURNAL_STOPPED, p->id, "text", "%s sent STOP: no texts until START",
		      think_name(t, p->id));
	think_why(t, "stop");
	if (!before)
		note_of_phone(t, p, arena_printf(t->a, "%s sent STOP: no texts go to this phone until it sends START. "
						 "Steps to %s are skipped", think_name(t, p->id), think_name(t, p->id)));
	for (gsize k = 0; k < n; k++) {
		struct one o;

		if (!waits_for(t, live[k]->item, p))
			continue;
		o = one_of(t, live[k], p);
		act_pass_on(t, o.item, &o.by);
	}
}

static void reply_start(struct think *t, const struct person *p)
{
	bool before = think_texts(t, p);

	record_reply(t, NULL, p);
	t->d->stop_phone = p->phone;
	t->d->stop_at = 0;
	think_journal(t, NULL, JOURNAL_STARTED, p->id, "text", "%s sent START: texts again", think_name(t, p->id));
	think_why(t, "start");
	if (!before)
		note_of_phone(t, p, arena_printf(t->a, "%s sent START: texts go to this phone again",
						 think_name(t, p->id)));
	answer_plain(t, NULL, p, TEXT_started, 0);
}

static void reply_words(struct think *t, const struct person *p, enum text_id id, const char *why)
{
	record_reply(t, NULL, p);
	answer_plain(t, NULL, p, id, 0);
	think_why(t, "%s", why);
}

static void reply_list(struct think *t, const struct person *p)
{
	const struct texted *live[ITEMS_MAX];
	const struct sms_style s = style(t, NULL, p);
	const struct item *items[ITEMS_MAX];
	int codes[ITEMS_MAX];
	gsize n = live_ones(t, live);

	for (gsize k = 0; k < n; k++) {
		items[k] = live[k]->item;
		codes[k] = live[k]->code;
	}
	record_reply(t, NULL, p);
	answer(t, NULL, p, sms_list(&s, items, codes, n));
	think_why(t, "list");
}

/* Strangers get silence: an answer would tell them that somebody reads here. */
static void reply_of_stranger(struct think *t)
{
	const char *phone = t->e->phone ? t->e->phone : "nobody";

	think_journal(t, NULL, JOURNAL_UNKNOWN_SENDER, "smsc", "text", "%s: %s", text_line(t->a, phone, 32),
		      text_line(t->a, t->e->text, RAW_MAX_CHARS));
	think_why(t, "unknown sender");
}

static void reply_of_person(struct think *t, const struct person *p)
{
	const enum verb verb = t->e->reply->verb;

	if (verb == VERB_LIST)
		reply_list(t, p);
	else if (verb == VERB_ALL_MINE)
		reply_all_mine(t, p);
	else if (verb == VERB_HELP)
		reply_words(t, p, TEXT_help, "help");
	else if (verb == VERB_STOP)
		reply_stop(t, p);
	else if (verb == VERB_START)
		reply_start(t, p);
	else if (verb == VERB_NONE || verb >= N_VERBS)
		reply_words(t, p, TEXT_not_understood, "not understood");
	else
		reply_about_one(t, p);
}

/* What changes nothing may come from a machine that answers our answers. After so many of these in a row there are no more,
 * until a reply does something, or an hour went by without any. */
static void limit_answers(struct think *t, const struct person *p)
{
	const bool did = t->d->cancel || t->d->stop_phone;
	const int64_t before = t->now - t->f->idle.at < IDLE_S ? t->f->idle.n : 0;

	if (did && before == 0)
		return;
	t->d->idle_phone = p->phone;
	t->d->idle = (struct mark){ did ? 0 : before + 1, t->now };
	if (did || before < IDLE_MAX)
		return;
	g_ptr_array_set_size(t->d->jobs, 0);
	think_why(t, "no answer: %d in a row changed nothing", IDLE_MAX);
}

void decide_reply(struct think *t)
{
	const struct person *p = roster_person_by_phone(t->r, t->e->phone);
	const enum verb verb = t->e->reply->verb;

	if (!p) {
		reply_of_stranger(t);
		return;
	}
	think_why(t, "from=%s verb=%s", p->id, verb == VERB_NONE ? "none" : verb_letter(verb));
	reply_of_person(t, p);
	limit_answers(t, p);
}
