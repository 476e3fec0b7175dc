#include "draft_private.h"

#include <string.h>

#include "dates.h"
#include "err.h"
#include "notice_text.h"
#include "phone.h"
#include "text.h"

#define PRIORITY 40		/* before those of the products */
#define DOUBTS_MAX 20

bool draft_name(const char *name)
{
	gsize n = strlen(name);

	return n >= 1 && n <= 60 && n == strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_");
}

static void open_mail(struct draft *d, struct draft_mail *m, const struct draft_sample *s)
{
	*m = (struct draft_mail){ .name = s->name, .letter = s->letter };
	m->places[PLACE_TEXT] = (struct draft_place){ .where = WHERE_TEXT, .text = s->letter->text };
	m->places[PLACE_HTML] = (struct draft_place){ .where = WHERE_HTML, .text = s->letter->html };
	m->places[PLACE_SUBJECT] = (struct draft_place){ .where = WHERE_SUBJECT, .text = s->letter->subject };
	for (guint i = 0; i < N_PLACES; i++)
		draft_cut(d, m, &m->places[i]);
}

/* ---- what kind of call ---- */

static void count_roles(const struct draft_place *p, guint weight, guint *votes)
{
	for (guint i = 0; i < p->n; i++)
		votes[p->tokens[i].role] += weight;
}

/* The subject says it best; "to hear the voicemail" stands below missed calls too. */
static enum call_class guess_class(const struct draft *d)
{
	guint votes[N_ROLES] = { 0 }, sound = 0;

	for (guint i = 0; i < d->n; i++) {
		count_roles(&d->mails[i].places[PLACE_SUBJECT], 3, votes);
		count_roles(&d->mails[i].places[PLACE_TEXT], 1, votes);
		count_roles(&d->mails[i].places[PLACE_HTML], 1, votes);
		sound += letter_audio(d->mails[i].letter) != NULL;
	}
	if (sound || votes[ROLE_VOICEMAIL] > votes[ROLE_MISSED] + votes[ROLE_ABANDONED])
		return CLASS_VOICEMAIL;
	return votes[ROLE_ABANDONED] > votes[ROLE_MISSED] ? CLASS_ABANDONED : CLASS_MISSED;
}

static void collect_dates(struct draft *d)
{
	for (guint i = 0; i < d->n; i++)
		for (guint k = 0; k < N_PLACES; k++) {
			const struct draft_place *p = &d->mails[i].places[k];
			const char *spec =
				p->finds[FIELD_TIME].to ? p->tokens[p->finds[FIELD_TIME].from].spec : NULL;

			if (spec && !g_ptr_array_find_with_equal_func(d->def->dates, spec, g_str_equal, NULL))
				g_ptr_array_add(d->def->dates, g_strdup(spec));
		}
}

static bool found(const struct draft_mail *m, enum call_field f)
{
	for (guint k = 0; k < N_PLACES; k++)
		if (m->places[k].finds[f].to)
			return true;
	return false;
}

/* What all samples say of these. (A caller who withholds the number is not missing.) */
static void guess_expect(struct draft *d)
{
	static const enum call_field fields[] = { FIELD_CALLER, FIELD_CALLED, FIELD_TIME, FIELD_DURATION };

	d->def->expect = 0;
	for (gsize k = 0; k < G_N_ELEMENTS(fields); k++) {
		bool all = true;

		for (guint i = 0; i < d->n && all; i++)
			all = found(&d->mails[i], fields[k]);
		if (all)
			d->def->expect |= 1u << fields[k];
	}
}

/* ---- what was not found ---- */

void draft_doubt(struct draft *d, const char *text)
{
	if (d->doubts->len < DOUBTS_MAX && !g_ptr_array_find_with_equal_func(d->doubts, text, g_str_equal, NULL))
		g_ptr_array_add(d->doubts, (void *)text);
}

static bool found_anywhere(const struct draft *d, enum call_field f)
{
	for (guint i = 0; i < d->def->extract->len; i++) {
		const struct profile_pattern *r = &g_array_index(d->def->extract, struct profile_pattern, i);

		if (strstr(r->pattern, arena_printf(d->arena, "(?<%s>", call_field_name(f))))
			return true;
	}
	return false;
}

/* Words of few samples alone: either they are about different things, or the PBX has several texts. */
static bool alike(const struct draft *d)
{
	guint words = 0, constant = 0;

	for (guint i = 0; i < d->n; i++)
		for (guint k = 0; k < PLACE_SUBJECT; k++) {
			const struct draft_place *p = &d->mails[i].places[k];

			for (guint j = 0; j < p->n; j++)
				if (p->tokens[j].type == DRAFT_WORD && p->tokens[j].field < 0)
					words++, constant += p->tokens[j].constant;
		}
	return constant * 3 >= words;
}

static bool ambiguous_date(const char *spec)
{
	return strstr(spec, "MM/dd") || strstr(spec, "dd/MM") || strstr(spec, "dd-MM-") || strstr(spec, "MM-dd-");
}

