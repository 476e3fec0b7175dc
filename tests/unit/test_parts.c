/* A text to parts and back: each letter as it was, however it is cut. */
#include <glib.h>
#include <string.h>

#include "coding.h"
#include "gsm.h"
#include "joiner.h"
#include "parts.h"
#include "smpp_pdu.h"
#include "smpp_words.h"

#define PHONE "+447700900123"

/* All 128 septets but the escape, and the extension table. */
#define ALPHABET "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" \
	"abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€"

/* ---- which coding, how long, how many parts ---- */

static const struct coding_row {
	const char *name, *text;	/* "x160": so many of the first character */
	enum coding alphabet;
	bool wide;
	enum joining joining;
	enum coding coding;
	int length;
	guint parts;			/* 0: refused */
	const char *shown;		/* NULL: as text */
} coding_rows[] = {
	{ "empty", "", CODING_GSM, true, JOINING_UDH, CODING_GSM, 0, 0, NULL },
	{ "alphabet", ALPHABET, CODING_GSM, true, JOINING_UDH, CODING_GSM, 147, 1, NULL },
	{ "one-part", "x160", CODING_GSM, true, JOINING_UDH, CODING_GSM, 160, 1, NULL },
	{ "two-parts", "x161", CODING_GSM, true, JOINING_UDH, CODING_GSM, 161, 2, NULL },
	{ "two-full-parts", "x306", CODING_GSM, true, JOINING_UDH, CODING_GSM, 306, 2, NULL },
	{ "three-parts", "x307", CODING_GSM, true, JOINING_UDH, CODING_GSM, 307, 3, NULL },
	{ "udh16-two-full", "x304", CODING_GSM, true, JOINING_UDH16, CODING_GSM, 304, 2, NULL },
	{ "udh16-three", "x305", CODING_GSM, true, JOINING_UDH16, CODING_GSM, 305, 3, NULL },
	{ "six-parts", "x918", CODING_GSM, true, JOINING_SAR, CODING_GSM, 918, 6, NULL },
	{ "too-long", "x919", CODING_GSM, true, JOINING_SAR, CODING_GSM, 919, 0, NULL },
	{ "payload", "x919", CODING_GSM, true, JOINING_PAYLOAD, CODING_GSM, 919, 1, NULL },
	{ "payload-too-long", "x1001", CODING_GSM, true, JOINING_PAYLOAD, CODING_GSM, 1001, 0, NULL },
	{ "euros", "€80", CODING_GSM, true, JOINING_UDH, CODING_GSM, 160, 1, NULL },
	{ "euros-in-parts", "€81", CODING_GSM, true, JOINING_UDH, CODING_GSM, 162, 2, NULL },
	{ "close", "Łódź – “ok”", CODING_GSM, true, JOINING_UDH, CODING_GSM, 11, 1, "Lodz - \"ok\"" },
	{ "wide", "王小明", CODING_GSM, true, JOINING_UDH, CODING_UCS2, 3, 1, NULL },
	{ "wide-70", "王70", CODING_GSM, true, JOINING_UDH, CODING_UCS2, 70, 1, NULL },
	{ "wide-71", "王71", CODING_GSM, true, JOINING_UDH, CODING_UCS2, 71, 2, NULL },
	{ "emoji", "😀35", CODING_GSM, true, JOINING_UDH, CODING_UCS2, 70, 1, NULL },
	{ "emoji-in-parts", "😀36", CODING_GSM, true, JOINING_UDH, CODING_UCS2, 72, 2, NULL },
	{ "not-wide", "Щукин 王", CODING_GSM, false, JOINING_UDH, CODING_GSM, 9, 1, "Shchukin " },
	{ "composed", "a\u0308ж", CODING_GSM, true, JOINING_UDH, CODING_UCS2, 2, 1, "äж" },
	{ "latin1", "£ Ä é Δ €", CODING_LATIN1, false, JOINING_UDH, CODING_LATIN1, 11, 1, "£ Ä é D EUR" },
	{ "ascii", "Müßig [1] Δ à €", CODING_ASCII, false, JOINING_UDH, CODING_ASCII, 21, 1, "Muessig [1] D a EUR" },
};

