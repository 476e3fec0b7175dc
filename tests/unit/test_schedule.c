/* Who is on call, and whose it is: from the words of a configuration to a person. */
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "conf_files.h"
#include "duty.h"
#include "text.h"

#define WORLD TOP "timezone = Europe/Berlin " \
	"person anna { mail = anna@example.com name = \"Anna Smith\" } " \
	"person bob { mail = bob@example.com name = \"Bob Jones\" } " \
	"person cleo { mail = cleo@example.com name = Cleo } line main { owner = anna }\n"

#define WEEKS "rotation { members = { anna, bob } start = \"2026-01-05\" handoff = \"Mo 09:00\" }"
#define WEEKEND "rotation { members = { cleo } start = \"2026-01-05\" hours = \"Sa-Su 00:00-24:00\" }"
#define DAYS "rotation { members = { anna, bob, cleo } start = \"2026-03-27\" handoff = \"02:30\" length = 1d }"
#define SHIFTS "rotation { members = { anna, bob } start = \"2026-01-05\" handoff = \"08:00\" length = 12h }"

static int64_t at(const char *s)
{
	int64_t t = 0;

	g_assert_true(text_to_time(s, &t));
	return t;
}

static struct conf *load(const char *text)
{
	g_autofree char *all = g_strconcat(WORLD, text, NULL);
	g_autofree char *file = write_file("schedule.conf", all, 0600);
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load(file, &err);

	g_assert_no_error(err);
	g_unlink(file);
	return c;
}

/* ---- who is on call ---- */

struct row {
	const char *name, *schedule, *at, *who;
};

