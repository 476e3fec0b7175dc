#include "conf_file.h"

#include <confuse.h>
#include <string.h>

#include "conf_text.h"

#define UNKNOWN_MAX 50		/* each costs a further pass */
#define START "(start)"		/* cannot be written in a file */

/* libconfuse hands no pointer of ours to its callbacks. */
static struct reading {
	struct conf_file *file;
	GHashTable *by_cfg;		/* cfg_t * -> struct conf_block * */
	struct conf_errors *errors;
	const struct conf_block *outer;	/* newest policy or schedule: the parent of the steps or rotations that follow */
	char *unknown;
	int unknown_line;
	enum conf_section unknown_in;
} *now;

static void setting_free(struct conf_setting *s)
{
	if (!s)
		return;
	g_ptr_array_unref(s->texts);
	g_array_unref(s->lines);
	g_free(s);
}

static void block_free(gpointer p)
{
	struct conf_block *b = p;

	for (int i = 0; i < N_CONF_KEYS; i++)
		setting_free(b->settings[i]);
	g_free(b->title);
	g_free(b);
}

static struct conf_file *file_new(void)
{
	struct conf_file *f = g_new0(struct conf_file, 1);

	f->blocks = g_ptr_array_new_with_free_func(block_free);
	return f;
}

void conf_file_free(struct conf_file *f)
{
	g_ptr_array_unref(f->blocks);
	g_free(f);
}

static struct conf_block *block_add(struct conf_file *f, enum conf_section section, const char *title, int line)
{
	struct conf_block *b = g_new0(struct conf_block, 1);

	b->section = section;
	b->title = g_strdup(title);
	b->line = line;
	g_ptr_array_add(f->blocks, b);
	return b;
}

static struct conf_setting *setting_at(struct conf_block *b, int key, int line)
{
	if (!b->settings[key]) {
		b->settings[key] = g_new0(struct conf_setting, 1);
		b->settings[key]->line = line;
		b->settings[key]->texts = g_ptr_array_new_with_free_func(g_free);
		b->settings[key]->lines = g_array_new(FALSE, FALSE, sizeof(int));
	}
	return b->settings[key];
}

static enum conf_section section_of(const cfg_t *cfg)
{
	for (int s = SECTION_main + 1; s < N_SECTIONS; s++)
		if (strcmp(cfg->name, conf_section_name((enum conf_section)s)) == 0)
			return (enum conf_section)s;
	return SECTION_main;
}

static bool is_inner(enum conf_section s)
{
	return s == SECTION_step || s == SECTION_rotation;
}

/* Runs for each section as soon as it begins, as the default of a list that every section has: libconfuse keeps no
 * line of a section's begin, and forgets the first of two sections with the same title. */
static int on_start(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct conf_block *b = block_add(now->file, section_of(cfg), cfg_title(cfg), (int)cfg->line);

	(void)opt;
	if (is_inner(b->section))
		b->parent = now->outer;
	else
		now->outer = b;
	g_hash_table_replace(now->by_cfg, cfg, b);
	*(const char **)result = value;
	return 0;
}

static int key_of(enum conf_section section, const char *name)
{
	for (int i = 0; i < N_CONF_KEYS; i++)
		if (conf_keys[i].section == section && strcmp(conf_keys[i].name, name) == 0)
			return i;
	return -1;
}

static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct conf_block *b = g_hash_table_lookup(now->by_cfg, cfg);
	int key = key_of(b->section, opt->name), line = (int)cfg->line;
	struct conf_setting *s;

	*(const char **)result = value;
	if (key < 0) {		/* libconfuse takes "line|owner" for a way into a section */
		conf_wrong(now->errors, line, "%s does not belong here; write it into its section",
			   opt->name);
		return 0;
	}
	if (b->settings[key] && (!conf_type_is_list(conf_keys[key].type) || opt->nvalues == 1))
		b->settings[key]->again = line;
	s = setting_at(b, key, line);
	s->given = true;
	g_ptr_array_add(s->texts, g_strdup(value));
	g_array_append_val(s->lines, line);
	return 0;
}

