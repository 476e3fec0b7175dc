#include "engine.h"

#include <string.h>

#include "apply.h"
#include "clock.h"
#include "dedup.h"
#include "err.h"
#include "part_receipt.h"
#include "receipt_id.h"
#include "reply.h"
#include "text.h"

/* A mail that waits in a queue comes again for five days at most (Postfix, maximal_queue_lifetime). */
#define RETRY_WINDOW_S (7 * 86400)
#define NOTICES_MAX 64
#define DEALT_WITH_MAX 20	/* items of a caller, to find who dealt with one */
#define WARN_EVERY_S 3600

struct engine {
	struct store *store;
	GMutex lock;
	struct conf *conf;
	void (*wake)(void *);
	void *wake_user;
	int64_t woken_for;	/* when the job is due that wake was called for last */
	GHashTable *warned;	/* "source profile" -> int64_t *, when they were warned of last */
};

/* What a think gets and gives. The arena is the caller's; a think that runs again takes more of it. */
struct turn {
	const struct conf *conf;
	struct event event;
	int64_t job, item;
	int64_t now;
	const char *provider;
	const char *source, *profile;	/* of a mail that is not read any more */
	const struct receipt *receipt;
	const char *forms[RECEIPT_ID_FORMS + 1];	/* of its id; NULL-terminated */
	struct arena *a;
	struct decision *decision;
	int64_t due;		/* of the first job that the think added; 0: none */
};

struct engine *engine_new(struct store *store, struct conf *conf, void (*wake)(void *), void *user)
{
	struct engine *e = g_new0(struct engine, 1);

	g_mutex_init(&e->lock);
	e->store = store;
	e->warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	e->conf = conf_ref(conf);
	e->wake = wake;
	e->wake_user = user;
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	conf_unref(e->conf);
	g_hash_table_unref(e->warned);
	g_mutex_clear(&e->lock);
	g_free(e);
}

struct conf *engine_conf(struct engine *e)
{
	struct conf *c;

	g_mutex_lock(&e->lock);
	c = conf_ref(e->conf);
	g_mutex_unlock(&e->lock);
	return c;
}

void engine_set_conf(struct engine *e, struct conf *c)
{
	struct conf *old;

	g_mutex_lock(&e->lock);
	old = e->conf;
	e->conf = c;
	g_hash_table_remove_all(e->warned);	/* names that are no more */
	g_mutex_unlock(&e->lock);
	conf_unref(old);
}

/* The courier wakes by itself for what it was woken for last, and then looks for everything: until then only what is due
 * before that needs a word. */
static bool needs_wake(struct engine *e, int64_t due, int64_t now)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&e->lock);

	(void)locker;
	if (due == INT64_MAX || (e->woken_for > now && due >= e->woken_for))
		return false;
	e->woken_for = due;
	return true;
}

/* Runs a think, and wakes the courier when there is something for it. */
static bool run(struct engine *e, store_think think, struct turn *t, GError **err)
{
	if (store_run(e->store, think, t, err) != STORE_DONE)
		return false;
	if (e->wake && needs_wake(e, t->due ? t->due : INT64_MAX, t->now))
		e->wake(e->wake_user);
	return true;
}

/* Those that nobody could carry out are not kept, and have no id. */
static void note_due(struct turn *t)
{
	for (guint k = 0; k < t->decision->jobs->len; k++) {
		const struct job *j = g_ptr_array_index(t->decision->jobs, k);

		if (j->id && (!t->due || j->due < t->due))
			t->due = j->due;
	}
}

/* Only who has schedules has others on call. */
static bool find_overrides(struct store_tx *tx, struct turn *t, struct facts *f, GError **err)
{
	struct override *overrides = NULL;

	if (t->conf->roster->schedules->len == 0)
		return true;
	if (!tx_overrides(tx, t->now, t->a, &overrides, &f->n_overrides, err))
		return false;
	f->overrides = overrides;
	return true;
}

static bool decide_and_apply(struct store_tx *tx, struct turn *t, struct facts *f, GError **err)
{
	struct mute *mutes;

	/* The first notice of a call tells nobody: that is the window's timer, later. */
	if ((t->event.kind != EVENT_NOTICE || f->item) && !tx_phones_stopped(tx, t->a, &f->stopped, err))
		return false;
	if (!find_overrides(tx, t, f, err) || !tx_mutes(tx, t->now, t->a, &mutes, &f->n_mutes, err))
		return false;
	f->mutes = mutes;
	t->decision = decide(t->conf->roster, &t->event, f, t->now, t->a);
	if (!apply_decision(tx, t->conf, t->decision, t->now, err))
		return false;
	note_due(t);
	return true;
}

