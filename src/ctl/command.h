/* command.h - one subcommand of ringback(1): a file each, a row in the table of ringback.c. */
#ifndef RINGBACK_COMMAND_H
#define RINGBACK_COMMAND_H

#include <glib.h>
#include <stdbool.h>

#include "printer.h"

struct command_env {
	const char *conf_file;	/* -c, or the default */
	bool conf_given;	/* -c was there */
	struct printer *out;
};

struct command_def {
	const char *name;	/* "list" */
	const char *arguments;	/* "[--all] [--line LINE]" */
	const char *help;	/* one line */
	int (*run)(struct command_env *env, int argc, char **argv);	/* argv[0] is the name; gives an exit code of
									 * sysexits.h, 0 for success */
};

extern const struct command_def cmd_parse, cmd_replay, cmd_list, cmd_show, cmd_why, cmd_find, cmd_ack, cmd_close,
	cmd_assign, cmd_status, cmd_reload;

#endif
