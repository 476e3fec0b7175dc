/* literal.h - what a text must have for a regular expression to match it. Pure. */
#ifndef RINGBACK_LITERAL_H
#define RINGBACK_LITERAL_H

#include <glib.h>

#define LITERAL_MIN 4		/* octets of the shortest that is given */

/* Strings (char *, folded) of at least LITERAL_MIN octets, such that every text in which regex (PCRE2, PCRE2_UTF)
 * matches has one of them when it is folded. NULL if none are found: the expression is not understood in full, or there
 * are none. */
GPtrArray *literal_required(const char *regex);

/* Folds n octets of UTF-8 at s, so that letters that PCRE2 takes for the same, whatever their case, are the same if they
 * are ASCII. to has room for n. Gives the octets written. */
gsize literal_fold(const char *s, gsize n, char *to);

#endif
