/* What a think may do, as statements. */
#include "store_sqlite.h"

static struct sqlite_tx *tx_of(struct store_tx *tx)
{
	return (struct sqlite_tx *)tx;
}

sqlite3_stmt *tx_statement(struct store_tx *tx, enum statement which, GError **err)
{
	sqlite3_stmt *s = db_statement(tx_of(tx)->db, which, err);

	if (!s)
		tx_of(tx)->failed = true;
	return s;
}

bool tx_error(struct store_tx *tx, enum statement which, GError **err)
{
	tx_of(tx)->failed = true;
	return db_error(tx_of(tx)->db, which, err);
}

/* Runs what has no rows. */
bool tx_change(struct store_tx *tx, enum statement which, sqlite3_stmt *s, GError **err)
{
	bool ok = sqlite3_step(s) == SQLITE_DONE || tx_error(tx, which, err);

	sqlite3_reset(s);
	return ok;
}

/* All rows, at most limit, as pointers. */
static bool tx_rows(struct store_tx *tx, enum statement which, sqlite3_stmt *s, const struct row_type *type,
		    struct arena *a, GPtrArray *rows, GError **err)
{
	int result;

	while ((result = sqlite3_step(s)) == SQLITE_ROW) {
		void *row = read_row(s, type, a, err);

		if (!row) {
			tx_of(tx)->failed = true;
			sqlite3_reset(s);
			return false;
		}
		g_ptr_array_add(rows, row);
	}
	result = result == SQLITE_DONE || tx_error(tx, which, err);
	sqlite3_reset(s);
	return result;
}

/* The one row, or NULL. */
static bool tx_row(struct store_tx *tx, enum statement which, sqlite3_stmt *s, const struct row_type *type,
		   struct arena *a, void **row_r, GError **err)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();

	if (!tx_rows(tx, which, s, type, a, rows, err))
		return false;
	if (rows->len)
		*row_r = rows->pdata[0];
	return true;
}

static bool tx_list(struct store_tx *tx, enum statement which, sqlite3_stmt *s, const struct row_type *type,
		    struct arena *a, void *list_r, gsize *n_r, GError **err)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new();

	if (!tx_rows(tx, which, s, type, a, rows, err))
		return false;
	*(void **)list_r = arena_memdup(a, rows->pdata, rows->len * sizeof(void *));
	*n_r = rows->len;
	return true;
}

static bool tx_row_by_id(struct store_tx *tx, enum statement which, int64_t id, const struct row_type *type,
			 struct arena *a, void **row_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, which, err);

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, id);
	return tx_row(tx, which, s, type, a, row_r, err);
}

static bool tx_row_by_text(struct store_tx *tx, enum statement which, const char *text, int64_t since,
			   const struct row_type *type, struct arena *a, void **row_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, which, err);

	if (!s)
		return false;
	bind_text(s, 1, text);
	sqlite3_bind_int64(s, 2, since);
	return tx_row(tx, which, s, type, a, row_r, err);
}

static bool tx_insert(struct store_tx *tx, enum statement which, const struct row_type *type, const void *record,
		      int64_t *id_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, which, err);

	if (!s)
		return false;
	bind_row(s, type, record);
	if (!tx_change(tx, which, s, err))
		return false;
	*id_r = sqlite3_last_insert_rowid(tx_of(tx)->db->handle);
	return true;
}

static bool tx_update(struct store_tx *tx, enum statement which, sqlite3_stmt *s, const char *what, int64_t id,
		      GError **err)
{
	sqlite3_bind_int64(s, 1, id);
	if (!tx_change(tx, which, s, err))
		return false;
	if (sqlite3_changes(tx_of(tx)->db->handle) == 1)
		return true;
	tx_of(tx)->failed = true;
	return err_set(err, ERR_STORE, "store: no %s %" G_GINT64_FORMAT, what, id);
}

/* ---- items ---- */

static bool sqlite_item(struct store_tx *tx, int64_t id, struct arena *a, struct item **i_r, GError **err)
{
	return tx_row_by_id(tx, STATEMENT_ITEM, id, &item_row, a, (void **)i_r, err);
}

