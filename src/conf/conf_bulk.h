/* conf_bulk.h - people, lines and callers by the hundred thousand: CSV files that a configuration names.
 *
 * A row is read as if it were a section of the configuration: its columns are the keys of that section, with their checks
 * and defaults. So a key that is new in conf.def is a new column as well. The first row has the names of the columns. */
#ifndef RINGBACK_CONF_BULK_H
#define RINGBACK_CONF_BULK_H

#include "conf_errors.h"
#include "conf_file.h"

#define BULK_ROWS_MAX 200000
#define BULK_FILE_MAX (64 * 1024 * 1024)

struct conf_bulk;

/* Reads the files that are named at the top of f, whole; people_file, lines_file, callers_file. Never NULL. */
struct conf_bulk *conf_bulk_read(const struct conf_file *f, struct conf_errors *e);
struct conf_bulk *conf_bulk_ref(struct conf_bulk *b);
void conf_bulk_unref(struct conf_bulk *b);	/* NULL is fine */

/* each(user, block) for every row of a section; the block is valid during the call. Meanwhile errors are those of the
 * row's file. Values that are wrong are told if values is true: in the first of several passes. */
void conf_bulk_each(const struct conf_bulk *b, enum conf_section section, bool values,
		    void (*each)(void *user, const struct conf_block *row), void *user, struct conf_errors *e);

#endif
