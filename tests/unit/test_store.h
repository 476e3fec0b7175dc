/* test_store.h - what the files of the store's tests share. */
#ifndef RINGBACK_TEST_STORE_H
#define RINGBACK_TEST_STORE_H

#include "store.h"

#define PHONE "+447700900123"
#define REST (72 * 3600)

struct world {
	struct store *s;
	struct arena *a;
	char *dir, *file;
};

struct test_row {
	const char *name;
	void (*run)(struct world *w);
};

void world_open(struct world *w, const char *driver);
void world_close(struct world *w);
struct store *file_store(struct world *w);	/* opens w->file */
void add_case(const char *driver, const struct test_row *row);
void add_file_cases(void);
void add_journal_cases(const char *driver);

/* Takes back what came after that. */
#define NO_MARKS "ALTER TABLE items DROP COLUMN opened; DROP TABLE marks; DROP TABLE mutes; "
#define NO_WATCHES "DROP TABLE watches; DROP INDEX outbox_sent; DROP INDEX outbox_bundle;" \
	" ALTER TABLE outbox DROP COLUMN sent; ALTER TABLE outbox DROP COLUMN bundle; "

#define CHAIN_VERSION "5"	/* of the last schema whose journal was no chain */

/* Runs sql on the file itself; error: what SQLite must say, NULL for success. */
void raw_sql(struct world *w, const char *sql, const char *error);
void add_text_cases(const char *driver);

struct item new_item(const char *key);
struct job new_job(int64_t item, enum job_kind kind, enum job_topic topic, int64_t due);

/* Run think and demand that it is done. */
void must(struct world *w, store_think think, void *user);
void must_read(struct world *w, store_think think, void *user);

int64_t add_item(struct world *w, struct item i);
struct item *item_of(struct world *w, int64_t id);
struct store_counts counts_of(struct world *w);

/* What a think that reads is asked for, and found. */
struct get {
	struct arena *a;
	int64_t id, since;
	const char *text, *text2;
	int kind, state;
	gsize limit;
	void *found;
	gsize n;
};

/* Thinks. user: the record; struct get; struct store_counts; unused. */
bool insert_item(struct store_tx *tx, void *user, GError **err);
bool update_item(struct store_tx *tx, void *user, GError **err);
bool insert_job(struct store_tx *tx, void *user, GError **err);
bool add_journal(struct store_tx *tx, void *user, GError **err);
bool get_item(struct store_tx *tx, void *user, GError **err);
bool get_counts(struct store_tx *tx, void *user, GError **err);
bool refuse(struct store_tx *tx, void *user, GError **err);
bool change_and_refuse(struct store_tx *tx, void *user, GError **err);

#endif
