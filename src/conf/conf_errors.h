/* conf_errors.h - everything that is wrong with a file, collected to be told at once. */
#ifndef RINGBACK_CONF_ERRORS_H
#define RINGBACK_CONF_ERRORS_H

#include <glib.h>
#include <stdbool.h>

#include "place.h"

struct conf_errors;

/* file is for the messages; copied. */
struct conf_errors *conf_errors_new(const char *file);
void conf_errors_free(struct conf_errors *e);

/* What follows is wrong in that file, whose name must stay; NULL: in the first again. */
void conf_errors_enter(struct conf_errors *e, const char *file);
/* Where a line is now; the file's name stays as long as the process. */
struct place conf_errors_place(const struct conf_errors *e, int line);

/* Are there so many that a further one is not kept? */
bool conf_errors_full(const struct conf_errors *e);

/* "what is wrong; what would be right" at a line; 0: at the file as a whole. Kept up to a limit. e NULL: nobody
 * wants to know. */
void conf_wrong(struct conf_errors *e, int line, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* For lines that name their place themselves, as those of the profiles do. */
void conf_wrong_elsewhere(struct conf_errors *e, const char *message);

guint conf_errors_count(const struct conf_errors *e);
char *conf_errors_text(struct conf_errors *e);	/* one line each, in the order of the files; for the caller to free */

#endif
