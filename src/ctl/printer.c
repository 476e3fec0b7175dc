#include "printer.h"

#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "arena.h"
#include "text.h"

#define VALUE_MAX 100000	/* characters of one value for people */
#define KEY_WIDTH 16

struct printer {
	FILE *out;
	bool json;
	json_t *object;			/* JSON: the one that is being filled */
	const char *const *columns;	/* people: NULL for records */
	const int *widths;
	GPtrArray *row;			/* char *: one for each column */
	guint records;
	struct arena *a;		/* of one row or record */
};

struct printer *printer_new(FILE *out, bool json)
{
	struct printer *p = g_new0(struct printer, 1);

	p->out = out;
	p->json = json;
	p->row = g_ptr_array_new();
	p->a = arena_new();
	return p;
}

void printer_free(struct printer *p)
{
	if (!p)
		return;
	json_decref(p->object);
	g_ptr_array_unref(p->row);
	arena_free(p->a);
	g_free(p);
}

bool printer_json(const struct printer *p)
{
	return p->json;
}

/* Columns are padded, never cut: a number cut short is worse than a crooked table. */
static void print_cell(struct printer *p, const char *text, guint column)
{
	bool last = p->columns[column + 1] == NULL;
	int width = MAX(p->widths[column], (int)strlen(p->columns[column]));
	int pad = last ? 0 : width - (int)g_utf8_strlen(text, -1);

	fprintf(p->out, "%s%*s%s", text, MAX(pad, 0), "", last ? "\n" : "  ");
}

void printer_columns(struct printer *p, const char *const *keys, const int *widths)
{
	if (p->json)
		return;
	p->columns = keys;
	p->widths = widths;
	for (guint i = 0; keys[i]; i++) {
		g_autofree char *heading = g_ascii_strup(keys[i], -1);

		print_cell(p, heading, i);
	}
}

void printer_begin(struct printer *p)
{
	arena_reset(p->a);
	if (p->json) {
		p->object = json_object();
		return;
	}
	g_ptr_array_set_size(p->row, 0);
	if (p->columns)
		g_ptr_array_set_size(p->row, (gint)g_strv_length((char **)p->columns));
	else if (p->records++)
		fputc('\n', p->out);
}

/* A record's value may have lines; each is made harmless for a terminal. */
static void print_field(struct printer *p, const char *key, const char *value)
{
	g_auto(GStrv) lines = g_strsplit(value, "\n", -1);

	for (guint i = 0; lines[i]; i++)
		fprintf(p->out, "%-*s %s\n", KEY_WIDTH, i ? "" : key, text_line(p->a, lines[i], VALUE_MAX));
}

static void print_for_people(struct printer *p, const char *key, const char *value)
{
	const char *text = value && *value ? text_utf8(p->a, value, strlen(value)) : "-";

	if (!p->columns) {
		print_field(p, key, text);
		return;
	}
	for (guint i = 0; i < p->row->len; i++)
		if (strcmp(p->columns[i], key) == 0)
			p->row->pdata[i] = (gpointer)text_line(p->a, text, VALUE_MAX);
}

void printer_string(struct printer *p, const char *key, const char *value)
{
	if (p->json)
		json_object_set_new(p->object, key,
				    value ? json_string(text_utf8(p->a, value, strlen(value))) : json_null());
	else
		print_for_people(p, key, value);
}

void printer_int(struct printer *p, const char *key, int64_t value)
{
	if (p->json)
		json_object_set_new(p->object, key, json_integer(value));
	else
		print_for_people(p, key, arena_printf(p->a, "%" G_GINT64_FORMAT, value));
}

void printer_bool(struct printer *p, const char *key, bool value)
{
	if (p->json)
		json_object_set_new(p->object, key, json_boolean(value));
	else
		print_for_people(p, key, value ? "yes" : "no");
}

void printer_end(struct printer *p)
{
	if (p->json) {
		json_dumpf(p->object, p->out, JSON_COMPACT | JSON_PRESERVE_ORDER);
		fputc('\n', p->out);
		json_decref(p->object);
		p->object = NULL;
		return;
	}
	for (guint i = 0; i < p->row->len; i++)
		print_cell(p, p->row->pdata[i] ? p->row->pdata[i] : "-", i);
}

void printer_line(struct printer *p, const char *format, ...)
{
	g_autofree char *line = NULL;
	AUTO_ARENA a = arena_new();
	va_list ap;

	if (p->json)
		return;
	va_start(ap, format);
	line = g_strdup_vprintf(format, ap);
	va_end(ap);
	/* Not text_line(): blanks at the start of a line are meant. */
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	fprintf(p->out, "%s\n", text_utf8(a, line, strlen(line)));
}
