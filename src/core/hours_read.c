/* The notation of opening hours into rules. */
#include <string.h>

#include "err.h"
#include "hours_private.h"

#define SPEC_MAX 1000		/* octets */
#define RULES_MAX 64
#define RANGES_MAX 32
#define MINUTES_MAX (2 * HOURS_DAY_MIN)

struct reader {
	const char *spec, *p;
	struct hours_rule rule;		/* that is being read */
	GArray *dates;
	GError **err;
};

static const char *const day_names[] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };
static const char *const month_names[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

static bool fail(struct reader *r, const char *expected)
{
	return err_set(r->err, ERR_CONF, "opening hours \"%.60s\", character %ld: %s expected", r->spec,
		       g_utf8_pointer_to_offset(r->spec, r->p) + 1, expected);
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

static int take_one_of(struct reader *r, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (take(r, words[i]))
			return i;
	return -1;
}

/* As many digits as there are, up to max; -1 where there are none, or more. */
static int take_number(struct reader *r, int max)
{
	int n = 0, digits = 0;

	skip_blanks(r);
	while (digits <= max && g_ascii_isdigit(r->p[digits]))
		n = n * 10 + (r->p[digits++] - '0');
	if (digits == 0 || digits > max)
		return -1;
	r->p += digits;
	return n;
}

/* Is a number here that is no time ("08:00")? */
static bool at_number(struct reader *r)
{
	gsize digits;

	skip_blanks(r);
	digits = strspn(r->p, "0123456789");
	return digits > 0 && !(r->p[digits] == ':' && g_ascii_isdigit(r->p[digits + 1]));
}

/* ---- dates ---- */

static int take_year(struct reader *r)
{
	const char *back = r->p;
	int year = at_number(r) && strspn(r->p, "0123456789") == 4 ? take_number(r, 4) : -1;

	if (year >= 1900 && year <= 2199)
		return year;
	r->p = back;
	return -1;
}

static bool read_easter_offset(struct reader *r, struct hours_date *d)
{
	int sign, n;

	skip_blanks(r);
	/* "easter-Jun 1" is a range, "easter -2 days" is not */
	if (*r->p != '+' && !(*r->p == '-' && g_ascii_isdigit(r->p[1])))
		return true;
	sign = *r->p++ == '-' ? -1 : 1;
	n = take_number(r, 3);
	if (n < 0 || !(take(r, "days") || take(r, "day")))
		return fail(r, "a number of days, as in \"easter -2 days\",");
	d->offset = (gint16)(sign * n);
	return true;
}

static bool read_day_of_month(struct reader *r, struct hours_date *d)
{
	static const guint8 most[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const char *here = r->p;
	int day = take_number(r, 2);

	if (day >= 1 && day <= most[d->month - 1]) {
		d->day = (guint8)day;
		return true;
	}
	r->p = here;
	return fail(r, "a day of that month");
}

/* A month, with a day or not, or easter. *is_r: was it one? */
static bool read_date(struct reader *r, struct hours_date *d, bool *is_r)
{
	int month = take_one_of(r, month_names, 12);

	*is_r = true;
	if (month >= 0) {
		d->month = (guint8)(month + 1);
		return !at_number(r) || take_year(r) >= 0 || read_day_of_month(r, d);
	}
	*is_r = take(r, "easter");
	return !*is_r || read_easter_offset(r, d);
}

static bool is_month(const struct hours_date *d)
{
	return d->month && !d->day;
}

/* What follows "-": "26", "Dec 26", "2027 Jan 6". */
static bool read_range_end(struct reader *r, struct hours_range *range)
{
	struct hours_date *to = &range->to;
	int year;
	bool is;

	*to = (struct hours_date){ 0 };
	year = take_year(r);
	if (year > 0)
		to->year = (guint16)year;
	if (year < 0 && range->from.day && at_number(r)) {
		to->month = range->from.month;
		to->year = range->from.year;
		if (!read_day_of_month(r, to))
			return false;
		return to->day > range->from.day || fail(r, "a later day of that month");
	}
	if (!read_date(r, to, &is))
		return false;
	if (!is)
		return fail(r, "a month (Jan, Feb, ... Dec) and a day");
	if (range->from.year && !to->year)
		to->year = (guint16)(range->from.year + (to->month && to->month < range->from.month));
	if (!range->from.year && to->year)
		return fail(r, "a year before the first date too");
	return is_month(to) == is_month(&range->from) || fail(r, "a day after each month, or after none,");
}

static bool add_range(struct reader *r, const struct hours_range *range)
{
	if (r->dates->len == RANGES_MAX)
		return fail(r, "at most 32 dates in a rule");
	g_array_append_val(r->dates, *range);
	return true;
}

/* "2026", "2026-2028", whole years, since no month follows. */
static bool read_years(struct reader *r, int year)
{
	struct hours_range range = { .from = { .year = (guint16)year }, .to = { .year = (guint16)year }, .years = true };

	if (take(r, "-")) {
		year = take_year(r);
		if (year <= range.from.year)
			return fail(r, "a later year");
		range.to.year = (guint16)year;
	}
	return add_range(r, &range);
}

static bool read_range(struct reader *r, struct hours_range *range, bool *is_r)
{
	const char *here = r->p;
	int year = take_year(r);
	bool is;

	*range = (struct hours_range){ 0 };
	range->from.year = (guint16)MAX(year, 0);
	if (!read_date(r, &range->from, &is))
		return false;
	*is_r = is || year >= 0;
	if (!is) {
		if (year < 0)
			r->p = here;
		return year < 0 || read_years(r, year);
	}
	range->to = range->from;
	range->single = !is_month(&range->from);
	if (take(r, "-")) {
		range->single = false;
		if (!read_range_end(r, range))
			return false;
	}
	return add_range(r, range);
}

static bool at_more_dates(struct reader *r)
{
	const char *here = r->p;
	bool is = false;

	if (take(r, ","))
		is = at_number(r) || take(r, "easter") || take_one_of(r, month_names, 12) >= 0;
	r->p = here;
	return is;
}

static bool read_dates(struct reader *r, bool *is_r)
{
	struct hours_range range;
	bool is;

	if (!read_range(r, &range, is_r))
		return false;
	while (*is_r && at_more_dates(r)) {
		take(r, ",");
		/* "Dec 24,31" */
		if (range.single && range.from.day && take_year(r) < 0 && at_number(r)) {
			range.to.year = range.from.year;
			if (!read_day_of_month(r, &range.from))
				return false;
			range.to = range.from;
			if (!add_range(r, &range))
				return false;
		} else if (!read_range(r, &range, &is)) {
			return false;
		} else if (!is) {
			return fail(r, "another date");
		}
	}
	return true;
}

/* ---- weeks ---- */

static bool read_week_range(struct reader *r)
{
	int from = take_number(r, 2), to = from, every = 1;

	if (take(r, "-"))
		to = take_number(r, 2);
	if (take(r, "/"))
		every = take_number(r, 2);
	if (from < 1 || to < from || to > 53 || every < 1)
		return fail(r, "a week from 1 to 53, or a range of them,");
	for (int n = from; n <= to; n += every)
		r->rule.weeks |= G_GUINT64_CONSTANT(1) << n;
	return true;
}

static bool read_weeks(struct reader *r)
{
	do {
		if (!read_week_range(r))
			return false;
	} while (take(r, ","));
	return true;
}

/* ---- days ---- */

/* After "Mo[": "1", "1-2", "-1", lists of them, and "]". */
static bool read_nth(struct reader *r, int day)
{
	do {
		bool last = take(r, "-");
		int from = take_number(r, 1), to = from;

		if (!last && take(r, "-"))
			to = take_number(r, 1);
		if (from < 1 || to < from || to > 5)
			return fail(r, "a number from 1 to 5, or from -1 to -5,");
		for (int n = from; n <= to; n++)
			r->rule.nth[day] |= (guint16)(1u << (last ? n + 8 : n));
	} while (take(r, ","));
	return take(r, "]") || fail(r, "\"]\"");
}

static bool read_day_range(struct reader *r)
{
	int from = take_one_of(r, day_names, 7), to = from;

	if (from < 0)
		return fail(r, "a day (Mo, Tu, We, Th, Fr, Sa, Su, PH)");
	if (take(r, "[")) {
		r->rule.days |= (guint8)(1u << from);
		return read_nth(r, from);
	}
	if (take(r, "-"))
		to = take_one_of(r, day_names, 7);
	if (to < 0)
		return fail(r, "a day (Mo, Tu, We, Th, Fr, Sa, Su)");
	for (int i = from;; i = (i + 1) % 7) {
		r->rule.days |= (guint8)(1u << i);
		if (i == to)
			return true;
	}
}

/* After a comma: another day of this rule? (Else it is another rule, as in "Mo 08:00-12:00, Fr 08:00-10:00".) */
static bool read_days(struct reader *r)
{
	do {
		if (take(r, "PH"))
			r->rule.ph = true;
		else if (!read_day_range(r))
			return false;
	} while (take(r, ","));
	skip_blanks(r);
	if (r->rule.ph && !r->rule.days && g_ascii_isalpha(r->p[0]) && !g_ascii_isalpha(r->p[2]) &&
	    g_ascii_strncasecmp(r->p, "SH", 2) != 0) {
		r->rule.ph_and = true;
		return read_days(r);
	}
	return true;
}

/* ---- times ---- */

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
	if (minute > 59 || hour * 60 + minute > MINUTES_MAX)
		return fail(r, "a time from 00:00 to 48:00");
	r->p += 3;
	*minutes_r = hour * 60 + minute;
	return true;
}

/* "08:00-12:00" */
static bool read_span(struct reader *r)
{
	int from, to;

	if (!read_time(r, &from))
		return false;
	if (!take(r, "-"))
		return fail(r, "\"-\" and the closing time");
	if (!read_time(r, &to))
		return false;
	if (from == to || from >= HOURS_DAY_MIN)
		return fail(r, "a closing time that differs from the opening time");
	if (to < from)
		to += HOURS_DAY_MIN;
	if (r->rule.n_spans == HOURS_SPANS_MAX)
		return fail(r, "at most 8 times a day");
	r->rule.spans[r->rule.n_spans++] = (struct hours_span){ (guint16)from, (guint16)to };
	return true;
}

static bool at_time(struct reader *r)
{
	skip_blanks(r);
	return g_ascii_isdigit(*r->p) && !at_number(r);
}

/* After a comma: another time of this rule? (Else it is another rule.) */
static bool more_times(struct reader *r)
{
	const char *back = r->p;

	if (take(r, ",") && at_time(r))
		return true;
	r->p = back;
	return false;
}

static bool read_times(struct reader *r)
{
	do {
		if (!read_span(r))
			return false;
	} while (more_times(r));
	return true;
}

/* ---- rules ---- */

static bool read_comment(struct reader *r, bool *is_r)
{
	skip_blanks(r);
	*is_r = *r->p == '"';
	if (!*is_r)
		return true;
	r->p += strcspn(r->p + 1, "\"") + 1;
	if (!*r->p)
		return fail(r, "\" after the comment");
	r->p++;
	return true;
}

/* What says whether it is open: a word, or a comment alone, which asks somebody. always: "24/7". */
static bool read_modifier(struct reader *r, bool always)
{
	bool open = take(r, "open"), off = !open && (take(r, "off") || take(r, "closed") || take(r, "unknown")), comment;

	if (!read_comment(r, &comment))
		return false;
	r->rule.open = open || (!off && (always || r->rule.n_spans > 0));
	return open || off || always || comment || r->rule.n_spans > 0 ||
	       fail(r, "a time such as 08:30-17:30, \"open\" or \"off\"");
}

static bool at_days(struct reader *r)
{
	skip_blanks(r);
	return g_ascii_isalpha(*r->p) && g_ascii_strncasecmp(r->p, "o", 1) != 0 &&
	       g_ascii_strncasecmp(r->p, "closed", 6) != 0 && g_ascii_strncasecmp(r->p, "unknown", 7) != 0;
}

static bool read_selectors(struct reader *r, bool *always_r)
{
	bool dates;

	*always_r = take(r, "24/7");
	if (*always_r)
		return true;
	if (!read_dates(r, &dates) || (take(r, "week") && !read_weeks(r)))
		return false;
	if (dates || r->rule.weeks)
		take(r, ":");
	skip_blanks(r);
	if (!*r->p && !dates && !r->rule.weeks)
		return fail(r, "a day, a date, or a time such as 08:30-17:30");
	return (!at_days(r) || read_days(r)) && (!at_time(r) || read_times(r));
}

static bool read_rule(struct reader *r, enum rule_joins joins)
{
	bool always;

	r->rule = (struct hours_rule){ .joins = joins };
	g_array_set_size(r->dates, 0);
	if (!read_selectors(r, &always) || !read_modifier(r, always))
		return false;
	r->rule.n_dates = (guint8)r->dates->len;
	if (!r->rule.days && !r->rule.ph)
		r->rule.days = 0x7f;
	return true;
}

/* What comes between two rules; false at the end, or where there is something else. */
static bool take_joint(struct reader *r, enum rule_joins *joins_r)
{
	if (take(r, "||"))
		*joins_r = RULE_FALLS_BACK;
	else if (take(r, ","))
		*joins_r = RULE_ADDS;
	else if (take(r, ";"))
		*joins_r = RULE_REPLACES;
	else
		return false;
	return true;
}

static bool read_rules(struct reader *r, GArray *rules)
{
	enum rule_joins joins = RULE_REPLACES;

	do {
		skip_blanks(r);
		if (!*r->p && rules->len && joins == RULE_REPLACES)
			return true;		/* a last ";" is harmless */
		if (rules->len == RULES_MAX)
			return fail(r, "at most 64 rules");
		if (!read_rule(r, joins))
			return false;
		r->rule.dates = g_memdup2(r->dates->data, r->dates->len * sizeof(struct hours_range));
		g_array_append_val(rules, r->rule);
	} while (take_joint(r, &joins));
	skip_blanks(r);
	return !*r->p || fail(r, "\";\" or the end");
}

bool hours_read(struct hours *h, const char *spec, GError **err)
{
	struct reader r = { .spec = spec, .p = spec, .err = err };
	GArray *rules;
	bool ok;

	if (strlen(spec) > SPEC_MAX)
		return err_set(err, ERR_CONF, "opening hours are longer than %d characters", SPEC_MAX);
	if (!g_utf8_validate(spec, -1, NULL))
		return err_set(err, ERR_CONF, "opening hours are no UTF-8");
	rules = g_array_new(FALSE, FALSE, sizeof(struct hours_rule));
	r.dates = g_array_new(FALSE, FALSE, sizeof(struct hours_range));
	ok = read_rules(&r, rules);
	g_array_unref(r.dates);
	h->n_rules = rules->len;
	h->rules = g_memdup2(rules->data, rules->len * sizeof(struct hours_rule));
	g_array_unref(rules);
	return ok;
}
