#include <string.h>

#include "arena.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "text.h"

/* ---- arena ---- */

static void test_arena_pieces(void)
{
	AUTO_ARENA a = arena_new();
	gsize total = 0;

	for (gsize size = 0; size < 70000; size = size * 2 + 1) {
		char *p = arena_alloc(a, size);

		g_assert_true(((guintptr)p & 7) == 0);
		for (gsize i = 0; i < size; i++)
			g_assert_cmpint(p[i], ==, 0);
		memset(p, 0xff, size);
		total += size;
	}
	g_assert_cmpuint(arena_size(a), ==, total);
	arena_reset(a);
	g_assert_cmpuint(arena_size(a), ==, 0);
	g_assert_cmpint(*(char *)arena_alloc(a, 1), ==, 0);
}

static void test_arena_strings(void)
{
	AUTO_ARENA a = arena_new();

	g_assert_null(arena_strdup(a, NULL));
	g_assert_null(arena_strndup(a, NULL, 3));
	g_assert_cmpstr(arena_strdup(a, "abc"), ==, "abc");
	g_assert_cmpstr(arena_strndup(a, "abc", 2), ==, "ab");
	g_assert_cmpstr(arena_strndup(a, "abc", 9), ==, "abc");
	g_assert_cmpstr(arena_printf(a, "%d-%s", 7, "x"), ==, "7-x");
	g_assert_cmpmem(arena_memdup(a, "a\0b", 3), 3, "a\0b", 3);
}

static void note_order(gpointer p)
{
	GString **s = p;

	g_string_append_c(s[0], s[1] ? 'b' : 'a');
}

static void test_arena_owned(void)
{
	g_autoptr(GString) order = g_string_new(NULL);
	GString *first[] = { order, NULL }, *second[] = { order, order };
	struct arena *a = arena_new();

	arena_own(a, first, note_order);
	arena_own(a, second, note_order);
	arena_reset(a);
	g_assert_cmpstr(order->str, ==, "ba");
	arena_own(a, first, note_order);
	arena_free(a);
	g_assert_cmpstr(order->str, ==, "baa");
	arena_free(NULL);
}

/* ---- text ---- */

struct number_row {
	const char *s;
	int64_t n;	/* -1: must fail */
};

static const struct number_row numbers[] = {
	{ "0", 0 }, { "7", 7 }, { "100", 100 }, { "101", -1 }, { "-2", -1 }, { "", -1 }, { " 7", -1 }, { "7 ", -1 },
	{ "0x7", -1 }, { "7a", -1 }, { "99999999999999999999", -1 }, { NULL, -1 },
};
static const struct number_row durations[] = {
	{ "45", 45 }, { "45s", 45 }, { "15m", 900 }, { "2h", 7200 }, { "3d", 259200 }, { "0", 0 }, { "", -1 }, { "m", -1 },
	{ "-1m", -1 }, { "1.5h", -1 }, { "15 m", -1 }, { "15M", -1 }, { "4000d", -1 }, { "99999999999d", -1 }, { NULL, -1 },
};
static const struct number_row times[] = {
	{ "2026-03-02T09:00:00Z", 1772442000 }, { "2026-03-02T10:00:00+01:00", 1772442000 },
	{ "2026-03-02T04:00:00-05:00", 1772442000 }, { "now", 1000 }, { "2026-03-02", -1 }, { "2026-03-02T09:00:00", -1 },
	{ "tomorrow", -1 }, { "", -1 }, { NULL, -1 },
};

static void check_number(const struct number_row *row, bool ok, int64_t n)
{
	g_test_message("%s", row->s ? row->s : "(null)");
	g_assert_true(ok == (row->n >= 0));
	g_assert_cmpint(n, ==, row->n >= 0 ? row->n : -5);	/* as it was */
}

static void test_numbers(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
		int64_t n = -5;
		bool ok = text_to_long(numbers[i].s, 0, 100, &n);

		check_number(&numbers[i], ok, n);
	}
}

static void test_durations(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(durations); i++) {
		int64_t n = -5;
		bool ok = text_to_seconds(durations[i].s, &n);

		check_number(&durations[i], ok, n);
	}
}

