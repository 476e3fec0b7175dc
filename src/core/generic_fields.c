/* Who was called, when, for how long, and what was said. */
#include "generic_private.h"

#include <string.h>

#include "dates.h"
#include "notice_text.h"
#include "phone.h"

#define TIMES_MAX 12		/* places looked at */
#define DATE_TRIES_MAX 500	/* patterns tried on them, in one letter: each takes ICU some microseconds */
#define TIME_TEXT_MAX 80
#define SAME_TIME_S 900		/* as in profile_read.c */
#define HELD_MAX_S (60 * 86400)	/* a printed time that is further from the mail's is something else */

/* ---- called ---- */

/* "in mailbox 1204 from Jane Doe": up to the short word. */
static struct stretch called_value(const struct generic_reading *r, const struct page *p, const struct lexicon_match *m)
{
	struct stretch s = generic_value(r, p, m);

	for (gsize i = 0; i < p->n_matches; i++)
		if (p->matches[i].tag == TAG_FROM && p->matches[i].start > s.start && p->matches[i].start < s.end &&
		    generic_counts(r, p, &p->matches[i]))
			s.end = p->matches[i].start;
	s.end = MIN(s.end, s.name_end);
	return s;
}

static bool take_called(struct generic_reading *r, const struct page *p, const struct lexicon_match *m)
{
	struct stretch s = called_value(r, p, m);
	gsize start, size;
	const char *value, *called;

	while (s.start < s.end && strchr(" \t\"'<([", p->text[s.start]))
		s.start++;
	called = phone_find(r->arena, p->text + s.start, s.end - s.start, r->ctx->region, &start, &size);
	if (called) {
		s.start += start;
		s.end = s.start + size;
	} else {
		gsize n = strcspn(p->text + s.start, " \t\n\"'<>()[],;");

		s.end = MIN(s.end, s.start + n);
	}
	while (s.end > s.start && strchr(".:", p->text[s.end - 1]))
		s.end--;
	value = notice_line(r->arena, arena_strndup(r->arena, p->text + s.start, s.end - s.start));
	/* A label may name a team; a mere "to" proves nothing without a number. */
	if (!*value || ((!strpbrk(value, "0123456789") || strchr(value, ':')) && !generic_is_label(p, m)))
		return false;
	r->call->called = value;
	r->called = m->tag == TAG_CALLED ? called : NULL;
	generic_trace(r, FIELD_CALLED, &s, value, (int)m->language);
	return true;
}

static bool called_by(struct generic_reading *r, guint tag)
{
	static const guint order[] = { PAGE_TEXT, PAGE_HTML, PAGE_SUBJECT };
	guint tries = 0;

	for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
		const struct page *p = &r->pages[order[i]];

		for (gsize k = 0; k < p->n_matches && tries < 6; k++) {
			if (p->matches[k].tag != tag || !generic_counts(r, p, &p->matches[k]))
				continue;
			tries++;
			if (take_called(r, p, &p->matches[k]))
				return true;
		}
	}
	return false;
}

void generic_read_called(struct generic_reading *r)
{
	if (!called_by(r, TAG_CALLED))
		called_by(r, TAG_TO);
}

/* ---- time ---- */

struct time_seen {
	int64_t at;
	gsize length;	/* of the text that it was read from */
	const char *pattern;
};

static int64_t distance(int64_t x, int64_t y)
{
	return x > y ? x - y : y - x;
}

/* The pattern that takes most of text; of two, the one whose time is nearer to the mail's: 3/4/2026. */
static bool best_time(struct generic_reading *r, const char *text, const char *zone, int64_t near,
		      struct time_seen *best_r)
{
	*best_r = (struct time_seen){ 0, 0, NULL };
	for (guint i = 0; i < r->g->defs->len; i++) {
		const struct generic_def *d = g_ptr_array_index(r->g->defs, i);

		for (guint k = 0; k < d->dates->len && (r->languages & 1u << i) && r->date_tries < DATE_TRIES_MAX; k++) {
			struct time_seen t = { .pattern = g_ptr_array_index(d->dates, k) };

			r->date_tries++;
			if (dates_read_start(t.pattern, text, zone, near, &t.at, &t.length) &&
			    (t.length > best_r->length ||
			     (t.length == best_r->length && distance(t.at, near) < distance(best_r->at, near))))
				*best_r = t;
		}
	}
	return best_r->length > 0 && distance(best_r->at, near) <= HELD_MAX_S;
}

