/* A reader of regular expressions that knows the common forms, and gives up at all others: then nothing is required,
 * which is always true. */
#include "literal.h"

#include <stdbool.h>
#include <string.h>

#define SET_MAX 64		/* strings of one expression */
#define DEPTH_MAX 16

gsize literal_fold(const char *s, gsize n, char *to)
{
	const char *start = to;

	for (gsize i = 0; i < n; i++) {
		/* U+017F is an "s" without case, U+212A a "k". */
		if (n - i >= 2 && memcmp(s + i, "\305\277", 2) == 0) {
			*to++ = 's';
			i += 1;
		} else if (n - i >= 3 && memcmp(s + i, "\342\204\252", 3) == 0) {
			*to++ = 'k';
			i += 2;
		} else {
			*to++ = g_ascii_tolower(s[i]);
		}
	}
	return (gsize)(to - start);
}

struct reader {
	const char *p;
	bool caseless, lost;
	int depth;
};

/* The best that one branch has so far, and the literal that is being read. */
struct branch {
	GPtrArray *best;
	GString *run;
};

static GPtrArray *set_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

static void set_free(GPtrArray *set)
{
	if (set)
		g_ptr_array_unref(set);
}

static gsize score(const GPtrArray *set)
{
	gsize least = G_MAXSIZE;

	for (guint i = 0; set && i < set->len; i++)
		least = MIN(least, strlen(set->pdata[i]));
	return set && set->len ? least : 0;
}

/* Takes set. */
static void offer(struct branch *b, GPtrArray *set)
{
	if (score(set) > score(b->best)) {
		set_free(b->best);
		b->best = set;
	} else {
		set_free(set);
	}
}

static void end_run(struct branch *b)
{
	g_autofree char *folded = g_malloc(b->run->len + 1);
	gsize n = literal_fold(b->run->str, b->run->len, folded);

	folded[n] = 0;
	if (n >= LITERAL_MIN) {
		GPtrArray *set = set_new();

		g_ptr_array_add(set, g_steal_pointer(&folded));
		offer(b, set);
	}
	g_string_truncate(b->run, 0);
}

/* Reads a quantifier; *least_r is how often at least (1 without one). False if there is none. */
static bool quantifier(struct reader *r, guint64 *least_r)
{
	char *end;

	*least_r = 1;
	if (*r->p == '{' && g_ascii_isdigit(r->p[1])) {
		*least_r = g_ascii_strtoull(r->p + 1, &end, 10);
		r->p = end + strspn(end, ",0123456789");
		r->lost |= *r->p != '}';
	} else if (*r->p == '?' || *r->p == '*') {
		*least_r = 0;
	} else if (*r->p != '+') {
		return false;
	}
	r->p += *r->p != 0;
	r->p += *r->p == '?' || *r->p == '+';	/* lazy, possessive */
	return true;
}

static GPtrArray *alternatives(struct reader *r);

/* "(?i)" and the like at the very front. */
static void options(struct reader *r)
{
	gsize n;

	while (r->p[0] == '(' && r->p[1] == '?' && (n = strspn(r->p + 2, "ims")) > 0 && r->p[2 + n] == ')') {
		r->caseless |= memchr(r->p + 2, 'i', n) != NULL;
		r->p += n + 3;
	}
}

/* Behind the "(" and what says of which kind the group is. *counts_r: what is in it must be in the text. */
static void group_begin(struct reader *r, bool *counts_r)
{
	static const char *const looks[] = { "?=", "?!", "?<=", "?<!" };

	*counts_r = true;
	r->p++;
	for (gsize i = 0; i < G_N_ELEMENTS(looks); i++)
		if (g_str_has_prefix(r->p, looks[i])) {
			*counts_r = false;
			r->p += strlen(looks[i]);
			return;
		}
	if (g_str_has_prefix(r->p, "?:") || g_str_has_prefix(r->p, "?>")) {
		r->p += 2;
	} else if (g_str_has_prefix(r->p, "?<") && strchr(r->p, '>')) {
		r->p = strchr(r->p, '>') + 1;
	} else if (*r->p == '?' || *r->p == '*') {
		r->lost = true;
	}
}

