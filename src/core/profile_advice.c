/* Patterns that are slow are found by trying: the steps that a text takes, and those of one twice as long. */
#include "profile_private.h"

#include <string.h>

#define PROBE_SIZE 8192		/* octets of a body; of a field, what patterns see of one */
#define STEPS_MAX (64 * PROFILE_STEPS_MAX)	/* an eighth of them for one match */

/* own at the end: PCRE2 does not begin where a letter is missing that a match must have. */
static guint64 steps_on(const struct pattern *p, const char *unit, const char *own, gsize size)
{
	struct pattern_scratch *s = pattern_scratch_new(STEPS_MAX);
	g_autoptr(GString) text = g_string_sized_new(size + strlen(unit));
	guint64 steps;

	while (text->len < size)
		g_string_append(text, unit);
	g_string_append(text, own);
	pattern_holds(p, s, text->str, text->len);
	steps = pattern_steps(s);
	pattern_scratch_free(s);
	return steps;
}

/* What the expression itself looks for, roughly: its letters, digits and some signs. */
static char *own_words(const char *regex)
{
	GString *s = g_string_new(NULL);

	for (const char *p = regex; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if ((*p & 0x80) || g_ascii_isalnum(*p) || strchr(" :,<>\"'-/@", *p))
			g_string_append_c(s, *p);
	}
	if (s->len == 0)
		g_string_append_c(s, 'x');
	return g_string_free(s, FALSE);
}

/* Four times the steps on twice the text, and no small number; or more than are counted. */
static bool is_slow(const struct rule *r, const char *unit, const char *own, gsize size, guint64 *steps_r)
{
	*steps_r = steps_on(r->pattern, unit, own, size);
	if (*steps_r >= STEPS_MAX / 8)
		return true;
	return *steps_r > PROFILE_STEPS_MAX / 4 && *steps_r > 3 * steps_on(r->pattern, unit, own, size / 2);
}

static void advise(GPtrArray *advice, const struct profile *profile, const struct rule *r)
{
	g_autofree char *own = own_words(r->source->pattern);
	const char *const units[] = { " ", "\n", "a", "1", "a ", "a\n", "\"", "a:", own };
	const gsize size = rule_is_of_field(r) ? FIELD_MAX : PROBE_SIZE;
	guint64 steps;

	for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
		bool is_possible = !rule_is_of_field(r) || !strchr(units[i], '\n');
		g_autofree char *shown = g_strescape(units[i], NULL);

		if (is_possible && is_slow(r, units[i], own, size, &steps)) {
			g_ptr_array_add(advice, g_strdup_printf("%s:%d: the pattern is slow on long texts: %" G_GUINT64_FORMAT
				" steps on %zu octets of \"%s\", while a mail has %d; begin it with ^ or a word, and bound "
				"its repeats, as [^\\n]{1,100}", profile->def->file, r->source->line, steps, size,
				shown, PROFILE_STEPS_MAX));
			return;
		}
	}
}

GPtrArray *profiles_advice(const struct profiles *p)
{
	GPtrArray *advice = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < p->all->len; i++) {
		const struct profile *profile = p->all->pdata[i];
		const GPtrArray *const lists[] = { profile->signature, profile->match, profile->reject, profile->extract };

		for (gsize k = 0; k < G_N_ELEMENTS(lists); k++)
			for (guint n = 0; n < lists[k]->len; n++)
				advise(advice, profile, lists[k]->pdata[n]);
	}
	return advice;
}
