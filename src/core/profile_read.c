#include "profile_private.h"

#include "dates.h"
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
	struct pattern_scratch *scratch;
	const char *values[N_FIELDS];
	bool withheld;		/* a name or a number said so */
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

static const char *clean_value(struct reading *r, enum field f, const char *raw)
{
	switch (f) {
	case FIELD_CALLER_NAME: return clean_name(r, raw);
	case FIELD_TRANSCRIPT: return notice_transcript(r->arena, raw);
	case FIELD_CALLED_NAME: return notice_name(r->arena, raw);
	case FIELD_CALLER: case FIELD_CALLED: case FIELD_TIME: case FIELD_DURATION: case FIELD_CALL_ID:
	case FIELD_REASON: case N_FIELDS: break;
	}
	return notice_line(r->arena, raw);
}

static void take_groups(struct reading *r, const struct rule *rule)
{
	for (guint i = 0; i < pattern_groups(rule->pattern); i++) {
		enum field f = rule->fields[i];
		const char *start, *value;
		gsize size;

		if (r->values[f] || !pattern_group(rule->pattern, r->scratch, i, &start, &size))
			continue;
		value = clean_value(r, f, arena_strndup(r->arena, start, size));
		if (*value)
			r->values[f] = value;
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
		const char *text;
		gsize at = 0;

		while ((rule->mask & ~fields_known(r)) && (text = profile_place_next(rule, r->letter, &at)))
			if (profile_holds_in(rule, r->scratch, text))
				take_groups(r, rule);
	}
}

/* ---- the call ---- */

static bool read_date(const struct reading *r, const char *zone, int64_t near, int64_t *at_r)
{
	const GPtrArray *dates = r->profile->def->dates;

	for (guint i = 0; i < dates->len; i++)
		if (dates_read(g_ptr_array_index(dates, i), r->values[FIELD_TIME], zone, near, at_r))
			return true;
	return false;
}

static bool close_to(int64_t x, int64_t y)
{
	return (x > y ? x - y : y - x) <= SAME_TIME_S;
}

/* The printed time is in a zone that the mail does not name: that of the configuration, unless the mail's Date shows
 * that the PBX uses another one (mailboxes may have their own), in which both say the same. */
static bool printed_time(const struct reading *r, int64_t *at_r)
{
	const struct letter *l = r->letter;
	int64_t near = l->date ? l->date : r->ctx->arrived, other;
	int minutes = ABS(l->date_offset_s) / 60;
	char zone[16];

	if (!r->values[FIELD_TIME] || !read_date(r, r->ctx->zone, near, at_r))
		return false;
	if (!l->date || close_to(*at_r, l->date) || minutes >= 24 * 60)
		return true;
	g_snprintf(zone, sizeof(zone), "%c%02d:%02d", l->date_offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
	if (read_date(r, zone, near, &other) && close_to(other, l->date))
		*at_r = other;
	return true;
}

static void set_time(struct call *c, const struct reading *r)
{
	c->time_printed = printed_time(r, &c->time);
	if (!c->time_printed)
		c->time = r->letter->date ? r->letter->date : r->ctx->arrived;
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

static void set_audio(struct call *c, const struct letter *l)
{
	const struct letter_part *audio = letter_audio(l);

	if (!audio)
		return;
	c->audio_hash = audio->sha512;
	c->audio_type = audio->type;
	c->audio_name = audio->filename;
}

static struct call *call_of(struct reading *r)
{
	struct call *c = ARENA_NEW(r->arena, struct call);
	const char *called_name = r->values[FIELD_CALLED_NAME];

	c->profile = arena_strdup(r->arena, r->profile->def->name);
	c->class = r->profile->def->class;
	c->reason = reason_of(r);
	set_caller(c, r);
	c->called = r->values[FIELD_CALLED];
	c->called_name = g_strcmp0(called_name, c->called) == 0 ? NULL : called_name;
	set_time(c, r);
	c->duration_s = dates_duration(r->values[FIELD_DURATION]);
	c->transcript = r->values[FIELD_TRANSCRIPT];
	c->call_id = r->values[FIELD_CALL_ID];
	set_audio(c, r->letter);
	return c;
}

struct call *profiles_read(const struct profiles *p, const struct letter *l, const struct profile_context *ctx,
			   struct arena *a)
{
	struct reading r = { .letter = l, .ctx = ctx, .arena = a, .scratch = pattern_scratch_new() };
	struct call *c = NULL;

	r.profile = profile_find(p, l, r.scratch, true);
	if (r.profile) {
		extract(&r);
		c = call_of(&r);
	}
	pattern_scratch_free(r.scratch);
	return c;
}
