/* The chain of the journal, on every driver, and in the file against somebody with a hex editor. */
#include <string.h>

#include "err.h"
#include "test_store.h"

#define JANE "+442079460123"

static struct journal_record record(int64_t item, const char *why)
{
	return (struct journal_record){ .item = item, .at = 1700000000, .who = "pbx", .what = "created", .how = "mail",
					.why = why };
}

struct walk {
	struct sha256 *sha256;
	struct chain_head head;
	const char *wrong;
	int64_t seen, last, items;
	gsize limit;
};

static bool check(const struct journal_record *j, const struct chain_link *l, void *user)
{
	struct walk *w = user;

	w->seen++;
	w->wrong = chain_check(w->sha256, &w->head, j, l);
	return !w->wrong;
}

static bool walk(struct store_tx *tx, void *user, GError **err)
{
	struct walk *w = user;

	return tx_journal_walk(tx, w->head.id, w->limit, check, w, &w->last, err);
}

/* What is wrong with the journal; NULL: nothing. */
static const char *wrong(struct world *w, struct chain_head *head_r)
{
	struct walk k = { .sha256 = sha256_new(), .limit = 2 };

	do
		must_read(w, walk, &k);
	while (k.last && !k.wrong);
	sha256_free(k.sha256);
	*head_r = k.head;
	return k.wrong;
}

static bool get_head(struct store_tx *tx, void *user, GError **err)
{
	return tx_journal_head(tx, user, err);
}

static void assert_whole(struct world *w, int64_t records)
{
	struct chain_head walked, told;

	g_assert_cmpstr(wrong(w, &walked), ==, NULL);
	must_read(w, get_head, &told);
	g_assert_cmpint(walked.id, ==, records);
	g_assert_cmpint(told.id, ==, records);
	g_assert_cmpint(told.written, ==, records);
	g_assert_cmpmem(walked.hash, SHA256_SIZE, told.hash, SHA256_SIZE);
}

static void add_records(struct world *w, int n)
{
	struct item i = new_item("clinic|" JANE);
	struct journal_record r;

	i.caller = JANE;
	r = record(add_item(w, i), "caller " JANE);
	for (int k = 0; k < n; k++)
		must(w, add_journal, &r);
}

static bool add_and_refuse(struct store_tx *tx, void *user, GError **err)
{
	return tx_journal_add(tx, user, err) && err_set(err, ERR_USAGE, "no");
}

static void test_chain(struct world *w)
{
	struct journal_record r = record(0, NULL);

	assert_whole(w, 0);
	add_records(w, 5);
	assert_whole(w, 5);
	g_assert_cmpint(store_run(w->s, add_and_refuse, &r, NULL), ==, STORE_REFUSED);
	assert_whole(w, 5);
	must(w, add_journal, &r);
	assert_whole(w, 6);
}

static bool add_two_and_refuse_one(struct store_tx *tx, void *user, GError **err)
{
	return tx_journal_add(tx, user, err) && tx_journal_add(tx, user, err);
}

static void test_chain_many(struct world *w)
{
	struct journal_record r = record(0, "x");

	for (int k = 0; k < 300; k++)	/* more than there are salts in one go */
		must(w, add_two_and_refuse_one, &r);
	assert_whole(w, 600);
}

static bool count_item(const struct item *i, void *user)
{
	struct walk *w = user;

	w->items = w->items * 10 + i->id;
	return i->id != 4;
}

static bool walk_items(struct store_tx *tx, void *user, GError **err)
{
	struct walk *w = user;

	return tx_items_walk(tx, w->last, w->limit, count_item, w, &w->last, err);
}

static void test_items_walk(struct world *w)
{
	struct walk k = { .limit = 2 };

	must_read(w, walk_items, &k);
	g_assert_cmpint(k.last, ==, 0);
	for (int n = 0; n < 5; n++)
		add_item(w, new_item("k"));
	must_read(w, walk_items, &k);
	g_assert_cmpint(k.last, ==, 2);
	must_read(w, walk_items, &k);
	g_assert_cmpint(k.last, ==, 4);
	must_read(w, walk_items, &k);
	must_read(w, walk_items, &k);
	g_assert_cmpint(k.last, ==, 0);
	g_assert_cmpint(k.items, ==, 12345);
}

/* ---- forgetting ---- */

static bool forget_item(struct store_tx *tx, void *user, GError **err)
{
	return tx_item_forget(tx, *(int64_t *)user, err);
}

static bool forget_record(struct store_tx *tx, void *user, GError **err)
{
	return tx_journal_forget(tx, *(int64_t *)user, err);
}

static bool get_journal(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_journal(tx, g->id, g->a, (struct journal_record ***)&g->found, &g->n, err);
}

static bool add_notice(struct store_tx *tx, void *user, GError **err)
{
	return tx_notice_insert(tx, user, err);
}

static bool get_notices(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_notices(tx, g->id, 9, g->a, (struct notice **)&g->found, &g->n, err);
}

