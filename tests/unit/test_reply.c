/* What people send back, right and wrong. */
#include <glib.h>
#include <string.h>

#include "reply.h"

struct row {
	const char *text;
	enum verb verb;
	int code;
};

struct timed_row {
	struct row row;
	int minutes;
};

static const struct row rows[] = {
	/* as our texts say it */
	{ "17A", VERB_ACK, 17 }, { "17D", VERB_DONE, 17 }, { "17N", VERB_NEXT, 17 }, { "17T", VERB_TRIED, 17 },
	{ "17X", VERB_NO_CALLBACK, 17 }, { "L", VERB_LIST, 0 }, { "AA", VERB_ALL_MINE, 0 }, { "H", VERB_HELP, 0 },
	{ "STOP", VERB_STOP, 0 }, { "START", VERB_START, 0 }, { "123A", VERB_ACK, 123 }, { "10D", VERB_DONE, 10 },
	{ "99n", VERB_NEXT, 99 }, { "999X", VERB_NO_CALLBACK, 999 }, { "1000A", VERB_ACK, 1000 }, { "9999d", VERB_DONE, 9999 },
	/* a bare verb */
	{ "A", VERB_ACK, 0 }, { "d", VERB_DONE, 0 }, { "N", VERB_NEXT, 0 }, { "t.", VERB_TRIED, 0 },
	{ "x", VERB_NO_CALLBACK, 0 }, { "done", VERB_DONE, 0 }, { "Mine!", VERB_ACK, 0 },
	/* case, blanks, order, quotes, dots */
	{ "17a", VERB_ACK, 17 }, { "17 A", VERB_ACK, 17 }, { " 17 a ", VERB_ACK, 17 }, { "A17", VERB_ACK, 17 },
	{ "a 17", VERB_ACK, 17 }, { "17a.", VERB_ACK, 17 }, { "'17a'.", VERB_ACK, 17 }, { "\"17A\"", VERB_ACK, 17 },
	{ "“17A”", VERB_ACK, 17 }, { "«17 A»", VERB_ACK, 17 }, { "17-A", VERB_ACK, 17 }, { "17: A", VERB_ACK, 17 },
	{ "#17 A", VERB_ACK, 17 }, { "(17A)", VERB_ACK, 17 }, { "17A\n", VERB_ACK, 17 }, { "\r\n17A\r\n", VERB_ACK, 17 },
	{ "17\nA", VERB_ACK, 17 }, { "17\tA", VERB_ACK, 17 }, { "17\u00a0A", VERB_ACK, 17 }, { "17\u2013A", VERB_ACK, 17 },
	{ "\ufeff17A", VERB_ACK, 17 },
	/* words */
	{ "ack 17", VERB_ACK, 17 }, { "17 ack", VERB_ACK, 17 }, { "Acknowledge 17", VERB_ACK, 17 },
	{ "17 mine", VERB_ACK, 17 }, { "mine 17", VERB_ACK, 17 }, { "take 17", VERB_ACK, 17 },
	{ "17 done", VERB_DONE, 17 }, { "called 17", VERB_DONE, 17 }, { "17 called back", VERB_DONE, 17 },
	{ "Called back.", VERB_DONE, 0 }, { "called 17 back", VERB_DONE, 17 }, { "17 tried", VERB_TRIED, 17 },
	{ "17 no reach", VERB_TRIED, 17 }, { "tried, no reach 17", VERB_TRIED, 17 }, { "next 17", VERB_NEXT, 17 },
	{ "17 pass on", VERB_NEXT, 17 }, { "pass 17 on", VERB_NEXT, 17 }, { "17 no callback", VERB_NO_CALLBACK, 17 },
	{ "17 no callback needed", VERB_NO_CALLBACK, 17 }, { "list", VERB_LIST, 0 }, { "all mine", VERB_ALL_MINE, 0 },
	{ "Help", VERB_HELP, 0 }, { "stop.", VERB_STOP, 0 }, { "Unsubscribe", VERB_STOP, 0 }, { "unstop", VERB_START, 0 },
	{ "17L", VERB_LIST, 17 },
	/* copied from our own text: the letter and what it means */
	{ "17A mine", VERB_ACK, 17 }, { "17D called", VERB_DONE, 17 }, { "17N pass on", VERB_NEXT, 17 },
	{ "Reply 17A", VERB_ACK, 17 }, { "reply 17A mine", VERB_ACK, 17 },
	/* politeness, and what phones add */
	{ "17A thanks", VERB_ACK, 17 }, { "ok 17A", VERB_ACK, 17 }, { "17A please", VERB_ACK, 17 },
	{ "17D thank you!", VERB_DONE, 17 }, { "17A thx", VERB_ACK, 17 }, { "17A 👍", VERB_ACK, 17 },
	{ "17A 👍🏽", VERB_ACK, 17 }, { "✔️ 17A", VERB_ACK, 17 }, { "17A\nthanks", VERB_ACK, 17 },
	{ "17A\n\nSent from my phone", VERB_ACK, 17 }, { "17A\n-- \nBob Jones 555", VERB_ACK, 17 },
	{ "17A\n> MISSED 21:52 Clinic\n> 18D", VERB_ACK, 17 }, { "> MISSED 21:52\n17A", VERB_ACK, 17 },
	/* right to left */
	{ "\u200f17A", VERB_ACK, 17 }, { "\u202e17A\u202c", VERB_ACK, 17 }, { "١٧A", VERB_ACK, 17 },
	/* nothing that we know */
	{ "", VERB_NONE, 0 }, { " ", VERB_NONE, 0 }, { "\n\n", VERB_NONE, 0 }, { "...", VERB_NONE, 0 },
	{ "yes", VERB_NONE, 0 }, { "ok", VERB_NONE, 0 }, { "thanks", VERB_NONE, 0 }, { "17", VERB_NONE, 0 },
	{ "17 ok", VERB_NONE, 0 }, { "call me 17", VERB_NONE, 0 }, { "call 17", VERB_NONE, 0 }, { "17th", VERB_NONE, 0 },
	{ "can you take 17", VERB_NONE, 0 }, { "hello", VERB_NONE, 0 }, { "👍", VERB_NONE, 0 }, { "17A ❌", VERB_NONE, 0 },
	{ "17A 👎", VERB_NONE, 0 }, { "17А" /* Cyrillic */, VERB_NONE, 0 }, { "נעשה 17", VERB_NONE, 0 },
	{ "RB-1742 A", VERB_NONE, 0 }, { "17000A", VERB_NONE, 0 }, { "7A", VERB_NONE, 0 },
	{ "09A", VERB_NONE, 0 }, { "017A", VERB_NONE, 0 }, { "99999999999999999999A", VERB_NONE, 0 },
	{ "17\ufffd", VERB_NONE, 0 }, { "\xff\xfe", VERB_NONE, 0 }, { "17A\xe9", VERB_NONE, 0 },
	/* two things at a time */
	{ "17A 18D", VERB_NONE, 0 }, { "17A 18A", VERB_NONE, 0 }, { "17A\n18D", VERB_NONE, 0 }, { "A A", VERB_NONE, 0 },
	{ "A D", VERB_NONE, 0 }, { "17AD", VERB_NONE, 0 }, { "A17A", VERB_NONE, 0 }, { "17A 17A", VERB_NONE, 0 },
	{ "17A mine, 17D called, 17N pass on", VERB_NONE, 0 }, { "17A done", VERB_NONE, 0 }, { "1 7 A", VERB_NONE, 0 },
	{ "17 ack ack ack", VERB_NONE, 0 }, { "17AA", VERB_NONE, 0 }, { "STOP 17", VERB_NONE, 0 },
	{ "start 17", VERB_NONE, 0 },
	/* no order at all */
	{ "17A?", VERB_NONE, 0 }, { "A?", VERB_NONE, 0 }, { "not 17A", VERB_NONE, 0 }, { "17A no wait", VERB_NONE, 0 },
	{ "17A\nno, sorry", VERB_NONE, 0 }, { "don't take 17", VERB_NONE, 0 }, { "not mine", VERB_NONE, 0 },
	{ "not done", VERB_NONE, 0 }, { "stop texting me at night", VERB_NONE, 0 }, { "> 17A", VERB_NONE, 0 },
	{ "Sent from my phone\n17A", VERB_NONE, 0 }, { "Liked “17A mine, 17D called”", VERB_NONE, 0 },
};

