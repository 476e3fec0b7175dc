/* authres.h - who a mail is from, as the mail server that verified it says: Authentication-Results (RFC 8601). Pure.
 *
 * What cannot be read for certain vouches for nobody. Both functions take a field's value as it stands in the mail:
 * folded, not decoded (what an encoded word says is not what the mail server wrote), of any length. */
#ifndef RINGBACK_AUTHRES_H
#define RINGBACK_AUTHRES_H

#include <stdbool.h>

#include "arena.h"

#define AUTHRES_VALUE_MAX 16384		/* octets; RFC 5322, 2.1.1 has no limit for a folded field */
#define AUTHRES_DOMAINS_MAX 16

/* Is the field by the server id ("mx.example.com", no letter case)? False: it is by another one, or cannot be told; it
 * says nothing then. True: *domains_r are those whose DKIM signature passed (header.d, in lower case), NULL-terminated
 * and in a; empty if there are none, if the value breaks the grammar anywhere, or is beyond a limit. Stricter than the
 * RFC before the id: no comment and no quotes there, so that who removes forged fields by a pattern finds them all. */
bool authres_read(const char *value, const char *id, struct arena *a, const char *const **domains_r);

/* The one address in a From field, in lower case and in a. NULL if there are several, a group, or anything unclear (RFC
 * 5322, 3.4). */
const char *authres_address(const char *from, struct arena *a);

/* The domain of the one address in a From field, in lower case and in a. NULL if there are several, a group, or
 * anything unclear (RFC 5322, 3.4). */
const char *authres_author(const char *from, struct arena *a);

#endif
