/* roster.h - who looks after what: people, lines, escalation policies, and the settings that decide.
 *
 * Plain data, filled by conf (or by a test) and then only read. Owned by the configuration snapshot.
 * Look-ups are by hash. */
#ifndef RINGBACK_ROSTER_H
#define RINGBACK_ROSTER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "call.h"
#include "directory.h"
#include "hours.h"
#include "pace.h"
#include "reply.h"
#include "schedule.h"
#include "texts.h"

/* Whose header fields a mail has: see helpdesk.h. */
enum helpdesk { HELPDESK_NONE, HELPDESK_ZAMMAD, HELPDESK_OTRS, HELPDESK_PLAIN };

struct person {
	char *id;		/* "anna": the word used in configuration, headers and the journal */
	char *name;		/* "Anna Smith" */
	char *mail;
	char *phone;		/* E.164; NULL: is never texted */
	char *helpdesk_login;	/* at the helpdesk; NULL: mail */
	struct shift *away;	/* when they are away (whose person means nothing); NULL: never */
	guint n_away;
	const struct person *substitute;	/* while they are; NULL: nobody. No circles */
	struct pace throttle;	/* of texts to this person */
	struct hours *quiet;	/* "open" while no texts should come; NULL: never */
	char *language;		/* of texts to them: "de"; NULL: the line's */
	char **groups;		/* NULL-terminated; NULL: none */
	struct place place;
};

struct step {
	const struct person *tell;		/* NULL: who is on schedule; see duty.h */
	const struct schedule *schedule;
	int64_t wait_s;		/* for an acknowledgement, then the next step */
};

struct escalation_policy {
	char *id;
	struct step *steps;
	guint n_steps;		/* 1 to 32 */
	guint repeat;		/* how many times the steps are gone through again; 0: once in all */
	struct place place;
};

/* What happens on a line if nobody closes. A manager's and an owner's quiet hours are kept. */
struct response {
	int64_t remind_s;		/* the owner, so long before the callback is due, and when it is; 0: not */
	const struct escalation_policy *overdue;	/* begins overdue_after_s after that; NULL: none */
	int64_t overdue_after_s;
	const struct person *manager;	/* hears of it manager_after_s after that, and of what is stale; NULL: nobody */
	int64_t manager_after_s;
	int64_t stale_after_s;		/* open for so long */
};

enum notes { NOTES_ALL, NOTES_MILESTONES, NOTES_CLOSE };

/* People who take turns, the least recent first: those on a schedule, or of a group. */
struct pool {
	char *id;
	const struct schedule *schedule;	/* NULL: */
	const struct person **members;		/* the array is the pool's own */
	guint n_members;
};

/* Whose a line's items are. */
enum owner_by {
	OWNER_NAMED,		/* the person's, or that of who is on the schedule */
	OWNER_TURNS,		/* of the pool's, whose turn it is */
	OWNER_ACCOUNT,		/* who looks after the caller, by the directory */
	OWNER_LAST,		/* who took or closed the caller's last item */
};

enum collapse { COLLAPSE_SWALLOW, COLLAPSE_AUDIT, COLLAPSE_PASS };

struct line {
	char *id;		/* "clinic" */
	char *name;		/* "Clinic": what people read */
	const struct person *owner;	/* never NULL; with a schedule, who owns when nobody is on it */
	const struct schedule *schedule;	/* who owns; NULL: owner. See duty.h */
	enum owner_by owner_by;			/* not NAMED: owner is who has it when that gives nobody */
	const struct pool *pool;		/* TURNS */
	const struct person *fallback;	/* when the owner is away without a substitute; NULL: owner */
	char *audit;		/* mailbox; never NULL */
	char *zone;		/* IANA; never NULL */
	struct hours *hours;	/* NULL: always open */
	const struct escalation_policy *closed;	/* when the line is closed; NULL: nobody is texted */
	const struct escalation_policy *open;	/* when it is open; NULL as well (the default) */
	enum collapse collapse;
	enum notes notes;	/* which status notes the audit mailbox gets */
	int64_t callback_within_s;		/* of opening hours */
	struct pace throttle;			/* of texts about the line's items */
	guint budget;				/* texts a month; 0: no limit */
	enum helpdesk helpdesk;
	char *helpdesk_queue;			/* queue or group of its tickets; NULL: the helpdesk's own choice */
	guint missed;				/* 1 << enum call_reason of calls that count as missed; 0: all */
	int64_t abandoned_after_s;		/* who left a queue sooner was not missed */
	struct response response;
	const struct person *last_resort;	/* told when everybody else was; NULL: nobody */
	char *language;			/* of its cards and of texts about it; NULL: English */
	struct place place;
};

