/* The store in a file: groups, crashes, damage, other writers; and how fast it is (-m perf). */
#include "test_store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"

static void test_again(struct world *w)
{
	struct stat st;

	g_assert_cmpint(stat(w->file, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0640);
	add_item(w, new_item("k"));
	store_free(w->s);
	w->s = file_store(w);
	g_assert_cmpint(counts_of(w).items, ==, 1);
	g_assert_cmpint(add_item(w, new_item("k")), ==, 2);
}

void raw_sql(struct world *w, const char *sql, const char *error)
{
	sqlite3 *db;
	char *message = NULL;

	g_assert_cmpint(sqlite3_open(w->file, &db), ==, SQLITE_OK);
	sqlite3_busy_timeout(db, 2000);
	sqlite3_exec(db, sql, NULL, NULL, &message);
	g_assert_cmpstr(message, ==, error);
	sqlite3_free(message);
	sqlite3_close(db);
}

static void test_journal_append_only(struct world *w)
{
	struct journal_record r = { .at = 9, .who = "smsc", .what = "ignored", .how = "text" };

	must(w, add_journal, &r);
	raw_sql(w, "UPDATE journal SET who = 'x'", "the journal is append-only");
	raw_sql(w, "DELETE FROM journal", "the journal is append-only");
	g_assert_cmpint(counts_of(w).journal, ==, 1);
}

/* An id is never used twice, not even when an item was removed by hand. */
static void test_ids_not_reused(struct world *w)
{
	add_item(w, new_item("k"));
	add_item(w, new_item("k"));
	raw_sql(w, "DELETE FROM items", NULL);
	g_assert_cmpint(add_item(w, new_item("k")), ==, 3);
}

/* ---- files that are not ours, or not there ---- */

static void assert_refused_untouched(struct world *w, const char *message)
{
	g_autofree char *before = NULL, *after = NULL;
	gsize n_before, n_after;
	g_autoptr(GError) err = NULL;

	g_assert_true(g_file_get_contents(w->file, &before, &n_before, NULL));
	g_assert_null(store_sqlite_open(w->file, &err));
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	g_assert_nonnull(strstr(err->message, message));
	g_assert_nonnull(strstr(err->message, w->file));
	g_assert_true(g_file_get_contents(w->file, &after, &n_after, NULL));
	g_assert_cmpmem(before, n_before, after, n_after);
}

static bool see_drift(struct store_tx *tx, void *user, GError **err)
{
	(void)user;
	return tx_drift_add(tx, "pbx", "p", "time", 1000, err);
}

static bool get_drift(struct store_tx *tx, void *user, GError **err)
{
	struct get *g = user;

	return tx_drift(tx, 0, g->a, (struct drift **)&g->found, &g->n, err);
}

static void test_newer(struct world *w)
{
	store_free(w->s);
	w->s = NULL;
	raw_sql(w, "PRAGMA user_version = 99", NULL);
	assert_refused_untouched(w, "newer ringback");
}

#define NO_OVERRIDES "DROP TABLE overrides; ALTER TABLE items DROP COLUMN told; "
#define NO_RULES NO_MARKS NO_WATCHES "ALTER TABLE items DROP COLUMN rule; ALTER TABLE items DROP COLUMN urgency; DROP TABLE turns; "
#define NO_WAKE NO_RULES "ALTER TABLE items DROP COLUMN attempts; ALTER TABLE items DROP COLUMN wake; "
#define NO_DRIFT NO_WAKE "DROP TABLE drift; ALTER TABLE items DROP COLUMN source; "

/* As an older ringback left the file: with an item, but without what came later. */
static void test_older(struct world *w, const char *back)
{
	struct item new = new_item("k2");
	struct drift *drift = NULL;
	struct get g = { .a = w->a };

	add_item(w, new_item("k"));
	store_free(w->s);
	raw_sql(w, back, NULL);
	w->s = file_store(w);
	g_assert_cmpstr(item_of(w, 1)->key, ==, "k");
	g_assert_null(item_of(w, 1)->source);
	new.source = "pbx";
	g_assert_cmpstr(item_of(w, add_item(w, new))->source, ==, "pbx");
	must(w, see_drift, NULL);
	must_read(w, get_drift, &g);
	drift = g.found;
	g_assert_cmpuint(g.n, ==, 1);
	g_assert_cmpstr(drift->field, ==, "time");
	g_assert_null(item_of(w, 1)->rule);
	g_assert_cmpint(item_of(w, 1)->urgency, ==, URGENCY_NORMAL);
	raw_sql(w, "SELECT told FROM items; SELECT * FROM overrides; SELECT sent, bundle FROM outbox; SELECT * FROM watches",
		NULL);
	raw_sql(w, "INSERT INTO stops VALUES ('+447700900001', 1)", NULL);
}

static void test_version_1(struct world *w)
{
	test_older(w, "DROP TABLE stops; " NO_OVERRIDES NO_DRIFT "PRAGMA user_version = 1");
}

static void test_version_2(struct world *w)
{
	test_older(w, NO_OVERRIDES NO_DRIFT "PRAGMA user_version = 2");
}

static void test_version_3(struct world *w)
{
	test_older(w, NO_DRIFT "PRAGMA user_version = 3");
}

static void test_version_4(struct world *w)
{
	test_older(w, NO_WAKE "PRAGMA user_version = 4");
}

static void test_version_5(struct world *w)
{
	test_older(w, NO_RULES "PRAGMA user_version = 5");
}

static void test_version_6(struct world *w)
{
	test_older(w, NO_RULES "PRAGMA user_version = 6");
}

static void test_version_7(struct world *w)
{
	add_item(w, new_item("k"));
	store_free(w->s);
	raw_sql(w, NO_MARKS NO_WATCHES "PRAGMA user_version = 7", NULL);
	w->s = file_store(w);
	g_assert_cmpstr(item_of(w, 1)->rule, ==, new_item("k").rule);
	raw_sql(w, "SELECT sent, bundle FROM outbox; SELECT * FROM watches", NULL);
}

static void test_version_8(struct world *w)
{
	add_item(w, new_item("k"));
	store_free(w->s);
	raw_sql(w, NO_MARKS "PRAGMA user_version = 8", NULL);
	w->s = file_store(w);
	g_assert_cmpint(item_of(w, 1)->opened, ==, item_of(w, 1)->created);
	raw_sql(w, "SELECT * FROM marks; SELECT * FROM mutes", NULL);
}

static void test_foreign(struct world *w)
{
	static const char letter[] = "This is a letter, and long enough to be taken for a database. "
				     "This is a letter, and long enough to be taken for a database.";

	store_free(w->s);
	w->s = NULL;
	g_unlink(w->file);
	raw_sql(w, "CREATE TABLE x (y)", NULL);
	assert_refused_untouched(w, "another program");
	g_assert_true(g_file_set_contents(w->file, letter, -1, NULL));
	assert_refused_untouched(w, "no SQLite database");
}

static void test_nowhere(struct world *w)
{
	g_autofree char *path = g_build_filename(w->dir, "missing", "store", NULL);
	g_autoptr(GError) err = NULL;

	g_assert_null(store_sqlite_open(path, &err));
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	g_assert_nonnull(strstr(err->message, "No such file"));
	g_clear_error(&err);
	g_assert_null(store_sqlite_open(w->dir, &err));
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
}

/* The file goes away under us: an error, no empty new one; it comes back: all is well. */
static void test_moved(struct world *w)
{
	g_autofree char *moved = g_strconcat(w->file, "-moved", NULL);
	struct item i = new_item("k");
	struct store_counts c;
	g_autoptr(GError) err = NULL;

	add_item(w, i);
	raw_sql(w, "PRAGMA wal_checkpoint(TRUNCATE)", NULL);	/* the log is known by the old name */
	g_assert_cmpint(g_rename(w->file, moved), ==, 0);
	g_assert_cmpint(store_run(w->s, insert_item, &i, &err), ==, STORE_FAILED);
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	g_assert_cmpint(store_read(w->s, get_counts, &c, NULL), ==, STORE_FAILED);
	g_assert_false(g_file_test(w->file, G_FILE_TEST_EXISTS));
	g_assert_cmpint(g_rename(moved, w->file), ==, 0);
	g_assert_cmpint(add_item(w, new_item("k")), ==, 2);
	g_assert_cmpint(counts_of(w).items, ==, 2);
}

/* ---- damage ---- */

static void overwrite(struct world *w, const char *octets, gsize n)
{
	int fd = open(w->file, O_WRONLY | O_CLOEXEC);

	g_assert_cmpint(pwrite(fd, octets, n, 0), ==, (gssize)n);
	close(fd);
}

/* Octets in the file are overwritten: errors, never a crash; and all is well once it is repaired. */
static void test_damaged(struct world *w)
{
	g_autofree char *good = NULL, *bad = NULL;
	gsize n;
	struct store_counts c;
	struct item i = new_item("k");

	for (int k = 0; k < 200; k++)
		add_item(w, i);
	store_free(w->s);
	g_assert_true(g_file_get_contents(w->file, &good, &n, NULL));
	w->s = file_store(w);
	bad = g_memdup2(good, n);
	memset(bad + 4096, 0xa5, n - 4096);
	overwrite(w, bad, n);
	g_assert_cmpint(store_run(w->s, insert_item, &i, NULL), ==, STORE_FAILED);
	g_assert_cmpint(store_read(w->s, get_counts, &c, NULL), ==, STORE_FAILED);
	overwrite(w, good, n);
	g_assert_cmpint(add_item(w, new_item("k")), ==, 201);
	g_assert_cmpint(counts_of(w).items, ==, 201);
}

static void test_damaged_value(struct world *w)
{
	struct get g = { .a = w->a, .id = add_item(w, new_item("k")) };
	g_autoptr(GError) err = NULL;

	raw_sql(w, "UPDATE items SET state = 77", NULL);
	g_assert_cmpint(store_read(w->s, get_item, &g, &err), ==, STORE_FAILED);
	g_assert_nonnull(strstr(err->message, "damaged"));
}

/* A file may not grow: as a full disk. What fails is undone alone, and later it works again. */
static void test_full(struct world *w)
{
	g_autofree char *big = g_strnfill(1 << 20, 'x');
	struct item i = new_item("k");
	struct rlimit old, tight;
	g_autoptr(GError) err = NULL;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);

	i.transcript = big;
	getrlimit(RLIMIT_FSIZE, &old);
	tight = (struct rlimit){ 300 * 1024, old.rlim_max };
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &tight), ==, 0);
	g_assert_cmpint(store_run(w->s, insert_item, &i, &err), ==, STORE_FAILED);
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	i.transcript = NULL;
	g_assert_cmpint(add_item(w, i), ==, 1);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &old), ==, 0);
	signal(SIGXFSZ, handler);
	i.transcript = big;
	g_assert_cmpint(add_item(w, i), ==, 2);
	g_assert_cmpint(counts_of(w).items, ==, 2);
}

