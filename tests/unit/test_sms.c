/* The texts, character for character, and what hostile mail cannot do to them. */
#include <glib.h>
#include <string.h>

#include "hours.h"
#include "sms.h"

#define EVENING 1772488320	/* 2026-03-02T21:52:00Z */
#define NUMBER "+442079460123"

static struct line clinic = { .id = (char *)"clinic", .name = (char *)"Clinic", .zone = (char *)"Europe/London" };

static const struct sms_style *english(struct arena *a)
{
	struct sms_style *s = ARENA_NEW(a, struct sms_style);

	*s = (struct sms_style){ .a = a, .septets = SMS_SEGMENT };
	return s;
}

static struct item item_plain(void)
{
	return (struct item){
		.id = 1742, .state = STATE_OPEN, .class = CLASS_MISSED, .reason = REASON_NO_ANSWER, .line = "clinic",
		.owner = "anna", .caller = NUMBER, .caller_name = "Jane Doe", .call_time = EVENING, .duration_s = -1,
		.calls = 1, .created = EVENING + 5, .thread_id = "<1@example.com>"
	};
}

/* ---- the layouts of the product ---- */

struct layout {
	const char *name;
	enum job_topic topic;
	enum call_class class;
	enum call_reason reason;
	const char *caller, *caller_raw, *caller_name;
	bool withheld;
	int calls, duration_s;
	const char *transcript, *before;
	const char *line;	/* "" for Clinic, NULL: none configured */
	const char *text;
};

#define VERBS "17A mine, 17D called, 17N pass on"
#define REPLY "\nReply " VERBS

