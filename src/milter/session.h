/* session.h - one connection of the mail server: what it may send us, what we collect, what we answer. */
#ifndef RINGBACK_SESSION_H
#define RINGBACK_SESSION_H

#include <glib.h>
#include <libmilter/mfapi.h>
#include <stdbool.h>

#include "milter.h"

/* The callbacks for smfi_register(). e is borrowed until session_quiet(). over_tcp: the mail server is reached by TCP. */
struct smfiDesc session_callbacks(struct engine *e, bool over_tcp);

void session_get_counts(struct milter_counts *c_r);

/* Nobody is inside a callback that uses the engine. */
bool session_quiet(void);

#endif
