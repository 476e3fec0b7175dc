/* store.h - what we remember: items, notices, jobs (the outbox), journal, codes, overrides.
 *
 * A change is a `think`: a function that reads and writes through one transaction and may be run again from the start
 * when another process was faster. Many thinks that wait at the same time share one commit (and one fsync); nobody is
 * answered before that commit. A think that returns false is undone alone; the others of its commit stand.
 *
 * Drivers: store_sqlite (one file, WAL, synchronous=FULL), store_mem (tests, replay), store_fault (wraps another and
 * fails its n-th operation). PostgreSQL can follow: nothing here is SQL. All functions are safe from any thread; a
 * tx belongs to the thread that runs the think, and ends with it. */
#ifndef RINGBACK_STORE_H
#define RINGBACK_STORE_H

#include "arena.h"
#include "chain.h"
#include "item.h"

struct store;
struct store_tx;

enum store_outcome {
	STORE_DONE,		/* durable */
	STORE_REFUSED,		/* the think said no (its own *err); nothing of it is kept */
	STORE_FAILED,		/* the store cannot; nothing of it is kept */
	STORE_UNCERTAIN,	/* went away during commit: may or may not be kept */
};

typedef bool (*store_think)(struct store_tx *tx, void *user, GError **err);

/* Runs think and waits until it is durable. */
enum store_outcome store_run(struct store *s, store_think think, void *user, GError **err);

/* Runs think without any commit: for reading. Sees all that was committed before. */
enum store_outcome store_read(struct store *s, store_think think, void *user, GError **err);

void store_free(struct store *s);	/* waits for what is under way */

/* ---- drivers ---- */

/* Opens or creates the file (mode 0640), brings its schema up to date in a transaction. A file of a newer ringback, or
 * one that is no SQLite database, is an error and is not touched. */
struct store *store_sqlite_open(const char *file, GError **err);
struct store *store_mem_new(void);

/* Takes inner over. Operation number `at` (1 is the first, counted over begin, each tx call, and commit) fails with
 * STORE_FAILED, once; commit is done but reported STORE_UNCERTAIN if uncertain. at 0: never. */
struct store *store_fault_new(struct store *inner, guint64 at, bool uncertain);
guint64 store_fault_count(const struct store *s);	/* operations so far */

/* ---- within a think: false (or -1) and *err on failure; then the think must return false ---- */

/* Reads give objects in a. "No such thing" is true with NULL. */
bool tx_item(struct store_tx *tx, int64_t id, struct arena *a, struct item **i_r, GError **err);

/* The newest item (highest id) with this key that is live, or closed (or suppressed: `closed` says when) at or after
 * closed_since. */
bool tx_item_by_key(struct store_tx *tx, const char *key, int64_t closed_since, struct arena *a, struct item **i_r,
		    GError **err);
/* Likewise by the PBX's call id, created at or after since. */
bool tx_item_by_call_id(struct store_tx *tx, const char *call_id, int64_t since, struct arena *a, struct item **i_r,
			GError **err);
bool tx_item_insert(struct store_tx *tx, struct item *i, GError **err);	/* sets i->id: one more than any before */
bool tx_item_update(struct store_tx *tx, const struct item *i, GError **err);

struct item_filter {
	bool live_only;
	const char *number;	/* E.164 caller, or NULL */
	const char *line, *owner;	/* ids, or NULL */
	int64_t before_id;	/* 0: from the newest */
	gsize limit;		/* at most 10,000 */
};
/* Newest first; n_r items. */
bool tx_items(struct store_tx *tx, const struct item_filter *f, struct arena *a, struct item ***items_r, gsize *n_r,
	      GError **err);

bool tx_notice_by_key(struct store_tx *tx, const char *key, int64_t since, struct arena *a, struct notice **n_r,
		      GError **err);	/* the newest that arrived at or after since */
bool tx_notices(struct store_tx *tx, int64_t item, gsize limit, struct arena *a, struct notice **notices_r, gsize *n_r,
		GError **err);		/* newest first, an array of structs */
