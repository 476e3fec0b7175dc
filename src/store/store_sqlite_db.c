/* A connection to the SQLite file: opening, schema, statements, rows. */
#include "store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000
#define APPLICATION_ID 0x52674263	/* "RgBc": tells our file from any other SQLite database */

/* ---- columns. The numbers of enums are in the file: new values go to the end only. ---- */

#define FIELD(type, name, kind) { #name, kind, offsetof(struct type, name), 0 }
#define ENUM(type, name, n) { #name, COLUMN_ENUM, offsetof(struct type, name), n }

static const struct column item_columns[] = {
	FIELD(item, id, COLUMN_INT64),
	ENUM(item, state, N_STATES),
	ENUM(item, resolution, N_RESOLUTIONS),
	FIELD(item, key, COLUMN_TEXT),
	FIELD(item, call_id, COLUMN_TEXT),
	ENUM(item, class, N_CLASSES),
	ENUM(item, reason, N_REASONS),
	FIELD(item, line, COLUMN_TEXT),
	FIELD(item, owner, COLUMN_TEXT),
	FIELD(item, caller, COLUMN_TEXT),
	FIELD(item, caller_raw, COLUMN_TEXT),
	FIELD(item, caller_name, COLUMN_TEXT),
	FIELD(item, withheld, COLUMN_BOOL),
	FIELD(item, called, COLUMN_TEXT),
	FIELD(item, call_time, COLUMN_INT64),
	FIELD(item, duration_s, COLUMN_INT),
	FIELD(item, transcript, COLUMN_TEXT),
	FIELD(item, profile, COLUMN_TEXT),
	FIELD(item, source, COLUMN_TEXT),
	FIELD(item, calls, COLUMN_INT64),
	FIELD(item, created, COLUMN_INT64),
	FIELD(item, updated, COLUMN_INT64),
	FIELD(item, last_call, COLUMN_INT64),
	FIELD(item, texted, COLUMN_INT64),
	FIELD(item, due, COLUMN_INT64),
	FIELD(item, acked, COLUMN_INT64),
	FIELD(item, closed, COLUMN_INT64),
	FIELD(item, acked_by, COLUMN_TEXT),
	FIELD(item, policy, COLUMN_TEXT),
	FIELD(item, step, COLUMN_INT64),
	FIELD(item, thread_id, COLUMN_TEXT),
	FIELD(item, told, COLUMN_TEXT),
	FIELD(item, attempts, COLUMN_INT64),
	FIELD(item, wake, COLUMN_INT64),
	FIELD(item, rule, COLUMN_TEXT),
	ENUM(item, urgency, N_URGENCIES),
	FIELD(item, opened, COLUMN_INT64),
};

static const struct column notice_columns[] = {
	FIELD(notice, id, COLUMN_INT64),
	FIELD(notice, item, COLUMN_REF),
	FIELD(notice, key, COLUMN_TEXT),
	ENUM(notice, class, N_CLASSES),
	FIELD(notice, arrived, COLUMN_INT64),
	FIELD(notice, rcpts, COLUMN_TEXT),
	FIELD(notice, message_id, COLUMN_TEXT),
	FIELD(notice, queue_id, COLUMN_TEXT),
	ENUM(notice, action, N_NOTICE_ACTIONS),
};

static const struct column job_columns[] = {
	FIELD(job, id, COLUMN_INT64),
	FIELD(job, item, COLUMN_REF),
	ENUM(job, kind, N_JOB_KINDS),
	ENUM(job, topic, N_TOPICS),
	ENUM(job, state, N_JOB_STATES),
	FIELD(job, due, COLUMN_INT64),
	FIELD(job, expires, COLUMN_INT64),
	FIELD(job, person, COLUMN_TEXT),
	{ "addressee", COLUMN_TEXT, offsetof(struct job, to), 0 },	/* TO is a word of SQL */
	FIELD(job, text, COLUMN_TEXT),
	FIELD(job, step, COLUMN_INT64),
	FIELD(job, tries, COLUMN_INT64),
	FIELD(job, possibly_twice, COLUMN_INT64),
	FIELD(job, provider, COLUMN_TEXT),
	FIELD(job, provider_id, COLUMN_TEXT),
	FIELD(job, error, COLUMN_TEXT),
	FIELD(job, created, COLUMN_INT64),
	FIELD(job, updated, COLUMN_INT64),
	FIELD(job, sent, COLUMN_INT64),
	FIELD(job, bundle, COLUMN_REF),
};

