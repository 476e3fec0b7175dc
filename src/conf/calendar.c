#include "calendar.h"

#include <glib/gstdio.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "conf_value.h"
#include "dates.h"
#include "err.h"
#include "text.h"
#include "zone.h"

#define FILE_MAX (4 * 1024 * 1024)
#define EVENTS_MAX 20000
#define STEPS_MAX 500000	/* of recurrence, in one file */
#define MAILS_MAX 100
#define SUMMARY_MAX 200
#define DAY_S (24 * 60 * 60)

/* A zone that a TZID means: that of the host, else the file's own. */
struct zone {
	GTimeZone *tz;
	const icaltimezone *own;
};

struct reading {
	const char *text, *file;
	icalcomponent *calendar;	/* of the event at hand */
	GHashTable *zones;		/* TZID -> struct zone * */
	GHashTable *moved;		/* "uid\tmoment" of times that another VEVENT tells of */
	struct zone local;		/* of whole days and of times that name no zone */
	int64_t from, to;
	guint steps;
	GPtrArray *events;
	GError **err;
};

/* The times of one VEVENT. */
struct times {
	icaltimetype start;		/* as on the wall */
	const struct zone *zone;
	int64_t wall, length_s;		/* by the wall */
};

static void zone_free(gpointer zone)
{
	g_time_zone_unref(((struct zone *)zone)->tz);
	g_free(zone);
}

/* ---- what is wrong ---- */

static int line_of(const char *text, const char *at)
{
	int line = 1;

	for (const char *p = text; at && p < at; p++)
		line += *p == '\n';
	return line;
}

static bool wrong(const struct reading *r, icalcomponent *event, const char *what)
{
	const char *uid = event ? icalcomponent_get_uid(event) : NULL;
	g_autofree char *line = uid ? g_strconcat("UID:", uid, NULL) : NULL;
	const char *at = line ? strstr(r->text, line) : NULL;

	return err_set(r->err, ERR_CONF, "%s:%d: %s", r->file, line_of(r->text, at), what);
}

/* All of one kind: libical has one cursor for each component, and most of its functions move that. */
static GPtrArray *properties(icalcomponent *event, icalproperty_kind kind)
{
	GPtrArray *all = g_ptr_array_new();

	for (icalproperty *p = icalcomponent_get_first_property(event, kind); p;
	     p = icalcomponent_get_next_property(event, kind))
		g_ptr_array_add(all, p);
	return all;
}

/* ---- times ---- */

static int64_t wall_of(icaltimetype t)
{
	GDate d;

	g_date_clear(&d, 1);
	g_date_set_dmy(&d, (GDateDay)t.day, (GDateMonth)t.month, (GDateYear)t.year);
	return zone_day_wall(g_date_get_julian(&d)) + (t.is_date ? 0 : t.hour * 3600 + t.minute * 60 + t.second);
}

static bool is_time(icaltimetype t)
{
	return !icaltime_is_null_time(t) && t.year >= 1900 && t.year <= 2200 &&
	       g_date_valid_dmy((GDateDay)t.day, (GDateMonth)t.month, (GDateYear)t.year) &&
	       t.hour >= 0 && t.hour < 24 && t.minute >= 0 && t.minute < 60 && t.second >= 0 && t.second <= 60;
}

static int64_t instant_of(const struct zone *z, icaltimetype t)
{
	icaltimetype bare = t;

	if (!z->own || t.is_date)
		return zone_instant(z->tz, wall_of(t));
	bare.zone = NULL;
	return icaltime_as_timet_with_zone(bare, z->own);
}

/* "/freeassociation.sourceforge.net/Europe/Berlin" means the end of it. */
static GTimeZone *host_zone(const char *tzid)
{
	g_autofree char *windows = dates_windows_zone(tzid);

	for (const char *p = windows ? windows : tzid; p; p = strchr(p, '/')) {
		p += *p == '/';
		if (conf_value_is_zone(p))
			return zone_get(p);
	}
	return NULL;
}

