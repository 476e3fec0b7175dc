/* pace.h - how many texts in a time, and how many in a month: throttles and budgets. Pure. */
#ifndef RINGBACK_PACE_H
#define RINGBACK_PACE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define PACE_TEXTS_MAX 1000
#define PACE_WITHIN_MAX_S 86400
#define BUDGET_MAX 10000

struct pace {
	guint texts;		/* at most so many, 1 to PACE_TEXTS_MAX; 0: no limit */
	int64_t within_s;	/* in so long, 60 to PACE_WITHIN_MAX_S */
};

/* "5 per 15m"; false if it is not of that form, or out of these ranges. */
bool pace_read(const char *text, struct pace *p_r);

/* When the next text may go: now, or later. n: how many of the newest p->texts went within the time before now, the oldest
 * of these at `oldest`. */
int64_t pace_next(const struct pace *p, gsize n, int64_t oldest, int64_t now);

/* How the next text of a line goes that has a budget of so many texts a month. The escalation goes on, on every rung. */
enum rung {
	RUNG_TEXT,		/* as a text */
	RUNG_BUNDLE,		/* the last fifth: texts to one phone come together, see budget_pace */
	RUNG_LAST,		/* the last text, which says so */
	RUNG_MAIL,		/* as a mail to the person */
};
enum rung budget_rung(guint budget, gsize used);	/* budget 0: none */
extern const struct pace budget_pace;			/* of one phone and line, on RUNG_BUNDLE */

/* When the month of `at` began in the zone (IANA; unknown: UTC). */
int64_t budget_month(int64_t at, const char *zone);

#endif
