#include <glib.h>
#include <string.h>

#include "err.h"
#include "profile_world.h"
#include "text.h"

/* ---- letters by hand ---- */

#define PROFILE(body) "profile p {\n\tmatch { subject('^missed') }\n\textract {\n" body "\n\t}\n" \
	"\tdates = { \"en_US|yyyy-MM-dd HH:mm:ss\" }\n\twithheld = { \"anonymous\", \"Unbekannt\" }\n" \
	"\tno_name = { \"cell phone\" }\n\treasons = { \"USER_BUSY = busy\", \"a = b = rejected\" }\n}\n"

static struct call *read_one(struct arena *a, const char *profile, struct letter l)
{
	struct profiles *p = profiles_new();
	struct call *c;

	profile_world_add(p, profile);
	if (!*l.subject)
		l.subject = "missed";
	c = profiles_read(p, &l, &profile_ctx, a);
	profiles_free(p);
	return c;
}

struct name_row {
	const char *name, *raw, *clean;
	bool withheld;
};

static const struct name_row name_rows[] = {
	{ "plain", "Jane Doe", "Jane Doe", false },
	{ "blanks", "  Jane\t Doe ", "Jane Doe", false },
	{ "quotes", "\"Jane Doe\"", "Jane Doe", false },
	{ "quotes-within", "Bob \\\"Bobby\\\" Tables", "Bob \"Bobby\" Tables", false },
	{ "entity", "O&#39;Hare &amp; Sons", "O'Hare & Sons", false },
	{ "entity-hex", "O&#x27;Hare &lt;b&gt; &quot;x&quot; &apos;", "O'Hare <b> \"x\" '", false },
	{ "entity-once", "A &amp;lt; B", "A &lt; B", false },
	{ "entity-unknown", "A &euro; &#; &#x; &; B", "A &euro; &#; &#x; &; B", false },
	{ "entity-beyond", "A &#x110000; &#xD800; B", "A &#x110000; &#xD800; B", false },
	{ "entity-line-end", "A&#10;Bcc: b&#13;&#0;", "A Bcc: b &#0;", false },
	{ "override", "A\342\200\256B", "A B", false },
	{ "number", "+1 (202) 555-0187", NULL, false },
	{ "placeholder", "Cell Phone", NULL, false },
	{ "withheld", "Anonymous", NULL, true },
	{ "withheld-folded", "UNBEKANNT", NULL, true },
	{ "empty", "\"\"", NULL, false },
	{ "umlaut", "Käthe Weiß", "Käthe Weiß", false },
	{ "not-latin", "Анна", "Анна", false },
};

static void test_name(const void *data)
{
	const struct name_row *r = data;
	AUTO_ARENA a = arena_new();
	struct letter l = letter_empty;
	struct call *c;

	l.text = r->raw;
	c = read_one(a, PROFILE("text('(?s)^(?<caller_name>.+)')"), l);
	g_assert_nonnull(c);
	g_assert_cmpstr(c->caller_name, ==, r->clean);
	g_assert_cmpint(c->withheld, ==, r->withheld);
	g_assert_null(c->caller_raw);
}

static void test_long_name(void)
{
	g_autofree char *name = g_strnfill(5000, 'x');
	AUTO_ARENA a = arena_new();
	struct letter l = letter_empty;
	struct call *c;

	l.text = name;
	c = read_one(a, PROFILE("text('(?<caller_name>.+)')"), l);
	g_assert_cmpint(g_utf8_strlen(c->caller_name, -1), ==, 100);
	g_assert_true(g_str_has_suffix(c->caller_name, "…"));
}

static void test_field_by_field(void)
{
	static const struct letter_header headers[] = { { "x-num", "" }, { "X-Num", "2025550187" } };
	AUTO_ARENA a = arena_new();
	struct letter l = letter_empty;
	struct call *c;

	l.headers = headers;
	l.n_headers = 2;
	l.text = "Name: cell phone\nNumber:  \n2nd name: Jane\n";
	l.html = "Number: 2025550188\nName: June\n";
	c = read_one(a, PROFILE("text('^Name: (?<caller_name>.*)$')\ntext('^Number:(?<caller>.*)$')\n"
				"text('2nd name: (?<caller_name>.*)')\nheader('X-Num', '(?<caller>.*)')\n"
				"html('Number: (?<caller>.*)\\nName: (?<caller_name>.*)')"), l);
	g_assert_cmpstr(c->caller_name, ==, "Jane");
	g_assert_cmpstr(c->caller, ==, "+12025550187");
	g_assert_cmpstr(c->caller_raw, ==, "2025550187");
	g_assert_false(c->withheld);
}

