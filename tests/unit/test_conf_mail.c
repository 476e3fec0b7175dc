/* What the configuration says of the mails that ringback writes: templates of cards, languages, and mails that are commands. */
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

/* ---- mails that are commands ---- */

static void test_no_replies(void)
{
	struct conf *c = load_good(GOOD);

	g_assert_null(c->roster->rules.reply_keys);
	g_assert_cmpstr(c->roster->rules.reply_address, ==, "");
	g_assert_null(c->reply_servers);
	g_assert_cmpint(line_of(c, "main")->notes, ==, NOTES_ALL);
	conf_unref(c);
}

static void test_replies(void)
{
	g_autofree char *key = write_file("key", "0123456789abcdef new\n\n  0123456789abcdef old \n", 0640);
	g_autofree char *text = g_strdup_printf(GOOD "line b { owner = anna notes = close } default_line = main notes = milestones "
						"reply_address = calls@example.com reply_key_file = \"%s\" reply_mails = keep "
						"reply_networks = { \"192.0.2.25\" }", key);
	struct conf *c = load_good(text);
	const struct rules *r = &c->roster->rules;

	g_assert_cmpstr(r->reply_address, ==, "calls@example.com");
	g_assert_cmpstr(r->reply_keys[0], ==, "0123456789abcdef new");
	g_assert_cmpstr(r->reply_keys[1], ==, "0123456789abcdef old");
	g_assert_null(r->reply_keys[2]);
	g_assert_true(r->reply_keep);
	g_assert_cmpuint(c->reply_servers->len, ==, 1);
	g_assert_cmpint(line_of(c, "main")->notes, ==, NOTES_MILESTONES);
	g_assert_cmpint(line_of(c, "b")->notes, ==, NOTES_CLOSE);
	conf_unref(c);
	g_unlink(key);
	check_refused(text, "cannot be read");
}

static void test_wrong_keys(void)
{
	static const struct { const char *contents; int mode; const char *message; } keys[] = {
		{ "", 0600, "must hold 1 to 10 keys" }, { "short\n", 0600, "has not 16 to 200 octets" },
		{ "0123456789abcdef", 0604, "can be read or written by others" }, { "\xff", 0600, "is no text" },
		{ "0123456789abcdef\n1\n", 0600, "has not 16 to 200 octets" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *key = write_file("key", keys[i].contents, keys[i].mode);
		g_autofree char *text = g_strdup_printf(GOOD "reply_address = calls@example.com\nreply_key_file = \"%s\"", key);

		check_refused(text, keys[i].message);
		check_refused(text, "load.conf:2: reply_key_file ");
		g_unlink(key);
	}
	check_refused(GOOD "\nreply_address = calls@example.com", ":2: reply_address is there, and no key");
	check_refused(GOOD "\nreply_address = \"calls+x@example.com\"", ":2: reply_address = \"calls+x@example.com\" takes no +");
	check_refused(GOOD "\nreply_networks = { \"0.0.0.0/0\" }", "trusts everybody");
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
	g_test_add_func("/conf-mail/no-replies", test_no_replies);
	g_test_add_func("/conf-mail/replies", test_replies);
	g_test_add_func("/conf-mail/wrong-keys", test_wrong_keys);
	failed = g_test_run();
	{
		g_autofree char *file = g_build_filename(folder, "load.conf", NULL);

		g_unlink(file);
	}
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(folder);
	return failed;
}
