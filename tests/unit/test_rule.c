/* Which rule a call falls under: written as in a configuration, asked as decide() asks. */
#include <glib/gstdio.h>
#include <string.h>

#include "conf.h"
#include "conf_files.h"
#include "render.h"
#include "rule.h"
#include "text.h"

/* Monday noon is open, Monday 22:00 is closed, in London. */
#define NOON "2026-03-02T12:00:00Z"
#define NIGHT "2026-03-02T22:00:00Z"
#define LINES "region = GB timezone = \"Europe/London\" default_line = desk hours = \"Mo-Fr 09:00-17:00\"\n" \
	"line desk { owner = anna extensions = { \"1\" } } line sales { owner = bob extensions = { \"2\" } }\n" \
	"policy night { step { tell = anna } }\n"

struct rule_row {
	const char *name, *rules;
	const char *line, *said;	/* transcript; NULL: none */
	enum call_class class;
	enum call_reason reason;
	const char *caller;		/* "withheld"; NULL: nobody knows */
	const char *at;
	const char *wants;
};

#define CALL CLASS_MISSED, REASON_NO_ANSWER, "+442079460123", NOON

static const struct rule_row rule_rows[] = {
	{ "none", "", "desk", NULL, CALL, "default" },
	{ "catch-all", "rule all { }", "desk", NULL, CALL, "all" },
	{ "first-wins", "rule a { } rule b { }", "desk", NULL, CALL, "a" },
	{ "second", "rule a { lines = { sales } } rule b { }", "desk", NULL, CALL, "b" },
	{ "order-across-the-index", "rule a { callers = { \"+4420*\" } } rule b { lines = { desk } } rule c { }", "desk", NULL, CALL,
	  "a" },
	{ "order-across-the-index-back", "rule c { classes = { missed } } rule b { lines = { desk } } rule a { callers = { \"+44*\" } }",
	  "desk", NULL, CALL, "c" },
	{ "line", "rule a { lines = { sales, desk } }", "desk", NULL, CALL, "a" },
	{ "other-line", "rule a { lines = { sales } }", "desk", NULL, CALL, "default" },
	{ "class", "rule a { classes = { voicemail } } rule b { classes = { abandoned, missed } }", "desk", NULL, CALL, "b" },
	{ "reason", "rule a { reasons = { busy } } rule b { reasons = { no_answer } }", "desk", NULL, CALL, "b" },
	{ "unknown-reason", "rule a { reasons = { unknown } }", "desk", NULL, CLASS_MISSED, REASON_UNKNOWN, NULL, NOON, "a" },
	{ "all-must-hold", "rule a { lines = { desk } reasons = { busy } }", "desk", NULL, CALL, "default" },

	{ "open-at-noon", "rule a { hours = closed } rule b { hours = open }", "desk", NULL, CALL, "b" },
	{ "closed-at-night", "rule a { hours = open } rule b { hours = closed }", "desk", NULL, CLASS_MISSED, REASON_BUSY,
	  "+442079460123", NIGHT, "b" },
	{ "hours-of-its-own", "rule a { hours = \"Mo 21:00-23:00\" }", "desk", NULL, CLASS_MISSED, REASON_BUSY, NULL, NIGHT, "a" },
	{ "hours-over-midnight", "rule a { hours = \"Mo 22:00-26:00\" }", "desk", NULL, CLASS_MISSED, REASON_BUSY, NULL,
	  "2026-03-03T01:59:00Z", "a" },
	{ "hours-end", "rule a { hours = \"Mo 22:00-26:00\" }", "desk", NULL, CLASS_MISSED, REASON_BUSY, NULL,
	  "2026-03-03T02:00:00Z", "default" },
	{ "hours-in-a-zone", "rule a { hours = \"Tu 00:00-02:00\" timezone = \"Asia/Tokyo\" }", "desk", NULL, CLASS_MISSED,
	  REASON_BUSY, NULL, "2026-03-02T15:30:00Z", "a" },
	{ "hours-in-kiritimati", "rule a { hours = \"Tu 12:00-12:30\" timezone = \"Pacific/Kiritimati\" }", "desk", NULL, CLASS_MISSED,
	  REASON_BUSY, NULL, NIGHT, "a" },
	{ "clocks-forward", "rule a { hours = \"Su 01:00-02:00\" }", "desk", NULL, CLASS_MISSED, REASON_BUSY, NULL,
	  "2026-03-29T01:30:00Z", "default" },
	{ "clocks-back-first", "rule a { hours = \"Su 01:00-02:00\" }", "desk", NULL, CLASS_MISSED, REASON_BUSY, NULL,
	  "2026-10-25T00:30:00Z", "a" },
	{ "clocks-back-second", "rule a { hours = \"Su 01:00-02:00\" }", "desk", NULL, CLASS_MISSED, REASON_BUSY, NULL,
	  "2026-10-25T01:30:00Z", "a" },
	{ "leap-day", "rule a { hours = \"Feb 29 00:00-24:00\" }", "desk", NULL, CLASS_MISSED, REASON_BUSY, NULL,
	  "2028-02-29T12:00:00Z", "a" },
	{ "week-53", "rule a { hours = \"week 53 Mo-Su 00:00-24:00\" }", "desk", NULL, CLASS_MISSED, REASON_BUSY, NULL,
	  "2027-01-02T12:00:00Z", "a" },

	{ "number", "rule a { callers = { \"+44 20 7946 0123\" } }", "desk", NULL, CALL, "a" },
	{ "other-number", "rule a { callers = { \"+442079460124\" } }", "desk", NULL, CALL, "default" },
	{ "longer-number", "rule a { callers = { \"+44207946012\" } }", "desk", NULL, CALL, "default" },
	{ "prefix", "rule a { callers = { \"+49*\", \"+4420*\" } }", "desk", NULL, CALL, "a" },
	{ "other-prefix", "rule a { callers = { \"+4421*\" } }", "desk", NULL, CALL, "default" },
	{ "prefix-of-one-digit", "rule a { callers = { \"+4*\" } }", "desk", NULL, CALL, "a" },
	{ "withheld", "rule a { callers = { withheld } }", "desk", NULL, CLASS_MISSED, REASON_BUSY, "withheld", NOON, "a" },
	{ "not-withheld", "rule a { callers = { withheld } }", "desk", NULL, CALL, "default" },
	{ "unknown-is-not-withheld", "rule a { callers = { withheld, \"+44*\" } }", "desk", NULL, CLASS_MISSED, REASON_BUSY, NULL, NOON,
	  "default" },
	{ "caller-on-a-line", "rule a { lines = { sales } callers = { \"+44*\" } } rule b { lines = { desk } callers = { \"+44*\" } }",
	  "desk", NULL, CALL, "b" },

	{ "word", "rule a { words = { leak } }", "desk", "There is a LEAK, come!", CALL, "a" },
	{ "part-of-a-word", "rule a { words = { leak } }", "desk", "It is leaking", CALL, "default" },
	{ "words-in-a-row", "rule a { words = { \"gas  leak!\" } }", "desk", "a gas, leak", CALL, "a" },
	{ "one-of-the-words", "rule a { words = { fire, \"gas leak\", smoke } }", "desk", "I see smoke", CALL, "a" },
	{ "no-transcript", "rule a { words = { leak } }", "desk", NULL, CALL, "default" },
	{ "empty-transcript", "rule a { words = { leak } }", "desk", "", CALL, "default" },
	{ "umlaut", "rule a { words = { \"ÜBERSCHWEMMUNG\" } }", "desk", "eine Überschwemmung im Keller", CALL, "a" },
	{ "accent", "rule a { words = { \"été\" } }", "desk", "l'ÉTÉ, dernier", CALL, "a" },
	{ "pattern", "rule a { words = { \"/gas|smell/\" } }", "desk", "It SMELLS here", CALL, "a" },
	{ "pattern-not-there", "rule a { words = { \"/^gas$/\" } }", "desk", "the gas man", CALL, "default" },
	{ "word-or-pattern", "rule a { words = { fire, \"/leak(s|ing)/\" } }", "desk", "it is leaking", CALL, "a" },
	{ "words-and-line", "rule a { lines = { sales } words = { leak } }", "desk", "a leak", CALL, "default" },
};

