/* The journal in memory: its chain, walks, and what is forgotten. */
#include "store_mem.h"

#include <string.h>

/* ---- adding ---- */

static const struct chain_link *link_at(struct store_tx *tx, int64_t id)
{
	return mem_record(tx, TABLE_LINKS, id);
}

bool mem_journal_head(struct store_tx *tx, struct chain_head *h_r, GError **err)
{
	const struct chain_link *l;

	(void)err;
	h_r->id = h_r->written = mem_table(tx, TABLE_JOURNAL)->len;
	l = link_at(tx, h_r->id);
	if (l)
		memcpy(h_r->hash, l->octets + l->size - SHA256_SIZE, SHA256_SIZE);
	return true;
}

bool mem_journal_add(struct store_tx *tx, const struct journal_record *j, GError **err)
{
	struct store_mem *m = mem_of(tx);
	struct journal_record *copy;
	struct chain_head head = { 0 };
	struct chain_link l;
	uint8_t salt[CHAIN_SALT];

	if (!mem_may_write(tx, j->item, err))
		return false;
	mem_journal_head(tx, &head, NULL);
	random_octets(salt, sizeof(salt));
	l = chain_next(m->sha256, &head, j, salt);
	copy = journal_copy(m->arena, j);
	copy->id = mem_add(tx, TABLE_JOURNAL, copy);
	mem_add(tx, TABLE_LINKS, arena_memdup(m->arena, &l, sizeof(l)));
	return true;
}

/* ---- walks ---- */

bool mem_items_walk(struct store_tx *tx, int64_t after, gsize limit, item_visit visit, void *user, int64_t *last_r,
		    GError **err)
{
	const GPtrArray *items = mem_table(tx, TABLE_ITEMS);

	(void)err;
	for (gsize k = (gsize)after; k < items->len && limit-- > 0;) {
		const struct item *i = items->pdata[k++];

		*last_r = i->id;
		if (!visit(i, user))
			break;
	}
	return true;
}

bool mem_journal_walk(struct store_tx *tx, int64_t after, gsize limit, journal_visit visit, void *user, int64_t *last_r,
		      GError **err)
{
	const GPtrArray *journal = mem_table(tx, TABLE_JOURNAL);

	(void)err;
	for (gsize k = (gsize)after; k < journal->len && limit-- > 0;) {
		const struct journal_record *j = journal->pdata[k++];

		*last_r = j->id;
		if (!visit(j, link_at(tx, j->id), user))
			break;
	}
	return true;
}

/* ---- forgetting ---- */

bool mem_journal_forget(struct store_tx *tx, int64_t record, GError **err)
{
	const struct journal_record *j = mem_record(tx, TABLE_JOURNAL, record);
	struct arena *a = mem_of(tx)->arena;
	struct journal_record *bare;
	struct chain_link l;

	if (!mem_may_write(tx, 0, err))
		return false;
	if (!j || !j->why)
		return true;
	l = chain_forget(mem_of(tx)->sha256, j, link_at(tx, record));
	bare = journal_copy(a, j);
	bare->why = NULL;
	mem_replace(tx, TABLE_JOURNAL, record, bare);
	mem_replace(tx, TABLE_LINKS, record, arena_memdup(a, &l, sizeof(l)));
	return true;
}

static void forget_rows(struct store_tx *tx, int64_t item, const char *key)
{
	struct arena *a = mem_of(tx)->arena;
	const GPtrArray *notices = mem_table(tx, TABLE_NOTICES), *jobs = mem_table(tx, TABLE_JOBS);

	for (guint k = 0; k < notices->len; k++) {
		struct notice *n = notice_copy(a, notices->pdata[k]);

		n->key = key;
		n->message_id = NULL;
		if (n->item == item)
			mem_replace(tx, TABLE_NOTICES, n->id, n);
	}
	for (guint k = 0; k < jobs->len; k++) {
		struct job *j = job_copy(a, jobs->pdata[k]);

		j->text = j->error = j->provider_id = NULL;
		if (j->item == item)
			mem_replace(tx, TABLE_JOBS, j->id, j);
	}
}

bool mem_item_forget(struct store_tx *tx, int64_t item, GError **err)
{
	const GPtrArray *journal = mem_table(tx, TABLE_JOURNAL);
	struct arena *a = mem_of(tx)->arena;
	struct item *i;
	bool ok = true;

	if (!mem_may_write(tx, item, err))
		return false;
	i = item_copy(a, mem_record(tx, TABLE_ITEMS, item));
	i->key = arena_printf(a, ITEM_FORGOTTEN "%" G_GINT64_FORMAT, item);
	i->caller = i->caller_raw = i->caller_name = i->transcript = i->call_id = NULL;
	i->thread_id = arena_printf(a, "<forgotten.%" G_GINT64_FORMAT "@invalid>", item);
	mem_replace(tx, TABLE_ITEMS, item, i);
	forget_rows(tx, item, i->key);
	for (guint k = 0; k < journal->len && ok; k++)
		if (((const struct journal_record *)journal->pdata[k])->item == item)
			ok = mem_journal_forget(tx, k + 1, err);
	return ok;
}

bool mem_jobs_forget(struct store_tx *tx, const char *words, int64_t after, gsize limit, int64_t *last_r, GError **err)
{
	const GPtrArray *jobs = mem_table(tx, TABLE_JOBS);

	if (!mem_may_write(tx, 0, err))
		return false;
	for (gsize k = (gsize)after; k < jobs->len && limit-- > 0; k++) {
		struct job *j = job_copy(mem_of(tx)->arena, jobs->pdata[k]);

		*last_r = j->id;
		if (j->state <= JOB_SENDING || !((j->text && strstr(j->text, words)) || (j->error && strstr(j->error, words))))
			continue;
		j->text = j->error = NULL;
		mem_replace(tx, TABLE_JOBS, j->id, j);
	}
	return true;
}
