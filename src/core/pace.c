#include "pace.h"

#include <string.h>

#include "text.h"
#include "zone.h"

const struct pace budget_pace = { 1, 15 * 60 };

bool pace_read(const char *text, struct pace *p_r)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	int64_t texts, within;

	if (g_strv_length(words) != 3 || strcmp(words[1], "per") != 0 ||
	    !text_to_long(words[0], 1, PACE_TEXTS_MAX, &texts) || !text_to_seconds(words[2], &within) ||
	    within < 60 || within > PACE_WITHIN_MAX_S)
		return false;
	*p_r = (struct pace){ (guint)texts, within };
	return true;
}

int64_t pace_next(const struct pace *p, gsize n, int64_t oldest, int64_t now)
{
	if (p->texts == 0 || n < p->texts)
		return now;
	return MAX(now, oldest + p->within_s);
}

enum rung budget_rung(guint budget, gsize used)
{
	if (budget == 0)
		return RUNG_TEXT;
	if (used >= budget)
		return RUNG_MAIL;
	if (used + 1 == budget)
		return RUNG_LAST;
	return used >= budget - budget / 5 ? RUNG_BUNDLE : RUNG_TEXT;
}

int64_t budget_month(int64_t at, const char *zone)
{
	g_autoptr(GTimeZone) known = zone_get(zone), tz = known ? g_time_zone_ref(known) : g_time_zone_new_utc();
	GDate day;

	g_date_clear(&day, 1);
	g_date_set_julian(&day, zone_wall_day(zone_wall(tz, at)));
	g_date_set_day(&day, 1);
	return zone_instant(tz, zone_day_wall(g_date_get_julian(&day)));
}
