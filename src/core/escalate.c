#include "escalate.h"

int64_t escalate_total(const struct escalation_policy *p)
{
	return ((int64_t)p->repeat + 1) * p->n_steps;
}

const struct step *escalate_next(const struct escalation_policy *p, int64_t gone)
{
	if (gone < 0 || gone >= escalate_total(p))
		return NULL;
	return &p->steps[gone % p->n_steps];
}

const struct escalation_policy *escalate_policy(const struct line *line, int64_t at)
{
	return hours_covers(line->hours, at) ? line->open : line->closed;
}
