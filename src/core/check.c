#include "check.h"

#include <string.h>

#include "duty.h"
#include "phone.h"
#include "rule.h"
#include "text.h"
#include "zone.h"

#define CHAIN_MAX 8	/* substitutes of substitutes */
#define REVIEW_DAYS 90

struct checking {
	const struct roster *r;
	int64_t from, to;
	const struct override *overrides;
	gsize n_overrides;
	struct arena *a;
	GPtrArray *findings;
	GHashTable *moments;		/* struct schedule * -> GArray of int64_t, when somebody else is on it */
	GHashTable *seen;		/* what was looked at already, see key_of() */
	GHashTable *used;		/* people, schedules and policies that something names */
};

void check_add(GPtrArray *findings, struct arena *a, bool error, const char *check, struct place place, const char *format, ...)
{
	struct finding *f = ARENA_NEW(a, struct finding);
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	*f = (struct finding){ error, check, place, arena_strdup(a, text) };
	g_ptr_array_add(findings, f);
}

static gint by_place(gconstpointer a, gconstpointer b)
{
	const struct finding *x = *(const struct finding *const *)a, *y = *(const struct finding *const *)b;
	int order = g_strcmp0(x->place.file, y->place.file);

	if (order)
		return order;
	return x->place.line != y->place.line ? (x->place.line < y->place.line ? -1 : 1) : strcmp(x->text, y->text);
}

void check_sort(GPtrArray *findings)
{
	g_ptr_array_sort(findings, by_place);
}

/* "2026-12-24 18:00" on that zone's clock */
static const char *clock_words(const struct checking *c, int64_t at, const char *zone)
{
	char buf[40];

	text_time_zone(at, zone, buf);
	if (strlen(buf) < 16)
		return "-";
	buf[16] = '\0';
	buf[10] = ' ';
	return arena_strdup(c->a, buf);
}

/* ---- moments: between two of them nothing changes ---- */

static void add_moment(const struct checking *c, GArray *moments, int64_t at)
{
	if (at >= c->from && at < c->to)
		g_array_append_val(moments, at);
}

/* When the person, or who stands in, goes or comes back. */
static void add_person(const struct checking *c, GArray *moments, const struct person *p)
{
	for (int i = 0; p && i <= CHAIN_MAX; i++, p = p->substitute)
		for (guint k = 0; k < p->n_away; k++) {
			add_moment(c, moments, p->away[k].from);
			add_moment(c, moments, p->away[k].to);
		}
}

static const struct shift *overrides_of(const struct checking *c, const struct schedule *s, gsize *n_r)
{
	return duty_overrides(c->r, s->id, c->overrides, c->n_overrides, c->a, n_r);
}

/* Who is on it in that time, each once. */
static GPtrArray *people_on(const struct checking *c, const struct schedule *s)
{
	g_autoptr(GHashTable) had = g_hash_table_new(NULL, NULL);
	GPtrArray *people = g_ptr_array_new();
	gsize n;
	const struct shift *instead = overrides_of(c, s, &n);
	g_autoptr(GArray) shifts = schedule_shifts(s, instead, n, c->from, c->to);

	for (guint i = 0; i < shifts->len; i++) {
		const struct person *p = g_array_index(shifts, struct shift, i).person;

		if (p && g_hash_table_add(had, (gpointer)p))
			g_ptr_array_add(people, (gpointer)p);
	}
	return people;
}

static const GArray *schedule_moments(const struct checking *c, const struct schedule *s)
{
	GArray *moments = g_hash_table_lookup(c->moments, s);
	g_autoptr(GPtrArray) people = NULL;
	const struct shift *instead;
	gsize n;

	if (moments)
		return moments;
	moments = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_hash_table_insert(c->moments, (gpointer)s, moments);
	instead = overrides_of(c, s, &n);
	for (int64_t at = c->from; at < c->to; at = schedule_next_change(s, instead, n, at, c->to))
		add_moment(c, moments, at);
	people = people_on(c, s);
	for (guint i = 0; i < people->len; i++)
		add_person(c, moments, people->pdata[i]);
	return moments;
}

static void add_duty(const struct checking *c, GArray *moments, const struct duty *d)
{
	const GArray *of_schedule = d->schedule ? schedule_moments(c, d->schedule) : NULL;

	if (of_schedule)
		g_array_append_vals(moments, of_schedule->data, of_schedule->len);
	add_person(c, moments, d->person);
	add_person(c, moments, d->fallback);
}

