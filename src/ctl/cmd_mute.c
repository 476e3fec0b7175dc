/* ringback mute, ringback unmute: a line of which nobody is told for a time. */
#include <getopt.h>
#include <sysexits.h>

#include "clock.h"
#include "command.h"
#include "journal.h"
#include "text.h"

#define MUTE_MAX_S (366 * 86400)
#define REASON_MAX_CHARS 200

struct change {
	struct mute mute;		/* to 0: taken back */
	bool found;
	struct journal_record record;
};

static bool think_mute(struct store_tx *tx, void *user, GError **err)
{
	struct change *c = user;

	c->found = true;
	if (!(c->mute.to ? tx_mute_set(tx, &c->mute, err) : tx_mute_remove(tx, c->mute.line, &c->found, err)))
		return false;
	return !c->found || tx_journal_add(tx, &c->record, err);
}

static int change(struct command_work *w, struct change *c, const char *what, const char *why)
{
	g_autoptr(GError) err = NULL;

	c->record = (struct journal_record){ .at = clock_now(), .who = c->mute.by, .what = what, .how = "cli", .why = why };
	if (store_run(w->store, think_mute, c, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	return c->found ? EX_OK : command_fail(EX_DATAERR, "line %s is not muted", c->mute.line);
}

struct asked {
	const char *line, *span, *until, *reason, *by;
};

static bool read_options(struct asked *k, int argc, char **argv)
{
	static const struct option table[] = {
		{ "for", required_argument, NULL, 'f' }, { "until", required_argument, NULL, 'u' },
		{ "reason", required_argument, NULL, 'r' }, { "by", required_argument, NULL, 'b' }, { NULL, 0, NULL, 0 }
	};
	const char **texts[128] = { ['f'] = &k->span, ['u'] = &k->until, ['r'] = &k->reason, ['b'] = &k->by };
	int o;

	optind = 0;
	while ((o = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (o >= 128 || !texts[o])
			return false;
		*texts[o] = optarg;
	}
	k->line = argv[optind];
	return argc - optind == 1;
}

static int read_end(const struct asked *k, const struct line *line, int64_t *to_r)
{
	const int64_t now = clock_now();
	int64_t wait = 0;

	if (k->span && !text_to_seconds(k->span, &wait))
		return command_fail(EX_USAGE, "'%s' is no time; write one like 2h or 3d", k->span);
	*to_r = now + wait;
	if (k->until && !command_time(k->until, line->zone, to_r))
		return command_fail(EX_USAGE, "--until %s: no such time; write one like \"2026-12-24 18:00\"", k->until);
	if (*to_r <= now || *to_r - now > MUTE_MAX_S)
		return command_fail(EX_USAGE, "the end is over, or more than a year ahead");
	return EX_OK;
}

static int check(const struct command_work *w, const struct asked *k)
{
	if (!roster_line_by_id(w->conf->roster, k->line))
		return command_no_line(w, k->line);
	if (k->by && !roster_person(w->conf->roster, k->by))
		return command_no_person(w, k->by);
	return EX_OK;
}

void mutes_print(struct printer *out, const struct mute *m)
{
	char from[32], to[32];

	printer_begin(out);
	printer_string(out, "record", "mute");
	printer_string(out, "line", m->line);
	printer_string(out, "from", text_time(m->from, from));
	printer_string(out, "to", text_time(m->to, to));
	printer_string(out, "reason", m->reason);
	printer_string(out, "by", m->by);
	printer_end(out);
}

static int mute(struct command_env *env, struct command_work *w, const struct asked *k)
{
	const struct line *line = roster_line_by_id(w->conf->roster, k->line);
	struct change c = { .mute = { .line = k->line, .from = clock_now(), .by = k->by ? k->by : "operator" } };
	int code = read_end(k, line, &c.mute.to);
	char to[40];

	if (code)
		return code;
	c.mute.reason = text_line(w->a, k->reason, REASON_MAX_CHARS);
	if (!*c.mute.reason)
		return command_fail(EX_USAGE, "a reason is needed");
	code = change(w, &c, JOURNAL_MUTED, arena_printf(w->a, "line %s until %s: %s", k->line,
							 text_time_zone(c.mute.to, line->zone, to), c.mute.reason));
	if (!code)
		mutes_print(env->out, &c.mute);
	return code;
}

static int run_mute(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	struct asked k = { 0 };
	int code;

	if (!read_options(&k, argc, argv) || !k.reason || !k.span == !k.until)
		return command_usage(&cmd_mute);
	code = command_open(env, &w);
	if (!code)
		code = check(&w, &k);
	if (!code)
		code = mute(env, &w, &k);
	command_end(&w);
	return code;
}

static int run_unmute(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	struct asked k = { 0 };
	int code;

	if (!read_options(&k, argc, argv) || k.reason || k.span || k.until)
		return command_usage(&cmd_unmute);
	code = command_open(env, &w);
	if (!code && k.by && !roster_person(w.conf->roster, k.by))
		code = command_no_person(&w, k.by);
	if (!code) {
		struct change c = { .mute = { .line = k.line, .by = k.by ? k.by : "operator" } };

		code = change(&w, &c, JOURNAL_UNMUTED, arena_printf(w.a, "line %s", k.line));
	}
	command_end(&w);
	return code;
}

const struct command_def cmd_mute = {
	.name = "mute",
	.arguments = "[--json] LINE (--for TIME | --until TIME) --reason TEXT [--by PERSON]",
	.help = "nobody is told of a line's calls for a time; status shows it",
	.run = run_mute,
	.details = "  --for TIME    for so long, as 2h or 3d\n"
		   "  --until TIME  \"2026-12-24 18:00\" by the line's clock, or RFC 3339\n"
		   "  --reason TEXT why, for the journal and whoever asks\n"
		   "  --by PERSON   who says so, for the journal\n",
};

const struct command_def cmd_unmute = {
	.name = "unmute",
	.arguments = "[--json] [--by PERSON] LINE",
	.help = "a line that was muted is no more",
	.run = run_unmute,
	.details = "  --by PERSON  who says so, for the journal\n",
};
