#include "courier.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "err.h"
#include "fleet.h"
#include "forget.h"
#include "log.h"
#include "outbox.h"
#include "pair.h"
#include "smpp.h"
#include "smtp.h"

#define FDS_MAX (4 * FLEET_MEMBERS_MAX + 2)	/* pairs, and as many that leave */
#define WAIT_MAX_MS 60000
#define AHEAD_MAX 512
#define KEEP_EVERY_S 86400
#define KEEP_SLICE 2000

struct courier {
	struct engine *engine;
	struct store *store;
	struct outbox *outbox;
	struct carrier *texts;		/* a fleet */
	struct carrier *mails;		/* NULL: none is configured */
	struct conf *made_of;		/* whose providers the fleet has */
	GThread *clerk, *wires;
	GMutex lock;			/* of the carriers: the wires turn them, the clerk fills them */
	int clerk_fd, wires_fd;		/* eventfds that wake them */
	gint stopping;			/* atomic; then the deadline holds */
	int64_t stop_by_ms;
};

static struct carrier *make_provider(const struct provider *p, const struct carrier_events *events)
{
	struct tls_settings tls = { .name = p->tls_name, .ca = p->tls_ca, .cert = p->tls_cert, .key = p->tls_key };
	struct smpp_settings s = {
		.tls = p->tls ? &tls : NULL, .name = p->name, .host = p->host, .port = p->port, .system_id = p->system_id, .password = p->password,
		.system_type = p->system_type, .source_addr = p->source_addr, .window = p->window,
		.coding = p->coding, .ahead = AHEAD_MAX,
		.enquire_link_s = p->enquire_link_s, .response_timeout_s = p->response_timeout_s,
		.reconnect_min_s = 1, .reconnect_max_s = 60
	};

	return p->pair ? pair_new(&s, events) : smpp_new(&s, events);
}

static struct fleet_place place_of(const struct provider *p)
{
	return (struct fleet_place){
		.priority = p->priority, .weight = p->weight, .rate = p->rate,
		.prefixes = (const char *const *)p->prefixes
	};
}

static const struct provider *provider_named(const struct conf *conf, const char *name)
{
	for (guint k = 0; conf && k < conf->providers->len; k++) {
		const struct provider *p = g_ptr_array_index(conf->providers, k);

		if (strcmp(p->name, name) == 0)
			return p;
	}
	return NULL;
}

/* From the providers of one configuration (NULL: none) to those of another. What is the same keeps its link. */
static void change_texts(struct carrier *fleet, const struct conf *from, const struct conf *to)
{
	for (guint k = 0; from && k < from->providers->len; k++) {
		const struct provider *p = g_ptr_array_index(from->providers, k);

		if (!provider_named(to, p->name))
			fleet_remove(fleet, p->name);
	}
	for (guint k = 0; k < to->providers->len; k++) {
		const struct provider *p = g_ptr_array_index(to->providers, k), *before = provider_named(from, p->name);
		struct carrier_events own = fleet_events(fleet);
		struct fleet_place place = place_of(p);

		if (!before)
			fleet_add(fleet, make_provider(p, &own), &place);
		else if (!provider_is_same(before, p))
			fleet_replace(fleet, p->name, make_provider(p, &own), &place);
	}
}

static struct carrier *make_mails(const struct conf *conf, const struct carrier_events *events)
{
	struct smtp_settings s = {
		.host = conf->relay_host, .port = conf->relay_port, .mail_from = conf->mail_from, .timeout_s = 30
	};

	return conf->relay_host && *conf->relay_host ? smtp_new(&s, events) : NULL;
}

static void make_carriers(struct courier *c)
{
	struct carrier_events events = outbox_events(c->outbox);
	struct conf *conf = engine_conf(c->engine);

	c->texts = fleet_new(&events);
	change_texts(c->texts, NULL, conf);
	c->mails = make_mails(conf, &events);
	outbox_set_carriers(c->outbox, c->texts, c->mails);
	c->made_of = conf;
}

/* ---- waking ---- */

static void rouse(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0) {
		/* the counter is full: it is awake already */
	}
}

