/* Who called. */
#include "generic_private.h"

#include <string.h>

#include "notice_text.h"
#include "phone.h"

#define VALUE_MAX 120		/* octets behind a label */
#define BESIDE_MAX 40		/* ... behind "missed call", where a number may stand without a label */
#define LOOKS_MAX 24		/* for a number, in one letter: each takes libphonenumber some microseconds */
#define NAME_WORDS_MAX 6	/* more is a sentence */
#define EXTENSION_MAX 6
#define ROW_MAX 50
#define WRAPPED_MIN 55		/* octets of a line that was ended for its length */

/* ---- labels and what they name ---- */

/* "Caller number 2025550143": a row of a table, and no sentence. */
static bool is_row(const struct page *p, const struct lexicon_match *m)
{
	gsize n = strcspn(p->text + m->end, "\n");

	if (!m->first || (m->tag != TAG_CALLER && m->tag != TAG_NAME && m->tag != TAG_CALLED))
		return false;
	return n > 0 && n < ROW_MAX && !strchr(".,;:!?", p->text[m->end + n - 1]);
}

bool generic_is_label(const struct page *p, const struct lexicon_match *m)
{
	gsize at = m->end;

	while (at < p->size && strchr(" *)_", p->text[at]))
		at++;
	return at == p->size || strchr(":=\t\n", p->text[at]) || strncmp(p->text + at, "--", 2) == 0 || is_row(p, m);
}

static gsize skip(const struct page *p, gsize at, const char *chars)
{
	while (at < p->size && p->text[at] && strchr(chars, p->text[at]))
		at++;
	return at;
}

/* Does a value end where this stands? */
static bool ends_value(const struct generic_reading *r, const struct page *p, const struct lexicon_match *m)
{
	switch (m->tag) {
	case TAG_WITHHELD: case TAG_PBX: case TAG_LONG: case TAG_REASON: case TAG_NOT_CALL: case TAG_NOT_SUBJECT:
	case TAG_FROM:
	case TAG_MISSED: case TAG_VOICEMAIL: case TAG_ABANDONED: case TAG_MESSAGE:
		return false;
	case TAG_CALLER: case TAG_NAME:
		return generic_is_label(p, m);
	default:
		return generic_counts(r, p, m);
	}
}

/* A long line of prose goes on in the next. */
static const char *line_break(const struct page *p, gsize at)
{
	const char *end = memchr(p->text + at, '\n', p->size - at);
	gsize start = at;

	while (start > 0 && p->text[start - 1] != '\n')
		start--;
	if (end && end - (p->text + start) >= WRAPPED_MIN)
		end = memchr(end + 1, '\n', p->size - (gsize)(end + 1 - p->text));
	return end;
}

static gsize line_end(const struct page *p, gsize at, gsize max)
{
	const char *end = line_break(p, at);
	gsize stop = MIN(end ? (gsize)(end - p->text) : p->size, at + max);

	/* Not within a character, nor within a number. */
	while (stop > at && stop < p->size && (((unsigned char)p->text[stop] & 0xc0) == 0x80 ||
					       (stop == at + max && g_ascii_isdigit(p->text[stop]))))
		stop--, max--;
	return stop;
}

static bool is_short(guint tag)
{
	return tag == TAG_FROM || tag == TAG_TO || tag == TAG_AT;
}

static struct stretch stretch_from(const struct generic_reading *r, const struct page *p, gsize at, gsize max)
{
	struct stretch s = { p, at, line_end(p, at, max), 0 };

	s.name_end = s.end;
	for (gsize i = 0; i < p->n_matches; i++) {
		const struct lexicon_match *m = &p->matches[i];

		if (m->start >= s.end)
			break;
		/* "To Let" may call; where a label stands, there is no value. */
		if (m->start < s.start || (m->start == s.start && is_short(m->tag)) || !ends_value(r, p, m))
			continue;
		s.name_end = MIN(s.name_end, m->start);
		if (m->tag != TAG_AT)
			s.end = m->start;
	}
	return s;
}

struct stretch generic_value(const struct generic_reading *r, const struct page *p, const struct lexicon_match *m)
{
	gsize at = skip(p, m->end, " \t:=*)_-");

	/* A table as text: the value is on the next line, or the one after that. */
	if (at < p->size && p->text[at] == '\n' && (m->first || generic_is_label(p, m)))
		at = skip(p, at, " \t\n:");
	return stretch_from(r, p, at, VALUE_MAX);
}

