#include "outbox.h"

#include "apply.h"
#include "claim.h"
#include "clock.h"
#include "early.h"
#include "err.h"
#include "handoff.h"
#include "log.h"
#include "morning.h"
#include "outbox_job.h"
#include "parcels.h"
#include "text.h"

#define BATCH 256
#define TURN_MAX_S 60
#define UNKNOWN_MAX 3		/* a link that dies with the same text on it: not for ever */

struct outbox {
	struct engine *engine;
	struct store *store;
	struct carrier *texts, *mails;
	GMutex *carriers, own;		/* own, unless another thread turns them */
	void (*wake)(void *user);	/* NULL likewise */
	void *user;
	bool starved[N_JOB_KINDS];	/* under the carriers' lock: had no room in this turn */
	int64_t morning;	/* the last that was done */
	int64_t looked;		/* for handoffs, last */
	bool failed;		/* the store took something not in this turn: no haste for the next */
	GMutex settling;	/* one thread at a time writes outcomes down; and early is its */
	struct early *early;
	GMutex lock;		/* of the queue */
	GQueue unrecorded;	/* struct outcome *, as they came; many share one commit */
};

struct outcome {
	int64_t job;
	enum carrier_result result;
	char *provider, *id, *error;
};

struct outbox *outbox_new(struct engine *e, struct store *s, struct carrier *texts, struct carrier *mails)
{
	struct outbox *o = g_new0(struct outbox, 1);

	o->engine = e;
	o->store = s;
	o->texts = texts;
	o->mails = mails;
	o->early = early_new();
	g_mutex_init(&o->own);
	o->carriers = &o->own;
	g_mutex_init(&o->settling);
	g_mutex_init(&o->lock);
	g_queue_init(&o->unrecorded);
	return o;
}

static struct outcome *outcome_new(const char *provider, int64_t job, enum carrier_result result, const char *id,
				   const char *error)
{
	struct outcome *c = g_new0(struct outcome, 1);

	c->job = job;
	c->result = result;
	c->provider = g_strdup(provider);
	c->id = g_strdup(id ? id : "");
	c->error = g_strdup(error && *error ? error : "no reason given");
	return c;
}

static void outcome_free(gpointer p)
{
	struct outcome *c = p;

	g_free(c->provider);
	g_free(c->id);
	g_free(c->error);
	g_free(c);
}

void outbox_free(struct outbox *o)
{
	if (!o)
		return;
	early_free(o->early);
	g_queue_clear_full(&o->unrecorded, outcome_free);
	g_mutex_clear(&o->own);
	g_mutex_clear(&o->settling);
	g_mutex_clear(&o->lock);
	g_free(o);
}

void outbox_set_carriers(struct outbox *o, struct carrier *texts, struct carrier *mails)
{
	o->texts = texts;
	o->mails = mails;
}

/* ---- the carriers, which another thread may be turning ---- */

void outbox_share(struct outbox *o, GMutex *lock, void (*wake)(void *), void *user)
{
	o->carriers = lock;
	o->wake = wake;
	o->user = user;
}

static guint room_for(struct outbox *o, enum job_kind kind)
{
	struct carrier *c = kind == JOB_TEXT ? o->texts : o->mails;
	guint n;

	g_mutex_lock(o->carriers);
	n = c ? c->ops->room(c) : 0;
	o->starved[kind] = c && !n;
	g_mutex_unlock(o->carriers);
	return n;
}

static bool has_room_again(const struct outbox *o, enum job_kind kind)
{
	struct carrier *c = kind == JOB_TEXT ? o->texts : o->mails;

	return o->starved[kind] && c && c->ops->room(c);
}

bool outbox_has_work(struct outbox *o)
{
	bool any;

	g_mutex_lock(&o->lock);
	any = !g_queue_is_empty(&o->unrecorded);
	g_mutex_unlock(&o->lock);
	return any || has_room_again(o, JOB_TEXT) || has_room_again(o, JOB_MAIL);
}

static void outcome_keep(struct outbox *o, struct outcome *c)
{
	g_mutex_lock(&o->lock);
	g_queue_push_tail(&o->unrecorded, c);
	g_mutex_unlock(&o->lock);
}

/* ---- what cannot be done now must not stop the rest ---- */

/* Later, and those behind it first. False if the store does not take that either. */
static bool put_off(struct outbox *o, int64_t job, const GError *why)
{
	AUTO_ARENA a = arena_new();
	struct job_put_off p = { .job = job, .now = clock_now(), .a = a };

	p.why = text_line(a, why ? why->message : "no reason given", 200);
	log_error("outbox: job=%" G_GINT64_FORMAT " put off: %s", job, p.why);
	return store_run(o->store, job_put_off, &p, NULL) == STORE_DONE;
}