static void test_withheld_number(void)
{
	AUTO_ARENA a = arena_new();
	struct letter l = letter_empty;
	struct call *c;

	l.text = "ANONYMOUS|Jane";
	c = read_one(a, PROFILE("text('(?<caller>.*)\\|(?<caller_name>.*)')"), l);
	g_assert_true(c->withheld);
	g_assert_null(c->caller);
	g_assert_cmpstr(c->caller_raw, ==, "ANONYMOUS");
	/* A placeholder of a name beside a number: the number counts. */
	l.text = "2025550187|Anonymous";
	c = read_one(a, PROFILE("text('(?<caller>.*)\\|(?<caller_name>.*)')"), l);
	g_assert_false(c->withheld);
	g_assert_cmpstr(c->caller, ==, "+12025550187");
	g_assert_null(c->caller_name);
}

struct time_row {
	const char *name, *text;
	int64_t date;
	int offset_s;
	const char *at;
	bool printed;
};

static const struct time_row time_rows[] = {
	{ "printed", "2026-03-03 14:15:09", PROFILE_NOW, 0, "2026-03-03T19:15:09Z", true },
	{ "printed-an-hour-before", "2026-03-03 13:15:09", PROFILE_NOW, -18000, "2026-03-03T18:15:09Z", true },
	{ "zone-of-date", "2026-03-03 20:15:00", PROFILE_NOW, 3600, "2026-03-03T19:15:00Z", true },
	{ "zone-none-set", "2026-03-03 19:15:00", PROFILE_NOW, -18000, "2026-03-03T19:15:00Z", true },
	{ "zone-of-date-half-hour", "2026-03-04 00:45:00", PROFILE_NOW, 19800, "2026-03-03T19:15:00Z", true },
	{ "neither", "2026-03-03 03:15:00", PROFILE_NOW, 3600, "2026-03-03T08:15:00Z", true },
	{ "unreadable", "yesterday", PROFILE_NOW, 0, "2026-03-03T19:15:09Z", false },
	{ "unreadable-no-date", "yesterday", 0, 0, "2026-03-03T19:15:09Z", false },
	{ "printed-no-date", "2026-03-03 14:15:08", 0, 0, "2026-03-03T19:15:08Z", true },
	{ "absurd-offset", "2026-03-03 03:15:00", PROFILE_NOW, 360000, "2026-03-03T08:15:00Z", true },
};

static void test_time(const void *data)
{
	const struct time_row *r = data;
	AUTO_ARENA a = arena_new();
	struct letter l = letter_empty;
	struct call *c;
	char buf[32];

	l.text = r->text;
	l.date = r->date;
	l.date_offset_s = r->offset_s;
	c = read_one(a, PROFILE("text('(?<time>.*)')"), l);
	g_assert_cmpstr(text_time(c->time, buf), ==, r->at);
	g_assert_cmpint(c->time_printed, ==, r->printed);
}

/* A Date without a zone is in that of the printed times, and no proof that those are in UTC. */
static void test_date_without_zone(void)
{
	AUTO_ARENA a = arena_new();
	struct letter l = letter_empty;
	struct call *c;

	l.date = PROFILE_NOW - 5 * 3600;	/* 14:15:09 */
	l.date_local = true;
	c = read_one(a, PROFILE("text('(?<time>.*)')"), l);
	g_assert_cmpint(c->time, ==, PROFILE_NOW);
	g_assert_false(c->time_printed);
	l.text = "2026-03-03 14:15:00";
	c = read_one(a, PROFILE("text('(?<time>.*)')"), l);
	g_assert_cmpint(c->time, ==, PROFILE_NOW - 9);
}

