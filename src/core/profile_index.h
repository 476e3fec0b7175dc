/* profile_index.h - which profiles a letter may be one of, by what stands in its header: one pass over it, however many
 * profiles there are. */
#ifndef RINGBACK_PROFILE_INDEX_H
#define RINGBACK_PROFILE_INDEX_H

#include "letter.h"
#include "profile.h"

#define FIELD_MAX 2048		/* octets of one header, subject or file name that patterns see */

/* What may hold of a profile. */
enum { MAY_MATCH = 1, MAY_SIGN = 2 };

struct profile_index;

struct profile_index *profile_index_new(void);
void profile_index_free(struct profile_index *x);

/* Rules (struct profile_pattern, in alternatives) that profile id has for what. Those of an alternative without any rule
 * about header, subject or From whose literals or header names are known are candidates always. */
void profile_index_add(struct profile_index *x, const GArray *rules, guint id, guint8 what);

/* Sets the bits of may[id] that no rule of the index speaks against. */
void profile_index_look(const struct profile_index *x, const struct letter *l, guint8 *may);

#endif