bool tx_notice_insert(struct store_tx *tx, struct notice *n, GError **err);	/* sets n->id */

bool tx_job(struct store_tx *tx, int64_t id, struct arena *a, struct job **j_r, GError **err);
bool tx_job_insert(struct store_tx *tx, struct job *j, GError **err);		/* sets j->id */
bool tx_job_update(struct store_tx *tx, const struct job *j, GError **err);
/* Jobs of that kind WAITING and due at or before now, oldest due first, at most limit. */
bool tx_jobs_due(struct store_tx *tx, enum job_kind kind, int64_t now, gsize limit, struct arena *a,
		 struct job ***jobs_r, gsize *n_r, GError **err);
/* Jobs in that state, oldest first: SENDING ones after a crash, SENT ones for their receipt. kind N_JOB_KINDS: all. */
bool tx_jobs_in_state(struct store_tx *tx, enum job_state state, enum job_kind kind, gsize limit, struct arena *a,
		      struct job ***jobs_r, gsize *n_r, GError **err);
bool tx_jobs_of_item(struct store_tx *tx, int64_t item, struct arena *a, struct job ***jobs_r, gsize *n_r, GError **err);
/* The newest text with that provider's id for it. */
bool tx_job_by_provider_id(struct store_tx *tx, const char *provider, const char *provider_id, struct arena *a,
			   struct job **j_r, GError **err);
/* WAITING jobs of the item whose topic is in the set (1 << topic) become CANCELLED. */
bool tx_jobs_cancel(struct store_tx *tx, int64_t item, guint topics, int64_t now, GError **err);
/* Of the texts that tell somebody of an item (topic_tells) and that a carrier took at or after since, several in a bundle
 * counted as one: how many of the newest limit there are, and when the oldest of these went (0: none did). */
struct sent_filter {
	const char *phone;	/* E.164; NULL: any */
	const char *line;	/* id; NULL: any */
	int64_t since;
	gsize limit;
};
bool tx_texts_sent(struct store_tx *tx, const struct sent_filter *f, gsize *n_r, int64_t *oldest_r, GError **err);
/* All jobs of a bundle, the one that carries it too, oldest first. */
bool tx_jobs_in_bundle(struct store_tx *tx, int64_t bundle, struct arena *a, struct job ***jobs_r, gsize *n_r,
		       GError **err);
/* When the next WAITING job of that kind is due; 0 if none waits. */
bool tx_next_due(struct store_tx *tx, enum job_kind kind, int64_t *due_r, GError **err);

/* Append-only, and a chain of hashes: see chain.h. */
bool tx_journal_add(struct store_tx *tx, const struct journal_record *j, GError **err);
bool tx_journal(struct store_tx *tx, int64_t item, struct arena *a, struct journal_record ***records_r, gsize *n_r,
		GError **err);		/* oldest first */

/* ---- all of it, a slice at a time: what visit() gets ends with the call; false from it ends the walk, as if limit was
 * reached. From the record after `after` on, oldest first; *last_r: the id of the last that was visited, 0 if none was. ---- */
typedef bool (*item_visit)(const struct item *i, void *user);
bool tx_items_walk(struct store_tx *tx, int64_t after, gsize limit, item_visit visit, void *user, int64_t *last_r,
		   GError **err);
typedef bool (*journal_visit)(const struct journal_record *j, const struct chain_link *l, void *user);
bool tx_journal_walk(struct store_tx *tx, int64_t after, gsize limit, journal_visit visit, void *user, int64_t *last_r,
		     GError **err);
/* Where the chain ends. */
bool tx_journal_head(struct store_tx *tx, struct chain_head *h_r, GError **err);

/* ---- forgetting: what is said about a caller goes, that something was stays ---- */

/* The item without caller, name, transcript and ids of the PBX; its key becomes ITEM_FORGOTTEN and its id; its notices,
 * texts and journal records likewise. Its jobs should not wait any more. */