/* What is said of the text goes for the HTML part's in a mail without text. */
static void test_html_alone(void)
{
	AUTO_ARENA a = arena_new();
	struct letter l = letter_empty;

	l.html = "Name: Jane Doe";
	l.text = "\n";
	g_assert_cmpstr(read_one(a, PROFILE("text('Name: (?<caller_name>.*)')"), l)->caller_name, ==, "Jane Doe");
	l.text = "See the other part.";
	g_assert_null(read_one(a, PROFILE("text('Name: (?<caller_name>.*)')"), l)->caller_name);
}

static const struct { const char *word; enum call_reason reason; } reason_rows[] = {
	{ "USER_BUSY", REASON_BUSY }, { "user_busy", REASON_BUSY }, { "a = b", REASON_REJECTED },
	{ "other", REASON_NO_ANSWER },
};

static void test_reasons(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(reason_rows); i++) {
		AUTO_ARENA a = arena_new();
		struct letter l = letter_empty;

		l.text = reason_rows[i].word;
		g_assert_cmpint(read_one(a, PROFILE("text('(?<reason>.*)')"), l)->reason, ==, reason_rows[i].reason);
	}
}

static const struct { const char *text, *transcript; } transcript_rows[] = {
	{ "Hi, its Jane.\n\nCall  me.\n", "Hi, its Jane. Call me." }, { "Hi.\n-- \nSent by a PBX\n", "Hi." },
	{ " null \n", NULL }, { "${message_text}", NULL }, { "Not Enabled", NULL }, { "nullify it", "nullify it" },
	{ "(Google was unable to recognize any speech in audio data.)\n", NULL },
	{ "Unable to transcribe this message.\n", NULL }, { "[No transcription is available.]", NULL },
	{ "Transcription unavailable", NULL }, { "Not available on Monday.", "Not available on Monday." },
	{ "null\nnull\n", NULL },
	{ "%HESITATION ", NULL }, { "*HESITATION %HESITATION", NULL },
	{ "call me %HESITATION thanks", "call me %HESITATION thanks" },
	{ "[BLANK_AUDIO]", NULL }, { "Transcription unavailable.", NULL },
	{ "I was unable to transcribe it", "I was unable to transcribe it" }, { "((()", NULL },
	{ "null and void", "null and void" },
	{ "it&#039;s &lt;blue&gt;", "it's <blue>" },
};

static void test_transcripts(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(transcript_rows); i++) {
		AUTO_ARENA a = arena_new();
		struct letter l = letter_empty;

		l.text = transcript_rows[i].text;
		g_assert_cmpstr(read_one(a, PROFILE("text('(?s)\\A(?<transcript>.+)')"), l)->transcript, ==,
				transcript_rows[i].transcript);
	}
}

static const struct { const char *text; double confidence; } confidence_rows[] = {
	{ "0.87", 0.87 }, { "87%", 0.87 }, { "87 %", 0.87 }, { "1", 1 }, { "0", 0 }, { "87", -1 }, { "high", -1 },
	{ "-1", -1 }, { "101%", -1 }, { "0.5x", -1 }, { "nan", -1 },
};

static void test_transcriber(void)
{
	AUTO_ARENA a = arena_new();
	struct letter l = letter_empty;
	struct call *c;

	l.text = "Hi. [en-US, Watson]";
	c = read_one(a, PROFILE("text('(?<transcript>.*) \\[(?<transcript_lang>[^,]*), (?<transcript_engine>.*)\\]')"), l);
	g_assert_cmpstr(c->transcript_lang, ==, "en-US");
	g_assert_cmpstr(c->transcript_engine, ==, "Watson");
	g_assert_cmpfloat(c->transcript_confidence, ==, -1);
	g_assert_cmpint(c->confidence, ==, 100);
	l.text = "null [en-US, Watson]";
	c = read_one(a, PROFILE("text('(?<transcript>.*) \\[(?<transcript_lang>[^,]*), (?<transcript_engine>.*)\\]')"), l);
	g_assert_null(c->transcript);
	g_assert_null(c->transcript_lang);
	g_assert_null(c->transcript_engine);
	for (gsize i = 0; i < G_N_ELEMENTS(confidence_rows); i++) {
		l.text = confidence_rows[i].text;
		g_assert_cmpfloat(read_one(a, PROFILE("text('(?<transcript_confidence>.+)')"), l)->transcript_confidence,
				  ==, confidence_rows[i].confidence);
	}
}

