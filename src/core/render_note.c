/* The status note: a small mail of our own, in the thread of the item. */
#include "render.h"

#include <string.h>

#include "field.h"
#include "phrase.h"
#include "text.h"
#include "view.h"

#define NOTE_MAX_CHARS 400
#define BASE64_LINE 76

static void put(GString *out, const char *name, const char *value)
{
	if (value && *value)
		g_string_append_printf(out, "%s: %s\n", name, value);
}

/* RFC 5322, 3.3; not by the locale. */
static const char *date_field(struct arena *a, int64_t now)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
	};
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(now);

	if (!t)
		return "";
	return arena_printf(a, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[g_date_time_get_day_of_week(t) - 1],
			    g_date_time_get_day_of_month(t), months[g_date_time_get_month(t) - 1],
			    g_date_time_get_year(t), g_date_time_get_hour(t), g_date_time_get_minute(t),
			    g_date_time_get_second(t));
}

static void put_thread(GString *out, const struct item *i)
{
	if (!field_is_message_id(i->thread_id))
		return;
	put(out, "In-Reply-To", i->thread_id);
	put(out, "References", i->thread_id);
}

/* The same job gives the same Message-ID, so that a mail server or client can see a second try for what it is. */
static void put_own_id(GString *out, const struct roster *r, int64_t item, int64_t job)
{
	g_string_append_printf(out, "Message-ID: <note.%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT "@%s>\n", (gint64)job,
			       (gint64)item, view_domain(r));
}

static void put_automatic(GString *out)
{
	put(out, "Auto-Submitted", "auto-generated");	/* RFC 3834, 5 */
	put(out, "X-Auto-Response-Suppress", "All");
}

static void put_since(struct arena *a, GString *out, const char *name, int64_t since, const char *zone)
{
	if (since)
		put(out, name, phrase_stamp(a, since, zone));
}

static void put_flags(struct arena *a, GString *out, const struct roster *r, const struct view *v, const struct item *i,
		      int64_t now)
{
	const struct line *line = roster_line_by_id(r, i->line);

	put_since(a, out, "X-Ringback-Overdue", item_overdue_since(i, now), v->zone);
	if (line)
		put_since(a, out, "X-Ringback-Stale", item_stale_since(i, line->response.stale_after_s, now), v->zone);
}

static void put_state(struct arena *a, GString *out, const struct roster *r, const struct view *v, const struct item *i)
{
	put_automatic(out);
	put(out, "X-Ringback-Item", v->id);
	put(out, "X-Ringback-State", state_name(i->state));
	put(out, "X-Ringback-Owner", field_ascii(a, v->owner_id, 400));
	put(out, "X-Ringback-Class", class_name(v->class));
	put(out, "X-Ringback-Line", field_text(a, v->line_id, 120));
	put(out, "List-Id", view_list_id(a, r, v));
	put(out, "Keywords", view_keywords(a, v));
	put(out, "Reply-To", ticket_address(a, &r->rules, i));
}

static const char *caller_words(struct arena *a, const struct view *v)
{
	const char *number = view_number(a, v);

	return *v->name ? arena_printf(a, "%s, %s", v->name, number) : number;
}

static const char *body_make(struct arena *a, const struct view *v, const struct item *i, const char *note)
{
	g_autoptr(GString) out = g_string_new(NULL);

	g_string_append_printf(out, "%s\n\n", note);
	g_string_append_printf(out, "%-14s%s\n", phrase_class(i->class), caller_words(a, v));
	g_string_append_printf(out, "%-14s%s, %s\n", "When", phrase_when(a, v->time, v->zone), v->line_name);
	g_string_append_printf(out, "%-14s%s\n", "Owner", *v->owner_name ? v->owner_name : "nobody");
	g_string_append_printf(out, "%-14s%s%s%s\n", "State", state_name(i->state), i->resolution ? ", " : "",
			       i->resolution ? phrase_resolution(i->resolution) : "");
	if (i->due && item_is_live(i))
		g_string_append_printf(out, "%-14s%s\n", "Call back by", phrase_when(a, i->due, v->zone));
	g_string_append_printf(out, "\n%s. ringback wrote this note by itself.\n", v->id);
	return arena_strdup(a, out->str);
}

