#include "profile_private.h"

#include <string.h>

#include "dates.h"
#include "err.h"

static const char *const where_names[] = { "header", "subject", "from", "text", "html", "link", "filename" };
_Static_assert(G_N_ELEMENTS(where_names) == N_WHERE, "one name for each place");

const char *profile_where_name(enum profile_where w)
{
	g_assert(w < N_WHERE);
	return where_names[w];
}

/* ---- definitions ---- */

static void pattern_clear(void *p)
{
	struct profile_pattern *pattern = p;

	g_free(pattern->header);
	g_free(pattern->pattern);
}

static GArray *patterns_new(void)
{
	GArray *a = g_array_new(FALSE, TRUE, sizeof(struct profile_pattern));

	g_array_set_clear_func(a, pattern_clear);
	return a;
}

struct profile_def *profile_def_new(void)
{
	struct profile_def *d = g_new0(struct profile_def, 1);

	d->class = CLASS_MISSED;
	d->reason = REASON_NO_ANSWER;
	d->priority = 100;
	d->expect = 1u << FIELD_CALLER;
	d->signature = patterns_new();
	d->match = patterns_new();
	d->reject = patterns_new();
	d->extract = patterns_new();
	d->dates = g_ptr_array_new_with_free_func(g_free);
	d->withheld = g_ptr_array_new_with_free_func(g_free);
	d->placeholders = g_ptr_array_new_with_free_func(g_free);
	d->reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return d;
}

void profile_def_free(struct profile_def *d)
{
	if (!d)
		return;
	g_array_unref(d->signature);
	g_array_unref(d->match);
	g_array_unref(d->reject);
	g_array_unref(d->extract);
	g_ptr_array_unref(d->dates);
	g_ptr_array_unref(d->withheld);
	g_ptr_array_unref(d->placeholders);
	g_hash_table_unref(d->reasons);
	g_free(d->name);
	g_free(d->file);
	g_free(d);
}

/* ---- compiling ---- */

static void rule_free(void *p)
{
	struct rule *r = p;

	g_strfreev(r->headers);
	pattern_free(r->pattern);
	g_free(r->fields);
	g_free(r);
}

static gboolean rule_name_fields(struct rule *r, GError **err)
{
	guint n = pattern_groups(r->pattern);

	r->fields = g_new0(enum call_field, n);
	for (guint i = 0; i < n; i++) {
		const char *name = pattern_group_name(r->pattern, i);

		if (!call_field_from_name(name, &r->fields[i]))
			return err_set(err, ERR_CONF, "group \"%s\" is not one of caller, caller_name, called, "
				       "called_name, time, duration, transcript, transcript_lang, transcript_engine, "
				       "transcript_confidence, call_id, reason", name);
		r->mask |= 1u << r->fields[i];
	}
	return TRUE;
}

static struct rule *rule_new(const struct profile_pattern *p, gboolean extracts, GError **err)
{
	struct rule *r = g_new0(struct rule, 1);

	r->source = p;
	r->where = p->where;
	r->alternative = p->alternative;
	r->headers = p->header ? g_strsplit(p->header, "|", -1) : NULL;
	r->pattern = pattern_new(p->pattern, err);
	if (r->pattern && (!extracts || rule_name_fields(r, err))) {
		if (!extracts || r->mask)
			return r;
		err_set(err, ERR_CONF, "pattern '%s' has no named group, so there is nothing to extract", p->pattern);
	}
	rule_free(r);
	return NULL;
}

static GPtrArray *rules_new(const GArray *patterns, const char *file, gboolean extracts, GError **err)
{
	g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(rule_free);

	for (guint i = 0; i < patterns->len; i++) {
		const struct profile_pattern *p = &g_array_index(patterns, struct profile_pattern, i);
		struct rule *r = rule_new(p, extracts, err);

		if (!r) {
			g_prefix_error(err, "%s:%d: ", file, p->line);
			return NULL;
		}
		g_ptr_array_add(rules, r);
	}
	return g_steal_pointer(&rules);
}

static GHashTable *words_new(const GPtrArray *words)
{
	GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < words->len; i++)
		g_hash_table_add(set, g_utf8_casefold(g_ptr_array_index(words, i), -1));
	return set;
}

