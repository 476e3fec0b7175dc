/* decide.h - the one place that decides: (roster, event, facts, now) -> decision. Pure.
 *
 * An event says what came in, the facts are what the store knows about it, the decision says what becomes of
 * the item and what is to be done, with reasons. engine/ gathers the facts, and makes the decision durable in
 * the same transaction; nothing here asks the time, reads a file or logs. */
#ifndef RINGBACK_DECIDE_H
#define RINGBACK_DECIDE_H

#define DECIDE_NO_ITEM (-1)

#include "arena.h"
#include "call.h"
#include "item.h"
#include "journal.h"
#include "reply.h"
#include "roster.h"
#include "ticket.h"

enum event_kind {
	EVENT_NOTICE,		/* a mail of a PBX */
	EVENT_REPLY,		/* a text from a phone */
	EVENT_RECEIPT,		/* a delivery receipt, or the SMSC's final no to a text */
	EVENT_TIMER,		/* a job of kind timer came due */
	EVENT_MAIL,		/* a mail to the address of an item: see ticket.h */
	EVENT_HANDOFF,		/* a shift of a schedule has begun */
	EVENT_COMMAND,		/* an operator's word: ringback ack | close | assign | tried | snooze */
};

enum command { COMMAND_ACK, COMMAND_CLOSE, COMMAND_ASSIGN, COMMAND_TRIED, COMMAND_SNOOZE, COMMAND_PASS, N_COMMANDS };

struct mail_command {
	struct ticket ticket;
	const char *author;		/* the one address in From; NULL: none that could be told */
	const char *doubt;		/* why it may not be the author's, for the journal; NULL: it is */
	bool automatic;			/* a program wrote it (RFC 3834) */
	const char *text;		/* UTF-8, LF line ends */
};

struct event {
	enum event_kind kind;
	/* NOTICE */
	const struct call *call;
	const char *const *rcpts;	/* NULL-terminated, as the envelope had them */
	const char *message_id, *queue_id;	/* message_id "" if the mail has none */
	/* REPLY */
	const char *phone;		/* E.164 of the sender */
	const char *text;		/* raw, UTF-8, at most 1,000 characters */
	const struct reply *reply;	/* what reply_read() made of it */
	/* RECEIPT, TIMER */
	const struct job *job;
	bool delivered;			/* RECEIPT: delivered, or failed for good */
	/* MAIL */
	const struct mail_command *mail;
	/* HANDOFF; `to` is who is on call now */
	const char *schedule;
	/* COMMAND */
	enum command command;
	const char *by;			/* who says so: person id or "operator" */
	const char *to;			/* ASSIGN: person id; ACK, TRIED, PASS: person id who takes it, tried, passes on */
	int64_t until;			/* SNOOZE: after now; TRIED: when to try again, 0: rules.retry_s from now */
	enum resolution resolution;	/* CLOSE */
};

/* An item that was texted to the phone that replied. */
struct texted {
	int code;
	const struct item *item;
	const char *const *told;	/* all phones told about it (E.164), for TAKEN texts; NULL-terminated or NULL */
};

struct facts {
	/* NOTICE: the item that it may belong to (same call id, else same key, newest), or NULL */
	const struct item *item;	/* RECEIPT, TIMER, COMMAND: the item itself */
	const struct notice *notices;	/* of that item, newest first, at most 64 */
	gsize n_notices;
	/* newest earlier notice with the same notice key, its item is `item`; or NULL. Give it (and its item) only if
	 * dedup_is_retry() says so; else look for the item as if there were none */
	const struct notice *same;
	/* REPLY: codes of that phone, live items first, newest first */
	const struct texted *texted;
	gsize n_texted;
	/* TIMER of a step: the step's text is still in the outbox, since no carrier could take it; or a throttle holds
	 * it until text_due (0: none does); mailed: it went by mail as well */
	bool text_waits;
	int64_t text_due;
	bool mailed;
	/* MAIL: the item of the ticket, and if its token fits its journal, oldest first */
	const struct journal_record *const *journal;
	gsize n_journal;
	/* who is on call instead, whatever the event: all that are not over, the oldest first; or NULL */
	const struct override *overrides;
	gsize n_overrides;
	/* NOTICE: whose turn was when; who took or closed the caller's last item, person id; or NULL */
	const struct pool_turn *turns;
	gsize n_turns;
	const char *dealt_with;
	/* phones that said STOP (E.164), whatever the event; NULL-terminated or NULL */
	const char *const *stopped;
	/* lines of which nobody is told, whatever the event: those not over; or NULL */
	const struct mute *mutes;
	gsize n_mutes;
	/* REPLY: answers in a row to that phone that came of texts which changed nothing, and when the last was */
	struct mark idle;
	/* HANDOFF: items that are live */
	const struct item *const *open;
	gsize n_open;
	/* MAIL, COMMAND: phones already told about `item` (E.164), for TAKEN texts; NULL-terminated or NULL */
	const char *const *told;
};

enum mail_verdict {
	MAIL_PASS,		/* as it is, to whom it was addressed */
	MAIL_EDIT,		/* with our edits, to owner and audit mailbox */
	MAIL_AUDIT,		/* a copy: with our edits, to the audit mailbox alone */
	MAIL_SWALLOW,		/* a copy: recorded, delivered to nobody */
};

/* Order of execution: insert or update item, update those of more, cancel, then add jobs and journal. */
struct decision {
	struct item *item;		/* the new state, in the arena; NULL: no item is touched */
	GPtrArray *more;		/* struct item *: further items changed ("AA", "STOP"), to be updated likewise */
	bool created;			/* item is to be inserted (its id is 0 until then) */
	struct notice *notice;		/* NOTICE: to be kept; NULL for others. Its item id follows item */
	enum mail_verdict mail;		/* NOTICE, MAIL */
	const struct line *line;	/* of the item; NULL if the configuration has it no more */
	const struct person *owner;	/* likewise */
	GPtrArray *jobs;		/* struct job *: to be added to the outbox */
	guint cancel;			/* bit set of (1 << enum job_topic): jobs that wait, of item and of more, are
					 * cancelled; before jobs are added, which it does not concern */
	GPtrArray *journal;		/* struct journal_record *: to be added */
	const char *turn_pool, *turn_person;	/* whose turn it was; NULL: nobody's */
	const char *stop_phone;		/* a phone that said STOP, or START; NULL: none did */
	int64_t stop_at;		/* when it said STOP; 0: START */
	const char *idle_phone;		/* whose facts->idle becomes idle; NULL: nobody's */
	struct mark idle;
	/* Jobs and records whose item is 0 are about `item` (and get its id), or about none if that is NULL; -1
	 * (DECIDE_NO_ITEM) is really none, whatever `item` is, and is stored as 0. */
	const char *why;		/* the reasons in one line: "line=clinic(called 201) closed step=1 anna" */
};

/* Never NULL; everything in a. */
struct decision *decide(const struct roster *r, const struct event *e, const struct facts *f, int64_t now,
			struct arena *a);

#endif