static char *text_of(const char *text)
{
	const char *number = g_utf8_next_char(text);
	GString *out = g_string_new(NULL);

	if (!*text || !g_ascii_isdigit(*number) || strspn(number, "0123456789") != strlen(number))
		return g_string_free(g_string_assign(out, text), FALSE);
	for (int i = atoi(number); i > 0; i--)
		g_string_append_len(out, text, number - text);
	return g_string_free(out, FALSE);
}

static void check_coding(gconstpointer data)
{
	const struct coding_row *row = data;
	const struct coding_rules rules = { row->alphabet, row->wide, row->joining };
	g_autofree char *text = text_of(row->text);
	AUTO_ARENA a = arena_new();
	const struct coded *c = coding_encode(a, text, &rules);

	g_assert_cmpuint(c ? c->n : 0, ==, row->parts);
	if (!c)
		return;
	g_assert_cmpint(c->coding, ==, row->coding);
	g_assert_cmpint(c->data_coding, ==, row->coding == CODING_UCS2 ? 8 : 0);
	g_assert_cmpint(c->length, ==, row->length);
	g_assert_cmpstr(c->shown, ==, row->shown ? row->shown : text);
}

/* ---- there and back, through PDUs ---- */

static const char *const letters[] = {
	ALPHABET, "👍🏽 👨‍👩‍👧‍👦 🇩🇪🇫🇷 😀 ☎️ ❤️", "The quick brown fox jumps over the lazy dog 0123456789",
	"Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich",
	"Voix ambiguë d’un cœur qui au zéphyr préfère les jattes de kiwis",
	"El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia y frío, ¿añoraba?",
	"Pchnąć w tę łódź jeża lub ośm skrzyń fig", "Съешь же ещё этих мягких французских булок да выпей чаю",
	"Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "نص حكيم له سر قاطع وذو شأن عظيم", "דג סקרן שט בים מאוכזב ולפתע מצא חברה",
	"いろはにほへと ちりぬるを 漢字 カタカナ", "視野無限廣，窗外有藍天", "키스의 고유조건은 입술끼리 만나야 하고", "नमस्ते दुनिया, कैसे हैं आप",
	"e\u0301a\u030ao\u0302\u0323 ж", "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า",
};

static void pack(GByteArray *out, const struct coded *c, guint part, enum joining joining)
{
	g_autoptr(GByteArray) octets = g_byte_array_new();
	const uint8_t udh[] = { 5, 0, 3, 77, (uint8_t)c->n, (uint8_t)(part + 1) };
	const uint8_t udh16[] = { 6, 8, 4, 1, 77, (uint8_t)c->n, (uint8_t)(part + 1) };
	struct smpp_submit m = {
		.sequence_number = part + 1, .source_addr = "447700900123", .destination_addr = "12345", .source_ton = 1,
		.data_coding = c->data_coding
	};

	if (c->n > 1 && joining == JOINING_UDH)
		g_byte_array_append(octets, udh, sizeof(udh));
	if (c->n > 1 && joining == JOINING_UDH16)
		g_byte_array_append(octets, udh16, sizeof(udh16));
	m.esm_class = octets->len ? 0x40 : 0;
	g_byte_array_append(octets, c->parts[part].octets, (guint)c->parts[part].n);
	m.octets = octets->data;
	m.n = octets->len;
	m.payload = m.n > 160;
	if (c->n > 1 && joining == JOINING_SAR) {
		m.sar_reference = 0x014d;
		m.sar_total = (uint8_t)c->n;
		m.sar_part = (uint8_t)(part + 1);
	}
	g_assert_true(smpp_pack_deliver(out, &m, 0, NULL));
	g_assert_cmpuint(m.n, <=, joining == JOINING_PAYLOAD ? 1000u : 160u);
}

