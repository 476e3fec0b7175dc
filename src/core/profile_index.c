#include "profile_index.h"

#include <string.h>

#include "literal.h"

#define BITS 65536
#define HEADER_NAME_MAX 80		/* octets of a header name, with NUL */

/* One alternative may hold where literal stands there. */
struct key {
	enum profile_where where;
	const struct header *header;	/* WHERE_HEADER */
	char *literal;			/* folded; NULL: it is enough that the header is there */
	gsize size;
	guint id;
	guint8 what;
};

struct header {
	GArray *present;	/* struct key, without literals */
	bool scanned;		/* there are keys with literals */
};

struct profile_index {
	GArray *always;		/* struct key */
	GHashTable *headers;	/* char * in lower case -> struct header * */
	GHashTable *begins;	/* the first four octets of literals -> GArray of struct key */
	guint8 bits[BITS / 8];	/* which of those may be there: asked first */
};

/* ---- making ---- */

static void key_clear(void *p)
{
	g_free(((struct key *)p)->literal);
}

static GArray *keys_new(void)
{
	GArray *keys = g_array_new(FALSE, TRUE, sizeof(struct key));

	g_array_set_clear_func(keys, key_clear);
	return keys;
}

static void header_free(void *p)
{
	g_array_unref(((struct header *)p)->present);
	g_free(p);
}

struct profile_index *profile_index_new(void)
{
	struct profile_index *x = g_new0(struct profile_index, 1);

	x->always = keys_new();
	x->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, header_free);
	x->begins = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
	return x;
}

void profile_index_free(struct profile_index *x)
{
	g_array_unref(x->always);
	g_hash_table_unref(x->headers);
	g_hash_table_unref(x->begins);
	g_free(x);
}

static guint32 begin_of(const char *literal)
{
	guint32 begin;

	memcpy(&begin, literal, sizeof(begin));
	return begin;
}

static guint bit_of(guint32 begin)
{
	return (begin * 2654435761u >> 16) % BITS;
}

static struct header *header_of(struct profile_index *x, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	struct header *h = g_hash_table_lookup(x->headers, lower);

	if (!h) {
		h = g_new0(struct header, 1);
		h->present = keys_new();
		g_hash_table_insert(x->headers, g_steal_pointer(&lower), h);
	}
	return h;
}

static void add_literal(struct profile_index *x, struct key key, const char *literal)
{
	guint32 begin = begin_of(literal);
	GArray *keys = g_hash_table_lookup(x->begins, GUINT_TO_POINTER(begin));

	key.literal = g_strdup(literal);
	key.size = strlen(literal);
	if (!keys) {
		keys = keys_new();
		g_hash_table_insert(x->begins, GUINT_TO_POINTER(begin), keys);
	}
	g_array_append_val(keys, key);
	x->bits[bit_of(begin) / 8] |= (guint8)(1 << bit_of(begin) % 8);
}

/* In one place, one header say. */
static void add_at(struct profile_index *x, struct key key, struct header *h, const GPtrArray *literals)
{
	key.header = h;
	if (!literals) {
		g_array_append_val(h->present, key);
		return;
	}
	if (h)
		h->scanned = true;
	for (guint i = 0; i < literals->len; i++)
		add_literal(x, key, literals->pdata[i]);
}

static void add_rule(struct profile_index *x, struct key key, const struct profile_pattern *p, const GPtrArray *literals)
{
	g_auto(GStrv) names = p->header ? g_strsplit(p->header, "|", -1) : NULL;

	key.where = p->where;
	if (!names)
		add_at(x, key, NULL, literals);
	for (gsize i = 0; names && names[i]; i++) {
		if (strlen(names[i]) < HEADER_NAME_MAX)
			add_at(x, key, header_of(x, names[i]), literals);
		else
			g_array_append_val(x->always, key);
	}
}

static gsize shortest(const GPtrArray *literals)
{
	gsize n = G_MAXSIZE;

	for (guint i = 0; i < literals->len; i++)
		n = MIN(n, strlen(literals->pdata[i]));
	return n;
}

