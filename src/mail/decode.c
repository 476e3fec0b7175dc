#include "decode.h"

#define CHUNK (12 * 1024)

/* The value plus one; 0 for what is none of RFC 4648, 4. */
static const guint8 values[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
	['+'] = 63, ['/'] = 64,
};

/* Decodes groups of four characters from *p on, line ends between them left out, until the end or anything else (a "=",
 * a blank, a group that a line end divides): *p is there then, at the beginning of a group. out has room for three octets
 * of each group. Gives the octets written. */
static gsize base64_groups(const char **p, const char *end, char *out)
{
	const guint8 *s = (const guint8 *)*p, *stop = (const guint8 *)end;
	guint8 *to = (guint8 *)out;

	while (stop - s >= 4) {
		const guint32 a = values[s[0]], b = values[s[1]], c = values[s[2]], d = values[s[3]];

		if (G_LIKELY(a && b && c && d)) {
			const guint32 bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);

			to[0] = (guint8)(bits >> 16);
			to[1] = (guint8)(bits >> 8);
			to[2] = (guint8)bits;
			to += 3;
			s += 4;
		} else if (*s == '\n' || *s == '\r') {
			s++;
		} else {
			break;
		}
	}
	*p = (const char *)s;
	return (gsize)((char *)to - out);
}

/* Decodes some of what is at *p. GMime understands damage of all kinds, one character after the other; most mails have
 * none. */
static gsize decode_step(GMimeEncoding *state, const char **p, const char *end, char *out)
{
	const char *stop = end - *p > CHUNK ? *p + CHUNK : end;
	gsize n = 0;

	if (state->encoding == GMIME_CONTENT_ENCODING_BASE64 && state->state == 0)
		n = base64_groups(p, stop, out);
	if (n > 0)
		return n;
	n = g_mime_encoding_step(state, *p, (gsize)(stop - *p), out);
	*p = stop;
	return n;
}

bool decode_needed(GMimeContentEncoding encoding)
{
	return encoding == GMIME_CONTENT_ENCODING_BASE64 || encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

gsize decode_body(GMimeContentEncoding encoding, const char *at, const char *end, struct digest *sum, GString *head,
		  gsize head_max)
{
	GMimeEncoding state;
	char out[CHUNK * 2];
	gsize size = 0;

	g_mime_encoding_init_decode(&state, encoding);
	while (at < end) {
		gsize n = decode_step(&state, &at, end, out);

		if (sum)
			digest_add(sum, out, n);
		if (head && head->len < head_max)
			g_string_append_len(head, out, (gssize)MIN(n, head_max - head->len));
		size += n;
	}
	return size;
}
