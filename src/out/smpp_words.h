/* smpp_words.h - the small translations between SMPP 3.4 and our words: numbers, texts, times, statuses. Pure. */
#ifndef RINGBACK_SMPP_WORDS_H
#define RINGBACK_SMPP_WORDS_H

#include "carrier.h"
#include "coding.h"
#include "smpp_pdu.h"

/* A sender or a phone as SMPP names it. */
struct smpp_address {
	uint8_t ton, npi;
	const char *digits;	/* points into what was given */
};

/* Alphanumeric 5/0; digits with "+", or 7 and more of them, 1/1; fewer are a short code, 0/1; "" is 0/0: the SMSC's
 * default (SMPP 3.4, 5.2.5 and 5.2.6). */
struct smpp_address smpp_address_of(const char *source_addr);

/* "+digits" of a peer's address where it is a number, else the address as it is, without what could harm a line. */
const char *smpp_phone(struct arena *a, const char *addr, uint8_t ton);

/* The text of a deliver_sm in UTF-8, at most 1,000 characters, no NUL; alphabet: of data_coding 0. A user data header is
 * skipped: a part of a long text is a text of its own here. */
const char *smpp_text(struct arena *a, const struct smpp_pdu *p, enum coding alphabet);
const char *smpp_cut(struct arena *a, const char *text);	/* to 1,000 characters */

/* The octets of the text, behind the user data header if there is one. */
const uint8_t *smpp_octets(const struct smpp_pdu *p, gsize *n_r);

/* Part 2 of 3, as the user data header (3GPP TS 23.040, 9.2.3.24.1 and .8) or sar_* say. */
struct smpp_concat {
	uint16_t reference;
	uint8_t total, part;	/* part: 1 to total */
};

/* False if it is all of a text. */
bool smpp_concat(const struct smpp_pdu *p, struct smpp_concat *c_r);

/* Relative validity_period (SMPP 3.4, 7.1.1): "000000001500000R". 0 gives "". At most 30 days. */
const char *smpp_validity(int64_t seconds, char buf[17]);

enum smpp_verdict {
	SMPP_FINE,
	SMPP_FINAL,		/* no for good */
	SMPP_SLOWER,		/* not now, and slow down */
	SMPP_REBIND,		/* the peer thinks that we are not bound */
	SMPP_TEMPORARY,		/* not now; also every status that nobody has heard of */
};

/* Of a submit_sm_resp or a generic_nack. */
enum smpp_verdict smpp_verdict(uint32_t command_status);

/* "ESME_RTHROTTLED (0x58)" */
const char *smpp_status_name(uint32_t command_status, char buf[40]);

/* A receipt's state: has the journey ended, and did it end well? */
bool smpp_state_is_final(const char *state);
bool smpp_state_is_delivered(const char *state);

#endif