static const struct zone *zone_by_id(struct reading *r, const char *tzid)
{
	struct zone *z = g_hash_table_lookup(r->zones, tzid);

	if (z)
		return z;
	z = g_new0(struct zone, 1);
	z->tz = host_zone(tzid);
	if (!z->tz) {
		z->own = icalcomponent_get_timezone(r->calendar, tzid);
		z->tz = g_time_zone_new_utc();
		if (!z->own) {
			zone_free(z);
			return NULL;
		}
	}
	g_hash_table_insert(r->zones, g_strdup(tzid), z);
	return z;
}

/* The zone of a property's time; NULL and told if there is none such. */
static const struct zone *zone_of(struct reading *r, icalcomponent *event, icalproperty *p, icaltimetype t)
{
	icalparameter *tzid = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	const struct zone *z = &r->local;

	if (t.is_date)
		return z;
	if (icaltime_is_utc(t))
		return zone_by_id(r, "UTC");
	if (tzid)
		z = zone_by_id(r, icalparameter_get_tzid(tzid));
	if (!z)
		wrong(r, event, "the time zone of this event is not known; its TZID should be one like Europe/London, "
		      "or have a VTIMEZONE");
	return z;
}

static icaltimetype time_of(icalproperty *p)
{
	const icalvalue *v = icalproperty_get_value(p);
	icaltimetype t;

	switch (icalvalue_isa(v)) {
	case ICAL_DATE_VALUE:
		return icalvalue_get_date(v);
	case ICAL_DATETIME_VALUE:
		return icalvalue_get_datetime(v);
	case ICAL_DATETIMEPERIOD_VALUE:
		t = icalvalue_get_datetimeperiod(v).time;
		return icaltime_is_null_time(t) ? icalvalue_get_datetimeperiod(v).period.start : t;
	default:
		return icaltime_null_time();
	}
}

/* How long it takes, by DTEND or DURATION; a whole day, or nothing, without these. */
static bool read_length(struct reading *r, icalcomponent *event, struct times *t)
{
	icalproperty *end = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
	icalproperty *length = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
	icaltimetype to = end ? time_of(end) : icaltime_null_time();
	const struct zone *z;

	t->length_s = t->start.is_date ? DAY_S : 0;
	if (length)
		t->length_s = icaldurationtype_as_int(icalproperty_get_duration(length));
	if (end && !is_time(to))
		return wrong(r, event, "DTEND of this event is no time; write one like 20260302T090000Z");
	z = end ? zone_of(r, event, end, to) : NULL;
	if (end && !z)
		return false;
	/* an end in another zone, on the wall of the start's */
	if (end)
		t->length_s = z == t->zone ? wall_of(to) - t->wall : instant_of(z, to) - instant_of(t->zone, t->start);
	return t->length_s >= 0 || wrong(r, event, "this event ends before it begins; DTEND should be after DTSTART");
}

static bool read_times(struct reading *r, icalcomponent *event, struct times *t)
{
	icalproperty *p = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);

	t->start = p ? time_of(p) : icaltime_null_time();
	if (!is_time(t->start))
		return wrong(r, event, "DTSTART of this event is missing or no time; write one like 20260302T090000Z");
	t->zone = zone_of(r, event, p, t->start);
	if (!t->zone)
		return false;
	t->start.zone = NULL;
	t->wall = wall_of(t->start);
	return read_length(r, event, t);
}

/* ---- what takes place ---- */

static const char *summary_of(icalcomponent *event)
{
	const char *s = icalcomponent_get_summary(event);

	return s ? s : "";
}

static bool attends(icalproperty *p)
{
	icalparameter *answer = icalproperty_get_first_parameter(p, ICAL_PARTSTAT_PARAMETER);
	icalparameter *kind = icalproperty_get_first_parameter(p, ICAL_CUTYPE_PARAMETER);

	return (!answer || icalparameter_get_partstat(answer) != ICAL_PARTSTAT_DECLINED) &&
	       (!kind || icalparameter_get_cutype(kind) == ICAL_CUTYPE_INDIVIDUAL);
}

