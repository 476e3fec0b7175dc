/* Another store with one operation that fails: the tests run a story once for each n until nothing fails. */
#include "err.h"
#include "store_driver.h"

struct store_fault {
	struct store base;
	struct store *inner;
	guint64 at, count;	/* count: atomic, thinks run in the inner store's threads */
	bool uncertain;
};

struct fault_tx {
	struct store_tx base;
	struct store_tx *inner;
	struct store_fault *fault;
	bool *failed;		/* of the run: a call of this think failed on purpose */
};

/* One run of one think, on its way through the inner store. */
struct fault_run {
	struct store_fault *fault;
	store_think think;
	void *user;
	bool commits, failed, uncertain;
};

static bool fault_strikes(struct store_fault *f)
{
	return __atomic_add_fetch(&f->count, 1, __ATOMIC_RELAXED) == f->at;
}

static bool fault_error(const struct store_fault *f, const char *what, GError **err)
{
	return err_set(err, ERR_STORE, "store: operation %" G_GUINT64_FORMAT " (%s) failed on purpose", f->at, what);
}

static struct store_tx *fault_pass(struct store_tx *tx, const char *what, GError **err)
{
	struct fault_tx *t = (struct fault_tx *)tx;

	if (!fault_strikes(t->fault))
		return t->inner;
	*t->failed = true;
	fault_error(t->fault, what, err);
	return NULL;
}

