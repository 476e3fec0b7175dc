/* ringback replay: what would become of these mails? Nothing outside is touched; the clock is told what to say. */
#include "cmd_replay.h"

#include <getopt.h>
#include <string.h>
#include <sysexits.h>

#include "command.h"
#include "render.h"
#include "text.h"

struct options {
	struct replay_settings s;
	GPtrArray *rcpts;
	const char *compare;		/* a configuration file, or NULL */
	struct printer *out;
};

/* ---- as they happen ---- */

/* All rows about mails have the same keys. */
static void print_mail(void *user, const struct replay_mail *m)
{
	const struct options *o = user;
	const struct conf *conf = o->s.conf;
	AUTO_ARENA a = arena_new();
	char at[40];

	printer_begin(o->out);
	printer_string(o->out, "event", "mail");
	printer_string(o->out, "file", m->name);
	printer_string(o->out, "at", text_time_zone(m->at, conf->timezone, at));
	printer_string(o->out, "verdict", m->verdict);
	printer_string(o->out, "item", m->item ? render_item_id(a, conf->roster, m->item) : NULL);
	printer_string(o->out, "class", m->class);
	printer_string(o->out, "caller", m->caller);
	printer_string(o->out, "line", m->line);
	printer_string(o->out, "owner", m->owner);
	printer_string(o->out, "mailed", m->mailed);
	printer_string(o->out, "why", m->why);
	printer_end(o->out);
}

static void print_text(void *user, const struct replay_text *t)
{
	const struct options *o = user;
	char at[40];

	printer_begin(o->out);
	printer_string(o->out, "event", "text");
	printer_string(o->out, "at", text_time_zone(t->at, o->s.conf->timezone, at));
	printer_string(o->out, "person", t->person);
	printer_string(o->out, "to", t->to);
	printer_string(o->out, "text", t->text);
	printer_end(o->out);
}

void replay_print_sums(struct printer *out, const char *which, const struct replay_sums *s)
{
	if (!printer_json(out)) {
		printer_line(out, "%s%s%zu mails: %zu notices -> %zu items -> %zu texts", which, *which ? ": " : "",
			     s->mails, s->notices, s->items, s->texts);
		return;
	}
	printer_begin(out);
	printer_string(out, "event", "sum");
	if (*which)
		printer_string(out, "which", which);
	printer_int(out, "mails", (int64_t)s->mails);
	printer_int(out, "notices", (int64_t)s->notices);
	printer_int(out, "items", (int64_t)s->items);
	printer_int(out, "suppressed", (int64_t)s->suppressed);
	printer_int(out, "swallowed", (int64_t)s->swallowed);
	printer_int(out, "texts", (int64_t)s->texts);
	printer_end(out);
}

/* ---- the mails ---- */

static bool take(struct replay *r, struct mailbox *mails, gsize n, GError **err)
{
	const struct mailbox_mail *m = mailbox_mail(mails, n);
	g_autoptr(GBytes) octets = mailbox_read(mails, n, err);
	const char *mail;
	gsize size;

	if (!octets)
		return false;
	mail = g_bytes_get_data(octets, &size);
	return replay_take(r, m->name, m->date, mail ? mail : "", size, err);
}

int replay_run(const struct replay_settings *s, struct mailbox *mails, struct replay_sums *sums_r)
{
	struct replay *r = replay_new(s);
	int status = EX_OK;

	for (gsize n = 0; n < mailbox_size(mails); n++) {
		g_autoptr(GError) err = NULL;

		if (!take(r, mails, n, &err))
			status = command_fail(EX_SOFTWARE, "%s: %s", mailbox_mail(mails, n)->name, err->message);
	}
	replay_finish(r, sums_r);
	replay_free(r);
	return status;
}

