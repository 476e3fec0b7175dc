/* tls.h - TLS over a socket that never blocks; the peer is always verified. Only user of OpenSSL. */
#ifndef RINGBACK_TLS_H
#define RINGBACK_TLS_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

struct tls;

struct tls_settings {
	const char *name;	/* that the certificate must bear (RFC 6125); an address works too */
	const char *ca;		/* PEM file with the authorities to trust; NULL or "": those of the system */
	const char *cert, *key;	/* PEM files of our own certificate; NULL or "": none */
};

/* A session over fd, which stays the caller's. TLS 1.2 or later. NULL and *err (ERR_NET) if a file is no good. */
struct tls *tls_new(const struct tls_settings *s, int fd, GError **err);
void tls_free(struct tls *t);

/* 1 verified and ready, 0 not yet (see tls_wants_write()), -1 and *err: the peer is not who it should be, or gone. */
int tls_handshake(struct tls *t, GError **err);
bool tls_wants_write(const struct tls *t);	/* the handshake waits for room to write, not for the peer */

/* As recv(2) and send(2): -1 with errno EAGAIN where nothing can be done now, 0 at the peer's end. */
ssize_t tls_read(struct tls *t, void *buf, gsize size);
ssize_t tls_write(struct tls *t, const void *buf, gsize size);
bool tls_pending(const struct tls *t);		/* octets are there that poll() knows nothing of */
void tls_shut(struct tls *t);			/* says that nothing more will be written */

#endif
