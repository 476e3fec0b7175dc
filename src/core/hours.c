#include "hours.h"

#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "hours_private.h"
#include "zone.h"

#define DAY_S (24 * 60 * 60)
#define SPANS_MAX 400		/* that hours_after() counts through */
#define AHEAD_S (14 * DAY_S)

/* ---- holidays ---- */

struct holidays {
	gint refs;
	gsize n;
	guint32 days[];		/* sorted */
};

static int compare_days(const void *a, const void *b)
{
	const guint32 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

struct holidays *holidays_new(const guint32 *days, gsize n)
{
	struct holidays *h = g_malloc0(sizeof(*h) + n * sizeof(guint32));

	h->refs = 1;
	h->n = n;
	if (n) {
		memcpy(h->days, days, n * sizeof(guint32));
		qsort(h->days, n, sizeof(guint32), compare_days);
	}
	return h;
}

struct holidays *holidays_ref(struct holidays *h)
{
	g_atomic_int_inc(&h->refs);
	return h;
}

void holidays_unref(struct holidays *h)
{
	if (h && g_atomic_int_dec_and_test(&h->refs))
		g_free(h);
}

bool holidays_has(const struct holidays *h, guint32 day)
{
	return h && h->n && bsearch(&day, h->days, h->n, sizeof(guint32), compare_days);
}

gsize holidays_count(const struct holidays *h)
{
	return h ? h->n : 0;
}

/* ---- hours ---- */

struct hours *hours_new(const char *spec, const char *zone, GError **err)
{
	struct hours *h = g_new0(struct hours, 1);

	h->refs = 1;
	h->spec = g_strdup(spec);
	h->zone = zone && *zone ? zone_get(zone) : NULL;
	if (!h->zone)
		err_set(err, ERR_CONF, "time zone \"%s\" is not known; one such as Europe/London expected",
			zone ? zone : "");
	else if (hours_read(h, spec, err))
		return h;
	hours_free(h);
	return NULL;
}

struct hours *hours_ref(struct hours *h)
{
	g_atomic_int_inc(&h->refs);
	return h;
}

void hours_free(struct hours *h)
{
	if (!h || !g_atomic_int_dec_and_test(&h->refs))
		return;
	if (h->zone)
		g_time_zone_unref(h->zone);
	for (guint i = 0; i < h->n_rules; i++)
		g_free(h->rules[i].dates);
	holidays_unref(h->holidays);
	g_free(h->rules);
	g_free(h->spec);
	g_free(h);
}

const char *hours_spec(const struct hours *h)
{
	return h ? h->spec : "24/7";
}

bool hours_names_holidays(const struct hours *h)
{
	for (guint i = 0; i < h->n_rules; i++)
		if (h->rules[i].ph)
			return true;
	return false;
}

void hours_set_holidays(struct hours *h, struct holidays *days)
{
	struct holidays *old = h->holidays;

	h->holidays = days ? holidays_ref(days) : NULL;
	holidays_unref(old);
}

/* ---- which days a rule names ---- */

struct day {
	guint32 number;		/* as GDate counts */
	int year, month, day, days_in_month;
	int week_day;		/* 0 is Monday */
};

static struct day day_of(guint32 number)
{
	struct day d = { .number = number, .week_day = (int)((number + 6) % 7) };	/* day 1 was a Monday */
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_julian(&date, number);
	d.year = g_date_get_year(&date);
	d.month = (int)g_date_get_month(&date);
	d.day = g_date_get_day(&date);
	d.days_in_month = g_date_get_days_in_month((GDateMonth)d.month, (GDateYear)d.year);
	return d;
}

static guint32 number_of(int year, int month, int day)
{
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
	return g_date_get_julian(&date);
}

/* Gregorian Easter Sunday, by the "anonymous" algorithm (J. Meeus, Astronomical Algorithms, chapter 8). */
static guint32 easter_of(int year)
{
	int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25;
	int g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
	int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;

	return number_of(year, n / 31, n % 31 + 1);
}

/* The first or last day that a date of a range means in a year. 29 February of other years: the day after it as a
 * first day, the day before it as a last. */
static guint32 resolve(const struct hours_date *d, int year, bool first)
{
	int most, day;

	if (!d->month)
		return (guint32)((int)easter_of(year) + d->offset);
	most = g_date_get_days_in_month((GDateMonth)d->month, (GDateYear)year);
	day = d->day ? d->day : first ? 1 : most;
	return number_of(year, d->month, MIN(day, most)) + (first && day > most);
}

/* A range that began in that year. */
static bool range_has(const struct hours_range *r, const struct day *d, int year)
{
	guint32 from = resolve(&r->from, r->from.year ? r->from.year : year, true), to;

	if (r->single)
		return d->number == from && (!r->from.day || d->day == r->from.day);
	to = resolve(&r->to, r->to.year ? r->to.year : year, false);
	if (to < from && !r->to.year)
		to = resolve(&r->to, year + 1, false);
	return from <= d->number && d->number <= to;
}

static bool dates_have(const struct hours_rule *rule, const struct day *d)
{
	for (guint i = 0; i < rule->n_dates; i++) {
		const struct hours_range *r = &rule->dates[i];

		if (r->years ? r->from.year <= d->year && d->year <= r->to.year
			     : range_has(r, d, d->year) || range_has(r, d, d->year - 1))
			return true;
	}
	return rule->n_dates == 0;
}

static bool weeks_have(const struct hours_rule *rule, const struct day *d)
{
	GDate date;

	if (!rule->weeks)
		return true;
	g_date_clear(&date, 1);
	g_date_set_julian(&date, d->number);
	return rule->weeks >> g_date_get_iso8601_week_of_year(&date) & 1;
}

static bool week_day_has(const struct hours_rule *rule, const struct day *d)
{
	guint16 nth = rule->nth[d->week_day];

	if (!(rule->days >> d->week_day & 1))
		return false;
	return !nth || nth >> ((d->day - 1) / 7 + 1) & 1 || nth >> ((d->days_in_month - d->day) / 7 + 9) & 1;
}

static bool rule_names(const struct hours *h, const struct hours_rule *rule, const struct day *d)
{
	bool named = rule->days && week_day_has(rule, d);

	if (rule->ph)
		named = rule->ph_and ? named && holidays_has(h->holidays, d->number)
				     : named || holidays_has(h->holidays, d->number);
	return named && weeks_have(rule, d) && dates_have(rule, d);
}

/* ---- asking ---- */

static bool rule_has(const struct hours_rule *rule, int minute)
{
	for (guint i = 0; i < rule->n_spans; i++)
		if (rule->spans[i].from <= minute && minute < rule->spans[i].to)
			return true;
	return rule->n_spans == 0 && minute < HOURS_DAY_MIN;
}

/* Is it open at that minute after the day's midnight, by what began on that day? */
static bool day_covers(const struct hours *h, guint32 number, int minute)
{
	struct day d = day_of(number);
	bool open = false;

	for (guint i = 0; i < h->n_rules; i++) {
		const struct hours_rule *rule = &h->rules[i];
		bool has;

		if (!rule_names(h, rule, &d))
			continue;
		has = rule_has(rule, minute);
		if (!rule->open)
			open = open && rule->n_spans && !has;
		else if (rule->joins == RULE_REPLACES)
			open = has;
		else
			open = open || has;
	}
	return open;
}

struct wall {
	guint32 day;		/* as GDate counts */
	int second;		/* of the day */
};

static int interval_at(const struct hours *h, int64_t at)
{
	return g_time_zone_find_interval(h->zone, G_TIME_TYPE_UNIVERSAL, at);
}

static struct wall wall_at(const struct hours *h, int64_t at)
{
	int64_t wall = zone_wall(h->zone, at);
	guint32 day = zone_wall_day(wall);

	return (struct wall){ day, (int)CLAMP(wall - zone_day_wall(day), 0, DAY_S - 1) };
}

static bool goes_over_midnight(const struct hours *h)
{
	for (guint i = 0; i < h->n_rules; i++)
		for (guint k = 0; k < h->rules[i].n_spans; k++)
			if (h->rules[i].spans[k].to > HOURS_DAY_MIN)
				return true;
	return false;
}

bool hours_covers(const struct hours *h, int64_t at)
{
	struct wall w;

	if (!h)
		return true;
	w = wall_at(h, at);
	return day_covers(h, w.day, w.second / 60) ||
	       (goes_over_midnight(h) && day_covers(h, w.day - 1, w.second / 60 + HOURS_DAY_MIN));
}

/* Seconds by the clock on the wall until something may change: where a time of any rule begins or ends, or at midnight. */
static int64_t wall_wait(const struct hours *h, struct wall w)
{
	int best = DAY_S - w.second;

	for (guint i = 0; i < h->n_rules; i++)
		for (guint k = 0; k < h->rules[i].n_spans; k++) {
			const int ends[] = { h->rules[i].spans[k].from * 60, h->rules[i].spans[k].to * 60 };

			for (guint e = 0; e < 2; e++) {
				int wait = ends[e] % DAY_S - w.second;

				if (wait > 0)
					best = MIN(best, wait);
			}
		}
	return best;
}

/* The first moment after low at which the clocks show another offset than at low; high is such a moment. */
static int64_t clock_change(const struct hours *h, int64_t low, int64_t high)
{
	int before = interval_at(h, low);

	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (interval_at(h, middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

int64_t hours_next_change(const struct hours *h, int64_t at, int64_t until)
{
	bool open;

	if (!h)
		return until;
	open = hours_covers(h, at);
	for (int64_t t = at; t < until;) {
		int64_t next = t + wall_wait(h, wall_at(h, t));

		/* Adding wall-clock seconds is right only as far as the clocks are not changed. */
		if (interval_at(h, t) != interval_at(h, next))
			next = clock_change(h, t, next);
		t = next;
		if (t < until && hours_covers(h, t) != open)
			return t;
	}
	return until;
}

int64_t hours_next_open(const struct hours *h, int64_t at)
{
	return hours_covers(h, at) ? at : hours_next_change(h, at, at + AHEAD_S);
}

int64_t hours_after(const struct hours *h, int64_t at, int64_t open_s)
{
	int64_t left = open_s;

	for (guint n = 0; n < SPANS_MAX; n++) {
		const int64_t from = hours_next_open(h, at), to = hours_next_change(h, from, from + left);

		if (to - from >= left || !hours_covers(h, from))
			return from + left;
		left -= to - from;
		at = to;
	}
	return at + left;
}
