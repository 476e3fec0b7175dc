#include "coding.h"

#include <string.h>

#include "gsm.h"
#include "text.h"

#define REPLACEMENT 0xfffd
#define PART_OCTETS 140
#define UDH_OCTETS 6
#define UDH16_OCTETS 7

static const char *const names[] = {
	"GSM 03.38", "Latin-1", "ASCII", "UCS-2", "octets", "ISO 8859-5", "ISO 8859-8"
};
_Static_assert(G_N_ELEMENTS(names) == CODING_HEBREW + 1, "a name for each coding");

const char *coding_name(enum coding c)
{
	return names[c];
}

/* ---- how much goes into a part ---- */

/* Septets, or octets of UCS-2. SAR references stay below 256, so that the SMSC can make a header of 6 octets of them. */
static int capacity(enum coding coding, enum joining joining, bool alone)
{
	int header = alone ? 0 : joining == JOINING_UDH16 ? UDH16_OCTETS : UDH_OCTETS;

	if (coding == CODING_UCS2)
		return (PART_OCTETS - header) & ~1;
	return (PART_OCTETS - header) * 8 / 7;
}

int coding_room(enum coding coding, guint n)
{
	int all = capacity(coding, JOINING_UDH16, n == 1), each = coding == CODING_UCS2 ? all / 2 : all;

	/* one less in each part that is not the last: for the pair that does not fit any more */
	return (int)n * each - (int)(n - 1);
}

int coding_units(const char *utf8)
{
	int n = 0;

	for (; *utf8; utf8 = g_utf8_next_char(utf8))
		n += g_utf8_get_char(utf8) > 0xffff ? 2 : 1;
	return n;
}

/* ---- characters ---- */

static bool is_flag(gunichar c)
{
	return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static bool belongs_to_last(gunichar c)
{
	return g_unichar_ismark(c) || c == 0x200d || (c >= 0x1f3fb && c <= 0x1f3ff) || (c >= 0xe0020 && c <= 0xe007f);
}

const char *coding_next(const char *p)
{
	gunichar first = g_utf8_get_char(p), last = first;

	p = g_utf8_next_char(p);
	if (is_flag(first) && is_flag(g_utf8_get_char(p)))
		p = g_utf8_next_char(p);
	while (*p && (belongs_to_last(g_utf8_get_char(p)) || last == 0x200d)) {
		last = g_utf8_get_char(p);
		p = g_utf8_next_char(p);
	}
	return p;
}

/* What the GSM alphabet has and ASCII has not, and no decomposition helps. */
static const struct { gunichar c; const char *close; } plain_letters[] = {
	{ 0xa3, "GBP" }, { 0xa5, "JPY" }, { 0x20ac, "EUR" }, { 0xa4, "*" }, { 0xa1, "!" }, { 0xbf, "?" }, { 0xa7, "S" },
	{ 0xd8, "O" }, { 0xf8, "o" }, { 0xc6, "AE" }, { 0xe6, "ae" }, { 0xdf, "ss" }, { 0xc4, "Ae" }, { 0xd6, "Oe" },
	{ 0xdc, "Ue" }, { 0xe4, "ae" }, { 0xf6, "oe" }, { 0xfc, "ue" }, { 0xc5, "A" }, { 0xe5, "a" },
	{ 0x394, "D" }, { 0x3a6, "F" }, { 0x393, "G" }, { 0x39b, "L" }, { 0x3a9, "O" }, { 0x3a0, "P" }, { 0x3a8, "PS" },
	{ 0x3a3, "S" }, { 0x398, "TH" }, { 0x39e, "X" },
};

static void append_plain(GString *out, gunichar c)
{
	gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];

	for (gsize i = 0; i < G_N_ELEMENTS(plain_letters); i++)
		if (plain_letters[i].c == c) {
			g_string_append(out, plain_letters[i].close);
			return;
		}
	if (g_unichar_fully_decompose(c, FALSE, parts, G_N_ELEMENTS(parts)) > 1)
		g_string_append_unichar(out, parts[0]);
}

