/* conf_calendars.h - the iCalendar files that a configuration names: read once, noticed when they change. */
#ifndef RINGBACK_CONF_CALENDARS_H
#define RINGBACK_CONF_CALENDARS_H

#include "conf.h"
#include "conf_errors.h"

/* What is in the file, whole days by that zone, from 400 days ago to 800 days ahead: struct calendar_event *, of the
 * snapshot; read at most once. NULL if it is wrong, which goes to e with the line that names it; unless `before` has it
 * from when it was good: then that stays in force, and the snapshot's conf_calendar says what is wrong. */
const GPtrArray *conf_calendar_events(struct conf *c, const struct conf *before, const char *file, const char *zone,
				      struct conf_errors *e, int line);

/* The days that an iCalendar file names, for the caller to unref; NULL likewise. */
struct holidays *conf_calendar_holidays(struct conf *c, const struct conf *before, const char *file,
					struct conf_errors *e, int line);

#endif
