/* The store in memory: what profiles read and missed, a record for each source, profile, field and day. */
#include <stdlib.h>
#include <string.h>

#include "store_mem.h"

#define DAY_S 86400

static int compare_names(const struct drift *x, const struct drift *y)
{
	int order = strcmp(x->source, y->source);

	order = order ? order : strcmp(x->profile, y->profile);
	return order ? order : strcmp(x->field, y->field);
}

static int compare(const void *x, const void *y)
{
	return compare_names(x, y);
}

/* Records that were forgotten stay, with n 0: the place of one is its id. */
static void forget(struct store_tx *tx, int64_t at)
{
	GPtrArray *table = mem_table(tx, TABLE_DRIFT);

	for (guint i = 0; i < table->len; i++) {
		const struct drift *d = table->pdata[i];

		if (d->n && d->first / DAY_S < at / DAY_S - DRIFT_KEPT_DAYS)
			mem_replace(tx, TABLE_DRIFT, i + 1, ARENA_NEW(mem_of(tx)->arena, struct drift));
	}
}

bool mem_drift_add(struct store_tx *tx, const char *source, const char *profile, const char *field, int64_t at,
		   GError **err)
{
	GPtrArray *table = mem_table(tx, TABLE_DRIFT);
	struct arena *a = mem_of(tx)->arena;
	struct drift new = { source, profile, field, 1, at, at };

	if (!mem_may_write(tx, 0, err))
		return false;
	for (guint i = 0; i < table->len; i++) {
		const struct drift *d = table->pdata[i];
		struct drift *more;

		if (!d->n || d->first / DAY_S != at / DAY_S || compare_names(d, &new) != 0)
			continue;
		more = arena_memdup(a, d, sizeof(*d));
		more->n++;
		more->last = MAX(d->last, at);
		mem_replace(tx, TABLE_DRIFT, i + 1, more);
		return true;
	}
	new.source = arena_strdup(a, source);
	new.profile = arena_strdup(a, profile);
	new.field = arena_strdup(a, field);
	mem_add(tx, TABLE_DRIFT, arena_memdup(a, &new, sizeof(new)));
	forget(tx, at);
	return true;
}

bool mem_drift(struct store_tx *tx, int64_t since, struct arena *a, struct drift **drift_r, gsize *n_r, GError **err)
{
	const GPtrArray *table = mem_table(tx, TABLE_DRIFT);
	struct drift *all = ARENA_NEW_N(a, struct drift, table->len);
	gsize n = 0, sums = 0;

	(void)err;
	for (guint i = 0; i < table->len; i++) {
		const struct drift *d = table->pdata[i];

		if (d->n && d->first / DAY_S >= since / DAY_S)
			all[n++] = *d;
	}
	if (n)
		qsort(all, n, sizeof(*all), compare);
	for (gsize i = 0; i < n; i++) {
		if (sums == 0 || compare_names(&all[sums - 1], &all[i]) != 0) {
			all[sums++] = all[i];
			continue;
		}
		all[sums - 1].n += all[i].n;
		all[sums - 1].first = MIN(all[sums - 1].first, all[i].first);
		all[sums - 1].last = MAX(all[sums - 1].last, all[i].last);
	}
	for (gsize i = 0; i < sums; i++) {
		all[i].source = arena_strdup(a, all[i].source);
		all[i].profile = arena_strdup(a, all[i].profile);
		all[i].field = arena_strdup(a, all[i].field);
	}
	*drift_r = all;
	*n_r = MIN(sums, 10000);
	return true;
}
