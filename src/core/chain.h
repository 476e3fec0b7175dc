/* chain.h - what ties the records of the journal together, so that none can be changed or taken out unseen.
 *
 * Record n has the hash
 *
 *	hash(n) = SHA-256( hash(n - 1) | id | item | at | text(who) | text(what) | text(how) | commitment )
 *
 * where hash(0) is 32 zeros; id, item and at are 64 bits in network order (item 0: none; at in Unix seconds); text(s) is
 * the number of octets of s in 32 bits in network order, then its octets; and
 *
 *	commitment = SHA-256( salt | why ), or 32 zeros for a record without why
 *
 * with a salt of 16 random octets. Only why may say something of a caller. To forget it, why and salt are removed and the
 * commitment is kept in their place: the chain holds as before, and without the salt nobody can try out what it was.
 *
 * The store keeps 48 octets with each record (salt, hash), or 64 with a forgotten one (commitment, hash). Ids are 1 and up
 * without a gap. */
#ifndef RINGBACK_CHAIN_H
#define RINGBACK_CHAIN_H

#include "item.h"
#include "sha256.h"

#define CHAIN_SALT 16
#define CHAIN_LINK (CHAIN_SALT + SHA256_SIZE)
#define CHAIN_FORGOTTEN (SHA256_SIZE + SHA256_SIZE)

struct chain_link {
	uint8_t octets[CHAIN_FORGOTTEN];
	gsize size;			/* CHAIN_LINK or CHAIN_FORGOTTEN; another one is damaged */
};

/* Where a chain ends. */
struct chain_head {
	int64_t id;			/* of the last record; 0: there is none */
	uint8_t hash[SHA256_SIZE];
	int64_t written;		/* the highest id that was ever given; id, unless the end was cut off */
};

/* The link of j, whose id follows that of head, which is moved on to it. */
struct chain_link chain_next(struct sha256 *s, struct chain_head *head, const struct journal_record *j,
			     const uint8_t salt[CHAIN_SALT]);

/* The same link with why forgotten; one that is forgotten stays as it is. */
struct chain_link chain_forget(struct sha256 *s, const struct journal_record *j, const struct chain_link *l);

/* Is j with its link what follows head? Then head is moved on to it. Else what is wrong with it, static. */
const char *chain_check(struct sha256 *s, struct chain_head *head, const struct journal_record *j,
			const struct chain_link *l);

/* "4711:9f86d0...": 86 characters at most. */
#define CHAIN_HEAD_TEXT 86
void chain_head_text(const struct chain_head *h, char text_r[CHAIN_HEAD_TEXT]);
bool chain_head_read(const char *text, struct chain_head *h_r);

#endif
