/* A report as HTML that mail clients show: tables, styles in the elements where they matter, nothing from outside, no
 * script. */
#include <math.h>
#include <string.h>

#include "report.h"

static const char style[] =
	"<style>:root{color-scheme:light dark}"
	"body{font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;margin:0;padding:16px;color:#1c2430;"
	"background:#fff}.page{max-width:760px;margin:0 auto}h1{font-size:22px;margin:0}h2{font-size:17px;margin:28px 0 8px}"
	".period{color:#5a6675;margin:2px 0 16px}table{border-collapse:collapse;width:100%}"
	"th,td{text-align:left;padding:5px 8px;border-bottom:1px solid #dde3ea;vertical-align:top}"
	"th{font-weight:600;color:#5a6675;font-size:13px}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
	".bad{color:#b42318;font-weight:600}.wide{overflow-x:auto}.wide td,.wide th{white-space:nowrap}"
	".tiles{margin:0 -4px}.tile{display:inline-block;vertical-align:top;min-width:104px;margin:4px;padding:10px 12px;"
	"border:1px solid #dde3ea;border-radius:8px}.tile b{display:block;font-size:22px}"
	".tile span{color:#5a6675;font-size:13px}img{max-width:100%;height:auto;border-radius:8px}"
	".hours td,.hours th{padding:2px 6px;font-size:13px}.foot{color:#5a6675;font-size:12px;margin-top:28px;"
	"overflow-wrap:anywhere}"
	"@media (max-width:480px){th,td{padding:4px 5px;font-size:13px}.needs_you td,.needs_you th{white-space:normal}}"
	"@media (prefers-color-scheme:dark){body{color:#e6eaf0;background:#14181f}th,.period,.tile span,.foot{color:#9aa7b5}"
	"th,td,.tile{border-color:#313a46}.bad{color:#ff8a7a}}"
	"</style>";

static void put(GString *out, const char *text)
{
	g_autofree char *escaped = g_markup_escape_text(text, -1);

	g_string_append(out, escaped);
}

static void element(GString *out, const char *open, const char *text, const char *close)
{
	g_string_append(out, open);
	put(out, text);
	g_string_append(out, close);
}

/* ---- what counts most ---- */

static const char *const tiles[] = { "items", "recovery_rate", "callback_median", "live", "overdue", "without_owner" };

static bool is_bad(const struct report_figure *f)
{
	static const char *const zero[] = { "overdue", "stale", "without_owner", NULL };

	return f->value > 0 && g_strv_contains(zero, f->key);
}

static const struct report_figure *find(const struct report_end *e, const char *key)
{
	for (guint k = 0; k < e->figures->len; k++)
		if (strcmp(g_array_index(e->figures, struct report_figure, k).key, key) == 0)
			return &g_array_index(e->figures, struct report_figure, k);
	g_assert_not_reached();
}

static void put_tiles(GString *out, const struct report_end *e, const struct report_head *h, const char *currency)
{
	char buf[48];

	g_string_append(out, "<div class=\"tiles\">");
	for (gsize k = 0; k < G_N_ELEMENTS(tiles); k++) {
		const struct report_figure *f = find(e, tiles[k]);

		g_string_append_printf(out, "<div class=\"tile\"><b%s>", is_bad(f) ? " class=\"bad\"" : "");
		put(out, report_shown(f, currency, buf));
		element(out, "</b><span>", report_word(h->language, f->key), "</span></div>\n");
	}
	g_string_append(out, "</div>\n");
}

/* ---- tables ---- */

static void put_head(GString *out, const struct report_table *t, enum report_language language, const bool *right)
{
	g_string_append(out, "<tr>");
	for (gsize k = 0; t->columns[k]; k++)
		element(out, right[k] ? "<th class=\"n\">" : "<th>", report_word(language, t->columns[k]), "</th>");
	g_string_append(out, "</tr>\n");
}

