#define _GNU_SOURCE	/* memmem() */
#include "splice.h"

#include <stdint.h>
#include <string.h>

#define BOUNDARY "=_ringback-"
#define DIGITS_MAX 15
#define NUMBER_MAX INT64_C(999999999999999)	/* has as many digits */

static bool has_8bit(const char *s, gsize n)
{
	char any = 0;

	for (gsize i = 0; i < n; i++)
		any |= s[i];
	return (any & 0x80) != 0;
}

/* The largest number behind what our boundaries begin with. One walk, whatever the original's author put in. */
static int64_t largest_number(const char *s, gsize n)
{
	const char *end = s + n;
	int64_t largest = 0;

	while (s < end && (s = memmem(s, (gsize)(end - s), BOUNDARY, strlen(BOUNDARY))) != NULL) {
		int64_t number = 0;

		s += strlen(BOUNDARY);
		for (int i = 0; i < DIGITS_MAX && s < end && g_ascii_isdigit(*s); i++)
			number = number * 10 + (*s++ - '0');
		largest = MAX(largest, number);
	}
	return largest;
}

/* One that the original does not hold, not even with more digits behind it: one more than the largest there. Who fills
 * all the digits is answered with a hash of what they wrote, which they cannot have written in it. */
static char *boundary_make(const struct splice_original *o)
{
	int64_t largest = MAX(largest_number(o->body, o->body_size), largest_number(o->fields, strlen(o->fields)));
	g_autoptr(GChecksum) sum = NULL;

	if (largest < NUMBER_MAX)
		return g_strdup_printf(BOUNDARY "%" G_GINT64_FORMAT, largest + 1);
	sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_checksum_update(sum, (const guchar *)o->fields, -1);
	g_checksum_update(sum, (const guchar *)o->body, (gssize)o->body_size);
	return g_strdup_printf(BOUNDARY "x%.32s", g_checksum_get_string(sum));
}

/* Octets that stand for themselves wherever they are: neither blanks nor line ends. */
static bool is_plain(guchar c)
{
	return c > ' ' && c < 0x7f && c != '=';
}

/* A blank does so too, but not at the end of a line. */
static bool is_plain_blank(const char *s)
{
	return (*s == ' ' || *s == '\t') && s[1] != '\r' && s[1] != '\n' && s[1] != 0;
}

static gsize plain_run(const char *s, gsize max)
{
	gsize n = 0;

	while (n < max && (is_plain((guchar)s[n]) || is_plain_blank(s + n)))
		n++;
	return n;
}

static char *put_hex(char *to, guchar c)
{
	static const char hex[] = "0123456789ABCDEF";

	to[0] = '=';
	to[1] = hex[c >> 4];
	to[2] = hex[c & 15];
	return to + 3;
}

static char *put(char *to, const char *s, gsize n)
{
	return (char *)memcpy(to, s, n) + n;
}

/* RFC 2045, 6.7. Line ends of the text stay line ends; a line is at most 76 octets. */
static void append_qp(GString *out, const char *s)
{
	gsize old = out->len, n = strlen(s), column = 0;
	char *to;

	/* three octets for each, and a soft line end after 73 of them at the earliest */
	g_string_set_size(out, old + n * 3 + n * 3 / 73 * 3 + 3);
	to = out->str + old;
	while (*s) {
		n = plain_run(s, 75 - column);
		to = put(to, s, n);
		s += n;
		column += n;
		if (*s == '\n' || (*s == '\r' && s[1] == '\n')) {
			s += *s == '\r' ? 2 : 1;
			to = put(to, "\r\n", 2);
			column = 0;
		} else if (*s && column + (plain_run(s, 1) ? 1 : 3) > 75) {
			to = put(to, "=\r\n", 3);
			column = 0;
		} else if (*s) {
			to = put_hex(to, (guchar)*s++);
			column += 3;
		}
	}
	g_string_set_size(out, (gsize)(to - out->str));
}

static void append_part(GString *out, const char *boundary, const char *fields, const char *text)
{
	g_string_append_printf(out, "--%s\r\n%sContent-Transfer-Encoding: quoted-printable\r\n\r\n", boundary, fields);
	append_qp(out, text);
	g_string_append(out, "\r\n");
}

static void append_summary(GString *out, const struct splice_parts *parts, const char *outer)
{
	g_autofree char *boundary = g_strconcat(outer, "-summary", NULL);

	g_string_append_printf(out, "--%s\r\nContent-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", outer,
			       boundary);
	append_part(out, boundary, "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: inline\r\n", parts->text);
	append_part(out, boundary, "Content-Type: text/html; charset=utf-8\r\nContent-Disposition: inline\r\n", parts->html);
	g_string_append_printf(out, "--%s--\r\n\r\n", boundary);
}

static void append_machine(GString *out, const struct splice_parts *parts, const char *boundary)
{
	g_autofree char *fields = g_strdup_printf("Content-Type: %s; name=\"%s\"\r\n"
		"Content-Disposition: attachment; filename=\"%s\"; handling=optional\r\n",	/* RFC 3459 */
		parts->machine_type, parts->machine_name, parts->machine_name);

	append_part(out, boundary, fields, parts->machine);
}

gsize splice_size(const struct piece *body)
{
	gsize size = 0;

	for (gsize i = 0; i < SPLICE_PIECES; i++)
		size += body[i].size;
	return size;
}

static struct piece give(GString *s, struct arena *a)
{
	struct piece p = { s->str, s->len };

	arena_own(a, g_string_free(s, FALSE), g_free);
	return p;
}

struct spliced splice_make(const struct splice_parts *parts, const struct splice_original *o, struct arena *a)
{
	g_autofree char *boundary = boundary_make(o);
	GString *before = g_string_sized_new(8000), *after = g_string_sized_new(4000);
	struct spliced result;

	append_summary(before, parts, boundary);
	g_string_append_printf(before, "--%s\r\n%s\r\n", boundary, o->fields);
	/* this line end belongs to the delimiter (RFC 2046, 5.1.1): the body's last octet stays the last */
	g_string_append(after, "\r\n");
	if (parts->machine)
		append_machine(after, parts, boundary);
	g_string_append_printf(after, "--%s--\r\n", boundary);
	result.body[0] = give(before, a);
	result.body[1] = (struct piece){ o->body, o->body_size };
	result.body[2] = give(after, a);
	result.content_type = arena_printf(a, "multipart/mixed; boundary=\"%s\"", boundary);
	result.eight_bit = has_8bit(o->body, o->body_size) || has_8bit(o->fields, strlen(o->fields));
	return result;
}
