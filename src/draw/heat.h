/* heat.h - a week as a picture: the darker an hour, the more came in it. Only user of cairo. */
#ifndef RINGBACK_HEAT_H
#define RINGBACK_HEAT_H

#include <glib.h>

/* A PNG of 1456 pixels' width, meant to be shown at half of that, on a background that is light or dark. days: Monday first.
 * The caller owns it. */
GBytes *heat_png(const guint hours[7][24], const char *const days[7]);

#endif