static struct conf *load(const char *rules)
{
	g_autofree char *text = g_strdup_printf(TOP PEOPLE LINES "%s", rules);
	g_autofree char *file = write_file("rule.conf", text, 0600);
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load(file, &err);

	g_unlink(file);
	g_assert_no_error(err);
	return c;
}

static int64_t at(const char *time)
{
	int64_t t;

	g_assert_true(text_to_time(time, &t));
	return t;
}

static void test_row(gconstpointer data)
{
	const struct rule_row *row = data;
	struct conf *conf = load(row->rules);
	const bool withheld = g_strcmp0(row->caller, "withheld") == 0;
	const struct call call = {
		.class = row->class, .reason = row->reason, .caller = withheld ? NULL : row->caller, .withheld = withheld,
		.transcript = row->said
	};
	struct rule_case c = {
		.call = &call, .line = roster_line_by_id(conf->roster, row->line), .roster = conf->roster, .now = at(row->at)
	};

	g_assert_nonnull(c.line);
	g_assert_cmpstr(rule_of(conf->roster->book, &c)->id, ==, row->wants);
	conf_unref(conf);
}

/* ---- what follows ---- */

static void test_effects(void)
{
	struct conf *conf = load("rule vip {\ncomment = \"They pay\" reviewed = \"2026-03-02\" owner = bob urgency = high channels = { text }\n"
				 "policy = night }\nrule no { mute = yes } rule junk { spam = yes urgency = low channels = { mail } }");
	const struct rule_book *b = conf->roster->book;
	const struct rule *vip = rule_book_find(b, "vip"), *no = rule_book_at(b, 1), *junk = rule_book_find(b, "junk");
	const struct rule *last = rule_book_find(b, RULE_DEFAULT);

	g_assert_cmpuint(rule_book_size(b), ==, 3);
	g_assert_cmpstr(vip->comment, ==, "They pay");
	g_assert_cmpuint(vip->reviewed, ==, 739677);
	g_assert_cmpstr(vip->owner.person->id, ==, "bob");
	g_assert_cmpstr(vip->policy->id, ==, "night");
	g_assert_true(vip->urgency_given && vip->urgency == URGENCY_HIGH && vip->channels == CHANNEL_TEXT && !vip->mute && !vip->spam);
	g_assert_true(no->mute && !no->spam && !no->urgency_given && no->channels == CHANNEL_ALL && !no->policy);
	g_assert_true(junk->spam && junk->urgency == URGENCY_LOW && junk->channels == CHANNEL_MAIL);
	g_assert_true(!last->owner.person && !last->owner.schedule && last->channels == CHANNEL_ALL && !last->urgency_given);
	g_assert_null(rule_book_find(b, "nobody"));
	g_assert_null(rule_book_find(b, NULL));
	conf_unref(conf);
}

