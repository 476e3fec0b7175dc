/* iCalendar files in the forms of those who export them, written for these tests. */
#include <string.h>

#include "calendar.h"
#include "dates.h"
#include "err.h"
#include "text.h"

static int64_t at(const char *s)
{
	int64_t t = 0;

	g_assert_true(text_to_time(s, &t));
	return t;
}

/* "from to summary <mail>", a line each. */
static char *lines_of(const GPtrArray *events)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < events->len; i++) {
		const struct calendar_event *e = events->pdata[i];
		char from[32], to[32];

		g_string_append_printf(out, "%s %s %s", text_time(e->from, from), text_time(e->to, to), e->summary);
		for (char **m = e->mails; *m; m++)
			g_string_append_printf(out, " <%s>", *m);
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

/* ---- files ---- */

struct file_row {
	const char *file, *zone, *from, *to, *lines;
};

static const struct file_row files[] = {
	{ "google.ics", "Europe/London", "2026-02-01T00:00:00Z", "2026-12-31T00:00:00Z",
	  "2026-03-02T09:00:00Z 2026-03-09T09:00:00Z Clinic on call: Anna <anna@example.com>\n"
	  "2026-03-09T09:00:00Z 2026-03-16T09:00:00Z Clinic on call: Bob Jones\n"
	  "2026-03-16T09:00:00Z 2026-03-23T09:00:00Z Clinic on call: Bob (swapped with Anna) <bob@example.com>\n"
	  "2026-03-23T09:00:00Z 2026-03-30T08:00:00Z Clinic on call: Bob Jones\n"
	  "2026-04-04T23:00:00Z 2026-04-05T23:00:00Z Cleo\n"
	  "2026-04-06T08:00:00Z 2026-04-13T08:00:00Z Clinic on call: Bob Jones\n"
	  "2026-04-13T08:00:00Z 2026-04-20T08:00:00Z Clinic on call: Anna <anna@example.com>\n"
	  "2026-04-27T08:00:00Z 2026-05-04T08:00:00Z Clinic on call: Anna <anna@example.com>\n"
	  "2026-05-11T08:00:00Z 2026-05-18T08:00:00Z Clinic on call: Anna <anna@example.com>\n" },
	{ "outlook.ics", "Europe/Berlin", "2026-02-01T00:00:00Z", "2026-12-31T00:00:00Z",
	  "2026-03-26T19:00:00Z 2026-03-27T07:00:00Z Bereitschaft Nacht <anna@example.com>\n"
	  "2026-03-28T19:00:00Z 2026-03-29T06:00:00Z Bereitschaft Nacht <anna@example.com>\n"
	  "2026-03-29T18:00:00Z 2026-03-30T06:00:00Z Bereitschaft Nacht <anna@example.com>\n"
	  "2026-04-01T05:00:00Z 2026-04-01T17:00:00Z Bob Jones\n"
	  "2026-04-03T22:00:00Z 2026-04-05T22:00:00Z Anna\n" },
	{ "pagerduty.ics", "Europe/London", "2026-02-01T00:00:00Z", "2026-12-31T00:00:00Z",
	  "2026-03-02T09:00:00Z 2026-03-03T09:00:00Z On Call - Anna Smith - Clinic Primary <anna@example.com>\n"
	  "2026-03-03T09:00:00Z 2026-03-04T09:00:00Z On Call - Bob Jones - Clinic Primary\n" },
	{ "opsgenie.ics", "Europe/London", "2026-02-01T00:00:00Z", "2026-12-31T00:00:00Z",
	  "2026-03-02T09:00:00Z 2026-03-02T21:00:00Z anna@example.com\n"
	  "2026-03-02T21:00:00Z 2026-03-03T09:00:00Z Bob Jones (clinic_schedule)\n" },
	{ "grafana.ics", "Europe/London", "2026-03-01T00:00:00Z", "2026-03-10T00:00:00Z",
	  "2026-03-02T09:00:00Z 2026-03-02T17:00:00Z [L1] anna\n"
	  "2026-03-02T17:00:00Z 2026-03-03T09:00:00Z bob\n"
	  "2026-03-03T09:00:00Z 2026-03-03T17:00:00Z [L1] anna\n"
	  "2026-03-03T17:00:00Z 2026-03-04T09:00:00Z bob\n"
	  "2026-03-04T09:00:00Z 2026-03-04T17:00:00Z [L1] anna\n"
	  "2026-03-04T17:00:00Z 2026-03-05T09:00:00Z bob\n"
	  "2026-03-09T09:00:00Z 2026-03-09T17:00:00Z [L1] anna\n" },
	{ "holidays.ics", "Pacific/Auckland", "2026-01-01T00:00:00Z", "2027-01-31T00:00:00Z",
	  "2025-12-31T11:00:00Z 2026-01-01T11:00:00Z New Year's Day\n"
	  "2026-05-24T12:00:00Z 2026-05-25T12:00:00Z Spring bank holiday\n"
	  "2026-12-24T11:00:00Z 2026-12-26T11:00:00Z Christmas Day and Boxing Day\n"
	  "2026-12-31T11:00:00Z 2027-01-01T11:00:00Z New Year's Day\n" },
};

static void test_file(const void *data)
{
	const struct file_row *row = data;
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "calendar", row->file, NULL);
	g_autoptr(GError) err = NULL;
	g_autoptr(GPtrArray) events = calendar_read(path, row->zone, at(row->from), at(row->to), &err);
	g_autofree char *lines = NULL;

	g_assert_no_error(err);
	lines = lines_of(events);
	g_assert_cmpstr(lines, ==, row->lines);
}

