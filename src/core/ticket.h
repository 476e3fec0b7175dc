/* ticket.h - the address that a reply to an item's mail goes to: calls+RB-1742-k3j5n2p7q8r9s4t6@example.com. Pure.
 *
 * The last part is a MAC (HMAC-SHA-256, 80 bits) of the item, by a key that nobody else has: who has no mail about the
 * item cannot make it. */
#ifndef RINGBACK_TICKET_H
#define RINGBACK_TICKET_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "item.h"
#include "roster.h"

#define TICKET_TOKEN_SIZE 16

/* What a recipient's address says. */
struct ticket {
	int64_t item;
	char token[TICKET_TOKEN_SIZE + 1];	/* lower case */
};

/* "" where replies are not configured. */
const char *ticket_address(struct arena *a, const struct rules *r, const struct item *i);

/* Is this address (with or without angle brackets, any letter case) one of those? Says nothing of the token. */
bool ticket_read(const struct rules *r, const char *address, struct ticket *t_r);

/* Does the token fit the item, by any of the keys? In constant time for each key. */
bool ticket_fits(const struct rules *r, const struct ticket *t, const struct item *i);

#endif
