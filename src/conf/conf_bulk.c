#include "conf_bulk.h"

#include <string.h>

#include "conf_csv.h"
#include "conf_text.h"

struct table {
	const char *file;		/* NULL: none is named */
	char *text;			/* NULL: it cannot be read */
};

static const struct kind {
	enum conf_section section;
	enum conf_key_id key;		/* that names the file */
	const char *title;		/* name of the column that stands for the section's title */
	const char *like;		/* other columns, for a message */
} kinds[] = {
	{ SECTION_person, KEY_main_people_file, "person", "name,mail,phone" },
	{ SECTION_line, KEY_main_lines_file, "line", "owner,numbers" },
	{ SECTION_caller, KEY_main_callers_file, "number", "name,owner,groups" },
};

struct conf_bulk {
	gint refs;
	struct table tables[G_N_ELEMENTS(kinds)];
};

struct conf_bulk *conf_bulk_read(const struct conf_file *f, struct conf_errors *e)
{
	const struct conf_block *m = conf_file_main(f);
	struct conf_bulk *b = g_new0(struct conf_bulk, 1);

	b->refs = 1;
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		const char *file = conf_text(m, kinds[i].key);

		if (!*file)
			continue;
		b->tables[i] = (struct table){ g_intern_string(file), NULL };
		conf_errors_enter(e, b->tables[i].file);
		b->tables[i].text = conf_text_read_max(file, BULK_FILE_MAX, e);
		conf_errors_enter(e, NULL);
	}
	return b;
}

struct conf_bulk *conf_bulk_ref(struct conf_bulk *b)
{
	g_atomic_int_inc(&b->refs);
	return b;
}

void conf_bulk_unref(struct conf_bulk *b)
{
	if (!b || !g_atomic_int_dec_and_test(&b->refs))
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		g_free(b->tables[i].text);
	g_free(b);
}

/* ---- columns ---- */

#define COLUMN_TITLE (-1)
#define COLUMN_PASSED (-2)

struct reading {
	const struct kind *kind;
	int columns[CSV_CELLS_MAX];	/* a key, or one of the above */
	guint n, rows;			/* columns; 0: their names are still to come */
	struct conf_block *block;
	void (*each)(void *user, const struct conf_block *row);
	void *user;
	struct conf_errors *errors;	/* NULL: they were told before */
};

/* What spreadsheets call it; one word for what a list in a configuration calls in the plural. */
static const struct { const char *column, *key; } aliases[] = {
	{ "mobile", "phone" }, { "email", "mail" }, { "group", "groups" }, { "number", "numbers" }, { "extension", "extensions" },
	{ "queue", "queues" }, { "mailbox", "mailboxes" },
};

/* "Callback within" as "callback_within" */
static char *column_name(const char *cell)
{
	return g_strdelimit(g_ascii_strdown(cell, -1), " -", '_');
}

static int key_named(enum conf_section section, const char *name)
{
	for (int key = 0; key < N_CONF_KEYS; key++)
		if (conf_keys[key].section == section && strcmp(conf_keys[key].name, name) == 0)
			return key;
	for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
		if (strcmp(aliases[i].column, name) == 0)
			return key_named(section, aliases[i].key);
	return COLUMN_PASSED;
}

static void tell_unknown(const struct reading *r, int line, const char *cell, const char *name)
{
	const char *words[N_CONF_KEYS + 1], *near;
	gsize n = 0;

	words[n++] = r->kind->title;
	for (int key = 0; key < N_CONF_KEYS; key++)
		if (conf_keys[key].section == r->kind->section)
			words[n++] = conf_keys[key].name;
	near = conf_nearest(name, words, n);
	conf_wrong(r->errors, line, "there is no column \"%.60s\"; %s%s%s", cell, near ? "did you mean " : "leave it out, or write # before "
		   "its name", near ? near : "", near ? "?" : "");
}