bool tx_item_forget(struct store_tx *tx, int64_t item, GError **err);
/* One record of the journal: without why. */
bool tx_journal_forget(struct store_tx *tx, int64_t record, GError **err);
/* Texts and errors of jobs with an id above `after` that hold words and are not under way: at most limit jobs are looked at;
 * *last_r: the last of them, 0: there are no more. */
bool tx_jobs_forget(struct store_tx *tx, const char *words, int64_t after, gsize limit, int64_t *last_r, GError **err);

/* The code of the item on that phone, giving the lowest free one if it has none: 10 to 9999. Not free:
 * items that are live, or closed less than rest_s ago. ERR_LIMIT when all are taken. */
bool tx_code_give(struct store_tx *tx, const char *phone, int64_t item, int64_t now, int64_t rest_s, int *code_r,
		  GError **err);
/* All codes of a phone that are not free, newest given first. */
bool tx_codes(struct store_tx *tx, const char *phone, int64_t now, int64_t rest_s, struct arena *a, struct code **codes_r,
	      gsize *n_r, GError **err);

/* STOP: no text goes to that phone until START, which is at 0. */
bool tx_phone_stop(struct store_tx *tx, const char *phone, int64_t at, GError **err);
/* All phones that said STOP, by number; NULL-terminated. */
bool tx_phones_stopped(struct store_tx *tx, struct arena *a, const char *const **phones_r, GError **err);

/* Somebody else on call: sets o->id. Those that end after since, the oldest first, an array of structs. Removed is removed:
 * *found_r says whether there was one; the journal remembers. */
bool tx_override_insert(struct store_tx *tx, struct override *o, GError **err);
bool tx_override_remove(struct store_tx *tx, int64_t id, bool *found_r, GError **err);
bool tx_overrides(struct store_tx *tx, int64_t since, struct arena *a, struct override **overrides_r, gsize *n_r,
		  GError **err);
/* Who is on call by a schedule from now on, and all that were noted, by schedule, an array of structs. */
bool tx_watch_set(struct store_tx *tx, const struct watch *w, GError **err);
bool tx_watches(struct store_tx *tx, struct arena *a, struct watch **watches_r, gsize *n_r, GError **err);
/* A small number by its name; zeros if there is none. Set replaces. */
bool tx_mark(struct store_tx *tx, const char *name, struct mark *m_r, GError **err);
bool tx_mark_set(struct store_tx *tx, const char *name, const struct mark *m, GError **err);

/* A line of which nobody is told: one at a time for each line, set replaces. Those that end after since, by line, an array
 * of structs. */
bool tx_mute_set(struct store_tx *tx, const struct mute *m, GError **err);
bool tx_mute_remove(struct store_tx *tx, const char *line, bool *found_r, GError **err);
bool tx_mutes(struct store_tx *tx, int64_t since, struct arena *a, struct mute **mutes_r, gsize *n_r, GError **err);

/* The person had an item of the pool: that is its newest turn. All of them, at most 10,000, an array of structs. */
bool tx_turn_take(struct store_tx *tx, const char *pool, const char *person, GError **err);
bool tx_turns(struct store_tx *tx, struct arena *a, struct pool_turn **turns_r, gsize *n_r, GError **err);
/* Counts one mail of the source for the profile and field (see struct drift), at that time. What is older than
 * DRIFT_KEPT_DAYS is forgotten. */
bool tx_drift_add(struct store_tx *tx, const char *source, const char *profile, const char *field, int64_t at,
		  GError **err);
/* The sums since the day of `since`, by source, profile and field; at most 10,000, an array of structs. */
bool tx_drift(struct store_tx *tx, int64_t since, struct arena *a, struct drift **drift_r, gsize *n_r, GError **err);

struct store_counts {
	gint64 items, live, notices, journal;
	gint64 jobs_waiting, texts_sent, texts_failed;
};
bool tx_counts(struct store_tx *tx, struct store_counts *c_r, GError **err);

#endif