static void G_GNUC_PRINTF(2, 0) on_error(cfg_t *cfg, const char *format, va_list ap)
{
	g_autofree char *what = g_strdup_vprintf(format, ap);
	const char *quote = strchr(what, '\'');

	if (g_str_has_prefix(what, "no such option '") && strlen(quote) > 2) {
		g_free(now->unknown);
		now->unknown = g_strndup(quote + 1, strlen(quote) - 2);
		now->unknown_line = (int)cfg->line;
		now->unknown_in = section_of(cfg);
	} else {
		conf_wrong(now->errors, (int)cfg->line, "%s; write key = value, or section name { "
			   "... }", what);
	}
}

/* The table that libconfuse wants, for one section: the hidden list, the keys, the sections within, and an end. */
static void fill_opts(cfg_opt_t *opts, enum conf_section section)
{
	static char start_default[] = "{x}";
	gsize n = 0;

	if (section != SECTION_main)
		opts[n++] = (cfg_opt_t)CFG_STR_LIST_CB(START, start_default, CFGF_NONE, on_start);
	for (int i = 0; i < N_CONF_KEYS; i++) {
		const char *name = conf_keys[i].name;

		if (conf_keys[i].section != section)
			continue;
		if (conf_type_is_list(conf_keys[i].type))
			opts[n++] = (cfg_opt_t)CFG_STR_LIST_CB(name, NULL, CFGF_NODEFAULT, on_value);
		else
			opts[n++] = (cfg_opt_t)CFG_STR_CB(name, NULL, CFGF_NODEFAULT, on_value);
	}
	opts[n] = (cfg_opt_t)CFG_END();
}

/* One kind of section within another. */
static void nest(cfg_opt_t *outer, enum conf_section inner, cfg_opt_t *inner_opts)
{
	gsize n = 0;

	while (outer[n].name)
		n++;
	outer[n++] = (cfg_opt_t)CFG_SEC(conf_section_name(inner), inner_opts, CFGF_MULTI);
	outer[n] = (cfg_opt_t)CFG_END();
}

static int parse(char *text)
{
	static cfg_opt_t opts[N_SECTIONS][N_CONF_KEYS + N_SECTIONS + 2];
	gsize n = 0;
	guint before = conf_errors_count(now->errors);
	cfg_t *cfg;
	int rc;

	for (int s = 0; s < N_SECTIONS; s++)
		fill_opts(opts[s], (enum conf_section)s);
	nest(opts[SECTION_policy], SECTION_step, opts[SECTION_step]);
	nest(opts[SECTION_schedule], SECTION_rotation, opts[SECTION_rotation]);
	for (n = 0; opts[SECTION_main][n].name;)
		n++;
	for (int s = SECTION_main + 1; s < N_SECTIONS; s++)
		if (!is_inner((enum conf_section)s))
			opts[SECTION_main][n++] = (cfg_opt_t)CFG_SEC(conf_section_name((enum conf_section)s), opts[s],
								    CFGF_MULTI | CFGF_TITLE);
	opts[SECTION_main][n] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(opts[SECTION_main], CFGF_NONE);
	cfg_set_error_function(cfg, on_error);
	g_hash_table_replace(now->by_cfg, cfg, block_add(now->file, SECTION_main, NULL, 0));
	rc = cfg_parse_buf(cfg, text);
	if (rc != CFG_SUCCESS && !now->unknown && conf_errors_count(now->errors) == before)
		conf_wrong(now->errors, (int)cfg->line, "a name that is empty; write key = value");
	cfg_free(cfg);
	return rc;
}

static const char *home_of(const char *name)
{
	for (int i = 0; i < N_CONF_KEYS; i++)
		if (strcmp(conf_keys[i].name, name) == 0)
			return conf_section_name(conf_keys[i].section);
	return NULL;
}

static void G_GNUC_PRINTF(2, 0) no_error(cfg_t *cfg, const char *format, va_list ap)
{
	(void)cfg;
	(void)format;
	(void)ap;
}

static bool lexer_reads(const char *text)
{
	cfg_opt_t opts[] = { CFG_STR("x", NULL, CFGF_NONE), CFG_END() };
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);
	bool reads;

	cfg_set_error_function(cfg, no_error);
	reads = cfg_parse_buf(cfg, text) == CFG_SUCCESS && g_strcmp0(cfg_getstr(cfg, "x"), "1") == 0;
	cfg_free(cfg);
	return reads;
}

