#include "schedule.h"

#include "zone.h"

#define SHIFTS_MAX 10000

struct schedule *schedule_new(const char *id, const char *name, const char *zone)
{
	struct schedule *s = g_new0(struct schedule, 1);

	s->id = g_strdup(id);
	s->name = g_strdup(name);
	s->zone = g_strdup(zone);
	s->tz = zone_get(zone);
	g_assert(s->tz);
	s->rotations = g_array_new(FALSE, FALSE, sizeof(struct rotation));
	s->shifts = g_array_new(FALSE, FALSE, sizeof(struct shift));
	return s;
}

void schedule_free(gpointer data)
{
	struct schedule *s = data;

	for (guint i = 0; i < s->rotations->len; i++) {
		struct rotation *r = &g_array_index(s->rotations, struct rotation, i);

		g_free(r->members);
		hours_free(r->hours);
	}
	g_array_unref(s->rotations);
	g_array_unref(s->shifts);
	g_time_zone_unref(s->tz);
	g_free(s->id);
	g_free(s->name);
	g_free(s->zone);
	g_free(s);
}

void schedule_add_rotation(struct schedule *s, const struct rotation *r)
{
	g_assert(r->n_members > 0 && r->length_s >= 3600);
	g_array_append_val(s->rotations, *r);
}

/* Of two that began together the shorter comes last, and counts. */
static gint by_from(gconstpointer a, gconstpointer b)
{
	const struct shift *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to == y->to ? 0 : x->to > y->to ? -1 : 1;
}

void schedule_add_shifts(struct schedule *s, const struct shift *shifts, gsize n)
{
	for (gsize i = 0; i < n; i++)
		s->longest_s = MAX(s->longest_s, shifts[i].to - shifts[i].from);
	g_array_append_vals(s->shifts, shifts, (guint)n);
	g_array_sort(s->shifts, by_from);
}

/* ---- rotations ---- */

/* When the k-th turn begins. */
static int64_t turn_begins(const struct schedule *s, const struct rotation *r, int64_t k)
{
	return zone_instant(s->tz, r->start_wall + k * r->length_s);
}

/* The turn that a moment is in; -1 before the first. */
static int64_t turn_at(const struct schedule *s, const struct rotation *r, int64_t at)
{
	int64_t since = zone_wall(s->tz, at) - r->start_wall;
	int64_t k = since / r->length_s - (since % r->length_s < 0);

	/* Around a change of the clocks the wall is an hour before or behind the turn. */
	while (k >= 0 && turn_begins(s, r, k) > at)
		k--;
	while (turn_begins(s, r, k + 1) <= at)
		k++;
	return MAX(k, -1);
}

static const struct person *rotation_on(const struct schedule *s, const struct rotation *r, int64_t at)
{
	int64_t k = turn_at(s, r, at);

	return k < 0 || !hours_covers(r->hours, at) ? NULL : r->members[k % r->n_members];
}

static int64_t rotation_change(const struct schedule *s, const struct rotation *r, int64_t at, int64_t until)
{
	int64_t turn = turn_begins(s, r, turn_at(s, r, at) + 1);

	return hours_next_change(r->hours, at, MIN(turn, until));
}

/* ---- shifts ---- */