/* ---- other writers and readers ---- */

/* Somebody else writes for long: reading goes on, writing fails after the busy time-out, and works again. */
static void test_locked(struct world *w)
{
	struct item i = new_item("k");
	g_autoptr(GError) err = NULL;
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(w->file, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
	g_assert_cmpint(counts_of(w).items, ==, 0);
	g_assert_cmpint(store_run(w->s, insert_item, &i, &err), ==, STORE_FAILED);
	g_assert_error(err, ERR_DOMAIN, ERR_STORE);
	g_assert_nonnull(strstr(err->message, "begin: database is locked"));
	sqlite3_close(db);
	g_assert_cmpint(add_item(w, i), ==, 1);
}

static void test_two_stores(struct world *w)
{
	struct store *mine = w->s, *other = file_store(w);

	g_assert_cmpint(add_item(w, new_item("k")), ==, 1);
	w->s = other;
	g_assert_cmpint(counts_of(w).items, ==, 1);
	g_assert_cmpint(add_item(w, new_item("k")), ==, 2);
	w->s = mine;
	g_assert_cmpint(counts_of(w).items, ==, 2);
	store_free(other);
}

/* A reader that sits in its think holds nobody up, and sees one state of things. */
static bool read_while_others_write(struct store_tx *tx, void *user, GError **err)
{
	struct store_counts before, after;

	if (!tx_counts(tx, &before, err))
		return false;
	add_item(user, new_item("k"));
	return tx_counts(tx, &after, err) && before.items == after.items;
}

static void test_snapshot(struct world *w)
{
	must_read(w, read_while_others_write, w);
	g_assert_cmpint(counts_of(w).items, ==, 1);
}

/* ---- a group: each member fares for itself ---- */

struct gate {
	GMutex lock;
	GCond cond;
	bool inside, open;
};

static bool wait_at_gate(struct store_tx *tx, void *user, GError **err)
{
	struct gate *g = user;
	struct item i = new_item("gate");

	g_mutex_lock(&g->lock);
	g->inside = true;
	g_cond_broadcast(&g->cond);
	while (!g->open)
		g_cond_wait(&g->cond, &g->lock);
	g_mutex_unlock(&g->lock);
	return tx_item_insert(tx, &i, err);
}

struct member {
	struct world *w;
	store_think think;
	void *user;
	enum store_outcome expected, outcome;
	GThread *thread;
};

static gpointer member_main(gpointer user)
{
	struct member *m = user;
	g_autoptr(GError) err = NULL;

	m->outcome = store_run(m->w->s, m->think, m->user, &err);
	g_assert_true((m->outcome == STORE_DONE) == (err == NULL));
	return NULL;
}

static void test_group(struct world *w)
{
	struct gate gate = { .inside = false };
	struct item good = new_item("good"), unknown = new_item("unknown");
	struct member members[] = {
		{ w, wait_at_gate, &gate, STORE_DONE, 0, NULL }, { w, insert_item, &good, STORE_DONE, 0, NULL },
		{ w, update_item, &unknown, STORE_FAILED, 0, NULL }, { w, refuse, NULL, STORE_REFUSED, 0, NULL },
		{ w, change_and_refuse, NULL, STORE_REFUSED, 0, NULL },
	};

	unknown.id = 999;
	for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
		members[i].thread = g_thread_new("member", member_main, &members[i]);
		g_mutex_lock(&gate.lock);
		while (!gate.inside)
			g_cond_wait(&gate.cond, &gate.lock);
		g_mutex_unlock(&gate.lock);
	}
	g_mutex_lock(&gate.lock);
	gate.open = true;
	g_cond_broadcast(&gate.cond);
	g_mutex_unlock(&gate.lock);
	for (guint i = 0; i < G_N_ELEMENTS(members); i++)
		g_thread_join(members[i].thread);
	for (guint i = 0; i < G_N_ELEMENTS(members); i++)
		g_assert_cmpint(members[i].outcome, ==, members[i].expected);
	g_assert_cmpint(counts_of(w).items, ==, 2);
	g_assert_cmpstr(item_of(w, good.id)->key, ==, "good");
}

