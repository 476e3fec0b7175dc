/* template.h - words with places for values, as the files of conf/templates hold them. Pure.
 *
 *	{name}		the value
 *	{?name ...}	what is inside, if the value is not empty; {!name ...} if it is
 *	\{ \} \\	the sign itself
 *
 * One blank or line end behind ?name is no part of what is inside. Where {?name or the } stands alone on its line, nothing
 * of that line is. */
#ifndef RINGBACK_TEMPLATE_H
#define RINGBACK_TEMPLATE_H

#include <glib.h>
#include <stdbool.h>

#define TEMPLATE_MAX_OCTETS 65536
#define TEMPLATE_MAX_DEPTH 16

struct template;

/* names: what may stand in it, NULL-terminated; must outlive the template, as text need not. line: of file, where text
 * begins. NULL and *err (ERR_CONF) "file:line: what is wrong; what would be right". text is UTF-8. */
struct template *template_new(const char *text, const char *const *names, const char *file, int line, GError **err);
void template_free(struct template *t);		/* NULL is fine */

/* Appends. values: one for each name, NULL is empty. escape appends a value as it may stand there; NULL: as it is. Time
 * and size are bounded by those of the template and the values. */
typedef void (*template_escape)(GString *out, const char *value);
void template_render(const struct template *t, const char *const *values, template_escape escape, GString *out);

bool template_uses(const struct template *t, guint name);	/* index of the name: as a value or a condition */
int template_line(const struct template *t);			/* of the file, where it begins */

/* Many short ones in one file: a line "key = template" each; lines that begin with a blank go on with the one before
 * (which then has a line end there), those that begin with # are comments. */
struct template_set;

/* keys: NULL-terminated, must outlive the set; each must be there, once. */
struct template_set *template_set_new(const char *text, const char *const *keys, const char *const *names, const char *file,
				      GError **err);

/* The same, but what is not there is missing. */
struct template_set *template_set_read(const char *text, const char *const *keys, const char *const *names, const char *file,
				       GError **err);
void template_set_free(struct template_set *s);		/* NULL is fine */

/* Of the key with that index; NULL if it is missing. */
const struct template *template_set_get(const struct template_set *s, gsize key);

/* template_builtin.c, made from conf/templates: pairs of file name and contents, NULL at the end. */
extern const char *const template_builtin[];

#endif
