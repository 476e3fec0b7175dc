/* notice_text.h - values as PBXs write them, made fit for people. */
#ifndef RINGBACK_NOTICE_TEXT_H
#define RINGBACK_NOTICE_TEXT_H

#include <stdbool.h>

#include "arena.h"

/* All of them give one line of UTF-8 in a, without control characters; "" if nothing is left. */

/* Any value: at most 100 characters. */
const char *notice_line(struct arena *a, const char *raw);

/* A name: the same, without entities (&#39; &quot;), backslashes before quotes, and quotes around it or
 * around each part. */
const char *notice_name(struct arena *a, const char *raw);

/* A transcript: at most 5,000 characters, without entities and a mail signature; "" also for the words with which transcribers say
 * that there is none. */
const char *notice_transcript(struct arena *a, const char *raw);

bool notice_has_letter(const char *s);

#endif
