/* The summary that stands before the PBX's own message: what a person reads first, on a phone or a desk. */
#include "render.h"

#include <string.h>

#include "phrase.h"
#include "text.h"
#include "view.h"

#define FONT "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
#define ROWS_MAX 10

/* One fact: label and value. */
struct row {
	const char *label, *value;
};

struct rows {
	struct row row[ROWS_MAX];
	gsize n;
};

static void add(struct rows *rows, const char *label, const char *value)
{
	g_assert(rows->n < ROWS_MAX);
	if (*value)
		rows->row[rows->n++] = (struct row){ label, value };
}

static const char *line_words(struct arena *a, const struct view *v)
{
	if (!*v->called || strcmp(v->called, v->line_name) == 0)
		return v->line_name;
	return arena_printf(a, "%s (%s)", v->line_name, v->called);
}

static const char *why_words(struct arena *a, const struct view *v)
{
	if (v->class != CLASS_VOICEMAIL)
		return phrase_reason(v->class, v->reason);
	if (v->duration_s < 0)
		return "The caller left a voicemail";
	return arena_printf(a, "The caller left a voicemail of %s", phrase_length(a, v->duration_s));
}

static const char *tries_words(struct arena *a, const struct view *v, const struct item *i)
{
	if (i->calls < 2)
		return "";
	return arena_printf(a, "%" G_GINT64_FORMAT " calls, the first on %s", (gint64)i->calls,
			    phrase_when(a, i->call_time, v->zone));
}

static const char *owner_words(struct arena *a, const struct view *v, const struct item *i)
{
	const char *who = *v->owner_name ? v->owner_name : "nobody";

	if (i->state != STATE_ACKED || !i->acked)
		return who;
	return arena_printf(a, "%s, on it since %s", who, phrase_clock(a, i->acked, v->zone));
}

static const char *due_words(struct arena *a, const struct view *v, const struct item *i)
{
	return i->due && item_is_live(i) ? phrase_when(a, i->due, v->zone) : "";
}

static struct rows rows_make(struct arena *a, const struct view *v, const struct item *i)
{
	struct rows rows = { .n = 0 };

	add(&rows, "When", phrase_when(a, v->time, v->zone));
	add(&rows, "Line", line_words(a, v));
	add(&rows, "Why", why_words(a, v));
	add(&rows, "Tries", tries_words(a, v, i));
	add(&rows, "Owner", owner_words(a, v, i));
	add(&rows, "Call back by", due_words(a, v, i));
	return rows;
}

/* The caller in one word: name, else number, else why there is none. */
static const char *title(struct arena *a, const struct view *v)
{
	char *s = arena_strdup(a, *v->name ? v->name : view_number(a, v));

	if (!*v->name)
		*s = g_ascii_toupper(*s);
	return s;
}

static const char *footer(struct arena *a, const struct view *v, const struct item *i)
{
	const char *how = i->resolution ? arena_printf(a, " (%s)", phrase_resolution(i->resolution)) : "";
	const char *state = arena_printf(a, ", %s%s", state_name(i->state), how);

	/* collecting lasts for seconds: nobody who reads a mail needs to know */
	return arena_printf(a, "Item %s%s. The telephone system's own message follows.", v->id,
			    i->state == STATE_COLLECTING ? "" : state);
}

/* ---- plain text ---- */

/* RFC 5322, 2.1.1: no line over 998 octets; mail clients fold at 72 for people. */
static void append_wrapped(GString *out, const char *s)
{
	gsize column = 0;
	g_auto(GStrv) words = g_strsplit(s, " ", -1);

	for (guint i = 0; words[i]; i++) {
		gsize n = (gsize)g_utf8_strlen(words[i], -1);

		if (column && column + 1 + n > 70) {
			g_string_append(out, "\r\n");
			column = 0;
		}
		g_string_append_printf(out, "%s%s", column ? " " : "  ", words[i]);
		column += n + 1;
	}
	g_string_append(out, "\r\n");
}

static void append_heading(struct arena *a, GString *out, const struct view *v)
{
	const char *what = phrase_class(v->class), *number = view_number(a, v);

	if (*v->name)
		g_string_append_printf(out, "%s from %s, %s\r\n\r\n", what, v->name, number);
	else
		g_string_append_printf(out, "%s%s%s\r\n\r\n", what, *v->number ? " from " : ", ", number);
}

const char *render_summary_text(struct arena *a, const struct roster *r, const struct decision *d, const struct call *c)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct view v = view_make(a, r, d, c);
	struct rows rows = rows_make(a, &v, d->item);

	append_heading(a, out, &v);
	if (*v.number)
		g_string_append_printf(out, "%-14s%s\r\n", "Call back", v.number);
	for (gsize i = 0; i < rows.n; i++)
		g_string_append_printf(out, "%-14s%s\r\n", rows.row[i].label, rows.row[i].value);
	if (*v.transcript) {
		g_string_append(out, "\r\nWhat the caller said:\r\n");
		append_wrapped(out, v.transcript);
	}
	g_string_append_printf(out, "\r\n%s\r\n", footer(a, &v, d->item));
	return arena_strdup(a, out->str);
}

/* ---- HTML: tables and inline styles, which is what every mail client can show; nothing is loaded ---- */

