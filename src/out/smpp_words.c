#include "smpp_words.h"

#include <string.h>

#include "sms.h"
#include "text.h"

#define TEXT_MAX 1000		/* characters of a text that came in */
#define UDHI 0x40		/* esm_class: a user data header comes first */

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

static void append_char(GString *out, gunichar c)
{
	/* NUL would end the text, a lone surrogate is no character */
	g_string_append_unichar(out, c && g_unichar_validate(c) ? c : c ? 0xfffd : ' ');
}

static const char *from_ucs2(struct arena *a, const uint8_t *p, gsize n)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (gsize i = 0; i + 1 < n; i += 2) {
		gunichar c = (gunichar)p[i] << 8 | p[i + 1];
		gunichar low = i + 3 < n ? (gunichar)p[i + 2] << 8 | p[i + 3] : 0;

		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		append_char(out, c);
	}
	return arena_strndup(a, out->str, out->len);
}

static const char *from_latin1(struct arena *a, const uint8_t *p, gsize n)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (gsize i = 0; i < n; i++)
		append_char(out, p[i]);
	return arena_strndup(a, out->str, out->len);
}

/* SMPP 3.4, 5.2.19; the groups above 0x0f are those of 3GPP 23.038. */
static const char *to_utf8(struct arena *a, uint8_t data_coding, const uint8_t *p, gsize n)
{
	switch (data_coding) {
	case 0:
		return gsm_decode(a, p, n);
	case 8:
	case 0x18:
		return from_ucs2(a, p, n);
	default:
		if (data_coding >= 0x10 && (data_coding & 0x0c) == 0)
			return gsm_decode(a, p, n);
		return from_latin1(a, p, n);	/* 1 and 3; for others the nearest guess */
	}
}

const char *smpp_text(struct arena *a, const struct smpp_pdu *p)
{
	const uint8_t *octets = p->short_message;
	gsize n = octets ? p->sm_length : 0, skip = (p->esm_class & UDHI) && n ? (gsize)octets[0] + 1 : 0;
	const char *text;

	if (skip > n)
		skip = n;
	text = n > skip ? to_utf8(a, p->data_coding, octets + skip, n - skip) : "";
	if (g_utf8_strlen(text, -1) <= TEXT_MAX)
		return text;
	return arena_strndup(a, text, (gsize)(g_utf8_offset_to_pointer(text, TEXT_MAX) - text));
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
