/* pattern.h - regular expressions over hostile text, with bounds. The only user of PCRE2. */
#ifndef RINGBACK_PATTERN_H
#define RINGBACK_PATTERN_H

#include <glib.h>
#include <stdbool.h>

/* Compiled with PCRE2_UTF, PCRE2_MULTILINE (^ and $ are those of a line) and PCRE2_DUPNAMES. Immutable: any number of
 * threads may use one at the same time. */
struct pattern;

/* NULL and *err (ERR_CONF) if it does not compile. */
struct pattern *pattern_new(const char *regex, GError **err);
void pattern_free(struct pattern *p);

/* Named groups, by number from 0. A name may be there twice. */
guint pattern_groups(const struct pattern *p);
const char *pattern_group_name(const struct pattern *p, guint i);

/* What matching needs besides the pattern: one for each thread at a time, for any number of patterns.
 *
 * It has a budget of steps, for all that is matched with it. A step is an item of an expression that is tried at a place
 * of the text, or a few characters that a repeat runs over: some nanoseconds, on any text. The number is the same on every
 * machine. One match may take an eighth of them; it is none when it would take more. */
struct pattern_scratch;

struct pattern_scratch *pattern_scratch_new(guint64 steps_max);
void pattern_scratch_free(struct pattern_scratch *s);

guint64 pattern_steps(const struct pattern_scratch *s);	/* taken so far */
bool pattern_exhausted(const struct pattern_scratch *s);	/* all were taken: what holds is not known any more */

/* Is it in text (valid UTF-8)? Only the first size_max octets count. */
bool pattern_holds(const struct pattern *p, struct pattern_scratch *s, const char *text, gsize size_max);

/* Named group i of the last pattern_holds() that was true, within its text; false if it took no part or is empty. */
bool pattern_group(const struct pattern *p, const struct pattern_scratch *s, guint i, const char **start_r,
		   gsize *size_r);

#endif