static void test_audio(void)
{
	static const struct letter_part parts[] = {
		{ "text/plain", NULL, 10, NULL }, { "audio/x-wav", "msg_17.wav", 44, "hash" },
	};
	AUTO_ARENA a = arena_new();
	struct letter l = letter_empty;
	struct call *c;

	l.parts = parts;
	l.n_parts = G_N_ELEMENTS(parts);
	c = read_one(a, PROFILE("filename('^msg_(?<call_id>\\d+)')"), l);
	g_assert_cmpstr(c->call_id, ==, "17");
	g_assert_cmpstr(c->audio_hash, ==, "hash");
	g_assert_cmpstr(c->audio_type, ==, "audio/x-wav");
	g_assert_cmpstr(c->audio_name, ==, "msg_17.wav");
}

/* ---- which profile ---- */

static const char *read_name(const struct profiles *p, const struct letter *l)
{
	AUTO_ARENA a = arena_new();
	const struct call *c = profiles_read(p, l, &profile_ctx, a);

	return c ? g_intern_string(c->profile) : NULL;
}

static void test_order(void)
{
	struct profiles *p = profiles_new();
	struct letter l = letter_empty;

	profile_world_add(p, "profile late { priority = 200 match { subject('x') } }");
	profile_world_add(p, "profile b { match { subject('x') } reject { text('no b') } }");
	profile_world_add(p, "profile a { match { subject('x') } reject { text('no a') } }");
	profile_world_add(p, "profile first { priority = 5 match { subject('x') text('first') } }");
	l.subject = "x";
	g_assert_cmpstr(read_name(p, &l), ==, "a");
	l.text = "first";
	g_assert_cmpstr(read_name(p, &l), ==, "first");
	l.text = "no a";
	g_assert_cmpstr(read_name(p, &l), ==, "b");
	l.text = "no a, no b";
	g_assert_cmpstr(read_name(p, &l), ==, "late");
	l.subject = "y";
	g_assert_null(read_name(p, &l));
	profiles_free(p);
}

static void test_alternatives(void)
{
	static const struct letter_header headers[] = { { "X-B", "two" } };
	struct profiles *p = profiles_new();
	struct letter l = letter_empty;

	profile_world_add(p, "profile p {\n match { from('one') text('body') }\n match { header('X-A|X-B', 'two') subject('s') }\n"
		 "match { text('alone') } }");
	g_assert_null(read_name(p, &l));
	l.from = "one";
	g_assert_null(read_name(p, &l));
	l.text = "body";
	g_assert_cmpstr(read_name(p, &l), ==, "p");
	l = letter_empty;
	l.subject = "s";
	g_assert_null(read_name(p, &l));
	l.headers = headers;
	l.n_headers = 1;
	g_assert_cmpstr(read_name(p, &l), ==, "p");
	l = letter_empty;
	l.text = "alone";
	g_assert_cmpstr(read_name(p, &l), ==, "p");
	profiles_free(p);
}

static void test_may_match(void)
{
	struct profiles *p = profiles_new();
	struct letter l = letter_empty;

	g_assert_false(profiles_may_match(p, &l, NULL));
	profile_world_add(p, "profile p {\n match { from('pbx') text('body') }\n reject { subject('fax') text('x') } }");
	g_assert_false(profiles_may_match(p, &l, NULL));
	l.from = "pbx";
	g_assert_true(profiles_may_match(p, &l, NULL));
	l.subject = "fax";
	g_assert_false(profiles_may_match(p, &l, NULL));
	l.subject = "Re: missed";
	g_assert_false(profiles_may_match(p, &l, NULL));
	profiles_free(p);
}

