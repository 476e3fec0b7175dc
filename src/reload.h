/* reload.h - what a reload cannot change. */
#ifndef RINGBACK_RELOAD_H
#define RINGBACK_RELOAD_H

#include "conf.h"

/* Logs a warning for each setting of new that waits for the next start. */
void reload_warn(const struct conf *old, const struct conf *new);

#endif
