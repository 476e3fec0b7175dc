/* The contract of store.h, run on each driver. What only the file driver has is in test_store_file.c. */
#include "test_store.h"

#include <glib/gstdio.h>
#include <string.h>

#include "err.h"

/* ---- a store to try, and short ways to use it ---- */

struct store *file_store(struct world *w)
{
	g_autoptr(GError) err = NULL;
	struct store *s = store_sqlite_open(w->file, &err);

	g_assert_no_error(err);
	return s;
}

void world_open(struct world *w, const char *driver)
{
	w->a = arena_new();
	w->dir = g_dir_make_tmp("ringback-XXXXXX", NULL);
	w->file = g_build_filename(w->dir, "store", NULL);
	w->s = g_str_has_prefix(driver, "mem") ? store_mem_new() : file_store(w);
	if (g_str_has_suffix(driver, "fault"))
		w->s = store_fault_new(w->s, 0, false);
}

void world_close(struct world *w)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-moved" };

	store_free(w->s);
	arena_free(w->a);
	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autofree char *name = g_strconcat(w->file, ends[i], NULL);

		g_unlink(name);
	}
	g_assert_cmpint(g_rmdir(w->dir), ==, 0);
	g_free(w->file);
	g_free(w->dir);
}

struct item new_item(const char *key)
{
	return (struct item){
		.state = STATE_OPEN, .key = key, .class = CLASS_MISSED, .reason = REASON_NO_ANSWER, .line = "clinic",
		.owner = "anna", .caller = "+442079460123", .duration_s = -1, .calls = 1, .created = 100,
		.thread_id = "<1@example.com>", .told = "bob", .rule = "vip", .urgency = URGENCY_HIGH,
	};
}

struct job new_job(int64_t item, enum job_kind kind, enum job_topic topic, int64_t due)
{
	return (struct job){ .item = item, .kind = kind, .topic = topic, .due = due, .to = PHONE, .person = "anna" };
}

void must(struct world *w, store_think think, void *user)
{
	g_autoptr(GError) err = NULL;

	g_assert_cmpint(store_run(w->s, think, user, &err), ==, STORE_DONE);
	g_assert_no_error(err);
}

void must_read(struct world *w, store_think think, void *user)
{
	g_autoptr(GError) err = NULL;

	g_assert_cmpint(store_read(w->s, think, user, &err), ==, STORE_DONE);
	g_assert_no_error(err);
}

bool insert_item(struct store_tx *tx, void *user, GError **err)
{
	return tx_item_insert(tx, user, err);
}

int64_t add_item(struct world *w, struct item i)
{
	must(w, insert_item, &i);
	return i.id;
}

bool update_item(struct store_tx *tx, void *user, GError **err)
{
	return tx_item_update(tx, user, err);
}

bool get_item(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_item(tx, g->id, g->a, (struct item **)&g->found, err);
}

struct item *item_of(struct world *w, int64_t id)
{
	struct get g = { .a = w->a, .id = id };

	must_read(w, get_item, &g);
	return g.found;
}

bool get_counts(struct store_tx *tx, void *user, GError **err)
{
	return tx_counts(tx, user, err);
}

struct store_counts counts_of(struct world *w)
{
	struct store_counts c;

	must_read(w, get_counts, &c);
	return c;
}

bool refuse(struct store_tx *tx, void *user, GError **err)
{
	(void)tx;
	(void)user;
	return err_set(err, ERR_USAGE, "no");
}

bool add_journal(struct store_tx *tx, void *user, GError **err)
{
	return tx_journal_add(tx, user, err);
}

bool insert_job(struct store_tx *tx, void *user, GError **err)
{
	return tx_job_insert(tx, user, err);
}

static int64_t add_job(struct world *w, struct job j)
{
	must(w, insert_job, &j);
	return j.id;
}

static bool insert_notice(struct store_tx *tx, void *user, GError **err)
{
	return tx_notice_insert(tx, user, err);
}

/* ---- items ---- */

static void assert_items_equal(const struct item *x, const struct item *y)
{
	const char *const xs[] = {
		x->key, x->call_id, x->line, x->owner, x->caller, x->caller_raw, x->caller_name, x->called,
		x->transcript, x->profile, x->acked_by, x->policy, x->thread_id, x->told,
		x->rule
	};
	const char *const ys[] = {
		y->key, y->call_id, y->line, y->owner, y->caller, y->caller_raw, y->caller_name, y->called,
		y->transcript, y->profile, y->acked_by, y->policy, y->thread_id, y->told,
		y->rule
	};
	const int64_t xn[] = {
		x->id, x->state, x->resolution, x->class, x->reason, x->withheld, x->call_time, x->duration_s,
		x->calls, x->created, x->updated, x->last_call, x->texted, x->due, x->acked, x->closed, x->step,
		x->attempts, x->wake, x->urgency, x->opened
	};
	const int64_t yn[] = {
		y->id, y->state, y->resolution, y->class, y->reason, y->withheld, y->call_time, y->duration_s,
		y->calls, y->created, y->updated, y->last_call, y->texted, y->due, y->acked, y->closed, y->step,
		y->attempts, y->wake, y->urgency, y->opened
	};

	for (guint i = 0; i < G_N_ELEMENTS(xs); i++)
		g_assert_cmpstr(xs[i], ==, ys[i]);
	for (guint i = 0; i < G_N_ELEMENTS(xn); i++)
		g_assert_cmpint(xn[i], ==, yn[i]);
}

static void test_item_whole(struct world *w)
{
	g_autofree char *longest = g_strnfill(1 << 20, 'x');
	struct item i = {
		.state = STATE_ACKED, .resolution = RESOLUTION_SPAM, .key = "k", .call_id = "1700000000.17",
		.class = CLASS_VOICEMAIL, .reason = REASON_BUSY, .line = "clinic", .owner = "anna",
		.caller = "+442079460123", .caller_raw = "020 7946 0123", .caller_name = "Žofie Ø 漢字 🙂",
		.withheld = true, .called = "201", .call_time = 1, .duration_s = 34, .transcript = longest,
		.profile = "p", .calls = 3, .created = 4, .updated = 5, .last_call = 6, .texted = 7, .due = INT64_MAX,
		.acked = 8, .closed = 9, .acked_by = "bo'b; DROP TABLE items", .policy = "night", .step = 2, .attempts = 10, .wake = 11, .opened = 12,
		.thread_id = "<1@example.com>", .told = "bob", .rule = "vip", .urgency = URGENCY_HIGH,
	};
	struct item bare = { .state = STATE_SUPPRESSED, .key = "", .line = "x", .thread_id = "", .duration_s = -1 };

	i.id = add_item(w, i);
	assert_items_equal(item_of(w, i.id), &i);
	i.state = STATE_CLOSED;
	i.caller_name = NULL;
	i.transcript = "";
	i.calls = 4;
	must(w, update_item, &i);
	assert_items_equal(item_of(w, i.id), &i);
	bare.id = add_item(w, bare);
	assert_items_equal(item_of(w, bare.id), &bare);
	g_assert_null(item_of(w, 99));
	g_assert_null(item_of(w, 0));
	g_assert_null(item_of(w, -1));
}