static void test_times_read(void)
{
	clock_fake(1000);
	for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
		int64_t n = -5;
		bool ok = text_to_time(times[i].s, &n);

		check_number(&times[i], ok, n);
	}
	clock_fake(-1);
	g_assert_cmpint(clock_now(), >, 1000);
}

static void test_times_written(void)
{
	char buf[40];

	g_assert_cmpstr(text_time(1772442000, buf), ==, "2026-03-02T09:00:00Z");
	g_assert_cmpstr(text_time_zone(1772442000, "Europe/Berlin", buf), ==, "2026-03-02T10:00:00+01:00");
	g_assert_cmpstr(text_time_zone(1782810000, "Europe/Berlin", buf), ==, "2026-06-30T11:00:00+02:00");
	g_assert_cmpstr(text_time_zone(1772442000, "No/Where", buf), ==, "2026-03-02T09:00:00Z");
}

struct line_row {
	const char *name, *in;
	gsize max;
	const char *out;
};

static const struct line_row lines[] = {
	{ "plain", "Jane Doe", 80, "Jane Doe" },
	{ "null", NULL, 80, "" },
	{ "breaks", "Jane\r\nX-Evil: 1\tx\v", 80, "Jane X-Evil: 1 x" },
	{ "blanks", "  Jane   Doe  ", 80, "Jane Doe" },
	{ "override", "Jane\342\200\256Doe\342\200\250x", 80, "Jane Doe x" },
	{ "c1", "Jane\302\205Doe", 80, "Jane Doe" },
	{ "exact", "J\303\274rgen", 6, "J\303\274rgen" },
	{ "exact-and-blank", "J\303\274rgen ", 6, "J\303\274rgen" },
	{ "cut", "J\303\274rgen!", 6, "J\303\274rge\342\200\246" },
	{ "cut-at-blank", "Jane Doe", 5, "Jan\342\200\246" },
	{ "cut-to-one", "Jane", 1, "\342\200\246" },
};

static void test_line(gconstpointer data)
{
	const struct line_row *row = data;
	AUTO_ARENA a = arena_new();
	const char *s = text_line(a, row->in, row->max);

	g_assert_cmpint(g_utf8_strlen(s, -1), <=, (glong)row->max);
	g_assert_cmpstr(s, ==, row->out);
}

static void test_utf8(void)
{
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(text_utf8(a, "J\303\274", 3), ==, "J\303\274");
	g_assert_cmpstr(text_utf8(a, "J\374\200", 3), ==, "J\303\274\342\202\254");
	g_assert_cmpstr(text_utf8(a, "a\0\201\374", 4), ==, "a  \303\274");
	g_assert_cmpstr(text_utf8(a, "", 0), ==, "");
}

/* ---- err, log ---- */

static void test_err(void)
{
	g_autoptr(GError) err = NULL;

	g_assert_false(err_set(NULL, ERR_NET, "unseen"));
	g_assert_false(err_set(&err, ERR_STORE, "first %d", 1));
	g_assert_false(err_set(&err, ERR_NET, "second"));
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	g_assert_cmpstr(err->message, ==, "first 1");
}

static void test_log_number(void)
{
	char buf[24];

	g_assert_cmpstr(log_number("+442079460123", buf), ==, "+442079***23");
	g_assert_cmpstr(log_number("+44207946012345678901234567890", buf), ==, "+442079***90");
	g_assert_cmpstr(log_number("12345", buf), ==, "***");
	g_assert_cmpstr(log_number("", buf), ==, "-");
	g_assert_cmpstr(log_number(NULL, buf), ==, "-");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/arena/pieces", test_arena_pieces);
	g_test_add_func("/base/arena/strings", test_arena_strings);
	g_test_add_func("/base/arena/owned", test_arena_owned);
	g_test_add_func("/base/text/numbers", test_numbers);
	g_test_add_func("/base/text/durations", test_durations);
	g_test_add_func("/base/text/times-read", test_times_read);
	g_test_add_func("/base/text/times-written", test_times_written);
	g_test_add_func("/base/text/utf8", test_utf8);
	g_test_add_func("/base/err", test_err);
	g_test_add_func("/base/log-number", test_log_number);
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *path = g_strdup_printf("/base/text/line/%s", lines[i].name);

		g_test_add_data_func(path, &lines[i], test_line);
	}
	return g_test_run();
}
