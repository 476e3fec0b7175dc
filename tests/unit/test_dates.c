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
	{ "nl-dotted-month", "nl|d MMM yyyy HH:mm:ss", "1 okt. 2026 13:35:18", "Europe/Amsterdam", "2026-10-01T11:35:24Z",
	  "2026-10-01T11:35:18Z" },
	{ "de-dotted-pattern", "de|d. MMM. yyyy, HH:mm", "5. Okt 2026, 13:35", "Europe/Berlin", "2026-10-05T11:35:24Z",
	  "2026-10-05T11:35:00Z" },
	{ "de-short-month", "de|dd MMM yyyy HH:mm", "05 Mär 2026 13:35", "Europe/Berlin", "2026-03-05T12:35:24Z",
	  "2026-03-05T12:35:00Z" },
	{ "fr-abbreviated", "fr|EEE d MMM yyyy 'à' HH'h'mm", "mar. 3 févr. 2026 à 16h07", "Europe/Paris",
	  "2026-02-03T15:07:20Z", "2026-02-03T15:07:00Z" },
	{ "fr-aout", "fr|d MMM yyyy HH:mm", "3 août 2026 16:07", "Europe/Paris", "2026-08-03T14:07:20Z",
	  "2026-08-03T14:07:00Z" },
	{ "fr-janv", "fr|d MMMM yyyy HH:mm", "3 janv 2026 16:07", "Europe/Paris", "2026-01-03T15:07:20Z",
	  "2026-01-03T15:07:00Z" },
	{ "es-de", "es|EEEE, d 'de' MMMM 'de' yyyy, HH:mm", "martes, 3 de marzo de 2026, 16:07", "Europe/Madrid",
	  "2026-03-03T15:07:20Z", "2026-03-03T15:07:00Z" },
	{ "es-half-day", "es|d MMM yyyy h:mm a", "3 mar 2026 4:07 p. m.", "Europe/Madrid", "2026-03-03T15:07:20Z",
	  "2026-03-03T15:07:00Z" },
	{ "it", "it|EEEE d MMMM yyyy 'alle ore' HH:mm", "lunedì 9 marzo 2026 alle ore 16:04", "Europe/Rome",
	  "2026-03-09T15:04:20Z", "2026-03-09T15:04:00Z" },
	{ "it-set", "it|d MMM yyyy, HH:mm", "9 set 2026, 16:04", "Europe/Rome", "2026-09-09T14:04:20Z",
	  "2026-09-09T14:04:00Z" },
	{ "nl-mrt", "nl|EEE d MMM yyyy 'om' HH:mm", "ma 9 mrt. 2026 om 16:04", "Europe/Amsterdam", "2026-03-09T15:04:20Z",
	  "2026-03-09T15:04:00Z" },
	{ "pt", "pt|d 'de' MMMM 'de' yyyy 'às' HH:mm", "9 de março de 2026 às 16:04", "Europe/Lisbon",
	  "2026-03-09T16:04:20Z", "2026-03-09T16:04:00Z" },
	{ "pt-fev", "pt|d MMM yyyy HH:mm", "9 fev 2026 16:04", "Europe/Lisbon", "2026-02-09T16:04:20Z",
	  "2026-02-09T16:04:00Z" },
	{ "sv-kl", "sv|EEEE d MMMM yyyy 'kl.' HH:mm", "måndag 9 mars 2026 kl 16:04", "Europe/Stockholm",
	  "2026-03-09T15:04:20Z", "2026-03-09T15:04:00Z" },
	{ "pl-sroda", "pl|EEE, d MMM yyyy, HH:mm", "śr., 4 mar 2026, 16:04", "Europe/Warsaw", "2026-03-04T15:04:20Z",
	  "2026-03-04T15:04:00Z" },
	{ "pl-genitive", "pl|d MMMM yyyy HH:mm", "4 października 2026 16:04", "Europe/Warsaw", "2026-10-04T14:04:20Z",
	  "2026-10-04T14:04:00Z" },
	{ "ru-genitive", "ru|d MMMM yyyy 'г.' 'в' HH:mm", "9 марта 2026 г. в 16:04", "Europe/Moscow",
	  "2026-03-09T13:04:20Z", "2026-03-09T13:04:00Z" },
	{ "ru-alone", "ru|d MMM yyyy HH:mm", "9 март 2026 16:04", "Europe/Moscow", "2026-03-09T13:04:20Z",
	  "2026-03-09T13:04:00Z" },
	{ "half-day-dots", "en_US|M/d/yyyy h:mm a", "3/9/2026 4:04 p.m.", "America/New_York", "2026-03-09T20:04:20Z",
	  "2026-03-09T20:04:00Z" },
	{ "half-day-glued", "en_US|M/d/yyyy h:mm a", "3/9/2026 4:04pm", "America/New_York", "2026-03-09T20:04:20Z",
	  "2026-03-09T20:04:00Z" },
	{ "noon", "en_US|h:mm a", "12:04 PM", "UTC", "2026-03-09T12:05:00Z", "2026-03-09T12:04:00Z" },
	{ "held-for-days", "en_US|yyyy-MM-dd HH:mm", "2026-03-05 16:04", "UTC", "2026-03-09T20:04:20Z",
	  "2026-03-05T16:04:00Z" },
	{ "summer-time", "en_US|MMM d 'at' h:mm a z", "Jul 30 at 2:40 PM EDT", "UTC", "2026-07-30T18:46:00Z",
	  "2026-07-30T18:40:00Z" },
	{ "cest", "en_US|d MMM yyyy HH:mm z", "30 Jul 2026 14:40 CEST", "UTC", "2026-07-30T18:46:00Z",
	  "2026-07-30T12:40:00Z" },
	{ "cet-dutch", "nl|d MMM yyyy HH:mm z", "30 dec. 2026 14:40 CET", "UTC", "2026-12-30T18:46:00Z",
	  "2026-12-30T13:40:00Z" },
	{ "mez", "de|dd.MM.yyyy HH:mm z", "30.12.2026 14:40 MEZ", "UTC", "2026-12-30T18:46:00Z", "2026-12-30T13:40:00Z" },
	{ "mesz", "de|dd.MM.yyyy HH:mm z", "30.07.2026 14:40 MESZ", "UTC", "2026-07-30T18:46:00Z", "2026-07-30T12:40:00Z" },
	{ "bst", "en_US|dd/MM/yyyy HH:mm z", "30/07/2026 14:40 BST", "UTC", "2026-07-30T18:46:00Z", "2026-07-30T13:40:00Z" },
	{ "aest", "en_US|dd/MM/yyyy HH:mm z", "30/07/2026 14:40 AEST", "UTC", "2026-07-30T18:46:00Z",
	  "2026-07-30T04:40:00Z" },
	{ "offset-with-z", "en_US|yyyy-MM-dd HH:mm z", "2026-07-30 14:40 GMT+2", "UTC", "2026-07-30T18:46:00Z",
	  "2026-07-30T12:40:00Z" },
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
	{ ":", -1 }, { "1:", -1 }, { "45 Sekunden", 45 }, { "1 Minute und 5 Sekunden", 65 }, { "2 Std. 5 Min.", 7500 },
	{ "1 min et 5 s", 65 }, { "2 heures 3 minutes", 7380 }, { "1 minuto y 5 segundos", 65 }, { "1 ora 2 minuti", 3720 },
	{ "1 minuut en 5 seconden", 65 }, { "2 uur", 7200 }, { "1 minuto e 5 segundos", 65 }, { "1 minut och 5 sekunder", 65 },
	{ "1 godz. 2 min", 3720 }, { "21 sekund", 21 }, { "1 мин 28 сек", 88 }, { "1 минута и 28 секунд", 88 }, { "2 ч", 7200 },
	{ "1'23\"", 83 }, { "1h05", 3900 }, { "PT1M27S", 87 }, { "27s", 27 }, { "5 s 1 min", -1 }, { "1 min 5 min", -1 },
	{ "27 28", -1 }, { "5 Faxe", -1 },
};

