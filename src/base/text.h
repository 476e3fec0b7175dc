/* text.h - strings from outside made safe, and numbers read with bounds. */
#ifndef RINGBACK_TEXT_H
#define RINGBACK_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

/* All of s as a decimal number, low <= n <= high, no blanks around it; else false and *n_r as it was. */
bool text_to_long(const char *s, int64_t low, int64_t high, int64_t *n_r);

/* "45", "45s", "15m", "2h", "3d" as seconds (a bare number is seconds); false when it is none of these
 * or above 10 years. */
bool text_to_seconds(const char *s, int64_t *seconds_r);

/* n octets as valid UTF-8 without NUL: what is not UTF-8 is read as Windows-1252 (never fails). */
const char *text_utf8(struct arena *a, const char *s, gsize n);

/* One line that can go into a header, a log or a text: control characters, line ends, U+2028/2029 and
 * direction overrides (U+202A..202E, U+2066..2069) become a blank, blanks run together, none at the ends;
 * at most max characters (not octets), cut with "…" at the end. NULL gives "". s must be UTF-8. */
const char *text_line(struct arena *a, const char *s, gsize max);

/* RFC 3339, "2026-03-02T09:00:00Z". buf holds the result. */
const char *text_time(int64_t at, char buf[32]);

/* The same with the offset that the zone has then: "2026-03-02T10:00:00+01:00". An unknown zone is UTC. */
const char *text_time_zone(int64_t at, const char *zone, char buf[40]);

/* The reverse of text_time() and text_time_zone(): a date and time with "Z" or an offset, or "now". */
bool text_to_time(const char *s, int64_t *at_r);

#endif
