#include "reply.h"

#include <glib.h>
#include <string.h>

#define TEXT_MAX 1000
#define WORDS_MAX 8

#define MINUTES_MAX (24 * 60)

static const struct { const char *phrase; enum verb verb; } phrases[] = {
	{ "a", VERB_ACK }, { "ack", VERB_ACK }, { "acknowledge", VERB_ACK }, { "mine", VERB_ACK }, { "take", VERB_ACK },
	{ "d", VERB_DONE }, { "done", VERB_DONE }, { "called", VERB_DONE }, { "called back", VERB_DONE },
	{ "t", VERB_TRIED }, { "tried", VERB_TRIED }, { "no reach", VERB_TRIED },
	{ "n", VERB_NEXT }, { "next", VERB_NEXT }, { "pass", VERB_NEXT }, { "pass on", VERB_NEXT },
	{ "s", VERB_SNOOZE }, { "snooze", VERB_SNOOZE }, { "later", VERB_SNOOZE },
	{ "x", VERB_NO_CALLBACK }, { "no callback", VERB_NO_CALLBACK }, { "no callback needed", VERB_NO_CALLBACK },
	{ "l", VERB_LIST }, { "list", VERB_LIST },
	{ "aa", VERB_ALL_MINE }, { "all mine", VERB_ALL_MINE },
	{ "h", VERB_HELP }, { "help", VERB_HELP },
	{ "stop", VERB_STOP }, { "stopall", VERB_STOP }, { "unsubscribe", VERB_STOP },
	{ "start", VERB_START }, { "unstop", VERB_START },
};

/* Said out of politeness, or copied from our own text; they change nothing. */
static const char *const fillers[] = { "thanks", "thank you", "thx", "ok", "okay", "please", "pls", "reply", "for" };

/* Thumbs up, folded hands, check marks, OK hand, smile, and the skin tones that follow some of them. Others could
 * mean no. */
static const gunichar friendly[] = {
	0x1f44d, 0x1f64f, 0x2705, 0x2714, 0x1f44c, 0x1f642, 0x1f3fb, 0x1f3fc, 0x1f3fd, 0x1f3fe, 0x1f3ff
};

static const char *const letters[] = { "", "A", "D", "T", "N", "S", "X", "L", "AA", "H", "STOP", "START" };
_Static_assert(G_N_ELEMENTS(letters) == N_VERBS, "one letter for each verb");

/* Of times; a number that ends in one is no code. */
static const struct { const char *word; int minutes; } units[] = {
	{ "m", 1 }, { "min", 1 }, { "mins", 1 }, { "minute", 1 }, { "minutes", 1 }, { "h", 60 }, { "hr", 60 }, { "hrs", 60 },
	{ "hour", 60 }, { "hours", 60 },
};

struct number {
	int value, digits;
	guint words_before;
	int unit;		/* minutes of one; 0: none was named */
};

struct tokens {
	GString *words;		/* small letters, each followed by one blank */
	guint n_words, n_numbers;
	struct number numbers[2];
	const struct reply_phrase *more;
	gsize n_more;
};

const char *verb_letter(enum verb v)
{
	g_assert(v < N_VERBS);
	return letters[v];
}

/* The word of a time after a number, "30 min": only behind the verb, before it everything is a code. */
static const char *read_unit(const char *p, struct number *n)
{
	const char *start = p + strspn(p, " ");
	gsize len = 0;

	while (g_ascii_isalpha(start[len]))
		len++;
	for (guint i = 0; n->words_before && i < G_N_ELEMENTS(units); i++)
		if (strlen(units[i].word) == len && g_ascii_strncasecmp(start, units[i].word, len) == 0) {
			n->unit = units[i].minutes;
			return start + len;
		}
	return p;
}