/* ---- names ---- */

static guint words_in(const char *s)
{
	guint n = 0;

	for (bool blank = true; *s; s++) {
		n += blank && *s != ' ';
		blank = *s == ' ';
	}
	return n;
}

/* Without what names are put into and held apart by. */
static const char *strip_name(struct arena *a, const char *text, gsize size)
{
	static const char *const around = " \t\r\n\"'<>()[]{},;:-/|.*=_„“”«»–—";
	const char *s = notice_name(a, arena_strndup(a, text, size));
	const char *end = s + strlen(s);

	while (*s && g_utf8_strchr(around, -1, g_utf8_get_char(s)))
		s = g_utf8_next_char(s);
	while (end > s) {
		const char *last = g_utf8_prev_char(end);

		if (!g_utf8_strchr(around, -1, g_utf8_get_char(last)))
			break;
		end = last;
	}
	return arena_strndup(a, s, (gsize)(end - s));
}

static const char *name_in(const struct generic_reading *r, const struct page *p, gsize start, gsize end)
{
	const char *name = end > start ? strip_name(r->arena, p->text + start, end - start) : "";
	const struct lexicon_match *m;
	gsize n;

	if (!notice_has_letter(name) || words_in(name) > NAME_WORDS_MAX || strstr(name, "://"))
		return NULL;
	m = lexicon_find(r->g->words, name, MIN(strlen(name), 500), r->arena, &n);
	/* "Jane Doe via Front Desk" is a name, "your mailbox" is none. */
	for (gsize i = 0; i < n; i++)
		if (m[i].start == 0 && m[i].tag != TAG_LONG && !(m[i].end < strlen(name) && m[i].tag == TAG_FROM))
			return NULL;
	return name;
}

/* Behind a number: in brackets, or up to the end of the line or a sentence. */
static gsize name_end(const struct page *p, gsize start, gsize end)
{
	gsize open = skip(p, start, " \t>)");

	if (open < end && strchr("(\"[<", p->text[open])) {
		gsize n = strcspn(p->text + open + 1, ")\"]>");

		return MIN(open + 1 + n, end);
	}
	for (gsize i = start; i < end; i++)
		if (strchr(",.;", p->text[i]) && i > start)
			return i;
	return end;
}

static void take_name(struct generic_reading *r, const struct page *p, gsize start, gsize end, int language)
{
	const char *name = r->call->caller_name ? NULL : name_in(r, p, start, end);
	struct stretch s = { .page = p, .start = start, .end = end };

	if (!name)
		return;
	r->call->caller_name = name;
	generic_trace(r, FIELD_CALLER_NAME, &s, name, language);
}

/* ---- numbers ---- */

static const char *find_number(struct generic_reading *r, const struct stretch *s, gsize *start_r, gsize *end_r)
{
	gsize start, size;
	const char *e164;

	if (s->end - s->start < 6 || r->looks++ >= LOOKS_MAX)
		return NULL;
	e164 = phone_find(r->arena, s->page->text + s->start, s->end - s->start, r->ctx->region, &start, &size);
	if (!e164 || g_strcmp0(e164, r->called) == 0)
		return NULL;
	*start_r = s->start + start;
	*end_r = *start_r + size;
	return e164;
}

static void take_number(struct generic_reading *r, const struct stretch *s, const char *e164, bool loose, int language)
{
	struct call *c = r->call;

	if (c->caller) {
		r->caller_agreed |= strcmp(c->caller, e164) == 0;
		r->caller_differs |= strcmp(c->caller, e164) != 0 && !loose;
		return;
	}
	c->caller = e164;
	c->caller_raw = notice_line(r->arena, arena_strndup(r->arena, s->page->text + s->start, s->end - s->start));
	c->withheld = false;
	r->caller_loose = loose;
	generic_trace(r, FIELD_CALLER, s, c->caller_raw, language);
}

