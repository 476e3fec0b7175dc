#include <string.h>

#include "decide_world.h"
#include "text.h"

static int64_t at(const char *s)
{
	int64_t t = 0;

	g_assert_true(text_to_time(s, &t));
	return t;
}

static int64_t start_of(const char *word)
{
	if (g_str_equal(word, "NIGHT"))
		return at("2026-03-02T21:52:00Z");
	return at(g_str_equal(word, "DAY") ? "2026-03-02T12:00:00Z" : "2026-03-02T17:00:00Z");
}

/* ---- the rows of decide.rows ---- */

/* data: the lines of one test, the first "# NIGHT name". */
static void test_rows(const void *data)
{
	char *const *lines = data;
	g_auto(GStrv) head = g_strsplit(lines[0], " ", 3);
	struct world *w = world_new(start_of(head[1]));

	for (gsize n = 1; lines[n]; n += 2) {
		const char *got = world_event(w, lines[n]);

		g_assert_nonnull(lines[n + 1]);
		if (strcmp(got, g_strchug(lines[n + 1])) != 0)
			g_error("%s: %s\n     got: %s\nexpected: %s\n     why: %s", head[2], lines[n], got,
				lines[n + 1], world_last(w)->why);
	}
	world_free(w);
}

static GPtrArray *read_rows(void)
{
	GPtrArray *tests = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	g_autofree char *text = NULL, *file = g_test_build_filename(G_TEST_DIST, "unit", "decide.rows", NULL);
	g_autoptr(GError) err = NULL;
	g_auto(GStrv) blocks = NULL;

	g_file_get_contents(file, &text, NULL, &err);
	g_assert_no_error(err);
	blocks = g_strsplit(text, "\n\n", -1);
	for (char **block = blocks; *block; block++)
		if (**block == '#')
			g_ptr_array_add(tests, g_strsplit(g_strchomp(*block), "\n", -1));
	return tests;
}

static void add_rows(GPtrArray *tests)
{
	for (guint n = 0; n < tests->len; n++) {
		char **lines = g_ptr_array_index(tests, n);
		g_autofree char *path = g_strdup_printf("/decide/%s", strchr(lines[0] + 2, ' ') + 1);

		g_test_add_data_func(path, lines, test_rows);
	}
	g_assert_cmpuint(tests->len, >, 100);
}

/* ---- what the rows do not say ---- */

static const struct job *job_of(const struct world *w, enum job_topic topic)
{
	const struct decision *d = world_last(w);

	for (guint n = 0; n < d->jobs->len; n++) {
		const struct job *j = g_ptr_array_index(d->jobs, n);

		if (j->topic == topic)
			return j;
	}
	g_error("no %s", topic_name(topic));
}

static const struct journal_record *record_of(const struct world *w, const char *what)
{
	const struct decision *d = world_last(w);

	for (guint n = 0; n < d->journal->len; n++) {
		const struct journal_record *j = g_ptr_array_index(d->journal, n);

		if (strcmp(j->what, what) == 0)
			return j;
	}
	g_error("no record %s", what);
}

static struct world *told_world(void)
{
	struct world *w = world_new(start_of("NIGHT"));

	world_event(w, "0 mail missed 201 +442079460123 a name=Jane reason=no_answer");
	world_event(w, "45 timer window");
	return w;
}