static int read_mails(struct mailbox *mails, int argc, char **argv)
{
	int status = EX_OK;

	for (int k = 0; k < argc; k++) {
		g_autoptr(GError) err = NULL;

		if (!mailbox_add(mails, argv[k], &err))
			status = command_fail(EX_NOINPUT, "%s", err->message);
	}
	return status;
}

/* ---- the command ---- */

static struct conf *load_or_default(struct command_env *env, GError **err)
{
	return env->conf_given || g_file_test(env->conf_file, G_FILE_TEST_EXISTS) ?
		conf_load(env->conf_file, err) : conf_default(NULL, "US", "UTC", err);
}

static int usage(void)
{
	return command_usage(&cmd_replay);
}

static bool option_taken(struct options *o, int c)
{
	switch (c) {
	case 'a':
		if (text_to_time(optarg, &o->s.at))
			return true;
		fprintf(stderr, "ringback: '%s' is no time; write 2026-03-02T21:52:00+00:00\n", optarg);
		return false;
	case 'c':
		o->s.client = optarg;
		return true;
	case 'u':
		o->s.auth = optarg;
		return true;
	case 's':
		o->s.sender = optarg;
		return true;
	case 'r':
		g_ptr_array_add(o->rcpts, optarg);
		return true;
	case 'o':
		o->compare = optarg;
		return true;
	default:
		return false;
	}
}

static bool options_read(struct options *o, int argc, char **argv)
{
	static const struct option table[] = {
		{ "at", required_argument, NULL, 'a' }, { "client", required_argument, NULL, 'c' },
		{ "auth", required_argument, NULL, 'u' }, { "sender", required_argument, NULL, 's' },
		{ "rcpt", required_argument, NULL, 'r' }, { "compare", required_argument, NULL, 'o' }, { 0 }
	};
	int c;

	optind = 0;	/* glibc: from the start, whatever main read before */
	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1)
		if (!option_taken(o, c))
			return false;
	return optind < argc;
}

static int play(struct options *o, struct mailbox *mails, struct conf *other)
{
	struct replay_sums sums;
	int status;

	if (other)
		return replay_compare(&o->s, other, mails, o->out);
	status = replay_run(&o->s, mails, &sums);
	if (!printer_json(o->out))
		puts("");
	replay_print_sums(o->out, "", &sums);
	return status;
}

static int run_with(struct command_env *env, struct options *o, int argc, char **argv)
{
	g_autoptr(GError) err = NULL;
	struct conf *conf = load_or_default(env, &err);
	struct conf *other = conf && o->compare ? conf_load(o->compare, &err) : NULL;
	struct mailbox *mails;
	int status, played;

	if (err) {
		fprintf(stderr, "%s\n", err->message);
		conf_unref(conf);
		return EX_CONFIG;
	}
	o->s.conf = conf;
	mails = mailbox_new();
	status = read_mails(mails, argc, argv);
	played = play(o, mails, other);
	mailbox_free(mails);
	conf_unref(conf);
	conf_unref(other);
	return played ? played : status;
}

static int run(struct command_env *env, int argc, char **argv)
{
	g_autoptr(GPtrArray) rcpts = g_ptr_array_new();
	struct options o = { .rcpts = rcpts, .out = env->out };

	o.s = (struct replay_settings){ .rcpts = rcpts, .mail = print_mail, .text = print_text, .user = &o };
	return options_read(&o, argc, argv) ? run_with(env, &o, argc - optind, argv + optind) : usage();
}

const struct command_def cmd_replay = {
	.name = "replay",
	.arguments = "[--json] [--at TIME] [--client ADDR] [--auth USER] [--sender ADDR] "
		     "[--rcpt ADDR]... [--compare FILE] FILE...",
	.help = "dry run: who would own these mails' calls, be mailed, be texted, when and why",
	.run = run,
	.details = "  FILE            a mail, an mbox, a folder of either (a Maildir is one), or -\n"
		   "  --at TIME       when the first mail comes; else at its own date\n"
		   "  --compare FILE  what would be different with that configuration\n",
};
