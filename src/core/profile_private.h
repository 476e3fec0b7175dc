/* profile_private.h - what profile.c (compiling), profile_match.c, profile_read.c (what the letter says) and profile_trace.c
 * (how it was read) share. */
#ifndef RINGBACK_PROFILE_PRIVATE_H
#define RINGBACK_PROFILE_PRIVATE_H

#include "pattern.h"
#include "profile.h"

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
	GPtrArray *never;	/* struct rule: mail that is no notice, whatever the profile says */
};

bool profile_words_have(GHashTable *set, const char *word);

bool profile_allowed(const struct profile *p, const struct profile_set *allowed);

/* The first allowed profile whose rules hold; body: those about text and file names as well. */
const struct profile *profile_find(const struct profiles *p, const struct letter *l, struct pattern_scratch *s,
				   const struct profile_set *allowed, bool body);

/* Of a letter that none of them reads: the first whose signature it bears; NULL also if a profile of that product rejects
 * it: that is no notice, and known. */
const struct profile *profile_signed(const struct profiles *p, const struct letter *l, struct pattern_scratch *s,
				     const struct profile_set *allowed, bool body);

/* Of a rule of profiles->never: "an automatic reply". */
const char *profile_never_why(const struct rule *r);

/* Where a rule looks in this letter: one about the text looks at that of the HTML part if there is no other. */
enum profile_where profile_where_in(const struct rule *r, const struct letter *l);

/* The texts that a rule looks at, one after the other; NULL after the last. *i is 0 at first; *i - 1 is the index of
 * the header or part then. */
const char *profile_place_next(const struct rule *r, const struct letter *l, gsize *i);
bool profile_holds_in(const struct rule *r, struct pattern_scratch *s, const char *text);
bool profile_rule_holds(const struct rule *r, const struct letter *l, struct pattern_scratch *s);

/* Fills in what there is to say of a letter that no profile reads. */
void profile_trace_near(struct profile_trace *t, const struct profiles *p, const struct letter *l,
			struct pattern_scratch *s, const struct profile_set *allowed);

#endif