static bool get_mark(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	g->found = arena_alloc(g->a, sizeof(struct mark));
	return tx_mark(tx, g->text, g->found, err);
}

static struct mark mark_of(struct world *w, const char *name)
{
	struct get g = { .a = w->a, .text = name };

	must_read(w, get_mark, &g);
	return *(struct mark *)g.found;
}

static bool set_mark(struct store_tx *tx, void *user, GError **err)
{
	return tx_mark_set(tx, "morning", user, err);
}

static bool set_mark_and_refuse(struct store_tx *tx, void *user, GError **err)
{
	return set_mark(tx, user, err) && refuse(tx, NULL, err);
}

static void test_marks(struct world *w)
{
	struct mark one = { 3, 1000 }, other = { -4, 2000 };
	g_autoptr(GError) err = NULL;

	g_assert_cmpint(mark_of(w, "morning").at, ==, 0);
	must(w, set_mark, &one);
	g_assert_cmpint(mark_of(w, "morning").n, ==, 3);
	g_assert_cmpint(mark_of(w, "Morning").at, ==, 0);
	must(w, set_mark, &other);
	g_assert_cmpint(mark_of(w, "morning").n, ==, -4);
	g_assert_cmpint(mark_of(w, "morning").at, ==, 2000);
	g_assert_cmpint(store_run(w->s, set_mark_and_refuse, &one, &err), ==, STORE_REFUSED);
	g_assert_cmpint(mark_of(w, "morning").at, ==, 2000);
}

static bool set_mute(struct store_tx *tx, void *user, GError **err)
{
	return tx_mute_set(tx, user, err);
}

static bool get_mutes(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_mutes(tx, g->since, g->a, (struct mute **)&g->found, &g->n, err);
}

static struct mute *mutes_of(struct world *w, int64_t since, gsize n)
{
	struct get g = { .a = w->a, .since = since };

	must_read(w, get_mutes, &g);
	g_assert_cmpuint(g.n, ==, n);
	return g.found;
}

static bool remove_mute(struct store_tx *tx, void *user, GError **err)
{
	return tx_mute_remove(tx, "clinic", user, err);
}

static void test_mutes(struct world *w)
{
	const struct mute sales = { "sales", 10, 20, "moving", "anna" }, clinic = { "clinic", 15, 30, "paint", "operator" };
	const struct mute longer = { "clinic", 16, 40, "paint, again", "bob" };
	const struct mute *m;
	bool found = true;

	must(w, remove_mute, &found);
	g_assert_false(found);
	must(w, set_mute, (void *)&sales);
	must(w, set_mute, (void *)&clinic);
	m = mutes_of(w, 0, 2);
	g_assert_cmpstr(m[0].line, ==, "clinic");
	g_assert_cmpstr(m[0].reason, ==, "paint");
	g_assert_cmpstr(m[0].by, ==, "operator");
	g_assert_cmpint(m[0].from, ==, 15);
	g_assert_cmpint(m[0].to, ==, 30);
	g_assert_cmpstr(m[1].line, ==, "sales");
	g_assert_cmpstr(mutes_of(w, 20, 1)->line, ==, "clinic");
	must(w, set_mute, (void *)&longer);
	g_assert_cmpstr(mutes_of(w, 30, 1)->reason, ==, "paint, again");
	must(w, remove_mute, &found);
	g_assert_true(found);
	mutes_of(w, 20, 0);
	must(w, set_mute, (void *)&clinic);
	mutes_of(w, 20, 1);
}

static void test_item_ids(struct world *w)
{
	for (int n = 1; n <= 5; n++)
		g_assert_cmpint(add_item(w, new_item("k")), ==, n);
}

static void test_item_update_unknown(struct world *w)
{
	struct item i = new_item("k");
	g_autoptr(GError) err = NULL;

	i.id = 7;
	g_assert_cmpint(store_run(w->s, update_item, &i, &err), ==, STORE_FAILED);
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
}

static bool get_by_key(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_item_by_key(tx, g->text, g->since, g->a, (struct item **)&g->found, err);
}

static int64_t by_key(struct world *w, const char *key, int64_t closed_since)
{
	struct get g = { .a = w->a, .text = key, .since = closed_since };

	must_read(w, get_by_key, &g);
	return g.found ? ((struct item *)g.found)->id : 0;
}

static void test_item_by_key(struct world *w)
{
	struct item closed = new_item("k"), suppressed = new_item("s");
	int64_t old, live;

	closed.state = STATE_CLOSED;
	closed.closed = 500;
	suppressed.state = STATE_SUPPRESSED;
	suppressed.owner = NULL;
	old = add_item(w, closed);
	g_assert_cmpint(by_key(w, "k", 500), ==, old);
	g_assert_cmpint(by_key(w, "k", 501), ==, 0);
	g_assert_cmpint(by_key(w, "k", -5), ==, old);
	live = add_item(w, new_item("k"));
	add_item(w, new_item("K"));
	g_assert_cmpint(by_key(w, "k", 0), ==, live);
	g_assert_cmpint(by_key(w, "k", 501), ==, live);
	closed.id = add_item(w, closed);
	g_assert_cmpint(by_key(w, "k", 500), ==, closed.id);
	g_assert_cmpint(by_key(w, "k", 501), ==, live);
	closed.state = STATE_OPEN;		/* opened again: closed stays set, and does not matter */
	must(w, update_item, &closed);
	g_assert_cmpint(by_key(w, "k", 501), ==, closed.id);
	add_item(w, suppressed);
	g_assert_cmpint(by_key(w, "s", 0), ==, 0);
	g_assert_cmpint(by_key(w, "none", 0), ==, 0);
}

static bool get_by_call_id(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_item_by_call_id(tx, g->text, g->since, g->a, (struct item **)&g->found, err);
}

static int64_t by_call_id(struct world *w, const char *call_id, int64_t since)
{
	struct get g = { .a = w->a, .text = call_id, .since = since };

	must_read(w, get_by_call_id, &g);
	return g.found ? ((struct item *)g.found)->id : 0;
}

static void test_item_by_call_id(struct world *w)
{
	struct item i = new_item("k");
	int64_t second;

	add_item(w, new_item("none"));
	i.call_id = "17";
	add_item(w, i);
	i.created = 200;
	second = add_item(w, i);
	g_assert_cmpint(by_call_id(w, "17", 0), ==, second);
	g_assert_cmpint(by_call_id(w, "17", 200), ==, second);
	g_assert_cmpint(by_call_id(w, "17", 201), ==, 0);
	g_assert_cmpint(by_call_id(w, "18", 0), ==, 0);
}

struct list_row {
	const char *name;
	struct item_filter filter;
	const char *ids;
};

struct list {
	struct world *w;
	const struct item_filter *filter;
	struct item **items;
	gsize n;
};