static void test_forget_item(struct world *w)
{
	struct notice n = { .item = 1, .key = JANE, .rcpts = "a@example.com", .message_id = "<" JANE "@example.com>" };
	struct get g = { .a = w->a, .id = 1 };
	struct journal_record **list;
	int64_t item = 1;
	struct item *i;

	add_records(w, 3);
	must(w, add_notice, &n);
	must(w, forget_item, &item);
	i = item_of(w, 1);
	g_assert_cmpstr(i->key, ==, "forgotten|1");
	g_assert_null(i->caller);
	g_assert_null(i->caller_raw);
	g_assert_null(i->caller_name);
	g_assert_null(i->transcript);
	g_assert_null(i->call_id);
	g_assert_nonnull(i->owner);
	must_read(w, get_journal, &g);
	list = g.found;
	g_assert_cmpint(g.n, ==, 3);
	g_assert_null(list[2]->why);
	g_assert_cmpstr(list[2]->what, ==, "created");
	must_read(w, get_notices, &g);
	g_assert_cmpstr(((struct notice *)g.found)->key, ==, "forgotten|1");
	g_assert_null(((struct notice *)g.found)->message_id);
	assert_whole(w, 3);
	must(w, forget_item, &item);	/* once more changes nothing */
	assert_whole(w, 3);
	add_records(w, 1);
	assert_whole(w, 4);
}

static void test_forget_record(struct world *w)
{
	int64_t id = 2;
	struct journal_record none = record(0, NULL);

	add_records(w, 3);
	must(w, forget_record, &id);
	assert_whole(w, 3);
	must(w, add_journal, &none);
	id = 4;
	must(w, forget_record, &id);	/* it says nothing: nothing to forget */
	id = 99;
	must(w, forget_record, &id);
	assert_whole(w, 4);
}

static bool add_job(struct store_tx *tx, void *user, GError **err)
{
	return tx_job_insert(tx, user, err);
}

static bool get_job(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_job(tx, g->id, g->a, (struct job **)&g->found, err);
}

static bool forget_jobs(struct store_tx *tx, void *user, GError **err)
{
	struct walk *w = user;

	return tx_jobs_forget(tx, JANE, w->last, 2, &w->last, err);
}

static void test_forget_jobs(struct world *w)
{
	static const struct { enum job_state state; const char *text; bool forgotten; } rows[] = {
		{ JOB_SENT, "17 " JANE, true }, { JOB_SENT, "18 +442079460124", false }, { JOB_WAITING, JANE, false },
		{ JOB_SENDING, JANE, false }, { JOB_EXPIRED, "x" JANE "x", true },
	};
	struct walk k = { 0 };

	for (guint n = 0; n < G_N_ELEMENTS(rows); n++) {
		struct job j = new_job(0, JOB_TEXT, TOPIC_ANSWER, 1);

		j.state = rows[n].state;
		j.text = rows[n].text;
		must(w, add_job, &j);
	}
	for (int n = 0; n < 3; n++)
		must(w, forget_jobs, &k);
	g_assert_cmpint(k.last, ==, 5);
	must(w, forget_jobs, &k);
	g_assert_cmpint(k.last, ==, 0);
	for (guint n = 0; n < G_N_ELEMENTS(rows); n++) {
		struct get g = { .a = w->a, .id = n + 1 };

		must_read(w, get_job, &g);
		g_assert_cmpstr(((struct job *)g.found)->text, ==, rows[n].forgotten ? NULL : rows[n].text);
	}
}

/* ---- in the file: what SQL can do to it without the triggers ---- */

#define NO_TRIGGERS "DROP TRIGGER journal_update; DROP TRIGGER journal_delete; "

struct spoil_row {
	const char *name, *sql;
	int64_t right;		/* records that are still what they were */
	bool cut;		/* nothing is wrong but the end, which is missing */
};

static const struct spoil_row spoil_rows[] = {
	{ "why", "UPDATE journal SET why = 'another' WHERE id = 3", 2, false },
	{ "why-away", "UPDATE journal SET why = NULL WHERE id = 3", 2, false },
	{ "who", "UPDATE journal SET who = 'bob' WHERE id = 1", 0, false },
	{ "what", "UPDATE journal SET what = 'closed' WHERE id = 6", 5, false },
	{ "how", "UPDATE journal SET how = 'mai' WHERE id = 2", 1, false },
	{ "moved-letter", "UPDATE journal SET who = 'p', what = 'bxcreated' WHERE id = 2", 1, false },
	{ "at", "UPDATE journal SET at = at + 1 WHERE id = 4", 3, false },
	{ "item", "UPDATE journal SET item = 2 WHERE id = 4", 3, false },
	{ "item-away", "UPDATE journal SET item = NULL WHERE id = 4", 3, false },
	{ "salt", "UPDATE journal SET link = zeroblob(16) || substr(link, 17) WHERE id = 4", 3, false },
	{ "hash", "UPDATE journal SET link = substr(link, 1, 16) || zeroblob(32) WHERE id = 4", 3, false },
	{ "link-short", "UPDATE journal SET link = x'00' WHERE id = 4", 3, false },
	{ "link-long", "UPDATE journal SET link = zeroblob(4000000) WHERE id = 4", 3, false },
	{ "forgotten-but-there", "UPDATE journal SET link = zeroblob(32) || substr(link, 17) WHERE id = 4", 3, false },
	{ "forgotten-by-hand", "UPDATE journal SET why = NULL, link = zeroblob(32) || substr(link, 17) WHERE id = 4", 3, false },
	{ "deleted-first", "DELETE FROM journal WHERE id = 1", 0, false },
	{ "deleted", "DELETE FROM journal WHERE id = 4", 3, false },
	{ "deleted-and-closed-up", "DELETE FROM journal WHERE id = 4; UPDATE journal SET id = id - 1 WHERE id > 4", 3, false },
	{ "deleted-last", "DELETE FROM journal WHERE id = 6", 5, true },
	{ "deleted-all", "DELETE FROM journal", 0, true },
	{ "swapped", "UPDATE journal SET id = 99 WHERE id = 3; UPDATE journal SET id = 3 WHERE id = 4;"
		     "UPDATE journal SET id = 4 WHERE id = 99", 2, false },
	{ "appended", "INSERT INTO journal VALUES (7, 1, 1, 'bob', 'closed', 'text', 'called_back', zeroblob(48))", 6, false },
	{ "copied", "INSERT INTO journal SELECT 7, item, at, who, what, how, why, link FROM journal WHERE id = 6", 6, false },
};