static void roused(const struct pollfd *fd)
{
	uint64_t count;

	if (fd->revents && read(fd->fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		log_error("courier: wake: %s", g_strerror(errno));
}

static void rouse_wires(void *user)
{
	rouse(((struct courier *)user)->wires_fd);
}

/* ---- the wires ---- */

struct waiting {
	struct pollfd fds[FDS_MAX];
	gsize n, n_texts, n_mails;
	int timeout_ms;
};

static void wait_for(struct waiting *w, struct carrier *c, gsize *n_r)
{
	int ms = c ? c->ops->timeout_ms(c) : -1;

	*n_r = c ? c->ops->fds(c, w->fds + w->n, FDS_MAX - w->n) : 0;
	w->n += *n_r;
	if (ms >= 0 && ms < w->timeout_ms)
		w->timeout_ms = ms;
}

static void collect(struct courier *c, struct waiting *w)
{
	w->timeout_ms = WAIT_MAX_MS;
	w->fds[0] = (struct pollfd){ .fd = c->wires_fd, .events = POLLIN };
	w->n = 1;
	wait_for(w, c->texts, &w->n_texts);
	wait_for(w, c->mails, &w->n_mails);
}

static void turn_carriers(struct courier *c, struct waiting *w)
{
	roused(&w->fds[0]);
	c->texts->ops->turn(c->texts, w->fds + 1, w->n_texts);
	if (c->mails)
		c->mails->ops->turn(c->mails, w->fds + 1 + w->n_texts, w->n_mails);
}

static bool idle(const struct carrier *c)
{
	return !c || c->ops->idle((struct carrier *)c);
}

static void tell_carriers_to_stop(struct courier *c)
{
	c->texts->ops->stop(c->texts);
	if (c->mails)
		c->mails->ops->stop(c->mails);
}

static void turn_wires(struct courier *c)
{
	struct waiting w = { 0 };

	g_mutex_lock(&c->lock);
	collect(c, &w);
	g_mutex_unlock(&c->lock);
	if (poll(w.fds, w.n, w.timeout_ms) < 0) {
		if (errno != EINTR)
			log_error("courier: poll: %s", g_strerror(errno));
		return;
	}
	g_mutex_lock(&c->lock);
	turn_carriers(c, &w);
	if (outbox_has_work(c->outbox))
		rouse(c->clerk_fd);
	g_mutex_unlock(&c->lock);
}

static gpointer run_wires(gpointer user)
{
	struct courier *c = user;

	while (!g_atomic_int_get(&c->stopping))
		turn_wires(c);
	g_mutex_lock(&c->lock);
	tell_carriers_to_stop(c);
	g_mutex_unlock(&c->lock);
	while (!(idle(c->texts) && idle(c->mails)) && clock_mono_ms() < c->stop_by_ms) {
		outbox_settle(c->outbox);
		turn_wires(c);
	}
	return NULL;
}

/* ---- the clerk ---- */

/* Where the daily look for what was kept long enough is. */
struct keeper {
	int64_t after, next;
};

/* One slice at a time, so that texts do not wait for it. Is there more to do? */
static bool keep_turn(struct courier *c, struct keeper *k)
{
	const int64_t now = clock_now();
	struct conf *conf;
	g_autoptr(GError) err = NULL;
	gsize n = 0;

	if (now < k->next)
		return false;
	conf = engine_conf(c->engine);
	if (!forget_old(c->store, conf, now, KEEP_SLICE, &k->after, &n, &err)) {
		log_error("courier: what is old could not be forgotten: %s", err ? err->message : "?");
		k->after = 0;
	}
	conf_unref(conf);
	if (n)
		log_info("courier: forgotten=%" G_GSIZE_FORMAT " items, kept long enough", n);
	if (!k->after)
		k->next = now + KEEP_EVERY_S;
	return k->after != 0;
}

static gpointer run_clerk(gpointer user)
{
	struct courier *c = user;
	struct keeper keeper = { 0 };

	while (!g_atomic_int_get(&c->stopping)) {
		struct pollfd fd = { .fd = c->clerk_fd, .events = POLLIN };
		int64_t until_s = outbox_turn(c->outbox);

		if (keep_turn(c, &keeper))
			until_s = 0;

		if (poll(&fd, 1, (int)MIN(until_s * 1000, WAIT_MAX_MS)) < 0 && errno != EINTR)
			log_error("courier: poll: %s", g_strerror(errno));
		roused(&fd);
	}
	return NULL;
}

/* ---- start, stop, status ---- */

static void courier_free(struct courier *c)
{
	if (c->texts)
		c->texts->ops->free(c->texts);
	if (c->mails)
		c->mails->ops->free(c->mails);
	outbox_free(c->outbox);
	conf_unref(c->made_of);
	close(c->clerk_fd);
	close(c->wires_fd);
	g_mutex_clear(&c->lock);
	g_free(c);
}

struct courier *courier_start(struct engine *e, struct store *s, GError **err)
{
	struct courier *c = g_new0(struct courier, 1);

	g_mutex_init(&c->lock);
	c->engine = e;
	c->store = s;
	c->clerk_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	c->wires_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	c->outbox = outbox_new(e, s, NULL, NULL);
	outbox_share(c->outbox, &c->lock, rouse_wires, c);
	if (c->clerk_fd < 0 || c->wires_fd < 0 || !outbox_recover(c->outbox, err)) {
		if (c->clerk_fd < 0 || c->wires_fd < 0)
			err_set(err, ERR_STORE, "eventfd: %s", g_strerror(errno));
		courier_free(c);
		return NULL;
	}
	make_carriers(c);
	c->wires = g_thread_new("wires", run_wires, c);
	c->clerk = g_thread_new("clerk", run_clerk, c);
	return c;
}

void courier_wake(struct courier *c)
{
	rouse(c->clerk_fd);
}

void courier_reload(struct courier *c)
{
	struct conf *conf = engine_conf(c->engine);

	g_mutex_lock(&c->lock);
	change_texts(c->texts, c->made_of, conf);
	conf_unref(c->made_of);
	c->made_of = conf;
	g_mutex_unlock(&c->lock);
	rouse(c->wires_fd);
	rouse(c->clerk_fd);
}

void courier_stop(struct courier *c, int64_t timeout_s)
{
	if (!c)
		return;
	c->stop_by_ms = clock_mono_ms() + timeout_s * 1000;
	g_atomic_int_set(&c->stopping, 1);
	rouse(c->clerk_fd);
	g_thread_join(c->clerk);
	rouse(c->wires_fd);
	g_thread_join(c->wires);
	outbox_settle(c->outbox);
	courier_free(c);
}

gsize courier_status(struct courier *c, enum job_kind kind, struct carrier_status *s_r, gsize max, struct arena *a)
{
	struct carrier *carrier = kind == JOB_TEXT ? c->texts : kind == JOB_MAIL ? c->mails : NULL;
	gsize n;

	if (!carrier)
		return 0;
	g_mutex_lock(&c->lock);
	n = carrier->ops->status(carrier, s_r, max);
	for (gsize k = 0; k < n; k++) {
		s_r[k].name = arena_strdup(a, s_r[k].name);
		s_r[k].last_error = arena_strdup(a, s_r[k].last_error);
	}
	g_mutex_unlock(&c->lock);
	return n;
}
