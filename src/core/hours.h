/* hours.h - opening hours in OpenStreetMap's opening_hours notation (wiki.openstreetmap.org, Key:opening_hours/specification).
 *
 * Understood: "24/7"; rules split by ";" (replaces what earlier rules said of the days it names), "," (adds to it) and
 * "||" (for times at which the rules before it are not open). A rule is, all but one of them optional and in this order:
 *
 *   dates     "Dec 24", "Dec 24-26,Dec 31", "Jan-Mar", "Nov 15-Feb 28", "2026 Dec 24", "2026-2028", "easter -2 days"
 *   weeks     "week 53", "week 01-10", "week 01-51/2", of ISO 8601
 *   days      "Mo-Fr,Su", "Mo[1]" (the first of a month), "Fr[-1]" (the last), "PH" (public holidays), "PH Mo-Fr"
 *   times     "08:30-17:30", "08:00-12:00,13:00-17:00", over midnight "22:00-06:00" or "20:00-26:00", to at most 48:00
 *   and then  "open", "off" or "closed"; a comment in double quotes, which is passed over
 *
 * Days without times need "open" or "off", so that a forgotten time is no open day. "off" with times takes those away.
 * "unknown", or a comment alone, is not open. What goes over midnight belongs to the day on which it began. Not
 * understood, and errors: sunrise and the like, SH, open ends ("08:00+"), intervals of times. */
#ifndef RINGBACK_HOURS_H
#define RINGBACK_HOURS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct hours;
struct holidays;	/* the days that PH means */

/* NULL and *err (ERR_CONF, naming the position) when spec is wrong or zone (IANA, "Europe/London") unknown. */
struct hours *hours_new(const char *spec, const char *zone, GError **err);
struct hours *hours_ref(struct hours *h);	/* from any thread */
void hours_free(struct hours *h);		/* drops a reference; NULL is fine */

/* What hours_new() was given; NULL (always open) is "24/7". */
const char *hours_spec(const struct hours *h);

/* Does it say anything of PH? Until it is told of holidays, no day is one. It takes a reference. */
bool hours_names_holidays(const struct hours *h);
void hours_set_holidays(struct hours *h, struct holidays *days);

/* Days as GDate counts them (g_date_get_julian), in any order; copied. */
struct holidays *holidays_new(const guint32 *days, gsize n);
struct holidays *holidays_ref(struct holidays *h);
void holidays_unref(struct holidays *h);	/* NULL is fine */
bool holidays_has(const struct holidays *h, guint32 day);
gsize holidays_count(const struct holidays *h);

/* Local wall-clock time decides, so both clock changes come out as people expect: 02:30 that comes twice is in the hours
 * twice, 02:30 that is left out is not. NULL means always open. */
bool hours_covers(const struct hours *h, int64_t at);

/* The first moment after `at` at which it opens or closes; `until` if that is not before it. The search is bounded: pass
 * no `until` that is more than two years ahead. */
int64_t hours_next_change(const struct hours *h, int64_t at, int64_t until);

/* The first moment after `at` at which it opens (or `at` itself when it is open then), at most 14 days
 * ahead; `at` + 14 days if it never opens. */
int64_t hours_next_open(const struct hours *h, int64_t at);

/* The moment at which it will have been open for open_s seconds since `at`: an hour from Friday 16:30 on, of a line that
 * closes at 17:00, ends on Monday. Where it never opens, open_s after 14 days. */
int64_t hours_after(const struct hours *h, int64_t at, int64_t open_s);

#endif