/* ---- the header fields of a helpdesk, and those of the author ---- */

struct desk_row {
	const char *name, *line, *rule;	/* what stands in them */
	enum item_state state;
	enum urgency urgency;
	bool again;			/* no first mail of the item */
	const char *wants;
};

static const struct desk_row desk_rows[] = {
	{ "none", "", "", STATE_OPEN, URGENCY_NORMAL, false, "" },
	{ "zammad", "helpdesk = zammad helpdesk_queue = \"Support\"", "", STATE_OPEN, URGENCY_HIGH, false,
	  "X-Zammad-Ticket-Owner: eve\nX-Zammad-Ticket-Priority: 3 high\nX-Zammad-Ticket-Group: Support\n"
	  "X-Zammad-Send-Auto-Response: false\n" },
	{ "zammad-again", "helpdesk = zammad helpdesk_queue = \"Support\"", "", STATE_OPEN, URGENCY_NORMAL, true,
	  "X-Zammad-Ticket-FollowUp-Owner: eve\nX-Zammad-Ticket-FollowUp-Priority: 2 normal\nX-Zammad-Send-Auto-Response: false\n" },
	{ "otrs", "helpdesk = otrs helpdesk_queue = \"Raw\"", "", STATE_OPEN, URGENCY_LOW, false,
	  "X-OTRS-Owner: eve\nX-OTRS-Priority: 2 low\nX-OTRS-Queue: Raw\nX-OTRS-Loop: True\n" },
	{ "otrs-again", "helpdesk = otrs", "", STATE_OPEN, URGENCY_NORMAL, true,
	  "X-OTRS-FollowUp-Owner: eve\nX-OTRS-FollowUp-Priority: 3 normal\nX-OTRS-Loop: True\n" },
	{ "plain", "helpdesk = plain helpdesk_queue = \"B\u00fcro\"", "", STATE_OPEN, URGENCY_NORMAL, false,
	  "X-Ticket-Owner: eve\nX-Ticket-Priority: normal\nX-Ticket-Queue: =?UTF-8?B?QsO8cm8=?=\n" },
	{ "spam-is-closed", "helpdesk = zammad", "", STATE_SUPPRESSED, URGENCY_NORMAL, false,
	  "X-Zammad-Ticket-Owner: eve\nX-Zammad-Ticket-Priority: 2 normal\nX-Zammad-Ticket-State: closed\n"
	  "X-Zammad-Send-Auto-Response: false\n" },
	{ "rule-before-line", "helpdesk = zammad helpdesk_queue = \"A\"", "helpdesk = plain helpdesk_queue = \"B\"", STATE_OPEN,
	  URGENCY_NORMAL, false, "X-Ticket-Owner: eve\nX-Ticket-Priority: normal\nX-Ticket-Queue: B\n" },
	{ "rule-takes-it-off", "helpdesk = zammad", "helpdesk = none", STATE_OPEN, URGENCY_NORMAL, false, "" },
	{ "own", "", "headers = { \"X-Team: {line}/{rule} {urgency} {caller}\", \"Comments: {item}, {class}\" }", STATE_OPEN,
	  URGENCY_HIGH, false, "X-Team: desk/r high +442079460123\nComments: RB-7, missed\n" },
	{ "own-of-nothing", "", "headers = { \"X-Who: {caller_name}\" }", STATE_OPEN, URGENCY_NORMAL, false, "" },
};