static struct smpp_pdu decode(const GByteArray *in, struct arena *a)
{
	struct smpp_pdu p;
	gsize size;

	g_assert_cmpint(smpp_decode(in->data, in->len, SMPP_PDU_MAX, a, &p, &size), ==, SMPP_DECODED);
	return p;
}

/* In the order last to first: an SMSC may turn them round. */
static const char *come_back(const struct coded *c, enum joining joining, enum coding alphabet, struct arena *a)
{
	struct joiner *j = joiner_new();
	const char *text = NULL;

	for (guint i = c->n; i > 0; i--) {
		g_autoptr(GByteArray) pdu = g_byte_array_new();
		struct joiner_part part = { .phone = PHONE };
		struct smpp_pdu p;

		pack(pdu, c, i - 1, joining);
		p = decode(pdu, a);
		part.coding = coding_of(p.data_coding, alphabet);
		part.octets = smpp_octets(&p, &part.n);
		if (c->n == 1) {
			g_assert_false(smpp_concat(&p, &part.concat));
			text = smpp_text(a, &p, alphabet);
			break;
		}
		g_assert_true(smpp_concat(&p, &part.concat));
		g_assert_cmpuint(part.concat.part, ==, i);
		if (joiner_add(j, &part, 0)->have == c->n)
			text = joined_text(joiner_at(j, 0), a);
		/* each part alone is text: no character is cut in two */
		g_assert_null(strstr(smpp_text(a, &p, alphabet), "\ufffd"));
	}
	joiner_free(j);
	return text;
}

static void check_there_and_back(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(letters); i++)
		for (guint repeat = 1; repeat < 5; repeat++)
			for (enum joining joining = JOINING_UDH; joining <= JOINING_PAYLOAD; joining++)
				for (enum coding alphabet = CODING_GSM; alphabet <= CODING_ASCII; alphabet++) {
					const struct coding_rules rules = { alphabet, true, joining };
					g_autoptr(GString) text = g_string_new(NULL);
					AUTO_ARENA a = arena_new();
					const struct coded *c;

					for (guint k = 0; k < repeat; k++)
						g_string_append_printf(text, "%*s%s", (int)k, "", letters[i]);
					c = coding_encode(a, text->str, &rules);
					if (!c)
						continue;	/* over six parts */
					g_assert_cmpstr(come_back(c, joining, alphabet, a), ==, c->shown);
				}
}

/* What belongs together stays together, unless that takes one part more. */
static void check_whole_characters(void)
{
	static const struct { const char *fill, *last; guint first; } rows[] = {
		{ "x", "€", 152 }, { "王", "😀", 66 }, { "王", "👨‍👩‍👧‍👦", 66 }, { "ж", "y\u0323\u0302", 66 }, { "ж", "🇩🇪", 66 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct coding_rules rules = { CODING_GSM, true, JOINING_UDH };
		g_autoptr(GString) text = g_string_new(NULL);
		AUTO_ARENA a = arena_new();
		const struct coded *c;

		for (guint k = 0; k < rows[i].first; k++)
			g_string_append(text, rows[i].fill);
		g_string_append(text, rows[i].last);
		for (guint k = 0; k < 20; k++)
			g_string_append(text, rows[i].fill);
		c = coding_encode(a, text->str, &rules);
		g_assert_cmpuint(c->n, ==, 2);
		g_assert_cmpuint(c->parts[0].n, ==, c->coding == CODING_GSM ? rows[i].first : 2 * rows[i].first);
	}
}

/* ---- what phones send ---- */

static const struct { uint8_t data_coding; enum coding alphabet; const char *octets; gsize n; const char *text; } in_rows[] = {
	{ 0, CODING_GSM, "17A \x1b\x65\x7f", 7, "17A €à" }, { 0, CODING_LATIN1, "\xe4 17A", 5, "ä 17A" },
	{ 1, CODING_GSM, "17A@", 4, "17A@" }, { 3, CODING_GSM, "caf\xe9", 4, "café" },
	{ 4, CODING_GSM, "caf\xc3\xa9", 5, "café" }, { 2, CODING_GSM, "caf\xe9", 4, "café" },
	{ 6, CODING_GSM, "\xb4\xd0", 2, "Да" }, { 7, CODING_GSM, "\xe0\xfa", 2, "את" },
	{ 8, CODING_GSM, "\x04\x14\x04\x30", 4, "Да" }, { 8, CODING_GSM, "\xff\xfe" "1\0" "7\0", 6, "17" },
	{ 8, CODING_GSM, "\xd8\x3d\xde\x00", 4, "😀" }, { 0x18, CODING_GSM, "\0" "1", 2, "1" },
	{ 0x11, CODING_GSM, "17A", 3, "17A" }, { 0xf1, CODING_GSM, "\0", 1, "@" }, { 0xf4, CODING_GSM, "\xe4", 1, "ä" },
	{ 0xe0, CODING_GSM, "\0" "A", 2, "A" }, { 0x0d, CODING_GSM, "17A", 3, "17A" },
};

static void check_in(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(in_rows); i++) {
		AUTO_ARENA a = arena_new();

		g_assert_cmpstr(coding_decode(a, coding_of(in_rows[i].data_coding, in_rows[i].alphabet),
					      (const uint8_t *)in_rows[i].octets, in_rows[i].n), ==, in_rows[i].text);
	}
}

