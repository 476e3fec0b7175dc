/* conf_parse.h - what the files of profiles and of words have in common: sections and lists, read by libconfuse. */
#ifndef RINGBACK_CONF_PARSE_H
#define RINGBACK_CONF_PARSE_H

#include <confuse.h>
#include <glib.h>
#include <stdbool.h>

#include "conf_errors.h"

/* Reads a file (conf_text.h; signs as there) into cfg. False and errors with their lines if it is wrong; what: "a profile",
 * for a file that is none. One thread at a time: libconfuse has global state. */
bool conf_parse(cfg_t *cfg, const char *file, const char *signs, const char *what, struct conf_errors *e);

/* For cfg_set_validate_func() on the list "reasons": an error at the line of a value that is no "word = reason". */
int conf_parse_reason(cfg_t *section, cfg_opt_t *opt);

/* That list, once it is read: char * word -> GINT_TO_POINTER(enum call_reason); the table owns the words. */
void conf_parse_reasons(cfg_t *section, GHashTable *reasons);

#endif
