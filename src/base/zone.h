/* zone.h - time zones kept open: GLib reads a zone's file again each time that nobody holds it. */
#ifndef RINGBACK_ZONE_H
#define RINGBACK_ZONE_H

#include <glib.h>
#include <stdint.h>

/* The zone of an IANA name, for g_autoptr(GTimeZone); NULL if there is none such (or name is NULL). Names come from the configuration
 * alone; those beyond the first 1,000 are not kept. Safe from any thread. */
GTimeZone *zone_get(const char *name);

/* What the clock on the wall shows at a moment, as seconds since 1970-01-01T00:00 on that wall; and the reverse: the first of
 * the two moments at which it shows that, or, where the clocks leave it out, the moment at which they were put forward. */
int64_t zone_wall(GTimeZone *tz, int64_t at);
int64_t zone_instant(GTimeZone *tz, int64_t wall);

/* The day of a wall time as GDate counts days (g_date_get_julian), and the midnight that a day begins with. */
guint32 zone_wall_day(int64_t wall);
int64_t zone_day_wall(guint32 day);

#endif
