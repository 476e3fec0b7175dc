#include <string.h>

#include "dedup.h"
#include "escalate.h"
#include "roster.h"

static struct person *person(const char *id, const char *phone)
{
	struct person *p = g_new0(struct person, 1);

	p->id = g_strdup(id);
	p->name = g_strdup(id);
	p->mail = g_strdup_printf("%s@example.com", id);
	p->phone = g_strdup(phone);
	return p;
}

static struct line *line(struct roster *r, const char *id)
{
	struct line *l = g_new0(struct line, 1);

	l->id = g_strdup(id);
	l->name = g_strdup(id);
	l->audit = g_strdup("calls@example.com");
	l->zone = g_strdup("Europe/London");
	roster_add_line(r, l);
	return l;
}

static struct roster *office(void)
{
	struct roster *r = roster_new();
	struct line *clinic, *desk;

	roster_add_person(r, person("anna", "+447700900001"));
	roster_add_person(r, person("bob", NULL));
	roster_add_person(r, person("carl", "+447700900001"));
	clinic = line(r, "clinic");
	desk = line(r, "desk");
	r->default_line = line(r, "rest");
	g_assert_true(roster_add_key(r, clinic, "201"));
	g_assert_true(roster_add_key(r, clinic, "+44 20 7946 0100"));
	g_assert_true(roster_add_key(r, clinic, " Clinic Queue "));
	g_assert_true(roster_add_key(r, clinic, "clinic@example.com"));
	g_assert_true(roster_add_tag(r, desk, "SALES"));
	g_assert_true(roster_add_tag(r, clinic, "Mein Büro"));
	g_assert_true(roster_add_key(r, desk, "Front Desk"));
	g_assert_true(roster_add_key(r, desk, "desk@example.com"));
	return r;
}

/* ---- which line ---- */

struct row {
	const char *name, *called, *called_name, *rcpts[4];
	const char *line, *why;
};

static const struct row rows[] = {
	{ "extension", "201", NULL, { NULL }, "clinic", "called 201" },
	{ "blanks around it", " 201 ", NULL, { NULL }, "clinic", "called 201" },
	{ "number", "+442079460100", NULL, { NULL }, "clinic", "called +442079460100" },
	{ "number with marks", "+44 (20) 7946-0100", NULL, { NULL }, "clinic", "called +44 (20) 7946-0100" },
	{ "queue", "CLINIC queue", NULL, { NULL }, "clinic", "called CLINIC queue" },
	{ "name of what was called", NULL, "front desk", { NULL }, "desk", "called name front desk" },
	{ "called before its name", "201", "Front Desk", { NULL }, "clinic", "called 201" },
	{ "name where called is unknown", "999", "Front Desk", { NULL }, "desk", "called name Front Desk" },
	{ "mailbox", NULL, NULL, { "<Clinic@Example.com>" }, "clinic", "mailbox clinic@example.com" },
	{ "second mailbox", "999", NULL, { "x@example.com", "desk@example.com" }, "desk", "mailbox desk@example.com" },
	{ "called before mailbox", "201", NULL, { "desk@example.com" }, "clinic", "called 201" },
	{ "nothing known", "999", "nobody", { "x@example.com" }, "rest", "default" },
	{ "nothing said", NULL, NULL, { NULL }, "rest", "default" },
	{ "empty words", "", "  ", { "" }, "rest", "default" },
	{ "not a number", "2-0-1a", NULL, { NULL }, "rest", "default" },
	{ "marks alone", "+-", NULL, { NULL }, "rest", "default" },
	{ "not UTF-8", "201\xff", NULL, { "\xff\xfe@example.com" }, "rest", "default" },
};

static void test_line(const void *data)
{
	const struct row *row = data;
	AUTO_ARENA a = arena_new();
	struct roster *r = office();
	const struct call c = { .called = row->called, .called_name = row->called_name };
	const char *why = NULL;
	const struct line *l = roster_line(r, &c, row->rcpts, a, &why);

	g_assert_nonnull(l);
	g_assert_cmpstr(l->id, ==, row->line);
	g_assert_cmpstr(why, ==, row->why);
	roster_free(r);
}