/* False: one number too many. */
static bool read_number(const char **p, struct tokens *t)
{
	struct number *n = &t->numbers[t->n_numbers];

	if (t->n_numbers == G_N_ELEMENTS(t->numbers))
		return false;
	*n = (struct number){ .words_before = t->n_words };
	for (; g_unichar_isdigit(g_utf8_get_char(*p)); *p = g_utf8_next_char(*p))
		if (++n->digits <= 4)
			n->value = n->value * 10 + g_unichar_digit_value(g_utf8_get_char(*p));
	t->n_numbers++;
	*p = read_unit(*p, n);
	return true;
}

static const char *read_word(const char *p, struct tokens *t)
{
	for (; g_unichar_isalpha(g_utf8_get_char(p)); p = g_utf8_next_char(p))
		g_string_append_unichar(t->words, g_unichar_tolower(g_utf8_get_char(p)));
	g_string_append_c(t->words, ' ');
	t->n_words++;
	return p;
}

static bool is_friendly(gunichar c)
{
	for (guint i = 0; i < G_N_ELEMENTS(friendly); i++)
		if (friendly[i] == c)
			return true;
	return false;
}

/* g_unichar_ispunct() takes symbols in, and with them every emoji. */
static bool is_punctuation(gunichar c)
{
	GUnicodeType t = g_unichar_type(c);

	return t >= G_UNICODE_CONNECT_PUNCTUATION && t <= G_UNICODE_OPEN_PUNCTUATION;
}

static bool says_nothing(gunichar c)
{
	if (c == '?' || c == 0x61f || c == 0xbf)	/* a question is no order */
		return false;
	if (c < 0x80)
		return true;
	return g_unichar_isspace(c) || is_punctuation(c) || g_unichar_type(c) == G_UNICODE_FORMAT ||
	       (c >= 0xfe00 && c <= 0xfe0f) || is_friendly(c);
}

/* Runs of letters and runs of digits are tokens of their own ("17A"). False if there is anything that could carry a
 * meaning that we do not know. */
static bool read_line(const char *p, struct tokens *t)
{
	while (*p) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isdigit(c)) {
			if (!read_number(&p, t))
				return false;
		} else if (g_unichar_isalpha(c)) {
			p = read_word(p, t);
		} else if (says_nothing(c)) {
			p = g_utf8_next_char(p);
		} else {
			return false;
		}
		if (t->n_words > WORDS_MAX)
			return false;
	}
	return true;
}

/* What a phone adds by itself ends the reply; what it quotes is not part of it. */
static bool is_signature(const char *line)
{
	return g_str_has_prefix(line, "--") || g_ascii_strncasecmp(line, "sent from ", 10) == 0;
}

static bool read_tokens(const char *text, struct tokens *t)
{
	g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);

	for (guint i = 0; lines[i]; i++) {
		const char *line = g_strchug(lines[i]);

		if (*line == '>')
			continue;
		if (is_signature(line))
			break;
		if (!read_line(line, t))
			return false;
	}
	return true;
}

/* How many octets of words the phrase takes, its blank included; 0: it is another one. */
static gsize phrase_at(const char *words, const char *phrase)
{
	gsize n = strlen(phrase);

	return strncmp(words, phrase, n) == 0 && words[n] == ' ' ? n + 1 : 0;
}

static gsize skip_filler(const struct tokens *t, const char *words)
{
	for (guint i = 0; i < G_N_ELEMENTS(fillers); i++)
		if (phrase_at(words, fillers[i]))
			return phrase_at(words, fillers[i]);
	for (gsize i = 0; i < t->n_more; i++)
		if (t->more[i].verb == VERB_NONE && phrase_at(words, t->more[i].phrase))
			return phrase_at(words, t->more[i].phrase);
	return 0;
}