/* Minutes come last; the one number of a snooze is taken for them. */
static const struct timed_row timed[] = {
	{ { "S", VERB_SNOOZE, 0 }, 0 }, { { "17S", VERB_SNOOZE, 17 }, 0 },
	{ { "17 snooze", VERB_SNOOZE, 17 }, 0 }, { { "17 later", VERB_SNOOZE, 17 }, 0 },
	{ { "17S30", VERB_SNOOZE, 17 }, 30 }, { { "17 s 30", VERB_SNOOZE, 17 }, 30 },
	{ { "17s5", VERB_SNOOZE, 17 }, 5 }, { { "S30", VERB_SNOOZE, 0 }, 30 },
	{ { "S17", VERB_SNOOZE, 0 }, 17 }, { { "s 17 30", VERB_SNOOZE, 17 }, 30 },
	{ { "snooze 17 30", VERB_SNOOZE, 17 }, 30 },
	{ { "snooze 17 for 30 min", VERB_SNOOZE, 17 }, 30 }, { { "17S 2h", VERB_SNOOZE, 17 }, 120 },
	{ { "17S 1 hour", VERB_SNOOZE, 17 }, 60 }, { { "17S 90 minutes.", VERB_SNOOZE, 17 }, 90 },
	{ { "17S1440", VERB_SNOOZE, 17 }, 1440 }, { { "17S24h", VERB_SNOOZE, 17 }, 1440 },
	{ { "17S 005", VERB_SNOOZE, 17 }, 5 }, { { "17T30", VERB_TRIED, 17 }, 30 },
	{ { "17 tried 2 h", VERB_TRIED, 17 }, 120 }, { { "T17", VERB_TRIED, 17 }, 0 },
	{ { "T 17 20", VERB_TRIED, 17 }, 20 }, { { "T 30 min", VERB_TRIED, 0 }, 30 },
	{ { "17S please", VERB_SNOOZE, 17 }, 0 }, { { "17S0", VERB_NONE, 0 }, 0 },
	{ { "17S1441", VERB_NONE, 0 }, 0 }, { { "17S25h", VERB_NONE, 0 }, 0 },
	{ { "17S30 40", VERB_NONE, 0 }, 0 }, { { "17 30 S", VERB_NONE, 0 }, 0 },
	{ { "17S99999", VERB_NONE, 0 }, 0 }, { { "7S30", VERB_NONE, 0 }, 0 },
	{ { "17S30 18A", VERB_NONE, 0 }, 0 }, { { "17A30", VERB_NONE, 0 }, 0 },
	{ { "A17 h", VERB_NONE, 0 }, 0 }, { { "A 17 min", VERB_NONE, 0 }, 0 },
	{ { "17D 30 min", VERB_NONE, 0 }, 0 }, { { "AA 30 min", VERB_NONE, 0 }, 0 },
	{ { "S -5 x", VERB_NONE, 0 }, 0 }, { { "17 h", VERB_HELP, 17 }, 0 },
};

