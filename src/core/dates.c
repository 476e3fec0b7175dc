#include "dates.h"

#include <stdlib.h>
#include <string.h>

#include <unicode/ucal.h>
#include <unicode/uchar.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include "err.h"
#include "text.h"
#include "zone.h"

#define TEXT_MAX 100		/* characters of a time that somebody printed */
#define PATTERN_MAX 100
#define POOL_MAX 512		/* patterns kept open: all of the languages that a site's mails are in */
#define COPIES_MAX 64		/* of each */

/* What a pattern says by itself. */
struct shape {
	bool date, year, zone;
};

struct spec {
	char locale[32];
	UChar pattern[PATTERN_MAX];
	struct shape shape;
};

/* A pattern ready to read with, in zone UTC. */
struct date_reader {
	UDateFormat *format;
	UCalendar *calendar;
};

/* Opening these costs more than reading a whole mail, and they serve one thread at a time: those not in use wait
 * here. No result depends on it. */
static GMutex pool_lock;
static GHashTable *pool;	/* spec -> GPtrArray of struct date_reader */

static GTimeZone *zone_open(const char *name)
{
	GTimeZone *tz = zone_get(name);

	return tz ? tz : g_time_zone_new_utc();
}

static void date_reader_free(struct date_reader *r)
{
	if (r->format)
		udat_close(r->format);
	if (r->calendar)
		ucal_close(r->calendar);
	g_free(r);
}

static struct date_reader *pool_take(const char *spec)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&pool_lock);
	GPtrArray *idle = pool ? g_hash_table_lookup(pool, spec) : NULL;

	(void)locker;
	return idle && idle->len ? g_ptr_array_steal_index_fast(idle, idle->len - 1) : NULL;
}

static void pool_give(const char *spec, struct date_reader *r)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&pool_lock);
	GPtrArray *idle;

	(void)locker;
	if (!pool)
		pool = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	idle = g_hash_table_lookup(pool, spec);
	if (!idle && g_hash_table_size(pool) < POOL_MAX) {
		idle = g_ptr_array_new_with_free_func((GDestroyNotify)date_reader_free);
		g_hash_table_insert(pool, g_strdup(spec), idle);
	}
	if (idle && idle->len < COPIES_MAX)
		g_ptr_array_add(idle, r);
	else
		date_reader_free(r);
}

/* The pattern letters outside quotes (UTS 35, Date Field Symbol Table); false if one is no such letter or a quote is
 * left open. */
static bool read_shape(const char *pattern, struct shape *shape_r)
{
	bool quoted = false;

	*shape_r = (struct shape){ false, false, false };
	for (const char *p = pattern; *p; p++) {
		if (*p == '\'')
			quoted = !quoted;
		if (quoted || !g_ascii_isalpha(*p))
			continue;
		if (!strchr("GyYuUrQqMLlwWdDFgEecabBhHKkjJmsSAzZOvVXx", *p))
			return false;
		shape_r->year |= strchr("yYuU", *p) != NULL;
		shape_r->date |= strchr("yYuUMLdD", *p) != NULL;
		shape_r->zone |= strchr("zZOvVXx", *p) != NULL;
	}
	return !quoted && *pattern;
}

static bool spec_split(const char *text, struct spec *s_r)
{
	const char *bar = text ? strchr(text, '|') : NULL;
	AUTO_ARENA a = arena_new();
	UErrorCode status = U_ZERO_ERROR;

	if (!bar || bar == text || (gsize)(bar - text) >= sizeof(s_r->locale) || !g_utf8_validate(text, -1, NULL))
		return false;
	g_strlcpy(s_r->locale, text, (gsize)(bar - text) + 1);
	u_strFromUTF8(s_r->pattern, PATTERN_MAX, NULL, text_line(a, bar + 1, PATTERN_MAX - 1), -1, &status);
	return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING && read_shape(bar + 1, &s_r->shape);
}

static const UChar utc[] = u"UTC", am[] = u"AM", pm[] = u"PM";

/* Where a language has "AM", however it writes that, it reads what tidy_text() makes of it. */
static void half_day_names(UDateFormat *format, UErrorCode *status)
{
	UChar name[16] = { 0 };

	udat_getSymbols(format, UDAT_AM_PMS, 0, name, G_N_ELEMENTS(name), status);
	if (U_FAILURE(*status) || (name[0] != 'a' && name[0] != 'A'))
		return;
	udat_setSymbols(format, UDAT_AM_PMS, 0, (UChar *)am, -1, status);
	udat_setSymbols(format, UDAT_AM_PMS, 1, (UChar *)pm, -1, status);
}

static struct date_reader *spec_open(const struct spec *s, UErrorCode *status)
{
	struct date_reader *r = g_new0(struct date_reader, 1);

