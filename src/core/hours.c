#include "hours.h"

#include <string.h>

#include "err.h"
#include "text.h"

#define DAY_MIN (24 * 60)
#define DAY_S (24 * 60 * 60)
#define SPANS_MAX 8		/* of one day */
#define SPEC_MAX 1000		/* octets */
#define AHEAD_S (14 * DAY_S)

/* Minutes of the day it begins on; to is above 24:00 where it goes over midnight. */
struct span {
	guint16 from, to;
};

struct hours {
	GTimeZone *zone;
	struct span spans[7][SPANS_MAX];	/* Monday first */
	guint8 n[7];
};

/* ---- reading ---- */

struct reader {
	const char *spec, *p;
	struct hours *h;
	GError **err;
};

static const char *const day_names[] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };

static bool fail(struct reader *r, const char *expected)
{
	return err_set(r->err, ERR_CONF, "opening hours \"%.60s\", character %d: %s expected", r->spec,
		       (int)(r->p - r->spec) + 1, expected);
}

static void skip_blanks(struct reader *r)
{
	while (g_ascii_isspace(*r->p))
		r->p++;
}

static bool take(struct reader *r, const char *word)
{
	gsize len = strlen(word);

	skip_blanks(r);
	if (g_ascii_strncasecmp(r->p, word, len) != 0)
		return false;
	/* "offer" is not "off", "Monday" is not "Mo" */
	if (g_ascii_isalpha(word[len - 1]) && g_ascii_isalnum(r->p[len]))
		return false;
	r->p += len;
	return true;
}

static int take_day(struct reader *r)
{
	for (int i = 0; i < 7; i++)
		if (take(r, day_names[i]))
			return i;
	return -1;
}

/* "Mo-Fr", "Sa-Mo", "We" as a bit set; 0 when there is no day here, or no day after the dash. */
static guint take_day_range(struct reader *r)
{
	int from = take_day(r), to = from;
	guint set = 0;

	if (from < 0)
		return 0;
	if (take(r, "-"))
		to = take_day(r);
	if (to < 0)
		return 0;
	for (int i = from;; i = (i + 1) % 7) {
		set |= 1u << i;
		if (i == to)
			return set;
	}
}

static bool read_days(struct reader *r, guint *days_r)
{
	skip_blanks(r);
	*days_r = 0;
	if (!g_ascii_isalpha(*r->p)) {
		*days_r = 0x7f;		/* "09:00-17:00": every day */
		return true;
	}
	do {
		guint more = take_day_range(r);

		if (!more)
			return fail(r, "a day (Mo, Tu, We, Th, Fr, Sa, Su)");
		*days_r |= more;
	} while (take(r, ","));
	return true;
}

static bool read_time(struct reader *r, int *minutes_r)
{
	int digits = 0, hour = 0, minute = 0;

	skip_blanks(r);
	for (; digits < 2 && g_ascii_isdigit(*r->p); digits++)
		hour = hour * 10 + (*r->p++ - '0');
	if (!digits || r->p[0] != ':' || !g_ascii_isdigit(r->p[1]) || !g_ascii_isdigit(r->p[2]) ||
	    g_ascii_isdigit(r->p[3]))
		return fail(r, "a time such as 08:30");
	minute = (r->p[1] - '0') * 10 + (r->p[2] - '0');
	if (minute > 59 || hour * 60 + minute > DAY_MIN)
		return fail(r, "a time from 00:00 to 24:00");
	r->p += 3;
	*minutes_r = hour * 60 + minute;
	return true;
}

static bool add_span(struct reader *r, guint days, int from, int to)
{
	for (int i = 0; i < 7; i++) {
		if (!(days & (1u << i)))
			continue;
		if (r->h->n[i] == SPANS_MAX)
			return fail(r, "at most 8 times a day");
		r->h->spans[i][r->h->n[i]++] = (struct span){ (guint16)from, (guint16)to };
	}
	return true;
}

/* "08:00-12:00" */
static bool read_span(struct reader *r, guint days)
{
	int from, to;

	if (!read_time(r, &from))
		return false;
	if (!take(r, "-"))
		return fail(r, "\"-\" and the closing time");
	if (!read_time(r, &to))
		return false;
	if (from == to || from == DAY_MIN)
		return fail(r, "a closing time that differs from the opening time");
	return add_span(r, days, from, to < from ? to + DAY_MIN : to);
}

/* After a comma: another time of this rule? (Else it is another rule.) */
static bool more_times(struct reader *r)
{
	const char *back = r->p;

	if (take(r, ",")) {
		skip_blanks(r);
		if (g_ascii_isdigit(*r->p))
			return true;
	}
	r->p = back;
	return false;
}

