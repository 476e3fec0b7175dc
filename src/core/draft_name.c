#include "draft_private.h"

#include <string.h>

#define NAME_TOKENS 9

/* Small words that are part of a name: "van der Berg". */
static bool is_particle(const char *s, gsize size)
{
	static const char *const particles[] = {
		"von", "vom", "van", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le",
		"zu", "af", "al", "el", "y", "und", "and", "et", "e", "i", "of", "the", "ter", "ten",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(particles); i++)
		if (strlen(particles[i]) == size && strncmp(particles[i], s, size) == 0)
			return true;
	return false;
}

/* But not as in "l'Étoile". */
static bool starts_small(const struct draft_place *p, guint i)
{
	const char *s = p->text + p->tokens[i].from;

	return g_unichar_islower(g_utf8_get_char(s)) && !(p->tokens[i].size > 2 && s[1] == '\'');
}

/* "Number:" and the like: the next label begins. */
static bool label_at(const struct draft_place *p, guint i)
{
	for (guint k = i; k < p->n && k < i + 4; k++) {
		if (k > i && (p->tokens[k].first || draft_is_mark(p, k, ':')))
			return draft_is_mark(p, k, ':');
		if (p->tokens[k].type != DRAFT_WORD && !draft_is_mark(p, k, '/'))
			return false;
	}
	return false;
}

/* A word that is in all samples is none of a name, unless it only happens to be: a first name. */
static bool is_frame(const struct draft *d, const struct draft_place *p, guint i)
{
	const struct draft_token *t = &p->tokens[i];

	if (is_particle(p->text + t->from, t->size))
		return false;
	return d->n > 1 && t->constant && (starts_small(p, i) || t->role != ROLE_NONE);
}

/* Where a name that begins at i ends; i: there is none. */
static guint name_end(const struct draft *d, const struct draft_place *p, guint i)
{
	bool quoted = i > 0 && draft_is_mark(p, i - 1, '"'), small = i < p->n && starts_small(p, i);
	guint k = i;

	for (; k < p->n && k < i + NAME_TOKENS && (k == i || !p->tokens[k].first); k++) {
		const struct draft_token *t = &p->tokens[k];

		if (t->field >= 0 || (t->type != DRAFT_WORD && t->type != DRAFT_MARK && t->type != DRAFT_DIGITS))
			break;
		if (quoted ? draft_is_mark(p, k, '"') :
			     t->type == DRAFT_MARK && strchr("\"<>()[],;:!?|", p->text[t->from]))
			break;
		if (quoted || t->type != DRAFT_WORD)
			continue;
		if (label_at(p, k) || is_frame(d, p, k))
			break;
		if (k > i && !small && starts_small(p, k) && !is_particle(p->text + t->from, t->size))
			break;
	}
	while (k > i && p->tokens[k - 1].type == DRAFT_MARK && strchr(".-/", p->text[p->tokens[k - 1].from]))
		k--;
	while (k > i && is_particle(p->text + p->tokens[k - 1].from, p->tokens[k - 1].size))
		k--;
	return k;
}

static bool is_name(const struct draft_place *p, guint from, guint to)
{
	bool word = false;

	for (guint i = from; i < to; i++) {
		const struct draft_token *t = &p->tokens[i];

		word |= t->type == DRAFT_WORD && t->role == ROLE_NONE;
	}
	return word;
}

static bool caller_follows(const struct draft_place *p, guint i)
{
	while (i < p->n && p->tokens[i].type == DRAFT_MARK && strchr("\"<([-,/|", p->text[p->tokens[i].from]))
		i++;
	return i < p->n && p->tokens[i].field == FIELD_CALLER;
}

static bool says_nobody(const struct draft *d, const struct draft_place *p, guint from, guint to)
{
	g_autofree char *folded = g_utf8_casefold(draft_text(d, p, from, to), -1);

	for (guint i = 0; draft_withheld[i]; i++)
		if (strcmp(folded, draft_withheld[i]) == 0)
			return true;
	return false;
}

static int name_score(const struct draft *d, const struct draft_place *p, guint from, guint to)
{
	struct draft_label l = draft_label(p, from);
	int score = l.name ? 6 : l.role == ROLE_CALLER ? 5 : l.role == ROLE_FROM && l.plain ? 3 : 0;
	bool varies = d->n == 1;

	if (l.role == ROLE_CALLED || l.role == ROLE_TO || l.role == ROLE_OTHER || l.role == ROLE_TIME ||
	    l.role == ROLE_LENGTH || l.role == ROLE_TRANSCRIPT)
		return -9;
	for (guint i = from; i < to; i++)
		varies |= !p->tokens[i].constant;
	if (says_nobody(d, p, from, to))
		return score + 2;
	return score + (caller_follows(p, to) ? 5 : 0) - (varies ? 0 : 4) - (l.number && !l.name ? 4 : 0);
}

/* After the number: 020 7946 0123 (Jane Doe), 020 7946 0123 - Jane Doe. */
static guint after_caller(const struct draft_place *p)
{
	guint i = p->finds[FIELD_CALLER].to;
	bool mark = i > 0 && (draft_is_mark(p, i, '(') || draft_is_mark(p, i, '-') || draft_is_mark(p, i, ','));

	return mark && i + 1 < p->n && !p->tokens[i + 1].first ? i + 1 : p->n;
}

/* Where a name may begin: after a label, at the beginning of a line or a quote. */
static bool may_begin(const struct draft_place *p, guint i)
{
	const struct draft_token *before = i > 0 ? &p->tokens[i - 1] : NULL;

	if (p->tokens[i].type != DRAFT_WORD || p->tokens[i].field >= 0 ||
	    is_particle(p->text + p->tokens[i].from, p->tokens[i].size))
		return false;
	return !before || p->tokens[i].first || before->type == DRAFT_MARK || before->role == ROLE_FROM ||
	       before->role == ROLE_CALLER || before->role == ROLE_NAME;
}

void draft_find_name(const struct draft *d, struct draft_place *p)
{
	struct draft_find best = { .score = 2 };
	guint bracket = after_caller(p);

	for (guint i = 0; i < p->n; i++) {
		guint to = may_begin(p, i) ? name_end(d, p, i) : i;
		int score;

		if (to == i || !is_name(p, i, to))
			continue;
		score = name_score(d, p, i, to) + (i == bracket ? 5 : 0);
		if (score > best.score)
			best = (struct draft_find){ i, to, score };
	}
	if (best.to)
		draft_mark(p, FIELD_CALLER_NAME, best.from, best.to, best.score);
}
