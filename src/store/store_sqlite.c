/* The store in one SQLite file: one thread writes, and commits in groups.
 *
 * store_run() queues its think and sleeps. The writer begins a transaction, runs each think that waits in a savepoint of
 * its own, commits once, and only then answers them all: one fsync serves whoever came while the last one was under way. */
#include "store_sqlite.h"

#define GROUP_MAX 256
/* Those answered last are likely to come again at once: worth waiting for if a commit is slow, for a part of its time. */
#define GATHER_FROM_US 1000
#define GATHER_MAX_US 2000
#define GATHER_PART 8

struct request {
	struct request *next;
	store_think think;
	void *user;
	GError **err;
	enum store_outcome outcome;
	bool answered;
	GCond answer;
};

struct store_sqlite {
	struct store base;
	char *file;
	struct db writer, reader;
	GMutex read_lock;	/* of reader */
	GThread *thread;

	GMutex lock;		/* of what follows */
	GCond work;
	struct request *first, **last;
	bool stop;

	/* the writer's thread alone */
	struct request *group;
	guint group_size, last_size;
	gint64 commit_us;	/* how long the last commit of a group took */
};

/* ---- the writer's side ---- */

static struct request *take_request(struct store_sqlite *s)
{
	struct request *r;

	g_mutex_lock(&s->lock);
	r = s->first;
	if (r) {
		s->first = r->next;
		if (!s->first)
			s->last = &s->first;
	}
	g_mutex_unlock(&s->lock);
	return r;
}

/* Did another request come? Waits a little for it when that pays. */
static bool gather(struct store_sqlite *s, gint64 until)
{
	bool more;

	g_mutex_lock(&s->lock);
	while (!s->first && !s->stop && s->group_size < s->last_size && g_get_monotonic_time() < until)
		g_cond_wait_until(&s->work, &s->lock, until);
	more = s->first != NULL;
	g_mutex_unlock(&s->lock);
	return more;
}

/* Runs one think in its savepoint. False if the whole transaction is lost. */
static bool run_think(struct store_sqlite *s, struct request *r)
{
	struct sqlite_tx tx = { { &sqlite_ops }, &s->writer, false };
	g_autoptr(GError) err = NULL;

	if (!db_do(&s->writer, STATEMENT_SAVEPOINT, r->err)) {
		r->outcome = STORE_FAILED;
		return false;
	}
	if (r->think(&tx.base, r->user, r->err) && !tx.failed) {
		r->outcome = STORE_DONE;
		return db_do(&s->writer, STATEMENT_RELEASE, &err);
	}
	r->outcome = tx.failed ? STORE_FAILED : STORE_REFUSED;
	s->writer.head_known = false;
	/* Errors such as a full disk may have rolled back all of it already. */
	return !sqlite3_get_autocommit(s->writer.handle) && db_do(&s->writer, STATEMENT_ROLLBACK_TO, &err) &&
	       db_do(&s->writer, STATEMENT_RELEASE, &err);
}

static bool run_thinks(struct store_sqlite *s)
{
	struct request **tail = &s->group, *r;
	gint64 until = s->commit_us < GATHER_FROM_US ? 0 :
		       g_get_monotonic_time() + MIN(s->commit_us / GATHER_PART, GATHER_MAX_US);
	bool ok = true;

	do {
		r = take_request(s);
		if (!r)
			break;
		*tail = r;
		tail = &r->next;
		r->next = NULL;
		s->group_size++;
		ok = run_think(s, r);
	} while (ok && s->group_size < GROUP_MAX && gather(s, until));
	return ok;
}

/* After a failed fsync the commit may lie in the log and come back at the next recovery. */
static enum store_outcome commit_failure(struct store_sqlite *s)
{
	return sqlite3_extended_errcode(s->writer.handle) == SQLITE_IOERR_FSYNC ? STORE_UNCERTAIN : STORE_FAILED;
}

static enum store_outcome group_commit(struct store_sqlite *s, GError **err)
{
	gint64 start = g_get_monotonic_time();
	enum store_outcome outcome = STORE_DONE;

	if (!db_do(&s->writer, STATEMENT_COMMIT, err))
		outcome = commit_failure(s);
	s->commit_us = g_get_monotonic_time() - start;
	return outcome;
}

/* A request that failed by itself keeps its own outcome and error. */
static void group_fails(struct store_sqlite *s, enum store_outcome outcome, const GError *why)
{
	for (struct request *r = s->group; r; r = r->next) {
		if (r->outcome != STORE_DONE)
			continue;
		r->outcome = outcome;
		if (r->err && !*r->err)
			*r->err = why ? g_error_copy(why) :
					g_error_new_literal(ERR_DOMAIN, ERR_STORE, "store: the transaction was lost");
	}
}