/* ---- texts ---- */

#define BEGIN "BEGIN:VCALENDAR\nVERSION:2.0\n"
#define EVENT "BEGIN:VEVENT\nUID:x@example.com\n"
#define END "SUMMARY:s\nEND:VEVENT\nEND:VCALENDAR\n"

struct text_row {
	const char *name, *zone, *text;
	const char *lines;	/* or what the error says */
};

/* In March 2026. */
static const struct text_row texts[] = {
	{ "nothing in it", "UTC", BEGIN "END:VCALENDAR", "" },
	{ "no zone is that of the schedule", "America/New_York", BEGIN EVENT "DTSTART:20260302T090000\nDTEND:20260302T100000\n"
	  END, "2026-03-02T14:00:00Z 2026-03-02T15:00:00Z s\n" },
	{ "a zone with a prefix", "UTC", BEGIN EVENT "DTSTART;TZID=/example.org/20260101/Europe/Berlin:20260302T090000\n"
	  "DURATION:PT1H\n" END, "2026-03-02T08:00:00Z 2026-03-02T09:00:00Z s\n" },
	{ "a Windows zone without a VTIMEZONE", "UTC", BEGIN EVENT "DTSTART;TZID=Eastern Standard Time:20260309T090000\n"
	  "DURATION:PT1H\n" END, "2026-03-09T13:00:00Z 2026-03-09T14:00:00Z s\n" },
	{ "a whole day of a clock change", "Europe/Berlin", BEGIN EVENT "DTSTART;VALUE=DATE:20260329\n" END,
	  "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z s\n" },
	{ "a time that is left out", "Europe/Berlin", BEGIN EVENT "DTSTART:20260329T023000\nDTEND:20260329T040000\n" END,
	  "2026-03-29T01:00:00Z 2026-03-29T02:00:00Z s\n" },
	{ "an end in another zone", "UTC", BEGIN EVENT "DTSTART;TZID=Europe/London:20260302T090000\n"
	  "DTEND;TZID=Europe/Berlin:20260302T110000\n" END, "2026-03-02T09:00:00Z 2026-03-02T10:00:00Z s\n" },
	{ "cancelled", "UTC", BEGIN EVENT "DTSTART:20260302T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED\n" END, "" },
	{ "no length", "UTC", BEGIN EVENT "DTSTART:20260302T090000Z\n" END, "" },
	{ "before the time asked for", "UTC", BEGIN EVENT "DTSTART:20260202T090000Z\nDURATION:PT1H\n" END, "" },
	{ "a day of EXDATE", "UTC", BEGIN EVENT "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n"
	  "EXDATE;VALUE=DATE:20260303\n" END, "2026-03-02T09:00:00Z 2026-03-02T10:00:00Z s\n"
	  "2026-03-04T09:00:00Z 2026-03-04T10:00:00Z s\n" },
	{ "a rule that nothing fits", "UTC", BEGIN EVENT "DTSTART:20260302T090000Z\nDURATION:PT1H\n"
	  "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n" END, "!f:4: RRULE of this event *" },
	{ "a mark of the octet order", "UTC", "\357\273\277" BEGIN "END:VCALENDAR", "" },
	{ "no calendar", "UTC", "<html>", "!f:1: is no iCalendar file*" },
	{ "cut short", "UTC", BEGIN EVENT "DTSTART:20260302T090000Z\n", "!f:5: is cut short*" },
	{ "no start", "UTC", BEGIN EVENT "DURATION:PT1H\n" END, "!f:4: DTSTART of this event is missing*" },
	{ "a start that is none", "UTC", BEGIN EVENT "DTSTART:tomorrow\nDURATION:PT1H\n" END, "!f:4: DTSTART of this event *" },
	{ "an end that is none", "UTC", BEGIN EVENT "DTSTART:20260302T090000Z\nDTEND:later\n" END, "!f:4: DTEND of this event *" },
	{ "an end before the start", "UTC", BEGIN EVENT "DTSTART:20260302T090000Z\nDTEND:20260302T080000Z\n" END,
	  "!f:4: this event ends before*" },
	{ "a rule that is none", "UTC", BEGIN EVENT "DTSTART:20260302T090000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES\n" END,
	  "!f:4: RRULE of this event *" },
	{ "an unknown zone", "UTC", BEGIN EVENT "DTSTART;TZID=Atlantis:20260302T090000\nDURATION:PT1H\n" END,
	  "!f:4: the time zone of this event is not known*" },
	{ "each second", "UTC", BEGIN EVENT "DTSTART:20200302T090000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY\n" END,
	  "!f:4: this event recurs too often*" },
	{ "each minute", "UTC", BEGIN EVENT "DTSTART:20260302T090000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY\n" END,
	  "!f:4: there is too much in this calendar*" },
};

