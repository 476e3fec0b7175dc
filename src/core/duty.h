/* duty.h - whose it is now: the person named, or on a schedule, or who stands in for one who is away. Pure. */
#ifndef RINGBACK_DUTY_H
#define RINGBACK_DUTY_H

#include "arena.h"
#include "item.h"
#include "roster.h"

/* What a line's owner or a policy's step names: one of them is not NULL, or by is not OWNER_NAMED, which decide_owner.c
 * makes a person of. */
struct duty {
	enum owner_by by;
	const struct pool *pool;	/* OWNER_TURNS */
	const struct person *person;	/* on a schedule: NULL */
	const struct schedule *schedule;
	const struct person *fallback;	/* when nobody is on it, or the person is away without a substitute */
};

/* Does it name anybody? */
bool duty_is_given(const struct duty *d);

struct on_duty {
	const struct person *person;	/* never NULL if the duty has a fallback or a person */
	const char *why;		/* in a, for people: "on clinic-oncall", "for Bob Jones, who is away"; "" where the
					 * person named is the one */
};

/* overrides: all that the store has, the oldest first. */
struct on_duty duty_of(const struct roster *r, const struct override *overrides, gsize n, const struct duty *duty,
		       int64_t at, struct arena *a);

struct duty duty_owner(const struct line *line);
struct duty duty_step(const struct step *step, const struct line *line);	/* line may be NULL */

/* Is the person away then? */
bool duty_away(const struct person *p, int64_t at);

/* `at`, or the end of the person's quiet hours if it lies in them (two days ahead at most). */
int64_t duty_quiet_until(const struct person *p, int64_t at);

/* The overrides of one schedule as shifts, those whose person is configured; in a. */
const struct shift *duty_overrides(const struct roster *r, const char *schedule, const struct override *overrides, gsize n,
				   struct arena *a, gsize *n_r);

#endif
