/* The tables of the file, from the first version on. */
#include "store_sqlite.h"

/* ---- schema: step n brings a file of version n to n + 1 ---- */

const char *const schema_steps[] = {
	/* until: LIVE while live, else when it was closed; -1 suppressed. So one index answers "live, or closed since". */
	"CREATE TABLE items (id INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL, resolution INTEGER NOT NULL,"
	" key TEXT NOT NULL, call_id TEXT, class INTEGER NOT NULL, reason INTEGER NOT NULL, line TEXT NOT NULL,"
	" owner TEXT, caller TEXT, caller_raw TEXT, caller_name TEXT, withheld INTEGER NOT NULL, called TEXT,"
	" call_time INTEGER NOT NULL, duration_s INTEGER NOT NULL, transcript TEXT, profile TEXT,"
	" calls INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, last_call INTEGER NOT NULL,"
	" texted INTEGER NOT NULL, due INTEGER NOT NULL, acked INTEGER NOT NULL, closed INTEGER NOT NULL,"
	" acked_by TEXT, policy TEXT, step INTEGER NOT NULL, thread_id TEXT NOT NULL, until INTEGER NOT NULL,"
	" CHECK (owner IS NOT NULL OR until = -1));"
	"CREATE INDEX items_key ON items (key, until);"
	"CREATE INDEX items_call_id ON items (call_id) WHERE call_id IS NOT NULL;"
	"CREATE INDEX items_caller ON items (caller) WHERE caller IS NOT NULL;"
	"CREATE INDEX items_live ON items (id) WHERE until = " LIVE ";"
	"CREATE TABLE notices (id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES items (id), key TEXT NOT NULL,"
	" class INTEGER NOT NULL, arrived INTEGER NOT NULL, rcpts TEXT NOT NULL, message_id TEXT, queue_id TEXT,"
	" action INTEGER NOT NULL);"
	"CREATE INDEX notices_key ON notices (key, arrived);"
	"CREATE INDEX notices_item ON notices (item, arrived);"
	"CREATE TABLE outbox (id INTEGER PRIMARY KEY, item INTEGER REFERENCES items (id), kind INTEGER NOT NULL,"
	" topic INTEGER NOT NULL, state INTEGER NOT NULL, due INTEGER NOT NULL, expires INTEGER NOT NULL,"
	" person TEXT, addressee TEXT, text TEXT, step INTEGER NOT NULL, tries INTEGER NOT NULL,"
	" possibly_twice INTEGER NOT NULL, provider TEXT, provider_id TEXT, error TEXT, created INTEGER NOT NULL,"
	" updated INTEGER NOT NULL);"
	"CREATE INDEX outbox_state ON outbox (state, kind, due);"
	"CREATE INDEX outbox_item ON outbox (item);"
	"CREATE INDEX outbox_provider_id ON outbox (provider_id, provider) WHERE provider_id IS NOT NULL;"
	"CREATE TABLE journal (id INTEGER PRIMARY KEY, item INTEGER REFERENCES items (id), at INTEGER NOT NULL,"
	" who TEXT NOT NULL, what TEXT NOT NULL, how TEXT NOT NULL, why TEXT);"
	"CREATE INDEX journal_item ON journal (item);"
	"CREATE TRIGGER journal_update BEFORE UPDATE ON journal"
	" BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
	"CREATE TRIGGER journal_delete BEFORE DELETE ON journal"
	" BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
	"CREATE TABLE codes (id INTEGER PRIMARY KEY, phone TEXT NOT NULL, code INTEGER NOT NULL,"
	" item INTEGER NOT NULL REFERENCES items (id), given INTEGER NOT NULL, UNIQUE (phone, code));"
	"CREATE INDEX codes_item ON codes (item);",
	/* Phones that said STOP, and no START since. */
	"CREATE TABLE stops (phone TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;",
	/* Who was told by the last step, since a schedule may name another by now; and who is on call instead. */
	"ALTER TABLE items ADD COLUMN told TEXT;"
	"CREATE TABLE overrides (id INTEGER PRIMARY KEY AUTOINCREMENT, schedule TEXT NOT NULL, person TEXT NOT NULL,"
	" begins INTEGER NOT NULL, ends INTEGER NOT NULL, created INTEGER NOT NULL, said_by TEXT NOT NULL);"
	"CREATE INDEX overrides_ends ON overrides (ends);",
	/* Who told of an item; what profiles read and missed, by day. */
	"ALTER TABLE items ADD COLUMN source TEXT;"
	"CREATE TABLE drift (source TEXT NOT NULL, profile TEXT NOT NULL, field TEXT NOT NULL, day INTEGER NOT NULL,"
	" n INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
	" PRIMARY KEY (source, profile, field, day)) WITHOUT ROWID;",
	/* Tries that reached nobody; until when an item is put off. */
	"ALTER TABLE items ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE items ADD COLUMN wake INTEGER NOT NULL DEFAULT 0;",
	/* Older records get their links now: what was changed before, nobody can know. */
	"DROP TRIGGER IF EXISTS journal_update; DROP TRIGGER IF EXISTS journal_delete; DROP INDEX IF EXISTS journal_item;"
	"ALTER TABLE journal RENAME TO journal_before;"
	"CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER REFERENCES items (id),"
	" at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, how TEXT NOT NULL, why TEXT, link BLOB NOT NULL);"
	"INSERT INTO journal SELECT row_number() OVER (ORDER BY id), item, at, who, what, how, why,"
	" journal_link(item, at, who, what, how, why) FROM journal_before ORDER BY id;"
	"DROP TABLE journal_before;"
	"CREATE INDEX journal_item ON journal (item);"
	/* All that may change is that a reason is forgotten: see chain.h. */
	"CREATE TRIGGER journal_update BEFORE UPDATE ON journal WHEN NOT (NEW.id IS OLD.id AND NEW.item IS OLD.item AND"
	" NEW.at IS OLD.at AND NEW.who IS OLD.who AND NEW.what IS OLD.what AND NEW.how IS OLD.how AND NEW.why IS NULL AND"
	" length(OLD.link) = 48 AND length(NEW.link) = 64 AND substr(NEW.link, 33) = substr(OLD.link, 17))"
	" BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
	"CREATE TRIGGER journal_delete BEFORE DELETE ON journal"
	" BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;",
	/* Which rule decided, and how much it matters. */
	"ALTER TABLE items ADD COLUMN rule TEXT; ALTER TABLE items ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0;"
	/* When whose turn was: the lowest has the next item of the pool. */
	"CREATE TABLE turns (pool TEXT NOT NULL, person TEXT NOT NULL, turn INTEGER NOT NULL, PRIMARY KEY (pool, person))"
	" WITHOUT ROWID;",
	/* When texts went, for throttles and budgets; which went as one; who was on call when we looked last. */
	"ALTER TABLE outbox ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE outbox ADD COLUMN bundle INTEGER;"
	"CREATE INDEX outbox_sent ON outbox (sent) WHERE sent > 0;"
	"CREATE INDEX outbox_bundle ON outbox (bundle) WHERE bundle IS NOT NULL;"
	"CREATE TABLE watches (schedule TEXT PRIMARY KEY, person TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;",
	/* When it became open this time; small numbers that last; lines of which nobody is told. */
	"ALTER TABLE items ADD COLUMN opened INTEGER NOT NULL DEFAULT 0;"
	"UPDATE items SET opened = created;"
	"CREATE TABLE marks (name TEXT PRIMARY KEY, n INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE mutes (line TEXT PRIMARY KEY, begins INTEGER NOT NULL, ends INTEGER NOT NULL, reason TEXT NOT NULL,"
	" said_by TEXT NOT NULL) WITHOUT ROWID;",
};

const int64_t schema_version = G_N_ELEMENTS(schema_steps);
