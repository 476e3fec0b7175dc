/* Text and patterns made to take long. */
#include <glib.h>
#include <string.h>

#include "profile_world.h"

/* Text that makes careless patterns try everything from every place. */
static const char *const hostile[] = {
	" ", "\n", "a", " \t\n", "\\\"", "From: \"a", "From: ", "in mailbox a from a, on ", "in mailbox a from \"a\\",
	"CallerID Number: ", "- transcription ", "---  a transcription\n", "> to a ext ", " to a ", "Transcription\n",
	"New 0:27 long msg in box a from ", "left a 0:27 ", "\303\251", "\"a\" <1", "Missed Call from <&lt;", "To a (",
	"1:1:1:", "CallerID Number:CallerID Name:", "Received a\n ", "\n\n1\n", "Datum: a",
	"from a ", "Caller: a(", "Caller a(", "number a", "name: a", "Voicemail Preview:\n", "=== Transcription ===\n",
	"From: a &lt;", "From: a 1", "To: a ext ", "voicemail box at a (", "To: \"a\" - \"", "Message From \"", "From (Name) a\n",
	"https://a/voicemail_messages.php?&uuid=&vm=", "Transcription: a\n\n\n", "envoyé par a, le 1",
};

/* What makes a mail that of a product, before such a text. */
static const struct opening { const char *header, *value, *subject, *text; } openings[] = {
	{ "Message-ID", "<Asterisk-1-2-3-4@x>", "", "" },
	{ "Message-ID", "<Asterisk-1-2-3-4@x>", "", "There is a new voicemail in mailbox 1:\n" },
	{ "Message-ID", "<Asterisk-1-2-3-4@x>", "", "Vous avez reçu un message d'une durée de " },
	{ "X-Mailer", "PHPMailer 5", "Missed Call from a", "" },
	{ "X-Mailer", "PHPMailer 5", "<1> 0:00:00", "" },
	{ "X-Mailer", "CodeIgniter", "", "" },
	{ "X-Voicemail-Length", "9", "", "" },
	{ "X", "y", "New Voicemail from a", "You have received a new voice mail from a\n" },
	{ "X", "y", "Missed call from a", "A call was received on phone number " },
	{ "X", "y", "New voicemail from a", "You have a new voicemail from " },
	{ "X", "y", "New voicemail from a", "You have a new voice message:\n" },
	{ "X", "y", "Missed Call from a", "A call to a was not answered.\n" },
	{ "X", "y", "Abandoned call from a", "A caller left a before an agent answered.\n" },
};

static gint64 slowest_us;

static void read_hostile(const struct profiles *p, const char *text, const char *header, const char *value,
			 const char *subject)
{
	const struct letter_header headers[] = { { header, value }, { "X-Asterisk-CallerIDName", text } };
	const struct letter_part part = { "audio/x-wav", text, 1, NULL };
	struct letter l = letter_empty;
	AUTO_ARENA a = arena_new();
	gint64 start = g_get_monotonic_time(), took;

	l.headers = headers;
	l.n_headers = 2;
	l.parts = &part;
	l.n_parts = 1;
	l.subject = subject;
	l.from = "Missed Call Notification";
	l.text = l.html = l.links = text;
	profiles_read(p, &l, &profile_ctx, a);
	took = g_get_monotonic_time() - start;
	/* 50 ms is the promise, on an idle machine and without sanitizers. */
	g_assert_cmpint(took, <, 1000 * 1000);
	slowest_us = MAX(slowest_us, took);
}

static void test_hostile(void)
{
	struct profiles *p = profile_world_installed();

	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(openings); k++) {
			const struct opening *o = &openings[k];
			g_autoptr(GString) text = g_string_new(o->text);

			while (text->len < 1024 * 1024)
				g_string_append(text, hostile[i]);
			read_hostile(p, text->str, o->header, o->value, *o->subject ? o->subject : text->str);
		}
	profiles_free(p);
}

/* Also of patterns that are as careless as can be, and of many of them. */
static void test_careless_pattern(void)
{
	g_autofree char *text = g_strnfill(1024 * 1024, 'a');
	struct profiles *p = profiles_new();

	for (int i = 0; i < 100; i++) {
		g_autofree char *profile = g_strdup_printf("profile z%d { match { text('^(a|a?)+%d$') text('(a+)+[bc]') } }", i, i);

		profile_world_add(p, profile);
	}

	profile_world_add(p, "profile p { match { text('^(a+)+$') } }");
	profile_world_add(p, "profile q { match { text('(a|aa)+b') } }");
	profile_world_add(p, "profile r { match { text('(?:(?:a?){20})*c') } }");
	read_hostile(p, text, "X", "y", "s");
	profiles_free(p);
}

/* The number of steps is what bounds the time: it does not depend on the machine. */
static void test_steps(void)
{
	g_autofree char *text = g_strnfill(16 * 1024, 'a');
	struct profile_drift drift;
	struct profile_trace t;
	struct profile_context traced = profile_ctx;
	struct profiles *p = profiles_new();
	struct letter l = letter_empty;
	AUTO_ARENA a = arena_new();

	profile_trace_init(&t);
	traced.trace = &t;
	traced.drift = &drift;
	profile_world_add(p, "profile q { match { subject('x') text('b') } }");
	l.subject = "x";
	l.text = text;
	g_assert_null(profiles_read(p, &l, &traced, a));
	g_assert_cmpuint(t.steps, <, 1000);
	g_assert_false(t.exhausted || drift.exhausted);
	for (int i = 0; i < 20; i++) {
		g_autofree char *profile = g_strdup_printf("profile s%d { match { subject('x') text('(a+)+[bc]') } }", i);

		profile_world_add(p, profile);
	}
	/* It would match, but nobody knows whether it would be rejected. */
	profile_world_add(p, "profile t { priority = 200 match { subject('x') } reject { text('a') } }");
	profile_trace_clear(&t);
	profile_trace_init(&t);
	g_assert_null(profiles_read(p, &l, &traced, a));
	g_assert_true(t.exhausted && drift.exhausted);
	g_assert_cmpuint(t.steps, <, 510000);
	profile_trace_clear(&t);
	profiles_free(p);
}

static void test_advice(void)
{
	struct profiles *p = profile_world_installed();
	g_autoptr(GPtrArray) none = profiles_advice(p), advice = NULL;

	for (guint i = 0; i < none->len; i++)
		g_printerr("%s\n", (char *)none->pdata[i]);
	g_assert_cmpuint(none->len, ==, 0);
	profiles_free(p);
	p = profiles_new();
	profile_world_add(p, "profile q {\n match {\n  text('^Call')\n  text('\\s+was\\s+b')\n } }");
	advice = profiles_advice(p);
	g_assert_cmpuint(advice->len, ==, 1);
	if (!g_pattern_match_simple("*test.conf:4: the pattern is slow on long texts: * octets of \" \",*", advice->pdata[0]))
		g_error("%s", (char *)advice->pdata[0]);
	profiles_free(p);
}

int main(int argc, char **argv)
{
	int failed;

	g_test_init(&argc, &argv, NULL);
	profile_world_open();
	if (g_getenv("RINGBACK_TEST_SHORT"))
		g_test_message("RINGBACK_TEST_SHORT: /profile/hostile is left out");
	else
		g_test_add_func("/profile/hostile", test_hostile);
	g_test_add_func("/profile/careless-pattern", test_careless_pattern);
	g_test_add_func("/profile/steps", test_steps);
	g_test_add_func("/profile/advice", test_advice);
	failed = g_test_run();
	g_print("# the slowest hostile text took %d us\n", (int)slowest_us);
	profile_world_close();
	return failed;
}
