/* field.h - values of header fields: one line of ASCII, whatever they are made of. Pure. */
#ifndef RINGBACK_FIELD_H
#define RINGBACK_FIELD_H

#include <stdbool.h>

#include "arena.h"

/* Unstructured text (RFC 5322, 3.2.5): as it is where it is short ASCII, else RFC 2047 words in UTF-8, B, split between
 * characters. At most max characters of s are taken. Several words are folded with LF + blank. */
const char *field_text(struct arena *a, const char *s, gsize max);

/* ASCII alone, for values that machines read; all else becomes "?". */
const char *field_ascii(struct arena *a, const char *s, gsize max);

/* Folds at blanks, so that no line is over 900 octets where there is a blank. */
const char *field_fold(struct arena *a, const char *value);

/* A Message-ID in angle brackets, printable ASCII, at most 500 octets: can stand in References as it is. */
bool field_is_message_id(const char *s);

#endif
