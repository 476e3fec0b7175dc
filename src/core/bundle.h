/* bundle.h - several items in one text. Pure. */
#ifndef RINGBACK_BUNDLE_H
#define RINGBACK_BUNDLE_H

#include "arena.h"
#include "item.h"

struct bundled {
	const struct item *item;
	const char *line;	/* its name, as people read it */
	int code;		/* of the item on that phone */
};

/* "4 OPEN Clinic 21:40-22:05", a row for each item, how to answer: at most max septets of GSM 03.38, in a. Every number
 * is shown whole; *shown_r (1 to n, n is 2 and more) says how many items are in it: the rest is for another text. zone:
 * whose clock. */
const char *bundle_render(struct arena *a, const struct bundled *items, gsize n, const char *zone, gsize max,
			  gsize *shown_r);

#endif
