/* mailfile.h - a mail, or an mbox of them, from a file or from standard input ("-"), for the commands that read mails. */
#ifndef RINGBACK_MAILFILE_H
#define RINGBACK_MAILFILE_H

#include <glib.h>
#include <stdbool.h>

#define MAILFILE_MAX (64 * 1024 * 1024)

/* All of it in *mail_r (g_free). False and *err (ERR_INPUT, ERR_LIMIT), naming the file. */
bool mailfile_read(const char *file, char **mail_r, gsize *size_r, GError **err);

/* Where a mail lies. */
struct mailfile_span {
	gsize offset, size;
};

/* The mails in it: those of an mbox, which begins with "From " (RFC 4155), each with that line; or the one that it is.
 * struct mailfile_span, at least one. */
GArray *mailfile_spans(const char *mail, gsize size);

/* A mail of an mbox without its "From " line, and with the ">" gone that quoted one; any other as it is. */
GBytes *mailfile_unquote(const char *mail, gsize size);

/* All of them, at most max: mailfile_spans() and mailfile_unquote() in one. GBytes *, which the array frees; never empty. */
GPtrArray *mailfile_split(const char *mail, gsize size, guint max);

#endif
