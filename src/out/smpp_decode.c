/* Our own bounded decoder: everything that a peer sends goes through it, and through nothing else. It is lenient where
 * SMSCs are known to be sloppy (bodies missing in failed responses, any command_status, unknown TLVs) and strict where
 * octets could be read that are not there. */
#include "smpp_pdu.h"

#include <string.h>

/* Not from libsmpp34's headers: smpp_pdu.c is its only user. */
#define HEADER 16
#define STRING_MAX 255
#define RESPONSE 0x80000000u

enum {
	BIND_RECEIVER = 1, BIND_TRANSMITTER = 2, SUBMIT_SM = 4, DELIVER_SM = 5, BIND_TRANSCEIVER = 9, DATA_SM = 0x103,
};

#define TLV_RECEIPTED_MESSAGE_ID 0x001e
#define TLV_MESSAGE_PAYLOAD 0x0424
#define TLV_MESSAGE_STATE 0x0427

#define ESM_TYPE 0x3c		/* SMPP 3.4, 5.2.12 */
#define ESM_RECEIPT 0x04
#define ESM_INTERMEDIATE 0x20

/* What is left of a PDU. Once bad, it stays so, and all further reads give nothing. */
struct rest {
	const uint8_t *p, *end;
	struct arena *a;
	bool bad;
};

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static gsize left(const struct rest *r)
{
	return (gsize)(r->end - r->p);
}

static uint8_t take8(struct rest *r)
{
	if (r->bad || left(r) < 1) {
		r->bad = true;
		return 0;
	}
	return *r->p++;
}

static const uint8_t *take_octets(struct rest *r, gsize n)
{
	const uint8_t *p = r->p;

	if (r->bad || left(r) < n) {
		r->bad = true;
		return NULL;
	}
	r->p += n;
	return p;
}

static const char *take_string(struct rest *r)
{
	gsize most = MIN(left(r), STRING_MAX + 1);
	const uint8_t *nul = r->bad || !most ? NULL : memchr(r->p, 0, most);
	const char *s;

	if (!nul) {
		r->bad = true;
		return "";
	}
	s = arena_strndup(r->a, (const char *)r->p, (gsize)(nul - r->p));
	r->p = nul + 1;
	return s;
}

/* More TLVs than we keep are checked and passed over. */
static void take_tlvs(struct rest *r, struct smpp_pdu *p)
{
	while (!r->bad && left(r)) {
		const uint8_t *head = take_octets(r, 4), *value;
		uint16_t length;

		if (!head)
			return;
		length = (uint16_t)(head[2] << 8 | head[3]);
		value = take_octets(r, length);
		if (value && p->n_tlvs < SMPP_TLV_MAX)
			p->tlvs[p->n_tlvs++] = (struct smpp_tlv){
				.tag = (uint16_t)(head[0] << 8 | head[1]), .length = length, .value = value,
			};
	}
}

static const struct smpp_tlv *tlv_find(const struct smpp_pdu *p, uint16_t tag)
{
	for (gsize i = 0; i < p->n_tlvs; i++)
		if (p->tlvs[i].tag == tag)
			return &p->tlvs[i];
	return NULL;
}

static void take_addresses(struct rest *r, struct smpp_pdu *p)
{
	take_string(r);		/* service_type */
	p->source_ton = take8(r);
	p->source_npi = take8(r);
	p->source_addr = take_string(r);
	p->dest_ton = take8(r);
	p->dest_npi = take8(r);
	p->destination_addr = take_string(r);
	p->esm_class = take8(r);
}

/* The text of a message may sit in a TLV (SMPP 3.4, 5.3.2.32). */
static void use_payload(struct smpp_pdu *p)
{
	const struct smpp_tlv *payload = tlv_find(p, TLV_MESSAGE_PAYLOAD);

	if (p->sm_length || !payload)
		return;
	p->short_message = payload->value;
	p->sm_length = payload->length;
}

/* submit_sm and deliver_sm: SMPP 3.4, 4.4.1 and 4.6.1. */
static void take_message(struct rest *r, struct smpp_pdu *p)
{
	take_addresses(r, p);
	take_octets(r, 2);	/* protocol_id, priority_flag */
	p->schedule_delivery_time = take_string(r);
	p->validity_period = take_string(r);
	p->registered_delivery = take8(r);
	take8(r);		/* replace_if_present_flag */
	p->data_coding = take8(r);
	take8(r);		/* sm_default_msg_id */
	p->sm_length = take8(r);
	p->short_message = take_octets(r, p->sm_length);
	take_tlvs(r, p);
	use_payload(p);
}

static void take_data(struct rest *r, struct smpp_pdu *p)
{
	take_addresses(r, p);
	p->registered_delivery = take8(r);
	p->data_coding = take8(r);
	take_tlvs(r, p);
	use_payload(p);
}

static void take_bind(struct rest *r, struct smpp_pdu *p)
{
	p->system_id = take_string(r);
	p->password = take_string(r);
	/* system_type, interface_version and the address range are of no interest, but must be there */
	take_string(r);
	take_octets(r, 3);
	take_string(r);
	take_tlvs(r, p);
}