static bool get_items(struct store_tx *tx, void *user, GError **err)
{
	struct list *l = user;

	return tx_items(tx, l->filter, l->w->a, &l->items, &l->n, err);
}

static void test_items(struct world *w)
{
	static const struct list_row rows[] = {
		{ "all", { .limit = 10 }, "6 5 4 3 2 1" },
		{ "live", { .live_only = true, .limit = 10 }, "6 4 3 1" },
		{ "line", { .line = "sales", .limit = 10 }, "3" },
		{ "owner", { .owner = "bob", .limit = 10 }, "4" },
		{ "owner, live", { .owner = "anna", .live_only = true, .limit = 10 }, "6 3 1" },
		{ "number", { .number = "+12025550143", .limit = 10 }, "6 5" },
		{ "number, live", { .number = "+12025550143", .live_only = true, .limit = 10 }, "6" },
		{ "number, line", { .number = "+12025550143", .line = "sales", .limit = 10 }, "" },
		{ "limit", { .limit = 2 }, "6 5" },
		{ "limit, live", { .live_only = true, .limit = 2 }, "6 4" },
		{ "before", { .before_id = 5, .limit = 2 }, "4 3" },
		{ "before, number", { .before_id = 6, .number = "+12025550143", .limit = 2 }, "5" },
		{ "none", { .limit = 0 }, "" },
		{ "huge limit", { .limit = G_MAXSIZE }, "6 5 4 3 2 1" },
	};

	for (int n = 1; n <= 6; n++) {
		struct item i = new_item("k");

		i.state = n == 2 ? STATE_SUPPRESSED : n == 5 ? STATE_CLOSED : STATE_OPEN;
		i.line = n == 3 ? "sales" : "clinic";
		i.owner = n == 4 ? "bob" : "anna";
		i.caller = n >= 5 ? "+12025550143" : n == 2 ? NULL : "+442079460123";
		add_item(w, i);
	}
	for (guint r = 0; r < G_N_ELEMENTS(rows); r++) {
		struct list l = { .w = w, .filter = &rows[r].filter };
		g_autoptr(GString) ids = g_string_new(NULL);

		must_read(w, get_items, &l);
		for (gsize i = 0; i < l.n; i++)
			g_string_append_printf(ids, "%s%d", i ? " " : "", (int)l.items[i]->id);
		g_test_message("%s", rows[r].name);
		g_assert_cmpstr(ids->str, ==, rows[r].ids);
	}
}

/* ---- notices ---- */

static bool get_notice(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_notice_by_key(tx, g->text, g->since, g->a, (struct notice **)&g->found, err);
}

static const struct notice *notice_of(struct world *w, const char *key, int64_t since)
{
	struct get g = { .a = w->a, .text = key, .since = since };

	must_read(w, get_notice, &g);
	return g.found;
}

static bool get_notices(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_notices(tx, g->id, g->limit, g->a, (struct notice **)&g->found, &g->n, err);
}

static void test_notices(struct world *w)
{
	int64_t item = add_item(w, new_item("k")), other = add_item(w, new_item("l"));
	struct notice n = {
		.item = item, .key = "a", .class = CLASS_VOICEMAIL, .arrived = 10, .rcpts = "x@example.com",
		.message_id = "<m@example.com>", .queue_id = "4XyZ1k2", .action = NOTICE_COPY
	};
	struct notice bare = { .item = other, .key = "b", .rcpts = "" };
	struct get g = { .a = w->a, .id = item, .limit = 64 };
	const struct notice *list, *found;

	for (n.arrived = 10; n.arrived < 15; n.arrived++)
		must(w, insert_notice, &n);
	n.arrived = 3;		/* the clock went back */
	must(w, insert_notice, &n);
	g_assert_cmpint(n.id, ==, 6);
	must(w, insert_notice, &bare);
	found = notice_of(w, "a", 14);
	g_assert_cmpint(found->id, ==, 5);
	g_assert_cmpint(found->item, ==, item);
	g_assert_cmpint(found->class, ==, CLASS_VOICEMAIL);
	g_assert_cmpint(found->action, ==, NOTICE_COPY);
	g_assert_cmpstr(found->rcpts, ==, "x@example.com");
	g_assert_cmpstr(found->message_id, ==, "<m@example.com>");
	g_assert_cmpstr(found->queue_id, ==, "4XyZ1k2");
	g_assert_null(notice_of(w, "a", 15));
	g_assert_null(notice_of(w, "c", 0));
	g_assert_null(notice_of(w, "b", 0)->message_id);
	must_read(w, get_notices, &g);
	list = g.found;
	g_assert_cmpint(g.n, ==, 6);
	for (gsize i = 0; i + 1 < g.n; i++)
		g_assert_cmpint(list[i].arrived, >, list[i + 1].arrived);
	g.limit = 2;
	must_read(w, get_notices, &g);
	g_assert_cmpint(g.n, ==, 2);
	g_assert_cmpint(((struct notice *)g.found)->arrived, ==, 14);
	g.id = 99;
	must_read(w, get_notices, &g);
	g_assert_cmpint(g.n, ==, 0);
}

static void test_references(struct world *w)
{
	struct notice n = { .item = 99, .key = "a", .rcpts = "" };
	struct job j = new_job(99, JOB_TEXT, TOPIC_FIRST, 1);
	struct journal_record r = { .item = 99, .who = "anna", .what = "w", .how = "cli" };
	g_autoptr(GError) err = NULL;

	g_assert_cmpint(store_run(w->s, insert_notice, &n, &err), ==, STORE_FAILED);
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	n.item = 0;
	g_assert_cmpint(store_run(w->s, insert_notice, &n, NULL), ==, STORE_FAILED);
	g_assert_cmpint(store_run(w->s, insert_job, &j, NULL), ==, STORE_FAILED);
	g_assert_cmpint(store_run(w->s, add_journal, &r, NULL), ==, STORE_FAILED);
	g_assert_cmpint(counts_of(w).notices, ==, 0);
}

/* ---- jobs ---- */

static bool get_job(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_job(tx, g->id, g->a, (struct job **)&g->found, err);
}

static struct job *job_of(struct world *w, int64_t id)
{
	struct get g = { .a = w->a, .id = id };

	must_read(w, get_job, &g);
	return g.found;
}

static bool update_job(struct store_tx *tx, void *user, GError **err)
{
	return tx_job_update(tx, user, err);
}

static void assert_jobs_equal(const struct job *x, const struct job *y)
{
	const int64_t xn[] = {
		x->id, x->item, x->kind, x->topic, x->state, x->due, x->expires, x->step, x->tries,
		x->possibly_twice, x->created, x->updated, x->sent, x->bundle
	};
	const int64_t yn[] = {
		y->id, y->item, y->kind, y->topic, y->state, y->due, y->expires, y->step, y->tries,
		y->possibly_twice, y->created, y->updated, y->sent, y->bundle
	};

	for (guint i = 0; i < G_N_ELEMENTS(xn); i++)
		g_assert_cmpint(xn[i], ==, yn[i]);
	g_assert_cmpstr(x->person, ==, y->person);
	g_assert_cmpstr(x->to, ==, y->to);
	g_assert_cmpstr(x->text, ==, y->text);
	g_assert_cmpstr(x->provider, ==, y->provider);
	g_assert_cmpstr(x->provider_id, ==, y->provider_id);
	g_assert_cmpstr(x->error, ==, y->error);
}

