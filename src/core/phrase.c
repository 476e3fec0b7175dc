#include "phrase.h"

#include <stdlib.h>
#include <string.h>

#include "zone.h"

static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};
static const char *const missed[] = {
	"No voicemail", "No answer, no voicemail", "Busy, no voicemail", "Not reachable, no voicemail",
	"Declined, no voicemail", "Hung up, no voicemail", "Answered by a colleague"
};
static const char *const classes[] = { "Call", "Missed call", "Voicemail", "Abandoned call", "System notice" };
static const char *const resolutions[] = {
	"closed", "called back", "caller reached", "answered elsewhere", "no callback needed", "spam", "wrong number",
	"merged", "expired"
};
_Static_assert(G_N_ELEMENTS(missed) == N_REASONS, "one phrase for each reason");
_Static_assert(G_N_ELEMENTS(classes) == N_CLASSES, "one phrase for each class");
_Static_assert(G_N_ELEMENTS(resolutions) == N_RESOLUTIONS, "one phrase for each resolution");

GDateTime *phrase_local(int64_t at, const char *zone)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at);
	g_autoptr(GTimeZone) tz = zone ? zone_get(zone) : NULL;

	if (!utc || !tz)
		return g_steal_pointer(&utc);
	return g_date_time_to_timezone(utc, tz);
}

const char *phrase_clock(struct arena *a, int64_t at, const char *zone)
{
	g_autoptr(GDateTime) t = phrase_local(at, zone);

	return t ? arena_printf(a, "%02d:%02d", g_date_time_get_hour(t), g_date_time_get_minute(t)) : "-";
}

const char *phrase_when(struct arena *a, int64_t at, const char *zone)
{
	g_autoptr(GDateTime) t = phrase_local(at, zone);
	const char *abbreviation;

	if (!t)
		return "-";
	abbreviation = g_date_time_get_timezone_abbreviation(t);
	return arena_printf(a, "%s %d %s %d, %02d:%02d %s%s", days[g_date_time_get_day_of_week(t) - 1],
			    g_date_time_get_day_of_month(t), months[g_date_time_get_month(t) - 1],
			    g_date_time_get_year(t), g_date_time_get_hour(t), g_date_time_get_minute(t),
			    strchr("+-", abbreviation[0]) ? "UTC" : "", abbreviation);
}

const char *phrase_stamp(struct arena *a, int64_t at, const char *zone)
{
	g_autoptr(GDateTime) t = phrase_local(at, zone);
	int east = t ? (int)(g_date_time_get_utc_offset(t) / G_TIME_SPAN_MINUTE) : 0;

	if (!t)
		return "-";
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", g_date_time_get_year(t),
			    g_date_time_get_month(t), g_date_time_get_day_of_month(t), g_date_time_get_hour(t),
			    g_date_time_get_minute(t), g_date_time_get_second(t), east < 0 ? '-' : '+', abs(east) / 60,
			    abs(east) % 60);
}

const char *phrase_length(struct arena *a, int seconds)
{
	if (seconds >= 3600)
		return arena_printf(a, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
	return arena_printf(a, "%d:%02d", seconds / 60, seconds % 60);
}

const char *phrase_reason(enum call_class c, enum call_reason r)
{
	g_assert(r < N_REASONS);
	if (c == CLASS_ABANDONED)
		return "Left the queue";
	return c == CLASS_MISSED ? missed[r] : "";
}

const char *phrase_class(enum call_class c)
{
	g_assert(c < N_CLASSES);
	return classes[c];
}

const char *phrase_resolution(enum resolution r)
{
	g_assert(r < N_RESOLUTIONS);
	return resolutions[r];
}

bool phrase_is_e164(const char *number)
{
	gsize digits;

	if (!number || number[0] != '+')
		return false;
	digits = strspn(number + 1, "0123456789");
	return digits >= 5 && digits <= 15 && number[1 + digits] == '\0';
}
