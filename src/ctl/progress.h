/* progress.h - how far something long has come, on standard error if that is a terminal. */
#ifndef RINGBACK_PROGRESS_H
#define RINGBACK_PROGRESS_H

#include <stdint.h>

struct progress;

struct progress *progress_new(const char *what, int64_t all);	/* what: static */
void progress_to(struct progress *p, int64_t n);
void progress_free(struct progress *p);		/* wipes the line */

#endif
