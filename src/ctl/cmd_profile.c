/* ringback profile: which profiles there are; a new one from samples; what one reads, and why. */
#include <getopt.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "cmd_profile.h"

static bool option(struct profile_options *o, const char *command, int letter)
{
	switch (letter) {
	case 'n': o->name = optarg; return true;
	case 'o': o->output = optarg; return true;
	case 'f': return o->force = true;
	case 'r': return command_region(command, o->region = optarg);
	case 'z': return command_zone(command, o->zone = optarg);
	default:
		return false;
	}
}

bool profile_options(struct profile_options *o, const char *allowed, int argc, char **argv)
{
	static const struct option table[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "output", required_argument, NULL, 'o' },
		{ "force", no_argument, NULL, 'f' },
		{ "region", required_argument, NULL, 'r' },
		{ "timezone", required_argument, NULL, 'z' },
		{ NULL, 0, NULL, 0 },
	};
	g_autofree char *whole = g_strconcat("profile ", argv[0], NULL);
	int letter;

	optind = 0;	/* glibc: from the start, whatever main read before */
	while ((letter = getopt_long(argc, argv, strchr(allowed, 'o') ? "o:" : "", table, NULL)) != -1) {
		if (letter != '?' && !strchr(allowed, letter)) {
			fprintf(stderr, "ringback profile %s has no such option\n", argv[0]);
			return false;
		}
		if (!option(o, whole, letter))
			return false;
	}
	return true;
}

bool profile_conf(const struct command_env *env, const struct profile_options *o, bool profiles,
		  struct conf **conf_r)
{
	g_autoptr(GError) err = NULL;
	struct profile_context where = profile_where(NULL, o);

	*conf_r = NULL;
	if (env->conf_given || access(env->conf_file, R_OK) == 0)
		*conf_r = conf_load(env->conf_file, &err);
	else if (profiles)
		*conf_r = conf_default(NULL, where.region, where.zone, &err);
	if (err)
		fprintf(stderr, "%s\n", err->message);
	return !err;
}

struct profile_context profile_where(const struct conf *conf, const struct profile_options *o)
{
	return (struct profile_context){
		.region = o->region ? o->region : conf ? conf->region : "US",
		.zone = o->zone ? o->zone : conf ? conf->timezone : "UTC",
		.arrived = clock_now(),
	};
}

/* ---- list ---- */

static void list_row(struct printer *out, const struct profile_def *d)
{
	printer_begin(out);
	printer_string(out, "profile", d->name);
	printer_string(out, "class", class_name(d->class));
	printer_int(out, "priority", d->priority);
	printer_int(out, "match", d->match->len);
	printer_int(out, "extract", d->extract->len);
	printer_string(out, "file", d->file);
	printer_end(out);
}

static int profile_list(struct command_env *env, int argc, char **argv)
{
	static const char *const keys[] = { "profile", "class", "priority", "match", "extract", "file", NULL };
	static const int widths[] = { 22, 9, 8, 5, 7, 20 };
	struct profile_options o = { .region = NULL };
	struct conf *conf;

	if (!profile_options(&o, "", argc, argv) || optind < argc)
		return command_usage(&cmd_profile);
	if (!profile_conf(env, &o, true, &conf))
		return EX_CONFIG;
	printer_columns(env->out, keys, widths);
	for (guint i = 0; i < profiles_count(conf->profiles); i++)
		list_row(env->out, profiles_def(conf->profiles, i));
	conf_unref(conf);
	return EX_OK;
}

/* ---- all parts ---- */

static int run(struct command_env *env, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(struct command_env *env, int argc, char **argv);
	} parts[] = {
		{ "new", profile_new },
		{ "test", profile_test },
		{ "list", profile_list },
	};

	for (gsize i = 0; argc >= 2 && i < G_N_ELEMENTS(parts); i++)
		if (strcmp(argv[1], parts[i].name) == 0)
			return parts[i].run(env, argc - 1, argv + 1);
	return command_usage(&cmd_profile);
}

const struct command_def cmd_profile = {
	.name = "profile",
	.arguments = "new|test|list [OPTION]... [ARGUMENT]...",
	.help = "draft a profile from sample mails; see what one reads; list them",
	.run = run,
	.details =
		"  profile new [--name NAME] [-o FILE [--force]] [--region CC] [--timezone ZONE] MAIL...\n"
		"      a draft of a profile for mails like these (files, mboxes, \"-\"); two or three\n"
		"      of different callers are best. On standard output or, with -o, --output, in\n"
		"      FILE, which --force overwrites. Review it before use.\n"
		"  profile test [--region CC] [--timezone ZONE] PROFILE MAIL...\n"
		"      field by field what PROFILE (a file or a name) reads, where it stands in the\n"
		"      mail, and which rule found it. Exit code: 0 a caller in each mail, 1 not in\n"
		"      each, 2 wrong usage, or the profile has errors.\n"
		"  profile list\n"
		"      the profiles in force, in the order in which they are tried: class, priority,\n"
		"      numbers of match and extract patterns, file\n",
};
