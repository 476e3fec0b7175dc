#include "decide_private.h"

#include <string.h>

#include "render.h"
#include "text.h"

#define WORDS_MAX_CHARS 160
#define NOTE_MAX_CHARS 400
#define ANSWER_LIFE_S 86400
#define UNCLEAR_EVERY_S 86400	/* two machines that answer each other shall come to an end */

/* ---- what the mail says ---- */

static bool is_quote(const char *line)
{
	return *line == '>';
}

/* The next line with something on it, from *p on, which goes behind it. NULL: there is none. */
static const char *next_line(struct arena *a, const char **p)
{
	while (**p) {
		const gsize n = strcspn(*p, "\n");
		const char *line = text_line(a, arena_strndup(a, *p, n), 1000);

		*p += n + ((*p)[n] == '\n');
		if (*line)
			return line;
	}
	return NULL;
}

/* The first line that its writer wrote: what stands above a quotation, "On Monday Anna wrote:", is the mail program's. */
static const char *own_words(struct arena *a, const char *text)
{
	const char *p = text ? text : "", *line = next_line(a, &p), *next;

	while (line) {
		next = next_line(a, &p);
		if (!is_quote(line) && !(g_str_has_suffix(line, ":") && next && is_quote(next)))
			return line;
		line = next;
	}
	return "";
}

/* "note the boiler is fixed": what follows the word; NULL: it is no note. */
static const char *note_of(const char *words)
{
	if (g_ascii_strncasecmp(words, "note", 4) != 0 || !words[4] || !strchr(" :,", words[4]))
		return NULL;
	words += 4 + strspn(words + 4, " :,");
	return *words ? words : NULL;
}

/* ---- answers: in the thread, to the address that the configuration has ---- */

static void answer(struct think *t, const struct item *i, const struct person *p, const char *format, ...) G_GNUC_PRINTF(4, 5);

static void answer(struct think *t, const struct item *i, const struct person *p, const char *format, ...)
{
	struct job *j = think_job(t, i, JOB_MAIL, TOPIC_NOTE, t->now);
	g_autofree char *words = NULL;
	va_list ap;

	va_start(ap, format);
	words = g_strdup_vprintf(format, ap);
	va_end(ap);
	j->person = p->id;
	j->to = p->mail;
	j->expires = t->now + ANSWER_LIFE_S;
	j->text = text_line(t->a, words, NOTE_MAX_CHARS);
}

static void say_closed(struct think *t, const struct item *i, const struct person *p)
{
	answer(t, i, p, "It is closed: %s, by %s at %s", resolution_name(i->resolution),
	       i->acked_by ? think_name(t, i->acked_by) : "the operator", think_when(t, i, i->closed));
}

static void on_ack(struct think *t, struct item *i, const struct actor *by)
{
	/* Once more, perhaps since our answer got lost: the same answer, and nothing else. */
	if (act_holds(i, by->person))
		think_why(t, "acknowledged before");
	else
		act_ack(t, i, by);
	answer(t, i, by->person, "It is yours since %s. After the call answer \"called\". It comes back to you at %s",
	       think_clock(t, i, i->acked), think_when(t, i, i->acked + t->r->rules.ack_timeout_s));
}

static void on_next(struct think *t, struct item *i, const struct actor *by)
{
	const struct person *next = tell_last(t, i);

	if (act_may_pass_on(t, i, by->person))
		next = act_pass_on(t, i, by);
	else
		think_why(t, "passed on before");
	answer(t, i, by->person, "It was passed on to %s", next ? think_name(t, next->id) : "nobody: there is nobody left to tell");
}

static void on_tried(struct think *t, struct item *i, const struct actor *by, int minutes)
{
	act_tried(t, i, by, act_retry_at(t, minutes));
	answer(t, i, by->person, "Noted: you tried and reached nobody. It is yours%s%s", i->wake ? "; next try at " : "",
	       i->wake ? think_when(t, i, i->wake) : "");
}

static void on_snooze(struct think *t, struct item *i, const struct actor *by, int minutes)
{
	act_snooze(t, i, by, t->now + (minutes ? minutes * 60 : t->r->rules.snooze_s));
	answer(t, i, by->person, "It is put off until %s", think_when(t, i, i->wake));
}

static void on_close(struct think *t, struct item *i, enum resolution resolution, const struct actor *by)
{
	act_close(t, i, resolution, by);
	say_closed(t, i, by->person);
}

/* ---- one order ---- */

static bool is_order(enum verb v)
{
	return v == VERB_ACK || v == VERB_DONE || v == VERB_TRIED || v == VERB_NEXT || v == VERB_SNOOZE || v == VERB_NO_CALLBACK;
}

