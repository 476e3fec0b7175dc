/* profile.h - how each PBX writes: patterns as data, compiled once, read many times from any thread. */
#ifndef RINGBACK_PROFILE_H
#define RINGBACK_PROFILE_H

#include <glib.h>

#include "arena.h"
#include "call.h"
#include "letter.h"

/* Where a pattern looks. */
enum profile_where { WHERE_HEADER, WHERE_SUBJECT, WHERE_FROM, WHERE_TEXT, WHERE_HTML, WHERE_LINK, WHERE_FILENAME,
		     N_WHERE };

/* "header", "subject", "from", "text", "html", "link", "filename": the words of a profile file. */
const char *profile_where_name(enum profile_where w);

struct profile_pattern {
	enum profile_where where;
	char *header;		/* WHERE_HEADER: its name; "A|B": either */
	char *pattern;		/* PCRE2; named groups in `extract` are the names of enum call_field */
	int line;		/* in the file, for messages */
	guint alternative;	/* in `match`: which of several, 0 for the first */
};

/* One section "profile" of a file under conf/profiles, as the parser gives it. Owned by the set once added. A file is
 * one product and holds as many of them as the product has kinds of mails. */
struct profile_def {
	char *name;		/* "freepbx-missed" */
	char *file;
	enum call_class class;
	enum call_reason reason;	/* where no group says otherwise */
	GArray *signature;	/* struct profile_pattern, of headers, subject and From: all of one alternative hold for every
				 * mail of this product, whatever its text; empty: unknown */
	GArray *match;		/* likewise, anywhere: all of one alternative must hold; sorted by alternative */
	GArray *reject;		/* any that holds: not this profile */
	GArray *extract;	/* in order; the first that gives a non-empty value wins, field by field */
	GPtrArray *dates;	/* char *: ICU date patterns, "locale|pattern", tried in order */
	GPtrArray *withheld;	/* char *: caller names or numbers that mean "withheld" (no letter case) */
	GPtrArray *placeholders;	/* char *: caller names that are no name */
	GHashTable *reasons;	/* char * word (no letter case) -> GINT_TO_POINTER(enum call_reason) */
	unsigned expect;	/* 1 << FIELD_...: what each of its mails says; the caller by default */
	int priority;		/* lower is tried first; 100 by default */
};

struct profile_def *profile_def_new(void);
void profile_def_free(struct profile_def *d);

struct profiles;	/* an immutable set once built */

struct profiles *profiles_new(void);
void profiles_free(struct profiles *p);

/* Compiles and takes def. False and *err (ERR_CONF, "file:line: ...") if a pattern or a date is wrong or there is a
 * profile of that name; def is freed then too. */
gboolean profiles_add(struct profiles *p, struct profile_def *def, GError **err);
guint profiles_count(const struct profiles *p);

/* From now on every profile is tried on every letter, instead of those alone of which what is in its header lets one think.
 * It changes nothing but the time; for tests. */
void profiles_try_all(struct profiles *p);

/* The i-th in the order in which they are tried. */
const struct profile_def *profiles_def(const struct profiles *p, guint i);

/* The words of generic.h, for mails that no profile knows; there are none at first. To be filled before anything is
 * read. */
struct generic *profiles_generic(struct profiles *p);

/* What an administrator should know of his patterns: char *, "file:line: ...", one for each that takes far too many steps
 * on a text that suits it badly. The caller owns it. Takes its time; for `ringbackd --check`. */
GPtrArray *profiles_advice(const struct profiles *p);

/* Some of the profiles: those that a source may use. Immutable. */
struct profile_set;

/* Each name is that of a profile ("freepbx-missed") or of a product, which is a file without its ".conf" ("freepbx"):
 * all of its profiles. NULL and *err (ERR_CONF, names the one that is unknown). p must not be added to afterwards, and
 * lives longer. */
struct profile_set *profiles_subset(const struct profiles *p, const char *const *names, gsize n, GError **err);
void profile_set_free(struct profile_set *s);

/* ---- where a value comes from ---- */

/* One value that a rule took out of a letter. Strings are in the arena of profiles_read() or in the letter. */
struct profile_value {
	enum call_field field;
	const char *raw;	/* as it stands in the letter */
	const char *value;	/* without entities, quotes, superfluous blanks; "": no value after all (a placeholder, a
				 * word for "withheld"), so that later rules were asked */
	enum profile_where where;
	const char *header;	/* WHERE_HEADER: its name as the mail has it; else NULL */
	gsize index;		/* WHERE_HEADER, WHERE_FILENAME: which of letter->headers, letter->parts; else 0 */
	gsize offset, size;	/* octets of raw within that header, subject, text ... as the letter has it */
	const char *file;	/* the rule: file and line of the profile */
	int line;
};

/* A profile that did not read the letter. */
struct profile_near {
	const char *profile;	/* its name */
	guint held, rules;	/* of the alternative of `match` that came closest: how many of its rules held */
	bool rejected;		/* all of them did, but a rule of `reject` did too */
	enum profile_where where;	/* the rule that failed, or the one of `reject` that held */
	const char *header, *pattern;
	const char *file;
	int line;
};

/* How a letter was read; for people who write profiles. */
struct profile_trace {
	const char *profile;	/* that read it; NULL: none */
	GArray *values;		/* struct profile_value, in the order in which they were found */
	const char *date;	/* of the profile's dates the one that fit the printed time; NULL: none */
	GArray *near;		/* struct profile_near, the closest first; empty if the letter was read */
	const char *never;	/* why no profile was asked ("a reply or a forward"); NULL if they were */
	guint64 steps;		/* what the patterns took, see pattern.h */
	bool exhausted;		/* all that there are: the text was too costly for these patterns */
};

void profile_trace_init(struct profile_trace *t);
void profile_trace_clear(struct profile_trace *t);	/* what init and profiles_read() put there */

/* ---- drift: a product that no longer writes as its profile says ---- */

/* Set by each profiles_read(). */
struct profile_drift {
	const char *profile;	/* lives as long as the profiles; NULL: nothing is strange */
	unsigned missing;	/* call->missing, if it was read; 0: the mail bears the product's signature, yet no profile
				 * reads it */
	bool exhausted;		/* the text took all the steps that patterns may take: what was read may be too little */
};

/* ---- reading ---- */

struct profile_context {
	const char *region;	/* of national numbers */
	const char *zone;	/* of times that name none (IANA) */
	int64_t arrived;	/* when the mail came, for those without a Date */
	int generic;		/* percent: a mail that no profile knows is read by its words if that gives at least this
				 * confidence; 0: it is not */
	const struct profile_set *allowed;	/* NULL: all */
	struct profile_trace *trace;	/* filled in; NULL: not wanted */
	struct profile_drift *drift;	/* filled in; NULL: not wanted */
};

/* What the letter says, in a; NULL if no profile that is allowed matches and its words do not say it clearly enough. All
 * patterns together have a number of steps for each letter, which bounds the time on hostile text; when they are at an
 * end, nothing more is found. */
struct call *profiles_read(const struct profiles *p, const struct letter *l, const struct profile_context *ctx,
			   struct arena *a);

/* Can a mail with these headers match one of the allowed profiles (NULL: of all) at all, or does it bear the signature
 * of one? Looks at headers, From and Subject patterns only; used to let mail go before its body is read. l->text and so on need not be filled. */
bool profiles_may_match(const struct profiles *p, const struct letter *l, const struct profile_set *allowed);

/* Can a mail with these headers be one that the generic profile reads? */
bool profiles_may_be_generic(const struct profiles *p, const struct letter *l);

#endif