static bool is_desk_field(const char *name)
{
	return g_str_has_prefix(name, "X-Zammad") || g_str_has_prefix(name, "X-OTRS") || g_str_has_prefix(name, "X-Ti") ||
	       g_str_has_prefix(name, "X-Te") || g_str_has_prefix(name, "X-Who") || g_str_equal(name, "Comments");
}

static void test_desk(gconstpointer data)
{
	const struct desk_row *row = data;
	g_autofree char *text = g_strdup_printf(TOP PEOPLE "person eve { mail = e@example.com helpdesk_login = eve }\n"
						"line desk { owner = eve %s } rule r { %s }", row->line, row->rule);
	g_autofree char *file = write_file("desk.conf", text, 0600);
	g_autoptr(GError) err = NULL;
	struct conf *conf = conf_load(file, &err);
	AUTO_ARENA a = arena_new();
	const struct call call = { .class = CLASS_MISSED, .caller = "+442079460123", .duration_s = -1, .time = 1 };
	const struct event e = { .kind = EVENT_NOTICE, .call = &call, .message_id = "<1@example.com>" };
	struct item item = {
		.id = 7, .state = row->state, .line = "desk", .owner = "eve", .rule = "r", .urgency = row->urgency, .class = CLASS_MISSED,
		.caller = call.caller, .thread_id = "<1@example.com>", .calls = 1
	};
	struct decision d = { .item = &item, .created = !row->again };
	g_autoptr(GString) got = g_string_new(NULL);
	const struct render_header *headers;
	gsize n;

	g_unlink(file);
	g_assert_no_error(err);
	d.line = conf->roster->default_line;
	d.owner = roster_person(conf->roster, "eve");
	headers = render_headers(a, conf->roster, &d, &e, &n);
	for (gsize i = 0; i < n; i++)
		if (is_desk_field(headers[i].name))
			g_string_append_printf(got, "%s: %s\n", headers[i].name, headers[i].value);
	g_assert_cmpstr(got->str, ==, row->wants);
	conf_unref(conf);
}

