/* part_receipt.h - receipts whose id is not that of a text: one of its parts, or as good as none. For engine/ alone. */
#ifndef RINGBACK_PART_RECEIPT_H
#define RINGBACK_PART_RECEIPT_H

#include "carrier.h"
#include "store.h"

/* A message id in the forms in which it may come back (NULL-terminated). */
struct part_receipt {
	const char *provider;
	const char *const *forms;
	const struct receipt *receipt;
};

/* The oldest text to the receipt's phone that still waits for one, and has that id or a part with it. Ids may be padded
 * otherwise, be one and the same for every text, or be missing. *j_r NULL: none. */
bool part_receipt_find(struct store_tx *tx, const struct part_receipt *r, struct arena *a, struct job **j_r,
		       GError **err);

/* Marks the part. True if the text as a whole has ended by it: *state_r DELIVERED, FAILED or EXPIRED. */
bool part_receipt_mark(struct job *j, const struct part_receipt *r, struct arena *a, enum job_state *state_r);

/* What a receipt makes of a text. */
enum job_state part_receipt_state(const struct receipt *r);

#endif
