#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "phone.h"
#include "report_private.h"
#include "text.h"
#include "zone.h"

#define NIGHT_FROM 22		/* hours */
#define NIGHT_TO 7

/* ---- lines, and their opening hours as a table: what an hour was is asked a million times ---- */

struct report_line *report_line_of(struct report *r, const char *id)
{
	struct report_line *l = g_hash_table_lookup(r->lines, id);

	if (l)
		return l;
	l = g_new0(struct report_line, 1);
	l->id = g_strdup(id);
	l->line = roster_line_by_id(r->s.roster, id);
	l->zone = zone_get(l->line ? l->line->zone : r->s.zone);
	l->turns = g_array_new(FALSE, FALSE, sizeof(struct report_turn));
	g_hash_table_insert(r->lines, l->id, l);
	return l;
}

static void line_free(gpointer p)
{
	struct report_line *l = p;

	g_free(l->id);
	if (l->zone)
		g_time_zone_unref(l->zone);
	g_array_unref(l->turns);
	g_free(l);
}

#define LOOK_AHEAD_S (60 * INT64_C(86400))

static void turns_make(struct report *r, struct report_line *l)
{
	struct report_turn t = { .at = r->s.from - 1, .open = hours_covers(l->line->hours, r->s.from - 1) };
	const int64_t end = MAX(r->s.now, r->s.to);

	g_array_append_val(l->turns, t);
	while (t.at < end) {
		const int64_t next = hours_next_change(l->line->hours, t.at, MIN(t.at + LOOK_AHEAD_S, end));

		t.open_before += t.open ? next - t.at : 0;
		t.at = next;
		t.open = hours_covers(l->line->hours, next);
		g_array_append_val(l->turns, t);
	}
}

static const struct report_turn *turn_at(struct report *r, struct report_line *l, int64_t at)
{
	guint low = 0, high;

	if (l->turns->len == 0)
		turns_make(r, l);
	high = l->turns->len;
	while (high - low > 1) {
		const guint middle = (low + high) / 2;

		if (g_array_index(l->turns, struct report_turn, middle).at <= at)
			low = middle;
		else
			high = middle;
	}
	return &g_array_index(l->turns, struct report_turn, low);
}

static bool always_open(const struct report_line *l)
{
	return !l->line || !l->line->hours;
}

static int64_t open_until(struct report *r, struct report_line *l, int64_t at)
{
	const struct report_turn *t = turn_at(r, l, at);

	return t->open_before + (t->open ? MAX(at - t->at, 0) : 0);
}

int64_t report_open_seconds(struct report *r, struct report_line *l, int64_t from, int64_t to)
{
	return always_open(l) ? to - from : open_until(r, l, to) - open_until(r, l, from);
}

static bool is_open(struct report *r, struct report_line *l, int64_t at)
{
	return always_open(l) || turn_at(r, l, at)->open;
}

/* ---- items ---- */

static bool line_wanted(const struct report *r, const char *line)
{
	return !r->s.lines || g_strv_contains(r->s.lines, line);
}

static guint64 caller_hash(const char *number)
{
	guint64 h = G_GUINT64_CONSTANT(14695981039346656037);	/* FNV-1a */

	for (const char *c = number; c && *c; c++)
		h = (h ^ (guchar)*c) * G_GUINT64_CONSTANT(1099511628211);
	return number ? h : 0;
}