/* ---- groups ---- */

static struct rule *group_rule(const char *id, const char *group)
{
	struct rule *r = rule_new(id);

	r->groups = g_new0(char *, 2);
	r->groups[0] = g_strdup(group);
	return r;
}

static void test_groups(void)
{
	struct conf *conf = load("");
	const char *const vip[] = { "vip", "north", NULL };
	const struct contact jane = { .number = "+442079460123", .groups = vip };
	struct call call = { .class = CLASS_MISSED, .caller = "+442079460123" };
	struct rule_case c = { .call = &call, .line = conf->roster->default_line, .roster = conf->roster };
	struct rule_book *b = rule_book_new();

	g_assert_true(directory_add(conf->roster->directory, &jane));
	rule_book_add(b, group_rule("south", "south"));
	rule_book_add(b, group_rule("north", "north"));
	g_assert_cmpstr(rule_of(b, &c)->id, ==, "north");
	call.caller = "+442079460999";
	g_assert_cmpstr(rule_of(b, &c)->id, ==, RULE_DEFAULT);
	call.caller = NULL;
	g_assert_cmpstr(rule_of(b, &c)->id, ==, RULE_DEFAULT);
	rule_book_free(b);
	conf_unref(conf);
}

/* ---- shadows ---- */

struct cover_row {
	const char *name, *one, *other;
	bool covers;
};

static const struct cover_row cover_rows[] = {
	{ "all", "", "lines = { desk } words = { x } callers = { withheld } hours = open", true },
	{ "nothing-covers-all", "lines = { desk }", "", false },
	{ "same", "lines = { desk } reasons = { busy }", "lines = { desk } reasons = { busy }", true },
	{ "line-of-two", "lines = { sales, desk }", "lines = { desk }", true },
	{ "two-lines-of-one", "lines = { desk }", "lines = { desk, sales }", false },
	{ "classes", "classes = { missed, voicemail }", "classes = { missed }", true },
	{ "more-classes", "classes = { missed }", "classes = { missed, voicemail }", false },
	{ "reasons", "reasons = { busy }", "reasons = { no_answer }", false },
	{ "prefix-and-number", "callers = { \"+44*\" }", "callers = { \"+442079460123\" }", true },
	{ "prefix-and-prefix", "callers = { \"+44*\" }", "callers = { \"+4420*\" }", true },
	{ "prefix-and-shorter", "callers = { \"+4420*\" }", "callers = { \"+44*\" }", false },
	{ "number-and-prefix", "callers = { \"+442079460123\" }", "callers = { \"+442079460*\" }", false },
	{ "numbers", "callers = { \"+442079460123\", \"+442079460124\" }", "callers = { \"+442079460124\" }", true },
	{ "withheld", "callers = { \"+44*\" }", "callers = { \"+4420*\", withheld }", false },
	{ "words", "words = { gas, leak }", "words = { \"gas leak\", leak }", true },
	{ "other-words", "words = { gas }", "words = { gasoline }", false },
	{ "patterns", "words = { \"/gas/\", fire }", "words = { \"/gas/\" }", true },
	{ "other-pattern", "words = { gas }", "words = { \"/gas/\" }", false },
	{ "open-and-closed", "hours = open", "hours = closed", false },
	{ "own-hours", "hours = \"Mo 09:00-10:00\"", "hours = \"Mo 09:00-10:00\"", true },
	{ "other-hours", "hours = \"Mo 09:00-10:00\"", "hours = \"Tu 09:00-10:00\"", false },
	{ "hours-and-any", "hours = open", "lines = { desk }", false },
};

