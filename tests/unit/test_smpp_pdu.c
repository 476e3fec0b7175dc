/* PDUs: what we pack, what we read, and that libsmpp34 agrees wherever it may be asked. */
#include <stdint.h>
#include <string.h>

#include <glib.h>
#include <smpp34.h>
#include <smpp34_structs.h>
#include <smpp34_params.h>

#include "err.h"
#include "smpp_pdu.h"
#include "smpp_words.h"

static GByteArray *from_hex(const char *hex)
{
	GByteArray *out = g_byte_array_new();

	for (const char *p = hex; *p; p++) {
		uint8_t octet;

		if (*p == ' ')
			continue;
		g_assert_true(g_ascii_isxdigit(p[0]) && g_ascii_isxdigit(p[1]));
		octet = (uint8_t)(g_ascii_xdigit_value(p[0]) << 4 | g_ascii_xdigit_value(p[1]));
		g_byte_array_append(out, &octet, 1);
		p++;
	}
	return out;
}

static const char *const words[] = { "decoded", "incomplete", "bad_length", "malformed" };

static char *dump(enum smpp_decode done, const struct smpp_pdu *p, gsize size)
{
	GString *s = g_string_new(words[done]);

	if (done == SMPP_INCOMPLETE || done == SMPP_BAD_LENGTH)
		return g_string_free(s, FALSE);
	g_string_append_printf(s, " size=%zu id=%x status=%x seq=%u", size, p->command_id, p->command_status,
			       p->sequence_number);
	if (*p->system_id)
		g_string_append_printf(s, " system_id=%s", p->system_id);
	if (*p->message_id)
		g_string_append_printf(s, " message_id=%s", p->message_id);
	if (*p->source_addr)
		g_string_append_printf(s, " from=%u/%u:%s", p->source_ton, p->source_npi, p->source_addr);
	if (*p->destination_addr)
		g_string_append_printf(s, " to=%u/%u:%s", p->dest_ton, p->dest_npi, p->destination_addr);
	if (p->short_message)
		g_string_append_printf(s, " esm=%02x coding=%u text=%.*s", p->esm_class, p->data_coding,
				       (int)p->sm_length, p->short_message);
	if (p->n_tlvs)
		g_string_append_printf(s, " tlvs=%zu", p->n_tlvs);
	return g_string_free(s, FALSE);
}

#define HEAD(len, id, status, seq) "000000" len " " id " " status " " seq " "
#define OK "00000000"
#define ONE "00000001"
/* from 1/1 "447700900123" to 0/1 "12345", esm_class 0 */
#define ADDRESSES "00 01 01 34343737303039303031323300 00 01 313233343500 00 "
#define MIDDLE "00 00 00 00 00 00 00 00 "