static const struct column journal_columns[] = {
	FIELD(journal_record, id, COLUMN_INT64),
	FIELD(journal_record, item, COLUMN_REF),
	FIELD(journal_record, at, COLUMN_INT64),
	FIELD(journal_record, who, COLUMN_TEXT),
	FIELD(journal_record, what, COLUMN_TEXT),
	FIELD(journal_record, how, COLUMN_TEXT),
	FIELD(journal_record, why, COLUMN_TEXT),
};

static const struct column override_columns[] = {
	FIELD(override, id, COLUMN_INT64),
	FIELD(override, schedule, COLUMN_TEXT),
	FIELD(override, person, COLUMN_TEXT),
	{ "begins", COLUMN_INT64, offsetof(struct override, from), 0 },	/* FROM and TO are words of SQL */
	{ "ends", COLUMN_INT64, offsetof(struct override, to), 0 },
	FIELD(override, created, COLUMN_INT64),
	{ "said_by", COLUMN_TEXT, offsetof(struct override, by), 0 },
};

const struct row_type item_row = { item_columns, G_N_ELEMENTS(item_columns), sizeof(struct item) };
const struct row_type notice_row = { notice_columns, G_N_ELEMENTS(notice_columns), sizeof(struct notice) };
const struct row_type job_row = { job_columns, G_N_ELEMENTS(job_columns), sizeof(struct job) };
const struct row_type journal_row = {
	journal_columns, G_N_ELEMENTS(journal_columns), sizeof(struct journal_record)
};

const struct row_type override_row = {
	override_columns, G_N_ELEMENTS(override_columns), sizeof(struct override)
};

/* ---- statements. $ is the type's columns, # as many parameters as it has after the id, @ "column = ?n" for each. ---- */

struct statement_def {
	const char *name, *sql;
	const struct row_type *type;
};

