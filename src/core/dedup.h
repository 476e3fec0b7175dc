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
 * there is neither number nor the word that it is withheld; what the PBX wrote in place of a number follows, so
 * that two who are both "WIRELESS CALLER" stay apart. "clinic|nobody" when nothing at all is known. */
const char *dedup_item_key(struct arena *a, const struct line *line, const struct call *c);

/* What makes a notice the same mail again: SHA-256 (hex) over profile, class, caller, called, printed time,
 * duration, call id, transcript, audio hash and the recipients. Not over Message-ID, Date or queue id: all
 * three change when a PBX sends again. */
const char *dedup_notice_key(struct arena *a, const struct call *c, const char *rcpts);

/* Recipients in the one form kept and compared: lower case, sorted, without repeats, joined by ",". rcpts is
 * NULL-terminated. */
const char *dedup_rcpts(struct arena *a, const char *const *rcpts);

/* One recipient in that form: no angle brackets, no outer blanks, lower case. */
const char *dedup_rcpt(struct arena *a, const char *rcpt);

/* Does the call say anything of who called? If not, nothing but the PBX's call id can merge it. */
bool dedup_is_nobody(const struct call *c);

/* Is this the mail of `same` again (which has the same notice key), and not another call that reads the same? It is
 * when the call says something that no two calls share (a printed time, a call id, a recording), when the Message-ID
 * is the same, or when it comes within window_s. */
bool dedup_is_retry(const struct call *c, const char *message_id, const struct notice *same, int64_t now,
		    int64_t window_s);

/* Is the item that has the call's id of that very call? PBXs begin to count their ids anew: one from more than window_s
 * ago, or of another caller, is another call. False where the call has no id, or another one. */
bool dedup_is_same_id(const struct call *c, const struct item *i, int64_t now, int64_t window_s);

/* Do two lists in that form share an address? */
bool dedup_rcpts_meet(const char *one, const char *other);

#endif
