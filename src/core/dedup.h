/* dedup.h - have we heard of this call already? Pure functions of a notice.
 *
 * Ring groups send one mail per phone, seconds apart, with no common id, and the time printed in them may
 * be the hang-up time. So calls are matched by arrival within the collect window, never by printed time. */
#ifndef RINGBACK_DEDUP_H
#define RINGBACK_DEDUP_H

#include "arena.h"
#include "call.h"
#include "item.h"
#include "roster.h"

/* Which item a call belongs to: "clinic|+442079460123", "clinic|withheld", or "clinic|name|jane doe" when
 * there is neither number nor the word that it is withheld. */
const char *dedup_item_key(struct arena *a, const struct line *line, const struct call *c);

/* What makes a notice the same mail again: SHA-256 (hex) over profile, class, caller, called, printed time,
 * duration, call id, transcript, audio hash and the recipients. Not over Message-ID, Date or queue id: all
 * three change when a PBX sends again. */
const char *dedup_notice_key(struct arena *a, const struct call *c, const char *rcpts);

/* Recipients in the one form kept and compared: lower case, sorted, without repeats, joined by ",". rcpts is
 * NULL-terminated. */
const char *dedup_rcpts(struct arena *a, const char *const *rcpts);

/* Do two lists in that form share an address? */
bool dedup_rcpts_meet(const char *one, const char *other);

#endif