static void test_job_whole(struct world *w)
{
	struct job j = {
		.item = add_item(w, new_item("k")), .kind = JOB_MAIL, .topic = TOPIC_NOTE, .state = JOB_SENDING, .due = 2,
		.expires = 3, .person = "anna", .to = "a@example.com", .text = "line\nline", .step = 4, .tries = 5,
		.possibly_twice = 2, .provider = "p", .provider_id = "id", .error = "e", .created = 6, .updated = 7, .sent = 8, .bundle = 9
	};
	struct job bare = { .kind = JOB_TIMER, .topic = TOPIC_STEP };

	j.id = add_job(w, j);
	assert_jobs_equal(job_of(w, j.id), &j);
	bare.id = add_job(w, bare);
	assert_jobs_equal(job_of(w, bare.id), &bare);
	bare.item = j.item;
	bare.state = JOB_DONE;
	bare.error = "why";
	must(w, update_job, &bare);
	assert_jobs_equal(job_of(w, bare.id), &bare);
	g_assert_null(job_of(w, 99));
	bare.id = 99;
	g_assert_cmpint(store_run(w->s, update_job, &bare, NULL), ==, STORE_FAILED);
}

static bool get_jobs_due(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_jobs_due(tx, g->kind, g->since, g->limit, g->a, (struct job ***)&g->found, &g->n, err);
}

static bool get_jobs_in_state(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_jobs_in_state(tx, g->state, g->kind, g->limit, g->a, (struct job ***)&g->found, &g->n, err);
}

static bool get_jobs_of_item(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_jobs_of_item(tx, g->id, g->a, (struct job ***)&g->found, &g->n, err);
}

static void assert_job_ids(struct world *w, store_think get, struct get g, const char *expected)
{
	g_autoptr(GString) ids = g_string_new(NULL);

	g.a = w->a;
	must_read(w, get, &g);
	for (gsize i = 0; i < g.n; i++)
		g_string_append_printf(ids, "%s%d", i ? " " : "", (int)((struct job **)g.found)[i]->id);
	g_assert_cmpstr(ids->str, ==, expected);
}

static bool get_next_due(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_next_due(tx, g->kind, &g->since, err);
}

static int64_t next_due(struct world *w, enum job_kind kind)
{
	struct get g = { .kind = kind, .since = 77 };

	must_read(w, get_next_due, &g);
	return g.since;
}

static void test_jobs(struct world *w)
{
	int64_t item = add_item(w, new_item("k")), other = add_item(w, new_item("l"));
	struct job j;

	g_assert_cmpint(next_due(w, JOB_TEXT), ==, 0);
	add_job(w, new_job(item, JOB_TEXT, TOPIC_FIRST, 30));	/* 1 */
	add_job(w, new_job(item, JOB_TEXT, TOPIC_UPDATE, 10));	/* 2 */
	add_job(w, new_job(other, JOB_TIMER, TOPIC_STEP, 20));	/* 3 */
	add_job(w, new_job(0, JOB_TEXT, TOPIC_ANSWER, 10));	/* 4 */
	j = new_job(item, JOB_TEXT, TOPIC_FIRST, 5);
	j.state = JOB_SENT;
	add_job(w, j);						/* 5 */
	j.kind = JOB_MAIL;
	add_job(w, j);						/* 6 */
	assert_job_ids(w, get_jobs_due, (struct get){ .kind = JOB_TEXT, .since = 30, .limit = 10 }, "2 4 1");
	assert_job_ids(w, get_jobs_due, (struct get){ .kind = JOB_TEXT, .since = 29, .limit = 10 }, "2 4");
	assert_job_ids(w, get_jobs_due, (struct get){ .kind = JOB_TEXT, .since = 99, .limit = 1 }, "2");
	assert_job_ids(w, get_jobs_due, (struct get){ .kind = JOB_TIMER, .since = 20, .limit = 10 }, "3");
	assert_job_ids(w, get_jobs_due, (struct get){ .kind = JOB_TEXT, .since = 9, .limit = 10 }, "");
	assert_job_ids(w, get_jobs_in_state, (struct get){ .state = JOB_SENT, .kind = N_JOB_KINDS, .limit = 9 }, "5 6");
	assert_job_ids(w, get_jobs_in_state, (struct get){ .state = JOB_SENT, .kind = JOB_MAIL, .limit = 9 }, "6");
	assert_job_ids(w, get_jobs_in_state, (struct get){ .state = JOB_WAITING, .kind = JOB_TEXT, .limit = 2 }, "1 2");
	assert_job_ids(w, get_jobs_of_item, (struct get){ .id = item }, "1 2 5 6");
	assert_job_ids(w, get_jobs_of_item, (struct get){ .id = 0 }, "4");
	assert_job_ids(w, get_jobs_of_item, (struct get){ .id = 99 }, "");
	g_assert_cmpint(next_due(w, JOB_TEXT), ==, 10);
	g_assert_cmpint(next_due(w, JOB_TIMER), ==, 20);
	g_assert_cmpint(next_due(w, JOB_MAIL), ==, 0);
}

static bool cancel_jobs(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_jobs_cancel(tx, g->id, (guint)g->kind, 500, err);
}

static void test_jobs_cancel(struct world *w)
{
	int64_t item = add_item(w, new_item("k")), other = add_item(w, new_item("l"));
	struct get g = { .id = item, .kind = 1 << TOPIC_STEP | 1 << TOPIC_ESCALATION };
	struct job sent = new_job(item, JOB_TEXT, TOPIC_ESCALATION, 1);

	sent.state = JOB_SENT;
	add_job(w, new_job(item, JOB_TIMER, TOPIC_STEP, 1));
	add_job(w, new_job(item, JOB_TEXT, TOPIC_ESCALATION, 1));
	add_job(w, new_job(item, JOB_MAIL, TOPIC_NOTE, 1));
	add_job(w, new_job(other, JOB_TIMER, TOPIC_STEP, 1));
	add_job(w, sent);
	must(w, cancel_jobs, &g);
	assert_job_ids(w, get_jobs_in_state, (struct get){ .state = JOB_CANCELLED, .kind = N_JOB_KINDS, .limit = 9 },
		       "1 2");
	g_assert_cmpint(job_of(w, 1)->updated, ==, 500);
	g_assert_cmpint(job_of(w, 3)->updated, ==, 0);
	g.kind = 0;
	must(w, cancel_jobs, &g);
	assert_job_ids(w, get_jobs_in_state, (struct get){ .state = JOB_WAITING, .kind = N_JOB_KINDS, .limit = 9 },
		       "3 4");
}

