#include "apply.h"

#include "err.h"

/* A record or job of a decision names its item, or 0: "the item of this decision", or -1: none. */
static int64_t item_of(const struct decision *d, int64_t named)
{
	if (named < 0)
		return 0;
	return named == 0 && d->item ? d->item->id : named;
}

static bool apply_items(struct store_tx *tx, struct decision *d, GError **err)
{
	if (d->item && !(d->created ? tx_item_insert(tx, d->item, err) : tx_item_update(tx, d->item, err)))
		return false;
	for (guint k = 0; k < d->more->len; k++)
		if (!tx_item_update(tx, g_ptr_array_index(d->more, k), err))
			return false;
	return true;
}

static bool apply_cancel(struct store_tx *tx, const struct decision *d, int64_t now, GError **err)
{
	if (!d->cancel)
		return true;
	if (d->item && !d->created && !tx_jobs_cancel(tx, d->item->id, d->cancel, now, err))
		return false;
	for (guint k = 0; k < d->more->len; k++) {
		const struct item *i = g_ptr_array_index(d->more, k);

		if (!tx_jobs_cancel(tx, i->id, d->cancel, now, err))
			return false;
	}
	return true;
}

/* Without a relay there is nobody to hand a status note to; the journal says what it would. */
static bool wanted(const struct conf *conf, const struct job *j)
{
	return j->kind != JOB_MAIL || (conf->relay_host && *conf->relay_host);
}

static bool apply_jobs(struct store_tx *tx, const struct conf *conf, struct decision *d, int64_t now, GError **err)
{
	for (guint k = 0; k < d->jobs->len; k++) {
		struct job *j = g_ptr_array_index(d->jobs, k);

		j->item = item_of(d, j->item);
		j->state = JOB_WAITING;
		j->created = j->updated = now;
		if (wanted(conf, j) && !tx_job_insert(tx, j, err))
			return false;
	}
	return true;
}

static bool apply_journal(struct store_tx *tx, struct decision *d, int64_t now, GError **err)
{
	for (guint k = 0; k < d->journal->len; k++) {
		struct journal_record *r = g_ptr_array_index(d->journal, k);

		r->item = item_of(d, r->item);
		r->at = now;
		if (!tx_journal_add(tx, r, err))
			return false;
	}
	return true;
}

const char *apply_idle_mark(const char *phone, char *buf, gsize size)
{
	g_snprintf(buf, size, "idle %s", phone);
	return buf;
}

bool apply_decision(struct store_tx *tx, const struct conf *conf, struct decision *d, int64_t now, GError **err)
{
	char name[64];

	if (!apply_items(tx, d, err) || !apply_cancel(tx, d, now, err))
		return false;
	if (d->notice) {
		d->notice->item = item_of(d, 0);
		if (!tx_notice_insert(tx, d->notice, err))
			return false;
	}
	if (d->turn_pool && !tx_turn_take(tx, d->turn_pool, d->turn_person, err))
		return false;
	if (d->stop_phone && !tx_phone_stop(tx, d->stop_phone, d->stop_at, err))
		return false;
	if (d->idle_phone && !tx_mark_set(tx, apply_idle_mark(d->idle_phone, name, sizeof(name)), &d->idle, err))
		return false;
	return apply_jobs(tx, conf, d, now, err) && apply_journal(tx, d, now, err);
}
