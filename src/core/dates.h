/* dates.h - times as PBXs print them, by ICU. Pure; safe from any thread. */
#ifndef RINGBACK_DATES_H
#define RINGBACK_DATES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* spec is "locale|pattern" with an ICU date pattern (UTS 35): "en_US|EEEE, MMMM dd, yyyy 'at' hh:mm:ss a". Lenient
 * in blanks and letter case. Where the pattern has no zone, zone (IANA) is used; where it has no date or no year, the
 * one nearest to near (Unix seconds). False if text does not fit from its first to its last character. Abbreviations of months
 * and days may have a dot or none, halves of the day may be a.m., p. m. or PM, zones may be EDT, CEST or MEZ. */
bool dates_read(const char *spec, const char *text, const char *zone, int64_t near, int64_t *at_r);

/* The moment at which clocks in zone (IANA) show what clocks in UTC show at local; the one nearest to near where they
 * show it twice. */
int64_t dates_in_zone(int64_t local, const char *zone, int64_t near);

/* The same of the beginning of text, up to the end of a word; *length_r says how much that is, to compare patterns by. */
bool dates_read_start(const char *spec, const char *text, const char *zone, int64_t near, int64_t *at_r, gsize *length_r);

/* Is spec a pattern that ICU takes? */
bool dates_check(const char *spec, GError **err);

/* "0:27", "00:01:23", "0:04 seconds", "0:27 minute(s)", "00m 27s", "28 seconds", "4 min 55 sec", "1'23\"", "PT27S",
 * "27", units in the languages of conf/profiles/generic -> seconds; -1 if none of these or over 24 h. */
int dates_duration(const char *text);

/* The same at the beginning of text, *length_r octets of it; a number without a unit only at the end of a line. */
int dates_duration_start(const char *text, gsize *length_r);

/* The IANA zone of a Windows one: "W. Europe Standard Time" -> "Europe/Berlin", for the caller to free; NULL if there is
 * none such. */
char *dates_windows_zone(const char *name);

#endif