/* ---- tags before the caller's name ---- */

static const struct {
	const char *name, *said, *tag, *rest, *line, *why;
} tags[] = {
	{ "tag", "SALES:Jane", "SALES", "Jane", "desk", "tag SALES" },
	{ "letter case and blanks", " sales : Jane Doe", " sales ", "Jane Doe", "desk", "tag sales" },
	{ "umlaut", "MEIN BÜRO: Jane", "MEIN BÜRO", "Jane", "clinic", "tag MEIN BÜRO" },
	{ "nobody behind it", "SALES:", "SALES", NULL, "desk", "tag SALES" },
	{ "behind another", "VIP:SALES:Jane", "SALES", "Jane", "desk", "tag SALES" },
	{ "a colon in the name", "SALES:Jane: at work", "SALES", "Jane: at work", "desk", "tag SALES" },
	{ "no tag of a line", "VIP:Jane", NULL, "VIP:Jane", "clinic", "called 201" },
	{ "a part of a word", "SALESMAN:Jane", NULL, "SALESMAN:Jane", "clinic", "called 201" },
	{ "no colon", "SALES Jane", NULL, "SALES Jane", "clinic", "called 201" },
	{ "colons alone", ":::::::SALES:x", NULL, ":::::::SALES:x", "clinic", "called 201" },
	{ "no name", NULL, NULL, NULL, "clinic", "called 201" },
};

static void test_tags(void)
{
	for (gsize n = 0; n < G_N_ELEMENTS(tags); n++) {
		AUTO_ARENA a = arena_new();
		struct roster *r = office();
		struct call c = { .called = "201", .caller_name = tags[n].said };
		const char *why = NULL;

		g_test_message("%s", tags[n].name);
		roster_take_tag(r, &c, a);
		g_assert_cmpstr(c.tag, ==, tags[n].tag);
		g_assert_cmpstr(c.caller_name, ==, tags[n].rest);
		g_assert_cmpstr(roster_line(r, &c, NULL, a, &why)->id, ==, tags[n].line);
		g_assert_cmpstr(why, ==, tags[n].why);
		roster_free(r);
	}
}

static void test_lookups(void)
{
	struct roster *r = office();
	AUTO_ARENA a = arena_new();
	const struct call c = { .called = "999" };
	const char *why;

	g_assert_cmpstr(roster_person(r, "bob")->id, ==, "bob");
	g_assert_null(roster_person(r, "zoe"));
	g_assert_null(roster_person(r, NULL));
	/* two have one phone: the first is known by it */
	g_assert_cmpstr(roster_person_by_phone(r, "+447700900001")->id, ==, "anna");
	g_assert_null(roster_person_by_phone(r, "+447700900002"));
	g_assert_null(roster_person_by_phone(r, NULL));
	g_assert_cmpstr(roster_line_by_id(r, "desk")->id, ==, "desk");
	g_assert_null(roster_line_by_id(r, "x"));
	g_assert_null(roster_line_by_id(r, NULL));
	r->default_line = NULL;
	g_assert_null(roster_line(r, &c, NULL, a, &why));
	roster_free(r);
	roster_free(NULL);
}

static void test_keys_are_unique(void)
{
	struct roster *r = office();
	const struct line *desk = roster_line_by_id(r, "desk");

	g_assert_false(roster_add_key(r, desk, "201"));
	g_assert_false(roster_add_key(r, desk, "+442079460100"));
	g_assert_false(roster_add_key(r, desk, " "));
	g_assert_true(roster_add_key(r, desk, "FRONT DESK"));
	roster_free(r);
}

static void test_many_lines(void)
{
	struct roster *r = roster_new();
	AUTO_ARENA a = arena_new();

	for (int n = 0; n < 20000; n++) {
		g_autofree char *id = g_strdup_printf("line%d", n), *key = g_strdup_printf("%d", 100000 + n);

		g_assert_true(roster_add_key(r, line(r, id), key));
	}
	for (int n = 0; n < 20000; n += 997) {
		const struct call c = { .called = arena_printf(a, "%d", 100000 + n) };
		const char *why;

		g_assert_cmpstr(roster_line(r, &c, NULL, a, &why)->id, ==, arena_printf(a, "line%d", n));
	}
	roster_free(r);
}

