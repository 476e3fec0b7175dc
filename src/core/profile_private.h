/* profile_private.h - what profile.c (compiling, matching) and profile_read.c (what the letter says) share. */
#ifndef RINGBACK_PROFILE_PRIVATE_H
#define RINGBACK_PROFILE_PRIVATE_H

#include "pattern.h"
#include "profile.h"

enum field {
	FIELD_CALLER, FIELD_CALLER_NAME, FIELD_CALLED, FIELD_CALLED_NAME, FIELD_TIME, FIELD_DURATION,
	FIELD_TRANSCRIPT, FIELD_CALL_ID, FIELD_REASON, N_FIELDS
};

/* One pattern of a profile, ready for use. */
struct rule {
	enum profile_where where;
	char **headers;		/* names; any of them will do */
	struct pattern *pattern;
	guint alternative;
	enum field *fields;	/* of each named group */
	guint mask;		/* 1 << field of all of them */
};

struct profile {
	struct profile_def *def;
	GPtrArray *match, *reject, *extract;	/* struct rule */
	GHashTable *withheld, *placeholders;	/* words, case folded */
	GHashTable *reasons;	/* word, case folded -> enum call_reason */
};

struct profiles {
	GPtrArray *all;		/* struct profile, in the order in which they are tried */
	GPtrArray *never;	/* struct rule: mail that is no notice, whatever the profile says */
};

bool profile_words_have(GHashTable *set, const char *word);

/* The first profile whose rules hold; body: those about text and file names as well. */
const struct profile *profile_find(const struct profiles *p, const struct letter *l, struct pattern_scratch *s,
				   bool body);

/* The texts that a rule looks at, one after the other; NULL after the last. *i is 0 at first. */
const char *profile_place_next(const struct rule *r, const struct letter *l, gsize *i);
bool profile_holds_in(const struct rule *r, struct pattern_scratch *s, const char *text);

#endif
