/* Files of profiles and of words that are wrong. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "conf.h"
#include "err.h"
#include "profile_world.h"

struct bad {
	const char *name, *text, *message;	/* message: a pattern for the whole of it */
};

static const struct bad bad[] = {
	{ "unclosed", "profile \"x\" {\n", "*bad.conf*" },
	{ "no-profile", "", "*bad.conf: should hold at least one profile" },
	{ "name-twice", "profile x { match { subject('a') } }\nprofile x { match { subject('b') } }\n",
	  "*bad.conf:2: *duplicate title 'x'*" },
	{ "second-pattern", "profile x { match { subject('a') } }\nprofile y { match {\n subject('b+)') } }\n",
	  "*bad.conf:3: pattern 'b+)': *parenthes*at character 3" },
	{ "unknown-key", "profile x {\n\tcolour = red\n}\n", "*bad.conf:2: *colour*" },
	{ "class", "profile x {\n\n\tclass = lost\n}\n", "*bad.conf:3: class = lost: should be missed,*" },
	{ "class-none", "profile x {\n\n\tclass = none\n}\n", "*bad.conf:3: class = none: should be missed,*" },
	{ "reason", "profile x {\n\treason = lazy\n}\n", "*bad.conf:2: reason = lazy: should be unknown,*" },
	{ "reasons", "profile x {\n\tmatch { subject('a') }\n\treasons = { \"USER_BUSY\" }\n}\n",
	  "*bad.conf:3: reasons: \"USER_BUSY\" should be \"word = reason\"" },
	{ "place", "profile x {\n\tmatch {\n\t\tbody('a')\n\t}\n}\n", "*bad.conf:3: *body*" },
	{ "header-arguments", "profile x {\n\tmatch {\n\t\theader('a')\n\t}\n}\n",
	  "*bad.conf:3: header() takes a header's name and a pattern*" },
	{ "text-arguments", "profile x {\n\tmatch {\n\t\ttext('a', 'b')\n\t}\n}\n", "*bad.conf:3: text() takes one*" },
	{ "pattern", "profile x {\n\tmatch {\n\t\tsubject('a')\n\t\ttext('(a')\n\t}\n}\n",
	  "*bad.conf:4: pattern '(a': *parenthes*at character 3" },
	{ "after-comments", "# one\n# two\nprofile x {\n\t# three\n\tmatch {\n\t\tsubject('#a')\t# four\n\n"
	  "\t\ttext('(a')\n\t}\n}\n", "*bad.conf:8: pattern '(a': *parenthes*at character 3" },
	{ "string-open", "profile x {\n\tmatch { subject('a\n') }\n}\n", "*bad.conf:2: this string does not end;*" },
	{ "group", "profile x {\n\tmatch { subject('a') }\n\textract {\n\t\ttext('(?<nmae>a)')\n\t}\n}\n",
	  "*bad.conf:4: group \"nmae\" is not one of caller,*" },
	{ "no-group", "profile x {\n\tmatch { subject('a') }\n\textract {\n\t\ttext('a')\n\t}\n}\n",
	  "*bad.conf:4: *no named group*" },
	{ "no-match", "profile x {\n}\n", "*bad.conf: profile \"x\" has no match*" },
	{ "date", "profile x {\n\tmatch { subject('a') }\n\tdates = { \"yyyy\" }\n}\n", "*bad.conf: *no date pattern*" },
	{ "expect", "profile x {\n\tmatch { subject('a') }\n\texpect = { colour }\n}\n",
	  "*expect: \"colour\" is nothing that a mail says;*" },
	{ "signature-text", "profile x {\n\tsignature {\n\t\ttext('a')\n\t}\n}\n", "*bad.conf:3: *text*" },
	{ "signature-pattern", "profile x {\n\tsignature { from('(') }\n match { subject('a') } }\n",
	  "*bad.conf:2: pattern '(': *at character 2" },
	{ "backslash-C", "profile x {\n\tmatch {\n\t\ttext('\\C')\n\t}\n}\n", "*bad.conf:3: pattern*" },
};