static void test_subset(void)
{
	static const char *const a[] = { "a" }, *const product[] = { "test" }, *const unknown[] = { "a", "c" };
	struct profile_context some = profile_ctx;
	struct profiles *p = profiles_new();
	struct profile_set *only, *all;
	g_autoptr(GError) err = NULL;
	struct letter l = letter_empty;
	AUTO_ARENA arena = arena_new();

	profile_world_add(p, "profile b { priority = 1 match { subject('x') } }\nprofile a { match { subject('x|y') } }");
	only = profiles_subset(p, a, 1, &err);
	all = profiles_subset(p, product, 1, &err);
	g_assert_no_error(err);
	g_assert_null(profiles_subset(p, unknown, 2, &err));
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	g_assert_cmpstr(err->message, ==, "there is no profile \"c\", and no file c.conf of profiles");
	l.subject = "x";
	g_assert_cmpstr(read_name(p, &l), ==, "b");
	some.allowed = only;
	g_assert_cmpstr(profiles_read(p, &l, &some, arena)->profile, ==, "a");
	some.allowed = all;
	g_assert_cmpstr(profiles_read(p, &l, &some, arena)->profile, ==, "b");
	g_assert_true(profiles_may_match(p, &l, only));
	profile_set_free(only);
	only = profiles_subset(p, NULL, 0, NULL);
	g_assert_false(profiles_may_match(p, &l, only));
	profile_set_free(only);
	profile_set_free(all);
	profiles_free(p);
}

/* ---- where a value comes from ---- */

static void test_trace(void)
{
	static const struct letter_header headers[] = { { "X-Other", "1" }, { "x-num", "tel: 2025550187" } };
	struct profile_trace t;
	struct profile_context traced = profile_ctx;
	struct profiles *p = profiles_new();
	struct letter l = letter_empty;
	AUTO_ARENA a = arena_new();
	const struct profile_value *v;

	profile_trace_init(&t);
	traced.trace = &t;
	profile_world_add(p, PROFILE("text('Name: (?<caller_name>.*)$')\nheader('X-Num', '(?<caller>\\d+)')\n"
			    "html('(?<caller_name>J.*)')"));
	l.headers = headers;
	l.n_headers = 2;
	l.subject = "missed";
	l.text = "Hi.\nName: cell  phone";
	l.html = "Jane";
	g_assert_nonnull(profiles_read(p, &l, &traced, a));
	g_assert_cmpstr(t.profile, ==, "p");
	g_assert_cmpuint(t.values->len, ==, 3);
	v = &g_array_index(t.values, struct profile_value, 0);
	g_assert_cmpint(v->field, ==, FIELD_CALLER_NAME);
	g_assert_cmpstr(v->raw, ==, "cell  phone");
	g_assert_cmpstr(v->value, ==, "");
	g_assert_cmpint(v->where, ==, WHERE_TEXT);
	g_assert_cmpuint(v->offset, ==, 10);
	g_assert_cmpuint(v->size, ==, 11);
	g_assert_true(g_str_has_suffix(v->file, "test.conf"));
	g_assert_cmpint(v->line, ==, 4);
	v = &g_array_index(t.values, struct profile_value, 1);
	g_assert_cmpstr(v->value, ==, "2025550187");
	g_assert_cmpint(v->where, ==, WHERE_HEADER);
	g_assert_cmpstr(v->header, ==, "x-num");
	g_assert_cmpuint(v->index, ==, 1);
	g_assert_cmpuint(v->offset, ==, 5);
	g_assert_cmpint(v->line, ==, 5);
	v = &g_array_index(t.values, struct profile_value, 2);
	g_assert_cmpstr(v->value, ==, "Jane");
	g_assert_cmpint(v->where, ==, WHERE_HTML);
	profile_trace_clear(&t);
	profiles_free(p);
}