static const struct decode_row {
	const char *name, *hex, *expect;
} decode_rows[] = {
	{ "nothing", "", "incomplete" },
	{ "three-octets", "000000", "incomplete" },
	{ "half-header", "00000010 00000015 0000", "incomplete" },
	{ "length-0", "00000000 00000015 00000000 00000001", "bad_length" },
	{ "length-15", "0000000f 00000015 00000000 00000001", "bad_length" },
	{ "length-huge", "ffffffff 00000015 00000000 00000001", "bad_length" },
	{ "length-64k-and-1", "00010001 00000015 00000000 00000001", "bad_length" },
	{ "length-64k", "00010000 00000015 00000000 00000001", "incomplete" },
	{ "enquire-link", HEAD("10", "00000015", OK, ONE), "decoded size=16 id=15 status=0 seq=1" },
	{ "enquire-link-with-body", HEAD("12", "00000015", OK, ONE) "ffff", "decoded size=18 id=15 status=0 seq=1" },
	{ "two-at-once", HEAD("10", "00000015", OK, ONE) HEAD("10", "00000006", OK, "00000002"),
	  "decoded size=16 id=15 status=0 seq=1" },
	{ "sequence-0", HEAD("10", "80000000", "00000003", OK), "decoded size=16 id=80000000 status=3 seq=0" },
	{ "unknown-command", HEAD("14", "00010200", OK, ONE) "01020304", "decoded size=20 id=10200 status=0 seq=1" },
	{ "bind-resp", HEAD("15", "80000009", OK, ONE) "534d534300",
	  "decoded size=21 id=80000009 status=0 seq=1 system_id=SMSC" },
	{ "bind-resp-with-tlv", HEAD("1a", "80000009", OK, ONE) "534d534300 0210 0001 34",
	  "decoded size=26 id=80000009 status=0 seq=1 system_id=SMSC tlvs=1" },
	{ "bind-resp-header-only", HEAD("10", "80000009", "0000000e", ONE),
	  "decoded size=16 id=80000009 status=e seq=1" },
	{ "bind-resp-failed-with-body", HEAD("15", "80000009", "0000000d", ONE) "534d534300",
	  "decoded size=21 id=80000009 status=d seq=1 system_id=SMSC" },
	{ "submit-resp", HEAD("15", "80000004", OK, ONE) "3165346200",
	  "decoded size=21 id=80000004 status=0 seq=1 message_id=1e4b" },
	{ "submit-resp-header-only", HEAD("10", "80000004", "0000000b", ONE),
	  "decoded size=16 id=80000004 status=b seq=1" },
	{ "submit-resp-failed-with-body", HEAD("11", "80000004", "00000045", ONE) "00",
	  "decoded size=17 id=80000004 status=45 seq=1" },
	{ "submit-resp-vendor-status", HEAD("10", "80000004", "00000412", ONE),
	  "decoded size=16 id=80000004 status=412 seq=1" },
	{ "submit-resp-strange-status", HEAD("10", "80000004", "deadbeef", ONE),
	  "decoded size=16 id=80000004 status=deadbeef seq=1" },
	{ "submit-resp-with-tlvs", HEAD("1e", "80000004", OK, ONE) "313200 1400 0003 414243 1401 0000",
	  "decoded size=30 id=80000004 status=0 seq=1 message_id=12 tlvs=2" },
	{ "submit-resp-no-nul", HEAD("13", "80000004", OK, ONE) "313233",
	  "malformed size=19 id=80000004 status=0 seq=1" },
	{ "submit-resp-tlv-cut", HEAD("14", "80000004", OK, ONE) "00 1400 00",
	  "malformed size=20 id=80000004 status=0 seq=1" },
	{ "submit-resp-tlv-too-long", HEAD("16", "80000004", OK, ONE) "00 1400 0002 41",
	  "malformed size=22 id=80000004 status=0 seq=1" },
	{ "deliver", HEAD("35", "00000005", OK, ONE) ADDRESSES MIDDLE "03 313741",
	  "decoded size=53 id=5 status=0 seq=1 from=1/1:447700900123 to=0/1:12345 esm=00 coding=0 text=17A" },
	{ "deliver-empty", HEAD("32", "00000005", OK, ONE) ADDRESSES MIDDLE "00",
	  "decoded size=50 id=5 status=0 seq=1 from=1/1:447700900123 to=0/1:12345 esm=00 coding=0 text=" },
	{ "deliver-payload", HEAD("39", "00000005", OK, ONE) ADDRESSES MIDDLE "00 0424 0003 313741",
	  "decoded size=57 id=5 status=0 seq=1 from=1/1:447700900123 to=0/1:12345 esm=00 coding=0 text=17A tlvs=1" },
	{ "deliver-length-lies", HEAD("35", "00000005", OK, ONE) ADDRESSES MIDDLE "04 313741",
	  "malformed size=53 id=5 status=0 seq=1" },
	{ "deliver-length-255", HEAD("35", "00000005", OK, ONE) ADDRESSES MIDDLE "ff 313741",
	  "malformed size=53 id=5 status=0 seq=1" },
	{ "deliver-ends-in-address", HEAD("16", "00000005", OK, ONE) "00 01 01 34 34 37",
	  "malformed size=22 id=5 status=0 seq=1" },
	{ "deliver-header-only", HEAD("10", "00000005", OK, ONE), "malformed size=16 id=5 status=0 seq=1" },
	{ "data-sm", HEAD("32", "00000103", OK, ONE) ADDRESSES "00 00 0424 0003 313741",
	  "decoded size=50 id=103 status=0 seq=1 from=1/1:447700900123 to=0/1:12345 esm=00 coding=0 text=17A tlvs=1" },
};

