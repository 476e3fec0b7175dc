/* What all forms of rendering share: the view of a notice, names of items, the subject. */
#include "render.h"

#include <string.h>

#include "field.h"
#include "phone.h"
#include "phrase.h"
#include "text.h"
#include "view.h"

#define NAME_MAX_CHARS 120
#define TRANSCRIPT_MAX_CHARS 8000
#define SUBJECT_MAX_CHARS 500

const char *render_item_id(struct arena *a, const struct roster *r, int64_t id)
{
	const char *prefix = field_ascii(a, r->rules.item_prefix, 16);

	return arena_printf(a, "%s-%" G_GINT64_FORMAT, *prefix ? prefix : "RB", (gint64)id);
}

const char *view_domain(const struct roster *r)
{
	const char *d = r->rules.domain ? r->rules.domain : "";
	gsize n = strspn(d, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

	return n && n < 254 && !d[n] ? d : "ringback.invalid";
}

/* Only letters, digits, - and _; all else is "-". */
static const char *plain_word(struct arena *a, const char *s)
{
	char *copy = arena_strndup(a, s, 64);

	for (char *c = copy; *c; c++)
		if (!g_ascii_isalnum(*c) && *c != '_')
			*c = '-';
	return copy;
}

const char *view_list_id(struct arena *a, const struct roster *r, const struct view *v)
{
	return arena_printf(a, "<%s.calls.%s>", plain_word(a, v->line_id), view_domain(r));
}

const char *view_keywords(struct arena *a, const struct view *v)
{
	return arena_printf(a, "%s, %s%s%s", class_name(v->class), plain_word(a, v->line_id), *v->owner_id ? ", " : "",
			    plain_word(a, v->owner_id));
}

static const char *first(const char *one, const char *other)
{
	return one && *one ? one : other;
}

static void put_caller(struct arena *a, const struct item *i, const struct call *c, struct view *v)
{
	const char *number = c && c->caller ? c->caller : i->caller;
	const char *raw = c ? first(c->caller_raw, i->caller_raw) : i->caller_raw;

	v->number = phrase_is_e164(number) ? number : "";
	v->withheld = !*v->number && (i->withheld || (c && c->withheld));
	v->name = text_line(a, c ? first(c->caller_name, i->caller_name) : i->caller_name, NAME_MAX_CHARS);
	v->raw = *v->number || v->withheld ? "" : text_line(a, raw, 60);
	if (*v->number)
		v->no_number = "";
	else
		v->no_number = v->withheld ? "number withheld" : first(v->raw, "number unknown");
}

const char *view_number(struct arena *a, const struct view *v)
{
	return *v->number ? phone_display(a, v->number) : v->no_number;
}

static void put_line(struct arena *a, const struct line *l, const struct item *i, struct view *v)
{
	v->line_id = text_line(a, i->line, NAME_MAX_CHARS);
	v->line_name = l && l->name ? text_line(a, l->name, NAME_MAX_CHARS) : v->line_id;
	v->zone = l ? l->zone : NULL;
}

static void put_owner(struct arena *a, const struct person *p, const struct item *i, struct view *v)
{
	v->owner_id = text_line(a, i->owner, NAME_MAX_CHARS);
	v->owner_name = p && p->name ? text_line(a, p->name, NAME_MAX_CHARS) : v->owner_id;
	v->owner_mail = p && p->mail ? text_line(a, p->mail, 254) : "";
}

static void put_call(struct arena *a, const struct item *i, const struct call *c, struct view *v)
{
	v->class = c && c->class ? c->class : i->class;
	v->reason = c ? c->reason : i->reason;
	v->time = c && c->time ? c->time : i->call_time;
	v->duration_s = c ? c->duration_s : i->duration_s;
	v->called = text_line(a, c ? first(c->called, i->called) : i->called, NAME_MAX_CHARS);
	v->transcript = text_line(a, c ? c->transcript : i->transcript, TRANSCRIPT_MAX_CHARS);
}

static struct view make(struct arena *a, const struct roster *r, const struct item *i, const struct call *c)
{
	struct view v = { .id = render_item_id(a, r, i->id) };

	put_caller(a, i, c, &v);
	put_call(a, i, c, &v);
	return v;
}

struct view view_make(struct arena *a, const struct roster *r, const struct decision *d, const struct call *c)
{
	struct view v = make(a, r, d->item, c);

	put_line(a, d->line, d->item, &v);
	put_owner(a, d->owner, d->item, &v);
	return v;
}

struct view view_of_item(struct arena *a, const struct roster *r, const struct item *i)
{
	struct view v = make(a, r, i, NULL);

	put_line(a, roster_line_by_id(r, i->line), i, &v);
	put_owner(a, i->owner ? roster_person(r, i->owner) : NULL, i, &v);
	return v;
}

/* A subject that holds encoded words already stays as it is behind the tag; one that does not is plain UTF-8. */
const char *render_subject(struct arena *a, const struct roster *r, const struct decision *d, const char *subject)
{
	struct view v = view_make(a, r, d, NULL);
	const char *old = subject ? text_line(a, text_utf8(a, subject, strlen(subject)), SUBJECT_MAX_CHARS) : "";
	const char *owner = *v.owner_name ? v.owner_name : "nobody";
	const char *tag = arena_printf(a, "[%s %s - %s]", v.id, v.line_name, owner);

	if (g_str_is_ascii(old) && strstr(old, "=?"))
		return field_fold(a, arena_printf(a, "%s\n %s", field_text(a, tag, 300), old));
	return field_text(a, arena_printf(a, "%s%s%s", tag, *old ? " " : "", old), SUBJECT_MAX_CHARS + 300);
}
