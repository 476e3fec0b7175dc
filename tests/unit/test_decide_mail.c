/* Mails as commands: which are obeyed, and that all others change nothing. */
#include <string.h>

#include "decide_world.h"

#define NOW 1772488320		/* 2026-03-02T21:52:00Z */
#define ANNA "anna@example.com"
#define BOB "bob@example.com"

struct row {
	const char *name;
	const char *author, *doubt, *text;
	bool automatic;
	const char *acked_by;		/* it is acknowledged by; "-": it is closed by; NULL: open */
	const char *said;		/* what becomes of it */
};

static const struct row rows[] = {
	{ "mine", ANNA, NULL, "mine\n", false, NULL, "swallow acked anna; replied acknowledged; anna calls" },
	{ "letter-case", "ANNA@Example.Com", NULL, "Mine.\n", false, NULL, "swallow acked anna; replied acknowledged; anna calls" },
	{ "mine-again", ANNA, NULL, "mine\n", false, "anna", "swallow acked anna; replied; anna" },
	{ "colleague", BOB, NULL, "mine", false, NULL, "swallow acked bob; replied acknowledged; bob calls" },
	{ "held", BOB, NULL, "mine", false, "anna", "swallow acked anna; replied; bob" },
	{ "called", ANNA, NULL, "called\n", false, "anna", "swallow closed anna; replied closed; anna calls" },
	{ "called-by-another", BOB, NULL, "called", false, "anna", "swallow closed bob; replied closed; +447700900001 bob calls" },
	{ "tried", ANNA, NULL, "tried", false, NULL, "swallow attempted anna; replied tried; anna calls" },
	{ "no-callback", ANNA, NULL, "no callback\n", false, NULL, "swallow closed anna; replied closed; anna calls" },
	{ "snooze", ANNA, NULL, "snooze 30\n", false, NULL, "swallow snoozed olga; replied snoozed; anna calls" },
	{ "pass", ANNA, NULL, "pass\n", false, NULL, "swallow open olga; replied passed_on escalated; +447700900002 anna calls" },
	{ "closed", ANNA, NULL, "mine", false, "-", "swallow closed anna; replied; anna" },
	{ "note", ANNA, NULL, "note: the boiler is fixed\n", false, NULL, "swallow open olga; noted; calls" },
	{ "note-on-closed", ANNA, NULL, "Note paid\n", false, "-", "swallow closed anna; noted; calls" },
	{ "note-of-nothing", ANNA, NULL, "note\n", false, NULL, "pass open olga; unclear; anna" },
	/* as mail programs write */
	{ "quoted-below", ANNA, NULL, "\n  mine\n\nOn Mon, 2 Mar 2026 Clinic wrote:\n> called\n> Item RB-3\n", false, NULL,
	  "swallow acked anna; replied acknowledged; anna calls" },
	{ "quoted-above", ANNA, NULL, "> Missed call from Jane\n> called\n\nmine\n", false, NULL,
	  "swallow acked anna; replied acknowledged; anna calls" },
	{ "attributed-above", ANNA, NULL, "Am 02.03.2026 schrieb Praxis:\n> called\n\nmine\n", false, NULL,
	  "swallow acked anna; replied acknowledged; anna calls" },
	{ "signature", ANNA, NULL, "mine\n\n-- \nAnna Smith\nClinic\n", false, NULL,
	  "swallow acked anna; replied acknowledged; anna calls" },
	{ "phone", ANNA, NULL, "Mine\n\nSent from my phone\n", false, NULL, "swallow acked anna; replied acknowledged; anna calls" },
	{ "outlook", ANNA, NULL, "called\n\n________________________________\nFrom: Clinic\nSent: Monday\n", false, NULL,
	  "swallow closed anna; replied closed; anna calls" },
	/* what is no order goes on */
	{ "talk", ANNA, NULL, "Can somebody else call her? I am mine at the dentist.\n", false, NULL,
	  "pass open olga; unclear; anna" },
	{ "empty", ANNA, NULL, "", false, NULL, "pass open olga; unclear; anna" },
	{ "nothing-but-a-quote", ANNA, NULL, "> mine\n", false, NULL, "pass open olga; unclear; anna" },
	{ "second-line", ANNA, NULL, "Hello\nmine\n", false, NULL, "pass open olga; unclear; anna" },
	{ "stop", ANNA, NULL, "STOP\n", false, NULL, "pass open olga; unclear; anna" },
	/* who is not believed changes nothing, and hears nothing */
	{ "stranger", "eve@example.org", NULL, "mine", false, NULL, "pass -; refused;" },
	{ "nobody", NULL, NULL, "mine", false, NULL, "pass -; refused;" },
	{ "forged", ANNA, "the envelope has another sender", "mine", false, NULL, "pass -; refused;" },
	{ "machine", ANNA, NULL, "mine", true, NULL, "pass -; refused;" },
};

