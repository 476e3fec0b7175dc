/* reply.h - what a person means by the text they sent back. Pure. */
#ifndef RINGBACK_REPLY_H
#define RINGBACK_REPLY_H

#include <stdbool.h>

enum verb {
	VERB_NONE,		/* not understood */
	VERB_ACK,		/* A: mine */
	VERB_DONE,		/* D: called back */
	VERB_TRIED,		/* T: tried, no reach */
	VERB_NEXT,		/* N: pass on */
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
};

/* Tolerant of case, blanks, quotes, a trailing dot, and of the order of code and verb: "17A", "17 a", "A17",
 * "ack 17", "'17a'.", "17 done", "mine 17". Anything else, or over 1,000 octets, is VERB_NONE; two different
 * verbs or codes as well: a guess at 3 am is worse than a question. */
struct reply reply_read(const char *text);

const char *verb_letter(enum verb v);	/* "A"; NONE gives "" */

#endif