static void test_decode(gconstpointer data)
{
	const struct decode_row *row = data;
	g_autoptr(GByteArray) in = from_hex(row->hex);
	g_autofree uint8_t *exact = g_memdup2(in->data, in->len);	/* so that a sanitizer sees every overrun */
	g_autofree char *got = NULL;
	AUTO_ARENA a = arena_new();
	struct smpp_pdu p;
	gsize size;
	enum smpp_decode done = smpp_decode(exact, in->len, SMPP_PDU_MAX, a, &p, &size);

	got = dump(done, &p, size);
	g_assert_cmpstr(got, ==, row->expect);
}

static void test_configured_max(void)
{
	g_autoptr(GByteArray) in = from_hex("00000011 80000004 00000000 00000001 00");
	AUTO_ARENA a = arena_new();
	struct smpp_pdu p;
	gsize size;

	g_assert_cmpint(smpp_decode(in->data, in->len, 17, a, &p, &size), ==, SMPP_DECODED);
	g_assert_cmpint(smpp_decode(in->data, in->len, 16, a, &p, &size), ==, SMPP_BAD_LENGTH);
}

/* More TLVs than we keep, in nearly the largest PDU. */
static void test_many_tlvs(void)
{
	g_autoptr(GByteArray) in = from_hex("00000000 80000004 00000000 00000007 343200");
	static const uint8_t tlv[604] = { 0x14, 0x00, 600 >> 8, 600 & 0xff };
	AUTO_ARENA a = arena_new();
	struct smpp_pdu p;
	gsize size;

	for (int i = 0; i < 108; i++)
		g_byte_array_append(in, tlv, sizeof(tlv));
	in->data[1] = (uint8_t)(in->len >> 16);
	in->data[2] = (uint8_t)(in->len >> 8);
	in->data[3] = (uint8_t)in->len;
	g_assert_cmpint(smpp_decode(in->data, in->len, SMPP_PDU_MAX, a, &p, &size), ==, SMPP_DECODED);
	g_assert_cmpuint(p.n_tlvs, ==, SMPP_TLV_MAX);
	g_assert_cmpstr(p.message_id, ==, "42");
	g_assert_cmpuint(size, ==, in->len);
}

/* ---- packing, and the cross-check: libsmpp34 unpacks what libsmpp34 packed ---- */

static struct smpp_submit sample_submit(void)
{
	return (struct smpp_submit){
		.sequence_number = 0x7fffffff, .source_addr = "RINGBACK", .source_ton = 5, .source_npi = 0,
		.destination_addr = "447700900123", .dest_ton = 1, .dest_npi = 1,
		.octets = (const uint8_t *)"MISSED 21:52 Clinic", .n = 19,
		.validity_period = "000000001500000R", .reference = 0x12345,
	};
}

static struct smpp_pdu decode_whole(const GByteArray *in, struct arena *a)
{
	struct smpp_pdu p;
	gsize size;

	g_assert_cmpint(smpp_decode(in->data, in->len, SMPP_PDU_MAX, a, &p, &size), ==, SMPP_DECODED);
	g_assert_cmpuint(size, ==, in->len);
	return p;
}

