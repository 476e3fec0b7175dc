/* Any text that a phone may send: the reply parser answers with a verb of its list and a code in bounds. */
#include <glib.h>
#include <stdint.h>

#include "reply.h"
#include "sms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text)
{
	struct reply r = reply_read(text);

	g_assert_true(r.verb < N_VERBS);
	g_assert_true(r.code == 0 || (r.code >= 10 && r.code <= 9999));
	g_assert_true(r.verb != VERB_NONE || r.code == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	g_autofree char *raw = g_strndup(size ? (const char *)data : "", size);	/* data is NULL for no octets */

	check(raw);
	check(gsm_decode(a, data, size));	/* as it comes over the wire */
	return 0;
}