/* "1204", "<1204>" right behind the label; "Front Desk" <1204>. */
static bool take_extension(struct generic_reading *r, const struct stretch *s, int language)
{
	const char *open = memchr(s->page->text + s->start, '<', s->end - s->start);
	gsize from = open && g_ascii_isdigit(open[1]) ? (gsize)(open - s->page->text) : s->start;
	struct stretch digits = { .page = s->page, .start = skip(s->page, from, " \t\"'<(["), .end = s->end };
	gsize n = strspn(s->page->text + digits.start, "0123456789"), after;

	if (n < 2 || n > EXTENSION_MAX || digits.start + n > s->end || r->call->caller || r->call->caller_raw)
		return false;
	after = skip(s->page, digits.start + n, " \t\"'>)].,");
	if (after < s->end && s->page->text[digits.start + n] != ' ' && s->page->text[digits.start + n] != '>')
		return false;
	digits.end = digits.start + n;
	take_name(r, s->page, s->start, MAX(from, s->start), language);
	r->call->caller_raw = arena_strndup(r->arena, s->page->text + digits.start, n);
	generic_trace(r, FIELD_CALLER, &digits, r->call->caller_raw, language);
	return true;
}

/* A word for "withheld" at the beginning, with nothing but punctuation before it. */
static bool says_withheld(const struct generic_reading *r, const struct stretch *s)
{
	for (gsize i = 0; i < s->page->n_matches; i++) {
		const struct lexicon_match *m = &s->page->matches[i];

		if (m->start >= s->start && m->end <= s->end && m->tag == TAG_WITHHELD)
			return skip(s->page, s->start, " \t\"'<([-–:") >= m->start;
	}
	(void)r;
	return false;
}

/* What stands in a stretch. loose: a name alone proves nothing there. */
static void take(struct generic_reading *r, struct stretch s, bool loose, int language)
{
	gsize start, end;
	const char *e164 = find_number(r, &s, &start, &end);
	bool known = r->call->caller != NULL;

	if (!e164) {
		if (says_withheld(r, &s) && !known)
			r->call->withheld = true;
		else if (!loose && !take_extension(r, &s, language) && !known)
			take_name(r, s.page, s.start, s.name_end, language);
		return;
	}
	take_number(r, &(struct stretch){ .page = s.page, .start = start, .end = end }, e164, loose, language);
	if (strcmp(r->call->caller, e164) != 0)
		return;
	take_name(r, s.page, s.start, MIN(start, MAX(s.name_end, s.start)), language);
	take_name(r, s.page, end, name_end(s.page, end, s.end), language);
}

/* ---- places, the surest first ---- */

static void from_labels(struct generic_reading *r, guint page)
{
	const struct page *p = &r->pages[page];

	for (gsize i = 0; i < p->n_matches; i++) {
		const struct lexicon_match *m = &p->matches[i];

		if (!generic_counts(r, p, m))
			continue;
		/* "Number: withheld", where the two are one phrase. */
		r->call->withheld |= m->tag == TAG_WITHHELD && memchr(p->text + m->start, ':', m->end - m->start);
		if (!generic_is_label(p, m))
			continue;
		if (m->tag == TAG_CALLER || m->tag == TAG_FROM) {
			r->caller_labelled = true;
			take(r, generic_value(r, p, m), false, (int)m->language);
		} else if (m->tag == TAG_NAME) {
			struct stretch s = generic_value(r, p, m);

			r->caller_labelled = true;
			if (says_withheld(r, &s) && !r->call->caller)
				r->call->withheld = true;
			else
				take_name(r, p, s.start, s.name_end, (int)m->language);
		}
	}
}

/* X-Asterisk-CallerID, X-CallingTelephoneNumber: whatever says so in its name and holds nothing but a number. */
static void from_headers(struct generic_reading *r)
{
	for (gsize i = 0; i < r->letter->n_headers; i++) {
		const struct letter_header *h = &r->letter->headers[i];
		struct page page = { .where = WHERE_HEADER, .header = h->name, .index = i, .text = h->value };
		g_autofree char *name = g_ascii_strdown(h->name, -1);
		struct stretch s = { .page = &page, .end = strnlen(h->value, VALUE_MAX) };
		const char *e164;

		page.size = s.end;
		if (!strstr(name, "caller") && !strstr(name, "calling"))
			continue;
		e164 = phone_e164(r->arena, h->value, r->ctx->region);
		r->caller_labelled = true;
		if (e164)
			take_number(r, &s, e164, false, -1);
		else if (!strstr(name, "name"))
			take_extension(r, &s, -1);
	}
}

