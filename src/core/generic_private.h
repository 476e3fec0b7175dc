/* generic_private.h - what generic.c (words, how sure), generic_read.c (the caller) and generic_fields.c share. */
#ifndef RINGBACK_GENERIC_PRIVATE_H
#define RINGBACK_GENERIC_PRIVATE_H

#include "generic.h"
#include "lexicon.h"

struct generic {
	struct lexicon *words;	/* language: index in defs */
	GPtrArray *defs;	/* struct generic_def */
};

/* One text of a letter with what was found in it. */
struct page {
	enum profile_where where;
	const char *header;	/* WHERE_HEADER */
	gsize index;
	const char *text;
	gsize size;
	const struct lexicon_match *matches;
	gsize n_matches;
	gsize spoken, spoken_end;	/* the transcript with its label: nothing in there is a field; else both are size */
};

enum { PAGE_SUBJECT, PAGE_TEXT, PAGE_HTML, N_PAGES };

/* One reading of one letter. */
struct generic_reading {
	const struct generic *g;
	const struct letter *letter;
	const struct profile_context *ctx;
	int64_t sent;		/* 0: unknown */
	struct arena *arena;
	struct page pages[N_PAGES];
	guint languages;	/* 1 << index of those that the mail is in */
	struct call *call;
	const char *called;	/* E.164 of the called number: it is no caller's */
	guint date_tries;	/* patterns tried on printed times */
	guint looks;		/* how often a number was looked for */
	bool caller_labelled;	/* a label named the caller, be it by name alone */
	bool caller_agreed;	/* two places gave the same number */
	bool caller_differs;	/* ... or not */
	bool caller_loose;	/* the number stands after a mere "from" */
};

/* A stretch of a page. */
struct stretch {
	const struct page *page;
	gsize start, end;
	gsize name_end;		/* a name ends at words that a number may stand behind: Jane Doe on Monday */
};

/* Is this match one that counts: not said in the recording, no short word of a language that the mail is not in? */
bool generic_counts(const struct generic_reading *r, const struct page *p, const struct lexicon_match *m);

/* The match at least is followed by what a label is: a colon, an equals sign, a tab, the end of the line. */
bool generic_is_label(const struct page *p, const struct lexicon_match *m);

/* What a label or word names: the rest of its line, or the next line where that is all; up to the next label. */
struct stretch generic_value(const struct generic_reading *r, const struct page *p, const struct lexicon_match *m);

/* Tells ctx->trace. language: the one whose phrase it was; -1: none. */
void generic_trace(const struct generic_reading *r, enum call_field f, const struct stretch *s, const char *value,
		   int language);

/* Each fills in its part of r->call. */
void generic_read_caller(struct generic_reading *r);
void generic_read_called(struct generic_reading *r);
void generic_read_time(struct generic_reading *r);
void generic_read_duration(struct generic_reading *r);
void generic_read_transcript(struct generic_reading *r);	/* sets page->spoken: comes first */

#endif
