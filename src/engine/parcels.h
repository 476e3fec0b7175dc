/* parcels.h - what goes over the wire for a job: the words, made from the item as it is now. For engine/ alone. */
#ifndef RINGBACK_PARCELS_H
#define RINGBACK_PARCELS_H

#include "carrier.h"
#include "conf.h"
#include "store.h"

/* The parcel for the first of *n jobs, in a; the others are texts for the same phone that may go with it. The first *n of
 * group are then those that it says. *p_r NULL and *why_not_r: the first is not to be sent any more (its item is taken,
 * gone, or has moved on). last: it is the last text of the month, and says so. False and *err if the store fails. Texts
 * get their codes here. */
bool parcel_make(struct store_tx *tx, const struct conf *conf, struct job **group, gsize *n, bool last, int64_t now,
		 struct arena *a, struct parcel **p_r, const char **why_not_r, GError **err);

/* Why the person of a text cannot have it, though somebody should: they said STOP, or the configuration has them or that
 * phone no more. *why_r NULL: they can. */
bool parcel_unwanted(struct store_tx *tx, const struct conf *conf, const struct job *j, struct arena *a,
		     const char **why_r, GError **err);

/* *note_r: the status note "Text sent to ..." for a text that has gone; NULL where none is due (answers, no relay). */
bool parcel_note_sent(struct store_tx *tx, const struct conf *conf, const struct job *j, int64_t now, struct arena *a,
		      struct job **note_r, GError **err);

#endif
