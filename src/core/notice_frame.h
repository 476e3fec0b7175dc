/* notice_frame.h - what mail gateways put around a notice: warnings above it, disclaimers below. */
#ifndef RINGBACK_NOTICE_FRAME_H
#define RINGBACK_NOTICE_FRAME_H

#include "arena.h"

/* The text with line ends in place of a gateway's warnings at its beginning and of its disclaimer, with all below it; so
 * what is left stands where it did. text itself where there is none of them or nothing else; else in a. Looks at the first
 * 16 KiB alone. */
const char *notice_unframe(struct arena *a, const char *text);

#endif
