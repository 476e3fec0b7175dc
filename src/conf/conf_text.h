/* conf_text.h - the text of a file made fit for libconfuse, whose lexer counts lines wrongly at comments, refuses them
 * in lists, reads the environment, and stays in a string that does not end even for the next file. */
#ifndef RINGBACK_CONF_TEXT_H
#define RINGBACK_CONF_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "conf_errors.h"

/* The file, at most 16 MiB of UTF-8 without NUL; NULL and an error if it is not. Free with g_free(). */
char *conf_text_read(const char *file, struct conf_errors *e);

/* The same with another limit, in octets. */
char *conf_text_read_max(const char *file, int64_t max, struct conf_errors *e);

/* Comments become blanks, in place. False and errors if a string or comment does not end or something has no meaning;
 * signs: what has one besides words, braces, "=" and ",". */
bool conf_text_clean(char *text, const char *signs, struct conf_errors *e);

/* Turns the statement that begins with name on that line into blanks, so that the rest can be read. False if it is
 * not there. text has been cleaned. */
bool conf_text_blank(char *text, int line, const char *name);

#endif
