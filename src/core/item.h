/* item.h - the things that the store keeps: item, notice, job, journal record. Plain data. */
#ifndef RINGBACK_ITEM_H
#define RINGBACK_ITEM_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "call.h"

enum item_state {
	STATE_COLLECTING, STATE_OPEN, STATE_ACKED, STATE_ATTEMPTED, STATE_SNOOZED, STATE_CLOSED,
	STATE_SUPPRESSED, N_STATES
};

enum resolution {
	RESOLUTION_NONE, RESOLUTION_CALLED_BACK, RESOLUTION_CALLER_REACHED, RESOLUTION_ANSWERED_ELSEWHERE,
	RESOLUTION_NO_CALLBACK_NEEDED, RESOLUTION_SPAM, RESOLUTION_WRONG_NUMBER, RESOLUTION_MERGED,
	RESOLUTION_EXPIRED, N_RESOLUTIONS
};

/* How much it matters; stored by number. */
enum urgency { URGENCY_NORMAL, URGENCY_LOW, URGENCY_HIGH, N_URGENCIES };

/* Times are Unix seconds, 0 for "not yet" or "none". Strings may be NULL unless said otherwise. */
struct item {
	int64_t id;		/* RB-<id>; 0 until the store has given one */
	enum item_state state;
	enum resolution resolution;
	const char *key;	/* dedup key: line and caller (see dedup.h); never NULL */
	const char *call_id;
	enum call_class class;
	enum call_reason reason;
	const char *line;	/* line id; never NULL */
	const char *owner;	/* person id; never NULL but in SUPPRESSED */
	const char *caller, *caller_raw, *caller_name;
	bool withheld;
	const char *called;
	int64_t call_time;	/* of the first call */
	int duration_s;		/* of the newest recording; -1 */
	const char *transcript;	/* of the newest recording */
	const char *profile;
	const char *source;	/* who told of it first; NULL: an item of a ringback that had no names for them */
	int64_t calls;		/* how often they tried; 1 and up */
	int64_t created, updated;
	int64_t last_call;	/* arrival of the newest call (not of copies) */
	int64_t texted;		/* when the last text about it was put into the outbox */
	int64_t due;		/* callback promised by */
	int64_t acked, closed;
	const char *acked_by;	/* person id */
	const char *policy;	/* escalation policy in force, id; NULL: none */
	int64_t step;		/* steps gone, counted through repeats; 0: none yet */
	const char *told;	/* whom the last step told, person id; NULL: nobody yet */
	int64_t attempts;	/* callbacks that did not reach the caller */
	int64_t opened;		/* when it became this open: created, or opened again */
	int64_t wake;		/* SNOOZED: until then; ATTEMPTED: when to try again; else 0 */
	const char *rule;	/* that decided, its name; NULL: an item of a ringback that had none */
	enum urgency urgency;
	const char *thread_id;	/* Message-ID of its first mail, with angle brackets; never NULL */
};

#define ITEM_FORGOTTEN "forgotten|"	/* how the key begins of an item that knows its caller no more */

enum notice_action { NOTICE_FIRST, NOTICE_JOINED, NOTICE_COPY, NOTICE_RETRY, N_NOTICE_ACTIONS };

/* One mail from a PBX, as kept. */
struct notice {
	int64_t id, item;
	const char *key;	/* what makes it the same mail again (dedup.h); never NULL */
	enum call_class class;
	int64_t arrived;
	const char *rcpts;	/* lower case, sorted, joined by ","; never NULL */
	const char *message_id, *queue_id;
	enum notice_action action;
};

enum job_kind { JOB_TEXT, JOB_MAIL, JOB_TIMER, N_JOB_KINDS };

enum job_topic {
	TOPIC_FIRST,		/* text: a new item */
	TOPIC_ESCALATION,	/* text: somebody before you did not answer */
	TOPIC_UPDATE,		/* text: they called again, or left a voicemail */
	TOPIC_ANSWER,		/* text: answer to a reply; words fixed in job->text */
	TOPIC_TAKEN,		/* text: to those told before, somebody has it */
	TOPIC_NOTE,		/* mail: a status note in the item's thread; first line in job->text */
	TOPIC_WINDOW,		/* timer: the collect window is over */
	TOPIC_STEP,		/* timer: the step's wait is over */
	TOPIC_ACK_TIMEOUT,	/* timer: acknowledged, not closed */
	TOPIC_LAST,		/* text: to the last resort, when everybody was told */
	TOPIC_MAILED,		/* mail: to a person, in place of a text or beside it; first line in job->text */
	TOPIC_FALLBACK,		/* timer: the step's text should have gone by now */
	TOPIC_WAKE,		/* timer: item->wake is there */
	TOPIC_RETRY,		/* text: it is time to try again */
	TOPIC_DUE,		/* timer: the next stage of the line's response, job->step (decide_due.c) */
	TOPIC_REMINDER,		/* mail: to owner or manager, of one item; first line in job->text */
	TOPIC_STALE,		/* mail: to a manager, of all that is stale; made when it is sent */
	TOPIC_HANDOFF,		/* text: to who is on call now, what is open */
	N_TOPICS
};