/* ---- killed ---- */

struct child {
	struct store *s;
	int pipe;
};

static gpointer insert_forever(gpointer user)
{
	struct child *c = user;

	for (;;) {
		struct item i = new_item("k");

		if (store_run(c->s, insert_item, &i, NULL) == STORE_DONE &&
		    write(c->pipe, &i.id, sizeof(i.id)) != sizeof(i.id))
			_exit(1);
	}
	return NULL;
}

static pid_t start_child(struct world *w, int *read_end_r)
{
	int ends[2];
	pid_t pid;

	g_assert_cmpint(pipe(ends), ==, 0);
	pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		struct child c = { store_sqlite_open(w->file, NULL), ends[1] };

		close(ends[0]);
		for (int i = 0; i < 3; i++)
			g_thread_new("child", insert_forever, &c);
		insert_forever(&c);
	}
	close(ends[1]);
	*read_end_r = ends[0];
	return pid;
}

/* Everything that was answered before a kill -9 is there afterwards. */
static void test_killed(struct world *w)
{
	store_free(w->s);
	w->s = NULL;
	for (guint round = 0; round < 5; round++) {
		g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
		int fd;
		pid_t pid = start_child(w, &fd);
		int64_t id;

		while (ids->len < 50 + 37 * round && read(fd, &id, sizeof(id)) == sizeof(id))
			g_array_append_val(ids, id);
		kill(pid, SIGKILL);
		while (read(fd, &id, sizeof(id)) == sizeof(id))
			g_array_append_val(ids, id);
		waitpid(pid, NULL, 0);
		close(fd);
		g_assert_cmpint(ids->len, >=, 50);
		w->s = file_store(w);
		for (guint i = 0; i < ids->len; i++)
			g_assert_nonnull(item_of(w, g_array_index(ids, int64_t, i)));
		store_free(w->s);
		w->s = NULL;
	}
}

