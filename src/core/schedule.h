/* schedule.h - who is on call when: rotations, the shifts of a calendar, overrides. Pure data and pure questions.
 *
 * An override wins over the calendar, the calendar over the rotations, a later rotation over an earlier one. Times are
 * Unix seconds; an interval has its first second, and not its last. */
#ifndef RINGBACK_SCHEDULE_H
#define RINGBACK_SCHEDULE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "hours.h"
#include "place.h"

struct person;

struct shift {
	int64_t from, to;
	const struct person *person;	/* NULL: nobody is */
};

/* Members take turns of length_s, the first from start_wall on; turns are counted on the wall's clock, so that a handoff at
 * 09:00 stays at 09:00. One that the clocks leave out takes place when they are changed; one that they show twice, once. */
struct rotation {
	const struct person **members;	/* owned; the people are not */
	guint n_members;		/* 1 and up */
	int64_t start_wall;		/* see zone_wall() */
	int64_t length_s;		/* an hour to a year */
	struct hours *hours;		/* only within these; NULL: always */
};

struct schedule {
	char *id, *name;
	char *zone;			/* IANA */
	GTimeZone *tz;
	GArray *rotations;		/* struct rotation */
	GArray *shifts;			/* struct shift, of the calendar; see schedule_add_shifts() */
	int64_t longest_s;		/* of shifts */
	bool gaps_meant;		/* at times nobody is on it, and so it should be */
	struct place place;
};

struct schedule *schedule_new(const char *id, const char *name, const char *zone);	/* zone must be known */
void schedule_free(gpointer s);

/* Takes what r owns. */
void schedule_add_rotation(struct schedule *s, const struct rotation *r);
/* In any order; copied. Where two meet the one that began last counts, of two that began together the shorter. */
void schedule_add_shifts(struct schedule *s, const struct shift *shifts, gsize n);

/* Who is on call; NULL: nobody. overrides are of this schedule, the newest last: it wins. */
const struct person *schedule_on(const struct schedule *s, const struct shift *overrides, gsize n, int64_t at);

/* All that are: of an override that person alone, of a calendar all whose shift it is, else one of each rotation, in their
 * order. Gives how many, at most max. */
gsize schedule_team(const struct schedule *s, const struct shift *overrides, gsize n, int64_t at, const struct person **team,
		    gsize max);

/* The first moment after `at` at which somebody else is; `until` if that is not before it. At most two years. */
int64_t schedule_next_change(const struct schedule *s, const struct shift *overrides, gsize n, int64_t at, int64_t until);

/* All of from to to, gaps too: struct shift, one after the other, at most 10,000; for the caller to free. */
GArray *schedule_shifts(const struct schedule *s, const struct shift *overrides, gsize n, int64_t from, int64_t to);

/* May that person be on call by it at all? */
bool schedule_names(const struct schedule *s, const struct person *p);

#endif
