#include "draft_private.h"

#include <string.h>

#include "dates.h"

#define LABEL_WORDS 5		/* how far a label reaches */

/* ---- labels ---- */

static bool ends_sentence(const struct draft_place *p, guint i)
{
	return p->tokens[i].type == DRAFT_MARK && strchr(".!?;", p->text[p->tokens[i].from]) && i + 1 < p->n &&
	       p->tokens[i + 1].spaced;
}

static bool role_names_value(enum draft_role r)
{
	return r != ROLE_NONE && r != ROLE_VOICEMAIL && r != ROLE_ABANDONED && r != ROLE_MISSED;
}

static bool is_modifier(enum draft_role r)
{
	return r == ROLE_NAME || r == ROLE_NUMBER || r == ROLE_ID;
}

/* One step back: false at the start of the text, of a sentence, or of a line that has words before the value. */
static bool step_back(const struct draft_place *p, guint *i, guint words)
{
	if (*i == 0 || (p->tokens[*i].first && words > 0))
		return false;
	(*i)--;
	return !ends_sentence(p, *i);
}

struct draft_label draft_label(const struct draft_place *p, guint i)
{
	struct draft_label l = { .role = ROLE_NONE };
	guint words = 0, values = 0, line = i;

	/* A line above is its label only if nothing else stands behind the label there. */
	while (line > 0 && !p->tokens[line].first)
		line--;
	while (words < LABEL_WORDS && values < (i < line ? 1 : 3) && step_back(p, &i, words)) {
		const struct draft_token *t = &p->tokens[i];

		if (t->type != DRAFT_WORD) {
			values += t->type != DRAFT_MARK;
			continue;
		}
		if (i < line && values > 0)
			break;
		words++;
		if (!role_names_value(t->role)) {
			if (l.role != ROLE_NONE)	/* "phone number of the office" is about the number */
				break;
			continue;
		}
		if (l.role == ROLE_NONE) {
			l.plain = words == 1 && values == 0;
			l.role = t->role;
		} else if (is_modifier(l.role) && (t->role == ROLE_CALLER || t->role == ROLE_CALLED ||
						   t->role == ROLE_OTHER || is_modifier(t->role))) {
			l.role = t->role;
		} else {
			break;
		}
		l.name |= t->role == ROLE_NAME;
		l.number |= t->role == ROLE_NUMBER;
		if (!is_modifier(l.role))
			break;
	}
	/* "Mailbox 31: Jane Doe": it has its value. */
	if (values > 0 &&
	    (l.role == ROLE_CALLED || l.role == ROLE_TO || l.role == ROLE_TIME || l.role == ROLE_LENGTH))
		return (struct draft_label){ .role = ROLE_NONE };
	return l;
}

void draft_mark(struct draft_place *p, enum call_field f, guint from, guint to, int score)
{
	p->finds[f] = (struct draft_find){ from, to, score };
	for (guint i = from; i < to; i++)
		p->tokens[i].field = (int)f;
}

/* From which token on a transcript follows; p->n: none. A line that says so, or that begins with it and ":". */
static guint transcript_at(const struct draft_place *p)
{
	for (guint i = 0; i + 3 < p->n; i++) {
		if (p->tokens[i].role != ROLE_TRANSCRIPT)
			continue;
		for (guint k = i + 1; k < p->n && k < i + 8; k++)
			if (p->tokens[k].first || draft_is_mark(p, k, ':'))
				return draft_is_mark(p, k, ':') ? k + 1 : k;
	}
	return p->n;
}

/* ---- numbers ---- */

