#include "gsm.h"

#include "latin.h"

#define ESCAPE 0x1b
#define UNKNOWN 0xfffd

/* GSM 03.38, 6.2.1: the place in the table is the septet. */
static const gunichar alphabet[128] = {
	'@', 0xa3, '$', 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, '\n', 0xd8, 0xf8, '\r', 0xc5, 0xe5,
	0x394, '_', 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0, 0xc6, 0xe6, 0xdf, 0xc9,
	' ', '!', '"', '#', 0xa4, '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
	0xa1, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
	'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 0xc4, 0xd6, 0xd1, 0xdc, 0xa7,
	0xbf, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0xe4, 0xf6, 0xf1, 0xfc, 0xe0,
};

/* GSM 03.38, 6.2.1.1: after an escape. */
static const struct { unsigned char septet; gunichar c; } extension[] = {
	{ 0x0a, '\f' }, { 0x14, '^' }, { 0x28, '{' }, { 0x29, '}' }, { 0x2f, '\\' },
	{ 0x3c, '[' }, { 0x3d, '~' }, { 0x3e, ']' }, { 0x40, '|' }, { 0x65, 0x20ac },
};

/* Close letters that a compatibility decomposition does not give. Greek capitals that look like Latin ones are sent
 * as these, as phones do. */
static const struct { gunichar c; const char *close; } close_letters[] = {
	{ 0x141, "L" }, { 0x142, "l" }, { 0x110, "D" }, { 0x111, "d" }, { 0xd0, "D" }, { 0xf0, "d" },
	{ 0xde, "Th" }, { 0xfe, "th" }, { 0x152, "OE" }, { 0x153, "oe" }, { 0x1e9e, "SS" }, { 0x131, "i" },
	{ 0x126, "H" }, { 0x127, "h" }, { 0x166, "T" }, { 0x167, "t" }, { 0x14a, "N" }, { 0x14b, "n" },
	{ 0x18f, "E" }, { 0x259, "e" },
	{ 0x391, "A" }, { 0x392, "B" }, { 0x395, "E" }, { 0x396, "Z" }, { 0x397, "H" }, { 0x399, "I" },
	{ 0x39a, "K" }, { 0x39c, "M" }, { 0x39d, "N" }, { 0x39f, "O" }, { 0x3a1, "P" }, { 0x3a4, "T" },
	{ 0x3a5, "Y" }, { 0x3a7, "X" },
	{ 0x2018, "'" }, { 0x2019, "'" }, { 0x201a, "'" }, { 0x201b, "'" }, { 0x2039, "'" }, { 0x203a, "'" },
	{ 0xb4, "'" }, { 0x2bc, "'" }, { 0x2032, "'" }, { '`', "'" },
	{ 0x201c, "\"" }, { 0x201d, "\"" }, { 0x201e, "\"" }, { 0x201f, "\"" }, { 0xab, "\"" }, { 0xbb, "\"" },
	{ 0x2033, "\"" },
	{ 0x2010, "-" }, { 0x2011, "-" }, { 0x2012, "-" }, { 0x2013, "-" }, { 0x2014, "-" }, { 0x2015, "-" },
	{ 0x2212, "-" }, { 0x2026, ".." }, { 0x2044, "/" }, { 0xd7, "x" }, { 0x2022, "*" }, { 0xb7, "." },
	{ '\t', " " },
};

/* 0 to 127, or 128 + septet for one that needs an escape; -1: not there. */
static int septet_of(gunichar c)
{
	if (c == 0)
		return -1;
	if (c < G_N_ELEMENTS(alphabet) && alphabet[c] == c)
		return (int)c;		/* most letters and digits are where ASCII has them */
	for (guint i = 0; i < G_N_ELEMENTS(alphabet); i++)
		if (alphabet[i] == c)
			return (int)i;
	for (guint i = 0; i < G_N_ELEMENTS(extension); i++)
		if (extension[i].c == c)
			return 128 + extension[i].septet;
	return -1;
}

static const char *close_letter(gunichar c)
{
	for (guint i = 0; i < G_N_ELEMENTS(close_letters); i++)
		if (close_letters[i].c == c)
			return close_letters[i].close;
	return NULL;
}

static bool append_as_it_is(GString *out, gunichar c)
{
	const char *close = septet_of(c) >= 0 ? NULL : close_letter(c);

	if (septet_of(c) < 0 && !close)
		return false;
	if (close)
		g_string_append(out, close);
	else
		g_string_append_unichar(out, c);
	return true;
}