static bool given_twice(const struct reading *r, guint at)
{
	for (guint i = 0; i < at; i++)
		if (r->columns[i] == r->columns[at] && r->columns[at] != COLUMN_PASSED)
			return true;
	return false;
}

static bool has_title(const struct reading *r, int line)
{
	for (guint i = 0; i < r->n; i++)
		if (r->columns[i] == COLUMN_TITLE)
			return true;
	conf_wrong(r->errors, line, "no column is called %s; name the columns in the first row, as \"%s,%s\"", r->kind->title,
		   r->kind->title, r->kind->like);
	return false;
}

/* Gives whether rows can be read. */
static bool read_columns(struct reading *r, const struct csv_row *row)
{
	bool good = row->n <= CSV_CELLS_MAX;

	r->n = MIN(row->n, CSV_CELLS_MAX);
	if (!good)
		conf_wrong(r->errors, row->line, "%u columns; at most %d can be read", row->n, CSV_CELLS_MAX);
	for (guint i = 0; i < r->n; i++) {
		g_autofree char *name = column_name(row->cells[i]);
		bool title = strcmp(name, r->kind->title) == 0;

		r->columns[i] = title ? COLUMN_TITLE : key_named(r->kind->section, name);
		if (r->columns[i] == COLUMN_PASSED && *name && *name != '#') {
			tell_unknown(r, row->line, row->cells[i], name);
			good = false;
		} else if (given_twice(r, i)) {
			conf_wrong(r->errors, row->line, "the column %s is there twice; keep one", name);
			good = false;
		}
	}
	return has_title(r, row->line) && good;
}

/* ---- rows ---- */

static void read_cell(struct reading *r, guint i, const char *cell)
{
	if (r->columns[i] == COLUMN_TITLE)
		r->block->title = (char *)cell;
	else if (r->columns[i] != COLUMN_PASSED)
		conf_block_set(r->block, (enum conf_key_id)r->columns[i], cell, r->errors);
}

static void read_cells(struct reading *r, const struct csv_row *row)
{
	r->block->line = row->line;
	r->block->title = (char *)"";
	for (guint i = 0; i < r->n; i++)
		read_cell(r, i, i < row->n ? row->cells[i] : "");
	conf_block_check(r->block, r->errors);
}

static bool on_row(void *user, const struct csv_row *row)
{
	struct reading *r = user;

	if (r->n == 0)
		return read_columns(r, row);
	if (++r->rows > BULK_ROWS_MAX) {
		conf_wrong(r->errors, row->line, "more than %d rows; leave out those that nobody needs", BULK_ROWS_MAX);
		return false;
	}
	if (row->n > r->n) {
		conf_wrong(r->errors, row->line, "%u cells, but %u columns have a name; put \" around a cell with what splits "
			   "cells in it", row->n, r->n);
		return true;
	}
	read_cells(r, row);
	r->each(r->user, r->block);
	r->block->title = NULL;
	return true;
}

static void on_wrong(void *user, int line, const char *what)
{
	struct reading *r = user;

	conf_wrong(r->errors, line, "%s", what);
}

static void read_table(const struct table *t, struct reading *r)
{
	const struct csv_reader reader = { on_row, on_wrong, r };

	r->block = conf_block_new(r->kind->section);
	csv_read(t->text, strlen(t->text), &reader);
	if (r->n == 0)
		conf_wrong(r->errors, 1, "is empty; the first row names the columns");
	conf_block_free(r->block);
}

void conf_bulk_each(const struct conf_bulk *b, enum conf_section section, bool values,
		    void (*each)(void *user, const struct conf_block *row), void *user, struct conf_errors *e)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		struct reading r = { .kind = &kinds[i], .each = each, .user = user, .errors = values ? e : NULL };

		if (kinds[i].section != section || !b->tables[i].text)
			continue;
		conf_errors_enter(e, b->tables[i].file);
		read_table(&b->tables[i], &r);
		conf_errors_enter(e, NULL);
	}
}