static void test_new_item(void)
{
	struct world *w = world_new(start_of("NIGHT"));
	const struct item *i;

	world_event(w, "0 mail missed 201 +442079460123 <Bob@Example.com>,anna@example.com name=Jane reason=busy mid=<7@x>");
	i = world_last(w)->item;
	g_assert_cmpstr(i->key, ==, "clinic|+442079460123");
	g_assert_cmpstr(i->line, ==, "clinic");
	g_assert_cmpstr(i->policy, ==, "night");
	g_assert_cmpstr(i->caller_name, ==, "Jane");
	g_assert_cmpint(i->reason, ==, REASON_BUSY);
	g_assert_cmpstr(i->thread_id, ==, "<7@x>");
	/* the next opening, and an hour */
	g_assert_cmpint(i->due, ==, at("2026-03-03T09:30:00Z"));
	g_assert_cmpint(i->created, ==, start_of("NIGHT"));
	g_assert_cmpint(i->last_call, ==, start_of("NIGHT"));
	g_assert_cmpstr(world_last(w)->owner->id, ==, "olga");
	g_assert_cmpstr(world_last(w)->line->id, ==, "clinic");
	g_assert_cmpstr(world_last(w)->notice->rcpts, ==, "anna@example.com,bob@example.com");
	g_assert_cmpstr(world_last(w)->why, ==,
			"line clinic (called 201), closed by Mo-Fr 08:30-17:30; new; rule default; policy night, step 1 anna; "
			"collecting; owner olga");
	g_assert_cmpstr(record_of(w, "created")->why, ==, 
			"missed call of +442079460123 on clinic (called 201, closed by Mo-Fr 08:30-17:30); rule default; "
			"owner Olga Owner; policy night");
	world_free(w);
}

static void test_due_by_day(void)
{
	struct world *w = world_new(start_of("DAY"));

	world_event(w, "0 mail missed 201 +442079460123 a");
	g_assert_cmpint(world_last(w)->item->due, ==, start_of("DAY") + 3600);
	g_assert_null(world_last(w)->item->policy);
	world_free(w);
	/* half an hour before they close: the rest is of the next morning */
	w = world_new(start_of("EVENING"));
	world_event(w, "0 mail missed 201 +442079460123 a");
	g_assert_cmpint(world_last(w)->item->due, ==, at("2026-03-03T09:00:00Z"));
	world_free(w);
}

/* Of whom a notice speaks, in the journal's words. */
static const struct {
	const char *event, *why;
} callers[] = {
	{ "0 mail missed 201 withheld a", "missed call of a withheld number on clinic (called 201, closed by Mo-Fr 08:30-17:30)" },
	{ "0 mail missed 201 - a name=Jane", "missed call of Jane on clinic (called 201, closed by Mo-Fr 08:30-17:30)" },
	{ "0 mail missed 201 - a raw=204", "missed call of 204 on clinic (called 201, closed by Mo-Fr 08:30-17:30)" },
	{ "0 mail abandoned 999 - a", "abandoned call of nobody known on rest (default, closed by Mo-Fr 08:30-17:30)" },
	{ "0 mail voicemail 201 - a name=A\r\nB:\xe2\x80\xa8x", "voicemail call of A B: x on clinic (called 201, closed by Mo-Fr 08:30-17:30)" },
};

static void test_callers(void)
{
	for (gsize n = 0; n < G_N_ELEMENTS(callers); n++) {
		struct world *w = world_new(start_of("NIGHT"));

		world_event(w, callers[n].event);
		g_assert_true(g_str_has_prefix(record_of(w, "created")->why, callers[n].why));
		world_free(w);
	}
}

/* A Message-ID that can stand in a header makes the thread; another gets replaced by one of ours. */
static const struct {
	const char *id;
	bool kept;
} ids[] = {
	{ "<a@b>", true }, { "<a.b+c=d@host.example.com>", true }, { "", false }, { "<>", false }, { "a@b", false },
	{ "<a@b", false }, { "a@b>", false }, { "<a\tb@c>", false }, { "<a\r\nBcc:x@y>", false }, { "<a><b>", false },
	{ "<a<b>", false }, { "<\xc3\xa9@b>", false },
};

static void check_id(const char *id, bool kept)
{
	struct world *w = world_new(start_of("NIGHT"));
	g_autofree char *event = g_strdup_printf("0 mail missed 201 +442079460123 a mid=%s", id);
	const char *thread;

	world_event(w, event);
	thread = world_last(w)->item->thread_id;
	if (kept)
		g_assert_cmpstr(thread, ==, id);
	else
		g_assert_true(g_str_has_prefix(thread, "<") && g_str_has_suffix(thread, "@example.com>"));
	g_assert_cmpuint(strlen(thread), <=, 250);
	world_free(w);
}

static void test_thread_id(void)
{
	g_autofree char *long_id = g_strnfill(300, 'x');

	for (gsize n = 0; n < G_N_ELEMENTS(ids); n++)
		check_id(ids[n].id, ids[n].kept);
	long_id[0] = '<';
	long_id[299] = '>';
	check_id(long_id, false);
}

