#include <glib.h>
#include <string.h>

#include "phone.h"

struct row {
	const char *name, *raw, *region, *e164;
};

static const struct row rows[] = {
	{ "national-us", "2025550143", "US", "+12025550143" },
	{ "pretty-us", "(202) 555-0143", "US", "+12025550143" },
	{ "trunk-prefix-us", "12025550143", "US", "+12025550143" },
	{ "dots", "202.555.0143", "US", "+12025550143" },
	{ "plus", "+442079460123", "US", "+442079460123" },
	{ "plus-blanks", " +44 20 7946 0123 ", "US", "+442079460123" },
	{ "plus-optional-zero", "+44 (0)20 7946 0123", "US", "+442079460123" },
	{ "national-gb", "020 7946 0123", "GB", "+442079460123" },
	{ "country-code-without-plus", "442079460123", "GB", "+442079460123" },
	{ "national-de", "03023125117", "DE", "+493023125117" },
	{ "slash-de", "030/23125-117", "DE", "+493023125117" },
	{ "national-fr", "01 99 00 12 55", "FR", "+33199001255" },
	{ "mobile-au", "0491 570 156", "AU", "+61491570156" },
	{ "double-zero", "0049 30 23125117", "GB", "+493023125117" },
	{ "double-zero-in-us", "0049 30 23125117", "US", "+493023125117" },
	{ "tel-uri", "tel:+44-20-7946-0123;phone-context=x", "US", "+442079460123" },
	{ "sip-uri", "<sip:+442079460123@pbx.example.com>", "US", "+442079460123" },
	{ "no-break-space", "020\302\2407946\302\2400123", "GB", "+442079460123" },
	{ "en-dash", "202\342\200\223555\342\200\2230143", "US", "+12025550143" },
	{ "no-region", "+442079460123", NULL, "+442079460123" },
	{ "extension", "1204", "US", NULL },
	{ "extension-5", "12045", "DE", NULL },
	{ "local-only", "5550143", "US", NULL },
	{ "too-long", "202555014320255501432025550143", "US", NULL },
	{ "over-64-octets", "2025550143                                                               ", "US", NULL },
	{ "word", "anonymous", "US", NULL },
	{ "words-with-number", "Room 2025550143", "US", NULL },
	{ "vanity", "1800FLOWERS", "US", NULL },
	{ "national-without-region", "2025550143", NULL, NULL },
	{ "unknown-region", "2025550143", "XX", NULL },
	{ "empty", "", "US", NULL },
	{ "null", NULL, "US", NULL },
	{ "dashes", "---", "US", NULL },
	{ "plus-alone", "+", "US", NULL },
};

static void test_row(const void *data)
{
	const struct row *r = data;
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(phone_e164(a, r->raw, r->region), ==, r->e164);
}

static const struct found {
	const char *name, *text, *region, *e164, *raw;
} founds[] = {
	{ "alone", "2025550143", "US", "+12025550143", "2025550143" },
	{ "glued-to-name", "Maria Hartwell((202) 555 - 0143)", "US", "+12025550143", "(202) 555 - 0143" },
	{ "twice", "0612345678 - 0612345678", "NL", "+31612345678", "0612345678" },
	{ "brackets", "\"Jane Doe\" <02079460123> 00:00:27", "GB", "+442079460123", "02079460123" },
	{ "entities", "Priya Nair &lt;2025550152&gt;", "US", "+12025550152", "2025550152" },
	{ "after-date", "03.03.2026 14:16 von 03023125177 Lena", "DE", "+493023125177", "03023125177" },
	{ "before-date", "Jane (202) 555-0143 on 3/3/2026 2:15 PM", "US", "+12025550143", "(202) 555-0143" },
	{ "french-dots", "de 01.99.00.12.55.", "FR", "+33199001255", "01.99.00.12.55" },
	{ "double-zero", "from 00442079460123 at 9", "US", "+442079460123", "00442079460123" },
	{ "umlauts-before", "K\303\244the B\303\266hm 03023125188", "DE", "+493023125188", "03023125188" },
	{ "date-alone", "on 22.10.2009 11:35:12", "DE", NULL, NULL },
	{ "iso-date", "2026-03-03 14:16:12", "US", NULL, NULL },
	{ "slashes", "3/3/2026 2:15 PM", "US", NULL, NULL },
	{ "prose-date", "Tuesday, March 03, 2026 at 02:15:09 PM", "US", NULL, NULL },
	{ "extension", "Tom at ext. 2000", "US", NULL, NULL },
	{ "beyond-160", "                                                                                "
	  "                                                                                2025550143", "US", NULL, NULL },
	{ "empty", "", "US", NULL, NULL },
};

static void test_found(const void *data)
{
	const struct found *f = data;
	AUTO_ARENA a = arena_new();
	gsize start = 0, size = 0;

	g_assert_cmpstr(phone_find(a, f->text, strlen(f->text), f->region, &start, &size), ==, f->e164);
	if (f->e164)
		g_assert_cmpstr(arena_strndup(a, f->text + start, size), ==, f->raw);
}

static void test_display(void)
{
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(phone_display(a, "+442079460123"), ==, "+44 20 7946 0123");
	g_assert_cmpstr(phone_display(a, "+12025550143"), ==, "+1 202-555-0143");
	g_assert_cmpstr(phone_display(a, "nonsense"), ==, "nonsense");
	g_assert_null(phone_display(a, NULL));
}

static void test_region(void)
{
	g_assert_true(phone_region_known("GB"));
	g_assert_false(phone_region_known("XX"));
	g_assert_false(phone_region_known("gb "));
	g_assert_false(phone_region_known(""));
	g_assert_false(phone_region_known(NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/phone/e164/%s", rows[i].name);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(founds); i++) {
		g_autofree char *path = g_strdup_printf("/phone/find/%s", founds[i].name);

		g_test_add_data_func(path, &founds[i], test_found);
	}
	g_test_add_func("/phone/display", test_display);
	g_test_add_func("/phone/region", test_region);
	return g_test_run();
}
