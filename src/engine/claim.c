#include "claim.h"

#include "outbox_job.h"
#include "pacing.h"
#include "parcels.h"

#define LOOK_AHEAD 16		/* jobs, for those that can go as one */

static bool is_over(const struct claim *c, const struct job *j)
{
	return j->expires && j->expires < c->now;
}

static bool take(struct store_tx *tx, struct claim *c, struct job *j, int64_t bundle, GError **err)
{
	j->state = JOB_SENDING;
	j->tries++;
	j->error = NULL;
	j->sent = j->updated = c->now;
	j->bundle = bundle;
	return tx_job_update(tx, j, err);
}

/* ---- several as one ---- */

static bool goes_with(const struct claim *c, const struct job *one, const struct job *other)
{
	return other && topic_tells(other->topic) && other->item && !other->text && !is_over(c, other) &&
	       g_strcmp0(one->to, other->to) == 0 && g_strcmp0(one->person, other->person) == 0;
}

/* Those of jobs that can go with the first; it is one of them. */
static gsize companions(const struct claim *c, struct job **jobs, gsize n, struct job **found)
{
	gsize n_found = 0;

	found[n_found++] = jobs[0];
	if (!goes_with(c, jobs[0], jobs[0]))
		return n_found;
	for (gsize k = 1; k < n; k++)
		if (goes_with(c, jobs[0], jobs[k]))
			found[n_found++] = jobs[k];
	return n_found;
}

static bool take_all(struct store_tx *tx, struct claim *c, struct job *const *group, gsize n, GError **err)
{
	for (gsize k = 0; k < n; k++)
		if (!take(tx, c, group[k], n > 1 ? group[0]->id : 0, err))
			return false;
	return true;
}

/* Who is taken is looked at no more. */
static void strike(struct job **jobs, gsize n)
{
	for (gsize k = 1; k < n; k++)
		if (jobs[k] && jobs[k]->state != JOB_WAITING)
			jobs[k] = NULL;
}

/* ---- one of those that are due ---- */

/* May it go? What must not is put away here, and *go_r false. */
static bool look(struct store_tx *tx, struct claim *c, struct job *j, enum rung *rung_r, bool *go_r, GError **err)
{
	const char *why_not = NULL;
	struct pacing pacing;

	*go_r = false;
	*rung_r = RUNG_TEXT;
	if (is_over(c, j))
		return job_end(tx, j, JOB_EXPIRED, "its time was over before it could be sent", c->now, err);
	if (j->kind == JOB_TEXT && !parcel_unwanted(tx, c->conf, j, c->a, &why_not, err))
		return false;
	if (why_not)
		return job_refuse(tx, c->conf, j, why_not, c->now, c->a, err);
	if (j->kind == JOB_TEXT && topic_tells(j->topic)) {
		if (!pacing_look(tx, c->conf, j, c->now, c->a, &pacing, err))
			return false;
		if (pacing.until > c->now)
			return pacing_hold(tx, j, &pacing, c->now, c->a, err);
		if (pacing.rung == RUNG_MAIL)
			return pacing_mail(tx, c->conf, j, c->now, c->a, err);
		*rung_r = pacing.rung;
	}
	*go_r = true;
	return true;
}

static bool claim_one(struct store_tx *tx, struct claim *c, struct job **jobs, gsize n, GError **err)
{
	struct job **group = ARENA_NEW_N(c->a, struct job *, n);
	gsize n_group;
	struct parcel *p;
	const char *why_not = NULL;
	enum rung rung;
	bool go;

	if (!look(tx, c, jobs[0], &rung, &go, err))
		return false;
	if (!go)
		return true;
	n_group = companions(c, jobs, n, group);
	if (!parcel_make(tx, c->conf, group, &n_group, rung == RUNG_LAST, c->now, c->a, &p, &why_not, err))
		return false;
	if (!p)
		return job_end(tx, jobs[0], JOB_CANCELLED, why_not, c->now, err);
	g_ptr_array_add(c->parcels, p);
	if (!take_all(tx, c, group, n_group, err))
		return false;
	strike(jobs, n);
	return true;
}

bool claim_think(struct store_tx *tx, void *user, GError **err)
{
	struct claim *c = user;
	struct job **jobs;
	gsize n;

	g_ptr_array_set_size(c->parcels, 0);
	if (!tx_jobs_due(tx, c->kind, c->now, c->kind == JOB_TEXT ? MAX(c->limit, LOOK_AHEAD) : c->limit, c->a, &jobs, &n,
			 err))
		return false;
	for (gsize k = 0; k < n && c->parcels->len < c->limit; k++) {
		if (!jobs[k])
			continue;
		c->stuck = jobs[k]->id;
		if (!claim_one(tx, c, jobs + k, n - k, err))
			return false;
	}
	c->stuck = 0;
	return true;
}
