/* courier.h - the two threads that drive outbox and carriers: the clerk, who takes what is due out of the store and writes
 * down what became of it, and the wires, one poll() for all links. A commit never keeps an SMSC waiting. */
#ifndef RINGBACK_COURIER_H
#define RINGBACK_COURIER_H

#include "engine.h"

struct courier;

/* Starts the threads with the providers of the configuration. */
struct courier *courier_start(struct engine *e, struct store *s, GError **err);
/* The engine has a new configuration: providers that are new are bound, those that are gone or changed finish what they
 * have begun and unbind. Any thread. */
void courier_reload(struct courier *c);
void courier_wake(struct courier *c);	/* any thread, any signal handler */
/* Ends: no new sends, waits up to timeout_s for answers that are outstanding, unbinds, joins the threads. */
void courier_stop(struct courier *c, int64_t timeout_s);

/* Copies the state of each provider (texts) or of the relay (mails), at most max; gives how many there are. Any
 * thread. */
gsize courier_status(struct courier *c, enum job_kind kind, struct carrier_status *s_r, gsize max, struct arena *a);

#endif
