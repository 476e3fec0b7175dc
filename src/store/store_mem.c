/* The store in memory, for tests and `ringback replay`. Records are never changed in place: an update puts a new one
 * in its place, so that undoing a think is to cut the tables back and to put the old ones back. What is replaced is
 * freed with the store only. Look-ups are walks: it holds thousands of items, not millions. */
#include "store_mem.h"

#include <stdlib.h>

struct store_mem *mem_of(struct store_tx *tx)
{
	return ((struct mem_tx *)tx)->mem;
}

GPtrArray *mem_table(struct store_tx *tx, enum table t)
{
	return mem_of(tx)->tables[t];
}

bool mem_error(struct store_tx *tx, GError **err, const char *what, int64_t id)
{
	((struct mem_tx *)tx)->failed = true;
	return err_set(err, ERR_STORE, "store: %s %" G_GINT64_FORMAT, what, id);
}

const void *mem_record(struct store_tx *tx, enum table t, int64_t id)
{
	GPtrArray *table = mem_table(tx, t);

	return id >= 1 && id <= table->len ? table->pdata[id - 1] : NULL;
}

bool mem_may_write(struct store_tx *tx, int64_t item, GError **err)
{
	if (((struct mem_tx *)tx)->read_only)
		return mem_error(tx, err, "write in a read, item", item);
	if (item != 0 && !mem_record(tx, TABLE_ITEMS, item))
		return mem_error(tx, err, "no item", item);
	return true;
}

int64_t mem_add(struct store_tx *tx, enum table t, void *record)
{
	g_ptr_array_add(mem_table(tx, t), record);
	return mem_table(tx, t)->len;
}

void mem_replace(struct store_tx *tx, enum table t, int64_t id, void *record)
{
	GPtrArray *table = mem_table(tx, t);
	struct undo u = { t, (guint)(id - 1), table->pdata[id - 1] };

	g_array_append_val(mem_of(tx)->undo, u);
	table->pdata[id - 1] = record;
}

struct notice *notice_copy(struct arena *a, const struct notice *from)
{
	struct notice *n = arena_memdup(a, from, sizeof(*from));

	n->key = arena_strdup(a, from->key);
	n->rcpts = arena_strdup(a, from->rcpts);
	n->message_id = arena_strdup(a, from->message_id);
	n->queue_id = arena_strdup(a, from->queue_id);
	return n;
}

/* ---- items ---- */

static bool mem_item(struct store_tx *tx, int64_t id, struct arena *a, struct item **i_r, GError **err)
{
	const struct item *i = mem_record(tx, TABLE_ITEMS, id);

	(void)err;
	if (i)
		*i_r = item_copy(a, i);
	return true;
}

static bool mem_item_by_key(struct store_tx *tx, const char *key, int64_t closed_since, struct arena *a,
			    struct item **i_r, GError **err)
{
	GPtrArray *items = mem_table(tx, TABLE_ITEMS);

	(void)err;
	for (guint n = items->len; n-- > 0;) {
		const struct item *i = items->pdata[n];

		if (g_strcmp0(i->key, key) == 0 &&
		    (item_is_live(i) || (i->closed > 0 && i->closed >= closed_since))) {
			*i_r = item_copy(a, i);
			return true;
		}
	}
	return true;
}

static bool mem_item_by_call_id(struct store_tx *tx, const char *call_id, int64_t since, struct arena *a,
				struct item **i_r, GError **err)
{
	GPtrArray *items = mem_table(tx, TABLE_ITEMS);

	(void)err;
	for (guint n = call_id ? items->len : 0; n-- > 0;) {
		const struct item *i = items->pdata[n];

		if (g_strcmp0(i->call_id, call_id) == 0 && i->created >= since) {
			*i_r = item_copy(a, i);
			return true;
		}
	}
	return true;
}

