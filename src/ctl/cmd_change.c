/* ringback ack, ringback close, ringback assign: an operator's word about one item. */
#include <getopt.h>
#include <sysexits.h>

#include "command.h"
#include "control.h"
#include "engine.h"
#include "err.h"

struct change {
	enum command command;
	const char *item;
	const char *by;		/* --by; NULL: the operator */
	const char *to;		/* ASSIGN */
	enum resolution resolution;
};

static int no_resolution(const char *word)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (guint r = RESOLUTION_NONE + 1; r < N_RESOLUTIONS; r++)
		g_string_append_printf(list, "%s%s", list->len ? ", " : "", resolution_name(r));
	return command_fail(EX_USAGE, "no such resolution '%s'; one of: %s", word, list->str);
}

/* Gives 0, or an exit code after having said why. n: how many words the command takes. */
static int read_words(struct change *c, const struct command_def *def, int argc, char **argv)
{
	static const struct option table[] = {
		{ "by", required_argument, NULL, 'b' }, { "resolution", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 }
	};
	int o;

	optind = 0;
	while ((o = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (o == 'b')
			c->by = optarg;
		else if (o != 'r' || c->command != COMMAND_CLOSE)
			return command_usage(def);
		else if (!resolution_from_name(optarg, &c->resolution))
			return no_resolution(optarg);
	}
	if (argc - optind != (c->command == COMMAND_ASSIGN ? 2 : 1))
		return command_usage(def);
	c->item = argv[optind];
	if (c->command == COMMAND_ASSIGN)
		c->to = argv[optind + 1];
	return EX_OK;
}

static int check_people(const struct command_work *w, const struct change *c)
{
	if (c->by && !roster_person(w->conf->roster, c->by))
		return command_no_person(w, c->by);
	if (c->to && !roster_person(w->conf->roster, c->to))
		return command_no_person(w, c->to);
	return EX_OK;
}

/* The courier may sleep until something is due; what we put into the outbox is due now. If it does not run, the outbox
 * waits for it. */
static void wake(void *user)
{
	g_autofree char *path = g_build_filename(((struct conf *)user)->run_dir, "courier.ctl", NULL);
	g_autofree char *said = control_ask(path, "wake", NULL);
}

static int change(struct command_env *env, struct command_work *w, const struct change *c)
{
	struct engine *e;
	struct item *i;
	struct decision *d = NULL;
	g_autoptr(GError) err = NULL;
	int code = command_item(w, c->item, &i);
	const char *to = c->to ? c->to : c->by ? c->by : i ? i->owner : NULL;

	if (code)
		return code;
	e = engine_new(w->store, w->conf, wake, w->conf);
	if (!engine_command(e, i->id, c->command, c->by ? c->by : "operator", to, c->resolution, w->a, &d, &err))
		code = g_error_matches(err, ERR_DOMAIN, ERR_USAGE) ?
			       command_fail(EX_DATAERR, "%s: %s", c->item, err->message) :
			       command_fail(EX_TEMPFAIL, "%s", err->message);
	else if (d->item)
		items_record(w, env->out, d->item);
	engine_free(e);
	return code;
}

static int run_change(struct command_env *env, const struct command_def *def, struct change c, int argc, char **argv)
{
	struct command_work w = { 0 };
	int code = read_words(&c, def, argc, argv);

	if (code)
		return code;
	code = command_open(env, &w);
	if (!code)
		code = check_people(&w, &c);
	if (!code)
		code = change(env, &w, &c);
	command_end(&w);
	return code;
}

static int run_ack(struct command_env *env, int argc, char **argv)
{
	return run_change(env, &cmd_ack, (struct change){ .command = COMMAND_ACK }, argc, argv);
}

static int run_close(struct command_env *env, int argc, char **argv)
{
	return run_change(env, &cmd_close,
			  (struct change){ .command = COMMAND_CLOSE, .resolution = RESOLUTION_CALLED_BACK }, argc, argv);
}

static int run_assign(struct command_env *env, int argc, char **argv)
{
	return run_change(env, &cmd_assign, (struct change){ .command = COMMAND_ASSIGN }, argc, argv);
}

const struct command_def cmd_ack = {
	.name = "ack",
	.arguments = "[--json] [--by PERSON] ID",
	.help = "acknowledge: stops the escalation",
	.run = run_ack,
	.details = "  --by PERSON  who takes it, and owns it from now on; else its owner does\n",
};

const struct command_def cmd_close = {
	.name = "close",
	.arguments = "[--json] [--resolution WORD] [--by PERSON] ID",
	.help = "close an item",
	.run = run_close,
	.details = "  --resolution WORD  called_back (the default), caller_reached, answered_elsewhere,\n"
		   "                     no_callback_needed, spam, wrong_number, merged, expired\n"
		   "  --by PERSON        who says so, for the journal\n",
};

const struct command_def cmd_assign = {
	.name = "assign",
	.arguments = "[--json] [--by PERSON] ID PERSON",
	.help = "give an item to another owner",
	.run = run_assign,
	.details = "  --by PERSON  who says so, for the journal\n",
};