/* As in profile_read.c: a zone that the mail does not name is the configuration's, unless its Date shows another. */
static bool read_time(struct generic_reading *r, const char *text, const struct stretch *s, int language)
{
	const struct letter *l = r->letter;
	int64_t near = r->sent ? r->sent : r->ctx->arrived;
	int minutes = ABS(l->date_offset_s) / 60;
	struct time_seen t, other;
	char zone[16];

	if (!strpbrk(text, "0123456789") || !best_time(r, text, r->ctx->zone, near, &t))
		return false;
	g_snprintf(zone, sizeof(zone), "%c%02d:%02d", l->date_offset_s < 0 ? '-' : '+', minutes / 60 % 24, minutes % 60);
	if (r->sent && !l->date_local && distance(t.at, r->sent) > SAME_TIME_S &&
	    best_time(r, text, zone, near, &other) && distance(other.at, r->sent) <= SAME_TIME_S)
		t = other;
	r->call->time = t.at;
	r->call->time_printed = true;
	generic_trace(r, FIELD_TIME, s, text, language);
	if (r->ctx->trace)
		r->ctx->trace->date = arena_strdup(r->arena, t.pattern);
	return true;
}

static const char *text_at(const struct generic_reading *r, const struct page *p, gsize at)
{
	return arena_strndup(r->arena, p->text + at, strcspn(p->text + at, "\n") < TIME_TEXT_MAX
			     ? strcspn(p->text + at, "\n") : TIME_TEXT_MAX);
}

/* Up to the end of the line: what a label names, from its first letter or digit on. */
static struct stretch time_value(const struct generic_reading *r, const struct page *p, const struct lexicon_match *m)
{
	struct stretch s = generic_value(r, p, m);

	while (s.start < p->size && p->text[s.start] && strchr(" \t\"'([,:=-", p->text[s.start]))
		s.start++;
	s.end = MIN(s.start + strcspn(p->text + s.start, "\n"), s.start + TIME_TEXT_MAX);
	return s;
}

/* "Datum: 22.10.2009", and on the next line "Uhrzeit: 11:35". */
static const char *with_next(struct generic_reading *r, const struct page *p, gsize i, const struct stretch *s)
{
	const char *text = text_at(r, p, s->start);
	gsize next = i + 1;

	while (next < p->n_matches && p->matches[next].start == p->matches[i].start)
		next++;
	if (strchr(text, ':') || next >= p->n_matches || p->matches[next].tag != TAG_TIME)
		return text;
	return arena_printf(r->arena, "%s %s", g_strchomp(arena_strdup(r->arena, text)),
			    text_at(r, p, time_value(r, p, &p->matches[next]).start));
}

static bool time_by(struct generic_reading *r, const struct page *p, guint tag)
{
	guint tries = 0;

	for (gsize i = 0; i < p->n_matches && tries < TIMES_MAX; i++) {
		const struct lexicon_match *m = &p->matches[i];
		struct stretch s;

		if (m->tag != tag || !generic_counts(r, p, m))
			continue;
		tries++;
		s = time_value(r, p, m);
		if (read_time(r, with_next(r, p, i, &s), &s, (int)m->language))
			return true;
	}
	return false;
}

/* "[03.03.2026 14:16] Neue Voicemail" */
static bool time_in_brackets(struct generic_reading *r, const struct page *p)
{
	const char *open = memchr(p->text, '[', p->size);

	for (guint tries = 0; open && tries < 3; tries++) {
		struct stretch s = { .page = p, .start = (gsize)(open - p->text) + 1 };

		s.end = s.start + MIN(strcspn(open + 1, "]\n"), (gsize)TIME_TEXT_MAX);
		if (g_ascii_isdigit(open[1]) && read_time(r, text_at(r, p, s.start), &s, -1))
			return true;
		open = memchr(open + 1, '[', p->size - s.start);
	}
	return false;
}