static bool mem_item_insert(struct store_tx *tx, struct item *i, GError **err)
{
	struct item *copy;

	if (!mem_may_write(tx, 0, err))
		return false;
	copy = item_copy(mem_of(tx)->arena, i);
	copy->id = i->id = mem_add(tx, TABLE_ITEMS, copy);
	return true;
}

static bool mem_item_update(struct store_tx *tx, const struct item *i, GError **err)
{
	if (i->id == 0)
		return mem_error(tx, err, "no item", 0);
	if (!mem_may_write(tx, i->id, err))
		return false;
	mem_replace(tx, TABLE_ITEMS, i->id, item_copy(mem_of(tx)->arena, i));
	return true;
}

static bool filter_takes(const struct item_filter *f, const struct item *i)
{
	return (!f->live_only || item_is_live(i)) && (!f->before_id || i->id < f->before_id) &&
	       (!f->number || g_strcmp0(f->number, i->caller) == 0) &&
	       (!f->line || g_strcmp0(f->line, i->line) == 0) && (!f->owner || g_strcmp0(f->owner, i->owner) == 0);
}

static bool mem_items(struct store_tx *tx, const struct item_filter *f, struct arena *a, struct item ***items_r,
		      gsize *n_r, GError **err)
{
	GPtrArray *items = mem_table(tx, TABLE_ITEMS);

	(void)err;
	*items_r = ARENA_NEW_N(a, struct item *, MIN(items->len, f->limit));
	for (guint n = items->len; n-- > 0 && *n_r < f->limit;)
		if (filter_takes(f, items->pdata[n]))
			(*items_r)[(*n_r)++] = item_copy(a, items->pdata[n]);
	return true;
}

/* ---- notices ---- */

static bool mem_notice_by_key(struct store_tx *tx, const char *key, int64_t since, struct arena *a,
			      struct notice **n_r, GError **err)
{
	GPtrArray *notices = mem_table(tx, TABLE_NOTICES);
	const struct notice *best = NULL;

	(void)err;
	for (guint i = 0; i < notices->len; i++) {
		const struct notice *n = notices->pdata[i];

		if (n->arrived >= since && g_strcmp0(n->key, key) == 0 && (!best || n->arrived >= best->arrived))
			best = n;
	}
	if (best)
		*n_r = notice_copy(a, best);
	return true;
}

static int notice_newer(const void *one, const void *other)
{
	const struct notice *x = one, *y = other;

	if (x->arrived != y->arrived)
		return x->arrived > y->arrived ? -1 : 1;
	return x->id > y->id ? -1 : 1;
}

static bool mem_notices(struct store_tx *tx, int64_t item, gsize limit, struct arena *a, struct notice **notices_r,
			gsize *n_r, GError **err)
{
	GPtrArray *notices = mem_table(tx, TABLE_NOTICES);

	(void)err;
	*notices_r = ARENA_NEW_N(a, struct notice, notices->len);
	for (guint i = 0; i < notices->len; i++) {
		const struct notice *n = notices->pdata[i];

		if (n->item == item)
			(*notices_r)[(*n_r)++] = *notice_copy(a, n);
	}
	if (*n_r)
		qsort(*notices_r, *n_r, sizeof(**notices_r), notice_newer);
	*n_r = MIN(*n_r, limit);
	return true;
}

static bool mem_notice_insert(struct store_tx *tx, struct notice *n, GError **err)
{
	struct notice *copy;

	if (n->item == 0)
		return mem_error(tx, err, "no item", 0);
	if (!mem_may_write(tx, n->item, err))
		return false;
	copy = notice_copy(mem_of(tx)->arena, n);
	copy->id = n->id = mem_add(tx, TABLE_NOTICES, copy);
	return true;
}

/* ---- the whole ---- */

static void undo_think(struct store_mem *m, const guint lengths[N_TABLES])
{
	for (guint n = m->undo->len; n-- > 0;) {
		const struct undo *u = &g_array_index(m->undo, struct undo, n);

		m->tables[u->table]->pdata[u->index] = u->old;
	}
	for (guint t = 0; t < N_TABLES; t++)
		g_ptr_array_set_size(m->tables[t], (gint)lengths[t]);
}

