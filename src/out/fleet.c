#include "fleet.h"

#include <string.h>

#include "clock.h"
#include "log.h"

#define SLOTS (2 * FLEET_MEMBERS_MAX)	/* those that leave still have theirs */
_Static_assert(SLOTS <= 32, "a bit for each in struct flight");

struct member {
	struct carrier *carrier;
	struct fleet_place place;
	char **prefixes;
	double tokens;		/* texts that the rate allows now, at most one second's */
	int64_t counted;	/* when they were counted last */
	int64_t full_since;	/* bound, but without room; 0: not so */
	int64_t credit;		/* whose turn it is among equals: the highest */
	bool up;
	guint room;
	gsize n_fds;		/* of the last poll */
	bool leaving;		/* told to stop; when that is done `next` takes the place, if there is one */
	struct carrier *next;
	struct fleet_place next_place;
	char **next_prefixes;
};

/* A text that a member has. Kept here so that the next one can be asked. */
struct flight {
	struct parcel parcel;	/* its strings are ours */
	int64_t until;		/* clock_mono_ms(): no use after that; 0: always of use */
	guint tried;		/* 1 << index of the members that refused */
	guint with;		/* index of the one that has it */
};

struct fleet {
	struct carrier carrier;
	struct carrier_events events;
	struct member members[SLOTS];	/* a carrier of NULL: nobody is there, or nobody any more */
	guint n;
	GHashTable *flights;	/* job -> struct flight */
	GQueue put_off;		/* int64_t *: jobs for whom there was no room after all */
	GQueue refused;		/* struct flight *: to be put to the next member */
};

static struct fleet *fleet_of(struct carrier *c)
{
	return (struct fleet *)c;
}

/* ---- flights ---- */

static void flight_free(gpointer p)
{
	struct flight *f = p;

	if (!f)
		return;
	g_free((char *)f->parcel.to);
	g_free((char *)f->parcel.text);
	g_free((char *)f->parcel.parts);
	g_free((char *)f->parcel.parts_at);
	g_free(f);
}

static struct flight *flight_new(const struct parcel *p)
{
	struct flight *f = g_new0(struct flight, 1);

	f->parcel = *p;
	f->parcel.to = g_strdup(p->to);
	f->parcel.text = g_strdup(p->text);
	f->parcel.parts = g_strdup(p->parts);
	f->parcel.parts_at = g_strdup(p->parts_at);
	f->until = p->validity_s ? clock_mono_ms() + p->validity_s * 1000 : 0;
	return f;
}

/* ---- which member ---- */

static bool serves(const struct member *m, const char *to)
{
	for (char **p = m->prefixes; p && *p; p++)
		if (g_str_has_prefix(to, *p))
			return true;
	return !m->prefixes || !*m->prefixes;
}

static void count_tokens(struct member *m, int64_t now)
{
	double rate = m->place.rate;

	m->tokens = MIN(m->tokens + rate * (double)(now - m->counted) / 1000, MAX(rate, 1));
	m->counted = now;
}

/* What each can take now, and since when it could take nothing. */
static void look(struct fleet *f)
{
	int64_t now = clock_mono_ms();

	for (guint k = 0; k < f->n; k++) {
		struct member *m = &f->members[k];
		struct carrier_status s = { 0 };

		m->up = false;
		m->room = 0;
		if (!m->carrier || m->leaving)
			continue;
		m->carrier->ops->status(m->carrier, &s, 1);
		m->up = s.up || s.half_up;
		m->room = m->carrier->ops->room(m->carrier);
		if (m->place.rate) {
			count_tokens(m, now);
			m->room = MIN(m->room, (guint)m->tokens);
		}
		if (!m->up || m->room)
			m->full_since = 0;
		else if (!m->full_since)
			m->full_since = now;
	}
}

/* Bound, and not without room for too long. */
static bool counts(const struct member *m, int64_t now)
{
	return m->up && (!m->full_since || now - m->full_since < FLEET_PATIENCE_MS);
}

