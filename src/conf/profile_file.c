#include "conf.h"

#include <confuse.h>
#include <string.h>

#include "conf_parse.h"
#include "err.h"

/* libconfuse hands a function call in a file to a C function without any pointer of ours, and its parser is global
 * anyway: one file is read at a time, this one. */
static struct {
	const char *file;
	cfg_t *root;
	GPtrArray *defs;	/* struct profile_def *, one for each section "profile" of root begun so far */
	const cfg_t *section;	/* with the pattern seen last */
} reading;

/* Of the section "profile" that is being read, which is the last one; there is one. */
static struct profile_def *current(void)
{
	while (reading.defs->len < cfg_size(reading.root, "profile")) {
		struct profile_def *d = profile_def_new();

		d->file = g_strdup(reading.file);
		g_ptr_array_add(reading.defs, d);
	}
	return g_ptr_array_index(reading.defs, reading.defs->len - 1);
}

/* The list that a section fills. */
static GArray *list_of(cfg_t *section)
{
	const struct profile_def *d = current();
	const char *name = cfg_name(section);

	if (strcmp(name, "match") == 0)
		return d->match;
	if (strcmp(name, "signature") == 0)
		return d->signature;
	return strcmp(name, "reject") == 0 ? d->reject : d->extract;
}

/* Sections of one name are alternatives. */
static guint alternative_of(const GArray *list, const cfg_t *section)
{
	guint last = list->len ? g_array_index(list, struct profile_pattern, list->len - 1).alternative : 0;

	return last + (list->len && section != reading.section);
}

static int add_pattern(cfg_t *section, enum profile_where where, const char *header, const char *pattern)
{
	GArray *list = list_of(section);
	struct profile_pattern p = {
		where, g_strdup(header), g_strdup(pattern), section->line, alternative_of(list, section),
	};

	reading.section = section;
	g_array_append_val(list, p);
	return 0;
}

static int call_header(cfg_t *section, cfg_opt_t *opt, int argc, const char **argv)
{
	if (argc == 2)
		return add_pattern(section, WHERE_HEADER, argv[0], argv[1]);
	cfg_error(section, "%s() takes a header's name and a pattern: header('Subject', 'missed')", cfg_opt_name(opt));
	return 1;
}

static int call_place(cfg_t *section, cfg_opt_t *opt, int argc, const char **argv)
{
	if (argc != 1) {
		cfg_error(section, "%s() takes one pattern, in single quotes", cfg_opt_name(opt));
		return 1;
	}
	for (enum profile_where w = 0; w < N_WHERE; w++)
		if (strcmp(cfg_opt_name(opt), profile_where_name(w)) == 0)
			return add_pattern(section, w, NULL, argv[0]);
	return 1;
}

static int parse_class(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	enum call_class class;

	if (!class_from_name(value, &class) || class == CLASS_NONE) {
		cfg_error(cfg, "%s = %s: should be missed, voicemail, abandoned or system", cfg_opt_name(opt), value);
		return 1;
	}
	*(long *)result = (long)class;
	return 0;
}

static int parse_reason(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	enum call_reason reason;

	if (!reason_from_name(value, &reason)) {
		cfg_error(cfg, "%s = %s: should be unknown, no_answer, busy, not_reachable, rejected, abandoned or "
			  "answered_elsewhere", cfg_opt_name(opt), value);
		return 1;
	}
	*(long *)result = (long)reason;
	return 0;
}

static void copy_words(cfg_t *profile, const char *option, GPtrArray *words)
{
	for (guint i = 0; i < cfg_size(profile, option); i++)
		g_ptr_array_add(words, g_strdup(cfg_getnstr(profile, option, i)));
}

static void copy_expect(cfg_t *profile, struct profile_def *d, struct conf_errors *e)
{
	if (d->class == CLASS_SYSTEM || cfg_getopt(profile, "expect")->flags & CFGF_MODIFIED)
		d->expect = 0;
	for (guint i = 0; i < cfg_size(profile, "expect"); i++) {
		const char *name = cfg_getnstr(profile, "expect", i);
		enum call_field f;

		if (call_field_from_name(name, &f))
			d->expect |= 1u << f;
		else
			conf_wrong(e, profile->line, "expect: \"%s\" is nothing that a mail says; write caller, time, "
				   "called or another group's name", name);
	}
}

