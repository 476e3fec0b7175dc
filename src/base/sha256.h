/* sha256.h - SHA-256 (FIPS 180-4), and octets that nobody can guess. Only user of libcrypto in base. */
#ifndef RINGBACK_SHA256_H
#define RINGBACK_SHA256_H

#include <glib.h>
#include <stdint.h>

#define SHA256_SIZE 32

struct sha256;

struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *s);	/* NULL is fine */

/* One sum after the other with the same object: begin, any number of adds, end. One thread at a time. */
void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *octets, gsize n);
void sha256_end(struct sha256 *s, uint8_t sum_r[SHA256_SIZE]);

/* Octets from the system's generator. */
void random_octets(void *octets_r, gsize n);

/* Lower case hex digits of n octets, with a NUL: 2 * n + 1 characters. */
void hex_text(const uint8_t *octets, gsize n, char *text_r);

#endif