static void test_cover(gconstpointer data)
{
	const struct cover_row *row = data;
	g_autofree char *rules = g_strdup_printf("rule one { %s } rule other { %s }", row->one, row->other);
	struct conf *conf = load(rules);
	const struct rule_book *b = conf->roster->book;

	g_assert_cmpint(rule_covers(rule_book_at(b, 0), rule_book_at(b, 1)), ==, row->covers);
	conf_unref(conf);
}

/* ---- many, and hostile ---- */

/* However many rules there are, those of other lines and callers are not looked at. */
static void test_many(void)
{
	struct conf *conf = load("");
	const struct call call = { .class = CLASS_MISSED, .caller = "+442079460123" };
	struct rule_case c = { .call = &call, .line = conf->roster->default_line, .roster = conf->roster };
	struct rule_book *b = rule_book_new();

	for (guint i = 0; i < 10000; i++) {
		struct rule *r = rule_new("x");

		r->numbers = g_new0(char *, 2);
		r->numbers[0] = i == 9999 ? g_strdup(call.caller) : g_strdup_printf("+4420794%05u", i % 50000 + 50000);
		if (i % 2 && i != 9999) {
			r->lines = g_new0(const struct line *, 1);
			r->lines[r->n_lines++] = roster_line_by_id(conf->roster, "sales");
		}
		rule_book_add(b, r);
	}
	g_assert_true(rule_of(b, &c) == rule_book_at(b, 9999));
	g_assert_cmpuint(c.looked_at, ==, 1);
	rule_book_free(b);
	conf_unref(conf);
}

/* A pattern that would try for ages holds for nothing, in a moment. */
static void test_hostile(void)
{
	struct conf *conf = load("rule a { words = { \"/(a+)+$/\" } } rule b { }");
	g_autofree char *text = g_strnfill(50000, 'a');
	struct call call = { .class = CLASS_VOICEMAIL, .transcript = text };
	struct rule_case c = { .call = &call, .line = conf->roster->default_line, .roster = conf->roster };
	const int64_t start = g_get_monotonic_time();

	text[RULE_TRANSCRIPT_MAX - 10] = '!';
	g_assert_cmpstr(rule_of(conf->roster->book, &c)->id, ==, "b");
	g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
	conf_unref(conf);
}

/* A transcript is looked at up to its limit, and cut between two characters. */
static void test_long(void)
{
	struct conf *conf = load("rule a { words = { end, \"/end/\" } } rule b { words = { begin } }");
	g_autoptr(GString) text = g_string_new("begin ");
	struct call call = { .class = CLASS_VOICEMAIL };
	struct rule_case c = { .call = &call, .line = conf->roster->default_line, .roster = conf->roster };

	for (guint i = 0; i < RULE_TRANSCRIPT_MAX; i++)
		g_string_append(text, "\u00fc");
	g_string_append(text, " end");
	call.transcript = text->str;
	g_assert_cmpstr(rule_of(conf->roster->book, &c)->id, ==, "b");
	conf_unref(conf);
}

int main(int argc, char **argv)
{
	int rc;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("ringback-rule-XXXXXX", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rule_rows); i++) {
		g_autofree char *path = g_strdup_printf("/rule/of/%s", rule_rows[i].name);

		g_test_add_data_func(path, &rule_rows[i], test_row);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(cover_rows); i++) {
		g_autofree char *path = g_strdup_printf("/rule/covers/%s", cover_rows[i].name);

		g_test_add_data_func(path, &cover_rows[i], test_cover);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(desk_rows); i++) {
		g_autofree char *path = g_strdup_printf("/rule/helpdesk/%s", desk_rows[i].name);

		g_test_add_data_func(path, &desk_rows[i], test_desk);
	}
	g_test_add_func("/rule/effects", test_effects);
	g_test_add_func("/rule/groups", test_groups);
	g_test_add_func("/rule/many", test_many);
	g_test_add_func("/rule/hostile", test_hostile);
	g_test_add_func("/rule/long", test_long);
	rc = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return rc;
}
