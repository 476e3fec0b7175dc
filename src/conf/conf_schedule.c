/* Schedules, rotations, calendars; when people are away. */
#include <string.h>

#include "calendar.h"
#include "conf_calendars.h"
#include "conf_names.h"
#include "conf_value.h"
#include "log.h"
#include "text.h"
#include "zone.h"

#define MEMBERS_MAX 200
#define ABSENCES_MAX 100
#define CHAIN_MAX 8
#define STRANGERS_MAX 5		/* told of one calendar */

static const char *own_zone(const struct names *n, const struct conf_block *b, enum conf_key_id key)
{
	return *conf_text(b, key) ? conf_text(b, key) : *n->c->timezone ? n->c->timezone : "UTC";
}

/* ---- rotations ---- */

/* "09:00", "Mo 09:00": minutes of the day, and the day of the week, or -1. */
static bool read_handoff(const char *text, int *week_day_r, int *minute_r)
{
	static const char *const days[] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };
	g_auto(GStrv) words = g_strsplit(text, " ", 2);
	const char *time = words[1] ? words[1] : words[0];
	int64_t hour, minute;

	*week_day_r = -1;
	for (int i = 0; words[1] && i < 7; i++)
		if (g_ascii_strcasecmp(words[0], days[i]) == 0)
			*week_day_r = i;
	if ((words[1] && *week_day_r < 0) || strlen(time) != 5 || time[2] != ':' || !text_to_long(time + 3, 0, 59, &minute))
		return false;
	words[words[1] ? 1 : 0][2] = '\0';
	if (!text_to_long(time, 0, 23, &hour))
		return false;
	*minute_r = (int)(hour * 60 + minute);
	return true;
}

static bool read_start(struct names *n, const struct conf_block *b, int64_t *wall_r)
{
	int week_day = -1, minute = 0;
	guint32 day;

	if (!conf_value_day(conf_text(b, KEY_rotation_start), &day)) {
		conf_wrong(n->errors, conf_line(b, KEY_rotation_start), "start = \"%s\" is no day; write one like "
			   "2026-01-05", conf_text(b, KEY_rotation_start));
		return false;
	}
	if (!read_handoff(conf_text(b, KEY_rotation_handoff), &week_day, &minute)) {
		conf_wrong(n->errors, conf_line(b, KEY_rotation_handoff), "handoff = \"%s\" is no time; write one like "
			   "\"09:00\" or \"Mo 09:00\"", conf_text(b, KEY_rotation_handoff));
		return false;
	}
	while (week_day >= 0 && (int)((day + 6) % 7) != week_day)	/* day 1 was a Monday */
		day++;
	*wall_r = zone_day_wall(day) + minute * 60;
	return true;
}

/* All people of a group, in the order of the configuration. */
static void add_group(struct names *n, int line, const char *group, GPtrArray *members)
{
	const guint before = members->len;
	const GPtrArray *people = n->c->roster->people;
	g_autofree char *lower = g_utf8_strdown(group, -1);

	for (guint i = 0; i < people->len; i++) {
		const struct person *p = people->pdata[i];

		if (p->groups && g_strv_contains((const char *const *)p->groups, lower))
			g_ptr_array_add(members, people->pdata[i]);
	}
	if (members->len == before)
		conf_wrong(n->errors, line, "%s = group:%s: nobody is in it; write groups = { \"%s\" } into a person",
			   conf_keys[KEY_rotation_members].name, group, group);
}

static void add_rotation(struct names *n, const struct conf_block *b, struct schedule *s)
{
	struct rotation r = { .length_s = conf_number(b, KEY_rotation_length) };
	guint size = conf_size(b, KEY_rotation_members);
	g_autoptr(GPtrArray) members = g_ptr_array_new();
	struct holidays *days = NULL;

	for (guint i = 0; i < size && i < MEMBERS_MAX; i++) {
		int line;
		const char *who = conf_member(b, KEY_rotation_members, i, &line);
		bool group = g_str_has_prefix(who, "group:");
		void *p = group ? NULL : names_find(n, n->people, "person", b, KEY_rotation_members, who);

		if (group)
			add_group(n, line, who + strlen("group:"), members);
		else if (p)
			g_ptr_array_add(members, p);
	}
	size = MAX(size, members->len);
	if (size > MEMBERS_MAX)
		conf_wrong(n->errors, conf_line(b, KEY_rotation_members), "members: %u of them; write at most %d", size,
			   MEMBERS_MAX);
	if (!read_start(n, b, &r.start_wall) || members->len == 0 || r.length_s < 3600)
		return;
	if (*conf_text(b, KEY_rotation_hours)) {
		days = names_holidays(n, n->main, KEY_main_holidays);
		r.hours = names_hours(n, b, KEY_rotation_hours, s->zone, days);
		holidays_unref(days);
	}
	r.n_members = members->len;
	r.members = g_memdup2(members->pdata, sizeof(void *) * members->len);
	schedule_add_rotation(s, &r);
}

/* ---- calendars ---- */

