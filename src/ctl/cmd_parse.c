/* ringback parse: what do these mails say? Only reads; works without a configuration file. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <sysexits.h>

#include "clock.h"
#include "command.h"
#include "conf.h"
#include "explain.h"
#include "mailfile.h"
#include "phone.h"
#include "reader.h"
#include "render.h"
#include "text.h"

struct parse {
	struct printer *out;
	bool json, explain;
	const char *region, *zone;	/* NULL: those of the configuration */
};

static int usage(void)
{
	fprintf(stderr, "usage: ringback parse [--json] [--explain] [--region CC] [--timezone ZONE] FILE...\n");
	return EX_USAGE;
}

static bool option(struct parse *p, int o)
{
	switch (o) {
	case 'j':
		p->json = true;
		return true;
	case 'e':
		p->explain = true;
		return true;
	case 'r':
		p->region = optarg;
		return command_region("parse", optarg);
	case 'z':
		p->zone = optarg;
		return command_zone("parse", optarg);
	default:
		return false;
	}
}

static bool options(struct parse *p, int argc, char **argv)
{
	static const struct option table[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "explain", no_argument, NULL, 'e' },
		{ "region", required_argument, NULL, 'r' },
		{ "timezone", required_argument, NULL, 'z' },
		{ NULL, 0, NULL, 0 },
	};
	int o;

	optind = 0;	/* glibc: from the start, whatever main read before */
	while ((o = getopt_long(argc, argv, "", table, NULL)) != -1)
		if (!option(p, o))
			return false;
	return optind < argc;
}

static const char *seconds(struct arena *a, int duration_s)
{
	return duration_s < 0 ? NULL : arena_printf(a, "%d:%02d", duration_s / 60, duration_s % 60);
}

/* Of 1, as the JSON has it. */
static const char *share(struct arena *a, double of_one)
{
	return of_one < 0 ? NULL : arena_printf(a, "%.2f", of_one);
}

static void print_call(const struct parse *p, struct arena *a, const struct call *c, const char *zone)
{
	struct printer *out = p->out;
	char at[40];

	printer_string(out, "reason", reason_name(c->reason));
	printer_string(out, "caller", c->withheld ? "withheld" : c->caller ? phone_display(a, c->caller) : NULL);
	printer_string(out, "caller_raw", c->caller_raw);
	printer_string(out, "caller_name", c->caller_name);
	printer_string(out, "called", c->called);
	printer_string(out, "called_name", c->called_name);
	printer_string(out, "time", text_time_zone(c->time, zone, at));
	printer_string(out, "duration", seconds(a, c->duration_s));
	printer_string(out, "transcript", c->transcript);
	printer_string(out, "transcript_lang", c->transcript_lang);
	printer_string(out, "transcript_engine", c->transcript_engine);
	printer_string(out, "transcript_confidence", share(a, c->transcript_confidence));
	printer_string(out, "call_id", c->call_id);
	printer_string(out, "profile", c->profile);
	printer_int(out, "confidence", c->confidence);
}

/* The object with one more key. */
static void put_explained(const char *json, const struct profile_trace *t)
{
	json_t *o = json_loads(json, 0, NULL);

	g_assert(o);
	json_object_set_new(o, "explain", explain_json(t));
	json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(o);
}

static void show(const struct parse *p, struct arena *a, const struct call *c, const char *file,
		 const struct profile_context *ctx)
{
	if (p->json && ctx->trace) {
		put_explained(render_call_json(a, c, file), ctx->trace);
		return;
	}
	if (p->json) {
		puts(render_call_json(a, c, file));
		return;
	}
	printer_begin(p->out);
	printer_string(p->out, "file", file);
	printer_string(p->out, "class", class_name(c ? c->class : CLASS_NONE));
	if (c)
		print_call(p, a, c, ctx->zone);
	printer_end(p->out);
	if (ctx->trace)
		explain_print(p->out, ctx->trace);
}

static int parse_file(const struct parse *p, const struct conf *conf, const char *file)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GError) err = NULL;
	g_autofree char *mail = NULL;
	struct profile_context ctx = {
		.region = p->region ? p->region : conf->region, .zone = p->zone ? p->zone : conf->timezone,
		.arrived = clock_now(), .generic = (int)conf->generic_confidence,
	};
	struct profile_trace trace;
	gsize size;

	if (!mailfile_read(file, &mail, &size, &err)) {
		fprintf(stderr, "ringback parse: %s\n", err->message);
		return EX_NOINPUT;
	}
	profile_trace_init(&trace);
	ctx.trace = p->explain ? &trace : NULL;
	show(p, a, profiles_read(conf->profiles, reader_read(mail, size, NULL, a), &ctx, a), file, &ctx);
	profile_trace_clear(&trace);
	return EX_OK;
}

static struct conf *load(const struct command_env *env, const struct parse *p, GError **err)
{
	if (env->conf_given)
		return conf_load(env->conf_file, err);
	return conf_default(NULL, p->region ? p->region : "US", p->zone ? p->zone : "UTC", err);
}

static int run(struct command_env *env, int argc, char **argv)
{
	struct parse p = { .out = env->out, .json = printer_json(env->out) };
	g_autoptr(GError) err = NULL;
	struct conf *conf;
	int code = EX_OK;

	if (!options(&p, argc, argv))
		return usage();
	conf = load(env, &p, &err);
	if (!conf) {
		fprintf(stderr, "ringback parse: %s\n", err->message);
		return EX_CONFIG;
	}
	reader_init();
	for (int i = optind; i < argc; i++) {
		int one = parse_file(&p, conf, argv[i]);

		code = one ? one : code;
	}
	conf_unref(conf);
	return code;
}

const struct command_def cmd_parse = {
	.name = "parse",
	.arguments = "[--json] [--explain] [--region CC] [--timezone ZONE] FILE...",
	.help = "what mails say, as ringback reads them",
	.run = run,
};