/* What decide() needs to know besides people and lines. Defaults in conf.def. */
struct rules {
	int64_t collect_window_s;	/* 45 */
	int64_t withheld_window_s;	/* 90 */
	int64_t update_interval_s;	/* 15 min: at most one more text per item in this time */
	int64_t reopen_window_s;	/* 4 h: the same caller opens a closed item again */
	int64_t ack_timeout_s;		/* 1 h */
	int64_t code_rest_s;		/* 72 h */
	int64_t mail_after_s;		/* 10 min: a step's text that has not gone by then goes by mail; 0: never */
	int64_t urgent_calls;		/* from so many calls on an item is urgent; 0: never */
	int64_t snooze_s;		/* 30 min: a snooze that names no time */
	int64_t retry_s;		/* 30 min: after a try that reached nobody; 0: nobody is reminded */
	char *item_prefix;		/* "RB" */
	char *language;			/* of texts, where neither person nor line has one; NULL: English */
	int64_t text_septets;		/* length of a text in one part; 0: 160 */
	int64_t text_parts;		/* parts of a text at most; 0: 1 */
	bool text_wide;			/* UCS-2 for what GSM 03.38 has no letters for */
	bool paced;			/* somebody has a throttle or a budget */
	bool subject_tag;
	char *domain;			/* for Message-IDs that we make */
	char *reply_address;		/* what ticket_address() is made of; NULL or "": mails are no commands */
	bool reply_keep;		/* mails that were commands go on all the same */
	char **reply_keys;		/* NULL-terminated; the first makes tokens, all of them count */
};

struct rule_book;

struct roster {
	GPtrArray *people;		/* struct person *, owned; likewise the next three */
	GPtrArray *lines;
	GPtrArray *policies;
	GPtrArray *schedules;
	GArray *phrases;		/* struct reply_phrase, owned: what replies may say besides English */
	GPtrArray *texts;		/* struct texts *: languages whose words come from files */
	GPtrArray *pools;		/* struct pool *, owned */
	bool asks_last;			/* does a line or rule have OWNER_LAST? */
	const struct line *default_line;	/* takes what no line claims; NULL: see roster_line() */
	struct rules rules;
	struct cards *cards;		/* never NULL; owned */
	struct directory *directory;	/* of callers; never NULL */
	struct rule_book *book;		/* what is done with which calls; never NULL. See rule.h */
	GHashTable *people_by_id, *people_by_phone, *people_by_mail;
	GHashTable *policies_by_id, *schedules_by_id;
	GHashTable *lines_by_id, *lines_by_key, *lines_by_tag;
};

struct roster *roster_new(void);
void roster_free(struct roster *r);

/* Adds; ownership passes to the roster. */
void roster_add_person(struct roster *r, struct person *p);
void roster_add_policy(struct roster *r, struct escalation_policy *p);
void roster_add_phrase(struct roster *r, struct reply_phrase p);
void roster_add_schedule(struct roster *r, struct schedule *s);
void roster_add_line(struct roster *r, struct line *l);

/* A further way to know a line: what = an extension, E.164 number, queue or group name, or mail address
 * (compared without letter case and outer blanks). False if another line has it already. */
bool roster_add_key(struct roster *r, const struct line *l, const char *what);

/* Likewise a tag that the PBX puts before the caller's name, and a colon: "SALES" of "SALES:Jane". */
bool roster_add_tag(struct roster *r, const struct line *l, const char *tag);

/* Takes the tag of a line off the caller's name, into c->tag; for whoever reads the mail. What stood before it ("VIP:SALES:
 * Jane") goes too. */
void roster_take_tag(const struct roster *r, struct call *c, struct arena *a);

const struct person *roster_person(const struct roster *r, const char *id);
const struct person *roster_person_by_phone(const struct roster *r, const char *e164);
/* The words for a text to p about l, either of which may be NULL: in the person's language, else the line's, else that of
 * the rules, else English. */
const struct texts *roster_texts(const struct roster *r, const struct person *p, const struct line *l);
/* Whose address it is, without regard to letter case; NULL: nobody's, or that of several. */
const struct person *roster_person_by_mail(const struct roster *r, const char *address);
const struct schedule *roster_schedule(const struct roster *r, const char *id);
const struct escalation_policy *roster_policy(const struct roster *r, const char *id);
const struct line *roster_line_by_id(const struct roster *r, const char *id);

/* The line that a notice is about: by call->tag, then by call->called, then call->called_name, then by the mailboxes addressed
 * (rcpts, NULL-terminated), then the default line. *why_r: a short reason ("called 201", "mailbox x@y",
 * "default"), static or in a. Never NULL once conf has checked that a default line exists. */
const struct line *roster_line(const struct roster *r, const struct call *c, const char *const *rcpts,
			       struct arena *a, const char **why_r);

#endif
