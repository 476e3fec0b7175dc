/* fleet.h - several providers of texts as one carrier: who takes a text, and who is asked next.
 *
 * A text goes to the provider with the lowest priority number among those that are bound and serve its number; among
 * equals by weight. A provider that has been full or throttled for FLEET_PATIENCE_MS counts as away, so the next one
 * takes over; it is first again as soon as it has room. A final refusal by one provider is put to the next that has
 * not refused this text, as long as the text is of use (its validity); only when all have refused it is it refused. An
 * unknown outcome is handed on as it is: the outbox decides whether to send again, for that may arrive twice. */
#ifndef RINGBACK_FLEET_H
#define RINGBACK_FLEET_H

#include "carrier.h"

#define FLEET_MEMBERS_MAX 16
#define FLEET_PATIENCE_MS 10000

struct fleet_place {
	int priority;			/* lower is asked first */
	guint weight;			/* 1 to 1000: share among equal priorities */
	guint rate;			/* texts a second at most; 0: no limit of ours */
	const char *const *prefixes;	/* E.164 with "+"; NULL or empty: every number */
};

/* The carrier; events are copied. */
struct carrier *fleet_new(const struct carrier_events *events);

/* What a member must be made with. */
struct carrier_events fleet_events(struct carrier *fleet);

/* Takes member over; place and its strings are copied. At most FLEET_MEMBERS_MAX, and as many that leave. */
void fleet_add(struct carrier *fleet, struct carrier *member, const struct fleet_place *place);

/* The member of that name (which there must be) gets no more texts, ends what it has begun, and goes. In its place member
 * begins as soon as that is done. */
void fleet_remove(struct carrier *fleet, const char *name);
void fleet_replace(struct carrier *fleet, const char *name, struct carrier *member, const struct fleet_place *place);

#endif
