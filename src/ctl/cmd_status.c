/* ringback status, ringback providers, ringback reload: the daemon that runs, by its control sockets. */
#include <jansson.h>
#include <string.h>
#include <sysexits.h>

#include "clock.h"
#include "command.h"
#include "control.h"
#include "text.h"

#define DRIFT_SHOWN_DAYS 30

static const char *const roles[] = { "milter", "courier" };

static char *ask_role(const struct command_work *w, const char *role, const char *request, GError **err)
{
	g_autofree char *name = g_strconcat(role, ".ctl", NULL);
	g_autofree char *path = g_build_filename(w->conf->run_dir, name, NULL);

	return control_ask(path, request, err);
}

/* ---- status ---- */

static void print_value(struct printer *out, const char *key, const json_t *v)
{
	if (json_is_array(v))
		return;			/* the providers: a command of their own */
	if (json_is_integer(v))
		printer_int(out, key, json_integer_value(v));
	else if (json_is_boolean(v))
		printer_bool(out, key, json_is_true(v));
	else
		printer_string(out, key, json_string_value(v));
}

/* The object's values, those of objects within it as "texts.up". */
static void print_object(struct printer *out, const char *prefix, const json_t *o)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)o, key, v) {
		g_autofree char *name = *prefix ? g_strconcat(prefix, ".", key, NULL) : g_strdup(key);

		if (json_is_object(v))
			print_object(out, name, v);
		else
			print_value(out, name, v);
	}
}

static bool print_role(const struct command_work *w, struct printer *out, const char *role)
{
	g_autoptr(GError) err = NULL;
	g_autofree char *text = ask_role(w, role, "status", &err);
	json_t *o = text ? json_loads(text, 0, NULL) : NULL;

	printer_begin(out);
	printer_string(out, "record", "daemon");
	printer_bool(out, "running", o != NULL);
	if (o) {
		print_object(out, "", o);
	} else {
		printer_string(out, "role", role);
		printer_string(out, "error", err ? err->message : "an answer that is no JSON");
	}
	printer_end(out);
	json_decref(o);
	return o != NULL;
}

#define PAGE 1000

/* How many of the live items are late. */
struct late {
	const struct command_work *w;
	int64_t overdue, stale;
};

static bool think_late(struct store_tx *tx, void *user, GError **err)
{
	struct late *l = user;
	struct item_filter f = { .live_only = true, .limit = PAGE };
	const int64_t now = clock_now();
	struct item **items;
	gsize n;

	do {
		AUTO_ARENA a = arena_new();

		if (!tx_items(tx, &f, a, &items, &n, err))
			return false;
		for (gsize k = 0; k < n; k++) {
			l->overdue += item_overdue_since(items[k], now) != 0;
			l->stale += items_stale_since(l->w, items[k], now) != 0;
		}
		if (n)
			f.before_id = items[n - 1]->id;
	} while (n == PAGE);
	return true;
}

static bool think_counts(struct store_tx *tx, void *user, GError **err)
{
	return tx_counts(tx, user, err);
}

