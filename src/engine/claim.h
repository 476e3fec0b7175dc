/* claim.h - the outbox takes what is due, so that nobody else does, and makes parcels of it: what is outdated ends here, what
 * is throttled waits, and texts to one phone that are due together become one. For engine/ alone. */
#ifndef RINGBACK_CLAIM_H
#define RINGBACK_CLAIM_H

#include "carrier.h"
#include "conf.h"
#include "store.h"

struct claim {
	const struct conf *conf;
	enum job_kind kind;
	gsize limit;		/* parcels at most */
	int64_t now;
	struct arena *a;
	GPtrArray *parcels;	/* struct parcel *, of jobs that are SENDING now */
	int64_t stuck;		/* the job that the think could not claim; 0: it could */
};

/* A think; user: struct claim. */
bool claim_think(struct store_tx *tx, void *user, GError **err);

#endif
