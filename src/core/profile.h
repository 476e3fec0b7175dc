/* profile.h - how each PBX writes: patterns as data, compiled once, read many times from any thread. */
#ifndef RINGBACK_PROFILE_H
#define RINGBACK_PROFILE_H

#include <glib.h>

#include "arena.h"
#include "call.h"
#include "letter.h"

/* Where a pattern looks. */
enum profile_where { WHERE_HEADER, WHERE_SUBJECT, WHERE_FROM, WHERE_TEXT, WHERE_HTML, WHERE_FILENAME, N_WHERE };

struct profile_pattern {
	enum profile_where where;
	char *header;		/* WHERE_HEADER: its name; "A|B": either */
	char *pattern;		/* PCRE2; named groups in `extract`: caller caller_name called called_name time
				 * duration transcript call_id reason */
	int line;		/* in the file, for messages */
	guint alternative;	/* in `match`: which of several, 0 for the first */
};

/* One file under conf/profiles, as the parser gives it. Owned by the set once added. */
struct profile_def {
	char *name;		/* "freepbx-missed" */
	char *file;
	enum call_class class;
	enum call_reason reason;	/* where no group says otherwise */
	GArray *match;		/* struct profile_pattern: all of one alternative must hold; sorted by alternative */
	GArray *reject;		/* any that holds: not this profile */
	GArray *extract;	/* in order; the first that gives a non-empty value wins, field by field */
	GPtrArray *dates;	/* char *: ICU date patterns, "locale|pattern", tried in order */
	GPtrArray *withheld;	/* char *: caller names or numbers that mean "withheld" (no letter case) */
	GPtrArray *placeholders;	/* char *: caller names that are no name */
	GHashTable *reasons;	/* char * word (no letter case) -> GINT_TO_POINTER(enum call_reason) */
	int priority;		/* lower is tried first; 100 by default */
};

struct profile_def *profile_def_new(void);
void profile_def_free(struct profile_def *d);

struct profiles;	/* an immutable set once built */

struct profiles *profiles_new(void);
void profiles_free(struct profiles *p);

/* Compiles and takes def. False and *err (ERR_CONF, "file:line: ...") if a pattern or a date is wrong; def is freed
 * then too. */
gboolean profiles_add(struct profiles *p, struct profile_def *def, GError **err);
guint profiles_count(const struct profiles *p);

struct profile_context {
	const char *region;	/* of national numbers */
	const char *zone;	/* of times that name none (IANA) */
	int64_t arrived;	/* when the mail came, for those without a Date */
};

/* What the letter says, in a; NULL if no profile matches. Match limits bound the time on hostile text. */
struct call *profiles_read(const struct profiles *p, const struct letter *l, const struct profile_context *ctx,
			   struct arena *a);

/* Can a mail with these headers match at all? Looks at headers, From and Subject patterns only; used to let mail
 * go before its body is read. l->text and so on need not be filled. */
bool profiles_may_match(const struct profiles *p, const struct letter *l);

#endif
