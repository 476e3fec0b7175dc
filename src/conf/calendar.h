/* calendar.h - iCalendar files (RFC 5545): what is in them within a time, and such a file written. Only user of libical. */
#ifndef RINGBACK_CALENDAR_H
#define RINGBACK_CALENDAR_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* One time at which an event takes place: each of those that recur is one. */
struct calendar_event {
	int64_t from, to;	/* to is not part of it, and is after from */
	char *summary;		/* one line of UTF-8; never NULL */
	char **mails;		/* of those who attend and did not decline, lower case; NULL-terminated */
};

/* Reads a file of at most 4 MB: struct calendar_event *, sorted by from, for the caller to free; those that take place
 * between from and to, at most 20,000. zone (IANA) is that of whole days and of times that name none.
 *
 * Followed are RRULE, RDATE, EXDATE, RECURRENCE-ID (of one time; not "this and future") and STATUS:CANCELLED. A TZID is
 * an IANA name, a Windows one, or a VTIMEZONE of the file. What recurs keeps its end by the clock on the wall, as calendars
 * show it. NULL and *err, "file:line: what is wrong; what would be right", if the file cannot be read, is cut short, or
 * holds an event whose times make no sense: nothing of it is used then. */
GPtrArray *calendar_read(const char *file, const char *zone, int64_t from, int64_t to, GError **err);

/* The same of a text; file is for the messages. */
GPtrArray *calendar_parse(const char *text, const char *file, const char *zone, int64_t from, int64_t to, GError **err);

/* struct calendar_event * as an iCalendar file, times in UTC; for the caller to free. name is that of the calendar; at is
 * when it was made. */
char *calendar_write(const GPtrArray *events, const char *name, int64_t at);

struct calendar_event *calendar_event_new(int64_t from, int64_t to, const char *summary, const char *mail);
void calendar_event_free(gpointer event);

#endif
