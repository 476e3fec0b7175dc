#include <string.h>

#include "err.h"
#include "hours.h"
#include "text.h"

/* ---- when is it open? ---- */

struct row {
	const char *name, *spec, *zone, *at;
	bool open;
};

#define OFFICE "Mo-Fr 08:30-17:30; Sa 09:00-12:00"
#define WHOLE "Mo-Fr 08:30-17:30; Sa 09:00-12:00; PH off; Dec 24 08:00-12:00"

/* The days that PH means in all rows. */
static const struct { int year, month, day; } holidays[] = {
	{ 2026, 12, 26 }, { 2026, 12, 25 }, { 2026, 1, 1 }, { 2027, 1, 1 }, { 2026, 6, 6 }, { 2026, 6, 1 }
};

/* 2026-03-02 is a Monday. */
static const struct row rows[] = {
	{ "always", "24/7", "Europe/Berlin", "2026-03-02T03:00:00+01:00", true },
	{ "never", "off", "Europe/Berlin", "2026-03-02T12:00:00+01:00", false },
	{ "closed is off", "closed", "UTC", "2026-03-02T12:00:00Z", false },
	{ "the minute it opens", OFFICE, "Europe/Berlin", "2026-03-02T08:30:00+01:00", true },
	{ "the second before", OFFICE, "Europe/Berlin", "2026-03-02T08:29:59+01:00", false },
	{ "the second before it closes", OFFICE, "Europe/Berlin", "2026-03-02T17:29:59+01:00", true },
	{ "the minute it closes", OFFICE, "Europe/Berlin", "2026-03-02T17:30:00+01:00", false },
	{ "Friday", OFFICE, "Europe/Berlin", "2026-03-06T12:00:00+01:00", true },
	{ "Saturday morning", OFFICE, "Europe/Berlin", "2026-03-07T11:59:00+01:00", true },
	{ "Saturday noon", OFFICE, "Europe/Berlin", "2026-03-07T12:00:00+01:00", false },
	{ "Sunday", OFFICE, "Europe/Berlin", "2026-03-08T12:00:00+01:00", false },
	{ "the zone decides the day", OFFICE, "Australia/Sydney", "2026-03-01T22:00:00Z", true },
	{ "and in the other direction", OFFICE, "America/New_York", "2026-03-02T02:00:00Z", false },
	{ "every day", "09:00-17:00", "UTC", "2026-03-08T10:00:00Z", true },
	{ "until midnight", "Mo 20:00-24:00", "UTC", "2026-03-02T23:59:59Z", true },
	{ "until midnight, not further", "Mo 20:00-24:00", "UTC", "2026-03-03T00:00:00Z", false },
	{ "until 00:00 is until midnight", "Mo 20:00-00:00", "UTC", "2026-03-02T23:59:59Z", true },
	{ "two times: in the first", "Mo 08:00-12:00,13:00-17:00", "UTC", "2026-03-02T11:00:00Z", true },
	{ "two times: between", "Mo 08:00-12:00,13:00-17:00", "UTC", "2026-03-02T12:30:00Z", false },
	{ "two times: in the second", "Mo 08:00-12:00, 13:00-17:00", "UTC", "2026-03-02T16:59:00Z", true },
	{ "over midnight: evening", "Mo 22:00-06:00", "UTC", "2026-03-02T23:00:00Z", true },
	{ "over midnight: morning after", "Mo 22:00-06:00", "UTC", "2026-03-03T05:59:00Z", true },
	{ "over midnight: its end", "Mo 22:00-06:00", "UTC", "2026-03-03T06:00:00Z", false },
	{ "over midnight: not the morning of that day", "Mo 22:00-06:00", "UTC", "2026-03-02T05:00:00Z", false },
	{ "over midnight: Sunday into Monday", "Su 22:00-06:00", "UTC", "2026-03-02T05:00:00Z", true },
	{ "a later rule replaces", "Mo-Su 08:00-18:00; We off", "UTC", "2026-03-04T12:00:00Z", false },
	{ "and only its days", "Mo-Su 08:00-18:00; We off", "UTC", "2026-03-05T12:00:00Z", true },
	{ "with new times", "Mo-Fr 08:00-18:00; Fr 08:00-12:00", "UTC", "2026-03-06T13:00:00Z", false },
	{ "a rule after a comma adds", "Mo-Fr 08:00-12:00, Fr 13:00-15:00", "UTC", "2026-03-06T11:00:00Z", true },
	{ "and has its own times", "Mo-Fr 08:00-12:00, Fr 13:00-15:00", "UTC", "2026-03-06T14:00:00Z", true },
	{ "not on other days", "Mo-Fr 08:00-12:00, Fr 13:00-15:00", "UTC", "2026-03-05T14:00:00Z", false },
	{ "a comma and off takes away", "Mo-Fr 08:00-12:00, Fr off", "UTC", "2026-03-06T11:00:00Z", false },
	{ "always but Sunday", "24/7; Su off", "UTC", "2026-03-08T11:00:00Z", false },
	{ "always but Sunday: Saturday", "24/7; Su off", "UTC", "2026-03-07T23:59:00Z", true },
	{ "days over the week's end", "Fr-Mo 10:00-11:00", "UTC", "2026-03-08T10:30:00Z", true },
	{ "not those between", "Fr-Mo 10:00-11:00", "UTC", "2026-03-04T10:30:00Z", false },
	{ "a list of days", "Mo,We,Fr-Sa 10:00-11:00", "UTC", "2026-03-04T10:30:00Z", true },
	{ "a list of days: not in it", "Mo,We,Fr-Sa 10:00-11:00", "UTC", "2026-03-03T10:30:00Z", false },
	{ "letter case and blanks", "  mo - fr  8:30 - 17:30 ;", "UTC", "2026-03-02T08:30:00Z", true },
	/* Clocks go from 02:00 to 03:00 on 2026-03-29 in Berlin, from 03:00 to 02:00 on 2026-10-25. */
	{ "spring: before the change", "Su 01:30-03:30", "Europe/Berlin", "2026-03-29T00:59:59Z", true },
	{ "spring: after the change", "Su 01:30-03:30", "Europe/Berlin", "2026-03-29T01:00:00Z", true },
	{ "spring: its end", "Su 01:30-03:30", "Europe/Berlin", "2026-03-29T01:30:00Z", false },
	{ "spring: the day after opens by the wall", OFFICE, "Europe/Berlin", "2026-03-30T06:30:00Z", true },
	{ "spring: not by last week's sun", OFFICE, "Europe/Berlin", "2026-03-30T06:29:59Z", false },
	{ "autumn: the hour comes twice, first", "Su 02:00-03:00", "Europe/Berlin", "2026-10-25T00:30:00Z", true },
	{ "autumn: the hour comes twice, second", "Su 02:00-03:00", "Europe/Berlin", "2026-10-25T01:30:00Z", true },
	{ "autumn: its end", "Su 02:00-03:00", "Europe/Berlin", "2026-10-25T02:00:00Z", false },
	{ "autumn: the day after", OFFICE, "Europe/Berlin", "2026-10-26T07:30:00Z", true },
	{ "autumn: over midnight", "Sa 22:00-06:00", "Europe/Berlin", "2026-10-25T04:59:00Z", true },
	{ "autumn: over midnight, its end", "Sa 22:00-06:00", "Europe/Berlin", "2026-10-25T05:00:00Z", false },
	{ "before 1970", "We 10:00-11:00", "UTC", "1969-12-31T10:30:00Z", true },
	/* America: 02:00 to 03:00 on 2026-03-08, 02:00 to 01:00 on 2026-11-01. Lord Howe moves by half an hour. */
	{ "New York in spring: 02:30 is left out", "02:15-02:45", "America/New_York", "2026-03-08T03:00:00-04:00", false },
	{ "New York in autumn: 01:30 first", "01:15-01:45", "America/New_York", "2026-11-01T01:30:00-04:00", true },
	{ "New York in autumn: between", "01:15-01:45", "America/New_York", "2026-11-01T01:00:00-05:00", false },
	{ "New York in autumn: 01:30 again", "01:15-01:45", "America/New_York", "2026-11-01T01:30:00-05:00", true },
	{ "Lord Howe in autumn: 01:45 first", "01:40-02:00", "Australia/Lord_Howe", "2026-04-05T01:45:00+11:00", true },
	{ "Lord Howe in autumn: 01:30 again", "01:40-02:00", "Australia/Lord_Howe", "2026-04-05T01:30:00+10:30", false },
	{ "Kiritimati: Monday when it is Sunday here", "Mo 08:00-09:00", "Pacific/Kiritimati", "2026-03-01T18:30:00Z", true },
	{ "Honolulu: Sunday when it is Monday here", "Su 20:00-21:00", "Pacific/Honolulu", "2026-03-02T06:30:00Z", true },
	{ "Kathmandu: a quarter of an hour", "Mo 08:00-09:00", "Asia/Kathmandu", "2026-03-02T02:15:00Z", true },
	{ "Kathmandu: the minute before", "Mo 08:00-09:00", "Asia/Kathmandu", "2026-03-02T02:14:59Z", false },
	{ "Apia: the day that was left out", "Fr 00:00-24:00", "Pacific/Apia", "2011-12-30T10:30:00Z", false },

	{ "26:00 is 02:00 of the day after", "Fr 20:00-26:00", "UTC", "2026-03-07T01:59:59Z", true },
	{ "26:00 and not later", "Fr 20:00-26:00", "UTC", "2026-03-07T02:00:00Z", false },
	{ "Friday over midnight", "Fr 22:00-06:00", "UTC", "2026-03-07T05:59:00Z", true },
	{ "to 48:00", "Fr 20:00-48:00", "UTC", "2026-03-07T23:59:59Z", true },
	{ "to 48:00 and not later", "Fr 20:00-48:00", "UTC", "2026-03-08T00:00:00Z", false },
	{ "a day off keeps the night before it", "22:00-06:00; Dec 25 off", "UTC", "2026-12-25T05:00:00Z", true },
	{ "and has no night of its own", "22:00-06:00; Dec 25 off", "UTC", "2026-12-26T05:00:00Z", false },

	{ "a holiday", WHOLE, "Europe/Berlin", "2026-12-25T10:00:00+01:00", false },
	{ "a holiday of next year", WHOLE, "Europe/Berlin", "2027-01-01T10:00:00+01:00", false },
	{ "a holiday by the zone's day", WHOLE, "Pacific/Kiritimati", "2026-12-24T20:00:00Z", false },
	{ "the day before it", WHOLE, "Pacific/Honolulu", "2026-12-24T20:00:00Z", true },
	{ "no holiday", WHOLE, "Europe/Berlin", "2026-12-28T10:00:00+01:00", true },
	{ "Christmas Eve in the morning", WHOLE, "Europe/Berlin", "2026-12-24T11:59:00+01:00", true },
	{ "Christmas Eve in the afternoon", WHOLE, "Europe/Berlin", "2026-12-24T14:00:00+01:00", false },
	{ "the day after it by the usual times", WHOLE, "Europe/Berlin", "2026-12-23T14:00:00+01:00", true },
	{ "holidays with times of their own", "Mo-Fr 08:00-18:00; PH 10:00-11:00", "UTC", "2026-12-25T10:30:00Z", true },
	{ "holidays with times: not the usual ones", "Mo-Fr 08:00-18:00; PH 10:00-11:00", "UTC", "2026-12-25T12:00:00Z", false },
	{ "week days and holidays: a holiday", "Su,PH 10:00-11:00", "UTC", "2026-12-25T10:30:00Z", true },
	{ "week days and holidays: a Sunday", "PH,Su 10:00-11:00", "UTC", "2026-12-27T10:30:00Z", true },
	{ "week days and holidays: neither", "Su,PH 10:00-11:00", "UTC", "2026-12-28T10:30:00Z", false },
	{ "holidays on week days alone: one on a Monday", "08:00-18:00; PH Mo-Fr off", "UTC", "2026-06-01T10:30:00Z", false },
	{ "holidays on week days alone: one on a Saturday", "08:00-18:00; PH Mo-Fr off", "UTC", "2026-06-06T10:30:00Z", true },
	{ "holidays on week days alone: no holiday", "08:00-18:00; PH Mo-Fr off", "UTC", "2026-06-02T10:30:00Z", true },

	{ "a range of days", "08:00-18:00; Dec 24-26 off", "UTC", "2026-12-26T10:00:00Z", false },
	{ "a range of days: after it", "08:00-18:00; Dec 24-26 off", "UTC", "2026-12-27T10:00:00Z", true },
	{ "a list of days with one month", "08:00-18:00; Dec 24,31 off", "UTC", "2026-12-31T10:00:00Z", false },
	{ "a list of dates", "08:00-18:00; Jan 6,Nov 1,Dec 31 off", "UTC", "2026-11-01T10:00:00Z", false },
	{ "a list of dates: not in it", "08:00-18:00; Jan 6,Nov 1,Dec 31 off", "UTC", "2026-11-02T10:00:00Z", true },
	{ "months", "Jan-Mar 08:00-18:00", "UTC", "2026-03-31T10:00:00Z", true },
	{ "months: after them", "Jan-Mar 08:00-18:00", "UTC", "2026-04-01T10:00:00Z", false },
	{ "months over the year's end", "Nov-Feb 08:00-18:00", "UTC", "2026-01-15T10:00:00Z", true },
	{ "months over the year's end: not between", "Nov-Feb 08:00-18:00", "UTC", "2026-06-15T10:00:00Z", false },
	{ "dates over the year's end: before", "08:00-18:00; Dec 24-Jan 6 off", "UTC", "2026-12-28T10:00:00Z", false },
	{ "dates over the year's end: after", "08:00-18:00; Dec 24-Jan 6 off", "UTC", "2027-01-06T10:00:00Z", false },
	{ "dates over the year's end: out of it", "08:00-18:00; Dec 24-Jan 6 off", "UTC", "2027-01-07T10:00:00Z", true },
	{ "a month and week days", "Jul-Aug Mo-We 08:00-12:00", "UTC", "2026-07-01T10:00:00Z", true },
	{ "a month and week days: another day", "Jul-Aug Mo-We 08:00-12:00", "UTC", "2026-07-02T10:00:00Z", false },
	{ "a colon after a date", "Dec 24: 08:00-12:00", "UTC", "2026-12-24T10:00:00Z", true },
	{ "one year", "08:00-18:00; 2026 Dec 28 off", "UTC", "2026-12-28T10:00:00Z", false },
	{ "another year", "08:00-18:00; 2026 Dec 28 off", "UTC", "2027-12-28T10:00:00Z", true },
	{ "dates of two years", "08:00-18:00; 2026 Dec 24-2027 Jan 6 off", "UTC", "2027-01-05T10:00:00Z", false },
	{ "dates of two years: the year after", "08:00-18:00; 2026 Dec 24-2027 Jan 6 off", "UTC", "2027-12-28T10:00:00Z", true },
	{ "dates of a year into the next", "08:00-18:00; 2026 Dec 24-Jan 6 off", "UTC", "2027-01-05T10:00:00Z", false },
	{ "whole years", "2026-2027 08:00-18:00", "UTC", "2027-12-31T10:00:00Z", true },
	{ "whole years: after them", "2026-2027 08:00-18:00", "UTC", "2028-01-01T10:00:00Z", false },
	{ "a leap day", "08:00-18:00; Feb 29 off", "UTC", "2028-02-29T10:00:00Z", false },
	{ "no leap day", "08:00-18:00; Feb 29 off", "UTC", "2027-03-01T10:00:00Z", true },
	{ "the end of February in a leap year", "Feb 08:00-18:00", "UTC", "2028-02-29T10:00:00Z", true },
	{ "from a leap day in another year", "Feb 29-Mar 5 08:00-18:00", "UTC", "2027-03-01T10:00:00Z", true },
	{ "from a leap day in another year: the day before", "Feb 29-Mar 5 08:00-18:00", "UTC", "2027-02-28T10:00:00Z", false },
	{ "Easter of 2026", "08:00-18:00; easter off", "UTC", "2026-04-05T10:00:00Z", false },
	{ "Easter of 2038, as late as it can be", "08:00-18:00; easter off", "UTC", "2038-04-25T10:00:00Z", false },
	{ "Good Friday", "08:00-18:00; easter -2 days off", "UTC", "2026-04-03T10:00:00Z", false },
	{ "Easter Monday, 2027", "08:00-18:00; easter +1 day off", "UTC", "2027-03-29T10:00:00Z", false },
	{ "the days of Easter", "08:00-18:00; easter -2 days-easter +1 day off", "UTC", "2026-04-04T10:00:00Z", false },
	{ "the days of Easter: after them", "08:00-18:00; easter -2 days-easter +1 day off", "UTC", "2026-04-07T10:00:00Z", true },

	{ "week 53", "08:00-18:00; week 53 off", "UTC", "2027-01-03T10:00:00Z", false },
	{ "week 53: the week after", "08:00-18:00; week 53 off", "UTC", "2027-01-04T10:00:00Z", true },
	{ "week 53: a year that has none", "08:00-18:00; week 53 off", "UTC", "2027-12-31T10:00:00Z", true },
	{ "week 1 begins in the year before", "week 1 08:00-18:00", "UTC", "2025-12-29T10:00:00Z", true },
	{ "a range of weeks", "week 10-12 Mo 08:00-18:00", "UTC", "2026-03-16T10:00:00Z", true },
	{ "every other week", "week 01-53/2 08:00-18:00", "UTC", "2026-03-02T10:00:00Z", false },
	{ "every other week: the next", "week 01-53/2 08:00-18:00", "UTC", "2026-03-09T10:00:00Z", true },

	{ "the first Monday of a month", "Mo[1] 08:00-18:00", "UTC", "2026-03-02T10:00:00Z", true },
	{ "the second Monday", "Mo[1] 08:00-18:00", "UTC", "2026-03-09T10:00:00Z", false },
	{ "the last Friday", "Fr[-1] 08:00-18:00", "UTC", "2026-03-27T10:00:00Z", true },
	{ "the last Friday but one", "Fr[-1] 08:00-18:00", "UTC", "2026-03-20T10:00:00Z", false },
	{ "the first and third Wednesday", "We[1,3] 08:00-18:00", "UTC", "2026-03-18T10:00:00Z", true },

	{ "times that are taken away", "Mo-Fr 08:00-18:00; 12:00-13:00 off", "UTC", "2026-03-02T12:30:00Z", false },
	{ "times that are taken away: before", "Mo-Fr 08:00-18:00; 12:00-13:00 off", "UTC", "2026-03-02T11:59:00Z", true },
	{ "open all day", "Mo-Fr open", "UTC", "2026-03-02T00:00:00Z", true },
	{ "24/7 with a comment", "24/7 \"all year\"", "UTC", "2026-03-02T00:00:00Z", true },
	{ "a comment is passed over", "Mo 08:00-12:00 \"by the door; at the back\"; Tu off", "UTC", "2026-03-02T10:00:00Z", true },
	{ "a comment alone is not open", "Mo 08:00-12:00 || \"ask\"", "UTC", "2026-03-02T13:00:00Z", false },
	{ "unknown is not open", "Mo 08:00-12:00 unknown", "UTC", "2026-03-02T10:00:00Z", false },
	{ "a rule to fall back to", "Mo 08:00-12:00 || 20:00-21:00", "UTC", "2026-03-02T20:30:00Z", true },
	{ "a rule to fall back to leaves the others", "Mo 08:00-12:00 || 20:00-21:00", "UTC", "2026-03-02T10:00:00Z", true },
};

