#include "duty.h"

#include <string.h>

#define QUIET_MAX_S (2 * 86400)		/* whose quiet hours never end is told all the same */
#define CHAIN_MAX 8	/* substitutes of substitutes; conf refuses more, and circles */

bool duty_is_given(const struct duty *d)
{
	return d->person || d->schedule || d->by != OWNER_NAMED;
}

bool duty_away(const struct person *p, int64_t at)
{
	for (guint i = 0; i < p->n_away; i++)
		if (p->away[i].from <= at && at < p->away[i].to)
			return true;
	return false;
}

int64_t duty_quiet_until(const struct person *p, int64_t at)
{
	if (!p->quiet || !hours_covers(p->quiet, at))
		return at;
	return hours_next_change(p->quiet, at, at + QUIET_MAX_S);
}

/* The person, or the first in the chain of substitutes who is there; NULL: all are away. */
static const struct person *present(const struct person *p, int64_t at)
{
	for (int i = 0; p && i <= CHAIN_MAX; i++) {
		if (!duty_away(p, at))
			return p;
		p = p->substitute;
	}
	return NULL;
}

const struct shift *duty_overrides(const struct roster *r, const char *schedule, const struct override *overrides, gsize n,
				   struct arena *a, gsize *n_r)
{
	struct shift *shifts = n ? ARENA_NEW_N(a, struct shift, n) : NULL;

	*n_r = 0;
	for (gsize i = 0; i < n; i++) {
		const struct person *p = roster_person(r, overrides[i].person);

		if (p && strcmp(overrides[i].schedule, schedule) == 0)
			shifts[(*n_r)++] = (struct shift){ overrides[i].from, overrides[i].to, p };
	}
	return shifts;
}

static const struct person *on_schedule(const struct roster *r, const struct override *overrides, gsize n,
					const struct schedule *s, int64_t at, struct arena *a)
{
	gsize n_shifts;
	const struct shift *shifts = duty_overrides(r, s->id, overrides, n, a, &n_shifts);

	return schedule_on(s, shifts, n_shifts, at);
}

static const char *name_of(const struct person *p)
{
	return p->name ? p->name : p->id;
}

/* Nobody is on the schedule, or all who could are away: the fall-back, or who stands in; if that is away too it is still
 * theirs, since somebody must have it. */
static struct on_duty fall_back(const struct duty *duty, const char *reason, int64_t at, struct arena *a)
{
	const struct person *p = duty->fallback ? duty->fallback : duty->person;
	const struct person *there = p ? present(p, at) : NULL;

	if (!there)
		return (struct on_duty){ p, arena_printf(a, "%s, and so is everybody else", reason) };
	return (struct on_duty){ there, arena_printf(a, "%s: fall-back", reason) };
}

struct on_duty duty_of(const struct roster *r, const struct override *overrides, gsize n, const struct duty *duty,
		       int64_t at, struct arena *a)
{
	const struct schedule *s = duty->schedule;
	const struct person *named = s ? on_schedule(r, overrides, n, s, at, a) : duty->person, *p;
	const char *on = s ? arena_printf(a, "on %s", s->id) : "";

	if (!named)
		return fall_back(duty, arena_printf(a, "nobody is on %s", s ? s->id : "duty"), at, a);
	p = present(named, at);
	if (!p)
		return fall_back(duty, arena_printf(a, "%s is away", name_of(named)), at, a);
	if (p == named)
		return (struct on_duty){ p, on };
	return (struct on_duty){ p, arena_printf(a, "%s%sfor %s, who is away", on, *on ? ", " : "", name_of(named)) };
}

struct duty duty_owner(const struct line *line)
{
	return (struct duty){
		.by = line->owner_by, .pool = line->pool,
		.person = line->schedule ? NULL : line->owner, .schedule = line->schedule,
		.fallback = line->fallback ? line->fallback : line->owner
	};
}

struct duty duty_step(const struct step *step, const struct line *line)
{
	return (struct duty){
		.person = step->tell, .schedule = step->schedule,
		.fallback = !line ? step->tell : line->fallback ? line->fallback : line->owner
	};
}
