/* profile_dir/generic/LANGUAGE.conf: the words of one language. */
#include "conf.h"

#include <confuse.h>
#include <errno.h>
#include <string.h>

#include "err.h"

static GString *wrong;	/* libconfuse has no pointer of ours; one file is read at a time */

static void collect(cfg_t *cfg, const char *format, va_list ap)
{
	g_autofree char *what = g_strdup_vprintf(format, ap);

	if (wrong->len)
		g_string_append_c(wrong, '\n');
	if (cfg && cfg->filename && cfg->line)
		g_string_append_printf(wrong, "%s:%d: ", cfg->filename, cfg->line);
	g_string_append(wrong, what);
}

static void copy_reasons(cfg_t *section, struct generic_def *d)
{
	for (guint i = 0; i < cfg_size(section, "reasons"); i++) {
		const char *pair = cfg_getnstr(section, "reasons", i);
		const char *equals = strrchr(pair, '=');
		g_autofree char *word = equals ? g_strstrip(g_strndup(pair, (gsize)(equals - pair))) : NULL;
		g_autofree char *name = equals ? g_strstrip(g_strdup(equals + 1)) : NULL;
		enum call_reason reason;

		if (!equals || !*word || !reason_from_name(name, &reason)) {
			cfg_error(section, "reasons: \"%s\" should be \"word = reason\"", pair);
			continue;
		}
		g_hash_table_insert(d->reasons, g_strdup(word), GINT_TO_POINTER(reason));
		g_ptr_array_add(d->words[TAG_REASON], g_steal_pointer(&word));
	}
}

static void copy_words(cfg_t *section, struct generic_def *d)
{
	for (guint t = 0; t < N_TAGS; t++)
		for (guint i = 0; t != TAG_REASON && i < cfg_size(section, generic_tag_name(t)); i++)
			g_ptr_array_add(d->words[t], g_strdup(cfg_getnstr(section, generic_tag_name(t), i)));
	for (guint i = 0; i < cfg_size(section, "dates"); i++)
		g_ptr_array_add(d->dates, g_strdup(cfg_getnstr(section, "dates", i)));
	copy_reasons(section, d);
}

static cfg_t *open_parser(void)
{
	cfg_opt_t language[N_TAGS + 2];
	cfg_opt_t file[] = { CFG_SEC("language", language, CFGF_TITLE | CFGF_MULTI | CFGF_NO_TITLE_DUPES), CFG_END() };
	cfg_t *cfg;

	for (guint t = 0; t < N_TAGS; t++)
		language[t] = (cfg_opt_t)CFG_STR_LIST(generic_tag_name(t), NULL, CFGF_NONE);
	language[N_TAGS] = (cfg_opt_t)CFG_STR_LIST("dates", NULL, CFGF_NONE);
	language[N_TAGS + 1] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(file, CFGF_NONE);
	cfg_set_error_function(cfg, collect);
	return cfg;
}

static gboolean add_sections(struct generic *g, cfg_t *cfg, const char *file, GError **err)
{
	for (guint i = 0; i < cfg_size(cfg, "language"); i++) {
		cfg_t *section = cfg_getnsec(cfg, "language", i);
		struct generic_def *d = generic_def_new();

		d->language = g_strdup(cfg_title(section));
		d->file = g_strdup(file);
		d->line = section->line;
		copy_words(section, d);
		if (wrong->len) {
			generic_def_free(d);
			return FALSE;
		}
		if (!generic_add(g, d, err))
			return FALSE;
	}
	return TRUE;
}

static gboolean add_file(struct generic *g, const char *file, GError **err)
{
	g_autoptr(GString) errors = wrong = g_string_new(NULL);
	cfg_t *cfg = open_parser();
	int outcome = cfg_parse(cfg, file);
	gboolean good = FALSE;

	if (outcome == CFG_FILE_ERROR)
		g_string_append_printf(errors, "%s: %s", file, g_strerror(errno));
	else if (outcome == CFG_PARSE_ERROR && !errors->len)
		g_string_append_printf(errors, "%s: cannot be read as the words of a language", file);
	else if (outcome == CFG_SUCCESS && cfg_size(cfg, "language") == 0)
		g_string_append_printf(errors, "%s: should hold at least one language", file);
	else if (outcome == CFG_SUCCESS)
		good = add_sections(g, cfg, file, err);
	cfg_free(cfg);
	wrong = NULL;
	return errors->len ? err_set(err, ERR_CONF, "%s", errors->str) : good;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

gboolean generic_folder_add(struct profiles *p, const char *profile_dir, GError **err)
{
	g_autofree char *folder = g_build_filename(profile_dir, "generic", NULL);
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".conf") && *name != '.')
			g_ptr_array_add(files, g_build_filename(folder, name, NULL));
	g_ptr_array_sort(files, compare_names);
	for (guint i = 0; i < files->len; i++)
		if (!add_file(profiles_generic(p), files->pdata[i], err))
			return FALSE;
	return TRUE;
}