static void test_trace_near(void)
{
	struct profile_trace t;
	struct profile_context traced = profile_ctx;
	struct profiles *p = profiles_new();
	struct letter l = letter_empty;
	AUTO_ARENA a = arena_new();
	const struct profile_near *n;

	profile_trace_init(&t);
	traced.trace = &t;
	profile_world_add(p, "profile one { match { subject('x')\n text('y')\n html('z') }\n match { from('f') } }\n"
		 "profile two { match { subject('x') }\n reject { from('f') from('r') } }\n"
		 "profile three { match { subject('q') } }");
	l.subject = "x";
	l.text = "y";
	l.from = "r";
	g_assert_null(profiles_read(p, &l, &traced, a));
	g_assert_null(t.profile);
	g_assert_cmpuint(t.near->len, ==, 2);
	n = &g_array_index(t.near, struct profile_near, 0);
	g_assert_cmpstr(n->profile, ==, "two");
	g_assert_true(n->rejected);
	g_assert_cmpstr(n->pattern, ==, "r");
	g_assert_cmpint(n->line, ==, 6);
	n = &g_array_index(t.near, struct profile_near, 1);
	g_assert_cmpstr(n->profile, ==, "one");
	g_assert_false(n->rejected);
	g_assert_cmpuint(n->held, ==, 2);
	g_assert_cmpuint(n->rules, ==, 3);
	g_assert_cmpint(n->where, ==, WHERE_HTML);
	g_assert_cmpstr(n->pattern, ==, "z");
	g_assert_cmpint(n->line, ==, 3);
	profile_trace_clear(&t);
	profile_trace_init(&t);
	l.subject = "Re: x";
	g_assert_null(profiles_read(p, &l, &traced, a));
	g_assert_cmpstr(t.never, ==, "a reply or a forward, says the subject");
	profile_trace_clear(&t);
	profiles_free(p);
}

/* ---- drift ---- */

struct drift_row {
	const char *name, *from, *subject, *text;
	const char *profile, *drift;
	unsigned missing;
};

#define CALLER (1u << FIELD_CALLER)
#define TIME (1u << FIELD_TIME)
#define CALLED (1u << FIELD_CALLED)

static const struct drift_row drift_rows[] = {
	{ "all-there", "pbx", "missed", "2025550187 at 2026-03-03 14:15:09", "missed", NULL, 0 },
	{ "withheld", "pbx", "missed", "anonymous at 2026-03-03 14:15:09", "missed", NULL, 0 },
	{ "time-unreadable", "pbx", "missed", "2025550187 at 3 March", "missed", "missed", TIME },
	{ "none-there", "pbx", "missed", "somebody called", "missed", "missed", CALLER | TIME },
	{ "default-is-caller", "pbx", "voicemail", "hi", "voicemail", "voicemail", CALLER },
	{ "nothing-expected", "pbx", "queue", "hi", "queue", NULL, 0 },
	{ "system", "pbx", "report", "hi", "system", NULL, 0 },
	{ "subject-changed", "pbx", "You missed a call", "2025550187", NULL, "missed", 0 },
	{ "no-signature", "somebody", "You missed a call", "2025550187", NULL, NULL, 0 },
	{ "other-signature", "cloud", "[pbx] Hello", "x", NULL, "missed", 0 },
	{ "rejected", "pbx", "Fax from 2025550187", "", NULL, NULL, 0 },
	{ "rejected-by-body", "pbx", "News", "unsubscribe", NULL, NULL, 0 },
	{ "reply", "pbx", "Re: missed", "2025550187", NULL, NULL, 0 },
};

static const char drift_profiles[] =
	"profile missed { expect = { caller, time }\n signature { from('pbx') }\n"
	" signature { from('cloud') subject('\\[pbx\\]') }\n"
	" match { from('pbx') subject('^missed') }\n"
	" extract { text('^(?<caller>\\w+) at (?<time>.*)') } withheld = { anonymous }\n"
	" dates = { \"en_US|yyyy-MM-dd HH:mm:ss\" } }\n"
	"profile voicemail { match { subject('^voicemail') } reject { subject('^Fax') text('unsubscribe') } }\n"
	"profile queue { expect = {} match { subject('^queue') } }\n"
	"profile system { class = system match { subject('^report') } }\n";

static void test_drift(const void *data)
{
	const struct drift_row *row = data;
	struct profile_drift drift = { "stale", ~0u, true };
	struct profile_context watched = profile_ctx;
	struct profiles *p = profiles_new();
	struct letter l = letter_empty, head;
	AUTO_ARENA a = arena_new();
	const struct call *c;

	watched.drift = &drift;
	profile_world_add(p, drift_profiles);
	l.from = row->from;
	l.subject = row->subject;
	head = l;
	l.text = row->text;
	c = profiles_read(p, &l, &watched, a);
	g_assert_cmpstr(c ? c->profile : NULL, ==, row->profile);
	g_assert_cmpstr(drift.profile, ==, row->drift);
	g_assert_cmphex(drift.missing, ==, row->missing);
	if (c)
		g_assert_cmphex(c->missing, ==, row->missing);
	/* Else its body would never be read, and nobody would notice. */
	if (row->profile || row->drift)
		g_assert_true(profiles_may_match(p, &head, NULL));
	profiles_free(p);
}

