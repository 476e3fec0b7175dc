/* pacing.h - may a text go now? Throttles of people and lines, and the monthly budgets of lines. For engine/ alone. */
#ifndef RINGBACK_PACING_H
#define RINGBACK_PACING_H

#include "conf.h"
#include "pace.h"
#include "store.h"

struct pacing {
	int64_t until;		/* later than now: not before then, and why */
	const char *why;	/* in a: "5 per 15m for Anna Smith" */
	enum rung rung;
};

/* Of a text that tells somebody. False and *err if the store fails. */
bool pacing_look(struct store_tx *tx, const struct conf *conf, const struct job *j, int64_t now, struct arena *a,
		 struct pacing *p_r, GError **err);

/* It waits until p->until. */
bool pacing_hold(struct store_tx *tx, struct job *j, const struct pacing *p, int64_t now, struct arena *a, GError **err);

/* The line has no text left this month: a mail to the person goes in its place. */
bool pacing_mail(struct store_tx *tx, const struct conf *conf, struct job *j, int64_t now, struct arena *a, GError **err);

#endif
