/* The store in memory: marks, and lines that are muted. */
#include <string.h>

#include "store_mem.h"

/* A mark with its name. */
struct named_mark {
	const char *name;
	struct mark mark;
};

static guint find_mark(struct store_tx *tx, const char *name)
{
	const GPtrArray *table = mem_table(tx, TABLE_MARKS);

	for (guint i = 0; i < table->len; i++)
		if (strcmp(((const struct named_mark *)table->pdata[i])->name, name) == 0)
			return i + 1;
	return 0;
}

bool mem_mark(struct store_tx *tx, const char *name, struct mark *m_r, GError **err)
{
	const guint id = find_mark(tx, name);

	(void)err;
	if (id)
		*m_r = ((const struct named_mark *)mem_record(tx, TABLE_MARKS, id))->mark;
	return true;
}

bool mem_mark_set(struct store_tx *tx, const char *name, const struct mark *m, GError **err)
{
	const guint id = find_mark(tx, name);
	struct arena *a = mem_of(tx)->arena;
	const struct named_mark record = { arena_strdup(a, name), *m };

	if (!mem_may_write(tx, 0, err))
		return false;
	if (id)
		mem_replace(tx, TABLE_MARKS, id, arena_memdup(a, &record, sizeof(record)));
	else
		mem_add(tx, TABLE_MARKS, arena_memdup(a, &record, sizeof(record)));
	return true;
}

/* One that was taken back stays, with to 0: the place of a record is its id. */
static guint find_mute(struct store_tx *tx, const char *line)
{
	const GPtrArray *table = mem_table(tx, TABLE_MUTES);

	for (guint i = 0; i < table->len; i++)
		if (strcmp(((const struct mute *)table->pdata[i])->line, line) == 0)
			return i + 1;
	return 0;
}

static struct mute *mute_copy(struct arena *a, const struct mute *m)
{
	struct mute *copy = arena_memdup(a, m, sizeof(*m));

	copy->line = arena_strdup(a, m->line);
	copy->reason = arena_strdup(a, m->reason);
	copy->by = arena_strdup(a, m->by);
	return copy;
}

bool mem_mute_set(struct store_tx *tx, const struct mute *m, GError **err)
{
	const guint id = find_mute(tx, m->line);

	if (!mem_may_write(tx, 0, err))
		return false;
	if (id)
		mem_replace(tx, TABLE_MUTES, id, mute_copy(mem_of(tx)->arena, m));
	else
		mem_add(tx, TABLE_MUTES, mute_copy(mem_of(tx)->arena, m));
	return true;
}

bool mem_mute_remove(struct store_tx *tx, const char *line, bool *found_r, GError **err)
{
	const guint id = find_mute(tx, line);
	struct mute *gone;

	if (!mem_may_write(tx, 0, err))
		return false;
	*found_r = id && ((const struct mute *)mem_record(tx, TABLE_MUTES, id))->to != 0;
	if (!*found_r)
		return true;
	gone = mute_copy(mem_of(tx)->arena, mem_record(tx, TABLE_MUTES, id));
	gone->to = 0;
	mem_replace(tx, TABLE_MUTES, id, gone);
	return true;
}

static gint by_line(gconstpointer x, gconstpointer y)
{
	return strcmp(((const struct mute *)x)->line, ((const struct mute *)y)->line);
}

bool mem_mutes(struct store_tx *tx, int64_t since, struct arena *a, struct mute **mutes_r, gsize *n_r, GError **err)
{
	const GPtrArray *table = mem_table(tx, TABLE_MUTES);
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(struct mute));

	(void)err;
	for (guint i = 0; i < table->len; i++) {
		const struct mute *m = table->pdata[i];

		if (m->to && m->to > since)
			g_array_append_vals(all, mute_copy(a, m), 1);
	}
	g_array_sort(all, by_line);
	*mutes_r = arena_memdup(a, all->data, all->len * sizeof(struct mute));
	*n_r = all->len;
	return true;
}
