/* coding.h - a text to the octets of its parts, and back: GSM 03.38, SMPP 3.4 (5.2.19), 3GPP TS 23.038 and 23.040. Pure. */
#ifndef RINGBACK_CODING_H
#define RINGBACK_CODING_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

enum coding {
	CODING_GSM,		/* one septet an octet */
	CODING_LATIN1, CODING_ASCII,
	CODING_UCS2,		/* UTF-16, big end first */
	CODING_OCTETS,		/* in only: UTF-8 if it is that, else Latin-1 */
	CODING_CYRILLIC, CODING_HEBREW,	/* in only: ISO 8859-5, ISO 8859-8 */
};

enum joining {
	JOINING_UDH,		/* user data header, reference of 8 bits */
	JOINING_UDH16,		/* ... of 16 bits */
	JOINING_SAR,		/* TLVs sar_* */
	JOINING_PAYLOAD,	/* one PDU with a message_payload: the SMSC splits */
};

#define CODING_PARTS_MAX 6
#define CODING_PAYLOAD_MAX 1000	/* octets in one message_payload (libsmpp34 packs 1,024) */

/* How one provider wants its texts. */
struct coding_rules {
	enum coding alphabet;	/* of data_coding 0: GSM, LATIN1 or ASCII */
	bool wide;		/* UCS-2 for what has letters that GSM 03.38 lacks and that no other is close to */
	enum joining joining;
};

struct coded {
	enum coding coding;
	uint8_t data_coding;	/* 0 or 8 */
	const char *shown;	/* the text as the phone will show it */
	int length;		/* septets, or code units of UCS-2 */
	guint n;
	struct { const uint8_t *octets; gsize n; } parts[CODING_PARTS_MAX];	/* without any header */
};

/* The text as parts, in a. Split between characters: never within an escape pair, a surrogate pair or, unless that takes
 * one part more, a letter and its accents or an emoji of several. NULL: it is empty, or takes more than
 * CODING_PARTS_MAX parts. */
const struct coded *coding_encode(struct arena *a, const char *utf8, const struct coding_rules *rules);

/* Septets or code units for which n parts do in any case, whatever the joining. n: 1 to CODING_PARTS_MAX. */
int coding_room(enum coding coding, guint n);

/* The end of the character at p with all that belongs to it: accents, joiners, skin tones, the other half of a flag. */
const char *coding_next(const char *p);

int coding_units(const char *utf8);	/* UTF-16 code units */

/* What a data_coding means; alphabet is that of 0. Any value has a meaning. */
enum coding coding_of(uint8_t data_coding, enum coding alphabet);

/* Octets without header to UTF-8 without NUL; what has no meaning is U+FFFD. A byte order mark is obeyed. */
const char *coding_decode(struct arena *a, enum coding coding, const uint8_t *octets, gsize n);

const char *coding_name(enum coding c);		/* "GSM 03.38" */

#endif