static int print_store(const struct command_work *w, struct printer *out)
{
	struct store_counts c;
	struct late late = { .w = w };
	g_autoptr(GError) err = NULL;

	if (store_read(w->store, think_counts, &c, &err) != STORE_DONE ||
	    store_read(w->store, think_late, &late, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	printer_begin(out);
	printer_string(out, "record", "store");
	printer_string(out, "file", w->conf->store);
	printer_int(out, "items", c.items);
	printer_int(out, "live", c.live);
	printer_int(out, "overdue", late.overdue);
	printer_int(out, "stale", late.stale);
	printer_int(out, "notices", c.notices);
	printer_int(out, "journal", c.journal);
	printer_int(out, "jobs_waiting", c.jobs_waiting);
	printer_int(out, "texts_sent", c.texts_sent);
	printer_int(out, "texts_failed", c.texts_failed);
	printer_end(out);
	return EX_OK;
}

/* ---- lines that are muted ---- */

struct mutes {
	struct arena *a;
	struct mute *mutes;
	gsize n;
};

static bool think_mutes(struct store_tx *tx, void *user, GError **err)
{
	struct mutes *m = user;

	return tx_mutes(tx, clock_now(), m->a, &m->mutes, &m->n, err);
}

static int print_mutes(const struct command_work *w, struct printer *out)
{
	struct mutes m = { .a = w->a };
	g_autoptr(GError) err = NULL;

	if (store_read(w->store, think_mutes, &m, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	for (gsize k = 0; k < m.n; k++)
		mutes_print(out, &m.mutes[k]);
	return EX_OK;
}

/* ---- what the sources said, of late ---- */

struct sources_work {
	int64_t since;
	struct arena *a;
	struct drift *drift;
	gsize n;
};

static bool think_drift(struct store_tx *tx, void *user, GError **err)
{
	struct sources_work *s = user;

	return tx_drift(tx, s->since, s->a, &s->drift, &s->n, err);
}

/* The counts of one source and profile, which are those from d on; gives how many they are. */
static gsize print_profile(struct printer *out, const struct drift *d, gsize n)
{
	g_autoptr(GString) missing = g_string_new(NULL);
	int64_t read = 0, unread = 0, since = 0, last = 0;
	char buf[32];
	gsize i;

	for (i = 0; i < n && strcmp(d[i].source, d->source) == 0 && strcmp(d[i].profile, d->profile) == 0; i++) {
		if (strcmp(d[i].field, DRIFT_READ) == 0) {
			read = d[i].n;
			continue;
		}
		if (strcmp(d[i].field, DRIFT_UNREAD) == 0)
			unread = d[i].n;
		else
			g_string_append_printf(missing, "%s%s %" G_GINT64_FORMAT, missing->len ? ", " : "", d[i].field, d[i].n);
		since = since ? MIN(since, d[i].first) : d[i].first;
		last = MAX(last, d[i].last);
	}
	printer_string(out, "profile", d->profile);
	printer_int(out, "read", read);
	printer_int(out, "unread", unread);
	printer_string(out, "missing", missing->len ? missing->str : NULL);
	printer_string(out, "drift_since", since ? text_time(since, buf) : NULL);
	printer_string(out, "drift_last", last ? text_time(last, buf) : NULL);
	return i;
}

static void print_source(struct printer *out, const struct sources_work *s, const char *name)
{
	bool any = false;

	for (gsize i = 0; i < s->n;) {
		if (strcmp(s->drift[i].source, name) != 0) {
			i++;
			continue;
		}
		any = true;
		printer_begin(out);
		printer_string(out, "record", "source");
		printer_string(out, "source", name);
		i += print_profile(out, &s->drift[i], s->n - i);
		printer_end(out);
	}
	if (any)
		return;
	printer_begin(out);
	printer_string(out, "record", "source");
	printer_string(out, "source", name);
	print_profile(out, &(struct drift){ name, NULL, DRIFT_READ, 0, 0, 0 }, 0);
	printer_end(out);
}

static int print_sources(const struct command_work *w, struct printer *out)
{
	struct sources_work s = { .since = clock_now() - DRIFT_SHOWN_DAYS * 86400, .a = w->a };
	const GPtrArray *sources = w->conf->sources;
	g_autoptr(GError) err = NULL;

	if (store_read(w->store, think_drift, &s, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	for (guint i = 0; i < sources->len; i++)
		print_source(out, &s, ((const struct source *)sources->pdata[i])->name);
	return EX_OK;
}

static int run_status(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	guint running = 0;
	int code;

	(void)argv;
	if (argc != 1)
		return command_usage(&cmd_status);
	code = command_open(env, &w);
	if (code == EX_CONFIG) {
		command_end(&w);
		return code;
	}
	for (guint i = 0; i < G_N_ELEMENTS(roles); i++)
		running += print_role(&w, env->out, roles[i]);
	if (!code)
		code = print_store(&w, env->out);
	if (!code)
		code = print_mutes(&w, env->out);
	if (!code)
		code = print_sources(&w, env->out);
	if (!running)
		code = command_fail(EX_UNAVAILABLE, "no ringbackd runs (no answer in %s)", w.conf->run_dir);
	command_end(&w);
	return code;
}

const struct command_def cmd_status = {
	.name = "status",
	.arguments = "[--json]",
	.help = "the daemon that runs, what the store holds, and what the sources said in the last 30 days",
	.run = run_status,
};

/* ---- providers ---- */

static int run_providers(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	g_autoptr(GError) err = NULL;
	g_autofree char *text = NULL;
	json_t *o = NULL;
	int code;

	(void)argv;
	if (argc != 1)
		return command_usage(&cmd_providers);
	code = command_load(env, &w);
	if (!code && !(text = ask_role(&w, "courier", "status", &err)))
		code = command_fail(EX_UNAVAILABLE, "no courier runs: %s", err->message);
	if (!code) {
		size_t k;
		json_t *provider;

		o = json_loads(text, 0, NULL);
		json_array_foreach(json_object_get(o, "providers"), k, provider) {
			printer_begin(env->out);
			print_object(env->out, "", provider);
			printer_end(env->out);
		}
	}
	json_decref(o);
	command_end(&w);
	return code;
}

const struct command_def cmd_providers = {
	.name = "providers",
	.arguments = "[--json]",
	.help = "each provider: is it bound, what is under way, what went wrong last",
	.run = run_providers,
};

/* ---- reload ---- */

/* EX_OK, EX_CONFIG with the daemon's words on stderr, or EX_UNAVAILABLE without any. */
static int reload_role(const struct command_work *w, const char *role)
{
	g_autofree char *text = ask_role(w, role, "reload", NULL);
	json_t *o = text ? json_loads(text, 0, NULL) : NULL;
	const char *error = json_string_value(json_object_get(o, "error"));
	int code = EX_OK;

	if (!o)
		code = EX_UNAVAILABLE;
	else if (!json_is_true(json_object_get(o, "ok")))
		code = command_fail(EX_CONFIG, "%s: not reloaded, the old configuration stays in force\n%s", role,
				    error ? error : "");
	json_decref(o);
	return code;
}

static int reload_all(struct command_env *env, const struct command_work *w)
{
	int milter = reload_role(w, roles[0]), courier;

	if (milter == EX_CONFIG)
		return milter;		/* one process with both roles would say it twice */
	courier = reload_role(w, roles[1]);
	if (milter == EX_UNAVAILABLE && courier == EX_UNAVAILABLE)
		return command_fail(EX_UNAVAILABLE, "no ringbackd runs (no answer in %s)", w->conf->run_dir);
	if (courier == EX_CONFIG)
		return courier;
	printer_begin(env->out);
	printer_bool(env->out, "reloaded", true);
	printer_end(env->out);
	return EX_OK;
}

static int run_reload(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	int code;

	(void)argv;
	if (argc != 1)
		return command_usage(&cmd_reload);
	code = command_load(env, &w);
	if (!code)
		code = reload_all(env, &w);
	command_end(&w);
	return code;
}

const struct command_def cmd_reload = {
	.name = "reload",
	.arguments = "[--json]",
	.help = "the daemon reads its configuration again; a bad one leaves the old in force",
	.run = run_reload,
};
