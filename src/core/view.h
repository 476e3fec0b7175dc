/* view.h - one notice as people and machines are shown it, ready for every form of rendering. For render_*.c alone. */
#ifndef RINGBACK_VIEW_H
#define RINGBACK_VIEW_H

#include "decide.h"

/* Strings are one line of UTF-8, "" where there is none, and belong to the arena. */
struct view {
	const char *id;			/* "RB-1742" */
	const char *number;		/* E.164, "" if there is none */
	const char *raw;		/* what the PBX wrote in its place; "" if there is a number, or it is withheld */
	const char *no_number;		/* "number withheld", or as the PBX wrote it; "" if there is a number */
	const char *name;
	const char *called;
	const char *line_id, *line_name;
	const char *owner_id, *owner_name, *owner_mail;
	const char *zone;		/* NULL: UTC */
	const char *transcript;
	enum call_class class;
	enum call_reason reason;
	bool withheld;
	int64_t time;
	int duration_s;
};

/* c (what this mail says) wins over i (what earlier mails said). c and e may be NULL; d->item is not. */
struct view view_make(struct arena *a, const struct roster *r, const struct decision *d, const struct call *c);

/* Of a stored item alone, for notes. */
struct view view_of_item(struct arena *a, const struct roster *r, const struct item *i);

/* "+44 20 7946 0123", or no_number. libphonenumber takes its time: once for a text is enough. */
const char *view_number(struct arena *a, const struct view *v);

/* "<clinic.calls.example.com>" (RFC 2919) for who files by lists; "missed, clinic, anna" (RFC 5322, 3.6.5). */
const char *view_list_id(struct arena *a, const struct roster *r, const struct view *v);
const char *view_keywords(struct arena *a, const struct view *v);

const char *view_domain(const struct roster *r);	/* for Message-IDs and vCon; never empty */

#endif
