/* cork.h - the edits of a mail leave together. libmilter writes each of them at once, as a packet of its own, of which a
 * PBX's mail has some 25; for each the mail server would wake up, and take a processor away from us.
 *
 * libmilter has no way to say so. Its calls of writev() come to a function of that name here, since a program's own come
 * before a library's (ELF, symbol resolution); what is not between begin and end is passed on. */
#ifndef RINGBACK_CORK_H
#define RINGBACK_CORK_H

#include <stdbool.h>

/* From here on what this thread's calls of libmilter write is held back, in order, and sent at the latest with every 64
 * KiB. One session at a time; begin and end belong to one callback. */
void cork_begin(void);

/* Sends what is held back. False if the mail server is gone or does not read for five minutes; then some of it, from the
 * front, may have been sent, as when libmilter's call of that packet had failed. */
bool cork_end(void);

#endif