static const struct row rows[] = {
	{ "before it begins", WEEKS, "2026-01-05T08:59:59+01:00", "-" },
	{ "the first turn", WEEKS, "2026-01-05T09:00:00+01:00", "anna" },
	{ "its last second", WEEKS, "2026-01-12T08:59:59+01:00", "anna" },
	{ "the second turn", WEEKS, "2026-01-12T09:00:00+01:00", "bob" },
	{ "and round again", WEEKS, "2026-01-19T09:00:00+01:00", "anna" },
	{ "a start in the week waits for the day", "rotation { members = { anna } start = \"2026-01-06\" handoff = \"Mo 09:00\" }",
	  "2026-01-11T12:00:00+01:00", "-" },
	{ "and has it then", "rotation { members = { anna } start = \"2026-01-06\" handoff = \"Mo 09:00\" }",
	  "2026-01-12T09:00:00+01:00", "anna" },
	{ "09:00 stays 09:00 in summer", WEEKS, "2026-03-30T08:59:59+02:00", "bob" },
	{ "09:00 stays 09:00 in summer: after it", WEEKS, "2026-03-30T09:00:00+02:00", "anna" },
	{ "and in winter again", WEEKS, "2026-10-26T08:59:59+01:00", "bob" },
	{ "and in winter again: after it", WEEKS, "2026-10-26T09:00:00+01:00", "anna" },
	{ "a year with a week 53", WEEKS, "2027-01-04T09:00:00+01:00", "anna" },
	{ "each day", DAYS, "2026-03-28T02:30:00+01:00", "bob" },
	{ "a handoff that is left out: before", DAYS, "2026-03-29T01:59:59+01:00", "bob" },
	{ "a handoff that is left out: at the change", DAYS, "2026-03-29T03:00:00+02:00", "cleo" },
	{ "the day after a change", DAYS, "2026-03-30T02:30:00+02:00", "anna" },
	{ "a handoff that comes twice: before", DAYS, "2026-10-25T02:29:59+02:00", "bob" },
	{ "a handoff that comes twice: the first", DAYS, "2026-10-25T02:30:00+02:00", "cleo" },
	{ "a handoff that comes twice: put back", DAYS, "2026-10-25T02:00:00+01:00", "cleo" },
	{ "a handoff that comes twice: the second", DAYS, "2026-10-25T02:30:00+01:00", "cleo" },
	{ "twelve hours", SHIFTS, "2026-01-05T19:59:59+01:00", "anna" },
	{ "twelve hours: the night", SHIFTS, "2026-01-05T20:00:00+01:00", "bob" },
	{ "twelve hours in summer", SHIFTS, "2026-07-01T20:00:00+02:00", "bob" },
	{ "a leap day", "rotation { members = { anna, bob } start = \"2028-02-28\" handoff = \"00:00\" length = 1d }",
	  "2028-02-29T12:00:00+01:00", "bob" },
	{ "the day after a leap day", "rotation { members = { anna, bob } start = \"2028-02-28\" handoff = \"00:00\" length = 1d }",
	  "2028-03-01T00:00:00+01:00", "anna" },
	{ "a later layer wins", WEEKS " " WEEKEND, "2026-01-10T12:00:00+01:00", "cleo" },
	{ "where it counts", WEEKS " " WEEKEND, "2026-01-12T00:00:00+01:00", "anna" },
	{ "layers in the other order", WEEKEND " " WEEKS, "2026-01-10T12:00:00+01:00", "anna" },
	{ "hours alone leave gaps", WEEKEND, "2026-01-12T12:00:00+01:00", "-" },
	{ "Kiritimati", "timezone = Pacific/Kiritimati " WEEKS, "2026-01-11T19:00:00Z", "bob" },
	{ "Kiritimati: the second before", "timezone = Pacific/Kiritimati " WEEKS, "2026-01-11T18:59:59Z", "anna" },
	{ "Honolulu", "timezone = Pacific/Honolulu " WEEKS, "2026-01-12T19:00:00Z", "bob" },
	{ "Honolulu: the second before", "timezone = Pacific/Honolulu " WEEKS, "2026-01-12T18:59:59Z", "anna" },
	{ "Google: by attendee", "calendar = \"%s/google.ics\"", "2026-03-02T09:00:00Z", "anna" },
	{ "Google: by name", "calendar = \"%s/google.ics\"", "2026-03-09T09:00:00Z", "bob" },
	{ "Google: a swap", "calendar = \"%s/google.ics\"", "2026-03-16T09:00:00Z", "bob" },
	{ "Google: a week that falls out", "calendar = \"%s/google.ics\"", "2026-03-31T09:00:00Z", "-" },
	{ "Google: a whole day, by the word", "timezone = Europe/London calendar = \"%s/google.ics\"", "2026-04-05T12:00:00Z", "cleo" },
	{ "a calendar wins over rotations", WEEKS " calendar = \"%s/google.ics\"", "2026-04-05T12:00:00Z", "cleo" },
	{ "and leaves them the rest", WEEKS " calendar = \"%s/google.ics\"", "2026-03-31T09:00:00Z", "anna" },
	{ "Outlook: by attendee", "calendar = \"%s/outlook.ics\"", "2026-03-26T23:00:00Z", "anna" },
	{ "Outlook: a cancelled night", "calendar = \"%s/outlook.ics\"", "2026-03-30T23:00:00Z", "-" },
	{ "Outlook: a zone of its own", "calendar = \"%s/outlook.ics\"", "2026-04-01T05:00:00Z", "bob" },
	{ "PagerDuty: by name", "calendar = \"%s/pagerduty.ics\"", "2026-03-03T12:00:00Z", "bob" },
	{ "Opsgenie: by mail", "calendar = \"%s/opsgenie.ics\"", "2026-03-02T12:00:00Z", "anna" },
	{ "Opsgenie: by name", "calendar = \"%s/opsgenie.ics\"", "2026-03-02T22:00:00Z", "bob" },
	{ "Grafana: by the word", "calendar = \"%s/grafana.ics\"", "2026-03-03T12:00:00Z", "anna" },
	{ "Grafana: more times", "calendar = \"%s/grafana.ics\"", "2026-03-04T20:00:00Z", "bob" },
};

static char *calendars(const char *text)
{
	g_autofree char *dir = g_test_build_filename(G_TEST_DIST, "calendar", NULL);
	g_auto(GStrv) parts = g_strsplit(text, "%s", 2);

	return g_strjoinv(dir, parts);
}

static struct conf *with_schedule(const char *schedule)
{
	g_autofree char *inside = calendars(schedule), *text = g_strdup_printf("schedule oncall { %s }\n", inside);

	return load(text);
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	struct conf *c;
	const struct person *p;

	clock_fake(at("2026-03-01T00:00:00Z"));
	c = with_schedule(row->schedule);
	p = schedule_on(roster_schedule(c->roster, "oncall"), NULL, 0, at(row->at));
	g_assert_cmpstr(p ? p->id : "-", ==, row->who);
	conf_unref(c);
	clock_fake(-1);
}

