/* profile_dir/generic/LANGUAGE.conf: the words of one language. */
#include "conf.h"

#include <string.h>

#include "conf_parse.h"
#include "err.h"

/* The words of the reasons, in an order that is always the same. */
static void copy_reason_words(const struct generic_def *d)
{
	GList *words = g_list_sort(g_hash_table_get_keys(d->reasons), (GCompareFunc)strcmp);

	for (const GList *l = words; l; l = l->next)
		g_ptr_array_add(d->words[TAG_REASON], g_strdup(l->data));
	g_list_free(words);
}

static void copy_words(cfg_t *section, struct generic_def *d)
{
	for (guint t = 0; t < N_TAGS; t++)
		for (guint i = 0; t != TAG_REASON && i < cfg_size(section, generic_tag_name(t)); i++)
			g_ptr_array_add(d->words[t], g_strdup(cfg_getnstr(section, generic_tag_name(t), i)));
	for (guint i = 0; i < cfg_size(section, "dates"); i++)
		g_ptr_array_add(d->dates, g_strdup(cfg_getnstr(section, "dates", i)));
	conf_parse_reasons(section, d->reasons);
	copy_reason_words(d);
}

static cfg_t *open_parser(void)
{
	cfg_t *cfg;
	cfg_opt_t language[N_TAGS + 2];
	cfg_opt_t file[] = { CFG_SEC("language", language, CFGF_TITLE | CFGF_MULTI | CFGF_NO_TITLE_DUPES), CFG_END() };

	for (guint t = 0; t < N_TAGS; t++)
		language[t] = (cfg_opt_t)CFG_STR_LIST(generic_tag_name(t), NULL, CFGF_NONE);
	language[N_TAGS] = (cfg_opt_t)CFG_STR_LIST("dates", NULL, CFGF_NONE);
	language[N_TAGS + 1] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(file, CFGF_NONE);
	cfg_set_validate_func(cfg, "language|reasons", conf_parse_reason);
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
		if (!generic_add(g, d, err))
			return FALSE;
	}
	return TRUE;
}

static gboolean add_file(struct generic *g, const char *file, GError **err)
{
	struct conf_errors *e = conf_errors_new(file);
	g_autofree char *text = NULL;
	cfg_t *cfg = open_parser();
	gboolean good = conf_parse(cfg, file, "", "the words of a language", e);

	if (good && cfg_size(cfg, "language") == 0)
		conf_wrong(e, 0, "should hold at least one language");
	good = good && add_sections(g, cfg, file, err);
	cfg_free(cfg);
	if (conf_errors_count(e))
		text = conf_errors_text(e);
	conf_errors_free(e);
	return text ? err_set(err, ERR_CONF, "%s", text) : good;
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
