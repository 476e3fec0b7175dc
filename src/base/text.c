#include "text.h"

#include <string.h>

#include "clock.h"
#include "zone.h"

bool text_to_long(const char *s, int64_t low, int64_t high, int64_t *n_r)
{
	gint64 n;

	if (!s || !g_ascii_string_to_signed(s, 10, low, high, &n, NULL))
		return false;
	*n_r = n;
	return true;
}

bool text_to_seconds(const char *s, int64_t *seconds_r)
{
	static const char units[] = "smhd";
	static const int64_t factor[] = { 1, 60, 3600, 86400 };
	const int64_t most = INT64_C(10) * 366 * 86400;
	gsize len = s ? strlen(s) : 0;
	const char *unit = len ? strchr(units, s[len - 1]) : NULL;
	g_autofree char *digits = g_strndup(s ? s : "", unit ? len - 1 : len);
	int64_t f = unit ? factor[unit - units] : 1, n;

	if (!text_to_long(digits, 0, most / f, &n))
		return false;
	*seconds_r = n * f;
	return true;
}

const char *text_utf8(struct arena *a, const char *s, gsize n)
{
	g_autofree char *converted = NULL, *copy = NULL;

	if (g_utf8_validate_len(s, n, NULL))
		return arena_strndup(a, s, n);
	copy = g_memdup2(s, n);
	for (gsize i = 0; i < n; i++)
		if (strchr("\x81\x8d\x8f\x90\x9d", copy[i]))	/* holes of Windows-1252, and NUL */
			copy[i] = ' ';
	converted = g_convert(copy, (gssize)n, "UTF-8", "WINDOWS-1252", NULL, NULL, NULL);
	return arena_strdup(a, converted ? converted : "");
}

static bool breaks_line(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0x200e ||
	       c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* Printable ASCII, in which no two blanks meet and none stands at an end: what text_line() would leave as it is. */
static bool is_plain_line(const char *s, gsize n)
{
	char before = ' ';

	for (gsize i = 0; i < n; before = s[i++])
		if (s[i] < ' ' || s[i] > '~' || (s[i] == ' ' && before == ' '))
			return false;
	return before != ' ';
}

const char *text_line(struct arena *a, const char *s, gsize max)
{
	gsize n = s ? strnlen(s, max) : 0, count = 0;
	g_autoptr(GString) out = NULL;
	bool blank = false;

	if (!s || !*s || (!s[n] && is_plain_line(s, n)))
		return arena_strndup(a, s ? s : "", n);
	out = g_string_sized_new(2 * n);
	for (const char *p = s ? s : ""; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (breaks_line(c) || g_unichar_isspace(c)) {
			blank = true;
			continue;
		}
		if (count + (blank && count) >= max) {
			if (count)
				g_string_truncate(out, (gsize)(g_utf8_prev_char(out->str + out->len) - out->str));
			g_string_append(out, "…");
			break;
		}
		if (blank && count) {
			g_string_append_c(out, ' ');
			count++;
		}
		blank = false;
		g_string_append_unichar(out, c);
		count++;
	}
	return arena_strdup(a, out->str);
}

static const char *print_time(GDateTime *t, char *buf, gsize size)
{
	g_autoptr(GDateTime) own = t;
	g_autofree char *s = own ? g_date_time_format_iso8601(own) : NULL;

	g_strlcpy(buf, s ? s : "-", size);
	return buf;
}

const char *text_time(int64_t at, char buf[32])
{
	return print_time(g_date_time_new_from_unix_utc(at), buf, 32);
}

const char *text_time_zone(int64_t at, const char *zone, char buf[40])
{
	g_autoptr(GTimeZone) tz = zone_get(zone);
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at);
	g_autofree char *s = NULL;

	if (!tz || !utc)
		return text_time(at, buf);
	{
		g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, tz);

		s = g_date_time_format(local, "%Y-%m-%dT%H:%M:%S%:z");
	}
	g_strlcpy(buf, s, 40);
	return buf;
}

bool text_to_time(const char *s, int64_t *at_r)
{
	g_autoptr(GDateTime) t = NULL;

	if (g_strcmp0(s, "now") == 0) {
		*at_r = clock_now();
		return true;
	}
	t = s ? g_date_time_new_from_iso8601(s, NULL) : NULL;
	if (!t)
		return false;
	*at_r = g_date_time_to_unix(t);
	return true;
}
