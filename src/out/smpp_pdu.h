/* smpp_pdu.h - SMPP 3.4 PDUs. Packing by libsmpp34 (its only user); decoding by our own bounded decoder. */
#ifndef RINGBACK_SMPP_PDU_H
#define RINGBACK_SMPP_PDU_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

#define SMPP_PDU_MAX (64 * 1024)
#define SMPP_TLV_MAX 64

struct smpp_tlv {
	uint16_t tag, length;
	const uint8_t *value;
};

/* Any PDU that we received. Fields that its command does not have are 0, "" or NULL. Octets (TLV values, short_message)
 * point into the buffer that was decoded. */
struct smpp_pdu {
	uint32_t command_id, command_status, sequence_number;
	const char *system_id;		/* bind_*, bind_*_resp */
	const char *password;		/* bind_*: for the pretend SMSC */
	const char *message_id;		/* submit_sm_resp */
	const char *source_addr, *destination_addr;	/* deliver_sm, submit_sm, data_sm */
	uint8_t source_ton, source_npi, dest_ton, dest_npi;
	uint8_t esm_class, data_coding, registered_delivery;
	const char *schedule_delivery_time, *validity_period;
	const uint8_t *short_message;	/* or the message_payload TLV */
	gsize sm_length;
	struct smpp_tlv tlvs[SMPP_TLV_MAX];
	gsize n_tlvs;
};

enum smpp_decode { SMPP_DECODED, SMPP_INCOMPLETE, SMPP_BAD_LENGTH, SMPP_MALFORMED };

/* Decodes the PDU at the start of buf. INCOMPLETE: more octets are needed. BAD_LENGTH: the stream cannot be followed any
 * more (length under 16 or over max). MALFORMED: header is valid (filled in) and *size_r says what to skip, the body is
 * not. Strings are copied into a. Never reads outside buf[0..n). SMPP 3.4, 3.2 and 4. */
enum smpp_decode smpp_decode(const uint8_t *buf, gsize n, gsize max, struct arena *a, struct smpp_pdu *p_r,
			     gsize *size_r);

struct smpp_submit {
	uint32_t sequence_number;
	const char *source_addr;
	uint8_t source_ton, source_npi;
	const char *destination_addr;	/* digits without "+" */
	uint8_t dest_ton, dest_npi;
	const uint8_t *octets;		/* short_message */
	gsize n;			/* at most 253, unless payload */
	uint8_t data_coding;
	const char *validity_period;	/* relative, "000000001500000R"; "" for none (SMPP 3.4, 7.1.1) */
	int64_t reference;		/* user_message_reference: low 16 bits; 0: none */
	uint8_t esm_class;		/* 0x40: the octets begin with a user data header */
	uint16_t sar_reference;		/* sar_*: with sar_total over 1 */
	uint8_t sar_total, sar_part;
	bool payload;			/* the octets go into message_payload; at most 1,024 */
};

struct smpp_bind {
	uint32_t sequence_number;
	const char *system_id, *password, *system_type;
	uint32_t command_id;		/* bind_transceiver (9), bind_transmitter (2), bind_receiver (1); 0 is 9 */
};

/* Each appends one PDU to out; false and *err (ERR_LIMIT) if a field is longer than the standard allows. One thread at
 * a time in the whole process: libsmpp34 keeps state. */
bool smpp_pack_bind(GByteArray *out, const struct smpp_bind *b, GError **err);
bool smpp_pack_submit(GByteArray *out, const struct smpp_submit *s, GError **err);
/* enquire_link, its response, unbind, its response, deliver_sm_resp, generic_nack, bind and submit responses with a
 * message_id or system_id (NULL: none). */
bool smpp_pack_simple(GByteArray *out, uint32_t command_id, uint32_t status, uint32_t sequence_number, const char *id,
		      GError **err);
/* deliver_sm, for the pretend SMSC and tests. */
bool smpp_pack_deliver(GByteArray *out, const struct smpp_submit *s, uint8_t esm_class, GError **err);

/* "DELIVRD" ("" if not said) of a receipt's text or message_state TLV, and its id (receipted_message_id TLV wins). False if the PDU's
 * esm_class does not say "receipt" (mask 0x3C, SMPP 3.4, 5.2.12): text alone never makes one. */
bool smpp_receipt(const struct smpp_pdu *p, struct arena *a, const char **id_r, const char **state_r);

#endif