/* ---- a notice ---- */

/* The item that a call may belong to: the PBX's own call id first, then line and caller. */
static bool find_item(struct store_tx *tx, struct turn *t, struct item **i_r, GError **err)
{
	const struct rules *rules = &t->conf->roster->rules;
	const struct call *c = t->event.call;
	const char *why;
	const struct line *line = roster_line(t->conf->roster, c, t->event.rcpts, t->a, &why);

	*i_r = NULL;
	if (c->call_id && !tx_item_by_call_id(tx, c->call_id, t->now - RETRY_WINDOW_S, t->a, i_r, err))
		return false;
	if (!line || (*i_r && dedup_is_same_id(c, *i_r, t->now, rules->reopen_window_s)))
		return true;
	*i_r = NULL;	/* an id used again must not hide the item that this caller has */
	return tx_item_by_key(tx, dedup_item_key(t->a, line, c), t->now - rules->reopen_window_s, t->a, i_r, err);
}

static bool find_same(struct store_tx *tx, struct turn *t, struct facts *f, GError **err)
{
	const char *rcpts = dedup_rcpts(t->a, t->event.rcpts);
	struct notice *same;
	struct item *i;

	if (!tx_notice_by_key(tx, dedup_notice_key(t->a, t->event.call, rcpts), t->now - RETRY_WINDOW_S, t->a, &same,
			      err))
		return false;
	if (!same || !dedup_is_retry(t->event.call, t->event.message_id, same, t->now,
				     t->conf->roster->rules.collect_window_s))
		return true;
	f->same = same;
	if (!tx_item(tx, same->item, t->a, &i, err))
		return false;
	f->item = i;
	return true;
}

/* With the item's own commit it costs next to nothing, and cannot be lost. */
static bool count_reading(struct store_tx *tx, const struct call *c, int64_t now, GError **err)
{
	if (!c->source || !c->profile)
		return true;
	if (!tx_drift_add(tx, c->source, c->profile, DRIFT_READ, now, err))
		return false;
	for (guint f = 0; f < N_FIELDS; f++)
		if ((c->missing & 1u << f) &&
		    !tx_drift_add(tx, c->source, c->profile, call_field_name((enum call_field)f), now, err))
			return false;
	return true;
}

/* What only some owner policies ask for. */
static bool find_owners(struct store_tx *tx, struct turn *t, struct facts *f, GError **err)
{
	const struct roster *r = t->conf->roster;
	const struct item_filter filter = { .number = t->event.call->caller, .limit = DEALT_WITH_MAX };
	struct pool_turn *turns = NULL;
	struct item **items;
	gsize n = 0;

	if (r->pools->len && !tx_turns(tx, t->a, &turns, &f->n_turns, err))
		return false;
	f->turns = turns;
	if (!r->asks_last || !filter.number)
		return true;
	if (!tx_items(tx, &filter, t->a, &items, &n, err))
		return false;
	for (gsize k = 0; k < n && !f->dealt_with; k++)
		f->dealt_with = items[k]->acked_by;
	return true;
}

static bool think_notice(struct store_tx *tx, void *user, GError **err)
{
	struct turn *t = user;
	struct facts f = { 0 };
	struct item *i = NULL;
	struct notice *notices = NULL;

	if (!find_same(tx, t, &f, err))
		return false;
	if (!f.item) {
		if (!find_item(tx, t, &i, err))
			return false;
		f.item = i;
	}
	if (f.item && !tx_notices(tx, f.item->id, NOTICES_MAX, t->a, &notices, &f.n_notices, err))
		return false;
	f.notices = notices;
	return find_owners(tx, t, &f, err) && count_reading(tx, t->event.call, t->now, err) && decide_and_apply(tx, t, &f, err);
}

struct decision *engine_take(struct engine *e, const struct conf *conf, const struct event *notice, struct arena *a,
			     GError **err)
{
	struct turn t = { .conf = conf, .event = *notice, .a = a, .now = clock_now() };

	t.event.kind = EVENT_NOTICE;
	return run(e, think_notice, &t, err) ? t.decision : NULL;
}