static void put_row(GString *out, const struct report_table *t, const char *const *cells, enum report_language language,
		    const bool *right)
{
	g_string_append(out, "<tr>");
	for (gsize k = 0; t->columns[k]; k++)
		element(out, right[k] ? "<td class=\"n\">" : strcmp(t->columns[k], "flags") == 0 ? "<td class=\"bad\">" : "<td>",
			report_cell(language, t->columns[k], cells[k]), "</td>");
	g_string_append(out, "</tr>\n");
}

static void put_table(GString *out, const struct report_table *t, enum report_language language)
{
	const gsize n = g_strv_length((char **)t->columns);
	bool right[16] = { false };

	for (gsize k = 1; k < n; k++)
		right[k] = t->rows->len && report_is_number(((const char *const *)t->rows->pdata[0])[k]);
	g_string_append_printf(out, "<div class=\"wide\"><table class=\"%s\">\n", t->key);
	put_head(out, t, language, right);
	for (guint k = 0; k < t->rows->len; k++)
		put_row(out, t, t->rows->pdata[k], language, right);
	g_string_append(out, "</table></div>\n");
}

static void put_figures(GString *out, const struct report_end *e, const struct report_head *h, const char *currency)
{
	char buf[48];

	element(out, "<h2>", report_word(h->language, "figures"), "</h2>\n<table>\n");
	for (guint k = 0; k < e->figures->len; k++) {
		const struct report_figure *f = &g_array_index(e->figures, struct report_figure, k);

		if (f->unit == UNIT_MONEY && isnan(f->value))
			continue;
		element(out, "<tr><td>", report_word(h->language, f->key), "</td>");
		g_string_append_printf(out, "<td class=\"n%s\">", is_bad(f) ? " bad" : "");
		put(out, report_shown(f, currency, buf));
		g_string_append(out, "</td></tr>\n");
	}
	element(out, "<tr><td>", report_word(h->language, "trust"), "</td>");
	g_string_append_printf(out, "<td class=\"n\">%.0f &rarr; %.0f &rarr; %.0f</td></tr>\n</table>\n",
			       report_value(e, "notices"), report_value(e, "items"), report_value(e, "texts"));
}

static void put_picture(GString *out, const struct report_head *h)
{
	if (!h->picture)
		return;
	element(out, "<p><img src=\"", h->picture, "\" width=\"728\" alt=\"");
	put(out, report_word(h->language, "picture"));
	g_string_append(out, "\"></p>\n");
}

static void put_section(GString *out, const struct report_table *t, const struct report_head *h)
{
	element(out, "<h2>", report_word(h->language, t->key), "</h2>\n");
	if (strcmp(t->key, "hours") == 0)
		put_picture(out, h);
	if (t->rows->len)
		put_table(out, t, h->language);
	else
		element(out, "<p>", report_word(h->language, "nothing"), "</p>\n");
}

char *report_html(const struct report_end *e, const struct report_head *h, const char *currency)
{
	static const char *const languages[] = { "en", "de" };
	const char *title = h->title ? h->title : report_word(h->language, "report");
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
			       "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
			       languages[h->language]);
	element(out, "<meta name=\"color-scheme\" content=\"light dark\"><title>", title, "</title>");
	g_string_append_printf(out, "%s</head>\n<body><div class=\"page\">\n", style);
	element(out, "<h1>", title, "</h1>\n");
	element(out, "<p class=\"period\">", h->period, "</p>\n");
	put_tiles(out, e, h, currency);
	put_section(out, e->tables->pdata[0], h);
	put_figures(out, e, h, currency);
	for (guint k = 1; k < e->tables->len && !h->brief; k++)
		if (((const struct report_table *)e->tables->pdata[k])->rows->len)
			put_section(out, e->tables->pdata[k], h);
	if (h->journal) {
		element(out, "<p class=\"foot\">", report_word(h->language, "journal"), ": ");
		element(out, "", h->journal, "</p>\n");
	}
	g_string_append(out, "</div></body></html>\n");
	return g_string_free(out, FALSE);
}
