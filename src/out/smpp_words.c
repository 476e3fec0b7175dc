#include "smpp_words.h"

#include <string.h>

#include "text.h"

#define TEXT_MAX 1000		/* characters of a text that came in */
#define UDHI 0x40		/* esm_class: a user data header comes first */
#define TLV_SAR_REFERENCE 0x020c	/* SMPP 3.4, 5.3.2.22 to 24 */
#define TLV_SAR_TOTAL 0x020e
#define TLV_SAR_PART 0x020f

static bool all_digits(const char *s)
{
	for (; *s; s++)
		if (!g_ascii_isdigit(*s))
			return false;
	return true;
}

struct smpp_address smpp_address_of(const char *source_addr)
{
	const char *digits = source_addr[0] == '+' ? source_addr + 1 : source_addr;

	if (!*source_addr)
		return (struct smpp_address){ 0, 0, "" };
	if (!*digits || !all_digits(digits))
		return (struct smpp_address){ 5, 0, source_addr };
	if (digits == source_addr && strlen(digits) < 7)
		return (struct smpp_address){ 0, 1, digits };
	return (struct smpp_address){ 1, 1, digits };
}

const char *smpp_phone(struct arena *a, const char *addr, uint8_t ton)
{
	const char *digits = addr[0] == '+' ? addr + 1 : addr;

	if (ton == 5 || !*digits || !all_digits(digits))
		return text_line(a, text_utf8(a, addr, strlen(addr)), 40);
	if (ton != 1 && digits == addr && g_str_has_prefix(digits, "00"))
		digits += 2;
	return arena_printf(a, "+%s", digits);
}

/* ---- texts ---- */

static gsize header_size(const struct smpp_pdu *p)
{
	gsize n = p->short_message ? p->sm_length : 0;

	return (p->esm_class & UDHI) && n ? MIN((gsize)p->short_message[0] + 1, n) : 0;
}

const uint8_t *smpp_octets(const struct smpp_pdu *p, gsize *n_r)
{
	gsize skip = header_size(p);

	*n_r = (p->short_message ? p->sm_length : 0) - skip;
	return p->short_message ? p->short_message + skip : NULL;
}

static bool is_concat(const struct smpp_concat *c)
{
	return c->total > 1 && c->part >= 1 && c->part <= c->total;
}

/* Each element of the header is a number, a length, and that many octets. */
static bool concat_of_header(const uint8_t *header, gsize size, struct smpp_concat *c_r)
{
	for (gsize i = 1; i + 2 <= size;) {
		const uint8_t id = header[i], length = header[i + 1], *value = header + i + 2;

		i += 2u + length;
		if (i > size)
			return false;
		if (id == 0x00 && length == 3)
			*c_r = (struct smpp_concat){ value[0], value[1], value[2] };
		else if (id == 0x08 && length == 4)
			*c_r = (struct smpp_concat){ (uint16_t)(value[0] << 8 | value[1]), value[2], value[3] };
		else
			continue;
		return is_concat(c_r);
	}
	return false;
}

bool smpp_concat(const struct smpp_pdu *p, struct smpp_concat *c_r)
{
	*c_r = (struct smpp_concat){ 0 };
	if (header_size(p))
		return concat_of_header(p->short_message, header_size(p), c_r);
	for (gsize i = 0; i < p->n_tlvs; i++) {
		const struct smpp_tlv *t = &p->tlvs[i];

		if (t->tag == TLV_SAR_REFERENCE && t->length == 2)
			c_r->reference = (uint16_t)(t->value[0] << 8 | t->value[1]);
		else if (t->tag == TLV_SAR_TOTAL && t->length == 1)
			c_r->total = t->value[0];
		else if (t->tag == TLV_SAR_PART && t->length == 1)
			c_r->part = t->value[0];
	}
	return is_concat(c_r);
}

const char *smpp_cut(struct arena *a, const char *text)
{
	if (g_utf8_strlen(text, -1) <= TEXT_MAX)
		return text;
	return arena_strndup(a, text, (gsize)(g_utf8_offset_to_pointer(text, TEXT_MAX) - text));
}

const char *smpp_text(struct arena *a, const struct smpp_pdu *p, enum coding alphabet)
{
	gsize n;
	const uint8_t *octets = smpp_octets(p, &n);

	return smpp_cut(a, n ? coding_decode(a, coding_of(p->data_coding, alphabet), octets, n) : "");
}

const char *smpp_validity(int64_t seconds, char buf[17])
{
	int64_t s = MIN(seconds, INT64_C(30) * 86400);

	if (s <= 0)
		*buf = 0;
	else
		g_snprintf(buf, 17, "0000%02u%02u%02u%02u000R", (guint)(s / 86400) % 100, (guint)(s / 3600 % 24),
			   (guint)(s / 60 % 60), (guint)(s % 60));
	return buf;
}

