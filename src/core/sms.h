/* sms.h - the texts that people get: in their language, in GSM 03.38, in one part unless the configuration allows more.
 * Pure. */
#ifndef RINGBACK_SMS_H
#define RINGBACK_SMS_H

#include <stdbool.h>

#include "arena.h"
#include "gsm.h"
#include "item.h"
#include "roster.h"

#define SMS_SEGMENT 160		/* septets of one text without concatenation */

/* How a text is to be written. */
struct sms_style {
	struct arena *a;		/* where it goes */
	const struct texts *texts;	/* the language; NULL: English */
	int septets;			/* at most so many of GSM 03.38, of which extension characters take two */
	int units;			/* UTF-16 code units of a text that GSM 03.38 has no letters for; 0: none are sent */
};

/* For a person (NULL: nobody known) and a line (NULL likewise), as the configuration says. */
struct sms_style sms_style(struct arena *a, const struct roster *r, const struct person *p, const struct line *l);

enum sms_ended { ENDED_NOT, ENDED_PASSED_ON, ENDED_NOT_REACHED, ENDED_SKIPPED };

/* What a text about an item is made of. */
struct sms_facts {
	enum job_topic topic;		/* FIRST, ESCALATION, UPDATE, RETRY or TAKEN */
	const struct item *item;
	const struct line *line;	/* NULL: the item's line id stands in */
	int code;			/* of the item on that phone */
	int64_t step, steps;		/* ESCALATION: "ESC 2/3" */
	const char *before;		/* ESCALATION: name of who did not answer; TAKEN: of who has it */
	int64_t waited_s;		/* ESCALATION: how long they had */
	enum sms_ended ended;		/* ESCALATION: what came instead of an answer */
	bool recording;			/* the item has a voicemail */
};

/* The text, in the arena. Letters that GSM 03.38 lacks are replaced by close ones; where there are none, the text goes
 * as it is if style allows code units and it fits, else in Latin letters as far as there are any. Cut in this order:
 * transcript, name, line name, the word "Reply", reason, how often; never the number, never the verbs. Anything from a
 * mail is one line of harmless characters; runs of 12 and more digits in a transcript are not shown, but for the
 * caller's own number. */
const char *sms_render(const struct sms_style *s, const struct sms_facts *f);

/* Fixed answers to replies. person may be NULL where the words do not need it. at is shown in the zone. */
const char *sms_yours(const struct sms_style *s, const struct item *i, int code, const char *zone, int64_t back_at);
const char *sms_taken(const struct sms_style *s, int code, const char *by, int64_t at, const char *zone);
/* by NULL: to the one who closed it; "": the operator did. */
const char *sms_closed(const struct sms_style *s, const struct item *i, int code, const char *by, const char *zone);
const char *sms_passed_on(const struct sms_style *s, int code, const char *to);	/* to NULL: nobody is left */
/* Times 0: not said. mine: to the one who put it off. */
const char *sms_tried(const struct sms_style *s, int code, int64_t retry_at, const char *zone);
const char *sms_snoozed(const struct sms_style *s, int code, bool mine, int64_t until, const char *zone);
const char *sms_which(const struct sms_style *s, const int *codes, gsize n);	/* n 0: nothing is open */
const char *sms_list(const struct sms_style *s, const struct item *const *items, const int *codes, gsize n);
const char *sms_all_yours(const struct sms_style *s, const int *codes, gsize n, int64_t at, const char *zone);
const char *sms_test(const struct sms_style *s, const struct person *p);

/* Those with no field but {code}: TEXT_unknown_code, TEXT_help, TEXT_started, TEXT_not_understood ... */
const char *sms_plain(const struct sms_style *s, enum text_id id, int code);

/* Any template with any item: what is not of the item is made up. f->topic ESCALATION: why is said as to those told next. */
const char *sms_preview(const struct sms_style *s, enum text_id id, const struct sms_facts *f);

#endif