static bool get_by_provider_id(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_job_by_provider_id(tx, g->text, g->text2, g->a, (struct job **)&g->found, err);
}

static int64_t by_provider_id(struct world *w, const char *provider, const char *id)
{
	struct get g = { .a = w->a, .text = provider, .text2 = id };

	must_read(w, get_by_provider_id, &g);
	return g.found ? ((struct job *)g.found)->id : 0;
}

static void test_job_by_provider_id(struct world *w)
{
	struct job j = new_job(0, JOB_TEXT, TOPIC_ANSWER, 1);

	add_job(w, j);
	j.provider = "one";
	j.provider_id = "00Af";
	add_job(w, j);
	add_job(w, j);		/* an SMSC that starts its ids again */
	j.provider = "two";
	add_job(w, j);
	g_assert_cmpint(by_provider_id(w, "one", "00Af"), ==, 3);
	g_assert_cmpint(by_provider_id(w, "two", "00Af"), ==, 4);
	g_assert_cmpint(by_provider_id(w, "one", "00af"), ==, 0);
	g_assert_cmpint(by_provider_id(w, "three", "00Af"), ==, 0);
}

/* ---- journal, codes, counts ---- */

static bool get_journal(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_journal(tx, g->id, g->a, (struct journal_record ***)&g->found, &g->n, err);
}

static void test_journal(struct world *w)
{
	struct journal_record r = {
		.item = add_item(w, new_item("k")), .at = 3, .who = "anna", .what = "acknowledged", .how = "text", .why = "17A"
	};
	struct journal_record none = { .at = 9, .who = "smsc", .what = "ignored", .how = "text" };
	struct get g = { .a = w->a, .id = r.item };
	struct journal_record **list;

	must(w, add_journal, &r);
	r.what = "closed";
	r.at = 2;
	must(w, add_journal, &r);
	must(w, add_journal, &none);
	must_read(w, get_journal, &g);
	list = g.found;
	g_assert_cmpint(g.n, ==, 2);
	g_assert_cmpstr(list[0]->what, ==, "acknowledged");
	g_assert_cmpstr(list[0]->who, ==, "anna");
	g_assert_cmpstr(list[0]->how, ==, "text");
	g_assert_cmpstr(list[0]->why, ==, "17A");
	g_assert_cmpint(list[0]->at, ==, 3);
	g_assert_cmpstr(list[1]->what, ==, "closed");
	g.id = 0;
	must_read(w, get_journal, &g);
	list = g.found;
	g_assert_cmpint(g.n, ==, 1);
	g_assert_null(list[0]->why);
	g_assert_cmpint(list[0]->item, ==, 0);
}

struct give {
	const char *phone;
	int64_t item, now;
	int code;
};

static bool give_code(struct store_tx *tx, void *user, GError **err)
{
	struct give *g = user;

	return tx_code_give(tx, g->phone, g->item, g->now, REST, &g->code, err);
}

static int code_for(struct world *w, const char *phone, int64_t item, int64_t now)
{
	struct give g = { phone, item, now, 0 };

	must(w, give_code, &g);
	return g.code;
}

static bool get_codes(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_codes(tx, g->text, g->since, REST, g->a, (struct code **)&g->found, &g->n, err);
}

static void assert_codes(struct world *w, int64_t now, const char *expected)
{
	struct get g = { .a = w->a, .text = PHONE, .since = now };
	g_autoptr(GString) codes = g_string_new(NULL);

	must_read(w, get_codes, &g);
	for (gsize i = 0; i < g.n; i++) {
		const struct code *c = (struct code *)g.found + i;

		g_assert_cmpstr(c->phone, ==, PHONE);
		g_string_append_printf(codes, "%s%d:%d", i ? " " : "", c->code, (int)c->item);
	}
	g_assert_cmpstr(codes->str, ==, expected);
}

static void test_codes(struct world *w)
{
	struct item i = new_item("k");

	for (int n = 0; n < 4; n++)
		add_item(w, i);
	assert_codes(w, 100, "");
	g_assert_cmpint(code_for(w, PHONE, 1, 100), ==, 10);
	g_assert_cmpint(code_for(w, PHONE, 2, 101), ==, 11);
	g_assert_cmpint(code_for(w, PHONE, 1, 102), ==, 10);
	g_assert_cmpint(code_for(w, "+447700900456", 3, 100), ==, 10);
	assert_codes(w, 103, "11:2 10:1");
	i.id = 1;
	i.state = STATE_CLOSED;
	i.closed = 1000;
	must(w, update_item, &i);
	assert_codes(w, 1000 + REST - 1, "11:2 10:1");
	g_assert_cmpint(code_for(w, PHONE, 3, 1000 + REST - 1), ==, 12);
	assert_codes(w, 1000 + REST, "12:3 11:2");
	g_assert_cmpint(code_for(w, PHONE, 1, 1000 + REST), ==, 10);	/* still has it */
	g_assert_cmpint(code_for(w, PHONE, 4, 1000 + REST), ==, 10);	/* rested: given anew */
	assert_codes(w, 1000 + REST, "10:4 12:3 11:2");
	i.state = STATE_OPEN;
	must(w, update_item, &i);
	g_assert_cmpint(code_for(w, PHONE, 1, 2000 + REST), ==, 13);
	g_assert_cmpint(code_for(w, PHONE, 1, 2000 + REST), ==, 13);
}

struct stop {
	const char *phone;
	int64_t at;
};

static bool stop_phone(struct store_tx *tx, void *user, GError **err)
{
	const struct stop *s = user;

	return tx_phone_stop(tx, s->phone, s->at, err);
}

static bool stop_phone_and_refuse(struct store_tx *tx, void *user, GError **err)
{
	return stop_phone(tx, user, err) && err_set(err, ERR_USAGE, "no");
}

static bool get_stopped(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_phones_stopped(tx, g->a, (const char *const **)&g->found, err);
}

static void assert_stopped(struct world *w, const char *expected)
{
	struct get g = { .a = w->a };
	g_autofree char *all = NULL;

	must_read(w, get_stopped, &g);
	all = g_strjoinv(" ", (char **)g.found);
	g_assert_cmpstr(all, ==, expected);
}

static void test_phones_stopped(struct world *w)
{
	assert_stopped(w, "");
	must(w, stop_phone, &(struct stop){ "+447700900002", 100 });
	must(w, stop_phone, &(struct stop){ "+447700900001", 101 });
	must(w, stop_phone, &(struct stop){ "+447700900001", 102 });
	assert_stopped(w, "+447700900001 +447700900002");
	must(w, stop_phone, &(struct stop){ "+447700900001", 0 });
	must(w, stop_phone, &(struct stop){ "+447700900009", 0 });
	assert_stopped(w, "+447700900002");
	g_assert_cmpint(store_run(w->s, stop_phone_and_refuse, &(struct stop){ "+447700900002", 0 }, NULL), ==,
			STORE_REFUSED);
	assert_stopped(w, "+447700900002");
	must(w, stop_phone, &(struct stop){ "+447700900001", 200 });
	assert_stopped(w, "+447700900001 +447700900002");
}