static void group_answer(struct store_sqlite *s)
{
	struct request *r = s->group, *next;

	g_mutex_lock(&s->lock);
	for (; r; r = next) {
		next = r->next;		/* once answered it is its owner's, and gone */
		r->answered = true;
		g_cond_signal(&r->answer);
	}
	g_mutex_unlock(&s->lock);
	s->group = NULL;
	s->last_size = s->group_size;
	s->group_size = 0;
}

static void rollback(struct store_sqlite *s)
{
	g_autoptr(GError) err = NULL;

	if (!sqlite3_get_autocommit(s->writer.handle) && !db_do(&s->writer, STATEMENT_ROLLBACK, &err))
		s->writer.broken = true;
}

/* No transaction can be had: all that wait hear so. */
static void refuse_all(struct store_sqlite *s, const GError *why)
{
	struct request **tail = &s->group;

	while (s->group_size < GROUP_MAX && (*tail = take_request(s))) {
		(*tail)->outcome = STORE_DONE;
		tail = &(*tail)->next;
		*tail = NULL;
		s->group_size++;
	}
	group_fails(s, STORE_FAILED, why);
}

static void run_group(struct store_sqlite *s)
{
	g_autoptr(GError) err = NULL;
	enum store_outcome outcome = STORE_FAILED;

	if (!db_ready(&s->writer, &err) || !db_do(&s->writer, STATEMENT_BEGIN, &err)) {
		refuse_all(s, err);
		group_answer(s);
		return;
	}
	s->writer.head_known = false;	/* another process may have written meanwhile */
	if (run_thinks(s))
		outcome = group_commit(s, &err);
	if (outcome != STORE_DONE) {
		rollback(s);
		group_fails(s, outcome, err);
	}
	group_answer(s);
}

static gpointer writer_main(gpointer user)
{
	struct store_sqlite *s = user;
	bool more = true;

	while (more) {
		g_mutex_lock(&s->lock);
		while (!s->first && !s->stop)
			g_cond_wait(&s->work, &s->lock);
		more = s->first != NULL;
		g_mutex_unlock(&s->lock);
		if (more)
			run_group(s);
	}
	return NULL;
}

/* ---- the callers' side ---- */

enum store_outcome sqlite_run(struct store *base, store_think think, void *user, GError **err)
{
	struct store_sqlite *s = (struct store_sqlite *)base;
	struct request r = { .think = think, .user = user, .err = err, .outcome = STORE_FAILED };

	g_assert(g_thread_self() != s->thread);		/* a think that runs a think would wait for itself */
	g_cond_init(&r.answer);
	g_mutex_lock(&s->lock);
	*s->last = &r;
	s->last = &r.next;
	g_cond_signal(&s->work);
	while (!r.answered)
		g_cond_wait(&r.answer, &s->lock);
	g_mutex_unlock(&s->lock);
	g_cond_clear(&r.answer);
	return r.outcome;
}

enum store_outcome sqlite_read(struct store *base, store_think think, void *user, GError **err)
{
	struct store_sqlite *s = (struct store_sqlite *)base;
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&s->read_lock);
	struct sqlite_tx tx = { { &sqlite_ops }, &s->reader, false };
	g_autoptr(GError) end_err = NULL;
	bool ok;

	if (!db_ready(&s->reader, err) || !db_do(&s->reader, STATEMENT_BEGIN_READ, err))
		return STORE_FAILED;
	ok = think(&tx.base, user, err);
	if (!sqlite3_get_autocommit(s->reader.handle) && !db_do(&s->reader, STATEMENT_ROLLBACK, &end_err))
		s->reader.broken = true;
	if (tx.failed)
		return STORE_FAILED;
	return ok ? STORE_DONE : STORE_REFUSED;
}

void sqlite_free(struct store *base)
{
	struct store_sqlite *s = (struct store_sqlite *)base;

	if (s->thread) {
		g_mutex_lock(&s->lock);
		s->stop = true;
		g_cond_signal(&s->work);
		g_mutex_unlock(&s->lock);
		g_thread_join(s->thread);
	}
	db_close(&s->reader);
	db_close(&s->writer);
	sha256_free(s->writer.sha256);
	g_mutex_clear(&s->lock);
	g_mutex_clear(&s->read_lock);
	g_cond_clear(&s->work);
	g_free(s->file);
	g_free(s);
}

struct store *store_sqlite_open(const char *file, GError **err)
{
	struct store_sqlite *s = g_new0(struct store_sqlite, 1);

	s->base.ops = &sqlite_ops;
	s->file = g_strdup(file);
	s->writer.file = s->reader.file = s->file;
	s->reader.read_only = true;
	s->writer.sha256 = sha256_new();
	s->last = &s->first;
	g_mutex_init(&s->lock);
	g_mutex_init(&s->read_lock);
	g_cond_init(&s->work);
	if (!db_open(&s->writer, true, err) || !db_open(&s->reader, false, err)) {
		sqlite_free(&s->base);
		return NULL;
	}
	s->thread = g_thread_new("store", writer_main, s);
	return &s->base;
}