/* schedule_shifts() against schedule_on() at each quarter of an hour, over both changes. */
static void test_shifts(void)
{
	static const char *const schedules[] = { WEEKS " " WEEKEND, DAYS, SHIFTS, WEEKS " calendar = \"%s/google.ics\"" };

	clock_fake(at("2026-03-01T00:00:00Z"));
	for (gsize i = 0; i < G_N_ELEMENTS(schedules); i++) {
		struct conf *c = with_schedule(schedules[i]);
		const struct schedule *s = roster_schedule(c->roster, "oncall");
		int64_t from = at("2026-03-20T00:00:00Z"), to = at("2026-11-02T00:00:00Z");
		const struct shift override = { from + 86400, from + 90000, c->roster->people->pdata[2] };
		g_autoptr(GArray) all = schedule_shifts(s, &override, 1, from, to);
		guint k = 0;

		g_assert_cmpint(g_array_index(all, struct shift, 0).from, ==, from);
		g_assert_cmpint(g_array_index(all, struct shift, all->len - 1).to, ==, to);
		for (int64_t t = from; t < to; t += 900) {
			while (g_array_index(all, struct shift, k).to <= t)
				k++;
			g_assert_cmpint(g_array_index(all, struct shift, k).from, <=, t);
			g_assert_true(g_array_index(all, struct shift, k).person == schedule_on(s, &override, 1, t));
		}
		for (k = 1; k < all->len; k++)
			g_assert_true(g_array_index(all, struct shift, k).person !=
				      g_array_index(all, struct shift, k - 1).person);
		conf_unref(c);
	}
	clock_fake(-1);
}

/* ---- whose it is ---- */

struct duty_row {
	const char *name, *text, *at, *owner, *why;
};

#define ONCALL "schedule oncall { " WEEKEND " } "

static const struct duty_row duties[] = {
	{ "a person", "line x { owner = bob }", "2026-12-25T12:00:00Z", "bob", "" },
	{ "who is on the schedule", ONCALL "line x { owner = schedule:oncall fallback = bob }", "2026-12-26T12:00:00Z", "cleo",
	  "on oncall" },
	{ "nobody is", ONCALL "line x { owner = schedule:oncall fallback = bob }", "2026-12-25T12:00:00Z", "bob",
	  "nobody is on oncall: fall-back" },
	{ "away, with a substitute", "person dan { mail = d@example.com away = { \"2026-12-24..2027-01-06\" } substitute = bob } "
	  "line x { owner = dan }", "2026-12-24T00:00:00+01:00", "bob", "for dan, who is away" },
	{ "away: the second before", "person dan { mail = d@example.com away = { \"2026-12-24..2027-01-06\" } substitute = bob } "
	  "line x { owner = dan }", "2026-12-23T23:59:59+01:00", "dan", "" },
	{ "away: the last second", "person dan { mail = d@example.com away = { \"2026-12-24..2027-01-06\" } substitute = bob } "
	  "line x { owner = dan }", "2027-01-06T23:59:59+01:00", "bob", "for dan, who is away" },
	{ "away: back again", "person dan { mail = d@example.com away = { \"2026-12-24..2027-01-06\" } substitute = bob } "
	  "line x { owner = dan }", "2027-01-07T00:00:00+01:00", "dan", "" },
	{ "a day of a person's own zone", "person dan { mail = d@example.com timezone = Pacific/Honolulu away = { \"2026-12-24\" } "
	  "substitute = bob } line x { owner = dan }", "2026-12-24T09:59:59Z", "dan", "" },
	{ "a substitute who is away", "person dan { mail = d@example.com away = { \"2026-12-24\" } substitute = eve } "
	  "person eve { mail = e@example.com away = { \"2026-12-24\" } substitute = bob } line x { owner = dan }",
	  "2026-12-24T12:00:00Z", "bob", "for dan, who is away" },
	{ "away without a substitute", "person dan { mail = d@example.com away = { \"2026-12-24\" } } "
	  "line x { owner = dan fallback = cleo }", "2026-12-24T12:00:00Z", "cleo", "dan is away: fall-back" },
	{ "everybody is away", "person dan { mail = d@example.com away = { \"2026-12-24\" } } line x { owner = dan }",
	  "2026-12-24T12:00:00Z", "dan", "dan is away, and so is everybody else" },
	{ "on call, and away", "person dan { mail = d@example.com away = { \"2026-12-24\" } substitute = bob } "
	  "schedule oncall { rotation { members = { dan } start = \"2026-01-05\" } } "
	  "line x { owner = schedule:oncall fallback = cleo }", "2026-12-24T12:00:00Z", "bob", "on oncall, for dan, who is away" },
};

static void test_duty(gconstpointer data)
{
	const struct duty_row *row = data;
	g_autofree char *text = g_strconcat("default_line = main ", row->text, NULL);
	struct conf *c = load(text);
	AUTO_ARENA a = arena_new();
	struct duty duty = duty_owner(roster_line_by_id(c->roster, "x"));
	struct on_duty on = duty_of(c->roster, NULL, 0, &duty, at(row->at), a);

	g_assert_cmpstr(on.person->id, ==, row->owner);
	g_assert_cmpstr(on.why, ==, row->why);
	conf_unref(c);
}