static void carry_out(struct think *t, struct item *i, const struct actor *by, struct reply r)
{
	if (!item_is_live(i)) {
		think_why(t, "closed before");
		say_closed(t, i, by->person);
	} else if (r.verb != VERB_DONE && act_held_by_other(i, by->person)) {
		/* Who called back, called back, whoever said "mine"; all else is the holder's to say. */
		think_why(t, "held by %s", i->acked_by);
		answer(t, i, by->person, "%s has it since %s: nothing was changed", think_name(t, i->acked_by),
		       think_clock(t, i, i->acked));
	} else if (r.verb == VERB_ACK) {
		on_ack(t, i, by);
	} else if (r.verb == VERB_TRIED) {
		on_tried(t, i, by, r.minutes);
	} else if (r.verb == VERB_SNOOZE) {
		on_snooze(t, i, by, r.minutes);
	} else if (r.verb == VERB_NEXT) {
		on_next(t, i, by);
	} else {
		on_close(t, i, r.verb == VERB_DONE ? RESOLUTION_CALLED_BACK : RESOLUTION_NO_CALLBACK_NEEDED, by);
	}
}

static void take_note(struct think *t, struct item *i, const struct actor *by, const char *words)
{
	think_journal(t, i, JOURNAL_NOTED, by->who, by->how, "%s", text_line(t->a, words, NOTE_MAX_CHARS));
	think_note(t, i, "%s: %s", think_name(t, by->who), text_line(t->a, words, NOTE_MAX_CHARS));
	think_why(t, "note");
}

/* Did we ask this person lately what they mean? */
static bool asked_before(const struct think *t, const struct person *p)
{
	for (gsize n = 0; n < t->f->n_journal; n++) {
		const struct journal_record *r = t->f->journal[n];

		if (r->at > t->now - UNCLEAR_EVERY_S && strcmp(r->what, JOURNAL_UNCLEAR) == 0 && strcmp(r->who, p->id) == 0)
			return true;
	}
	return false;
}

/* It may be for people: it goes on, and the journal keeps no more of it than that. */
static void ask(struct think *t, const struct item *i, const struct person *p, const char *words)
{
	const bool before = asked_before(t, p);

	think_journal(t, i, JOURNAL_UNCLEAR, p->id, "mail", "%s", text_line(t->a, words, WORDS_MAX_CHARS));
	think_why(t, "not understood");
	if (!before)
		answer(t, i, p, "Your answer was not understood, and went on as a mail. Write mine, called, tried, pass, no "
		       "callback, or note and your words, in the first line");
}

static void obey(struct think *t, const struct person *p)
{
	const GArray *more = t->r->phrases;
	const char *words = own_words(t->a, t->e->mail->text), *note = note_of(words);
	const struct reply r = reply_read(words, (const struct reply_phrase *)more->data, more->len);
	const struct actor by = { .person = p, .who = p->id, .how = "mail", .told = t->f->told };
	struct item *i = think_item(t, t->f->item);

	think_why(t, "from=%s verb=%s", p->id, note ? "note" : verb_letter(r.verb));
	if (!note && !is_order(r.verb)) {
		ask(t, i, p, words);
		return;
	}
	t->d->mail = t->r->rules.reply_keep ? MAIL_PASS : MAIL_SWALLOW;
	if (note) {
		take_note(t, i, &by, note);
		return;
	}
	think_journal(t, i, JOURNAL_REPLIED, p->id, "mail", "%s", text_line(t->a, words, WORDS_MAX_CHARS));
	carry_out(t, i, &by, r);
}

/* ---- whose it is ---- */

/* Why nothing is done at its word; NULL: something is. */
static const char *why_not(const struct think *t, const struct person *p)
{
	const struct mail_command *m = t->e->mail;

	if (!t->f->item || !ticket_fits(&t->r->rules, &m->ticket, t->f->item))
		return "the token is wrong or old";
	if (m->automatic)
		return "a machine wrote it";
	return p ? m->doubt : "nobody of the configuration wrote it";
}

/* Nobody is told, who might be anybody. A record is about no item: strangers fill none. */
static void refuse(struct think *t, const char *why)
{
	const struct mail_command *m = t->e->mail;

	think_journal(t, NULL, JOURNAL_REFUSED, "mail", "mail", "%s: %s, to %s",
		      m->author ? text_line(t->a, m->author, 100) : "nobody known", why,
		      render_item_id(t->a, t->r, m->ticket.item));
	think_why(t, "refused: %s", why);
}

void decide_mail(struct think *t)
{
	const struct person *p = roster_person_by_mail(t->r, t->e->mail->author);
	const char *why = why_not(t, p);

	t->d->mail = MAIL_PASS;
	if (why)
		refuse(t, why);
	else
		obey(t, p);
}
