/* carrier.h - how the courier hands things to the world. One contract for texts and mail, and for tests.
 *
 * A carrier never blocks its caller: carrier_send() takes a copy, the outcome comes later through the callback, from
 * turn() (and only from there). One thread at a time: the courier has a lock. */
#ifndef RINGBACK_CARRIER_H
#define RINGBACK_CARRIER_H

#include <glib.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct carrier;

struct parcel {
	int64_t job;		/* comes back with the outcome */
	const char *to;		/* E.164, or mail address */
	const char *text;	/* UTF-8 text, or a whole RFC 5322 message with CRLF */
	int64_t validity_s;	/* of a text; 0: the provider's default */
	const char *parts, *parts_at;	/* what parts of it have gone before (parts.h), and the provider; NULL: none */
};

enum carrier_result {
	CARRIER_SENT,		/* the peer has it; id is its name for it, maybe "" */
	CARRIER_LATER,		/* not taken, nothing was sent or the peer said "later": try again */
	CARRIER_REFUSED,	/* the peer said no for good */
	CARRIER_UNKNOWN,	/* it was on the wire when the link went away: may have arrived */
};

/* A delivery receipt (SMPP 3.4, appendix B): only what esm_class marks as one. */
struct receipt {
	const char *id;		/* the provider's message id, as it came */
	const char *from;	/* the phone, E.164, "" if not said */
	bool final;		/* delivered or failed; else a state on the way (enroute, accepted) */
	bool delivered;
	const char *state;	/* "DELIVRD", "UNDELIV", ... */
};

struct carrier_events {
	void *user;
	/* provider: the name of who was asked, "" where none was. id: of a text in several parts, the parts (parts.h),
	 * whatever the result. */
	void (*outcome)(void *user, const char *provider, int64_t job, enum carrier_result result, const char *id,
			const char *error);
	/* The next two give true once durable; then the peer is told (deliver_sm_resp). False: it will send again. */
	bool (*received)(void *user, const char *provider, const char *phone, const char *text);
	bool (*receipted)(void *user, const char *provider, const struct receipt *r);
};

struct carrier_status {
	const char *name;	/* provider */
	bool up;
	bool half_up;		/* a pair: texts can go, whatever up says */
	const char *state;	/* "bound", "waiting", ...; NULL: no matter */
	guint rate;		/* texts a second at most; 0: no limit */
	guint under_way;
	guint64 sent, failed, received;
	guint window;		/* how many may be under way; 0: no matter */
	const char *last_error;	/* "" if none; valid until the next turn */
};

struct carrier_ops {
	guint (*room)(struct carrier *c);		/* how many it can take now */
	void (*send)(struct carrier *c, const struct parcel *p);	/* only when there is room */
	gsize (*fds)(struct carrier *c, struct pollfd *fds, gsize max);	/* what to wait for; gives how many */
	int (*timeout_ms)(struct carrier *c);		/* until the next turn is wanted; -1: no need */
	void (*turn)(struct carrier *c, const struct pollfd *fds, gsize n);	/* do what can be done without blocking */
	gsize (*status)(struct carrier *c, struct carrier_status *s_r, gsize max);	/* of each peer; gives how many */
	void (*stop)(struct carrier *c);		/* finish what is outstanding, then unbind; keep turning until idle */
	bool (*idle)(struct carrier *c);		/* after stop: nothing is left to do */
	void (*free)(struct carrier *c);
};

struct carrier {
	const struct carrier_ops *ops;
};

#endif
