/* sms.h - the texts that people get, in GSM 03.38, one segment by default. Pure. */
#ifndef RINGBACK_SMS_H
#define RINGBACK_SMS_H

#include <stdbool.h>

#include "arena.h"
#include "gsm.h"
#include "item.h"
#include "roster.h"

#define SMS_SEGMENT 160		/* septets of one text without concatenation */

/* What a text about an item is made of. */
struct sms_facts {
	enum job_topic topic;		/* FIRST, ESCALATION, UPDATE, RETRY or TAKEN */
	const struct item *item;
	const struct line *line;	/* NULL: the item's line id stands in */
	int code;			/* of the item on that phone */
	int64_t step, steps;		/* ESCALATION: "ESC 2/3" */
	const char *before;		/* ESCALATION: name of who did not answer; TAKEN: of who has it */
	int64_t waited_s;		/* ESCALATION: how long they had */
	const char *ended;		/* ESCALATION: what came instead of an answer, "passed it on"; NULL: nothing */
	bool recording;			/* the item has a voicemail */
};

/* The text, at most max septets (GSM 03.38, extension characters count two), in the arena. Cut in this order:
 * transcript, name, line name, the word "Reply"; never the number, never the verbs. Anything from a mail is
 * one line of harmless characters. */
const char *sms_render(struct arena *a, const struct sms_facts *f, gsize max);

/* Fixed answers to replies. person may be NULL where the words do not need it. at is shown in the zone. */
const char *sms_yours(struct arena *a, const struct item *i, int code, const char *zone, int64_t back_at);
const char *sms_taken(struct arena *a, int code, const char *by, int64_t at, const char *zone);
/* by NULL: to the one who closed it. */
const char *sms_closed(struct arena *a, const struct item *i, int code, const char *by, const char *zone);
const char *sms_passed_on(struct arena *a, int code, const char *to);	/* to NULL: nobody is left */
const char *sms_tried(struct arena *a, int code, int64_t retry_at, const char *zone);	/* retry_at 0: at no time */
/* mine: to the one who put it off. */
const char *sms_snoozed(struct arena *a, int code, bool mine, int64_t until, const char *zone);
const char *sms_which(struct arena *a, const int *codes, gsize n);	/* n 0: nothing is open */
const char *sms_unknown_code(struct arena *a, int code);
const char *sms_list(struct arena *a, const struct item *const *items, const int *codes, gsize n, gsize max);
const char *sms_help(struct arena *a);
const char *sms_started(struct arena *a);
const char *sms_not_understood(struct arena *a);

#endif