static int64_t at(const char *s)
{
	int64_t t = 0;

	g_assert_true(text_to_time(s, &t));
	return t;
}

static void add_holidays(struct hours *h)
{
	guint32 days[G_N_ELEMENTS(holidays)];
	struct holidays *all;

	for (gsize i = 0; i < G_N_ELEMENTS(holidays); i++) {
		g_autoptr(GDate) d = g_date_new_dmy((GDateDay)holidays[i].day, (GDateMonth)holidays[i].month,
						    (GDateYear)holidays[i].year);

		days[i] = g_date_get_julian(d);
	}
	all = holidays_new(days, G_N_ELEMENTS(days));
	g_assert_cmpuint(holidays_count(all), ==, G_N_ELEMENTS(days));
	hours_set_holidays(h, all);
	holidays_unref(all);
}

static struct hours *must(const char *spec, const char *zone)
{
	g_autoptr(GError) err = NULL;
	struct hours *h = hours_new(spec, zone, &err);

	g_assert_no_error(err);
	g_assert_nonnull(h);
	if (hours_names_holidays(h))
		add_holidays(h);
	return h;
}

static void test_row(const void *data)
{
	const struct row *row = data;
	struct hours *h = must(row->spec, row->zone);

	g_assert_cmpint(hours_covers(h, at(row->at)), ==, row->open);
	hours_free(h);
}