static void test_overrides(void)
{
	const struct override o[] = {
		{ 1, "oncall", "bob", 1000, 2000, 1, "operator" }, { 2, "oncall", "anna", 1500, 1600, 1, "operator" },
		{ 3, "oncall", "gone", 1500, 1600, 1, "operator" }, { 4, "other", "anna", 1000, 2000, 1, "operator" }
	};
	struct conf *c = load("default_line = main " ONCALL "line x { owner = schedule:oncall fallback = cleo }");
	AUTO_ARENA a = arena_new();
	struct duty duty = duty_owner(roster_line_by_id(c->roster, "x"));

	g_assert_cmpstr(duty_of(c->roster, o, 4, &duty, 1499, a).person->id, ==, "bob");
	g_assert_cmpstr(duty_of(c->roster, o, 4, &duty, 1500, a).person->id, ==, "anna");
	g_assert_cmpstr(duty_of(c->roster, o, 4, &duty, 1600, a).person->id, ==, "bob");
	g_assert_cmpstr(duty_of(c->roster, o, 4, &duty, 2000, a).person->id, ==, "cleo");
	conf_unref(c);
}

/* ---- files that change ---- */

static const char *holiday(const struct conf *c)
{
	return hours_covers(roster_line_by_id(c->roster, "main")->hours, at("2026-03-03T12:00:00Z")) ? "open" : "closed";
}

/* Broken: the last good one stays. Good again: it is used. Broken at the start: an error, or empty for one that only asks. */
static void test_changes(void)
{
	static const char good[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nDTSTART;VALUE=DATE:20260303\nEND:VEVENT\nEND:VCALENDAR\n";
	static const char none[] = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n";
	g_autofree char *days = write_file("days.ics", good, 0600);
	g_autofree char *text = g_strdup_printf("hours = \"08:00-18:00; PH off\" holidays = \"%s\"", days), *file = NULL;
	struct conf *c, *next;

	clock_fake(at("2026-03-01T00:00:00Z"));
	c = load(text);
	g_assert_cmpstr(holiday(c), ==, "closed");
	g_assert_false(conf_calendars_changed(c));
	g_assert_null(conf_calendars_wrong(c));
	g_free(write_file("days.ics", "BEGIN:VCALENDAR\nBEGIN:VEV", 0600));
	g_assert_true(conf_calendars_changed(c));
	next = conf_load_again(c, NULL);
	conf_unref(c);
	g_assert_cmpstr(holiday(next), ==, "closed");
	g_assert_nonnull(strstr(conf_calendars_wrong(next), "days.ics:2: is cut short"));
	g_assert_false(conf_calendars_changed(next));
	g_free(write_file("days.ics", none, 0600));
	c = conf_load_again(next, NULL);
	conf_unref(next);
	g_assert_cmpstr(holiday(c), ==, "open");
	g_assert_null(conf_calendars_wrong(c));
	clock_fake(clock_now() + 2 * 86400);
	g_assert_true(conf_calendars_changed(c));
	conf_unref(c);
	g_unlink(days);
	file = g_strconcat(WORLD, text, NULL);
	g_free(text);
	text = write_file("wrong.conf", file, 0600);
	g_assert_null(conf_load(text, NULL));
	c = conf_load_leniently(text, NULL);
	g_assert_cmpstr(holiday(c), ==, "open");
	g_assert_nonnull(strstr(conf_calendars_wrong(c), "days.ics"));
	conf_unref(c);
	g_unlink(text);
	clock_fake(-1);
}

#define ADD_ROWS(prefix, table, function) \
	for (gsize n = 0; n < G_N_ELEMENTS(table); n++) { \
		g_autofree char *path = g_strdup_printf("/schedule/" prefix "/%s", (table)[n].name); \
		g_test_add_data_func(path, &(table)[n], function); \
	}

int main(int argc, char **argv)
{
	int rc;

	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK);
	folder = g_dir_make_tmp("ringback-schedule-XXXXXX", NULL);
	g_assert_nonnull(folder);
	ADD_ROWS("on", rows, test_row)
	ADD_ROWS("duty", duties, test_duty)
	g_test_add_func("/schedule/shifts", test_shifts);
	g_test_add_func("/schedule/overrides", test_overrides);
	g_test_add_func("/schedule/changes", test_changes);
	rc = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return rc;
}
