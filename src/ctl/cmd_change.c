/* ringback ack, close, assign, tried, snooze: an operator's word about one item. */
#include <getopt.h>
#include <sysexits.h>

#include "clock.h"
#include "command.h"
#include "control.h"
#include "engine.h"
#include "err.h"
#include "text.h"

#define LATER_MAX_S (30 * 86400)

struct change {
	enum command command;
	const char *item;
	const char *by;		/* --by; NULL: the operator */
	const char *to;		/* ASSIGN */
	enum resolution resolution;
	const char *span, *until;	/* SNOOZE: --for, --until; TRIED: --retry is span */
};

static int no_resolution(const char *word)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (guint r = RESOLUTION_NONE + 1; r < N_RESOLUTIONS; r++)
		g_string_append_printf(list, "%s%s", list->len ? ", " : "", resolution_name(r));
	return command_fail(EX_USAGE, "no such resolution '%s'; one of: %s", word, list->str);
}

/* Which options the command has besides --by. */
static bool takes(const struct change *c, int option)
{
	static const struct { int option; enum command command; } table[] = {
		{ 'b', N_COMMANDS }, { 'r', COMMAND_CLOSE }, { 'f', COMMAND_SNOOZE }, { 'u', COMMAND_SNOOZE }, { 't', COMMAND_TRIED }
	};

	for (guint i = 0; i < G_N_ELEMENTS(table); i++)
		if (table[i].option == option)
			return table[i].command == N_COMMANDS || table[i].command == c->command;
	return false;
}

/* Gives 0, or an exit code after having said why. */
static int read_words(struct change *c, const struct command_def *def, int argc, char **argv)
{
	static const struct option table[] = {
		{ "by", required_argument, NULL, 'b' }, { "resolution", required_argument, NULL, 'r' },
		{ "for", required_argument, NULL, 'f' }, { "until", required_argument, NULL, 'u' },
		{ "retry", required_argument, NULL, 't' }, { NULL, 0, NULL, 0 }
	};
	int o;

	optind = 0;
	while ((o = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (!takes(c, o))
			return command_usage(def);
		if (o == 'b')
			c->by = optarg;
		else if (o == 'u')
			c->until = optarg;
		else if (o != 'r')
			c->span = optarg;
		else if (!resolution_from_name(optarg, &c->resolution))
			return no_resolution(optarg);
	}
	if (argc - optind != (c->command == COMMAND_ASSIGN ? 2 : 1) || (c->span && c->until))
		return command_usage(def);
	c->item = argv[optind];
	if (c->command == COMMAND_ASSIGN)
		c->to = argv[optind + 1];
	return EX_OK;
}

/* When an item that is put off comes back, or is tried again; 0: as the configuration says. */
static int read_until(const struct command_work *w, const struct change *c, const struct item *i, int64_t *at_r)
{
	const struct line *line = roster_line_by_id(w->conf->roster, i->line);
	const int64_t now = clock_now();
	int64_t wait = w->conf->roster->rules.snooze_s;

	*at_r = 0;
	if (c->command != COMMAND_SNOOZE && !c->span)
		return EX_OK;
	if (c->span && (!text_to_seconds(c->span, &wait) || wait < 60))
		return command_fail(EX_USAGE, "'%s' is no time to wait; write one like 30m or 2h", c->span);
	*at_r = now + wait;
	if (c->until && !command_time(c->until, line ? line->zone : w->conf->timezone, at_r))
		return command_fail(EX_USAGE, "--until %s: no such time; write one like \"2026-12-24 18:00\"", c->until);
	if (*at_r <= now || *at_r - now > LATER_MAX_S)
		return command_fail(EX_USAGE, "the time is over, or more than %d days ahead", LATER_MAX_S / 86400);
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
	struct event order = {
		.command = c->command, .by = c->by ? c->by : "operator", .resolution = c->resolution,
		.to = c->to ? c->to : c->by ? c->by : i ? i->owner : NULL
	};

	if (!code)
		code = read_until(w, c, i, &order.until);
	if (code)
		return code;
	e = engine_new(w->store, w->conf, wake, w->conf);
	if (!engine_order(e, i->id, &order, w->a, &d, &err))
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

static int run_tried(struct command_env *env, int argc, char **argv)
{
	return run_change(env, &cmd_tried, (struct change){ .command = COMMAND_TRIED }, argc, argv);
}

static int run_snooze(struct command_env *env, int argc, char **argv)
{
	return run_change(env, &cmd_snooze, (struct change){ .command = COMMAND_SNOOZE }, argc, argv);
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

const struct command_def cmd_tried = {
	.name = "tried",
	.arguments = "[--json] [--by PERSON] [--retry TIME] ID",
	.help = "somebody called back and did not reach the caller",
	.run = run_tried,
	.details = "  --by PERSON   who, and owns it from now on; else its owner\n"
		   "  --retry TIME  remind them after so long, as 45m; else after `retry` of the configuration\n",
};

const struct command_def cmd_snooze = {
	.name = "snooze",
	.arguments = "[--json] [--by PERSON] [--for TIME | --until TIME] ID",
	.help = "put an item off: nobody is told until then",
	.run = run_snooze,
	.details = "  --for TIME    for so long, as 45m or 2h; else for `snooze` of the configuration\n"
		   "  --until TIME  \"2026-12-24 18:00\" by the line's clock, or RFC 3339; 30 days ahead at most\n"
		   "  --by PERSON   who says so, and is told again when it is over\n",
};
