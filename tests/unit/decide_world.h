/* decide_world.h - a small world around decide() for its tests: a roster, and lists where the store would be.
 *
 * One event is one line of words, what becomes of it comes back as one line:
 *
 *   "0 mail missed 201 +442079460123 a,b printed"	"edit; 1:collecting olga x1; +window@45; created"
 *   "3 mail missed 201 +442079460123 c"		"swallow; 1:collecting olga x1; ; copied"
 *   "45 timer window"					"1:open olga x1 s1; +first>anna~900 +step@900; opened told"
 *   "60 reply anna A 17"				"1:acked anna x1 s1; -all +ack_timeout@3600 ...; acknowledged ..."
 *
 * The first word is the time in seconds after the world's start. Codes are 16 + the item's number. After each event
 * the invariants of product.md are asserted. */
#ifndef DECIDE_WORLD_H
#define DECIDE_WORLD_H

#include "decide.h"

struct world;

struct world *world_new(int64_t start);
void world_free(struct world *w);

/* In an arena of the world. */
const char *world_event(struct world *w, const char *words);

struct roster *world_roster(struct world *w);
int64_t world_now(const struct world *w);
const struct decision *world_last(const struct world *w);
/* Jobs that wait, the one due first first; NULL if none. */
const struct job *world_next_timer(const struct world *w);
guint world_items(const struct world *w);

/* decide_office.c: people, lines and policies. decide_say.c: a decision as one line. */
struct roster *decide_office(void);
const char *decide_say(struct arena *a, const struct decision *d, int64_t now);

#endif
