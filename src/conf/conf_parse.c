#include "conf_parse.h"

#include <string.h>

#include "call.h"
#include "conf_text.h"

static struct conf_errors *errors;	/* libconfuse has no pointer of ours; one file is read at a time */

static void collect(cfg_t *cfg, const char *format, va_list ap)
{
	g_autofree char *what = g_strdup_vprintf(format, ap);

	conf_wrong(errors, cfg ? cfg->line : 0, "%s", what);
}

bool conf_parse(cfg_t *cfg, const char *file, const char *signs, const char *what, struct conf_errors *e)
{
	g_autofree char *text = conf_text_read(file, e);

	if (!text || !conf_text_clean(text, signs, e))
		return false;
	errors = e;
	cfg_set_error_function(cfg, collect);
	if (cfg_parse_buf(cfg, text) != CFG_SUCCESS && !conf_errors_count(e))
		conf_wrong(e, cfg->line, "cannot be read as %s", what);
	errors = NULL;
	return conf_errors_count(e) == 0;
}

static bool split_reason(const char *pair, char **word_r, enum call_reason *reason_r)
{
	const char *equals = strrchr(pair, '=');
	g_autofree char *word = equals ? g_strstrip(g_strndup(pair, (gsize)(equals - pair))) : NULL;
	g_autofree char *name = equals ? g_strstrip(g_strdup(equals + 1)) : NULL;

	if (!equals || !*word || !reason_from_name(name, reason_r))
		return false;
	*word_r = g_steal_pointer(&word);
	return true;
}

int conf_parse_reason(cfg_t *section, cfg_opt_t *opt)
{
	const char *pair = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	g_autofree char *word = NULL;
	enum call_reason reason;

	if (split_reason(pair, &word, &reason))
		return 0;
	cfg_error(section, "reasons: \"%s\" should be \"word = reason\"", pair);
	return -1;
}

void conf_parse_reasons(cfg_t *section, GHashTable *reasons)
{
	for (guint i = 0; i < cfg_size(section, "reasons"); i++) {
		char *word;
		enum call_reason reason;

		if (split_reason(cfg_getnstr(section, "reasons", i), &word, &reason))
			g_hash_table_insert(reasons, word, GINT_TO_POINTER(reason));
	}
}
