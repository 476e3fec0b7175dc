/* store_sqlite.h - inside of the SQLite driver: a connection, its statements and rows. For store_sqlite*.c alone. */
#ifndef RINGBACK_STORE_SQLITE_H
#define RINGBACK_STORE_SQLITE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "err.h"
#include "store_driver.h"

#define LIVE "9223372036854775807"	/* items.until while the item is live */

enum statement {
	STATEMENT_BEGIN, STATEMENT_BEGIN_READ, STATEMENT_COMMIT, STATEMENT_ROLLBACK, STATEMENT_SAVEPOINT,
	STATEMENT_ROLLBACK_TO, STATEMENT_RELEASE, STATEMENT_ITEM, STATEMENT_ITEM_BY_KEY, STATEMENT_ITEM_BY_CALL_ID,
	STATEMENT_ITEM_INSERT, STATEMENT_ITEM_UPDATE, STATEMENT_ITEMS, STATEMENT_ITEMS_LIVE, STATEMENT_ITEMS_NUMBER,
	STATEMENT_NOTICE_BY_KEY, STATEMENT_NOTICES, STATEMENT_NOTICE_INSERT, STATEMENT_JOB, STATEMENT_JOB_INSERT,
	STATEMENT_JOB_UPDATE, STATEMENT_JOBS_DUE, STATEMENT_JOBS_IN_STATE, STATEMENT_JOBS_OF_ITEM,
	STATEMENT_JOB_BY_PROVIDER_ID, STATEMENT_JOBS_CANCEL, STATEMENT_NEXT_DUE, STATEMENT_JOURNAL_ADD,
	STATEMENT_JOURNAL, STATEMENT_CODE_OF_ITEM, STATEMENT_CODES, STATEMENT_CODE_INSERT, STATEMENT_PHONE_STOP,
	STATEMENT_PHONE_START, STATEMENT_PHONES_STOPPED, STATEMENT_OVERRIDE_INSERT, STATEMENT_OVERRIDE_REMOVE,
	STATEMENT_OVERRIDES, STATEMENT_TURN_TAKE, STATEMENT_TURNS, STATEMENT_DRIFT_ADD, STATEMENT_DRIFT_FORGET, STATEMENT_DRIFT,
	STATEMENT_JOURNAL_HEAD, STATEMENT_JOURNAL_WRITTEN, STATEMENT_JOURNAL_WALK, STATEMENT_JOURNAL_LINK,
	STATEMENT_JOURNAL_OF_ITEM, STATEMENT_JOURNAL_FORGET, STATEMENT_ITEMS_WALK, STATEMENT_ITEM_FORGET,
	STATEMENT_NOTICES_FORGET, STATEMENT_TEXTS_FORGET, STATEMENT_JOBS_SLICE, STATEMENT_JOBS_FORGET,
	STATEMENT_TEXTS_SENT, STATEMENT_TEXTS_SENT_LINE, STATEMENT_JOBS_IN_BUNDLE, STATEMENT_WATCH_SET,
	STATEMENT_WATCHES, STATEMENT_COUNTS,
	STATEMENT_MARK, STATEMENT_MARK_SET, STATEMENT_MUTE_SET, STATEMENT_MUTE_REMOVE, STATEMENT_MUTES,
	N_STATEMENTS
};

/* How a field of a struct lies in a column. */
enum column_kind { COLUMN_INT64, COLUMN_INT, COLUMN_ENUM, COLUMN_BOOL, COLUMN_TEXT, COLUMN_REF /* 0 is NULL */ };

struct column {
	const char *name;
	enum column_kind kind;
	gsize offset;
	guint n;		/* COLUMN_ENUM: values from the file must be below it */
};

/* The first column is the id. */
struct row_type {
	const struct column *columns;
	guint n_columns;
	gsize size;
};
extern const struct row_type item_row, notice_row, job_row, journal_row, override_row;

/* One connection: of the writer's thread, or of the readers under their lock. */
struct db {
	const char *file;	/* borrowed */
	bool read_only;
	sqlite3 *handle;	/* NULL: to be opened again */
	sqlite3_stmt *statements[N_STATEMENTS];
	dev_t device;		/* of the file as it was opened, to see that it was moved away */
	ino_t inode;
	bool broken;		/* an error that a new connection may cure */
	struct sha256 *sha256;	/* the writer's */
	struct chain_head head;	/* of the journal, in the transaction that is open */
	bool head_known;
	uint8_t salts[256 * CHAIN_SALT];
	guint salts_left;
};

struct sqlite_tx {
	struct store_tx base;
	struct db *db;
	bool failed;		/* a statement of this think failed */
};

