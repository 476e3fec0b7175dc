/* apply.h - writes a decision down, inside the transaction that thought it. For engine/ alone. */
#ifndef RINGBACK_APPLY_H
#define RINGBACK_APPLY_H

#include "conf.h"
#include "decide.h"
#include "store.h"

/* Item, further items, notice, jobs and journal; fills in the ids. False and *err if the store fails. */
bool apply_decision(struct store_tx *tx, const struct conf *conf, struct decision *d, int64_t now, GError **err);

/* The name of the mark that counts the answers to a phone whose texts change nothing. */
const char *apply_idle_mark(const char *phone, char *buf, gsize size);

#endif