struct due {
	enum job_kind kind;
	int64_t now;
	gsize limit;
	struct arena *a;
	struct job **jobs;
	gsize n;
};

static bool think_due(struct store_tx *tx, void *user, GError **err)
{
	struct due *d = user;

	return tx_jobs_due(tx, d->kind, d->now, d->limit, d->a, &d->jobs, &d->n, err);
}

/* A look without a commit first: nothing is due most of the time. */
static bool look(struct outbox *o, struct due *d)
{
	g_autoptr(GError) err = NULL;

	if (store_read(o->store, think_due, d, &err) == STORE_DONE)
		return d->n > 0;
	log_error("outbox: cannot read: %s", err->message);
	o->failed = true;
	return false;
}

/* The claim may be durable all the same: without this its jobs would be SENDING until the next start. */
static void put_back(struct outbox *o, GPtrArray *parcels, guint first, const char *why)
{
	for (guint k = first; k < parcels->len; k++) {
		const struct parcel *p = g_ptr_array_index(parcels, k);

		outcome_keep(o, outcome_new("", p->job, CARRIER_LATER, "", why));
	}
	g_ptr_array_set_size(parcels, (gint)first);
}

/* While the claim was written down a link may have gone, and its room with it. */
static void hand_over(struct outbox *o, enum job_kind kind, GPtrArray *parcels)
{
	struct carrier *c = kind == JOB_TEXT ? o->texts : o->mails;
	guint n;

	if (!parcels->len)
		return;
	g_mutex_lock(o->carriers);
	n = MIN(parcels->len, c->ops->room(c));
	for (guint k = 0; k < n; k++)
		c->ops->send(c, g_ptr_array_index(parcels, k));
	g_mutex_unlock(o->carriers);
	put_back(o, parcels, n, "there was no room for it any more");
	if (n && o->wake)
		o->wake(o->user);
}

static bool send_due(struct outbox *o, enum job_kind kind)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GPtrArray) parcels = g_ptr_array_new();
	g_autoptr(GError) err = NULL;
	struct due due = { .kind = kind, .now = clock_now(), .limit = 1, .a = a };
	struct claim claim = { .kind = kind, .now = due.now, .a = a, .parcels = parcels };
	struct conf *conf;
	bool ok;

	claim.limit = MIN(room_for(o, kind), BATCH);
	if (!claim.limit || !look(o, &due))
		return false;
	claim.conf = conf = engine_conf(o->engine);
	ok = store_run(o->store, claim_think, &claim, &err) == STORE_DONE;
	if (!ok) {
		log_error("outbox: cannot claim what is due: %s", err ? err->message : "?");
		put_back(o, parcels, 0, "the store failed");
		ok = claim.stuck && put_off(o, claim.stuck, err);
	}
	hand_over(o, kind, parcels);
	conf_unref(conf);
	o->failed |= !ok;
	return ok;
}

static bool timers_due(struct outbox *o)
{
	AUTO_ARENA a = arena_new();
	struct due due = { .kind = JOB_TIMER, .now = clock_now(), .limit = BATCH, .a = a };

	if (!look(o, &due))
		return false;
	for (gsize k = 0; k < due.n; k++) {
		g_autoptr(GError) err = NULL;

		if (engine_timer(o->engine, due.jobs[k]->id, &err) || put_off(o, due.jobs[k]->id, err))
			continue;
		o->failed = true;
		return false;
	}
	return due.n == BATCH;
}

/* ---- back: what became of it ---- */

struct result {
	const struct conf *conf;
	struct arena *a;
	int64_t job, now;
	enum carrier_result result;
	const char *id, *error;
	const char *provider;
};

static bool note_sent(struct store_tx *tx, struct result *r, const struct job *j, GError **err)
{
	struct job *note;

	return parcel_note_sent(tx, r->conf, j, r->now, r->a, &note, err) && (!note || tx_job_insert(tx, note, err));
}

static bool sent(struct store_tx *tx, struct result *r, struct job *j, GError **err)
{
	j->state = j->kind == JOB_TEXT ? JOB_SENT : JOB_DONE;
	j->provider = r->provider;
	j->provider_id = r->id;
	j->error = NULL;
	if (!tx_job_update(tx, j, err))
		return false;
	if (j->kind == JOB_MAIL)
		return true;
	return job_journal(tx, j, JOURNAL_SENT,
			   arena_printf(r->a, "%s to %s%s", topic_name(j->topic), j->person ? j->person : j->to,
					j->possibly_twice ? ", possibly twice" : ""), r->now, err) &&
	       note_sent(tx, r, j, err);
}