bool profile_words_have(GHashTable *set, const char *word)
{
	g_autofree char *folded = g_utf8_casefold(word, -1);

	return g_hash_table_contains(set, folded);
}

static GHashTable *reasons_new(GHashTable *reasons)
{
	GHashTable *folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTableIter i;
	void *word, *reason;

	g_hash_table_iter_init(&i, reasons);
	while (g_hash_table_iter_next(&i, &word, &reason))
		g_hash_table_insert(folded, g_utf8_casefold(word, -1), reason);
	return folded;
}

static void profile_free(void *p)
{
	struct profile *profile = p;

	g_clear_pointer(&profile->signature, g_ptr_array_unref);
	g_clear_pointer(&profile->match, g_ptr_array_unref);
	g_clear_pointer(&profile->reject, g_ptr_array_unref);
	g_clear_pointer(&profile->extract, g_ptr_array_unref);
	g_clear_pointer(&profile->withheld, g_hash_table_unref);
	g_clear_pointer(&profile->placeholders, g_hash_table_unref);
	g_clear_pointer(&profile->reasons, g_hash_table_unref);
	profile_def_free(profile->def);
	g_free(profile);
}

static gboolean profile_compile(struct profile *p, GError **err)
{
	const struct profile_def *d = p->def;

	if (d->match->len == 0)
		return err_set(err, ERR_CONF, "%s: profile \"%s\" has no match, so it would take every mail", d->file,
			       d->name);
	p->signature = rules_new(d->signature, d->file, FALSE, err);
	p->match = p->signature ? rules_new(d->match, d->file, FALSE, err) : NULL;
	p->reject = p->match ? rules_new(d->reject, d->file, FALSE, err) : NULL;
	p->extract = p->reject ? rules_new(d->extract, d->file, TRUE, err) : NULL;
	if (!p->extract)
		return FALSE;
	for (guint i = 0; i < d->dates->len; i++)
		if (!dates_check(g_ptr_array_index(d->dates, i), err)) {
			g_prefix_error(err, "%s: ", d->file);
			return FALSE;
		}
	p->withheld = words_new(d->withheld);
	p->placeholders = words_new(d->placeholders);
	p->reasons = reasons_new(d->reasons);
	return TRUE;
}

/* Replies, forwards, bounces and answering machines quote the subject of what they answer; a PBX answers nothing. */
static const struct never {
	struct profile_pattern pattern;
	const char *why;
} nevers[] = {
	{ { .where = WHERE_HEADER, .header = (char *)"Auto-Submitted", .pattern = (char *)"(?i)^\\s*auto-replied" },
	  "an automatic reply" },
	{ { .where = WHERE_HEADER, .header = (char *)"In-Reply-To|References", .pattern = (char *)"\\S" },
	  "a reply to another mail" },
	{ { .where = WHERE_HEADER, .header = (char *)"Content-Type",
	    .pattern = (char *)"(?i)^\\s*multipart/report" }, "a report of a mail server" },
	{ { .where = WHERE_SUBJECT,
	    .pattern = (char *)"(?i)\\A\\s*(?:re|aw|antw|sv|vs|fw|fwd|wg|tr|rv|i|enc)\\s*(?:\\[\\d+\\])?\\s*:" },
	  "a reply or a forward, says the subject" },
	{ { .where = WHERE_SUBJECT,
	    .pattern = (char *)"(?i)\\A\\s*(?:automatic reply|auto(?:matische)?[ -]?(?:reply|antwort)|"
			       "out of (?:the )?office|abwesend|undeliver|delivery status|returned mail|"
			       "failure notice|mail delivery)" }, "an automatic reply or a bounce, says the subject" },
	/* sipXecs sends its voicemail as postmaster@localhost. */
	{ { .where = WHERE_FROM,
	    .pattern = (char *)"(?i)\\A(?!\\W*Voicemail Notification).*\\b(?:mailer-daemon|postmaster)@" },
	  "a mail of a mail server" },
};

static GPtrArray *never_new(void)
{
	GPtrArray *rules = g_ptr_array_new_with_free_func(rule_free);

	for (guint i = 0; i < G_N_ELEMENTS(nevers); i++) {
		struct rule *r = rule_new(&nevers[i].pattern, FALSE, NULL);

		g_assert(r);
		g_ptr_array_add(rules, r);
	}
	return rules;
}

