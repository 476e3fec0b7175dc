/* world.h - ringback without the world: engine and outbox on any store, carriers that record, a clock that stands still
 * until it is told to move. For scenario and fault tests. */
#ifndef RINGBACK_TEST_WORLD_H
#define RINGBACK_TEST_WORLD_H

#include "engine.h"
#include "outbox.h"

struct sent {
	char *to, *text;
	int64_t at, job;
};

enum carrier_mood { MOOD_SENT, MOOD_LATER, MOOD_REFUSED, MOOD_UNKNOWN, MOOD_DOWN, MOOD_SILENT };

struct recorder {
	struct carrier carrier;		/* first: a carrier is a recorder here */
	struct carrier_events events;
	GPtrArray *sent;		/* struct sent *: all that reached the peer */
	GQueue outcomes;		/* not yet told */
	enum carrier_mood mood;
	guint fail_at;			/* the n-th send fares as `fail_mood`; 0: none */
	enum carrier_mood fail_mood;
	guint sends;
};

struct world {
	struct conf *conf;
	struct store *store;
	struct engine *engine;
	struct outbox *outbox;
	struct recorder texts, mails;
};

/* conf_file is below tests/scenario. The world owns the store. */
struct world *world_new(const char *conf_file, struct store *store);
void world_free(struct world *w);

/* The process dies and starts again: outcomes not yet told are lost, the store stays. */
void world_crash(struct world *w);

/* A mail of a PBX from a trusted client. NULL if no profile reads it, or, with *failed_r, if the store failed. */
struct decision *world_mail(struct world *w, const char *file, const char *const *rcpts, struct arena *a,
			    bool *failed_r);

/* Everything that is due now. */
void world_settle(struct world *w);

/* Lets time pass, settling at every second at which something is due. */
void world_pass(struct world *w, int64_t seconds);

/* The newest text's receipt. */
bool world_receipt(struct world *w, bool delivered);

struct item *world_item(struct world *w, int64_t id, struct arena *a);
struct journal_record **world_journal(struct world *w, int64_t id, struct arena *a, gsize *n_r);

#endif
