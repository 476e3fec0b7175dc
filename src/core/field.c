#include "field.h"

#include <string.h>

#include "text.h"

#define LINE_MAX_OCTETS 900
#define WORD_MAX_OCTETS 45	/* 60 in base64: with its frame 72, RFC 2047 allows 75 */
#define ID_MAX_OCTETS 500

/* "=?" in plain text would be taken for an encoded word. */
static bool is_plain(const char *s)
{
	return g_str_is_ascii(s) && !strstr(s, "=?");
}

static const char *encode(struct arena *a, const char *s)
{
	g_autoptr(GString) out = g_string_new(NULL);

	while (*s) {
		g_autofree char *word = NULL;
		gsize n = 0;

		while (s[n] && n + (gsize)(g_utf8_next_char(s + n) - (s + n)) <= WORD_MAX_OCTETS)
			n = (gsize)(g_utf8_next_char(s + n) - s);
		word = g_base64_encode((const guchar *)s, n);
		g_string_append_printf(out, "%s=?UTF-8?B?%s?=", out->len ? "\n " : "", word);
		s += n;
	}
	return arena_strdup(a, out->str);
}

const char *field_fold(struct arena *a, const char *value)
{
	g_autoptr(GString) out = g_string_new(value);
	gsize start = 0, blank = 0;

	for (gsize i = 0; i < out->len; i++) {
		if (out->str[i] == '\n')
			start = i + 1;
		if (out->str[i] == ' ' && i > start)
			blank = i;
		if (i - start >= LINE_MAX_OCTETS && blank > start) {
			g_string_insert_c(out, (gssize)blank, '\n');
			start = blank + 1;
			i = blank + 1;
		}
	}
	return arena_strdup(a, out->str);
}

const char *field_text(struct arena *a, const char *s, gsize max)
{
	const char *line = text_line(a, s, max);

	return is_plain(line) ? field_fold(a, line) : encode(a, line);
}

const char *field_ascii(struct arena *a, const char *s, gsize max)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *p = text_line(a, s, max); *p; p = g_utf8_next_char(p))
		g_string_append_c(out, (guchar)*p < 0x80 ? *p : '?');
	return field_fold(a, out->str);
}

bool field_is_message_id(const char *s)
{
	gsize n = s ? strnlen(s, ID_MAX_OCTETS + 1) : 0;

	if (n < 3 || n > ID_MAX_OCTETS || s[0] != '<' || s[n - 1] != '>')
		return false;
	for (gsize i = 1; i < n - 1; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '<' || s[i] == '>')
			return false;
	return true;
}