static void copy_profile(cfg_t *profile, struct profile_def *d, struct conf_errors *e)
{
	d->name = g_strdup(cfg_title(profile));
	d->class = (enum call_class)cfg_getint(profile, "class");
	d->reason = (enum call_reason)cfg_getint(profile, "reason");
	d->priority = (int)cfg_getint(profile, "priority");
	copy_words(profile, "dates", d->dates);
	copy_words(profile, "withheld", d->withheld);
	copy_words(profile, "no_name", d->placeholders);
	conf_parse_reasons(profile, d->reasons);
	copy_expect(profile, d, e);
}

static cfg_t *open_parser(void)
{
	cfg_opt_t place[] = {
		CFG_FUNC("header", call_header), CFG_FUNC("subject", call_place), CFG_FUNC("from", call_place),
		CFG_FUNC("text", call_place), CFG_FUNC("html", call_place), CFG_FUNC("link", call_place),
		CFG_FUNC("filename", call_place),
		CFG_END(),
	};
	cfg_opt_t envelope[] = {
		CFG_FUNC("header", call_header), CFG_FUNC("subject", call_place), CFG_FUNC("from", call_place),
		CFG_END(),
	};
	cfg_opt_t profile[] = {
		CFG_INT_CB("class", CLASS_MISSED, CFGF_NONE, parse_class),
		CFG_INT_CB("reason", REASON_NO_ANSWER, CFGF_NONE, parse_reason),
		CFG_INT("priority", 100, CFGF_NONE),
		CFG_SEC("signature", envelope, CFGF_MULTI), CFG_SEC("match", place, CFGF_MULTI),
		CFG_SEC("reject", place, CFGF_NONE), CFG_SEC("extract", place, CFGF_NONE),
		CFG_STR_LIST("expect", NULL, CFGF_NONE), CFG_STR_LIST("dates", NULL, CFGF_NONE),
		CFG_STR_LIST("withheld", NULL, CFGF_NONE),
		CFG_STR_LIST("no_name", NULL, CFGF_NONE), CFG_STR_LIST("reasons", NULL, CFGF_NONE),
		CFG_END(),
	};
	cfg_opt_t file[] = { CFG_SEC("profile", profile, CFGF_TITLE | CFGF_MULTI | CFGF_NO_TITLE_DUPES), CFG_END() };
	cfg_t *cfg = cfg_init(file, CFGF_NONE);

	cfg_set_validate_func(cfg, "profile|reasons", conf_parse_reason);
	return cfg;
}

static void read_file(cfg_t *cfg, const char *file, struct conf_errors *e)
{
	if (!conf_parse(cfg, file, "()", "a profile", e))
		return;
	if (cfg_size(cfg, "profile") == 0) {
		conf_wrong(e, 0, "should hold at least one profile");
		return;
	}
	current();
	for (guint i = 0; i < reading.defs->len; i++)
		copy_profile(cfg_getnsec(cfg, "profile", i), g_ptr_array_index(reading.defs, i), e);
}

GPtrArray *profile_file_read(const char *file, GError **err)
{
	g_autoptr(GPtrArray) defs = g_ptr_array_new_with_free_func((GDestroyNotify)profile_def_free);
	struct conf_errors *errors = conf_errors_new(file);
	g_autofree char *text = NULL;

	memset(&reading, 0, sizeof(reading));
	reading.file = file;
	reading.defs = defs;
	reading.root = open_parser();
	read_file(reading.root, file, errors);
	cfg_free(reading.root);
	if (conf_errors_count(errors))
		text = conf_errors_text(errors);
	conf_errors_free(errors);
	memset(&reading, 0, sizeof(reading));
	if (!text)
		return g_steal_pointer(&defs);
	err_set(err, ERR_CONF, "%s", text);
	return NULL;
}

gboolean profile_file_add(struct profiles *p, const char *file, GError **err)
{
	g_autoptr(GPtrArray) defs = profile_file_read(file, err);
	bool good = defs != NULL;

	while (good && defs->len > 0)
		good = profiles_add(p, g_ptr_array_steal_index(defs, 0), err);
	return good;
}
