/* phone.h - phone numbers by libphonenumber. Safe from any thread. */
#ifndef RINGBACK_PHONE_H
#define RINGBACK_PHONE_H

#include <glib.h>
#include <stdbool.h>

#include "arena.h"

#ifdef __cplusplus
extern "C" {
#endif

/* E.164 with "+" of a number as a PBX writes it ("(202) 555-0143", "0049 30 ...", "tel:+44..."), read in
 * region (ISO 3166 alpha-2, "GB"). NULL if it is not a possible number there, is an extension (at most 5
 * digits without "+"), or is longer than 64 octets. */
const char *phone_e164(struct arena *a, const char *raw, const char *region);

/* The first number in a line of text (its first 160 octets), read in region as above: E.164, and where it stands in
 * text. Dates and clock times are none. NULL if there is none. */
const char *phone_find(struct arena *a, const char *text, gsize size, const char *region, gsize *start_r,
		       gsize *size_r);

/* For people: "+44 20 7946 0123" of an E.164 number; the number itself when it cannot be read. */
const char *phone_display(struct arena *a, const char *e164);

/* May there be such a number, by the lengths of its country? E.164 with "+". */
bool phone_possible(const char *e164);

bool phone_region_known(const char *region);

#ifdef __cplusplus
}
#endif
#endif
