#include "digest.h"

#include <openssl/evp.h>
#include <string.h>

struct digest {
	EVP_MD_CTX *context;
};

struct digest *digest_new(void)
{
	struct digest *d = g_new0(struct digest, 1);

	d->context = EVP_MD_CTX_new();
	if (!d->context || EVP_DigestInit_ex(d->context, EVP_sha512(), NULL) != 1)
		g_error("libcrypto has no SHA-512");
	return d;
}

void digest_free(struct digest *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->context);
	g_free(d);
}

void digest_add(struct digest *d, const char *octets, gsize n)
{
	EVP_DigestUpdate(d->context, octets, n);
}

const char *digest_text(struct digest *d, struct arena *a)
{
	guint8 sum[EVP_MAX_MD_SIZE];
	g_autofree char *s = NULL;
	unsigned n = 0;

	EVP_DigestFinal_ex(d->context, sum, &n);
	s = g_base64_encode(sum, n);
	g_strdelimit(s, "+", '-');
	g_strdelimit(s, "/", '_');
	return arena_strndup(a, s, strcspn(s, "="));
}