static int by_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Verdict, state and owner; records; whom is written to, by text or mail. */
static const char *say(struct arena *a, const struct decision *d)
{
	static const char *const verdicts[] = { "pass", "edit", "audit", "swallow" };
	g_autoptr(GString) out = g_string_new(verdicts[d->mail]);
	g_autoptr(GPtrArray) to = g_ptr_array_new();

	if (d->item)
		g_string_append_printf(out, " %s %s;", state_name(d->item->state), d->item->owner);
	else
		g_string_append(out, " -;");
	for (guint i = 0; i < d->journal->len; i++)
		g_string_append_printf(out, " %s", ((const struct journal_record *)d->journal->pdata[i])->what);
	g_string_append_c(out, ';');
	for (guint i = 0; i < d->jobs->len; i++) {
		const struct job *j = d->jobs->pdata[i];

		if (j->kind != JOB_TIMER)
			g_ptr_array_add(to, arena_strndup(a, j->to, strcspn(j->to, "@")));
	}
	g_ptr_array_sort(to, by_words);
	for (guint i = 0; i < to->len; i++)
		g_string_append_printf(out, " %s", (const char *)to->pdata[i]);
	return arena_strdup(a, out->str);
}

static struct roster *office(void)
{
	struct roster *r = decide_office();

	r->rules.reply_address = g_strdup("calls@example.com");
	r->rules.reply_keys = g_strsplit("a key of the tests, 0123456789", "|", -1);
	return r;
}

static struct item open_item(const struct row *row)
{
	struct item i = {
		.id = 3, .state = STATE_OPEN, .key = "k", .class = CLASS_MISSED, .line = "clinic", .owner = "olga",
		.caller = "+442079460123", .calls = 1, .created = NOW - 900, .policy = "night", .step = 1, .told = "anna",
		.thread_id = "<1@example.com>"
	};

	if (row->acked_by) {
		i.state = *row->acked_by == '-' ? STATE_CLOSED : STATE_ACKED;
		i.acked_by = i.owner = *row->acked_by == '-' ? "anna" : row->acked_by;
		i.acked = i.closed = NOW - 60;
		i.resolution = i.state == STATE_CLOSED ? RESOLUTION_CALLED_BACK : RESOLUTION_NONE;
	}
	return i;
}

/* what: of the token; journal may be NULL. */
static const struct decision *decide_row(struct arena *a, struct roster *r, const struct row *row, bool wrong_token,
					 const struct journal_record *const *journal, gsize n)
{
	const struct item i = open_item(row);
	struct mail_command m = { .author = row->author, .doubt = row->doubt, .automatic = row->automatic, .text = row->text };
	const struct event e = { .kind = EVENT_MAIL, .mail = &m };
	const struct facts f = { .item = arena_memdup(a, &i, sizeof(i)), .journal = journal, .n_journal = n };

	g_assert_true(ticket_read(&r->rules, ticket_address(a, &r->rules, &i), &m.ticket));
	if (wrong_token)
		m.ticket.token[3] ^= 1;
	return decide(r, &e, &f, NOW, a);
}

static void check_row(gconstpointer data)
{
	const struct row *row = data;
	AUTO_ARENA a = arena_new();
	struct roster *r = office();

	g_assert_cmpstr(say(a, decide_row(a, r, row, false, NULL, 0)), ==, row->said);
	roster_free(r);
}

/* The right person with a token that is wrong or of another key. */
static void check_token(void)
{
	AUTO_ARENA a = arena_new();
	struct roster *r = office();
	const struct decision *d = decide_row(a, r, &rows[0], true, NULL, 0);

	g_assert_cmpstr(say(a, d), ==, "pass -; refused;");
	g_assert_cmpstr(((const struct journal_record *)d->journal->pdata[0])->why, ==,
			"anna@example.com: the token is wrong or old, to RB-3");
	g_assert_cmpint(((const struct journal_record *)d->journal->pdata[0])->item, ==, DECIDE_NO_ITEM);
	roster_free(r);
}