static const char *escape(struct arena *a, const char *s)
{
	g_autofree char *escaped = g_markup_escape_text(s, -1);

	return arena_strdup(a, escaped);
}

static const char *colour(const struct view *v)
{
	return v->class == CLASS_VOICEMAIL ? "#1f5f99" : "#b3452c";
}

static void append_head(struct arena *a, GString *out, const struct view *v)
{
	g_string_append_printf(out,
		"<!DOCTYPE html>\r\n<html lang=\"en\"><head><meta charset=\"utf-8\">\r\n"
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\r\n"
		"<title>%s %s</title></head>\r\n"
		"<body style=\"margin:0;padding:8px;background:#ffffff;color:#1d2733;" FONT "\">\r\n"
		"<table role=\"presentation\" width=\"100%%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\""
		" style=\"max-width:600px;border-collapse:separate;border:1px solid #d8dee4;"
		"border-top:4px solid %s;border-radius:6px;\">\r\n",
		phrase_class(v->class), escape(a, v->id), colour(v));
}

static void append_title(struct arena *a, GString *out, const struct view *v)
{
	g_string_append_printf(out,
		"<tr><td style=\"padding:18px 20px 0 20px;" FONT "\">\r\n"
		"<div style=\"font-size:14px;line-height:20px;color:%s;font-weight:600;\">%s &middot; "
		"<bdi>%s</bdi></div>\r\n"
		"<div style=\"font-size:24px;line-height:32px;font-weight:600;color:#1d2733;"
		"word-break:break-word;overflow-wrap:anywhere;\"><bdi>%s</bdi></div>\r\n",
		colour(v), phrase_class(v->class), escape(a, v->line_name), escape(a, title(a, v)));
	if (!*v->number && *v->name)
		g_string_append_printf(out,
				       "<div style=\"font-size:15px;line-height:22px;color:#57636f;\">%s</div>\r\n",
				       escape(a, view_number(a, v)));
	g_string_append(out, "</td></tr>\r\n");
}

/* The padding is the cell's, not the link's: Outlook ignores it on links. */
static void append_button(struct arena *a, GString *out, const struct view *v)
{
	if (!*v->number)
		return;
	g_string_append_printf(out,
		"<tr><td style=\"padding:14px 20px 0 20px;\"><table role=\"presentation\" cellpadding=\"0\""
		" cellspacing=\"0\" border=\"0\"><tr><td bgcolor=\"#1a6b4a\" style=\"background:#1a6b4a;"
		"border-radius:6px;padding:11px 18px;" FONT "\"><a href=\"tel:%s\" style=\"font-size:17px;"
		"line-height:22px;font-weight:600;color:#ffffff;text-decoration:none;\">"
		"<span style=\"color:#ffffff;\">Call %s</span></a></td></tr></table></td></tr>\r\n",
		v->number, escape(a, view_number(a, v)));
}

static void append_said(struct arena *a, GString *out, const struct view *v)
{
	if (!*v->transcript)
		return;
	g_string_append_printf(out,
		"<tr><td style=\"padding:18px 20px 0 20px;\"><table role=\"presentation\" width=\"100%%\""
		" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td dir=\"auto\" bgcolor=\"#f3f6f9\""
		" style=\"background:#f3f6f9;border-left:3px solid #9fb3c8;padding:10px 14px;font-size:16px;"
		"line-height:24px;color:#1d2733;word-break:break-word;overflow-wrap:anywhere;" FONT
		"\">&ldquo;%s&rdquo;</td></tr></table></td></tr>\r\n", escape(a, v->transcript));
}

static void append_row(struct arena *a, GString *out, const struct row *row)
{
	g_string_append_printf(out,
		"<tr><td valign=\"top\" width=\"96\" style=\"width:96px;padding:4px 12px 4px 0;font-size:14px;"
		"line-height:20px;color:#57636f;" FONT "\">%s</td>\r\n"
		"<td valign=\"top\" style=\"padding:4px 0;font-size:15px;"
		"line-height:20px;color:#1d2733;word-break:break-word;overflow-wrap:anywhere;" FONT
		"\"><bdi>%s</bdi></td></tr>\r\n", row->label, escape(a, row->value));
}

static void append_rows(struct arena *a, GString *out, const struct rows *rows)
{
	g_string_append(out, "<tr><td style=\"padding:14px 20px 6px 20px;\"><table role=\"presentation\" width=\"100%\""
			" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\r\n");
	for (gsize i = 0; i < rows->n; i++)
		append_row(a, out, &rows->row[i]);
	g_string_append(out, "</table></td></tr>\r\n");
}

const char *render_summary_html(struct arena *a, const struct roster *r, const struct decision *d, const struct call *c)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct view v = view_make(a, r, d, c);
	struct rows rows = rows_make(a, &v, d->item);

	append_head(a, out, &v);
	append_title(a, out, &v);
	append_button(a, out, &v);
	append_said(a, out, &v);
	append_rows(a, out, &rows);
	g_string_append_printf(out, "<tr><td style=\"padding:10px 20px 14px 20px;font-size:13px;line-height:18px;"
			       "color:#57636f;" FONT "\">%s</td></tr>\r\n</table></body></html>\r\n",
			       escape(a, footer(a, &v, d->item)));
	return arena_strdup(a, out->str);
}
