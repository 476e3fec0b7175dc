/* escalate.h - who is told next: a walk through the steps of an escalation policy. Pure. */
#ifndef RINGBACK_ESCALATE_H
#define RINGBACK_ESCALATE_H

#include "roster.h"

/* The step after `gone` steps have been told (0: none yet), repeats counted through; NULL when the policy is
 * exhausted: (repeat + 1) times all steps. */
const struct step *escalate_next(const struct escalation_policy *p, int64_t gone);

/* How many steps there are in all, repeats included: the 3 of "ESC 2/3". */
int64_t escalate_total(const struct escalation_policy *p);

/* The policy in force for a line at a time: line->closed or line->open. NULL: nobody is texted. */
const struct escalation_policy *escalate_policy(const struct line *line, int64_t at);

#endif
