/* mailbox.h - many old mails, for `ringback replay`: of files, mboxes, folders (a Maildir is one) and standard input.
 *
 * Only where each mail lies and its Date are kept; the mails themselves are read when they are asked for, from files that
 * should stay as they are meanwhile. */
#ifndef RINGBACK_MAILBOX_H
#define RINGBACK_MAILBOX_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

#define MAILBOX_MAX 1000000	/* mails */

struct mailbox;

struct mailbox_mail {
	const char *name;	/* "calls/17.eml", of an mbox "old.mbox#3": the third in it */
	int64_t date;		/* the Date field; that of the mail before where there is none */
};

struct mailbox *mailbox_new(void);
void mailbox_free(struct mailbox *m);

/* All mails of a file, a folder with what lies below it (names that begin with a dot are left out), or "-", in the order
 * of their dates, behind those that are there. False and *err (ERR_INPUT, ERR_LIMIT), naming the file; what came before it
 * is kept. */
bool mailbox_add(struct mailbox *m, const char *path, GError **err);

gsize mailbox_size(const struct mailbox *m);
const struct mailbox_mail *mailbox_mail(const struct mailbox *m, gsize n);

/* The octets of mail n. NULL and *err: its file cannot be read any more. */
GBytes *mailbox_read(struct mailbox *m, gsize n, GError **err);

#endif
