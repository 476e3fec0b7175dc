#include <glib.h>

#include "dates.h"
#include "err.h"
#include "text.h"

#define EN "en_US|EEEE, MMMM dd, yyyy 'at' hh:mm:ss a"

struct row {
	const char *name, *spec, *text, *zone, *near, *at;	/* at: NULL if it cannot be read */
};

static const struct row rows[] = {
	{ "asterisk", EN, "Tuesday, March 03, 2026 at 02:15:09 PM", "America/New_York", "2026-03-03T19:15:10Z",
	  "2026-03-03T19:15:09Z" },
	{ "midnight", EN, "Wednesday, March 04, 2026 at 12:00:41 AM", "America/New_York", "2026-03-04T05:00:41Z",
	  "2026-03-04T05:00:41Z" },
	{ "case-and-blanks", EN, "  tuesday,  march 03,   2026 AT 02:15:09 pm ", "UTC", "2026-03-03T00:00:00Z",
	  "2026-03-03T14:15:09Z" },
	{ "summer", EN, "Friday, July 03, 2026 at 02:15:09 PM", "America/New_York", "2026-07-03T18:15:09Z",
	  "2026-07-03T18:15:09Z" },
	{ "german", "de|EEEE, dd MMMM yyyy 'at' HH:mm:ss", "Donnerstag, 05 März 2026 at 16:07:20", "Europe/Berlin",
	  "2026-03-05T15:07:20Z", "2026-03-05T15:07:20Z" },
	{ "french", "fr|EEEE, dd MMMM yyyy 'at' HH:mm:ss", "mardi, 03 février 2026 at 16:07:20", "Europe/Paris",
	  "2026-02-03T15:07:20Z", "2026-02-03T15:07:20Z" },
	{ "swedish", "sv|EEEE, dd MMMM yyyy 'at' HH:mm:ss", "tisdag, 03 mars 2026 at 14:15:09", "Europe/Stockholm",
	  "2026-03-03T13:15:09Z", "2026-03-03T13:15:09Z" },
	{ "padded-weekday", "en_US|EEEE dd MMM yyyy hh:mm:ss a", "Tuesday   03 Mar 2026 02:15:09 PM", "Europe/London",
	  "2026-03-03T14:15:10Z", "2026-03-03T14:15:09Z" },
	{ "iso", "en_US|yyyy-MM-dd HH:mm:ss", "2026-06-02 09:05:00", "Europe/London", "2026-06-02T08:05:00Z",
	  "2026-06-02T08:05:00Z" },
	{ "offset-zone-id", "en_US|yyyy-MM-dd HH:mm:ss", "2026-06-02 09:05:00", "+05:30", "2026-06-02T08:05:00Z",
	  "2026-06-02T03:35:00Z" },
	{ "no-zone-known", "en_US|yyyy-MM-dd HH:mm:ss", "2026-06-02 09:05:00", "Nowhere/City", "2026-06-02T08:05:00Z",
	  "2026-06-02T09:05:00Z" },
	{ "zone-in-text", "en_US|yyyy-MM-dd HH:mm:ss Z", "2026-06-02 09:05:00 +0200", "America/New_York",
	  "2026-06-02T08:05:00Z", "2026-06-02T07:05:00Z" },
	{ "two-digit-year", "en_US|dd/MM/yy HH:mm", "03/03/26 14:15", "UTC", "2026-03-03T14:15:00Z",
	  "2026-03-03T14:15:00Z" },
	{ "two-digit-year-late", "en_US|dd/MM/yy HH:mm", "03/03/99 14:15", "UTC", "2026-03-03T14:15:00Z",
	  "1999-03-03T14:15:00Z" },
	{ "no-year", "en_US|MMM d 'at' h:mm a", "Jul 30 at 2:40 PM", "UTC", "2026-07-30T14:41:00Z",
	  "2026-07-30T14:40:00Z" },
	{ "no-year-new-year", "en_US|MMM d 'at' h:mm a", "Dec 31 at 11:58 PM", "America/New_York",
	  "2026-01-01T05:01:00Z", "2026-01-01T04:58:00Z" },
	{ "no-year-early", "en_US|MMM d 'at' h:mm a", "Jan 1 at 12:01 AM", "America/New_York", "2025-12-31T23:58:00Z",
	  "2026-01-01T05:01:00Z" },
	{ "no-year-leap-day", "en_US|MMM d 'at' h:mm a", "Feb 29 at 1:00 PM", "UTC", "2027-11-01T00:00:00Z",
	  "2028-02-29T13:00:00Z" },
	{ "time-alone", "en_US|h:mm a", "3:18 PM", "America/New_York", "2026-03-03T20:20:00Z",
	  "2026-03-03T20:18:00Z" },
	{ "time-alone-before-midnight", "en_US|HH:mm", "23:59", "Europe/Berlin", "2026-03-03T23:01:00Z",
	  "2026-03-03T22:59:00Z" },
	{ "time-alone-after-midnight", "en_US|HH:mm", "00:01", "Europe/Berlin", "2026-03-03T22:59:00Z",
	  "2026-03-03T23:01:00Z" },
	{ "fold-first", "de|dd.MM.yyyy HH:mm", "25.10.2026 02:30", "Europe/Berlin", "2026-10-25T00:31:00Z",
	  "2026-10-25T00:30:00Z" },
	{ "fold-second", "de|dd.MM.yyyy HH:mm", "25.10.2026 02:30", "Europe/Berlin", "2026-10-25T01:31:00Z",
	  "2026-10-25T01:30:00Z" },
	{ "gap", "de|dd.MM.yyyy HH:mm", "29.03.2026 02:30", "Europe/Berlin", "2026-03-29T01:00:00Z",
	  "2026-03-29T01:00:00Z" },
	{ "no-such-day", "de|dd.MM.yyyy HH:mm", "30.02.2026 02:30", "Europe/Berlin", "2026-03-01T00:00:00Z", NULL },
	{ "no-such-hour", "de|dd.MM.yyyy HH:mm", "03.03.2026 27:30", "Europe/Berlin", "2026-03-01T00:00:00Z", NULL },
	{ "words-after", "de|dd.MM.yyyy HH:mm", "03.03.2026 12:30 Uhr", "UTC", "2026-03-03T00:00:00Z", NULL },
	{ "words-before", "de|dd.MM.yyyy HH:mm", "am 03.03.2026 12:30", "UTC", "2026-03-03T00:00:00Z", NULL },
	{ "other-language", EN, "Donnerstag, März 05, 2026 at 02:15:09 PM", "UTC", "2026-03-05T00:00:00Z", NULL },
	{ "empty", EN, "", "UTC", "2026-03-03T00:00:00Z", NULL },
	{ "null", EN, NULL, "UTC", "2026-03-03T00:00:00Z", NULL },
	{ "no-spec", "yyyy-MM-dd", "2026-03-03", "UTC", "2026-03-03T00:00:00Z", NULL },
};

