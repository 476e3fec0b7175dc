/* printer.h - output for people or as JSON, the same calls for both. One JSON object or array a line. */
#ifndef RINGBACK_PRINTER_H
#define RINGBACK_PRINTER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct printer;

struct printer *printer_new(FILE *out, bool json);
void printer_free(struct printer *p);
bool printer_json(const struct printer *p);

/* A row of a list, or a record with a line a field; fields in between. JSON: one object a line. */
void printer_begin(struct printer *p);
void printer_string(struct printer *p, const char *key, const char *value);	/* NULL: null, or "-" for people */
void printer_int(struct printer *p, const char *key, int64_t value);
void printer_bool(struct printer *p, const char *key, bool value);
void printer_end(struct printer *p);

/* For people only: a line of text; nothing in JSON. */
void printer_line(struct printer *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For people: columns (key, width) for the rows that follow, with a heading. JSON: nothing. keys ends with NULL. */
void printer_columns(struct printer *p, const char *const *keys, const int *widths);

#endif
