/* ringback forget: a caller asks not to be known any more. */
#include <sysexits.h>

#include "clock.h"
#include "command.h"
#include "forget.h"
#include "phone.h"

static int forget(struct command_env *env, struct command_work *w, const char *what)
{
	AUTO_ARENA a = arena_new();
	const char *number = phone_e164(a, what, w->conf->region);
	g_autoptr(GError) err = NULL;
	struct forgotten f;

	if (!number)
		return command_fail(EX_USAGE, "'%s' is no phone number (region %s)", what, w->conf->region);
	if (!forget_number(w->store, number, "operator", clock_now(), &f, &err))
		return command_fail(EX_TEMPFAIL, "%s; not all may be forgotten, do it again", err->message);
	printer_begin(env->out);
	printer_int(env->out, "items", (int64_t)f.items);
	printer_int(env->out, "closed", (int64_t)f.closed);
	printer_int(env->out, "records", (int64_t)f.records);
	printer_end(env->out);
	return f.items || f.records ? EX_OK : command_fail(EX_DATAERR, "no item from %s", number);
}

static int run(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	g_autofree char *what = NULL;
	int code;

	if (argc < 2 || argv[1][0] == '-')
		return command_usage(&cmd_forget);
	what = g_strjoinv(" ", argv + 1);
	code = command_open(env, &w);
	if (!code)
		code = forget(env, &w, what);
	command_end(&w);
	return code;
}

const struct command_def cmd_forget = {
	.name = "forget",
	.arguments = "[--json] NUMBER",
	.help = "erase what is known about a caller",
	.run = run,
	.details = "  Number, name, transcripts and words go from the store; that there were items, and when,\n"
		   "  stays. Open items of the caller are closed. Mailboxes are not touched.\n",
};
