/* A line of which nobody is told for a time: new items are recorded and suppressed, those that are there wait. */
#include "decide_private.h"

#include <string.h>

const struct mute *mute_of(const struct think *t, const char *line)
{
	for (gsize k = 0; k < t->f->n_mutes; k++) {
		const struct mute *m = &t->f->mutes[k];

		if (strcmp(m->line, line) == 0 && m->from <= t->now && t->now < m->to)
			return m;
	}
	return NULL;
}

bool mute_timer(struct think *t)
{
	const struct item *from = t->f->item;
	const struct mute *m = item_is_live(from) ? mute_of(t, from->line) : NULL;
	struct job *j;

	if (!m)
		return false;
	j = think_job(t, think_item(t, from), JOB_TIMER, t->e->job->topic, m->to);
	j->step = t->e->job->step;
	think_why(t, "line %s is muted: %s", m->line, m->reason);
	return true;
}
