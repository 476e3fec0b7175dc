#include "outbox_job.h"

#include "apply.h"
#include "decide.h"

#define RETRY_MAX_S 60

bool job_journal(struct store_tx *tx, const struct job *j, const char *what, const char *why, int64_t now,
		 GError **err)
{
	struct journal_record r = {
		.item = j->item, .at = now, .who = "ringback", .what = what,
		.how = j->kind == JOB_TEXT ? "text" : j->kind == JOB_MAIL ? "mail" : "timer", .why = why
	};

	return tx_journal_add(tx, &r, err);
}

bool job_end(struct store_tx *tx, struct job *j, enum job_state state, const char *why, int64_t now,
	     GError **err)
{
	j->state = state;
	j->error = why;
	j->updated = now;
	return tx_job_update(tx, j, err) &&
	       job_journal(tx, j, state == JOB_FAILED ? JOURNAL_NOT_DELIVERED : JOURNAL_EXPIRED, why, now, err);
}

bool job_refuse(struct store_tx *tx, const struct conf *conf, struct job *j, const char *why, int64_t now,
		struct arena *a, GError **err)
{
	struct event e = { .kind = EVENT_RECEIPT, .job = j, .delivered = false };
	struct facts f = { 0 };
	struct item *i = NULL;

	if (j->kind != JOB_TEXT || !j->item)
		return job_end(tx, j, JOB_FAILED, why, now, err);
	j->state = JOB_FAILED;
	j->error = why;
	j->updated = now;
	if (!tx_job_update(tx, j, err) || !tx_item(tx, j->item, a, &i, err) ||
	    !tx_phones_stopped(tx, a, &f.stopped, err))
		return false;
	f.item = i;
	return !i || apply_decision(tx, conf, decide(conf->roster, &e, &f, now, a), now, err);
}

bool job_recover(struct store_tx *tx, struct job *j, int64_t now, GError **err)
{
	j->state = JOB_WAITING;
	j->due = now;
	j->updated = now;
	j->sent = j->bundle = 0;
	if (j->kind != JOB_TEXT)
		return tx_job_update(tx, j, err);	/* the same Message-ID: a second copy is one for the reader */
	j->possibly_twice++;
	return tx_job_update(tx, j, err) &&
	       job_journal(tx, j, JOURNAL_POSSIBLY_TWICE, "ringback stopped before the answer; sent again, possibly twice",
			   now, err);
}

int64_t job_retry_delay(int64_t tries)
{
	return MIN(INT64_C(1) << MIN(tries, 10), RETRY_MAX_S);
}

bool job_put_off(struct store_tx *tx, void *user, GError **err)
{
	const struct job_put_off *p = user;
	struct job *j;

	if (!tx_job(tx, p->job, p->a, &j, err))
		return false;
	if (!j || j->state != JOB_WAITING)
		return true;
	j->tries++;
	j->due = p->now + job_retry_delay(j->tries);
	j->updated = p->now;
	j->error = p->why;
	return tx_job_update(tx, j, err) &&
	       (j->tries > 1 || job_journal(tx, j, JOURNAL_PUT_OFF, p->why, p->now, err));
}
