/* conf_csv.h - comma-separated values (RFC 4180), row by row, with the lines where they stand. Only user of libcsv. */
#ifndef RINGBACK_CONF_CSV_H
#define RINGBACK_CONF_CSV_H

#include <glib.h>
#include <stdbool.h>

#define CSV_CELLS_MAX 64	/* in a row; those after it are not given */
#define CSV_CELL_MAX 4096	/* octets; a longer one is wrong */

struct csv_row {
	int line;
	guint n;			/* cells, at least 1; more than CSV_CELLS_MAX: there were more than that */
	const char *cells[CSV_CELLS_MAX];	/* without blanks around them; valid during the call */
};

struct csv_reader {
	bool (*row)(void *user, const struct csv_row *r);	/* false: no more of it */
	void (*wrong)(void *user, int line, const char *what);	/* the row is left out */
	void *user;
};

/* Reads text: UTF-8 without NUL, lines that end in LF or CR LF. Rows without anything in them are passed over. Cells are
 * split by the first comma, semicolon or tab of the first row that is not empty. A cell ends in the line in which it began: a quote
 * that is not closed spoils its own row and no other. */
void csv_read(const char *text, gsize size, const struct csv_reader *r);

#endif