static gint by_due(gconstpointer one, gconstpointer other)
{
	const struct item *x = *(const struct item *const *)one, *y = *(const struct item *const *)other;
	const int64_t due = x->due ? x->due : INT64_MAX, other_due = y->due ? y->due : INT64_MAX;

	if (due != other_due)
		return due < other_due ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* The most urgent of those that wait; cut now and then, so that it never holds many. */
static void keep_waiting(struct report *r, const struct item *i)
{
	g_ptr_array_add(r->waiting, item_copy(r->a, i));
	if (r->waiting->len < 8 * REPORT_NEEDS_MAX)
		return;
	g_ptr_array_sort(r->waiting, by_due);
	g_ptr_array_set_size(r->waiting, REPORT_NEEDS_MAX);
}

bool report_is_overdue(const struct report *r, const struct item *i)
{
	return item_overdue_since(i, r->s.now) != 0;
}

bool report_is_stale(const struct report *r, const struct item *i)
{
	const struct line *line = roster_line_by_id(r->s.roster, i->line);

	return line && item_stale_since(i, line->response.stale_after_s, r->s.now) != 0;
}

void report_live(struct report *r, const struct item *i)
{
	struct report_line *l;

	if (!item_is_live(i) || !line_wanted(r, i->line))
		return;
	l = report_line_of(r, i->line);
	r->live++;
	l->live++;
	r->overdue += report_is_overdue(r, i);
	l->overdue += report_is_overdue(r, i);
	r->stale += report_is_stale(r, i);
	if (report_is_overdue(r, i) || report_is_stale(r, i) || i->state == STATE_OPEN || i->state == STATE_COLLECTING)
		keep_waiting(r, i);
}

static bool is_recovered(enum resolution resolution)
{
	return resolution == RESOLUTION_CALLED_BACK || resolution == RESOLUTION_CALLER_REACHED;
}

static void count_hour(struct report *r, const struct report_line *l, int64_t at)
{
	const int64_t wall = l->zone ? zone_wall(l->zone, at) : at;
	const int64_t day = wall / 86400;

	if (wall >= 0)		/* 1970-01-01 was a Thursday */
		r->end.hours[(day + 3) % 7][wall % 86400 / 3600]++;
}

void report_item(struct report *r, const struct item *i)
{
	struct report_seen seen = {
		.id = i->id, .created = i->created, .closed = i->state == STATE_CLOSED ? i->closed : 0, .due = i->due,
		.caller = caller_hash(i->caller), .repeated = i->calls > 1, .recovered = false
	};

	if (i->state == STATE_SUPPRESSED || i->created < r->s.from || i->created >= r->s.to || !line_wanted(r, i->line))
		return;
	seen.line = report_line_of(r, i->line);
	seen.recovered = i->state == STATE_CLOSED && is_recovered(i->resolution);
	g_array_append_val(r->seen, seen);
	seen.line->items++;
	seen.line->recovered += seen.recovered;
	r->reasons[i->reason]++;
	if (i->state == STATE_CLOSED)
		r->resolutions[i->resolution]++;
	r->after_hours += !is_open(r, seen.line, i->created);
	count_hour(r, seen.line, i->call_time ? i->call_time : i->created);
	r->without_owner += !i->owner;
}

/* ---- records ---- */

static struct report_seen *find_seen(struct report *r, int64_t id)
{
	struct report_seen *all = (struct report_seen *)(void *)r->seen->data;
	guint low = 0, high = r->seen->len;

	while (low < high) {
		const guint middle = (low + high) / 2;

		if (all[middle].id == id)
			return &all[middle];
		if (all[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool is_notice(const struct journal_record *j)
{
	static const char *const words[] = {
		JOURNAL_CREATED, JOURNAL_COPIED, JOURNAL_JOINED, JOURNAL_SEEN_AGAIN, JOURNAL_SUPPRESSED, NULL
	};

	return strcmp(j->how, "mail") == 0 && g_strv_contains(words, j->what);
}

static bool at_night(const struct report *r, int64_t at)
{
	const int64_t wall = r->zone ? zone_wall(r->zone, at) : at, hour = wall % 86400 / 3600;

	return hour >= NIGHT_FROM || hour < NIGHT_TO;
}

/* "escalation to bob, possibly twice" */
static void count_text(struct report *r, const struct journal_record *j)
{
	const char *to = j->why ? strstr(j->why, " to ") : NULL;
	g_autofree char *person = NULL;
	struct report_person *p;

	r->texts++;
	if (!to)
		return;		/* forgotten */
	person = g_strndup(to + 4, strcspn(to + 4, ","));
	p = g_hash_table_lookup(r->people, person);
	if (!p) {
		p = g_new0(struct report_person, 1);
		g_hash_table_insert(r->people, g_strdup(person), p);
	}
	p->texts++;
	p->night += at_night(r, j->at);
}

static const char *const closing_ways[] = { "text", "mail", "cli", "timer" };
G_STATIC_ASSERT(G_N_ELEMENTS(closing_ways) == REPORT_WAYS);

static void count_of_item(struct report *r, const struct journal_record *j)
{
	const bool closed = strcmp(j->what, JOURNAL_CLOSED) == 0;
	struct report_seen *seen;

	if (!closed && strcmp(j->what, JOURNAL_ACKNOWLEDGED) != 0 && strcmp(j->what, JOURNAL_TRIED) != 0)
		return;
	seen = find_seen(r, j->item);
	if (!seen)
		return;
	if (!seen->acked)
		seen->acked = j->at;
	for (guint k = 0; closed && k < REPORT_WAYS; k++)
		r->ways[k] += strcmp(j->how, closing_ways[k]) == 0;
}

void report_record(struct report *r, const struct journal_record *j)
{
	const bool within = j->at >= r->s.from && j->at < r->s.to;

	if (j->item)
		count_of_item(r, j);
	if (!within || (r->s.lines && !find_seen(r, j->item)))
		return;
	if (is_notice(j))
		r->notices++;
	else if (strcmp(j->what, JOURNAL_SENT) == 0 && strcmp(j->how, "text") == 0)
		count_text(r, j);
}

const char *report_way(guint k)
{
	return closing_ways[k];
}

/* ---- the whole ---- */

struct report *report_new(const struct report_settings *s)
{
	struct report *r = g_new0(struct report, 1);

	r->s = *s;
	r->a = arena_new();
	r->zone = zone_get(s->zone);
	r->seen = g_array_new(FALSE, FALSE, sizeof(struct report_seen));
	r->waiting = g_ptr_array_new();
	r->lines = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, line_free);
	r->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	r->end.figures = g_array_new(FALSE, FALSE, sizeof(struct report_figure));
	r->end.tables = g_ptr_array_new();
	return r;
}

void report_free(struct report *r)
{
	for (guint k = 0; k < r->end.tables->len; k++)
		g_ptr_array_unref(((struct report_table *)r->end.tables->pdata[k])->rows);
	g_ptr_array_unref(r->end.tables);
	g_array_unref(r->end.figures);
	g_hash_table_unref(r->people);
	g_hash_table_unref(r->lines);
	g_ptr_array_unref(r->waiting);
	g_array_unref(r->seen);
	if (r->zone)
		g_time_zone_unref(r->zone);
	arena_free(r->a);
	g_free(r);
}

const struct report_end *report_end(struct report *r)
{
	g_ptr_array_sort(r->waiting, by_due);
	report_figures(r);
	report_tables(r);
	return &r->end;
}

double report_value(const struct report_end *e, const char *key)
{
	for (guint k = 0; k < e->figures->len; k++) {
		const struct report_figure *f = &g_array_index(e->figures, struct report_figure, k);

		if (strcmp(f->key, key) == 0)
			return f->value;
	}
	return NAN;
}

const struct report_table *report_table(const struct report_end *e, const char *key)
{
	for (guint k = 0; k < e->tables->len; k++) {
		const struct report_table *t = e->tables->pdata[k];

		if (strcmp(t->key, key) == 0)
			return t;
	}
	return NULL;
}
