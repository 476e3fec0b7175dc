#include "replay.h"

#include <string.h>

#include "authres.h"
#include "clock.h"
#include "dedup.h"
#include "outbox.h"
#include "reader.h"
#include "text.h"

#define AHEAD_S (24 * 3600)	/* how far texts and steps are followed, and items stay open, after a call */

struct dry_carrier {
	struct carrier carrier;		/* first: a carrier is a dry_carrier here */
	struct replay *replay;
	GArray *sent;			/* int64_t: jobs whose outcome is still to be told */
};

struct replay {
	struct replay_settings s;
	struct replay_sums sums;
	struct store *store;
	struct engine *engine;
	struct outbox *outbox;
	struct dry_carrier texts;
	GHashTable *first_mails;	/* int64_t * item -> gsize * number of its first mail */
	GArray *open;			/* struct open_item */
	int64_t base, first_date;	/* when the first mail came, and its Date */
};

/* ---- the carrier that hands over ---- */

static guint dry_room(struct carrier *c)
{
	return c != NULL;
}

struct job_look {
	struct arena *a;
	int64_t id;
	struct job *job;
};

static bool think_job(struct store_tx *tx, void *user, GError **err)
{
	struct job_look *l = user;

	return tx_job(tx, l->id, l->a, &l->job, err);
}

static gsize mail_of_job(struct replay *r, int64_t job)
{
	AUTO_ARENA a = arena_new();
	struct job_look l = { .a = a, .id = job };
	const gsize *number = NULL;

	if (store_read(r->store, think_job, &l, NULL) == STORE_DONE && l.job)
		number = g_hash_table_lookup(r->first_mails, &l.job->item);
	return number ? *number : REPLAY_NO_MAIL;
}

static void dry_send(struct carrier *c, const struct parcel *p)
{
	struct dry_carrier *d = (struct dry_carrier *)c;
	struct replay *r = d->replay;
	const struct person *person = roster_person_by_phone(r->s.conf->roster, p->to);
	const struct replay_text t = {
		.mail = mail_of_job(r, p->job), .at = clock_now(), .person = person ? person->id : NULL, .to = p->to,
		.text = p->text
	};

	r->s.text(r->s.user, &t);
	r->sums.texts++;
	g_array_append_val(d->sent, p->job);
}

static const struct carrier_ops dry_ops = { .room = dry_room, .send = dry_send };

static bool tell_outcomes(struct replay *r)
{
	struct carrier_events e = outbox_events(r->outbox);
	g_autoptr(GArray) sent = r->texts.sent;

	r->texts.sent = g_array_new(FALSE, FALSE, sizeof(int64_t));
	for (guint k = 0; k < sent->len; k++)
		e.outcome(e.user, "", g_array_index(sent, int64_t, k), CARRIER_SENT, "", "");
	return sent->len > 0;
}

static bool think_next(struct store_tx *tx, void *user, GError **err)
{
	int64_t *next = user, timer, text;

	if (!tx_next_due(tx, JOB_TIMER, &timer, err) || !tx_next_due(tx, JOB_TEXT, &text, err))
		return false;
	*next = MIN(timer ? timer : INT64_MAX, text ? text : INT64_MAX);
	return true;
}

/* Does all that comes due until then. Old mails lie months apart: a turn a minute, as the courier takes, is too many. */
static void pass_to(struct replay *r, int64_t until)
{
	bool told;

	do {
		int64_t next = INT64_MAX;

		outbox_turn(r->outbox);
		told = tell_outcomes(r);
		if (told)
			continue;
		store_read(r->store, think_next, &next, NULL);	/* in memory: it cannot fail */
		clock_fake(MIN(MAX(next, clock_now() + 1), until));
	} while (told || clock_now() < until);
}

/* ---- items that somebody will have seen to by then ---- */

struct open_item {
	int64_t id;
	int64_t until;		/* or later, if they called again */
};

struct closing {
	struct replay *r;
	struct arena *a;
	int64_t next;		/* when the next one is to be closed; INT64_MAX: none is open */
};

/* Looks when it is to be closed; 0: it is. */
static bool close_item(struct store_tx *tx, struct closing *c, struct open_item *o, GError **err)
{
	struct item *i;

	if (!tx_item(tx, o->id, c->a, &i, err))
		return false;
	o->until = i && item_is_live(i) ? i->last_call + AHEAD_S : 0;
	if (!o->until || o->until > clock_now())
		return true;
	o->until = 0;
	i->state = STATE_CLOSED;
	i->resolution = RESOLUTION_EXPIRED;
	i->closed = i->last_call;	/* the reopen window begins there */
	return tx_item_update(tx, i, err) && tx_jobs_cancel(tx, i->id, ~0U, clock_now(), err);
}

