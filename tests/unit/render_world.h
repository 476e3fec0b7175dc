/* render_world.h - one notice with all that belongs to it, and words that would break out of their place. For the tests of
 * what is added to a mail. */
#ifndef RINGBACK_RENDER_WORLD_H
#define RINGBACK_RENDER_WORLD_H

#include "decide.h"

#define EVENING 1772488320	/* 2026-03-02T21:52:00Z, a Monday */
#define NUMBER "+442079460123"
#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Tests change what they are about. */
struct world {
	struct arena *a;
	struct roster *r;
	struct item item;
	struct notice notice;
	struct call call;
	struct event e;
	struct decision d;
};

void world_open(struct world *w);		/* a missed call of the evening, unless changed */
void world_voicemail(struct world *w);
void world_close(struct world *w);

extern const char *const world_hostile_words[];		/* NULL at the end */

/* Those words in every place that a mail can fill. */
void world_hostile(struct world *w, const char *words);

#endif
