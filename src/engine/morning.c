#include "morning.h"

#include "duty.h"
#include "journal.h"
#include "render.h"
#include "zone.h"

#define MARK "morning"
#define DAY_S 86400
#define LATE_S (12 * 3600)	/* a daemon that starts in the evening lets the morning go */
#define PAGE 1000
#define LISTED_MAX 200

int64_t morning_last(const struct conf *conf, int64_t now)
{
	g_autoptr(GTimeZone) tz = zone_get(conf->timezone);
	const int64_t day = tz ? zone_day_wall(zone_wall_day(zone_wall(tz, now))) : now - now % DAY_S;
	const int64_t wall = day + conf->morning_min * 60;
	const int64_t today = tz ? zone_instant(tz, wall) : wall;

	if (today <= now)
		return today;
	return tz ? zone_instant(tz, wall - DAY_S) : wall - DAY_S;
}

/* ---- what is stale ---- */

struct stale {
	struct store_tx *tx;
	const struct conf *conf;
	const struct person *manager;	/* of this one's lines; NULL: of all that have one */
	int64_t now;
	struct arena *a;
	GPtrArray *items;		/* struct item *, the newest first */
};

static const struct person *manager_of(const struct conf *conf, const struct item *i, int64_t now)
{
	const struct line *line = roster_line_by_id(conf->roster, i->line);

	return line && item_stale_since(i, line->response.stale_after_s, now) ? line->response.manager : NULL;
}

static bool find_stale(struct stale *s, GError **err)
{
	struct item_filter f = { .live_only = true, .limit = PAGE };
	struct item **page;
	gsize n;

	do {
		if (!tx_items(s->tx, &f, s->a, &page, &n, err))
			return false;
		for (gsize k = 0; k < n; k++) {
			const struct person *p = manager_of(s->conf, page[k], s->now);

			if (p && (!s->manager || p == s->manager))
				g_ptr_array_add(s->items, page[k]);
		}
		if (n)
			f.before_id = page[n - 1]->id;
	} while (n == PAGE);
	return true;
}

/* ---- the mails of a morning ---- */

struct morning {
	const struct conf *conf;
	int64_t now, last;
};

static bool add_mail(struct store_tx *tx, const struct morning *m, const struct person *manager, struct arena *a,
		     GError **err)
{
	const struct duty duty = { .person = manager };
	const struct person *p = duty_of(m->conf->roster, NULL, 0, &duty, m->now, a).person;
	struct job j = {
		.kind = JOB_MAIL, .topic = TOPIC_STALE, .due = duty_quiet_until(p, m->now), .person = manager->id,
		.to = p->mail, .created = m->now, .updated = m->now
	};
	const struct journal_record r = {
		.at = m->now, .who = "ringback", .what = JOURNAL_STALE, .how = "timer",
		.why = arena_printf(a, "%s gets the list of what is stale", p->name ? p->name : p->id)
	};

	return tx_job_insert(tx, &j, err) && tx_journal_add(tx, &r, err);
}

static bool add_mails(struct store_tx *tx, const struct morning *m, GError **err)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GPtrArray) items = g_ptr_array_new(), told = g_ptr_array_new();
	struct stale s = { .tx = tx, .conf = m->conf, .now = m->now, .a = a, .items = items };

	if (!find_stale(&s, err))
		return false;
	for (guint k = 0; k < items->len; k++) {
		const struct person *p = manager_of(m->conf, items->pdata[k], m->now);

		if (g_ptr_array_find(told, p, NULL))
			continue;
		g_ptr_array_add(told, (gpointer)p);
		if (!add_mail(tx, m, p, a, err))
			return false;
	}
	return true;
}

static bool think_morning(struct store_tx *tx, void *user, GError **err)
{
	const struct morning *m = user;
	const bool wanted = m->conf->relay_host && *m->conf->relay_host && m->now - m->last < LATE_S;
	struct mark mark;

	if (!tx_mark(tx, MARK, &mark, err))
		return false;
	if (mark.at >= m->last)
		return true;
	if (wanted && mark.at && !add_mails(tx, m, err))
		return false;
	mark.at = m->last;
	return tx_mark_set(tx, MARK, &mark, err);
}

bool morning_turn(struct store *s, const struct conf *conf, int64_t now, GError **err)
{
	struct morning m = { .conf = conf, .now = now, .last = morning_last(conf, now) };

	return store_run(s, think_morning, &m, err) == STORE_DONE;
}

/* ---- one mail ---- */

bool morning_mail(struct store_tx *tx, const struct conf *conf, const struct job *j, int64_t now, struct arena *a,
		  const char **text_r, GError **err)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new();
	struct stale s = { .tx = tx, .conf = conf, .now = now, .a = a, .items = items };

	*text_r = NULL;
	s.manager = roster_person(conf->roster, j->person);
	if (!s.manager)
		return true;
	if (!find_stale(&s, err))
		return false;
	if (items->len)
		*text_r = render_stale(a, conf->roster, (const struct item *const *)items->pdata,
				       MIN(items->len, LISTED_MAX), items->len, conf->mail_from, j->to, now, j->id);
	return true;
}