static enum store_outcome mem_start(struct store *s, store_think think, void *user, bool read_only, GError **err);

static enum store_outcome mem_run(struct store *s, store_think think, void *user, GError **err)
{
	return mem_start(s, think, user, false, err);
}

static enum store_outcome mem_read(struct store *s, store_think think, void *user, GError **err)
{
	return mem_start(s, think, user, true, err);
}

static void mem_free(struct store *s)
{
	struct store_mem *m = (struct store_mem *)s;

	for (guint t = 0; t < N_TABLES; t++)
		g_ptr_array_unref(m->tables[t]);
	g_array_unref(m->undo);
	sha256_free(m->sha256);
	arena_free(m->arena);
	g_mutex_clear(&m->lock);
	g_free(m);
}

static const struct store_ops mem_ops = {
	.run = mem_run,
	.read = mem_read,
	.free = mem_free,
	.item = mem_item,
	.item_by_key = mem_item_by_key,
	.item_by_call_id = mem_item_by_call_id,
	.item_insert = mem_item_insert,
	.item_update = mem_item_update,
	.items = mem_items,
	.notice_by_key = mem_notice_by_key,
	.notices = mem_notices,
	.notice_insert = mem_notice_insert,
	.job = mem_job,
	.job_insert = mem_job_insert,
	.job_update = mem_job_update,
	.jobs_due = mem_jobs_due,
	.jobs_in_state = mem_jobs_in_state,
	.jobs_of_item = mem_jobs_of_item,
	.job_by_provider_id = mem_job_by_provider_id,
	.jobs_cancel = mem_jobs_cancel,
	.next_due = mem_next_due,
	.journal_add = mem_journal_add,
	.journal = mem_journal,
	.items_walk = mem_items_walk,
	.journal_walk = mem_journal_walk,
	.journal_head = mem_journal_head,
	.item_forget = mem_item_forget,
	.journal_forget = mem_journal_forget,
	.jobs_forget = mem_jobs_forget,
	.code_give = mem_code_give,
	.codes = mem_codes,
	.phone_stop = mem_phone_stop,
	.phones_stopped = mem_phones_stopped,
	.override_insert = mem_override_insert,
	.override_remove = mem_override_remove,
	.overrides = mem_overrides,
	.texts_sent = mem_texts_sent,
	.jobs_in_bundle = mem_jobs_in_bundle,
	.watch_set = mem_watch_set,
	.watches = mem_watches,
	.mark = mem_mark,
	.mark_set = mem_mark_set,
	.mute_set = mem_mute_set,
	.mute_remove = mem_mute_remove,
	.mutes = mem_mutes,
	.turn_take = mem_turn_take,
	.turns = mem_turns,
	.drift_add = mem_drift_add,
	.drift = mem_drift,
	.counts = mem_counts,
};

static enum store_outcome mem_start(struct store *s, store_think think, void *user, bool read_only, GError **err)
{
	struct store_mem *m = (struct store_mem *)s;
	struct mem_tx tx = { { &mem_ops }, m, read_only, false };
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&m->lock);
	guint lengths[N_TABLES];

	for (guint t = 0; t < N_TABLES; t++)
		lengths[t] = m->tables[t]->len;
	g_array_set_size(m->undo, 0);
	if (think(&tx.base, user, err) && !tx.failed)
		return STORE_DONE;
	undo_think(m, lengths);
	return tx.failed ? STORE_FAILED : STORE_REFUSED;
}

struct store *store_mem_new(void)
{
	struct store_mem *m = g_new0(struct store_mem, 1);

	m->base.ops = &mem_ops;
	g_mutex_init(&m->lock);
	m->arena = arena_new();
	m->sha256 = sha256_new();
	m->undo = g_array_new(FALSE, FALSE, sizeof(struct undo));
	for (guint t = 0; t < N_TABLES; t++)
		m->tables[t] = g_ptr_array_new();
	return &m->base;
}