/* ---- overrides ---- */

static bool insert_override(struct store_tx *tx, void *user, GError **err)
{
	return tx_override_insert(tx, user, err);
}

static bool insert_override_and_refuse(struct store_tx *tx, void *user, GError **err)
{
	return tx_override_insert(tx, user, err) && err_set(err, ERR_USAGE, "no");
}

struct removal {
	int64_t id;
	bool found;
};

static bool remove_override(struct store_tx *tx, void *user, GError **err)
{
	struct removal *r = user;

	return tx_override_remove(tx, r->id, &r->found, err);
}

struct get_overrides {
	int64_t since;
	struct arena *a;
	struct override *found;
	gsize n;
};

static bool get_overrides(struct store_tx *tx, void *user, GError **err)
{
	struct get_overrides *g = user;

	return tx_overrides(tx, g->since, g->a, &g->found, &g->n, err);
}

static void assert_overrides(struct world *w, int64_t since, const char *expected)
{
	struct get_overrides g = { .since = since, .a = w->a };
	g_autoptr(GString) all = g_string_new(NULL);

	must_read(w, get_overrides, &g);
	for (gsize n = 0; n < g.n; n++) {
		const struct override *o = &g.found[n];

		g_string_append_printf(all, "%d:%s:%s:%d-%d@%d:%s ", (int)o->id, o->schedule, o->person, (int)o->from,
				       (int)o->to, (int)o->created, o->by);
	}
	g_assert_cmpstr(all->str, ==, expected);
}

static void test_overrides(struct world *w)
{
	struct override one = { .schedule = "clinic", .person = "bob", .from = 100, .to = 200, .created = 50, .by = "operator" };
	struct override two = { .schedule = "shop", .person = "anna", .from = 100, .to = 150, .created = 51, .by = "olga" };
	struct removal r = { .id = 1 };

	assert_overrides(w, 0, "");
	must(w, insert_override, &one);
	must(w, insert_override, &two);
	assert_overrides(w, 149, "1:clinic:bob:100-200@50:operator 2:shop:anna:100-150@51:olga ");
	assert_overrides(w, 150, "1:clinic:bob:100-200@50:operator ");
	g_assert_cmpint(store_run(w->s, insert_override_and_refuse, &one, NULL), ==, STORE_REFUSED);
	must(w, remove_override, &r);
	g_assert_true(r.found);
	assert_overrides(w, 0, "2:shop:anna:100-150@51:olga ");
	must(w, remove_override, &r);
	g_assert_false(r.found);
	r.id = 77;
	must(w, remove_override, &r);
	g_assert_false(r.found);
}

struct sight {
	const char *source, *profile, *field;
	int64_t at;
};

static bool see(struct store_tx *tx, void *user, GError **err)
{
	const struct sight *s = user;

	return tx_drift_add(tx, s->source, s->profile, s->field, s->at, err);
}

static bool see_and_refuse(struct store_tx *tx, void *user, GError **err)
{
	return see(tx, user, err) && err_set(err, ERR_USAGE, "no");
}

static bool get_drift(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_drift(tx, g->since, g->a, (struct drift **)&g->found, &g->n, err);
}

static void assert_drift(struct world *w, int64_t since, const char *expected)
{
	struct get g = { .a = w->a, .since = since };
	g_autoptr(GString) all = g_string_new(NULL);
	const struct drift *d;

	must_read(w, get_drift, &g);
	d = g.found;
	for (gsize i = 0; i < g.n; i++)
		g_string_append_printf(all, "%s/%s/%s %d %d-%d\n", d[i].source, d[i].profile, d[i].field, (int)d[i].n,
				       (int)d[i].first, (int)d[i].last);
	g_assert_cmpstr(all->str, ==, expected);
}

#define DAY 86400

/* ---- whose turn was when ---- */

static bool take_turn(struct store_tx *tx, void *user, GError **err)
{
	const char *const *words = user;

	return tx_turn_take(tx, words[0], words[1], err);
}

static bool take_turn_and_refuse(struct store_tx *tx, void *user, GError **err)
{
	return take_turn(tx, user, err) && err_set(err, ERR_USAGE, "no");
}

static bool say_turns(struct store_tx *tx, void *user, GError **err)
{
	AUTO_ARENA a = arena_new();
	struct pool_turn *turns;
	GString *said = user;
	gsize n;

	if (!tx_turns(tx, a, &turns, &n, err))
		return false;
	g_string_truncate(said, 0);
	for (const char *const *name = (const char *const[]){ "anna", "bob", NULL }; *name; name++)
		for (gsize i = 0; i < n; i++)
			if (strcmp(turns[i].person, *name) == 0)
				g_string_append_printf(said, "%s/%s %" G_GINT64_FORMAT "\n", turns[i].pool, *name, turns[i].turn);
	return true;
}

static void test_turns(struct world *w)
{
	g_autoptr(GString) said = g_string_new(NULL);
	const char *anna[] = { "sales", "anna" }, *bob[] = { "sales", "bob" }, *other[] = { "desk", "bob" };

	must_read(w, say_turns, said);
	g_assert_cmpstr(said->str, ==, "");
	must(w, take_turn, anna);
	must(w, take_turn, bob);
	must(w, take_turn, anna);
	must_read(w, say_turns, said);
	g_assert_cmpstr(said->str, ==, "sales/anna 3\nsales/bob 2\n");
	g_assert_cmpint(store_run(w->s, take_turn_and_refuse, bob, NULL), ==, STORE_REFUSED);
	g_assert_cmpint(store_run(w->s, take_turn_and_refuse, other, NULL), ==, STORE_REFUSED);
	must_read(w, say_turns, said);
	g_assert_cmpstr(said->str, ==, "sales/anna 3\nsales/bob 2\n");
	must(w, take_turn, bob);
	must_read(w, say_turns, said);
	g_assert_cmpstr(said->str, ==, "sales/anna 3\nsales/bob 4\n");
}

static void test_drift(struct world *w)
{
	assert_drift(w, 0, "");
	must(w, see, &(struct sight){ "pbx", "q", DRIFT_READ, 10 * DAY + 5 });
	must(w, see, &(struct sight){ "pbx", "q", DRIFT_READ, 10 * DAY + 9 });
	must(w, see, &(struct sight){ "pbx", "q", DRIFT_READ, 10 * DAY + 7 });	/* the clock was set back */
	must(w, see, &(struct sight){ "pbx", "q", "time", 11 * DAY });
	must(w, see, &(struct sight){ "pbx", "p", DRIFT_UNREAD, 11 * DAY + 1 });
	must(w, see, &(struct sight){ "other", "q", DRIFT_READ, 12 * DAY });
	must(w, see, &(struct sight){ "pbx", "q", DRIFT_READ, 12 * DAY + 3 });
	assert_drift(w, 0, "other/q/ 1 1036800-1036800\npbx/p/* 1 950401-950401\npbx/q/ 4 864005-1036803\n"
		     "pbx/q/time 1 950400-950400\n");
	assert_drift(w, 12 * DAY + 3600, "other/q/ 1 1036800-1036800\npbx/q/ 1 1036803-1036803\n");
	assert_drift(w, 13 * DAY, "");
	g_assert_cmpint(store_run(w->s, see_and_refuse, &(struct sight){ "pbx", "p", DRIFT_UNREAD, 11 * DAY }, NULL), ==,
			STORE_REFUSED);
	g_assert_cmpint(store_run(w->s, see_and_refuse, &(struct sight){ "pbx", "r", "time", 900 * DAY }, NULL), ==,
			STORE_REFUSED);
	assert_drift(w, 11 * DAY, "other/q/ 1 1036800-1036800\npbx/p/* 1 950401-950401\npbx/q/ 1 1036803-1036803\n"
		     "pbx/q/time 1 950400-950400\n");
}