/* ---- command_status: SMPP 3.4, 5.1.3. What is not here is temporary ---- */

static const struct status {
	uint32_t code;
	enum smpp_verdict verdict;
	const char *name;
} statuses[] = {
	{ 0x00, SMPP_FINE, "ESME_ROK" },
	{ 0x01, SMPP_FINAL, "ESME_RINVMSGLEN" },
	{ 0x02, SMPP_TEMPORARY, "ESME_RINVCMDLEN" },
	{ 0x03, SMPP_TEMPORARY, "ESME_RINVCMDID" },
	{ 0x04, SMPP_REBIND, "ESME_RINVBNDSTS" },
	{ 0x05, SMPP_TEMPORARY, "ESME_RALYBND" },
	{ 0x06, SMPP_FINAL, "ESME_RINVPRTFLG" },
	{ 0x07, SMPP_FINAL, "ESME_RINVREGDLVFLG" },
	{ 0x08, SMPP_TEMPORARY, "ESME_RSYSERR" },
	{ 0x0a, SMPP_FINAL, "ESME_RINVSRCADR" },
	{ 0x0b, SMPP_FINAL, "ESME_RINVDSTADR" },
	{ 0x0d, SMPP_TEMPORARY, "ESME_RBINDFAIL" },
	{ 0x0e, SMPP_TEMPORARY, "ESME_RINVPASWD" },
	{ 0x0f, SMPP_TEMPORARY, "ESME_RINVSYSID" },
	{ 0x14, SMPP_SLOWER, "ESME_RMSGQFUL" },
	{ 0x15, SMPP_FINAL, "ESME_RINVSERTYP" },
	{ 0x33, SMPP_FINAL, "ESME_RINVNUMDESTS" },
	{ 0x40, SMPP_FINAL, "ESME_RINVDESTFLAG" },
	{ 0x42, SMPP_FINAL, "ESME_RINVSUBREP" },
	{ 0x43, SMPP_FINAL, "ESME_RINVESMCLASS" },
	{ 0x45, SMPP_TEMPORARY, "ESME_RSUBMITFAIL" },
	{ 0x48, SMPP_FINAL, "ESME_RINVSRCTON" },
	{ 0x49, SMPP_FINAL, "ESME_RINVSRCNPI" },
	{ 0x50, SMPP_FINAL, "ESME_RINVDSTTON" },
	{ 0x51, SMPP_FINAL, "ESME_RINVDSTNPI" },
	{ 0x53, SMPP_TEMPORARY, "ESME_RINVSYSTYP" },
	{ 0x54, SMPP_FINAL, "ESME_RINVREPFLAG" },
	{ 0x58, SMPP_SLOWER, "ESME_RTHROTTLED" },
	{ 0x61, SMPP_FINAL, "ESME_RINVSCHED" },
	{ 0x62, SMPP_FINAL, "ESME_RINVEXPIRY" },
	{ 0x63, SMPP_FINAL, "ESME_RINVDFTMSGID" },
	{ 0x64, SMPP_TEMPORARY, "ESME_RX_T_APPN" },
	{ 0x65, SMPP_FINAL, "ESME_RX_P_APPN" },
	{ 0x66, SMPP_FINAL, "ESME_RX_R_APPN" },
	{ 0xc0, SMPP_FINAL, "ESME_RINVOPTPARSTREAM" },
	{ 0xc1, SMPP_FINAL, "ESME_ROPTPARNOTALLWD" },
	{ 0xc2, SMPP_FINAL, "ESME_RINVPARLEN" },
	{ 0xc4, SMPP_FINAL, "ESME_RINVOPTPARAMVAL" },
	{ 0xff, SMPP_TEMPORARY, "ESME_RUNKNOWNERR" },
};

static const struct status *status_find(uint32_t code)
{
	for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++)
		if (statuses[i].code == code)
			return &statuses[i];
	return NULL;
}

enum smpp_verdict smpp_verdict(uint32_t command_status)
{
	const struct status *s = status_find(command_status);

	return s ? s->verdict : SMPP_TEMPORARY;
}

const char *smpp_status_name(uint32_t command_status, char buf[40])
{
	const struct status *s = status_find(command_status);

	g_snprintf(buf, 40, "%s (0x%x)", s ? s->name : "status", command_status);
	return buf;
}

bool smpp_state_is_delivered(const char *state)
{
	return g_strcmp0(state, "DELIVRD") == 0 || g_strcmp0(state, "DELIVERED") == 0;
}

/* ACCEPTD and UNKNOWN say nothing about the phone, so waiting for the step's end is the better answer to them. */
bool smpp_state_is_final(const char *state)
{
	static const char *const failed[] = {
		"EXPIRED", "DELETED", "UNDELIV", "UNDELIVERABLE", "REJECTD", "REJECTED", "FAILED", NULL,
	};

	return smpp_state_is_delivered(state) || (state && g_strv_contains(failed, state));
}
