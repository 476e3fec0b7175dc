/* The store in memory: jobs, journal, codes, stops, overrides, counts. */
#include "store_mem.h"

#include <stdlib.h>
#include <string.h>

struct journal_record *journal_copy(struct arena *a, const struct journal_record *from)
{
	struct journal_record *j = arena_memdup(a, from, sizeof(*from));

	j->who = arena_strdup(a, from->who);
	j->what = arena_strdup(a, from->what);
	j->how = arena_strdup(a, from->how);
	j->why = arena_strdup(a, from->why);
	return j;
}

/* ---- jobs ---- */

bool mem_job(struct store_tx *tx, int64_t id, struct arena *a, struct job **j_r, GError **err)
{
	const struct job *j = mem_record(tx, TABLE_JOBS, id);

	(void)err;
	if (j)
		*j_r = job_copy(a, j);
	return true;
}

bool mem_job_insert(struct store_tx *tx, struct job *j, GError **err)
{
	struct job *copy;

	if (!mem_may_write(tx, j->item, err))
		return false;
	copy = job_copy(mem_of(tx)->arena, j);
	copy->id = j->id = mem_add(tx, TABLE_JOBS, copy);
	return true;
}

bool mem_job_update(struct store_tx *tx, const struct job *j, GError **err)
{
	if (!mem_may_write(tx, j->item, err))
		return false;
	if (!mem_record(tx, TABLE_JOBS, j->id))
		return mem_error(tx, err, "no job", j->id);
	mem_replace(tx, TABLE_JOBS, j->id, job_copy(mem_of(tx)->arena, j));
	return true;
}

static int job_by_due(const void *one, const void *other)
{
	const struct job *x = *(struct job *const *)one, *y = *(struct job *const *)other;

	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	return x->id < y->id ? -1 : 1;
}

struct job_filter {
	int state, kind;	/* N_JOB_STATES, N_JOB_KINDS: any */
	int64_t item;		/* -1: any */
	int64_t due_max;
};

static bool job_fits(const struct job_filter *f, const struct job *j)
{
	return (f->state == N_JOB_STATES || f->state == (int)j->state) &&
	       (f->kind == N_JOB_KINDS || f->kind == (int)j->kind) && (f->item == -1 || f->item == j->item) &&
	       j->due <= f->due_max;
}

static struct job **jobs_that_fit(struct store_tx *tx, const struct job_filter *f, struct arena *a, gsize *n_r)
{
	GPtrArray *jobs = mem_table(tx, TABLE_JOBS);
	struct job **found = ARENA_NEW_N(a, struct job *, jobs->len);

	for (guint i = 0; i < jobs->len; i++)
		if (job_fits(f, jobs->pdata[i]))
			found[(*n_r)++] = job_copy(a, jobs->pdata[i]);
	return found;
}

bool mem_jobs_due(struct store_tx *tx, enum job_kind kind, int64_t now, gsize limit, struct arena *a,
		  struct job ***jobs_r, gsize *n_r, GError **err)
{
	const struct job_filter f = { JOB_WAITING, (int)kind, -1, now };

	(void)err;
	*jobs_r = jobs_that_fit(tx, &f, a, n_r);
	if (*n_r)
		qsort(*jobs_r, *n_r, sizeof(**jobs_r), job_by_due);
	*n_r = MIN(*n_r, limit);
	return true;
}

bool mem_jobs_in_state(struct store_tx *tx, enum job_state state, enum job_kind kind, gsize limit,
		       struct arena *a, struct job ***jobs_r, gsize *n_r, GError **err)
{
	const struct job_filter f = { (int)state, (int)kind, -1, INT64_MAX };

	(void)err;
	*jobs_r = jobs_that_fit(tx, &f, a, n_r);
	*n_r = MIN(*n_r, limit);
	return true;
}

bool mem_jobs_of_item(struct store_tx *tx, int64_t item, struct arena *a, struct job ***jobs_r, gsize *n_r,
		      GError **err)
{
	const struct job_filter f = { N_JOB_STATES, N_JOB_KINDS, item, INT64_MAX };

	(void)err;
	*jobs_r = jobs_that_fit(tx, &f, a, n_r);
	return true;
}

bool mem_job_by_provider_id(struct store_tx *tx, const char *provider, const char *provider_id,
			    struct arena *a, struct job **j_r, GError **err)
{
	GPtrArray *jobs = mem_table(tx, TABLE_JOBS);

	(void)err;
	for (guint n = provider && provider_id ? jobs->len : 0; n-- > 0;) {
		const struct job *j = jobs->pdata[n];

		if (j->kind == JOB_TEXT && g_strcmp0(j->provider, provider) == 0 &&
		    g_strcmp0(j->provider_id, provider_id) == 0) {
			*j_r = job_copy(a, j);
			return true;
		}
	}
	return true;
}

