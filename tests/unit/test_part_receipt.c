/* Receipts find the part that they are for, and a text ends with its last one, or with the first that failed. */
#include <glib.h>

#include "part_receipt.h"

#define PHONE "+447700900123"

struct step {
	const char *id, *from, *state;	/* of a receipt */
	const char *found;		/* provider_id of the text afterwards; NULL: none was found */
	bool ended;
	enum job_state as;
};

static const struct story {
	const char *name;
	struct step steps[4];
} stories[] = {
	{ "all-delivered", { { "aa", PHONE, "DELIVRD", "=00000001 d.aa s.bb s.cc", false, 0 },
			     { "CC", PHONE, "DELIVRD", "=00000001 d.aa s.bb d.cc", false, 0 },
			     { "bb", PHONE, "DELIVRD", "=00000001 d.aa d.bb d.cc", true, JOB_DELIVERED } } },
	{ "one-failed", { { "aa", PHONE, "DELIVRD", "=00000001 d.aa s.bb s.cc", false, 0 },
			  { "bb", PHONE, "UNDELIV", "=00000001 d.aa f.bb s.cc", true, JOB_FAILED } } },
	{ "one-expired", { { "aa", PHONE, "EXPIRED", "=00000001 x.aa s.bb s.cc", true, JOB_EXPIRED } } },
	{ "nobody's", { { "dd", PHONE, "DELIVRD", NULL, false, 0 }, { "aa", "+447700900456", "DELIVRD", NULL, false, 0 },
			{ "=00000001", PHONE, "DELIVRD", NULL, false, 0 } } },
};

struct world {
	const struct step *step;
	struct arena *a;
	struct job job;
};

static bool think_insert(struct store_tx *tx, void *user, GError **err)
{
	struct world *w = user;

	return tx_job_insert(tx, &w->job, err);
}

static bool think_receipt(struct store_tx *tx, void *user, GError **err)
{
	const struct world *w = user;
	const struct step *s = w->step;
	const char *const forms[] = { s->id, NULL };
	const struct receipt receipt = { .id = s->id, .from = s->from, .final = true, .state = s->state,
					 .delivered = g_str_equal(s->state, "DELIVRD") };
	const struct part_receipt r = { .provider = "carrier", .forms = forms, .receipt = &receipt };
	enum job_state state = N_JOB_STATES;
	struct job *j;

	g_assert_true(part_receipt_find(tx, &r, w->a, &j, err));
	g_assert_cmpint(j != NULL, ==, s->found != NULL);
	if (!j)
		return true;
	g_assert_cmpint(part_receipt_mark(j, &r, w->a, &state), ==, s->ended);
	g_assert_cmpstr(j->provider_id, ==, s->found);
	if (s->ended)
		g_assert_cmpint(state, ==, s->as);
	return tx_job_update(tx, j, err);
}

static void check_story(gconstpointer data)
{
	const struct story *story = data;
	struct store *s = store_mem_new();
	AUTO_ARENA a = arena_new();
	struct world w = { .a = a, .job = { .kind = JOB_TEXT, .state = JOB_SENT, .person = "anna", .to = PHONE,
					    .provider = "carrier", .provider_id = "=00000001 s.aa s.bb s.cc" } };

	g_assert_cmpint(store_run(s, think_insert, &w, NULL), ==, STORE_DONE);
	for (w.step = story->steps; w.step->id; w.step++)
		g_assert_cmpint(store_run(s, think_receipt, &w, NULL), ==, STORE_DONE);
	store_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(stories); i++) {
		g_autofree char *name = g_strconcat("/part-receipt/", stories[i].name, NULL);

		g_test_add_data_func(name, &stories[i], check_story);
	}
	return g_test_run();
}
