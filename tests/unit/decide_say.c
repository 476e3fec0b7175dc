#include "decide_world.h"

static void say_item(GString *s, const struct item *i)
{
	g_string_append_printf(s, "%s%" G_GINT64_FORMAT ":%s %s x%" G_GINT64_FORMAT, s->len ? " " : "", i->id,
			       state_name(i->state), i->owner, i->calls);
	if (i->class != CLASS_MISSED)
		g_string_append_printf(s, " %s", class_name(i->class));
	if (i->step)
		g_string_append_printf(s, " s%" G_GINT64_FORMAT, i->step);
	if (i->resolution)
		g_string_append_printf(s, " %s", resolution_name(i->resolution));
}

static void say_cancel(GString *s, guint topics)
{
	const guint telling = (1u << TOPIC_FIRST) | (1u << TOPIC_ESCALATION) | (1u << TOPIC_UPDATE) |
			      (1u << TOPIC_WINDOW) | (1u << TOPIC_STEP) | (1u << TOPIC_LAST) |
			      (1u << TOPIC_MAILED) | (1u << TOPIC_FALLBACK) | (1u << TOPIC_HANDOFF);
	const guint all = telling | (1u << TOPIC_ACK_TIMEOUT) | (1u << TOPIC_WAKE) | (1u << TOPIC_RETRY);

	if (!topics)
		return;
	if (topics == all || topics == (all | (1u << TOPIC_DUE) | (1u << TOPIC_REMINDER)))
		g_string_append(s, " -all");
	else if (topics == telling)
		g_string_append(s, " -telling");
	else
		for (guint t = 0; t < N_TOPICS; t++)
			if (topics & (1u << t))
				g_string_append_printf(s, " -%s", topic_name(t));
}

static void say_job(GString *s, const struct job *j, int64_t now)
{
	g_string_append_printf(s, " +%s", topic_name(j->topic));
	if (j->kind == JOB_TEXT)
		g_string_append_printf(s, ">%s", j->person);
	if (j->kind == JOB_TEXT && j->topic != TOPIC_ANSWER && j->expires)
		g_string_append_printf(s, "~%" G_GINT64_FORMAT, j->expires - now);
	if (j->topic == TOPIC_REMINDER)
		g_string_append_printf(s, ">%s", j->person);
	if (j->kind == JOB_TIMER)
		g_string_append_printf(s, "@%" G_GINT64_FORMAT, j->due - now);
}

const char *decide_say(struct arena *a, const struct decision *d, int64_t now)
{
	static const char *const verdicts[] = { "pass", "edit", "audit", "swallow" };
	g_autoptr(GString) s = g_string_new(NULL), head = g_string_new(NULL);

	if (d->item)
		say_item(s, d->item);
	for (guint n = 0; n < d->more->len; n++)
		say_item(s, g_ptr_array_index(d->more, n));
	g_string_append(s, ";");
	say_cancel(s, d->cancel);
	for (guint n = 0; n < d->jobs->len; n++)
		say_job(s, g_ptr_array_index(d->jobs, n), now);
	g_string_append(s, ";");
	for (guint n = 0; n < d->journal->len; n++) {
		const struct journal_record *j = g_ptr_array_index(d->journal, n);

		g_string_append_printf(s, " %s", j->what);
	}
	if (d->notice)
		g_string_append_printf(head, "%s; ", verdicts[d->mail]);
	return arena_printf(a, "%s%s", head->str, s->str);
}