static void test_no_domain(void)
{
	struct world *w = world_new(start_of("NIGHT"));

	g_clear_pointer(&world_roster(w)->rules.domain, g_free);
	world_event(w, "0 mail missed 201 +442079460123 a mid=");
	g_assert_true(g_str_has_suffix(world_last(w)->item->thread_id, "@localhost>"));
	world_free(w);
}

static void test_no_line(void)
{
	struct world *w = world_new(start_of("NIGHT"));

	world_roster(w)->default_line = NULL;
	world_event(w, "0 mail missed 999 +442079460123 a");
	g_assert_cmpint(world_last(w)->mail, ==, MAIL_PASS);
	g_assert_null(world_last(w)->item);
	g_assert_null(world_last(w)->notice);
	world_free(w);
}

/* A fax, a report, a greeting of the PBX: nobody's call. */
static void test_class_system(void)
{
	struct world *w = world_new(start_of("NIGHT"));

	world_event(w, "0 mail system 201 +442079460123 a");
	g_assert_cmpint(world_last(w)->mail, ==, MAIL_PASS);
	g_assert_null(world_last(w)->item);
	g_assert_null(world_last(w)->notice);
	g_assert_cmpuint(world_last(w)->jobs->len, ==, 0);
	world_free(w);
}

static void test_learns(void)
{
	struct world *w = world_new(start_of("NIGHT"));
	const struct item *i;

	world_event(w, "0 mail missed 201 +442079460123 a");
	world_event(w, "9 mail voicemail 201 +442079460123 a dur=12 said=hello name=Jane id=77 reason=no_answer");
	i = world_last(w)->item;
	g_assert_cmpstr(i->transcript, ==, "hello");
	g_assert_cmpint(i->duration_s, ==, 12);
	g_assert_cmpstr(i->caller_name, ==, "Jane");
	g_assert_cmpstr(i->call_id, ==, "77");
	g_assert_cmpint(i->reason, ==, REASON_NO_ANSWER);
	/* a missed call more does not take the recording away */
	world_event(w, "20 mail missed 201 +442079460123 a name=Joan printed reason=answered_elsewhere");
	i = world_last(w)->item;
	g_assert_cmpint(i->reason, ==, REASON_NO_ANSWER);
	g_assert_cmpint(i->class, ==, CLASS_VOICEMAIL);
	g_assert_cmpstr(i->transcript, ==, "hello");
	g_assert_cmpstr(i->caller_name, ==, "Jane");
	world_free(w);
}

static void test_words(void)
{
	struct world *w = told_world();

	g_assert_cmpstr(record_of(w, "opened")->why, ==, "1 call");
	g_assert_cmpstr(record_of(w, "told")->why, ==, "step 1 of 3: Anna Smith, who has until 22:07");
	world_event(w, "360 reply anna A 17");
	g_assert_cmpstr(world_last(w)->line->id, ==, "clinic");
	g_assert_cmpstr(world_last(w)->owner->id, ==, "anna");
	g_assert_nonnull(strstr(job_of(w, TOPIC_ANSWER)->text, "22:58"));
	g_assert_cmpstr(job_of(w, TOPIC_NOTE)->text, ==, "Anna Smith took it by text at 21:58");
	g_assert_cmpint(job_of(w, TOPIC_ANSWER)->expires, ==, world_now(w) + 3600);
	g_assert_cmpstr(record_of(w, "replied")->why, ==, "A");
	g_assert_cmpstr(record_of(w, "replied")->who, ==, "anna");
	g_assert_cmpstr(record_of(w, "acknowledged")->why, ==, "Anna Smith has it; was open, owner Olga Owner");
	world_event(w, "361 reply anna N 17");
	g_assert_cmpstr(job_of(w, TOPIC_NOTE)->text, ==, "Anna Smith passed it on at 21:58 to Bob Jones");
	world_event(w, "362 close 1 spam");
	g_assert_cmpstr(job_of(w, TOPIC_NOTE)->text, ==, "operator closed it at the console at 21:58: spam");
	world_event(w, "363 ack 1 anna");
	g_assert_cmpstr(world_last(w)->why, ==, "it is closed (spam)");
	g_assert_null(world_last(w)->item);
	world_free(w);
}