/* ---- when does it open next? ---- */

struct next {
	const char *name, *spec, *zone, *from, *to;
};

static const struct next nexts[] = {
	{ "open now", OFFICE, "Europe/Berlin", "2026-03-02T10:00:00+01:00", "2026-03-02T10:00:00+01:00" },
	{ "this morning", OFFICE, "Europe/Berlin", "2026-03-02T03:12:45+01:00", "2026-03-02T08:30:00+01:00" },
	{ "tomorrow", OFFICE, "Europe/Berlin", "2026-03-02T21:52:00+01:00", "2026-03-03T08:30:00+01:00" },
	{ "after the weekend", OFFICE, "Europe/Berlin", "2026-03-07T12:00:00+01:00", "2026-03-09T08:30:00+01:00" },
	{ "after lunch", "Mo 08:00-12:00,13:00-17:00", "UTC", "2026-03-02T12:10:00Z", "2026-03-02T13:00:00Z" },
	{ "in a week", "Mo 08:00-12:00", "UTC", "2026-03-02T12:00:00Z", "2026-03-09T08:00:00Z" },
	{ "times in any order", "Mo 13:00-17:00,08:00-12:00", "UTC", "2026-03-02T05:00:00Z", "2026-03-02T08:00:00Z" },
	{ "never", "off", "UTC", "2026-03-02T12:00:00Z", "2026-03-16T12:00:00Z" },
	{ "always", "24/7", "UTC", "2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z" },
	{ "over midnight", "Mo 22:00-06:00", "UTC", "2026-03-03T05:00:00Z", "2026-03-03T05:00:00Z" },
	{ "spring: over the change", OFFICE, "Europe/Berlin", "2026-03-28T12:00:00+01:00", "2026-03-30T08:30:00+02:00" },
	{ "spring: at an hour that is left out", "Su 02:30-03:30", "Europe/Berlin", "2026-03-29T00:30:00+01:00",
	  "2026-03-29T03:00:00+02:00" },
	{ "spring: all of it left out", "Su 02:10-02:50; Mo 08:00-09:00", "Europe/Berlin", "2026-03-29T00:30:00+01:00",
	  "2026-03-30T08:00:00+02:00" },
	{ "autumn: over the change", OFFICE, "Europe/Berlin", "2026-10-24T12:00:00+02:00", "2026-10-26T08:30:00+01:00" },
	{ "autumn: at the hour that comes twice", "Su 02:30-03:30", "Europe/Berlin", "2026-10-25T01:00:00+02:00",
	  "2026-10-25T02:30:00+02:00" },
	{ "autumn: back into the hours", "Su 02:00-02:30", "Europe/Berlin", "2026-10-25T02:40:00+02:00",
	  "2026-10-25T02:00:00+01:00" },
	{ "over holidays and the weekend", WHOLE, "Europe/Berlin", "2026-12-24T12:00:00+01:00", "2026-12-28T08:30:00+01:00" },
	{ "a summer that is too long", "Mo-Fr 08:00-12:00; Jul 15-Aug 31 off", "UTC", "2026-07-14T12:00:00Z",
	  "2026-07-28T12:00:00Z" },
	{ "Kiritimati", OFFICE, "Pacific/Kiritimati", "2026-03-01T00:00:00Z", "2026-03-02T08:30:00+14:00" },
	{ "New York in spring", "Mo-Fr 09:00-17:00", "America/New_York", "2026-03-07T12:00:00-05:00",
	  "2026-03-09T09:00:00-04:00" },
};