static void test_durations(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(durations); i++)
		g_assert_cmpint(dates_duration(durations[i].text), ==, durations[i].seconds);
}

static const struct { const char *text; int seconds; gsize length; } beginnings[] = {
	{ "0:27 minute(s), il vous reste", 27, 4 }, { "1 min 5 s.\nText", 65, 10 }, { "27\nnext", 27, 2 },
	{ "27 messages", -1, 0 }, { "27", 27, 2 }, { "00:41 (mm:ss)", 41, 5 }, { "soon", -1, 0 },
};

static void test_beginnings(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(beginnings); i++) {
		gsize length = 0;

		g_assert_cmpint(dates_duration_start(beginnings[i].text, &length), ==, beginnings[i].seconds);
		if (beginnings[i].seconds >= 0)
			g_assert_cmpuint(length, ==, beginnings[i].length);
	}
}

/* Beginnings of lines: how much is read, 0 for none. */
static const struct { const char *spec, *text; gsize length; } starts[] = {
	{ EN, "Tuesday, March 03, 2026 at 02:15:09 PM so you might", 38 },
	{ "de|dd.MM.yyyy HH:mm", "03.03.2026 14:16] Neue Voicemail", 16 },
	{ "de|dd.MM.yyyy HH:mm", "03.03.2026 14:16:09", 0 }, { "de|HH:mm", "14:16 Uhr", 5 }, { "de|HH:mm", "14:16h", 0 },
	{ "de|HH:mm", "um 14:16", 0 },
};

static void test_starts(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
		gsize length = 0;
		int64_t at = 7;
		bool ok = dates_read_start(starts[i].spec, starts[i].text, "UTC", 1772565309, &at, &length);

		g_assert_cmpuint(ok ? length : 0, ==, starts[i].length);
		if (!ok)
			g_assert_cmpint(at, ==, 7);
	}
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
	g_test_add_func("/dates/duration-starts", test_beginnings);
	g_test_add_func("/dates/starts", test_starts);
	g_test_add_func("/dates/check", test_check);
	g_test_add_func("/dates/threads", test_threads);
	return g_test_run();
}
