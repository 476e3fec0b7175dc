#include "profile_private.h"

void profile_trace_init(struct profile_trace *t)
{
	*t = (struct profile_trace){
		.values = g_array_new(FALSE, TRUE, sizeof(struct profile_value)),
		.near = g_array_new(FALSE, TRUE, sizeof(struct profile_near)),
	};
}

void profile_trace_clear(struct profile_trace *t)
{
	g_array_unref(t->values);
	g_array_unref(t->near);
	*t = (struct profile_trace){ .profile = NULL };
}

static void near_at(struct profile_near *n, const struct rule *r)
{
	n->where = r->where;
	n->header = r->source->header;
	n->pattern = r->source->pattern;
	n->line = r->source->line;
}

/* The alternative of `match` that comes closest: the largest share of its rules holds. */
static void near_match(struct profile_near *best, const struct profile *p, const struct look *k)
{
	const GPtrArray *rules = p->match;

	for (guint i = 0; i < rules->len;) {
		const guint alternative = ((struct rule *)rules->pdata[i])->alternative;
		struct profile_near n = { .profile = p->def->name, .file = p->def->file };

		for (; i < rules->len && ((struct rule *)rules->pdata[i])->alternative == alternative; i++) {
			const struct rule *r = rules->pdata[i];

			n.rules++;
			if (look_holds(k, r))
				n.held++;
			else if (!n.pattern)
				near_at(&n, r);
		}
		if (!best->rules || n.held * best->rules > best->held * n.rules)
			*best = n;
	}
}

static void near_reject(struct profile_near *n, const struct profile *p, const struct look *k)
{
	for (guint i = 0; i < p->reject->len && !n->rejected; i++) {
		const struct rule *r = p->reject->pdata[i];

		n->rejected = look_holds(k, r);
		if (n->rejected)
			near_at(n, r);
	}
}

static int compare_near(const void *x, const void *y)
{
	const struct profile_near *a = x, *b = y;
	guint of_a = a->held * b->rules, of_b = b->held * a->rules;

	if (of_a != of_b)
		return of_a > of_b ? -1 : 1;
	return g_strcmp0(a->profile, b->profile);
}

void profile_trace_near(struct profile_trace *t, const struct look *k)
{
	const struct rule *never = look_never(k);
	const GPtrArray *all = k->profiles->all;

	if (never) {
		t->never = profile_never_why(never);
		return;
	}
	for (guint i = 0; i < all->len; i++) {
		const struct profile *profile = all->pdata[i];
		struct profile_near n = { .profile = NULL };

		if (!profile_allowed(profile, k->allowed))
			continue;
		near_match(&n, profile, k);
		if (n.held == n.rules)
			near_reject(&n, profile, k);
		if (n.held)
			g_array_append_val(t->near, n);
	}
	g_array_sort(t->near, compare_near);
}
