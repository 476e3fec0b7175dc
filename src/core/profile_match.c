#include "profile_private.h"

#include <string.h>

/* What patterns see. A notice is a few hundred octets and a transcript; nobody says his name on page ten. */
#define TEXT_MAX (16 * 1024)
#define FIELD_MAX 2048		/* one header, subject or file name */

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

enum profile_where profile_where_in(const struct rule *r, const struct letter *l)
{
	bool no_text = r->where == WHERE_TEXT && l->text[strspn(l->text, " \t\n")] == 0;

	return no_text ? WHERE_HTML : r->where;
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

const char *profile_place_next(const struct rule *r, const struct letter *l, gsize *i)
{
	if (r->where == WHERE_HEADER)
		return header_next(l, r->headers, i);
	if (r->where == WHERE_FILENAME)
		return filename_next(l, i);
	return (*i)++ == 0 ? single(l, profile_where_in(r, l)) : NULL;
}

bool profile_holds_in(const struct rule *r, struct pattern_scratch *s, const char *text)
{
	bool body = r->where == WHERE_TEXT || r->where == WHERE_HTML || r->where == WHERE_LINK;

	return pattern_holds(r->pattern, s, text, body ? TEXT_MAX : FIELD_MAX);
}

bool profile_rule_holds(const struct rule *r, const struct letter *l, struct pattern_scratch *s)
{
	const char *text;
	gsize i = 0;

	while ((text = profile_place_next(r, l, &i)))
		if (profile_holds_in(r, s, text))
			return true;
	return false;
}

static bool needs_body(const struct rule *r)
{
	return r->where == WHERE_TEXT || r->where == WHERE_HTML || r->where == WHERE_LINK ||
	       r->where == WHERE_FILENAME;
}

/* ---- the rules of a profile ---- */

static bool any_holds(const GPtrArray *rules, const struct letter *l, struct pattern_scratch *s, bool body)
{
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *r = g_ptr_array_index(rules, i);

		if ((body || !needs_body(r)) && profile_rule_holds(r, l, s))
			return true;
	}
	return false;
}

/* Do all the rules of one alternative hold? */
static bool alternative_holds(const GPtrArray *rules, const struct letter *l, struct pattern_scratch *s, bool body)
{
	bool holds = true;

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *r = g_ptr_array_index(rules, i);

		if (i > 0 && r->alternative != ((struct rule *)g_ptr_array_index(rules, i - 1))->alternative) {
			if (holds)
				return true;
			holds = true;
		}
		if (holds && (body || !needs_body(r)))
			holds = profile_rule_holds(r, l, s);
	}
	return holds;
}

const struct profile *profile_find(const struct profiles *p, const struct letter *l, struct pattern_scratch *s,
				   const struct profile_set *allowed, bool body)
{
	if (any_holds(p->never, l, s, body))
		return NULL;
	for (guint i = 0; i < p->all->len; i++) {
		const struct profile *profile = g_ptr_array_index(p->all, i);

		if (profile_allowed(profile, allowed) && alternative_holds(profile->match, l, s, body) &&
		    !any_holds(profile->reject, l, s, body))
			return profile;
	}
	return NULL;
}

/* Does a profile of the same product say that it knows the letter and that it is no notice? */
static bool product_rejects(const struct profiles *p, const struct profile *of, const struct letter *l,
			    struct pattern_scratch *s, bool body)
{
	for (guint i = 0; i < p->all->len; i++) {
		const struct profile *profile = g_ptr_array_index(p->all, i);

		if (g_strcmp0(profile->def->file, of->def->file) == 0 && any_holds(profile->reject, l, s, body))
			return true;
	}
	return false;
}

const struct profile *profile_signed(const struct profiles *p, const struct letter *l, struct pattern_scratch *s,
				     const struct profile_set *allowed, bool body)
{
	if (any_holds(p->never, l, s, body))
		return NULL;
	for (guint i = 0; i < p->all->len; i++) {
		const struct profile *profile = g_ptr_array_index(p->all, i);

		if (profile_allowed(profile, allowed) && profile->signature->len > 0 &&
		    alternative_holds(profile->signature, l, s, body) && !product_rejects(p, profile, l, s, body))
			return profile;
	}
	return NULL;
}

bool profiles_may_match(const struct profiles *p, const struct letter *l, const struct profile_set *allowed)
{
	struct pattern_scratch *s = pattern_scratch_new();
	bool may = profile_find(p, l, s, allowed, false) || profile_signed(p, l, s, allowed, false);

	pattern_scratch_free(s);
	return may;
}
