/* The store in memory: what was texted, and who was on call. */
#include "store_mem.h"

#include <stdlib.h>
#include <string.h>

static bool counts(struct store_tx *tx, const struct sent_filter *f, const struct job *j)
{
	const struct item *i = j->item ? mem_record(tx, TABLE_ITEMS, j->item) : NULL;

	return j->kind == JOB_TEXT && topic_tells(j->topic) && j->sent && j->sent >= f->since &&
	       (!j->bundle || j->bundle == j->id) && (!f->phone || g_strcmp0(f->phone, j->to) == 0) &&
	       (!f->line || (i && strcmp(f->line, i->line) == 0));
}

static gint newest_first(gconstpointer one, gconstpointer other)
{
	const int64_t x = *(const int64_t *)one, y = *(const int64_t *)other;

	return x > y ? -1 : x < y;
}

bool mem_texts_sent(struct store_tx *tx, const struct sent_filter *f, gsize *n_r, int64_t *oldest_r, GError **err)
{
	const GPtrArray *jobs = mem_table(tx, TABLE_JOBS);
	g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(int64_t));

	(void)err;
	for (guint i = 0; i < jobs->len; i++)
		if (counts(tx, f, jobs->pdata[i]))
			g_array_append_val(times, ((const struct job *)jobs->pdata[i])->sent);
	g_array_sort(times, newest_first);
	*n_r = MIN(times->len, f->limit);
	*oldest_r = *n_r ? g_array_index(times, int64_t, *n_r - 1) : 0;
	return true;
}

bool mem_jobs_in_bundle(struct store_tx *tx, int64_t bundle, struct arena *a, struct job ***jobs_r, gsize *n_r,
			GError **err)
{
	const GPtrArray *jobs = mem_table(tx, TABLE_JOBS);

	(void)err;
	*jobs_r = ARENA_NEW_N(a, struct job *, jobs->len);
	for (guint i = 0; i < jobs->len; i++)
		if (((const struct job *)jobs->pdata[i])->bundle == bundle)
			(*jobs_r)[(*n_r)++] = job_copy(a, jobs->pdata[i]);
	return true;
}

static struct watch watch_copy(struct arena *a, const struct watch *w)
{
	return (struct watch){ arena_strdup(a, w->schedule), arena_strdup(a, w->person), w->since };
}

bool mem_watch_set(struct store_tx *tx, const struct watch *w, GError **err)
{
	const GPtrArray *all = mem_table(tx, TABLE_WATCHES);
	struct watch *copy;

	if (!mem_may_write(tx, 0, err))
		return false;
	copy = ARENA_NEW(mem_of(tx)->arena, struct watch);
	*copy = watch_copy(mem_of(tx)->arena, w);
	for (guint i = 0; i < all->len; i++)
		if (strcmp(((const struct watch *)all->pdata[i])->schedule, w->schedule) == 0) {
			mem_replace(tx, TABLE_WATCHES, i + 1, copy);
			return true;
		}
	mem_add(tx, TABLE_WATCHES, copy);
	return true;
}

static int watch_by_schedule(const void *one, const void *other)
{
	return strcmp(((const struct watch *)one)->schedule, ((const struct watch *)other)->schedule);
}

bool mem_watches(struct store_tx *tx, struct arena *a, struct watch **watches_r, gsize *n_r, GError **err)
{
	const GPtrArray *all = mem_table(tx, TABLE_WATCHES);

	(void)err;
	*watches_r = ARENA_NEW_N(a, struct watch, all->len + 1);
	for (guint i = 0; i < all->len; i++)
		(*watches_r)[(*n_r)++] = watch_copy(a, all->pdata[i]);
	qsort(*watches_r, *n_r, sizeof(**watches_r), watch_by_schedule);
	return true;
}
