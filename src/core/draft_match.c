#include "draft_private.h"

#include <string.h>

static void add_copy(GArray *to, const struct profile_pattern *r)
{
	struct profile_pattern copy = *r;

	copy.header = g_strdup(r->header);
	copy.pattern = g_strdup(r->pattern);
	g_array_append_val(to, copy);
}

static void add_match(struct draft *d, enum profile_where where, const char *header, const char *pattern)
{
	struct profile_pattern r = { .where = where, .header = g_strdup(header), .pattern = g_strdup(pattern) };

	g_array_append_val(d->def->match, r);
}

/* ---- From ---- */

/* The address of a From field; NULL: none. */
static const char *address_of(const struct draft *d, const char *from)
{
	const char *open = strrchr(from, '<'), *close = open ? strchr(open, '>') : NULL;
	const char *address = close ? arena_strndup(d->arena, open + 1, (gsize)(close - open) - 1) : from;

	return pattern_holds(d->patterns[DRAFT_ADDRESS], d->scratch, address, 200) && strchr(address, '@') &&
	       strlen(address) <= 200 && !strpbrk(address, " \t<>/") ? address : NULL;
}

/* The address that all have, or "@domain" if that is all they share; NULL: neither. */
static const char *common_address(const struct draft *d)
{
	const char *first = address_of(d, d->mails[0].letter->from);
	bool whole = first != NULL, domain = first != NULL;

	for (guint i = 1; i < d->n && domain; i++) {
		const char *other = address_of(d, d->mails[i].letter->from);

		whole = whole && other && g_ascii_strcasecmp(first, other) == 0;
		domain = other && g_ascii_strcasecmp(strrchr(first, '@'), strrchr(other, '@')) == 0;
	}
	return whole ? first : domain ? strrchr(first, '@') : NULL;
}

static bool match_from(struct draft *d)
{
	const char *address = common_address(d);

	if (!address)
		return false;
	add_match(d, WHERE_FROM, NULL, arena_printf(d->arena, "(?i)%s%s(?![\\w.-])",
						    g_ascii_isalnum(*address) ? "(?<![\\w.+-])" : "",
						    draft_escape(d, address, strlen(address))));
	return true;
}

/* ---- words that all have ---- */

/* How many words stand constant from token i on in its line, at most max; *to_r is behind the last. */
static guint run_of(const struct draft_place *p, guint i, guint max, guint *to_r)
{
	guint words = 0;

	for (*to_r = i;
	     i < p->n && words < max && draft_token_fixed(&p->tokens[i]) && !(words > 0 && p->tokens[i].first);
	     i++) {
		words += p->tokens[i].type == DRAFT_WORD && p->tokens[i].size > 1;
		if (p->tokens[i].type == DRAFT_WORD || p->text[p->tokens[i].from] == ':')
			*to_r = i + 1;
	}
	return words;
}

/* Does each sample hold it there? */
static bool all_hold(const struct draft *d, guint place, const char *text)
{
	struct pattern *pattern = pattern_new(text, NULL);
	bool all = pattern != NULL;

	for (guint i = 0; i < d->n && all; i++)
		all = pattern_holds(pattern, d->scratch, d->mails[i].places[place].text, 16 * 1024);
	pattern_free(pattern);
	return all;
}

/* The beginning of the subject, or else the longest run of words in it. */
static bool match_subject(struct draft *d)
{
	const struct draft_place *p = &d->mails[0].places[PLACE_SUBJECT];
	guint best = 0, from = 0, to = 0;

	for (guint i = 0; i < d->n; i++)
		if (d->mails[i].places[PLACE_SUBJECT].n == 0)
			return false;
	for (guint i = 0; i < p->n; i++) {
		guint end, words = run_of(p, i, 2, &end);

		if (words > best)
			best = words, from = i, to = end;
		if (i == 0 && best > 0)
			break;
	}
	/* What stands together here may be apart in another sample. */
	for (; best > 0 && to > from; to--) {
		const char *text = arena_printf(d->arena, "%s%s", from == 0 ? "^" : "",
						draft_words_pattern(d, p, from, to));

		if (!all_hold(d, PLACE_SUBJECT, text))
			continue;
		add_match(d, WHERE_SUBJECT, NULL, text);
		return true;
	}
	return false;
}