static void test_spoil(struct world *w, const struct spoil_row *row)
{
	struct chain_head walked, told;
	const char *why;

	add_records(w, 6);
	add_item(w, new_item("k"));
	raw_sql(w, NO_TRIGGERS, NULL);
	raw_sql(w, row->sql, NULL);
	why = wrong(w, &walked);
	must_read(w, get_head, &told);
	g_test_message("%s: %s", row->name, why ? why : "whole");
	g_assert_cmpint(walked.id, ==, row->right);
	g_assert_true(row->cut == !why);
	if (row->cut)
		g_assert_cmpint(told.written, >, told.id);
}

static void run_spoil(gconstpointer data)
{
	struct world w;

	world_open(&w, "sqlite");
	test_spoil(&w, data);
	world_close(&w);
}

/* The triggers let only forgetting through. */
static void test_triggers(struct world *w)
{
	add_records(w, 2);
	raw_sql(w, "UPDATE journal SET why = NULL", "the journal is append-only");
	raw_sql(w, "UPDATE journal SET why = NULL, link = zeroblob(64)", "the journal is append-only");
	raw_sql(w, "UPDATE journal SET id = 3, why = NULL, link = zeroblob(32) || substr(link, 17) WHERE id = 1",
		"the journal is append-only");
	assert_whole(w, 2);
}

/* A journal of the schema before the chain. */
static void test_older(struct world *w)
{
	add_records(w, 4);
	store_free(w->s);
	raw_sql(w, NO_TRIGGERS "DROP INDEX journal_item; ALTER TABLE journal RENAME TO x;"
		   "CREATE TABLE journal (id INTEGER PRIMARY KEY, item INTEGER REFERENCES items (id), at INTEGER NOT NULL,"
		   " who TEXT NOT NULL, what TEXT NOT NULL, how TEXT NOT NULL, why TEXT);"
		   "INSERT INTO journal SELECT id, item, at, who, what, how, why FROM x; DROP TABLE x;" NO_MARKS NO_WATCHES
		   "ALTER TABLE items DROP COLUMN rule; ALTER TABLE items DROP COLUMN urgency; DROP TABLE turns;"
		   "PRAGMA user_version = " CHAIN_VERSION, NULL);
	w->s = file_store(w);
	assert_whole(w, 4);
	add_records(w, 1);
	assert_whole(w, 5);
	raw_sql(w, "DELETE FROM journal", "the journal is append-only");
}

/* Two processes write in turn. */
static void test_two_writers(struct world *w)
{
	struct store *other = file_store(w), *own = w->s;

	for (int k = 0; k < 3; k++) {
		add_records(w, 1);
		w->s = other;
		add_records(w, 2);
		w->s = own;
	}
	store_free(other);
	assert_whole(w, 9);
}

void add_journal_cases(const char *driver)
{
	static const struct test_row rows[] = {
		{ "chain", test_chain }, { "chain/many", test_chain_many }, { "items-walk", test_items_walk },
		{ "forget/item", test_forget_item }, { "forget/record", test_forget_record },
		{ "forget/jobs", test_forget_jobs },
	};
	static const struct test_row file_rows[] = {
		{ "chain/triggers", test_triggers }, { "chain/older", test_older }, { "chain/two-writers", test_two_writers },
	};

	for (guint k = 0; k < G_N_ELEMENTS(rows); k++)
		add_case(driver, &rows[k]);
	if (strcmp(driver, "sqlite") != 0)
		return;
	for (guint k = 0; k < G_N_ELEMENTS(file_rows); k++)
		add_case(driver, &file_rows[k]);
	for (guint k = 0; k < G_N_ELEMENTS(spoil_rows); k++) {
		g_autofree char *path = g_strdup_printf("/store/sqlite/spoilt/%s", spoil_rows[k].name);

		g_test_add_data_func(path, &spoil_rows[k], run_spoil);
	}
}
