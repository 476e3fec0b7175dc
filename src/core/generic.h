/* generic.h - the notices of a PBX that no profile knows, read by the words of many languages. */
#ifndef RINGBACK_GENERIC_H
#define RINGBACK_GENERIC_H

#include <glib.h>
#include <stdint.h>

#include "arena.h"
#include "call.h"
#include "letter.h"
#include "profile.h"

/* What a phrase is for. Labels stand before what they name: "Caller:", "Länge". The short words (from, to, at) count
 * only in a mail that has other phrases of their language. */
enum generic_tag {
	TAG_MISSED, TAG_VOICEMAIL, TAG_ABANDONED,	/* what the mail is about */
	TAG_MESSAGE,		/* "new message": a voicemail where a recording is attached */
	TAG_NOT_CALL,		/* "daily report": the mail is about something else */
	TAG_NOT_SUBJECT,	/* the same, in a subject alone: "report" */
	TAG_PBX,		/* in From: "voicemail", "noreply" */
	TAG_CALLER, TAG_FROM,	/* the caller: labels, short words */
	TAG_NAME,		/* the caller's name */
	TAG_CALLED, TAG_TO,
	TAG_TIME, TAG_AT,
	TAG_DURATION,
	TAG_LONG,		/* "a 0:27 long message": stands after the duration */
	TAG_TRANSCRIPT,
	TAG_WITHHELD,
	TAG_REASON,
	TAG_OTHER,		/* labels of what is none of these, "Tracking Number": end the one before */
	N_TAGS
};

/* "missed", "not_call": the key of a file; never NULL. */
const char *generic_tag_name(enum generic_tag t);

/* One language, as the parser gives it. Owned by the set once added. */
struct generic_def {
	char *language;		/* "de" */
	char *file;
	int line;		/* of the section, for messages */
	GPtrArray *words[N_TAGS];	/* char *: phrases of lexicon.h; those of TAG_REASON are the keys of reasons */
	GHashTable *reasons;	/* char * -> GINT_TO_POINTER(enum call_reason) */
	GPtrArray *dates;	/* char *: "locale|pattern" (dates.h) */
};

struct generic_def *generic_def_new(void);
void generic_def_free(struct generic_def *d);

struct generic;		/* an immutable set once built */

#define GENERIC_LANGUAGES_MAX 32

struct generic *generic_new(void);
void generic_free(struct generic *g);

/* Takes def. False and *err (ERR_CONF, "file:line: ...") if a phrase or a date is wrong; def is freed then too. */
gboolean generic_add(struct generic *g, struct generic_def *def, GError **err);
guint generic_languages(const struct generic *g);

/* What the letter says, in a, with call->confidence from what agreed and call->profile "generic"; NULL if it is no
 * notice of a call as far as one can tell, or the confidence is below ctx->generic. Replies, forwards and bounces are
 * for the one who calls. sent: when the mail was sent, 0 if unknown. ctx->trace gets the values. The time is bounded whatever the letter is. */
struct call *generic_read(const struct generic *g, const struct letter *l, const struct profile_context *ctx,
			  int64_t sent, struct arena *a);

#endif
