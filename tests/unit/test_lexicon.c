#include <glib.h>
#include <string.h>

#include "lexicon.h"

static struct lexicon *lexicon;

static const struct { const char *phrase; guint tag, language; } phrases[] = {
	{ "voicemail", 1, 0 }, { "no voicemail message", 2, 0 }, { "left a * message", 3, 0 }, { "Länge", 4, 1 },
	{ "appel manqué", 5, 2 }, { "file", 6, 0 }, { "file", 7, 2 }, { "d'appel", 8, 2 },
};

/* What is found: tags with the text of each, "1:voicemail 4:Länge"; "!" before those that begin a line. */
static const struct { const char *name, *text, *found; } rows[] = {
	{ "alone", "voicemail", "!1:voicemail" },
	{ "case-and-punctuation", "New (VOICEMAIL)!", "1:VOICEMAIL" },
	{ "longest", "no voicemail message was left", "!2:no voicemail message" },
	{ "part-of-longest", "no voicemail", "1:voicemail" },
	{ "part-of-word", "voicemails", "" },
	{ "over-a-line-end", "no voicemail\nmessage", "!2:no voicemail\nmessage" },
	{ "second-line", "x\n  === Voicemail ===", "!1:Voicemail" },
	{ "gap", "left a 0:27 long message", "!3:left a 0:27 long message" },
	{ "no-gap", "left a message", "!3:left a message" },
	{ "gap-too-wide", "left a b c d e f g message", "" },
	{ "accents", "lange LÄNGE APPEL MANQUE", "!4:lange 4:LÄNGE 5:APPEL MANQUE" },
	{ "decomposed", "La\314\210nge", "!4:La\314\210nge" },
	{ "apostrophe", "d’appel", "!8:d’appel" },
	{ "two-languages", "file:", "!6:file !7:file" },
	{ "half-a-phrase-at-the-end", "appel", "" },
	{ "empty", "", "" },
};

static void test_row(const void *data)
{
	const char *text = rows[GPOINTER_TO_SIZE(data)].text;
	g_autoptr(GString) found = g_string_new(NULL);
	AUTO_ARENA a = arena_new();
	gsize n;
	const struct lexicon_match *m = lexicon_find(lexicon, text, strlen(text), a, &n);

	for (gsize i = 0; i < n; i++)
		g_string_append_printf(found, "%s%s%u:%.*s", i ? " " : "", m[i].first ? "!" : "", m[i].tag,
				       (int)(m[i].end - m[i].start), text + m[i].start);
	g_assert_cmpstr(found->str, ==, rows[GPOINTER_TO_SIZE(data)].found);
}

static void test_wrong(void)
{
	static const char *const wrong[] = { "", " - ", "* message", "message *", "a b c d e f g h i j k l m", NULL };

	for (gsize i = 0; wrong[i]; i++)
		g_assert_false(lexicon_add(lexicon, wrong[i], 9, 0, 0));
}

int main(int argc, char **argv)
{
	int failed;

	g_test_init(&argc, &argv, NULL);
	lexicon = lexicon_new();
	for (gsize i = 0; i < G_N_ELEMENTS(phrases); i++)
		g_assert_true(lexicon_add(lexicon, phrases[i].phrase, phrases[i].tag, phrases[i].language, 0));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/lexicon/find/%s", rows[i].name);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
	}
	g_test_add_func("/lexicon/wrong", test_wrong);
	failed = g_test_run();
	lexicon_free(lexicon);
	return failed;
}
