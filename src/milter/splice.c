#define _GNU_SOURCE	/* memmem() */
#include "splice.h"

#include <stdint.h>
#include <string.h>

#define BOUNDARY "=_ringback-"
#define DIGITS_MAX 15

static bool has_8bit(const char *s, gsize n)
{
	char any = 0;

	for (gsize i = 0; i < n; i++)
		any |= s[i];
	return (any & 0x80) != 0;
}

/* A number that makes a boundary which the original does not hold, not even with more digits behind it: one more than
 * the largest there. One walk, whatever the original's author put in. */
static int64_t boundary_number(const char *s, gsize n)
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
	return largest + 1;
}

/* RFC 2045, 6.7. Line ends of the text stay line ends; a line is at most 76 octets. */
static void append_qp(GString *out, const char *s)
{
	gsize column = 0;

	for (; *s; s++) {
		guchar c = (guchar)*s;
		bool line_end = c == '\n' || (c == '\r' && s[1] == '\n');
		bool blank = (c == ' ' || c == '\t') && s[1] != '\r' && s[1] != '\n' && s[1] != 0;
		bool plain = blank || (c > ' ' && c < 0x7f && c != '=');

		if (line_end) {
			s += c == '\r';
			g_string_append(out, "\r\n");
			column = 0;
			continue;
		}
		if (column + (plain ? 1 : 3) > 75) {
			g_string_append(out, "=\r\n");
			column = 0;
		}
		if (plain)
			g_string_append_c(out, (char)c);
		else
			g_string_append_printf(out, "=%02X", c);
		column += plain ? 1 : 3;
	}
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

/* The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1), so the body's last octet stays the
 * last. */
static void append_original(GString *out, const struct splice_original *o, const char *boundary)
{
	g_string_append_printf(out, "--%s\r\n%s\r\n", boundary, o->fields);
	g_string_append_len(out, o->body, (gssize)o->body_size);
	g_string_append(out, "\r\n");
}

static void append_machine(GString *out, const struct splice_parts *parts, const char *boundary)
{
	g_autofree char *fields = g_strdup_printf("Content-Type: %s; name=\"%s\"\r\n"
		"Content-Disposition: attachment; filename=\"%s\"; handling=optional\r\n",	/* RFC 3459 */
		parts->machine_type, parts->machine_name, parts->machine_name);

	append_part(out, boundary, fields, parts->machine);
}

struct spliced splice_make(const struct splice_parts *parts, const struct splice_original *o, struct arena *a)
{
	g_autofree char *boundary = g_strdup_printf(BOUNDARY "%" G_GINT64_FORMAT,
						    MAX(boundary_number(o->body, o->body_size),
							boundary_number(o->fields, strlen(o->fields))));
	/* not a piece of the arena: those are zeroed, and have a limit below that of a body */
	GString *out = g_string_sized_new(o->body_size + 16 * 1024);
	struct spliced result;

	append_summary(out, parts, boundary);
	append_original(out, o, boundary);
	if (parts->machine)
		append_machine(out, parts, boundary);
	g_string_append_printf(out, "--%s--\r\n", boundary);
	result.size = out->len;
	result.body = g_string_free(out, FALSE);
	result.content_type = arena_printf(a, "multipart/mixed; boundary=\"%s\"", boundary);
	result.eight_bit = has_8bit(o->body, o->body_size) || has_8bit(o->fields, strlen(o->fields));
	arena_own(a, (char *)result.body, g_free);
	return result;
}