/* Of text in the GSM alphabet: what the other alphabet has not is replaced. */
static const char *in_alphabet(struct arena *a, const char *utf8, enum coding alphabet)
{
	const gunichar most = alphabet == CODING_ASCII ? 0x7f : 0xff;
	g_autoptr(GString) out = g_string_new(NULL);

	if (alphabet == CODING_GSM)
		return utf8;
	for (; *utf8; utf8 = g_utf8_next_char(utf8)) {
		if (g_utf8_get_char(utf8) <= most)
			g_string_append_unichar(out, g_utf8_get_char(utf8));
		else
			append_plain(out, g_utf8_get_char(utf8));
	}
	return arena_strdup(a, out->str);
}

static void append_octets(GByteArray *out, enum coding coding, gunichar c)
{
	uint8_t buf[4];
	gunichar first = c > 0xffff ? 0xd800 + ((c - 0x10000) >> 10) : c, second = 0xdc00 + ((c - 0x10000) & 0x3ff);
	guint n = 1;
	char one[8] = "";

	buf[0] = (uint8_t)c;
	if (coding == CODING_UCS2) {
		n = c > 0xffff ? 4 : 2;
		buf[0] = (uint8_t)(first >> 8);
		buf[1] = (uint8_t)first;
		buf[2] = (uint8_t)(second >> 8);
		buf[3] = (uint8_t)second;
	} else if (coding == CODING_GSM) {
		g_unichar_to_utf8(c, one);
		n = (guint)gsm_encode(one, buf, sizeof(buf));
	}
	g_byte_array_append(out, buf, n);
}

/* What the character takes of a part: the SMSC puts every text of data_coding 0 into septets. */
static int weight(enum coding coding, gunichar c)
{
	if (coding == CODING_UCS2)
		return c > 0xffff ? 4 : 2;
	return MAX(gsm_septets(c), 1);
}

static int weight_of(enum coding coding, const char *p, const char *end)
{
	int n = 0;

	for (; p < end; p = g_utf8_next_char(p))
		n += weight(coding, g_utf8_get_char(p));
	return n;
}

/* ---- parts ---- */

static bool add_part(struct coded *c, struct arena *a, const char *from, const char *to)
{
	g_autoptr(GByteArray) octets = g_byte_array_new();

	if (c->n == CODING_PARTS_MAX)
		return false;
	for (; from < to; from = g_utf8_next_char(from))
		append_octets(octets, c->coding, g_utf8_get_char(from));
	c->parts[c->n].octets = arena_memdup(a, octets->data, octets->len);
	c->parts[c->n].n = octets->len;
	c->n++;
	return true;
}

/* The end of the part that begins at p. whole: what belongs to a character stays with it, if it fits at all. */
static const char *part_end(enum coding coding, const char *p, int room, bool whole)
{
	int have = 0;
	const char *start = p;

	while (*p) {
		const char *next = whole ? coding_next(p) : g_utf8_next_char(p);
		int more = weight_of(coding, p, next);

		if (more > room) {	/* a character with more accents than a part holds */
			next = g_utf8_next_char(p);
			more = weight_of(coding, p, next);
		}
		if (have + more > room)
			break;
		have += more;
		p = next;
	}
	g_assert(p > start);
	return p;
}

static guint count_parts(enum coding coding, const char *p, int room, bool whole)
{
	guint n = 0;

	for (; *p; n++)
		p = part_end(coding, p, room, whole);
	return n;
}

static bool split(struct coded *c, struct arena *a, enum joining joining)
{
	const char *p = c->shown;
	int room = capacity(c->coding, joining, false);
	bool whole = count_parts(c->coding, p, room, true) == count_parts(c->coding, p, room, false);

	while (*p) {
		const char *end = part_end(c->coding, p, room, whole);

		if (!add_part(c, a, p, end))
			return false;
		p = end;
	}
	return true;
}

