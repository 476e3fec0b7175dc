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
};

static int64_t at(const char *s)
{
	int64_t t = 0;

	g_assert_true(text_to_time(s, &t));
	return t;
}

static struct hours *must(const char *spec, const char *zone)
{
	g_autoptr(GError) err = NULL;
	struct hours *h = hours_new(spec, zone, &err);

	g_assert_no_error(err);
	g_assert_nonnull(h);
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
	{ "nothing", "", "UTC", "*character 1: a time*" },
	{ "a word", "always", "UTC", "*character 1: a day*" },
	{ "a whole day name", "Monday 08:00-09:00", "UTC", "*character 1: a day*" },
	{ "half a day range", "Mo- 08:00-09:00", "UTC", "*a day*" },
	{ "holidays", "PH off", "UTC", "*a day*" },
	{ "days without times", "Mo-Fr", "UTC", "*character 6: a time*" },
	{ "half a time", "Mo 08:00", "UTC", "*character 9: \"-\"*" },
	{ "no end", "Mo 08:00-", "UTC", "*character 10: a time*" },
	{ "no minutes", "Mo 8-17", "UTC", "*a time such as*" },
	{ "three digits", "Mo 08:000-17:00", "UTC", "*a time such as*" },
	{ "61 minutes", "Mo 08:61-17:00", "UTC", "*00:00 to 24:00*" },
	{ "25 hours", "Mo 08:00-25:00", "UTC", "*00:00 to 24:00*" },
	{ "24:01", "Mo 08:00-24:01", "UTC", "*00:00 to 24:00*" },
	{ "from 24:00", "Mo 24:00-08:00", "UTC", "*differs*" },
	{ "no time at all", "Mo 08:00-08:00", "UTC", "*differs*" },
	{ "more after it", "Mo 08:00-09:00 x", "UTC", "*\";\" or the end*" },
	{ "a comma at the end", "Mo 08:00-09:00,", "UTC", "*expected" },
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

static void test_null(void)
{
	g_assert_true(hours_covers(NULL, 1));
	g_assert_cmpint(hours_next_open(NULL, 77), ==, 77);
	hours_free(NULL);
}

/* hours_next_open() against a walk minute by minute, over both clock changes. */
static void test_walk(void)
{
	static const char *const specs[] = {
		OFFICE, "22:00-06:00", "Sa-Su 01:15-02:45,03:10-03:20", "Su 02:00-03:00", "We 00:00-24:00"
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
	g_test_add_func("/hours/too long", test_long);
	g_test_add_func("/hours/null", test_null);
	g_test_add_func("/hours/walk", test_walk);
	return g_test_run();
}
