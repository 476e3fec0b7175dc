#include "generic_private.h"

#include <string.h>

#include "dates.h"
#include "err.h"

/* What is looked at. A notice is a few hundred octets, and a transcript that nobody needs words of. */
#define PAGE_MAX (16 * 1024)
#define SUBJECT_MAX 500
#define LINK_TEXT_MAX 400	/* more than a few lines around a link: it is not the link that the mail is about */

static const char *const tag_names[] = {
	"missed", "voicemail", "abandoned", "message", "not_call", "not_subject", "pbx", "caller", "from", "name", "called", "to", "time", "at",
	"duration", "long", "transcript", "withheld", "reasons", "other",
};
_Static_assert(G_N_ELEMENTS(tag_names) == N_TAGS, "one name a tag");

const char *generic_tag_name(enum generic_tag t)
{
	g_assert(t < N_TAGS);
	return tag_names[t];
}

/* ---- definitions ---- */

struct generic_def *generic_def_new(void)
{
	struct generic_def *d = g_new0(struct generic_def, 1);

	for (guint t = 0; t < N_TAGS; t++)
		d->words[t] = g_ptr_array_new_with_free_func(g_free);
	d->reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	d->dates = g_ptr_array_new_with_free_func(g_free);
	return d;
}

void generic_def_free(struct generic_def *d)
{
	if (!d)
		return;
	for (guint t = 0; t < N_TAGS; t++)
		g_ptr_array_unref(d->words[t]);
	g_hash_table_unref(d->reasons);
	g_ptr_array_unref(d->dates);
	g_free(d->language);
	g_free(d->file);
	g_free(d);
}

struct generic *generic_new(void)
{
	struct generic *g = g_new0(struct generic, 1);

	g->words = lexicon_new();
	g->defs = g_ptr_array_new_with_free_func((GDestroyNotify)generic_def_free);
	return g;
}

void generic_free(struct generic *g)
{
	if (!g)
		return;
	lexicon_free(g->words);
	g_ptr_array_unref(g->defs);
	g_free(g);
}

guint generic_languages(const struct generic *g)
{
	return g->defs->len;
}

static gboolean add_words(struct generic *g, const struct generic_def *d, guint language, GError **err)
{
	for (guint t = 0; t < N_TAGS; t++)
		for (guint i = 0; i < d->words[t]->len; i++) {
			const char *phrase = g_ptr_array_index(d->words[t], i);
			int value = t == TAG_REASON ? GPOINTER_TO_INT(g_hash_table_lookup(d->reasons, phrase)) : 0;

			if (!lexicon_add(g->words, phrase, t, language, value))
				return err_set(err, ERR_CONF, "%s:%d: %s: \"%s\" should be one to twelve words, with * "
					       "for others between two of them", d->file, d->line, tag_names[t], phrase);
		}
	return TRUE;
}

gboolean generic_add(struct generic *g, struct generic_def *def, GError **err)
{
	g_ptr_array_add(g->defs, def);
	if (g->defs->len > GENERIC_LANGUAGES_MAX)
		return err_set(err, ERR_CONF, "%s:%d: more than %d languages", def->file, def->line,
			       GENERIC_LANGUAGES_MAX);
	for (guint i = 0; i < def->dates->len; i++)
		if (!dates_check(g_ptr_array_index(def->dates, i), err)) {
			g_prefix_error(err, "%s:%d: ", def->file, def->line);
			return FALSE;
		}
	return add_words(g, def, g->defs->len - 1, err);
}

/* ---- pages ---- */