static bool read_times(struct reader *r, guint days)
{
	if (take(r, "off") || take(r, "closed")) {
		for (int i = 0; i < 7; i++)
			if (days & (1u << i))
				r->h->n[i] = 0;
		return true;
	}
	do {
		if (!read_span(r, days))
			return false;
	} while (more_times(r));
	return true;
}

/* One rule. replaces: it came after ";" and not after ",". */
static bool read_rule(struct reader *r, bool replaces)
{
	guint days = 0x7f;
	bool always = take(r, "24/7");
	const char *here = r->p;
	bool off = !always && (take(r, "off") || take(r, "closed"));

	if (off)
		r->p = here;
	if (!always && !off && !read_days(r, &days))
		return false;
	for (int i = 0; i < 7 && replaces; i++)
		if (days & (1u << i))
			r->h->n[i] = 0;
	return always ? add_span(r, days, 0, DAY_MIN) : read_times(r, days);
}

static bool read_spec(struct reader *r)
{
	bool replaces = true;

	for (;;) {
		if (!read_rule(r, replaces))
			return false;
		skip_blanks(r);
		if (!*r->p)
			return true;
		replaces = *r->p == ';';
		if (*r->p != ';' && *r->p != ',')
			return fail(r, "\";\" or the end");
		r->p++;
		skip_blanks(r);
		if (!*r->p && replaces)
			return true;		/* a last ";" is harmless */
	}
}

struct hours *hours_new(const char *spec, const char *zone, GError **err)
{
	struct hours *h = g_new0(struct hours, 1);
	struct reader r = { .spec = spec, .p = spec, .h = h, .err = err };

	h->zone = zone && *zone ? g_time_zone_new_identifier(zone) : NULL;
	if (!h->zone)
		err_set(err, ERR_CONF, "time zone \"%s\" is not known; one such as Europe/London expected",
			zone ? zone : "");
	else if (strlen(spec) > SPEC_MAX)
		err_set(err, ERR_CONF, "opening hours are longer than %d characters", SPEC_MAX);
	else if (read_spec(&r))
		return h;
	hours_free(h);
	return NULL;
}

void hours_free(struct hours *h)
{
	if (!h)
		return;
	if (h->zone)
		g_time_zone_unref(h->zone);
	g_free(h);
}

/* ---- asking ---- */

struct wall {
	int day;		/* 0 is Monday */
	int second;		/* of the day */
};

static int interval_at(const struct hours *h, int64_t at)
{
	return g_time_zone_find_interval(h->zone, G_TIME_TYPE_UNIVERSAL, at);
}

static struct wall wall_at(const struct hours *h, int64_t at)
{
	int64_t local = at + g_time_zone_get_offset(h->zone, interval_at(h, at));
	int64_t days = local / DAY_S - (local % DAY_S < 0);

	/* 1970-01-01 was a Thursday */
	return (struct wall){ (int)(((days + 3) % 7 + 7) % 7), (int)(local - days * DAY_S) };
}

static bool day_covers(const struct hours *h, int day, int minute)
{
	for (int i = 0; i < h->n[day]; i++)
		if (h->spans[day][i].from <= minute && minute < h->spans[day][i].to)
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
	       day_covers(h, (w.day + 6) % 7, w.second / 60 + DAY_MIN);
}

/* Seconds by the clock on the wall until it opens next; AHEAD_S if it never does. */
static int64_t wall_wait(const struct hours *h, struct wall w)
{
	for (int ahead = 0; ahead <= 7; ahead++) {
		int day = (w.day + ahead) % 7;
		int64_t best = AHEAD_S;

		for (int i = 0; i < h->n[day]; i++) {
			int64_t wait = (int64_t)ahead * DAY_S + h->spans[day][i].from * 60 - w.second;

			if (wait >= 0)
				best = MIN(best, wait);
		}
		if (best < AHEAD_S)
			return best;
	}
	return AHEAD_S;
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

int64_t hours_next_open(const struct hours *h, int64_t at)
{
	int64_t t = at;

	/* Adding wall-clock seconds is right only as far as the clocks are not changed: go from one change to
	 * the next. Two in 14 days is more than any zone had. */
	for (int changes = 0; changes < 4 && t < at + AHEAD_S; changes++) {
		int64_t next;

		if (hours_covers(h, t))
			return t;
		next = MIN(t + wall_wait(h, wall_at(h, t)), at + AHEAD_S);
		if (interval_at(h, t) == interval_at(h, next))
			return next;
		t = clock_change(h, t, next);
	}
	return at + AHEAD_S;
}