	r->format = udat_open(UDAT_PATTERN, UDAT_PATTERN, s->locale, utc, -1, s->pattern, -1, status);
	r->calendar = ucal_open(utc, -1, "en_US", UCAL_GREGORIAN, status);
	if (U_FAILURE(*status)) {
		date_reader_free(r);
		return NULL;
	}
	udat_setBooleanAttribute(r->format, UDAT_PARSE_ALLOW_WHITESPACE, true, status);
	half_day_names(r->format, status);
	ucal_setAttribute(r->calendar, UCAL_LENIENT, 0);	/* no 30 February */
	return r;
}

static bool locale_known(const char *locale)
{
	char language[16], other[16];
	UErrorCode status = U_ZERO_ERROR;

	uloc_getLanguage(locale, language, sizeof(language), &status);
	for (int32_t i = 0; i < uloc_countAvailable() && U_SUCCESS(status); i++) {
		uloc_getLanguage(uloc_getAvailable(i), other, sizeof(other), &status);
		if (strcmp(language, other) == 0)
			return true;
	}
	return false;
}

bool dates_check(const char *spec, GError **err)
{
	UErrorCode status = U_ZERO_ERROR;
	struct spec s;
	struct date_reader *r;

	if (!spec_split(spec, &s))
		return err_set(err, ERR_CONF, "\"%s\" is no date pattern; write locale|pattern, as in "
			       "\"en_US|EEEE, MMMM dd, yyyy 'at' hh:mm:ss a\"", spec);
	r = spec_open(&s, &status);
	if (!r)
		return err_set(err, ERR_CONF, "\"%s\": %s", spec, u_errorName(status));
	date_reader_free(r);
	/* ICU reads an unknown language as that of the process: a mistake nobody would notice. */
	if (!locale_known(s.locale))
		return err_set(err, ERR_CONF, "\"%s\": there is no locale %s", spec, s.locale);
	return true;
}

/* What is read: all of it, or its beginning up to the end of a word. */
struct line {
	UChar s[TEXT_MAX * 2];
	int32_t len;
	bool whole;
};

static bool fits(const struct line *text, int32_t end)
{
	const UChar *rest = text->s + end;
	bool more = end < text->len && (u_isalnum(rest[0]) || (end + 1 < text->len && u_isdigit(rest[1]) &&
							 u_strchr(u".:/-", rest[0])));

	return end == text->len || (!text->whole && end > 0 && !more);
}

/* Civil fields as if they were UTC, and back. */
struct civil {
	int year, month, day, hour, minute, second;
};

/* Reads text on top of the fields of base, up to *end_r; the result is in zone UTC unless the text names one. */
static bool parse_on(const struct date_reader *r, const struct line *text, const struct civil *base, int64_t *at_r,
		     int32_t *end_r)
{
	UErrorCode status = U_ZERO_ERROR;
	UDate ms = 0;

	*end_r = 0;
	ucal_clear(r->calendar);
	ucal_setDateTime(r->calendar, base->year, base->month - 1, base->day, base->hour, base->minute, base->second,
			 &status);
	udat_parseCalendar(r->format, r->calendar, text->s, text->len, end_r, &status);
	if (U_SUCCESS(status))
		ms = ucal_getMillis(r->calendar, &status);
	*at_r = (int64_t)(ms / 1000);
	return U_SUCCESS(status) && fits(text, *end_r) && ms > -6e13 && ms < 2.5e14;	/* years 70 to 9892 */
}

static int64_t distance(int64_t x, int64_t y)
{
	return x > y ? x - y : y - x;
}

/* The moment at which clocks in tz show local; the one nearest to near where they show it twice (end of summer
 * time), the one after the gap where they never do. */
static int64_t at_in_zone(GTimeZone *tz, int64_t local, int64_t near)
{
	static const GTimeType types[] = { G_TIME_TYPE_STANDARD, G_TIME_TYPE_DAYLIGHT };
	int64_t best = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
		gint64 l = local;
		int interval = g_time_zone_adjust_time(tz, types[i], &l);
		int64_t at = l - g_time_zone_get_offset(tz, interval);

		if (i == 0 || distance(at, near) < distance(best, near))
			best = at;
	}
	return best;
}

int64_t dates_in_zone(int64_t local, const char *zone, int64_t near)
{
	g_autoptr(GTimeZone) tz = zone_open(zone);

	return at_in_zone(tz, local, near);
}

static struct civil civil_of(GTimeZone *tz, int64_t at)
{
	int interval = g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, at);
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(at + g_time_zone_get_offset(tz, interval));

	if (!t)
		return (struct civil){ 1970, 1, 1, 0, 0, 0 };
	return (struct civil){ g_date_time_get_year(t), g_date_time_get_month(t), g_date_time_get_day_of_month(t),
			       0, 0, 0 };
}

