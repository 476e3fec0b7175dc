/* The end of a report: figures and tables from what was seen. */
#include <math.h>
#include <string.h>

#include "phone.h"
#include "render.h"
#include "report_private.h"
#include "text.h"

static void figure(struct report *r, const char *key, enum report_unit unit, double value)
{
	const struct report_figure f = { key, unit, value };

	g_array_append_val(r->end.figures, f);
}

static void count(struct report *r, const char *key, guint n)
{
	figure(r, key, UNIT_COUNT, n);
}

static double share(guint part, guint whole)
{
	return whole ? (double)part / whole : NAN;
}

static gint by_value(gconstpointer one, gconstpointer other)
{
	const int64_t x = *(const int64_t *)one, y = *(const int64_t *)other;

	return (x > y) - (x < y);
}

static double nearest_rank(const GArray *sorted, double p)
{
	const guint rank = (guint)ceil(p * sorted->len);

	return sorted->len ? (double)g_array_index(sorted, int64_t, MAX(rank, 1) - 1) : NAN;
}

/* Seconds from created to acked, or to closed of what was recovered; -1: not yet. */
static int64_t taken(struct report *r, const struct report_seen *s, bool callback, bool open)
{
	const int64_t end = callback ? (s->recovered ? s->closed : 0) : s->acked;

	if (!end)
		return -1;
	return MAX(open ? report_open_seconds(r, s->line, s->created, end) : end - s->created, 0);
}

static void times(struct report *r, const char *median, const char *p90, bool callback, bool open)
{
	g_autoptr(GArray) all = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), r->seen->len);

	for (guint k = 0; k < r->seen->len; k++) {
		const int64_t s = taken(r, &g_array_index(r->seen, struct report_seen, k), callback, open);

		if (s >= 0)
			g_array_append_val(all, s);
	}
	g_array_sort(all, by_value);
	figure(r, median, UNIT_SECONDS, nearest_rank(all, 0.5));
	figure(r, p90, UNIT_SECONDS, nearest_rank(all, 0.9));
}

/* Sorted, numbers of several items stand side by side. */
static guint repeat_callers(struct report *r)
{
	g_autoptr(GArray) all = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), r->seen->len * 2);
	guint n = 0;

	for (guint k = 0; k < r->seen->len; k++) {
		const struct report_seen *s = &g_array_index(r->seen, struct report_seen, k);
		const int64_t caller = (int64_t)s->caller;

		if (caller)
			g_array_append_val(all, caller);
		if (caller && s->repeated)
			g_array_append_val(all, caller);
	}
	g_array_sort(all, by_value);
	for (guint k = 1; k < all->len; k++) {
		const int64_t *v = &g_array_index(all, int64_t, k);

		n += v[0] == v[-1] && (k == 1 || v[-1] != v[-2]);
	}
	return n;
}

static guint within_promise(const struct report *r)
{
	guint n = 0;

	for (guint k = 0; k < r->seen->len; k++) {
		const struct report_seen *s = &g_array_index(r->seen, struct report_seen, k);

		n += s->recovered && s->due && s->closed <= s->due;
	}
	return n;
}

static guint recovered(const struct report *r)
{
	return r->resolutions[RESOLUTION_CALLED_BACK] + r->resolutions[RESOLUTION_CALLER_REACHED];
}

void report_figures(struct report *r)
{
	const guint items = r->seen->len, won = recovered(r), kept = within_promise(r);

	count(r, "items", items);
	count(r, "recovered", won);
	figure(r, "recovery_rate", UNIT_SHARE, share(won, items));
	times(r, "ack_median", "ack_p90", false, false);
	times(r, "ack_open_median", "ack_open_p90", false, true);
	times(r, "callback_median", "callback_p90", true, false);
	times(r, "callback_open_median", "callback_open_p90", true, true);
	count(r, "within_promise", kept);
	figure(r, "within_promise_rate", UNIT_SHARE, share(kept, won));
	count(r, "live", r->live);
	count(r, "overdue", r->overdue);
	count(r, "stale", r->stale);
	count(r, "without_owner", r->without_owner);
	count(r, "repeat_callers", repeat_callers(r));
	figure(r, "after_hours", UNIT_SHARE, share(r->after_hours, items));
	count(r, "notices", r->notices);
	count(r, "texts", r->texts);
	figure(r, "text_cost", UNIT_MONEY, r->s.text_price > 0 ? r->texts * r->s.text_price : NAN);
}

/* ---- tables ---- */

static struct report_table *table(struct report *r, const char *key, const char *const *columns)
{
	struct report_table *t = ARENA_NEW(r->a, struct report_table);

	*t = (struct report_table){ key, columns, g_ptr_array_new() };
	g_ptr_array_add(r->end.tables, t);
	return t;
}

static const char *number(struct report *r, guint n)
{
	return arena_printf(r->a, "%u", n);
}

