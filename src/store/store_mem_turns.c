/* The store in memory: whose turn was when, a record for each pool and person. */
#include <string.h>

#include "store_mem.h"

bool mem_turn_take(struct store_tx *tx, const char *pool, const char *person, GError **err)
{
	GPtrArray *table = mem_table(tx, TABLE_TURNS);
	struct arena *a = mem_of(tx)->arena;
	struct pool_turn *new;
	int64_t last = 0, id = 0;

	if (!mem_may_write(tx, 0, err))
		return false;
	for (guint i = 0; i < table->len; i++) {
		const struct pool_turn *t = table->pdata[i];

		if (strcmp(t->pool, pool) != 0)
			continue;
		last = MAX(last, t->turn);
		if (strcmp(t->person, person) == 0)
			id = i + 1;
	}
	new = ARENA_NEW(a, struct pool_turn);
	*new = (struct pool_turn){ arena_strdup(a, pool), arena_strdup(a, person), last + 1 };
	if (id)
		mem_replace(tx, TABLE_TURNS, id, new);
	else
		mem_add(tx, TABLE_TURNS, new);
	return true;
}

bool mem_turns(struct store_tx *tx, struct arena *a, struct pool_turn **turns_r, gsize *n_r, GError **err)
{
	const GPtrArray *table = mem_table(tx, TABLE_TURNS);
	struct pool_turn *all = ARENA_NEW_N(a, struct pool_turn, table->len);

	(void)err;
	for (guint i = 0; i < table->len; i++) {
		const struct pool_turn *t = table->pdata[i];

		all[i] = (struct pool_turn){ arena_strdup(a, t->pool), arena_strdup(a, t->person), t->turn };
	}
	*turns_r = all;
	*n_r = table->len;
	return true;
}
