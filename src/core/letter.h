/* letter.h - a mail as the core sees it: decoded, bounded, plain UTF-8. Made by mail/, read by profile. */
#ifndef RINGBACK_LETTER_H
#define RINGBACK_LETTER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* All strings are valid UTF-8 without NUL and live in the arena that the reader was given. */

struct letter_header {
	const char *name;	/* as written */
	const char *value;	/* unfolded; RFC 2047 words decoded; entities left alone */
};

struct letter_part {
	const char *type;	/* lower case, "audio/x-wav"; "text/plain" where none is given (RFC 2045, 5.2) */
	const char *filename;	/* Content-Disposition filename or Content-Type name, NULL if none */
	gsize size;		/* octets after the transfer encoding */
	const char *sha512;	/* audio only: base64url without padding, of the decoded octets; else NULL */
};

struct letter {
	const struct letter_header *headers;	/* in the mail's order */
	gsize n_headers;
	const char *subject;	/* "" if none, as are the next three */
	const char *from;	/* the From field, whole */
	const char *to;		/* the To fields, joined by ", " */
	const char *message_id;	/* with angle brackets */
	int64_t date;		/* the Date field, Unix seconds; 0 if absent or unreadable */
	int date_offset_s;	/* its offset east of UTC */
	bool date_local;	/* it names no zone, against RFC 5322: date is read as if it were UTC */
	const char *text;	/* text/plain parts, one after the other, LF line ends with no blanks before
				 * them but those of "-- "; "" if none */
	const char *html;	/* text/html parts turned into text, likewise */
	const char *links;	/* where the links of the text/html parts lead to, one a line */
	const struct letter_part *parts;	/* leaves of the MIME tree, in order */
	gsize n_parts;
	bool truncated;		/* a limit cut something off */
};

/* First header of that name (any letter case), or NULL. */
const char *letter_header(const struct letter *l, const char *name);

/* The audio part that comes first, by type audio/..., application/ogg, or a file name ending in an audio
 * suffix (wav, mp3, gsm, ogg, opus, m4a, wma, amr); NULL if none. */
const struct letter_part *letter_audio(const struct letter *l);

#endif
