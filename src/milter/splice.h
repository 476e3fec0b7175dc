/* splice.h - a body with our parts around the PBX's own, which stays as it is, octet for octet. */
#ifndef RINGBACK_SPLICE_H
#define RINGBACK_SPLICE_H

#include <stdbool.h>

#include "arena.h"

/* What goes around it, UTF-8. */
struct splice_parts {
	const char *text, *html;		/* the summary */
	const char *machine;			/* the machine-readable part; NULL: none */
	const char *machine_type, *machine_name;	/* its media type and file name */
};

/* The PBX's own. */
struct splice_original {
	const char *fields;	/* its Content-* header fields, CRLF line ends, "" if none */
	const char *body;
	gsize body_size;
};

struct piece {
	const char *at;
	gsize size;
};

enum { SPLICE_PIECES = 3 };

struct spliced {
	/* One after the other: ours, the original where it lies, ours. A voicemail shall be in memory once. */
	struct piece body[SPLICE_PIECES];
	const char *content_type;	/* for the header of the mail */
	bool eight_bit;			/* its Content-Transfer-Encoding is 8bit, else none is needed */
};

gsize splice_size(const struct piece *body);

struct spliced splice_make(const struct splice_parts *parts, const struct splice_original *o, struct arena *a);

#endif
