/* ringback(1): what an operator asks and says. Finds the command in a table; each has its own file under ctl/. */
#include "config.h"

#include <getopt.h>
#include <locale.h>
#include <string.h>
#include <sysexits.h>

#include "command.h"
#include "log.h"

static const struct command_def *const commands[] = {
	&cmd_list, &cmd_show, &cmd_why, &cmd_find, &cmd_ack, &cmd_close, &cmd_assign, &cmd_tried, &cmd_snooze, &cmd_mute, &cmd_unmute,
	&cmd_oncall, &cmd_status, &cmd_providers, &cmd_sms, &cmd_reload, &cmd_check, &cmd_parse, &cmd_replay, &cmd_profile, &cmd_report,
	&cmd_journal, &cmd_export, &cmd_forget,
};

static void print_help(FILE *out)
{
	fprintf(out, "usage: ringback [-c FILE] [--json] COMMAND [ARGUMENT]...\n\n");
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		fprintf(out, "  %-9s %s\n", commands[i]->name, commands[i]->help);
	fprintf(out, "\n  -c, --config FILE  the configuration (%s)\n", SYSCONF_DIR "/ringback/ringback.conf");
	fprintf(out, "  --json             one JSON object a line instead of text\n"
		     "  -h, --help         this; `ringback help COMMAND` for one command\n"
		     "  --version          the version\n"
		     "\nAn item is named RB-17, rb17 or 17. Exit codes: 0 done, 64 usage, 65 no such item,\n"
		     "69 no daemon, 75 store busy, 78 configuration.\n");
}

static void print_command_help(const struct command_def *c)
{
	printf("usage: ringback [-c FILE] %s %s\n\n%s\n", c->name, c->arguments, c->help);
	if (c->details)
		printf("\n%s", c->details);
}

static const struct command_def *command_find(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int no_command(const char *name)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "", commands[i]->name);
	return command_fail(EX_USAGE, "no command '%s'; one of: %s, help", name, names->str);
}

static int help(int argc, char **argv)
{
	const struct command_def *c;

	if (argc < 2) {
		print_help(stdout);
		return EX_OK;
	}
	c = command_find(argv[1]);
	if (!c)
		return no_command(argv[1]);
	print_command_help(c);
	return EX_OK;
}

/* Takes a word out of the command's arguments, so that --json and --help may stand anywhere before "--". */
static bool take_word(int *argc, char **argv, const char *word, const char *short_word)
{
	bool found = false;
	int n = 0, i;

	for (i = 0; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		if (i > 0 && (strcmp(argv[i], word) == 0 || strcmp(argv[i], short_word) == 0))
			found = true;
		else
			argv[n++] = argv[i];
	}
	for (; i < *argc; i++)
		argv[n++] = argv[i];
	argv[n] = NULL;
	*argc = n;
	return found;
}

static int run_command(struct command_env *env, bool json, int argc, char **argv)
{
	const struct command_def *c = command_find(argv[0]);
	int code;

	if (strcmp(argv[0], "help") == 0)
		return help(argc, argv);
	if (!c)
		return no_command(argv[0]);
	if (take_word(&argc, argv, "--help", "-h")) {
		print_command_help(c);
		return EX_OK;
	}
	json |= take_word(&argc, argv, "--json", "--json");
	env->out = printer_new(stdout, json);
	code = c->run(env, argc, argv);
	printer_free(env->out);
	/* A full disk or a closed pipe must not look like success. */
	if (fflush(stdout) != 0 && !code)
		code = command_fail(EX_IOERR, "the output cannot be written");
	return code;
}

static void say_nothing(const char *domain, GLogLevelFlags level, const char *message, gpointer user)
{
	(void)domain;
	(void)level;
	(void)message;
	(void)user;
}

int main(int argc, char **argv)
{
	static const struct option table[] = {
		{ "config", required_argument, NULL, 'c' }, { "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 }
	};
	struct command_env env = { .conf_file = SYSCONF_DIR "/ringback/ringback.conf" };
	bool json = false;
	int o;

	setlocale(LC_ALL, "");
	log_open(LOG_TO_STDERR, false);
	/* The lines of a daemon's log are not an operator's answer; warnings and errors are. */
	g_log_set_handler("ringback", G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG, say_nothing, NULL);
	while ((o = getopt_long(argc, argv, "+c:h", table, NULL)) != -1) {
		switch (o) {
		case 'c':
			env.conf_file = optarg;
			env.conf_given = true;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			print_help(stdout);
			return EX_OK;
		case 'V':
			puts(PACKAGE_STRING);
			return EX_OK;
		default:
			return EX_USAGE;
		}
	}
	if (optind == argc) {
		print_help(stderr);
		return EX_USAGE;
	}
	return run_command(&env, json, argc - optind, argv + optind);
}
