#include "world.h"

#include <string.h>

#include "clock.h"
#include "reader.h"

/* ---- a carrier that records ---- */

struct told {
	int64_t job;
	enum carrier_result result;
	char *id;
};

static void sent_free(gpointer p)
{
	struct sent *s = p;

	g_free(s->to);
	g_free(s->text);
	g_free(s);
}

static void told_free(gpointer p)
{
	struct told *t = p;

	g_free(t->id);
	g_free(t);
}

static guint recorder_room(struct carrier *c)
{
	return ((struct recorder *)c)->mood != MOOD_DOWN;
}

static void keep(struct recorder *r, const struct parcel *p)
{
	struct sent *s = g_new0(struct sent, 1);

	s->to = g_strdup(p->to);
	s->text = g_strdup(p->text);
	s->at = clock_now();
	s->job = p->job;
	g_ptr_array_add(r->sent, s);
}

static void recorder_send(struct carrier *c, const struct parcel *p)
{
	static const enum carrier_result results[] = {
		[MOOD_SENT] = CARRIER_SENT, [MOOD_LATER] = CARRIER_LATER, [MOOD_REFUSED] = CARRIER_REFUSED,
		[MOOD_UNKNOWN] = CARRIER_UNKNOWN, [MOOD_DOWN] = CARRIER_LATER, [MOOD_SILENT] = CARRIER_SENT
	};
	struct recorder *r = (struct recorder *)c;
	enum carrier_mood mood = ++r->sends == r->fail_at ? r->fail_mood : r->mood;
	struct told *t = g_new0(struct told, 1);

	if (mood == MOOD_SENT || mood == MOOD_UNKNOWN || mood == MOOD_SILENT)
		keep(r, p);
	t->job = p->job;
	t->result = results[mood];
	t->id = g_strdup_printf("id-%u", r->sends);
	if (mood == MOOD_SILENT)
		told_free(t);
	else
		g_queue_push_tail(&r->outcomes, t);
}

static bool recorder_tell(struct recorder *r)
{
	struct told *t = g_queue_pop_head(&r->outcomes);

	if (!t)
		return false;
	r->events.outcome(r->events.user, "carrier", t->job, t->result, t->id, "as the test wants it");
	told_free(t);
	return true;
}

static const struct carrier_ops recorder_ops = { .room = recorder_room, .send = recorder_send };

static void recorder_init(struct recorder *r)
{
	r->carrier.ops = &recorder_ops;
	r->sent = g_ptr_array_new_with_free_func(sent_free);
	g_queue_init(&r->outcomes);
}

static void recorder_clear(struct recorder *r)
{
	g_ptr_array_unref(r->sent);
	g_queue_clear_full(&r->outcomes, told_free);
}

/* ---- the world ---- */

static void start(struct world *w)
{
	w->engine = engine_new(w->store, w->conf, NULL, NULL);
	w->outbox = outbox_new(w->engine, w->store, &w->texts.carrier, &w->mails.carrier);
	w->texts.events = w->mails.events = outbox_events(w->outbox);
}

/* Read once: a fault test makes thousands of worlds. */
static struct conf *load_conf(const char *conf_file)
{
	static char *last;
	static struct conf *conf;
	g_autofree char *file = g_test_build_filename(G_TEST_DIST, "scenario", conf_file, NULL);
	g_autoptr(GError) err = NULL;

	if (g_strcmp0(last, file) == 0)
		return conf_ref(conf);
	conf_unref(conf);
	g_free(last);
	last = g_strdup(file);
	conf = conf_load(file, &err);
	g_assert_no_error(err);
	return conf_ref(conf);
}

struct world *world_new(const char *conf_file, struct store *store)
{
	struct world *w = g_new0(struct world, 1);

	reader_init();
	w->conf = load_conf(conf_file);
	w->store = store;
	recorder_init(&w->texts);
	recorder_init(&w->mails);
	start(w);
	return w;
}

static void stop(struct world *w)
{
	outbox_free(w->outbox);
	engine_free(w->engine);
}

void world_free(struct world *w)
{
	stop(w);
	recorder_clear(&w->texts);
	recorder_clear(&w->mails);
	store_free(w->store);
	conf_unref(w->conf);
	clock_fake(-1);
	g_free(w);
}

void world_crash(struct world *w)
{
	stop(w);
	g_queue_clear_full(&w->texts.outcomes, told_free);
	g_queue_clear_full(&w->mails.outcomes, told_free);
	start(w);
	while (!outbox_recover(w->outbox, NULL))
		;
}

struct decision *world_mail(struct world *w, const char *file, const char *const *rcpts, struct arena *a,
			    bool *failed_r)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, file, NULL);
	g_autofree char *mail = NULL;
	g_autoptr(GError) err = NULL;
	struct profile_context ctx = {
		.region = w->conf->region, .zone = w->conf->timezone, .arrived = clock_now()
	};
	struct event e = { .kind = EVENT_NOTICE, .rcpts = rcpts, .queue_id = "4TEST" };
	struct letter *l;
	struct decision *d;
	struct call *c;
	gsize size;

	g_file_get_contents(path, &mail, &size, &err);
	g_assert_no_error(err);
	l = reader_read(mail, size, NULL, a);
	e.call = c = profiles_read(w->conf->profiles, l, &ctx, a);
	e.message_id = l->message_id;
	*failed_r = false;
	if (!c)
		return NULL;
	roster_take_tag(w->conf->roster, c, a);
	d = engine_take(w->engine, w->conf, &e, a, &err);
	*failed_r = d == NULL;
	return d;
}

void world_settle(struct world *w)
{
	guint rounds = 0;

	do {
		g_assert_cmpuint(rounds++, <, 1000);
		outbox_turn(w->outbox);
	} while (recorder_tell(&w->texts) || recorder_tell(&w->mails));
}

void world_pass(struct world *w, int64_t seconds)
{
	int64_t until = clock_now() + seconds;

	world_settle(w);
	while (clock_now() < until) {
		int64_t next = outbox_turn(w->outbox);

		clock_fake(MIN(clock_now() + MAX(next, 1), until));
		world_settle(w);
	}
}

bool world_receipt(struct world *w, bool delivered)
{
	g_autofree char *id = g_strdup_printf("id-%u", w->texts.sends);
	struct sent *last = g_ptr_array_index(w->texts.sent, w->texts.sent->len - 1);
	struct receipt r = {
		.id = id, .from = last->to, .final = true, .delivered = delivered,
		.state = delivered ? "DELIVRD" : "UNDELIV"
	};
	struct conf *c = engine_conf(w->engine);
	g_autofree char *provider = g_strdup(((struct provider *)c->providers->pdata[0])->name);

	conf_unref(c);
	return w->texts.events.receipted(w->texts.events.user, provider, &r);
}

struct find {
	int64_t id;
	struct arena *a;
	struct item *item;
	struct journal_record **records;
	gsize n;
};

static bool think_find(struct store_tx *tx, void *user, GError **err)
{
	struct find *f = user;

	return tx_item(tx, f->id, f->a, &f->item, err) && tx_journal(tx, f->id, f->a, &f->records, &f->n, err);
}

struct item *world_item(struct world *w, int64_t id, struct arena *a)
{
	struct find f = { .id = id, .a = a };

	while (store_read(w->store, think_find, &f, NULL) != STORE_DONE)
		;
	return f.item;
}

struct journal_record **world_journal(struct world *w, int64_t id, struct arena *a, gsize *n_r)
{
	struct find f = { .id = id, .a = a };

	while (store_read(w->store, think_find, &f, NULL) != STORE_DONE)
		;
	*n_r = f.n;
	return f.records;
}