enum job_state {
	JOB_WAITING, JOB_SENDING, JOB_SENT, JOB_DELIVERED, JOB_DONE, JOB_FAILED, JOB_EXPIRED, JOB_CANCELLED,
	N_JOB_STATES
};

/* One thing to do at a time: the outbox is a table of these. */
struct job {
	int64_t id;
	int64_t item;		/* 0: about no item (an answer to a stranger's list, say) */
	enum job_kind kind;
	enum job_topic topic;
	enum job_state state;
	int64_t due;		/* not before */
	int64_t expires;	/* not after; 0: no limit */
	const char *person;	/* who is told; NULL for timers and notes */
	const char *to;		/* E.164 or mail address, from the configuration alone */
	const char *text;	/* fixed words; NULL: rendered from the item when it is sent */
	int64_t step;		/* timer STEP and ESCALATION: item->step it belongs to */
	int64_t tries;
	int64_t possibly_twice;	/* how often it was on the wire when the link or the process went away */
	const char *provider, *provider_id;	/* as the SMSC named it */
	const char *error;
	int64_t created, updated;
	int64_t sent;		/* text: when a carrier took it last; 0: none has, or gave it back */
	int64_t bundle;		/* text: the job whose text says this too (its own id: others are in it); 0: goes alone */
};

struct journal_record {
	int64_t id, item;
	int64_t at;
	const char *who;	/* person id, "ringback", "pbx", "smsc", or "operator" */
	const char *what;	/* "created", "acknowledged", "texted", ... one word from a list, see decide.h */
	const char *how;	/* "mail", "text", "cli", "timer" */
	const char *why;	/* free words for people */
};

/* A small number that lasts, by a name of ours. */
struct mark {
	int64_t n, at;
};

/* A line of which nobody is told for a time. */
struct mute {
	const char *line;	/* id; never NULL, nor is reason or by */
	int64_t from, to;	/* to is not part of it, and is after from */
	const char *reason, *by;
};

/* Somebody else is on call for a time, by an operator's word. */
struct override {
	int64_t id;
	const char *schedule, *person;	/* ids; never NULL */
	int64_t from, to;	/* to is not part of it, and is after from */
	int64_t created;
	const char *by;		/* who said so; never NULL */
};

/* Who was on call when we looked last, so that a handoff is seen. */
struct watch {
	const char *schedule, *person;	/* ids; person "": nobody was */
	int64_t since;
};

/* Whose turn was when: the lowest of a pool has the next item, who never had one before all. */
struct pool_turn {
	const char *pool, *person;	/* ids; never NULL */
	int64_t turn;			/* 1 and up */
};

/* How many mails of a source a profile read, and how many of them lacked a field that it expects: see tx_drift(). */
#define DRIFT_READ ""		/* field: all that were read */
#define DRIFT_UNREAD "*"	/* field: mails of its product that no profile read */
#define DRIFT_KEPT_DAYS 400

struct drift {
	const char *source, *profile;
	const char *field;	/* DRIFT_READ, DRIFT_UNREAD, or the name of the field that was missing */
	int64_t n;
	int64_t first, last;	/* when */
};

/* The code of an item on one phone: two digits, unless very many are open. */
#define CODE_FIRST 10
#define CODE_END 10000		/* one more than the last */

struct code {
	const char *phone;	/* E.164 */
	int code;		/* CODE_FIRST to CODE_END - 1 */
	int64_t item;
	int64_t given;
};

const char *state_name(enum item_state s);		/* "open" */
const char *resolution_name(enum resolution r);		/* "called_back"; NONE is "none" */
bool resolution_from_name(const char *name, enum resolution *r_r);
const char *urgency_name(enum urgency u);		/* "high" */
const char *job_kind_name(enum job_kind k);		/* "text" */
const char *job_state_name(enum job_state s);		/* "waiting" */
const char *topic_name(enum job_topic t);		/* "first" */
const char *notice_action_name(enum notice_action n);	/* "copy" */

bool topic_tells(enum job_topic t);	/* a text that wants somebody to act on its item */
bool topic_is_step(enum job_topic t);	/* ... one of an escalation */
/* Open past the callback time; open for stale_after_s or longer. Since when, 0 if not. */
int64_t item_overdue_since(const struct item *i, int64_t now);
int64_t item_stale_since(const struct item *i, int64_t stale_after_s, int64_t now);

bool item_is_live(const struct item *i);		/* neither closed nor suppressed */

/* Deep copies into a. */
struct item *item_copy(struct arena *a, const struct item *i);
struct job *job_copy(struct arena *a, const struct job *j);

#endif
