/* milter.h - the milter as a whole: socket, negotiation, run and stop. Only user of libmilter (with session.c). */
#ifndef RINGBACK_MILTER_H
#define RINGBACK_MILTER_H

#include "engine.h"

/* Counters since the start; read without a lock, for status. */
struct milter_counts {
	guint64 connections, messages, foreign, notices, edited, swallowed, passed, forged, store_failures;
	gint open;		/* sessions now */
};

/* Opens the listening socket of the configuration (or the one handed in by systemd, LISTEN_FDS) with mode and group;
 * call before privileges are dropped. */
bool milter_listen(const struct conf *conf, GError **err);

/* Runs libmilter in a thread of its own until milter_stop(). */
bool milter_start(struct engine *e, GError **err);

/* No new connections; waits up to timeout_s for the sessions that are open, then ends them. */
void milter_stop(int64_t timeout_s);

void milter_get_counts(struct milter_counts *c_r);

#endif