static const struct statement_def statement_defs[] = {
	[STATEMENT_BEGIN] = { "begin", "BEGIN IMMEDIATE", NULL },
	[STATEMENT_BEGIN_READ] = { "begin_read", "BEGIN", NULL },
	[STATEMENT_COMMIT] = { "commit", "COMMIT", NULL },
	[STATEMENT_ROLLBACK] = { "rollback", "ROLLBACK", NULL },
	[STATEMENT_SAVEPOINT] = { "savepoint", "SAVEPOINT think", NULL },
	[STATEMENT_ROLLBACK_TO] = { "rollback_to", "ROLLBACK TO think", NULL },
	[STATEMENT_RELEASE] = { "release", "RELEASE think", NULL },
	[STATEMENT_ITEM] = { "item", "SELECT $ FROM items WHERE id = ?1", &item_row },
	[STATEMENT_ITEM_BY_KEY] = { "item_by_key",
		"SELECT $ FROM items WHERE id = (SELECT max(id) FROM items WHERE key = ?1 AND until >= ?2)", &item_row },
	[STATEMENT_ITEM_BY_CALL_ID] = { "item_by_call_id",
		"SELECT $ FROM items WHERE call_id = ?1 AND created >= ?2 ORDER BY id DESC LIMIT 1", &item_row },
	[STATEMENT_ITEM_INSERT] = { "item_insert", "INSERT INTO items ($, until) VALUES (NULL, #, ?40)", &item_row },
	[STATEMENT_ITEM_UPDATE] = { "item_update", "UPDATE items SET @, until = ?40 WHERE id = ?1", &item_row },
	[STATEMENT_ITEMS] = { "items",
		"SELECT $ FROM items WHERE id < ?1 AND (?2 IS NULL OR line = ?2) AND (?3 IS NULL OR owner = ?3)"
		" ORDER BY id DESC LIMIT ?4", &item_row },
	[STATEMENT_ITEMS_LIVE] = { "items_live",
		"SELECT $ FROM items INDEXED BY items_live WHERE until = " LIVE " AND id < ?1 AND"
		" (?2 IS NULL OR line = ?2) AND (?3 IS NULL OR owner = ?3) AND (?5 IS NULL OR caller = ?5)"
		" ORDER BY id DESC LIMIT ?4", &item_row },
	[STATEMENT_ITEMS_NUMBER] = { "items_number",
		"SELECT $ FROM items WHERE caller = ?5 AND id < ?1 AND (?2 IS NULL OR line = ?2)"
		" AND (?3 IS NULL OR owner = ?3) ORDER BY id DESC LIMIT ?4", &item_row },
	[STATEMENT_NOTICE_BY_KEY] = { "notice_by_key",
		"SELECT $ FROM notices WHERE key = ?1 AND arrived >= ?2 ORDER BY arrived DESC, id DESC LIMIT 1",
		&notice_row },
	[STATEMENT_NOTICES] = { "notices",
		"SELECT $ FROM notices WHERE item = ?1 ORDER BY arrived DESC, id DESC LIMIT ?2", &notice_row },
	[STATEMENT_NOTICE_INSERT] = { "notice_insert", "INSERT INTO notices ($) VALUES (NULL, #)", &notice_row },
	[STATEMENT_JOB] = { "job", "SELECT $ FROM outbox WHERE id = ?1", &job_row },
	[STATEMENT_JOB_INSERT] = { "job_insert", "INSERT INTO outbox ($) VALUES (NULL, #)", &job_row },
	[STATEMENT_JOB_UPDATE] = { "job_update", "UPDATE outbox SET @ WHERE id = ?1", &job_row },
	[STATEMENT_JOBS_DUE] = { "jobs_due",
		"SELECT $ FROM outbox WHERE state = 0 AND kind = ?1 AND due <= ?2 ORDER BY due, id LIMIT ?3", &job_row },
	[STATEMENT_JOBS_IN_STATE] = { "jobs_in_state",
		"SELECT $ FROM outbox WHERE state = ?1 AND (?2 IS NULL OR kind = ?2) ORDER BY id LIMIT ?3", &job_row },
	[STATEMENT_JOBS_OF_ITEM] = { "jobs_of_item", "SELECT $ FROM outbox WHERE item IS ?1 ORDER BY id", &job_row },
	[STATEMENT_JOB_BY_PROVIDER_ID] = { "job_by_provider_id",
		"SELECT $ FROM outbox WHERE provider_id = ?2 AND provider = ?1 AND kind = 0 ORDER BY id DESC LIMIT 1",
		&job_row },
	[STATEMENT_JOBS_CANCEL] = { "jobs_cancel",
		"UPDATE outbox SET state = 7, updated = ?3 WHERE item IS ?1 AND state = 0 AND (1 << topic) & ?2", NULL },
	[STATEMENT_NEXT_DUE] = { "next_due", "SELECT min(due) FROM outbox WHERE state = 0 AND kind = ?1", NULL },
	[STATEMENT_JOURNAL_ADD] = { "journal_add", "INSERT INTO journal ($, link) VALUES (?1, #, ?40)", &journal_row },
	[STATEMENT_JOURNAL] = { "journal", "SELECT $ FROM journal WHERE item IS ?1 ORDER BY id", &journal_row },
	[STATEMENT_CODE_OF_ITEM] = { "code_of_item", "SELECT code FROM codes WHERE phone = ?1 AND item = ?2", NULL },
	[STATEMENT_CODES] = { "codes",
		"SELECT c.code, c.item, c.given FROM codes c JOIN items i ON i.id = c.item"
		" WHERE c.phone = ?1 AND i.until > ?2 ORDER BY c.id DESC", NULL },
	[STATEMENT_CODE_INSERT] = { "code_insert",
		"INSERT OR REPLACE INTO codes (phone, code, item, given) VALUES (?1, ?2, ?3, ?4)", NULL },
	[STATEMENT_PHONE_STOP] = { "phone_stop", "INSERT OR REPLACE INTO stops (phone, at) VALUES (?1, ?2)", NULL },
	[STATEMENT_PHONE_START] = { "phone_start", "DELETE FROM stops WHERE phone = ?1", NULL },
	[STATEMENT_PHONES_STOPPED] = { "phones_stopped", "SELECT phone FROM stops ORDER BY phone", NULL },
	[STATEMENT_OVERRIDE_INSERT] = { "override_insert", "INSERT INTO overrides ($) VALUES (NULL, #)", &override_row },
	[STATEMENT_OVERRIDE_REMOVE] = { "override_remove", "DELETE FROM overrides WHERE id = ?1", NULL },
	[STATEMENT_OVERRIDES] = { "overrides", "SELECT $ FROM overrides WHERE ends > ?1 ORDER BY id", &override_row },
	[STATEMENT_MARK] = { "mark", "SELECT n, at FROM marks WHERE name = ?1", NULL },
	[STATEMENT_MARK_SET] = { "mark_set", "INSERT OR REPLACE INTO marks (name, n, at) VALUES (?1, ?2, ?3)", NULL },
	[STATEMENT_MUTE_SET] = { "mute_set",
		"INSERT OR REPLACE INTO mutes (line, begins, ends, reason, said_by) VALUES (?1, ?2, ?3, ?4, ?5)", NULL },
	[STATEMENT_MUTE_REMOVE] = { "mute_remove", "DELETE FROM mutes WHERE line = ?1", NULL },
	[STATEMENT_MUTES] = { "mutes",
		"SELECT line, begins, ends, reason, said_by FROM mutes WHERE ends > ?1 ORDER BY line", NULL },
	[STATEMENT_TURN_TAKE] = { "turn_take",
		"INSERT INTO turns (pool, person, turn) VALUES (?1, ?2,"
		" 1 + (SELECT coalesce(max(turn), 0) FROM turns WHERE pool = ?1))"
		" ON CONFLICT DO UPDATE SET turn = excluded.turn", NULL },
	[STATEMENT_TURNS] = { "turns", "SELECT pool, person, turn FROM turns LIMIT 10000", NULL },
	[STATEMENT_DRIFT_ADD] = { "drift_add",
		"INSERT INTO drift (source, profile, field, day, n, first, last) VALUES (?1, ?2, ?3, ?4 / 86400, 1, ?4, ?4)"
		" ON CONFLICT DO UPDATE SET n = n + 1, last = max(last, excluded.last) RETURNING n", NULL },
	[STATEMENT_DRIFT_FORGET] = { "drift_forget", "DELETE FROM drift WHERE day < ?1 / 86400 - ?2", NULL },
	[STATEMENT_DRIFT] = { "drift",
		"SELECT source, profile, field, sum(n), min(first), max(last) FROM drift WHERE day >= ?1 / 86400"
		" GROUP BY source, profile, field ORDER BY source, profile, field LIMIT 10000", NULL },
	[STATEMENT_TEXTS_SENT] = { "texts_sent",
		"SELECT count(*), min(sent) FROM (SELECT sent FROM outbox INDEXED BY outbox_sent WHERE sent >= ?1 AND sent > 0"
		" AND kind = 0 AND (1 << topic) & ?4 AND (?3 IS NULL OR addressee = ?3) AND (bundle IS NULL OR bundle = id)"
		" ORDER BY sent DESC LIMIT ?2)", NULL },
	[STATEMENT_TEXTS_SENT_LINE] = { "texts_sent_line",
		"SELECT count(*), min(sent) FROM (SELECT o.sent FROM outbox o INDEXED BY outbox_sent JOIN items i ON i.id = o.item"
		" WHERE o.sent >= ?1 AND o.sent > 0 AND o.kind = 0 AND (1 << o.topic) & ?4"
		" AND (?3 IS NULL OR o.addressee = ?3) AND (o.bundle IS NULL OR o.bundle = o.id) AND i.line = ?5"
		" ORDER BY o.sent DESC LIMIT ?2)", NULL },
	[STATEMENT_JOBS_IN_BUNDLE] = { "jobs_in_bundle", "SELECT $ FROM outbox WHERE bundle = ?1 ORDER BY id", &job_row },
	[STATEMENT_WATCH_SET] = { "watch_set",
		"INSERT OR REPLACE INTO watches (schedule, person, since) VALUES (?1, ?2, ?3)", NULL },
	[STATEMENT_WATCHES] = { "watches", "SELECT schedule, person, since FROM watches ORDER BY schedule", NULL },
	[STATEMENT_COUNTS] = { "counts",
		"SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM items WHERE until = " LIVE "),"
		" (SELECT count(*) FROM notices), (SELECT count(*) FROM journal),"
		" (SELECT count(*) FROM outbox WHERE state = 0),"
		" (SELECT count(*) FROM outbox WHERE kind = 0 AND state IN (2, 3, 4)),"
		" (SELECT count(*) FROM outbox WHERE kind = 0 AND state IN (5, 6))", NULL },
	[STATEMENT_JOURNAL_HEAD] = { "journal_head", "SELECT id, link FROM journal ORDER BY id DESC LIMIT 1", NULL },
	[STATEMENT_JOURNAL_WRITTEN] = { "journal_written", "SELECT max(seq) FROM sqlite_sequence WHERE name = 'journal'",
		NULL },
	[STATEMENT_JOURNAL_WALK] = { "journal_walk", "SELECT $, link FROM journal WHERE id > ?1 ORDER BY id LIMIT ?2",
		&journal_row },
	[STATEMENT_JOURNAL_LINK] = { "journal_link", "SELECT $, link FROM journal WHERE id = ?1", &journal_row },
	[STATEMENT_JOURNAL_OF_ITEM] = { "journal_of_item", "SELECT $, link FROM journal WHERE item = ?1", &journal_row },
	[STATEMENT_JOURNAL_FORGET] = { "journal_forget", "UPDATE journal SET why = NULL, link = ?2 WHERE id = ?1", NULL },
	[STATEMENT_ITEMS_WALK] = { "items_walk", "SELECT $ FROM items WHERE id > ?1 ORDER BY id LIMIT ?2", &item_row },
	[STATEMENT_ITEM_FORGET] = { "item_forget",
		"UPDATE items SET key = '" ITEM_FORGOTTEN "' || id, caller = NULL, caller_raw = NULL, caller_name = NULL,"
		" transcript = NULL, call_id = NULL, thread_id = '<forgotten.' || id || char(64) || 'invalid>' WHERE id = ?1", NULL },
	[STATEMENT_NOTICES_FORGET] = { "notices_forget",
		"UPDATE notices SET key = '" ITEM_FORGOTTEN "' || id, message_id = NULL WHERE item = ?1", NULL },
	[STATEMENT_TEXTS_FORGET] = { "texts_forget",
		"UPDATE outbox SET text = NULL, error = NULL, provider_id = NULL WHERE item = ?1", NULL },
	[STATEMENT_JOBS_SLICE] = { "jobs_slice",
		"SELECT max(id) FROM (SELECT id FROM outbox WHERE id > ?1 ORDER BY id LIMIT ?2)", NULL },
	[STATEMENT_JOBS_FORGET] = { "jobs_forget",
		"UPDATE outbox SET text = NULL, error = NULL WHERE id > ?1 AND id <= ?2 AND state > 1"
		" AND (instr(text, ?3) OR instr(error, ?3))", NULL },
};
_Static_assert(G_N_ELEMENTS(statement_defs) == N_STATEMENTS, "each statement has its text");
_Static_assert(JOB_WAITING == 0 && JOB_SENT == 2 && JOB_DONE == 4 && JOB_FAILED == 5 && JOB_EXPIRED == 6 &&
	       JOB_CANCELLED == 7 && JOB_TEXT == 0, "numbers in the statements above");