static void test_drift_is_forgotten(struct world *w)
{
	must(w, see, &(struct sight){ "pbx", "p", "time", 10 * DAY });
	must(w, see, &(struct sight){ "pbx", "p", "time", 11 * DAY + 1 });
	must(w, see, &(struct sight){ "pbx", "q", "time", (10 + DRIFT_KEPT_DAYS) * DAY });
	assert_drift(w, 0, "pbx/p/time 2 864000-950401\npbx/q/time 1 35424000-35424000\n");
	must(w, see, &(struct sight){ "pbx", "q", "time", (11 + DRIFT_KEPT_DAYS) * DAY });
	assert_drift(w, 0, "pbx/p/time 1 950401-950401\npbx/q/time 2 35424000-35510400\n");
	must(w, see, &(struct sight){ "pbx", "p", "time", 11 * DAY + 2 });	/* an old one still finds its day */
	assert_drift(w, 11 * DAY, "pbx/p/time 2 950401-950402\npbx/q/time 2 35424000-35510400\n");
}

static void test_drift_in_a_read(struct world *w)
{
	g_autoptr(GError) err = NULL;

	g_assert_cmpint(store_read(w->s, see, &(struct sight){ "pbx", "p", "time", 1 }, &err), ==, STORE_FAILED);
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	assert_drift(w, 0, "");
}

/* All of them take a minute on SQLite: with -m slow. */
static int codes_in_test(void)
{
	return g_test_slow() ? CODE_END - CODE_FIRST : 1000;
}

static bool fill_codes(struct store_tx *tx, void *user, GError **err)
{
	(void)user;
	for (int n = 0; n < codes_in_test(); n++) {
		struct item i = new_item("k");
		int code;

		if (!tx_item_insert(tx, &i, err) || !tx_code_give(tx, PHONE, i.id, 1, REST, &code, err))
			return false;
		if (code != n + 10)
			return err_set(err, ERR_INPUT, "code %d for item %d", code, n);
	}
	return true;
}

static void test_codes_all_taken(struct world *w)
{
	struct give g = { PHONE, 0, 5, 0 };
	g_autoptr(GError) err = NULL;

	must(w, fill_codes, w);
	if (!g_test_slow())
		return;
	g.item = add_item(w, new_item("one too many"));
	g_assert_cmpint(store_run(w->s, give_code, &g, &err), ==, STORE_REFUSED);
	g_assert_error(err, ERR_DOMAIN, ERR_LIMIT);
}

static void test_counts(struct world *w)
{
	static const enum job_state states[] = { JOB_WAITING, JOB_SENT, JOB_DELIVERED, JOB_FAILED, JOB_CANCELLED };
	struct journal_record r = { .item = add_item(w, new_item("k")), .who = "anna", .what = "w", .how = "cli" };
	struct notice n = { .item = r.item, .key = "a", .rcpts = "" };
	struct item closed = new_item("l");
	struct store_counts c;

	closed.state = STATE_CLOSED;
	add_item(w, closed);
	must(w, insert_notice, &n);
	must(w, add_journal, &r);
	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		struct job j = new_job(r.item, JOB_TEXT, TOPIC_FIRST, 1);

		j.state = states[i];
		add_job(w, j);
		j.kind = JOB_MAIL;
		add_job(w, j);
	}
	c = counts_of(w);
	g_assert_cmpint(c.items, ==, 2);
	g_assert_cmpint(c.live, ==, 1);
	g_assert_cmpint(c.notices, ==, 1);
	g_assert_cmpint(c.journal, ==, 1);
	g_assert_cmpint(c.jobs_waiting, ==, 2);
	g_assert_cmpint(c.texts_sent, ==, 2);
	g_assert_cmpint(c.texts_failed, ==, 1);
}

/* ---- thinks ---- */

bool change_and_refuse(struct store_tx *tx, void *user, GError **err)
{
	AUTO_ARENA a = arena_new();
	struct item i = new_item("refused"), *old = NULL;
	struct job j = new_job(0, JOB_TEXT, TOPIC_FIRST, 1);
	int code;

	(void)user;
	if (!tx_item(tx, 1, a, &old, err) || !old)
		return false;
	old->owner = "nobody";
	if (!tx_item_update(tx, old, err) || !tx_item_insert(tx, &i, err) || !tx_job_insert(tx, &j, err) ||
	    !tx_code_give(tx, PHONE, i.id, 1, REST, &code, err) || !tx_jobs_cancel(tx, 1, ~0U, 1, err))
		return false;
	return err_set(err, ERR_USAGE, "no");
}

static void test_refused(struct world *w)
{
	g_autoptr(GError) err = NULL;

	add_item(w, new_item("k"));
	add_job(w, new_job(1, JOB_TEXT, TOPIC_FIRST, 1));
	g_assert_cmpint(store_run(w->s, change_and_refuse, w, &err), ==, STORE_REFUSED);
	g_assert_error(err, ERR_DOMAIN, ERR_USAGE);
	g_assert_cmpstr(item_of(w, 1)->owner, ==, "anna");
	g_assert_null(item_of(w, 2));
	g_assert_null(job_of(w, 2));
	g_assert_cmpint(job_of(w, 1)->state, ==, JOB_WAITING);
	assert_codes(w, 1, "");
	g_assert_cmpint(store_run(w->s, change_and_refuse, w, NULL), ==, STORE_REFUSED);
	g_assert_cmpint(add_item(w, new_item("k")), ==, 2);
	g_assert_cmpint(code_for(w, PHONE, 2, 1), ==, 10);
}

static void test_read_writes_nothing(struct world *w)
{
	struct item i = new_item("k");
	g_autoptr(GError) err = NULL;

	g_assert_cmpint(store_read(w->s, insert_item, &i, &err), ==, STORE_FAILED);
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	g_assert_cmpint(counts_of(w).items, ==, 0);
	g_assert_cmpint(add_item(w, i), ==, 1);
}

static void test_read_refused(struct world *w)
{
	g_autoptr(GError) err = NULL;

	g_assert_cmpint(store_read(w->s, refuse, NULL, &err), ==, STORE_REFUSED);
	g_assert_error(err, ERR_DOMAIN, ERR_USAGE);
}

