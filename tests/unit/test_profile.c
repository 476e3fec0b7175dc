#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "conf.h"
#include "err.h"
#include "text.h"

#define NOW INT64_C(1772565309)		/* 2026-03-03T19:15:09Z */

static const struct profile_context ctx = { .region = "US", .zone = "America/New_York", .arrived = NOW };

static char *folder;

/* ---- profiles from text ---- */

static gboolean add_file(struct profiles *p, const char *name, const char *text, GError **err)
{
	g_autofree char *file = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	return profile_file_add(p, file, err);
}

static void add_text(struct profiles *p, const char *text)
{
	g_autoptr(GError) err = NULL;

	add_file(p, "test.conf", text, &err);
	g_assert_no_error(err);
}

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
	  "*reasons: \"USER_BUSY\" should be \"word = reason\"" },
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

	g_assert_false(add_file(p, "bad.conf", b->text, &err));
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

/* ---- letters by hand ---- */

static const struct letter empty = {
	.subject = "", .from = "", .to = "", .message_id = "", .text = "", .html = "", .date = NOW,
};

#define PROFILE(body) "profile p {\n\tmatch { subject('^missed') }\n\textract {\n" body "\n\t}\n" \
	"\tdates = { \"en_US|yyyy-MM-dd HH:mm:ss\" }\n\twithheld = { \"anonymous\", \"Unbekannt\" }\n" \
	"\tno_name = { \"cell phone\" }\n\treasons = { \"USER_BUSY = busy\", \"a = b = rejected\" }\n}\n"

static struct call *read_one(struct arena *a, const char *profile, struct letter l)
{
	struct profiles *p = profiles_new();
	struct call *c;

	add_text(p, profile);
	if (!*l.subject)
		l.subject = "missed";
	c = profiles_read(p, &l, &ctx, a);
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
	struct letter l = empty;
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
	struct letter l = empty;
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
	struct letter l = empty;
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
	struct letter l = empty;
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
	{ "printed", "2026-03-03 14:15:09", NOW, 0, "2026-03-03T19:15:09Z", true },
	{ "printed-an-hour-before", "2026-03-03 13:15:09", NOW, -18000, "2026-03-03T18:15:09Z", true },
	{ "zone-of-date", "2026-03-03 20:15:00", NOW, 3600, "2026-03-03T19:15:00Z", true },
	{ "zone-none-set", "2026-03-03 19:15:00", NOW, -18000, "2026-03-03T19:15:00Z", true },
	{ "zone-of-date-half-hour", "2026-03-04 00:45:00", NOW, 19800, "2026-03-03T19:15:00Z", true },
	{ "neither", "2026-03-03 03:15:00", NOW, 3600, "2026-03-03T08:15:00Z", true },
	{ "unreadable", "yesterday", NOW, 0, "2026-03-03T19:15:09Z", false },
	{ "unreadable-no-date", "yesterday", 0, 0, "2026-03-03T19:15:09Z", false },
	{ "printed-no-date", "2026-03-03 14:15:08", 0, 0, "2026-03-03T19:15:08Z", true },
	{ "absurd-offset", "2026-03-03 03:15:00", NOW, 360000, "2026-03-03T08:15:00Z", true },
};

static void test_time(const void *data)
{
	const struct time_row *r = data;
	AUTO_ARENA a = arena_new();
	struct letter l = empty;
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
	struct letter l = empty;
	struct call *c;

	l.date = NOW - 5 * 3600;	/* 14:15:09 */
	l.date_local = true;
	c = read_one(a, PROFILE("text('(?<time>.*)')"), l);
	g_assert_cmpint(c->time, ==, NOW);
	g_assert_false(c->time_printed);
	l.text = "2026-03-03 14:15:00";
	c = read_one(a, PROFILE("text('(?<time>.*)')"), l);
	g_assert_cmpint(c->time, ==, NOW - 9);
}

/* What is said of the text goes for the HTML part's in a mail without text. */
static void test_html_alone(void)
{
	AUTO_ARENA a = arena_new();
	struct letter l = empty;

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
		struct letter l = empty;

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
		struct letter l = empty;

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
	struct letter l = empty;
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
	struct letter l = empty;
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
	const struct call *c = profiles_read(p, l, &ctx, a);

	return c ? g_intern_string(c->profile) : NULL;
}