static int caller_score(const struct draft_place *p, guint i, guint spoken)
{
	static const int of_role[N_ROLES] = {
		[ROLE_NONE] = 1,   [ROLE_CALLER] = 7,	   [ROLE_FROM] = 5, [ROLE_NUMBER] = 4,
		[ROLE_NAME] = 3,   [ROLE_CALLED] = -6,	   [ROLE_TO] = -3,  [ROLE_TIME] = 1,
		[ROLE_LENGTH] = 0, [ROLE_TRANSCRIPT] = -9, [ROLE_ID] = -6,  [ROLE_OTHER] = -6,
	};
	const struct draft_token *t = &p->tokens[i];
	struct draft_label l = draft_label(p, i);
	int score = of_role[l.role];

	if (i >= spoken || t->field >= 0)
		return -99;
	if (t->type == DRAFT_DIGITS) {	/* a colleague: only where it is certain */
		bool certain = l.role == ROLE_CALLER || (l.role == ROLE_FROM && l.plain);

		return certain && t->size >= 2 && t->size <= 6 ? score - 2 : -99;
	}
	if (t->type != DRAFT_NUMBER)
		return -99;
	return score - (t->fixed ? 4 : 0) + (i > 0 && draft_is_mark(p, i - 1, '<') ? 2 : 0) +
	       (p->where == WHERE_SUBJECT ? 1 : 0);
}

static void best_caller(struct draft_place *p, guint spoken, guint *at_r, int *score_r)
{
	*score_r = 0;
	for (guint i = 0; i < p->n; i++) {
		int score = caller_score(p, i, spoken);

		if (score > *score_r)
			*at_r = i, *score_r = score;
	}
}

/* The same number in every place where it stands. */
static void find_caller(struct draft *d, struct draft_mail *m, const guint *spoken)
{
	const char *digits = NULL;
	int best = 0;

	for (guint pass = 0; pass < 2; pass++)
		for (guint place = 0; place < N_PLACES; place++) {
			struct draft_place *p = &m->places[place];
			guint at = 0;
			int score;

			best_caller(p, spoken[place], &at, &score);
			if (pass == 0 && score > best)
				best = score, digits = draft_digits(d, p, at);
			if (pass == 1 && score > 0 && strcmp(draft_digits(d, p, at), digits) == 0)
				draft_mark(p, FIELD_CALLER, at, at + 1, score);
		}
}

static void find_called(struct draft_place *p, guint spoken)
{
	guint best_at = 0;
	int best = 0;

	for (guint i = 0; i < MIN(spoken, p->n); i++) {
		const struct draft_token *t = &p->tokens[i];
		struct draft_label l = draft_label(p, i);
		int score = l.role == ROLE_CALLED ? 4 + l.plain : l.role == ROLE_TO && l.plain ? 2 : 0;
		bool number = t->type == DRAFT_DIGITS || t->type == DRAFT_NUMBER;

		if (!number && !(t->type == DRAFT_ADDRESS && score > 4 && p->text[t->from] != 'h'))
			continue;
		if (t->field < 0 && t->size <= 60 && score > best)
			best = score, best_at = i;
	}
	if (best)
		draft_mark(p, FIELD_CALLED, best_at, best_at + 1, best);
}

/* ---- times and lengths ---- */

static int64_t distance(int64_t x, int64_t y)
{
	return x > y ? x - y : y - x;
}

/* The one nearest to the mail's own. */
static void find_time(struct draft_place *p, const struct letter *l, guint spoken)
{
	guint best = p->n;

	for (guint i = 0; i < MIN(spoken, p->n); i++)
		if (p->tokens[i].type == DRAFT_TIME &&
		    (best == p->n ||
		     (l->date && distance(p->tokens[i].at, l->date) < distance(p->tokens[best].at, l->date))))
			best = i;
	if (best < p->n)
		draft_mark(p, FIELD_TIME, best, best + 1, 5);
}

static bool said_after(const struct draft_place *p, guint i, enum draft_role role)
{
	for (guint k = i + 1; k < p->n && k < i + 3 && !p->tokens[k].first; k++)
		if (p->tokens[k].role == role)
			return true;
	return false;
}

/* "Durée de l'enregistrement : 0:27" */
static bool said_before(const struct draft_place *p, guint i, enum draft_role role)
{
	for (guint k = i; k > 0 && k + LABEL_WORDS + 2 > i && !p->tokens[k].first; k--)
		if (p->tokens[k - 1].role == role)
			return true;
	return false;
}

