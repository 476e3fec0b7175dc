#include "handoff.h"

#include <string.h>

#include "apply.h"
#include "clock.h"
#include "decide.h"
#include "duty.h"

#define OPEN_MAX 1000
#define EVERY_S 10		/* a shift begins on the minute, and nobody waits for a second */

struct look {
	const struct conf *conf;
	struct arena *a;
	int64_t now;
	struct facts facts;
	struct watch *watches;
	gsize n_watches;
	bool changed;
};

static const struct watch *watch_of(const struct look *l, const char *schedule)
{
	for (gsize k = 0; k < l->n_watches; k++)
		if (strcmp(l->watches[k].schedule, schedule) == 0)
			return &l->watches[k];
	return NULL;
}

/* The id of who is on call; "": nobody. */
static const char *on_call(const struct look *l, const struct schedule *s)
{
	const struct duty duty = { .schedule = s };
	const struct on_duty on = duty_of(l->conf->roster, l->facts.overrides, l->facts.n_overrides, &duty, l->now, l->a);

	return on.person ? on.person->id : "";
}

static bool read_store(struct store_tx *tx, struct look *l, GError **err)
{
	struct override *overrides;

	if (!tx_overrides(tx, l->now, l->a, &overrides, &l->facts.n_overrides, err) ||
	    !tx_watches(tx, l->a, &l->watches, &l->n_watches, err))
		return false;
	l->facts.overrides = overrides;
	return true;
}

/* Without a commit: most of the time nothing has changed. */
static bool think_look(struct store_tx *tx, void *user, GError **err)
{
	struct look *l = user;
	const GPtrArray *schedules = l->conf->roster->schedules;

	if (!read_store(tx, l, err))
		return false;
	for (guint k = 0; k < schedules->len; k++) {
		const struct schedule *s = schedules->pdata[k];
		const struct watch *w = watch_of(l, s->id);

		l->changed |= !w || strcmp(w->person, on_call(l, s)) != 0;
	}
	return true;
}

static bool find_open(struct store_tx *tx, struct look *l, GError **err)
{
	const struct item_filter f = { .live_only = true, .limit = OPEN_MAX };
	struct item **open;
	struct mute *mutes;

	if (!tx_mutes(tx, l->now, l->a, &mutes, &l->facts.n_mutes, err))
		return false;
	l->facts.mutes = mutes;
	if (!tx_items(tx, &f, l->a, &open, &l->facts.n_open, err) ||
	    !tx_phones_stopped(tx, l->a, &l->facts.stopped, err))
		return false;
	l->facts.open = (const struct item *const *)open;
	return true;
}

static bool hand_over(struct store_tx *tx, struct look *l, const struct schedule *s, GError **err)
{
	const struct watch *before = watch_of(l, s->id);
	const struct watch now = { s->id, on_call(l, s), l->now };
	const struct event e = { .kind = EVENT_HANDOFF, .schedule = s->id, .to = now.person };

	if (before && strcmp(before->person, now.person) == 0)
		return true;
	if (!tx_watch_set(tx, &now, err))
		return false;
	return !before || !*now.person ||
	       apply_decision(tx, l->conf, decide(l->conf->roster, &e, &l->facts, l->now, l->a), l->now, err);
}

static bool think_hand_over(struct store_tx *tx, void *user, GError **err)
{
	struct look *l = user;
	const GPtrArray *schedules = l->conf->roster->schedules;

	if (!read_store(tx, l, err) || !find_open(tx, l, err))
		return false;
	for (guint k = 0; k < schedules->len; k++)
		if (!hand_over(tx, l, schedules->pdata[k], err))
			return false;
	return true;
}

bool handoff_look(struct store *s, const struct conf *conf, int64_t *looked, GError **err)
{
	AUTO_ARENA a = arena_new();
	struct look l = { .conf = conf, .a = a, .now = clock_now() };

	if (conf->roster->schedules->len == 0 || (l.now >= *looked && l.now < *looked + EVERY_S))
		return true;
	*looked = l.now;
	if (store_read(s, think_look, &l, err) != STORE_DONE)
		return false;
	return !l.changed || store_run(s, think_hand_over, &l, err) == STORE_DONE;
}
