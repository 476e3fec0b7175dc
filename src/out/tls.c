#include "tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "err.h"

#define REASON_MAX 256

struct tls {
	SSL_CTX *context;
	SSL *ssl;
	bool wants_write;
};

/* OpenSSL's last word, or the system's. */
static const char *reason(char *buf)
{
	unsigned long code = ERR_get_error();

	if (!code)
		return errno ? g_strerror(errno) : "the peer closed the connection";
	ERR_error_string_n(code, buf, REASON_MAX);
	ERR_clear_error();
	return buf;
}

static bool given(const char *s)
{
	return s && *s;
}

static bool load_files(SSL_CTX *context, const struct tls_settings *s, GError **err)
{
	char buf[REASON_MAX];

	if (given(s->ca) ? SSL_CTX_load_verify_file(context, s->ca) != 1 :
			   SSL_CTX_set_default_verify_paths(context) != 1)
		return err_set(err, ERR_NET, "TLS: %s: no certificates to trust: %s", given(s->ca) ? s->ca : "the system",
			       reason(buf));
	if (!given(s->cert))
		return true;
	if (SSL_CTX_use_certificate_chain_file(context, s->cert) != 1)
		return err_set(err, ERR_NET, "TLS: %s: no certificate: %s", s->cert, reason(buf));
	if (SSL_CTX_use_PrivateKey_file(context, s->key, SSL_FILETYPE_PEM) != 1)
		return err_set(err, ERR_NET, "TLS: %s: not the certificate's key: %s", s->key, reason(buf));
	return true;
}

/* The name is compared as it is: no wildcard may stand for a part of a label. */
static bool expect_name(SSL *ssl, const char *name)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1)
		return true;
	ERR_clear_error();
	return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

struct tls *tls_new(const struct tls_settings *s, int fd, GError **err)
{
	struct tls *t = g_new0(struct tls, 1);

	t->context = SSL_CTX_new(TLS_client_method());
	g_assert(t->context);
	SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION);
	SSL_CTX_set_verify(t->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(t->context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (!load_files(t->context, s, err)) {
		tls_free(t);
		return NULL;
	}
	t->ssl = SSL_new(t->context);
	g_assert(t->ssl);
	if (!expect_name(t->ssl, s->name) || SSL_set_fd(t->ssl, fd) != 1) {
		err_set(err, ERR_NET, "TLS: %s: no name that a certificate can bear", s->name);
		tls_free(t);
		return NULL;
	}
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_free(t->ssl);
	SSL_CTX_free(t->context);
	g_free(t);
}

int tls_handshake(struct tls *t, GError **err)
{
	char buf[REASON_MAX];
	int n, why;
	long verified;

	ERR_clear_error();
	errno = 0;
	n = SSL_connect(t->ssl);
	if (n == 1)
		return 1;
	why = SSL_get_error(t->ssl, n);
	t->wants_write = why == SSL_ERROR_WANT_WRITE;
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return 0;
	verified = SSL_get_verify_result(t->ssl);
	err_set(err, ERR_NET, "TLS: %s", verified != X509_V_OK ? X509_verify_cert_error_string(verified) : reason(buf));
	ERR_clear_error();
	return -1;
}

bool tls_wants_write(const struct tls *t)
{
	return t->wants_write;
}

/* What recv() and send() would have said. */
static ssize_t outcome(struct tls *t, int n)
{
	int why = SSL_get_error(t->ssl, n);

	ERR_clear_error();
	if (why == SSL_ERROR_ZERO_RETURN)
		return 0;
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		errno = EAGAIN;
	else if (why != SSL_ERROR_SYSCALL || errno == 0)
		errno = ECONNRESET;
	return -1;
}

ssize_t tls_read(struct tls *t, void *buf, gsize size)
{
	int n;

	ERR_clear_error();
	errno = 0;
	n = SSL_read(t->ssl, buf, (int)MIN(size, G_MAXINT));
	return n > 0 ? n : outcome(t, n);
}

ssize_t tls_write(struct tls *t, const void *buf, gsize size)
{
	int n;

	ERR_clear_error();
	errno = 0;
	n = SSL_write(t->ssl, buf, (int)MIN(size, G_MAXINT));
	return n > 0 ? n : outcome(t, n);
}

bool tls_pending(const struct tls *t)
{
	return SSL_pending(t->ssl) > 0;
}

void tls_shut(struct tls *t)
{
	SSL_shutdown(t->ssl);
	ERR_clear_error();
}
