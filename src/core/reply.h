/* reply.h - what a person means by the text they sent back. Pure. */
#ifndef RINGBACK_REPLY_H
#define RINGBACK_REPLY_H

#include <glib.h>
#include <stdbool.h>

enum verb {
	VERB_NONE,		/* not understood */
	VERB_ACK,		/* A: mine */
	VERB_DONE,		/* D: called back */
	VERB_TRIED,		/* T: tried, no reach */
	VERB_NEXT,		/* N: pass on */
	VERB_SNOOZE,		/* S: later */
	VERB_NO_CALLBACK,	/* X */
	VERB_LIST,		/* L */
	VERB_ALL_MINE,		/* AA */
	VERB_HELP,		/* H */
	VERB_STOP, VERB_START,
	N_VERBS
};

struct reply {
	enum verb verb;
	int code;		/* 0: none given */
	int minutes;		/* SNOOZE, TRIED: 1 to 1440; 0: none given */
};

/* A word or several, and what they mean: those of a language that is configured. See reply_phrase(). */
struct reply_phrase {
	char *phrase;
	enum verb verb;		/* NONE: says nothing, "danke" */
};

/* Tolerant of case, blanks, quotes, a trailing dot, and of the order of code and verb: "17A", "17 a", "A17",
 * "ack 17", "'17a'.", "17 done", "mine 17". Minutes come last: "17S30", "snooze 17 2h", "17T 90 min"; the one number of
 * "S30" is taken for minutes, and may be meant as a code. Anything else, or over 1,000 octets, is VERB_NONE; two different
 * verbs or codes as well: a guess at 3 am is worse than a question. English is always understood, the n phrases (more,
 * NULL for none) besides. */
struct reply reply_read(const char *text, const struct reply_phrase *more, gsize n);

/* The one form in which phrases are compared: small letters, one blank between words. NULL if there is anything but letters
 * and blanks, no letter, or more than 8 words. */
char *reply_phrase(const char *text);

/* What the phrase, in that form, means in English; NONE if nothing. */
enum verb reply_phrase_verb(const char *phrase);

const char *verb_letter(enum verb v);	/* "A"; NONE gives "" */

#endif
