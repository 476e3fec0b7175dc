/* Packing by libsmpp34, whose pack functions truncate over-long fields in silence and share process-wide buffers:
 * so every length is checked here first, every struct starts as zeros, and one thread does it all. */
#include "smpp_pdu.h"

#include <string.h>

#include <smpp34.h>
#include <smpp34_structs.h>
#include <smpp34_params.h>

#include "err.h"

#define PACK_MAX 2048		/* more than any PDU that we send */
#define SHORT_MESSAGE_MAX 253	/* libsmpp34 packs no more */
#define PAYLOAD_MAX 1024	/* likewise */

/* dst is a field of a zeroed libsmpp34 struct; size counts the NUL (SMPP 3.4, 3.1). */
static bool field_set(uint8_t *dst, gsize size, const char *name, const char *value, GError **err)
{
	gsize len = value ? strlen(value) : 0;

	if (len >= size)
		return err_set(err, ERR_LIMIT, "%s is longer than %zu octets", name, size - 1);
	if (len)
		memcpy(dst, value, len);
	return true;
}

#define FIELD(pdu, field, value, err) field_set((pdu).field, sizeof((pdu).field), #field, (value), (err))

static bool pack(GByteArray *out, void *pdu, const char *what, GError **err)
{
	uint8_t buf[PACK_MAX];
	int n = 0;

	if (smpp34_pack2(buf, sizeof(buf), &n, pdu) != 0 || n < 16 || n > (int)sizeof(buf))
		return err_set(err, ERR_LIMIT, "%s cannot be packed: %.200s", what, smpp34_strerror);
	g_byte_array_append(out, buf, (guint)n);
	return true;
}

bool smpp_pack_bind(GByteArray *out, const struct smpp_bind *b, GError **err)
{
	bind_transceiver_t pdu = { 0 };

	/* The three have the same fields (SMPP 3.4, 4.1). */
	pdu.command_id = b->command_id ? b->command_id : BIND_TRANSCEIVER;
	pdu.sequence_number = b->sequence_number;
	pdu.interface_version = SMPP_VERSION;
	return FIELD(pdu, system_id, b->system_id, err) && FIELD(pdu, password, b->password, err) &&
	       FIELD(pdu, system_type, b->system_type, err) && pack(out, &pdu, "bind", err);
}

static void add_number(tlv_t **list, uint16_t tag, uint16_t length, uint16_t value)
{
	tlv_t tlv = { 0 };

	tlv.tag = tag;
	tlv.length = length;
	if (length == 1)
		tlv.value.val08 = (uint8_t)value;
	else
		tlv.value.val16 = value;
	build_tlv(list, &tlv);
}

/* build_tlv() puts each before those that are there. */
static tlv_t *tlvs_of(const struct smpp_submit *s)
{
	tlv_t *list = NULL, payload = { 0 };

	if (s->payload) {
		payload.tag = TLVID_message_payload;
		payload.length = (uint16_t)s->n;
		memcpy(payload.value.octet, s->octets, s->n);
		build_tlv(&list, &payload);
	}
	if (s->sar_total > 1) {
		add_number(&list, TLVID_sar_segment_seqnum, 1, s->sar_part);
		add_number(&list, TLVID_sar_total_segments, 1, s->sar_total);
		add_number(&list, TLVID_sar_msg_ref_num, 2, s->sar_reference);
	}
	if (s->reference & 0xffff)
		add_number(&list, TLVID_user_message_reference, 2, s->reference & 0xffff);
	return list;
}

/* submit_sm_t and deliver_sm_t have the same fields under different types. */
#define PDU_FILL(pdu, s)						\
	do {								\
		(pdu).sequence_number = (s)->sequence_number;		\
		(pdu).source_addr_ton = (s)->source_ton;		\
		(pdu).source_addr_npi = (s)->source_npi;		\
		(pdu).dest_addr_ton = (s)->dest_ton;			\
		(pdu).dest_addr_npi = (s)->dest_npi;			\
		(pdu).data_coding = (s)->data_coding;			\
		(pdu).esm_class = (s)->esm_class;			\
		(pdu).sm_length = (s)->payload ? 0 : (uint8_t)(s)->n;	\
		if ((s)->n && !(s)->payload)				\
			memcpy((pdu).short_message, (s)->octets, (s)->n);	\
	} while (0)

static bool length_fits(const struct smpp_submit *s, GError **err)
{
	if (s->n > (s->payload ? PAYLOAD_MAX : SHORT_MESSAGE_MAX))
		return err_set(err, ERR_LIMIT, "%s is longer than %d octets", s->payload ? "message_payload" :
			       "short_message", s->payload ? PAYLOAD_MAX : SHORT_MESSAGE_MAX);
	return true;
}

