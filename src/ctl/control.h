/* control.h - the control socket of a running ringbackd: one line in, one JSON object out.
 *
 * run_dir/<role>.ctl, mode 0660, one for each role a process has. Requests: "status", "reload", "wake". At most 64
 * octets a request, 5 s a connection. */
#ifndef RINGBACK_CONTROL_H
#define RINGBACK_CONTROL_H

#include <glib.h>
#include <stdbool.h>

struct control;

/* handler gives the answer (JSON, freed by the server), in the server's thread. */
struct control *control_start(const char *path, char *(*handler)(void *user, const char *request), void *user,
			      GError **err);
void control_stop(struct control *c);	/* removes the socket */

/* The client's side: NULL and *err (ERR_NET) if nobody listens there. Free the answer with g_free(). */
char *control_ask(const char *path, const char *request, GError **err);

#endif