static void check_row(gconstpointer data)
{
	const struct row *r = data;
	struct reply got = reply_read(r->text, NULL, 0);

	g_assert_cmpstr(verb_letter(got.verb), ==, verb_letter(r->verb));
	g_assert_cmpint(got.code, ==, r->code);
	g_assert_cmpint(got.minutes, ==, 0);
}

/* Words of other languages besides the English ones. */
static const struct reply_phrase german[] = {
	{ (char *)"meins", VERB_ACK }, { (char *)"übernehme ich", VERB_ACK }, { (char *)"kein rückruf", VERB_NO_CALLBACK },
	{ (char *)"kein rückruf nötig", VERB_NO_CALLBACK }, { (char *)"später", VERB_SNOOZE }, { (char *)"моё", VERB_ACK },
	{ (char *)"bitte", VERB_NONE }, { (char *)"halt", VERB_STOP },
};

static const struct timed_row german_rows[] = {
	{ { "17 meins", VERB_ACK, 17 }, 0 }, { { "17A meins", VERB_ACK, 17 }, 0 },
	{ { "Übernehme ich 17!", VERB_ACK, 17 }, 0 }, { { "ÜBERNEHME ICH", VERB_ACK, 0 }, 0 },
	{ { "u\u0308bernehme ich 17", VERB_ACK, 17 }, 0 },
	{ { "17 kein Rückruf", VERB_NO_CALLBACK, 17 }, 0 },
	{ { "17 kein Rückruf nötig", VERB_NO_CALLBACK, 17 }, 0 },
	{ { "17 später 45", VERB_SNOOZE, 17 }, 45 }, { { "Моё 17", VERB_ACK, 17 }, 0 },
	{ { "17A bitte", VERB_ACK, 17 }, 0 }, { { "17 mine", VERB_ACK, 17 }, 0 },
	{ { "halt", VERB_STOP, 0 }, 0 }, { { "Halt 17", VERB_NONE, 0 }, 0 },
	{ { "kein 17", VERB_NONE, 0 }, 0 }, { { "nicht meins 17", VERB_NONE, 0 }, 0 },
	{ { "17 meins 17 später", VERB_NONE, 0 }, 0 }, { { "übernehme 17", VERB_NONE, 0 }, 0 },
	{ { "bitte", VERB_NONE, 0 }, 0 },
};

