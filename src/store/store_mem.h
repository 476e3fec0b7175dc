/* store_mem.h - inside of the store in memory: tables and undo. For store_mem*.c alone. */
#ifndef RINGBACK_STORE_MEM_H
#define RINGBACK_STORE_MEM_H

#include "err.h"
#include "store_driver.h"

enum table { TABLE_ITEMS, TABLE_NOTICES, TABLE_JOBS, TABLE_JOURNAL, TABLE_CODES, TABLE_STOPS, TABLE_OVERRIDES,
	TABLE_DRIFT, TABLE_LINKS, TABLE_WATCHES, TABLE_MARKS, TABLE_MUTES, TABLE_TURNS, N_TABLES };

struct undo {
	enum table table;
	guint index;
	void *old;
};

struct store_mem {
	struct store base;
	GMutex lock;
	struct arena *arena;
	GPtrArray *tables[N_TABLES];	/* the record with id n is at n - 1 */
	struct sha256 *sha256;
	GArray *undo;			/* struct undo, of the think that runs */
};

struct mem_tx {
	struct store_tx base;
	struct store_mem *mem;
	bool read_only, failed;
};

struct store_mem *mem_of(struct store_tx *tx);
GPtrArray *mem_table(struct store_tx *tx, enum table t);
/* Marks the think as failed; gives false. */
bool mem_error(struct store_tx *tx, GError **err, const char *what, int64_t id);
const void *mem_record(struct store_tx *tx, enum table t, int64_t id);
/* Is this no read, and is there such an item (0: none is meant)? */
bool mem_may_write(struct store_tx *tx, int64_t item, GError **err);
/* Gives its id. */
int64_t mem_add(struct store_tx *tx, enum table t, void *record);
/* Noted for undo. */
void mem_replace(struct store_tx *tx, enum table t, int64_t id, void *record);

struct journal_record *journal_copy(struct arena *a, const struct journal_record *from);
struct notice *notice_copy(struct arena *a, const struct notice *from);

/* store_mem_jobs.c: functions of store_ops. */
bool mem_job(struct store_tx *tx, int64_t id, struct arena *a, struct job **j_r, GError **err);
bool mem_job_insert(struct store_tx *tx, struct job *j, GError **err);
bool mem_job_update(struct store_tx *tx, const struct job *j, GError **err);
bool mem_jobs_due(struct store_tx *tx, enum job_kind kind, int64_t now, gsize limit, struct arena *a,
		  struct job ***jobs_r, gsize *n_r, GError **err);
bool mem_jobs_in_state(struct store_tx *tx, enum job_state state, enum job_kind kind, gsize limit,
		       struct arena *a, struct job ***jobs_r, gsize *n_r, GError **err);
bool mem_jobs_of_item(struct store_tx *tx, int64_t item, struct arena *a, struct job ***jobs_r, gsize *n_r,
		      GError **err);
bool mem_job_by_provider_id(struct store_tx *tx, const char *provider, const char *provider_id,
			    struct arena *a, struct job **j_r, GError **err);
bool mem_jobs_cancel(struct store_tx *tx, int64_t item, guint topics, int64_t now, GError **err);
bool mem_next_due(struct store_tx *tx, enum job_kind kind, int64_t *due_r, GError **err);
bool mem_journal(struct store_tx *tx, int64_t item, struct arena *a, struct journal_record ***records_r,
		 gsize *n_r, GError **err);
bool mem_code_give(struct store_tx *tx, const char *phone, int64_t item, int64_t now, int64_t rest_s,
		   int *code_r, GError **err);
bool mem_codes(struct store_tx *tx, const char *phone, int64_t now, int64_t rest_s, struct arena *a,
	       struct code **codes_r, gsize *n_r, GError **err);
bool mem_phone_stop(struct store_tx *tx, const char *phone, int64_t at, GError **err);
bool mem_phones_stopped(struct store_tx *tx, struct arena *a, const char *const **phones_r, GError **err);
bool mem_override_insert(struct store_tx *tx, struct override *o, GError **err);
bool mem_override_remove(struct store_tx *tx, int64_t id, bool *found_r, GError **err);
bool mem_overrides(struct store_tx *tx, int64_t since, struct arena *a, struct override **overrides_r, gsize *n_r,
		   GError **err);
/* store_mem_life.c: likewise. */
bool mem_mark(struct store_tx *tx, const char *name, struct mark *m_r, GError **err);
bool mem_mark_set(struct store_tx *tx, const char *name, const struct mark *m, GError **err);
bool mem_mute_set(struct store_tx *tx, const struct mute *m, GError **err);
bool mem_mute_remove(struct store_tx *tx, const char *line, bool *found_r, GError **err);
bool mem_mutes(struct store_tx *tx, int64_t since, struct arena *a, struct mute **mutes_r, gsize *n_r, GError **err);
/* store_mem_texts.c: likewise. */
bool mem_texts_sent(struct store_tx *tx, const struct sent_filter *f, gsize *n_r, int64_t *oldest_r, GError **err);
bool mem_jobs_in_bundle(struct store_tx *tx, int64_t bundle, struct arena *a, struct job ***jobs_r, gsize *n_r,
			GError **err);
bool mem_watch_set(struct store_tx *tx, const struct watch *w, GError **err);
bool mem_watches(struct store_tx *tx, struct arena *a, struct watch **watches_r, gsize *n_r, GError **err);
/* store_mem_drift.c: likewise. */
bool mem_drift_add(struct store_tx *tx, const char *source, const char *profile, const char *field, int64_t at,
		   GError **err);
bool mem_drift(struct store_tx *tx, int64_t since, struct arena *a, struct drift **drift_r, gsize *n_r, GError **err);
/* store_mem_turns.c */
bool mem_turn_take(struct store_tx *tx, const char *pool, const char *person, GError **err);
bool mem_turns(struct store_tx *tx, struct arena *a, struct pool_turn **turns_r, gsize *n_r, GError **err);
/* store_mem_journal.c */
bool mem_journal_add(struct store_tx *tx, const struct journal_record *j, GError **err);
bool mem_items_walk(struct store_tx *tx, int64_t after, gsize limit, item_visit visit, void *user, int64_t *last_r,
		    GError **err);
bool mem_journal_walk(struct store_tx *tx, int64_t after, gsize limit, journal_visit visit, void *user, int64_t *last_r,
		      GError **err);
bool mem_journal_head(struct store_tx *tx, struct chain_head *h_r, GError **err);
bool mem_item_forget(struct store_tx *tx, int64_t item, GError **err);
bool mem_journal_forget(struct store_tx *tx, int64_t record, GError **err);
bool mem_jobs_forget(struct store_tx *tx, const char *words, int64_t after, gsize limit, int64_t *last_r, GError **err);
bool mem_counts(struct store_tx *tx, struct store_counts *c_r, GError **err);

#endif
