/* directory.h - callers who are known: what they are called, who looks after them, which groups they belong to.
 *
 * Plain data, filled by conf (or by a test) and then only read. Part of the roster. Look-ups are by hash. */
#ifndef RINGBACK_DIRECTORY_H
#define RINGBACK_DIRECTORY_H

#include <glib.h>
#include <stdbool.h>

#include "place.h"

struct person;
struct directory;

struct contact {
	const char *number;		/* E.164; never NULL */
	const char *name;		/* NULL: as the PBX says */
	const struct person *owner;	/* who looks after this account; NULL: nobody does */
	const char *const *groups;	/* lower case, NULL-terminated; never NULL, may be empty */
	struct place place;
};

struct directory *directory_new(void);
void directory_free(struct directory *d);	/* NULL is fine */

/* Adds what c says; all but the owner is copied. Groups are compared without letter case and outer blanks, empty ones
 * left out; groups may be NULL. False if the number is there already: the first stays. */
bool directory_add(struct directory *d, const struct contact *c);

/* Who calls from that number (E.164); NULL if nobody known does, or number is NULL. */
const struct contact *directory_find(const struct directory *d, const char *number);

/* Is the contact (NULL: no) in that group? */
bool contact_in_group(const struct contact *c, const char *group);

/* Has any contact that group? */
bool directory_has_group(const struct directory *d, const char *group);

guint directory_size(const struct directory *d);

/* Contact number i, below directory_size(), in the order in which they were added. */
const struct contact *directory_at(const struct directory *d, guint i);

#endif