/* How many began at that moment or before. */
static guint begun(const GArray *shifts, int64_t at)
{
	guint low = 0, high = shifts->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(shifts, struct shift, middle).from <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct shift *shift_at(const struct schedule *s, int64_t at)
{
	for (guint n = begun(s->shifts, at); n > 0; n--) {
		const struct shift *shift = &g_array_index(s->shifts, struct shift, n - 1);

		if (shift->from < at - s->longest_s)
			break;
		if (at < shift->to)
			return shift;
	}
	return NULL;
}

static int64_t shift_change(const struct schedule *s, int64_t at, int64_t until)
{
	const struct shift *now = shift_at(s, at);
	guint next = begun(s->shifts, at);

	if (next < s->shifts->len)
		until = MIN(until, g_array_index(s->shifts, struct shift, next).from);
	return now ? MIN(until, now->to) : until;
}

static const struct shift *override_at(const struct shift *overrides, gsize n, int64_t at)
{
	while (n-- > 0)
		if (overrides[n].from <= at && at < overrides[n].to)
			return &overrides[n];
	return NULL;
}

static int64_t override_change(const struct shift *overrides, gsize n, int64_t at, int64_t until)
{
	for (gsize i = 0; i < n; i++) {
		if (overrides[i].from > at)
			until = MIN(until, overrides[i].from);
		if (overrides[i].to > at)
			until = MIN(until, overrides[i].to);
	}
	return until;
}

/* ---- all of it ---- */

const struct person *schedule_on(const struct schedule *s, const struct shift *overrides, gsize n, int64_t at)
{
	const struct shift *shift = override_at(overrides, n, at);
	const struct person *p = NULL;

	if (!shift)
		shift = shift_at(s, at);
	if (shift)
		return shift->person;
	for (guint i = s->rotations->len; i > 0 && !p; i--)
		p = rotation_on(s, &g_array_index(s->rotations, struct rotation, i - 1), at);
	return p;
}

static gsize join(const struct person **team, gsize n, gsize max, const struct person *p)
{
	for (gsize i = 0; i < n; i++)
		if (team[i] == p)
			return n;
	if (p && n < max)
		team[n++] = p;
	return n;
}

/* Earlier shifts first. */
static gsize join_shifts(const struct schedule *s, int64_t at, const struct person **team, gsize max)
{
	const guint end = begun(s->shifts, at);
	gsize n = 0;

	for (guint i = 0; i < end; i++) {
		const struct shift *shift = &g_array_index(s->shifts, struct shift, i);

		if (at < shift->to)
			n = join(team, n, max, shift->person);
	}
	return n;
}

gsize schedule_team(const struct schedule *s, const struct shift *overrides, gsize n, int64_t at, const struct person **team,
		    gsize max)
{
	const struct shift *instead = override_at(overrides, n, at);
	gsize size = instead ? join(team, 0, max, instead->person) : join_shifts(s, at, team, max);

	for (guint i = 0; !instead && i < s->rotations->len && !shift_at(s, at); i++)
		size = join(team, size, max, rotation_on(s, &g_array_index(s->rotations, struct rotation, i), at));
	return size;
}

/* The first moment after `at` at which anything begins or ends. */
static int64_t next_edge(const struct schedule *s, const struct shift *overrides, gsize n, int64_t at, int64_t until)
{
	until = override_change(overrides, n, at, until);
	until = shift_change(s, at, until);
	for (guint i = 0; i < s->rotations->len; i++)
		until = rotation_change(s, &g_array_index(s->rotations, struct rotation, i), at, until);
	return until;
}

int64_t schedule_next_change(const struct schedule *s, const struct shift *overrides, gsize n, int64_t at, int64_t until)
{
	const struct person *p = schedule_on(s, overrides, n, at);

	for (int64_t t = next_edge(s, overrides, n, at, until); t < until; t = next_edge(s, overrides, n, t, until))
		if (schedule_on(s, overrides, n, t) != p)
			return t;
	return until;
}

GArray *schedule_shifts(const struct schedule *s, const struct shift *overrides, gsize n, int64_t from, int64_t to)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct shift));

	while (from < to && all->len < SHIFTS_MAX) {
		struct shift one = {
			from, schedule_next_change(s, overrides, n, from, to), schedule_on(s, overrides, n, from)
		};

		g_array_append_val(all, one);
		from = one.to;
	}
	return all;
}

bool schedule_names(const struct schedule *s, const struct person *p)
{
	for (guint i = 0; i < s->shifts->len; i++)
		if (g_array_index(s->shifts, struct shift, i).person == p)
			return true;
	for (guint i = 0; i < s->rotations->len; i++) {
		const struct rotation *r = &g_array_index(s->rotations, struct rotation, i);

		for (guint k = 0; k < r->n_members; k++)
			if (r->members[k] == p)
				return true;
	}
	return false;
}
