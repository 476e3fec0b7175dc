#include "profile_private.h"

#include <string.h>

#include "dates.h"
#include "notice_frame.h"
#include "notice_text.h"
#include "phone.h"

/* The Date of a mail that is sent at the end of the call, through a queue. */
#define SAME_TIME_S 900

/* One reading of one letter. */
struct reading {
	const struct letter *letter;
	const struct profile_context *ctx;
	const struct profile *profile;
	struct arena *arena;
	struct look *look;
	const char *values[N_FIELDS];
	int64_t sent;		/* the mail's Date, 0 if none */
	const char *date;	/* the pattern that fit values[FIELD_TIME] */
	bool withheld;		/* a name said so: then there is none elsewhere either */
};

/* What a rule was just found in. */
struct place {
	const char *text;
	gsize index;
};

/* "" if it is no name: a number, a placeholder, a word for "withheld". */
static const char *clean_name(struct reading *r, const char *raw)
{
	const char *name = notice_name(r->arena, raw);

	if (profile_words_have(r->profile->withheld, name)) {
		r->withheld = true;
		return "";
	}
	return notice_has_letter(name) && !profile_words_have(r->profile->placeholders, name) ? name : "";
}

static const char *clean_value(struct reading *r, enum call_field f, const char *raw)
{
	switch (f) {
	case FIELD_CALLER_NAME: return clean_name(r, raw);
	case FIELD_TRANSCRIPT: return notice_transcript(r->arena, raw);
	case FIELD_CALLED_NAME: return notice_name(r->arena, raw);
	case FIELD_CALLER: case FIELD_CALLED: case FIELD_TIME: case FIELD_DURATION: case FIELD_CALL_ID:
	case FIELD_REASON: case FIELD_TRANSCRIPT_LANG: case FIELD_TRANSCRIPT_ENGINE:
	case FIELD_TRANSCRIPT_CONFIDENCE: case FIELD_WAITED: case N_FIELDS: break;
	}
	return notice_line(r->arena, raw);
}

static void trace_value(const struct reading *r, const struct rule *rule, const struct place *p,
			const struct profile_value *found)
{
	struct profile_value v = *found;

	v.where = look_where(r->look, rule);
	v.header = rule->where == WHERE_HEADER ? r->letter->headers[p->index].name : NULL;
	v.index = rule->where == WHERE_HEADER || rule->where == WHERE_FILENAME ? p->index : 0;
	v.file = r->profile->def->file;
	v.line = rule->source->line;
	g_array_append_val(r->ctx->trace->values, v);
}

static void take_groups(struct reading *r, const struct rule *rule, const struct place *p)
{
	for (guint i = 0; i < pattern_groups(rule->pattern); i++) {
		enum call_field f = rule->fields[i];
		const char *start, *raw, *value;
		gsize size;

		if (r->values[f] || (f == FIELD_CALLER_NAME && r->withheld) ||
		    !pattern_group(rule->pattern, r->look->scratch, i, &start, &size))
			continue;
		raw = arena_strndup(r->arena, start, size);
		value = clean_value(r, f, raw);
		if (*value)
			r->values[f] = value;
		if (r->ctx->trace)
			trace_value(r, rule, p, &(struct profile_value){ .field = f, .raw = raw, .value = value,
				    .offset = (gsize)(start - p->text), .size = size });
	}
}

static guint fields_known(const struct reading *r)
{
	guint known = 0;

	for (guint f = 0; f < N_FIELDS; f++)
		known |= r->values[f] ? 1u << f : 0;
	return known;
}

static void extract(struct reading *r)
{
	for (guint i = 0; i < r->profile->extract->len; i++) {
		const struct rule *rule = g_ptr_array_index(r->profile->extract, i);
		struct place p;
		gsize at = 0;

		while ((rule->mask & ~fields_known(r)) && (p.text = look_next(r->look, rule, &at))) {
			p.index = at - 1;
			if (look_holds_in(r->look, rule, p.text))
				take_groups(r, rule, &p);
		}
	}
}

/* ---- the call ---- */

static bool read_date(struct reading *r, const char *zone, int64_t near, int64_t *at_r)
{
	const GPtrArray *dates = r->profile->def->dates;

	for (guint i = 0; i < dates->len; i++)
		if (dates_read(g_ptr_array_index(dates, i), r->values[FIELD_TIME], zone, near, at_r)) {
			r->date = g_ptr_array_index(dates, i);
			return true;
		}
	return false;
}

/* Some PBXs write a Date without a zone: it is in the one of their printed times. */
static int64_t date_sent(const struct letter *l, const struct profile_context *ctx)
{
	return l->date && l->date_local ? dates_in_zone(l->date, ctx->zone, ctx->arrived) : l->date;
}

static bool close_to(int64_t x, int64_t y)
{
	return (x > y ? x - y : y - x) <= SAME_TIME_S;
}

/* The printed time is in a zone that the mail does not name: that of the configuration, unless the mail's Date shows
 * that the PBX uses another one (mailboxes may have their own; many mean UTC while none is set), in which both say the
 * same. */
