/* check.h - is a configuration that can be loaded also right? What is wrong with it before the first call. Pure.
 *
 * Errors: somebody will not be reached, or a number is none. Advice: something is there for nothing. What conf refuses to
 * load is not looked for here. */
#ifndef RINGBACK_CHECK_H
#define RINGBACK_CHECK_H

#include "arena.h"
#include "item.h"
#include "roster.h"

struct finding {
	bool error;		/* false: advice */
	const char *check;	/* one word for what was looked at: "gap", "unreachable"; static */
	struct place place;
	const char *text;	/* in the arena: "what is wrong; what would be right" */
};

/* All that is wrong from `from` to `to` (Unix seconds, at most two years), with the overrides that the store has (n may be
 * 0): struct finding *, by file and line, for the caller to unref; the findings are in a.
 *
 *   gap		nobody is on a schedule that lines or policies name, unless it says gaps = yes
 *   phone		a step may text somebody, by a schedule, who has no phone
 *   number		a number that cannot be one where it says it is
 *   away		the owner of a line is away, and so is everybody who could stand in
 *   unreachable	nobody of a line's policy, and no last resort, can be reached
 *   shadowed		a rule that is never reached, since one before it holds whenever it does
 *   review		advice: a rule that says when it was last reviewed, and that is 90 days ago
 *   idle		advice: a person, schedule or policy that nothing names
 *   unclaimed		advice: a line that no call can lead to */
GPtrArray *check_roster(const struct roster *r, int64_t from, int64_t to, const struct override *overrides, gsize n,
			struct arena *a);

/* A further finding, in a. */
void check_add(GPtrArray *findings, struct arena *a, bool error, const char *check, struct place place, const char *format, ...)
	G_GNUC_PRINTF(6, 7);
void check_sort(GPtrArray *findings);

#endif