static const struct { const char *header, *value, *subject, *from; } never_rows[] = {
	{ "Auto-Submitted", "auto-replied; owner=x", "missed", "" },
	{ "In-Reply-To", "<1@example.com>", "missed", "" },
	{ "references", "<1@example.com>", "missed", "" },
	{ "Content-Type", "Multipart/Report; report-type=delivery-status", "missed", "" },
	{ "X", "", "Re: missed", "" }, { "X", "", "FW: missed", "" }, { "X", "", "AW : missed", "" },
	{ "X", "", "re[2]: missed", "" }, { "X", "", "Automatic reply: missed", "" },
	{ "X", "", "Undelivered Mail Returned to Sender, missed", "" },
	{ "X", "", "missed", "Mail <MAILER-DAEMON@mx.example.com>" },
	{ "X", "", "missed", "Postmaster <postmaster@mx.example.com>" },
};

static void test_never(void)
{
	struct profiles *p = profiles_new();
	struct letter l = letter_empty;

	profile_world_add(p, "profile p { match { subject('missed') } }");
	l.subject = "missed: Reading Room, forward: x";
	g_assert_nonnull(read_name(p, &l));
	for (gsize i = 0; i < G_N_ELEMENTS(never_rows); i++) {
		const struct letter_header h = { never_rows[i].header, never_rows[i].value };

		l = letter_empty;
		l.headers = &h;
		l.n_headers = 1;
		l.subject = never_rows[i].subject;
		l.from = never_rows[i].from;
		g_assert_null(read_name(p, &l));
	}
	profiles_free(p);
}

static void *read_in_thread(void *data)
{
	struct letter l = letter_empty;

	l.from = "\"X: Missed Call Notification\" <pbx@example.com>";
	l.text = "Incoming call to extension 402 was not answered. CallerID Number:\n2025550187 CallerID Name: Jane Doe "
		 "Date/Time: 2026-03-03 14:15:09\n";
	for (int i = 0; i < 100; i++) {
		AUTO_ARENA a = arena_new();
		const struct call *c = profiles_read(data, &l, &profile_ctx, a);

		g_assert_cmpstr(c->caller, ==, "+12025550187");
		g_assert_cmpstr(c->caller_name, ==, "Jane Doe");
		g_assert_cmpint(c->time, ==, PROFILE_NOW);
	}
	return NULL;
}

static void test_threads(void)
{
	struct profiles *p = profile_world_installed();
	GThread *threads[4];

	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("reader", read_in_thread, p);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	profiles_free(p);
}

static void add_plain(void)
{
	g_test_add_func("/profile/long-name", test_long_name);
	g_test_add_func("/profile/field-by-field", test_field_by_field);
	g_test_add_func("/profile/withheld-number", test_withheld_number);
	g_test_add_func("/profile/date-without-zone", test_date_without_zone);
	g_test_add_func("/profile/html-alone", test_html_alone);
	g_test_add_func("/profile/reasons", test_reasons);
	g_test_add_func("/profile/transcripts", test_transcripts);
	g_test_add_func("/profile/transcriber", test_transcriber);
	g_test_add_func("/profile/audio", test_audio);
	g_test_add_func("/profile/order", test_order);
	g_test_add_func("/profile/alternatives", test_alternatives);
	g_test_add_func("/profile/may-match", test_may_match);
	g_test_add_func("/profile/subset", test_subset);
	g_test_add_func("/profile/trace", test_trace);
	g_test_add_func("/profile/trace-near", test_trace_near);
	g_test_add_func("/profile/never", test_never);
	g_test_add_func("/profile/threads", test_threads);
}

int main(int argc, char **argv)
{
	int failed;

	g_test_init(&argc, &argv, NULL);
	profile_world_open();
	ADD_ROWS(name_rows, "/profile/name/", test_name);
	ADD_ROWS(time_rows, "/profile/time/", test_time);
	ADD_ROWS(drift_rows, "/profile/drift/", test_drift);
	add_plain();
	failed = g_test_run();
	profile_world_close();
	return failed;
}