static void test_cross_submit(void)
{
	struct smpp_submit s = sample_submit();
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GError) err = NULL;
	AUTO_ARENA a = arena_new();
	submit_sm_t other = { 0 };
	struct smpp_pdu p;

	g_assert_true(smpp_pack_submit(out, &s, &err));
	g_assert_no_error(err);
	p = decode_whole(out, a);
	g_assert_cmpint(smpp34_unpack2(&other, out->data, (int)out->len), ==, 0);
	g_assert_cmpuint(p.command_id, ==, other.command_id);
	g_assert_cmpuint(p.sequence_number, ==, other.sequence_number);
	g_assert_cmpuint(p.sequence_number, ==, 0x7fffffff);
	g_assert_cmpstr(p.source_addr, ==, (char *)other.source_addr);
	g_assert_cmpuint(p.source_ton, ==, 5);
	g_assert_cmpuint(other.source_addr_ton, ==, 5);
	g_assert_cmpstr(p.destination_addr, ==, (char *)other.destination_addr);
	g_assert_cmpuint(p.dest_ton, ==, other.dest_addr_ton);
	g_assert_cmpuint(p.dest_npi, ==, other.dest_addr_npi);
	g_assert_cmpstr(p.validity_period, ==, (char *)other.validity_period);
	g_assert_cmpstr(p.validity_period, ==, "000000001500000R");
	g_assert_cmpuint(p.registered_delivery, ==, 1);
	g_assert_cmpuint(other.registered_delivery, ==, 1);
	g_assert_cmpuint(p.data_coding, ==, other.data_coding);
	g_assert_cmpmem(p.short_message, p.sm_length, other.short_message, other.sm_length);
	g_assert_cmpmem(p.short_message, p.sm_length, "MISSED 21:52 Clinic", 19);
	g_assert_cmpuint(p.n_tlvs, ==, 1);
	g_assert_cmpuint(p.tlvs[0].tag, ==, TLVID_user_message_reference);
	g_assert_cmpmem(p.tlvs[0].value, p.tlvs[0].length, "\x23\x45", 2);
	g_assert_nonnull(other.tlv);
	g_assert_cmpuint(other.tlv->value.val16, ==, 0x2345);
	destroy_tlv(other.tlv);
}

static void test_cross_deliver(void)
{
	struct smpp_submit s = sample_submit();
	g_autoptr(GByteArray) out = g_byte_array_new();
	AUTO_ARENA a = arena_new();
	deliver_sm_t other = { 0 };
	struct smpp_pdu p;

	s.validity_period = NULL;
	g_assert_true(smpp_pack_deliver(out, &s, 0x04, NULL));
	p = decode_whole(out, a);
	g_assert_cmpint(smpp34_unpack2(&other, out->data, (int)out->len), ==, 0);
	g_assert_cmpuint(p.esm_class, ==, 4);
	g_assert_cmpuint(other.esm_class, ==, 4);
	g_assert_cmpstr(p.source_addr, ==, (char *)other.source_addr);
	g_assert_cmpstr(p.destination_addr, ==, (char *)other.destination_addr);
	g_assert_cmpmem(p.short_message, p.sm_length, other.short_message, other.sm_length);
	destroy_tlv(other.tlv);
}

static void test_cross_bind(void)
{
	struct smpp_bind b = { 1, "ringback", "secret08", "VMA", 0 };
	g_autoptr(GByteArray) out = g_byte_array_new();
	AUTO_ARENA a = arena_new();
	bind_transceiver_t other = { 0 };
	struct smpp_pdu p;

	g_assert_true(smpp_pack_bind(out, &b, NULL));
	p = decode_whole(out, a);
	g_assert_cmpint(smpp34_unpack2(&other, out->data, (int)out->len), ==, 0);
	g_assert_cmpstr(p.system_id, ==, (char *)other.system_id);
	g_assert_cmpstr(p.password, ==, (char *)other.password);
	g_assert_cmpstr(p.password, ==, "secret08");
	g_assert_cmpstr((char *)other.system_type, ==, "VMA");
	g_assert_cmpuint(other.interface_version, ==, 0x34);
}

