/* explain.h - how a mail was read, for people who write profiles and for programs. */
#ifndef RINGBACK_EXPLAIN_H
#define RINGBACK_EXPLAIN_H

#include "printer.h"
#include "profile.h"

/* Lines for people: each value with its place in the mail and the rule that took it; or what came close. */
void explain_print(struct printer *out, const struct profile_trace *t);

/* The same as an object: profile, values, date, near, never. The caller owns it (a json_t of jansson). */
struct json_t *explain_json(const struct profile_trace *t);

/* "text('^From: ')", "header('X-A', 'b')": a rule as the profile's file has it, in a. */
const char *explain_rule(struct arena *a, enum profile_where where, const char *header, const char *pattern);

#endif