/* Cut through the middle of a surrogate pair and of an escape pair, as some do. */
static void check_bad_cuts(void)
{
	static const struct { enum coding coding; const char *one, *other; gsize n; const char *text; } rows[] = {
		{ CODING_UCS2, "\0A\xd8\x3d", "\xde\x00\0B", 4, "A😀B" }, { CODING_GSM, "ab\x1b", "\x65" "cd", 3, "ab€cd" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct joiner *j = joiner_new();
		struct joiner_part p = { .phone = PHONE, .concat = { 1, 2, 1 }, .coding = rows[i].coding, .n = rows[i].n };
		AUTO_ARENA a = arena_new();

		p.octets = (const uint8_t *)rows[i].one;
		joiner_add(j, &p, 0);
		p.concat.part = 2;
		p.octets = (const uint8_t *)rows[i].other;
		g_assert_cmpstr(joined_text(joiner_add(j, &p, 0), a), ==, rows[i].text);
		joiner_free(j);
	}
}

static void check_joiner_bounds(void)
{
	struct joiner *j = joiner_new();
	struct joiner_part p = { .phone = PHONE, .concat = { 0, 2, 1 }, .octets = (const uint8_t *)"17", .n = 2 };
	AUTO_ARENA a = arena_new();
	struct joined *t;

	for (guint i = 0; i <= JOINER_TEXTS_MAX; i++) {
		g_assert_null(joiner_due(j, 0));
		p.concat.reference = (uint16_t)i;
		g_assert_cmpuint(joiner_add(j, &p, 0)->have, ==, 1);
	}
	t = joiner_due(j, 0);		/* one too many */
	g_assert_cmpuint(t->reference, ==, 0);
	g_assert_cmpstr(joined_text(t, a), ==, "17");
	joiner_remove(j, t);
	g_assert_null(joiner_due(j, JOINER_LIFE_MS - 1));
	g_assert_nonnull(joiner_due(j, JOINER_LIFE_MS));
	/* the same part again, from the same phone; another phone's with the same reference; after the end */
	g_assert_cmpuint(joiner_add(j, &p, 1)->have, ==, 1);
	p.phone = "+447700900456";
	g_assert_cmpuint(joiner_add(j, &p, 1)->have, ==, 1);
	p.concat.part = 2;
	t = joiner_add(j, &p, 1);
	g_assert_cmpuint(t->have, ==, 2);
	joined_done(t);
	g_assert_true(joiner_add(j, &p, 2)->done);
	g_assert_false(joiner_add(j, &p, JOINER_LIFE_MS + 1)->done);
	joiner_free(j);
}

static const struct { const char *hex; uint8_t size; int part, total; } header_rows[] = {
	{ "\5\0\3\1\2\1", 6, 1, 2 }, { "\6\10\4\1\1\3\2", 7, 2, 3 }, { "\12\5\2\1\1\0\3\1\2\2\0", 11, 2, 2 },
	{ "\5\0\3\1\2\3", 6, 0, 0 }, { "\5\0\3\1\2\0", 6, 0, 0 }, { "\5\0\3\1\1\1", 6, 0, 0 }, { "\5\0\377\1\2\1", 6, 0, 0 },
	{ "\5\0\2\1\2\1", 6, 0, 0 }, { "\377\0\3\1\2\1", 6, 1, 2 }, { "\0", 1, 0, 0 }, { "\1\0", 2, 0, 0 },
};

static void check_headers(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(header_rows); i++) {
		g_autofree uint8_t *exact = g_memdup2(header_rows[i].hex, header_rows[i].size);
		struct smpp_pdu p = { .esm_class = 0x40, .short_message = exact, .sm_length = header_rows[i].size };
		struct smpp_concat c;

		g_assert_cmpint(smpp_concat(&p, &c), ==, header_rows[i].part != 0);
		if (header_rows[i].part) {
			g_assert_cmpuint(c.part, ==, header_rows[i].part);
			g_assert_cmpuint(c.total, ==, header_rows[i].total);
		}
	}
}

