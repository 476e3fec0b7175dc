/* Any text that a phone may send: the reply parser answers with a verb of its list and a code in bounds. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "reply.h"
#include "sms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Words of other languages, as ringback.conf gives them. */
static const struct reply_phrase more[] = {
	{ (char *)"meins", VERB_ACK }, { (char *)"übernehme ich", VERB_ACK }, { (char *)"kein rückruf", VERB_NO_CALLBACK },
	{ (char *)"später", VERB_SNOOZE }, { (char *)"моё", VERB_ACK }, { (char *)"danke", VERB_NONE },
};

static void check(const char *text)
{
	for (gsize n = 0; n <= G_N_ELEMENTS(more); n += G_N_ELEMENTS(more)) {
		struct reply r = reply_read(text, n ? more : NULL, n);

		g_assert_true(r.verb < N_VERBS);
		g_assert_true(r.code == 0 || (r.code >= 10 && r.code <= 9999));
		g_assert_true(r.minutes >= 0 && r.minutes <= 1440);
		g_assert_true(r.minutes == 0 || r.verb == VERB_SNOOZE || r.verb == VERB_TRIED);
		g_assert_true(r.verb != VERB_NONE || (r.code == 0 && r.minutes == 0));
	}
}

/* A phrase that the configuration may give is read back as itself. */
static void check_phrase(const char *text)
{
	g_autofree char *phrase = g_utf8_validate(text, -1, NULL) && strlen(text) <= 100 ? reply_phrase(text) : NULL;
	const struct reply_phrase own = { phrase, VERB_LIST };

	if (phrase && reply_phrase_verb(phrase) == VERB_NONE) {
		struct reply r = reply_read(phrase, &own, 1);
		g_autofree char *again = reply_phrase(phrase);

		g_assert_cmpstr(again, ==, phrase);
		g_assert_true(r.verb == VERB_LIST || r.verb == VERB_NONE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	g_autofree char *raw = g_strndup(size ? (const char *)data : "", size);	/* data is NULL for no octets */

	check(raw);
	check_phrase(raw);
	check(gsm_decode(a, data, size));	/* as it comes over the wire */
	return 0;
}
