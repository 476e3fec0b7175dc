/* What we add to a mail, and that nothing from a mail can break out of its place in it. */
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "field.h"
#include "phrase.h"
#include "render.h"
#include "render_world.h"

/* ---- header values ---- */

static const struct { const char *in, *out; } fields[] = {
	{ "", "" }, { "Jane Doe", "Jane Doe" }, { "Jörg", "=?UTF-8?B?SsO2cmc=?=" }, { "a\r\nX-Evil: 1", "a X-Evil: 1" },
	{ "a\n b", "a b" }, { "=?UTF-8?B?eA==?=", "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=" }, { "\u202eabc", "abc" },
	{ "a\u2028b", "a b" }, { "\x01\x7f", "" },
};

static void check_fields(void)
{
	AUTO_ARENA a = arena_new();

	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
		g_assert_cmpstr(field_text(a, fields[i].in, 100), ==, fields[i].out);
	g_assert_cmpstr(field_text(a, NULL, 100), ==, "");
	g_assert_cmpstr(field_ascii(a, "anna\r\nBcc: x", 100), ==, "anna Bcc: x");
	g_assert_cmpstr(field_ascii(a, "änna", 100), ==, "?nna");
}

/* What a mail client makes of encoded words: blanks between two of them do not count (RFC 2047, 6.2). */
static char *decoded(const char *value)
{
	GString *out = g_string_new(NULL);
	g_auto(GStrv) words = g_strsplit(value, "\n ", -1);

	for (guint i = 0; words[i]; i++) {
		g_autofree guchar *octets = NULL;
		g_autofree char *b64 = g_strndup(words[i] + 10, strlen(words[i]) - 12);
		gsize n;

		g_assert_true(g_str_has_prefix(words[i], "=?UTF-8?B?") && g_str_has_suffix(words[i], "?="));
		g_assert_cmpuint(strlen(words[i]), <=, 75);
		octets = g_base64_decode(b64, &n);
		g_assert_true(g_utf8_validate((char *)octets, (gssize)n, NULL));	/* split between characters */
		g_string_append_len(out, (char *)octets, (gssize)n);
	}
	return g_string_free(out, FALSE);
}

static void check_long_words(void)
{
	static const char *const letters[] = { "ä", "王", "👍", "ا" };

	for (gsize i = 0; i < G_N_ELEMENTS(letters); i++) {
		AUTO_ARENA a = arena_new();
		g_autoptr(GString) s = g_string_new(NULL);
		g_autofree char *back = NULL;

		for (int n = 0; n < 200; n++)
			g_string_append(s, letters[i]);
		back = decoded(field_text(a, s->str, 1000));
		g_assert_cmpstr(back, ==, s->str);
	}
}

static void check_fold(void)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GString) s = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	for (int n = 0; n < 600; n++)
		g_string_append_printf(s, "word%d ", n);
	g_string_append(s, "end");
	lines = g_strsplit(field_text(a, s->str, 5000), "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), >, 3);
	for (guint i = 0; lines[i]; i++) {
		g_assert_cmpuint(strlen(lines[i]), <=, 998);
		g_assert_true(i == 0 || lines[i][0] == ' ');
	}
	{
		g_autofree char *joined = g_strjoinv("", lines);

		g_assert_cmpstr(joined, ==, s->str);
	}
}

