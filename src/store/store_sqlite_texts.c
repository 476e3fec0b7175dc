/* What was texted, and who was on call. */
#include "store_sqlite.h"

static guint telling_topics(void)
{
	guint topics = 0;

	for (guint t = 0; t < N_TOPICS; t++)
		if (topic_tells((enum job_topic)t))
			topics |= 1u << t;
	return topics;
}

bool sqlite_texts_sent(struct store_tx *tx, const struct sent_filter *f, gsize *n_r, int64_t *oldest_r, GError **err)
{
	const enum statement which = f->line ? STATEMENT_TEXTS_SENT_LINE : STATEMENT_TEXTS_SENT;
	sqlite3_stmt *s = tx_statement(tx, which, err);
	bool ok;

	if (!s)
		return false;
	sqlite3_bind_int64(s, 1, MAX(f->since, 1));
	sqlite3_bind_int64(s, 2, (int64_t)MIN(f->limit, G_MAXINT32));
	bind_text(s, 3, f->phone);
	sqlite3_bind_int64(s, 4, telling_topics());
	if (f->line)
		bind_text(s, 5, f->line);
	ok = sqlite3_step(s) == SQLITE_ROW || tx_error(tx, which, err);
	if (ok) {
		*n_r = (gsize)sqlite3_column_int64(s, 0);
		*oldest_r = sqlite3_column_int64(s, 1);
	}
	sqlite3_reset(s);
	return ok;
}

bool sqlite_watch_set(struct store_tx *tx, const struct watch *w, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_WATCH_SET, err);

	if (!s)
		return false;
	bind_text(s, 1, w->schedule);
	bind_text(s, 2, w->person);
	sqlite3_bind_int64(s, 3, w->since);
	return tx_change(tx, STATEMENT_WATCH_SET, s, err);
}

bool sqlite_watches(struct store_tx *tx, struct arena *a, struct watch **watches_r, gsize *n_r, GError **err)
{
	sqlite3_stmt *s = tx_statement(tx, STATEMENT_WATCHES, err);
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct watch));
	int result;

	if (!s)
		return false;
	while ((result = sqlite3_step(s)) == SQLITE_ROW) {
		struct watch w = {
			arena_strdup(a, (const char *)sqlite3_column_text(s, 0)),
			arena_strdup(a, (const char *)sqlite3_column_text(s, 1)), sqlite3_column_int64(s, 2)
		};

		g_array_append_val(found, w);
	}
	result = result == SQLITE_DONE || tx_error(tx, STATEMENT_WATCHES, err);
	sqlite3_reset(s);
	*watches_r = arena_memdup(a, found->data, found->len * sizeof(struct watch));
	*n_r = found->len;
	return result;
}