static bool think_close(struct store_tx *tx, void *user, GError **err)
{
	struct closing *c = user;

	c->next = INT64_MAX;
	for (guint k = c->r->open->len; k-- > 0;) {
		struct open_item *o = &g_array_index(c->r->open, struct open_item, k);

		if (o->until <= clock_now() && !close_item(tx, c, o, err))
			return false;
		if (o->until)
			c->next = MIN(c->next, o->until);
		else
			g_array_remove_index_fast(c->r->open, k);
	}
	return true;
}

static void pass_until(struct replay *r, int64_t until)
{
	AUTO_ARENA a = arena_new();
	struct closing c = { .r = r, .a = a };

	do {
		if (store_run(r->store, think_close, &c, NULL) != STORE_DONE)
			c.next = until;
		pass_to(r, MIN(c.next, until));
	} while (clock_now() < until);
}

/* ---- one mail ---- */

/* The first mail comes at s.at, or at its date; the others as long after it as their dates say, in any case later. */
static void move_clock(struct replay *r, int64_t date)
{
	int64_t at;

	if (!r->base) {
		r->base = r->s.at ? r->s.at : date ? date : clock_now();
		r->first_date = date;
		clock_fake(r->base);
		return;
	}
	at = r->base + (date && r->first_date ? date - r->first_date : 0);
	pass_until(r, MAX(at, clock_now() + 1));
}

static const char *const *rcpts_of(const struct replay *r, const struct letter *l, struct arena *a)
{
	g_autoptr(GRegex) address = g_regex_new("[^\\s<>\",;:]+@[^\\s<>\",;:]+", 0, 0, NULL);
	g_autoptr(GMatchInfo) found = NULL;
	g_autoptr(GPtrArray) rcpts = g_ptr_array_new();

	for (guint k = 0; k < r->s.rcpts->len; k++)
		g_ptr_array_add(rcpts, r->s.rcpts->pdata[k]);
	if (!rcpts->len)
		g_regex_match(address, l->to, 0, &found);
	for (; found && g_match_info_matches(found) && rcpts->len < 100; g_match_info_next(found, NULL)) {
		g_autofree char *one = g_match_info_fetch(found, 0);

		g_ptr_array_add(rcpts, arena_strdup(a, one));
	}
	g_ptr_array_add(rcpts, NULL);
	return arena_memdup(a, rcpts->pdata, rcpts->len * sizeof(char *));
}

static const char *verdict(const struct decision *d)
{
	static const char *const words[] = { "pass", "edit", "audit", "swallow" };

	return words[d->mail];
}

static const char *mailed(const struct decision *d, const struct event *e, struct arena *a)
{
	const char *audit = d->line ? d->line->audit : "";

	switch (d->mail) {
	case MAIL_PASS:
		return dedup_rcpts(a, e->rcpts);
	case MAIL_EDIT:
		if (!d->owner || g_ascii_strcasecmp(d->owner->mail, audit) == 0)
			return audit;
		return arena_printf(a, "%s,%s", d->owner->mail, audit);
	case MAIL_AUDIT:
		return audit;
	case MAIL_SWALLOW:
		return "";
	}
	g_assert_not_reached();
}

/* d NULL: not for us. */
static void hand_over(struct replay *r, const char *name, const struct decision *d, const struct event *e,
		      const char *why, struct arena *a)
{
	const struct decision none = { .mail = MAIL_PASS };
	struct replay_mail m = { .name = name, .number = r->sums.mails, .at = clock_now(), .why = why };

	d = d ? d : &none;
	m.verdict = verdict(d);
	m.mailed = mailed(d, e, a);
	m.item = d->item ? d->item->id : 0;
	m.class = class_name(e->call ? e->call->class : CLASS_NONE);
	m.caller = e->call ? e->call->caller : NULL;
	m.line = d->line ? d->line->id : NULL;
	m.owner = d->owner ? d->owner->id : NULL;
	r->s.mail(r->s.user, &m);
}

static void count(struct replay *r, const struct decision *d)
{
	const struct open_item o = { d->item ? d->item->id : 0, clock_now() + AHEAD_S };

	r->sums.notices++;
	r->sums.swallowed += d->mail == MAIL_SWALLOW;
	if (!d->item || !d->created)
		return;
	r->sums.items += d->item->state != STATE_SUPPRESSED;
	r->sums.suppressed += d->item->state == STATE_SUPPRESSED;
	g_array_append_val(r->open, o);
	g_hash_table_insert(r->first_mails, g_memdup2(&d->item->id, sizeof(int64_t)),
			    g_memdup2(&r->sums.mails, sizeof(gsize)));
}