static int length_score(const struct draft_place *p, guint i)
{
	const struct draft_token *t = &p->tokens[i];
	struct draft_label l = draft_label(p, i);
	bool named = l.role == ROLE_LENGTH || said_before(p, i, ROLE_LENGTH) || said_after(p, i, ROLE_LENGTH);
	int said = named ? 4 : 0;

	if (t->field >= 0)
		return 0;
	switch (t->type) {
	case DRAFT_LENGTH: return 3 + said;
	/* "um 0:34" is a time of day; at the end of a subject it is a length. */
	case DRAFT_CLOCK:
		if (said || l.role == ROLE_TIME)
			return said;
		return p->where == WHERE_SUBJECT || (i > 0 && draft_is_mark(p, i - 1, '(')) ? 2 : 0;
	case DRAFT_DIGITS: return said && l.plain && l.role == ROLE_LENGTH && t->size <= 5 ? 3 : 0;
	case DRAFT_WORD: case DRAFT_MARK: case DRAFT_ADDRESS: case DRAFT_ID: case DRAFT_TIME: case DRAFT_DAY:
	case DRAFT_NUMBER: case N_DRAFT_TYPES: break;
	}
	return 0;
}

static void find_length(struct draft_place *p, guint spoken)
{
	guint best_at = 0;
	int best = 0;

	for (guint i = 0; i < MIN(spoken, p->n); i++)
		if (length_score(p, i) > best)
			best = length_score(p, i), best_at = i;
	if (best)
		draft_mark(p, FIELD_DURATION, best_at, best_at + 1, best);
}

static void find_id(struct draft_place *p, guint spoken)
{
	for (guint i = 0; i < MIN(spoken, p->n); i++)
		if (p->tokens[i].type == DRAFT_ID && p->finds[FIELD_CALL_ID].to == 0)
			draft_mark(p, FIELD_CALL_ID, i, i + 1, 3);
}

/* ---- all ---- */

/* The words of its label before a value, which in a sample without that value are not there. */
static void keep_label(struct draft_place *p, guint i)
{
	for (guint k = i; k > 0 && k + 4 > i && !p->tokens[k].first; k--) {
		struct draft_token *t = &p->tokens[k - 1];

		if (t->type == DRAFT_WORD && t->field < 0 && role_names_value(t->role))
			t->constant = true;
		else if (t->type != DRAFT_MARK)
			return;
	}
}

/* Quotes and brackets around a value belong to it, be there samples without them or not. */
static void keep_context(struct draft_place *p)
{
	for (guint i = 0; i < p->n; i++) {
		bool after = i > 0 && p->tokens[i - 1].field >= 0, before = i + 1 < p->n && p->tokens[i + 1].field >= 0;

		if ((after || before) && p->tokens[i].type == DRAFT_MARK &&
		    strchr("\"<>()[]", p->text[p->tokens[i].from]))
			p->tokens[i].constant = true;
	}
	for (guint f = 0; f < N_FIELDS; f++)
		if (p->finds[f].to)
			keep_label(p, p->finds[f].from);
}

/* Up to the first words that all samples have, which are no longer the caller's; with one sample, to the end. */
static void find_transcript(const struct draft *d, struct draft_place *p, guint spoken)
{
	guint end = spoken + 1;

	if (spoken + 2 >= p->n)
		return;
	while (end < p->n && !(d->n > 1 && p->tokens[end].first && p->tokens[end].constant))
		end++;
	draft_mark(p, FIELD_TRANSCRIPT, spoken, end, 4);
}

void draft_find(struct draft *d)
{
	for (guint i = 0; i < d->n; i++) {
		struct draft_mail *m = &d->mails[i];
		guint spoken[N_PLACES];

		for (guint place = 0; place < N_PLACES; place++) {
			struct draft_place *p = &m->places[place];

			spoken[place] = p->where == WHERE_SUBJECT ? p->n : transcript_at(p);
			find_time(p, m->letter, spoken[place]);
			find_length(p, spoken[place]);
			find_id(p, spoken[place]);
		}
		find_caller(d, m, spoken);
		for (guint place = 0; place < N_PLACES; place++) {
			struct draft_place *p = &m->places[place];

			find_transcript(d, p, spoken[place]);
			find_called(p, spoken[place]);
			draft_find_name(d, p);
			keep_context(p);
		}
	}
}
