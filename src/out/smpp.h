/* smpp.h - texts over one bind to an SMSC (SMPP 3.4), as a carrier. */
#ifndef RINGBACK_SMPP_H
#define RINGBACK_SMPP_H

#include "carrier.h"
#include "coding.h"
#include "tls.h"

enum smpp_role { SMPP_TRANSCEIVER, SMPP_TRANSMITTER, SMPP_RECEIVER };

struct smpp_settings {
	const char *name;		/* provider, for journal and log */
	const char *host;		/* name or address */
	int port;
	const struct tls_settings *tls;	/* NULL: not encrypted */
	const char *system_id;		/* at most 15 octets */
	const char *password;		/* at most 8 octets */
	const char *system_type;	/* at most 12 octets */
	const char *source_addr;	/* digits, or alphanumeric up to 11: TON and NPI follow from its form */
	enum smpp_role role;		/* a receiver takes no texts, a transmitter hears none */
	guint window;			/* 1 to 1000 */
	guint ahead;			/* so many beyond it may wait here, so that it is never empty; fewer with a slow SMSC */
	int64_t enquire_link_s;		/* idle time before enquire_link; 30 */
	int64_t response_timeout_s;	/* for submit_sm_resp; 60 */
	struct coding_rules coding;	/* how it wants its texts */
	int64_t reconnect_min_s, reconnect_max_s;	/* 1, 60: exponential, with jitter */
};

/* settings and its strings are copied. Connects by itself at the first turn, and again after every loss. */
struct carrier *smpp_new(const struct smpp_settings *settings, const struct carrier_events *events);

#endif
