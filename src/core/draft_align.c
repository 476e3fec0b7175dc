#include "draft_private.h"

#include <string.h>

/* A token as the comparison sees it: words by their letters, values by their kind alone. */
struct key {
	guint hash;
	guint weight;
	guint at;		/* of the token */
};

static struct key key_of(const struct draft_place *p, guint i)
{
	const struct draft_token *t = &p->tokens[i];
	g_autofree char *text = NULL;

	if (t->type != DRAFT_WORD && t->type != DRAFT_MARK)
		return (struct key){ (guint)t->type, 3, i };
	text = g_strndup(p->text + t->from, t->size);
	return (struct key){ g_str_hash(text) | 64, t->type == DRAFT_WORD ? 4 : 1, i };
}

static struct key *keys_of(const struct draft_place *p)
{
	struct key *keys = g_new(struct key, p->n + 1);

	for (guint i = 0; i < p->n; i++)
		keys[i] = key_of(p, i);
	return keys;
}

/* The heaviest common subsequence of x and y: what is left of x stays in x; the matched tokens of y are marked, if
 * marks is there. Gives the new length of x. */
static guint common(struct key *x, guint nx, const struct key *y, guint ny, bool *marks)
{
	guint width = ny + 1, n = 0;
	g_autofree guint *best = g_new0(guint, (gsize)(nx + 1) * width);

	for (guint i = nx; i-- > 0;)
		for (guint j = ny; j-- > 0;) {
			guint skip = MAX(best[(i + 1) * width + j], best[i * width + j + 1]);
			guint take = x[i].hash == y[j].hash ? best[(i + 1) * width + j + 1] + x[i].weight : 0;

			best[i * width + j] = MAX(skip, take);
		}
	for (guint i = 0, j = 0; i < nx && j < ny;) {
		if (x[i].hash == y[j].hash &&
		    best[i * width + j] == best[(i + 1) * width + j + 1] + x[i].weight) {
			if (marks)
				marks[y[j].at] = true;
			x[n++] = x[i++];
			j++;
		} else if (best[(i + 1) * width + j] >= best[i * width + j + 1]) {
			i++;
		} else {
			j++;
		}
	}
	return n;
}

/* A place that some samples do not have says nothing about what is constant in the others. */
static void align_place(struct draft *d, guint place)
{
	g_autofree struct key *left = NULL;
	guint n = 0, with = 0;

	for (guint i = 0; i < d->n; i++) {
		const struct draft_place *p = &d->mails[i].places[place];
		g_autofree struct key *keys = p->n ? keys_of(p) : NULL;

		if (keys && with++ > 0)
			n = common(left, n, keys, p->n, NULL);
		else if (keys)
			n = p->n, left = g_steal_pointer(&keys);
	}
	for (guint i = 0; i < d->n && with > 1; i++) {
		struct draft_place *p = &d->mails[i].places[place];
		g_autofree struct key *keys = keys_of(p), *x = g_memdup2(left, n * sizeof(struct key));
		g_autofree bool *marks = g_new0(bool, p->n + 1);

		common(x, n, keys, p->n, marks);
		for (guint k = 0; k < p->n; k++)
			p->tokens[k].constant = marks[k];
	}
}

static bool has_number(const struct draft *d, const struct draft_mail *m, const char *digits)
{
	for (guint i = 0; i < N_PLACES; i++)
		for (guint k = 0; k < m->places[i].n; k++)
			if (m->places[i].tokens[k].type == DRAFT_NUMBER &&
			    strcmp(draft_digits(d, &m->places[i], k), digits) == 0)
				return true;
	return false;
}

/* The PBX's own number, a support line, the number that was called. */
static void mark_fixed(struct draft *d, struct draft_place *p)
{
	for (guint k = 0; k < p->n; k++) {
		bool everywhere = p->tokens[k].type == DRAFT_NUMBER && d->n > 1;

		for (guint i = 0; i < d->n && everywhere; i++)
			everywhere = has_number(d, &d->mails[i], draft_digits(d, p, k));
		p->tokens[k].fixed = everywhere;
	}
}

void draft_align(struct draft *d)
{
	for (guint place = 0; place < N_PLACES; place++)
		align_place(d, place);
	for (guint i = 0; i < d->n; i++)
		for (guint place = 0; place < N_PLACES; place++)
			mark_fixed(d, &d->mails[i].places[place]);
}