static void check_message_ids(void)
{
	static const char *const good[] = { "<a@b>", "<20260302.1@pbx.example.com>", "<no-at-sign>" };
	static const char *const bad[] = { "", "a@b", "<>", "<a@b", "<a b@c>", "<a@b>\r\nX: 1", "<a@b> <c@d>", "<ä@b>", "<<a>" };
	g_autofree char *fill = g_strnfill(600, 'a'), *longest = g_strconcat("<", fill, "@b>", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(field_is_message_id(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(field_is_message_id(bad[i]));
	g_assert_false(field_is_message_id(NULL));
	g_assert_false(field_is_message_id(longest));
}

/* ---- headers ---- */

static char *headers_text(struct world *w)
{
	GString *out = g_string_new(NULL);
	gsize n;
	const struct render_header *h = render_headers(w->a, w->r, &w->d, &w->e, &n);

	for (gsize i = 0; i < n; i++)
		g_string_append_printf(out, "%s: %s\n", h[i].name, h[i].value);
	return g_string_free(out, FALSE);
}

static void check_headers_missed(void)
{
	struct world w;
	g_autofree char *got = NULL;

	world_open(&w);
	got = headers_text(&w);
	g_assert_cmpstr(got, ==,
			"X-Ringback-Item: RB-1742\nX-Ringback-State: collecting\nX-Ringback-Class: missed\n"
			"X-Ringback-Reason: no_answer\nX-Ringback-Caller: +442079460123\n"
			"X-Ringback-Caller-Name: Jane Doe\nX-Ringback-Called: 201\nX-Ringback-Line: clinic\n"
			"X-Ringback-Call-Time: 2026-03-02T22:52:00+01:00\nX-Ringback-Transcript: none\n"
			"X-Ringback-Owner: anna\nX-Ringback-Calls: 1\nX-Ringback-Due: 2026-03-02T23:52:00+01:00\n"
			"X-Ringback-Why: line=clinic(called 201) closed step=1 anna\n"
			"List-Id: <clinic.calls.mx.example.com>\nKeywords: missed, clinic, anna\n"
			"X-CallingTelephoneNumber: +442079460123\nAuto-Submitted: auto-generated\n"
			"X-Auto-Response-Suppress: All\n");
	world_close(&w);
}

static void check_headers_joined(void)
{
	struct world w;
	g_autofree char *got = NULL;

	world_voicemail(&w);
	w.d.created = false;
	w.item.calls = 3;
	w.item.urgency = URGENCY_HIGH;
	w.e.message_id = "<second@pbx.example.com>";
	got = headers_text(&w);
	g_assert_nonnull(strstr(got, "X-Ringback-Duration: 34\nX-Ringback-Transcript: present\n"));
	g_assert_nonnull(strstr(got, "Message-Context: voice-message\nImportance: high\n"
				"In-Reply-To: <first@pbx.example.com>\nReferences: <first@pbx.example.com>\n"));
	g_assert_null(strstr(got, "Message-ID"));
	world_close(&w);
}

/* The first mail read again is no answer to itself; an unknown Message-ID of an item is not copied. */
static void check_headers_thread(void)
{
	struct world w;
	g_autofree char *same = NULL, *hostile = NULL;

	world_open(&w);
	w.d.created = false;
	same = headers_text(&w);
	g_assert_null(strstr(same, "In-Reply-To"));
	w.e.message_id = "<other@pbx.example.com>";
	w.item.thread_id = "<a@b>\r\nBcc: evil@example.com";
	hostile = headers_text(&w);
	g_assert_null(strstr(hostile, "In-Reply-To"));
	g_assert_null(strstr(hostile, "Bcc"));
	world_close(&w);
}

static void check_headers_no_id(void)
{
	struct world w;
	g_autofree char *first = NULL, *joined = NULL, *again = NULL;

	world_open(&w);
	w.e.message_id = "";
	first = headers_text(&w);
	g_assert_true(g_str_has_prefix(first, "Message-ID: <first@pbx.example.com>\nX-Ringback-Item: "));
	g_assert_null(strstr(first, "In-Reply-To"));
	w.d.created = false;
	joined = headers_text(&w);
	again = headers_text(&w);
	g_assert_true(g_str_has_prefix(joined,
				       "Message-ID: <n0123456789abcdef0123456789abcdef01234567.1742@mx.example.com>\n"));
	g_assert_nonnull(strstr(joined, "\nIn-Reply-To: <first@pbx.example.com>\n"));
	g_assert_cmpstr(joined, ==, again);
	world_close(&w);
}

/* What Outlook shows, and where answers go. */
static void check_headers_reply(void)
{
	struct world w;
	g_autofree char *got = NULL;

	world_voicemail(&w);
	w.item.call_id = "1772488320.42";
	w.r->rules.reply_address = g_strdup("calls@example.com");
	w.r->rules.reply_keys = g_strsplit("a key of the tests, 0123456789", "|", -1);
	got = headers_text(&w);
	g_assert_nonnull(strstr(got, "X-VoiceMessageDuration: 34\nX-CallID: 1772488320.42\nReply-To: calls+RB-1742-"));
	g_assert_nonnull(strstr(render_note(w.a, w.r, &w.item, "ringback@example.com", "calls@example.com", "x", EVENING, 1),
				"\r\nReply-To: calls+RB-1742-"));
	world_close(&w);
}

static void check_headers_withheld(void)
{
	struct world w;
	g_autofree char *withheld = NULL, *unknown = NULL, *other = NULL;

	world_open(&w);
	w.call.caller = w.item.caller = NULL;
	w.call.withheld = true;
	withheld = headers_text(&w);
	g_assert_nonnull(strstr(withheld, "X-Ringback-Caller: withheld\n"));
	w.call.withheld = false;
	unknown = headers_text(&w);
	g_assert_nonnull(strstr(unknown, "X-Ringback-Caller: unknown\n"));
	w.call.caller = "+44 20\r\nX-Evil: 1";
	other = headers_text(&w);
	g_assert_nonnull(strstr(other, "X-Ringback-Caller: unknown\n"));
	g_assert_null(strstr(other, "X-Evil"));
	world_close(&w);
}

/* ---- hostile words in every place at once ---- */

static void check_header_lines(struct world *w)
{
	gsize n;
	const struct render_header *h = render_headers(w->a, w->r, &w->d, &w->e, &n);

	g_assert_cmpuint(n, <, 30);
	for (gsize i = 0; i < n; i++) {
		g_auto(GStrv) lines = g_strsplit(h[i].value, "\n", -1);

		g_assert_true(g_str_is_ascii(h[i].value));
		g_assert_null(strchr(h[i].value, '\r'));
		for (guint k = 0; lines[k]; k++) {
			g_assert_cmpuint(strlen(lines[k]) + strlen(h[i].name), <, 998);
			g_assert_true(k == 0 || (lines[k][0] == ' ' && lines[k][1] > ' '));
		}
	}
}

static json_t *parsed(const char *text)
{
	json_error_t error;
	json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	g_assert_nonnull(o);
	g_assert_null(strpbrk(text, "\r\n"));
	return o;
}

static void check_note_lines(const char *note)
{
	const char *end = strstr(note, "\r\n\r\n");
	g_autofree char *head = NULL;
	g_auto(GStrv) lines = NULL;

	g_assert_nonnull(end);
	head = g_strndup(note, (gsize)(end - note));
	lines = g_strsplit(head, "\r\n", -1);
	for (guint i = 0; lines[i]; i++) {
		g_assert_true(g_str_is_ascii(lines[i]));
		g_assert_cmpuint(strlen(lines[i]), <, 998);
		g_assert_false(g_str_has_prefix(lines[i], "Bcc:"));
		g_assert_null(strpbrk(lines[i], "\r\n"));
	}
	for (const char *p = strchr(note, '\n'); p; p = strchr(p + 1, '\n'))
		g_assert_true(p[-1] == '\r');
}

static void check_all_forms(struct world *w)
{
	check_header_lines(w);
	check_note_lines(render_note(w->a, w->r, &w->item, "ringback@example.com", "calls@example.com",
				     w->d.why, EVENING, 77));
	json_decref(parsed(render_vcon(w->a, w->r, &w->d, &w->e)));
	json_decref(parsed(render_plain(w->a, w->r, &w->d, &w->e)));
	json_decref(parsed(render_call_json(w->a, &w->call, w->d.why)));
	g_assert_true(g_str_is_ascii(render_subject(w->a, w->r, &w->d, w->d.why)));
	g_assert_null(strstr(render_subject(w->a, w->r, &w->d, w->d.why), "\nB"));
}

static void check_hostile(void)
{
	for (gsize i = 0; world_hostile_words[i]; i++) {
		struct world w;

		world_hostile(&w, world_hostile_words[i]);
		check_all_forms(&w);
		world_close(&w);
	}
}

static void check_long(void)
{
	static const char *const bits[] = { "a", "a ", "ä", "👍", "<", "\n" };

	for (gsize i = 0; i < G_N_ELEMENTS(bits); i++) {
		g_autoptr(GString) s = g_string_new(NULL);
		struct world w;

		for (int n = 0; n < 10000; n++)
			g_string_append(s, bits[i]);
		world_hostile(&w, s->str);
		check_all_forms(&w);
		world_close(&w);
	}
}

static void check_random(void)
{
	for (int n = 0; n < 300; n++) {
		g_autoptr(GString) s = g_string_new(NULL);
		struct world w;

		for (int i = g_test_rand_int_range(0, 200); i > 0; i--) {
			gunichar c = (gunichar)g_test_rand_int_range(1, g_test_rand_bit() ? 0x80 : 0x3000);

			g_string_append_unichar(s, g_unichar_validate(c) ? c : 'x');
		}
		world_hostile(&w, s->str);
		check_all_forms(&w);
		world_close(&w);
	}
}

/* ---- times ---- */

static void check_times(void)
{
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(phrase_stamp(a, EVENING, "Europe/Berlin"), ==, "2026-03-02T22:52:00+01:00");
	g_assert_cmpstr(phrase_stamp(a, EVENING, "America/St_Johns"), ==, "2026-03-02T18:22:00-03:30");
	g_assert_cmpstr(phrase_stamp(a, EVENING, "Asia/Kathmandu"), ==, "2026-03-03T03:37:00+05:45");
	g_assert_cmpstr(phrase_stamp(a, EVENING, NULL), ==, "2026-03-02T21:52:00+00:00");
	g_assert_cmpstr(phrase_stamp(a, EVENING, "No/Where"), ==, "2026-03-02T21:52:00+00:00");
	g_assert_cmpstr(phrase_stamp(a, INT64_MAX, "Europe/Berlin"), ==, "-");
	g_assert_cmpstr(phrase_when(a, EVENING, "America/Sao_Paulo"), ==, "Mon 2 Mar 2026, 18:52 UTC-03");
	g_assert_cmpstr(phrase_when(a, EVENING, "Europe/London"), ==, "Mon 2 Mar 2026, 21:52 GMT");
	g_assert_cmpstr(phrase_length(a, 0), ==, "0:00");
	g_assert_cmpstr(phrase_length(a, 3723), ==, "1:02:03");
}

/* ---- subject ---- */

static void check_subject(void)
{
	struct world w;

	world_open(&w);
	g_assert_cmpstr(render_subject(w.a, w.r, &w.d, "Missed call"), ==, "[RB-1742 Clinic - Anna Smith] Missed call");
	g_assert_cmpstr(render_subject(w.a, w.r, &w.d, ""), ==, "[RB-1742 Clinic - Anna Smith]");
	g_assert_cmpstr(render_subject(w.a, w.r, &w.d, NULL), ==, "[RB-1742 Clinic - Anna Smith]");
	g_assert_cmpstr(render_subject(w.a, w.r, &w.d, "a\r\n b"), ==, "[RB-1742 Clinic - Anna Smith] a b");
	g_assert_cmpstr(render_subject(w.a, w.r, &w.d, "=?UTF-8?B?SsO2cmc=?="), ==,
			"[RB-1742 Clinic - Anna Smith]\n =?UTF-8?B?SsO2cmc=?=");
	{
		g_autofree char *back = decoded(render_subject(w.a, w.r, &w.d, "Anruf von Jörg"));

		g_assert_cmpstr(back, ==, "[RB-1742 Clinic - Anna Smith] Anruf von Jörg");
	}
	world_close(&w);
}

/* ---- JSON ---- */

static void check_call_json(void)
{
	struct world w;

	world_voicemail(&w);
	g_assert_cmpstr(render_call_json(w.a, &w.call, "a.eml"), ==,
			"{\"file\":\"a.eml\",\"profile\":\"fusionpbx-voicemail\",\"class\":\"voicemail\","
			"\"reason\":\"no_answer\",\"caller\":\"+442079460123\",\"caller_raw\":\"02079460123\","
			"\"caller_name\":\"Jane Doe\",\"called\":\"201\",\"time\":\"2026-03-02T21:52:00Z\","
			"\"duration_s\":34,\"transcript\":\"Hi, it's Jane. The boiler is leaking, can someone come "
			"tonight?\",\"call_id\":null,\"confidence\":100,\"transcript_lang\":\"en-GB\","
			"\"transcript_engine\":\"scribe\",\"transcript_confidence\":0.74}");
	g_assert_cmpstr(render_call_json(w.a, NULL, NULL), ==,
			"{\"file\":null,\"profile\":null,\"class\":\"none\",\"reason\":null,\"caller\":null,"
			"\"caller_raw\":null,\"caller_name\":null,\"called\":null,\"time\":null,\"duration_s\":null,"
			"\"transcript\":null,\"call_id\":null,\"confidence\":null,\"transcript_lang\":null,"
			"\"transcript_engine\":null,\"transcript_confidence\":null}");
	json_decref(parsed(render_call_json(w.a, NULL, "not-utf8-\xff.eml")));
	world_close(&w);
}

static const char *at(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static json_t *nth(json_t *o, const char *key, gsize n)
{
	return json_array_get(json_object_get(o, key), n);
}

static void check_vcon_missed(void)
{
	struct world w;
	json_t *o, *dialog;

	world_open(&w);
	o = parsed(render_vcon(w.a, w.r, &w.d, &w.e));
	dialog = nth(o, "dialog", 0);
	g_assert_cmpint(at(o, "uuid")[14], ==, '8');
	g_assert_nonnull(strchr("89ab", at(o, "uuid")[19]));
	g_assert_cmpuint(strlen(at(o, "uuid")), ==, 36);
	g_assert_cmpstr(at(o, "created_at"), ==, "2026-03-02T21:52:05Z");
	g_assert_cmpstr(at(o, "subject"), ==, "Missed call from +442079460123 to 201");
	g_assert_cmpstr(at(nth(o, "parties", 0), "tel"), ==, "tel:+442079460123");
	g_assert_cmpstr(at(nth(o, "parties", 0), "validation"), ==, "none");
	g_assert_cmpstr(at(nth(o, "parties", 1), "tel"), ==, "tel:201;phone-context=mx.example.com");
	g_assert_cmpstr(at(nth(o, "parties", 1), "mailto"), ==, "anna@example.com");
	g_assert_cmpstr(at(dialog, "type"), ==, "incomplete");
	g_assert_cmpstr(at(dialog, "disposition"), ==, "no-answer");
	g_assert_cmpstr(at(dialog, "start"), ==, "2026-03-02T21:52:00Z");
	g_assert_null(json_object_get(dialog, "duration"));
	g_assert_null(json_object_get(o, "vcon"));
	json_decref(o);
	world_close(&w);
}

static void check_vcon_voicemail(void)
{
	struct world w;
	json_t *o, *dialog;

	world_voicemail(&w);
	o = parsed(render_vcon(w.a, w.r, &w.d, &w.e));
	dialog = nth(o, "dialog", 0);
	g_assert_cmpstr(at(dialog, "type"), ==, "recording");
	g_assert_cmpint(json_integer_value(json_object_get(dialog, "duration")), ==, 34);
	g_assert_cmpstr(at(dialog, "mediatype"), ==, "audio/x-wav");
	g_assert_cmpstr(at(dialog, "filename"), ==, "msg0001.wav");
	g_assert_cmpstr(at(dialog, "content_hash"), ==, "sha512-qVVahrJT0MVMWBX1");
	g_assert_null(json_object_get(dialog, "body"));
	g_assert_null(json_object_get(dialog, "url"));
	g_assert_null(json_object_get(dialog, "disposition"));
	g_assert_cmpstr(at(nth(o, "analysis", 0), "type"), ==, "transcript");
	g_assert_cmpstr(at(nth(o, "analysis", 0), "body"), ==, w.call.transcript);
	g_assert_cmpstr(at(nth(o, "analysis", 0), "product"), ==, "scribe");
	g_assert_cmpstr(at(nth(o, "analysis", 1), "type"), ==, "report");
	g_assert_cmpstr(at(json_object_get(nth(o, "analysis", 1), "body"), "transcript_lang"), ==, "en-GB");
	json_decref(o);
	world_close(&w);
}

static void check_disposition(void)
{
	static const char *const words[N_REASONS] = {
		"no-answer", "no-answer", "busy", "failed", "busy", "hung-up", "no-answer"
	};

	for (int i = 0; i < N_REASONS; i++) {
		struct world w;
		json_t *o;

		world_open(&w);
		w.call.reason = i;
		o = parsed(render_vcon(w.a, w.r, &w.d, &w.e));
		g_assert_cmpstr(at(nth(o, "dialog", 0), "disposition"), ==, words[i]);
		json_decref(o);
		world_close(&w);
	}
}

/* The same notice read again gives the same octets, another one another uuid. */
static void check_vcon_again(void)
{
	struct world w;
	g_autofree char *first = NULL;

	world_open(&w);
	first = g_strdup(render_vcon(w.a, w.r, &w.d, &w.e));
	w.d.created = false;
	w.item.state = STATE_OPEN;
	w.item.calls = 2;
	w.d.why = "retry";
	g_assert_cmpstr(render_vcon(w.a, w.r, &w.d, &w.e), ==, first);
	w.notice.key = "other";
	g_assert_cmpstr(render_vcon(w.a, w.r, &w.d, &w.e), !=, first);
	world_close(&w);
}

static void check_vcon_odd_numbers(void)
{
	struct world w;
	json_t *o;

	world_open(&w);
	w.call.caller = w.item.caller = NULL;
	w.call.withheld = true;
	w.call.called = "sales queue";
	o = parsed(render_vcon(w.a, w.r, &w.d, &w.e));
	g_assert_null(json_object_get(nth(o, "parties", 0), "tel"));
	g_assert_null(json_object_get(nth(o, "parties", 1), "tel"));
	g_assert_cmpstr(at(o, "subject"), ==, "Missed call from number withheld to sales queue");
	json_decref(o);
	world_close(&w);
}

static void check_plain(void)
{
	struct world w;
	json_t *o;

	world_open(&w);
	o = parsed(render_plain(w.a, w.r, &w.d, &w.e));
	g_assert_cmpstr(at(o, "item"), ==, "RB-1742");
	g_assert_cmpstr(at(o, "caller"), ==, NUMBER);
	g_assert_cmpstr(at(o, "owner"), ==, "anna");
	g_assert_cmpstr(at(o, "due"), ==, "2026-03-02T22:52:00Z");
	g_assert_true(json_is_null(json_object_get(o, "transcript")));
	g_assert_true(json_is_null(json_object_get(o, "duration_s")));
	json_decref(o);
	world_close(&w);
}

/* ---- note ---- */

static void check_note(void)
{
	struct world w;

	world_open(&w);
	w.item.state = STATE_OPEN;
	g_assert_cmpstr(render_note(w.a, w.r, &w.item, "ringback@example.com", "calls@example.com",
				    "Texted Anna Smith at 22:53.", EVENING + 60, 77), ==,
			"From: ringback@example.com\r\nTo: calls@example.com\r\n"
			"Subject: [RB-1742 Clinic] Texted Anna Smith at 22:53.\r\n"
			"Date: Mon, 02 Mar 2026 21:53:00 +0000\r\nMessage-ID: <note.77.1742@mx.example.com>\r\n"
			"In-Reply-To: <first@pbx.example.com>\r\nReferences: <first@pbx.example.com>\r\n"
			"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
			"X-Ringback-Item: RB-1742\r\nX-Ringback-State: open\r\nX-Ringback-Owner: anna\r\n"
			"X-Ringback-Class: missed\r\nX-Ringback-Line: clinic\r\n"
			"List-Id: <clinic.calls.mx.example.com>\r\nKeywords: missed, clinic, anna\r\n"
			"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
			"Content-Transfer-Encoding: 7bit\r\n\r\n"
			"Texted Anna Smith at 22:53.\r\n\r\n"
			"Missed call   Jane Doe, +44 20 7946 0123\r\n"
			"When          Mon 2 Mar 2026, 22:52 CET, Clinic\r\n"
			"Owner         Anna Smith\r\n"
			"State         open\r\n"
			"Call back by  Mon 2 Mar 2026, 23:52 CET\r\n\r\n"
			"RB-1742. ringback wrote this note by itself.\r\n");
	world_close(&w);
}

static void check_note_utf8(void)
{
	struct world w;
	const char *note;
	g_autofree guchar *body = NULL;
	gsize n;

	world_open(&w);
	w.item.caller_name = "Jörg";
	note = render_note(w.a, w.r, &w.item, "ringback@example.com", "calls@example.com", "Texted", EVENING, 1);
	check_note_lines(note);
	g_assert_nonnull(strstr(note, "Content-Transfer-Encoding: base64\r\n\r\n"));
	g_assert_true(g_str_is_ascii(note));
	body = g_base64_decode(strstr(note, "\r\n\r\n") + 4, &n);
	g_assert_nonnull(g_strstr_len((char *)body, (gssize)n, "Missed call   Jörg, +44 20 7946 0123\r\n"));
	world_close(&w);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } tests[] = {
		{ "field/text", check_fields }, { "field/words", check_long_words }, { "field/fold", check_fold },
		{ "field/message-id", check_message_ids }, { "headers/missed", check_headers_missed },
		{ "headers/joined", check_headers_joined }, { "headers/thread", check_headers_thread },
		{ "headers/no-id", check_headers_no_id }, { "headers/withheld", check_headers_withheld }, { "headers/reply", check_headers_reply },
		{ "hostile/words", check_hostile }, { "hostile/long", check_long }, { "hostile/random", check_random },
		{ "times", check_times }, { "subject", check_subject },
		{ "json/call", check_call_json }, { "json/plain", check_plain },
		{ "vcon/missed", check_vcon_missed }, { "vcon/voicemail", check_vcon_voicemail },
		{ "vcon/disposition", check_disposition }, { "vcon/again", check_vcon_again },
		{ "vcon/odd-numbers", check_vcon_odd_numbers }, { "note/ascii", check_note },
		{ "note/utf8", check_note_utf8 },
	};

	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/render/", tests[i].name, NULL);

		g_test_add_func(path, tests[i].run);
	}
	return g_test_run();
}