static const struct simple_row {
	const char *name;
	uint32_t command_id, status;
	const char *id;
} simple_rows[] = {
	{ "enquire_link", ENQUIRE_LINK, 0, NULL },
	{ "enquire_link_resp", ENQUIRE_LINK_RESP, 0, NULL },
	{ "unbind", UNBIND, 0, NULL },
	{ "unbind_resp", UNBIND_RESP, 0, NULL },
	{ "generic_nack", GENERIC_NACK, ESME_RINVCMDLEN, NULL },
	{ "deliver_sm_resp", DELIVER_SM_RESP, 0, NULL },
	{ "deliver_sm_resp-later", DELIVER_SM_RESP, ESME_RX_T_APPN, NULL },
	{ "data_sm_resp", DATA_SM_RESP, 0, NULL },
	{ "submit_sm_resp", SUBMIT_SM_RESP, 0, "4d2" },
	{ "submit_sm_resp-throttled", SUBMIT_SM_RESP, ESME_RTHROTTLED, NULL },
	{ "bind_transceiver_resp", BIND_TRANSCEIVER_RESP, 0, "SMSC" },
	{ "bind_receiver_resp", BIND_RECEIVER_RESP, 0, "SMSC" },
	{ "bind_transmitter_resp-refused", BIND_TRANSMITTER_RESP, ESME_RINVPASWD, "SMSC" },
};

static void test_simple(gconstpointer data)
{
	const struct simple_row *row = data;
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GError) err = NULL;
	AUTO_ARENA a = arena_new();
	struct smpp_pdu p;

	g_assert_true(smpp_pack_simple(out, row->command_id, row->status, 77, row->id, &err));
	g_assert_no_error(err);
	p = decode_whole(out, a);
	g_assert_cmpuint(p.command_id, ==, row->command_id);
	g_assert_cmpuint(p.command_status, ==, row->status);
	g_assert_cmpuint(p.sequence_number, ==, 77);
	if (row->id)
		g_assert_cmpstr(*p.system_id ? p.system_id : p.message_id, ==, row->id);
}

static void test_any_sequence(void)
{
	static const uint32_t numbers[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff };

	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autoptr(GByteArray) out = g_byte_array_new();
		AUTO_ARENA a = arena_new();

		g_assert_true(smpp_pack_simple(out, GENERIC_NACK, ESME_RINVCMDLEN, numbers[i], NULL, NULL));
		g_assert_cmpuint(decode_whole(out, a).sequence_number, ==, numbers[i]);
	}
}

static void test_limits(void)
{
	static const uint8_t long_text[254];
	struct smpp_submit s = sample_submit();
	struct smpp_bind b = { 1, "sixteen-octets-x", "secret", "", 2 };
	g_autoptr(GByteArray) out = g_byte_array_new();
	g_autoptr(GError) err = NULL;

	g_assert_false(smpp_pack_bind(out, &b, &err));
	g_assert_error(err, ERR_DOMAIN, ERR_LIMIT);
	b.system_id = "ringback";
	b.password = "nine-octs";
	g_assert_false(smpp_pack_bind(out, &b, NULL));
	s.octets = long_text;
	s.n = 254;
	g_assert_false(smpp_pack_submit(out, &s, NULL));
	s.n = 253;
	s.destination_addr = "123456789012345678901";
	g_assert_false(smpp_pack_submit(out, &s, NULL));
	s.destination_addr = "12345678901234567890";
	s.validity_period = "00000000150000000";
	g_assert_false(smpp_pack_submit(out, &s, NULL));
	g_assert_false(smpp_pack_simple(out, QUERY_SM, 0, 1, NULL, NULL));
	g_assert_cmpuint(out->len, ==, 0);
	s.validity_period = NULL;
	g_assert_true(smpp_pack_submit(out, &s, NULL));
	g_assert_cmpuint(out->len, >, 253);
}