/* A failed response comes with or without its body; even a good one may lack it. */
static void take_response(struct rest *r, struct smpp_pdu *p, const char **id)
{
	if (!left(r))
		return;
	*id = take_string(r);
	take_tlvs(r, p);
}

static void take_body(struct rest *r, struct smpp_pdu *p)
{
	switch (p->command_id) {
	case BIND_RECEIVER:
	case BIND_TRANSMITTER:
	case BIND_TRANSCEIVER:
		take_bind(r, p);
		break;
	case BIND_RECEIVER | RESPONSE:
	case BIND_TRANSMITTER | RESPONSE:
	case BIND_TRANSCEIVER | RESPONSE:
		take_response(r, p, &p->system_id);
		break;
	case SUBMIT_SM:
	case DELIVER_SM:
		take_message(r, p);
		break;
	case DATA_SM:
		take_data(r, p);
		break;
	case SUBMIT_SM | RESPONSE:
	case DELIVER_SM | RESPONSE:
	case DATA_SM | RESPONSE:
		take_response(r, p, &p->message_id);
		break;
	default:
		break;		/* a header is all we want of it */
	}
}

static void header_only(struct smpp_pdu *p)
{
	*p = (struct smpp_pdu){
		.command_id = p->command_id, .command_status = p->command_status,
		.sequence_number = p->sequence_number, .system_id = "", .password = "", .message_id = "",
		.source_addr = "", .destination_addr = "", .schedule_delivery_time = "", .validity_period = "",
	};
}

enum smpp_decode smpp_decode(const uint8_t *buf, gsize n, gsize max, struct arena *a, struct smpp_pdu *p_r,
			     gsize *size_r)
{
	struct rest r = { .a = a };
	uint32_t size;

	*size_r = 0;
	header_only(memset(p_r, 0, sizeof(*p_r)));
	if (n < 4)
		return SMPP_INCOMPLETE;
	size = get32(buf);
	if (size < HEADER || size > MIN(max, SMPP_PDU_MAX))
		return SMPP_BAD_LENGTH;
	*size_r = size;
	if (n < size)
		return SMPP_INCOMPLETE;
	p_r->command_id = get32(buf + 4);
	p_r->command_status = get32(buf + 8);
	p_r->sequence_number = get32(buf + 12);
	r.p = buf + HEADER;
	r.end = buf + size;
	take_body(&r, p_r);
	if (r.bad)
		header_only(p_r);
	return r.bad ? SMPP_MALFORMED : SMPP_DECODED;
}

/* ---- receipts: vendor text, read key by key (SMPP 3.4, appendix B) ---- */

/* What follows "key:" up to a blank, in text[0..n); the key stands at the start or after a blank. */
static const char *text_value(struct arena *a, const char *text, gsize n, const char *key)
{
	gsize klen = strlen(key);

	for (gsize i = 0; i + klen <= n; i++) {
		gsize start = i + klen, end = start;

		if ((i && !g_ascii_isspace(text[i - 1])) || g_ascii_strncasecmp(text + i, key, klen) != 0)
			continue;
		while (end < n && g_ascii_isgraph(text[end]))
			end++;
		return arena_strndup(a, text + start, MIN(end - start, 64));
	}
	return "";
}

/* What the phone's text said is quoted after "text:": no key counts from there on. */
static gsize length_before_quote(const char *text, gsize n)
{
	for (gsize i = 0; i + 5 <= n; i++)
		if ((i == 0 || g_ascii_isspace(text[i - 1])) && g_ascii_strncasecmp(text + i, "text:", 5) == 0)
			return i;
	return n;
}

static const char *state_word(uint8_t state)
{
	/* SMPP 3.4, 5.2.28; SCHEDULED and SKIPPED are SMPP 5.0 */
	static const char *const words[] = {
		"SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD",
		"SKIPPED",
	};

	return state < G_N_ELEMENTS(words) ? words[state] : "UNKNOWN";
}

static const char *upper(struct arena *a, const char *s)
{
	g_autofree char *copy = g_ascii_strup(s, -1);

	return arena_strndup(a, copy, 16);
}

static const char *tlv_text(struct arena *a, const struct smpp_tlv *tlv)
{
	gsize n = 0;

	while (n < MIN(tlv->length, 64) && g_ascii_isgraph(tlv->value[n]))
		n++;
	return arena_strndup(a, (const char *)tlv->value, n);
}

bool smpp_receipt(const struct smpp_pdu *p, struct arena *a, const char **id_r, const char **state_r)
{
	const struct smpp_tlv *id = tlv_find(p, TLV_RECEIPTED_MESSAGE_ID), *state = tlv_find(p, TLV_MESSAGE_STATE);
	uint8_t type = p->esm_class & ESM_TYPE;
	const char *text = p->short_message ? (const char *)p->short_message : "";
	gsize n = length_before_quote(text, p->short_message ? p->sm_length : 0);

	if (type != ESM_RECEIPT && type != ESM_INTERMEDIATE)
		return false;
	*id_r = id ? tlv_text(a, id) : "";
	if (!**id_r)
		*id_r = text_value(a, text, n, "id:");
	*state_r = state && state->length ? state_word(state->value[0]) : upper(a, text_value(a, text, n, "stat:"));
	return true;
}