static void row(struct report *r, struct report_table *t, const char *const *cells)
{
	const gsize n = g_strv_length((char **)t->columns);

	g_ptr_array_add(t->rows, arena_memdup(r->a, cells, n * sizeof(char *)));
}

static const char *flags_of(const struct report *r, const struct item *i)
{
	const bool overdue = report_is_overdue(r, i);

	return report_is_stale(r, i) ? (overdue ? "overdue stale" : "stale") : overdue ? "overdue" : "";
}

static void needs_you(struct report *r)
{
	static const char *const columns[] = { "item", "caller", "owner", "due", "flags", "line", "state", NULL };
	struct report_table *t = table(r, "needs_you", columns);

	for (guint k = 0; k < MIN(r->waiting->len, REPORT_NEEDS_MAX); k++) {
		const struct item *i = r->waiting->pdata[k];
		const char *caller = i->caller ? phone_display(r->a, i->caller) : i->withheld ? "withheld" : i->caller_raw;
		const char *name = text_line(r->a, i->caller_name, 40);
		char due[40] = "";
		const char *cells[] = {
			render_item_id(r->a, r->s.roster, i->id),
			arena_printf(r->a, "%s%s%s", text_line(r->a, caller, 40), *name ? " " : "", name),
			i->owner ? i->owner : "", "", flags_of(r, i), i->line, state_name(i->state)
		};

		if (i->due)
			cells[3] = arena_printf(r->a, "%.10s %.5s", text_time_zone(i->due, r->s.zone, due), due + 11);
		row(r, t, cells);
	}
}

static gint line_by_items(gconstpointer one, gconstpointer other)
{
	const struct report_line *x = *(const struct report_line *const *)one, *y = *(const struct report_line *const *)other;

	return x->items != y->items ? (x->items > y->items ? -1 : 1) : strcmp(x->id, y->id);
}

static void lines(struct report *r)
{
	static const char *const columns[] = { "line", "items", "recovered", "live", "overdue", NULL };
	struct report_table *t = table(r, "lines", columns);
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	GHashTableIter iter;
	gpointer l;

	g_hash_table_iter_init(&iter, r->lines);
	while (g_hash_table_iter_next(&iter, NULL, &l))
		g_ptr_array_add(all, l);
	g_ptr_array_sort(all, line_by_items);
	for (guint k = 0; k < all->len; k++) {
		const struct report_line *one = all->pdata[k];
		const char *cells[] = {
			one->id, number(r, one->items), number(r, one->recovered), number(r, one->live), number(r, one->overdue)
		};

		row(r, t, cells);
	}
}

static void counted(struct report *r, struct report_table *t, const char *what, guint n)
{
	const char *cells[] = { what, number(r, n) };

	if (n)
		row(r, t, cells);
}

static gint by_word(gconstpointer one, gconstpointer other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void people(struct report *r)
{
	static const char *const columns[] = { "person", "texts", "night", NULL };
	struct report_table *t = table(r, "people", columns);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, r->people);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		g_ptr_array_add(names, name);
	g_ptr_array_sort(names, by_word);
	for (guint k = 0; k < names->len; k++) {
		const struct report_person *p = g_hash_table_lookup(r->people, names->pdata[k]);
		const char *cells[] = { names->pdata[k], number(r, p->texts), number(r, p->night) };

		row(r, t, cells);
	}
}

static void hours(struct report *r)
{
	static const char *const days[] = { "mo", "tu", "we", "th", "fr", "sa", "su" };
	static const char *const columns[] = { "hour", "mo", "tu", "we", "th", "fr", "sa", "su", NULL };
	struct report_table *t = table(r, "hours", columns);

	for (guint hour = 0; hour < 24; hour++) {
		const char *cells[8] = { arena_printf(r->a, "%02u", hour) };

		for (guint day = 0; day < G_N_ELEMENTS(days); day++)
			cells[day + 1] = number(r, r->end.hours[day][hour]);
		row(r, t, cells);
	}
}

void report_tables(struct report *r)
{
	static const char *const reasons[] = { "reason", "items", NULL };
	static const char *const resolutions[] = { "resolution", "items", NULL };
	static const char *const ways[] = { "way", "times", NULL };
	struct report_table *t;

	needs_you(r);
	lines(r);
	t = table(r, "reasons", reasons);
	for (guint k = 0; k < N_REASONS; k++)
		counted(r, t, reason_name(k), r->reasons[k]);
	t = table(r, "resolutions", resolutions);
	for (guint k = 0; k < N_RESOLUTIONS; k++)
		counted(r, t, resolution_name(k), r->resolutions[k]);
	t = table(r, "closed_by", ways);
	for (guint k = 0; k < REPORT_WAYS; k++)
		counted(r, t, report_way(k), r->ways[k]);
	people(r);
	hours(r);
}
