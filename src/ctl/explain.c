#include "explain.h"

#include <jansson.h>
#include <string.h>

#include "text.h"

#define NEAR_MAX 5		/* shown to people */
#define VALUE_MAX 60		/* characters of a value */

const char *explain_rule(struct arena *a, enum profile_where where, const char *header, const char *pattern)
{
	if (where == WHERE_HEADER)
		return arena_printf(a, "header('%s', '%s')", header, pattern);
	return arena_printf(a, "%s('%s')", profile_where_name(where), pattern);
}

/* ---- for people ---- */

static const char *place(struct arena *a, const struct profile_value *v)
{
	if (v->where == WHERE_HEADER)
		return arena_printf(a, "header %s", text_line(a, v->header, VALUE_MAX));
	if (v->where == WHERE_FILENAME)
		return arena_printf(a, "file name of part %zu", v->index + 1);
	return profile_where_name(v->where);
}

static void print_value(struct printer *out, struct arena *a, const struct profile_value *v)
{
	const char *raw = text_line(a, v->raw, VALUE_MAX), *value = text_line(a, v->value, VALUE_MAX);
	const char *written = strcmp(raw, value) ? arena_printf(a, " (written \"%s\")", raw) : "";

	if (*v->value)
		printer_line(out, "  %s = \"%s\"%s", call_field_name(v->field), value, written);
	else
		printer_line(out, "  %s: \"%s\" is a placeholder, not taken", call_field_name(v->field), raw);
	printer_line(out, "      %s, octets %zu to %zu; %s:%d", place(a, v), v->offset, v->offset + v->size, v->file,
		     v->line);
}

static void print_near(struct printer *out, struct arena *a, const struct profile_near *n)
{
	const char *rule = explain_rule(a, n->where, n->header, n->pattern);

	if (n->rejected)
		printer_line(out, "  %s: matches, but its reject holds:", n->profile);
	else
		printer_line(out, "  %s: %u of %u rules of a match hold; this one does not:", n->profile, n->held,
			     n->rules);
	printer_line(out, "      %s; %s:%d", rule, n->file, n->line);
}

static void print_unread(struct printer *out, struct arena *a, const struct profile_trace *t)
{
	if (t->exhausted)
		printer_line(out, "the patterns took all the steps that they may take on one mail; see ringbackd --check");
	if (t->never) {
		printer_line(out, "no profile is asked: %s", t->never);
		return;
	}
	if (t->near->len == 0) {
		printer_line(out, "no profile reads it, and no rule of any match holds");
		return;
	}
	printer_line(out, "no profile reads it; the closest:");
	for (guint i = 0; i < MIN(t->near->len, NEAR_MAX); i++)
		print_near(out, a, &g_array_index(t->near, struct profile_near, i));
	if (t->near->len > NEAR_MAX)
		printer_line(out, "  (and %u more)", t->near->len - NEAR_MAX);
}

void explain_print(struct printer *out, const struct profile_trace *t)
{
	AUTO_ARENA a = arena_new();

	if (!t->profile) {
		print_unread(out, a, t);
		return;
	}
	printer_line(out, "read by profile %s:", t->profile);
	for (guint i = 0; i < t->values->len; i++)
		print_value(out, a, &g_array_index(t->values, struct profile_value, i));
	if (t->date)
		printer_line(out, "  the time was read by \"%s\"", t->date);
	else
		printer_line(out, "  no time was read: that of the mail counts");
}

/* ---- for programs ---- */

static json_t *string_or_null(const char *s)
{
	AUTO_ARENA a = arena_new();

	return s ? json_string(text_utf8(a, s, strlen(s))) : json_null();
}

static json_t *value_json(const struct profile_value *v)
{
	json_t *o = json_object();

	json_object_set_new(o, "field", json_string(call_field_name(v->field)));
	json_object_set_new(o, "value", *v->value ? string_or_null(v->value) : json_null());
	json_object_set_new(o, "raw", string_or_null(v->raw));
	json_object_set_new(o, "part", json_string(profile_where_name(v->where)));
	json_object_set_new(o, "header", string_or_null(v->header));
	json_object_set_new(o, "index", json_integer((json_int_t)v->index));
	json_object_set_new(o, "offset", json_integer((json_int_t)v->offset));
	json_object_set_new(o, "size", json_integer((json_int_t)v->size));
	json_object_set_new(o, "file", string_or_null(v->file));
	json_object_set_new(o, "line", json_integer(v->line));
	return o;
}

static json_t *near_json(const struct profile_near *n)
{
	AUTO_ARENA a = arena_new();
	json_t *o = json_object();

	json_object_set_new(o, "profile", string_or_null(n->profile));
	json_object_set_new(o, "held", json_integer(n->held));
	json_object_set_new(o, "rules", json_integer(n->rules));
	json_object_set_new(o, "rejected", json_boolean(n->rejected));
	json_object_set_new(o, "rule", string_or_null(explain_rule(a, n->where, n->header, n->pattern)));
	json_object_set_new(o, "file", string_or_null(n->file));
	json_object_set_new(o, "line", json_integer(n->line));
	return o;
}

json_t *explain_json(const struct profile_trace *t)
{
	json_t *o = json_object(), *values = json_array(), *near = json_array();

	for (guint i = 0; i < t->values->len; i++)
		json_array_append_new(values, value_json(&g_array_index(t->values, struct profile_value, i)));
	for (guint i = 0; i < t->near->len; i++)
		json_array_append_new(near, near_json(&g_array_index(t->near, struct profile_near, i)));
	json_object_set_new(o, "profile", string_or_null(t->profile));
	json_object_set_new(o, "values", values);
	json_object_set_new(o, "date", string_or_null(t->date));
	json_object_set_new(o, "near", near);
	json_object_set_new(o, "never", string_or_null(t->never));
	json_object_set_new(o, "steps", json_integer((json_int_t)t->steps));
	json_object_set_new(o, "exhausted", json_boolean(t->exhausted));
	return o;
}
