/* How long a recording is, in the notations that PBXs have for it. */
#include "dates.h"

#include <string.h>

/* A number at *p, at most nine digits; the blanks after it are skipped. */
static bool take_number(const char **p, int64_t *n_r)
{
	const char *s = *p;

	for (*n_r = 0; g_ascii_isdigit(*s) && s - *p < 9; s++)
		*n_r = *n_r * 10 + (*s - '0');
	if (s == *p)
		return false;
	while (*s == ' ' || *s == '\t')
		s++;
	*p = s;
	return true;
}

/* "0:27", "00:01:23"; up to *s. */
static int64_t read_clock(const char **s)
{
	int64_t total = 0, n;
	int fields = 0;

	while (take_number(s, &n) && fields++ < 3) {
		if (fields > 1 && n > 59)
			return -1;
		total = total * 60 + n;
		if (**s != ':')
			return fields > 1 && !g_ascii_isdigit(**s) ? total : -1;
		(*s)++;
	}
	return -1;
}

/* Units by how they begin, in the languages of conf/profiles/generic; the longer of two that begin alike comes first. */
static const struct unit {
	const char *begin;
	int seconds;
} units[] = {
	{ "std", 3600 }, { "stunde", 3600 }, { "h", 3600 }, { "ora", 3600 }, { "ore", 3600 }, { "uur", 3600 },
	{ "uren", 3600 }, { "tim", 3600 }, { "godz", 3600 }, { "\u0447", 3600 }, { "m", 60 }, { "\u043c", 60 },
	{ "\u2032", 60 }, { "\u2019", 60 }, { "\u2033", 1 }, { "\u201d", 1 }, { "\"", 1 }, { "s", 1 },
	{ "\u0441", 1 },
};

/* "and" between two: und, et, y, e, en, och, i. */
static const char *const joins[] = { "and ", "und ", "et ", "y ", "en ", "e ", "och ", "i ", "\u0438 " };

static const char *skip_word(const char *s)
{
	while (*s && (g_unichar_isalpha(g_utf8_get_char(s)) || strchr("()'\"", *s)))
		s = g_utf8_next_char(s);
	return s;
}

/* The unit at *s, which is skipped with the word that it is part of and the blanks behind it; 0 if there is none. */
static int take_unit(const char **s)
{
	int seconds = **s == '\'' ? (*s)[1] == '\'' ? 1 : 60 : 0;

	for (gsize i = 0; i < G_N_ELEMENTS(units) && !seconds; i++) {
		const char *begin = units[i].begin;
		bool ascii = (guchar)*begin < 0x80;

		if (ascii ? g_ascii_strncasecmp(*s, begin, strlen(begin)) == 0
			  : g_unichar_tolower(g_utf8_get_char(*s)) == g_utf8_get_char(begin))
			seconds = units[i].seconds;
	}
	if (!seconds)
		return 0;
	if (g_unichar_isalpha(g_utf8_get_char(*s)))
		*s = skip_word(*s);
	else
		*s = **s == '\'' && seconds == 1 ? *s + 2 : g_utf8_next_char(*s);
	return seconds;
}

static const char *skip_join(const char *s)
{
	while (*s == ' ' || *s == '\t' || *s == '.' || *s == ',')
		s++;
	for (gsize i = 0; i < G_N_ELEMENTS(joins); i++)
		if (g_str_has_prefix(s, joins[i]))
			return s + strlen(joins[i]);
	return s;
}

/* "00m 27s", "4 min 55 sec", "28 seconds", "1 h 05", "27"; up to *s. */
static int64_t read_words(const char **s)
{
	int64_t total = 0, n;
	int last = 0;

	while (g_ascii_isdigit(**s)) {
		const char *number = *s;
		int unit;

		take_number(s, &n);
		unit = take_unit(s);
		if (last && ((unit && unit >= last) || (!unit && (number == *s || last == 1))))
			return -1;
		/* Without a unit: the one below that before, or seconds if that is all there is. */
		total += n * (unit ? unit : last ? last / 60 : 1);
		last = unit;
		if (!unit)
			break;
		*s = skip_join(*s);
	}
	return total;
}

/* What is read, at most a day; *end_r: behind it. */
static int read_start(const char *text, const char **end_r)
{
	const char *s = text ? text : "";
	bool clock;
	int64_t n;

	while (g_ascii_isspace(*s))
		s++;
	if (g_ascii_strncasecmp(s, "PT", 2) == 0)	/* ISO 8601 */
		s += 2;
	if (!g_ascii_isdigit(*s))
		return -1;
	clock = s[strspn(s, "0123456789 \t")] == ':';
	n = clock ? read_clock(&s) : read_words(&s);
	*end_r = s;
	return n >= 0 && n <= 86400 ? (int)n : -1;
}

int dates_duration(const char *text)
{
	const char *end = NULL;
	int seconds = read_start(text, &end);

	if (seconds < 0 || *end == '\0')
		return seconds;
	/* "0:27 minute(s)" is still minutes and seconds: what follows a clock is not asked. */
	return strchr(text, ':') && !g_ascii_isdigit(*end) ? seconds : -1;
}

int dates_duration_start(const char *text, gsize *length_r)
{
	const char *end = NULL;
	int seconds = read_start(text, &end);
	const char *word = end;

	if (seconds < 0)
		return -1;
	*length_r = (gsize)(end - text);
	while (*word == ' ' || *word == '\t')
		word++;
	/* A number alone is one only where nothing follows it: "27", not "27 messages". */
	if (g_ascii_isdigit(end[-1]) && !memchr(text, ':', *length_r) && !strchr("\r\n)]\"", *word))
		return -1;
	return seconds;
}