static bool again(struct store_tx *tx, struct result *r, struct job *j, GError **err)
{
	j->state = JOB_WAITING;
	j->sent = j->bundle = 0;
	j->due = r->now + (r->result == CARRIER_UNKNOWN ? 0 : job_retry_delay(j->tries));
	j->error = r->error;
	if (*r->id) {		/* of a text in parts: what need not go again */
		j->provider = r->provider;
		j->provider_id = r->id;
	}
	if (!tx_job_update(tx, j, err))
		return false;
	return j->tries > 1 || r->result == CARRIER_UNKNOWN ||
	       job_journal(tx, j, JOURNAL_PUT_OFF, r->error, r->now, err);
}

static bool unknown(struct store_tx *tx, struct result *r, struct job *j, GError **err)
{
	j->possibly_twice++;
	return job_journal(tx, j, JOURNAL_POSSIBLY_TWICE, "the link was lost before the answer; sent again, possibly twice", r->now,
			   err) &&
	       again(tx, r, j, err);
}

static bool record_job(struct store_tx *tx, struct result *r, struct job *j, GError **err)
{
	if (j->state != JOB_SENDING)
		return true;
	j->updated = r->now;
	switch (r->result) {
	case CARRIER_SENT:
		return sent(tx, r, j, err);
	case CARRIER_UNKNOWN:
		return j->possibly_twice < UNKNOWN_MAX - 1 ? unknown(tx, r, j, err) :
		       job_refuse(tx, r->conf, j, r->error, r->now, r->a, err);
	case CARRIER_REFUSED:
		return job_refuse(tx, r->conf, j, r->error, r->now, r->a, err);
	case CARRIER_LATER:
		return again(tx, r, j, err);
	}
	g_assert_not_reached();
}

/* What became of a text became of all that it said. */
static bool think_result(struct store_tx *tx, void *user, GError **err)
{
	struct result *r = user;
	struct job **jobs, *j;
	gsize n = 1;

	if (!tx_job(tx, r->job, r->a, &j, err))
		return false;
	if (!j)
		return true;
	jobs = &j;
	if (j->bundle && !tx_jobs_in_bundle(tx, j->bundle, r->a, &jobs, &n, err))
		return false;
	for (gsize k = 0; k < n; k++)
		if (!record_job(tx, r, jobs[k], err))
			return false;
	return true;
}

static const char *result_name(enum carrier_result result)
{
	static const char *const names[] = { "sent", "later", "refused", "unknown" };

	return names[result];
}

/* Outcomes that share one commit. */
struct results {
	const struct conf *conf;
	struct arena *a;
	const struct outcome *all[BATCH];
	gsize n;
};

static bool think_results(struct store_tx *tx, void *user, GError **err)
{
	const struct results *all = user;

	for (gsize k = 0; k < all->n; k++) {
		const struct outcome *c = all->all[k];
		struct result r = {
			.conf = all->conf, .a = all->a, .job = c->job, .now = clock_now(), .result = c->result,
			.id = c->id, .error = text_line(all->a, c->error, 200), .provider = c->provider
		};

		if (!think_result(tx, &r, err))
			return false;
	}
	return true;
}

/* The first n of those that came: how many, 0 if there are none. More may come meanwhile, at the end. */
static gsize results_take(struct outbox *o, struct results *r, gsize n)
{
	g_mutex_lock(&o->lock);
	for (GList *l = o->unrecorded.head; l && r->n < n; l = l->next)
		r->all[r->n++] = l->data;
	g_mutex_unlock(&o->lock);
	return r->n;
}

static void results_free(struct outbox *o, gsize n)
{
	g_mutex_lock(&o->lock);
	while (n-- > 0)
		outcome_free(g_queue_pop_head(&o->unrecorded));
	g_mutex_unlock(&o->lock);
}

enum recorded { NOTHING, RECORDED, NOT_RECORDED };

static enum recorded record(struct outbox *o, gsize n)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GError) err = NULL;
	struct results r = { .a = a };
	bool ok;

	if (!results_take(o, &r, n))
		return NOTHING;
	r.conf = engine_conf(o->engine);
	ok = store_run(o->store, think_results, &r, &err) == STORE_DONE;
	if (!ok)
		log_error("outbox: job=%" G_GINT64_FORMAT " outcome not recorded yet: %s", r.all[0]->job,
			  err ? err->message : "?");
	if (ok)
		results_free(o, r.n);
	conf_unref((struct conf *)r.conf);
	return ok ? RECORDED : NOT_RECORDED;
}

bool outbox_settle(struct outbox *o)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&o->settling);
	enum recorded done;
	bool any = false;

	while ((done = record(o, BATCH)) != NOTHING) {
		/* One that the store does not take shall not keep back those before it. */
		if (done == NOT_RECORDED && record(o, 1) == NOT_RECORDED)
			return false;
		any = true;
	}
	if (any)
		early_match(o->early, o->engine);
	return true;
}

/* Called by the carriers. If the process dies before the next turn wrote it down, the job is still SENDING and
 * outbox_recover() finds it. */
