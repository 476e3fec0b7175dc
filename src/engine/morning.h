/* morning.h - each morning the managers get, by mail, the list of what is stale on their lines. */
#ifndef RINGBACK_MORNING_H
#define RINGBACK_MORNING_H

#include "conf.h"
#include "store.h"

/* The newest time of conf->morning_min, by the clock of the configured zone, that is not after now. */
int64_t morning_last(const struct conf *conf, int64_t now);

/* Puts the mails of that morning into the outbox, one for each manager who has something stale, unless that was done; a
 * morning that is long over is let go. Who has quiet hours gets theirs when these end. */
bool morning_turn(struct store *s, const struct conf *conf, int64_t now, GError **err);

/* The mail of such a job as it is when it is sent; *text_r NULL: nothing is stale any more. */
bool morning_mail(struct store_tx *tx, const struct conf *conf, const struct job *j, int64_t now, struct arena *a,
		  const char **text_r, GError **err);

#endif