/* bind_row() leaves ?1 to the id. */
_Static_assert(G_N_ELEMENTS(item_columns) < 40, "?40 is items.until");

/* ---- opening ---- */

static bool open_error(struct db *db, GError **err)
{
	int code = sqlite3_extended_errcode(db->handle);

	err_set(err, ERR_STORE, "store %s: %s", db->file,
		(code & 0xff) == SQLITE_NOTADB ? "is no SQLite database" : sqlite3_errmsg(db->handle));
	db_close(db);
	return false;
}

static bool pragma_get(struct db *db, const char *sql, int64_t *n_r)
{
	sqlite3_stmt *s = NULL;
	bool ok = sqlite3_prepare_v2(db->handle, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW;

	if (ok)
		*n_r = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return ok;
}

static bool db_exec(struct db *db, const char *sql)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Only looks: a file that is not ours must stay as it is. */
static bool check_version(struct db *db, bool create, int64_t *version_r, GError **err)
{
	const int64_t ours = schema_version;
	int64_t application = 0, tables = 0;

	/* In this order another process may be making the file at the same time. */
	if (!pragma_get(db, "SELECT count(*) FROM sqlite_master", &tables) ||
	    !pragma_get(db, "PRAGMA application_id", &application) || !pragma_get(db, "PRAGMA user_version", version_r))
		return open_error(db, err);
	if (tables != 0 && application != APPLICATION_ID)
		err_set(err, ERR_STORE, "store %s: is a database of another program", db->file);
	else if (*version_r > ours)
		err_set(err, ERR_STORE, "store %s: was written by a newer ringback (schema %" G_GINT64_FORMAT
			", this one knows %" G_GINT64_FORMAT ")", db->file, *version_r, ours);
	else if (*version_r < ours && !create)
		err_set(err, ERR_STORE, "store %s: is empty", db->file);
	else
		return true;
	db_close(db);
	return false;
}

static bool schema_upgrade(struct db *db, GError **err)
{
	int64_t version = 0;

	if (!journal_function(db->handle) || !db_exec(db, "BEGIN IMMEDIATE") || !pragma_get(db, "PRAGMA user_version", &version))
		return open_error(db, err);
	for (; version < schema_version; version++) {
		g_autofree char *set = g_strdup_printf("PRAGMA user_version = %d; PRAGMA application_id = %d",
						       (int)version + 1, APPLICATION_ID);

		if (!db_exec(db, schema_steps[version]) || !db_exec(db, set))
			return open_error(db, err);
	}
	return db_exec(db, "COMMIT") || open_error(db, err);
}

static bool db_setup(struct db *db, GError **err)
{
	const char *role = db->read_only ? "PRAGMA query_only = ON" : "PRAGMA wal_autocheckpoint = 4000";

	return (db_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
			"PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000; PRAGMA journal_size_limit = 67108864;"
			"PRAGMA trusted_schema = OFF") && db_exec(db, role)) || open_error(db, err);
}