static void test_text(const void *data)
{
	const struct text_row *row = data;
	g_autoptr(GError) err = NULL;
	g_autoptr(GPtrArray) events = calendar_parse(row->text, "f", row->zone, at("2026-03-01T00:00:00Z"),
						     at("2026-04-01T00:00:00Z"), &err);
	g_autofree char *lines = events ? lines_of(events) : NULL;

	if (*row->lines != '!') {
		g_assert_no_error(err);
		g_assert_cmpstr(lines, ==, row->lines);
		return;
	}
	g_assert_null(events);
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	if (!g_pattern_match_simple(row->lines + 1, err->message))
		g_error("%s: %s", row->name, err->message);
}

static void test_no_file(void)
{
	g_autoptr(GError) err = NULL;

	g_assert_null(calendar_read("/nonexistent/x.ics", "UTC", 0, 1, &err));
	g_assert_nonnull(strstr(err->message, "/nonexistent/x.ics"));
	g_clear_error(&err);
	g_assert_null(calendar_read("/dev/zero", "UTC", 0, 1, &err));
	g_assert_nonnull(strstr(err->message, "no file"));
}

/* What is written is read back, whatever is in the summary. */
static void test_write(void)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(calendar_event_free), back = NULL;
	g_autoptr(GError) err = NULL;
	g_autofree char *text = NULL, *one = NULL, *other = NULL;

	g_ptr_array_add(events, calendar_event_new(at("2026-03-02T09:00:00Z"), at("2026-03-09T09:00:00Z"),
						   "Anna, Smith; \\ \303\266 and a summary that is folded since it is longer than "
						   "seventy-five octets", "anna@example.com"));
	g_ptr_array_add(events, calendar_event_new(at("2026-03-09T09:00:00Z"), at("2026-03-16T08:00:00Z"), "Bob", NULL));
	text = calendar_write(events, "clinic", at("2026-03-01T00:00:00Z"));
	back = calendar_parse(text, "f", "Asia/Tokyo", 0, at("2030-01-01T00:00:00Z"), &err);
	g_assert_no_error(err);
	one = lines_of(events);
	other = lines_of(back);
	g_assert_cmpstr(one, ==, other);
	g_assert_nonnull(strstr(text, "X-WR-CALNAME:clinic"));
}

static void test_windows(void)
{
	g_autofree char *berlin = dates_windows_zone("W. Europe Standard Time");

	g_assert_cmpstr(berlin, ==, "Europe/Berlin");
	g_assert_null(dates_windows_zone("Europe/Berlin"));
	g_assert_null(dates_windows_zone("a name that is far too long to be that of any zone that Windows has or will ever "
					 "have, at least before 2038 or so"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *name = g_strdup_printf("/calendar/file/%s", files[i].file);

		g_test_add_data_func(name, &files[i], test_file);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *name = g_strdup_printf("/calendar/text/%s", texts[i].name);

		g_test_add_data_func(name, &texts[i], test_text);
	}
	g_test_add_func("/calendar/no file", test_no_file);
	g_test_add_func("/calendar/write", test_write);
	g_test_add_func("/calendar/windows zone", test_windows);
	return g_test_run();
}