/* 7bit where it is ASCII: not every server on the way takes 8bit. */
static void put_body(GString *out, const char *body)
{
	g_autofree char *encoded = NULL;
	g_autoptr(GString) lines = g_string_new(body);

	put(out, "MIME-Version", "1.0");
	put(out, "Content-Type", "text/plain; charset=utf-8");
	put(out, "Content-Transfer-Encoding", g_str_is_ascii(body) ? "7bit" : "base64");
	g_string_append_c(out, '\n');
	if (g_str_is_ascii(body)) {
		g_string_append(out, body);
		return;
	}
	g_string_replace(lines, "\n", "\r\n", 0);
	encoded = g_base64_encode((const guchar *)lines->str, lines->len);
	for (const char *p = encoded; *p; p += MIN(strlen(p), BASE64_LINE))
		g_string_append_printf(out, "%.*s\n", BASE64_LINE, p);
}

static void put_head(struct arena *a, GString *out, const char *from, const char *to,
		     const char *subject, int64_t now)
{
	put(out, "From", field_ascii(a, from, 254));
	put(out, "To", field_ascii(a, to, 254));
	put(out, "Subject", field_text(a, subject, 200));
	put(out, "Date", date_field(a, now));
}

static void put_note(struct arena *a, GString *out, const struct roster *r, const struct item *i, const char *words,
		     int64_t now)
{
	struct view v = view_of_item(a, r, i);

	put_thread(out, i);
	put_state(a, out, r, &v, i);
	put_flags(a, out, r, &v, i, now);
	put_body(out, body_make(a, &v, i, words));
}

static void put_note_of_nothing(struct arena *a, GString *out, const char *words)
{
	put_automatic(out);
	put_body(out, arena_printf(a, "%s\n\nringback wrote this note by itself.\n", words));
}

static const char *subject_of(struct arena *a, const struct roster *r, const struct item *i, const char *words)
{
	struct view v;

	if (!i)
		return arena_printf(a, "[ringback] %s", words);
	v = view_of_item(a, r, i);
	return arena_printf(a, "[%s %s] %s", v.id, v.line_name, words);
}

const char *render_note(struct arena *a, const struct roster *r, const struct item *i, const char *from,
			const char *to, const char *note, int64_t now, int64_t job)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const char *words = text_line(a, note, NOTE_MAX_CHARS);

	put_head(a, out, from, to, subject_of(a, r, i, words), now);
	put_own_id(out, r, i ? i->id : 0, job);
	if (i)
		put_note(a, out, r, i, words, now);
	else
		put_note_of_nothing(a, out, words);
	g_string_replace(out, "\n", "\r\n", 0);
	return arena_strdup(a, out->str);
}

static void put_stale_item(struct arena *a, GString *out, const struct roster *r, const struct item *i)
{
	struct view v = view_of_item(a, r, i);

	g_string_append_printf(out, "%-9s %s\n", v.id, caller_words(a, &v));
	g_string_append_printf(out, "          %s, %s, %s\n", v.line_name, phrase_when(a, v.time, v.zone),
			       *v.owner_name ? v.owner_name : "nobody");
	g_string_append_printf(out, "          %s, %d %s\n", state_name(i->state), (int)MIN(i->calls, 9999),
			       i->calls == 1 ? "call" : "calls");
}

const char *render_stale(struct arena *a, const struct roster *r, const struct item *const *items, gsize n, gsize all,
			 const char *from, const char *to, int64_t now, int64_t job)
{
	g_autoptr(GString) out = g_string_new(NULL), body = g_string_new(NULL);
	const char *many = arena_printf(a, "%" G_GSIZE_FORMAT " %s open for too long", all, all == 1 ? "item is" : "items are");

	g_string_append_printf(body, "%s:\n\n", many);
	for (gsize k = 0; k < n; k++)
		put_stale_item(a, body, r, items[k]);
	if (n < all)
		g_string_append_printf(body, "and %" G_GSIZE_FORMAT " more\n", all - n);
	g_string_append(body, "\nringback wrote this mail by itself, and does so each morning while there are any.\n");
	put_head(a, out, from, to, arena_printf(a, "[ringback] %s", many), now);
	put_own_id(out, r, 0, job);
	put_automatic(out);
	put_body(out, body->str);
	g_string_replace(out, "\n", "\r\n", 0);
	return arena_strdup(a, out->str);
}
