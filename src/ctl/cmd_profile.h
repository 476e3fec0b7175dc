/* cmd_profile.h - the parts of `ringback profile`, a file each. Each reads its options from argv, whose first
 * is its own name, and gives an exit code. */
#ifndef RINGBACK_CMD_PROFILE_H
#define RINGBACK_CMD_PROFILE_H

#include "command.h"

int profile_new(struct command_env *env, int argc, char **argv);
int profile_test(struct command_env *env, int argc, char **argv);

/* What all parts share: --region and --timezone, and the configuration, or without one the defaults. */
struct profile_options {
	const char *region, *zone;	/* NULL: those of the configuration */
	const char *name, *output;	/* new */
	bool force;
};

/* False after having said why. allowed: the letters of the options that this part has. */
bool profile_options(struct profile_options *o, const char *allowed, int argc, char **argv);

/* In *conf_r that of -c; else that of the system if it is there and readable; else, if profiles are wanted, the
 * defaults; else NULL. False after having said why. */
bool profile_conf(const struct command_env *env, const struct profile_options *o, bool profiles,
		  struct conf **conf_r);

/* Where national numbers are read, and times that name no zone; conf may be NULL. */
struct profile_context profile_where(const struct conf *conf, const struct profile_options *o);

#endif