static void on_outcome(void *user, const char *provider, int64_t job, enum carrier_result result, const char *id,
		       const char *error)
{
	struct outbox *o = user;
	struct outcome *c = outcome_new(provider, job, result, id, error);

	if (result != CARRIER_SENT)
		log_warn("outbox: job=%" G_GINT64_FORMAT " result=%s error=%s", job, result_name(result), c->error);
	outcome_keep(o, c);
}

static bool on_received(void *user, const char *provider, const char *phone, const char *text)
{
	struct outbox *o = user;
	g_autoptr(GError) err = NULL;

	if (engine_reply(o->engine, provider, phone, text, &err))
		return true;
	log_error("outbox: a reply could not be recorded, the provider will send it again: %s",
		  err ? err->message : "?");
	return false;
}

static bool on_receipted(void *user, const char *provider, const struct receipt *r)
{
	struct outbox *o = user;
	g_autoptr(GError) err = NULL;

	outbox_settle(o);	/* the text's own id comes before its receipt */
	if (engine_receipt(o->engine, provider, r, &err))
		return true;
	if (g_error_matches(err, ERR_DOMAIN, ERR_INPUT)) {
		g_mutex_lock(&o->settling);
		early_keep(o->early, provider, r);
		g_mutex_unlock(&o->settling);
		return true;
	}
	log_error("outbox: a receipt could not be recorded: %s", err ? err->message : "?");
	return false;
}

struct carrier_events outbox_events(struct outbox *o)
{
	return (struct carrier_events){
		.user = o, .outcome = on_outcome, .received = on_received, .receipted = on_receipted
	};
}

/* ---- start and turn ---- */

static bool think_recover(struct store_tx *tx, void *user, GError **err)
{
	struct claim *c = user;
	struct job **jobs;
	gsize n;

	if (!tx_jobs_in_state(tx, JOB_SENDING, N_JOB_KINDS, 10000, c->a, &jobs, &n, err))
		return false;
	for (gsize k = 0; k < n; k++)
		if (!job_recover(tx, jobs[k], c->now, err))
			return false;
	c->limit = n;
	return true;
}

bool outbox_recover(struct outbox *o, GError **err)
{
	AUTO_ARENA a = arena_new();
	struct claim c = { .a = a, .now = clock_now() };

	if (store_run(o->store, think_recover, &c, err) != STORE_DONE)
		return false;
	if (c.limit)
		log_info("outbox: recovered=%" G_GSIZE_FORMAT " possibly sent before", c.limit);
	return true;
}

struct next {
	bool kinds[N_JOB_KINDS];
	int64_t due;
};

static bool think_next(struct store_tx *tx, void *user, GError **err)
{
	struct next *n = user;

	for (guint k = 0; k < N_JOB_KINDS; k++) {
		int64_t due;

		if (!n->kinds[k])
			continue;
		if (!tx_next_due(tx, k, &due, err))
			return false;
		if (due && (!n->due || due < n->due))
			n->due = due;
	}
	return true;
}

/* A text that waits for a link that is down is no reason to wake up: the link's own turn is. */
static int64_t next_turn(struct outbox *o)
{
	struct next n = { .kinds = { [JOB_TIMER] = true, [JOB_TEXT] = room_for(o, JOB_TEXT),
				     [JOB_MAIL] = room_for(o, JOB_MAIL) } };

	if (store_read(o->store, think_next, &n, NULL) != STORE_DONE)
		return 1;
	return n.due ? CLAMP(n.due - clock_now(), o->failed, TURN_MAX_S) : TURN_MAX_S;
}

static void tell_managers(struct outbox *o)
{
	struct conf *conf = engine_conf(o->engine);
	const int64_t now = clock_now(), last = morning_last(conf, now);
	g_autoptr(GError) err = NULL;

	if (last == o->morning) {
		conf_unref(conf);
		return;
	}
	if (morning_turn(o->store, conf, now, &err)) {
		o->morning = last;
	} else {
		log_error("outbox: the list of what is stale: %s", err ? err->message : "?");
		o->failed = true;
	}
	conf_unref(conf);
}

static void look_at_handoffs(struct outbox *o)
{
	g_autoptr(GError) err = NULL;
	struct conf *conf = engine_conf(o->engine);

	if (!handoff_look(o->store, conf, &o->looked, &err))
		log_error("outbox: handoffs: %s", err ? err->message : "?");
	conf_unref(conf);
}

int64_t outbox_turn(struct outbox *o)
{
	o->failed = false;
	if (!outbox_settle(o))
		return 1;
	tell_managers(o);
	look_at_handoffs(o);
	while (timers_due(o))
		;
	while (send_due(o, JOB_TEXT))
		;
	while (send_due(o, JOB_MAIL))
		;
	return next_turn(o);
}
