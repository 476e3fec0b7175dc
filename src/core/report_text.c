/* A report as plain text, as CSV and as JSON. */
#include <math.h>
#include <string.h>

#include "json.h"
#include "report.h"

#define COLUMNS_MAX 16

/* ---- text ---- */

static void pad(GString *out, const char *text, glong width, bool right)
{
	const glong blanks = MAX(width - g_utf8_strlen(text, -1), 0);

	if (!right)
		g_string_append(out, text);
	for (glong k = 0; k < blanks; k++)
		g_string_append_c(out, ' ');
	if (right)
		g_string_append(out, text);
}

static void text_heading(GString *out, const char *words)
{
	g_string_append_printf(out, "\n%s\n", words);
	for (glong k = g_utf8_strlen(words, -1); k > 0; k--)
		g_string_append_c(out, '-');
	g_string_append_c(out, '\n');
}

static void text_row(GString *out, const char *const *cells, const glong *widths, gsize n)
{
	for (gsize k = 0; k < n; k++) {
		pad(out, cells[k], widths[k], k > 0 && report_is_number(cells[k]));
		g_string_append(out, k + 1 < n ? "  " : "\n");
	}
}

static void text_table(GString *out, const struct report_table *t, enum report_language language)
{
	const gsize n = g_strv_length((char **)t->columns);
	const char *words[COLUMNS_MAX];
	glong widths[COLUMNS_MAX];

	g_assert(n <= COLUMNS_MAX);
	for (gsize k = 0; k < n; k++) {
		words[k] = report_word(language, t->columns[k]);
		widths[k] = g_utf8_strlen(words[k], -1);
	}
	for (guint i = 0; i < t->rows->len; i++)
		for (gsize k = 0; k < n; k++) {
			const char *cell = ((const char *const *)t->rows->pdata[i])[k];

			cell = report_cell(language, t->columns[k], cell);
			widths[k] = MAX(widths[k], g_utf8_strlen(cell, -1));
		}
	text_row(out, words, widths, n);
	for (guint i = 0; i < t->rows->len; i++) {
		for (gsize k = 0; k < n; k++)
			words[k] = report_cell(language, t->columns[k], ((const char *const *)t->rows->pdata[i])[k]);
		text_row(out, words, widths, n);
	}
}

static void text_figures(GString *out, const struct report_end *e, const struct report_head *h, const char *currency)
{
	char buf[48];

	text_heading(out, report_word(h->language, "figures"));
	for (guint k = 0; k < e->figures->len; k++) {
		const struct report_figure *f = &g_array_index(e->figures, struct report_figure, k);

		if (f->unit == UNIT_MONEY && isnan(f->value))
			continue;
		pad(out, report_word(h->language, f->key), 40, false);
		g_string_append_printf(out, " %s\n", report_shown(f, currency, buf));
	}
	pad(out, report_word(h->language, "trust"), 40, false);
	g_string_append_printf(out, " %.0f -> %.0f -> %.0f\n", report_value(e, "notices"), report_value(e, "items"),
			       report_value(e, "texts"));
}

char *report_text(const struct report_end *e, const struct report_head *h, const char *currency)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s, %s\n", h->title ? h->title : report_word(h->language, "report"), h->period);
	for (guint k = 0; k < e->tables->len; k++) {
		const struct report_table *t = e->tables->pdata[k];

		if (k > 0 && (h->brief || !t->rows->len))
			continue;
		text_heading(out, report_word(h->language, t->key));
		if (t->rows->len)
			text_table(out, t, h->language);
		else
			g_string_append_printf(out, "%s\n", report_word(h->language, "nothing"));
		if (k == 0)		/* what needs somebody first, then how it went, then the rest */
			text_figures(out, e, h, currency);
	}
	if (h->journal)
		g_string_append_printf(out, "\n%s:\n%s\n", report_word(h->language, "journal"), h->journal);
	return g_string_free(out, FALSE);
}

/* ---- CSV ---- */

static void csv_field(GString *out, const char *text)
{
	/* What begins like a formula stays a text in a spreadsheet, but for numbers of phones. */
	const char *guard = strchr("=@\t", *text) && *text ? "'" : "";

	g_string_append_printf(out, "\"%s", guard);
	for (const char *c = text; *c; c++)
		g_string_append_len(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
	g_string_append_c(out, '"');
}

static void csv_line(GString *out, const char *table, const char *row, const char *column, const char *value)
{
	csv_field(out, table);
	g_string_append_c(out, ',');
	csv_field(out, row);
	g_string_append_c(out, ',');
	csv_field(out, column);
	g_string_append_c(out, ',');
	csv_field(out, value);
	g_string_append(out, "\r\n");
}

char *report_csv(const struct report_end *e)
{
	GString *out = g_string_new("table,row,column,value\r\n");
	char value[G_ASCII_DTOSTR_BUF_SIZE];

	for (guint k = 0; k < e->figures->len; k++) {
		const struct report_figure *f = &g_array_index(e->figures, struct report_figure, k);

		csv_line(out, "figures", f->key, "value",
			 isnan(f->value) ? "" : g_ascii_formatd(value, sizeof(value), "%.6g", f->value));
	}
	for (guint k = 0; k < e->tables->len; k++) {
		const struct report_table *t = e->tables->pdata[k];

		for (guint i = 0; i < t->rows->len; i++) {
			const char *const *cells = t->rows->pdata[i];

			for (gsize c = 1; t->columns[c]; c++)
				csv_line(out, t->key, cells[0], t->columns[c], cells[c]);
		}
	}
	return g_string_free(out, FALSE);
}

/* ---- JSON ---- */

static json_t *json_cell(struct arena *a, const char *cell)
{
	return report_is_number(cell) && strlen(cell) < 12 ? json_integer(g_ascii_strtoll(cell, NULL, 10)) : json_text(a, cell);
}

static json_t *json_table(struct arena *a, const struct report_table *t)
{
	json_t *rows = json_array();

	for (guint i = 0; i < t->rows->len; i++) {
		const char *const *cells = t->rows->pdata[i];
		json_t *o = json_object();

		for (gsize c = 0; t->columns[c]; c++)
			json_object_set_new(o, t->columns[c], c ? json_cell(a, cells[c]) : json_text(a, cells[c]));
		json_array_append_new(rows, o);
	}
	return rows;
}

char *report_json(const struct report_end *e, const struct report_head *h)
{
	AUTO_ARENA a = arena_new();
	json_t *o = json_object();

	json_object_set_new(o, "record", json_string("report"));
	json_object_set_new(o, "period", json_text(a, h->period));
	json_object_set_new(o, "journal", json_text(a, h->journal));
	for (guint k = 0; k < e->figures->len; k++) {
		const struct report_figure *f = &g_array_index(e->figures, struct report_figure, k);

		json_object_set_new(o, f->key, isnan(f->value) ? json_null() : f->unit == UNIT_COUNT || f->unit == UNIT_SECONDS ?
				    json_integer((json_int_t)f->value) : json_real(f->value));
	}
	for (guint k = 0; k < e->tables->len; k++) {
		const struct report_table *t = e->tables->pdata[k];

		json_object_set_new(o, t->key, json_table(a, t));
	}
	return g_strconcat(json_done(a, o), "\n", NULL);
}