/* Within one think, reads see what it wrote. */
static bool write_then_read(struct store_tx *tx, void *user, GError **err)
{
	struct world *w = user;
	struct item i = new_item("k"), *found = NULL;

	return tx_item_insert(tx, &i, err) && tx_item_by_key(tx, "k", 0, w->a, &found, err) && found &&
	       found->id == i.id;
}

static void test_own_writes(struct world *w)
{
	must(w, write_then_read, w);
}

#define N_THREADS 8
#define N_EACH 60

struct worker {
	struct world *w;
	int n, done, refused;
};

/* Everybody increases the count of one item; every third says no at the end, and must leave no trace. */
static bool increase(struct store_tx *tx, void *user, GError **err)
{
	struct worker *k = user;
	AUTO_ARENA a = arena_new();
	struct item *i = NULL, own = new_item("own");

	if (!tx_item(tx, 1, a, &i, err) || !i)
		return false;
	i->calls++;
	if (!tx_item_update(tx, i, err) || !tx_item_insert(tx, &own, err))
		return false;
	return k->n % 3 != 0 || err_set(err, ERR_USAGE, "no");
}

static gpointer increase_many(gpointer user)
{
	struct worker *k = user;

	for (k->n = 0; k->n < N_EACH; k->n++) {
		g_autoptr(GError) err = NULL;
		enum store_outcome outcome = store_run(k->w->s, increase, k, &err);

		k->done += outcome == STORE_DONE;
		k->refused += outcome == STORE_REFUSED;
		if (k->n % 10 == 0)
			counts_of(k->w);
	}
	return NULL;
}

static void test_threads(struct world *w)
{
	struct worker workers[N_THREADS] = { 0 };
	GThread *threads[N_THREADS];
	int done = 0, refused = 0;

	add_item(w, new_item("k"));
	for (int i = 0; i < N_THREADS; i++) {
		workers[i].w = w;
		threads[i] = g_thread_new("worker", increase_many, &workers[i]);
	}
	for (int i = 0; i < N_THREADS; i++) {
		g_thread_join(threads[i]);
		done += workers[i].done;
		refused += workers[i].refused;
	}
	g_assert_cmpint(refused, ==, N_THREADS * ((N_EACH + 2) / 3));
	g_assert_cmpint(done + refused, ==, N_THREADS * N_EACH);
	g_assert_cmpint(item_of(w, 1)->calls, ==, 1 + done);
	g_assert_cmpint(counts_of(w).items, ==, 1 + done);
	g_assert_nonnull(item_of(w, 1 + done));		/* no holes */
}

/* ---- the fault wrapper ---- */

static void test_fault_each(gconstpointer data)
{
	enum store_outcome outcome = STORE_FAILED;
	guint64 at;

	for (at = 1; outcome != STORE_DONE; at++) {
		struct world w;
		struct item i = new_item("k");
		g_autoptr(GError) err = NULL;

		world_open(&w, data);
		w.s = store_fault_new(w.s, at, false);
		outcome = store_run(w.s, insert_item, &i, &err);
		g_assert_true((outcome == STORE_DONE) == (err == NULL));
		if (outcome != STORE_DONE) {
			g_assert_cmpint(outcome, ==, STORE_FAILED);
			g_assert_error(err, ERR_DOMAIN, ERR_STORE);
			g_assert_cmpint(counts_of(&w).items, ==, 0);
			g_assert_cmpint(add_item(&w, new_item("again")), ==, 1);
		}
		world_close(&w);
	}
	g_assert_cmpint(at, ==, 5);	/* begin, the insert, commit; the 4th run succeeds */
}

static void test_fault_uncertain(void)
{
	struct world w;
	struct item i = new_item("k");
	g_autoptr(GError) err = NULL;

	world_open(&w, "mem");
	w.s = store_fault_new(w.s, 3, true);
	g_assert_cmpint(store_run(w.s, insert_item, &i, &err), ==, STORE_UNCERTAIN);
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	g_assert_cmpint(store_fault_count(w.s), ==, 3);
	g_assert_cmpint(counts_of(&w).items, ==, 1);
	g_assert_cmpint(store_fault_count(w.s), ==, 5);
	world_close(&w);
}

/* ---- the table ---- */

static const struct test_row contract[] = {
	{ "item/whole", test_item_whole },
	{ "item/ids", test_item_ids },
	{ "marks", test_marks },
	{ "mutes", test_mutes },
	{ "item/update-unknown", test_item_update_unknown },
	{ "item/by-key", test_item_by_key },
	{ "item/by-call-id", test_item_by_call_id },
	{ "items", test_items },
	{ "notices", test_notices },
	{ "references", test_references },
	{ "job/whole", test_job_whole },
	{ "jobs", test_jobs },
	{ "jobs/cancel", test_jobs_cancel },
	{ "job/by-provider-id", test_job_by_provider_id },
	{ "journal", test_journal },
	{ "codes", test_codes },
	{ "codes/all-taken", test_codes_all_taken },
	{ "phones-stopped", test_phones_stopped },
	{ "overrides", test_overrides },
	{ "turns", test_turns },
	{ "drift", test_drift },
	{ "drift-is-forgotten", test_drift_is_forgotten },
	{ "drift-in-a-read", test_drift_in_a_read },
	{ "counts", test_counts },
	{ "refused", test_refused },
	{ "read-writes-nothing", test_read_writes_nothing },
	{ "read-refused", test_read_refused },
	{ "own-writes", test_own_writes },
	{ "threads", test_threads },
};

struct test_case {
	const struct test_row *row;
	const char *driver;
};

static void run_case(gconstpointer data)
{
	const struct test_case *c = data;
	struct world w;

	world_open(&w, c->driver);
	c->row->run(&w);
	world_close(&w);
}

void add_case(const char *driver, const struct test_row *row)
{
	g_autofree char *path = g_strdup_printf("/store/%s/%s", driver, row->name);
	struct test_case *c = g_new(struct test_case, 1);

	*c = (struct test_case){ row, driver };
	g_test_add_data_func_full(path, c, run_case, g_free);
}

int main(int argc, char **argv)
{
	static const char *const drivers[] = { "mem", "sqlite", "mem-fault", "sqlite-fault" };

	g_test_init(&argc, &argv, NULL);
	for (guint d = 0; d < G_N_ELEMENTS(drivers); d++) {
		add_journal_cases(drivers[d]);
		for (guint i = 0; i < G_N_ELEMENTS(contract); i++)
			add_case(drivers[d], &contract[i]);
		add_text_cases(drivers[d]);
	}
	g_test_add_data_func("/store/fault/each/mem", "mem", test_fault_each);
	g_test_add_data_func("/store/fault/each/sqlite", "sqlite", test_fault_each);
	g_test_add_func("/store/fault/uncertain", test_fault_uncertain);
	add_file_cases();
	return g_test_run();
}
