/* helpdesk.h - header fields by which a helpdesk makes a ticket of a mail that has the item's owner; and those that a rule's
 * author wants. Pure.
 *
 * Zammad: admin documentation, Email Header Manipulation; the channel must be trusted. OTRS and Znuny: admin manual,
 * PostMaster X-OTRS headers; the mail account must be trusted. */
#ifndef RINGBACK_HELPDESK_H
#define RINGBACK_HELPDESK_H

#include "decide.h"
#include "view.h"

/* What the value of a rule's header field may name: {item}, {line}, ...; NULL-terminated. */
extern const char *const helpdesk_values[];

/* May a rule have a field of that name? Not those that a mail needs, nor ours. */
bool helpdesk_may_add(const char *name);

/* Appends to list, of struct render_header; all in a. */
void helpdesk_headers(struct arena *a, const struct roster *r, const struct decision *d, const struct view *v, GArray *list);

#endif
