/* ringback replay: what would become of these mails? The whole decision, with a store in memory and carriers that
 * print. Nothing outside is touched; the clock is told what to say. */
#include <getopt.h>
#include <string.h>
#include <sysexits.h>

#include "authres.h"
#include "clock.h"
#include "command.h"
#include "dedup.h"
#include "log.h"
#include "mailfile.h"
#include "outbox.h"
#include "reader.h"
#include "render.h"
#include "text.h"

#define AHEAD_S (24 * 3600)	/* how far texts and steps are followed after the last mail */

struct dry_carrier {
	struct carrier carrier;		/* first: a carrier is a dry_carrier here */
	struct replay *replay;
	GArray *sent;			/* int64_t: jobs whose outcome is still to be told */
};

struct replay {
	struct printer *out;
	struct conf *conf;
	struct store *store;
	struct engine *engine;
	struct outbox *outbox;
	struct dry_carrier texts;
	const char *client, *auth, *sender;	/* of --client and so on; none of them: any source will do */
	GPtrArray *rcpts;		/* of --rcpt; empty: those of the To field */
	int64_t at;			/* of the first mail; 0: its Date */
	int64_t base, first_date;	/* when the first mail came, and its Date */
};

/* ---- the carrier that prints ---- */

static guint dry_room(struct carrier *c)
{
	return c != NULL;
}

