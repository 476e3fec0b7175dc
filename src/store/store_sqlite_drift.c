/* What profiles read and missed, in the SQLite file. */
#include "store_sqlite.h"

/* A row of a new day is a good time to forget the oldest. */
static bool drift_forget(struct store_tx *tx, int64_t at, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_DRIFT_FORGET, err);

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, at);
	sqlite3_bind_int64(s, 2, DRIFT_KEPT_DAYS);
	return tx_change(tx, STATEMENT_DRIFT_FORGET, s, err);
}

bool sqlite_drift_add(struct store_tx *tx, const char *source, const char *profile, const char *field, int64_t at,
		      GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_DRIFT_ADD, err);
	bool ok, first;

	if (!s)
		return false;
	bind_text(s, 1, source);
	bind_text(s, 2, profile);
	bind_text(s, 3, field);
	sqlite3_bind_int64(s, 4, at);
	ok = sqlite3_step(s) == SQLITE_ROW || tx_error(tx, STATEMENT_DRIFT_ADD, err);
	first = ok && sqlite3_column_int64(s, 0) == 1;
	sqlite3_reset(s);
	return ok && (!first || drift_forget(tx, at, err));
}

bool sqlite_drift(struct store_tx *tx, int64_t since, struct arena *a, struct drift **drift_r, gsize *n_r,
		  GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_DRIFT, err);
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(struct drift));
	int result;

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, since);
	while ((result = sqlite3_step(s)) == SQLITE_ROW) {
		const struct drift d = {
			.source = arena_strdup(a, (const char *)sqlite3_column_text(s, 0)),
			.profile = arena_strdup(a, (const char *)sqlite3_column_text(s, 1)),
			.field = arena_strdup(a, (const char *)sqlite3_column_text(s, 2)),
			.n = sqlite3_column_int64(s, 3), .first = sqlite3_column_int64(s, 4),
			.last = sqlite3_column_int64(s, 5),
		};

		g_array_append_val(all, d);
	}
	result = result == SQLITE_DONE || tx_error(tx, STATEMENT_DRIFT, err);
	sqlite3_reset(s);
	*drift_r = arena_memdup(a, all->data, all->len * sizeof(struct drift));
	*n_r = all->len;
	return result;
}
