/* draft_private.h - what the files of draft.h share: samples cut into tokens, and what was recognised in them. */
#ifndef RINGBACK_DRAFT_PRIVATE_H
#define RINGBACK_DRAFT_PRIVATE_H

#include "draft.h"
#include "pattern.h"

#define DRAFT_TOKENS_MAX 800	/* of one text; a notice has about a hundred */
#define DRAFT_TIMES_MAX                                                                                        \
	200 /* look-alikes of a time in all samples: each costs up to a hundred attempts of ICU */

/* A number as PBXs write it: 02079460143, +44 (0)20 7946-0143, (202) 555 - 0143. */
#define DRAFT_NUMBER_BEGIN "(?:\\+|\\(\\+?\\d{1,5}\\) ?-? ?)?"
#define DRAFT_NUMBER_NEXT "(?:(?:[-\\/ .]| - (?=\\d{3}))?\\d| ?\\(\\d\\) ?\\d)"

/* ---- words (draft_words.c) ---- */

/* What a word says about the value beside it. */
enum draft_role {
	ROLE_NONE, ROLE_CALLER, ROLE_FROM, ROLE_NUMBER, ROLE_NAME, ROLE_CALLED, ROLE_TO, ROLE_TIME, ROLE_LENGTH,
	ROLE_TRANSCRIPT, ROLE_ID, ROLE_OTHER, ROLE_VOICEMAIL, ROLE_ABANDONED, ROLE_MISSED, N_ROLES
};

/* Of a word of size octets in any letter case, in one of ten languages. */
enum draft_role draft_role(const char *word, gsize size);

/* Does a line say that nobody understood the caller's number ("unknown caller")? Words for a profile's list. */
extern const char *const draft_withheld[], *const draft_no_name[];	/* end with NULL */

/* ---- tokens (draft_token.c) ---- */

enum draft_type {
	DRAFT_WORD,
	DRAFT_MARK,
	DRAFT_ADDRESS,
	DRAFT_ID,
	DRAFT_TIME,
	DRAFT_DAY,
	DRAFT_LENGTH,
	DRAFT_CLOCK,
	DRAFT_NUMBER,
	DRAFT_DIGITS,
	N_DRAFT_TYPES
};

struct draft_token {
	enum draft_type type;
	enum draft_role role;	/* of a word */
	gsize from, size;	/* octets in the text */
	bool spaced;		/* blanks or a line end before it */
	bool first;		/* of its line */
	bool constant;		/* stands here in all samples; with one sample, all words and marks do */
	bool fixed;		/* a number that all samples hold */
	int field;		/* enum call_field that it is (part of), or -1 */
	const char *spec;	/* DRAFT_TIME: "locale|pattern" that reads it */
	const char *shape;	/* DRAFT_TIME: a pattern of what looks like it */
	int64_t at;		/* DRAFT_TIME */
};

/* Where a field was recognised: tokens from .. to - 1. */
struct draft_find {
	guint from, to;		/* to is 0: nowhere */
	int score;
};

struct draft_place {
	enum profile_where where;	/* WHERE_SUBJECT, WHERE_TEXT, WHERE_HTML */
	const char *text;
	struct draft_token *tokens;
	guint n;
	struct draft_find finds[N_FIELDS];
};

enum { PLACE_TEXT, PLACE_HTML, PLACE_SUBJECT, N_PLACES };

struct draft_mail {
	const char *name;
	const struct letter *letter;
	struct draft_place places[N_PLACES];
};

struct draft {
	const struct draft_options *options;
	struct arena *arena;
	struct pattern_scratch *scratch;
	struct pattern *patterns[N_DRAFT_TYPES];	/* NULL: the type needs none */
	struct draft_mail *mails;
	guint n;
	guint times_left;
	struct profile_def *def;
	GPtrArray *notes;	/* char *: of each of def->extract, in the arena: from which samples it comes */
	GPtrArray *doubts;	/* char *: what a reviewer should look at, in the arena */
};

/* Adds text, in the arena, to the doubts, once; beyond some twenty nobody would read them. */
void draft_doubt(struct draft *d, const char *text);

void draft_patterns_open(struct draft *d);
void draft_patterns_close(struct draft *d);
void draft_cut(struct draft *d, struct draft_mail *m, struct draft_place *p);

/* Reads the time that p->text + from begins with (draft_date.c): spec, shape, at and size of *t_r. */
bool draft_time(struct draft *d, const struct letter *l, const char *text, gsize size_max, struct draft_token *t_r);
extern const char draft_time_pattern[];

/* The text of tokens from .. to - 1, in the arena. */
const char *draft_text(const struct draft *d, const struct draft_place *p, guint from, guint to);

/* Only the digits of a token. */
const char *draft_digits(const struct draft *d, const struct draft_place *p, guint i);

static inline bool draft_is_mark(const struct draft_place *p, guint i, char c)
{
	return i < p->n && p->tokens[i].type == DRAFT_MARK && p->text[p->tokens[i].from] == c;
}

/* ---- what is constant (draft_align.c) ---- */

void draft_align(struct draft *d);

/* ---- what is what (draft_find.c, draft_name.c) ---- */

/* What the words before token i say it is. */
struct draft_label {
	enum draft_role role;	/* ROLE_NONE: nothing */
	bool name, number;	/* "caller name", "caller number" */
	bool plain;		/* stands right before it, with ":" or nothing between */
};

struct draft_label draft_label(const struct draft_place *p, guint i);
void draft_find(struct draft *d);
void draft_find_name(const struct draft *d, struct draft_place *p);
void draft_mark(struct draft_place *p, enum call_field f, guint from, guint to, int score);

/* ---- patterns (draft_rule.c) ---- */

/* Appends to d->def->extract, d->notes. */
void draft_rules(struct draft *d);

/* s with all that is special to PCRE2 escaped, in the arena. */
const char *draft_escape(const struct draft *d, const char *s, gsize size);

/* The tokens from .. to - 1 as a pattern, other values in between as anything. */
const char *draft_words_pattern(const struct draft *d, const struct draft_place *p, guint from, guint to);

/* May this token stand in a pattern as it is? */
static inline bool draft_token_fixed(const struct draft_token *t)
{
	return (t->type == DRAFT_WORD || t->type == DRAFT_MARK) && t->constant && t->field < 0;
}

/* ---- the file (draft_match.c, draft_print.c) ---- */

/* What tells these mails from others; false: nothing does. */
bool draft_match(struct draft *d);
const char *draft_print(const struct draft *d);

#endif