/* ---- drift ---- */

static bool think_unread(struct store_tx *tx, void *user, GError **err)
{
	const struct turn *t = user;

	return tx_drift_add(tx, t->source, t->profile, DRIFT_UNREAD, t->now, err);
}

bool engine_unread(struct engine *e, const char *source, const char *profile, GError **err)
{
	struct turn t = { .source = source, .profile = profile, .now = clock_now() };

	return store_run(e->store, think_unread, &t, err) == STORE_DONE;
}

bool engine_warns_of_drift(struct engine *e, const char *source, const char *profile)
{
	g_autofree char *key = g_strconcat(source, " ", profile, NULL);
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&e->lock);
	const int64_t *before = g_hash_table_lookup(e->warned, key), now = clock_now();

	(void)locker;
	if (before && now - *before < WARN_EVERY_S && now >= *before)
		return false;
	g_hash_table_replace(e->warned, g_steal_pointer(&key), g_memdup2(&now, sizeof(now)));
	return true;
}

/* ---- a reply ---- */

static gint by_life_then_age(gconstpointer x, gconstpointer y)
{
	const struct texted *one = x, *other = y;
	bool live = item_is_live(one->item), other_live = item_is_live(other->item);

	if (live != other_live)
		return live ? -1 : 1;
	return one->item->id > other->item->id ? -1 : 1;
}

static bool was_told(const struct job *j)
{
	return j->kind == JOB_TEXT && j->to && topic_tells(j->topic) &&
	       (j->state == JOB_SENDING || j->state == JOB_SENT || j->state == JOB_DELIVERED);
}

/* All phones that know of the item; they hear of it when somebody takes it. */
static bool find_told(struct store_tx *tx, struct arena *a, int64_t item, const char *const **told_r, GError **err)
{
	g_autoptr(GPtrArray) phones = g_ptr_array_new();
	struct job **jobs;
	gsize n;

	if (!tx_jobs_of_item(tx, item, a, &jobs, &n, err))
		return false;
	for (gsize k = 0; k < n; k++)
		if (was_told(jobs[k]) &&
		    !g_ptr_array_find_with_equal_func(phones, jobs[k]->to, g_str_equal, NULL))
			g_ptr_array_add(phones, (gpointer)jobs[k]->to);
	g_ptr_array_add(phones, NULL);
	*told_r = arena_memdup(a, phones->pdata, phones->len * sizeof(char *));
	return true;
}

static bool find_texted(struct store_tx *tx, struct turn *t, struct facts *f, GError **err)
{
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(struct texted));
	struct code *codes;
	gsize n;

	if (!tx_codes(tx, t->event.phone, t->now, t->conf->roster->rules.code_rest_s, t->a, &codes, &n, err))
		return false;
	for (gsize k = 0; k < n; k++) {
		struct item *i;
		struct texted one = { .code = codes[k].code };

		if (!tx_item(tx, codes[k].item, t->a, &i, err))
			return false;
		one.item = i;
		if (i && !find_told(tx, t->a, i->id, &one.told, err))
			return false;
		if (i)
			g_array_append_val(found, one);
	}
	g_array_sort(found, by_life_then_age);
	f->n_texted = found->len;
	f->texted = arena_memdup(t->a, found->data, found->len * sizeof(struct texted));
	return true;
}

static bool think_reply(struct store_tx *tx, void *user, GError **err)
{
	struct turn *t = user;
	struct facts f = { 0 };
	char name[64];

	return tx_mark(tx, apply_idle_mark(t->event.phone, name, sizeof(name)), &f.idle, err) &&
	       find_texted(tx, t, &f, err) && decide_and_apply(tx, t, &f, err);
}

bool engine_reply(struct engine *e, const char *provider, const char *phone, const char *text, GError **err)
{
	AUTO_ARENA a = arena_new();
	struct conf *conf = engine_conf(e);
	const GArray *more = conf->roster->phrases;
	struct reply reply = reply_read(text, (const struct reply_phrase *)more->data, more->len);
	struct turn t = { .conf = conf, .a = a, .now = clock_now(), .provider = provider };
	bool ok;

	t.event = (struct event){ .kind = EVENT_REPLY, .phone = phone, .text = text_line(a, text, 1000), .reply = &reply };
	ok = run(e, think_reply, &t, err);
	conf_unref(conf);
	return ok;
}