static void test_next(const void *data)
{
	const struct next *row = data;
	struct hours *h = must(row->spec, row->zone);

	g_assert_cmpint(hours_next_open(h, at(row->from)), ==, at(row->to));
	hours_free(h);
}

/* ---- what is no such notation ---- */

struct wrong {
	const char *name, *spec, *zone, *message;
};

static const struct wrong wrongs[] = {
	{ "nothing", "", "UTC", "*character 1: a day, a date, or a time*" },
	{ "a word", "always", "UTC", "*character 1: a day (*" },
	{ "a whole day name", "Monday 08:00-09:00", "UTC", "*character 1: a day (*" },
	{ "half a day range", "Mo- 08:00-09:00", "UTC", "*character 5: a day (*" },
	{ "school holidays", "SH off", "UTC", "*character 1: a day (*" },
	{ "school holidays after others", "PH SH off", "UTC", "*character 4: a time*" },
	{ "days without times", "Mo-Fr", "UTC", "*character 6: a time*\"open\" or \"off\"*" },
	{ "a date without times", "Dec 24", "UTC", "*character 7: a time*" },
	{ "half a time", "Mo 08:00", "UTC", "*character 9: \"-\"*" },
	{ "no end", "Mo 08:00-", "UTC", "*character 10: a time*" },
	{ "an open end", "Mo 08:00+", "UTC", "*character 9: \"-\"*" },
	{ "sunrise", "Mo sunrise-17:00", "UTC", "*character 4: a time*" },
	{ "no minutes", "Mo 8-17", "UTC", "*character 4: a time*" },
	{ "three digits", "Mo 08:000-17:00", "UTC", "*a time such as*" },
	{ "61 minutes", "Mo 08:61-17:00", "UTC", "*00:00 to 48:00*" },
	{ "49 hours", "Mo 08:00-49:00", "UTC", "*00:00 to 48:00*" },
	{ "48:01", "Mo 08:00-48:01", "UTC", "*00:00 to 48:00*" },
	{ "from 24:00", "Mo 24:00-08:00", "UTC", "*differs*" },
	{ "no time at all", "Mo 08:00-08:00", "UTC", "*differs*" },
	{ "more after it", "Mo 08:00-09:00 x", "UTC", "*character 16: \";\" or the end*" },
	{ "characters, not octets", "Mo 08:00-09:00 \"\303\266\" x", "UTC", "*character 20: \";\" or the end*" },
	{ "a comma at the end", "Mo 08:00-09:00,", "UTC", "*character 16: *expected" },
	{ "a comment without an end", "Mo 08:00-09:00 \"ask", "UTC", "*character 20: \"*" },
	{ "31 February", "Feb 31 off", "UTC", "*character 5: a day of that month*" },
	{ "a range that goes back", "Dec 26-24 off", "UTC", "*a later day*" },
	{ "a month and a day", "Dec-Jan 6 off", "UTC", "*after each month, or after none*" },
	{ "a year at the end alone", "Dec 24-2027 Jan 6 off", "UTC", "*a year before the first*" },
	{ "a year that is past", "2026-2025 off", "UTC", "*a later year*" },
	{ "week 54", "week 54 off", "UTC", "*a week from 1 to 53*" },
	{ "week 0", "week 0 off", "UTC", "*a week from 1 to 53*" },
	{ "the sixth Monday", "Mo[6] off", "UTC", "*from 1 to 5*" },
	{ "no bracket", "Mo[1 off", "UTC", "*\"]\"*" },
	{ "Easter and no days", "easter -2 off", "UTC", "*a number of days*" },
	{ "no UTF-8", "Mo 08:00-09:00 \"\366\"", "UTC", "*UTF-8*" },
	{ "nine times", "08:00-08:01,08:02-08:03,08:04-08:05,08:06-08:07,08:08-08:09,08:10-08:11,08:12-08:13,"
	  "08:14-08:15,08:16-08:17", "UTC", "*at most 8 times*" },
	{ "unknown zone", "24/7", "Europe/Atlantis", "*Atlantis*" },
	{ "no zone", "24/7", "", "*time zone*" },
	{ "null zone", "24/7", NULL, "*time zone*" },
};