/* ---- speed ---- */

#define PERF_THREADS 10

struct runner {
	struct world *w;
	int id, n, todo;
	GThread *thread;
};

/* What a PBX mail costs: item, notice, two jobs, a journal record. */
static bool whole_notice(struct store_tx *tx, void *user, GError **err)
{
	struct runner *k = user;
	g_autofree char *seed = g_strdup_printf("%d-%d", k->id, k->n);
	g_autofree char *key = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
	struct item i = new_item(key);
	struct notice n = { .key = key, .rcpts = "anna@example.com,bob@example.com", .message_id = "<m@example.com>" };
	struct job text, timer;
	struct journal_record r = { .who = "pbx", .what = "created", .how = "mail", .why = "line=clinic(called 201)" };

	if (!tx_item_insert(tx, &i, err))
		return false;
	n.item = r.item = i.id;
	text = new_job(i.id, JOB_MAIL, TOPIC_NOTE, 100);
	timer = new_job(i.id, JOB_TIMER, TOPIC_WINDOW, 100);
	return tx_notice_insert(tx, &n, err) && tx_job_insert(tx, &text, err) && tx_job_insert(tx, &timer, err) &&
	       tx_journal_add(tx, &r, err);
}

static gpointer runner_main(gpointer user)
{
	struct runner *k = user;

	for (k->n = 0; k->n < k->todo; k->n++)
		must(k->w, whole_notice, k);
	return NULL;
}

