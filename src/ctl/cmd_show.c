/* ringback show, ringback why: one item. */
#include <string.h>
#include <sysexits.h>

#include "command.h"
#include "render.h"

#define NOTICES_MAX 1000

struct look {
	struct command_work *w;
	struct item *item;
	struct notice *notices;
	struct job **jobs;
	struct journal_record **journal;
	gsize n_notices, n_jobs, n_journal;
};

static bool think_all(struct store_tx *tx, void *user, GError **err)
{
	struct look *l = user;
	struct arena *a = l->w->a;

	return tx_item(tx, l->item->id, a, &l->item, err) &&
	       tx_notices(tx, l->item->id, NOTICES_MAX, a, &l->notices, &l->n_notices, err) &&
	       tx_jobs_of_item(tx, l->item->id, a, &l->jobs, &l->n_jobs, err) &&
	       tx_journal(tx, l->item->id, a, &l->journal, &l->n_journal, err);
}

static int look_up(struct look *l, const char *name)
{
	g_autoptr(GError) err = NULL;
	int code = command_item(l->w, name, &l->item);

	if (code)
		return code;
	return store_read(l->w->store, think_all, l, &err) == STORE_DONE ? EX_OK :
	       command_fail(EX_TEMPFAIL, "%s", err->message);
}

/* What both commands are: an item looked up, and printed. */
static int run_one(struct command_env *env, const struct command_def *def, int argc, char **argv,
		   void (*print)(struct look *l, struct printer *out))
{
	struct command_work w = { 0 };
	struct look l = { .w = &w };
	int code;

	if (argc != 2 || argv[1][0] == '-')
		return command_usage(def);
	code = command_open(env, &w);
	if (!code)
		code = look_up(&l, argv[1]);
	if (!code)
		print(&l, env->out);
	command_end(&w);
	return code;
}

static void begin(struct look *l, struct printer *out, const char *record)
{
	printer_begin(out);
	if (!printer_json(out))
		return;
	printer_string(out, "record", record);
	printer_string(out, "item", render_item_id(l->w->a, l->w->conf->roster, l->item->id));
}

/* ---- show ---- */

static void print_notices(struct look *l, struct printer *out)
{
	static const char *const keys[] = { "arrived", "class", "action", "queue_id", "rcpts", NULL };
	static const int widths[] = { 19, 9, 6, 14, 0 };

	printer_line(out, "%s", "");
	printer_line(out, "notices");
	printer_columns(out, keys, widths);
	for (gsize k = l->n_notices; k-- > 0;) {
		const struct notice *n = &l->notices[k];

		begin(l, out, "notice");
		printer_string(out, "arrived", items_time(l->w, out, l->item, n->arrived));
		printer_string(out, "class", class_name(n->class));
		printer_string(out, "action", notice_action_name(n->action));
		printer_string(out, "queue_id", n->queue_id);
		printer_string(out, "rcpts", n->rcpts);
		printer_string(out, "message_id", n->message_id);
		printer_end(out);
	}
}

static void print_jobs(struct look *l, struct printer *out)
{
	static const char *const keys[] = { "due", "kind", "topic", "state", "person", "to", "tries", "error", NULL };
	static const int widths[] = { 19, 5, 11, 9, 10, 24, 5, 0 };

	printer_line(out, "%s", "");
	printer_line(out, "outbox");
	printer_columns(out, keys, widths);
	for (gsize k = 0; k < l->n_jobs; k++) {
		const struct job *j = l->jobs[k];

		begin(l, out, "job");
		printer_string(out, "due", items_time(l->w, out, l->item, j->due));
		printer_string(out, "kind", job_kind_name(j->kind));
		printer_string(out, "topic", topic_name(j->topic));
		printer_string(out, "state", job_state_name(j->state));
		printer_string(out, "person", j->person);
		printer_string(out, "to", j->to);
		printer_int(out, "tries", j->tries);
		printer_string(out, "error", j->error);
		printer_string(out, "text", j->text);
		printer_string(out, "provider", j->provider);
		printer_string(out, "provider_id", j->provider_id);
		printer_bool(out, "possibly_twice", j->possibly_twice > 0);
		printer_string(out, "updated", items_time(l->w, out, l->item, j->updated));
		printer_end(out);
	}
}

static void print_show(struct look *l, struct printer *out)
{
	items_record(l->w, out, l->item);
	print_notices(l, out);
	print_jobs(l, out);
}

static int run_show(struct command_env *env, int argc, char **argv)
{
	return run_one(env, &cmd_show, argc, argv, print_show);
}

const struct command_def cmd_show = {
	.name = "show",
	.arguments = "[--json] ID",
	.help = "one item: the call, its notices, and what is in the outbox about it",
	.run = run_show,
};

/* ---- why ---- */

static const char *name_of(const struct look *l, const char *who)
{
	const struct person *p = roster_person(l->w->conf->roster, who);

	return p ? p->name : who;
}

static void print_heading(struct look *l, struct printer *out)
{
	const struct item *i = l->item;
	const struct line *line = roster_line_by_id(l->w->conf->roster, i->line);
	const char *caller = i->caller ? i->caller : i->withheld ? "a withheld number" : "an unknown number";

	printer_line(out, "%s: %s from %s for %s; %s%s%s", render_item_id(l->w->a, l->w->conf->roster, i->id),
		     class_name(i->class), caller, line ? line->name : i->line, state_name(i->state),
		     i->owner ? ", owner " : ", no owner", i->owner ? name_of(l, i->owner) : "");
}

static void print_why(struct look *l, struct printer *out)
{
	static const char *const keys[] = { "at", "what", "who", "how", "why", NULL };
	static const int widths[] = { 19, 14, 14, 5, 0 };

	print_heading(l, out);
	printer_columns(out, keys, widths);
	for (gsize k = 0; k < l->n_journal; k++) {
		const struct journal_record *j = l->journal[k];

		begin(l, out, "journal");
		printer_string(out, "at", items_time(l->w, out, l->item, j->at));
		printer_string(out, "what", j->what);
		printer_string(out, "who", printer_json(out) ? j->who : name_of(l, j->who));
		printer_string(out, "how", j->how);
		printer_string(out, "why", j->why);
		printer_end(out);
	}
}

static int run_why(struct command_env *env, int argc, char **argv)
{
	return run_one(env, &cmd_why, argc, argv, print_why);
}

const struct command_def cmd_why = {
	.name = "why",
	.arguments = "[--json] ID",
	.help = "one item's journal: who did what, when, how and why",
	.run = run_why,
};
