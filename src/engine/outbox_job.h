/* outbox_job.h - how a job of the outbox ends, or is put off, inside a transaction. For engine/, and for the
 * operator's commands. */
#ifndef RINGBACK_OUTBOX_JOB_H
#define RINGBACK_OUTBOX_JOB_H

#include "conf.h"
#include "store.h"

bool job_journal(struct store_tx *tx, const struct job *j, const char *what, const char *why, int64_t now,
		 GError **err);

/* FAILED, EXPIRED or CANCELLED, with a journal record. */
bool job_end(struct store_tx *tx, struct job *j, enum job_state state, const char *why, int64_t now, GError **err);

/* A text that its person cannot have moves the item to the next step: the SMSC's final no, as a receipt that says failed
 * does, or ours. */
bool job_refuse(struct store_tx *tx, const struct conf *conf, struct job *j, const char *why, int64_t now,
		struct arena *a, GError **err);

/* After a stop a job that was SENDING goes once more; a text is marked possibly twice. */
bool job_recover(struct store_tx *tx, struct job *j, int64_t now, GError **err);

int64_t job_retry_delay(int64_t tries);

/* A think: a job that cannot be done now is tried later, and those behind it first. */
struct job_put_off {
	int64_t job, now;
	const char *why;
	struct arena *a;
};
bool job_put_off(struct store_tx *tx, void *user, GError **err);

#endif