/* ---- a receipt ---- */

static struct part_receipt part_receipt_of(const struct turn *t)
{
	return (struct part_receipt){ .provider = t->provider, .forms = t->forms, .receipt = t->receipt };
}

static bool find_receipted(struct store_tx *tx, struct turn *t, struct job **j_r, GError **err)
{
	const char **forms = t->forms;
	gsize n = receipt_id_forms(t->a, t->receipt->id, forms);
	const struct part_receipt r = part_receipt_of(t);

	forms[n] = NULL;
	*j_r = NULL;
	for (gsize k = 0; k < n && !*j_r; k++)
		if (*forms[k] && !tx_job_by_provider_id(tx, t->provider, forms[k], t->a, j_r, err))
			return false;
	if (*j_r && *t->receipt->from && g_strcmp0((*j_r)->to, t->receipt->from) != 0)
		*j_r = NULL;		/* another phone: two texts with one id, or no id worth the name */
	return *j_r || !*t->receipt->from || part_receipt_find(tx, &r, t->a, j_r, err);
}

/* A text that has ended so, or one of those that it said. */
static bool receipt_of(struct store_tx *tx, struct turn *t, struct job *j, enum job_state state, GError **err)
{
	struct facts f = { 0 };
	struct item *i = NULL;

	if (j->state != JOB_SENT)
		return true;		/* a receipt that comes twice */
	j->state = state;
	j->updated = t->now;
	if (!t->event.delivered)
		j->error = arena_strdup(t->a, t->receipt->state);
	if (!tx_job_update(tx, j, err) || (j->item && !tx_item(tx, j->item, t->a, &i, err)))
		return false;
	if (!i)
		return true;
	f.item = i;
	t->event.job = j;
	return decide_and_apply(tx, t, &f, err);
}

static bool think_receipt(struct store_tx *tx, void *user, GError **err)
{
	struct turn *t = user;
	struct part_receipt r;
	struct job **jobs, *j;
	enum job_state state;
	gsize n = 1;
	bool ended;

	if (!find_receipted(tx, t, &j, err))
		return false;
	if (!j)
		return err_set(err, ERR_INPUT, "no text has the id %s at %s", t->receipt->id, t->provider);
	if (!t->receipt->final || j->state != JOB_SENT)
		return true;		/* one on the way, or that comes twice */
	r = part_receipt_of(t);
	ended = part_receipt_mark(j, &r, t->a, &state);
	j->updated = t->now;
	if (!tx_job_update(tx, j, err))
		return false;
	t->event.delivered = state == JOB_DELIVERED;
	jobs = &j;
	if (ended && j->bundle && !tx_jobs_in_bundle(tx, j->bundle, t->a, &jobs, &n, err))
		return false;
	for (gsize k = 0; ended && k < n; k++)
		if (!receipt_of(tx, t, jobs[k], state, err))
			return false;
	return true;
}

bool engine_receipt(struct engine *e, const char *provider, const struct receipt *r, GError **err)
{
	AUTO_ARENA a = arena_new();
	struct conf *conf = engine_conf(e);
	struct turn t = { .conf = conf, .a = a, .now = clock_now(), .provider = provider, .receipt = r };
	bool ok;

	t.event = (struct event){ .kind = EVENT_RECEIPT, .delivered = r->delivered };
	ok = run(e, think_receipt, &t, err);
	conf_unref(conf);
	return ok;
}

/* ---- a timer, and the SMSC's final no, which is a timer that came early ---- */

/* What is one of the step's jobs to its timer? */
static void look_at_text(struct facts *f, const struct job *timer, const struct job *j, int64_t now)
{
	if (j->step != timer->step)
		return;
	if (j->kind == JOB_MAIL && j->topic == TOPIC_MAILED)
		f->mailed = true;
	if (j->kind != JOB_TEXT || !topic_is_step(j->topic) || (j->state != JOB_WAITING && j->state != JOB_SENDING))
		return;
	f->text_waits = true;
	/* Put off by a carrier it has been tried; what was never tried and is not due, a throttle holds. */
	if (j->state == JOB_WAITING && j->tries == 0 && j->due > now)
		f->text_due = j->due;
}