/* The lowest priority number among those that count; G_MAXINT: nobody. */
static int best_priority(const struct fleet *f, const char *to, guint tried, int64_t now)
{
	int best = G_MAXINT;

	for (guint k = 0; k < f->n; k++) {
		const struct member *m = &f->members[k];

		if (!(tried & 1u << k) && counts(m, now) && serves(m, to))
			best = MIN(best, m->place.priority);
	}
	return best;
}

/* Among equals by weight, evenly spread: each gains its weight, who has most takes it and pays the sum. */
static struct member *pick(struct fleet *f, const char *to, guint tried)
{
	int64_t now = clock_mono_ms(), sum = 0;
	int best = best_priority(f, to, tried, now);
	struct member *chosen = NULL;

	for (guint k = 0; k < f->n; k++) {
		struct member *m = &f->members[k];

		if (tried & 1u << k || !counts(m, now) || !serves(m, to) || m->place.priority != best || !m->room)
			continue;
		m->credit += m->place.weight;
		sum += m->place.weight;
		if (!chosen || m->credit > chosen->credit)
			chosen = m;
	}
	if (chosen)
		chosen->credit -= sum;
	return chosen;
}

/* Would nothing come to m, since another that counts serves all that m serves, and is asked first? */
static bool shadowed(const struct fleet *f, const struct member *m, int64_t now)
{
	for (guint k = 0; k < f->n; k++) {
		const struct member *other = &f->members[k];

		if (other->place.priority < m->place.priority && counts(other, now) &&
		    !(other->prefixes && *other->prefixes))
			return true;
	}
	return false;
}

/* ---- the carrier ---- */

static guint fleet_room(struct carrier *c)
{
	struct fleet *f = fleet_of(c);
	int64_t now = clock_mono_ms();
	guint room = 0;

	look(f);
	for (guint k = 0; k < f->n; k++)
		if (counts(&f->members[k], now) && !shadowed(f, &f->members[k], now))
			room += f->members[k].room;
	return room;
}

static void hand_over(struct fleet *f, struct member *m, struct flight *flight)
{
	flight->with = (guint)(m - f->members);
	if (m->place.rate)
		m->tokens -= 1;
	m->room--;
	g_hash_table_replace(f->flights, &flight->parcel.job, flight);
	m->carrier->ops->send(m->carrier, &flight->parcel);
}

/* There was room for some number, but not for this one. */
static void put_off(struct fleet *f, int64_t job)
{
	int64_t *kept = g_new(int64_t, 1);

	*kept = job;
	g_queue_push_tail(&f->put_off, kept);
}

static void fleet_send(struct carrier *c, const struct parcel *p)
{
	struct fleet *f = fleet_of(c);
	struct member *m = pick(f, p->to, 0);

	if (m)
		hand_over(f, m, flight_new(p));
	else
		put_off(f, p->job);
}

static bool still_of_use(const struct flight *flight)
{
	return !flight->until || clock_mono_ms() < flight->until;
}

static void on_outcome(void *user, const char *provider, int64_t job, enum carrier_result result, const char *id,
		       const char *error)
{
	struct fleet *f = user;
	struct flight *flight = g_hash_table_lookup(f->flights, &job);

	if (flight)
		g_hash_table_steal(f->flights, &job);
	if (flight && result == CARRIER_REFUSED) {
		flight->tried |= 1u << flight->with;
		if (still_of_use(flight) &&
		    best_priority(f, flight->parcel.to, flight->tried, clock_mono_ms()) != G_MAXINT) {
			log_warn("texts: job=%" G_GINT64_FORMAT " provider=%s refused it, the next is asked: %s", job,
				 provider, error);
			g_queue_push_tail(&f->refused, flight);
			return;
		}
	}
	flight_free(flight);
	f->events.outcome(f->events.user, provider, job, result, id, error);
}

static bool on_received(void *user, const char *provider, const char *phone, const char *text)
{
	struct fleet *f = user;

	return f->events.received(f->events.user, provider, phone, text);
}

static bool on_receipted(void *user, const char *provider, const struct receipt *r)
{
	struct fleet *f = user;

	return f->events.receipted(f->events.user, provider, r);
}

static void tell_put_off(struct fleet *f)
{
	int64_t *job;

	while ((job = g_queue_pop_head(&f->put_off))) {
		f->events.outcome(f->events.user, "", *job, CARRIER_LATER, "", "no provider for this number has room");
		g_free(job);
	}
}