static char **mails_of(icalcomponent *event)
{
	GPtrArray *mails = g_ptr_array_new();
	g_autoptr(GPtrArray) all = properties(event, ICAL_ATTENDEE_PROPERTY);

	for (guint i = 0; i < all->len && mails->len < MAILS_MAX; i++) {
		const char *who = icalproperty_get_attendee(all->pdata[i]);

		if (who && g_ascii_strncasecmp(who, "mailto:", 7) == 0 && attends(all->pdata[i]))
			g_ptr_array_add(mails, g_ascii_strdown(who + 7, -1));
	}
	g_ptr_array_add(mails, NULL);
	return (char **)g_ptr_array_free(mails, FALSE);
}

static bool add_event(struct reading *r, icalcomponent *event, int64_t from, int64_t to)
{
	AUTO_ARENA a = arena_new();
	g_autofree char *summary = NULL;
	struct calendar_event *e;

	if (to <= from || to <= r->from || from >= r->to)
		return true;
	if (r->events->len == EVENTS_MAX)
		return wrong(r, event, "there is too much in this calendar; keep it to 20,000 times in a year");
	summary = g_utf8_make_valid(summary_of(event), -1);
	e = calendar_event_new(from, to, text_line(a, summary, SUMMARY_MAX), NULL);
	g_strfreev(e->mails);
	e->mails = mails_of(event);
	g_ptr_array_add(r->events, e);
	return true;
}

/* The end by the wall: what lasts from 20:00 to 08:00 does so in the night of a clock change too. */
static int64_t end_of(const struct times *t, icaltimetype start, int64_t from)
{
	if (t->zone->own && !start.is_date)
		return from + t->length_s;
	return zone_instant(t->zone->tz, wall_of(start) + t->length_s);
}

static char *moment_key(icalcomponent *event, int64_t at, bool day)
{
	const char *uid = icalcomponent_get_uid(event);

	return g_strdup_printf("%s\t%s%" G_GINT64_FORMAT, uid ? uid : "", day ? "day " : "", at);
}

/* Is that moment, or its whole day, in the set? */
static bool set_has(GHashTable *set, icalcomponent *event, int64_t at, int64_t wall)
{
	g_autofree char *moment = moment_key(event, at, false);
	g_autofree char *day = moment_key(event, zone_wall_day(wall), true);

	return g_hash_table_contains(set, moment) || g_hash_table_contains(set, day);
}

/* All values of a property into the set. */
static bool set_add(struct reading *r, icalcomponent *event, icalproperty_kind kind, GHashTable *set)
{
	g_autoptr(GPtrArray) all = properties(event, kind);

	for (guint i = 0; i < all->len; i++) {
		icalproperty *p = all->pdata[i];
		icaltimetype t = time_of(p);
		const struct zone *z;

		if (!is_time(t))
			return wrong(r, event, "EXDATE or RECURRENCE-ID of this event is no time; write one like "
				     "20260302T090000Z");
		z = zone_of(r, event, p, t);
		if (!z)
			return false;
		g_hash_table_add(set, t.is_date ? moment_key(event, zone_wall_day(wall_of(t)), true)
						: moment_key(event, instant_of(z, t), false));
	}
	return true;
}

static bool add_start(struct reading *r, icalcomponent *event, const struct times *t, GHashTable *not, icaltimetype start)
{
	int64_t from = instant_of(t->zone, start), wall = wall_of(start);

	if (set_has(not, event, from, wall) || set_has(r->moved, event, from, wall))
		return true;
	return add_event(r, event, from, end_of(t, start, from));
}

/* UNTIL is in UTC where the start names a zone; libical compares it with the wall. */
static void localise_until(struct icalrecurrencetype *rule, const struct times *t)
{
	int64_t until, wall;
	icaltimetype as;

	if (icaltime_is_null_time(rule->until) || !icaltime_is_utc(rule->until))
		return;
	until = icaltime_as_timet_with_zone(rule->until, icaltimezone_get_utc_timezone());
	wall = t->zone->own ? until + icaltimezone_get_utc_offset_of_utc_time((icaltimezone *)t->zone->own, &rule->until, NULL)
			    : zone_wall(t->zone->tz, until);
	as = icaltime_from_timet_with_zone((time_t)wall, t->start.is_date, NULL);
	as.zone = NULL;
	rule->until = as;
}

