/* Whose an item is, where that is neither a person named nor a schedule. */
#include "decide_private.h"

#include <string.h>

#define TEAM_MAX 200

static int64_t turn_of(const struct think *t, const struct pool *pool, const struct person *p)
{
	for (gsize i = 0; i < t->f->n_turns; i++)
		if (strcmp(t->f->turns[i].pool, pool->id) == 0 && strcmp(t->f->turns[i].person, p->id) == 0)
			return t->f->turns[i].turn;
	return 0;
}

static gsize team_of(const struct think *t, const struct pool *pool, const struct person **team)
{
	gsize n = MIN(pool->n_members, TEAM_MAX), n_shifts;
	const struct shift *shifts;

	if (pool->schedule) {
		shifts = duty_overrides(t->r, pool->schedule->id, t->f->overrides, t->f->n_overrides, t->a, &n_shifts);
		return schedule_team(pool->schedule, shifts, n_shifts, t->now, team, TEAM_MAX);
	}
	for (gsize i = 0; i < n; i++)
		team[i] = pool->members[i];
	return n;
}

/* Who has waited longest of those on duty and not away; of equals the first in the file. */
static const struct person *next_in_turn(struct think *t, const struct pool *pool)
{
	const struct person *team[TEAM_MAX], *next = NULL;
	const gsize n = team_of(t, pool, team);

	for (gsize i = 0; i < n; i++)
		if (!duty_away(team[i], t->now) && (!next || turn_of(t, pool, team[i]) < turn_of(t, pool, next)))
			next = team[i];
	if (next) {
		t->d->turn_pool = pool->id;
		t->d->turn_person = next->id;
	}
	return next;
}

/* The person, and why it is that one, or why nobody. */
static const struct person *find_owner(struct think *t, const struct item *i, const struct duty *duty, const char **why_r)
{
	const struct contact *contact = duty->by == OWNER_ACCOUNT ? directory_find(t->r->directory, i->caller) : NULL;
	const struct person *p;

	switch (duty->by) {
	case OWNER_TURNS:
		p = next_in_turn(t, duty->pool);
		*why_r = arena_printf(t->a, p ? "whose turn it is on %s" : "nobody is on %s", duty->pool->id);
		return p;
	case OWNER_ACCOUNT:
		p = contact ? contact->owner : NULL;
		*why_r = p ? "who looks after the caller" : "nobody looks after the caller";
		return p;
	case OWNER_LAST:
		p = roster_person(t->r, t->f->dealt_with);
		*why_r = p ? "who dealt with the caller last" : "nobody has dealt with the caller";
		return p;
	case OWNER_NAMED:
		break;
	}
	g_assert_not_reached();
}

static struct on_duty owner_of(struct think *t, const struct item *i, struct duty duty)
{
	const char *why = "";
	struct on_duty on;

	if (duty.by == OWNER_NAMED)
		return think_duty(t, &duty);
	duty.person = find_owner(t, i, &duty, &why);
	duty.schedule = NULL;
	if (!duty.person) {
		duty.person = duty.fallback;
		why = arena_printf(t->a, "%s: fall-back", why);
	}
	on = think_duty(t, &duty);
	on.why = *on.why ? arena_printf(t->a, "%s, %s", why, on.why) : why;
	return on;
}

const char *think_own(struct think *t, struct item *i, const struct line *line)
{
	const struct on_duty on = owner_of(t, i, rule_duty(t, i, line));

	i->owner = on.person->id;
	t->own = *on.why ? on.why : NULL;
	return t->own ? arena_printf(t->a, " (%s)", on.why) : "";
}