/* Says nothing by itself: marks of direction, joiners, variation selectors. */
static bool is_silent(gunichar c)
{
	GUnicodeType t = g_unichar_type(c);

	return t == G_UNICODE_FORMAT || t == G_UNICODE_CONTROL || (c >= 0xfe00 && c <= 0xfe0f);
}

/* False if nothing of c could be kept. */
static bool append_close(GString *out, gunichar c)
{
	gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
	bool kept = false, mark;
	gsize n;

	if (append_as_it_is(out, c))
		return true;
	if (g_unichar_get_script(c) == G_UNICODE_SCRIPT_GREEK)
		c = g_unichar_toupper(c);
	n = g_unichar_fully_decompose(c, TRUE, parts, G_N_ELEMENTS(parts));
	mark = g_unichar_ismark(c) || is_silent(c);
	for (gsize i = 0; i < n; i++)
		if (g_unichar_combining_class(parts[i]) == 0)
			kept |= append_as_it_is(out, parts[i]);
	return kept || mark;
}

bool gsm_is_close(const char *utf8)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *p = utf8; *p; p = g_utf8_next_char(p)) {
		g_string_truncate(out, 0);
		if (!append_close(out, g_utf8_get_char(p)))
			return false;
	}
	return true;
}

static bool has_cyrillic(const char *utf8)
{
	for (; *utf8; utf8 = g_utf8_next_char(utf8))
		if ((unsigned char)*utf8 > 0x7f && g_unichar_get_script(g_utf8_get_char(utf8)) == G_UNICODE_SCRIPT_CYRILLIC)
			return true;
	return false;
}

/* ICU would make ASCII of our umlauts too, so that it gets the Cyrillic runs alone. */
static const char *append_run(struct arena *a, GString *out, const char *p)
{
	const char *end = p;
	const char *latin;

	while (*end && g_unichar_get_script(g_utf8_get_char(end)) == G_UNICODE_SCRIPT_CYRILLIC)
		end = g_utf8_next_char(end);
	latin = latin_from_cyrillic(a, arena_strndup(a, p, (gsize)(end - p)));
	for (; *latin; latin = g_utf8_next_char(latin))
		append_close(out, g_utf8_get_char(latin));
	return end;
}

const char *gsm_transliterate(struct arena *a, const char *utf8)
{
	g_autoptr(GString) out = g_string_new(NULL);
	bool cyrillic = has_cyrillic(utf8);

	for (const char *p = utf8; *p;) {
		gunichar c = g_utf8_get_char(p);

		if (cyrillic && g_unichar_get_script(c) == G_UNICODE_SCRIPT_CYRILLIC) {
			p = append_run(a, out, p);
			continue;
		}
		append_close(out, c);
		p = g_utf8_next_char(p);
	}
	return arena_strdup(a, out->str);
}

int gsm_septets(gunichar c)
{
	int septet = septet_of(c);

	return septet < 0 ? -1 : septet < 128 ? 1 : 2;
}

int gsm_length(const char *utf8)
{
	int n = 0;

	for (const char *p = utf8; *p; p = g_utf8_next_char(p)) {
		int septet = septet_of(g_utf8_get_char(p));

		if (septet < 0)
			return -1;
		n += septet < 128 ? 1 : 2;
	}
	return n;
}

int gsm_encode(const char *utf8, unsigned char *buf, gsize size)
{
	gsize n = 0;

	for (const char *p = utf8; *p; p = g_utf8_next_char(p)) {
		int septet = septet_of(g_utf8_get_char(p));
		gsize need = septet < 128 ? 1 : 2;

		if (septet < 0 || size - n < need)
			return -1;
		if (need == 2)
			buf[n++] = ESCAPE;
		buf[n++] = (unsigned char)(septet & 0x7f);
	}
	return (int)n;
}

static gunichar extended(unsigned char septet)
{
	for (guint i = 0; i < G_N_ELEMENTS(extension); i++)
		if (extension[i].septet == septet)
			return extension[i].c;
	return UNKNOWN;
}

const char *gsm_decode(struct arena *a, const unsigned char *octets, gsize n)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (gsize i = 0; i < n; i++) {
		if (octets[i] == ESCAPE && i + 1 < n)
			g_string_append_unichar(out, extended(octets[++i]));
		else if (octets[i] > 0x7f || octets[i] == ESCAPE)
			g_string_append_unichar(out, UNKNOWN);
		else
			g_string_append_unichar(out, alphabet[octets[i]]);
	}
	return arena_strdup(a, out->str);
}
