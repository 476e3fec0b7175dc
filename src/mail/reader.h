/* reader.h - octets of a mail to a letter. The only user of GMime and libxml2. */
#ifndef RINGBACK_READER_H
#define RINGBACK_READER_H

#include "arena.h"
#include "letter.h"

/* Hard limits; what is beyond them is left out and letter->truncated set. */
struct reader_limits {
	gsize headers_max;	/* number of header fields: 1,000 */
	gsize header_size_max;	/* octets of one field: 64 KiB */
	gsize depth_max;	/* MIME nesting: 20 */
	gsize parts_max;	/* leaves: 200 */
	gsize text_max;		/* octets of decoded text, plain and HTML each: 1 MiB */
};
extern const struct reader_limits reader_default_limits;

/* Done by the first reader_read() too; here for those who want its time spent before. */
void reader_init(void);

/* Reads a whole mail, headers and body, CRLF or LF, damaged or not; never fails. The letter points into a, not into
 * mail. Safe from any thread. limits NULL: the default. */
struct letter *reader_read(const char *mail, gsize size, const struct reader_limits *limits, struct arena *a);

/* Only the headers (body never looked at), for profiles_may_match(). */
struct letter *reader_read_headers(const char *head, gsize size, struct arena *a);

#endif