static bool printed_time(struct reading *r, int64_t *at_r)
{
	const struct letter *l = r->letter;
	int64_t near = r->sent ? r->sent : r->ctx->arrived, other;
	int minutes = ABS(l->date_offset_s) / 60;
	char offset[16];
	const char *const zones[] = { offset, "UTC" };

	if (!r->values[FIELD_TIME] || !read_date(r, r->ctx->zone, near, at_r))
		return false;
	if (!r->sent || l->date_local || close_to(*at_r, r->sent) || minutes >= 24 * 60)
		return true;
	g_snprintf(offset, sizeof(offset), "%c%02d:%02d", l->date_offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
	for (gsize i = 0; i < G_N_ELEMENTS(zones); i++)
		if (read_date(r, zones[i], near, &other) && close_to(other, r->sent)) {
			*at_r = other;
			break;
		}
	return true;
}

static void set_time(struct call *c, struct reading *r)
{
	c->time_printed = printed_time(r, &c->time);
	if (!c->time_printed)
		c->time = r->sent ? r->sent : r->ctx->arrived;
}

static void set_caller(struct call *c, const struct reading *r)
{
	const char *raw = r->values[FIELD_CALLER];

	c->caller_raw = raw;
	c->caller_name = r->values[FIELD_CALLER_NAME];
	c->withheld = raw ? profile_words_have(r->profile->withheld, raw) : r->withheld;
	if (raw && !c->withheld)
		c->caller = phone_e164(r->arena, raw, r->ctx->region);
}

static enum call_reason reason_of(const struct reading *r)
{
	const char *word = r->values[FIELD_REASON];
	g_autofree char *folded = word ? g_utf8_casefold(word, -1) : NULL;
	void *reason;

	if (folded && g_hash_table_lookup_extended(r->profile->reasons, folded, NULL, &reason))
		return (enum call_reason)GPOINTER_TO_INT(reason);
	return r->profile->def->reason;
}

/* "0.87", "87%", "87 %": 0..1; -1 for anything else. */
static double confidence_of(const char *text)
{
	char *end = NULL;
	double n = text && g_ascii_isdigit(*text) ? g_ascii_strtod(text, &end) : -1;

	if (n < 0)
		return -1;
	end += strspn(end, " ");
	n = *end == '%' ? n / 100 : n;
	return n <= 1 && (*end == 0 || strcmp(end, "%") == 0) ? n : -1;
}

static void set_transcript(struct call *c, const struct reading *r)
{
	c->transcript = r->values[FIELD_TRANSCRIPT];
	c->transcript_confidence = confidence_of(r->values[FIELD_TRANSCRIPT_CONFIDENCE]);
	if (!c->transcript)	/* the mail may name who heard nothing */
		return;
	c->transcript_lang = r->values[FIELD_TRANSCRIPT_LANG];
	c->transcript_engine = r->values[FIELD_TRANSCRIPT_ENGINE];
}

static void set_audio(struct call *c, const struct letter *l)
{
	const struct letter_part *audio = letter_audio(l);

	if (!audio)
		return;
	c->audio_hash = audio->sha512;
	c->audio_type = audio->type;
	c->audio_name = audio->filename;
}

static unsigned missing_of(const struct reading *r, const struct call *c)
{
	guint known = fields_known(r) & ~(1u << FIELD_TIME | 1u << FIELD_DURATION);

	known |= c->withheld ? 1u << FIELD_CALLER : 0;
	known |= c->time_printed ? 1u << FIELD_TIME : 0;
	known |= c->duration_s >= 0 ? 1u << FIELD_DURATION : 0;
	return r->profile->def->expect & ~known;
}

static struct call *call_of(struct reading *r)
{
	struct call *c = ARENA_NEW(r->arena, struct call);
	const char *called_name = r->values[FIELD_CALLED_NAME];

	c->profile = arena_strdup(r->arena, r->profile->def->name);
	c->confidence = 100;
	c->class = r->profile->def->class;
	c->reason = reason_of(r);
	set_caller(c, r);
	c->called = r->values[FIELD_CALLED];
	c->called_name = g_strcmp0(called_name, c->called) == 0 ? NULL : called_name;
	set_time(c, r);
	c->duration_s = dates_duration(r->values[FIELD_DURATION]);
	c->waited_s = MAX(dates_duration(r->values[FIELD_WAITED]), 0);
	set_transcript(c, r);
	c->call_id = r->values[FIELD_CALL_ID];
	set_audio(c, r->letter);
	c->missing = missing_of(r, c);
	return c;
}

static struct profile_drift drift_of(const struct reading *r, bool never, const struct call *c)
{
	const struct profile *strange = NULL;

	if (c && c->missing)
		strange = r->profile;
	else if (!r->profile && !never)
		strange = look_signed(r->look);
	return (struct profile_drift){ strange ? strange->def->name : NULL, c ? c->missing : 0,
				       pattern_exhausted(r->look->scratch) };
}

static void say_trace(const struct reading *r, const struct call *c)
{
	struct profile_trace *t = r->ctx->trace;

	t->profile = c ? c->profile : NULL;
	if (r->profile)
		t->date = r->date;
	t->steps = pattern_steps(r->look->scratch);
	t->exhausted = pattern_exhausted(r->look->scratch);
	if (!c)
		profile_trace_near(t, r->look);
}

struct call *profiles_read(const struct profiles *p, const struct letter *framed, const struct profile_context *ctx,
			   struct arena *a)
{
	struct letter notice = *framed;
	const struct letter *l = &notice;
	struct look look;
	struct reading r = { .letter = l, .ctx = ctx, .arena = a, .look = &look };
	struct call *c = NULL;
	bool never;

	notice.text = notice_unframe(a, framed->text);
	notice.html = notice_unframe(a, framed->html);
	r.sent = date_sent(l, ctx);
	look_begin(&look, p, l, ctx->allowed, true);
	never = look_never(&look);
	r.profile = never ? NULL : look_find(&look);
	if (r.profile) {
		extract(&r);
		c = call_of(&r);
	} else if (ctx->generic > 0 && !never && !look_refused(&look) && !pattern_exhausted(look.scratch)) {
		c = generic_read(p->generic, l, ctx, r.sent, a);
	}
	if (ctx->drift)
		*ctx->drift = drift_of(&r, never, c);
	if (ctx->trace)
		say_trace(&r, c);
	look_end(&look);
	return c;
}
