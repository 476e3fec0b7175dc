/* lexicon.h - phrases of many languages, found in a text in one pass. Pure. */
#ifndef RINGBACK_LEXICON_H
#define RINGBACK_LEXICON_H

#include <glib.h>
#include <stdbool.h>

#include "arena.h"

/* Immutable once filled: any number of threads may look into one. */
struct lexicon;

struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *x);

/* A phrase is one to twelve words; "*" between two stands for up to five others. Letter case, accents, punctuation and
 * line ends do not matter. False if it has no word, too many, or "*" at an end. tag, language and value come back with
 * each match. */
bool lexicon_add(struct lexicon *x, const char *phrase, guint tag, guint language, int value);

struct lexicon_match {
	guint tag, language;
	int value;
	gsize start, end;	/* octets from the text's start */
	bool first;		/* no word stands before it on its line */
};

/* All phrases in text (UTF-8, at most 1 MiB), from left to right; the longest at each place, and none within another. Several may share
 * a place: one phrase of two languages. In a. Takes time in proportion to size. */
const struct lexicon_match *lexicon_find(const struct lexicon *x, const char *text, gsize size, struct arena *a,
					 gsize *n_r);

#endif
