/* early.h - receipts that came before the response with their id (some SMSCs are that fast): kept some minutes, and
 * matched again when a text has got its id. For engine/ alone. */
#ifndef RINGBACK_EARLY_H
#define RINGBACK_EARLY_H

#include "engine.h"

struct early;

struct early *early_new(void);
void early_free(struct early *e);

/* Copies r. The oldest goes when there are more than 1,000. */
void early_keep(struct early *e, const char *provider, const struct receipt *r);

/* Gives each to the engine again; those that match, and those older than 10 minutes, go. */
void early_match(struct early *e, struct engine *engine);

#endif