/* The journal keeps what a person wrote, but on one line and not more than 480 characters of it. */
static void test_raw_words(void)
{
	struct world *w = told_world();
	g_autofree char *many = g_strnfill(900, 'y'), *event = g_strdup_printf("60 reply anna a\r\nb%s", many);

	world_event(w, event);
	g_assert_true(g_str_has_prefix(record_of(w, "replied")->why, "a byyy"));
	g_assert_cmpint(g_utf8_strlen(record_of(w, "replied")->why, -1), <=, 480);
	event[9] = '\0';
	world_event(w, "61 reply +447700900999\r\nx hello");
	g_assert_cmpstr(record_of(w, "unknown_sender")->why, ==, "+447700900999 x: hello");
	g_assert_cmpint(record_of(w, "unknown_sender")->item, ==, DECIDE_NO_ITEM);
	world_free(w);
}

static void test_many_at_once(void)
{
	struct world *w = world_new(start_of("NIGHT"));
	const char *said;

	for (int n = 0; n < 60; n++) {
		g_autofree char *event = g_strdup_printf("0 mail missed 201 +4420794601%02d a", n);

		world_event(w, event);
	}
	for (int n = 0; n < 60; n++)
		world_event(w, "45 timer window");
	world_event(w, "60 reply anna AA");
	g_assert_cmpuint(world_last(w)->more->len, ==, 59);
	said = job_of(w, TOPIC_ANSWER)->text;
	g_assert_cmpstr(said, ==, "60 are yours since 21:53. L lists them.");
	world_free(w);
}

static void test_all_mine_words(void)
{
	struct world *w = told_world();

	world_event(w, "50 mail missed 201 +442079460124 a");
	world_event(w, "95 timer window");
	world_event(w, "100 reply anna AA");
	g_assert_cmpstr(job_of(w, TOPIC_ANSWER)->text, ==,
			"18 17 are yours since 21:53. After the call reply 18D.");
	world_event(w, "110 mail missed 201 +442079460125 a");
	world_event(w, "155 timer window");
	world_event(w, "160 reply anna AA");
	g_assert_cmpstr(job_of(w, TOPIC_ANSWER)->text, ==, "19 is yours since 21:54. After the call reply 19D.");
	world_free(w);
}

/* ---- the configuration changed under an item ---- */

static void forget_line(struct world *w)
{
	struct roster *r = world_roster(w);

	g_hash_table_remove(r->lines_by_id, "clinic");
}

static void test_line_gone(void)
{
	struct world *w = told_world();

	forget_line(w);
	/* no audit mailbox to write to, no owner to give it back to, and yet it goes on */
	g_assert_cmpstr(world_event(w, "60 reply anna N 17"), ==,
			"1:open olga x1 s2; -all +escalation>bob +step@600 +answer>anna; replied passed_on escalated");
	g_assert_null(world_last(w)->line);
	g_hash_table_remove(world_roster(w)->lines_by_key, "201");
	world_event(w, "70 mail missed 201 +442079460123 a id=7");
	g_assert_cmpstr(world_last(w)->item->line, ==, "rest");
	world_free(w);
}

/* The line that a number leads to is called otherwise since the reload: the item moves with the call id. */
static void test_line_adopted(void)
{
	struct world *w = world_new(start_of("NIGHT"));

	world_event(w, "0 mail missed 201 +442079460123 a id=7");
	forget_line(w);
	g_hash_table_remove(world_roster(w)->lines_by_key, "201");
	g_assert_cmpstr(world_event(w, "9 mail voicemail 201 +442079460123 a id=7"), ==,
			"edit; 1:collecting olga x1 voicemail;; joined assigned");
	g_assert_cmpstr(world_last(w)->item->line, ==, "rest");
	g_assert_cmpstr(world_last(w)->line->id, ==, "rest");
	world_free(w);
}

