/* What the configuration says of the mails that ringback writes: templates of cards and languages. */
#include <string.h>

#include "card.h"
#include "conf.h"
#include "conf_files.h"

static struct conf *load(const char *text, GError **err)
{
	g_autofree char *file = write_file("load.conf", text, 0600);

	return conf_load(file, err);
}

static struct conf *load_good(const char *text)
{
	g_autoptr(GError) err = NULL;
	struct conf *c = load(text, &err);

	g_assert_no_error(err);
	return c;
}

static void check_refused(const char *text, const char *message)
{
	g_autoptr(GError) err = NULL;

	g_assert_null(load(text, &err));
	g_assert_nonnull(strstr(err->message, message));
}

static const struct line *line_of(const struct conf *c, const char *id)
{
	return roster_line_by_id(c->roster, id);
}

static void test_language(void)
{
	struct conf *c = load_good("default_line = main language = de " GOOD "line b { owner = anna language = en }");

	g_assert_cmpstr(line_of(c, "main")->language, ==, "de");
	g_assert_cmpstr(line_of(c, "b")->language, ==, "en");
	conf_unref(c);
	check_refused(GOOD "\nlanguage = tlh", ":2: language = \"tlh\": there are no words of it; write en or de, or put a file "
		      "tlh.words into template_dir");
}

/* A language of texts is a file; one that is wrong leaves the words that are built in. */
static void test_texts(void)
{
	g_autofree char *french = write_file("fr.texts", "nothing_open = Rien\n", 0600);
	g_autofree char *wrong = write_file("de.texts", "help = x\n\nmissed = {number}\n", 0600);
	g_autofree char *nobody = write_file("german.texts", "", 0600);
	g_autofree char *text = g_strdup_printf(GOOD "template_dir = \"%s\" language = de person c { mail = c@example.com "
						"language = fr }", folder);
	struct conf *c = load_good(text);
	const struct texts *de = roster_texts(c->roster, NULL, line_of(c, "main"));
	AUTO_ARENA a = arena_new();

	g_assert_nonnull(strstr(c->templates_wrong, "de.texts:3: missed needs {verbs}"));
	g_assert_nonnull(strstr(c->templates_wrong, "german.texts: its name is no language"));
	g_assert_true(de == texts_builtin("de"));
	g_assert_cmpstr(texts_fill(a, roster_texts(c->roster, roster_person(c->roster, "c"), line_of(c, "main")),
				   TEXT_nothing_open, (const char *[N_TEXT_VALUES]){ NULL }), ==, "Rien");
	conf_unref(c);
	g_unlink(french);
	g_unlink(wrong);
	g_unlink(nobody);
}

/* What is good counts, what is wrong is told, and the rest goes on. */
static void test_templates(void)
{
	g_autofree char *good = write_file("card.txt", "{name} of mine\n", 0600);
	g_autofree char *wrong = write_file("de.words", "heading = {hue}\n", 0600);
	g_autofree char *unknown = write_file("fr.words", "heading = x\ncolour = y\n", 0600);
	g_autofree char *readme = write_file("README", "{", 0600);
	g_autofree char *text = g_strdup_printf(GOOD "template_dir = \"%s\" language = fr", folder);
	g_autofree char *told = g_strdup_printf("%s:1: there is no value {hue}\n%s:2: there is no key colour", wrong, unknown);
	struct conf *c = load_good(text);

	g_assert_cmpstr(c->templates_wrong, ==, told);
	g_assert_true(cards_has(c->roster->cards, "de"));
	g_assert_false(cards_has(c->roster->cards, "fr"));
	conf_unref(c);
	g_unlink(wrong);
	g_unlink(unknown);
	check_refused(text, "language = \"fr\"");
	g_unlink(good);
	g_unlink(readme);
	c = load_good(GOOD "template_dir = \"/nowhere/at/all\"");
	g_assert_nonnull(strstr(c->templates_wrong, "/nowhere/at/all"));
	conf_unref(c);
}

int main(int argc, char **argv)
{
	int failed;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("ringback-test.XXXXXX", NULL);
	g_assert_nonnull(folder);
	g_test_add_func("/conf-mail/language", test_language);
	g_test_add_func("/conf-mail/texts", test_texts);
	g_test_add_func("/conf-mail/templates", test_templates);
	failed = g_test_run();
	{
		g_autofree char *file = g_build_filename(folder, "load.conf", NULL);

		g_unlink(file);
	}
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(folder);
	return failed;
}