static bool sqlite_item_by_key(struct store_tx *tx, const char *key, int64_t closed_since, struct arena *a,
			       struct item **i_r, GError **err)
{
	return tx_row_by_text(tx, STATEMENT_ITEM_BY_KEY, key, MAX(closed_since, 0), &item_row, a, (void **)i_r, err);
}

static bool sqlite_item_by_call_id(struct store_tx *tx, const char *call_id, int64_t since, struct arena *a,
				   struct item **i_r, GError **err)
{
	return tx_row_by_text(tx, STATEMENT_ITEM_BY_CALL_ID, call_id, since, &item_row, a, (void **)i_r, err);
}

static int64_t item_until(const struct item *i)
{
	if (item_is_live(i))
		return INT64_MAX;
	return i->closed > 0 ? i->closed : -1;
}

static bool sqlite_item_insert(struct store_tx *tx, struct item *i, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_ITEM_INSERT, err);

	if (!s)
		return false;
	sqlite3_bind_int64(s, 40, item_until(i));
	return tx_insert(tx, STATEMENT_ITEM_INSERT, &item_row, i, &i->id, err);
}

static bool sqlite_item_update(struct store_tx *tx, const struct item *i, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_ITEM_UPDATE, err);

	if (!s)
		return false;
	bind_row(s, &item_row, i);
	sqlite3_bind_int64(s, 40, item_until(i));
	return tx_update(tx, STATEMENT_ITEM_UPDATE, s, "item", i->id, err);
}

static bool sqlite_items(struct store_tx *tx, const struct item_filter *f, struct arena *a, struct item ***items_r,
			 gsize *n_r, GError **err)
{
	enum statement which = f->live_only ? STATEMENT_ITEMS_LIVE : f->number ? STATEMENT_ITEMS_NUMBER : STATEMENT_ITEMS;
	sqlite3_stmt *s = tx_statement(tx, which, err);

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, f->before_id ? f->before_id : INT64_MAX);
	bind_text(s, 2, f->line);
	bind_text(s, 3, f->owner);
	sqlite3_bind_int64(s, 4, (int64_t)f->limit);
	if (which != STATEMENT_ITEMS)
		bind_text(s, 5, f->number);
	return tx_list(tx, which, s, &item_row, a, items_r, n_r, err);
}

/* ---- notices ---- */

static bool sqlite_notice_by_key(struct store_tx *tx, const char *key, int64_t since, struct arena *a,
				 struct notice **n_r, GError **err)
{
	return tx_row_by_text(tx, STATEMENT_NOTICE_BY_KEY, key, since, &notice_row, a, (void **)n_r, err);
}

static int64_t limit_of(gsize limit)
{
	return (int64_t)MIN(limit, G_MAXINT32);
}

static bool sqlite_notices(struct store_tx *tx, int64_t item, gsize limit, struct arena *a, struct notice **notices_r,
			   gsize *n_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_NOTICES, err);
	struct notice **rows = NULL;

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, item);
	sqlite3_bind_int64(s, 2, limit_of(limit));
	if (!tx_list(tx, STATEMENT_NOTICES, s, &notice_row, a, &rows, n_r, err))
		return false;
	*notices_r = ARENA_NEW_N(a, struct notice, *n_r);
	for (gsize i = 0; i < *n_r; i++)
		(*notices_r)[i] = *rows[i];
	return true;
}

static bool sqlite_notice_insert(struct store_tx *tx, struct notice *n, GError **err)
{
	return tx_insert(tx, STATEMENT_NOTICE_INSERT, &notice_row, n, &n->id, err);
}

/* ---- jobs ---- */

static bool sqlite_job(struct store_tx *tx, int64_t id, struct arena *a, struct job **j_r, GError **err)
{
	return tx_row_by_id(tx, STATEMENT_JOB, id, &job_row, a, (void **)j_r, err);
}

static bool sqlite_job_insert(struct store_tx *tx, struct job *j, GError **err)
{
	return tx_insert(tx, STATEMENT_JOB_INSERT, &job_row, j, &j->id, err);
}