static bool file_known(struct db *db, GError **err)
{
	struct stat st;

	if (stat(db->file, &st) != 0)
		return err_set(err, ERR_STORE, "store %s: %s", db->file, g_strerror(errno));
	db->device = st.st_dev;
	db->inode = st.st_ino;
	return true;
}

/* SQLite would give a new file the mode 0644; -wal and -shm take theirs from it. */
static bool file_make(struct db *db, GError **err)
{
	int fd = open(db->file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	if (fd < 0)
		return errno == EEXIST || err_set(err, ERR_STORE, "store %s: %s", db->file, g_strerror(errno));
	(void)!fchmod(fd, 0640);
	close(fd);
	return true;
}

/* Nobody asks SQLite how much memory it has; counting takes a lock for each piece. */
static gpointer configure_once(gpointer unused)
{
	(void)unused;
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	return NULL;
}

bool db_open(struct db *db, bool create, GError **err)
{
	static GOnce once = G_ONCE_INIT;
	int64_t version;

	g_once(&once, configure_once, NULL);

	db->broken = false;
	if ((create && !file_make(db, err)) || !file_known(db, err))
		return false;
	if (sqlite3_open_v2(db->file, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return open_error(db, err);
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	sqlite3_extended_result_codes(db->handle, 1);
	if (!check_version(db, create, &version, err) || !db_setup(db, err))
		return false;
	return version == schema_version || schema_upgrade(db, err);
}

void db_close(struct db *db)
{
	for (guint i = 0; i < N_STATEMENTS; i++) {
		sqlite3_finalize(db->statements[i]);
		db->statements[i] = NULL;
	}
	sqlite3_close_v2(db->handle);
	db->handle = NULL;
}

bool db_ready(struct db *db, GError **err)
{
	struct stat st;

	if (db->handle && !db->broken && stat(db->file, &st) == 0 && st.st_dev == db->device && st.st_ino == db->inode)
		return true;
	db_close(db);
	return db_open(db, false, err);
}

/* ---- statements ---- */

static char *statement_sql(const struct statement_def *def)
{
	GString *sql = g_string_new(NULL);

	for (const char *p = def->sql; *p; p++) {
		if (!strchr("$#@", *p)) {
			g_string_append_c(sql, *p);
			continue;
		}
		for (guint i = *p == '$' ? 0 : 1; i < def->type->n_columns; i++) {
			const char *name = def->type->columns[i].name, *comma = i > (*p != '$') ? ", " : "";

			if (*p == '$')
				g_string_append_printf(sql, "%s%s", comma, name);
			else if (*p == '#')
				g_string_append_printf(sql, "%s?%u", comma, i + 1);
			else
				g_string_append_printf(sql, "%s%s = ?%u", comma, name, i + 1);
		}
	}
	return g_string_free(sql, FALSE);
}

sqlite3_stmt *db_statement(struct db *db, enum statement which, GError **err)
{
	sqlite3_stmt **s = &db->statements[which];
	g_autofree char *sql = NULL;

	if (*s)
		return *s;
	sql = statement_sql(&statement_defs[which]);
	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, s, NULL) == SQLITE_OK)
		return *s;
	db_error(db, which, err);
	return NULL;
}

bool db_error(struct db *db, enum statement which, GError **err)
{
	int code = sqlite3_errcode(db->handle) & 0xff;

	db->broken |= code != SQLITE_BUSY && code != SQLITE_CONSTRAINT && code != SQLITE_FULL;
	return err_set(err, ERR_STORE, "store %s: %s: %s", db->file, statement_defs[which].name,
		       sqlite3_errmsg(db->handle));
}

bool db_do(struct db *db, enum statement which, GError **err)
{
	sqlite3_stmt *s = db_statement(db, which, err);
	bool ok;

	if (!s)
		return false;
	ok = sqlite3_step(s) == SQLITE_DONE || db_error(db, which, err);
	sqlite3_reset(s);
	return ok;
}

/* ---- values and rows ---- */

void bind_text(sqlite3_stmt *s, int at, const char *text)
{
	sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

void bind_ref(sqlite3_stmt *s, int at, int64_t id)
{
	if (id)
		sqlite3_bind_int64(s, at, id);
	else
		sqlite3_bind_null(s, at);
}

static void bind_field(sqlite3_stmt *s, int at, enum column_kind kind, const void *field)
{
	switch (kind) {
	case COLUMN_INT64:
		sqlite3_bind_int64(s, at, *(const int64_t *)field);
		break;
	case COLUMN_REF:
		bind_ref(s, at, *(const int64_t *)field);
		break;
	case COLUMN_INT:
	case COLUMN_ENUM:
		sqlite3_bind_int(s, at, *(const int *)field);
		break;
	case COLUMN_BOOL:
		sqlite3_bind_int(s, at, *(const bool *)field);
		break;
	case COLUMN_TEXT:
		bind_text(s, at, *(const char *const *)field);
		break;
	}
}

void bind_row(sqlite3_stmt *s, const struct row_type *type, const void *record)
{
	for (guint i = 1; i < type->n_columns; i++)
		bind_field(s, (int)i + 1, type->columns[i].kind, (const char *)record + type->columns[i].offset);
}

static bool read_field(sqlite3_stmt *s, int at, const struct column *c, void *field)
{
	int64_t n = c->kind == COLUMN_TEXT ? 0 : sqlite3_column_int64(s, at);

	switch (c->kind) {
	case COLUMN_INT64:
	case COLUMN_REF:
		*(int64_t *)field = n;
		break;
	case COLUMN_INT:
		*(int *)field = (int)CLAMP(n, G_MININT, G_MAXINT);
		break;
	case COLUMN_ENUM:
		if (n < 0 || n >= c->n)
			return false;
		*(guint *)field = (guint)n;
		break;
	case COLUMN_BOOL:
		*(bool *)field = n != 0;
		break;
	case COLUMN_TEXT:
		*(const char **)field = (const char *)sqlite3_column_text(s, at);
		break;
	}
	return true;
}

bool borrow_row(sqlite3_stmt *s, const struct row_type *type, void *record)
{
	for (guint i = 0; i < type->n_columns; i++)
		if (!read_field(s, (int)i, &type->columns[i], (char *)record + type->columns[i].offset))
			return false;
	return true;
}

void *read_row(sqlite3_stmt *s, const struct row_type *type, struct arena *a, GError **err)
{
	char *record = arena_alloc(a, type->size);

	if (!borrow_row(s, type, record)) {
		err_set(err, ERR_STORE, "store: %s %" G_GINT64_FORMAT " is damaged", type->columns[0].name,
			(gint64)sqlite3_column_int64(s, 0));
		return NULL;
	}
	for (guint i = 0; i < type->n_columns; i++) {
		const char **text = (const char **)(void *)(record + type->columns[i].offset);

		if (type->columns[i].kind == COLUMN_TEXT)
			*text = arena_strdup(a, *text);
	}
	return record;
}