#define PASS(name, ...) \
	struct store_tx *inner = fault_pass(tx, #name, err); \
	return inner && inner->ops->name(inner, __VA_ARGS__, err)

static bool fault_item(struct store_tx *tx, int64_t id, struct arena *a, struct item **i_r, GError **err)
{
	PASS(item, id, a, i_r);
}

static bool fault_item_by_key(struct store_tx *tx, const char *key, int64_t closed_since, struct arena *a,
			      struct item **i_r, GError **err)
{
	PASS(item_by_key, key, closed_since, a, i_r);
}

static bool fault_item_by_call_id(struct store_tx *tx, const char *call_id, int64_t since, struct arena *a,
				  struct item **i_r, GError **err)
{
	PASS(item_by_call_id, call_id, since, a, i_r);
}

static bool fault_item_insert(struct store_tx *tx, struct item *i, GError **err)
{
	PASS(item_insert, i);
}

static bool fault_item_update(struct store_tx *tx, const struct item *i, GError **err)
{
	PASS(item_update, i);
}

static bool fault_items(struct store_tx *tx, const struct item_filter *f, struct arena *a, struct item ***items_r,
			gsize *n_r, GError **err)
{
	PASS(items, f, a, items_r, n_r);
}

static bool fault_notice_by_key(struct store_tx *tx, const char *key, int64_t since, struct arena *a,
				struct notice **n_r, GError **err)
{
	PASS(notice_by_key, key, since, a, n_r);
}

static bool fault_notices(struct store_tx *tx, int64_t item, gsize limit, struct arena *a, struct notice **notices_r,
			  gsize *n_r, GError **err)
{
	PASS(notices, item, limit, a, notices_r, n_r);
}

static bool fault_notice_insert(struct store_tx *tx, struct notice *n, GError **err)
{
	PASS(notice_insert, n);
}

static bool fault_job(struct store_tx *tx, int64_t id, struct arena *a, struct job **j_r, GError **err)
{
	PASS(job, id, a, j_r);
}

static bool fault_job_insert(struct store_tx *tx, struct job *j, GError **err)
{
	PASS(job_insert, j);
}

static bool fault_job_update(struct store_tx *tx, const struct job *j, GError **err)
{
	PASS(job_update, j);
}

static bool fault_jobs_due(struct store_tx *tx, enum job_kind kind, int64_t now, gsize limit, struct arena *a,
			   struct job ***jobs_r, gsize *n_r, GError **err)
{
	PASS(jobs_due, kind, now, limit, a, jobs_r, n_r);
}

static bool fault_jobs_in_state(struct store_tx *tx, enum job_state state, enum job_kind kind, gsize limit,
				struct arena *a, struct job ***jobs_r, gsize *n_r, GError **err)
{
	PASS(jobs_in_state, state, kind, limit, a, jobs_r, n_r);
}

static bool fault_jobs_of_item(struct store_tx *tx, int64_t item, struct arena *a, struct job ***jobs_r, gsize *n_r,
			       GError **err)
{
	PASS(jobs_of_item, item, a, jobs_r, n_r);
}

static bool fault_job_by_provider_id(struct store_tx *tx, const char *provider, const char *provider_id,
				     struct arena *a, struct job **j_r, GError **err)
{
	PASS(job_by_provider_id, provider, provider_id, a, j_r);
}

static bool fault_jobs_cancel(struct store_tx *tx, int64_t item, guint topics, int64_t now, GError **err)
{
	PASS(jobs_cancel, item, topics, now);
}

static bool fault_next_due(struct store_tx *tx, enum job_kind kind, int64_t *due_r, GError **err)
{
	PASS(next_due, kind, due_r);
}

static bool fault_journal_add(struct store_tx *tx, const struct journal_record *j, GError **err)
{
	PASS(journal_add, j);
}

static bool fault_journal(struct store_tx *tx, int64_t item, struct arena *a, struct journal_record ***records_r,
			  gsize *n_r, GError **err)
{
	PASS(journal, item, a, records_r, n_r);
}

static bool fault_items_walk(struct store_tx *tx, int64_t after, gsize limit, item_visit visit, void *user,
			     int64_t *last_r, GError **err)
{
	PASS(items_walk, after, limit, visit, user, last_r);
}

static bool fault_journal_walk(struct store_tx *tx, int64_t after, gsize limit, journal_visit visit, void *user,
			       int64_t *last_r, GError **err)
{
	PASS(journal_walk, after, limit, visit, user, last_r);
}

static bool fault_journal_head(struct store_tx *tx, struct chain_head *h_r, GError **err)
{
	PASS(journal_head, h_r);
}

static bool fault_item_forget(struct store_tx *tx, int64_t item, GError **err)
{
	PASS(item_forget, item);
}

static bool fault_journal_forget(struct store_tx *tx, int64_t record, GError **err)
{
	PASS(journal_forget, record);
}

static bool fault_jobs_forget(struct store_tx *tx, const char *words, int64_t after, gsize limit, int64_t *last_r,
			      GError **err)
{
	PASS(jobs_forget, words, after, limit, last_r);
}

static bool fault_code_give(struct store_tx *tx, const char *phone, int64_t item, int64_t now, int64_t rest_s,
			    int *code_r, GError **err)
{
	PASS(code_give, phone, item, now, rest_s, code_r);
}

static bool fault_codes(struct store_tx *tx, const char *phone, int64_t now, int64_t rest_s, struct arena *a,
			struct code **codes_r, gsize *n_r, GError **err)
{
	PASS(codes, phone, now, rest_s, a, codes_r, n_r);
}

static bool fault_phone_stop(struct store_tx *tx, const char *phone, int64_t at, GError **err)
{
	PASS(phone_stop, phone, at);
}

static bool fault_phones_stopped(struct store_tx *tx, struct arena *a, const char *const **phones_r, GError **err)
{
	PASS(phones_stopped, a, phones_r);
}

static bool fault_override_insert(struct store_tx *tx, struct override *o, GError **err)
{
	PASS(override_insert, o);
}

static bool fault_override_remove(struct store_tx *tx, int64_t id, bool *found_r, GError **err)
{
	PASS(override_remove, id, found_r);
}

static bool fault_overrides(struct store_tx *tx, int64_t since, struct arena *a, struct override **overrides_r,
			    gsize *n_r, GError **err)
{
	PASS(overrides, since, a, overrides_r, n_r);
}

static bool fault_texts_sent(struct store_tx *tx, const struct sent_filter *f, gsize *n_r, int64_t *oldest_r,
			     GError **err)
{
	PASS(texts_sent, f, n_r, oldest_r);
}

static bool fault_jobs_in_bundle(struct store_tx *tx, int64_t bundle, struct arena *a, struct job ***jobs_r, gsize *n_r,
				 GError **err)
{
	PASS(jobs_in_bundle, bundle, a, jobs_r, n_r);
}

static bool fault_watch_set(struct store_tx *tx, const struct watch *w, GError **err)
{
	PASS(watch_set, w);
}

static bool fault_watches(struct store_tx *tx, struct arena *a, struct watch **watches_r, gsize *n_r, GError **err)
{
	PASS(watches, a, watches_r, n_r);
}

static bool fault_mark(struct store_tx *tx, const char *name, struct mark *m_r, GError **err)
{
	PASS(mark, name, m_r);
}

static bool fault_mark_set(struct store_tx *tx, const char *name, const struct mark *m, GError **err)
{
	PASS(mark_set, name, m);
}

static bool fault_mute_set(struct store_tx *tx, const struct mute *m, GError **err)
{
	PASS(mute_set, m);
}

static bool fault_mute_remove(struct store_tx *tx, const char *line, bool *found_r, GError **err)
{
	PASS(mute_remove, line, found_r);
}

static bool fault_mutes(struct store_tx *tx, int64_t since, struct arena *a, struct mute **mutes_r, gsize *n_r,
			GError **err)
{
	PASS(mutes, since, a, mutes_r, n_r);
}

static bool fault_turn_take(struct store_tx *tx, const char *pool, const char *person, GError **err)
{
	PASS(turn_take, pool, person);
}

static bool fault_turns(struct store_tx *tx, struct arena *a, struct pool_turn **turns_r, gsize *n_r, GError **err)
{
	PASS(turns, a, turns_r, n_r);
}

static bool fault_drift_add(struct store_tx *tx, const char *source, const char *profile, const char *field,
			    int64_t at, GError **err)
{
	PASS(drift_add, source, profile, field, at);
}

static bool fault_drift(struct store_tx *tx, int64_t since, struct arena *a, struct drift **drift_r, gsize *n_r,
			GError **err)
{
	PASS(drift, since, a, drift_r, n_r);
}

static bool fault_counts(struct store_tx *tx, struct store_counts *c_r, GError **err)
{
	PASS(counts, c_r);
}

static enum store_outcome fault_store_run(struct store *s, store_think think, void *user, GError **err);
static enum store_outcome fault_store_read(struct store *s, store_think think, void *user, GError **err);

static void fault_store_free(struct store *s)
{
	struct store_fault *f = (struct store_fault *)s;

	store_free(f->inner);
	g_free(f);
}

static const struct store_ops fault_ops = {
	.run = fault_store_run,
	.read = fault_store_read,
	.free = fault_store_free,
	.item = fault_item,
	.item_by_key = fault_item_by_key,
	.item_by_call_id = fault_item_by_call_id,
	.item_insert = fault_item_insert,
	.item_update = fault_item_update,
	.items = fault_items,
	.notice_by_key = fault_notice_by_key,
	.notices = fault_notices,
	.notice_insert = fault_notice_insert,
	.job = fault_job,
	.job_insert = fault_job_insert,
	.job_update = fault_job_update,
	.jobs_due = fault_jobs_due,
	.jobs_in_state = fault_jobs_in_state,
	.jobs_of_item = fault_jobs_of_item,
	.job_by_provider_id = fault_job_by_provider_id,
	.jobs_cancel = fault_jobs_cancel,
	.next_due = fault_next_due,
	.journal_add = fault_journal_add,
	.journal = fault_journal,
	.items_walk = fault_items_walk,
	.journal_walk = fault_journal_walk,
	.journal_head = fault_journal_head,
	.item_forget = fault_item_forget,
	.journal_forget = fault_journal_forget,
	.jobs_forget = fault_jobs_forget,
	.code_give = fault_code_give,
	.codes = fault_codes,
	.phone_stop = fault_phone_stop,
	.phones_stopped = fault_phones_stopped,
	.override_insert = fault_override_insert,
	.override_remove = fault_override_remove,
	.overrides = fault_overrides,
	.texts_sent = fault_texts_sent,
	.jobs_in_bundle = fault_jobs_in_bundle,
	.watch_set = fault_watch_set,
	.watches = fault_watches,
	.mark = fault_mark,
	.mark_set = fault_mark_set,
	.mute_set = fault_mute_set,
	.mute_remove = fault_mute_remove,
	.mutes = fault_mutes,
	.turn_take = fault_turn_take,
	.turns = fault_turns,
	.drift_add = fault_drift_add,
	.drift = fault_drift,
	.counts = fault_counts,
};

/* The commit is an operation too: struck, it either undoes the think or is done and only reported as uncertain. */
static bool commit_passes(struct fault_run *r, GError **err)
{
	if (!r->commits || !fault_strikes(r->fault))
		return true;
	r->uncertain = r->fault->uncertain;
	r->failed = !r->uncertain;
	return r->uncertain || fault_error(r->fault, "commit", err);
}

static bool fault_think(struct store_tx *tx, void *user, GError **err)
{
	struct fault_run *r = user;
	struct fault_tx t = { { &fault_ops }, tx, r->fault, &r->failed };
	bool ok;

	r->failed = r->uncertain = false;	/* a think may be run again */
	ok = r->think(&t.base, r->user, err);
	g_assert(!ok || !r->failed);		/* a think whose call failed must return false (store.h) */
	return ok && commit_passes(r, err);
}

static enum store_outcome fault_start(struct store *s, store_think think, void *user, bool commits, GError **err)
{
	struct store_fault *f = (struct store_fault *)s;
	struct fault_run r = { .fault = f, .think = think, .user = user, .commits = commits };
	enum store_outcome outcome;

	if (fault_strikes(f)) {
		fault_error(f, "begin", err);
		return STORE_FAILED;
	}
	outcome = (commits ? store_run : store_read)(f->inner, fault_think, &r, err);
	if (r.failed)
		return STORE_FAILED;
	if (outcome != STORE_DONE || !r.uncertain)
		return outcome;
	fault_error(f, "commit, uncertain", err);
	return STORE_UNCERTAIN;
}

static enum store_outcome fault_store_run(struct store *s, store_think think, void *user, GError **err)
{
	return fault_start(s, think, user, true, err);
}

static enum store_outcome fault_store_read(struct store *s, store_think think, void *user, GError **err)
{
	return fault_start(s, think, user, false, err);
}

struct store *store_fault_new(struct store *inner, guint64 at, bool uncertain)
{
	struct store_fault *f = g_new0(struct store_fault, 1);

	f->base.ops = &fault_ops;
	f->inner = inner;
	f->at = at;
	f->uncertain = uncertain;
	return &f->base;
}

guint64 store_fault_count(const struct store *s)
{
	return __atomic_load_n(&((const struct store_fault *)s)->count, __ATOMIC_RELAXED);
}
