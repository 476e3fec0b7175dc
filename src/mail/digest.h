/* digest.h - SHA-512 of a recording, piece by piece. Uses libcrypto, which has it in the processor's own terms: GLib's
 * took more time than all the rest of reading a voicemail. */
#ifndef RINGBACK_DIGEST_H
#define RINGBACK_DIGEST_H

#include "arena.h"

struct digest;

struct digest *digest_new(void);
void digest_free(struct digest *d);	/* NULL is fine */
void digest_add(struct digest *d, const char *octets, gsize n);

/* Base64url without padding (RFC 4648, 5), in a. Ends the digest. */
const char *digest_text(struct digest *d, struct arena *a);

#endif