/* A machine that does not say that it is one, and answers our question: it is asked once. */
static void check_loop(void)
{
	static const struct journal_record asked = { .at = NOW - 60, .who = "anna", .what = JOURNAL_UNCLEAR };
	static const struct journal_record long_ago = { .at = NOW - 2 * 86400, .who = "anna", .what = JOURNAL_UNCLEAR };
	static const struct journal_record other = { .at = NOW - 60, .who = "bob", .what = JOURNAL_UNCLEAR };
	static const struct journal_record *const all[] = { &asked, &long_ago, &other };
	static const struct row away = { "", ANNA, NULL, "I am out of office", false, NULL, NULL };
	AUTO_ARENA a = arena_new();
	struct roster *r = office();

	g_assert_cmpstr(say(a, decide_row(a, r, &away, false, all, 3)), ==, "pass open olga; unclear;");
	g_assert_cmpstr(say(a, decide_row(a, r, &away, false, all + 1, 2)), ==, "pass open olga; unclear; anna");
	roster_free(r);
}

static void check_keep(void)
{
	AUTO_ARENA a = arena_new();
	struct roster *r = office();

	r->rules.reply_keep = true;
	g_assert_cmpstr(say(a, decide_row(a, r, &rows[0], false, NULL, 0)), ==, "pass acked anna; replied acknowledged; anna calls");
	roster_free(r);
}

/* The chattiness of a line: what anna's mail makes the audit mailbox hear. */
static void check_notes(void)
{
	static const struct { enum notes notes; const char *mine, *called; } lines[] = {
		{ NOTES_ALL, "anna calls", "anna calls" }, { NOTES_MILESTONES, "anna calls", "anna calls" },
		{ NOTES_CLOSE, "anna", "anna calls" },
	};
	static const struct row called = { "", ANNA, NULL, "called", false, NULL, NULL };

	for (gsize n = 0; n < G_N_ELEMENTS(lines); n++) {
		AUTO_ARENA a = arena_new();
		struct roster *r = office();

		((struct line *)roster_line_by_id(r, "clinic"))->notes = lines[n].notes;
		g_assert_true(g_str_has_suffix(say(a, decide_row(a, r, &rows[0], false, NULL, 0)),
					       arena_printf(a, "; %s", lines[n].mine)));
		g_assert_true(g_str_has_suffix(say(a, decide_row(a, r, &called, false, NULL, 0)),
					       arena_printf(a, "; %s", lines[n].called)));
		roster_free(r);
	}
}

static void check_delivered(void)
{
	const struct job j = { .item = 3, .kind = JOB_TEXT, .topic = TOPIC_FIRST, .person = "anna" };
	const struct event e = { .kind = EVENT_RECEIPT, .job = &j, .delivered = true };

	for (enum notes notes = NOTES_ALL; notes <= NOTES_CLOSE; notes++) {
		AUTO_ARENA a = arena_new();
		struct roster *r = office();
		const struct item i = open_item(&rows[0]);
		const struct facts f = { .item = &i };

		((struct line *)roster_line_by_id(r, "clinic"))->notes = notes;
		g_assert_cmpuint(decide(r, &e, &f, NOW, a)->jobs->len, ==, notes == NOTES_ALL ? 1 : 0);
		roster_free(r);
	}
}

/* An address that two people share is neither's. */
static void check_shared_address(void)
{
	struct roster *r = office();
	struct person *twin = g_new0(struct person, 1);

	g_assert_nonnull(roster_person_by_mail(r, ANNA));
	twin->id = g_strdup("twin");
	twin->mail = g_strdup("Anna@example.com");
	roster_add_person(r, twin);
	g_assert_null(roster_person_by_mail(r, ANNA));
	g_assert_null(roster_person_by_mail(r, NULL));
	g_assert_null(roster_person_by_mail(r, ""));
	roster_free(r);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } tests[] = {
		{ "token", check_token }, { "loop", check_loop }, { "keep", check_keep }, { "notes", check_notes },
		{ "delivered", check_delivered }, { "shared-address", check_shared_address },
	};

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strconcat("/decide-mail/rows/", rows[i].name, NULL);

		g_test_add_data_func(path, &rows[i], check_row);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/decide-mail/", tests[i].name, NULL);

		g_test_add_func(path, tests[i].run);
	}
	return g_test_run();
}