static void dry_send(struct carrier *c, const struct parcel *p)
{
	struct dry_carrier *d = (struct dry_carrier *)c;
	struct replay *r = d->replay;
	const struct person *person = roster_person_by_phone(r->conf->roster, p->to);
	char at[40];

	printer_begin(r->out);
	printer_string(r->out, "event", "text");
	printer_string(r->out, "at", text_time_zone(clock_now(), r->conf->timezone, at));
	printer_string(r->out, "person", person ? person->id : NULL);
	printer_string(r->out, "to", p->to);
	printer_string(r->out, "text", p->text);
	printer_end(r->out);
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

/* Does all that comes due until then. */
static void pass_until(struct replay *r, int64_t until)
{
	bool told;

	do {
		int64_t next = outbox_turn(r->outbox);

		told = tell_outcomes(r);
		if (!told)
			clock_fake(MIN(clock_now() + MAX(next, 1), until));
	} while (told || clock_now() < until);
}

/* ---- one mail ---- */

/* The first mail comes at --at, or at its Date; the others as long after it as their Dates say, in any case later. */
static void move_clock(struct replay *r, const struct letter *l)
{
	int64_t at;

	if (!r->base) {
		r->base = r->at ? r->at : l->date ? l->date : clock_now();
		r->first_date = l->date;
		clock_fake(r->base);
		return;
	}
	at = r->base + (l->date && r->first_date ? l->date - r->first_date : 0);
	pass_until(r, MAX(at, clock_now() + 1));
}

static const char *const *rcpts_of(struct replay *r, const struct letter *l, struct arena *a)
{
	g_autoptr(GRegex) address = g_regex_new("[^\\s<>\",;:]+@[^\\s<>\",;:]+", 0, 0, NULL);
	g_autoptr(GMatchInfo) found = NULL;
	g_autoptr(GPtrArray) rcpts = g_ptr_array_new();

	for (guint k = 0; k < r->rcpts->len; k++)
		g_ptr_array_add(rcpts, r->rcpts->pdata[k]);
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

/* All rows about mails have the same keys. d NULL: not for us, and why. */
static void print_mail(struct replay *r, const char *file, const struct decision *d, const struct event *e,
		       const char *why, struct arena *a)
{
	const struct decision none = { .mail = MAIL_PASS };
	char at[40];

	d = d ? d : &none;
	printer_begin(r->out);
	printer_string(r->out, "event", "mail");
	printer_string(r->out, "file", file);
	printer_string(r->out, "at", text_time_zone(clock_now(), r->conf->timezone, at));
	printer_string(r->out, "verdict", verdict(d));
	printer_string(r->out, "item", d->item ? render_item_id(a, r->conf->roster, d->item->id) : NULL);
	printer_string(r->out, "class", class_name(e->call ? e->call->class : CLASS_NONE));
	printer_string(r->out, "caller", e->call ? e->call->caller : NULL);
	printer_string(r->out, "line", d->line ? d->line->id : NULL);
	printer_string(r->out, "owner", d->owner ? d->owner->id : NULL);
	printer_string(r->out, "mailed", mailed(d, e, a));
	printer_string(r->out, "why", why);
	printer_end(r->out);
}

/* What the mail server's verifier wrote into the file; on the way through Postfix others of that name stand below. */
static const char *const *verified(const struct replay *r, const struct letter *l, struct arena *a)
{
	const char *id = *r->conf->authserv_id ? r->conf->authserv_id : g_get_host_name();
	const char *const *domains;

	for (gsize k = 0; k < l->n_headers; k++)
		if (g_ascii_strcasecmp(l->headers[k].name, "Authentication-Results") == 0 &&
		    authres_read(l->headers[k].value, id, a, &domains))
			return domains;
	return NULL;
}

static const struct source *source_of(const struct replay *r, const struct letter *l, struct arena *a)
{
	struct origin o = { .known = ORIGIN_HEADER, .auth = r->auth, .sender = r->sender };
	bool later;

	if (r->client) {
		o.sendmail = g_str_equal(r->client, "sendmail");
		address_read(r->client, &o.client);
	}
	o.author = authres_author(l->from, a);
	o.dkim = verified(r, l, a);
	return source_find(r->conf->sources, &o, &later);
}

static struct call *read_as(const struct replay *r, const struct letter *l, const struct source *s, struct arena *a)
{
	const struct profile_context ctx = {
		.region = s->region, .zone = s->zone, .arrived = clock_now(), .allowed = s->allowed,
		.generic = s->generic ? (int)r->conf->generic_confidence : 0,
	};
	struct call *c = profiles_read(r->conf->profiles, l, &ctx, a);

	if (c)
		c->source = s->name;
	return c;
}

/* Where the command line does not say who sent it: the first source that could read it. */
static struct call *read_call(const struct replay *r, const struct letter *l, const char **why_r, struct arena *a)
{
	const GPtrArray *sources = r->conf->sources;
	const struct source *s;
	struct call *c = NULL;

	*why_r = "no profile matches: not a notice";
	if (!r->client && !r->auth && !r->sender) {
		for (guint k = 0; k < sources->len && !c; k++)
			c = read_as(r, l, sources->pdata[k], a);
		return c;
	}
	s = source_of(r, l, a);
	if (!s)
		*why_r = "it comes from no trusted source";
	return s ? read_as(r, l, s, a) : NULL;
}

static bool take(struct replay *r, const char *file, const struct letter *l, struct arena *a)
{
	struct event e = { .kind = EVENT_NOTICE, .queue_id = "replay", .message_id = l->message_id };
	g_autoptr(GError) err = NULL;
	struct decision *d;
	const char *why;

	e.rcpts = rcpts_of(r, l, a);
	e.call = read_call(r, l, &why, a);
	if (!e.call)
		return print_mail(r, file, NULL, &e, why, a), true;
	d = engine_take(r->engine, r->conf, &e, a, &err);
	if (!d) {
		fprintf(stderr, "ringback: %s: %s\n", file, err->message);
		return false;
	}
	print_mail(r, file, d, &e, d->why, a);
	return true;
}

static int replay_file(struct replay *r, const char *file)
{
	AUTO_ARENA a = arena_new();
	g_autofree char *mail = NULL;
	g_autoptr(GError) err = NULL;
	struct letter *l;
	gsize size;

	if (!mailfile_read(file, &mail, &size, &err)) {
		fprintf(stderr, "ringback: %s\n", err->message);
		return EX_NOINPUT;
	}
	l = reader_read(mail, size, NULL, a);
	move_clock(r, l);
	return take(r, file, l, a) ? EX_OK : EX_SOFTWARE;
}

/* ---- the command ---- */

static struct conf *load(struct command_env *env, GError **err)
{
	return env->conf_given || g_file_test(env->conf_file, G_FILE_TEST_EXISTS) ?
		conf_load(env->conf_file, err) : conf_default(NULL, "US", "UTC", err);
}

static void replay_start(struct replay *r)
{
	reader_init();
	r->store = store_mem_new();
	r->engine = engine_new(r->store, r->conf, NULL, NULL);
	r->texts.carrier.ops = &dry_ops;
	r->texts.replay = r;
	r->texts.sent = g_array_new(FALSE, FALSE, sizeof(int64_t));
	r->outbox = outbox_new(r->engine, r->store, &r->texts.carrier, NULL);
}

static void replay_end(struct replay *r)
{
	outbox_free(r->outbox);
	engine_free(r->engine);
	store_free(r->store);
	conf_unref(r->conf);
	g_array_unref(r->texts.sent);
	g_ptr_array_unref(r->rcpts);
	clock_fake(-1);
}

static int usage(void)
{
	return command_usage(&cmd_replay);
}

static bool options(struct replay *r, int argc, char **argv)
{
	static const struct option table[] = {
		{ "at", required_argument, NULL, 'a' }, { "client", required_argument, NULL, 'c' },
		{ "auth", required_argument, NULL, 'u' }, { "sender", required_argument, NULL, 's' },
		{ "rcpt", required_argument, NULL, 'r' }, { 0 }
	};
	int o;

	optind = 0;	/* glibc: from the start, whatever main read before */
	while ((o = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (o == 'a' && !text_to_time(optarg, &r->at)) {
			fprintf(stderr, "ringback: '%s' is no time; write 2026-03-02T21:52:00+00:00\n", optarg);
			return false;
		}
		if (o == 'c')
			r->client = optarg;
		if (o == 'u')
			r->auth = optarg;
		if (o == 's')
			r->sender = optarg;
		if (o == 'r')
			g_ptr_array_add(r->rcpts, optarg);
		if (o == '?')
			return false;
	}
	return optind < argc;
}

static int run(struct command_env *env, int argc, char **argv)
{
	struct replay r = { .out = env->out, .rcpts = g_ptr_array_new() };
	g_autoptr(GError) err = NULL;
	int status = EX_OK;

	if (!options(&r, argc, argv)) {
		g_ptr_array_unref(r.rcpts);
		return usage();
	}
	r.conf = load(env, &err);
	if (!r.conf) {
		fprintf(stderr, "%s\n", err->message);
		g_ptr_array_unref(r.rcpts);
		return EX_CONFIG;
	}
	replay_start(&r);
	for (int k = optind; k < argc; k++) {
		int one = replay_file(&r, argv[k]);

		status = one ? one : status;
	}
	pass_until(&r, clock_now() + AHEAD_S);
	replay_end(&r);
	return status;
}

const struct command_def cmd_replay = {
	.name = "replay",
	.arguments = "[--json] [--at TIME] [--client ADDR] [--auth USER] [--sender ADDR] "
		     "[--rcpt ADDR]... FILE...",
	.help = "dry run: who would own these mails' calls, be mailed, be texted, when and why",
	.run = run
};
