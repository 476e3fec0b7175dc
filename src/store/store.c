/* What is the same for every driver: the way in, and what a caller must never hand over. */
#include "store_driver.h"

enum store_outcome store_run(struct store *s, store_think think, void *user, GError **err)
{
	return s->ops->run(s, think, user, err);
}

enum store_outcome store_read(struct store *s, store_think think, void *user, GError **err)
{
	return s->ops->read(s, think, user, err);
}

void store_free(struct store *s)
{
	if (s)
		s->ops->free(s);
}

bool tx_item(struct store_tx *tx, int64_t id, struct arena *a, struct item **i_r, GError **err)
{
	*i_r = NULL;
	return tx->ops->item(tx, id, a, i_r, err);
}

bool tx_item_by_key(struct store_tx *tx, const char *key, int64_t closed_since, struct arena *a, struct item **i_r,
		    GError **err)
{
	*i_r = NULL;
	return tx->ops->item_by_key(tx, key, closed_since, a, i_r, err);
}

bool tx_item_by_call_id(struct store_tx *tx, const char *call_id, int64_t since, struct arena *a, struct item **i_r,
			GError **err)
{
	*i_r = NULL;
	return tx->ops->item_by_call_id(tx, call_id, since, a, i_r, err);
}

/* The invariants of product.md: an item that breaks one is our bug, and must not become durable. */
static void item_check(const struct item *i)
{
	g_assert(i->key && i->line && i->thread_id);
	g_assert(i->owner || i->state == STATE_SUPPRESSED);
	g_assert(i->state < N_STATES && i->resolution < N_RESOLUTIONS);
	g_assert(i->class < N_CLASSES && i->reason < N_REASONS && i->urgency < N_URGENCIES);
}

bool tx_item_insert(struct store_tx *tx, struct item *i, GError **err)
{
	item_check(i);
	return tx->ops->item_insert(tx, i, err);
}

bool tx_item_update(struct store_tx *tx, const struct item *i, GError **err)
{
	item_check(i);
	return tx->ops->item_update(tx, i, err);
}

bool tx_items(struct store_tx *tx, const struct item_filter *f, struct arena *a, struct item ***items_r, gsize *n_r,
	      GError **err)
{
	struct item_filter bounded = *f;

	*items_r = NULL;
	*n_r = 0;
	bounded.limit = MIN(f->limit, 10000);
	return tx->ops->items(tx, &bounded, a, items_r, n_r, err);
}

bool tx_notice_by_key(struct store_tx *tx, const char *key, int64_t since, struct arena *a, struct notice **n_r,
		      GError **err)
{
	*n_r = NULL;
	return tx->ops->notice_by_key(tx, key, since, a, n_r, err);
}

bool tx_notices(struct store_tx *tx, int64_t item, gsize limit, struct arena *a, struct notice **notices_r, gsize *n_r,
		GError **err)
{
	*notices_r = NULL;
	*n_r = 0;
	return tx->ops->notices(tx, item, limit, a, notices_r, n_r, err);
}

bool tx_notice_insert(struct store_tx *tx, struct notice *n, GError **err)
{
	g_assert(n->key && n->rcpts && n->action < N_NOTICE_ACTIONS && n->class < N_CLASSES);
	return tx->ops->notice_insert(tx, n, err);
}

bool tx_job(struct store_tx *tx, int64_t id, struct arena *a, struct job **j_r, GError **err)
{
	*j_r = NULL;
	return tx->ops->job(tx, id, a, j_r, err);
}

bool tx_job_insert(struct store_tx *tx, struct job *j, GError **err)
{
	g_assert(j->kind < N_JOB_KINDS && j->topic < N_TOPICS && j->state < N_JOB_STATES);
	return tx->ops->job_insert(tx, j, err);
}

bool tx_job_update(struct store_tx *tx, const struct job *j, GError **err)
{
	g_assert(j->kind < N_JOB_KINDS && j->topic < N_TOPICS && j->state < N_JOB_STATES);
	return tx->ops->job_update(tx, j, err);
}

bool tx_jobs_due(struct store_tx *tx, enum job_kind kind, int64_t now, gsize limit, struct arena *a,
		 struct job ***jobs_r, gsize *n_r, GError **err)
{
	*jobs_r = NULL;
	*n_r = 0;
	return tx->ops->jobs_due(tx, kind, now, limit, a, jobs_r, n_r, err);
}