void conf_lexer_reset(void)
{
	static const char *const ends[] = { "*/", "\"", "'" };

	for (gsize i = 0; i < G_N_ELEMENTS(ends) && !lexer_reads("x = 1"); i++)
		lexer_reads(ends[i]);
}

static void tell_unknown(const struct reading *r)
{
	const char *words[N_CONF_KEYS + N_SECTIONS];
	const char *in = conf_section_name(r->unknown_in), *home = home_of(r->unknown), *near;
	g_autofree char *where = *in ? g_strdup_printf("in a section %s", in) : g_strdup("at the top of the file");
	gsize n = 0;

	for (int i = 0; i < N_CONF_KEYS; i++)
		if (conf_keys[i].section == r->unknown_in)
			words[n++] = conf_keys[i].name;
	for (int s = SECTION_main + 1; r->unknown_in == SECTION_main && s < N_SECTIONS; s++)
		words[n++] = conf_section_name((enum conf_section)s);
	near = conf_nearest(r->unknown, words, n);
	if (home)
		conf_wrong(r->errors, r->unknown_line, "there is no %s %s; it belongs %s%s",
			   r->unknown, where,
			   *home ? "into a section " : "at the top of the file, outside of sections",
			   home);
	else if (near)
		conf_wrong(r->errors, r->unknown_line, "there is no %s %s; did you mean %s?",
			   r->unknown, where, near);
	else
		conf_wrong(r->errors, r->unknown_line, "there is no %s %s; see ringback.conf(5) "
			   "for those there are", r->unknown, where);
}

/* Reads as often as there are unknown keys, each time without those that are known to be. */
static void read_all(struct reading *r, char *text)
{
	for (int tries = 0; tries < UNKNOWN_MAX; tries++) {
		g_clear_pointer(&r->unknown, g_free);
		g_ptr_array_set_size(r->file->blocks, 0);
		g_hash_table_remove_all(r->by_cfg);
		r->outer = NULL;
		r->file->whole = parse(text) == CFG_SUCCESS;
		if (r->file->whole || !r->unknown)
			return;
		tell_unknown(r);
		if (!conf_text_blank(text, r->unknown_line, r->unknown))
			return;
	}
}

static void check_setting(struct conf_setting *s, const struct conf_key *k, struct conf_errors *e)
{
	if (s->again)
		conf_wrong(e, s->again, "%s is given twice, first at line %d; keep one", k->name,
			   s->line);
	for (guint i = 0; i < s->texts->len;) {
		g_autofree char *wrong = NULL;
		char *canonical = conf_key_read(k, s->texts->pdata[i], &s->number, &wrong);

		if (wrong) {
			conf_wrong(e, g_array_index(s->lines, int, i), "%s", wrong);
			g_ptr_array_remove_index(s->texts, i);
			g_array_remove_index(s->lines, i);
			continue;
		}
		g_free(s->texts->pdata[i]);
		s->texts->pdata[i++] = canonical;
	}
}

static void fill_in(struct conf_block *b, int key, struct conf_errors *e)
{
	const struct conf_key *k = &conf_keys[key];
	const char *in = conf_section_name(k->section);

	if (k->fallback && *k->fallback) {
		struct conf_setting *s = setting_at(b, key, b->line);
		int line = b->line;

		g_ptr_array_add(s->texts, g_strdup(k->fallback));
		g_array_append_val(s->lines, line);
		check_setting(s, k, e);
	} else if (!k->fallback && e) {
		conf_wrong(e, b->line, "%s%s%s%s%s is missing; write %s = ... (%s)", in,
			   b->title ? " " : "", b->title ? b->title : "", *in ? ": " : "", k->name,
			   k->name, k->help);
	}
}

static void check_block(struct conf_block *b, bool whole, struct conf_errors *e)
{
	for (int key = 0; key < N_CONF_KEYS; key++) {
		if (conf_keys[key].section != b->section)
			continue;
		if (b->settings[key])
			check_setting(b->settings[key], &conf_keys[key], e);
		else
			fill_in(b, key, whole ? e : NULL);
	}
}

