#include "draft_private.h"

#include <string.h>

#include "dates.h"

/* A time with its date: what it is made of by name, all between them literally. w: weekday; n: a date in
 * digits; d, o, y: day, month in letters, year; t: clock; p: am or pm; z: zone; x: all. Which language, and
 * which of two numbers is the month, ICU is asked. */
const char draft_time_pattern[] =
	"\\A(?<x>(?:(?<w>\\p{L}{2,14}\\.?)(?:,\\s{0,5}|\\s{1,5})(?:(?:the|den|der|le|el|il|o|de|dnia)[ \\t])?)?"
	"(?:(?<n>\\d{4}([-/.])\\d{1,2}\\g{-1}\\d{1,2}|\\d{1,2}([-/.])\\d{1,2}\\g{-1}(?:\\d{4}|\\d\\d)(?!\\d))"
	"|(?<d>\\d{1,2})(?:\\.|st|nd|rd|th|er|º|°)?\\s{1,3}(?:(?:de|of)[ \\t])?(?<o>\\p{L}{3,14}\\.?),?"
	"(?:\\s{1,3}(?:(?:de|del)[ \\t])?(?<y>\\d{4})(?!\\d))?"
	"|(?<o>\\p{L}{3,14}\\.?)\\s{1,3}(?<d>\\d{1,2})(?:st|nd|rd|th)?(?!\\d)"
	"(?:(?:,\\s{0,3}|\\s{1,3})(?<y>\\d{4})(?!\\d))?)"
	"(?:,?(?:T|\\s?[-–—|]\\s?|\\s{1,4})(?:\\p{L}{1,10}[.:]?\\s{1,3}){0,2})"
	"(?<t>\\d{1,2}[:.h]\\d\\d(?:[:.]\\d\\d)?)(?![\\d:])(?:\\s?(?<p>[AaPp]\\.[Mm]\\.|[AaPp][Mm]\\b))?"
	"(?:\\s?(?<z>Z|[A-Z]{3,4}|[+-]\\d\\d:?\\d\\d)\\b)?)";

static const char *const locales[] = {
	"en_US", "de", "fr", "es", "it", "nl", "pt", "sv", "pl", "ru", "da", "nb", "fi", "cs", "en_GB",
};

struct piece {
	char name;
	const char *start;
	gsize size;
};

#define PIECES_MAX 9

struct span {
	const char *text;
	gsize size;
	struct piece pieces[PIECES_MAX];	/* in the order of the text */
	guint n;
	bool pm;
};

/* One way to understand it. */
struct way {
	const char *locale;
	bool month_first, has_zone;
};

static int piece_order(const void *x, const void *y)
{
	const struct piece *a = x, *b = y;

	return a->start < b->start ? -1 : a->start > b->start;
}

static bool span_read(struct draft *d, const char *text, gsize size_max, struct span *s_r)
{
	const struct pattern *p = d->patterns[DRAFT_TIME];

	*s_r = (struct span){ .text = text };
	if (!pattern_holds(p, d->scratch, text, size_max))
		return false;
	for (guint i = 0; i < pattern_groups(p); i++) {
		struct piece piece = { .name = *pattern_group_name(p, i) };

		if (!pattern_group(p, d->scratch, i, &piece.start, &piece.size))
			continue;
		if (piece.name == 'x')
			s_r->size = piece.size;
		else if (s_r->n < PIECES_MAX)
			s_r->pieces[s_r->n++] = piece;
		s_r->pm |= piece.name == 'p';
	}
	qsort(s_r->pieces, s_r->n, sizeof(struct piece), piece_order);
	return true;
}

/* "03/04/2026" in the letters of ICU. */
static void put_digits_date(GString *icu, const struct piece *p, bool month_first)
{
	char mark = p->start[strcspn(p->start, "-/.")];

	if (strcspn(p->start, "-/.") == 4)
		g_string_append_printf(icu, "yyyy%cMM%cdd", mark, mark);
	else
		g_string_append_printf(icu, "%s%c%s%c%s", month_first ? "MM" : "dd", mark,
				       month_first ? "dd" : "MM", mark,
				       g_ascii_isdigit(p->start[p->size - 3]) ? "yyyy" : "yy");
}

static void put_clock(GString *icu, const struct piece *p, bool pm)
{
	char mark = p->start[strcspn(p->start, ":.h")];

	if (mark == 'h')
		g_string_append(icu, "HH'h'mm");
	else
		g_string_append_printf(icu, "%s%cmm", pm ? "hh" : "HH", mark);
	if (p->size > 5)
		g_string_append_printf(icu, "%css", mark);
}

static void put_piece(GString *icu, const struct piece *p, const struct way *w, bool pm)
{
	switch (p->name) {
	case 'w': g_string_append(icu, "EEEE"); break;	/* reads "Tue" too */
	case 'o': g_string_append(icu, "MMMM"); break;
	case 'd': g_string_append(icu, "dd"); break;
	case 'y': g_string_append(icu, "yyyy"); break;
	case 'p': g_string_append(icu, "a"); break;
	case 'z': g_string_append(icu, g_ascii_isalpha(*p->start) && *p->start != 'Z' ? "z" : "XXX"); break;
	case 't': put_clock(icu, p, pm); break;
	default: put_digits_date(icu, p, w->month_first); break;
	}
}

