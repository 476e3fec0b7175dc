#include "report_mail.h"

#include <string.h>

#include "arena.h"
#include "field.h"

#define BASE64_LINE 76

static void put_base64(GString *out, gconstpointer octets, gsize n)
{
	g_autofree char *encoded = g_base64_encode(octets, n);

	for (const char *p = encoded; *p; p += MIN(strlen(p), BASE64_LINE))
		g_string_append_printf(out, "%.*s\n", BASE64_LINE, p);
}

/* Text in lines of CRLF, as RFC 2045, 6.8 wants before it is encoded. */
static void put_text(GString *out, const char *type, const char *text)
{
	g_autoptr(GString) lines = g_string_new(text);

	g_string_replace(lines, "\r\n", "\n", 0);
	g_string_replace(lines, "\n", "\r\n", 0);
	g_string_append_printf(out, "Content-Type: text/%s; charset=utf-8\nContent-Transfer-Encoding: base64\n\n", type);
	put_base64(out, lines->str, lines->len);
}

static void put_picture(struct arena *a, GString *out, const struct report_mail *m)
{
	gsize n;
	gconstpointer octets = g_bytes_get_data(m->png, &n);

	g_string_append_printf(out, "Content-Type: image/png\nContent-Transfer-Encoding: base64\n"
			       "Content-ID: <" REPORT_PICTURE ">\nContent-Disposition: inline; filename=\"hours.png\"\n"
			       "Content-Description: %s\n\n", field_text(a, m->picture_words, 200));
	put_base64(out, octets, n);
}

static void put_html(struct arena *a, GString *out, const struct report_mail *m, const char *boundary)
{
	if (!m->png) {
		put_text(out, "html", m->html);
		return;
	}
	g_string_append_printf(out, "Content-Type: multipart/related; type=\"text/html\"; boundary=\"%s-r\"\n\n--%s-r\n",
			       boundary, boundary);
	put_text(out, "html", m->html);
	g_string_append_printf(out, "--%s-r\n", boundary);
	put_picture(a, out, m);
	g_string_append_printf(out, "--%s-r--\n", boundary);
}

/* RFC 5322, 3.3; not by the locale. */
static const char *date_of(struct arena *a, int64_t now)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
	};
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(now);
	g_autofree char *clock = t ? g_date_time_format(t, "%Y %H:%M:%S +0000") : NULL;

	return t ? arena_printf(a, "%s, %02d %s %s", days[g_date_time_get_day_of_week(t) - 1],
				g_date_time_get_day_of_month(t), months[g_date_time_get_month(t) - 1], clock) : "";
}

char *report_mail(const struct report_mail *m)
{
	AUTO_ARENA a = arena_new();
	GString *out = g_string_new(NULL);
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, m->html, -1);
	const char *boundary = arena_printf(a, "=_%.24s", sum);

	g_string_append_printf(out, "From: %s\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <report.%.24s@%s>\n",
			       field_ascii(a, m->from, 254), field_ascii(a, m->to, 254), field_text(a, m->subject, 200),
			       date_of(a, m->now), sum, m->domain);
	g_string_append_printf(out, "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nMIME-Version: 1.0\n"
			       "Content-Type: multipart/alternative; boundary=\"%s\"\n\n--%s\n", boundary, boundary);
	put_text(out, "plain", m->text);
	g_string_append_printf(out, "--%s\n", boundary);
	put_html(a, out, m, boundary);
	g_string_append_printf(out, "--%s--\n", boundary);
	return g_string_free(out, FALSE);
}