/* ---- escalation ---- */

static void test_escalate(void)
{
	const struct person anna = { .id = (char *)"anna" }, bob = { .id = (char *)"bob" };
	struct step steps[] = { { &anna, NULL, 900 }, { &bob, NULL, 600 } };
	const struct escalation_policy p = { .id = (char *)"night", .steps = steps, .n_steps = 2, .repeat = 1 };

	g_assert_cmpint(escalate_total(&p), ==, 4);
	g_assert_true(escalate_next(&p, 0)->tell == &anna);
	g_assert_true(escalate_next(&p, 1)->tell == &bob);
	g_assert_true(escalate_next(&p, 2)->tell == &anna);
	g_assert_true(escalate_next(&p, 3)->tell == &bob);
	g_assert_null(escalate_next(&p, 4));
	g_assert_null(escalate_next(&p, 99));
	g_assert_null(escalate_next(&p, -1));
}

static void test_escalate_policy(void)
{
	const struct escalation_policy night = { .id = (char *)"night" }, day = { .id = (char *)"day" };
	struct hours *never = hours_new("off", "UTC", NULL);
	struct line l = { .closed = &night, .open = &day };

	g_assert_true(escalate_policy(&l, 0) == &day);
	l.hours = never;
	g_assert_true(escalate_policy(&l, 0) == &night);
	l.closed = NULL;
	g_assert_null(escalate_policy(&l, 0));
	hours_free(never);
}

/* ---- what makes two notices one ---- */

struct key_row {
	const char *name;
	struct call call;
	const char *key;
};

static const struct key_row key_rows[] = {
	{ "number", { .caller = "+442079460123", .caller_name = "Jane" }, "clinic|+442079460123" },
	{ "withheld", { .withheld = true, .caller_name = "Anonymous" }, "clinic|withheld" },
	{ "withheld, and yet a number", { .withheld = true, .caller = "+442079460123" }, "clinic|+442079460123" },
	{ "name", { .caller_name = "Jane  DOE" }, "clinic|name|jane doe" },
	{ "name and no number", { .caller_name = "WIRELESS CALLER", .caller_raw = "0000" },
	  "clinic|name|wireless caller|0000" },
	{ "name that is the number", { .caller_name = "204", .caller_raw = "204" }, "clinic|name|204" },
	{ "extension", { .caller_raw = "204" }, "clinic|name||204" },
	{ "nothing", { .caller_raw = " " }, "clinic|nobody" },
	{ "a name that would be a key", { .caller_name = "x|withheld\r\n" }, "clinic|name|x withheld" },
};

static void test_key(const void *data)
{
	const struct key_row *row = data;
	const struct line clinic = { .id = (char *)"clinic" };
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(dedup_item_key(a, &clinic, &row->call), ==, row->key);
	g_assert_cmpint(dedup_is_nobody(&row->call), ==, g_str_has_suffix(row->key, "|nobody"));
}

/* Each differs from the first row in one thing; same: and yet the key is the same. */
static const struct {
	struct call call;
	const char *rcpts;
	bool same;
} mails[] = {
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1 }, "a@example.com", true },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1, .time = 77 }, "a@example.com", true },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1, .reason = REASON_BUSY }, "a@example.com", true },
	{ { .profile = "q", .caller = "+442079460123", .duration_s = -1 }, "a@example.com", false },
	{ { .profile = "p", .caller = "+442079460124", .duration_s = -1 }, "a@example.com", false },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = 3 }, "a@example.com", false },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1 }, "b@example.com", false },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1, .called = "" }, "a@example.com", false },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1, .call_id = "1" }, "a@example.com", false },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1, .transcript = "hi" }, "a@example.com", false },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1, .audio_hash = "h" }, "a@example.com", false },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1, .class = CLASS_MISSED }, "a@example.com", false },
	{ { .profile = "p", .caller = "+442079460123", .duration_s = -1, .time = 77, .time_printed = true },
	  "a@example.com", false },
};

