/* decode.h - transfer encodings, chunk by chunk. */
#ifndef RINGBACK_DECODE_H
#define RINGBACK_DECODE_H

#include <gmime/gmime.h>
#include <stdbool.h>

#include "digest.h"

/* Is what is in the mail something else than its octets? */
bool decode_needed(GMimeContentEncoding encoding);

/* Decodes what is from at to end. The sum of all of it and its first head_max octets are taken; sum and head may be NULL.
 * Gives its size. */
gsize decode_body(GMimeContentEncoding encoding, const char *at, const char *end, struct digest *sum, GString *head,
		  gsize head_max);

#endif
