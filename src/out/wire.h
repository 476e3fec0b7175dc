/* wire.h - one TCP connection that never blocks, with TLS or without: names, connecting, and buffers with limits. */
#ifndef RINGBACK_WIRE_H
#define RINGBACK_WIRE_H

#include <glib.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "tls.h"

struct wire;

enum wire_state { WIRE_CLOSED, WIRE_OPENING, WIRE_OPEN };

/* tls NULL: not encrypted. It and its strings are borrowed, and must outlive the wire. */
struct wire *wire_new(const char *host, int port, const struct tls_settings *tls);
void wire_free(struct wire *w);

/* Begins to look up and to connect, each address in turn, within timeout_ms for all of them. */
void wire_open(struct wire *w, int64_t timeout_ms);
void wire_close(struct wire *w);
void wire_shut(struct wire *w);		/* no more writing; the peer sees the end of the stream */

/* The next step of connecting, or reading what came; and writing what is queued. False: the connection is gone (and
 * closed), *err (ERR_NET) says why. What came before the end is still in the input. */
bool wire_turn(struct wire *w, GError **err);
bool wire_flush(struct wire *w, GError **err);

enum wire_state wire_state(const struct wire *w);
bool wire_poll(const struct wire *w, struct pollfd *fd_r);	/* false: nothing to wait for */
int64_t wire_deadline(const struct wire *w);	/* when it wants a turn without poll(), as clock_mono_ms(); -1: never */

/* Octets that came and were not yet taken. Valid until the next call. */
const uint8_t *wire_input(const struct wire *w, gsize *n_r);
void wire_take(struct wire *w, gsize n);

/* What to append to; wire_flush() sends it. At most 1 MiB may wait, or the connection counts as gone. */
GByteArray *wire_output(struct wire *w);
guint64 wire_queued(const struct wire *w);	/* octets queued since the start, and those given to the kernel */
guint64 wire_written(const struct wire *w);

#endif
