/* forget.h - what is said about callers goes when somebody asks for it, or after a time. That something was, and when, stays,
 * and so does the chain of the journal. For `ringback forget` and the courier. */
#ifndef RINGBACK_FORGET_H
#define RINGBACK_FORGET_H

#include "conf.h"
#include "store.h"

struct forgotten {
	gsize items, closed;	/* closed: of these, were still live */
	gsize records;		/* of the journal, that were about no item of the caller and named the number */
};

/* All about a caller (E.164). by: who says so. Items that are live are closed as expired first. Many commits: others may
 * write in between. False and *err: the store failed, and some of it may be left; do it again. */
bool forget_number(struct store *s, const char *number, const char *by, int64_t now, struct forgotten *f_r, GError **err);

/* What closed longer ago than conf keeps it, at most limit items after *after_r, which moves on; 0 when all were looked at. *n_r:
 * how many were forgotten. */
bool forget_old(struct store *s, const struct conf *conf, int64_t now, gsize limit, int64_t *after_r, gsize *n_r,
		GError **err);

#endif