struct conf_file *conf_file_parse(const char *source, struct conf_errors *e)
{
	struct conf_file *f = file_new();
	struct reading r = { .file = f, .errors = e };
	g_autofree char *text = g_strdup(source);

	if (!text || !conf_text_clean(text, "", e)) {
		block_add(f, SECTION_main, NULL, 0);
		return f;
	}
	r.by_cfg = g_hash_table_new(NULL, NULL);
	now = &r;
	conf_lexer_reset();
	read_all(&r, text);
	now = NULL;
	g_hash_table_unref(r.by_cfg);
	g_free(r.unknown);
	for (guint i = 0; i < f->blocks->len; i++)
		check_block(f->blocks->pdata[i], f->whole, e);
	return f;
}

struct conf_file *conf_file_empty(void)
{
	struct conf_file *f = file_new();

	check_block(block_add(f, SECTION_main, NULL, 0), false, NULL);
	f->whole = true;
	return f;
}

void conf_file_set(struct conf_file *f, enum conf_key_id key, const char *text, struct conf_errors *e)
{
	struct conf_block *b = f->blocks->pdata[0];
	const int line = 0;
	struct conf_setting *s;

	g_clear_pointer(&b->settings[key], setting_free);
	s = setting_at(b, (int)key, line);
	s->given = true;
	g_ptr_array_add(s->texts, g_strdup(text));
	g_array_append_val(s->lines, line);
	check_setting(s, &conf_keys[key], e);
}

struct conf_block *conf_block_new(enum conf_section section)
{
	struct conf_block *b = g_new0(struct conf_block, 1);

	b->section = section;
	check_block(b, false, NULL);
	return b;
}

void conf_block_free(struct conf_block *b)
{
	block_free(b);
}

static void add_member(struct conf_setting *s, int line, const char *text)
{
	g_ptr_array_add(s->texts, g_strdup(text));
	g_array_append_val(s->lines, line);
}

void conf_block_set(struct conf_block *b, enum conf_key_id key, const char *text, struct conf_errors *e)
{
	const struct conf_key *k = &conf_keys[key];
	struct conf_setting *s = setting_at(b, (int)key, b->line);
	const char *said = *text || !k->fallback ? text : k->fallback;

	s->given = *text != '\0';
	s->line = b->line;
	s->number = 0;
	g_ptr_array_set_size(s->texts, 0);
	g_array_set_size(s->lines, 0);
	if (conf_type_is_list(k->type)) {
		g_auto(GStrv) members = g_strsplit(said, ";", -1);

		for (char **m = members; *m; m++)
			if (*g_strstrip(*m))
				add_member(s, b->line, *m);
	} else if (*said) {
		add_member(s, b->line, said);
	}
	check_setting(s, k, e);
}

void conf_block_check(struct conf_block *b, struct conf_errors *e)
{
	for (int key = 0; key < N_CONF_KEYS; key++)
		if (conf_keys[key].section == b->section && !conf_keys[key].fallback && !conf_given(b, (enum conf_key_id)key))
			fill_in(b, key, e);
}

const struct conf_block *conf_file_main(const struct conf_file *f)
{
	return f->blocks->pdata[0];
}

const char *conf_text(const struct conf_block *b, enum conf_key_id key)
{
	const struct conf_setting *s = b->settings[key];

	return s && s->texts->len ? s->texts->pdata[s->texts->len - 1] : "";
}

int64_t conf_number(const struct conf_block *b, enum conf_key_id key)
{
	return b->settings[key] ? b->settings[key]->number : 0;
}

bool conf_given(const struct conf_block *b, enum conf_key_id key)
{
	return b->settings[key] && b->settings[key]->given;
}

int conf_line(const struct conf_block *b, enum conf_key_id key)
{
	return conf_given(b, key) ? b->settings[key]->line : b->line;
}

guint conf_size(const struct conf_block *b, enum conf_key_id key)
{
	return b->settings[key] ? b->settings[key]->texts->len : 0;
}

const char *conf_member(const struct conf_block *b, enum conf_key_id key, guint i, int *line_r)
{
	*line_r = g_array_index(b->settings[key]->lines, int, i);
	return b->settings[key]->texts->pdata[i];
}