/* The n-th choice (-1, 0, 1) of what the text leaves open: the year, or the day, around near. */
static struct civil base_of(const struct shape *shape, GTimeZone *tz, int64_t near, int n)
{
	struct civil c = { 1970, 1, 1, 0, 0, 0 };

	if (!shape->date)
		return civil_of(tz, near + n * INT64_C(86400));
	if (!shape->year)
		c.year = civil_of(tz, near).year + n;
	return c;
}

static bool read_with(const struct date_reader *r, const struct shape *shape, const struct line *text, GTimeZone *tz,
		      int64_t near, int64_t *at_r, int32_t *end_r)
{
	bool open = !shape->date || !shape->year, found = false;
	UErrorCode status = U_ZERO_ERROR;

	/* Two-digit years: ICU would count from today, which only clock.c may know. */
	udat_set2DigitYearStart(r->format, ((double)near - 50 * 31556952.0) * 1000, &status);
	for (int n = open ? -1 : 0; n <= (open ? 1 : 0); n++) {
		struct civil base = base_of(shape, tz, near, n);
		int64_t at;

		if (shape->zone)	/* the one read before may have named another */
			ucal_setTimeZone(r->calendar, utc, -1, &status);
		if (!parse_on(r, text, &base, &at, end_r))
			continue;
		if (!shape->zone)
			at = at_in_zone(tz, at, near);
		if (!found || distance(at, near) < distance(*at_r, near))
			*at_r = at;
		found = true;
	}
	return found;
}

/* "p. m.", "pm", "P.M." after a digit: as every reader has them. Gives how many octets that is, 0 if it is not there. */
static gsize half_day(const char *p, const char *text)
{
	const char *before = p > text && g_ascii_isspace(p[-1]) ? p - 1 : p, *s = p + 1;

	if (before == text || !g_ascii_isdigit(before[-1]) || !strchr("aApP", *p))
		return 0;
	s += *s == '.';
	s += *s == ' ';
	if (*s != 'm' && *s != 'M')
		return 0;
	s++;
	s += *s == '.';
	return g_ascii_isalpha(*s) ? 0 : (gsize)(s - p);
}

/* Abbreviations lose their dots, halves of the day become AM and PM. */
static const char *tidy_text(struct arena *a, const char *text)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *p = text; *p;) {
		gsize half = half_day(p, text);

		if (half)
			g_string_append(out, strchr("aA", *p) ? "AM" : "PM");
		else if (*p != '.' || p == text || !g_unichar_isalpha(g_utf8_get_char(g_utf8_prev_char(p))))
			g_string_append_len(out, p, g_utf8_next_char(p) - p);
		p += half ? half : (gsize)(g_utf8_next_char(p) - p);
	}
	return arena_strdup(a, out->str);
}

/* The dots that tidy_text() takes away: after names, and after letters of quoted words. */
static const char *tidy_spec(struct arena *a, const char *spec)
{
	g_autoptr(GString) out = g_string_new(NULL);
	bool quoted = false;

	for (const char *p = spec; *p; p++) {
		bool name = p - spec > 2 && (strchr("Eca", p[-1]) || (strchr("ML", p[-1]) && p[-3] == p[-1]));

		quoted ^= *p == '\'';
		if (*p == '.' && p > spec && (quoted ? g_ascii_isalpha(p[-1]) || (guchar)p[-1] >= 0x80 : name))
			continue;
		g_string_append_c(out, *p);
	}
	return arena_strdup(a, out->str);
}

/* ICU takes names in any letter case, but not the words that a pattern quotes: gives those the pattern's case. */
static const char *match_case(struct arena *a, const char *pattern, const char *text)
{
	char *copy = arena_strdup(a, text), *from = copy;

	for (const char *open = strchr(pattern, '\''); open; open = strchr(open, '\'')) {
		const char *end = strchr(open + 1, '\'');
		gsize n = end ? (gsize)(end - open) - 1 : 0;
		char *at = from;

		while (n && *at && g_ascii_strncasecmp(at, open + 1, n) != 0)
			at++;
		if (n && *at) {
			memcpy(at, open + 1, n);
			from = at + n;
		}
		open = end ? end + 1 : open + 1;
	}
	return copy;
}

/* In zone tz or that of the text. *end_r: how much of it that is. */
static bool read_spec(const char *spec, struct line *text, GTimeZone *tz, int64_t near, int64_t *at_r, int32_t *end_r)
{
	UErrorCode status = U_ZERO_ERROR;
	struct date_reader *r;
	struct spec s;
	int64_t at = 0;
	bool ok;

	if (!spec_split(spec, &s))
		return false;
	r = pool_take(spec);
	if (!r)
		r = spec_open(&s, &status);
	if (!r)
		return false;
	ok = read_with(r, &s.shape, text, tz, near, &at, end_r);
	pool_give(spec, r);
	if (ok)
		*at_r = at;
	return ok;
}

