/* The journal in the SQLite file: its chain, walks over all of it, and what is forgotten. */
#include "store_sqlite.h"

#include <string.h>

static struct db *db_of(struct store_tx *tx)
{
	return ((struct sqlite_tx *)tx)->db;
}

/* An id in that many octets is none of ours: what is wrong shows when the chain is checked. */
static struct chain_link link_of(sqlite3_stmt *s, int at)
{
	struct chain_link l = { .size = 0 };
	const void *octets = sqlite3_column_blob(s, at);
	const int size = sqlite3_column_bytes(s, at);

	if (!octets || size > CHAIN_FORGOTTEN)
		return l;
	l.size = (gsize)size;
	memcpy(l.octets, octets, l.size);
	return l;
}

/* ---- adding ---- */

static bool read_head(struct store_tx *tx, struct chain_head *h, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOURNAL_HEAD, err);
	struct chain_link l;
	int result;

	*h = (struct chain_head){ 0 };
	if (!s)
		return false;
	result = sqlite3_step(s);
	if (result == SQLITE_ROW) {
		h->id = h->written = sqlite3_column_int64(s, 0);
		l = link_of(s, 1);
		if (l.size >= SHA256_SIZE)
			memcpy(h->hash, l.octets + l.size - SHA256_SIZE, SHA256_SIZE);
	}
	result = result == SQLITE_ROW || result == SQLITE_DONE || tx_error(tx, STATEMENT_JOURNAL_HEAD, err);
	sqlite3_reset(s);
	return result;
}

static const uint8_t *salt(struct db *db)
{
	if (!db->salts_left) {
		random_octets(db->salts, sizeof(db->salts));
		db->salts_left = sizeof(db->salts) / CHAIN_SALT;
	}
	return db->salts + CHAIN_SALT * --db->salts_left;
}

bool sqlite_journal_add(struct store_tx *tx, const struct journal_record *j, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOURNAL_ADD, err);
	struct db *db = db_of(tx);
	struct chain_head head;
	struct chain_link l;

	if (!s || db->read_only || (!db->head_known && !read_head(tx, &db->head, err)))
		return s && db->read_only ? err_set(err, ERR_STORE, "store: write in a read") : false;
	head = db->head;
	l = chain_next(db->sha256, &head, j, salt(db));
	bind_row(s, &journal_row, j);
	sqlite3_bind_int64(s, 1, head.id);
	sqlite3_bind_blob(s, 40, l.octets, (int)l.size, SQLITE_STATIC);
	db->head_known = tx_change(tx, STATEMENT_JOURNAL_ADD, s, err);
	db->head = head;
	return db->head_known;
}

/* ---- walks ---- */

static bool damaged(struct store_tx *tx, const char *what, sqlite3_stmt *s, GError **err)
{
	((struct sqlite_tx *)tx)->failed = true;
	return err_set(err, ERR_STORE, "store: %s %" G_GINT64_FORMAT " is damaged", what,
		       (gint64)sqlite3_column_int64(s, 0));
}

static sqlite3_stmt *slice(struct store_tx *tx, enum statement which, int64_t after, gsize limit, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, which, err);

	if (s) {
		sqlite3_bind_int64(s, 1, after);
		sqlite3_bind_int64(s, 2, (int64_t)MIN(limit, G_MAXINT32));
	}
	return s;
}

bool sqlite_items_walk(struct store_tx *tx, int64_t after, gsize limit, item_visit visit, void *user, int64_t *last_r,
		       GError **err)
{
	sqlite3_stmt *s = slice(tx, STATEMENT_ITEMS_WALK, after, limit, err);
	bool ok = s != NULL, more = true;
	int result = SQLITE_DONE;

	while (ok && more && (result = sqlite3_step(s)) == SQLITE_ROW) {
		struct item i = { 0 };

		ok = borrow_row(s, &item_row, &i) || damaged(tx, "item", s, err);
		if (!ok)
			break;
		*last_r = i.id;
		more = visit(&i, user);
	}
	ok = ok && (!more || result == SQLITE_DONE || tx_error(tx, STATEMENT_ITEMS_WALK, err));
	sqlite3_reset(s);
	return ok;
}

bool sqlite_journal_walk(struct store_tx *tx, int64_t after, gsize limit, journal_visit visit, void *user,
			 int64_t *last_r, GError **err)
{
	sqlite3_stmt *s = slice(tx, STATEMENT_JOURNAL_WALK, after, limit, err);
	bool ok = s != NULL, more = true;
	int result = SQLITE_DONE;

	while (ok && more && (result = sqlite3_step(s)) == SQLITE_ROW) {
		struct journal_record j = { 0 };
		struct chain_link l = link_of(s, (int)journal_row.n_columns);

		ok = borrow_row(s, &journal_row, &j) || damaged(tx, "journal record", s, err);
		if (!ok)
			break;
		*last_r = j.id;
		more = visit(&j, &l, user);
	}
	ok = ok && (!more || result == SQLITE_DONE || tx_error(tx, STATEMENT_JOURNAL_WALK, err));
	sqlite3_reset(s);
	return ok;
}

