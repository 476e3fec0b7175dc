/* ringback status, ringback providers, ringback reload: the daemon that runs, by its control sockets. */
#include <jansson.h>
#include <string.h>
#include <sysexits.h>

#include "command.h"
#include "control.h"

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

static bool think_counts(struct store_tx *tx, void *user, GError **err)
{
	return tx_counts(tx, user, err);
}

static int print_store(const struct command_work *w, struct printer *out)
{
	struct store_counts c;
	g_autoptr(GError) err = NULL;

	if (store_read(w->store, think_counts, &c, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	printer_begin(out);
	printer_string(out, "record", "store");
	printer_string(out, "file", w->conf->store);
	printer_int(out, "items", c.items);
	printer_int(out, "live", c.live);
	printer_int(out, "notices", c.notices);
	printer_int(out, "journal", c.journal);
	printer_int(out, "jobs_waiting", c.jobs_waiting);
	printer_int(out, "texts_sent", c.texts_sent);
	printer_int(out, "texts_failed", c.texts_failed);
	printer_end(out);
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
	if (!running)
		code = command_fail(EX_UNAVAILABLE, "no ringbackd runs (no answer in %s)", w.conf->run_dir);
	command_end(&w);
	return code;
}

const struct command_def cmd_status = {
	.name = "status",
	.arguments = "[--json]",
	.help = "the daemon that runs, and what the store holds",
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
