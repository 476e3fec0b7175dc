/* zone.h - time zones kept open: GLib reads a zone's file again each time that nobody holds it. */
#ifndef RINGBACK_ZONE_H
#define RINGBACK_ZONE_H

#include <glib.h>

/* The zone of an IANA name, for g_autoptr(GTimeZone); NULL if there is none such (or name is NULL). Names come from the configuration
 * alone; those beyond the first 1,000 are not kept. Safe from any thread. */
GTimeZone *zone_get(const char *name);

#endif