/* What the mail server's verifier wrote into the file; on the way through Postfix others of that name stand below. */
static const char *const *verified(const struct replay *r, const struct letter *l, struct arena *a)
{
	const char *id = *r->s.conf->authserv_id ? r->s.conf->authserv_id : g_get_host_name();
	const char *const *domains;

	for (gsize k = 0; k < l->n_headers; k++)
		if (g_ascii_strcasecmp(l->headers[k].name, "Authentication-Results") == 0 &&
		    authres_read(l->headers[k].value, id, a, &domains))
			return domains;
	return NULL;
}

static const struct source *source_of(const struct replay *r, const struct letter *l, struct arena *a)
{
	struct origin o = { .known = ORIGIN_HEADER, .auth = r->s.auth, .sender = r->s.sender };
	bool later;

	if (r->s.client) {
		o.sendmail = g_str_equal(r->s.client, "sendmail");
		address_read(r->s.client, &o.client);
	}
	o.author = authres_author(l->from, a);
	o.dkim = verified(r, l, a);
	return source_find(r->s.conf->sources, &o, &later);
}

static struct call *read_as(const struct replay *r, const struct letter *l, const struct source *s, struct arena *a)
{
	const struct profile_context ctx = {
		.region = s->region, .zone = s->zone, .arrived = clock_now(), .allowed = s->allowed,
		.generic = s->generic ? (int)r->s.conf->generic_confidence : 0,
	};
	struct call *c = profiles_read(r->s.conf->profiles, l, &ctx, a);

	if (!c)
		return NULL;
	c->source = s->name;
	roster_take_tag(r->s.conf->roster, c, a);
	return c;
}

/* Where the command line does not say who sent it: the first source that could read it. */
static struct call *read_call(const struct replay *r, const struct letter *l, const char **why_r, struct arena *a)
{
	const GPtrArray *sources = r->s.conf->sources;
	const struct source *s;
	struct call *c = NULL;

	*why_r = "no profile matches: not a notice";
	if (!r->s.client && !r->s.auth && !r->s.sender) {
		for (guint k = 0; k < sources->len && !c; k++)
			c = read_as(r, l, sources->pdata[k], a);
		return c;
	}
	s = source_of(r, l, a);
	if (!s)
		*why_r = "it comes from no trusted source";
	return s ? read_as(r, l, s, a) : NULL;
}

bool replay_take(struct replay *r, const char *name, int64_t date, const char *mail, gsize size, GError **err)
{
	AUTO_ARENA a = arena_new();
	const struct letter *l = reader_read(mail, size, NULL, a);
	struct event e = { .kind = EVENT_NOTICE, .queue_id = "replay", .message_id = l->message_id };
	struct decision *d = NULL;
	const char *why;

	move_clock(r, date);
	e.rcpts = rcpts_of(r, l, a);
	e.call = read_call(r, l, &why, a);
	if (e.call) {
		d = engine_take(r->engine, r->s.conf, &e, a, err);
		if (!d)
			return false;
		why = d->why;
		count(r, d);
	}
	hand_over(r, name, d, &e, why, a);
	r->sums.mails++;
	return true;
}

/* ---- the whole ---- */

struct replay *replay_new(const struct replay_settings *s)
{
	struct replay *r = g_new0(struct replay, 1);

	reader_init();
	r->s = *s;
	r->open = g_array_new(FALSE, FALSE, sizeof(struct open_item));
	r->store = store_mem_new();
	r->engine = engine_new(r->store, s->conf, NULL, NULL);
	r->texts.carrier.ops = &dry_ops;
	r->texts.replay = r;
	r->texts.sent = g_array_new(FALSE, FALSE, sizeof(int64_t));
	r->outbox = outbox_new(r->engine, r->store, &r->texts.carrier, NULL);
	r->first_mails = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	return r;
}

void replay_finish(struct replay *r, struct replay_sums *sums_r)
{
	pass_until(r, clock_now() + AHEAD_S);
	*sums_r = r->sums;
}

void replay_free(struct replay *r)
{
	outbox_free(r->outbox);
	engine_free(r->engine);
	store_free(r->store);
	g_array_unref(r->texts.sent);
	g_array_unref(r->open);
	g_hash_table_unref(r->first_mails);
	g_free(r);
	clock_fake(-1);
}