static void read_calendar(struct names *n, const struct conf_block *b, struct schedule *s)
{
	const char *file = conf_text(b, KEY_schedule_calendar);
	const GPtrArray *events = *file ? conf_calendar_events(n->c, n->before, file, s->zone, n->errors,
								conf_line(b, KEY_schedule_calendar)) : NULL;
	g_autoptr(GArray) shifts = g_array_new(FALSE, FALSE, sizeof(struct shift));
	guint strangers = 0;

	if (events && !n->who)
		n->who = who_new(n->c->roster->people);
	for (guint i = 0; events && i < events->len; i++) {
		const struct calendar_event *event = events->pdata[i];
		struct shift shift = { event->from, event->to, who_by_mail(n->who, event->mails) };

		if (!shift.person)
			shift.person = who_by_summary(n->who, event->summary);
		if (shift.person)
			g_array_append_val(shifts, shift);
		else if (strangers++ < STRANGERS_MAX)
			log_warn("schedule %s: %s: \"%s\" names no person of the configuration", s->id, file, event->summary);
	}
	schedule_add_shifts(s, (const struct shift *)(void *)shifts->data, shifts->len);
}

/* ---- schedules ---- */

static void add_schedule(struct names *n, const struct conf_file *f, guint at)
{
	const struct conf_block *b = f->blocks->pdata[at];
	struct schedule *s = schedule_new(b->title, *conf_text(b, KEY_schedule_name) ? conf_text(b, KEY_schedule_name) : b->title,
					  own_zone(n, b, KEY_schedule_timezone));

	s->gaps_meant = conf_number(b, KEY_schedule_gaps) != 0;
	s->place = conf_errors_place(n->errors, b->line);
	names_take_title(n, n->schedules, b, s);
	roster_add_schedule(n->c->roster, s);
	for (guint i = at + 1; i < f->blocks->len; i++) {
		const struct conf_block *r = f->blocks->pdata[i];

		if (r->section != SECTION_rotation)
			break;
		add_rotation(n, r, s);
	}
	read_calendar(n, b, s);
	if (!*conf_text(b, KEY_schedule_calendar) &&
	    (at + 1 == f->blocks->len || ((const struct conf_block *)f->blocks->pdata[at + 1])->section != SECTION_rotation))
		conf_wrong(n->errors, b->line, "schedule %s has nobody; write a rotation { members = ... } or calendar = "
			   "\"/path/to/file.ics\" into it", b->title);
}

void conf_build_schedules(struct names *n, const struct conf_file *f)
{
	for (guint i = 0; i < f->blocks->len; i++)
		if (((const struct conf_block *)f->blocks->pdata[i])->section == SECTION_schedule)
			add_schedule(n, f, i);
}

/* ---- absences ---- */

/* "2026-12-24..2027-01-06", both days included; or one day. */
static bool read_absence(const char *text, GTimeZone *tz, struct shift *away_r)
{
	g_auto(GStrv) ends = g_strsplit(text, "..", 2);
	guint32 from, to;

	if (!ends[0] || !conf_value_day(ends[0], &from) || !conf_value_day(ends[1] ? ends[1] : ends[0], &to) || to < from)
		return false;
	*away_r = (struct shift){ zone_instant(tz, zone_day_wall(from)), zone_instant(tz, zone_day_wall(to + 1)), NULL };
	return true;
}

static void read_absences(struct names *n, const struct conf_block *b, struct person *p, const char *zone)
{
	g_autoptr(GTimeZone) tz = zone_get(zone);
	g_autoptr(GArray) away = g_array_new(FALSE, FALSE, sizeof(struct shift));

	for (guint i = 0; tz && i < conf_size(b, KEY_person_away) && i < ABSENCES_MAX; i++) {
		struct shift one;
		int line;
		const char *text = conf_member(b, KEY_person_away, i, &line);

		if (read_absence(text, tz, &one))
			g_array_append_val(away, one);
		else
			conf_wrong(n->errors, line, "away: \"%s\" is no time; write two days like "
				   "\"2026-12-24..2027-01-06\", or one", text);
	}
	if (conf_size(b, KEY_person_away) > ABSENCES_MAX)
		conf_wrong(n->errors, conf_line(b, KEY_person_away), "away: more than %d times; leave out those that are over",
			   ABSENCES_MAX);
	p->n_away = away->len;
	p->away = g_memdup2(away->data, away->len * sizeof(struct shift));
}

/* Of two sections with one title the first counts; that there is a second was told. */
static struct person *person_of(const struct names *n, const struct conf_block *b)
{
	const struct person *p = roster_person(n->c->roster, b->title);
	const struct place at = conf_errors_place(n->errors, b->line);

	return p && p->place.line == at.line && strcmp(p->place.file, at.file) == 0 ? (struct person *)p : NULL;
}

static void read_person(struct names *n, const struct conf_block *b)
{
	const char *zone = own_zone(n, b, KEY_person_timezone);
	struct person *p = person_of(n, b);

	if (!p)
		return;
	read_absences(n, b, p, zone);
	p->substitute = names_find(n, n->people, "person", b, KEY_person_substitute, conf_text(b, KEY_person_substitute));
	if (*conf_text(b, KEY_person_quiet)) {
		struct holidays *days = names_holidays(n, n->main, KEY_main_holidays);

		p->quiet = names_hours(n, b, KEY_person_quiet, zone, days);
		holidays_unref(days);
	}
}

static void check_chain(struct names *n, const struct conf_block *b)
{
	const struct person *p = person_of(n, b), *next = p ? p->substitute : NULL;
	int length = 1;

	while (next && next != p && length <= CHAIN_MAX) {
		next = next->substitute;
		length++;
	}
	if (next)
		conf_wrong(n->errors, conf_line(b, KEY_person_substitute), "substitute = %s: %s; name somebody who has no "
			   "substitute", p->substitute->id, next == p ? "who stands in for whom goes round in a circle" :
			   "more than 8 stand in for each other");
}

void conf_build_absences(struct names *n)
{
	names_each(n, SECTION_person, false, read_person);
	names_each(n, SECTION_person, false, check_chain);
}
