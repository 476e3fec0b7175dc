/* Fails the n-th operation of the store, and the n-th of each carrier, for n = 1, 2, ... until nothing fails any more;
 * after each: no mail lost, no item doubled, no text lost, none sent twice without the journal saying so. */
#include <string.h>

#include "clock.h"
#include "text.h"
#include "world.h"

#define NIGHT INT64_C(1772574740)	/* 2026-03-03T21:52:20Z, a Tuesday after hours */
#define TRIES_MAX 5

struct mail {
	const char *file, *rcpts[2];
	int64_t later_s;	/* after the one before */
};

static const struct mail mails[] = {
	{ "scenario/ring-201.eml", { "phone201@example.com" }, 0 },
	{ "scenario/ring-202.eml", { "phone202@example.com" }, 1 },
	{ "scenario/ring-203.eml", { "phone203@example.com" }, 1 },
	{ "scenario/voicemail.eml", { "clinic@example.com" }, 15 },
};

struct fault {
	bool uncertain;		/* commits that are done, but reported lost */
	bool crash;		/* the process dies with the failure */
};

/* As Postfix does: what was not taken comes again. Gives how many copies went on. */
static guint hand_in(struct world *w, const struct mail *m, bool crash)
{
	guint delivered = 0;

	for (guint k = 0; k < TRIES_MAX; k++) {
		AUTO_ARENA a = arena_new();
		bool failed;
		struct decision *d = world_mail(w, m->file, m->rcpts, a, &failed);

		if (d)
			return delivered + (d->mail == MAIL_EDIT);
		g_assert_true(failed);
		if (crash)
			world_crash(w);
	}
	g_assert_not_reached();
}

static void play_reply(struct world *w, bool crash)
{
	struct carrier_events *e = &w->texts.events;
	guint tries = 0;

	while (!e->received(e->user, "carrier", "+447700900123", "10A")) {
		g_assert_cmpuint(++tries, <, TRIES_MAX);
		if (crash)
			world_crash(w);
	}
	world_settle(w);
}

static guint play(struct world *w, bool crash)
{
	guint went_on = 0;

	clock_fake(NIGHT);
	for (guint k = 0; k < G_N_ELEMENTS(mails); k++) {
		world_pass(w, mails[k].later_s);
		went_on += hand_in(w, &mails[k], crash);
	}
	world_pass(w, 60);
	if (crash)
		world_crash(w);
	world_pass(w, 5);
	play_reply(w, crash);
	world_pass(w, 7 * 60);
	return went_on;
}

static guint count_texts(const struct world *w, const char *start)
{
	guint n = 0;

	for (guint k = 0; k < w->texts.sent->len; k++) {
		const struct sent *s = g_ptr_array_index(w->texts.sent, k);

		n += g_str_has_prefix(s->text, start);
	}
	return n;
}

static guint count_journal(struct world *w, const char *what)
{
	AUTO_ARENA a = arena_new();
	struct journal_record **r;
	guint n = 0;
	gsize all;

	r = world_journal(w, 1, a, &all);
	for (gsize k = 0; k < all; k++)
		n += g_str_equal(r[k]->what, what);
	return n;
}

static void check(struct world *w, guint went_on)
{
	AUTO_ARENA a = arena_new();
	struct item *i = world_item(w, 1, a);
	guint told = count_texts(w, "VOICEMAIL") + count_texts(w, "MISSED"), answered = count_texts(w, "10 is yours");

	g_assert_nonnull(i);
	g_assert_null(world_item(w, 2, a));
	g_assert_cmpstr(i->owner, ==, "anna");
	g_assert_cmpint(i->calls, ==, 1);
	g_assert_cmpint(i->state, ==, STATE_ACKED);
	g_assert_cmpint(i->class, ==, CLASS_VOICEMAIL);
	g_assert_cmpuint(count_journal(w, "created"), ==, 1);
	g_assert_cmpuint(count_journal(w, "acknowledged"), ==, 1);
	g_assert_cmpuint(went_on, >=, 2);	/* the first and the voicemail; a retry may go on once more */
	g_assert_cmpuint(told, >=, 1);
	g_assert_cmpuint(answered, >=, 1);
	if (told > 1)
		g_assert_cmpuint(count_journal(w, "possibly_twice"), >=, told - 1);
}

static void test_store(gconstpointer data)
{
	const struct fault *f = data;
	guint64 n, count;

	for (n = 1;; n++) {
		struct store *s = store_fault_new(store_mem_new(), n, f->uncertain);
		struct world *w = world_new("clinic.conf", s);

		check(w, play(w, f->crash));
		count = store_fault_count(s);
		world_free(w);
		if (count < n)
			break;
	}
	g_test_message("failed each of %" G_GUINT64_FORMAT " operations", n - 1);
	g_assert_cmpuint(n, >, 50);
}

static void test_carrier(gconstpointer data)
{
	enum carrier_mood mood = GPOINTER_TO_INT(data);
	guint n, sends;

	for (n = 1;; n++) {
		struct world *w = world_new("clinic.conf", store_mem_new());

		w->texts.fail_at = n;
		w->texts.fail_mood = mood;
		check(w, play(w, mood == MOOD_SILENT));
		sends = w->texts.sends;
		world_free(w);
		if (sends < n)
			break;
	}
	g_assert_cmpuint(n, >, 2);
}

/* ---- what cannot be done now must not stop the rest, nor keep the courier turning in circles ---- */

static void test_others_go_on(void)
{
	static const char *const phones[] = { "+447700900123", "+447700900456" };
	guint64 n, count;

	for (n = 1;; n++) {
		struct store *store = store_mem_new();
		struct world *w = world_new("clinic.conf", store);
		struct carrier_events *e = &w->texts.events;

		clock_fake(NIGHT);
		for (guint k = 0; k < G_N_ELEMENTS(phones); k++)
			g_assert_true(e->received(e->user, "carrier", phones[k], "L"));
		w->store = store_fault_new(store, n, false);
		world_crash(w);
		g_assert_cmpint(outbox_turn(w->outbox), >, 0);
		world_pass(w, 10);
		g_assert_cmpuint(w->texts.sent->len, ==, 2);
		count = store_fault_count(w->store);
		world_free(w);
		if (count < n)
			break;
	}
	g_assert_cmpuint(n, >, 10);
}

int main(int argc, char **argv)
{
	static const struct fault faults[] = { { false, false }, { false, true }, { true, false }, { true, true } };

	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK);	/* the failures that we make are logged */
	g_test_add_data_func("/fault/store/fails", &faults[0], test_store);
	g_test_add_data_func("/fault/store/fails-and-dies", &faults[1], test_store);
	g_test_add_data_func("/fault/store/uncertain", &faults[2], test_store);
	g_test_add_data_func("/fault/store/uncertain-and-dies", &faults[3], test_store);
	g_test_add_data_func("/fault/texts/later", GINT_TO_POINTER(MOOD_LATER), test_carrier);
	g_test_add_data_func("/fault/texts/unknown", GINT_TO_POINTER(MOOD_UNKNOWN), test_carrier);
	g_test_add_data_func("/fault/texts/no-answer-and-dies", GINT_TO_POINTER(MOOD_SILENT), test_carrier);
	g_test_add_func("/fault/others-go-on", test_others_go_on);
	return g_test_run();
}