/* Every shorter version of a good PDU, with the old length and with one that matches. */
static void test_truncated(void)
{
	struct smpp_submit s = sample_submit();
	g_autoptr(GByteArray) out = g_byte_array_new();

	g_assert_true(smpp_pack_submit(out, &s, NULL));
	for (gsize n = 0; n < out->len; n++) {
		g_autofree uint8_t *part = g_memdup2(out->data, n);
		AUTO_ARENA a = arena_new();
		struct smpp_pdu p;
		gsize size;

		g_assert_cmpint(smpp_decode(part, n, SMPP_PDU_MAX, a, &p, &size), ==, SMPP_INCOMPLETE);
		if (n < 16)
			continue;
		part[2] = 0;
		part[3] = (uint8_t)n;
		/* a good PDU again only where its one TLV falls away */
		g_assert_cmpint(smpp_decode(part, n, SMPP_PDU_MAX, a, &p, &size), ==,
				n == out->len - 6 ? SMPP_DECODED : SMPP_MALFORMED);
		g_assert_cmpuint(p.sequence_number, ==, 0x7fffffff);
	}
}

/* ---- receipts ---- */

static const struct receipt_row {
	const char *name;
	uint8_t esm_class;
	const char *text;
	const char *tlv_id;
	int tlv_state;		/* -1: none */
	const char *id, *state;	/* NULL: no receipt */
} receipt_rows[] = {
	{ "plain", 0x04, "id:0123 sub:001 dlvrd:001 submit date:2603021200 done date:2603021201 stat:DELIVRD err:000 text:X",
	  NULL, -1, "0123", "DELIVRD" },
	{ "no-esm-class", 0x00, "id:0123 stat:DELIVRD", NULL, -1, NULL, NULL },
	{ "no-esm-class-with-tlvs", 0x40, "id:0123 stat:DELIVRD", "55", 2, NULL, NULL },
	{ "intermediate", 0x20, "id:0123 stat:ENROUTE", NULL, -1, "0123", "ENROUTE" },
	{ "user-ack", 0x10, "id:0123 stat:DELIVRD", NULL, -1, NULL, NULL },
	{ "with-udhi", 0x44, "id:0123 stat:UNDELIV", NULL, -1, "0123", "UNDELIV" },
	{ "tlvs-win", 0x04, "id:0123 stat:DELIVRD", "abc", 5, "abc", "UNDELIV" },
	{ "tlvs-alone", 0x04, "", "abc", 2, "abc", "DELIVRD" },
	{ "state-out-of-table", 0x04, "", "abc", 77, "abc", "UNKNOWN" },
	{ "case-and-order", 0x04, "Stat:delivrd ID:DEADbeef", NULL, -1, "DEADbeef", "DELIVRD" },
	{ "quote-cannot-forge", 0x04, "id:7 text:x id:8 stat:DELIVRD", NULL, -1, "7", "" },
	{ "key-inside-word", 0x04, "myid:7 id:8 stat:EXPIRED", NULL, -1, "8", "EXPIRED" },
	{ "empty", 0x04, "", NULL, -1, "", "" },
	{ "ends-in-key", 0x04, "id:", NULL, -1, "", "" },
	{ "long-id", 0x04, "id:0123456789012345678901234567890123456789012345678901234567890123456789 stat:REJECTD",
	  NULL, -1, "0123456789012345678901234567890123456789012345678901234567890123", "REJECTD" },
};

static void test_receipt(gconstpointer data)
{
	const struct receipt_row *row = data;
	uint8_t state = (uint8_t)row->tlv_state;
	struct smpp_pdu p = {
		.esm_class = row->esm_class, .short_message = (const uint8_t *)row->text,
		.sm_length = strlen(row->text),
	};
	AUTO_ARENA a = arena_new();
	const char *id_r = NULL, *state_r = NULL;

	if (row->tlv_id)
		p.tlvs[p.n_tlvs++] = (struct smpp_tlv){ 0x1e, (uint16_t)(strlen(row->tlv_id) + 1),
							(const uint8_t *)row->tlv_id };
	if (row->tlv_state >= 0)
		p.tlvs[p.n_tlvs++] = (struct smpp_tlv){ 0x427, 1, &state };
	g_assert_cmpint(smpp_receipt(&p, a, &id_r, &state_r), ==, row->id != NULL);
	g_assert_cmpstr(id_r, ==, row->id);
	g_assert_cmpstr(state_r, ==, row->state);
}

