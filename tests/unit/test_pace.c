/* Throttles, budgets, and several items in one text. */
#include <string.h>

#include "bundle.h"
#include "gsm.h"
#include "pace.h"

static void test_read(void)
{
	static const struct {
		const char *text;
		bool ok;
		guint texts;
		int64_t within_s;
	} rows[] = {
		{ "5 per 15m", true, 5, 900 }, { "1 per 60", true, 1, 60 }, { "1000 per 1d", true, 1000, 86400 },
		{ "0 per 15m", false, 0, 0 }, { "1001 per 15m", false, 0, 0 }, { "5 per 59s", false, 0, 0 },
		{ "5 per 2d", false, 0, 0 }, { "5/15m", false, 0, 0 }, { "5 in 15m", false, 0, 0 },
		{ "five per 15m", false, 0, 0 }, { "5 per", false, 0, 0 }, { "5 per 15m x", false, 0, 0 },
		{ "5  per 15m", false, 0, 0 }, { "-5 per 15m", false, 0, 0 }, { "", false, 0, 0 },
	};

	for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
		struct pace p = { 77, 77 };

		g_test_message("'%s'", rows[k].text);
		g_assert_cmpint(pace_read(rows[k].text, &p), ==, rows[k].ok);
		g_assert_cmpuint(p.texts, ==, rows[k].ok ? rows[k].texts : 77);
		g_assert_cmpint(p.within_s, ==, rows[k].ok ? rows[k].within_s : 77);
	}
}

static void test_next(void)
{
	static const struct {
		struct pace pace;
		gsize n;
		int64_t oldest, now, next;
	} rows[] = {
		{ { 0, 0 }, 9, 1, 1000, 1000 },		/* no limit */
		{ { 2, 60 }, 0, 0, 1000, 1000 }, { { 2, 60 }, 1, 999, 1000, 1000 },
		{ { 2, 60 }, 2, 950, 1000, 1010 }, { { 2, 60 }, 2, 1000, 1000, 1060 },
		{ { 2, 60 }, 2, 940, 1000, 1000 },	/* just over */
		{ { 2, 60 }, 2, 100, 1000, 1000 },
	};

	for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
		g_test_message("row %" G_GSIZE_FORMAT, k);
		g_assert_cmpint(pace_next(&rows[k].pace, rows[k].n, rows[k].oldest, rows[k].now), ==, rows[k].next);
	}
}

static void test_rungs(void)
{
	static const struct {
		guint budget;
		gsize used;
		enum rung rung;
	} rows[] = {
		{ 0, 5000, RUNG_TEXT },
		{ 100, 0, RUNG_TEXT }, { 100, 79, RUNG_TEXT }, { 100, 80, RUNG_BUNDLE }, { 100, 98, RUNG_BUNDLE },
		{ 100, 99, RUNG_LAST }, { 100, 100, RUNG_MAIL }, { 100, 101, RUNG_MAIL },
		{ 1, 0, RUNG_LAST }, { 1, 1, RUNG_MAIL }, { 4, 2, RUNG_TEXT }, { 4, 3, RUNG_LAST },
		{ 5, 3, RUNG_TEXT }, { 10, 8, RUNG_BUNDLE },
	};

	for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
		g_test_message("%u of %u", (guint)rows[k].used, rows[k].budget);
		g_assert_cmpint(budget_rung(rows[k].budget, rows[k].used), ==, rows[k].rung);
	}
}

static void test_month(void)
{
	static const struct {
		int64_t at;
		const char *zone;
		int64_t from;
	} rows[] = {
		{ 1772574740, "UTC", 1772323200 },		/* 2026-03-03T21:52:20Z, 2026-03-01T00:00Z */
		{ 1772323200, "UTC", 1772323200 }, { 1772323199, "UTC", 1769904000 },
		{ 1774999000, "Europe/London", 1774998000 },	/* 2026-03-31T23:16Z is April there */
		{ 1774997000, "Europe/London", 1772323200 },
		{ 1772574740, "No/Where", 1772323200 }, { 1772574740, NULL, 1772323200 },
	};

	for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
		g_test_message("row %" G_GSIZE_FORMAT, k);
		g_assert_cmpint(budget_month(rows[k].at, rows[k].zone), ==, rows[k].from);
	}
}

/* ---- bundles ---- */

#define MANY 30

static void fill(struct item *items, struct bundled *b, gsize n)
{
	for (gsize k = 0; k < n; k++) {
		items[k] = (struct item){ .caller = "+442079460123", .calls = 1, .call_time = 1772574000 + 60 * (int64_t)k };
		b[k] = (struct bundled){ &items[k], "Clinic", 10 + (int)k };
	}
}

static void test_bundle(void)
{
	AUTO_ARENA a = arena_new();
	struct item items[MANY];
	struct bundled b[MANY];
	gsize shown;

	fill(items, b, 3);
	items[0].calls = 2;
	items[1].caller = NULL;
	items[1].withheld = true;
	items[2].caller = "201";
	g_assert_cmpstr(bundle_render(a, b, 3, "Europe/London", 160, &shown), ==,
			"3 OPEN Clinic 21:40-21:42\n10 +442079460123 x2\n11 withheld\n12 no number\n"
			"Reply 10A for one, AA all mine, L list");
	g_assert_cmpuint(shown, ==, 3);
	b[1].line = "Shop";
	items[1].call_time = items[2].call_time = items[0].call_time;
	g_assert_true(g_str_has_prefix(bundle_render(a, b, 3, "UTC", 160, &shown), "3 OPEN 21:40\n"));
}

/* As many as fit, whole; the rest is for another text. */
static void test_bundle_limits(void)
{
	static const struct { gsize n, max, least, most; } rows[] = {
		{ 2, 160, 2, 2 }, { 4, 160, 4, 4 }, { MANY, 160, 4, 6 }, { MANY, 100, 1, 2 }, { MANY, 1, 1, 2 },
		{ MANY, 480, 15, 25 },
	};
	AUTO_ARENA a = arena_new();
	struct item items[MANY];
	struct bundled b[MANY];

	fill(items, b, MANY);
	for (gsize k = 0; k < MANY; k++)
		b[k].line = "Gemeinschaftspraxis am Alten Markt, Anmeldung";
	for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
		gsize shown;
		const char *text = bundle_render(a, b, rows[k].n, "UTC", rows[k].max, &shown), *at = text;

		g_test_message("%s", text);
		g_assert_cmpint(gsm_length(text), <=, (int)MAX(rows[k].max, 100));
		g_assert_cmpuint(shown, >=, rows[k].least);
		g_assert_cmpuint(shown, <=, rows[k].most);
		for (gsize i = 0; i < shown; i++) {
			at = strstr(at, " +442079460123\n");
			g_assert_nonnull(at++);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pace/read", test_read);
	g_test_add_func("/pace/next", test_next);
	g_test_add_func("/budget/rungs", test_rungs);
	g_test_add_func("/budget/month", test_month);
	g_test_add_func("/bundle/text", test_bundle);
	g_test_add_func("/bundle/limits", test_bundle_limits);
	return g_test_run();
}