static bool same_pattern(const struct draft *d, enum profile_where where, const char *pattern)
{
	for (guint i = 0; i < d->def->match->len; i++)
		if (g_array_index(d->def->match, struct profile_pattern, i).where == where &&
		    strcmp(g_array_index(d->def->match, struct profile_pattern, i).pattern, pattern) == 0)
			return true;
	return false;
}

/* The longest run of words, wherever it stands. */
static bool match_run(struct draft *d, guint place)
{
	const struct draft_place *p = &d->mails[0].places[place];
	const char *best = NULL;
	guint most = 1;

	for (guint i = 0; i < p->n; i++) {
		guint to, words = p->tokens[i].type == DRAFT_WORD ? run_of(p, i, 5, &to) : 0;
		const char *pattern = words > most ? draft_words_pattern(d, p, i, to) : NULL;

		if (pattern && all_hold(d, place, pattern))
			most = words, best = pattern;
	}
	if (best)
		add_match(d, p->where, NULL, best);
	return best != NULL;
}

/* The beginnings of up to two lines in which something was recognised. */
static bool match_place(struct draft *d, guint place)
{
	const struct draft_place *p = &d->mails[0].places[place];
	guint line = 0, found = 0;

	for (guint i = 0; i < p->n && found < 2; i++) {
		guint to;
		const char *pattern;

		if (p->tokens[i].first)
			line = i;
		if (p->tokens[i].field < 0 || run_of(p, line, 3, &to) == 0)
			continue;
		pattern = arena_printf(d->arena, "^\\h*%s", draft_words_pattern(d, p, line, to));
		if (!same_pattern(d, p->where, pattern) && all_hold(d, place, pattern)) {
			add_match(d, p->where, NULL, pattern);
			found++;
		}
	}
	return found > 0 || match_run(d, place);
}

/* What programs put there, up to the first digit: "<Asterisk-", "PHPMailer ". */
static bool match_header(struct draft *d, const char *name)
{
	const char *first = letter_header(d->mails[0].letter, name);
	gsize n = first ? strcspn(first, "0123456789") : 0;

	for (guint i = 0; i < d->n; i++) {
		const char *value = letter_header(d->mails[i].letter, name);

		if (n < 5 || n > 80 || !value || strncmp(value, first, n) != 0 ||
		    strchr("abcdefABCDEF<", first[n - 1]))
			return false;
	}
	add_match(d, WHERE_HEADER, name, arena_printf(d->arena, "^%s", draft_escape(d, first, n)));
	return true;
}

/* A mail with both texts may come without either: the same as another alternative, with the other text. */
static void match_html_instead(struct draft *d, guint n_head)
{
	GArray *match = d->def->match;
	guint n = match->len;

	if (!match_place(d, PLACE_HTML))
		return;
	for (guint i = n; i < match->len; i++)
		g_array_index(match, struct profile_pattern, i).alternative = 1;
	for (guint i = 0; i < n_head; i++) {
		struct profile_pattern r = g_array_index(match, struct profile_pattern, i);

		r.alternative = 1;
		r.header = g_strdup(r.header);
		r.pattern = g_strdup(r.pattern);
		g_array_insert_val(match, n + i, r);
	}
}

bool draft_match(struct draft *d)
{
	bool from = match_from(d), subject = match_subject(d), head = from || subject;
	guint n_head;

	if (!(from && subject))
		head |= match_header(d, "Message-ID") || match_header(d, "X-Mailer");
	if (!from)
		draft_doubt(d, "the samples have no sender in common: say in match who sends them");
	if (!subject)
		draft_doubt(d, "the subjects do not begin alike");
	if (!head)
		draft_doubt(d, "nothing in match looks at the headers, so that the body of every mail is read: "
			       "add a pattern for From or Subject");
	n_head = d->def->match->len;
	if (from && subject)
		for (guint i = 0; i < n_head; i++)
			add_copy(d->def->signature, &g_array_index(d->def->match, struct profile_pattern, i));
	if (match_place(d, PLACE_TEXT))
		match_html_instead(d, n_head);
	else if (!match_place(d, PLACE_HTML) && !subject)
		return false;
	return true;
}