const char *profile_never_why(const struct rule *r)
{
	for (guint i = 0; i < G_N_ELEMENTS(nevers); i++)
		if (r->source == &nevers[i].pattern)
			return nevers[i].why;
	return NULL;
}

struct profiles *profiles_new(void)
{
	struct profiles *p = g_new0(struct profiles, 1);

	p->all = g_ptr_array_new_with_free_func(profile_free);
	p->generic = generic_new();
	p->never = never_new();
	p->index = profile_index_new();
	return p;
}

void profiles_free(struct profiles *p)
{
	if (!p)
		return;
	g_ptr_array_unref(p->all);
	g_ptr_array_unref(p->never);
	profile_index_free(p->index);
	generic_free(p->generic);
	g_free(p);
}

static int profile_order(const void *x, const void *y)
{
	const struct profile_def *a = (*(struct profile *const *)x)->def, *b = (*(struct profile *const *)y)->def;

	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return g_strcmp0(a->name, b->name);
}

static bool name_is_new(const struct profiles *p, const struct profile_def *def, GError **err)
{
	for (guint i = 0; i < p->all->len; i++) {
		const struct profile_def *d = ((struct profile *)p->all->pdata[i])->def;

		if (g_strcmp0(d->name, def->name) == 0)
			return err_set(err, ERR_CONF, "%s: there is a profile \"%s\" already, in %s", def->file,
				       def->name, d->file);
	}
	return true;
}

gboolean profiles_add(struct profiles *p, struct profile_def *def, GError **err)
{
	struct profile *profile = g_new0(struct profile, 1);

	profile->def = def;
	profile->id = p->all->len;
	if (!name_is_new(p, def, err) || !profile_compile(profile, err)) {
		profile_free(profile);
		return FALSE;
	}
	profile_index_add(p->index, def->match, profile->id, MAY_MATCH);
	profile_index_add(p->index, def->signature, profile->id, MAY_SIGN);
	g_ptr_array_add(p->all, profile);
	g_ptr_array_sort(p->all, profile_order);
	return TRUE;
}

void profiles_try_all(struct profiles *p)
{
	p->try_all = true;
}

guint profiles_count(const struct profiles *p)
{
	return p->all->len;
}

const struct profile_def *profiles_def(const struct profiles *p, guint i)
{
	g_assert(i < p->all->len);
	return ((const struct profile *)p->all->pdata[i])->def;
}

/* ---- some of them ---- */

struct profile_set {
	guint n;
	bool has[];		/* by id */
};

static bool name_means(const char *name, const struct profile_def *d)
{
	g_autofree char *base = g_path_get_basename(d->file ? d->file : "");

	if (g_str_has_suffix(base, ".conf"))
		base[strlen(base) - strlen(".conf")] = 0;
	return g_strcmp0(name, d->name) == 0 || strcmp(name, base) == 0;
}

static bool set_add(struct profile_set *s, const struct profiles *p, const char *name)
{
	bool known = false;

	for (guint i = 0; i < p->all->len; i++) {
		const struct profile *profile = p->all->pdata[i];

		if (name_means(name, profile->def))
			known = s->has[profile->id] = true;
	}
	return known;
}

struct profile_set *profiles_subset(const struct profiles *p, const char *const *names, gsize n, GError **err)
{
	struct profile_set *s = g_malloc0(sizeof(*s) + p->all->len * sizeof(s->has[0]));

	s->n = p->all->len;
	for (gsize i = 0; i < n; i++)
		if (!set_add(s, p, names[i])) {
			err_set(err, ERR_CONF, "there is no profile \"%s\", and no file %s.conf of profiles",
				names[i], names[i]);
			profile_set_free(s);
			return NULL;
		}
	return s;
}

void profile_set_free(struct profile_set *s)
{
	g_free(s);
}

struct generic *profiles_generic(struct profiles *p)
{
	return p->generic;
}

bool profile_allowed(const struct profile *p, const struct profile_set *allowed)
{
	g_assert(!allowed || p->id < allowed->n);
	return !allowed || allowed->has[p->id];
}
