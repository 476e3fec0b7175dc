/* host.h - what a daemon asks of its host: limits, folders, a user of its own, the background, a pid file. */
#ifndef RINGBACK_HOST_H
#define RINGBACK_HOST_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* umask, open files, no SIGPIPE. */
void host_limits(void);

/* The user to run as; called as root only matters: elsewhere, and with user "", nothing changes. */
bool host_drop_privileges(const char *user, GError **err);

/* A folder that we need: made with that mode if it is missing, and then given to user when we are root. */
bool host_folder(const char *path, mode_t mode, const char *user, GError **err);

/* A file that was made as root is the user's from now on. */
bool host_give(const char *path, const char *user, GError **err);

/* Goes into the background; returns in the child. The parent waits for host_ready() and exits with 0, or as the child
 * did if that went away before. */
bool host_background(GError **err);
void host_ready(void);		/* does nothing in the foreground */

bool host_pid_file(const char *path, GError **err);

#endif
