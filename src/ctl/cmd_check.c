/* ringback check: is the configuration right, before the first call shows that it is not. */
#include <getopt.h>
#include <string.h>
#include <sysexits.h>

#include "check.h"
#include "clock.h"
#include "command.h"
#include "text.h"

#define DAY_S (24 * 60 * 60)
#define DAYS_MAX 366
#define QUIET_DAYS 30
#define PAGE 1000

#define EXIT_ADVICE 1
#define EXIT_ERRORS 2

struct look {
	struct command_work *w;
	int64_t now;
	struct override *overrides;
	gsize n_overrides;
	int64_t first;		/* arrival of the oldest item; 0: there are none */
	GHashTable *called;	/* ids of lines that had a call lately, in the arena */
};

/* Newest first, until they are too old to be of interest: an item may get a call days after it was made. */
static bool find_called(struct store_tx *tx, struct look *l, GError **err)
{
	struct item_filter f = { .limit = PAGE };
	struct item **items;
	gsize n = PAGE;

	while (n == PAGE) {
		if (!tx_items(tx, &f, l->w->a, &items, &n, err))
			return false;
		for (gsize i = 0; i < n; i++) {
			l->first = items[i]->created;
			f.before_id = items[i]->id;
			if (items[i]->last_call >= l->now - QUIET_DAYS * DAY_S)
				g_hash_table_add(l->called, (gpointer)items[i]->line);
			if (items[i]->created < l->now - 2 * QUIET_DAYS * DAY_S)
				return true;
		}
	}
	return true;
}

static bool think_look(struct store_tx *tx, void *user, GError **err)
{
	struct look *l = user;

	return tx_overrides(tx, l->now, l->w->a, &l->overrides, &l->n_overrides, err) && find_called(tx, l, err);
}

/* Advice alone needs the store: without one, or where we may not read it, there is less to say and nothing wrong. */
static void read_store(struct look *l)
{
	g_autoptr(GError) err = NULL;

	if (!g_file_test(l->w->conf->store, G_FILE_TEST_EXISTS))
		return;
	l->w->store = store_sqlite_open(l->w->conf->store, &err);
	if (!l->w->store || store_read(l->w->store, think_look, l, &err) != STORE_DONE)
		fprintf(stderr, "ringback check: %s; lines without calls are not looked for\n", err->message);
}

/* A store that is younger than that cannot say it. */
static void find_quiet(const struct look *l, GPtrArray *findings)
{
	const struct roster *r = l->w->conf->roster;

	if (!l->first || l->first > l->now - QUIET_DAYS * DAY_S)
		return;
	for (guint i = 0; i < r->lines->len; i++) {
		const struct line *line = r->lines->pdata[i];

		if (!g_hash_table_contains(l->called, line->id))
			check_add(findings, l->w->a, false, "quiet", line->place, "line %s: no call in %d days; does the PBX still mail about it?",
				  line->id, QUIET_DAYS);
	}
}

static void print_finding(struct printer *out, bool error, const char *check, const char *file, int line, const char *text)
{
	printer_line(out, "%s%s%.*d%s%s: %s", file ? file : "", line ? ":" : "", line ? 1 : 0, line, file ? ": " : "",
		     error ? "error" : "advice", text);
	if (!printer_json(out))
		return;
	printer_begin(out);
	printer_string(out, "level", error ? "error" : "advice");
	printer_string(out, "check", check);
	printer_string(out, "file", file);
	printer_int(out, "line", line);
	printer_string(out, "text", text);
	printer_end(out);
}

/* What conf_load() said: "file:line: text", a line each. */
static void print_load_error(struct printer *out, const char *said)
{
	const char *colon = strstr(said, ": ");
	g_autofree char *place = colon ? g_strndup(said, (gsize)(colon - said)) : NULL;
	char *number = place ? strrchr(place, ':') : NULL;
	int64_t line = 0;

	if (number && text_to_long(number + 1, 1, G_MAXINT, &line))
		*number = '\0';
	print_finding(out, true, "load", place, (int)line, colon ? colon + 2 : said);
}

static int check_file(struct command_env *env, struct look *l, int64_t days)
{
	g_autoptr(GError) err = NULL;
	g_autoptr(GPtrArray) findings = NULL;
	int code = EX_OK;

	l->w->conf = conf_load(env->conf_file, &err);
	if (!l->w->conf) {
		g_auto(GStrv) lines = g_strsplit(err->message, "\n", -1);

		for (char **said = lines; *said; said++)
			print_load_error(env->out, *said);
		return EXIT_ERRORS;
	}
	read_store(l);
	findings = check_roster(l->w->conf->roster, l->now, l->now + days * DAY_S, l->overrides, l->n_overrides, l->w->a);
	find_quiet(l, findings);
	check_sort(findings);
	for (guint i = 0; i < findings->len; i++) {
		const struct finding *f = findings->pdata[i];

		print_finding(env->out, f->error, f->check, f->place.file, f->place.line, f->text);
		code = MAX(code, f->error ? EXIT_ERRORS : EXIT_ADVICE);
	}
	printer_line(env->out, "%s: %u findings in %u lines, %u people, %u callers", env->conf_file, findings->len,
		     l->w->conf->roster->lines->len, l->w->conf->roster->people->len, directory_size(l->w->conf->roster->directory));
	return code;
}

static int run_check(struct command_env *env, int argc, char **argv)
{
	static const struct option table[] = { { "days", required_argument, NULL, 'd' }, { NULL, 0, NULL, 0 } };
	struct command_work w = { 0 };
	struct look l = { .w = &w, .now = clock_now() };
	int64_t days = 30;
	int o, code;

	optind = 0;
	while ((o = getopt_long(argc, argv, "", table, NULL)) != -1)
		if (o != 'd' || !text_to_long(optarg, 1, DAYS_MAX, &days))
			return command_usage(&cmd_check);
	if (optind < argc)
		return command_usage(&cmd_check);
	w.a = arena_new();
	l.called = g_hash_table_new(g_str_hash, g_str_equal);
	code = check_file(env, &l, days);
	g_hash_table_unref(l.called);
	command_end(&w);
	return code;
}

const struct command_def cmd_check = {
	.name = "check",
	.arguments = "[--json] [--days N]",
	.help = "is the configuration right: who cannot be reached, what is there for nothing",
	.run = run_check,
	.details = "  --days N     look so many days ahead, 1 to 366; else 30\n"
		   "Ends with 0 if all is well, 1 if there is advice alone, 2 if there are errors.\n",
};
