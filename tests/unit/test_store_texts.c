/* The contract of store.h for what was texted, bundles, and who was on call; on each driver. */
#include "test_store.h"

/* ---- texts that went ---- */

#define BOB "+447700900456"

static int64_t add_text(struct world *w, int64_t item, enum job_topic topic, const char *to, int64_t sent, int64_t bundle)
{
	struct job j = new_job(item, JOB_TEXT, topic, 1);

	j.to = to;
	j.sent = sent;
	j.bundle = bundle;
	j.state = sent ? JOB_SENT : JOB_WAITING;
	must(w, insert_job, &j);
	return j.id;
}

struct ask {
	struct sent_filter filter;
	gsize n;
	int64_t oldest;
};

static bool ask_sent(struct store_tx *tx, void *user, GError **err)
{
	struct ask *a = user;

	return tx_texts_sent(tx, &a->filter, &a->n, &a->oldest, err);
}

static void test_texts_sent(struct world *w)
{
	static const struct {
		struct sent_filter filter;
		gsize n;
		int64_t oldest;
	} rows[] = {
		{ { PHONE, NULL, 0, 10 }, 3, 100 },
		{ { PHONE, NULL, 101, 10 }, 2, 200 },	/* since is part of it */
		{ { PHONE, NULL, 200, 10 }, 2, 200 },
		{ { PHONE, NULL, 0, 2 }, 2, 200 },	/* the newest two */
		{ { PHONE, NULL, 301, 10 }, 0, 0 },
		{ { PHONE, NULL, 0, 0 }, 0, 0 },
		{ { BOB, NULL, 0, 10 }, 1, 250 },
		{ { NULL, "clinic", 0, 10 }, 3, 100 },
		{ { NULL, "shop", 0, 10 }, 1, 300 },
		{ { PHONE, "clinic", 0, 10 }, 2, 100 },
		{ { BOB, "shop", 0, 10 }, 0, 0 },
		{ { NULL, NULL, 0, 10 }, 4, 100 },
	};
	struct item shop = new_item("s");
	int64_t one = add_item(w, new_item("k")), other;

	shop.line = "shop";
	other = add_item(w, shop);
	add_text(w, one, TOPIC_FIRST, PHONE, 100, 0);
	add_text(w, one, TOPIC_UPDATE, PHONE, 200, 2);	/* carries a bundle, */
	add_text(w, one, TOPIC_ESCALATION, PHONE, 200, 2);	/* of which this is a part */
	add_text(w, one, TOPIC_ESCALATION, BOB, 250, 0);
	add_text(w, other, TOPIC_LAST, PHONE, 300, 0);
	add_text(w, other, TOPIC_ANSWER, PHONE, 310, 0);	/* asked for */
	add_text(w, other, TOPIC_FIRST, PHONE, 0, 0);		/* waits */
	for (gsize k = 0; k < G_N_ELEMENTS(rows); k++) {
		struct ask a = { .filter = rows[k].filter };

		must_read(w, ask_sent, &a);
		g_test_message("row %" G_GSIZE_FORMAT, k);
		g_assert_cmpuint(a.n, ==, rows[k].n);
		g_assert_cmpint(a.oldest, ==, rows[k].oldest);
	}
}

static bool get_bundle(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_jobs_in_bundle(tx, g->id, g->a, (struct job ***)&g->found, &g->n, err);
}

static void test_bundle(struct world *w)
{
	int64_t item = add_item(w, new_item("k"));
	struct get g = { .a = w->a, .id = 2 };
	struct job **found;

	add_text(w, item, TOPIC_FIRST, PHONE, 100, 0);
	add_text(w, item, TOPIC_FIRST, PHONE, 100, 2);
	add_text(w, 0, TOPIC_ANSWER, PHONE, 100, 5);
	add_text(w, item, TOPIC_FIRST, PHONE, 100, 2);
	must_read(w, get_bundle, &g);
	found = g.found;
	g_assert_cmpuint(g.n, ==, 2);
	g_assert_cmpint(found[0]->id, ==, 2);
	g_assert_cmpint(found[1]->id, ==, 4);
	g.id = 77;
	must_read(w, get_bundle, &g);
	g_assert_cmpuint(g.n, ==, 0);
}

/* ---- who was on call ---- */

static bool set_watch(struct store_tx *tx, void *user, GError **err)
{
	return tx_watch_set(tx, user, err);
}

static bool set_watch_and_refuse(struct store_tx *tx, void *user, GError **err)
{
	return tx_watch_set(tx, user, err) && refuse(tx, NULL, err);
}

static bool get_watches(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_watches(tx, g->a, (struct watch **)&g->found, &g->n, err);
}

static void assert_watches(struct world *w, const char *expected)
{
	struct get g = { .a = w->a };
	g_autoptr(GString) all = g_string_new(NULL);

	must_read(w, get_watches, &g);
	for (gsize n = 0; n < g.n; n++) {
		const struct watch *one = (const struct watch *)g.found + n;

		g_string_append_printf(all, "%s:%s@%d ", one->schedule, one->person, (int)one->since);
	}
	g_assert_cmpstr(all->str, ==, expected);
}

static void test_watches(struct world *w)
{
	assert_watches(w, "");
	must(w, set_watch, &(struct watch){ "shop", "anna", 100 });
	must(w, set_watch, &(struct watch){ "clinic", "bob", 101 });
	assert_watches(w, "clinic:bob@101 shop:anna@100 ");
	must(w, set_watch, &(struct watch){ "shop", "", 200 });
	assert_watches(w, "clinic:bob@101 shop:@200 ");
	g_assert_cmpint(store_run(w->s, set_watch_and_refuse, &(struct watch){ "clinic", "olga", 300 }, NULL), ==,
			STORE_REFUSED);
	assert_watches(w, "clinic:bob@101 shop:@200 ");
}

void add_text_cases(const char *driver)
{
	static const struct test_row rows[] = {
		{ "texts-sent", test_texts_sent }, { "bundle", test_bundle }, { "watches", test_watches },
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		add_case(driver, &rows[i]);
}