static void test_row(const void *data)
{
	const struct row *r = data;
	int64_t near, at = 7;
	char buf[32];

	g_assert_true(text_to_time(r->near, &near));
	/* The second time, the pattern comes from the pool. */
	for (int i = 0; i < 2; i++) {
		bool ok = dates_read(r->spec, r->text, r->zone, near, &at);

		g_assert_cmpstr(ok ? text_time(at, buf) : NULL, ==, r->at);
	}
	if (!r->at)
		g_assert_cmpint(at, ==, 7);
}

static const struct { const char *text; int seconds; } durations[] = {
	{ "0:27", 27 }, { "00:01:23", 83 }, { "0:04 seconds", 4 }, { "0:27 minute(s)", 27 }, { "00m 27s", 27 },
	{ "28 seconds", 28 }, { "4 min 55 sec", 295 }, { "27", 27 }, { " 1:02:03 ", 3723 }, { "1h 5m", 3900 },
	{ "24:00:00", 86400 }, { "0", 0 }, { "24:00:01", -1 }, { "100000", -1 }, { "0:75", -1 }, { "1:2:3:4", -1 },
	{ "", -1 }, { NULL, -1 }, { "soon", -1 }, { "-5", -1 }, { "5 parsecs", -1 }, { "12345678901234567890", -1 },
	{ ":", -1 }, { "1:", -1 },
};

static void test_durations(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(durations); i++)
		g_assert_cmpint(dates_duration(durations[i].text), ==, durations[i].seconds);
}

static void test_check(void)
{
	static const char *const bad[] = {
		"", "yyyy-MM-dd", "|yyyy", "en_US|", "en_US|iiii", "en_US|yyyy 'at", "xx_XX|yyyy-MM-dd", NULL,
	};

	g_assert_true(dates_check(EN, NULL));
	g_assert_true(dates_check("fr_CA|d MMM yyyy", NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) err = NULL;

		g_assert_false(dates_check(bad[i], &err));
		g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	}
}

static void *read_many(void *data)
{
	const struct row *r = data;
	int64_t at;

	for (int i = 0; i < 200; i++) {
		dates_read(r->spec, r->text, r->zone, 1772565309, &at);
		g_assert_cmpint(at, ==, 1772565309);
	}
	return NULL;
}

static void test_threads(void)
{
	GThread *threads[4];

	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("reader", read_many, (void *)&rows[0]);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/dates/read/%s", rows[i].name);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/dates/durations", test_durations);
	g_test_add_func("/dates/check", test_check);
	g_test_add_func("/dates/threads", test_threads);
	return g_test_run();
}
