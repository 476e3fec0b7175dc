#include "forget.h"

#include <string.h>

#include "journal.h"

#define SLICE 2000
#define BATCH 100

/* ---- one item ---- */

static bool close_live(struct store_tx *tx, struct item *i, int64_t now, GError **err)
{
	i->state = STATE_CLOSED;
	i->resolution = RESOLUTION_EXPIRED;
	i->closed = i->updated = now;
	return tx_item_update(tx, i, err) && tx_jobs_cancel(tx, i->id, ~0U, now, err);
}

static bool forget_item(struct store_tx *tx, struct item *i, const char *by, const char *how, const char *why, int64_t now,
			GError **err)
{
	const struct journal_record r = {
		.item = i->id, .at = now, .who = by, .what = JOURNAL_FORGOTTEN, .how = how, .why = why
	};

	if (item_is_live(i) && !close_live(tx, i, now, err))
		return false;
	return tx_item_forget(tx, i->id, err) && tx_journal_add(tx, &r, err);
}

/* ---- a number ---- */

struct asked {
	const char *number, *by;
	int64_t now;
	struct forgotten *f;
	struct arena *a;
	bool more;
	int64_t after, last;
	GArray *records;	/* int64_t */
};

static bool think_items(struct store_tx *tx, void *user, GError **err)
{
	struct asked *k = user;
	const struct item_filter f = { .number = k->number, .limit = BATCH };
	struct item **items;
	gsize n;

	if (!tx_items(tx, &f, k->a, &items, &n, err))
		return false;
	for (gsize i = 0; i < n; i++) {
		const bool live = item_is_live(items[i]);

		if (!forget_item(tx, items[i], k->by, "cli", live ? "it was still open" : "as asked", k->now, err))
			return false;
		k->f->items++;
		k->f->closed += live;
	}
	k->more = n == BATCH;
	return true;
}

static bool names_number(const struct journal_record *j, const struct chain_link *l, void *user)
{
	const struct asked *k = user;

	(void)l;
	if (j->why && strstr(j->why, k->number))
		g_array_append_val(k->records, j->id);
	return true;
}

static bool think_look(struct store_tx *tx, void *user, GError **err)
{
	struct asked *k = user;

	return tx_journal_walk(tx, k->after, SLICE, names_number, k, &k->last, err);
}

static bool think_records(struct store_tx *tx, void *user, GError **err)
{
	const struct asked *k = user;

	for (guint n = 0; n < k->records->len; n++)
		if (!tx_journal_forget(tx, g_array_index(k->records, int64_t, n), err))
			return false;
	return true;
}

static bool think_jobs(struct store_tx *tx, void *user, GError **err)
{
	struct asked *k = user;

	return tx_jobs_forget(tx, k->number, k->after, SLICE, &k->last, err);
}

static bool forget_items(struct store *s, struct asked *k, GError **err)
{
	do {
		arena_reset(k->a);
		if (store_run(s, think_items, k, err) != STORE_DONE)
			return false;
	} while (k->more);
	return true;
}

/* Looked for without a commit; only slices that name it are written to. */
static bool forget_records(struct store *s, struct asked *k, GError **err)
{
	do {
		k->after = k->last;
		g_array_set_size(k->records, 0);
		if (store_read(s, think_look, k, err) != STORE_DONE)
			return false;
		if (k->records->len && store_run(s, think_records, k, err) != STORE_DONE)
			return false;
		k->f->records += k->records->len;
	} while (k->last);
	return true;
}

static bool forget_jobs(struct store *s, struct asked *k, GError **err)
{
	do {
		k->after = k->last;
		if (store_run(s, think_jobs, k, err) != STORE_DONE)
			return false;
	} while (k->last);
	return true;
}

bool forget_number(struct store *s, const char *number, const char *by, int64_t now, struct forgotten *f_r, GError **err)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GArray) records = g_array_new(FALSE, FALSE, sizeof(int64_t));
	struct asked k = { .number = number, .by = by, .now = now, .f = f_r, .a = a, .records = records };

	*f_r = (struct forgotten){ 0 };
	return forget_items(s, &k, err) && forget_records(s, &k, err) && forget_jobs(s, &k, err);
}

/* ---- what is old ---- */

struct aged {
	const struct conf *conf;
	int64_t now, after, last;
	gsize limit, n;
	struct arena *a;
	GPtrArray *old;		/* struct item * */
};

static int64_t kept_s(const struct conf *c, const struct item *i)
{
	return i->class == CLASS_VOICEMAIL ? c->keep_voicemail_s : c->keep_missed_s;
}

static bool look(const struct item *i, void *user)
{
	struct aged *k = user;
	const int64_t keep = kept_s(k->conf, i), since = i->closed ? i->closed : i->updated;

	if (keep && !item_is_live(i) && since + keep <= k->now && !g_str_has_prefix(i->key, ITEM_FORGOTTEN))
		g_ptr_array_add(k->old, item_copy(k->a, i));
	return k->old->len < BATCH;
}

static bool think_old(struct store_tx *tx, void *user, GError **err)
{
	struct aged *k = user;

	return tx_items_walk(tx, k->after, k->limit, look, k, &k->last, err);
}

static bool think_forget(struct store_tx *tx, void *user, GError **err)
{
	const struct aged *k = user;

	for (guint n = 0; n < k->old->len; n++) {
		struct item *i = k->old->pdata[n];
		const char *why = arena_printf(k->a, "%s, kept for %" G_GINT64_FORMAT " days", class_name(i->class),
					       kept_s(k->conf, i) / 86400);

		if (!forget_item(tx, i, "ringback", "timer", why, k->now, err))
			return false;
	}
	return true;
}

bool forget_old(struct store *s, const struct conf *conf, int64_t now, gsize limit, int64_t *after_r, gsize *n_r,
		GError **err)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GPtrArray) old = g_ptr_array_new();
	struct aged k = { .conf = conf, .now = now, .after = *after_r, .limit = limit, .a = a, .old = old };

	*n_r = 0;
	if (!conf->keep_missed_s && !conf->keep_voicemail_s) {
		*after_r = 0;
		return true;
	}
	if (store_read(s, think_old, &k, err) != STORE_DONE)
		return false;
	if (old->len && store_run(s, think_forget, &k, err) != STORE_DONE)
		return false;
	*n_r = old->len;
	*after_r = k.last;
	return true;
}
