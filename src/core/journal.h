/* journal.h - the words of journal_record.what, and who writes them. */
#ifndef RINGBACK_JOURNAL_H
#define RINGBACK_JOURNAL_H

extern const char *const journal_words[];	/* all of them, NULL at the end; in decide.c */

/* decide(): notices */
#define JOURNAL_CREATED "created"
#define JOURNAL_COPIED "copied"			/* another phone of the same call */
#define JOURNAL_JOINED "joined"			/* its voicemail, or the same caller again */
#define JOURNAL_SEEN_AGAIN "seen_again"		/* the same mail once more */
#define JOURNAL_SUPPRESSED "suppressed"
#define JOURNAL_RAISED "raised"			/* urgent, since they called so often */
#define JOURNAL_REOPENED "reopened"
#define JOURNAL_RULED "ruled"			/* more is known of it: another rule holds */
#define JOURNAL_COLLECTING "collecting"		/* open, but another policy is in force now: told from its first step */
/* decide(): telling */
#define JOURNAL_OPENED "opened"			/* the collect window is over */
#define JOURNAL_TOLD "told"			/* a text to the first step goes into the outbox */
#define JOURNAL_ESCALATED "escalated"		/* likewise to a further step */
#define JOURNAL_UPDATED "updated"		/* likewise: they called again */
#define JOURNAL_SKIPPED "skipped"		/* a step that cannot be texted */
#define JOURNAL_EXHAUSTED "exhausted"
#define JOURNAL_LAST_RESORT "last_resort"	/* exhausted: the line's last resort is told */
#define JOURNAL_MAILED "mailed"			/* a step's text cannot go: mail to the person */
#define JOURNAL_HANDED_OVER "handed_over"	/* a shift begins: who is on call now hears of it */
#define JOURNAL_TIMED_OUT "timed_out"		/* acknowledged, but not closed in time */
#define JOURNAL_REMINDED "reminded"		/* the owner, before the callback is due */
#define JOURNAL_OVERDUE "overdue"		/* not closed by then */
#define JOURNAL_MANAGER "manager_told"		/* that it is overdue */
#define JOURNAL_STALE "stale"			/* the managers' list of the morning */
#define JOURNAL_DELIVERED "delivered"
#define JOURNAL_NOT_DELIVERED "not_delivered"
/* decide(): people */
#define JOURNAL_REPLIED "replied"		/* the words of every text from a person */
#define JOURNAL_UNKNOWN_SENDER "unknown_sender"
#define JOURNAL_REFUSED "refused"		/* a mail to an item's address that may be anybody's */
#define JOURNAL_UNCLEAR "unclear"		/* a person's mail that says nothing we know */
#define JOURNAL_NOTED "noted"			/* a person's words, for people */
#define JOURNAL_ACKNOWLEDGED "acknowledged"
#define JOURNAL_TRIED "tried"
#define JOURNAL_SNOOZED "snoozed"
#define JOURNAL_WOKEN "woken"			/* the snooze is over, or it is time to try again */
#define JOURNAL_PASSED_ON "passed_on"
#define JOURNAL_CLOSED "closed"
#define JOURNAL_ASSIGNED "assigned"
#define JOURNAL_STOPPED "stopped"
#define JOURNAL_STARTED "started"
/* ringback mute */
#define JOURNAL_MUTED "muted"
#define JOURNAL_UNMUTED "unmuted"
/* ringback oncall */
#define JOURNAL_OVERRIDDEN "overridden"		/* somebody else is on call for a time */
#define JOURNAL_OVERRIDE_REMOVED "override_removed"
/* ringback forget, and what was kept long enough */
#define JOURNAL_FORGOTTEN "forgotten"		/* nothing says any more who called */
/* the outbox */
#define JOURNAL_SENT "sent"
#define JOURNAL_PUT_OFF "put_off"		/* the carrier could not; another try follows */
#define JOURNAL_THROTTLED "throttled"		/* the text waits: there were many to the person or of the line */
#define JOURNAL_RESENT "resent"			/* once more, by an operator's word */
#define JOURNAL_EXPIRED "expired"		/* not sent while it mattered */
#define JOURNAL_POSSIBLY_TWICE "possibly_twice"

#endif