/* Adds the rule of the alternative that lets the fewest letters through: the one with the longest literals, else a header
 * that must be there. */
static void add_alternative(struct profile_index *x, const struct profile_pattern *p, gsize n, struct key key)
{
	const struct profile_pattern *best = NULL;
	g_autoptr(GPtrArray) best_literals = NULL;

	for (gsize i = 0; i < n; i++) {
		bool head = p[i].where == WHERE_HEADER || p[i].where == WHERE_SUBJECT || p[i].where == WHERE_FROM;
		GPtrArray *literals = head ? literal_required(p[i].pattern) : NULL;

		if (literals && (!best_literals || shortest(literals) > shortest(best_literals))) {
			g_clear_pointer(&best_literals, g_ptr_array_unref);
			best_literals = g_steal_pointer(&literals);
			best = &p[i];
		} else if (p[i].where == WHERE_HEADER && !best) {
			best = &p[i];
		}
		g_clear_pointer(&literals, g_ptr_array_unref);
	}
	if (best)
		add_rule(x, key, best, best_literals);
	else
		g_array_append_val(x->always, key);
}

void profile_index_add(struct profile_index *x, const GArray *rules, guint id, guint8 what)
{
	const struct profile_pattern *p = (const struct profile_pattern *)rules->data;

	for (gsize from = 0, to; from < rules->len; from = to) {
		for (to = from + 1; to < rules->len && p[to].alternative == p[from].alternative; to++)
			;
		add_alternative(x, p + from, to - from, (struct key){ .id = id, .what = what });
	}
}

/* ---- looking ---- */

static void take_all(const GArray *keys, guint8 *may)
{
	for (guint i = 0; i < keys->len; i++) {
		const struct key *k = &g_array_index(keys, struct key, i);

		may[k->id] |= k->what;
	}
}

/* Those whose literal begins at s. */
static void take_at(const struct profile_index *x, enum profile_where where, const struct header *h, const char *s,
		    gsize n, guint8 *may)
{
	const GArray *keys = g_hash_table_lookup(x->begins, GUINT_TO_POINTER(begin_of(s)));

	for (guint i = 0; keys && i < keys->len; i++) {
		const struct key *k = &g_array_index(keys, struct key, i);

		if (k->where == where && k->header == h && k->size <= n && memcmp(s, k->literal, k->size) == 0)
			may[k->id] |= k->what;
	}
}

static void scan(const struct profile_index *x, enum profile_where where, const struct header *h, const char *text,
		 guint8 *may)
{
	char folded[FIELD_MAX];
	gsize n = literal_fold(text, strnlen(text, sizeof(folded)), folded);

	for (gsize i = 0; i + LITERAL_MIN <= n; i++) {
		guint bit = bit_of(begin_of(folded + i));

		if (x->bits[bit / 8] & 1 << bit % 8)
			take_at(x, where, h, folded + i, n - i, may);
	}
}

static void look_at_header(const struct profile_index *x, const struct letter_header *header, guint8 *may)
{
	char lower[HEADER_NAME_MAX];
	const struct header *h;
	gsize n = 0;

	for (; header->name[n] && n < sizeof(lower) - 1; n++)
		lower[n] = g_ascii_tolower(header->name[n]);
	lower[n] = 0;
	h = header->name[n] ? NULL : g_hash_table_lookup(x->headers, lower);
	if (!h)
		return;
	take_all(h->present, may);
	if (h->scanned)
		scan(x, WHERE_HEADER, h, header->value, may);
}

void profile_index_look(const struct profile_index *x, const struct letter *l, guint8 *may)
{
	take_all(x->always, may);
	scan(x, WHERE_SUBJECT, NULL, l->subject, may);
	scan(x, WHERE_FROM, NULL, l->from, may);
	for (gsize i = 0; i < l->n_headers; i++)
		look_at_header(x, &l->headers[i], may);
}