/* ---- what the store keeps of them ---- */

static const struct { const char *line; guint n; const char *again; enum part_state state; } line_rows[] = {
	{ "=1a2b3c4d s.77 q. u.", 3, "=1a2b3c4d s.77 q. u.", PART_UNKNOWN },
	{ "=00000001 d.a d.B", 2, "=00000001 d.a d.B", PART_DELIVERED }, { "=1 d.a s.b", 2, "=00000001 d.a s.b", PART_SENT },
	{ "=1 d.a f.b", 2, "=00000001 d.a f.b", PART_FAILED }, { "=1 x.a s.b", 2, "=00000001 x.a s.b", PART_EXPIRED },
	{ "1e4b", 0, NULL, 0 }, { "", 0, NULL, 0 }, { NULL, 0, NULL, 0 }, { "=", 0, NULL, 0 }, { "=1", 0, NULL, 0 },
	{ "=1 z.a", 0, NULL, 0 }, { "=1 s.a  s.b", 0, NULL, 0 }, { "=1 sa", 0, NULL, 0 },
	{ "=1 q. q. q. q. q. q. q.", 0, NULL, 0 },
};

static void check_lines(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(line_rows); i++) {
		AUTO_ARENA a = arena_new();
		struct parts p = parts_read(a, line_rows[i].line);

		g_assert_cmpuint(p.n, ==, line_rows[i].n);
		if (!p.n)
			continue;
		g_assert_cmpstr(parts_write(a, &p), ==, line_rows[i].again);
		g_assert_cmpint(parts_state(&p), ==, line_rows[i].state);
		g_assert_cmpint(parts_find(&p, "b"), ==, strstr(line_rows[i].line, ".b") || strstr(line_rows[i].line, ".B") ? 1 : -1);
		g_assert_cmpint(parts_find(&p, ""), ==, -1);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(coding_rows); i++) {
		g_autofree char *name = g_strconcat("/parts/coding/", coding_rows[i].name, NULL);

		g_test_add_data_func(name, &coding_rows[i], check_coding);
	}
	g_test_add_func("/parts/there-and-back", check_there_and_back);
	g_test_add_func("/parts/whole-characters", check_whole_characters);
	g_test_add_func("/parts/in", check_in);
	g_test_add_func("/parts/bad-cuts", check_bad_cuts);
	g_test_add_func("/parts/joiner", check_joiner_bounds);
	g_test_add_func("/parts/headers", check_headers);
	g_test_add_func("/parts/lines", check_lines);
	return g_test_run();
}