bool tx_jobs_in_state(struct store_tx *tx, enum job_state state, enum job_kind kind, gsize limit, struct arena *a,
		      struct job ***jobs_r, gsize *n_r, GError **err)
{
	*jobs_r = NULL;
	*n_r = 0;
	return tx->ops->jobs_in_state(tx, state, kind, limit, a, jobs_r, n_r, err);
}

bool tx_jobs_of_item(struct store_tx *tx, int64_t item, struct arena *a, struct job ***jobs_r, gsize *n_r, GError **err)
{
	*jobs_r = NULL;
	*n_r = 0;
	return tx->ops->jobs_of_item(tx, item, a, jobs_r, n_r, err);
}

bool tx_job_by_provider_id(struct store_tx *tx, const char *provider, const char *provider_id, struct arena *a,
			   struct job **j_r, GError **err)
{
	*j_r = NULL;
	return tx->ops->job_by_provider_id(tx, provider, provider_id, a, j_r, err);
}

bool tx_jobs_cancel(struct store_tx *tx, int64_t item, guint topics, int64_t now, GError **err)
{
	return topics == 0 || tx->ops->jobs_cancel(tx, item, topics, now, err);
}

bool tx_next_due(struct store_tx *tx, enum job_kind kind, int64_t *due_r, GError **err)
{
	*due_r = 0;
	return tx->ops->next_due(tx, kind, due_r, err);
}

bool tx_texts_sent(struct store_tx *tx, const struct sent_filter *f, gsize *n_r, int64_t *oldest_r, GError **err)
{
	*n_r = 0;
	*oldest_r = 0;
	return f->limit == 0 || tx->ops->texts_sent(tx, f, n_r, oldest_r, err);
}

bool tx_jobs_in_bundle(struct store_tx *tx, int64_t bundle, struct arena *a, struct job ***jobs_r, gsize *n_r,
		       GError **err)
{
	g_assert(bundle);
	*jobs_r = NULL;
	*n_r = 0;
	return tx->ops->jobs_in_bundle(tx, bundle, a, jobs_r, n_r, err);
}

bool tx_journal_add(struct store_tx *tx, const struct journal_record *j, GError **err)
{
	g_assert(j->who && j->what && j->how);
	return tx->ops->journal_add(tx, j, err);
}

bool tx_journal(struct store_tx *tx, int64_t item, struct arena *a, struct journal_record ***records_r, gsize *n_r,
		GError **err)
{
	*records_r = NULL;
	*n_r = 0;
	return tx->ops->journal(tx, item, a, records_r, n_r, err);
}

bool tx_items_walk(struct store_tx *tx, int64_t after, gsize limit, item_visit visit, void *user, int64_t *last_r,
		   GError **err)
{
	*last_r = 0;
	return tx->ops->items_walk(tx, after, limit, visit, user, last_r, err);
}

bool tx_journal_walk(struct store_tx *tx, int64_t after, gsize limit, journal_visit visit, void *user, int64_t *last_r,
		     GError **err)
{
	*last_r = 0;
	return tx->ops->journal_walk(tx, after, limit, visit, user, last_r, err);
}

bool tx_journal_head(struct store_tx *tx, struct chain_head *h_r, GError **err)
{
	*h_r = (struct chain_head){ 0 };
	return tx->ops->journal_head(tx, h_r, err);
}

bool tx_item_forget(struct store_tx *tx, int64_t item, GError **err)
{
	return tx->ops->item_forget(tx, item, err);
}

bool tx_journal_forget(struct store_tx *tx, int64_t record, GError **err)
{
	return tx->ops->journal_forget(tx, record, err);
}

bool tx_jobs_forget(struct store_tx *tx, const char *words, int64_t after, gsize limit, int64_t *last_r, GError **err)
{
	g_assert(*words);
	*last_r = 0;
	return tx->ops->jobs_forget(tx, words, after, limit, last_r, err);
}

bool tx_code_give(struct store_tx *tx, const char *phone, int64_t item, int64_t now, int64_t rest_s, int *code_r,
		  GError **err)
{
	g_assert(phone);
	*code_r = 0;
	return tx->ops->code_give(tx, phone, item, now, rest_s, code_r, err);
}

