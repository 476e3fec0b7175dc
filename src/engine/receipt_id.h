/* receipt_id.h - the id of a text, as an SMSC gives it back in a receipt. For engine/ alone. */
#ifndef RINGBACK_RECEIPT_ID_H
#define RINGBACK_RECEIPT_ID_H

#include "arena.h"

#define RECEIPT_ID_FORMS 12

/* The forms in which one id comes back: as it was, in the other case, without leading zeros, in decimal, in hex. Gives how
 * many; some may be empty, or the same. */
gsize receipt_id_forms(struct arena *a, const char *id, const char *forms[RECEIPT_ID_FORMS]);

#endif