/* The end of the last character that is whole within max octets. */
static gsize bounded(const char *text, gsize max)
{
	gsize n = strnlen(text, max + 1);

	if (n <= max)
		return n;
	for (n = max; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

static void open_page(struct generic_reading *r, guint i, enum profile_where where, const char *text, gsize max)
{
	struct page *p = &r->pages[i];

	p->where = where;
	p->text = text;
	p->size = p->spoken = p->spoken_end = bounded(text, max);
	p->matches = lexicon_find(r->g->words, text, p->size, r->arena, &p->n_matches);
}

/* Does it count whatever language the mail is in? */
static bool is_for_all(guint tag)
{
	return tag <= TAG_PBX || tag == TAG_WITHHELD;
}

static bool is_short_word(guint tag)
{
	return tag == TAG_FROM || tag == TAG_TO || tag == TAG_AT;
}

/* "File" is a queue in French and a file in English: says nothing of the language. */
static bool is_shared(const struct page *p, gsize i)
{
	const struct lexicon_match *m = &p->matches[i];

	return (i > 0 && m[-1].start == m->start && m[-1].language != m->language) ||
	       (i + 1 < p->n_matches && m[1].start == m->start && m[1].language != m->language);
}

static guint languages_of(const struct generic_reading *r)
{
	guint languages = 0;

	for (guint i = 0; i < N_PAGES; i++)
		for (gsize k = 0; k < r->pages[i].n_matches; k++) {
			const struct lexicon_match *m = &r->pages[i].matches[k];

			if (m->tag <= TAG_MESSAGE || (!is_for_all(m->tag) && !is_short_word(m->tag) && m->tag != TAG_OTHER &&
						      !is_shared(&r->pages[i], k)))
				languages |= 1u << m->language;
		}
	return languages;
}

bool generic_counts(const struct generic_reading *r, const struct page *p, const struct lexicon_match *m)
{
	if (m->start >= p->spoken && m->start < p->spoken_end)
		return false;
	return is_for_all(m->tag) || (r->languages & 1u << m->language);
}

/* ---- traces ---- */

void generic_trace(const struct generic_reading *r, enum call_field f, const struct stretch *s, const char *value,
		   int language)
{
	const struct generic_def *d = language < 0 ? NULL : g_ptr_array_index(r->g->defs, (guint)language);
	struct profile_value v = { .field = f, .value = value, .where = s->page->where, .header = s->page->header,
				   .index = s->page->index, .offset = s->start, .size = s->end - s->start };

	if (!r->ctx->trace)
		return;
	v.raw = arena_strndup(r->arena, s->page->text + s->start, v.size);
	v.file = d ? arena_strdup(r->arena, d->file) : "generic";
	v.line = d ? d->line : 0;
	g_array_append_val(r->ctx->trace->values, v);
}

/* ---- what it is ---- */

static bool has_tag(const struct generic_reading *r, guint page, guint tag)
{
	const struct page *p = &r->pages[page];

	for (gsize k = 0; k < p->n_matches; k++)
		if (p->matches[k].tag == tag && generic_counts(r, p, &p->matches[k]))
			return true;
	return false;
}

static bool text_has_tag(const struct generic_reading *r, guint tag)
{
	return has_tag(r, PAGE_TEXT, tag) || has_tag(r, PAGE_HTML, tag);
}

/* What the subject says counts more than the text. */
static int points_of(const struct generic_reading *r, guint tag)
{
	bool recorded = tag == TAG_VOICEMAIL && letter_audio(r->letter);
	int subject = has_tag(r, PAGE_SUBJECT, tag) || (recorded && has_tag(r, PAGE_SUBJECT, TAG_MESSAGE)) ? 35 : 0;
	int text = text_has_tag(r, tag) || (recorded && text_has_tag(r, TAG_MESSAGE)) ? 25 : 0;

	return subject + text + (recorded && subject + text ? 25 : 0);
}

/* Where a tag is first found in the text; SIZE_MAX if it is not. */
static gsize first_place(const struct page *p, guint tag)
{
	for (gsize k = 0; k < p->n_matches; k++)
		if (p->matches[k].tag == tag)
			return p->matches[k].start;
	return G_MAXSIZE;
}

static gsize place_of(const struct generic_reading *r, guint tag)
{
	return MIN(first_place(&r->pages[PAGE_TEXT], tag), first_place(&r->pages[PAGE_HTML], tag));
}

/* 0 if no phrase says what the mail is. */
static int decide_class(struct generic_reading *r)
{
	static const enum call_class classes[] = { CLASS_MISSED, CLASS_VOICEMAIL, CLASS_ABANDONED };
	guint best_tag = TAG_MISSED;
	int best = 0;

	for (guint tag = TAG_MISSED; tag <= TAG_ABANDONED; tag++) {
		int points = points_of(r, tag);

		if (points > best || (points == best && points && place_of(r, tag) < place_of(r, best_tag))) {
			best = points;
			best_tag = tag;
		}
	}
	r->call->class = classes[best_tag];
	r->call->reason = best_tag == TAG_ABANDONED ? REASON_ABANDONED : REASON_NO_ANSWER;
	return best;
}

static void decide_reason(struct generic_reading *r)
{
	for (guint i = 0; i < N_PAGES; i++)
		for (gsize k = 0; k < r->pages[i].n_matches; k++) {
			const struct page *p = &r->pages[i];
			const struct lexicon_match *m = &p->matches[k];
			struct stretch s = { .page = p, .start = m->start, .end = m->end };

			if (m->tag != TAG_REASON || !generic_counts(r, p, m))
				continue;
			r->call->reason = (enum call_reason)m->value;
			generic_trace(r, FIELD_REASON, &s, reason_name(r->call->reason), (int)m->language);
			return;
		}
}

/* ---- what it is not ---- */

static bool has_suffix_of(const char *name, const char *const *suffixes)
{
	for (; *suffixes; suffixes++)
		if (g_str_has_suffix(name, *suffixes))
			return true;
	return false;
}

static bool is_harmless(const struct letter_part *part)
{
	static const char *const good[] = {
		".wav", ".mp3", ".gsm", ".ogg", ".opus", ".m4a", ".wma", ".amr", ".png", ".gif", ".jpg", ".jpeg", ".txt", ".vcf",
		".au", ".json", NULL,
	};
	static const char *const bad[] = {
		".html", ".htm", ".shtml", ".svg", ".zip", ".rar", ".7z", ".exe", ".js", ".iso", ".img", ".lnk", ".hta", NULL,
	};
	g_autofree char *name = part->filename ? g_utf8_casefold(part->filename, -1) : NULL;

	if (!name || has_suffix_of(name, good))
		return true;
	return !has_suffix_of(name, bad) && (g_str_has_prefix(part->type, "audio/") ||
					     g_str_has_prefix(part->type, "image/"));
}

/* A recording as a page, an archive or a program: a lure. A PDF: a fax. */
static bool has_strange_file(const struct letter *l)
{
	for (gsize i = 0; i < l->n_parts; i++)
		if (!is_harmless(&l->parts[i]))
			return true;
	return false;
}

/* A domain that wants to be taken for another: notify@voice.example.com.lure.net, "notify@example.com" <x@lure.net>. */
static bool has_strange_domain(const char *from)
{
	static const char *const inner[] = { ".com.", ".net.", ".org.", ".de.", ".io." };
	const char *at = strrchr(from, '@'), *shown = strchr(from, '@');

	if (shown != at && g_ascii_strncasecmp(shown, at, strcspn(at, "> \"")) != 0)
		return true;

	for (guint i = 0; at && i < G_N_ELEMENTS(inner); i++) {
		const char *in = strstr(at, inner[i]), *rest = in ? in + strlen(inner[i]) : "";

		if (strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789-") > 3 || strchr(rest, '.'))
			return true;
	}
	return false;
}

/* A link to a recording, and hardly a word about it. */
static bool is_bare_link(const struct generic_reading *r)
{
	const struct call *c = r->call;

	return c->class == CLASS_VOICEMAIL && MAX(r->pages[PAGE_TEXT].size, r->pages[PAGE_HTML].size) < LINK_TEXT_MAX && !letter_audio(r->letter) && !c->time_printed && c->duration_s < 0 &&
	       !c->transcript && (strstr(r->letter->text, "://") || strstr(r->letter->html, "://"));
}

/* Points off for what speaks against a notice. */
static int doubts(const struct generic_reading *r)
{
	const char *precedence = letter_header(r->letter, "Precedence");
	bool list = letter_header(r->letter, "List-Unsubscribe") || letter_header(r->letter, "List-Id") ||
		    (precedence && g_ascii_strcasecmp(precedence, "list") == 0);
	bool asks = g_str_has_suffix(r->letter->subject, "?");	/* people do */

	if (has_strange_file(r->letter) || has_strange_domain(r->letter->from) || has_tag(r, PAGE_SUBJECT, TAG_NOT_CALL) ||
	    has_tag(r, PAGE_SUBJECT, TAG_NOT_SUBJECT))
		return 100;
	return (list ? 25 : 0) + (asks ? 40 : 0) + (is_bare_link(r) ? 40 : 0) + (r->caller_differs ? 10 : 0) + (text_has_tag(r, TAG_NOT_CALL) ? 60 : 0);
}

/* ---- how sure ---- */

static bool is_machine(const struct generic_reading *r)
{
	const char *submitted = letter_header(r->letter, "Auto-Submitted");
	const struct lexicon_match *m;
	gsize n;

	if (submitted && g_ascii_strncasecmp(submitted, "auto-generated", 14) == 0)
		return true;
	if (*r->letter->from && !strchr(r->letter->from, '@'))	/* nobody could answer */
		return true;
	m = lexicon_find(r->g->words, r->letter->from, bounded(r->letter->from, SUBJECT_MAX), r->arena, &n);
	for (gsize i = 0; i < n; i++)
		if (m[i].tag == TAG_PBX || m[i].tag == TAG_VOICEMAIL || m[i].tag == TAG_MISSED)
			return true;
	return false;
}

static int caller_points(const struct generic_reading *r)
{
	const struct call *c = r->call;

	if (c->caller)
		return (r->caller_loose ? 15 : 25) + (r->caller_agreed ? 10 : 0);
	if (c->withheld || c->caller_raw)
		return 20;
	return r->caller_labelled && c->caller_name ? 15 : 0;
}

static bool has_class(const struct generic_reading *r, guint page)
{
	return has_tag(r, page, TAG_MISSED) || has_tag(r, page, TAG_VOICEMAIL) || has_tag(r, page, TAG_ABANDONED) ||
	       has_tag(r, page, TAG_MESSAGE);
}

/* "You have a new voicemail": anybody can write that, and nobody could be called back. Nor does a number that is merely
 * spoken of make a notice. */
static int confidence_of(const struct generic_reading *r, int class_points)
{
	const struct call *c = r->call;
	int caller = caller_points(r), points = class_points + caller;
	bool machine = is_machine(r);

	if (!has_class(r, PAGE_SUBJECT) && (r->caller_loose || !caller))
		points = MIN(points, 30);
	if (!caller && !(c->class == CLASS_VOICEMAIL && letter_audio(r->letter)) && !(c->called && c->time_printed))
		points = MIN(points, 30);
	if (!machine && !c->time_printed && c->duration_s < 0 && !letter_audio(r->letter))
		points = MIN(points, 30);	/* "You missed a call from Jane, 555-0143": a colleague writes so */
	points += machine ? 15 : 0;
	points += c->time_printed ? 10 : 0;
	points += c->duration_s >= 0 ? 10 : 0;
	points += c->called ? 5 : 0;
	return CLAMP(MIN(points, 99) - doubts(r), 0, 99);
}

static void set_audio(struct call *c, const struct letter *l)
{
	const struct letter_part *audio = letter_audio(l);

	if (!audio || c->class != CLASS_VOICEMAIL)
		return;
	c->audio_hash = audio->sha512;
	c->audio_type = audio->type;
	c->audio_name = audio->filename;
}

static void read_fields(struct generic_reading *r)
{
	generic_read_called(r);
	generic_read_caller(r);
	generic_read_time(r);
	generic_read_duration(r);
	decide_reason(r);
	set_audio(r->call, r->letter);
}

struct call *generic_read(const struct generic *g, const struct letter *l, const struct profile_context *ctx,
			  int64_t sent, struct arena *a)
{
	struct generic_reading r = { .g = g, .letter = l, .ctx = ctx, .sent = sent, .arena = a };
	int class_points;

	open_page(&r, PAGE_SUBJECT, WHERE_SUBJECT, l->subject, SUBJECT_MAX);
	open_page(&r, PAGE_TEXT, WHERE_TEXT, l->text, PAGE_MAX);
	open_page(&r, PAGE_HTML, WHERE_HTML, l->html, PAGE_MAX);
	r.languages = languages_of(&r);
	r.call = ARENA_NEW(a, struct call);
	r.call->profile = "generic";
	r.call->duration_s = -1;
	r.call->transcript_confidence = -1;
	generic_read_transcript(&r);
	class_points = decide_class(&r);
	if (!class_points)
		return NULL;
	read_fields(&r);
	r.call->confidence = confidence_of(&r, class_points);
	return r.call->confidence >= MAX(ctx->generic, 1) ? r.call : NULL;
}