/* To the next member, or later if that has no room now. */
static void ask_next(struct fleet *f)
{
	guint n = g_queue_get_length(&f->refused);

	if (n)
		look(f);
	while (n-- > 0) {
		struct flight *flight = g_queue_pop_head(&f->refused);
		struct member *m = pick(f, flight->parcel.to, flight->tried);

		if (m) {
			hand_over(f, m, flight);
			continue;
		}
		put_off(f, flight->parcel.job);
		flight_free(flight);
	}
}

static void seat(struct member *m, struct carrier *carrier, const struct fleet_place *place, char **prefixes)
{
	*m = (struct member){
		.carrier = carrier, .place = *place, .prefixes = prefixes, .tokens = MAX(place->rate, 1),
		.counted = clock_mono_ms()
	};
	m->place.weight = MAX(place->weight, 1);
	m->place.prefixes = NULL;
}

static void vacate(struct member *m)
{
	if (m->carrier)
		m->carrier->ops->free(m->carrier);
	if (m->next)
		m->next->ops->free(m->next);
	g_strfreev(m->prefixes);
	g_strfreev(m->next_prefixes);
	*m = (struct member){ 0 };
}

/* Those that have left give their place up: two binds of one system_id at a time are too many for some SMSCs. */
static void retire(struct fleet *f)
{
	for (guint k = 0; k < f->n; k++) {
		struct member *m = &f->members[k], old = *m;

		if (!m->carrier || !m->leaving || !m->carrier->ops->idle(m->carrier))
			continue;
		m->next = NULL;
		m->next_prefixes = NULL;
		vacate(m);
		if (old.next)
			seat(m, old.next, &old.next_place, old.next_prefixes);
	}
}

static void fleet_turn(struct carrier *c, const struct pollfd *fds, gsize n)
{
	struct fleet *f = fleet_of(c);
	gsize at = 0;

	for (guint k = 0; k < f->n; k++) {
		struct member *m = &f->members[k];

		if (!m->carrier)
			continue;
		m->carrier->ops->turn(m->carrier, fds + at, MIN(m->n_fds, n - at));
		at += MIN(m->n_fds, n - at);
	}
	retire(f);
	ask_next(f);
	tell_put_off(f);
}

static gsize fleet_fds(struct carrier *c, struct pollfd *fds, gsize max)
{
	struct fleet *f = fleet_of(c);
	gsize n = 0;

	for (guint k = 0; k < f->n; k++) {
		struct member *m = &f->members[k];

		m->n_fds = 0;
		if (!m->carrier)
			continue;
		m->n_fds = m->carrier->ops->fds(m->carrier, fds + n, max - n);
		n += m->n_fds;
	}
	return n;
}

static int sooner(int a, int64_t b)
{
	return a < 0 || b < a ? (int)MAX(b, 0) : a;
}

/* Until its rate allows the next text, or its place goes to another: -1 if that is no matter. */
static int member_timeout_ms(const struct member *m, int64_t now)
{
	int ms;

	if (!m->carrier)
		return -1;
	if (m->leaving && m->carrier->ops->idle(m->carrier))
		return 0;
	ms = m->carrier->ops->timeout_ms(m->carrier);
	if (!m->up)
		return ms;
	if (m->place.rate && m->tokens < 1)
		ms = sooner(ms, (int64_t)((1 - m->tokens) * 1000 / m->place.rate) + 1);
	if (m->full_since && now - m->full_since < FLEET_PATIENCE_MS)
		ms = sooner(ms, m->full_since + FLEET_PATIENCE_MS - now);
	return ms;
}

static int fleet_timeout_ms(struct carrier *c)
{
	struct fleet *f = fleet_of(c);
	int64_t now = clock_mono_ms();
	int ms = f->refused.length || f->put_off.length ? 0 : -1;

	for (guint k = 0; k < f->n; k++) {
		int one = member_timeout_ms(&f->members[k], now);

		if (one >= 0)
			ms = sooner(ms, one);
	}
	return ms;
}

