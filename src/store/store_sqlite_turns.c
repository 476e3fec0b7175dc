/* Whose turn was when, in the SQLite file. */
#include "store_sqlite.h"

bool sqlite_turn_take(struct store_tx *tx, const char *pool, const char *person, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_TURN_TAKE, err);

	if (!s)
		return false;
	bind_text(s, 1, pool);
	bind_text(s, 2, person);
	return tx_change(tx, STATEMENT_TURN_TAKE, s, err);
}

bool sqlite_turns(struct store_tx *tx, struct arena *a, struct pool_turn **turns_r, gsize *n_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_TURNS, err);
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(struct pool_turn));
	int result;

	if (!s)
		return false;
	while ((result = sqlite3_step(s)) == SQLITE_ROW) {
		const struct pool_turn t = {
			.pool = arena_strdup(a, (const char *)sqlite3_column_text(s, 0)),
			.person = arena_strdup(a, (const char *)sqlite3_column_text(s, 1)),
			.turn = sqlite3_column_int64(s, 2),
		};

		g_array_append_val(all, t);
	}
	result = result == SQLITE_DONE || tx_error(tx, STATEMENT_TURNS, err);
	sqlite3_reset(s);
	*turns_r = arena_memdup(a, all->data, all->len * sizeof(struct pool_turn));
	*n_r = all->len;
	return result;
}
