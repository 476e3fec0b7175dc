/* draft.h - a profile drafted from sample mails, for an administrator to review. Pure.
 *
 * Each sample is cut into words, marks, numbers, times and lengths; what stands in all samples is constant, the
 * rest varies. Numbers, names and so on are recognised by how they look and by the word beside them ("Mailbox",
 * "Anrufer"). Each that was recognised gives a pattern: the constant words around it, and what such a value can
 * look like. A pattern is kept if it finds again in its own sample what was recognised there. */
#ifndef RINGBACK_DRAFT_H
#define RINGBACK_DRAFT_H

#include "letter.h"
#include "profile.h"

#define DRAFT_SAMPLES_MAX 20	/* more teach nothing */
#define DRAFT_RULES_MAX 60	/* patterns of one draft */

struct draft_sample {
	const char *name;	/* for the comments: its file */
	const struct letter *letter;
};

struct draft_options {
	const char *name;	/* of the profile: letters, digits, "-", "_"; see draft_name() */
	const char *region;	/* ISO 3166: where national numbers are read */
	const char *zone;	/* IANA: of times that name none */
};

/* Can it name a profile? 1 to 60 letters and digits of ASCII, "-" and "_". */
bool draft_name(const char *name);

/* The text of a profile file that loads, in a: valid UTF-8, every octet of a sample that is in it quoted, so
 * that none can end a string or a comment. n is 1 to DRAFT_SAMPLES_MAX. NULL and *err (ERR_INPUT) if the
 * samples have nothing that could tell them from other mail, or hold no caller, time or length. Bounded in time
 * whatever the samples hold. */
const char *draft_profile(const struct draft_sample *samples, guint n, const struct draft_options *o,
			  struct arena *a, GError **err);

#endif