static void test_bad(const void *data)
{
	const struct bad *b = data;
	g_autoptr(GError) err = NULL;
	struct profiles *p = profiles_new();

	g_assert_false(profile_world_add_file(p, "bad.conf", b->text, &err));
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	if (!g_pattern_match_simple(b->message, err->message))
		g_error("\"%s\" is not like \"%s\"", err->message, b->message);
	profiles_free(p);
}

static void test_no_file(void)
{
	g_autoptr(GError) err = NULL;

	g_assert_null(profile_file_read("/nonexistent/x.conf", &err));
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	g_assert_nonnull(strstr(err->message, "/nonexistent/x.conf: "));
}

static void test_name_twice(void)
{
	struct profiles *p = profiles_new();
	g_autoptr(GError) err = NULL;

	profile_world_add(p, "profile a { match { subject('x') } }");
	g_assert_false(profile_world_add_file(p, "bad.conf", "profile a { match { subject('y') } }", &err));
	if (!g_pattern_match_simple("*bad.conf: there is a profile \"a\" already, in *test.conf", err->message))
		g_error("%s", err->message);
	profiles_free(p);
}

/* ---- the words of languages ---- */

static const struct bad bad_words[] = {
	{ "unclosed", "language \"xx\" {\n", "*xx.conf*" },
	{ "no-language", "# nothing\n", "*xx.conf: should hold at least one language" },
	{ "name-twice", "language \"xx\" { missed = { \"a\" } }\nlanguage \"xx\" { missed = { \"b\" } }\n",
	  "*xx.conf:2: *duplicate title 'xx'*" },
	{ "unknown-key", "language \"xx\" {\n# one\n\tcolour = { \"red\" }\n}\n", "*xx.conf:3: *colour*" },
	{ "string-open", "language \"xx\" {\n\tmissed = { \"a\n }\n}\n", "*xx.conf:2: this string does not end;*" },
	{ "reasons", "language \"xx\" {\n\tmissed = { \"a\" }\n\treasons = { \"engaged = lazy\" }\n}\n",
	  "*xx.conf:3: reasons: \"engaged = lazy\" should be \"word = reason\"" },
	{ "phrase", "language \"xx\" {\n\tmissed = { \"* call\" }\n}\n", "*xx.conf:*: missed: \"* call\" should be one to twelve words*" },
	{ "date", "language \"xx\" {\n\tmissed = { \"a\" }\n\tdates = { \"yyyy\" }\n}\n", "*xx.conf*no date pattern*" },
};

static gboolean add_words(struct profiles *p, const char *text, GError **err)
{
	g_autofree char *dir = profile_world_path("");
	g_autofree char *words = profile_world_path("generic");
	g_autofree char *file = profile_world_path("generic/xx.conf");

	g_mkdir(words, 0700);
	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	return generic_folder_add(p, dir, err);
}

/* And the file that is read next is not the worse for it. */
static void test_bad_words(const void *data)
{
	const struct bad *b = data;
	g_autoptr(GError) err = NULL, none = NULL;
	struct profiles *p = profiles_new();

	g_assert_false(add_words(p, b->text, &err));
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	if (!g_pattern_match_simple(b->message, err->message))
		g_error("\"%s\" is not like \"%s\"", err->message, b->message);
	add_words(p, "language \"yy\" { missed = { \"llamada\" } }\n", &none);
	g_assert_no_error(none);
	profiles_free(p);
}

int main(int argc, char **argv)
{
	int failed;

	g_test_init(&argc, &argv, NULL);
	profile_world_open();
	ADD_ROWS(bad, "/profile-file/bad/", test_bad);
	g_test_add_func("/profile-file/no-file", test_no_file);
	g_test_add_func("/profile-file/name-twice", test_name_twice);
	ADD_ROWS(bad_words, "/profile-file/words/", test_bad_words);
	failed = g_test_run();
	profile_world_close();
	return failed;
}