/* ---- words ---- */

static void test_addresses(void)
{
	static const struct { const char *in; uint8_t ton, npi; const char *digits; } rows[] = {
		{ "", 0, 0, "" }, { "RINGBACK", 5, 0, "RINGBACK" }, { "+442079460123", 1, 1, "442079460123" },
		{ "442079460123", 1, 1, "442079460123" }, { "12345", 0, 1, "12345" }, { "+", 5, 0, "+" },
		{ "4U", 5, 0, "4U" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct smpp_address got = smpp_address_of(rows[i].in);

		g_assert_cmpstr(got.digits, ==, rows[i].digits);
		g_assert_cmpuint(got.ton, ==, rows[i].ton);
		g_assert_cmpuint(got.npi, ==, rows[i].npi);
	}
}

static void test_phones(void)
{
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(smpp_phone(a, "447700900123", 1), ==, "+447700900123");
	g_assert_cmpstr(smpp_phone(a, "447700900123", 0), ==, "+447700900123");
	g_assert_cmpstr(smpp_phone(a, "+447700900123", 1), ==, "+447700900123");
	g_assert_cmpstr(smpp_phone(a, "00447700900123", 0), ==, "+447700900123");
	g_assert_cmpstr(smpp_phone(a, "Bank\r\nX", 5), ==, "Bank X");
	g_assert_cmpstr(smpp_phone(a, "", 0), ==, "");
}

static const struct text_row {
	const char *name;
	uint8_t coding, esm_class;
	const char *octets;
	gsize n;
	const char *expect;
} text_rows[] = {
	{ "gsm", 0, 0, "17A", 3, "17A" },
	{ "ascii", 1, 0, "17 A", 4, "17 A" },
	{ "latin1", 3, 0, "17A \xfc", 5, "17A ü" },
	{ "ucs2", 8, 0, "\0001\0007\0A", 6, "17A" },
	{ "ucs2-surrogates", 8, 0, "\xd8\x3d\xde\x00\0A", 6, "😀A" },
	{ "ucs2-lone-surrogate", 8, 0, "\xd8\x3d\0A", 4, "\xef\xbf\xbd" "A" },
	{ "ucs2-odd", 8, 0, "\0A\0", 3, "A" },
	{ "ucs2-nul", 8, 0, "\0A\0\0\0B", 6, "A B" },
	{ "message-class", 0xf0, 0, "17A", 3, "17A" },
	{ "udh", 0, 0x40, "\5\0\3\1\2\1" "17A", 9, "17A" },
	{ "udh-longer-than-text", 0, 0x40, "\77\0\3\1\2\1" "17A", 9, "" },
	{ "udh-of-nothing", 0, 0x40, "", 0, "" },
};

static void test_text(gconstpointer data)
{
	const struct text_row *row = data;
	struct smpp_pdu p = {
		.esm_class = row->esm_class, .data_coding = row->coding,
		.short_message = (const uint8_t *)row->octets, .sm_length = row->n,
	};
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(smpp_text(a, &p, CODING_GSM), ==, row->expect);
}

static void test_text_is_capped(void)
{
	g_autofree uint8_t *octets = g_malloc(4000);
	struct smpp_pdu p = { .data_coding = 3, .short_message = octets, .sm_length = 4000 };
	AUTO_ARENA a = arena_new();
	const char *text;

	memset(octets, 0xfc, 4000);
	text = smpp_text(a, &p, CODING_GSM);
	g_assert_cmpint(g_utf8_strlen(text, -1), ==, 1000);
	g_assert_true(g_utf8_validate(text, -1, NULL));
}

static void test_validity(void)
{
	char buf[17];

	g_assert_cmpstr(smpp_validity(900, buf), ==, "000000001500000R");
	g_assert_cmpstr(smpp_validity(86400 + 3600 + 61, buf), ==, "000001010101000R");
	g_assert_cmpstr(smpp_validity(INT64_MAX, buf), ==, "000030000000000R");
	g_assert_cmpstr(smpp_validity(0, buf), ==, "");
	g_assert_cmpstr(smpp_validity(-5, buf), ==, "");
}

static void test_verdicts(void)
{
	char buf[40];

	g_assert_cmpint(smpp_verdict(ESME_ROK), ==, SMPP_FINE);
	g_assert_cmpint(smpp_verdict(ESME_RINVDSTADR), ==, SMPP_FINAL);
	g_assert_cmpint(smpp_verdict(ESME_RINVSRCADR), ==, SMPP_FINAL);
	g_assert_cmpint(smpp_verdict(ESME_RINVMSGLEN), ==, SMPP_FINAL);
	g_assert_cmpint(smpp_verdict(ESME_RTHROTTLED), ==, SMPP_SLOWER);
	g_assert_cmpint(smpp_verdict(ESME_RMSGQFUL), ==, SMPP_SLOWER);
	g_assert_cmpint(smpp_verdict(ESME_RSYSERR), ==, SMPP_TEMPORARY);
	g_assert_cmpint(smpp_verdict(ESME_RINVBNDSTS), ==, SMPP_REBIND);
	g_assert_cmpint(smpp_verdict(0x412), ==, SMPP_TEMPORARY);
	g_assert_cmpint(smpp_verdict(0xffffffff), ==, SMPP_TEMPORARY);
	g_assert_cmpstr(smpp_status_name(0x58, buf), ==, "ESME_RTHROTTLED (0x58)");
	g_assert_cmpstr(smpp_status_name(0x412, buf), ==, "status (0x412)");
	g_assert_true(smpp_state_is_final("DELIVRD") && smpp_state_is_delivered("DELIVRD"));
	g_assert_true(smpp_state_is_final("UNDELIV") && !smpp_state_is_delivered("UNDELIV"));
	g_assert_false(smpp_state_is_final("ENROUTE") || smpp_state_is_final("ACCEPTD") || smpp_state_is_final(""));
}

#define ADD_ROWS(prefix, rows, test)								\
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {					\
		g_autofree char *path = g_strconcat(prefix, (rows)[i].name, NULL);		\
												\
		g_test_add_data_func(path, &(rows)[i], test);					\
	}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_ROWS("/smpp-pdu/decode/", decode_rows, test_decode);
	g_test_add_func("/smpp-pdu/decode/configured-max", test_configured_max);
	g_test_add_func("/smpp-pdu/decode/many-tlvs", test_many_tlvs);
	g_test_add_func("/smpp-pdu/decode/truncated", test_truncated);
	g_test_add_func("/smpp-pdu/cross/submit_sm", test_cross_submit);
	g_test_add_func("/smpp-pdu/cross/deliver_sm", test_cross_deliver);
	g_test_add_func("/smpp-pdu/cross/bind_transceiver", test_cross_bind);
	ADD_ROWS("/smpp-pdu/pack/", simple_rows, test_simple);
	g_test_add_func("/smpp-pdu/pack/any-sequence", test_any_sequence);
	g_test_add_func("/smpp-pdu/pack/limits", test_limits);
	ADD_ROWS("/smpp-pdu/receipt/", receipt_rows, test_receipt);
	g_test_add_func("/smpp-pdu/words/addresses", test_addresses);
	g_test_add_func("/smpp-pdu/words/phones", test_phones);
	ADD_ROWS("/smpp-pdu/text/", text_rows, test_text);
	g_test_add_func("/smpp-pdu/text/capped", test_text_is_capped);
	g_test_add_func("/smpp-pdu/words/validity", test_validity);
	g_test_add_func("/smpp-pdu/words/verdicts", test_verdicts);
	return g_test_run();
}