static double rate(struct world *w, int n_threads, int n_each)
{
	struct runner runners[PERF_THREADS] = { 0 };
	gint64 start = g_get_monotonic_time();

	for (int i = 0; i < n_threads; i++) {
		runners[i] = (struct runner){ .w = w, .id = n_threads * 100 + i, .todo = n_each };
		runners[i].thread = g_thread_new("runner", runner_main, &runners[i]);
	}
	for (int i = 0; i < n_threads; i++)
		g_thread_join(runners[i].thread);
	return (double)n_threads * n_each * 1e6 / (double)(g_get_monotonic_time() - start);
}

static void test_perf(struct world *w)
{
	const char *each = g_getenv("RINGBACK_PERF_EACH");
	int n = each ? (int)g_ascii_strtoll(each, NULL, 10) : 3000;
	double one = rate(w, 1, n), ten = rate(w, PERF_THREADS, n);

	g_test_message("one after the other %.0f/s, from %d threads %.0f/s: %.1f times", one, PERF_THREADS, ten, ten / one);
	g_test_maximized_result(ten, "thinks/s");
}

void add_file_cases(void)
{
	static const struct test_row rows[] = {
		{ "again", test_again },
		{ "journal-append-only", test_journal_append_only },
		{ "ids-not-reused", test_ids_not_reused },
		{ "newer", test_newer },
	{ "version-1", test_version_1 },
	{ "version-2", test_version_2 },
		{ "version-3", test_version_3 }, { "version-4", test_version_4 }, { "version-5", test_version_5 },
		{ "version-6", test_version_6 }, { "version-7", test_version_7 }, { "version-8", test_version_8 },
		{ "foreign", test_foreign },
		{ "nowhere", test_nowhere },
		{ "moved", test_moved },
		{ "damaged", test_damaged },
		{ "damaged-value", test_damaged_value },
		{ "full", test_full },
		{ "locked", test_locked },
		{ "two-stores", test_two_stores },
		{ "snapshot", test_snapshot },
		{ "group", test_group },
		{ "killed", test_killed },
	};
	static const struct test_row perf = { "perf", test_perf };

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		add_case("sqlite", &rows[i]);
	if (g_test_perf())
		add_case("sqlite", &perf);
}
