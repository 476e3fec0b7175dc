/* hours_private.h - opening hours as they are kept: rules in their order. For hours*.c alone. */
#ifndef RINGBACK_HOURS_PRIVATE_H
#define RINGBACK_HOURS_PRIVATE_H

#include "hours.h"

#define HOURS_DAY_MIN (24 * 60)
#define HOURS_SPANS_MAX 8	/* of one rule */

/* Minutes of the day it begins on; to is above 24:00 where it goes over midnight. */
struct hours_span {
	guint16 from, to;
};

/* "Dec 24", "2026 Dec", "easter -2 days". */
struct hours_date {
	guint16 year;		/* 0: each */
	guint8 month;		/* 1 to 12; 0: easter */
	guint8 day;		/* 0: the month's first or last */
	gint16 offset;		/* days from easter */
};

struct hours_range {
	struct hours_date from, to;
	bool years;		/* whole years: the months are not looked at */
	bool single;		/* one day */
};

enum rule_joins { RULE_REPLACES, RULE_ADDS, RULE_FALLS_BACK };

struct hours_rule {
	enum rule_joins joins;
	bool open;
	bool ph, ph_and;	/* holidays too; or the week days only where they are holidays */
	guint8 days;		/* Monday is bit 0; with ph alone 0 */
	guint16 nth[7];		/* bit n: the n-th of its month, bit 8 + n: the n-th from its end; 0: all */
	guint64 weeks;		/* bit n: ISO week n; 0: all */
	struct hours_range *dates;	/* NULL: all */
	guint8 n_dates, n_spans;
	struct hours_span spans[HOURS_SPANS_MAX];	/* none: the whole day */
};

struct hours {
	gint refs;
	char *spec;
	GTimeZone *zone;
	struct holidays *holidays;
	struct hours_rule *rules;
	guint n_rules;
};

/* hours_read.c: the text into rules. False and *err at what is wrong; then rules are freed with the hours all the same. */
bool hours_read(struct hours *h, const char *spec, GError **err);

#endif
