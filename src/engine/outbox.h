/* outbox.h - the courier's work: what is due goes to a carrier, what became of it goes into the store. */
#ifndef RINGBACK_OUTBOX_H
#define RINGBACK_OUTBOX_H

#include "engine.h"

struct outbox;

/* texts and mails may be NULL (none configured: such jobs wait). All are borrowed. */
struct outbox *outbox_new(struct engine *e, struct store *s, struct carrier *texts, struct carrier *mails);
void outbox_free(struct outbox *o);

/* What the carriers must be made with. */
struct carrier_events outbox_events(struct outbox *o);
void outbox_set_carriers(struct outbox *o, struct carrier *texts, struct carrier *mails);

/* Another thread turns the carriers: lock is held around each use of one, and wake(user) tells that thread when something
 * was handed over. Without this all is done by one thread. */
void outbox_share(struct outbox *o, GMutex *lock, void (*wake)(void *), void *user);

/* Is there something for outbox_turn() that its last answer did not foresee: outcomes, or room where there was none? For
 * the thread that turns the carriers, with the lock held. */
bool outbox_has_work(struct outbox *o);

/* Once after the start: jobs that were SENDING may have gone; they go once more, marked possibly_twice. */
bool outbox_recover(struct outbox *o, GError **err);

/* Writes down what the carriers said since the last turn. Any thread. False: the store failed; it is kept for the next time. */
bool outbox_settle(struct outbox *o);

/* Settles, then does all that is due at clock_now(). Gives seconds until the next turn is wanted, at most 60. Store failures are
 * logged here and tried again. */
int64_t outbox_turn(struct outbox *o);

#endif