static void test_wrong(const void *data)
{
	const struct wrong *row = data;
	g_autoptr(GError) err = NULL;

	g_assert_null(hours_new(row->spec, row->zone, &err));
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	if (!g_pattern_match_simple(row->message, err->message))
		g_error("%s: %s", row->name, err->message);
}

static void test_long(void)
{
	g_autofree char *spec = g_strnfill(1001, ' ');
	g_autoptr(GError) err = NULL;

	g_assert_null(hours_new(spec, "UTC", &err));
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
}

static void test_many(void)
{
	g_autoptr(GString) rules = g_string_new(NULL), dates = g_string_new("Jan 1");
	g_autoptr(GError) err = NULL;

	for (int i = 0; i < 65; i++)
		g_string_append(rules, "Mo off;");
	g_assert_null(hours_new(rules->str, "UTC", &err));
	g_assert_true(g_pattern_match_simple("*at most 64 rules*", err->message));
	g_clear_error(&err);
	for (int i = 0; i < 32; i++)
		g_string_append(dates, ",Jan 1");
	g_string_append(dates, " off");
	g_assert_null(hours_new(dates->str, "UTC", &err));
	g_assert_true(g_pattern_match_simple("*at most 32 dates*", err->message));
}

static void test_null(void)
{
	g_assert_cmpint(hours_next_change(NULL, 1, 77), ==, 77);
	g_assert_true(hours_covers(NULL, 1));
	g_assert_cmpint(hours_next_open(NULL, 77), ==, 77);
	hours_free(NULL);
}