bool mem_jobs_cancel(struct store_tx *tx, int64_t item, guint topics, int64_t now, GError **err)
{
	GPtrArray *jobs = mem_table(tx, TABLE_JOBS);

	if (!mem_may_write(tx, 0, err))
		return false;
	for (guint i = 0; i < jobs->len; i++) {
		const struct job *j = jobs->pdata[i];
		struct job *cancelled;

		if (j->item != item || j->state != JOB_WAITING || !(topics & (1U << j->topic)))
			continue;
		cancelled = job_copy(mem_of(tx)->arena, j);
		cancelled->state = JOB_CANCELLED;
		cancelled->updated = now;
		mem_replace(tx, TABLE_JOBS, j->id, cancelled);
	}
	return true;
}

bool mem_next_due(struct store_tx *tx, enum job_kind kind, int64_t *due_r, GError **err)
{
	const struct job_filter f = { JOB_WAITING, (int)kind, -1, INT64_MAX };
	GPtrArray *jobs = mem_table(tx, TABLE_JOBS);
	bool found = false;

	(void)err;
	for (guint i = 0; i < jobs->len; i++) {
		const struct job *j = jobs->pdata[i];

		if (!job_fits(&f, j) || (found && j->due >= *due_r))
			continue;
		*due_r = j->due;
		found = true;
	}
	return true;
}

/* ---- journal, codes, counts ---- */

bool mem_journal(struct store_tx *tx, int64_t item, struct arena *a, struct journal_record ***records_r,
		 gsize *n_r, GError **err)
{
	GPtrArray *journal = mem_table(tx, TABLE_JOURNAL);

	(void)err;
	*records_r = ARENA_NEW_N(a, struct journal_record *, journal->len);
	for (guint i = 0; i < journal->len; i++) {
		const struct journal_record *j = journal->pdata[i];

		if (j->item == item)
			(*records_r)[(*n_r)++] = journal_copy(a, j);
	}
	return true;
}

static bool code_is_free(struct store_tx *tx, const struct code *c, int64_t now, int64_t rest_s)
{
	const struct item *i = mem_record(tx, TABLE_ITEMS, c->item);

	return !item_is_live(i) && !(i->state == STATE_CLOSED && i->closed > now - rest_s);
}

/* A row is void once a later one gives its code to another item. */
static bool code_is_void(GPtrArray *codes, guint at)
{
	const struct code *c = codes->pdata[at];

	for (guint i = at + 1; i < codes->len; i++) {
		const struct code *later = codes->pdata[i];

		if (later->code == c->code && strcmp(later->phone, c->phone) == 0)
			return true;
	}
	return false;
}

static int lowest_free(struct store_tx *tx, const char *phone, int64_t now, int64_t rest_s)
{
	GPtrArray *codes = mem_table(tx, TABLE_CODES);
	bool taken[CODE_END] = { false };
	int code = CODE_FIRST;

	for (guint i = 0; i < codes->len; i++) {
		const struct code *c = codes->pdata[i];

		if (strcmp(c->phone, phone) == 0 && !code_is_free(tx, c, now, rest_s))
			taken[c->code] = true;
	}
	while (code < CODE_END && taken[code])
		code++;
	return code;
}

bool mem_code_give(struct store_tx *tx, const char *phone, int64_t item, int64_t now, int64_t rest_s,
		   int *code_r, GError **err)
{
	struct store_mem *m = mem_of(tx);
	GPtrArray *codes = mem_table(tx, TABLE_CODES);
	struct code *given;
	int code;

	if (item == 0)
		return mem_error(tx, err, "no item", 0);
	if (!mem_may_write(tx, item, err))
		return false;
	for (guint i = codes->len; i-- > 0;) {
		const struct code *c = codes->pdata[i];

		if (c->item == item && strcmp(c->phone, phone) == 0 && !code_is_void(codes, i)) {
			*code_r = c->code;
			return true;
		}
	}
	code = lowest_free(tx, phone, now, rest_s);
	if (code == CODE_END)
		return err_set(err, ERR_LIMIT, "store: all codes of one phone are taken");
	given = ARENA_NEW(m->arena, struct code);
	*given = (struct code){ arena_strdup(m->arena, phone), code, item, now };
	mem_add(tx, TABLE_CODES, given);
	*code_r = code;
	return true;
}

bool mem_codes(struct store_tx *tx, const char *phone, int64_t now, int64_t rest_s, struct arena *a,
	       struct code **codes_r, gsize *n_r, GError **err)
{
	GPtrArray *codes = mem_table(tx, TABLE_CODES);