const struct coded *coding_encode(struct arena *a, const char *utf8, const struct coding_rules *rules)
{
	struct coded *c = ARENA_NEW(a, struct coded);
	bool wide = rules->wide && !gsm_is_close(utf8);
	g_autofree char *composed = wide ? g_utf8_normalize(utf8, -1, G_NORMALIZE_NFC) : NULL;
	const char *end;
	int all;

	c->coding = wide ? CODING_UCS2 : rules->alphabet;
	c->data_coding = wide ? 8 : 0;
	c->shown = wide ? arena_strdup(a, composed) : in_alphabet(a, gsm_transliterate(a, utf8), rules->alphabet);
	end = c->shown + strlen(c->shown);
	all = weight_of(c->coding, c->shown, end);
	c->length = wide ? all / 2 : all;
	if (!all)
		return NULL;
	if (all <= capacity(c->coding, rules->joining, true))
		return add_part(c, a, c->shown, end) ? c : NULL;
	if (rules->joining == JOINING_PAYLOAD)
		return all <= CODING_PAYLOAD_MAX && add_part(c, a, c->shown, end) ? c : NULL;
	return split(c, a, rules->joining) ? c : NULL;
}

/* ---- the way back ---- */

enum coding coding_of(uint8_t data_coding, enum coding alphabet)
{
	static const enum coding named[] = {
		CODING_GSM, CODING_ASCII, CODING_OCTETS, CODING_LATIN1, CODING_OCTETS, CODING_OCTETS, CODING_CYRILLIC,
		CODING_HEBREW, CODING_UCS2
	};

	if (data_coding == 0)
		return alphabet;
	if (data_coding < G_N_ELEMENTS(named))
		return named[data_coding];
	if (data_coding < 0x10)
		return CODING_OCTETS;
	if (data_coding >= 0xf0)	/* 3GPP TS 23.038, 4: data coding and message class */
		return data_coding & 0x04 ? CODING_OCTETS : CODING_GSM;
	if (data_coding >= 0xc0)	/* message waiting */
		return data_coding >= 0xe0 ? CODING_UCS2 : CODING_GSM;
	switch (data_coding & 0x0c) {
	case 0x00:
		return CODING_GSM;
	case 0x08:
		return CODING_UCS2;
	default:
		return CODING_OCTETS;
	}
}

static void append_char(GString *out, gunichar c)
{
	/* NUL would end the text, a lone surrogate is no character */
	g_string_append_unichar(out, c && g_unichar_validate(c) ? c : c ? REPLACEMENT : ' ');
}

static gunichar unit_at(const uint8_t *p, bool little)
{
	return little ? (gunichar)p[1] << 8 | p[0] : (gunichar)p[0] << 8 | p[1];
}

static void append_utf16(GString *out, const uint8_t *p, gsize n)
{
	bool little = n >= 2 && p[0] == 0xff && p[1] == 0xfe;
	gsize i = little || (n >= 2 && p[0] == 0xfe && p[1] == 0xff) ? 2 : 0;

	for (; i + 1 < n; i += 2) {
		gunichar c = unit_at(p + i, little), low = i + 3 < n ? unit_at(p + i + 2, little) : 0;

		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		append_char(out, c);
	}
}

static gunichar of_table(enum coding coding, uint8_t octet)
{
	if (coding == CODING_ASCII && octet > 0x7f)
		return REPLACEMENT;
	if (coding == CODING_CYRILLIC && octet > 0xa0 && octet != 0xad)
		return octet == 0xf0 ? 0x2116 : octet == 0xfd ? 0xa7 : octet + 0x360u;
	if (coding == CODING_HEBREW && octet >= 0xe0)
		return octet <= 0xfa ? octet - 0xe0u + 0x5d0 : REPLACEMENT;
	return octet;
}

const char *coding_decode(struct arena *a, enum coding coding, const uint8_t *octets, gsize n)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (coding == CODING_GSM)
		return gsm_decode(a, octets, n);
	if (coding == CODING_OCTETS && n && g_utf8_validate_len((const char *)octets, n, NULL))
		return arena_strndup(a, (const char *)octets, n);
	if (coding == CODING_UCS2)
		append_utf16(out, octets, n);
	for (gsize i = 0; coding != CODING_UCS2 && i < n; i++)
		append_char(out, of_table(coding, octets[i]));
	return arena_strndup(a, out->str, out->len);
}
