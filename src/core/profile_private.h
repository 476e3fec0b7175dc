/* profile_private.h - what profile.c (compiling), profile_look.c (matching), profile_read.c (what the letter says) and
 * profile_trace.c (how it was read) share. */
#ifndef RINGBACK_PROFILE_PRIVATE_H
#define RINGBACK_PROFILE_PRIVATE_H

#include "generic.h"
#include "pattern.h"
#include "profile.h"
#include "profile_index.h"

/* One pattern of a profile, ready for use. */
struct rule {
	const struct profile_pattern *source;
	enum profile_where where;
	char **headers;		/* names; any of them will do */
	struct pattern *pattern;
	guint alternative;
	enum call_field *fields;	/* of each named group */
	guint mask;		/* 1 << field of all of them */
};

struct profile {
	struct profile_def *def;
	guint id;		/* in the order of profiles_add(), from 0 */
	GPtrArray *signature, *match, *reject, *extract;	/* struct rule */
	GHashTable *withheld, *placeholders;	/* words, case folded */
	GHashTable *reasons;	/* word, case folded -> enum call_reason */
};

struct profiles {
	GPtrArray *all;		/* struct profile, in the order in which they are tried */
	struct generic *generic;
	GPtrArray *never;	/* struct rule: mail that is no notice, whatever the profile says */
	struct profile_index *index;
	bool try_all;		/* without index */
};

/* For one letter and all profiles together, see pattern.h: some 10 ms. Mails of PBXs take 500 to 2,000. */
#define PROFILE_STEPS_MAX 500000

/* One letter that is being looked at. */
struct look {
	const struct profiles *profiles;
	const struct letter *letter;
	const struct profile_set *allowed;
	struct pattern_scratch *scratch;
	bool body;		/* by rules about text and file names as well */
	bool no_text;		/* it has HTML alone: rules about the text look there */
	guint8 *may;		/* MAY_MATCH | MAY_SIGN of each profile, by its id */
};

bool profile_words_have(GHashTable *set, const char *word);

bool profile_allowed(const struct profile *p, const struct profile_set *allowed);

void look_begin(struct look *k, const struct profiles *p, const struct letter *l, const struct profile_set *allowed,
		bool body);
void look_end(struct look *k);

/* Is it mail that is no notice, whatever a profile says? The rule that says so, or NULL. */
const struct rule *look_never(const struct look *k);

/* The first allowed profile whose rules hold. */
const struct profile *look_find(const struct look *k);

/* Of a letter that none of them reads: the first whose signature it bears; NULL also if a profile of that product rejects
 * it: that is no notice, and known. */
const struct profile *look_signed(const struct look *k);

/* Does a profile, allowed or not, know it as mail of its product and reject it? */
bool look_refused(const struct look *k);

/* The texts that a rule looks at, one after the other; NULL after the last. *i is 0 at first; *i - 1 is the index of
 * the header or part then. */
const char *look_next(const struct look *k, const struct rule *r, gsize *i);

/* Where that is: text() looks at the HTML of a letter that has no text. */
enum profile_where look_where(const struct look *k, const struct rule *r);

/* Does it look at one header, subject or file name, of which FIELD_MAX octets count? */
bool rule_is_of_field(const struct rule *r);

bool look_holds_in(const struct look *k, const struct rule *r, const char *text);
bool look_holds(const struct look *k, const struct rule *r);

/* Of a rule of profiles->never: "an automatic reply". */
const char *profile_never_why(const struct rule *r);

/* Fills in what there is to say of a letter that no profile reads. */
void profile_trace_near(struct profile_trace *t, const struct look *k);

#endif