/* The longest phrase that the words begin with: "no callback needed" is one, and not "no callback". */
static gsize read_verb(const struct tokens *t, const char *words, enum verb *v_r)
{
	gsize best = 0, size;

	for (gsize i = 0; i < G_N_ELEMENTS(phrases) + t->n_more; i++) {
		const bool own = i < G_N_ELEMENTS(phrases);
		const struct reply_phrase *more = own ? NULL : &t->more[i - G_N_ELEMENTS(phrases)];
		const enum verb verb = own ? phrases[i].verb : more->verb;

		size = verb == VERB_NONE ? 0 : phrase_at(words, own ? phrases[i].phrase : more->phrase);
		if (size > best) {
			best = size;
			*v_r = verb;
		}
	}
	return best;
}

/* One verb, or its letter and then its word as our texts print them ("17A mine"). A letter that comes second makes
 * it doubtful: "A A" may mean AA. */
static enum verb verb_of(const struct tokens *t)
{
	enum verb found = VERB_NONE, v = VERB_NONE;
	const char *words = t->words->str;
	guint n = 0;

	while (*words) {
		gsize size = skip_filler(t, words);

		if (!size) {
			size = read_verb(t, words, &v);
			if (!size || n == 2 || (n && (v != found || size == 2)))
				return VERB_NONE;
			found = v;
			n++;
		}
		words += size;
	}
	return found;
}

static bool takes_code(enum verb v)
{
	return v != VERB_ALL_MINE && v != VERB_STOP && v != VERB_START;
}

static int code_of(const struct number *n)
{
	const int least[] = { 0, 0, 10, 100, 1000 };

	return n->digits >= 2 && n->digits <= 4 && n->value >= least[n->digits] && !n->unit ? n->value : 0;
}

static int minutes_of(const struct number *n)
{
	const int minutes = n->digits <= 4 ? n->value * (n->unit ? n->unit : 1) : 0;

	return n->words_before && minutes <= MINUTES_MAX ? minutes : 0;
}

/* Which number is the code, and which are minutes. False: they make no sense with that verb. */
static bool put_numbers(const struct tokens *t, struct reply *r)
{
	const struct number *last = t->n_numbers ? &t->numbers[t->n_numbers - 1] : NULL;
	const bool snoozes = r->verb == VERB_SNOOZE, timed = snoozes || r->verb == VERB_TRIED;
	guint codes = t->n_numbers;

	if (last && timed && (codes == 2 || last->unit || (snoozes && last->words_before))) {
		r->minutes = minutes_of(last);
		if (!r->minutes)
			return false;
		codes--;
	}
	if (codes > 0)
		r->code = code_of(&t->numbers[0]);
	return codes == 0 || (codes == 1 && r->code && takes_code(r->verb));
}

struct reply reply_read(const char *text, const struct reply_phrase *more, gsize n)
{
	const struct reply nothing = { VERB_NONE, 0, 0 };
	g_autoptr(GString) words = g_string_new(NULL);
	g_autofree char *composed = NULL;
	struct tokens t = { .words = words, .more = more, .n_more = n };
	struct reply r = { 0 };

	if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX || !g_utf8_validate(text, -1, NULL))
		return nothing;
	composed = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
	if (!read_tokens(composed, &t))
		return nothing;
	r.verb = verb_of(&t);
	return r.verb != VERB_NONE && put_numbers(&t, &r) ? r : nothing;
}

char *reply_phrase(const char *text)
{
	g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
	g_autoptr(GString) words = g_string_new(NULL);
	struct tokens t = { .words = words };

	for (const char *p = composed; p && *p;) {
		if (g_unichar_isalpha(g_utf8_get_char(p)))
			p = read_word(p, &t);
		else if (*p == ' ')
			p++;
		else
			return NULL;
	}
	return t.n_words > 0 && t.n_words <= WORDS_MAX ? g_strdup(g_strchomp(words->str)) : NULL;
}

enum verb reply_phrase_verb(const char *phrase)
{
	for (guint i = 0; i < G_N_ELEMENTS(phrases); i++)
		if (strcmp(phrases[i].phrase, phrase) == 0)
			return phrases[i].verb;
	return VERB_NONE;
}
