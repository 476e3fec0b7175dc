/* decide_private.h - what the files of decide() share. For decide*.c alone.
 *
 * decide_notice: a mail of a PBX; decide_match: is it one we know? decide_timer: timers and receipts. decide_fallback: mail where no text can go.
 * decide_reply: texts from people. decide_mail: their mails.
 * decide_command: the operator. decide_due: what happens if nobody closes. decide_act: what people do to an item, by whatever way. decide_tell: who is texted. */
#ifndef RINGBACK_DECIDE_PRIVATE_H
#define RINGBACK_DECIDE_PRIVATE_H

#include "decide.h"
#include "duty.h"
#include "rule.h"

/* One decision in the making. */
struct think {
	const struct roster *r;
	const struct event *e;
	const struct facts *f;
	int64_t now;
	struct arena *a;
	struct decision *d;
	GString *why;
	const char *own;	/* why the owner is who it is; NULL: the person named */
};

#define TOPIC_BIT(t) (1u << (t))
/* What would tell somebody of an item that needs nobody else, or somebody else. */
#define CANCEL_TELLING (TOPIC_BIT(TOPIC_FIRST) | TOPIC_BIT(TOPIC_ESCALATION) | TOPIC_BIT(TOPIC_UPDATE) | \
			TOPIC_BIT(TOPIC_WINDOW) | TOPIC_BIT(TOPIC_STEP) | TOPIC_BIT(TOPIC_LAST) | \
			TOPIC_BIT(TOPIC_MAILED) | TOPIC_BIT(TOPIC_FALLBACK) | TOPIC_BIT(TOPIC_HANDOFF))
#define CANCEL_ALL (CANCEL_TELLING | TOPIC_BIT(TOPIC_ACK_TIMEOUT) | TOPIC_BIT(TOPIC_WAKE) | TOPIC_BIT(TOPIC_RETRY))
/* What goes on while somebody has it ends when it does. */
#define CANCEL_END (CANCEL_ALL | TOPIC_BIT(TOPIC_DUE) | TOPIC_BIT(TOPIC_REMINDER))

/* ---- decide.c ---- */