static gsize fleet_status(struct carrier *c, struct carrier_status *s_r, gsize max)
{
	struct fleet *f = fleet_of(c);
	gsize n = 0;

	for (guint k = 0; k < f->n && n < max; k++) {
		struct member *m = &f->members[k];
		gsize found;

		if (!m->carrier || (m->leaving && !m->next))
			continue;
		found = m->carrier->ops->status(m->carrier, s_r + n, max - n);
		for (gsize i = 0; i < found; i++)
			s_r[n + i].rate = m->place.rate;
		n += found;
	}
	return n;
}

static void fleet_stop(struct carrier *c)
{
	struct fleet *f = fleet_of(c);

	for (guint k = 0; k < f->n; k++) {
		struct member *m = &f->members[k];

		if (m->next)
			m->next->ops->free(m->next);
		m->next = NULL;
		if (m->carrier)
			m->carrier->ops->stop(m->carrier);
	}
}

static bool fleet_idle(struct carrier *c)
{
	struct fleet *f = fleet_of(c);

	for (guint k = 0; k < f->n; k++)
		if (f->members[k].carrier && !f->members[k].carrier->ops->idle(f->members[k].carrier))
			return false;
	return !f->refused.length && !f->put_off.length;
}

static void fleet_free(struct carrier *c)
{
	struct fleet *f = fleet_of(c);

	for (guint k = 0; k < f->n; k++)
		vacate(&f->members[k]);
	g_hash_table_unref(f->flights);
	g_queue_clear_full(&f->refused, flight_free);
	g_queue_clear_full(&f->put_off, g_free);
	g_free(f);
}

static const struct carrier_ops fleet_ops = {
	.room = fleet_room, .send = fleet_send, .fds = fleet_fds, .timeout_ms = fleet_timeout_ms, .turn = fleet_turn,
	.status = fleet_status, .stop = fleet_stop, .idle = fleet_idle, .free = fleet_free,
};

struct carrier *fleet_new(const struct carrier_events *events)
{
	struct fleet *f = g_new0(struct fleet, 1);

	f->carrier.ops = &fleet_ops;
	f->events = *events;
	f->flights = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, flight_free);
	g_queue_init(&f->refused);
	g_queue_init(&f->put_off);
	return &f->carrier;
}

struct carrier_events fleet_events(struct carrier *fleet)
{
	return (struct carrier_events){
		.user = fleet, .outcome = on_outcome, .received = on_received, .receipted = on_receipted
	};
}

void fleet_add(struct carrier *fleet, struct carrier *member, const struct fleet_place *place)
{
	struct fleet *f = fleet_of(fleet);
	guint k = 0;

	while (k < f->n && f->members[k].carrier)
		k++;
	g_assert(k < SLOTS);
	f->n = MAX(f->n, k + 1);
	seat(&f->members[k], member, place, g_strdupv((char **)place->prefixes));
}

static struct member *member_named(struct fleet *f, const char *name)
{
	for (guint k = 0; k < f->n; k++) {
		struct member *m = &f->members[k];
		struct carrier_status s = { 0 };

		if (!m->carrier || (m->leaving && !m->next))
			continue;
		m->carrier->ops->status(m->carrier, &s, 1);
		if (g_strcmp0(s.name, name) == 0)
			return m;
	}
	return NULL;
}

static void leave(struct member *m)
{
	if (m->next)
		m->next->ops->free(m->next);
	m->next = NULL;
	g_strfreev(m->next_prefixes);
	m->next_prefixes = NULL;
	if (!m->leaving)
		m->carrier->ops->stop(m->carrier);
	m->leaving = true;
}

void fleet_remove(struct carrier *fleet, const char *name)
{
	struct member *m = member_named(fleet_of(fleet), name);

	g_assert(m);
	leave(m);
}

void fleet_replace(struct carrier *fleet, const char *name, struct carrier *member, const struct fleet_place *place)
{
	struct member *m = member_named(fleet_of(fleet), name);

	g_assert(m);
	leave(m);
	m->next = member;
	m->next_place = *place;
	m->next_place.prefixes = NULL;
	m->next_prefixes = g_strdupv((char **)place->prefixes);
}