static const struct layout layouts[] = {
	{ "missed", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, "Jane Doe", false, 2, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\n+442079460123 Jane Doe x2\nNo answer, no voicemail" REPLY },
	{ "busy", TOPIC_FIRST, CLASS_MISSED, REASON_BUSY, NUMBER, NULL, NULL, false, 1, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\n+442079460123\nBusy, no voicemail" REPLY },
	{ "unknown", TOPIC_FIRST, CLASS_MISSED, REASON_UNKNOWN, NUMBER, NULL, NULL, false, 1, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\n+442079460123\nNo voicemail" REPLY },
	{ "rejected", TOPIC_FIRST, CLASS_MISSED, REASON_REJECTED, NUMBER, NULL, NULL, false, 1, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\n+442079460123\nDeclined, no voicemail" REPLY },
	{ "voicemail", TOPIC_FIRST, CLASS_VOICEMAIL, REASON_NO_ANSWER, NUMBER, NULL, "Jane Doe", false, 1, 34,
	  "Hi its Jane the boiler is leaking", NULL, "",
	  "VOICEMAIL 0:34 21:52 Clinic\n+442079460123 Jane Doe\n"
	  "\"Hi its Jane the boiler is leaking\"\n" VERBS },
	{ "voicemail-cut", TOPIC_FIRST, CLASS_VOICEMAIL, REASON_NO_ANSWER, NUMBER, NULL, "Jane Doe", false, 1, 34,
	  "Hi its Jane the boiler is leaking can someone come tonight please I am at number four and a half Mill Lane",
	  NULL, "",
	  "VOICEMAIL 0:34 21:52 Clinic\n+442079460123 Jane Doe\n"
	  "\"Hi its Jane the boiler is leaking can someone come tonight please I am..\"\n" VERBS },
	{ "voicemail-silent", TOPIC_FIRST, CLASS_VOICEMAIL, REASON_NO_ANSWER, NUMBER, NULL, NULL, false, 1, 4, NULL,
	  NULL, "", "VOICEMAIL 0:04 21:52 Clinic\n+442079460123\nThe recording is in the mail" REPLY },
	{ "voicemail-no-length", TOPIC_FIRST, CLASS_VOICEMAIL, REASON_NO_ANSWER, NUMBER, NULL, NULL, false, 1, -1, NULL,
	  NULL, "", "VOICEMAIL 21:52 Clinic\n+442079460123\nThe recording is in the mail" REPLY },
	{ "abandoned", TOPIC_FIRST, CLASS_ABANDONED, REASON_ABANDONED, NUMBER, NULL, NULL, false, 1, -1, NULL, NULL, "",
	  "ABANDONED 21:52 Clinic\n+442079460123\nLeft the queue" REPLY },
	{ "withheld", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NULL, "Anonymous", NULL, true, 1, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\nnumber withheld\nNo answer, no voicemail" REPLY },
	{ "extension", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NULL, "204", "Bob", false, 1, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\n204 Bob\nNo answer, no voicemail" REPLY },
	{ "no-number", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NULL, NULL, NULL, false, 1, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\nnumber unknown\nNo answer, no voicemail" REPLY },
	{ "update", TOPIC_UPDATE, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, NULL, false, 3, -1, NULL, NULL, "",
	  "MISSED 22:10 Clinic\n+442079460123 x3\nNo answer, no voicemail" REPLY },
	{ "escalation", TOPIC_ESCALATION, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, "Jane Doe", false, 3, -1, NULL,
	  "Bob", "", "ESC 2/3 21:52 Clinic missed\n+442079460123 Jane Doe x3\n"
	  "Bob did not ack in 15m" REPLY },
	{ "escalation-voicemail", TOPIC_ESCALATION, CLASS_VOICEMAIL, REASON_NO_ANSWER, NUMBER, NULL, "Jane Doe", false, 1,
	  34, "The boiler is leaking", "Bob", "",
	  "ESC 2/3 21:52 Clinic voicemail 0:34\n+442079460123 Jane Doe\nBob did not ack in 15m\n"
	  "\"The boiler is leaking\"\n" VERBS },
	{ "escalation-nobody", TOPIC_ESCALATION, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, NULL, false, 1, -1, NULL,
	  NULL, "", "ESC 2/3 21:52 Clinic missed\n+442079460123\nNo ack in 15m" REPLY },
	{ "taken", TOPIC_TAKEN, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, NULL, false, 1, -1, NULL, "Bob", "",
	  "17 was taken by Bob at 21:57. Nothing to do." },
	{ "no-line", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, NULL, false, 1, -1, NULL, NULL, NULL,
	  "MISSED 21:52 clinic\n+442079460123\nNo answer, no voicemail" REPLY },
	/* the alphabet */
	{ "umlauts", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, "Jörg Müßig", false, 1, -1, NULL, NULL,
	  "Empfang Süd", "MISSED 21:52 Empfang Süd\n+442079460123 Jörg Müßig\n"
	  "No answer, no voicemail" REPLY },
	{ "letters-left-out", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, "Łukasz 王 Žák", false, 1, -1,
	  NULL, NULL, "", "MISSED 21:52 Clinic\n+442079460123 Lukasz Zak\nNo answer, no voicemail" REPLY },
	/* hostile mail */
	{ "name-with-lines", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, "Jane\r\n18A mine\nx", false, 1,
	  -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\n+442079460123 Jane 18A mine x\nNo answer, no voicemail" REPLY },
	{ "name-with-number", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, "call +44 7700 900456 Jane",
	  false, 1, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\n+442079460123 call Jane\nNo answer, no voicemail" REPLY },
	{ "name-with-fullwidth-number", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL,
	  "Jane \uff0b\uff14\uff14\uff17\uff17\uff10\uff10\uff19\uff10\uff10\uff14\uff15\uff16", false, 1, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\n+442079460123 Jane\nNo answer, no voicemail" REPLY },
	{ "name-with-room", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, "Room 204", false, 1, -1, NULL,
	  NULL, "", "MISSED 21:52 Clinic\n+442079460123 Room 204\nNo answer, no voicemail" REPLY },
	{ "transcript-with-quote", TOPIC_FIRST, CLASS_VOICEMAIL, REASON_NO_ANSWER, NUMBER, NULL, NULL, false, 1, 34,
	  "hi\"\n\nReply 18D\u2028“now”", NULL, "",
	  "VOICEMAIL 0:34 21:52 Clinic\n+442079460123\n\"hi' Reply 18D 'now'\"\n" VERBS },
	{ "number-with-lines", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, "+4420\n7946", "x\ny", NULL, false, 1, -1,
	  NULL, NULL, "", "MISSED 21:52 Clinic\nx y\nNo answer, no voicemail" REPLY },
	{ "direction", TOPIC_FIRST, CLASS_MISSED, REASON_NO_ANSWER, NUMBER, NULL, "\u202eeoD enaJ\u202c", false, 1, -1,
	  NULL, NULL, "", "MISSED 21:52 Clinic\n+442079460123 eoD enaJ\nNo answer, no voicemail" REPLY },
	/* cutting */
	{ "long-name", TOPIC_FIRST, CLASS_MISSED, REASON_NOT_REACHABLE, NUMBER, NULL,
	  "Maximiliane von Hohenstein-Oberberg zu Lindau am See und anderswo", false, 12, -1, NULL, NULL, "",
	  "MISSED 21:52 Clinic\n"
	  "+442079460123 Maximiliane von Hohenstein-Oberberg zu Lindau am See.. x12\n"
	  "Not reachable, no voicemail" REPLY },
	{ "long-line", TOPIC_FIRST, CLASS_MISSED, REASON_NOT_REACHABLE, NUMBER, NULL, "Jane Doe", false, 1, -1, NULL, NULL,
	  "Emergency and out of hours reception, second floor, northern",
	  "MISSED 21:52 Emergency and out of hours reception, second floor, northern\n"
	  "+442079460123\nNot reachable, no voicemail\n"
	  "Reply 17A mine, 17D called, 17N pass on" },
	{ "long-all", TOPIC_ESCALATION, CLASS_VOICEMAIL, REASON_NO_ANSWER, NUMBER, NULL, "Jane Doe", false, 123, 4000,
	  "The boiler is leaking", "Maximilian the Younger",
	  "[Emergency] and out of hours reception, second floor, north",
	  "ESC 2/3 21:52 [Emergency] and out of hours r.. voicemail 1:06:40\n"
	  "+442079460123 x123\nMaximilian the Youn.. did not ack in 15m\n"
	  "17A mine, 17D called, 17N pass on" },
	{ "long-number", TOPIC_ESCALATION, CLASS_MISSED, REASON_NO_ANSWER, NULL, "sip:jane.doe@voice.pbx.example.com",
	  "Jane Doe", false, 123, -1, NULL, "Maximilian the Younger", "Emergency and out of hours reception, second floor, north",
	  "ESC 2/3 21:52 Emergency and out o.. missed\nsip:jane.doe@voice.pbx.exampl.. x123\n"
	  "Maximilian the Youn.. did not ack in 15m\n"
	  "Reply 17A mine, 17D called, 17N pass on" },
};

static void check_layout(gconstpointer data)
{
	const struct layout *l = data;
	AUTO_ARENA a = arena_new();
	struct line line = clinic;
	struct item i = item_plain();
	struct sms_facts f = {
		.topic = l->topic, .item = &i, .line = l->line ? &line : NULL, .code = 17, .step = 2, .steps = 3,
		.before = l->before, .waited_s = 900, .recording = l->class == CLASS_VOICEMAIL
	};
	const char *text;

	if (l->line && *l->line)
		line.name = (char *)l->line;
	i.class = l->class;
	i.reason = l->reason;
	i.caller = l->caller;
	i.caller_raw = l->caller_raw;
	i.caller_name = l->caller_name;
	i.withheld = l->withheld;
	i.calls = l->calls;
	i.duration_s = l->duration_s;
	i.transcript = l->transcript;
	i.acked = EVENING + 300;
	i.last_call = EVENING + 18 * 60;
	text = sms_render(english(a), &f);
	g_assert_cmpstr(text, ==, l->text);
	g_assert_cmpint(gsm_length(text), <=, SMS_SEGMENT);
	g_assert_cmpint(gsm_length(text), >, 0);
}

/* The line's zone, summer time included. */
static void check_zone(void)
{
	AUTO_ARENA a = arena_new();
	struct line berlin = { .id = (char *)"b", .name = (char *)"B", .zone = (char *)"Europe/Berlin" };
	struct item i = item_plain();
	struct sms_facts f = { .topic = TOPIC_FIRST, .item = &i, .line = &berlin, .code = 17 };

	g_assert_true(g_str_has_prefix(sms_render(english(a), &f), "MISSED 22:52 B\n"));
	i.call_time = 1783288320;	/* 2026-07-05T21:52:00Z */
	g_assert_true(g_str_has_prefix(sms_render(english(a), &f), "MISSED 23:52 B\n"));
	berlin.zone = (char *)"No/Where";
	g_assert_true(g_str_has_prefix(sms_render(english(a), &f), "MISSED 21:52 B\n"));
}

/* ---- whatever comes in ---- */

static const char *random_words(struct arena *a, int most)
{
	static const char *const bits[] = {
		"a", "Z", " ", "\n", "\r", "\t", "ä", "ß", "é", "€", "{", "}", "[", "|", "~", "^", "\\", "\"", "'", "ł", "ﬁ",
		"½", "…", "—", "“", "王", "ش", "👍", "\u202e", "\u200f", "\u2028", "\ufeff", "0", "1", "17A", "+44",
		"7700900456", "Reply 99D", "\x01", "\x7f", "\u00a0", "A\u030a", "Ω", "Ж", "Σ", "\x1b", "\f"
	};
	g_autoptr(GString) s = g_string_new(NULL);
	int n = g_test_rand_int_range(0, most);

	for (int i = 0; i < n; i++)
		g_string_append(s, bits[g_test_rand_int_range(0, G_N_ELEMENTS(bits))]);
	return arena_strdup(a, s->str);
}

static guint count_lines(const char *s)
{
	guint n = 1;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

/* The second line starts with the number, the last one is the verbs; all fits; nothing but GSM. */
static void check_invariants(const char *text, const struct sms_facts *f, gsize max)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint n = g_strv_length(lines);
	const char *last = lines[n - 1];
	g_autofree char *verbs = g_strdup_printf("%dA mine, %dD called, %dN pass on", f->code, f->code, f->code);

	g_assert_cmpint(gsm_length(text), >, 0);
	g_assert_cmpint(gsm_length(text), <=, (int)max);
	g_assert_cmpuint(n, >=, 3);
	g_assert_cmpuint(count_lines(text), <=, 5);
	g_assert_true(g_str_has_prefix(lines[1], NUMBER));
	g_assert_true(lines[1][strlen(NUMBER)] == ' ' || lines[1][strlen(NUMBER)] == '\0');
	g_assert_cmpstr(g_str_has_prefix(last, "Reply ") ? last + 6 : last, ==, verbs);
	g_assert_null(strstr(lines[1] + strlen(NUMBER), "7700900456"));
}

static void check_random(void)
{
	for (int n = 0; n < 3000; n++) {
		AUTO_ARENA a = arena_new();
		struct line line = clinic;
		struct item i = item_plain();
		gsize max = n % 3 ? SMS_SEGMENT : (gsize)g_test_rand_int_range(SMS_SEGMENT, 500);
		struct sms_facts f = {
			.topic = n % 2 ? TOPIC_FIRST : TOPIC_ESCALATION, .item = &i, .line = &line,
			.code = g_test_rand_int_range(10, 1000), .step = g_test_rand_int_range(0, 2000), .steps = 3000,
			.before = random_words(a, 40), .waited_s = g_test_rand_int_range(0, 1000000),
			.recording = g_test_rand_bit()
		};

		const struct sms_style style = { .a = a, .septets = (int)max };

		line.name = (char *)random_words(a, 60);
		i.class = g_test_rand_int_range(0, N_CLASSES);
		i.reason = g_test_rand_int_range(0, N_REASONS);
		i.caller_name = random_words(a, 80);
		i.calls = g_test_rand_int_range(1, 100000);
		i.duration_s = g_test_rand_int_range(-1, 10000000);
		i.transcript = g_test_rand_bit() ? random_words(a, 300) : NULL;
		check_invariants(sms_render(&style, &f), &f, max);
	}
}

/* ---- answers ---- */

static void check_answers(void)
{
	AUTO_ARENA a = arena_new();
	struct item i = item_plain();
	const int three[] = { 17, 18, 19 };
	int many[60];

	for (int n = 0; n < 60; n++)
		many[n] = 10 + n;
	i.acked = EVENING + 360;
	i.closed = EVENING + 900;
	i.resolution = RESOLUTION_CALLED_BACK;
	g_assert_cmpstr(sms_yours(english(a), &i, 17, "Europe/London", EVENING + 66 * 60), ==,
			"17 is yours since 21:58. Jane Doe +442079460123. After the call reply 17D. "
			"It comes back to you at 22:58.");
	g_assert_cmpstr(sms_yours(english(a), &i, 17, "Europe/London", 0), ==,
			"17 is yours since 21:58. Jane Doe +442079460123. After the call reply 17D.");
	g_assert_cmpstr(sms_taken(english(a), 17, "Bob", EVENING + 300, "Europe/London"), ==,
			"17 was taken by Bob at 21:57. Nothing to do.");
	g_assert_cmpstr(sms_taken(english(a), 17, NULL, 0, NULL), ==, "17 was taken by a colleague. Nothing to do.");
	g_assert_cmpstr(sms_closed(english(a), &i, 17, "Bob", "Europe/London"), ==,
			"17 was closed by Bob at 22:07: called back. Nothing to do.");
	g_assert_cmpstr(sms_closed(english(a), &i, 17, NULL, "Europe/London"), ==,
			"17 closed at 22:07: called back. Thank you.");
	i.state = STATE_CLOSED;
	g_assert_cmpstr(sms_render(english(a), &(struct sms_facts){ .topic = TOPIC_TAKEN, .item = &i, .code = 17,
							    .before = "Bob" }), ==, "17 was closed by Bob at 22:07: called back. Nothing to do.");
	g_assert_cmpstr(sms_passed_on(english(a), 17, "Bob"), ==, "17 was passed on to Bob. Nothing to do.");
	g_assert_cmpstr(sms_passed_on(english(a), 17, NULL), ==, "17: nobody is left to pass it on to. It stays open.");
	g_assert_cmpstr(sms_tried(english(a), 17, 0, NULL), ==,
			"17: your try is noted, it stays yours. When you reach them reply 17D.");
	g_assert_cmpstr(sms_tried(english(a), 17, EVENING + 300, "Europe/London"), ==,
			"17: your try is noted, it stays yours. Try again at 21:57. When you reach them reply 17D.");
	g_assert_cmpstr(sms_snoozed(english(a), 17, true, EVENING + 300, "Europe/London"), ==,
			"17 is put off until 21:57. Then it comes back to you.");
	g_assert_cmpstr(sms_snoozed(english(a), 17, false, EVENING + 300, "Europe/London"), ==,
			"17 was put off until 21:57. Nothing to do.");
	g_assert_cmpstr(sms_which(english(a), three, 3), ==, "You have 3 open: 17 18 19. Say which, e.g. 17A. L lists them.");
	g_assert_cmpstr(sms_which(english(a), NULL, 0), ==, "You have nothing open.");
	g_assert_cmpint(gsm_length(sms_which(english(a), many, 60)), <=, SMS_SEGMENT);
	g_assert_cmpstr(sms_plain(english(a), TEXT_unknown_code, 42), ==, "There is no 42 on this phone. Reply L for the list.");
	g_assert_cmpint(gsm_length(sms_plain(english(a), TEXT_help, 0)), <=, SMS_SEGMENT);
	g_assert_cmpint(gsm_length(sms_plain(english(a), TEXT_not_understood, 0)), <=, SMS_SEGMENT);
}

static void check_yours_fits(void)
{
	AUTO_ARENA a = arena_new();
	struct item i = item_plain();
	const char *text;

	i.acked = EVENING;
	i.caller_name = "Maximiliane von Hohenstein-Oberberg zu Lindau am See und anderswo";
	text = sms_yours(english(a), &i, 999, "Europe/London", EVENING + 3600);
	g_assert_cmpint(gsm_length(text), <=, SMS_SEGMENT);
	g_assert_nonnull(strstr(text, NUMBER));
	g_assert_nonnull(strstr(text, ".. +44"));
	i.caller = NULL;
	i.caller_name = NULL;
	i.withheld = true;
	g_assert_cmpstr(sms_yours(english(a), &i, 17, "Europe/London", 0), ==,
			"17 is yours since 21:52. Number withheld. After the call reply 17D.");
}

static void check_list(void)
{
	AUTO_ARENA a = arena_new();
	struct item one = item_plain(), two = item_plain();
	const struct item *items[40];
	int codes[40];

	one.calls = 2;
	two.caller = "+447700900456";
	for (int n = 0; n < 40; n++) {
		items[n] = n ? &two : &one;
		codes[n] = 17 + n;
	}
	g_assert_cmpstr(sms_list(english(a), items, codes, 2), ==,
			"2 OPEN\n17 +442079460123 x2\n18 +447700900456\nReply 17A for one, AA all mine");
	g_assert_cmpstr(sms_list(english(a), items, codes, 0), ==, "You have nothing open.");
	for (gsize max = 100; max < 500; max += 7) {
		const struct sms_style style = { .a = a, .septets = (int)max };
		const char *text = sms_list(&style, items, codes, 40);

		g_assert_cmpint(gsm_length(text), <=, (int)max);
		g_assert_nonnull(strstr(text, " more\nReply 17A for one"));
	}
}

/* ---- the alphabet ---- */

static const struct { const char *in, *out; } close_rows[] = {
	{ "", "" }, { "Jane Doe", "Jane Doe" }, { "àèéìòùÄÖÑÜäöñüØøÅåÆæßÉÇ", "àèéìòùÄÖÑÜäöñüØøÅåÆæßÉÇ" },
	{ "áâãçêëíîïóôõúûýÿ", "aaaceeiiiooouuyy" }, { "ŁłĐđŠšŽžČčĆćŹźŻżŃńĄąĘęÓó", "LlDdSsZzCcCcZzZzNnAaEeOo" },
	{ "Œuvre œil ð Þór ı İ", "OEuvre oeil d Thor i I" }, { "‘a’ “b” „c‟ «d»", "'a' \"b\" \"c\" \"d\"" },
	{ "a–b—c−d‐e", "a-b-c-d-e" }, { "wait…", "wait.." }, { "ﬁn ½ № ™", "fin 1/2 No TM" }, { "€{}[]~^\\|", "€{}[]~^\\|" },
	{ "Παπαδόπουλος", "ΠAΠAΔOΠOYΛOΣ" }, { "e\u0301 A\u030a", "e A" }, { "王 Иван Щукин", " Ivan Shchukin" }, { "👍ok", "ok" },
	{ "\u202eabc\u202c", "abc" }, { "a\tb\nc", "a b\nc" }, { "`´", "''" }, { "Ｊａｎｅ", "Jane" }, { "\x1b\x01", "" },
};

static void check_close(void)
{
	AUTO_ARENA a = arena_new();

	for (gsize i = 0; i < G_N_ELEMENTS(close_rows); i++) {
		g_assert_cmpstr(gsm_transliterate(a, close_rows[i].in), ==, close_rows[i].out);
		g_assert_cmpint(gsm_length(gsm_transliterate(a, close_rows[i].in)), >=, 0);
	}
}

/* All 127 characters and the ten escaped ones, there and back. */
static void check_alphabet(void)
{
	AUTO_ARENA a = arena_new();
	static const unsigned char escaped[] = { 0x0a, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x65 };
	unsigned char in[160], out[160];
	gsize n = 0;

	for (unsigned char c = 0; c < 128; c++)
		if (c != 0x1b)
			in[n++] = c;
	for (gsize i = 0; i < sizeof(escaped); i++) {
		in[n++] = 0x1b;
		in[n++] = escaped[i];
	}
	g_assert_cmpint(gsm_length(gsm_decode(a, in, n)), ==, (int)n);
	g_assert_cmpint(gsm_encode(gsm_decode(a, in, n), out, sizeof(out)), ==, (int)n);
	g_assert_cmpmem(in, n, out, n);
	g_assert_cmpint(gsm_encode(gsm_decode(a, in, n), out, n - 1), ==, -1);
}

static void check_codes(void)
{
	AUTO_ARENA a = arena_new();
	unsigned char buf[8];

	g_assert_cmpint(gsm_encode("@£$ a{", buf, sizeof(buf)), ==, 7);
	g_assert_cmpmem(buf, 7, "\x00\x01\x02 a\x1b\x28", 7);
	g_assert_cmpint(gsm_encode("王", buf, sizeof(buf)), ==, -1);
	g_assert_cmpint(gsm_encode("ab", buf, 1), ==, -1);
	g_assert_cmpint(gsm_encode("€", buf, 1), ==, -1);
	g_assert_cmpint(gsm_encode("", buf, 0), ==, 0);
	g_assert_cmpint(gsm_length("a€b"), ==, 4);
	g_assert_cmpint(gsm_length("ł"), ==, -1);
	g_assert_cmpstr(gsm_decode(a, (const unsigned char *)"17\x41\x1b\x65\x1b\x01\x80\x1b", 9), ==,
			"17A€\ufffd\ufffd\ufffd");
	g_assert_cmpstr(gsm_decode(a, NULL, 0), ==, "");
}

/* ---- languages ---- */

static const struct { const char *name, *text, *wrong; } language_rows[] = {
	{ "good", "verbs = {code}A mine\nyours = {code} {number}{?name  x}\n", NULL },
	{ "empty", "# nothing\n", NULL },
	{ "no-key", "verb = x\n", "f:1: there is no key verb" },
	{ "no-value", "# x\nverbs = {code} {colour}\n", "f:2: there is no value {colour}" },
	{ "not-its-value", "help = {number}\n", "f:1: help has no value {number}; it has: none" },
	{ "no-verbs", "missed = {number}\n", "f:1: missed needs {verbs}" },
	{ "number-in-condition", "\nmissed = {?name {number}} {verbs}\n", "f:2: missed needs {number}" },
	{ "open", "missed = {number} {verbs} {?name x\n", "f:1: this { has no }" },
	{ "twice", "help = x\nhelp = y\n", "f:2: help is there twice" },
	{ "too-long", "abandoned = {number} {verbs} 1234567890123456789012345678901234567890123456789012345678901234567890"
	  "12345678901234567890123456789012345678901234567890\n", "f:1: abandoned is too long" },
};

static void check_language(gconstpointer data)
{
	const gsize i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) err = NULL;
	struct texts *t = texts_new("fr", language_rows[i].text, "f", &err);

	if (!language_rows[i].wrong) {
		g_assert_no_error(err);
		g_assert_cmpstr(texts_language(t), ==, "fr");
	} else {
		g_assert_null(t);
		g_assert_true(g_str_has_prefix(err->message, language_rows[i].wrong));
	}
	texts_free(t);
}

/* A file says some; the rest is built in. A person's language wins over the line's, a wide one over its absence. */
static void check_who_gets_which(void)
{
	AUTO_ARENA a = arena_new();
	struct roster *r = roster_new();
	struct person anna = { .language = (char *)"fr-CA" }, bob = { .name = (char *)"Bob" };
	struct line line = clinic;
	struct sms_style s;

	g_ptr_array_add(r->texts, texts_new("fr", "help = Aide\n", "f", NULL));
	line.language = (char *)"de";
	s = sms_style(a, r, &anna, &line);
	g_assert_cmpstr(sms_plain(&s, TEXT_help, 0), ==, "Aide");
	g_assert_cmpstr(sms_plain(&s, TEXT_nothing_open, 0), ==, "You have nothing open.");
	s = sms_style(a, r, &bob, &line);
	g_assert_cmpstr(sms_taken(&s, 17, "Jörg", EVENING, "Europe/London"), ==,
			"17 wurde um 21:52 von Jörg übernommen. Nichts zu tun.");
	line.language = NULL;
	s = sms_style(a, r, &bob, &line);
	g_assert_cmpstr(sms_taken(&s, 17, NULL, 0, NULL), ==, "17 was taken by a colleague. Nothing to do.");
	g_assert_cmpint(s.septets, ==, 160);
	g_assert_cmpint(s.units, ==, 0);
	r->rules.language = g_strdup("de-AT");
	r->rules.text_parts = 3;
	r->rules.text_wide = true;
	s = sms_style(a, r, NULL, NULL);
	g_assert_cmpstr(sms_which(&s, NULL, 0), ==, "Du hast nichts offen.");
	g_assert_cmpint(s.septets, ==, 3 * 152 - 2);
	g_assert_cmpint(s.units, ==, 3 * 66 - 2);
	roster_free(r);
}

/* Each German text fits, and says what the English one does: the same values. */
static void check_german(void)
{
	AUTO_ARENA a = arena_new();
	struct item i = item_plain();
	const struct sms_style s = { .a = a, .texts = texts_builtin("de"), .septets = SMS_SEGMENT };
	const struct sms_facts f = { .topic = TOPIC_ESCALATION, .item = &i, .line = &clinic, .code = 17, .before = "Bob",
				     .step = 2, .steps = 3, .waited_s = 900 };

	g_assert_cmpstr(sms_render(&s, &f), ==, "ESK 2/3 21:52 Clinic verpasst\n+442079460123 Jane Doe\n"
			"Bob antwortet seit 15m nicht\nAntworte 17A meins, 17D erledigt, 17N weiter");
	for (guint id = 0; id < N_TEXT_IDS; id++) {
		const char *text = sms_preview(&s, (enum text_id)id, &f);

		g_assert_cmpint(gsm_length(text), >, 0);
		g_assert_cmpint(gsm_length(text), <=, SMS_SEGMENT);
		g_assert_cmpint(gsm_length(sms_preview(english(a), (enum text_id)id, &f)), <=, SMS_SEGMENT);
	}
}

static const struct { const char *name; int septets, units; const char *caller, *text; } wide_rows[] = {
	{ "close-stays-gsm", 160, 70, "Łukasz Żak", "MISSED 21:52 Clinic\n+442079460123 Lukasz Zak\nNo answer, no voicemail" REPLY },
	{ "wide", 400, 140, "王小明 ß", "MISSED 21:52 Clinic\n+442079460123 王小明 ß\nNo answer, no voicemail" REPLY },
	{ "no-room", 160, 70, "王小明", "MISSED 21:52 Clinic\n+442079460123\nNo answer, no voicemail" REPLY },
	{ "not-allowed", 160, 0, "Щукин 王", "MISSED 21:52 Clinic\n+442079460123 Shchukin\nNo answer, no voicemail" REPLY },
};

static void check_wide(void)
{
	for (gsize k = 0; k < G_N_ELEMENTS(wide_rows); k++) {
		AUTO_ARENA a = arena_new();
		struct item i = item_plain();
		const struct sms_style s = { .a = a, .septets = wide_rows[k].septets, .units = wide_rows[k].units };
		const struct sms_facts f = { .topic = TOPIC_FIRST, .item = &i, .line = &clinic, .code = 17 };

		i.caller_name = wide_rows[k].caller;
		g_assert_cmpstr(sms_render(&s, &f), ==, wide_rows[k].text);
	}
}

static const struct { const char *said, *shown; } card_rows[] = {
	{ "my card is 4111 1111 1111 1111 thanks", "my card is [number] thanks" },
	{ "4111111111111111", "[number]" }, { "4111-1111, 1111.1111", "[number]" },
	{ "１２３４５６７８９０１２", "[number]" }, { "٤١١١١١١١١١١١١١١١", "[number]" },
	{ "12345678901", "12345678901" }, { "call 020 7946 0123 or 5 to 6", "call 020 7946 0123 or 5 to 6" },
	{ "call +44 20 7946 0123", "call +44 20 7946 0123" },	/* the caller's own */
	{ "call +44 7700 900456", "call +[number]" }, { "1 2 3 4 5 6 7 8 9 0 1 2 ok", "[number] ok" },
};

static void check_cards(void)
{
	for (gsize k = 0; k < G_N_ELEMENTS(card_rows); k++) {
		AUTO_ARENA a = arena_new();
		struct item i = item_plain();
		const struct sms_facts f = { .topic = TOPIC_FIRST, .item = &i, .line = &clinic, .code = 17, .recording = true };
		g_autofree char *want = g_strdup_printf("\n\"%s\"\n", card_rows[k].shown);

		i.transcript = card_rows[k].said;
		g_assert_nonnull(strstr(sms_render(english(a), &f), want));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(layouts); i++) {
		g_autofree char *name = g_strconcat("/sms/layout/", layouts[i].name, NULL);

		g_test_add_data_func(name, &layouts[i], check_layout);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(language_rows); i++) {
		g_autofree char *name = g_strconcat("/sms/language/", language_rows[i].name, NULL);

		g_test_add_data_func(name, GSIZE_TO_POINTER(i), check_language);
	}
	g_test_add_func("/sms/who-gets-which", check_who_gets_which);
	g_test_add_func("/sms/german", check_german);
	g_test_add_func("/sms/wide", check_wide);
	g_test_add_func("/sms/cards", check_cards);
	g_test_add_func("/sms/zone", check_zone);
	g_test_add_func("/sms/random", check_random);
	g_test_add_func("/sms/answers", check_answers);
	g_test_add_func("/sms/yours", check_yours_fits);
	g_test_add_func("/sms/list", check_list);
	g_test_add_func("/gsm/close", check_close);
	g_test_add_func("/gsm/alphabet", check_alphabet);
	g_test_add_func("/gsm/codes", check_codes);
	return g_test_run();
}
