#include "sha256.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

struct sha256 {
	EVP_MD_CTX *context;
};

struct sha256 *sha256_new(void)
{
	struct sha256 *s = g_new0(struct sha256, 1);

	s->context = EVP_MD_CTX_new();
	if (!s->context || EVP_DigestInit_ex(s->context, EVP_sha256(), NULL) != 1)
		g_error("libcrypto has no SHA-256");
	return s;
}

void sha256_free(struct sha256 *s)
{
	if (!s)
		return;
	EVP_MD_CTX_free(s->context);
	g_free(s);
}

/* Without a type the context keeps the one it has, which saves OpenSSL 3 the search for it. */
void sha256_begin(struct sha256 *s)
{
	EVP_DigestInit_ex(s->context, NULL, NULL);
}

void sha256_add(struct sha256 *s, const void *octets, gsize n)
{
	EVP_DigestUpdate(s->context, octets, n);
}

void sha256_end(struct sha256 *s, uint8_t sum_r[SHA256_SIZE])
{
	EVP_DigestFinal_ex(s->context, sum_r, NULL);
}

void random_octets(void *octets_r, gsize n)
{
	if (RAND_bytes(octets_r, (int)n) != 1)
		g_error("libcrypto gives no random octets");
}

void hex_text(const uint8_t *octets, gsize n, char *text_r)
{
	static const char digits[] = "0123456789abcdef";

	for (gsize k = 0; k < n; k++) {
		text_r[2 * k] = digits[octets[k] >> 4];
		text_r[2 * k + 1] = digits[octets[k] & 15];
	}
	text_r[2 * n] = '\0';
}
