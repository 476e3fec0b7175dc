/* handoff.h - sees that a shift of a schedule has begun. For engine/ alone. */
#ifndef RINGBACK_HANDOFF_H
#define RINGBACK_HANDOFF_H

#include "conf.h"
#include "store.h"

/* Whoever came on call since the last look (the store remembers it) is told of what is open. The first look at a schedule
 * only takes note. Does nothing within ten seconds of *looked, and sets it. False and *err if the store fails. */
bool handoff_look(struct store *s, const struct conf *conf, int64_t *looked, GError **err);

#endif