/* The same pattern with the names of months that stand alone: "Mär" beside "März", "март" beside "марта". */
static const char *standalone(struct arena *a, const char *spec)
{
	char *copy = arena_strdup(a, spec);

	for (char *p = strstr(copy, "MMM"); p && *p == 'M'; p++)
		*p = 'L';
	return copy;
}

/* Which offset an abbreviation of a zone means, asked in the countries that use it: ICU knows "CEST" in none but those. */
static bool zone_offset(struct arena *a, const char *name, int *offset_s_r)
{
	static const char *const locales[] = { "en_US", "en_GB", "de", "en_AU", "en_NZ", "en_ZA", "en_CA", "en_IN" };
	const char *text = arena_printf(a, "2000-01-01 00:00 %s", name);
	struct line line = { .whole = true };
	UErrorCode status = U_ZERO_ERROR;
	g_autoptr(GTimeZone) tz = g_time_zone_new_utc();

	u_strFromUTF8(line.s, G_N_ELEMENTS(line.s), &line.len, text, -1, &status);
	for (gsize i = 0; i < G_N_ELEMENTS(locales) && U_SUCCESS(status); i++) {
		int64_t at;
		int32_t end;

		if (read_spec(arena_printf(a, "%s|yyyy-MM-dd HH:mm z", locales[i]), &line, tz, 946684800, &at, &end)) {
			*offset_s_r = (int)(946684800 - at);
			return true;
		}
	}
	return false;
}

/* The abbreviation that a text ends in, as an offset; NULL if there is none that anybody knows. */
static const char *spell_zone(struct arena *a, const char *text)
{
	const char *blank = strrchr(text, ' ');
	gsize n = blank ? strspn(blank + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") : 0;
	int offset_s;

	if (n < 3 || n > 5 || blank[1 + n] || !zone_offset(a, blank + 1, &offset_s))
		return NULL;
	return arena_printf(a, "%.*s GMT%c%02d:%02d", (int)(blank - text), text, offset_s < 0 ? '-' : '+',
			    abs(offset_s) / 3600, abs(offset_s) / 60 % 60);
}

static bool read_line(struct arena *a, const char *spec, const char *text, GTimeZone *tz, int64_t near, struct line *line,
		      int64_t *at_r, int32_t *end_r)
{
	UErrorCode status = U_ZERO_ERROR;

	u_strFromUTF8(line->s, G_N_ELEMENTS(line->s), &line->len, text, -1, &status);
	if (U_FAILURE(status) || !line->len)
		return false;
	return read_spec(spec, line, tz, near, at_r, end_r) ||
	       (strstr(spec, "MMM") && read_spec(standalone(a, spec), line, tz, near, at_r, end_r));
}

static bool read_text(struct arena *a, const char *spec, const char *text, const char *zone, int64_t near,
		      struct line *line, int64_t *at_r, int32_t *end_r)
{
	g_autoptr(GTimeZone) tz = zone_open(zone);
	const char *tidy = spec ? tidy_spec(a, spec) : NULL, *spelt;

	if (!tidy || !strchr(tidy, '|'))
		return false;
	text = match_case(a, strchr(tidy, '|') + 1, tidy_text(a, text_line(a, text, TEXT_MAX)));
	if (read_line(a, tidy, text, tz, near, line, at_r, end_r))
		return true;
	spelt = g_str_has_suffix(tidy, " z") ? spell_zone(a, text) : NULL;
	return spelt && read_line(a, tidy, spelt, tz, near, line, at_r, end_r);
}

bool dates_read(const char *spec, const char *text, const char *zone, int64_t near, int64_t *at_r)
{
	AUTO_ARENA a = arena_new();
	struct line line = { .whole = true };
	int32_t end;

	return read_text(a, spec, text, zone, near, &line, at_r, &end);
}

bool dates_read_start(const char *spec, const char *text, const char *zone, int64_t near, int64_t *at_r, gsize *length_r)
{
	AUTO_ARENA a = arena_new();
	struct line line = { .whole = false };
	int32_t end;

	if (!read_text(a, spec, text, zone, near, &line, at_r, &end))
		return false;
	*length_r = (gsize)end;
	return true;
}

/* ---- zones ---- */

char *dates_windows_zone(const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar windows[PATTERN_MAX], iana[PATTERN_MAX];
	char out[PATTERN_MAX];
	int32_t n;

	u_strFromUTF8(windows, PATTERN_MAX, NULL, name, -1, &status);
	n = ucal_getTimeZoneIDForWindowsID(windows, -1, NULL, iana, PATTERN_MAX, &status);
	if (U_FAILURE(status) || n == 0)
		return NULL;
	u_strToUTF8(out, PATTERN_MAX, NULL, iana, n, &status);
	return U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING ? NULL : g_strdup(out);
}
