/* smpp_private.h - what smpp.c (states, time, sending), smpp_waiting.c and smpp_peer.c (what the peer says) share. Nobody else's. */
#ifndef RINGBACK_SMPP_PRIVATE_H
#define RINGBACK_SMPP_PRIVATE_H

#include "joiner.h"
#include "smpp.h"
#include "smpp_pdu.h"
#include "wire.h"

#define RESPONSE 0x80000000u

enum command {
	BIND_RECEIVER = 0x1, BIND_TRANSMITTER = 0x2, SUBMIT_SM = 0x4, DELIVER_SM = 0x5, UNBIND = 0x6, BIND_TRANSCEIVER = 0x9, OUTBIND = 0xb, ENQUIRE_LINK = 0x15,
	ALERT_NOTIFICATION = 0x102, DATA_SM = 0x103,
};

enum state { WAITING, CONNECTING, BINDING, BOUND, UNBINDING, LEAVING, STOPPED, N_LINK_STATES };

/* A submit_sm that waits for its answer. */
struct pending {
	uint32_t sequence;
	int64_t job;
	int64_t deadline;
	guint64 start;			/* where its first octet lies in the stream */
	struct long_text *text;		/* of which it is a part; NULL: it is all of one */
	guint part;
};

struct smpp {
	struct carrier carrier;		/* first: the carrier is the smpp */
	struct smpp_settings set;
	struct carrier_events events;
	struct wire *wire;
	enum state state;
	bool stopping;
	bool rebind;			/* the peer thinks that we are not bound */
	uint32_t sequence;		/* last one used */
	uint32_t bind_sequence, enquire_sequence, unbind_sequence;	/* 0: none is open */
	int64_t state_until;		/* WAITING: next try; BINDING, UNBINDING, LEAVING: patience ends; else -1 */
	int64_t heard;			/* when the last octet came */
	int64_t enquire_until;		/* patience with our enquire_link */
	GQueue pending;			/* struct pending, oldest first */
	GHashTable *by_sequence;	/* sequence -> its GList link in pending */
	GQueue waiting;			/* struct parcel *: for the window */
	guint ahead;			/* how many may */
	int64_t answered, answered_since;	/* what that follows from */
	GQueue parts;			/* struct long_text *: with parts that wait for the window */
	struct joiner *joiner;		/* texts that come in parts */
	GQueue refused;			/* struct refusal: told in the next turn */
	guint tries;			/* of connecting, since the last bind */
	int64_t gap_ms, next_send, slowed;	/* throttling */
	struct arena *arena;		/* of one PDU */
	guint64 n_sent, n_failed, n_received;
	char *last_error;
};

/* ---- smpp.c ---- */

const char *smpp_state_name(enum state state);
void smpp_bound(struct smpp *s);
void smpp_bind_refused(struct smpp *s, const char *why);
void smpp_unbound(struct smpp *s);
void smpp_link_leave(struct smpp *s, const char *why);	/* flush, show the end, wait a moment, connect again */
void smpp_slow_down(struct smpp *s);
void smpp_speed_up(struct smpp *s);
void smpp_flush(struct smpp *s);		/* writes what can be written; the link may be lost by that */

/* The request with that number, which is the caller's then; NULL if none is open. */
struct pending *smpp_pending_take(struct smpp *s, uint32_t sequence);
void smpp_pending_settle(struct smpp *s, struct pending *p, enum carrier_result result, const char *id,
			 const char *error);	/* frees p */

/* What became of a job: counted, and told. */
void smpp_outcome(struct smpp *s, int64_t job, enum carrier_result result, const char *id, const char *error);
guint smpp_window_room(const struct smpp *s);	/* how many can be submitted at once */
void smpp_text_submit(struct smpp *s, const struct parcel *p);

/* Submits octets as they are, or says no at the next turn. */
struct smpp_piece {
	const struct coded *coded;
	guint part;			/* of coded, from 0 */
	struct long_text *text;		/* NULL: it has one part */
};
bool smpp_submit_piece(struct smpp *s, const struct parcel *p, const struct smpp_piece *piece);

/* ---- smpp_long.c: texts in several parts ---- */

/* Makes m the part that it is of the text; octets: room for 253, in which a header is put before it. */
void smpp_long_join(const struct smpp *s, struct smpp_submit *m, const struct smpp_piece *piece, uint8_t *octets);
void smpp_long_send(struct smpp *s, const struct parcel *p, const struct coded *coded);
void smpp_long_continue(struct smpp *s);	/* as many parts as the window takes */
void smpp_long_settle(struct smpp *s, struct long_text *text, guint part, enum carrier_result result, const char *id,
		      const char *error);
bool smpp_long_is_due(const struct smpp *s);	/* there is something for smpp_long_continue() */
void smpp_long_free(gpointer p);
void smpp_long_give_up(struct smpp *s, const char *why);	/* parts that wait do not go */

/* ---- smpp_waiting.c ---- */

void smpp_waiting_add(struct smpp *s, const struct parcel *p);
void smpp_waiting_send(struct smpp *s);		/* as many as the window takes */
void smpp_waiting_give_back(struct smpp *s, const char *why);	/* nothing of them has left: somebody else may have them */
void smpp_waiting_free(gpointer p);
void smpp_ahead_adapt(struct smpp *s);		/* after each answer */

/* ---- smpp_peer.c ---- */

void smpp_pdu_queue(struct smpp *s, uint32_t command_id, uint32_t status, uint32_t sequence);
void smpp_listen(struct smpp *s);		/* takes every whole PDU that has come */
bool smpp_is_listening(const struct smpp *s);

/* ---- smpp_join.c: texts that come in several parts ---- */

/* Takes the part and answers it, and those before it, once the text is whole and durable. */
void smpp_join_part(struct smpp *s, const struct smpp_pdu *p, const struct smpp_concat *concat);
void smpp_join_turn(struct smpp *s, int64_t now);	/* answers and texts that waited long enough */
int64_t smpp_join_due(const struct smpp *s);		/* when that is wanted; G_MAXINT64: never */
void smpp_join_forget(struct smpp *s);			/* the link is gone: nobody waits for answers */

/* smpp_settings.c */
void smpp_settings_copy(struct smpp_settings *to, const struct smpp_settings *from);
void smpp_settings_clear(struct smpp_settings *set);

#endif
