/* texts.h - the words of texts in one language: a template for each, built in or from a file. Pure. */
#ifndef RINGBACK_TEXTS_H
#define RINGBACK_TEXTS_H

#include <stdbool.h>

#include "arena.h"

enum text_id {
#define TEXT(name, values) TEXT_##name,
#define PIECE TEXT
#include "texts.def"
#undef PIECE
#undef TEXT
	N_TEXT_IDS
};

enum text_value {
#define VALUE(name) WITH_##name,
#include "texts.def"
#undef VALUE
	N_TEXT_VALUES
};

#define TEXTS_SUFFIX ".texts"		/* of a language's file: "de.texts" */

struct texts;

const char *text_name(enum text_id id);		/* "missed" */
bool text_from_name(const char *name, enum text_id *id_r);
bool text_is_whole(enum text_id id);		/* not a piece of others */

/* English and German are built in; the German ones for "de" and "de-AT", the English ones for all others. Never NULL,
 * not to be freed. */
const struct texts *texts_builtin(const char *language);

/* Two or three letters, maybe a hyphen and two to eight letters or digits: "de", "pt-BR". */
bool texts_is_language(const char *name);

/* Those of a file (template_set_read()); what it leaves out stays as it is built in. NULL and *err (ERR_CONF), "file:line: ..."
 * where there is one: a template that is none, that lacks a value without which the text is of no use, or that leaves
 * number and verbs no room in one part. text is UTF-8. */
struct texts *texts_new(const char *language, const char *text, const char *file, GError **err);
void texts_free(struct texts *t);		/* NULL is fine */
const char *texts_language(const struct texts *t);

/* The text with the values put in, in a; values: [WITH_code] = "17", NULL is empty. t NULL: English. */
const char *texts_fill(struct arena *a, const struct texts *t, enum text_id id, const char *const *values);

#endif