/* Opens (again). create: the file may be new, and its schema is brought up to date. */
bool db_open(struct db *db, bool create, GError **err);
void db_close(struct db *db);
/* Is the connection there and the file still the one that was opened? Else opens it. */
bool db_ready(struct db *db, GError **err);

/* The statement, prepared and without values; NULL and *err. */
sqlite3_stmt *db_statement(struct db *db, enum statement which, GError **err);
/* Names the statement in *err; gives false. */
bool db_error(struct db *db, enum statement which, GError **err);
/* Runs a statement that has neither values nor rows. */
bool db_do(struct db *db, enum statement which, GError **err);

/* ---- values and rows; a type's columns in their order, the id left out ---- */
void bind_text(sqlite3_stmt *s, int at, const char *text);	/* NULL is NULL; text must outlive the step */
void bind_ref(sqlite3_stmt *s, int at, int64_t id);
void bind_row(sqlite3_stmt *s, const struct row_type *type, const void *record);
/* The row into record, texts as SQLite lends them until the next step; false if it cannot be (a damaged file). */
bool borrow_row(sqlite3_stmt *s, const struct row_type *type, void *record);
/* NULL and *err if the row cannot be (a damaged file). */
void *read_row(sqlite3_stmt *s, const struct row_type *type, struct arena *a, GError **err);

/* ---- statements of a think (store_sqlite_rows.c): what fails marks the think as failed ---- */
sqlite3_stmt *tx_statement(struct store_tx *tx, enum statement which, GError **err);
bool tx_error(struct store_tx *tx, enum statement which, GError **err);
bool tx_change(struct store_tx *tx, enum statement which, sqlite3_stmt *s, GError **err);

/* store_sqlite_schema.c: schema_version steps. */
extern const char *const schema_steps[];
extern const int64_t schema_version;
/* store_sqlite_life.c: functions of store_ops. */
bool sqlite_mark(struct store_tx *tx, const char *name, struct mark *m_r, GError **err);
bool sqlite_mark_set(struct store_tx *tx, const char *name, const struct mark *m, GError **err);
bool sqlite_mute_set(struct store_tx *tx, const struct mute *m, GError **err);
bool sqlite_mute_remove(struct store_tx *tx, const char *line, bool *found_r, GError **err);
bool sqlite_mutes(struct store_tx *tx, int64_t since, struct arena *a, struct mute **mutes_r, gsize *n_r, GError **err);

/* store_sqlite_drift.c: functions of store_ops. */
bool sqlite_drift_add(struct store_tx *tx, const char *source, const char *profile, const char *field, int64_t at,
		      GError **err);
bool sqlite_drift(struct store_tx *tx, int64_t since, struct arena *a, struct drift **drift_r, gsize *n_r, GError **err);

/* store_sqlite_turns.c: likewise. */
bool sqlite_turn_take(struct store_tx *tx, const char *pool, const char *person, GError **err);
bool sqlite_turns(struct store_tx *tx, struct arena *a, struct pool_turn **turns_r, gsize *n_r, GError **err);

/* store_sqlite_journal.c: likewise, and the function of SQL that brings an older journal into the chain. */
bool sqlite_journal_add(struct store_tx *tx, const struct journal_record *j, GError **err);
bool sqlite_items_walk(struct store_tx *tx, int64_t after, gsize limit, item_visit visit, void *user, int64_t *last_r,
		       GError **err);
bool sqlite_journal_walk(struct store_tx *tx, int64_t after, gsize limit, journal_visit visit, void *user,
			 int64_t *last_r, GError **err);
bool sqlite_journal_head(struct store_tx *tx, struct chain_head *h_r, GError **err);
bool sqlite_item_forget(struct store_tx *tx, int64_t item, GError **err);
bool sqlite_journal_forget(struct store_tx *tx, int64_t record, GError **err);
bool sqlite_jobs_forget(struct store_tx *tx, const char *words, int64_t after, gsize limit, int64_t *last_r,
			GError **err);
bool journal_function(sqlite3 *handle);
/* store_sqlite_texts.c: likewise. */
bool sqlite_texts_sent(struct store_tx *tx, const struct sent_filter *f, gsize *n_r, int64_t *oldest_r, GError **err);
bool sqlite_watch_set(struct store_tx *tx, const struct watch *w, GError **err);
bool sqlite_watches(struct store_tx *tx, struct arena *a, struct watch **watches_r, gsize *n_r, GError **err);

extern const struct store_ops sqlite_ops;

/* store_sqlite.c */
enum store_outcome sqlite_run(struct store *base, store_think think, void *user, GError **err);
enum store_outcome sqlite_read(struct store *base, store_think think, void *user, GError **err);
void sqlite_free(struct store *base);

#endif
