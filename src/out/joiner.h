/* joiner.h - texts that come in several parts, until all of them are there: bounded in number, size and time. */
#ifndef RINGBACK_JOINER_H
#define RINGBACK_JOINER_H

#include "coding.h"
#include "smpp_words.h"

#define JOINER_TEXTS_MAX 64
#define JOINER_PARTS_MAX 16
#define JOINER_LIFE_MS (5 * 60 * 1000)	/* after that a part is not waited for */

struct joiner;

struct joiner_part {
	const char *phone;		/* who wrote it */
	struct smpp_concat concat;	/* total 2 to JOINER_PARTS_MAX */
	enum coding coding;
	const uint8_t *octets;		/* without header */
	gsize n;
	uint32_t command_id, sequence;	/* whose answer waits */
};

/* A text of which at least one part is there. */
struct joined {
	char *phone;
	uint16_t reference;
	guint total, have;
	bool done;			/* was whole: parts that come again mean nothing */
	enum coding coding;		/* of the first part that came */
	int64_t since_ms;
	GBytes *octets[JOINER_PARTS_MAX];
	guint n_waiting;		/* answers that wait */
	struct { uint32_t command_id, sequence; } waiting[JOINER_PARTS_MAX];
};

struct joiner *joiner_new(void);
void joiner_free(struct joiner *j);

/* The text that the part belongs to, with it; the same part again takes the other's place. Valid until the next call. */
struct joined *joiner_add(struct joiner *j, const struct joiner_part *p, int64_t now_ms);

/* What is there, in a; parts that are missing are left out. At most 1,000 characters. */
const char *joined_text(const struct joined *t, struct arena *a);

/* It is whole and was taken. */
void joined_done(struct joined *t);

/* The oldest whose time is over, or that is one too many; NULL: none. */
struct joined *joiner_due(struct joiner *j, int64_t now_ms);
void joiner_remove(struct joiner *j, struct joined *t);

/* The n-th there is, the oldest first; NULL: no more. */
struct joined *joiner_at(const struct joiner *j, guint n);

#endif
