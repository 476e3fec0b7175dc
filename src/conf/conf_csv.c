#include "conf_csv.h"

#include <csv.h>
#include <string.h>

#define LINE_MAX_OCTETS (CSV_CELLS_MAX * CSV_CELL_MAX)

struct reading {
	const struct csv_reader *to;
	struct csv_parser parser;
	struct csv_row row;
	GString *octets;		/* the cells of the row, each with a NUL after it */
	gsize starts[CSV_CELLS_MAX];
	bool ended, too_long, over;
};

static int is_line_end(unsigned char c)
{
	return c == '\n';	/* a CR before it is a blank, see is_blank() */
}

static int is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int is_blank_but_tab(unsigned char c)
{
	return c == ' ' || c == '\r';
}

static void on_cell(void *octets, size_t size, void *user)
{
	struct reading *r = user;

	if (size > CSV_CELL_MAX) {
		r->too_long = true;
		size = 0;
	}
	if (r->row.n < CSV_CELLS_MAX) {
		r->starts[r->row.n] = r->octets->len;
		g_string_append_len(r->octets, octets, (gssize)size);
		g_string_append_c(r->octets, '\0');
	}
	r->row.n++;
}

static bool is_empty(const struct reading *r)
{
	for (guint i = 0; i < r->row.n && i < CSV_CELLS_MAX; i++)
		if (*r->row.cells[i])
			return false;
	return r->row.n <= CSV_CELLS_MAX;
}

static void on_row(int end, void *user)
{
	struct reading *r = user;

	(void)end;
	r->ended = true;
	for (guint i = 0; i < r->row.n && i < CSV_CELLS_MAX; i++)
		r->row.cells[i] = r->octets->str + r->starts[i];
	if (r->too_long)
		r->to->wrong(r->to->user, r->row.line, "a cell of more than 4096 octets; shorten it");
	else if (!is_empty(r))
		r->over = !r->to->row(r->to->user, &r->row);
}

static void parser_start(struct reading *r, unsigned char split)
{
	csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI);
	csv_set_delim(&r->parser, split);
	csv_set_term_func(&r->parser, is_line_end);
	csv_set_space_func(&r->parser, split == CSV_TAB ? is_blank_but_tab : is_blank);
	csv_set_blk_size(&r->parser, 1024);
}

static void parser_start_again(struct reading *r)
{
	unsigned char split = csv_get_delim(&r->parser);

	csv_free(&r->parser);
	parser_start(r, split);
}

static bool is_blank_line(const char *text, gsize size)
{
	while (size && is_blank((unsigned char)text[size - 1]))
		size--;
	return size == 0;
}

static void read_line(struct reading *r, const char *text, gsize size)
{
	g_string_truncate(r->octets, 0);
	r->row.n = 0;
	r->ended = r->too_long = false;
	if (size > LINE_MAX_OCTETS)
		r->to->wrong(r->to->user, r->row.line, "a line of more than 256 KiB; what splits the cells?");
	else if (csv_parse(&r->parser, text, size, on_cell, on_row, r) != size ||
		 csv_parse(&r->parser, "\n", 1, on_cell, on_row, r) != 1)
		r->to->wrong(r->to->user, r->row.line, "a quote within a cell; write it twice, and \" around the cell");
	else if (!r->ended && !is_blank_line(text, size))
		r->to->wrong(r->to->user, r->row.line, "a cell that does not end in its line; write \" after it");
	else
		return;
	parser_start_again(r);
}

static unsigned char split_of(const char *text, gsize size)
{
	for (gsize i = 0; i < size && text[i] != '\n'; i++)
		if (text[i] && strchr(",;\t", text[i]))
			return (unsigned char)text[i];
	return ',';
}

void csv_read(const char *text, gsize size, const struct csv_reader *to)
{
	struct reading r = { .to = to, .octets = g_string_new(NULL) };
	gsize at = strspn(text, " \t\r\n");	/* the first row may come late */

	parser_start(&r, split_of(text + at, size - at));
	for (at = 0; at < size && !r.over;) {
		const char *end = memchr(text + at, '\n', size - at);
		gsize n = end ? (gsize)(end - text) - at : size - at;

		r.row.line++;
		read_line(&r, text + at, n);
		at += n + 1;
	}
	csv_free(&r.parser);
	g_string_free(r.octets, TRUE);
}
