#include "conf_who.h"

#include <string.h>

#define SUMMARY_MAX 500
#define WORDS_MAX 254		/* octets, of an address */

struct who {
	const GPtrArray *people;
	GHashTable *by_mail, *by_words;		/* folded -> index in people, and 1 */
	bool lengths[WORDS_MAX + 1];		/* of by_words: which there are */
};

/* The first who has the words keeps them. */
static void add(GHashTable *table, char *key, guint i)
{
	if (*key && !g_hash_table_contains(table, key))
		g_hash_table_insert(table, key, GUINT_TO_POINTER(i + 1));
	else
		g_free(key);
}

static void add_words(struct who *w, const char *text, guint i)
{
	char *folded = g_utf8_casefold(text ? text : "", -1);
	gsize n = strlen(folded);

	if (n <= WORDS_MAX)
		w->lengths[n] = true;
	add(w->by_words, folded, i);
}

struct who *who_new(const GPtrArray *people)
{
	struct who *w = g_new0(struct who, 1);

	w->people = people;
	w->by_mail = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	w->by_words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < people->len; i++) {
		const struct person *p = people->pdata[i];

		add(w->by_mail, g_ascii_strdown(p->mail, -1), i);
		add_words(w, p->mail, i);
		add_words(w, p->name, i);
		add_words(w, p->id, i);
	}
	return w;
}

void who_free(struct who *w)
{
	if (!w)
		return;
	g_hash_table_unref(w->by_mail);
	g_hash_table_unref(w->by_words);
	g_free(w);
}

static const struct person *person_at(const struct who *w, guint found)
{
	return found ? w->people->pdata[found - 1] : NULL;
}

const struct person *who_by_mail(const struct who *w, char **mails)
{
	guint found = 0;

	for (; *mails && !found; mails++)
		found = GPOINTER_TO_UINT(g_hash_table_lookup(w->by_mail, *mails));
	return person_at(w, found);
}

static bool is_part_of_word(const char *p)
{
	return g_unichar_isalnum(g_utf8_get_char(p));
}

/* Of the words that begin at p and that somebody has, the longest, if none before was longer. */
static void look_at(const struct who *w, const char *p, gsize *best_r, guint *found_r)
{
	char words[WORDS_MAX + 1];

	for (gsize n = MIN(strlen(p), WORDS_MAX); n > 0 && n >= *best_r; n--) {
		guint found;

		if (!w->lengths[n] || (p[n] && ((p[n] & 0xc0) == 0x80 || is_part_of_word(p + n))))
			continue;
		memcpy(words, p, n);
		words[n] = '\0';
		found = GPOINTER_TO_UINT(g_hash_table_lookup(w->by_words, words));
		if (found && (n > *best_r || found < *found_r)) {
			*best_r = n;
			*found_r = found;
		}
	}
}

const struct person *who_by_summary(const struct who *w, const char *summary)
{
	g_autofree char *text = g_utf8_casefold(summary, -1);
	const char *p = text;
	gsize best = 0;
	guint found = 0;

	while (*p && p - text < SUMMARY_MAX) {
		if (p == text || !is_part_of_word(g_utf8_prev_char(p)))
			look_at(w, p, &best, &found);
		p = g_utf8_next_char(p);
	}
	return person_at(w, found);
}
