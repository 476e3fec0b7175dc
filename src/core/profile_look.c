#include "profile_private.h"

#include <string.h>

/* What patterns see. A notice is a few hundred octets and a transcript; nobody says his name on page ten. */
#define TEXT_MAX (16 * 1024)

void look_begin(struct look *k, const struct profiles *p, const struct letter *l, const struct profile_set *allowed,
		bool body)
{
	*k = (struct look){ .profiles = p, .letter = l, .allowed = allowed, .body = body };
	k->scratch = pattern_scratch_new(PROFILE_STEPS_MAX);
	k->no_text = l->text[strspn(l->text, " \t\n")] == 0;
	k->may = g_malloc0(p->all->len + 1);
	if (p->try_all)
		memset(k->may, MAY_MATCH | MAY_SIGN, p->all->len);
	else
		profile_index_look(p->index, l, k->may);
}

void look_end(struct look *k)
{
	pattern_scratch_free(k->scratch);
	g_free(k->may);
}

/* ---- one rule ---- */

static const char *header_next(const struct letter *l, char *const *names, gsize *i)
{
	for (; *i < l->n_headers; (*i)++)
		for (char *const *name = names; *name; name++)
			if (g_ascii_strcasecmp(l->headers[*i].name, *name) == 0)
				return l->headers[(*i)++].value;
	return NULL;
}

static const char *filename_next(const struct letter *l, gsize *i)
{
	for (; *i < l->n_parts; (*i)++)
		if (l->parts[*i].filename)
			return l->parts[(*i)++].filename;
	return NULL;
}

enum profile_where look_where(const struct look *k, const struct rule *r)
{
	return r->where == WHERE_TEXT && k->no_text ? WHERE_HTML : r->where;
}

static const char *single(const struct letter *l, enum profile_where where)
{
	switch (where) {
	case WHERE_SUBJECT: return l->subject;
	case WHERE_FROM: return l->from;
	case WHERE_TEXT: return l->text;
	case WHERE_HTML: return l->html;
	case WHERE_LINK: return l->links;
	case WHERE_HEADER: case WHERE_FILENAME: case N_WHERE: break;
	}
	return NULL;
}

const char *look_next(const struct look *k, const struct rule *r, gsize *i)
{
	if (r->where == WHERE_HEADER)
		return header_next(k->letter, r->headers, i);
	if (r->where == WHERE_FILENAME)
		return filename_next(k->letter, i);
	return (*i)++ == 0 ? single(k->letter, look_where(k, r)) : NULL;
}

static bool in_head(const struct rule *r)
{
	return r->where == WHERE_HEADER || r->where == WHERE_SUBJECT || r->where == WHERE_FROM;
}

bool rule_is_of_field(const struct rule *r)
{
	return in_head(r) || r->where == WHERE_FILENAME;
}

bool look_holds_in(const struct look *k, const struct rule *r, const char *text)
{
	return pattern_holds(r->pattern, k->scratch, text, rule_is_of_field(r) ? FIELD_MAX : TEXT_MAX);
}

bool look_holds(const struct look *k, const struct rule *r)
{
	const char *text;
	gsize i = 0;

	while ((text = look_next(k, r, &i)))
		if (look_holds_in(k, r, text))
			return true;
	return false;
}

/* ---- the rules of a profile ---- */

static bool can_say(const struct look *k, const struct rule *r)
{
	return k->body || in_head(r);
}

/* The first that holds. */
static const struct rule *any_holds(const struct look *k, const GPtrArray *rules)
{
	for (guint i = 0; i < rules->len; i++)
		if (can_say(k, rules->pdata[i]) && look_holds(k, rules->pdata[i]))
			return rules->pdata[i];
	return NULL;
}

/* Do all the rules of one alternative hold? */
static bool alternative_holds(const struct look *k, const GPtrArray *rules)
{
	bool holds = true;

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *r = rules->pdata[i];

		if (i > 0 && r->alternative != ((struct rule *)rules->pdata[i - 1])->alternative) {
			if (holds)
				return true;
			holds = true;
		}
		if (holds && can_say(k, r))
			holds = look_holds(k, r);
	}
	return holds && rules->len > 0;
}

const struct rule *look_never(const struct look *k)
{
	return any_holds(k, k->profiles->never);
}

static bool may(const struct look *k, const struct profile *p, guint8 what)
{
	return k->may[p->id] & what && profile_allowed(p, k->allowed);
}

const struct profile *look_find(const struct look *k)
{
	const GPtrArray *all = k->profiles->all;

	for (guint i = 0; i < all->len; i++) {
		const struct profile *p = all->pdata[i];

		/* With no steps left nobody knows whether it would have been rejected. */
		if (may(k, p, MAY_MATCH) && alternative_holds(k, p->match) && !any_holds(k, p->reject))
			return pattern_exhausted(k->scratch) ? NULL : p;
	}
	return NULL;
}

/* Does a profile of the same product say that it knows the letter and that it is no notice? */
static bool product_rejects(const struct look *k, const struct profile *of)
{
	const GPtrArray *all = k->profiles->all;

	for (guint i = 0; i < all->len; i++) {
		const struct profile *p = all->pdata[i];

		if (g_strcmp0(p->def->file, of->def->file) == 0 && any_holds(k, p->reject))
			return true;
	}
	return false;
}

const struct profile *look_signed(const struct look *k)
{
	const GPtrArray *all = k->profiles->all;

	for (guint i = 0; i < all->len; i++) {
		const struct profile *p = all->pdata[i];

		if (may(k, p, MAY_SIGN) && alternative_holds(k, p->signature) && !product_rejects(k, p))
			return p;
	}
	return NULL;
}

bool look_refused(const struct look *k)
{
	const GPtrArray *all = k->profiles->all;

	for (guint i = 0; i < all->len; i++) {
		const struct profile *p = all->pdata[i];

		if ((k->may[p->id] & MAY_MATCH && p->reject->len && alternative_holds(k, p->match) &&
		     any_holds(k, p->reject)) ||
		    (k->may[p->id] & MAY_SIGN && alternative_holds(k, p->signature) && product_rejects(k, p)))
			return true;
	}
	return false;
}

bool profiles_may_be_generic(const struct profiles *p, const struct letter *l)
{
	struct look k;
	bool may_be;

	look_begin(&k, p, l, NULL, false);
	may_be = generic_languages(p->generic) > 0 && !look_never(&k);
	look_end(&k);
	return may_be;
}

bool profiles_may_match(const struct profiles *p, const struct letter *l, const struct profile_set *allowed)
{
	struct look k;
	bool may_be;

	look_begin(&k, p, l, allowed, false);
	may_be = !look_never(&k) && (look_find(&k) || look_signed(&k));
	look_end(&k);
	return may_be;
}