static bool is_class(guint tag)
{
	return tag == TAG_MISSED || tag == TAG_VOICEMAIL || tag == TAG_ABANDONED || tag == TAG_MESSAGE;
}

/* "Message from": the phrase ends in a short word that names the caller. */
static bool ends_in_from(const struct generic_reading *r, const struct page *p, const struct lexicon_match *m)
{
	const struct lexicon_match *last;
	gsize at = m->end, n;

	while (at > m->start && p->text[at - 1] != ' ')
		at--;
	last = lexicon_find(r->g->words, p->text + at, m->end - at, r->arena, &n);
	for (gsize i = 0; i < n && at > m->start; i++)
		if (last[i].tag == TAG_FROM && last[i].language == m->language)
			return true;
	return false;
}

/* "from", "von", "the caller was". */
static void from_words(struct generic_reading *r, guint page)
{
	const struct page *p = &r->pages[page];
	bool subject = page == PAGE_SUBJECT;

	for (gsize i = 0; i < p->n_matches; i++) {
		const struct lexicon_match *m = &p->matches[i];

		if (!generic_counts(r, p, m) || (!subject && generic_is_label(p, m)))
			continue;
		if (m->tag != TAG_FROM && m->tag != TAG_CALLER && !(is_class(m->tag) && ends_in_from(r, p, m)))
			continue;
		r->caller_labelled |= subject;
		take(r, generic_value(r, p, m), !subject, (int)m->language);
	}
}

/* Right behind "Missed call". */
static void from_classes(struct generic_reading *r, guint page)
{
	const struct page *p = &r->pages[page];

	for (gsize i = 0; i < p->n_matches; i++)
		if (is_class(p->matches[i].tag) && generic_counts(r, p, &p->matches[i]))
			take(r, stretch_from(r, p, skip(p, p->matches[i].end, " \t:=-"), BESIDE_MAX), true,
			     (int)p->matches[i].language);
}

/* Anywhere in the subject, if nothing but the caller's number can be meant. */
static void from_subject(struct generic_reading *r)
{
	const struct page *p = &r->pages[PAGE_SUBJECT];

	if (!r->call->caller && !r->call->withheld)
		take(r, stretch_from(r, p, 0, VALUE_MAX), true, -1);
}

/* "Jane Doe" <2025550143@pbx.example.com> */
static void from_address(struct generic_reading *r)
{
	struct page page = { .where = WHERE_FROM, .text = r->letter->from };
	const char *open = strrchr(r->letter->from, '<');
	struct stretch s = { .page = &page, .start = open ? (gsize)(open - r->letter->from) + 1 : 0 };
	const char *e164;

	s.end = s.start + strspn(r->letter->from + s.start, "+0123456789");
	page.size = strlen(r->letter->from);
	if (r->call->caller || r->call->withheld || s.end - s.start > VALUE_MAX)
		return;
	e164 = phone_e164(r->arena, arena_strndup(r->arena, r->letter->from + s.start, s.end - s.start), r->ctx->region);
	if (!e164)
		return;
	take_number(r, &s, e164, true, -1);
	if (open)
		take_name(r, &page, 0, s.start - 1, -1);
}

/* A name without a number, where a mere word says whose it is. */
static void name_from_words(struct generic_reading *r)
{
	for (guint page = PAGE_TEXT; page < N_PAGES; page++) {
		const struct page *p = &r->pages[page];

		for (gsize i = 0; i < p->n_matches && !r->call->caller_name && !r->call->withheld; i++)
			if (p->matches[i].tag == TAG_FROM && generic_counts(r, p, &p->matches[i])) {
				struct stretch s = generic_value(r, p, &p->matches[i]);

				take_name(r, p, s.start, s.name_end, (int)p->matches[i].language);
			}
	}
}

void generic_read_caller(struct generic_reading *r)
{
	from_labels(r, PAGE_TEXT);
	from_labels(r, PAGE_HTML);
	from_headers(r);
	from_words(r, PAGE_SUBJECT);
	from_classes(r, PAGE_SUBJECT);
	from_subject(r);
	for (guint page = PAGE_TEXT; page < N_PAGES; page++)
		from_words(r, page);
	for (guint page = PAGE_TEXT; page < N_PAGES; page++)
		from_classes(r, page);
	from_address(r);
	if (!r->call->caller)
		name_from_words(r);
	if (r->call->caller)
		r->call->withheld = false;
}
