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

/* Units by how their words begin, in the languages of conf/profiles/generic, without letter case; one letter is the whole
 * word. */
static const struct unit {
	const char *begin;
	int seconds;
} units[] = {
	{ "h", 3600 }, { "hr", 3600 }, { "hour", 3600 }, { "std", 3600 }, { "stunde", 3600 }, { "heure", 3600 },
	{ "hora", 3600 }, { "ora", 3600 }, { "ore", 3600 }, { "uur", 3600 }, { "uren", 3600 }, { "tim", 3600 },
	{ "godz", 3600 }, { "\u0447", 3600 }, { "\u0447\u0430\u0441", 3600 }, { "m", 60 }, { "min", 60 }, { "\u043c", 60 },
	{ "\u043c\u0438\u043d", 60 }, { "s", 1 }, { "sec", 1 }, { "sek", 1 }, { "seg", 1 }, { "\u0441", 1 },
	{ "\u0441\u0435\u043a", 1 },
}, marks[] = { { "\u2032", 60 }, { "\u2019", 60 }, { "\u2033", 1 }, { "\u201d", 1 }, { "\"", 1 }, { "\'\'", 1 }, { "\'", 60 } };

/* "and" between two: und, et, y, e, en, och, i. */
static const char *const joins[] = { "and ", "und ", "et ", "y ", "en ", "e ", "och ", "i ", "\u0438 " };

static const char *skip_word(const char *s)
{
	while (g_unichar_isalpha(g_utf8_get_char(s)))
		s = g_utf8_next_char(s);
	return g_str_has_prefix(s, "(s)") ? s + 3 : s;
}

/* The unit at *s, which is skipped; 0 if there is none. */
static int take_unit(const char **s)
{
	const char *end = skip_word(*s);
	g_autofree char *word = g_utf8_casefold(*s, end - *s);

	for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
		bool letter = *g_utf8_next_char(units[i].begin) == '\0';

		if (letter ? strcmp(word, units[i].begin) == 0 : g_str_has_prefix(word, units[i].begin)) {
			*s = end;
			return units[i].seconds;
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
		if (g_str_has_prefix(*s, marks[i].begin)) {
			*s += strlen(marks[i].begin);
			return marks[i].seconds;
		}
	return 0;
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
	while (g_ascii_isspace(end[-1]))
		end--;
	*length_r = (gsize)(end - text);
	while (*word == ' ' || *word == '\t')
		word++;
	/* A number alone is one only where nothing follows it: "27", not "27 messages". */
	if (g_ascii_isdigit(end[-1]) && !memchr(text, ':', *length_r) && !strchr("\r\n)]\"", *word))
		return -1;
	return seconds;
}