static void test_owner_gone(void)
{
	struct world *w = told_world();

	world_event(w, "60 assign 1 carl");
	g_hash_table_remove(world_roster(w)->people_by_id, "carl");
	g_assert_cmpstr(world_event(w, "70 mail voicemail 201 +442079460123 a dur=5"), ==,
			"edit; 1:open olga x1 voicemail s1;; joined assigned");
	g_assert_cmpstr(world_last(w)->owner->id, ==, "olga");
	world_free(w);
}

static void test_phone_gone(void)
{
	struct world *w = told_world();

	world_event(w, "945 timer step");
	g_hash_table_remove(world_roster(w)->people_by_phone, "+447700900001");
	g_assert_cmpstr(world_event(w, "950 reply bob A 17"), ==,
			"1:acked bob x1 s2; -all +ack_timeout@3600 +note +answer>bob; replied acknowledged");
	world_free(w);
}

/* A policy that the configuration has no more: the line's stands in, lest nobody is woken. */
static void test_policy_gone(void)
{
	struct world *w = world_new(start_of("NIGHT"));
	struct escalation_policy *night = g_ptr_array_index(world_roster(w)->policies, 0);

	world_event(w, "0 mail missed 201 +442079460123 a");
	g_hash_table_remove(world_roster(w)->policies_by_id, night->id);
	g_free(night->id);
	night->id = g_strdup("late");
	g_assert_cmpstr(world_event(w, "45 timer window"), ==,
			"1:open olga x1 s1; +first>anna +step@900; opened told");
	world_free(w);
}

static void test_retry_of_forgotten(void)
{
	AUTO_ARENA a = arena_new();
	struct world *w = told_world();
	const struct call c = { .class = CLASS_MISSED, .called = "201", .caller = "+442079460123", .call_id = "7" };
	const char *const rcpts[] = { "a", NULL };
	const struct event e = { .kind = EVENT_NOTICE, .call = &c, .rcpts = rcpts, .message_id = "" };
	const struct notice same = { .item = 1, .key = "k", .rcpts = "a", .action = NOTICE_RETRY };
	const struct facts f = { .item = world_last(w)->item, .same = &same };
	const struct decision *d = decide(world_roster(w), &e, &f, world_now(w), a);

	/* what was done to the first of them is not known any more: it goes on */
	g_assert_cmpint(d->notice->action, ==, NOTICE_RETRY);
	g_assert_cmpint(d->mail, ==, MAIL_EDIT);
	world_free(w);
}

static void test_who_is_nobody(void)
{
	AUTO_ARENA a = arena_new();
	struct world *w = told_world();
	const struct reply r = { .verb = VERB_ACK };
	const struct event e = { .kind = EVENT_REPLY, .text = "A", .reply = &r };
	const struct facts f = { 0 };
	const struct decision *d = decide(world_roster(w), &e, &f, world_now(w), a);

	g_assert_null(d->item);
	g_assert_cmpuint(d->jobs->len, ==, 0);
	g_assert_cmpuint(d->journal->len, ==, 1);
	world_free(w);
}

static void test_journal_words(void)
{
	for (const char *const *one = journal_words; *one; one++)
		for (const char *const *other = one + 1; *other; other++)
			g_assert_cmpstr(*one, !=, *other);
}

/* ---- any order of events: the world checks the invariants after each ---- */

static const char *pick(const char *const *words, gsize n)
{
	return words[g_test_rand_int_range(0, (gint32)n)];
}

#define PICK(words) pick(words, G_N_ELEMENTS(words))

static char *random_mail(int64_t when)
{
	static const char *const classes[] = { "missed", "missed", "voicemail", "abandoned" };
	static const char *const called[] = { "201", "202", "203", "204", "205", "206", "100" };
	static const char *const from[] = { "+442079460123", "+442079460124", "withheld", "-" };
	static const char *const rcpts[] = { "a", "b", "c", "a,b", "b,c" };
	static const char *const more[] = {
		"", "", " printed", " dur=5", " dur=9 audio=h1", " id=7", " id=8", " name=Jane",
		" reason=answered_elsewhere"
	};

	return g_strdup_printf("%" G_GINT64_FORMAT " mail %s %s %s %s%s", when, PICK(classes), PICK(called), PICK(from),
			       PICK(rcpts), PICK(more));
}