void generic_read_time(struct generic_reading *r)
{
	static const guint order[] = { PAGE_TEXT, PAGE_HTML, PAGE_SUBJECT };

	r->call->time = r->sent ? r->sent : r->ctx->arrived;
	for (guint i = 0; i < G_N_ELEMENTS(order); i++)
		if (time_by(r, &r->pages[order[i]], TAG_TIME))
			return;
	for (guint i = 0; i < G_N_ELEMENTS(order); i++)
		if (time_by(r, &r->pages[order[i]], TAG_AT) || time_in_brackets(r, &r->pages[order[i]]))
			return;
}

/* ---- duration ---- */

static bool take_duration(struct generic_reading *r, const struct page *p, gsize start, int language)
{
	gsize n = 0;
	int seconds;
	struct stretch s = { .page = p, .start = start };

	while (s.start < p->size && p->text[s.start] && strchr(" \t\"'(:=-", p->text[s.start]))
		s.start++;
	seconds = dates_duration_start(p->text + s.start, &n);
	if (seconds < 0)
		return false;
	s.end = s.start + n;
	r->call->duration_s = seconds;
	generic_trace(r, FIELD_DURATION, &s, arena_strndup(r->arena, p->text + s.start, n), language);
	return true;
}

/* Before "long": "0:27 ", "27 second ". */
static bool duration_before(struct generic_reading *r, const struct page *p, const struct lexicon_match *m)
{
	gsize at = m->start;

	while (at > 0 && m->start - at < 16 && strchr("0123456789: ", p->text[at - 1]))
		at--;
	return at < m->start && take_duration(r, p, at, (int)m->language);
}

/* At the end of a subject: "... 00:00:27", "... (3 seconds)". */
static void duration_in_subject(struct generic_reading *r)
{
	const struct page *p = &r->pages[PAGE_SUBJECT];
	const char *open = strrchr(p->text, '(');
	const char *last = strrchr(p->text, ' ');

	if (open && g_ascii_isdigit(open[1]) && strlen(open) < 24 && strpbrk(open, ":smSM") &&
	    take_duration(r, p, (gsize)(open - p->text), -1))
		return;
	if (last && g_ascii_isdigit(last[1]) && strlen(last) == 9 && last[3] == ':' && last[6] == ':')
		take_duration(r, p, (gsize)(last - p->text), -1);
}

void generic_read_duration(struct generic_reading *r)
{
	for (guint i = PAGE_TEXT; i < N_PAGES; i++)
		for (gsize k = 0; k < r->pages[i].n_matches; k++) {
			const struct page *p = &r->pages[i];
			const struct lexicon_match *m = &p->matches[k];

			if (!generic_counts(r, p, m))
				continue;
			if (m->tag == TAG_DURATION && take_duration(r, p, generic_value(r, p, m).start, (int)m->language))
				return;
			if (m->tag == TAG_LONG && duration_before(r, p, m))
				return;
		}
	if (r->call->class == CLASS_VOICEMAIL)
		duration_in_subject(r);
}

/* ---- transcript ---- */

/* Up to a line that only parts what is above from what is below. */
static gsize spoken_end(const struct page *p, gsize from)
{
	for (gsize at = from; at < p->size;) {
		gsize n = strcspn(p->text + at, "\n");

		if (at > from && (g_str_has_prefix(p->text + at, "===") || g_str_has_prefix(p->text + at, "---") ||
				  g_str_has_prefix(p->text + at, "___") || g_str_has_prefix(p->text + at, "-- \n")))
			return at;
		at += n + 1;
	}
	return p->size;
}

static void read_page(struct generic_reading *r, struct page *p)
{
	for (gsize i = 0; i < p->n_matches; i++) {
		const struct lexicon_match *m = &p->matches[i];
		struct stretch s = { .page = p, .start = m->end };
		const char *value;

		if (m->tag != TAG_TRANSCRIPT || !m->first || !generic_is_label(p, m))
			continue;
		s.start += strspn(p->text + s.start, " \t:=*-");
		s.end = spoken_end(p, s.start);
		p->spoken = m->start;
		p->spoken_end = s.end;
		value = notice_transcript(r->arena, arena_strndup(r->arena, p->text + s.start, s.end - s.start));
		if (*value && !r->call->transcript) {
			r->call->transcript = value;
			generic_trace(r, FIELD_TRANSCRIPT, &s, value, (int)m->language);
		}
		return;
	}
}

void generic_read_transcript(struct generic_reading *r)
{
	read_page(r, &r->pages[PAGE_TEXT]);
	read_page(r, &r->pages[PAGE_HTML]);
}
