/* charset.h - octets in the charset that a mail claims, as UTF-8; encoded words. */
#ifndef RINGBACK_CHARSET_H
#define RINGBACK_CHARSET_H

#include "arena.h"

/* n octets that claim to be in charset (NULL: nothing said) as valid UTF-8 without NUL; never fails. Octets that are
 * UTF-8 are read as UTF-8 whatever the label says. */
const char *charset_text(struct arena *a, const char *s, gsize n, const char *charset);

/* A header field's value as one line of UTF-8: unfolded, RFC 2047 words decoded, no control characters, no blanks at
 * the ends. */
const char *charset_field(struct arena *a, const char *s, gsize n);

#endif
