/* rule.h - which rule a call falls under, and what follows from it. Pure.
 *
 * A rule is a set of conditions: all that it gives must hold; of the values of one, any. The first rule of the book that
 * holds decides, and what it leaves open is as the line has it. Behind the last stands one that always holds and leaves
 * everything open: "default".
 *
 * To be found quickly, however many there are, a rule stands in an index under its lines, else under its callers; only
 * those of the call's line and caller, and those that name neither, are looked at. */
#ifndef RINGBACK_RULE_H
#define RINGBACK_RULE_H

#include "duty.h"
#include "pattern.h"
#include "roster.h"
#include "template.h"

#define RULE_DEFAULT "default"
#define RULE_TRANSCRIPT_MAX 4000	/* octets of a transcript that words are looked for in */

enum rule_time { RULE_ANY_TIME, RULE_OPEN, RULE_CLOSED, RULE_HOURS };

enum rule_channel { CHANNEL_MAIL = 1, CHANNEL_TEXT = 2, CHANNEL_ALL = 3 };

struct rule_header {
	char *name;
	struct template *value;		/* of helpdesk_values */
};

/* Strings and arrays are the rule's own; what it points to besides belongs to the roster. */
struct rule {
	char *id;
	char *comment;			/* of its author; NULL: none */
	guint32 reviewed;		/* day as GDate counts, on which somebody last looked at it; 0: not said */

	struct place place;

	/* ---- when it holds; NULL or 0: whatever it is ---- */
	const struct line **lines;
	guint n_lines;
	guint classes, reasons;		/* 1 << enum call_class, 1 << enum call_reason */
	enum rule_time time;		/* by the hours of the line, or by its own: */
	struct hours *hours;
	char **numbers;			/* callers: E.164 */
	char **prefixes;		/* "+44" */
	char **groups;			/* of the directory, in lower case */
	bool withheld;			/* callers without a number */
	char **words;			/* made by rule_words() */
	char **regexes;			/* likewise of the transcript, as written, */
	GPtrArray *patterns;		/* and struct pattern * of each */

	/* ---- what follows ---- */
	struct duty owner;		/* nobody named: as the line says */
	enum urgency urgency;
	bool urgency_given;
	guint channels;			/* enum rule_channel */
	const struct escalation_policy *policy;	/* NULL: that of the line */
	bool mute, spam;		/* recorded; nobody is told */
	bool helpdesk_given;
	enum helpdesk helpdesk;
	char *helpdesk_queue;		/* NULL: that of the line */
	struct rule_header *headers;	/* further fields of the mail's header */
	guint n_headers;
};

struct rule *rule_new(const char *id);
void rule_free(struct rule *r);		/* NULL is fine */

/* Words as they are compared: lower case, one blank between and around them, no other marks: "Gas  leak!" is " gas leak ".
 * NULL if nothing is left. Free with g_free(). */
char *rule_words(const char *text);

struct rule_book *rule_book_new(void);
void rule_book_free(struct rule_book *b);	/* NULL is fine */

/* Behind those that are there; takes r, which is not changed any more. */
void rule_book_add(struct rule_book *b, struct rule *r);

guint rule_book_size(const struct rule_book *b);		/* without the default */
const struct rule *rule_book_at(const struct rule_book *b, guint i);
/* The default too; NULL: there is none of that name. */
const struct rule *rule_book_find(const struct rule_book *b, const char *id);

/* A call as rules see it. */
struct rule_case {
	const struct call *call;
	const struct line *line;
	const struct roster *roster;
	int64_t now;
	guint looked_at;		/* by rule_of(): how many rules */
};

/* Never NULL. */
const struct rule *rule_of(const struct rule_book *b, struct rule_case *c);

/* Does r hold? For who wants to know of one. */
bool rule_holds(const struct rule *r, const struct rule_case *c);

/* Whatever other holds for, one holds for too: behind one, other is never reached. May say no where it is so (of
 * patterns and of hours of their own, equal ones alone are seen). */
bool rule_covers(const struct rule *one, const struct rule *other);

#endif
