/* edits_send.h - the edits of a mail to the mail server. */
#ifndef RINGBACK_EDITS_SEND_H
#define RINGBACK_EDITS_SEND_H

#include <libmilter/mfapi.h>

#include "edits.h"

/* All of them, together. False if the mail server did not take one; some may be in force then. leading_space: the blank
 * after a header field's colon is ours to write (SMFIP_HDR_LEADSPC). */
bool edits_send(SMFICTX *ctx, const struct edits *e, bool leading_space, struct arena *a);

/* A header field's value with that blank, if it is ours. NULL gives NULL. */
char *edits_spaced(const char *value, bool leading_space, struct arena *a);

#endif
