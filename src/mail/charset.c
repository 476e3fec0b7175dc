#define _GNU_SOURCE	/* memmem() */
#include "charset.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <stdbool.h>
#include <string.h>

#include "text.h"

#define CHARSET_NAME_MAX 40

/* What may be handed to iconv(3): it looks for modules by name, and mail chooses the name. */
static const char *const families[] = {
	"iso-8859-", "iso8859", "windows-", "cp125", "cp437", "cp85", "cp932", "cp949", "ibm", "koi8-", "macintosh",
	"gb2312", "gbk", "gb18030", "hz-gb-2312", "big5", "shift_jis", "shift-jis", "sjis", "x-sjis", "euc-jp", "euc-kr",
	"ks_c_5601", "iso-2022-jp", "iso-2022-kr", "tis-620", "utf-7", "utf-16", "utf-32"
};

/* Charsets in which ASCII octets are not ASCII text. */
static const char *const shifted[] = { "iso-2022-", "hz-", "utf-7", "utf-16", "utf-32" };

static bool starts_with_any(const char *s, const char *const *list, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (g_ascii_strncasecmp(s, list[i], strlen(list[i])) == 0)
			return true;
	return false;
}

static bool label_known(const char *charset)
{
	gsize len = charset ? strlen(charset) : 0;

	if (len == 0 || len > CHARSET_NAME_MAX || strspn(charset, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_") != len)
		return false;
	return starts_with_any(charset, families, G_N_ELEMENTS(families));
}

/* Windows-1252 holds ISO-8859-1 and has letters where that has nothing; text_utf8() reads it. */
static bool label_is_latin1(const char *charset)
{
	return g_ascii_strcasecmp(charset, "iso-8859-1") == 0 || g_ascii_strcasecmp(charset, "iso8859-1") == 0 ||
	       g_ascii_strcasecmp(charset, "windows-1252") == 0 || g_ascii_strcasecmp(charset, "cp1252") == 0;
}

static bool is_ascii(const char *s, gsize n)
{
	char any = 0;

	for (gsize i = 0; i < n; i++)
		any |= s[i];
	return (any & 0x80) == 0;
}

/* NUL ends a C string and is no UTF-8 for GLib: a blank. */
static const char *without_nul(struct arena *a, const char *s, gsize n)
{
	char *copy;

	if (n == 0 || !memchr(s, 0, n))
		return s;
	copy = arena_memdup(a, s, n);
	for (gsize i = 0; i < n; i++)
		if (copy[i] == 0)
			copy[i] = ' ';
	return copy;
}

static char *take_string(struct arena *a, GString *s)
{
	char *copy;

	for (gsize i = 0; i < s->len; i++)
		if (s->str[i] == 0)
			s->str[i] = ' ';
	copy = arena_strndup(a, s->str, s->len);
	g_string_free(s, TRUE);
	return copy;
}

/* NULL if iconv does not know the charset. */
static char *convert(struct arena *a, const char *s, gsize n, const char *charset)
{
	GIConv cd = g_iconv_open("UTF-8", g_mime_charset_iconv_name(charset));
	GString *out;
	char *from = (char *)s;

	if (cd == (GIConv)-1)
		return NULL;
	out = g_string_sized_new(n + n / 2);
	while (n > 0) {
		char buf[4096], *to = buf;
		gsize room = sizeof(buf), r = g_iconv(cd, &from, &n, &to, &room);
		int reason = r == (gsize)-1 ? errno : 0;

		g_string_append_len(out, buf, (gssize)(sizeof(buf) - room));
		if (reason == EINVAL)
			break;		/* cut in the middle of a character */
		if (reason == EILSEQ) {
			g_string_append(out, "\xef\xbf\xbd");
			from++;
			n--;
		}
	}
	g_iconv_close(cd);
	if (!g_utf8_validate_len(out->str, out->len, NULL)) {	/* UTF-16 may hold NUL, surrogates */
		g_autofree char *valid = g_utf8_make_valid(out->str, (gssize)out->len);

		g_string_assign(out, valid);
	}
	return take_string(a, out);
}

/* Is there a character of two octets or more in it, though not all of it is UTF-8? */
static bool has_multibyte(const char *s, gsize n)
{
	for (gsize i = 0; i + 1 < n; i++) {
		gunichar c = (s[i] & 0x80) ? g_utf8_get_char_validated(s + i, (gssize)MIN(n - i, 4)) : 0;

		if (c >= 0x80 && c < 0x110000)
			return true;
	}
	return false;
}

static const char *make_valid(struct arena *a, const char *s, gsize n)
{
	g_autofree char *valid = g_utf8_make_valid(s, (gssize)n);

	return arena_strdup(a, valid);
}

/* All of it UTF-8, but for a last character that is cut off? "Caf\xe9" is not: a character before must say so too. */
static bool is_utf8(const char *s, gsize *n)
{
	const char *stop = s;

	if (g_utf8_validate_len(s, *n, &stop))
		return true;
	if (g_utf8_get_char_validated(stop, (gssize)(*n - (gsize)(stop - s))) != (gunichar)-2 ||
	    is_ascii(s, (gsize)(stop - s)))
		return false;
	*n = (gsize)(stop - s);
	return true;
}

const char *charset_text(struct arena *a, const char *s, gsize n, const char *charset)
{
	bool known = label_known(charset), ascii = is_ascii(s, n);
	const char *text = NULL;

	if (n == 0)
		return "";
	if (known && starts_with_any(charset, shifted, G_N_ELEMENTS(shifted)) && (ascii || !is_utf8(s, &n)))
		text = convert(a, s, n, charset);
	if (text)
		return text;
	s = without_nul(a, s, n);
	if (ascii || is_utf8(s, &n))
		return arena_strndup(a, s, n);
	if (charset && g_ascii_strcasecmp(charset, "utf-8") == 0 && has_multibyte(s, n))
		return make_valid(a, s, n);
	if (known && !label_is_latin1(charset))
		text = convert(a, s, n, charset);
	return text ? text : text_utf8(a, s, n);
}

/* ---- RFC 2047 ---- */

struct word {
	const char *charset;
	gsize charset_len;
	char encoding;		/* 'B' or 'Q' */
	const char *text;
	gsize len;
	const char *end;	/* behind the "?=" */
};

static bool is_charset_octet(char c)
{
	return g_ascii_isalnum(c) || (c != 0 && strchr("-_.:+*'()", c) != NULL);
}

/* Is there an encoded word at s? It may be longer than 75 octets and hold blanks: real ones do. */
static bool word_read(const char *s, const char *end, struct word *w)
{
	const char *p = s + 2, *close;

	w->charset = p;
	while (p < end && p - w->charset < CHARSET_NAME_MAX && is_charset_octet(*p))
		p++;
	w->charset_len = (gsize)(p - w->charset);
	if (w->charset_len == 0 || end - p < 5 || p[0] != '?' || p[2] != '?')
		return false;
	w->encoding = g_ascii_toupper(p[1]);
	if (w->encoding != 'B' && w->encoding != 'Q')
		return false;
	w->text = p + 3;
	close = memmem(w->text, (gsize)(end - w->text), "?=", 2);
	if (!close)
		return false;
	w->len = (gsize)(close - w->text);
	w->end = close + 2;
	return true;
}

static void decode_b(GString *out, const char *s, gsize n)
{
	gsize old = out->len;
	guint32 save = 0;
	int state = 0;

	g_string_set_size(out, old + n + 4);
	n = g_mime_encoding_base64_decode_step((const unsigned char *)s, n, (unsigned char *)out->str + old, &state, &save);
	g_string_truncate(out, old + n);
}

static void decode_q(GString *out, const char *s, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		int high = s[i] == '=' && i + 1 < n ? g_ascii_xdigit_value(s[i + 1]) : -1;
		int low = high >= 0 && i + 2 < n ? g_ascii_xdigit_value(s[i + 2]) : -1;

		if (high < 0) {
			g_string_append_c(out, s[i] == '_' ? ' ' : s[i]);
		} else if (low < 0) {		/* Asterisk writes "=9" for a tab */
			g_string_append_c(out, (char)high);
			i++;
		} else {
			g_string_append_c(out, (char)(high << 4 | low));
			i += 2;
		}
	}
}

static bool same_charset(const struct word *one, const struct word *other)
{
	return one->charset_len == other->charset_len &&
	       g_ascii_strncasecmp(one->charset, other->charset, one->charset_len) == 0;
}

/* The words from *w on that belong together: a character may be cut between two of them. *w is then the first that
 * does not belong, or has end as its end. */
static const char *decode_run(struct arena *a, const struct word *w, const char *end, const char **after_r)
{
	g_autoptr(GString) octets = g_string_new(NULL);
	const char *star = memchr(w->charset, '*', w->charset_len);	/* RFC 2231, 5: language */
	g_autofree char *charset = g_strndup(w->charset, star ? (gsize)(star - w->charset) : w->charset_len);
	struct word next = *w;

	for (;;) {
		const char *p = next.end;

		(next.encoding == 'B' ? decode_b : decode_q)(octets, next.text, next.len);
		*after_r = p;
		while (p < end && *p == ' ')
			p++;
		if (end - p < 8 || p[0] != '=' || p[1] != '?' || !word_read(p, end, &next) || !same_charset(w, &next))
			break;
	}
	return charset_text(a, octets->str, octets->len, charset);
}

/* Blanks between encoded words are not shown (RFC 2047, 6.2), even where the charset changes. */
static const char *skip_between(const char *after, const char *end)
{
	const char *p = after;
	struct word w;

	while (p < end && *p == ' ')
		p++;
	return end - p >= 8 && p[0] == '=' && p[1] == '?' && word_read(p, end, &w) ? p : after;
}

static void append_plain(GString *out, struct arena *a, const char *s, const char *end)
{
	if (s < end)
		g_string_append(out, charset_text(a, s, (gsize)(end - s), NULL));
}

static void decode_words(GString *out, struct arena *a, const char *s, gsize n)
{
	const char *end = s + n, *last_close = NULL, *plain = s, *p = s;
	struct word w;

	for (const char *c = end; c >= s + 2 && !last_close; c--)	/* without a "?=" ahead there is no word */
		if (c[-2] == '?' && c[-1] == '=')
			last_close = c;
	while (last_close && p < last_close && (p = memmem(p, (gsize)(last_close - p), "=?", 2)) != NULL) {
		if (!word_read(p, last_close, &w)) {
			p += 2;
			continue;
		}
		append_plain(out, a, plain, p);
		g_string_append(out, decode_run(a, &w, last_close, &plain));
		plain = p = skip_between(plain, end);
	}
	append_plain(out, a, plain, end);
}

/* Drops the line ends of folding and makes every other control character a blank. */
static gsize unfold(char *to, const char *s, gsize n)
{
	gsize len = 0;

	for (gsize i = 0; i < n; i++) {
		char next = i + 1 < n ? s[i + 1] : 0;

		if ((s[i] == '\r' && next == '\n') || (s[i] == '\n' && (next == ' ' || next == '\t')))
			continue;
		to[len++] = (guchar)s[i] < 0x20 || s[i] == 0x7f ? ' ' : s[i];
	}
	return len;
}

static gsize trim(const char **s, gsize n)
{
	while (n > 0 && **s == ' ')
		(*s)++, n--;
	while (n > 0 && (*s)[n - 1] == ' ')
		n--;
	return n;
}

const char *charset_field(struct arena *a, const char *s, gsize n)
{
	g_autoptr(GString) out = NULL;
	g_autofree char *flat = NULL;

	flat = g_malloc(n + 1);
	n = unfold(flat, s, n);
	s = flat;
	n = trim(&s, n);
	if (n < 8 || !memmem(s, n, "=?", 2))
		return charset_text(a, s, n, NULL);
	out = g_string_sized_new(n);
	decode_words(out, a, s, n);
	n = unfold(out->str, out->str, out->len);	/* an encoded word may hold line ends */
	s = out->str;
	n = trim(&s, n);
	return arena_strndup(a, s, n);
}