static void check_timed(const struct timed_row *list, gsize n, const struct reply_phrase *more, gsize n_more)
{
	for (gsize i = 0; i < n; i++) {
		struct reply got = reply_read(list[i].row.text, more, n_more);

		g_test_message("%s", list[i].row.text);
		g_assert_cmpstr(verb_letter(got.verb), ==, verb_letter(list[i].row.verb));
		g_assert_cmpint(got.code, ==, list[i].row.code);
		g_assert_cmpint(got.minutes, ==, list[i].minutes);
	}
}

static void check_minutes(void)
{
	check_timed(timed, G_N_ELEMENTS(timed), NULL, 0);
}

static void check_german(void)
{
	check_timed(german_rows, G_N_ELEMENTS(german_rows), german, G_N_ELEMENTS(german));
	g_assert_cmpint(reply_read("17 meins", NULL, 0).verb, ==, VERB_NONE);
}

static void check_phrase(void)
{
	static const struct { const char *text, *phrase; } phrases[] = {
		{ "Meins", "meins" }, { "  Übernehme   ICH ", "übernehme ich" }, { "u\u0308ber", "über" }, { "", NULL },
		{ "  ", NULL }, { "mine!", NULL }, { "17 mine", NULL }, { "a b c d e f g h", "a b c d e f g h" },
		{ "a b c d e f g h i", NULL }, { "don't", NULL }, { "👍", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(phrases); i++) {
		g_autofree char *got = reply_phrase(phrases[i].text);

		g_assert_cmpstr(got, ==, phrases[i].phrase);
	}
	g_assert_cmpint(reply_phrase_verb("pass on"), ==, VERB_NEXT);
	g_assert_cmpint(reply_phrase_verb("meins"), ==, VERB_NONE);
}

/* At most 1,000 octets are read, whatever they are. */
static void check_long(void)
{
	g_autofree char *blanks = g_strnfill(1000, ' '), *many = g_strnfill(10000, 'A');
	g_autofree char *too_long = g_strconcat("17A", blanks, NULL);

	memcpy(blanks, "17A", 3);
	g_assert_cmpint(reply_read(blanks, NULL, 0).verb, ==, VERB_ACK);
	g_assert_cmpint(reply_read(too_long, NULL, 0).verb, ==, VERB_NONE);
	g_assert_cmpint(reply_read(many, NULL, 0).verb, ==, VERB_NONE);
}

/* Nothing but words of the grammar may ever be acted upon: random octets around a good reply spoil it or change
 * nothing. */
static void check_random(void)
{
	for (int n = 0; n < 20000; n++) {
		char text[16] = "";
		int size = g_test_rand_int_range(0, (int)sizeof(text));
		struct reply got;

		for (int i = 0; i < size; i++)
			text[i] = (char)g_test_rand_int_range(1, 256);
		got = reply_read(text, NULL, 0);
		g_assert_cmpint(got.verb, <, N_VERBS);
		g_assert_true(got.code == 0 || (got.code >= 10 && got.code <= 9999));
		g_assert_true(got.verb != VERB_NONE || got.code == 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *safe = g_utf8_make_valid(rows[i].text, -1);
		g_autofree char *name = g_strdup_printf("/reply/%03d %s", (int)i, g_strdelimit(safe, "\r\n\t/#", '_'));

		g_test_add_data_func(name, &rows[i], check_row);
	}
	g_test_add_func("/reply/long", check_long);
	g_test_add_func("/reply/minutes", check_minutes);
	g_test_add_func("/reply/german", check_german);
	g_test_add_func("/reply/phrase", check_phrase);
	g_test_add_func("/reply/random", check_random);
	return g_test_run();
}