static bool sqlite_job_update(struct store_tx *tx, const struct job *j, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOB_UPDATE, err);

	if (!s)
		return false;
	bind_row(s, &job_row, j);
	return tx_update(tx, STATEMENT_JOB_UPDATE, s, "job", j->id, err);
}

static bool sqlite_jobs_due(struct store_tx *tx, enum job_kind kind, int64_t now, gsize limit, struct arena *a,
			    struct job ***jobs_r, gsize *n_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOBS_DUE, err);

	if (!s)
		return false;
	sqlite3_bind_int(s, 1, (int)kind);
	sqlite3_bind_int64(s, 2, now);
	sqlite3_bind_int64(s, 3, limit_of(limit));
	return tx_list(tx, STATEMENT_JOBS_DUE, s, &job_row, a, jobs_r, n_r, err);
}

static bool sqlite_jobs_in_state(struct store_tx *tx, enum job_state state, enum job_kind kind, gsize limit,
				 struct arena *a, struct job ***jobs_r, gsize *n_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOBS_IN_STATE, err);

	if (!s)
		return false;
	sqlite3_bind_int(s, 1, (int)state);
	if (kind == N_JOB_KINDS)
		sqlite3_bind_null(s, 2);
	else
		sqlite3_bind_int(s, 2, (int)kind);
	sqlite3_bind_int64(s, 3, limit_of(limit));
	return tx_list(tx, STATEMENT_JOBS_IN_STATE, s, &job_row, a, jobs_r, n_r, err);
}

static bool sqlite_jobs_of_item(struct store_tx *tx, int64_t item, struct arena *a, struct job ***jobs_r, gsize *n_r,
				GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOBS_OF_ITEM, err);

	if (!s)
		return false;
	bind_ref(s, 1, item);
	return tx_list(tx, STATEMENT_JOBS_OF_ITEM, s, &job_row, a, jobs_r, n_r, err);
}

static bool sqlite_jobs_in_bundle(struct store_tx *tx, int64_t bundle, struct arena *a, struct job ***jobs_r, gsize *n_r,
				  GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOBS_IN_BUNDLE, err);

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, bundle);
	return tx_list(tx, STATEMENT_JOBS_IN_BUNDLE, s, &job_row, a, jobs_r, n_r, err);
}

static bool sqlite_job_by_provider_id(struct store_tx *tx, const char *provider, const char *provider_id,
				      struct arena *a, struct job **j_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOB_BY_PROVIDER_ID, err);

	if (!s)
		return false;
	bind_text(s, 1, provider);
	bind_text(s, 2, provider_id);
	return tx_row(tx, STATEMENT_JOB_BY_PROVIDER_ID, s, &job_row, a, (void **)j_r, err);
}

static bool sqlite_jobs_cancel(struct store_tx *tx, int64_t item, guint topics, int64_t now, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOBS_CANCEL, err);

	if (!s)
		return false;
	bind_ref(s, 1, item);
	sqlite3_bind_int64(s, 2, topics);
	sqlite3_bind_int64(s, 3, now);
	return tx_change(tx, STATEMENT_JOBS_CANCEL, s, err);
}

/* A single row of numbers. */
static bool tx_numbers(struct store_tx *tx, enum statement which, int64_t *numbers, int n, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, which, err);
	bool ok;

	if (!s)
		return false;
	ok = sqlite3_step(s) == SQLITE_ROW || tx_error(tx, which, err);
	for (int i = 0; ok && i < n; i++)
		numbers[i] = sqlite3_column_int64(s, i);
	sqlite3_reset(s);
	return ok;
}

static bool sqlite_next_due(struct store_tx *tx, enum job_kind kind, int64_t *due_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_NEXT_DUE, err);

	if (!s)
		return false;
	sqlite3_bind_int(s, 1, (int)kind);
	return tx_numbers(tx, STATEMENT_NEXT_DUE, due_r, 1, err);
}

/* ---- journal, codes, counts ---- */

static bool sqlite_journal(struct store_tx *tx, int64_t item, struct arena *a, struct journal_record ***records_r,
			   gsize *n_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_JOURNAL, err);

	if (!s)
		return false;
	bind_ref(s, 1, item);
	return tx_list(tx, STATEMENT_JOURNAL, s, &journal_row, a, records_r, n_r, err);
}

