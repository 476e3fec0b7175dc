#include "reply.h"

#include <glib.h>
#include <string.h>

#define TEXT_MAX 1000
#define WORDS_MAX 8

/* Phrases of several words stand before their first word alone, so that the longest one is found first. */
static const struct { const char *phrase; enum verb verb; } phrases[] = {
	{ "a", VERB_ACK }, { "ack", VERB_ACK }, { "acknowledge", VERB_ACK }, { "mine", VERB_ACK }, { "take", VERB_ACK },
	{ "d", VERB_DONE }, { "done", VERB_DONE }, { "called back", VERB_DONE }, { "called", VERB_DONE },
	{ "t", VERB_TRIED }, { "tried", VERB_TRIED }, { "no reach", VERB_TRIED },
	{ "n", VERB_NEXT }, { "next", VERB_NEXT }, { "pass on", VERB_NEXT }, { "pass", VERB_NEXT },
	{ "x", VERB_NO_CALLBACK }, { "no callback needed", VERB_NO_CALLBACK }, { "no callback", VERB_NO_CALLBACK },
	{ "l", VERB_LIST }, { "list", VERB_LIST },
	{ "aa", VERB_ALL_MINE }, { "all mine", VERB_ALL_MINE },
	{ "h", VERB_HELP }, { "help", VERB_HELP },
	{ "stop", VERB_STOP }, { "stopall", VERB_STOP }, { "unsubscribe", VERB_STOP },
	{ "start", VERB_START }, { "unstop", VERB_START },
};

/* Said out of politeness, or copied from our own text; they change nothing. */
static const char *const fillers[] = { "thanks", "thank you", "thx", "ok", "okay", "please", "pls", "reply" };

/* Thumbs up, folded hands, check marks, OK hand, smile, and the skin tones that follow some of them. Others could
 * mean no. */
static const gunichar friendly[] = {
	0x1f44d, 0x1f64f, 0x2705, 0x2714, 0x1f44c, 0x1f642, 0x1f3fb, 0x1f3fc, 0x1f3fd, 0x1f3fe, 0x1f3ff
};

static const char *const letters[] = { "", "A", "D", "T", "N", "X", "L", "AA", "H", "STOP", "START" };
_Static_assert(G_N_ELEMENTS(letters) == N_VERBS, "one letter for each verb");

struct tokens {
	GString *words;		/* lower case, each followed by one blank */
	guint n_words, n_codes;
	int code;
};

const char *verb_letter(enum verb v)
{
	g_assert(v < N_VERBS);
	return letters[v];
}

static const char *read_code(const char *p, struct tokens *t)
{
	int n = 0, digits = 0;

	for (; g_unichar_isdigit(g_utf8_get_char(p)); p = g_utf8_next_char(p))
		if (++digits <= 4)
			n = n * 10 + g_unichar_digit_value(g_utf8_get_char(p));
	t->n_codes++;
	t->code = (digits == 2 && n >= 10) || (digits == 3 && n >= 100) || (digits == 4 && n >= 1000) ? n : 0;
	return p;
}

static const char *read_word(const char *p, struct tokens *t)
{
	for (; g_ascii_isalpha(*p); p++)
		g_string_append_c(t->words, g_ascii_tolower(*p));
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

		if (g_unichar_isdigit(c))
			p = read_code(p, t);
		else if (g_ascii_isalpha(*p))
			p = read_word(p, t);
		else if (says_nothing(c))
			p = g_utf8_next_char(p);
		else
			return false;
		if (t->n_words > WORDS_MAX || t->n_codes > 1)
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

static gsize skip_filler(const char *words)
{
	for (guint i = 0; i < G_N_ELEMENTS(fillers); i++)
		if (phrase_at(words, fillers[i]))
			return phrase_at(words, fillers[i]);
	return 0;
}

static gsize read_verb(const char *words, enum verb *v_r)
{
	for (guint i = 0; i < G_N_ELEMENTS(phrases); i++)
		if (phrase_at(words, phrases[i].phrase))
			return *v_r = phrases[i].verb, phrase_at(words, phrases[i].phrase);
	return 0;
}

/* One verb, or its letter and then its word as our texts print them ("17A mine"). A letter that comes second makes
 * it doubtful: "A A" may mean AA. */
static enum verb verb_of(const char *words)
{
	enum verb found = VERB_NONE, v;
	guint n = 0;

	while (*words) {
		gsize size = skip_filler(words);

		if (!size) {
			size = read_verb(words, &v);
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

struct reply reply_read(const char *text)
{
	const struct reply nothing = { VERB_NONE, 0 };
	g_autoptr(GString) words = g_string_new(NULL);
	struct tokens t = { .words = words };
	enum verb v;

	if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX || !g_utf8_validate(text, -1, NULL) || !read_tokens(text, &t))
		return nothing;
	v = verb_of(words->str);
	if (v == VERB_NONE || (t.n_codes && (!t.code || !takes_code(v))))
		return nothing;
	return (struct reply){ v, t.code };
}