static void test_order(void)
{
	struct profiles *p = profiles_new();
	struct letter l = empty;

	add_text(p, "profile late { priority = 200 match { subject('x') } }");
	add_text(p, "profile b { match { subject('x') } reject { text('no b') } }");
	add_text(p, "profile a { match { subject('x') } reject { text('no a') } }");
	add_text(p, "profile first { priority = 5 match { subject('x') text('first') } }");
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
	struct letter l = empty;

	add_text(p, "profile p {\n match { from('one') text('body') }\n match { header('X-A|X-B', 'two') subject('s') }\n"
		 "match { text('alone') } }");
	g_assert_null(read_name(p, &l));
	l.from = "one";
	g_assert_null(read_name(p, &l));
	l.text = "body";
	g_assert_cmpstr(read_name(p, &l), ==, "p");
	l = empty;
	l.subject = "s";
	g_assert_null(read_name(p, &l));
	l.headers = headers;
	l.n_headers = 1;
	g_assert_cmpstr(read_name(p, &l), ==, "p");
	l = empty;
	l.text = "alone";
	g_assert_cmpstr(read_name(p, &l), ==, "p");
	profiles_free(p);
}

static void test_may_match(void)
{
	struct profiles *p = profiles_new();
	struct letter l = empty;

	g_assert_false(profiles_may_match(p, &l, NULL));
	add_text(p, "profile p {\n match { from('pbx') text('body') }\n reject { subject('fax') text('x') } }");
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
	struct profile_context some = ctx;
	struct profiles *p = profiles_new();
	struct profile_set *only, *all;
	g_autoptr(GError) err = NULL;
	struct letter l = empty;
	AUTO_ARENA arena = arena_new();

	add_text(p, "profile b { priority = 1 match { subject('x') } }\nprofile a { match { subject('x|y') } }");
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

static void test_name_twice(void)
{
	struct profiles *p = profiles_new();
	g_autoptr(GError) err = NULL;

	add_text(p, "profile a { match { subject('x') } }");
	g_assert_false(add_file(p, "bad.conf", "profile a { match { subject('y') } }", &err));
	if (!g_pattern_match_simple("*bad.conf: there is a profile \"a\" already, in *test.conf", err->message))
		g_error("%s", err->message);
	profiles_free(p);
}

/* ---- where a value comes from ---- */

static void test_trace(void)
{
	static const struct letter_header headers[] = { { "X-Other", "1" }, { "x-num", "tel: 2025550187" } };
	struct profile_trace t;
	struct profile_context traced = ctx;
	struct profiles *p = profiles_new();
	struct letter l = empty;
	AUTO_ARENA a = arena_new();
	const struct profile_value *v;

	profile_trace_init(&t);
	traced.trace = &t;
	add_text(p, PROFILE("text('Name: (?<caller_name>.*)$')\nheader('X-Num', '(?<caller>\\d+)')\n"
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
	struct profile_context traced = ctx;
	struct profiles *p = profiles_new();
	struct letter l = empty;
	AUTO_ARENA a = arena_new();
	const struct profile_near *n;

	profile_trace_init(&t);
	traced.trace = &t;
	add_text(p, "profile one { match { subject('x')\n text('y')\n html('z') }\n match { from('f') } }\n"
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
	struct profile_context watched = ctx;
	struct profiles *p = profiles_new();
	struct letter l = empty, head;
	AUTO_ARENA a = arena_new();
	const struct call *c;

	watched.drift = &drift;
	add_text(p, drift_profiles);
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
	struct letter l = empty;

	add_text(p, "profile p { match { subject('missed') } }");
	l.subject = "missed: Reading Room, forward: x";
	g_assert_nonnull(read_name(p, &l));
	for (gsize i = 0; i < G_N_ELEMENTS(never_rows); i++) {
		const struct letter_header h = { never_rows[i].header, never_rows[i].value };

		l = empty;
		l.headers = &h;
		l.n_headers = 1;
		l.subject = never_rows[i].subject;
		l.from = never_rows[i].from;
		g_assert_null(read_name(p, &l));
	}
	profiles_free(p);
}

/* ---- hostile text ---- */

static struct profiles *installed(void)
{
	const char *dir = g_getenv("RINGBACK_PROFILE_DIR");
	g_autoptr(GDir) d = g_dir_open(dir ? dir : "", 0, NULL);
	struct profiles *p = profiles_new();
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *file = g_build_filename(dir, name, NULL);

		if (g_str_has_suffix(name, ".conf"))
			g_assert_true(profile_file_add(p, file, NULL));
	}
	g_assert_cmpuint(profiles_count(p), >=, 5);
	return p;
}

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
	struct letter l = empty;
	AUTO_ARENA a = arena_new();
	gint64 start = g_get_monotonic_time(), took;

	l.headers = headers;
	l.n_headers = 2;
	l.parts = &part;
	l.n_parts = 1;
	l.subject = subject;
	l.from = "Missed Call Notification";
	l.text = l.html = l.links = text;
	profiles_read(p, &l, &ctx, a);
	took = g_get_monotonic_time() - start;
	/* 50 ms is the promise, on an idle machine and without sanitizers. */
	g_assert_cmpint(took, <, 1000 * 1000);
	slowest_us = MAX(slowest_us, took);
}

static void test_hostile(void)
{
	struct profiles *p = installed();

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

		add_text(p, profile);
	}

	add_text(p, "profile p { match { text('^(a+)+$') } }");
	add_text(p, "profile q { match { text('(a|aa)+b') } }");
	add_text(p, "profile r { match { text('(?:(?:a?){20})*c') } }");
	read_hostile(p, text, "X", "y", "s");
	profiles_free(p);
}

/* The number of steps is what bounds the time: it does not depend on the machine. */
static void test_steps(void)
{
	g_autofree char *text = g_strnfill(16 * 1024, 'a');
	struct profile_drift drift;
	struct profile_trace t;
	struct profile_context traced = ctx;
	struct profiles *p = profiles_new();
	struct letter l = empty;
	AUTO_ARENA a = arena_new();

	profile_trace_init(&t);
	traced.trace = &t;
	traced.drift = &drift;
	add_text(p, "profile q { match { subject('x') text('b') } }");
	l.subject = "x";
	l.text = text;
	g_assert_null(profiles_read(p, &l, &traced, a));
	g_assert_cmpuint(t.steps, <, 1000);
	g_assert_false(t.exhausted || drift.exhausted);
	for (int i = 0; i < 20; i++) {
		g_autofree char *profile = g_strdup_printf("profile s%d { match { subject('x') text('(a+)+[bc]') } }", i);

		add_text(p, profile);
	}
	/* It would match, but nobody knows whether it would be rejected. */
	add_text(p, "profile t { priority = 200 match { subject('x') } reject { text('a') } }");
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
	struct profiles *p = installed();
	g_autoptr(GPtrArray) none = profiles_advice(p), advice = NULL;

	for (guint i = 0; i < none->len; i++)
		g_printerr("%s\n", (char *)none->pdata[i]);
	g_assert_cmpuint(none->len, ==, 0);
	profiles_free(p);
	p = profiles_new();
	add_text(p, "profile q {\n match {\n  text('^Call')\n  text('\\s+was\\s+b')\n } }");
	advice = profiles_advice(p);
	g_assert_cmpuint(advice->len, ==, 1);
	if (!g_pattern_match_simple("*test.conf:4: the pattern is slow on long texts: * octets of \" \",*", advice->pdata[0]))
		g_error("%s", (char *)advice->pdata[0]);
	profiles_free(p);
}

static void *read_in_thread(void *data)
{
	struct letter l = empty;

	l.from = "\"X: Missed Call Notification\" <pbx@example.com>";
	l.text = "Incoming call to extension 402 was not answered. CallerID Number:\n2025550187 CallerID Name: Jane Doe "
		 "Date/Time: 2026-03-03 14:15:09\n";
	for (int i = 0; i < 100; i++) {
		AUTO_ARENA a = arena_new();
		const struct call *c = profiles_read(data, &l, &ctx, a);

		g_assert_cmpstr(c->caller, ==, "+12025550187");
		g_assert_cmpstr(c->caller_name, ==, "Jane Doe");
		g_assert_cmpint(c->time, ==, NOW);
	}
	return NULL;
}

static void test_threads(void)
{
	struct profiles *p = installed();
	GThread *threads[4];

	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("reader", read_in_thread, p);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	profiles_free(p);
}

#define ADD_ROWS(rows, prefix, test) \
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) { \
		g_autofree char *path = g_strconcat(prefix, (rows)[i].name, NULL); \
		g_test_add_data_func(path, &(rows)[i], test); \
	}