/* ---- so much time of opening hours later ---- */

static const struct {
	const char *spec, *zone, *from;
	int64_t open_s;
	const char *wants;
} afters[] = {
	{ "Mo-Fr 09:00-17:00", "UTC", "2026-03-02T12:00:00Z", 3600, "2026-03-02T13:00:00Z" },
	{ "Mo-Fr 09:00-17:00", "UTC", "2026-03-02T16:00:00Z", 3600, "2026-03-02T17:00:00Z" },
	{ "Mo-Fr 09:00-17:00", "UTC", "2026-03-02T16:30:00Z", 3600, "2026-03-03T09:30:00Z" },
	{ "Mo-Fr 09:00-17:00", "UTC", "2026-03-06T16:30:00Z", 3600, "2026-03-09T09:30:00Z" },
	{ "Mo-Fr 09:00-17:00", "UTC", "2026-03-06T22:00:00Z", 3600, "2026-03-09T10:00:00Z" },
	{ "Mo-Fr 09:00-17:00", "UTC", "2026-03-02T09:00:00Z", 20 * 3600, "2026-03-04T13:00:00Z" },
	{ "Mo-Fr 09:00-12:00,13:00-17:00", "UTC", "2026-03-02T11:30:00Z", 3600, "2026-03-02T13:30:00Z" },
	{ "24/7", "UTC", "2026-03-02T12:00:00Z", 604800, "2026-03-09T12:00:00Z" },
	{ "22:00-06:00", "UTC", "2026-03-02T23:30:00Z", 3600, "2026-03-03T00:30:00Z" },
	/* an hour is left out, or comes twice */
	{ "Su 00:00-04:00", "Europe/London", "2026-03-29T00:30:00Z", 3600, "2026-03-29T01:30:00Z" },
	{ "Su 00:00-02:00", "Europe/London", "2026-10-24T23:30:00Z", 2 * 3600, "2026-10-25T01:30:00Z" },
	{ "off", "UTC", "2026-03-02T12:00:00Z", 3600, "2026-03-16T13:00:00Z" },
};