static void look_for_doubts(struct draft *d)
{
	for (guint i = 0; i < d->n; i++)
		if (!found(&d->mails[i], FIELD_CALLER) && !found(&d->mails[i], FIELD_CALLER_NAME))
			draft_doubt(d, arena_printf(d->arena, "no caller was recognised in [%u]", i + 1));
	if (!found_anywhere(d, FIELD_TIME))
		draft_doubt(d, "no time with its date was recognised: that of the mail will count");
	if (!found_anywhere(d, FIELD_CALLED))
		draft_doubt(d, "no mailbox or extension was recognised");
	if (d->def->class == CLASS_VOICEMAIL && !found_anywhere(d, FIELD_DURATION))
		draft_doubt(d, "no length of a recording was recognised");
	for (guint i = 0; i < d->def->dates->len; i++)
		if (ambiguous_date(d->def->dates->pdata[i]))
			draft_doubt(d, "is it day/month or month/day? The samples' own Date decided: see dates");
	if (!alike(d))
		draft_doubt(d, "the samples share few words: draft one profile for each of the PBX's texts");
}

/* ---- does the draft read its own samples? ---- */

static const char *first_found(const struct draft *d, const struct draft_mail *m, enum call_field f)
{
	for (guint k = 0; k < N_PLACES; k++) {
		const struct draft_find *x = &m->places[k].finds[f];

		if (x->to)
			return draft_text(d, &m->places[k], x->from, x->to);
	}
	return NULL;
}

static struct profile_def *def_copy(const struct draft *d)
{
	struct profile_def *copy = profile_def_new();
	GArray *const from[] = { d->def->match, d->def->extract }, *const to[] = { copy->match, copy->extract };

	copy->name = g_strdup(d->options->name);
	copy->file = g_strdup("draft");
	copy->class = d->def->class;
	for (guint k = 0; k < 2; k++)
		for (guint i = 0; i < from[k]->len; i++) {
			struct profile_pattern r = g_array_index(from[k], struct profile_pattern, i);

			r.header = g_strdup(r.header);
			r.pattern = g_strdup(r.pattern);
			g_array_append_val(to[k], r);
		}
	for (guint i = 0; draft_withheld[i]; i++)
		g_ptr_array_add(copy->withheld, g_strdup(draft_withheld[i]));
	for (guint i = 0; i < d->def->dates->len; i++)
		g_ptr_array_add(copy->dates, g_strdup(d->def->dates->pdata[i]));
	return copy;
}

static void compare(struct draft *d, guint i, const struct call *c)
{
	const struct draft_mail *m = &d->mails[i];
	const char *want = first_found(d, m, FIELD_CALLER);

	if (!c) {
		draft_doubt(d,
			    arena_printf(d->arena,
					 "[%u] is not read by this draft; is it a reply or a forwarded mail?",
					 i + 1));
		return;
	}
	if (want && g_strcmp0(c->caller_raw, notice_line(d->arena, want)) != 0)
		draft_doubt(d, arena_printf(d->arena, "caller of [%u]: %s was recognised, %s is read", i + 1, want,
					    c->caller_raw ? c->caller_raw : "nothing"));
	else if (c->caller_raw && !c->caller && !c->withheld && strlen(c->caller_raw) > 6)
		draft_doubt(d, arena_printf(d->arena, "%s in [%u] is no number of region %s: see --region",
					    c->caller_raw, i + 1, d->options->region));
	if (found(m, FIELD_TIME) && !c->time_printed)
		draft_doubt(d, arena_printf(d->arena, "the time of [%u] is not read", i + 1));
	if (found(m, FIELD_TRANSCRIPT) && d->n == 1)
		draft_doubt(d, "where the transcript ends was not seen, with one sample: it takes all up to "
			       "the end of the text");
}

static gboolean check(struct draft *d, GError **err)
{
	struct profiles *p = profiles_new();
	const struct profile_context ctx = { .region = d->options->region, .zone = d->options->zone, .arrived = 1 };
	bool good = profiles_add(p, def_copy(d), err);

	for (guint i = 0; i < d->n && good; i++)
		compare(d, i, profiles_read(p, d->mails[i].letter, &ctx, d->arena));
	profiles_free(p);
	return good;
}

/* ---- all ---- */

static const char *draft_make(struct draft *d, const struct draft_sample *samples, GError **err)
{
	for (guint i = 0; i < d->n; i++)
		open_mail(d, &d->mails[i], &samples[i]);
	draft_align(d);
	draft_find(d);
	d->def->class = guess_class(d);
	d->def->priority = PRIORITY;
	draft_rules(d);
	collect_dates(d);
	guess_expect(d);
	if (!found_anywhere(d, FIELD_CALLER) && !found_anywhere(d, FIELD_CALLER_NAME) &&
	    !found_anywhere(d, FIELD_TIME) && !found_anywhere(d, FIELD_DURATION)) {
		err_set(err, ERR_INPUT, "neither a caller nor a time nor a length was recognised in the samples");
		return NULL;
	}
	if (!draft_match(d)) {
		err_set(err, ERR_INPUT, "the samples have no words in common that would tell them from other mail");
		return NULL;
	}
	look_for_doubts(d);
	return check(d, err) ? draft_print(d) : NULL;
}

const char *draft_profile(const struct draft_sample *samples, guint n, const struct draft_options *o,
			  struct arena *a, GError **err)
{
	struct draft d = { .options = o, .arena = a, .n = n, .times_left = DRAFT_TIMES_MAX };
	const char *text;

	g_assert(n >= 1 && n <= DRAFT_SAMPLES_MAX && draft_name(o->name));
	d.mails = ARENA_NEW_N(a, struct draft_mail, n);
	d.def = profile_def_new();
	d.notes = g_ptr_array_new();
	d.doubts = g_ptr_array_new();
	draft_patterns_open(&d);
	text = draft_make(&d, samples, err);
	draft_patterns_close(&d);
	g_ptr_array_unref(d.notes);
	g_ptr_array_unref(d.doubts);
	profile_def_free(d.def);
	return text;
}