static const char *piece_shape(const struct piece *p)
{
	switch (p->name) {
	case 'w': case 'o': return "\\p{L}+\\.?";
	case 'd': return "\\d{1,2}";
	case 'y': return "\\d{4}";
	case 'p': return "(?:[AaPp]\\.[Mm]\\.|[AaPp][Mm])";
	case 'z': return "(?:[A-Z]{1,5}|[+-]\\d\\d:?\\d\\d)";
	case 't': return p->size > 5 ? "\\d{1,2}[:.h]\\d\\d[:.]\\d\\d" : "\\d{1,2}[:.h]\\d\\d";
	default: return "\\d{1,4}[-\\/.]\\d{1,2}[-\\/.]\\d{2,4}";
	}
}

/* What stands between two pieces. For ICU blanks are one, and letters are quoted. */
static void put_literal(GString *icu, const char *s, gsize size)
{
	bool quoted = false, blank = false;

	for (const char *p = s; p < s + size; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isspace(c)) {
			blank = true;
			continue;
		}
		if (quoted != g_unichar_isalpha(c)) {
			g_string_append(icu, quoted ? "'" : blank ? " '" : "'");
			blank &= quoted;
			quoted = !quoted;
		}
		if (blank)
			g_string_append_c(icu, ' ');
		blank = false;
		g_string_append_unichar(icu, c);
	}
	g_string_append(icu, quoted ? "'" : "");
	g_string_append(icu, blank ? " " : "");
}

static void put_literal_shape(const struct draft *d, GString *shape, const char *s, gsize size)
{
	for (gsize i = 0, n; i < size; i += n) {
		n = strcspn(s + i, " \t\n\v\f\r");
		n = MIN(n, size - i);
		if (n)
			g_string_append(shape, draft_escape(d, s + i, n));
		else
			n = MIN(strspn(s + i, " \t\n\v\f\r"), size - i), g_string_append(shape, "\\s+");
	}
}

/* The whole span in one way: its ICU pattern, and how much of the text it covers. */
static const char *span_spec(const struct draft *d, const struct span *s, const struct way *w, gsize *size_r)
{
	g_autoptr(GString) icu = g_string_new(w->locale);
	const char *at = s->text;

	g_string_append_c(icu, '|');
	for (guint i = 0; i < s->n; i++) {
		const struct piece *p = &s->pieces[i];

		if (p->name == 'z' && !w->has_zone)
			break;
		put_literal(icu, at, (gsize)(p->start - at));
		put_piece(icu, p, w, s->pm);
		at = p->start + p->size;
	}
	*size_r = (gsize)(at - s->text);
	return arena_strdup(d->arena, icu->str);
}

static const char *span_shape(const struct draft *d, const struct span *s, gsize size)
{
	g_autoptr(GString) shape = g_string_new(NULL);
	const char *at = s->text;

	for (guint i = 0; i < s->n && s->pieces[i].start < s->text + size; i++) {
		const struct piece *p = &s->pieces[i];

		put_literal_shape(d, shape, at, (gsize)(p->start - at));
		g_string_append(shape, piece_shape(p));
		at = p->start + p->size;
	}
	return arena_strdup(d->arena, shape->str);
}

static bool has_piece(const struct span *s, char name)
{
	for (guint i = 0; i < s->n; i++)
		if (s->pieces[i].name == name)
			return true;
	return false;
}

static int64_t distance(int64_t x, int64_t y)
{
	return x > y ? x - y : y - x;
}

/* Tries one way; keeps it if it is nearer to the mail's own time than what there is. */
static void attempt(struct draft *d, const struct letter *l, const struct span *s, const struct way *w,
		    struct draft_token *best)
{
	gsize size;
	const char *spec = span_spec(d, s, w, &size);
	g_autofree char *text = g_strndup(s->text, size);
	int64_t at;

	if (!dates_read(spec, text, d->options->zone, l->date, &at))
		return;
	if (best->spec && distance(at, l->date) >= distance(best->at, l->date))
		return;
	best->type = DRAFT_TIME;
	best->spec = spec;
	best->at = at;
	best->size = size;
}

/* All ways in one language; those that the text leaves no choice of are left out. */
static void attempt_locale(struct draft *d, const struct letter *l, const struct span *s, const char *locale,
			   struct draft_token *best)
{
	bool numeric = has_piece(s, 'n'), zone = has_piece(s, 'z');

	for (guint i = 0; i < 4; i++) {
		struct way w = { locale, i & 1, !(i & 2) };

		if ((w.month_first && !numeric) || (!w.has_zone && !zone))
			continue;
		/* The zone's letters may be the next word: only where nothing else fits. */
		if (!w.has_zone && best->spec)
			return;
		attempt(d, l, s, &w, best);
	}
}

bool draft_time(struct draft *d, const struct letter *l, const char *text, gsize size_max, struct draft_token *t_r)
{
	struct draft_token best = *t_r;
	struct span s;
	bool words;

	if (!span_read(d, text, size_max, &s))
		return false;
	words = has_piece(&s, 'w') || has_piece(&s, 'o') || has_piece(&s, 'p');
	for (gsize i = 0; i < (words ? G_N_ELEMENTS(locales) : 1) && !best.spec; i++)
		attempt_locale(d, l, &s, words ? locales[i] : "en_GB", &best);
	if (!best.spec)
		return false;
	best.shape = span_shape(d, &s, best.size);
	*t_r = best;
	return true;
}
