/* card.h - the card: what stands before the PBX's own message, for people, as text and as HTML. Pure.
 *
 * It is made from templates (template.h): a layout for each form, and the words of each language. Those of conf/templates
 * are built in. */
#ifndef RINGBACK_CARD_H
#define RINGBACK_CARD_H

#include "decide.h"

#define CARD_LANGUAGE "en"	/* where a line names none that is there */

struct cards;

struct cards *cards_new(void);			/* the built-in ones */
void cards_free(struct cards *c);		/* NULL is fine */

/* Puts the contents of a file in the place of the one of its name, "card.txt", "card.html" or "LANGUAGE.words", or beside
 * it. False and *err (ERR_CONF, with file and line): all stays as it was. */
bool cards_set(struct cards *c, const char *name, const char *contents, const char *file, GError **err);

bool cards_has(const struct cards *c, const char *language);

/* UTF-8 with LF line ends, in a. Of the HTML, no tag and no attribute is made of anything but the layout; values have
 * bounds. */
struct card {
	const char *text, *html;
};

/* c: what the mail says; NULL: the item alone counts. d->item is not NULL. */
struct card card_render(struct arena *a, const struct roster *r, const struct decision *d, const struct call *c);

#endif
