/* ringback list, ringback find: many items, a row each. */
#include <getopt.h>
#include <sysexits.h>

#include "command.h"
#include "phone.h"

#define PAGE 1000

struct page {
	struct command_work *w;
	struct item_filter filter;
	struct item **items;
	gsize n;
};

static bool think_page(struct store_tx *tx, void *user, GError **err)
{
	struct page *p = user;

	return tx_items(tx, &p->filter, p->w->a, &p->items, &p->n, err);
}

/* All items that fit, newest first, page by page. Gives an exit code. */
static int print_items(struct command_work *w, struct printer *out, const struct item_filter *f, guint64 *found_r)
{
	struct page p = { .w = w, .filter = *f };

	*found_r = 0;
	p.filter.limit = PAGE;
	do {
		g_autoptr(GError) err = NULL;

		arena_reset(w->a);
		if (store_read(w->store, think_page, &p, &err) != STORE_DONE)
			return command_fail(EX_TEMPFAIL, "%s", err->message);
		if (p.n && !*found_r)
			items_columns(out);
		for (gsize i = 0; i < p.n; i++)
			items_row(w, out, p.items[i]);
		*found_r += p.n;
		if (p.n)
			p.filter.before_id = p.items[p.n - 1]->id;
	} while (p.n == PAGE);
	return EX_OK;
}

/* ---- list ---- */

static bool list_options(struct item_filter *f, int argc, char **argv)
{
	static const struct option table[] = {
		{ "all", no_argument, NULL, 'a' }, { "line", required_argument, NULL, 'l' },
		{ "owner", required_argument, NULL, 'o' }, { NULL, 0, NULL, 0 }
	};
	int o;

	optind = 0;
	while ((o = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (o == 'a')
			f->live_only = false;
		else if (o == 'l')
			f->line = optarg;
		else if (o == 'o')
			f->owner = optarg;
		else
			return false;
	}
	return optind == argc;
}

/* Items may name people and lines that the configuration has no more; only a name that neither has is a mistake. */
static int nothing_found(const struct command_work *w, struct printer *out, const struct item_filter *f)
{
	if (f->owner && !roster_person(w->conf->roster, f->owner))
		return command_no_person(w, f->owner);
	if (f->line && !roster_line_by_id(w->conf->roster, f->line))
		return command_no_line(w, f->line);
	printer_line(out, "%s", f->live_only ? "Nothing is open." : "There are no items.");
	return EX_OK;
}

static int run_list(struct command_env *env, int argc, char **argv)
{
	struct item_filter f = { .live_only = true };
	struct command_work w = { 0 };
	guint64 found = 0;
	int code;

	if (!list_options(&f, argc, argv))
		return command_usage(&cmd_list);
	code = command_open(env, &w);
	if (!code)
		code = print_items(&w, env->out, &f, &found);
	if (!code && !found)
		code = nothing_found(&w, env->out, &f);
	command_end(&w);
	return code;
}

const struct command_def cmd_list = {
	.name = "list",
	.arguments = "[--json] [--all] [--line LINE] [--owner PERSON]",
	.help = "items that are open, newest first",
	.run = run_list,
	.details = "Behind the due time stands what is overdue, and stale.\n"
		   "  --all           closed and suppressed ones too\n"
		   "  --line LINE     of this line only\n"
		   "  --owner PERSON  of this owner only\n",
};

/* ---- find ---- */

static int find(struct command_env *env, struct command_work *w, const char *what)
{
	AUTO_ARENA a = arena_new();
	const char *number = phone_e164(a, what, w->conf->region);
	struct item_filter f = { .number = number };
	guint64 found;
	int code;

	if (!number)
		return command_fail(EX_USAGE, "'%s' is no phone number (region %s)", what, w->conf->region);
	code = print_items(w, env->out, &f, &found);
	if (!code && !found)
		return command_fail(EX_DATAERR, "no item from %s", number);
	return code;
}

static int run_find(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	g_autofree char *what = NULL;
	int code;

	if (argc < 2 || argv[1][0] == '-')
		return command_usage(&cmd_find);
	what = g_strjoinv(" ", argv + 1);	/* "020 7946 0123" without quotes */
	code = command_open(env, &w);
	if (!code)
		code = find(env, &w, what);
	command_end(&w);
	return code;
}

const struct command_def cmd_find = {
	.name = "find",
	.arguments = "[--json] NUMBER",
	.help = "all items of one caller",
	.run = run_find,
	.details = "  NUMBER is read as the PBX's numbers are: +442079460123, 020 7946 0123.\n",
};
