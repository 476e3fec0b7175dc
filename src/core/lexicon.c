#include "lexicon.h"

#include <string.h>

#define WORD_OCTETS_MAX 64	/* longer ones are no word of ours */
#define PHRASE_WORDS_MAX 12
#define GAP_WORDS_MAX 5
#define GAP 0u			/* in a phrase; in a text 0 is a word that no phrase has */

struct phrase {
	guint tag, language;
	int value;
	guint n_words;
	guint words[PHRASE_WORDS_MAX];
};

struct lexicon {
	GHashTable *ids;	/* word as compared -> its number, from 1 */
	GPtrArray *by_first;	/* [number of the first word] GArray of struct phrase */
};

struct token {
	gsize start, end;
	guint word;
	bool first;	/* on its line */
};

struct lexicon *lexicon_new(void)
{
	struct lexicon *x = g_new0(struct lexicon, 1);

	x->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	x->by_first = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
	g_ptr_array_add(x->by_first, g_array_new(FALSE, FALSE, sizeof(struct phrase)));
	return x;
}

void lexicon_free(struct lexicon *x)
{
	if (!x)
		return;
	g_hash_table_unref(x->ids);
	g_ptr_array_unref(x->by_first);
	g_free(x);
}

/* ---- words ---- */

static bool is_word_char(gunichar c)
{
	return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

/* The next word of text from *at on; false after the last. */
static bool next_word(const char *text, gsize size, gsize *at, struct token *t_r)
{
	const char *p = text + *at, *end = text + size;

	t_r->first = *at == 0;
	for (; p < end && !is_word_char(g_utf8_get_char(p)); p = g_utf8_next_char(p))
		t_r->first |= *p == '\n';
	if (p >= end)
		return false;
	t_r->start = (gsize)(p - text);
	while (p < end && is_word_char(g_utf8_get_char(p)))
		p = g_utf8_next_char(p);
	t_r->end = *at = (gsize)(p - text);
	return true;
}

/* As words are compared: case folded, without accents. buf has room for the ASCII ones. */
static const char *fold(const char *word, gsize size, char buf[WORD_OCTETS_MAX + 1], char **made_r)
{
	g_autofree char *folded = NULL, *apart = NULL;
	GString *bare;
	gsize i;

	for (i = 0; i < size && (guchar)word[i] < 0x80; i++)
		buf[i] = g_ascii_tolower(word[i]);
	buf[i] = '\0';
	if (i == size)
		return buf;
	folded = g_utf8_casefold(word, (gssize)size);
	apart = g_utf8_normalize(folded, -1, G_NORMALIZE_ALL);
	bare = g_string_new(NULL);
	for (const char *p = apart ? apart : ""; *p; p = g_utf8_next_char(p))
		if (!g_unichar_ismark(g_utf8_get_char(p)))
			g_string_append_unichar(bare, g_utf8_get_char(p));
	return *made_r = g_string_free(bare, FALSE);
}

static guint word_number(const struct lexicon *x, const char *text, const struct token *t)
{
	char buf[WORD_OCTETS_MAX + 1];
	g_autofree char *made = NULL;
	gsize size = t->end - t->start;

	if (size > WORD_OCTETS_MAX)
		return 0;
	return GPOINTER_TO_UINT(g_hash_table_lookup(x->ids, fold(text + t->start, size, buf, &made)));
}

static guint word_learn(struct lexicon *x, const char *text, const struct token *t)
{
	guint number = word_number(x, text, t);
	char buf[WORD_OCTETS_MAX + 1];
	g_autofree char *made = NULL;

	if (number || t->end - t->start > WORD_OCTETS_MAX)
		return number;
	g_hash_table_insert(x->ids, g_strdup(fold(text + t->start, t->end - t->start, buf, &made)),
			    GUINT_TO_POINTER(x->by_first->len));
	g_ptr_array_add(x->by_first, g_array_new(FALSE, FALSE, sizeof(struct phrase)));
	return x->by_first->len - 1;
}

/* ---- phrases ---- */

bool lexicon_add(struct lexicon *x, const char *phrase, guint tag, guint language, int value)
{
	struct phrase p = { .tag = tag, .language = language, .value = value };
	struct token t;
	gsize at = 0, end = 0;

	while (next_word(phrase, strlen(phrase), &at, &t)) {
		bool gap = p.n_words && memchr(phrase + end, '*', t.start - end);

		if (p.n_words + gap >= PHRASE_WORDS_MAX)
			return false;
		if (gap)
			p.words[p.n_words++] = GAP;
		p.words[p.n_words] = word_learn(x, phrase, &t);
		if (!p.words[p.n_words++])
			return false;
		end = t.end;
	}
	if (!p.n_words || strchr(phrase + end, '*') || *phrase == '*')
		return false;
	g_array_append_val((GArray *)g_ptr_array_index(x->by_first, p.words[0]), p);
	return true;
}

/* How many of the tokens from the first on a phrase takes from its i-th word on; 0 if it is not there. */
static gsize phrase_length(const struct phrase *p, guint i, const struct token *tokens, gsize n)
{
	gsize taken = 0;

	for (; i < p->n_words && p->words[i] != GAP; i++, taken++)
		if (taken >= n || tokens[taken].word != p->words[i])
			return 0;
	if (i == p->n_words)
		return taken;
	for (gsize skip = 0; skip <= GAP_WORDS_MAX && taken + skip < n; skip++) {
		gsize rest = phrase_length(p, i + 1, tokens + taken + skip, n - taken - skip);

		if (rest)
			return taken + skip + rest;
	}
	return 0;
}

/* The longest phrases that begin at the first token; gives how many tokens they are. */
static gsize match_here(const struct lexicon *x, const struct token *tokens, gsize n, GArray *found)
{
	const GArray *phrases = g_ptr_array_index(x->by_first, tokens[0].word);
	gsize longest = 0;
	guint keep = found->len;

	for (guint i = 0; i < phrases->len; i++) {
		const struct phrase *p = &g_array_index(phrases, struct phrase, i);
		gsize length = phrase_length(p, 0, tokens, n);
		struct lexicon_match m = { p->tag, p->language, p->value, tokens[0].start, 0, tokens[0].first };

		if (!length || length < longest)
			continue;
		if (length > longest)
			g_array_set_size(found, keep);
		longest = length;
		m.end = tokens[length - 1].end;
		g_array_append_val(found, m);
	}
	return longest;
}

const struct lexicon_match *lexicon_find(const struct lexicon *x, const char *text, gsize size, struct arena *a,
					 gsize *n_r)
{
	g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(struct token));
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct lexicon_match));
	struct lexicon_match *copy;
	struct token t;
	gsize at = 0;

	g_assert(size <= 1024 * 1024);
	while (next_word(text, size, &at, &t)) {
		t.word = word_number(x, text, &t);
		g_array_append_val(tokens, t);
	}
	for (gsize i = 0; i < tokens->len;) {
		gsize taken = match_here(x, &g_array_index(tokens, struct token, i), tokens->len - i, found);

		i += MAX(taken, 1);
	}
	copy = arena_alloc(a, MAX(found->len, 1) * sizeof(*copy));
	if (found->len)
		memcpy(copy, found->data, found->len * sizeof(*copy));
	*n_r = found->len;
	return copy;
}