bool tx_codes(struct store_tx *tx, const char *phone, int64_t now, int64_t rest_s, struct arena *a, struct code **codes_r,
	      gsize *n_r, GError **err)
{
	*codes_r = NULL;
	*n_r = 0;
	return tx->ops->codes(tx, phone, now, rest_s, a, codes_r, n_r, err);
}

bool tx_phone_stop(struct store_tx *tx, const char *phone, int64_t at, GError **err)
{
	g_assert(phone);
	return tx->ops->phone_stop(tx, phone, at, err);
}

bool tx_phones_stopped(struct store_tx *tx, struct arena *a, const char *const **phones_r, GError **err)
{
	*phones_r = NULL;
	return tx->ops->phones_stopped(tx, a, phones_r, err);
}

bool tx_override_insert(struct store_tx *tx, struct override *o, GError **err)
{
	g_assert(o->schedule && o->person && o->by && o->from < o->to);
	return tx->ops->override_insert(tx, o, err);
}

bool tx_override_remove(struct store_tx *tx, int64_t id, bool *found_r, GError **err)
{
	*found_r = false;
	return tx->ops->override_remove(tx, id, found_r, err);
}

bool tx_overrides(struct store_tx *tx, int64_t since, struct arena *a, struct override **overrides_r, gsize *n_r,
		  GError **err)
{
	*overrides_r = NULL;
	*n_r = 0;
	return tx->ops->overrides(tx, since, a, overrides_r, n_r, err);
}

bool tx_watch_set(struct store_tx *tx, const struct watch *w, GError **err)
{
	g_assert(w->schedule && w->person);
	return tx->ops->watch_set(tx, w, err);
}

bool tx_watches(struct store_tx *tx, struct arena *a, struct watch **watches_r, gsize *n_r, GError **err)
{
	*watches_r = NULL;
	*n_r = 0;
	return tx->ops->watches(tx, a, watches_r, n_r, err);
}

bool tx_mark(struct store_tx *tx, const char *name, struct mark *m_r, GError **err)
{
	g_assert(name);
	*m_r = (struct mark){ 0 };
	return tx->ops->mark(tx, name, m_r, err);
}

bool tx_mark_set(struct store_tx *tx, const char *name, const struct mark *m, GError **err)
{
	g_assert(name);
	return tx->ops->mark_set(tx, name, m, err);
}

bool tx_mute_set(struct store_tx *tx, const struct mute *m, GError **err)
{
	g_assert(m->line && m->reason && m->by && m->from < m->to);
	return tx->ops->mute_set(tx, m, err);
}

bool tx_mute_remove(struct store_tx *tx, const char *line, bool *found_r, GError **err)
{
	*found_r = false;
	return tx->ops->mute_remove(tx, line, found_r, err);
}

bool tx_mutes(struct store_tx *tx, int64_t since, struct arena *a, struct mute **mutes_r, gsize *n_r, GError **err)
{
	*mutes_r = NULL;
	*n_r = 0;
	return tx->ops->mutes(tx, since, a, mutes_r, n_r, err);
}

bool tx_turn_take(struct store_tx *tx, const char *pool, const char *person, GError **err)
{
	g_assert(pool && person);
	return tx->ops->turn_take(tx, pool, person, err);
}

bool tx_turns(struct store_tx *tx, struct arena *a, struct pool_turn **turns_r, gsize *n_r, GError **err)
{
	*turns_r = NULL;
	*n_r = 0;
	return tx->ops->turns(tx, a, turns_r, n_r, err);
}

bool tx_drift_add(struct store_tx *tx, const char *source, const char *profile, const char *field, int64_t at,
		  GError **err)
{
	g_assert(source && profile && field && at >= 0);
	return tx->ops->drift_add(tx, source, profile, field, at, err);
}

bool tx_drift(struct store_tx *tx, int64_t since, struct arena *a, struct drift **drift_r, gsize *n_r, GError **err)
{
	*drift_r = NULL;
	*n_r = 0;
	return tx->ops->drift(tx, since, a, drift_r, n_r, err);
}

bool tx_counts(struct store_tx *tx, struct store_counts *c_r, GError **err)
{
	*c_r = (struct store_counts){ 0 };
	return tx->ops->counts(tx, c_r, err);
}
