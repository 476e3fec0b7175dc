/* hours.h - weekly opening hours in a part of OpenStreetMap's opening_hours notation. */
#ifndef RINGBACK_HOURS_H
#define RINGBACK_HOURS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Understood: "24/7", "off", and rules split by ";" or ",": "Mo-Fr 08:30-17:30; Sa 09:00-12:00; Su off",
 * several times ("08:00-12:00,13:00-17:00"), times over midnight ("22:00-06:00"), "24:00". A later rule
 * for a day replaces an earlier one (";") as the notation says. */
struct hours;

/* NULL and *err (ERR_CONF, naming the position) when spec is wrong or zone (IANA, "Europe/London") unknown. */
struct hours *hours_new(const char *spec, const char *zone, GError **err);
void hours_free(struct hours *h);

/* Local wall-clock time decides, so both clock changes come out as people expect. NULL means always open. */
bool hours_covers(const struct hours *h, int64_t at);

/* The first moment after `at` at which it opens (or `at` itself when it is open then), at most 14 days
 * ahead; `at` + 14 days if it never opens. */
int64_t hours_next_open(const struct hours *h, int64_t at);

#endif