bool smpp_pack_submit(GByteArray *out, const struct smpp_submit *s, GError **err)
{
	submit_sm_t pdu = { 0 };
	bool ok;

	if (!length_fits(s, err) || !FIELD(pdu, source_addr, s->source_addr, err) ||
	    !FIELD(pdu, destination_addr, s->destination_addr, err) ||
	    !FIELD(pdu, validity_period, s->validity_period, err))
		return false;
	PDU_FILL(pdu, s);
	pdu.command_id = SUBMIT_SM;
	pdu.registered_delivery = SMPP34_DELIVERY_RECEIPT_ON;
	pdu.tlv = tlvs_of(s);
	ok = pack(out, &pdu, "submit_sm", err);
	destroy_tlv(pdu.tlv);
	return ok;
}

bool smpp_pack_deliver(GByteArray *out, const struct smpp_submit *s, uint8_t esm_class, GError **err)
{
	deliver_sm_t pdu = { 0 };
	bool ok;

	if (!length_fits(s, err) || !FIELD(pdu, source_addr, s->source_addr, err) ||
	    !FIELD(pdu, destination_addr, s->destination_addr, err))
		return false;
	PDU_FILL(pdu, s);
	pdu.command_id = DELIVER_SM;
	pdu.esm_class |= esm_class;
	pdu.tlv = tlvs_of(s);
	ok = pack(out, &pdu, "deliver_sm", err);
	destroy_tlv(pdu.tlv);
	return ok;
}

static bool pack_bind_resp(GByteArray *out, uint32_t command_id, uint32_t status, uint32_t sequence_number,
			   const char *id, GError **err)
{
	bind_transceiver_resp_t pdu = { 0 };

	pdu.command_id = command_id;
	pdu.command_status = status;
	pdu.sequence_number = sequence_number;
	return FIELD(pdu, system_id, id, err) && pack(out, &pdu, "bind response", err);
}

static bool pack_submit_resp(GByteArray *out, uint32_t status, uint32_t sequence_number, const char *id, GError **err)
{
	submit_sm_resp_t pdu = { 0 };

	pdu.command_id = SUBMIT_SM_RESP;
	pdu.command_status = status;
	pdu.sequence_number = sequence_number;
	return FIELD(pdu, message_id, id, err) && pack(out, &pdu, "submit response", err);
}

static bool pack_data_resp(GByteArray *out, uint32_t status, uint32_t sequence_number, const char *id, GError **err)
{
	data_sm_resp_t pdu = { 0 };

	pdu.command_id = DATA_SM_RESP;
	pdu.command_status = status;
	pdu.sequence_number = sequence_number;
	return FIELD(pdu, message_id, id, err) && pack(out, &pdu, "data_sm_resp", err);
}

static bool pack_deliver_resp(GByteArray *out, uint32_t status, uint32_t sequence_number, GError **err)
{
	deliver_sm_resp_t pdu = { 0 };

	pdu.command_id = DELIVER_SM_RESP;
	pdu.command_status = status;
	pdu.sequence_number = sequence_number;
	return pack(out, &pdu, "deliver_sm_resp", err);
}

static bool pack_header(GByteArray *out, uint32_t command_id, uint32_t status, uint32_t sequence_number, GError **err)
{
	generic_nack_t pdu = { 0 };

	pdu.command_id = command_id;
	pdu.command_status = status;
	pdu.sequence_number = sequence_number;
	return pack(out, &pdu, "PDU", err);
}

static bool pack_simple(GByteArray *out, uint32_t command_id, uint32_t status, uint32_t sequence_number, const char *id,
			GError **err)
{
	switch (command_id) {
	case ENQUIRE_LINK:
	case ENQUIRE_LINK_RESP:
	case UNBIND:
	case UNBIND_RESP:
	case GENERIC_NACK:
		return pack_header(out, command_id, status, sequence_number, err);
	case BIND_TRANSCEIVER_RESP:
	case BIND_RECEIVER_RESP:
	case BIND_TRANSMITTER_RESP:
		return pack_bind_resp(out, command_id, status, sequence_number, id, err);
	case SUBMIT_SM_RESP:
		return pack_submit_resp(out, status, sequence_number, id, err);
	case DATA_SM_RESP:
		return pack_data_resp(out, status, sequence_number, id, err);
	case DELIVER_SM_RESP:
		return pack_deliver_resp(out, status, sequence_number, err);
	default:
		return err_set(err, ERR_LIMIT, "command 0x%08x is none that we send", command_id);
	}
}

/* libsmpp34 packs neither sequence number 0, which a generic_nack needs where the other's header cannot be read, nor
 * one above 0x7fffffff, which a peer may have used all the same: so the number is put in afterwards. */
bool smpp_pack_simple(GByteArray *out, uint32_t command_id, uint32_t status, uint32_t sequence_number, const char *id,
		      GError **err)
{
	guint start = out->len;

	if (!pack_simple(out, command_id, status, 1, id, err))
		return false;
	for (guint i = 0; i < 4; i++)
		out->data[start + 12 + i] = (uint8_t)(sequence_number >> (24 - 8 * i));
	return true;
}