static void test_notice_key(void)
{
	AUTO_ARENA a = arena_new();
	const char *first = dedup_notice_key(a, &mails[0].call, mails[0].rcpts);

	g_assert_cmpuint(strlen(first), ==, 64);
	for (gsize n = 0; n < G_N_ELEMENTS(mails); n++)
		g_assert_cmpint(strcmp(first, dedup_notice_key(a, &mails[n].call, mails[n].rcpts)) == 0, ==,
				mails[n].same);
}

static void test_rcpts(void)
{
	static const char *const many[] = {
		"<Bob@Example.COM>", "anna@example.com", " <bob@example.com> ", "< carl@example.com >", "<>", NULL
	};
	static const char *const none[] = { NULL };
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(dedup_rcpts(a, many), ==, "anna@example.com,bob@example.com,carl@example.com");
	g_assert_cmpstr(dedup_rcpts(a, none), ==, "");
	g_assert_cmpstr(dedup_rcpts(a, NULL), ==, "");
	g_assert_true(dedup_rcpts_meet("a@x,b@x,d@x", "c@x,d@x"));
	g_assert_true(dedup_rcpts_meet("d@x", "a@x,d@x"));
	g_assert_false(dedup_rcpts_meet("a@x,c@x", "b@x,d@x"));
	g_assert_false(dedup_rcpts_meet("a@x", ""));
	g_assert_false(dedup_rcpts_meet("ab@x", "b@x"));
}

static const struct {
	struct call call;
	const char *message_id;
	int64_t later;
	bool retry;
} retries[] = {
	{ { .time_printed = true }, "<2@x>", 99999, true },
	{ { .call_id = "7" }, "<2@x>", 99999, true },
	{ { .audio_hash = "h" }, "<2@x>", 99999, true },
	{ { .caller = "+442079460123" }, "<1@x>", 99999, true },
	{ { .caller = "+442079460123" }, "<2@x>", 45, true },
	{ { .caller = "+442079460123" }, "<2@x>", 46, false },
	{ { .caller = "+442079460123" }, "", 46, false },
	{ { .caller = "+442079460123" }, NULL, 46, false },
};

static void test_retry(void)
{
	const struct notice same = { .message_id = "<1@x>", .arrived = 1000 }, bare = { .message_id = "" };

	for (gsize n = 0; n < G_N_ELEMENTS(retries); n++)
		g_assert_cmpint(dedup_is_retry(&retries[n].call, retries[n].message_id, &same,
					       1000 + retries[n].later, 45), ==, retries[n].retry);
	/* two mails without Message-ID are not the same for that */
	g_assert_false(dedup_is_retry(&retries[3].call, "", &bare, 9999, 45));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize n = 0; n < G_N_ELEMENTS(rows); n++) {
		g_autofree char *path = g_strdup_printf("/roster/line/%s", rows[n].name);

		g_test_add_data_func(path, &rows[n], test_line);
	}
	for (gsize n = 0; n < G_N_ELEMENTS(key_rows); n++) {
		g_autofree char *path = g_strdup_printf("/dedup/key/%s", key_rows[n].name);

		g_test_add_data_func(path, &key_rows[n], test_key);
	}
	g_test_add_func("/roster/tags", test_tags);
	g_test_add_func("/roster/lookups", test_lookups);
	g_test_add_func("/roster/keys are unique", test_keys_are_unique);
	g_test_add_func("/roster/many lines", test_many_lines);
	g_test_add_func("/escalate/steps", test_escalate);
	g_test_add_func("/escalate/policy", test_escalate_policy);
	g_test_add_func("/dedup/notice key", test_notice_key);
	g_test_add_func("/dedup/rcpts", test_rcpts);
	g_test_add_func("/dedup/retry", test_retry);
	return g_test_run();
}