static void group(struct reader *r, struct branch *b)
{
	GPtrArray *set;
	guint64 least;
	bool counts;

	end_run(b);
	group_begin(r, &counts);
	r->lost |= r->depth >= DEPTH_MAX;
	if (r->lost)
		return;
	r->depth++;
	set = alternatives(r);
	r->depth--;
	r->lost |= *r->p != ')';
	r->p += *r->p != 0;
	quantifier(r, &least);
	if (counts && least > 0)
		offer(b, set);
	else
		set_free(set);
}

static void skip_class(struct reader *r)
{
	r->p++;
	r->p += *r->p == '^';
	r->p += *r->p == ']';
	while (*r->p && *r->p != ']') {
		const char *posix = r->p[0] == '[' && r->p[1] == ':' ? strstr(r->p, ":]") : NULL;

		if (posix)
			r->p = posix + 2;
		else
			r->p += *r->p == '\\' && r->p[1] ? 2 : 1;
	}
	r->lost |= *r->p != ']';
	r->p += *r->p != 0;
}

/* At a backslash: a sign that stands for itself, or false behind an escape that stands for something else. */
static bool escaped(struct reader *r)
{
	r->p++;
	if ((unsigned char)*r->p < 0x80 && g_ascii_ispunct(*r->p))
		return true;
	if (*r->p == 'p' || *r->p == 'P') {
		const char *end = r->p[1] == '{' ? strchr(r->p, '}') : r->p + 1;

		r->lost |= !end || !*end;
		r->p = r->lost ? r->p : end;
	} else {
		r->lost |= !*r->p || !strchr("dDsSwWbBAzZtnrRhHvV", *r->p);
	}
	r->p += *r->p != 0;
	return false;
}

/* One character that stands for itself, and how often. */
static void literal(struct reader *r, struct branch *b)
{
	gsize n = (gsize)(g_utf8_next_char(r->p) - r->p), before = b->run->len;
	bool other_case = r->caseless && n > 1;
	guint64 least;

	g_string_append_len(b->run, r->p, (gssize)n);
	r->p += n;
	if (!quantifier(r, &least) && !other_case)
		return;
	if (least == 0 || other_case)
		g_string_truncate(b->run, before);
	end_run(b);
}

static void atom(struct reader *r, struct branch *b)
{
	guint64 least;

	if (*r->p == '(') {
		group(r, b);
		return;
	}
	if (*r->p == '\\' ? escaped(r) : !strchr("[.^$*+?{", *r->p)) {
		literal(r, b);
		return;
	}
	end_run(b);
	if (*r->p == '[')
		skip_class(r);
	else if (*r->p && strchr(".^$", *r->p))
		r->p++;
	else if (*r->p && strchr("*+?{", *r->p))
		r->lost |= !quantifier(r, &least);
	if (*r->p && strchr("*+?{", *r->p))
		r->lost |= !quantifier(r, &least);
}

static GPtrArray *branch(struct reader *r)
{
	struct branch b = { NULL, g_string_new(NULL) };

	while (*r->p && *r->p != '|' && *r->p != ')' && !r->lost)
		atom(r, &b);
	end_run(&b);
	g_string_free(b.run, TRUE);
	return b.best;
}

/* Every branch must have something. */
static GPtrArray *alternatives(struct reader *r)
{
	GPtrArray *all = set_new();
	bool none = false;

	for (;;) {
		GPtrArray *one = branch(r);

		none |= !one || all->len + one->len > SET_MAX;
		for (guint i = 0; !none && i < one->len; i++)
			g_ptr_array_add(all, g_strdup(one->pdata[i]));
		set_free(one);
		if (r->lost || *r->p != '|')
			break;
		r->p++;
	}
	if (!none)
		return all;
	set_free(all);
	return NULL;
}

GPtrArray *literal_required(const char *regex)
{
	struct reader r = { .p = regex };
	GPtrArray *set;

	options(&r);
	set = alternatives(&r);
	if (set && !r.lost && !*r.p)
		return set;
	set_free(set);
	return NULL;
}
