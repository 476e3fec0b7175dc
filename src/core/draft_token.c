#include "draft_private.h"

#include <string.h>

#include "dates.h"

#define TEXT_MAX (16 * 1024)	/* profiles look no further either */
#define TOKEN_MAX 400
#define DRAFT_STEPS_MAX 1000000000	/* these patterns are ours, and each is bounded: no limit in fact */

#define UNIT                                                                                                   \
	"(?:h|hrs?|hours?|stunden?|std|heures?|horas?|ore|uur|min|mins|minuten?|minut[eio]s?|minuut|minut(?:"  \
	"er|y)?|m|s|"                                                                                          \
	"secs?|seconds?|sekunden?|sek|secondes?|segundos?|second[oi]|seconden|sekund(?:er|y)?)\\b\\.?(?:\\("   \
	"s\\))?"

static const char *const shapes[N_DRAFT_TYPES] = {
	[DRAFT_WORD] = "\\A(?<x>\\p{L}[\\p{L}\\p{M}\\p{N}_'’]{0,60})",
	[DRAFT_ADDRESS] = "\\A(?<x>(?:https?://"
			  "|www\\.)[^\\s<>\"]{1,300}|[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,5})",
	[DRAFT_ID] = "\\A(?<x>[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|\\d{10}\\.\\d{1,6})\\b",
	[DRAFT_TIME] = draft_time_pattern,
	[DRAFT_DAY] = "\\A(?<x>\\d{4}([-/.])\\d\\d\\g{-1}\\d\\d|\\d{1,2}([-/"
		      ".])\\d{1,2}\\g{-1}(?:\\d{4}|\\d\\d))(?![\\d./-]\\d)",
	[DRAFT_LENGTH] = "(?i)\\A(?<x>\\d{1,3}:\\d\\d(?::\\d\\d)?[ \\t]?" UNIT "|\\d{1,5}[ \\t]?" UNIT
			 "(?:,?[ \\t]{1,3}(?:(?:and|und|et|y|e)[ \\t])?\\d{1,3}[ \\t]?" UNIT "){0,2})",
	[DRAFT_CLOCK] = "\\A(?<x>\\d{1,3}:\\d\\d(?::\\d\\d)?)(?![\\d:])",
	[DRAFT_NUMBER] = "\\A(?<x>" DRAFT_NUMBER_BEGIN "\\d" DRAFT_NUMBER_NEXT "{4,17})(?![\\w:])",
	[DRAFT_DIGITS] = "\\A(?<x>\\d{1,20})",
};

/* In this order: the first that fits. */
static const enum draft_type order[] = {
	DRAFT_ADDRESS, DRAFT_ID,     DRAFT_TIME,   DRAFT_DAY,  DRAFT_LENGTH,
	DRAFT_CLOCK,   DRAFT_NUMBER, DRAFT_DIGITS, DRAFT_WORD,
};

void draft_patterns_open(struct draft *d)
{
	for (guint t = 0; t < N_DRAFT_TYPES; t++) {
		d->patterns[t] = shapes[t] ? pattern_new(shapes[t], NULL) : NULL;
		g_assert(d->patterns[t] || !shapes[t]);
	}
	d->scratch = pattern_scratch_new(DRAFT_STEPS_MAX);
}

void draft_patterns_close(struct draft *d)
{
	for (guint t = 0; t < N_DRAFT_TYPES; t++)
		pattern_free(d->patterns[t]);
	pattern_scratch_free(d->scratch);
}

static bool fits(struct draft *d, enum draft_type type, const char *text, struct draft_token *t)
{
	const char *start;
	gsize size;

	if (!pattern_holds(d->patterns[type], d->scratch, text, TOKEN_MAX) ||
	    !pattern_group(d->patterns[type], d->scratch, 0, &start, &size))
		return false;
	t->type = type;
	t->size = size;
	return true;
}

/* "2 messages" begins as "2 m" does, and "1 minute and a half" is none that a profile can read. */
static bool is_length(const char *text, gsize size)
{
	g_autofree char *length = g_strndup(text, size);

	return dates_duration(length) >= 0;
}

/* Each look-alike of a time costs a hundred attempts of ICU. */
static bool is_time(struct draft *d, const struct draft_mail *m, const char *text, struct draft_token *t)
{
	if (d->times_left == 0 || !pattern_holds(d->patterns[DRAFT_TIME], d->scratch, text, TOKEN_MAX))
		return false;
	d->times_left--;
	return draft_time(d, m->letter, text, TOKEN_MAX, t);
}

static void token_at(struct draft *d, const struct draft_mail *m, const char *text, struct draft_token *t)
{
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
		const enum draft_type type = order[i];

		if (type == DRAFT_TIME ? is_time(d, m, text, t) : fits(d, type, text, t))
			if (type != DRAFT_LENGTH || is_length(text, t->size))
				return;
	}
	t->type = DRAFT_MARK;
	t->size = (gsize)(g_utf8_next_char(text) - text);
}

void draft_cut(struct draft *d, struct draft_mail *m, struct draft_place *p)
{
	GArray *tokens = g_array_new(FALSE, TRUE, sizeof(struct draft_token));
	gsize size = strnlen(p->text, TEXT_MAX), at = 0;
	bool spaced = false, first = true;

	while (at < size && tokens->len < DRAFT_TOKENS_MAX) {
		struct draft_token t = {
			.from = at, .spaced = spaced, .first = first, .constant = true, .field = -1
		};
		gunichar c = g_utf8_get_char(p->text + at);

		if (g_unichar_isspace(c) || c == 0xfeff) {
			spaced = true;
			first |= c == '\n';
			at = (gsize)(g_utf8_next_char(p->text + at) - p->text);
			continue;
		}
		token_at(d, m, p->text + at, &t);
		t.role = t.type == DRAFT_WORD ? draft_role(p->text + at, t.size) : ROLE_NONE;
		g_array_append_val(tokens, t);
		at += t.size;
		spaced = first = false;
	}
	p->n = tokens->len;
	p->tokens = arena_memdup(d->arena, tokens->data, tokens->len * sizeof(struct draft_token));
	g_array_unref(tokens);
}

const char *draft_text(const struct draft *d, const struct draft_place *p, guint from, guint to)
{
	const struct draft_token *last = &p->tokens[to - 1];
	gsize start = p->tokens[from].from;

	return arena_strndup(d->arena, p->text + start, last->from + last->size - start);
}

const char *draft_digits(const struct draft *d, const struct draft_place *p, guint i)
{
	const struct draft_token *t = &p->tokens[i];
	char *digits = arena_alloc(d->arena, t->size + 1);
	gsize n = 0;

	for (gsize k = 0; k < t->size; k++)
		if (g_ascii_isdigit(p->text[t->from + k]))
			digits[n++] = p->text[t->from + k];
	return digits;
}