	(void)err;
	*codes_r = ARENA_NEW_N(a, struct code, codes->len);
	for (guint i = codes->len; i-- > 0;) {
		const struct code *c = codes->pdata[i];

		if (g_strcmp0(c->phone, phone) != 0 || code_is_free(tx, c, now, rest_s) || code_is_void(codes, i))
			continue;
		(*codes_r)[*n_r] = *c;
		(*codes_r)[(*n_r)++].phone = arena_strdup(a, c->phone);
	}
	return true;
}

/* What a phone said; the newest record of each counts. */
struct stop {
	const char *phone;
	int64_t at;
};

bool mem_phone_stop(struct store_tx *tx, const char *phone, int64_t at, GError **err)
{
	struct arena *a = mem_of(tx)->arena;
	struct stop *s;

	if (!mem_may_write(tx, 0, err))
		return false;
	s = ARENA_NEW(a, struct stop);
	*s = (struct stop){ arena_strdup(a, phone), at };
	mem_add(tx, TABLE_STOPS, s);
	return true;
}

static bool said_later(const GPtrArray *stops, guint at)
{
	const struct stop *s = stops->pdata[at];

	for (guint i = at + 1; i < stops->len; i++)
		if (strcmp(((const struct stop *)stops->pdata[i])->phone, s->phone) == 0)
			return true;
	return false;
}

static int phone_by_number(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

bool mem_phones_stopped(struct store_tx *tx, struct arena *a, const char *const **phones_r, GError **err)
{
	const GPtrArray *stops = mem_table(tx, TABLE_STOPS);
	const char **phones = ARENA_NEW_N(a, const char *, stops->len + 1);
	gsize n = 0;

	(void)err;
	for (guint i = 0; i < stops->len; i++) {
		const struct stop *s = stops->pdata[i];

		if (s->at && !said_later(stops, i))
			phones[n++] = arena_strdup(a, s->phone);
	}
	qsort(phones, n, sizeof(*phones), phone_by_number);
	*phones_r = phones;
	return true;
}

static struct override override_copy(struct arena *a, const struct override *from)
{
	struct override o = *from;

	o.schedule = arena_strdup(a, from->schedule);
	o.person = arena_strdup(a, from->person);
	o.by = arena_strdup(a, from->by);
	return o;
}

bool mem_override_insert(struct store_tx *tx, struct override *o, GError **err)
{
	struct override *copy;

	if (!mem_may_write(tx, 0, err))
		return false;
	copy = ARENA_NEW(mem_of(tx)->arena, struct override);
	*copy = override_copy(mem_of(tx)->arena, o);
	copy->id = o->id = mem_add(tx, TABLE_OVERRIDES, copy);
	return true;
}

/* One that is removed leaves its place empty: ids are places. */
bool mem_override_remove(struct store_tx *tx, int64_t id, bool *found_r, GError **err)
{
	if (!mem_may_write(tx, 0, err))
		return false;
	*found_r = mem_record(tx, TABLE_OVERRIDES, id) != NULL;
	if (*found_r)
		mem_replace(tx, TABLE_OVERRIDES, id, NULL);
	return true;
}

bool mem_overrides(struct store_tx *tx, int64_t since, struct arena *a, struct override **overrides_r, gsize *n_r,
		   GError **err)
{
	const GPtrArray *all = mem_table(tx, TABLE_OVERRIDES);

	(void)err;
	*overrides_r = ARENA_NEW_N(a, struct override, all->len + 1);
	for (guint i = 0; i < all->len; i++) {
		const struct override *o = all->pdata[i];

		if (o && o->to > since)
			(*overrides_r)[(*n_r)++] = override_copy(a, o);
	}
	return true;
}

bool mem_counts(struct store_tx *tx, struct store_counts *c_r, GError **err)
{
	GPtrArray *items = mem_table(tx, TABLE_ITEMS), *jobs = mem_table(tx, TABLE_JOBS);

	(void)err;
	c_r->items = items->len;
	c_r->notices = mem_table(tx, TABLE_NOTICES)->len;
	c_r->journal = mem_table(tx, TABLE_JOURNAL)->len;
	for (guint i = 0; i < items->len; i++)
		c_r->live += item_is_live(items->pdata[i]);
	for (guint i = 0; i < jobs->len; i++) {
		const struct job *j = jobs->pdata[i];
		bool text = j->kind == JOB_TEXT;

		c_r->jobs_waiting += j->state == JOB_WAITING;
		c_r->texts_sent += text && (j->state == JOB_SENT || j->state == JOB_DELIVERED || j->state == JOB_DONE);
		c_r->texts_failed += text && (j->state == JOB_FAILED || j->state == JOB_EXPIRED);
	}
	return true;
}