static void add_plain(void)
{
	g_test_add_func("/profile/no-file", test_no_file);
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
	g_test_add_func("/profile/name-twice", test_name_twice);
	g_test_add_func("/profile/trace", test_trace);
	g_test_add_func("/profile/trace-near", test_trace_near);
	g_test_add_func("/profile/never", test_never);
	if (g_getenv("RINGBACK_TEST_SHORT"))
		g_test_message("RINGBACK_TEST_SHORT: /profile/hostile is left out");
	else
		g_test_add_func("/profile/hostile", test_hostile);
	g_test_add_func("/profile/careless-pattern", test_careless_pattern);
	g_test_add_func("/profile/steps", test_steps);
	g_test_add_func("/profile/advice", test_advice);
	g_test_add_func("/profile/threads", test_threads);
}

int main(int argc, char **argv)
{
	int failed;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("ringback-profile-XXXXXX", NULL);
	g_assert_nonnull(folder);
	ADD_ROWS(bad, "/profile/bad/", test_bad);
	ADD_ROWS(name_rows, "/profile/name/", test_name);
	ADD_ROWS(time_rows, "/profile/time/", test_time);
	ADD_ROWS(drift_rows, "/profile/drift/", test_drift);
	add_plain();
	failed = g_test_run();
	g_print("# the slowest hostile text took %d us\n", (int)slowest_us);
	for (gsize i = 0; i < 2; i++) {
		g_autofree char *file = g_build_filename(folder, i ? "bad.conf" : "test.conf", NULL);

		g_unlink(file);
	}
	g_rmdir(folder);
	g_free(folder);
	return failed;
}