/* Adds to the reasons; blanks go between. */
void think_why(struct think *t, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The item to be changed: a copy that is part of the decision. Call once for each item. */
struct item *think_item(struct think *t, const struct item *from);

/* i NULL: about no item. */
void think_journal(struct think *t, const struct item *i, const char *what, const char *who, const char *how,
		   const char *format, ...) G_GNUC_PRINTF(6, 7);
struct job *think_job(struct think *t, const struct item *i, enum job_kind kind, enum job_topic topic, int64_t due);

/* A status note to the audit mailbox: one line for people. Nothing if the line is configured no more, or does not want to
 * hear of such things (line->notes). */
enum note_level {
	NOTE_DETAIL,		/* how it goes: texts sent and delivered */
	NOTE_MILESTONE,		/* something else is to be done, or by somebody else */
	NOTE_END		/* it is closed, or nobody is left to tell */
};
void think_note_at(struct think *t, const struct item *i, enum note_level level, const char *format, ...) G_GNUC_PRINTF(4, 5);
#define think_note(t, i, ...) think_note_at((t), (i), NOTE_MILESTONE, __VA_ARGS__)

/* About no item, to an audit mailbox. */
void think_note_to(struct think *t, const char *audit, const char *words);

/* May p be texted: has a phone that did not say STOP. */
bool think_texts(const struct think *t, const struct person *p);

const char *think_name(const struct think *t, const char *person);	/* "Anna Smith" of "anna"; never NULL */
struct on_duty think_duty(const struct think *t, const struct duty *duty);

/* Makes the line's owner of now the item's. Gives why it is that one, for the journal: " (on clinic-oncall)", or "". */
const char *think_own(struct think *t, struct item *i, const struct line *line);

const char *think_clock(const struct think *t, const struct item *i, int64_t at);	/* "21:58" on the line's clock */
const char *think_when(const struct think *t, const struct item *i, int64_t at);	/* that, with the date if it is another */
const char *think_zone(const struct think *t, const struct item *i);

/* ---- decide_tell.c ---- */

const struct escalation_policy *tell_policy(const struct think *t, const struct item *i);

/* Who was told last; NULL if nobody was, or not by a step that the configuration still has. */
const struct person *tell_last(const struct think *t, const struct item *i);

/* Goes on to the next step that can be texted and is not not_to (NULL: anybody): the text, its timer, the journal.
 * Gives who is told: the last resort when nobody else is left (noted); NULL when that was told before, or there is none,
 * or the item has no policy. */
const struct person *tell_next(struct think *t, struct item *i, const struct person *not_to);

/* Once more to whom the last step told, with that step's wait; to the next step where that cannot be, to the first after
 * the last. Gives who is told; NULL: nobody. */
const struct person *tell_same(struct think *t, struct item *i);

/* To who has the item: it is time to try again. False if they cannot be texted. */
bool tell_retry(struct think *t, struct item *i);

/* They called again: to one who knows of the item, at most once in an update interval. */
void tell_update(struct think *t, struct item *i, bool in_force);

/* "Somebody has it" to the phones of told (NULL-terminated or NULL) but not to by. */
void tell_taken(struct think *t, const struct item *i, const char *const *told, const struct person *by);

/* ---- decide_fallback.c ---- */

/* A step's text was put into the outbox: if it is still there after mail_after, it goes by mail too. */
void fallback_arm(struct think *t, const struct item *i);
void fallback_over(struct think *t);		/* that time is over */

/* To the person's own address, in the item's thread. */
void tell_by_mail(struct think *t, const struct item *i, const struct person *p, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

/* ---- decide_timer.c ---- */

/* Is the step that the timer or text belongs to the one that the item waits in? */
bool timer_in_force(const struct think *t);
/* ---- decide_due.c ---- */

/* Begins the line's response anew, for an item whose due time was set. */
void due_arm(struct think *t, const struct item *i, const struct line *line);
void due_over(struct think *t);

void timer_stale(struct think *t);

/* ---- decide_rule.c: t->e is a notice but for rule_policy() and rule_duty() ---- */

/* Puts a new item under the rule that it falls under. */
void rule_first(struct think *t, struct item *i, const struct line *line);

/* The same when more is known of it: another rule may hold now, and another own it. Is it urgent now, and was not? */
bool rule_again(struct think *t, struct item *i, const struct line *line);

/* What the item's rule, else its line, says: who is texted (NULL: nobody), whose it is. */
const struct escalation_policy *rule_policy(const struct think *t, const struct item *i, const struct line *line);
struct duty rule_duty(const struct think *t, const struct item *i, const struct line *line);

/* Why nobody is told of it at all, in a, and how it is closed; NULL: somebody is. */
const char *rule_silence(const struct think *t, const struct item *i, const struct line *line, enum resolution *resolution_r);

/* Where a mail about it goes that is no copy. */
enum mail_verdict rule_verdict(const struct think *t, const struct item *i);

/* ---- decide_act.c ---- */

/* Who does it, and by which way. */
struct actor {
	const struct person *person;	/* who has the item afterwards; NULL: nobody named */
	const char *who;		/* for the journal: person id or "operator" */
	const char *how;		/* "text", "mail", "cli" */
	const char *const *told;	/* as in struct texted */
};

bool act_holds(const struct item *i, const struct person *p);	/* it is acknowledged by p */
bool act_held_by_other(const struct item *i, const struct person *p);
void act_ack(struct think *t, struct item *i, const struct actor *by);
/* When to try again: in so many minutes, 0: after rules.retry_s, or never (0) if that is 0. */
int64_t act_retry_at(const struct think *t, int minutes);
/* They called back and reached nobody; they are reminded at retry_at. 0: they are not. */
void act_tried(struct think *t, struct item *i, const struct actor *by, int64_t retry_at);
/* Nobody is told until then; then who was told last is told again, which is by->person if there is one. */
void act_snooze(struct think *t, struct item *i, const struct actor *by, int64_t until);
void act_close(struct think *t, struct item *i, enum resolution resolution, const struct actor *by);
void act_assign(struct think *t, struct item *i, const struct actor *by);
bool act_may_pass_on(const struct think *t, const struct item *i, const struct person *p);
/* The one who has it or was told last gives it away. NULL: nobody is left. */
const struct person *act_pass_on(struct think *t, struct item *i, const struct actor *by);

/* ---- decide_mute.c ---- */

/* The mute that is on the line now; NULL: none. */
const struct mute *mute_of(const struct think *t, const char *line);
/* A timer of a line that is muted waits until that is over. True: it does. */
bool mute_timer(struct think *t);

/* ---- decide_match.c ---- */

/* A notice seen against the item that it may belong to. */
struct match {
	const struct call *call;
	const struct line *dialled;	/* the line of the notice, */
	const char *found;		/* and how it was found: "called 201" */
	const struct line *line;	/* of the item, as long as it is configured */
	const char *rcpts, *key, *notice_key;
	bool same_id, other_id;		/* call ids: the same, or both there and different */
	bool recent;			/* within the window of the item's newest call */
	bool has_class;			/* that call has a notice of this class already */
	bool has_voicemail;
	bool meets, meets_class;	/* ... one that went to one of these recipients; one of this class that did */
	bool key_again;			/* ... one that differs in its recipients alone */
};

enum relation {
	RELATION_NEW,		/* none */
	RELATION_COPY,		/* another phone of the newest call */
	RELATION_SAME_CALL,	/* the newest call, but something new is said of it: its voicemail */
	RELATION_AGAIN,		/* the same caller tries once more */
};

/* What the notice is to the facts' item. Fills in the rest of m, of which all down to the keys is given. */
enum relation match_relate(const struct think *t, struct match *m);

/* ---- one for each kind of event ---- */

void decide_notice(struct think *t);
void decide_timer(struct think *t);
void decide_receipt(struct think *t);
void decide_reply(struct think *t);
void decide_mail(struct think *t);
void decide_command(struct think *t);
void decide_handoff(struct think *t);

#endif