static bool sqlite_codes(struct store_tx *tx, const char *phone, int64_t now, int64_t rest_s, struct arena *a,
			 struct code **codes_r, gsize *n_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_CODES, err);
	g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(struct code));
	int result;

	if (!s)
		return false;
	bind_text(s, 1, phone);
	sqlite3_bind_int64(s, 2, MAX(now - rest_s, 0));
	while ((result = sqlite3_step(s)) == SQLITE_ROW) {
		struct code c = {
			arena_strdup(a, phone), sqlite3_column_int(s, 0), sqlite3_column_int64(s, 1),
			sqlite3_column_int64(s, 2)
		};

		g_array_append_val(codes, c);
	}
	result = result == SQLITE_DONE || tx_error(tx, STATEMENT_CODES, err);
	sqlite3_reset(s);
	*codes_r = arena_memdup(a, codes->data, codes->len * sizeof(struct code));
	*n_r = codes->len;
	return result;
}

static bool code_of_item(struct store_tx *tx, const char *phone, int64_t item, int *code_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_CODE_OF_ITEM, err);
	int result;

	if (!s)
		return false;
	bind_text(s, 1, phone);
	sqlite3_bind_int64(s, 2, item);
	result = sqlite3_step(s);
	if (result == SQLITE_ROW)
		*code_r = sqlite3_column_int(s, 0);
	result = result == SQLITE_ROW || result == SQLITE_DONE || tx_error(tx, STATEMENT_CODE_OF_ITEM, err);
	sqlite3_reset(s);
	return result;
}

static int lowest_free(const struct code *codes, gsize n)
{
	bool taken[CODE_END] = { false };
	int code = CODE_FIRST;

	for (gsize i = 0; i < n; i++)
		if (codes[i].code >= 0 && codes[i].code < CODE_END)
			taken[codes[i].code] = true;
	while (code < CODE_END && taken[code])
		code++;
	return code;
}

static bool sqlite_code_give(struct store_tx *tx, const char *phone, int64_t item, int64_t now, int64_t rest_s,
			     int *code_r, GError **err)
{
	AUTO_ARENA a = arena_new();
	struct code *codes = NULL;
	sqlite3_stmt *s;
	gsize n = 0;
	int code;

	if (!code_of_item(tx, phone, item, code_r, err))
		return false;
	if (*code_r)
		return true;
	if (!sqlite_codes(tx, phone, now, rest_s, a, &codes, &n, err))
		return false;
	code = lowest_free(codes, n);
	if (code == CODE_END)
		return err_set(err, ERR_LIMIT, "store: all codes of one phone are taken");
	s = tx_statement(tx, STATEMENT_CODE_INSERT, err);
	if (!s)
		return false;
	bind_text(s, 1, phone);
	sqlite3_bind_int(s, 2, code);
	sqlite3_bind_int64(s, 3, item);
	sqlite3_bind_int64(s, 4, now);
	if (!tx_change(tx, STATEMENT_CODE_INSERT, s, err))
		return false;
	*code_r = code;
	return true;
}

static bool sqlite_phone_stop(struct store_tx *tx, const char *phone, int64_t at, GError **err)
{
	const enum statement which = at ? STATEMENT_PHONE_STOP : STATEMENT_PHONE_START;
	sqlite3_stmt *s = tx_statement(tx, which, err);

	if (!s)
		return false;
	bind_text(s, 1, phone);
	if (at)
		sqlite3_bind_int64(s, 2, at);
	return tx_change(tx, which, s, err);
}

static bool sqlite_phones_stopped(struct store_tx *tx, struct arena *a, const char *const **phones_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_PHONES_STOPPED, err);
	g_autoptr(GPtrArray) phones = g_ptr_array_new();
	int result;

	if (!s)
		return false;
	while ((result = sqlite3_step(s)) == SQLITE_ROW)
		g_ptr_array_add(phones, arena_strdup(a, (const char *)sqlite3_column_text(s, 0)));
	result = result == SQLITE_DONE || tx_error(tx, STATEMENT_PHONES_STOPPED, err);
	sqlite3_reset(s);
	g_ptr_array_add(phones, NULL);
	*phones_r = arena_memdup(a, phones->pdata, phones->len * sizeof(char *));
	return result;
}

