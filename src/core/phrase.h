/* phrase.h - words for people that texts and mails share: times, durations, reasons. English, whatever the locale. */
#ifndef RINGBACK_PHRASE_H
#define RINGBACK_PHRASE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "call.h"
#include "item.h"

/* Local time of zone (IANA; NULL or unknown: UTC). */
GDateTime *phrase_local(int64_t at, const char *zone);	/* NULL for a time that no calendar has; for the caller */
const char *phrase_clock(struct arena *a, int64_t at, const char *zone);	/* "21:52" */
const char *phrase_when(struct arena *a, int64_t at, const char *zone);		/* "Mon 2 Mar 2026, 21:52 GMT" */
const char *phrase_stamp(struct arena *a, int64_t at, const char *zone);	/* "2026-03-02T21:52:00+00:00" */

const char *phrase_length(struct arena *a, int seconds);	/* "0:34", "1:02:03" */

/* "No answer, no voicemail"; "" for a voicemail, where the recording says it. */
const char *phrase_reason(enum call_class c, enum call_reason r);
const char *phrase_class(enum call_class c);			/* "Missed call" */
const char *phrase_resolution(enum resolution r);		/* "called back" */

/* "+" and 5 to 15 digits: can be dialled, shown and put into a URI as it is. NULL is not. */
bool phrase_is_e164(const char *number);

#endif
