/* Sources: who may speak for which PBX. */
#include "conf_build.h"

#include <string.h>

#include "conf_value.h"

#define SOURCES_MAX 64

static struct source *source_new(struct conf *c, const char *name, const char *region, const char *zone)
{
	struct source *s = g_new0(struct source, 1);

	s->name = g_strdup(name);
	s->networks = g_array_new(FALSE, TRUE, sizeof(struct network));
	s->region = g_strdup(*region ? region : c->region);
	s->zone = g_strdup(*zone ? zone : c->timezone);
	if (!c->sources)
		c->sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
	g_ptr_array_add(c->sources, s);
	return s;
}

/* The members of a list; NULL if it is not there. An empty one would be a condition that looks as if it were none. */
static char **texts(const struct conf_block *b, enum conf_key_id key, struct conf_errors *e)
{
	guint n = conf_size(b, key);
	char **list = n ? g_new0(char *, n + 1) : NULL;
	int line;

	for (guint i = 0; i < n; i++) {
		list[i] = g_strdup(conf_member(b, key, i, &line));
		if (!*list[i])
			conf_wrong(e, line, "%s = \"\" says nothing; write %s", conf_keys[key].name, conf_keys[key].help);
	}
	return list;
}

/* A network of no bits is everybody. */
static void add_networks(struct source *s, const struct conf_block *b, enum conf_key_id key, struct conf_errors *e)
{
	g_auto(GStrv) list = texts(b, key, e);
	struct network n;

	for (guint i = 0; list && list[i]; i++) {
		if (!network_read(list[i], &n))
			continue;	/* told already */
		if (!n.sendmail && n.prefix == 0)
			conf_wrong(e, conf_line(b, key), "%s = \"%s\" trusts everybody; write the addresses of the PBX",
				   conf_keys[key].name, list[i]);
		g_array_append_val(s->networks, n);
	}
}

GPtrArray *conf_source_hosts(const struct conf_block *b, enum conf_key_id key, struct conf_errors *e)
{
	GPtrArray *list;
	struct source *s;

	if (conf_size(b, key) == 0)
		return NULL;
	list = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
	s = g_new0(struct source, 1);
	s->networks = g_array_new(FALSE, TRUE, sizeof(struct network));
	g_ptr_array_add(list, s);
	add_networks(s, b, key, e);
	return list;
}

/* Whoever sends can write any sender. Where something is given that is wrong, that has been told. */
static void check_trust(const struct source *s, const struct conf_block *b, struct conf_errors *e)
{
	if (!conf_given(b, KEY_source_networks) && !conf_given(b, KEY_source_auth) && !conf_given(b, KEY_source_dkim))
		conf_wrong(e, b->line, "source %s trusts everybody%s; write networks, auth or dkim", s->name,
			   s->senders ? ", since anybody can write such a sender" : "");
}

/* NULL: all of them, or there are none to ask. */
static struct profile_set *allowed(const struct conf *c, const struct source *s, const struct conf_block *b,
				   struct conf_errors *e)
{
	g_autoptr(GError) err = NULL;
	struct profile_set *set;

	if (!s->profiles || c->lenient)
		return NULL;
	set = profiles_subset(c->profiles, (const char *const *)s->profiles, g_strv_length(s->profiles), &err);
	if (!set)
		conf_wrong(e, conf_line(b, KEY_source_profiles), "profiles: %s; write the name of a profile, or of a file in "
			   "%s without .conf", err->message, c->profile_dir);
	return set;
}

static void check_name(const struct conf *c, const char *name, int line, struct conf_errors *e)
{
	for (guint i = 0; c->sources && i < c->sources->len; i++)
		if (strcmp(((struct source *)c->sources->pdata[i])->name, name) == 0)
			conf_wrong(e, line, "source %s is there twice%s; give each a name of its own", name,
				   strcmp(name, "default") == 0 ? " (sources = ... is called default)" : "");
}

static void add_section(struct conf *c, const struct conf_block *b, struct conf_errors *e)
{
	struct source *s;

	if (!conf_value_is_id(b->title))
		conf_wrong(e, b->line, "source \"%s\" is no name; write letters, digits, - _ and . (64 at most)",
			   b->title);
	check_name(c, b->title, b->line, e);
	s = source_new(c, b->title, conf_text(b, KEY_source_region), conf_text(b, KEY_source_timezone));
	add_networks(s, b, KEY_source_networks, e);
	s->auth = texts(b, KEY_source_auth, e);
	s->senders = texts(b, KEY_source_senders, e);
	s->dkim = texts(b, KEY_source_dkim, e);
	s->profiles = texts(b, KEY_source_profiles, e);
	s->allowed = allowed(c, s, b, e);
	s->generic = *conf_text(b, KEY_source_generic) ? conf_number(b, KEY_source_generic) != 0
						       : !s->profiles && !s->dkim;
	check_trust(s, b, e);
}

/* The id stands before the first blank or semicolon: see authres_read(). */
static void check_authserv_id(const struct conf *c, const struct conf_block *m, struct conf_errors *e)
{
	if (c->authserv_id[strcspn(c->authserv_id, " \t;()\"\\,")])
		conf_wrong(e, conf_line(m, KEY_main_authserv_id), "authserv_id = \"%s\" is no id; write one like "
			   "mx.example.com", c->authserv_id);
}

void conf_build_sources(struct conf *c, const struct conf_file *f, struct conf_errors *e)
{
	const struct conf_block *m = conf_file_main(f);

	for (guint i = 0; i < f->blocks->len; i++)
		if (((const struct conf_block *)f->blocks->pdata[i])->section == SECTION_source)
			add_section(c, f->blocks->pdata[i], e);
	if (conf_given(m, KEY_main_sources)) {
		struct source *s;

		check_name(c, "default", conf_line(m, KEY_main_sources), e);
		s = source_new(c, "default", "", "");
		s->generic = true;
		add_networks(s, m, KEY_main_sources, e);
	}
	if (!c->sources)
		conf_wrong(e, 0, "sources is missing; write sources = { ... } with the addresses of the PBX, or a section "
			   "source NAME { ... }");
	else if (c->sources->len > SOURCES_MAX)
		conf_wrong(e, 0, "there are %u sources; write %d at most", c->sources->len, SOURCES_MAX);
	check_authserv_id(c, m, e);
}

void conf_source_add_local(struct conf *c)
{
	static const char *const local[] = { "127.0.0.0/8", "::1", "sendmail" };
	struct source *s = source_new(c, "default", "", "");
	struct network n;

	s->generic = true;
	for (gsize i = 0; i < G_N_ELEMENTS(local); i++)
		if (network_read(local[i], &n))
			g_array_append_val(s->networks, n);
}