static char *random_word(int64_t when, guint items)
{
	static const char *const who[] = { "anna", "bob", "carl", "+447700900999" };
	static const char *const verb[] = {
		"A", "A", "D", "T", "N", "N", "X", "L", "AA", "H", "STOP", "START", "hm?"
	};
	static const char *const to[] = { "anna", "bob", "dora", "zoe" };
	static const char *const how[] = { "spam", "called_back", "none" };
	int n = g_test_rand_int_range(1, (gint32)items + 2);

	switch (g_test_rand_int_range(0, 8)) {
	case 0:
		return g_strdup_printf("%" G_GINT64_FORMAT " ack %d %s", when, n, PICK(to));
	case 1:
		return g_strdup_printf("%" G_GINT64_FORMAT " assign %d %s", when, n, PICK(to));
	case 2:
		return g_strdup_printf("%" G_GINT64_FORMAT " close %d %s", when, n, PICK(how));
	case 3:
		return g_strdup_printf("%" G_GINT64_FORMAT " reply %s %s", when, PICK(who), PICK(verb));
	default:
		return g_strdup_printf("%" G_GINT64_FORMAT " reply %s %s %d", when, PICK(who), PICK(verb), 16 + n);
	}
}

/* Timers that came due before that moment, in their order. */
static void let_time_pass(struct world *w, int64_t start, int64_t until)
{
	const struct job *j;

	while ((j = world_next_timer(w)) && j->due <= start + until) {
		g_autofree char *event = g_strdup_printf("%" G_GINT64_FORMAT " timer %s",
							 MAX(j->due, world_now(w)) - start, topic_name(j->topic));

		world_event(w, event);
	}
}

static void test_any_order(void)
{
	int64_t start = start_of("EVENING") + g_test_rand_int_range(-3600, 3600), when = 0;
	struct world *w = world_new(start);

	for (int n = 0; n < 120; n++) {
		g_autofree char *event = NULL;
		bool long_wait = g_test_rand_int_range(0, 10) == 0;

		when += g_test_rand_int_range(0, long_wait ? 8000 : 60);
		let_time_pass(w, start, when);
		event = g_test_rand_int_range(0, 2) ? random_mail(when) : random_word(when, world_items(w));
		world_event(w, event);
	}
	/* left alone, everything comes to an end */
	let_time_pass(w, start, when + 365 * 86400);
	g_assert_null(world_next_timer(w));
	world_free(w);
}

static void test_any_orders(void)
{
	for (int n = 0; n < 60; n++)
		test_any_order();
}

int main(int argc, char **argv)
{
	g_autoptr(GPtrArray) tests = NULL;

	g_test_init(&argc, &argv, NULL);
	tests = read_rows();
	add_rows(tests);
	g_test_add_func("/decide/new item", test_new_item);
	g_test_add_func("/decide/due by day", test_due_by_day);
	g_test_add_func("/decide/callers", test_callers);
	g_test_add_func("/decide/thread id", test_thread_id);
	g_test_add_func("/decide/no domain", test_no_domain);
	g_test_add_func("/decide/no line", test_no_line);
	g_test_add_func("/decide/class system", test_class_system);
	g_test_add_func("/decide/learns", test_learns);
	g_test_add_func("/decide/words", test_words);
	g_test_add_func("/decide/raw words", test_raw_words);
	g_test_add_func("/decide/many at once", test_many_at_once);
	g_test_add_func("/decide/all mine in words", test_all_mine_words);
	g_test_add_func("/decide/changed/line gone", test_line_gone);
	g_test_add_func("/decide/changed/line adopted", test_line_adopted);
	g_test_add_func("/decide/changed/owner gone", test_owner_gone);
	g_test_add_func("/decide/changed/phone gone", test_phone_gone);
	g_test_add_func("/decide/changed/policy gone", test_policy_gone);
	g_test_add_func("/decide/retry of a forgotten notice", test_retry_of_forgotten);
	g_test_add_func("/decide/who is nobody", test_who_is_nobody);
	g_test_add_func("/decide/journal words", test_journal_words);
	g_test_add_func("/decide/any order", test_any_orders);
	return g_test_run();
}