/* Is the text of the step that this timer ends still here? */
static bool find_text_waits(struct store_tx *tx, struct turn *t, const struct job *timer, struct facts *f, GError **err)
{
	struct job **jobs;
	gsize n;

	if (timer->topic != TOPIC_STEP && timer->topic != TOPIC_FALLBACK)
		return true;
	if (!tx_jobs_of_item(tx, timer->item, t->a, &jobs, &n, err))
		return false;
	for (gsize k = 0; k < n; k++)
		look_at_text(f, timer, jobs[k], t->now);
	return true;
}

static bool think_job(struct store_tx *tx, void *user, GError **err)
{
	struct turn *t = user;
	struct facts f = { 0 };
	struct item *i = NULL;
	struct job *j;

	if (!tx_job(tx, t->job, t->a, &j, err))
		return false;
	if (!j || j->state != JOB_WAITING)
		return true;		/* cancelled meanwhile, or done by somebody else */
	j->state = JOB_DONE;
	j->updated = t->now;
	if (!tx_job_update(tx, j, err) || (j->item && !tx_item(tx, j->item, t->a, &i, err)))
		return false;
	if (!i)
		return true;
	if (!find_text_waits(tx, t, j, &f, err))
		return false;
	f.item = i;
	t->event.job = j;
	return decide_and_apply(tx, t, &f, err);
}

bool engine_timer(struct engine *e, int64_t job, GError **err)
{
	AUTO_ARENA a = arena_new();
	struct conf *conf = engine_conf(e);
	struct turn t = { .conf = conf, .a = a, .now = clock_now(), .job = job, .event = { .kind = EVENT_TIMER } };
	bool ok = run(e, think_job, &t, err);

	conf_unref(conf);
	return ok;
}

/* ---- a mail to an item's address ---- */

static bool think_mail(struct store_tx *tx, void *user, GError **err)
{
	struct turn *t = user;
	const struct ticket *ticket = &t->event.mail->ticket;
	struct journal_record **journal = NULL;
	struct facts f = { 0 };
	struct item *i;

	if (!tx_item(tx, ticket->item, t->a, &i, err))
		return false;
	f.item = i;
	if (i && ticket_fits(&t->conf->roster->rules, ticket, i) &&
	    (!tx_journal(tx, i->id, t->a, &journal, &f.n_journal, err) || !find_told(tx, t->a, i->id, &f.told, err)))
		return false;
	f.journal = (const struct journal_record *const *)journal;
	return decide_and_apply(tx, t, &f, err);
}

struct decision *engine_mail(struct engine *e, const struct conf *conf, const struct mail_command *mail, struct arena *a,
			     GError **err)
{
	struct turn t = { .conf = conf, .a = a, .now = clock_now(), .event = { .kind = EVENT_MAIL, .mail = mail } };

	return run(e, think_mail, &t, err) ? t.decision : NULL;
}

/* ---- an operator's command ---- */

static bool think_command(struct store_tx *tx, void *user, GError **err)
{
	struct turn *t = user;
	struct facts f = { 0 };
	struct item *i;

	if (!tx_item(tx, t->item, t->a, &i, err))
		return false;
	if (!i)
		return err_set(err, ERR_USAGE, "there is no such item");
	f.item = i;
	if (!find_told(tx, t->a, i->id, &f.told, err) || !decide_and_apply(tx, t, &f, err))
		return false;
	if (!t->decision->item)
		return err_set(err, ERR_USAGE, "%s", t->decision->why);
	return true;
}

bool engine_order(struct engine *e, int64_t item, const struct event *command, struct arena *a, struct decision **d_r,
		  GError **err)
{
	struct conf *conf = engine_conf(e);
	struct turn t = { .conf = conf, .a = a, .now = clock_now(), .item = item, .event = *command };
	bool ok;

	t.event.kind = EVENT_COMMAND;
	ok = run(e, think_command, &t, err);
	conf_unref(conf);
	if (d_r)
		*d_r = ok ? t.decision : NULL;
	return ok;
}

bool engine_command(struct engine *e, int64_t item, enum command command, const char *by, const char *to,
		    enum resolution resolution, struct arena *a, struct decision **d_r, GError **err)
{
	const struct event order = { .command = command, .by = by, .to = to, .resolution = resolution };

	return engine_order(e, item, &order, a, d_r, err);
}