static void test_after(void)
{
	for (gsize n = 0; n < G_N_ELEMENTS(afters); n++) {
		struct hours *h = must(afters[n].spec, afters[n].zone);

		g_test_message("%s, %s", afters[n].spec, afters[n].from);
		g_assert_cmpint(hours_after(h, at(afters[n].from), afters[n].open_s), ==, at(afters[n].wants));
		g_assert_cmpstr(hours_spec(h), ==, afters[n].spec);
		hours_free(h);
	}
	g_assert_cmpint(hours_after(NULL, 77, 3600), ==, 77 + 3600);
	g_assert_cmpstr(hours_spec(NULL), ==, "24/7");
}

/* hours_next_open() against a walk minute by minute, over both clock changes. */
static void test_walk(void)
{
	static const char *const specs[] = {
		OFFICE, "22:00-06:00", "Sa-Su 01:15-02:45,03:10-03:20", "Su 02:00-03:00", "We 00:00-24:00", WHOLE,
		"Mo 20:00-44:00; week 10-14 off, 01:30-02:30", "24/7; 02:15-02:20 off; PH off"
	};
	static const char *const zones[] = { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC" };

	for (gsize s = 0; s < G_N_ELEMENTS(specs) * G_N_ELEMENTS(zones); s++) {
		struct hours *h = must(specs[s % G_N_ELEMENTS(specs)], zones[s / G_N_ELEMENTS(specs)]);

		for (int k = 0; k < 60; k++) {
			int64_t t = at("2026-01-01T00:00:00Z") + g_test_rand_int_range(0, 365 * 24 * 60) * 60;
			int64_t walk = t;

			while (!hours_covers(h, walk) && walk < t + 14 * 86400)
				walk += 60;
			g_assert_cmpint(hours_next_open(h, t), ==, walk);
			walk = t + 60;
			while (hours_covers(h, walk) == hours_covers(h, t) && walk < t + 5 * 86400)
				walk += 60;
			g_assert_cmpint(hours_next_change(h, t, t + 5 * 86400), ==, walk);
		}
		hours_free(h);
	}
}

#define ADD_ROWS(prefix, table, function) \
	for (gsize n = 0; n < G_N_ELEMENTS(table); n++) { \
		g_autofree char *path = g_strdup_printf("/hours/" prefix "/%s", (table)[n].name); \
		g_test_add_data_func(path, &(table)[n], function); \
	}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_ROWS("covers", rows, test_row)
	ADD_ROWS("next", nexts, test_next)
	ADD_ROWS("wrong", wrongs, test_wrong)
	g_test_add_func("/hours/after", test_after);
	g_test_add_func("/hours/too long", test_long);
	g_test_add_func("/hours/too many", test_many);
	g_test_add_func("/hours/null", test_null);
	g_test_add_func("/hours/walk", test_walk);
	return g_test_run();
}
