#include "part_receipt.h"

#include <string.h>

#include "parts.h"

#define TEXTS_MAX 10000		/* sent, without a receipt yet */

static int find(const struct parts *p, const struct part_receipt *r)
{
	int k = -1;

	for (const char *const *f = r->forms; *f && k < 0; f++)
		k = parts_find(p, *f);
	return k;
}

static bool has_part(struct arena *a, const char *id, const struct part_receipt *r)
{
	const struct parts p = parts_read(a, id);

	return find(&p, r) >= 0;
}

/* An id that is padded otherwise, or missing here and there, is the same. */
static bool is_same(const char *id, const struct part_receipt *r)
{
	for (const char *const *f = r->forms; *f; f++)
		if (g_ascii_strcasecmp(id + strspn(id, "0"), *f + strspn(*f, "0")) == 0)
			return true;
	return false;
}

bool part_receipt_find(struct store_tx *tx, const struct part_receipt *r, struct arena *a, struct job **j_r,
		       GError **err)
{
	struct job **jobs;
	gsize n;

	*j_r = NULL;
	if (!tx_jobs_in_state(tx, JOB_SENT, JOB_TEXT, TEXTS_MAX, a, &jobs, &n, err))
		return false;
	for (gsize k = 0; k < n && !*j_r; k++) {
		struct job *j = jobs[k];
		const char *id = j->provider_id ? j->provider_id : "";

		if (g_strcmp0(j->provider, r->provider) == 0 && g_strcmp0(j->to, r->receipt->from) == 0 &&
		    (has_part(a, id, r) || is_same(id, r)))
			*j_r = j;
	}
	return true;
}

enum job_state part_receipt_state(const struct receipt *r)
{
	if (r->delivered)
		return JOB_DELIVERED;
	return strcmp(r->state, "EXPIRED") == 0 ? JOB_EXPIRED : JOB_FAILED;
}

bool part_receipt_mark(struct job *j, const struct part_receipt *r, struct arena *a, enum job_state *state_r)
{
	static const struct { enum job_state job; enum part_state part; } states[] = {
		{ JOB_DELIVERED, PART_DELIVERED }, { JOB_EXPIRED, PART_EXPIRED }, { JOB_FAILED, PART_FAILED },
	};
	struct parts p = parts_read(a, j->provider_id);
	int part = find(&p, r);

	*state_r = part_receipt_state(r->receipt);
	if (part < 0)
		return p.n == 0;
	for (gsize k = 0; k < G_N_ELEMENTS(states); k++)
		if (states[k].job == *state_r)
			p.part[part].state = states[k].part;
	j->provider_id = parts_write(a, &p);
	for (gsize k = 0; k < G_N_ELEMENTS(states); k++)
		if (states[k].part == parts_state(&p)) {
			*state_r = states[k].job;
			return true;
		}
	return false;
}
