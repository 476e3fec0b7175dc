/* conf_who.h - which of many people an event of a calendar means. */
#ifndef RINGBACK_CONF_WHO_H
#define RINGBACK_CONF_WHO_H

#include "roster.h"

struct who;

/* Knows people (struct person *, borrowed) by mail, name and id. */
struct who *who_new(const GPtrArray *people);
void who_free(struct who *w);	/* NULL is fine */

/* The first of the addresses (lower case, NULL-terminated) that somebody has; NULL: nobody. */
const struct person *who_by_mail(const struct who *w, char **mails);

/* In the first 500 octets of a summary: a mail address, a whole name, a name in the configuration, not as a part of other
 * words; the longest counts, and of two the person who was configured first. NULL: nobody. */
const struct person *who_by_summary(const struct who *w, const char *summary);

#endif