static bool add_recurring(struct reading *r, icalcomponent *event, const struct times *t, icalproperty *p, GHashTable *not)
{
	struct icalrecurrencetype rule = icalproperty_get_rrule(p);
	icalrecur_iterator *each;
	icaltimetype start;
	bool ok = true;

	localise_until(&rule, t);
	each = icalrecur_iterator_new(rule, t->start);
	if (!each)
		return wrong(r, event, "RRULE of this event cannot be followed; write one like FREQ=WEEKLY;BYDAY=MO");
	while (ok && !icaltime_is_null_time(start = icalrecur_iterator_next(each))) {
		if (!is_time(start) || zone_instant(t->zone->tz, wall_of(start)) >= r->to + 2 * DAY_S)
			break;
		ok = ++r->steps <= STEPS_MAX ? add_start(r, event, t, not, start)
					     : wrong(r, event, "this event recurs too often; begin it later");
	}
	icalrecur_iterator_free(each);
	return ok;
}

static bool add_rdates(struct reading *r, icalcomponent *event, const struct times *t, GHashTable *not)
{
	g_autoptr(GPtrArray) all = properties(event, ICAL_RDATE_PROPERTY);

	for (guint i = 0; i < all->len; i++) {
		icalproperty *p = all->pdata[i];
		icaltimetype start = time_of(p);
		struct times other = *t;

		if (!is_time(start))
			return wrong(r, event, "RDATE of this event is no time; write one like 20260302T090000Z");
		other.zone = zone_of(r, event, p, start);
		if (!other.zone || !add_start(r, event, &other, not, start))
			return false;
	}
	return true;
}

static bool add_all(struct reading *r, icalcomponent *event, const struct times *t, GHashTable *not)
{
	icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);

	if (!set_add(r, event, ICAL_EXDATE_PROPERTY, not) || !add_rdates(r, event, t, not))
		return false;
	return rule ? add_recurring(r, event, t, rule, not) : add_start(r, event, t, not, t->start);
}

/* libical leaves out what it cannot read and notes it. That somebody is called at another time is worse than an error. */
static bool well_formed(const struct reading *r, icalcomponent *event)
{
	static const char *const needed[] = { "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID" };

	g_autoptr(GPtrArray) all = properties(event, ICAL_XLICERROR_PROPERTY);

	for (guint i = 0; i < all->len; i++) {
		const char *note = icalproperty_get_xlicerror(all->pdata[i]);

		for (gsize k = 0; note && k < G_N_ELEMENTS(needed); k++)
			if (strstr(note, needed[k])) {
				g_autofree char *what = g_strdup_printf("%s of this event cannot be read; write it as RFC 5545 "
									"says", needed[k]);

				return wrong(r, event, what);
			}
	}
	return true;
}

static bool read_event(struct reading *r, icalcomponent *event)
{
	g_autoptr(GHashTable) not = NULL;
	struct times t;

	if (!well_formed(r, event) || !read_times(r, event, &t))
		return false;
	if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED)
		return true;
	if (icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY))
		return add_event(r, event, instant_of(t.zone, t.start), end_of(&t, t.start, instant_of(t.zone, t.start)));
	not = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return add_all(r, event, &t, not);
}

static bool read_moved(struct reading *r, icalcomponent *event)
{
	return set_add(r, event, ICAL_RECURRENCEID_PROPERTY, r->moved);
}

static bool each_event(struct reading *r, icalcomponent *calendar, bool (*read)(struct reading *, icalcomponent *))
{
	r->calendar = calendar;
	for (icalcomponent *e = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); e;
	     e = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
		if (!read(r, e))
			return false;
	return true;
}