static bool sqlite_override_insert(struct store_tx *tx, struct override *o, GError **err)
{
	return tx_insert(tx, STATEMENT_OVERRIDE_INSERT, &override_row, o, &o->id, err);
}

static bool sqlite_override_remove(struct store_tx *tx, int64_t id, bool *found_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_OVERRIDE_REMOVE, err);

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, id);
	if (!tx_change(tx, STATEMENT_OVERRIDE_REMOVE, s, err))
		return false;
	*found_r = sqlite3_changes(tx_of(tx)->db->handle) == 1;
	return true;
}

static bool sqlite_overrides(struct store_tx *tx, int64_t since, struct arena *a, struct override **overrides_r,
			     gsize *n_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_OVERRIDES, err);
	struct override **rows = NULL;

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, since);
	if (!tx_list(tx, STATEMENT_OVERRIDES, s, &override_row, a, &rows, n_r, err))
		return false;
	*overrides_r = ARENA_NEW_N(a, struct override, *n_r + 1);
	for (gsize i = 0; i < *n_r; i++)
		(*overrides_r)[i] = *rows[i];
	return true;
}

static bool sqlite_counts(struct store_tx *tx, struct store_counts *c_r, GError **err)
{
	int64_t n[7] = { 0 };

	if (!tx_numbers(tx, STATEMENT_COUNTS, n, G_N_ELEMENTS(n), err))
		return false;
	*c_r = (struct store_counts){ n[0], n[1], n[2], n[3], n[4], n[5], n[6] };
	return true;
}

const struct store_ops sqlite_ops = {
	.run = sqlite_run,
	.read = sqlite_read,
	.free = sqlite_free,
	.item = sqlite_item,
	.item_by_key = sqlite_item_by_key,
	.item_by_call_id = sqlite_item_by_call_id,
	.item_insert = sqlite_item_insert,
	.item_update = sqlite_item_update,
	.items = sqlite_items,
	.notice_by_key = sqlite_notice_by_key,
	.notices = sqlite_notices,
	.notice_insert = sqlite_notice_insert,
	.job = sqlite_job,
	.job_insert = sqlite_job_insert,
	.job_update = sqlite_job_update,
	.jobs_due = sqlite_jobs_due,
	.jobs_in_state = sqlite_jobs_in_state,
	.jobs_of_item = sqlite_jobs_of_item,
	.job_by_provider_id = sqlite_job_by_provider_id,
	.jobs_cancel = sqlite_jobs_cancel,
	.next_due = sqlite_next_due,
	.journal_add = sqlite_journal_add,
	.journal = sqlite_journal,
	.items_walk = sqlite_items_walk,
	.journal_walk = sqlite_journal_walk,
	.journal_head = sqlite_journal_head,
	.item_forget = sqlite_item_forget,
	.journal_forget = sqlite_journal_forget,
	.jobs_forget = sqlite_jobs_forget,
	.code_give = sqlite_code_give,
	.codes = sqlite_codes,
	.phone_stop = sqlite_phone_stop,
	.phones_stopped = sqlite_phones_stopped,
	.override_insert = sqlite_override_insert,
	.override_remove = sqlite_override_remove,
	.overrides = sqlite_overrides,
	.texts_sent = sqlite_texts_sent,
	.jobs_in_bundle = sqlite_jobs_in_bundle,
	.watch_set = sqlite_watch_set,
	.watches = sqlite_watches,
	.mark = sqlite_mark,
	.mark_set = sqlite_mark_set,
	.mute_set = sqlite_mute_set,
	.mute_remove = sqlite_mute_remove,
	.mutes = sqlite_mutes,
	.turn_take = sqlite_turn_take,
	.turns = sqlite_turns,
	.drift_add = sqlite_drift_add,
	.drift = sqlite_drift,
	.counts = sqlite_counts,
};