bool sqlite_journal_head(struct store_tx *tx, struct chain_head *h_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOURNAL_WRITTEN, err);
	bool ok;

	if (!s || !read_head(tx, h_r, err))
		return false;
	ok = sqlite3_step(s) == SQLITE_ROW || tx_error(tx, STATEMENT_JOURNAL_WRITTEN, err);
	if (ok)
		h_r->written = MAX(h_r->id, sqlite3_column_int64(s, 0));
	sqlite3_reset(s);
	return ok;
}

/* ---- forgetting ---- */

static bool change_by_id(struct store_tx *tx, enum statement which, int64_t id, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, which, err);

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, id);
	return tx_change(tx, which, s, err);
}

struct forgotten {
	int64_t id;
	struct chain_link link;
};

/* All rows of the statement first: what is walked over should not be changed. */
static GArray *links_of(struct store_tx *tx, enum statement which, int64_t id, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, which, err);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct forgotten));
	int result = SQLITE_ERROR;

	if (!s)
		return NULL;
	sqlite3_bind_int64(s, 1, id);
	while ((result = sqlite3_step(s)) == SQLITE_ROW) {
		struct journal_record j = { 0 };
		struct chain_link l = link_of(s, (int)journal_row.n_columns);
		struct forgotten f;

		borrow_row(s, &journal_row, &j);
		f = (struct forgotten){ j.id, chain_forget(db_of(tx)->sha256, &j, &l) };
		if (l.size == CHAIN_LINK && j.why)
			g_array_append_val(all, f);
	}
	sqlite3_reset(s);
	if (result == SQLITE_DONE)
		return g_steal_pointer(&all);
	tx_error(tx, which, err);
	return NULL;
}

static bool forget_records(struct store_tx *tx, enum statement which, int64_t id, GError **err)
{
	g_autoptr(GArray) all = links_of(tx, which, id, err);

	for (guint k = 0; all && k < all->len; k++) {
		const struct forgotten *f = &g_array_index(all, struct forgotten, k);
		sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOURNAL_FORGET, err);

		if (!s)
			return false;
		sqlite3_bind_int64(s, 1, f->id);
		sqlite3_bind_blob(s, 2, f->link.octets, (int)f->link.size, SQLITE_STATIC);
		if (!tx_change(tx, STATEMENT_JOURNAL_FORGET, s, err))
			return false;
	}
	return all != NULL;
}

bool sqlite_journal_forget(struct store_tx *tx, int64_t record, GError **err)
{
	return forget_records(tx, STATEMENT_JOURNAL_LINK, record, err);
}

bool sqlite_item_forget(struct store_tx *tx, int64_t item, GError **err)
{
	return change_by_id(tx, STATEMENT_ITEM_FORGET, item, err) &&
	       change_by_id(tx, STATEMENT_NOTICES_FORGET, item, err) &&
	       change_by_id(tx, STATEMENT_TEXTS_FORGET, item, err) &&
	       forget_records(tx, STATEMENT_JOURNAL_OF_ITEM, item, err);
}

bool sqlite_jobs_forget(struct store_tx *tx, const char *words, int64_t after, gsize limit, int64_t *last_r,
			GError **err)
{
	sqlite3_stmt *s = slice(tx, STATEMENT_JOBS_SLICE, after, limit, err);
	bool ok;

	if (!s)
		return false;
	ok = sqlite3_step(s) == SQLITE_ROW || tx_error(tx, STATEMENT_JOBS_SLICE, err);
	*last_r = ok ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_reset(s);
	s = ok && *last_r ? tx_statement(tx, STATEMENT_JOBS_FORGET, err) : NULL;
	if (!s)
		return ok && !*last_r;
	sqlite3_bind_int64(s, 1, after);
	sqlite3_bind_int64(s, 2, *last_r);
	bind_text(s, 3, words);
	return tx_change(tx, STATEMENT_JOBS_FORGET, s, err);
}

/* ---- an older journal ---- */

struct linking {
	struct sha256 *sha256;
	struct chain_head head;
};

static void linking_free(void *user)
{
	struct linking *k = user;

	sha256_free(k->sha256);
	g_free(k);
}

/* journal_link(item, at, who, what, how, why): the link of the record that follows those it was called for before. */
static void link_in_sql(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct linking *k = sqlite3_user_data(c);
	const struct journal_record j = {
		.item = sqlite3_value_int64(v[0]), .at = sqlite3_value_int64(v[1]),
		.who = (const char *)sqlite3_value_text(v[2]), .what = (const char *)sqlite3_value_text(v[3]),
		.how = (const char *)sqlite3_value_text(v[4]), .why = (const char *)sqlite3_value_text(v[5])
	};
	uint8_t octets[CHAIN_SALT];
	struct chain_link l;

	(void)n;
	random_octets(octets, sizeof(octets));
	l = chain_next(k->sha256, &k->head, &j, octets);
	sqlite3_result_blob(c, l.octets, (int)l.size, SQLITE_TRANSIENT);
}

bool journal_function(sqlite3 *handle)
{
	struct linking *k = g_new0(struct linking, 1);

	k->sha256 = sha256_new();
	return sqlite3_create_function_v2(handle, "journal_link", 6, SQLITE_UTF8 | SQLITE_DIRECTONLY, k, link_in_sql, NULL,
					  NULL, linking_free) == SQLITE_OK;
}