/* ---- the file ---- */

/* Zones are those of one calendar: two may have a VTIMEZONE of one name. */
static bool read_calendar(struct reading *r, icalcomponent *calendar)
{
	g_hash_table_remove_all(r->zones);
	g_hash_table_remove_all(r->moved);
	return each_event(r, calendar, read_moved) && each_event(r, calendar, read_event);
}

static bool read_root(struct reading *r, icalcomponent *root)
{
	if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT)
		return read_calendar(r, root);
	for (icalcomponent *c = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT); c;
	     c = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
		if (!read_calendar(r, c))
			return false;
	return true;
}

/* One that a download cut short would leave people without a shift. */
static bool is_whole(const struct reading *r)
{
	const char *p = r->text + (g_str_has_prefix(r->text, "\xef\xbb\xbf") ? 3 : 0);
	gsize n = strlen(p);

	while (g_ascii_isspace(*p))
		p++, n--;
	while (n && g_ascii_isspace(p[n - 1]))
		n--;
	if (g_ascii_strncasecmp(p, "BEGIN:VCALENDAR", 15) != 0)
		return err_set(r->err, ERR_CONF, "%s:1: is no iCalendar file; it should begin with BEGIN:VCALENDAR", r->file);
	if (n < 30 || g_ascii_strncasecmp(p + n - 13, "END:VCALENDAR", 13) != 0)
		return err_set(r->err, ERR_CONF, "%s:%d: is cut short; it should end with END:VCALENDAR", r->file,
			       line_of(r->text, p + n));
	return true;
}

static int by_from(gconstpointer a, gconstpointer b)
{
	const struct calendar_event *x = *(struct calendar_event *const *)a, *y = *(struct calendar_event *const *)b;

	return x->from != y->from ? (x->from < y->from ? -1 : 1) : x->to != y->to ? (x->to < y->to ? -1 : 1) :
	       strcmp(x->summary, y->summary);
}

static bool read_text(struct reading *r)
{
	icalcomponent *root;
	bool ok;

	if (!is_whole(r))
		return false;
	icalerror_set_errors_are_fatal(0);
	root = icalparser_parse_string(r->text + (g_str_has_prefix(r->text, "\xef\xbb\xbf") ? 3 : 0));
	if (!root)
		return err_set(r->err, ERR_CONF, "%s:1: cannot be read as iCalendar", r->file);
	ok = read_root(r, root);
	icalcomponent_free(root);
	g_ptr_array_sort(r->events, by_from);
	return ok;
}

GPtrArray *calendar_parse(const char *text, const char *file, const char *zone, int64_t from, int64_t to, GError **err)
{
	struct reading r = {
		.text = text, .file = file, .from = from, .to = to, .err = err,
		.events = g_ptr_array_new_with_free_func(calendar_event_free),
		.zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_free),
		.moved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)
	};

	r.local.tz = zone_get(zone);
	if (!r.local.tz)
		err_set(err, ERR_CONF, "time zone \"%s\" is not known; one such as Europe/London expected", zone);
	if (!r.local.tz || !read_text(&r))
		g_clear_pointer(&r.events, g_ptr_array_unref);
	g_hash_table_unref(r.zones);
	g_hash_table_unref(r.moved);
	if (r.local.tz)
		g_time_zone_unref(r.local.tz);
	return r.events;
}

GPtrArray *calendar_read(const char *file, const char *zone, int64_t from, int64_t to, GError **err)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) why = NULL;
	GStatBuf st;
	gsize n;

	if (g_stat(file, &st) == 0 && (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX))
		err_set(err, ERR_CONF, "%s: is no file of at most 4 MB", file);
	else if (!g_file_get_contents(file, &text, &n, &why))
		err_set(err, ERR_CONF, "%s: %s", file, why->message);
	else if (strlen(text) != n)
		err_set(err, ERR_CONF, "%s: holds NUL octets; it should be iCalendar text", file);
	else
		return calendar_parse(text, file, zone, from, to, err);
	return NULL;
}
