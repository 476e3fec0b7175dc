/* parts.h - what became of each part of a text in several: one line for the store, "=1a2b3c4d d.77 s.78 q". Pure.
 *
 * The number after "=" is of the text, so that another text is never taken for the rest of it. */
#ifndef RINGBACK_PARTS_H
#define RINGBACK_PARTS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "coding.h"

enum part_state { PART_QUEUED, PART_SENT, PART_UNKNOWN, PART_DELIVERED, PART_FAILED, PART_EXPIRED, N_PART_STATES };

struct part {
	enum part_state state;
	const char *id;		/* the provider's; "" where it has none */
};

struct parts {
	uint32_t text;		/* number of the text */
	guint n;		/* 0: it is no text in parts */
	struct part part[CODING_PARTS_MAX];
};

const char *part_state_name(enum part_state s);		/* "queued" */

/* Any text, as the store may have it; NULL or a plain id give n 0. */
struct parts parts_read(struct arena *a, const char *line);
const char *parts_write(struct arena *a, const struct parts *p);

/* A number for the text in that coding and its split. */
uint32_t parts_number(const struct coded *c);

/* The part with that id; -1: none. */
int parts_find(const struct parts *p, const char *id);

/* Of the text as a whole: failed or expired if a part is, delivered when all are, else what is least far. */
enum part_state parts_state(const struct parts *p);

#endif
