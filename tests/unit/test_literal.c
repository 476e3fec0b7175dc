#include <glib.h>
#include <string.h>

#include "literal.h"
#include "pattern.h"

struct row {
	const char *name, *regex, *literals;	/* joined by "|"; NULL: none */
};

static const struct row rows[] = {
	{ "plain", "Missed call from", "missed call from" },
	{ "anchored", "^<Asterisk-\\d+-", "<asterisk-" },
	{ "longest", "ab+cdef.{3}ghijkl", "ghijkl" },
	{ "optional-letter", "colou?rful", "colo" },
	{ "star", "abcdx*efghi", "efghi" },
	{ "plus", "abcdx+ef", "abcdx" },
	{ "none-or-more", "abcdx{0,3}ef", "abcd" },
	{ "three", "abcdx{3}ef", "abcdx" },
	{ "too-short", "ab.cd", NULL },
	{ "branches", "^(?:Missed Call from|Verpasster Anruf von) ", "missed call from|verpasster anruf von" },
	{ "branches-at-top", "voicemail|Nachricht", "voicemail|nachricht" },
	{ "branch-without", "voicemail|x", NULL },
	{ "branch-empty", "voicemail|", NULL },
	{ "group-optional", "(?:voicemail)?", NULL },
	{ "group-none-or-more", "(?:voicemail)*missed", "missed" },
	{ "group-lazy", "(?:voicemail)+?", "voicemail" },
	{ "group-possessive", "(voicemail)++", "voicemail" },
	{ "group-three", "(voicemail){3}", "voicemail" },
	{ "group-named", "(?<caller>Anonymous) x", "anonymous" },
	{ "nested", "(?:(?:aaaa|bbbb)c|dddd)", "aaaa|bbbb|dddd" },
	{ "look-ahead", "(?!voicemail)missed", "missed" },
	{ "look-behind", "(?<=voicemail )x", NULL },
	{ "atomic", "(?>voicemail)", "voicemail" },
	{ "class", "[abc]missed[^]x]call", "missed" },
	{ "class-posix", "[[:alpha:]]]missed", "]missed" },
	{ "class-escaped", "[\\]]missed", "missed" },
	{ "class-quantified", "[ab]{2,}missed", "missed" },
	{ "escaped-sign", "3CX\\.net\\)", "3cx.net)" },
	{ "escaped-letter", "abcd\\befgh12", "efgh12" },
	{ "unicode-property", "\\p{L}missed\\pN", "missed" },
	{ "hexadecimal", "abcd\\x41", NULL },
	{ "back-reference", "(abcd)\\1", NULL },
	{ "quoted", "\\Qabcd\\E", NULL },
	{ "caseless", "(?i)asterisk", "asterisk" },
	{ "caseless-options", "(?ism)Asterisk", "asterisk" },
	{ "caseless-umlaut", "(?i)für die rufnummer", "r die rufnummer" },
	{ "umlaut", "für die", "für die" },
	{ "extended", "(?x)abcd efgh", NULL },
	{ "option-later", "abcd(?i)efgh", NULL },
	{ "verb", "(*UCP)abcd", NULL },
	{ "comment", "abcd(?#x)", NULL },
	{ "brace-literal", "abcd{x", NULL },
	{ "unclosed", "abcd(efgh", NULL },
	{ "unclosed-class", "abcd[efgh", NULL },
	{ "backslash-end", "abcd\\", NULL },
	{ "empty", "", NULL },
};

static void test_row(const void *data)
{
	const struct row *r = data;
	g_autoptr(GPtrArray) set = literal_required(r->regex);
	g_autofree char *joined = NULL;

	if (set) {
		g_ptr_array_add(set, NULL);
		joined = g_strjoinv("|", (char **)set->pdata);
	}
	g_assert_cmpstr(joined, ==, r->literals);
}

static bool has_one(const GPtrArray *set, const char *text)
{
	g_autofree char *folded = g_malloc(strlen(text) + 1);

	folded[literal_fold(text, strlen(text), folded)] = 0;
	for (guint i = 0; i < set->len; i++)
		if (strstr(folded, set->pdata[i]))
			return true;
	return false;
}

/* "ſ" and the Kelvin sign are letters "s" and "k" to PCRE2. */
static void test_fold(void)
{
	g_autoptr(GPtrArray) set = literal_required("(?i)desk phone");
	g_autoptr(GError) err = NULL;
	struct pattern *p = pattern_new("(?i)desk phone", &err);
	struct pattern_scratch *s = pattern_scratch_new(1000000000);
	const char *text = "DE\305\277\342\204\252 PHONE";

	g_assert_no_error(err);
	g_assert_true(pattern_holds(p, s, text, 100));
	g_assert_true(has_one(set, text));
	g_assert_false(has_one(set, "desk fone"));
	pattern_scratch_free(s);
	pattern_free(p);
}

/* Random expressions of common pieces, random texts: what matches has a literal. */
static void test_property(void)
{
	static const char *const pieces[] = { "abcd", "ab", "c", "a?", "b*", "c+", "(?:abcd|bcda)", "(?:abca|b)", "[ab]", ".",
		"(abab)?", "(?:bcbc)+", "d{2}", "\\w", "(?=abcd)", "(?!dddd)", "a{0,2}", "^", "|", "bbbb" };
	struct pattern_scratch *s = pattern_scratch_new(1000000000);
	guint found = 0;

	for (int n = 0; n < 20000; n++) {
		g_autoptr(GString) regex = g_string_new(n % 2 ? "(?i)" : "");
		g_autoptr(GPtrArray) set = NULL;
		char text[40];
		struct pattern *p;

		for (int i = g_test_rand_int_range(1, 6); i > 0; i--)
			g_string_append(regex, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
		set = literal_required(regex->str);
		p = pattern_new(regex->str, NULL);
		if (!p)
			continue;
		for (int k = 0; set && k < 5; k++) {
			gsize size = (gsize)g_test_rand_int_range(4, sizeof(text));

			for (gsize i = 0; i < size; i++)
				text[i] = "abcdABCD"[g_test_rand_int_range(0, n % 2 ? 8 : 4)];
			text[size - 1] = 0;
			if (!pattern_holds(p, s, text, sizeof(text)))
				continue;
			found++;
			if (!has_one(set, text))
				g_error("'%s' matches \"%s\", which has none of its literals", regex->str, text);
		}
		pattern_free(p);
	}
	g_assert_cmpuint(found, >, 200);
	pattern_scratch_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strconcat("/literal/", rows[i].name, NULL);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/literal/fold", test_fold);
	g_test_add_func("/literal/property", test_property);
	return g_test_run();
}