static gint by_time(gconstpointer a, gconstpointer b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* ---- lines and their policies ---- */

static const struct person *on_duty(const struct checking *c, const struct duty *d, int64_t at)
{
	return duty_of(c->r, c->overrides, c->n_overrides, d, at, c->a).person;
}

/* Many lines share what they name: each kind of it is looked at once. True if this one was not yet. */
static bool is_new(const struct checking *c, const void *what, const struct line *l)
{
	const struct person *fallback = l->fallback ? l->fallback : l->owner;

	return g_hash_table_add(c->seen, g_strdup_printf("%p %p %p", what, (const void *)fallback, (const void *)l->last_resort));
}

static bool owner_is_there(const struct checking *c, const struct line *l, const struct escalation_policy *p, int64_t at)
{
	const struct duty d = duty_owner(l);
	const struct person *owner = on_duty(c, &d, at);

	(void)p;
	return owner && !duty_away(owner, at);
}

static bool can_be_told(const struct checking *c, const struct line *l, const struct escalation_policy *p, int64_t at)
{
	for (guint i = 0; i < p->n_steps; i++) {
		const struct duty d = duty_step(&p->steps[i], l);
		const struct person *on = on_duty(c, &d, at);

		if (on && on->phone && !duty_away(on, at))
			return true;
	}
	return l->last_resort && !duty_away(l->last_resort, at);
}

/* The first moment at which it does not hold; false if it always does. */
static bool first_failure(const struct checking *c, GArray *moments, const struct line *l, const struct escalation_policy *p,
			  bool (*holds)(const struct checking *, const struct line *, const struct escalation_policy *, int64_t),
			  int64_t *at_r)
{
	add_moment(c, moments, c->from);
	g_array_sort(moments, by_time);
	for (guint i = 0; i < moments->len; i++) {
		*at_r = g_array_index(moments, int64_t, i);
		if ((i == 0 || *at_r != g_array_index(moments, int64_t, i - 1)) && !holds(c, l, p, *at_r))
			return true;
	}
	return false;
}

static void check_owner(const struct checking *c, const struct line *l)
{
	g_autoptr(GArray) moments = g_array_new(FALSE, FALSE, sizeof(int64_t));
	const struct duty d = duty_owner(l);
	int64_t at;

	if (!is_new(c, l->schedule ? (const void *)l->schedule : l->owner, l))
		return;
	add_duty(c, moments, &d);
	if (first_failure(c, moments, l, NULL, owner_is_there, &at))
		check_add(c->findings, c->a, true, "away", l->place, "line %s: from %s on its owner is away, and so is everybody who "
			  "stands in; write a substitute, or a fallback who is there", l->id, clock_words(c, at, l->zone));
}

static void check_policy_of(const struct checking *c, const struct line *l, const struct escalation_policy *p)
{
	g_autoptr(GArray) moments = g_array_new(FALSE, FALSE, sizeof(int64_t));
	int64_t at;

	if (!p || !is_new(c, p, l))
		return;
	for (guint i = 0; i < p->n_steps; i++) {
		const struct duty d = duty_step(&p->steps[i], l);

		add_duty(c, moments, &d);
	}
	add_person(c, moments, l->last_resort);
	if (first_failure(c, moments, l, p, can_be_told, &at))
		check_add(c->findings, c->a, true, "unreachable", l->place, "line %s: policy %s ends at %s without anybody who can be "
			  "reached; write a further step, or last_resort", l->id, p->id, clock_words(c, at, l->zone));
}

/* ---- schedules ---- */

static void check_gaps(const struct checking *c, const struct schedule *s)
{
	gsize n;
	const struct shift *instead = overrides_of(c, s, &n);
	g_autoptr(GArray) shifts = schedule_shifts(s, instead, n, c->from, c->to);
	const struct shift *first = NULL;
	guint gaps = 0;

	for (guint i = 0; i < shifts->len; i++) {
		const struct shift *shift = &g_array_index(shifts, struct shift, i);

		first = !first && !shift->person ? shift : first;
		gaps += !shift->person;
	}
	if (gaps && !s->gaps_meant)
		check_add(c->findings, c->a, true, "gap", s->place, "schedule %s: nobody is on it from %s to %s%s; add a rotation, or write "
			  "gaps = yes if the fall-backs are meant", s->id, clock_words(c, first->from, s->zone),
			  clock_words(c, first->to, s->zone), gaps > 1 ? arena_printf(c->a, ", and %u more times", gaps - 1) : "");
}

static void check_steps(const struct checking *c, const struct escalation_policy *p)
{
	for (guint i = 0; i < p->n_steps; i++) {
		const struct schedule *s = p->steps[i].schedule;
		g_autoptr(GPtrArray) people = s ? people_on(c, s) : NULL;

		for (guint k = 0; people && k < people->len; k++) {
			const struct person *on = people->pdata[k];

			if (!on->phone)
				check_add(c->findings, c->a, true, "phone", p->place, "policy %s: step %u texts who is on %s, and %s has no "
					  "phone; write phone = into person %s", p->id, i + 1, s->id, on->id, on->id);
		}
	}
}

/* ---- rules ---- */

static void check_reach(const struct checking *c, guint at)
{
	const struct rule *rule = rule_book_at(c->r->book, at);

	for (guint i = 0; i < at; i++) {
		const struct rule *before = rule_book_at(c->r->book, i);

		if (!rule_covers(before, rule))
			continue;
		check_add(c->findings, c->a, true, "shadowed", rule->place, "rule %s is never reached: rule %s at line %d takes all of its "
			  "calls; write it before that one", rule->id, before->id, before->place.line);
		return;
	}
}

static void check_review(const struct checking *c, const struct rule *rule)
{
	const guint32 today = zone_wall_day(c->from);

	if (rule->reviewed && today > rule->reviewed + REVIEW_DAYS)
		check_add(c->findings, c->a, false, "review", rule->place, "rule %s: nobody reviewed it for %u days; see whether it is still "
			  "right, and write reviewed = and the day", rule->id, today - rule->reviewed);
}

/* Whose policy a rule may change: all lines, or those it names. */
static void check_rule_policy(const struct checking *c, const struct rule *rule)
{
	const guint n = rule->n_lines ? rule->n_lines : c->r->lines->len;

	for (guint i = 0; rule->policy && i < n; i++)
		check_policy_of(c, rule->n_lines ? rule->lines[i] : c->r->lines->pdata[i], rule->policy);
}

static void check_rules(const struct checking *c)
{
	for (guint i = 0; i < rule_book_size(c->r->book); i++) {
		check_reach(c, i);
		check_review(c, rule_book_at(c->r->book, i));
		check_rule_policy(c, rule_book_at(c->r->book, i));
	}
}

/* ---- numbers ---- */

static void check_number(const struct checking *c, const char *number, struct place place, const char *kind, const char *id)
{
	if (number && *number == '+' && !phone_possible(number))
		check_add(c->findings, c->a, true, "number", place, "%s %s: there can be no number %s; is a digit missing, or one too many?",
			  kind, id, number);
}

static void check_numbers(const struct checking *c)
{
	GHashTableIter iter;
	gpointer key, line;

	for (guint i = 0; i < c->r->people->len; i++) {
		const struct person *p = c->r->people->pdata[i];

		check_number(c, p->phone, p->place, "person", p->id);
	}
	for (guint i = 0; i < directory_size(c->r->directory); i++) {
		const struct contact *contact = directory_at(c->r->directory, i);

		check_number(c, contact->number, contact->place, "caller", contact->name ? contact->name : contact->number);
	}
	g_hash_table_iter_init(&iter, c->r->lines_by_key);
	while (g_hash_table_iter_next(&iter, &key, &line))
		check_number(c, key, ((const struct line *)line)->place, "line", ((const struct line *)line)->id);
}

/* ---- what is there for nothing ---- */

static void use(const struct checking *c, const void *what)
{
	if (what)
		g_hash_table_add(c->used, (gpointer)what);
}

static void use_schedule(const struct checking *c, const struct schedule *s)
{
	for (guint i = 0; i < s->shifts->len; i++)
		use(c, g_array_index(s->shifts, struct shift, i).person);
	for (guint i = 0; i < s->rotations->len; i++) {
		const struct rotation *rotation = &g_array_index(s->rotations, struct rotation, i);

		for (guint k = 0; k < rotation->n_members; k++)
			use(c, rotation->members[k]);
	}
}

static void use_line(const struct checking *c, const struct line *l)
{
	const void *const named[] = { l->owner, l->fallback, l->last_resort, l->schedule, l->open, l->closed,
				      l->response.manager, l->response.overdue };

	for (gsize i = 0; i < G_N_ELEMENTS(named); i++)
		use(c, named[i]);
}

static void find_used(const struct checking *c)
{
	const struct roster *r = c->r;

	for (guint i = 0; i < r->lines->len; i++)
		use_line(c, r->lines->pdata[i]);
	for (guint i = 0; i < r->policies->len; i++) {
		const struct escalation_policy *p = r->policies->pdata[i];

		for (guint k = 0; k < p->n_steps; k++) {
			use(c, p->steps[k].tell);
			use(c, p->steps[k].schedule);
		}
	}
	for (guint i = 0; i < r->schedules->len; i++)
		use_schedule(c, r->schedules->pdata[i]);
	for (guint i = 0; i < r->people->len; i++)
		use(c, ((const struct person *)r->people->pdata[i])->substitute);
	for (guint i = 0; i < rule_book_size(r->book); i++) {
		const struct rule *rule = rule_book_at(r->book, i);

		use(c, rule->owner.person);
		use(c, rule->owner.schedule);
		use(c, rule->policy);
	}
	for (guint i = 0; i < directory_size(r->directory); i++)
		use(c, directory_at(r->directory, i)->owner);
}

static void advise_unused(const struct checking *c, const void *what, const char *kind, const char *id, struct place place)
{
	if (!g_hash_table_contains(c->used, what))
		check_add(c->findings, c->a, false, "idle", place, "%s %s: nothing names it; leave it out, or name it where it belongs", kind, id);
}

static void check_unused(const struct checking *c)
{
	const struct roster *r = c->r;

	for (guint i = 0; i < r->people->len; i++) {
		const struct person *p = r->people->pdata[i];

		advise_unused(c, p, "person", p->id, p->place);
	}
	for (guint i = 0; i < r->policies->len; i++) {
		const struct escalation_policy *p = r->policies->pdata[i];

		advise_unused(c, p, "policy", p->id, p->place);
	}
	for (guint i = 0; i < r->schedules->len; i++) {
		const struct schedule *s = r->schedules->pdata[i];

		advise_unused(c, s, "schedule", s->id, s->place);
	}
}

static void check_claims(const struct checking *c)
{
	g_autoptr(GHashTable) claimed = g_hash_table_new(NULL, NULL);
	GHashTableIter iter;
	gpointer line;

	g_hash_table_iter_init(&iter, c->r->lines_by_key);
	while (g_hash_table_iter_next(&iter, NULL, &line))
		g_hash_table_add(claimed, line);
	for (guint i = 0; i < c->r->lines->len; i++) {
		const struct line *l = c->r->lines->pdata[i];

		if (l != c->r->default_line && !g_hash_table_contains(claimed, l))
			check_add(c->findings, c->a, false, "unclaimed", l->place, "line %s: no call can lead to it; write extensions, numbers, "
				  "queues or mailboxes", l->id);
	}
}

/* ---- all of it ---- */

static void check_all(const struct checking *c)
{
	const struct roster *r = c->r;

	for (guint i = 0; i < r->lines->len; i++) {
		const struct line *l = r->lines->pdata[i];

		check_owner(c, l);
		check_policy_of(c, l, l->closed);
		check_policy_of(c, l, l->open);
	}
	for (guint i = 0; i < r->policies->len; i++)
		check_steps(c, r->policies->pdata[i]);
	check_rules(c);
	find_used(c);
	for (guint i = 0; i < r->schedules->len; i++)
		if (g_hash_table_contains(c->used, r->schedules->pdata[i]))
			check_gaps(c, r->schedules->pdata[i]);
	check_numbers(c);
	check_unused(c);
	check_claims(c);
}

GPtrArray *check_roster(const struct roster *r, int64_t from, int64_t to, const struct override *overrides, gsize n,
			struct arena *a)
{
	struct checking c = {
		.r = r, .from = from, .to = to, .overrides = overrides, .n_overrides = n, .a = a, .findings = g_ptr_array_new(),
		.moments = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref),
		.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), .used = g_hash_table_new(NULL, NULL)
	};

	check_all(&c);
	check_sort(c.findings);
	g_hash_table_unref(c.moments);
	g_hash_table_unref(c.seen);
	g_hash_table_unref(c.used);
	return c.findings;
}
