/* Marks, and lines that are muted, in the SQLite file. */
#include "store_sqlite.h"

bool sqlite_mark(struct store_tx *tx, const char *name, struct mark *m_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_MARK, err);
	int result;

	if (!s)
		return false;
	bind_text(s, 1, name);
	result = sqlite3_step(s);
	if (result == SQLITE_ROW)
		*m_r = (struct mark){ sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1) };
	result = result == SQLITE_ROW || result == SQLITE_DONE || tx_error(tx, STATEMENT_MARK, err);
	sqlite3_reset(s);
	return result;
}

bool sqlite_mark_set(struct store_tx *tx, const char *name, const struct mark *m, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_MARK_SET, err);

	if (!s)
		return false;
	bind_text(s, 1, name);
	sqlite3_bind_int64(s, 2, m->n);
	sqlite3_bind_int64(s, 3, m->at);
	return tx_change(tx, STATEMENT_MARK_SET, s, err);
}

bool sqlite_mute_set(struct store_tx *tx, const struct mute *m, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_MUTE_SET, err);

	if (!s)
		return false;
	bind_text(s, 1, m->line);
	sqlite3_bind_int64(s, 2, m->from);
	sqlite3_bind_int64(s, 3, m->to);
	bind_text(s, 4, m->reason);
	bind_text(s, 5, m->by);
	return tx_change(tx, STATEMENT_MUTE_SET, s, err);
}

bool sqlite_mute_remove(struct store_tx *tx, const char *line, bool *found_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_MUTE_REMOVE, err);

	if (!s)
		return false;
	bind_text(s, 1, line);
	if (!tx_change(tx, STATEMENT_MUTE_REMOVE, s, err))
		return false;
	*found_r = sqlite3_changes(((struct sqlite_tx *)tx)->db->handle) == 1;
	return true;
}

bool sqlite_mutes(struct store_tx *tx, int64_t since, struct arena *a, struct mute **mutes_r, gsize *n_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_MUTES, err);
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(struct mute));
	int result;

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, since);
	while ((result = sqlite3_step(s)) == SQLITE_ROW) {
		const struct mute m = {
			.line = arena_strdup(a, (const char *)sqlite3_column_text(s, 0)),
			.from = sqlite3_column_int64(s, 1), .to = sqlite3_column_int64(s, 2),
			.reason = arena_strdup(a, (const char *)sqlite3_column_text(s, 3)),
			.by = arena_strdup(a, (const char *)sqlite3_column_text(s, 4)),
		};

		g_array_append_val(all, m);
	}
	result = result == SQLITE_DONE || tx_error(tx, STATEMENT_MUTES, err);
	sqlite3_reset(s);
	*mutes_r = arena_memdup(a, all->data, all->len * sizeof(struct mute));
	*n_r = all->len;
	return result;
}
