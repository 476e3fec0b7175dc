/* conf_provider.c - the SMSCs of the configuration. */
#include "conf_build.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWORD_MAX 8		/* SMPP 3.4, 4.1.1: 9 octets with the NUL */
#define PROVIDERS_MAX 16

/* fd is open. NULL and what is wrong, or the password. */
static char *read_password(int fd, const char **wrong_r)
{
	char buf[PASSWORD_MAX + 3];
	struct stat st;
	gssize n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		*wrong_r = "is no regular file; put the password into one";
		return NULL;
	}
	if (st.st_mode & (S_IROTH | S_IWOTH)) {
		*wrong_r = "can be read or written by others; chmod o= it";
		return NULL;
	}
	n = read(fd, buf, sizeof(buf) - 1);
	buf[MAX(n, 0)] = '\0';
	if (n > 0 && buf[n - 1] == '\n')
		buf[--n] = '\0';
	if (n > 0 && buf[n - 1] == '\r')
		buf[--n] = '\0';
	if (n < 1 || n > PASSWORD_MAX || strlen(buf) != (gsize)n || strpbrk(buf, "\r\n")) {
		*wrong_r = "must hold one line of 1 to 8 octets";
		return NULL;
	}
	return g_strdup(buf);
}

static char *password_of(const struct conf_block *b, struct conf_errors *e)
{
	const char *file = conf_text(b, KEY_provider_password_file), *wrong = NULL;
	int line = conf_line(b, KEY_provider_password_file), fd;
	char *password;

	if (!*file)
		return g_strdup("");
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		conf_wrong(e, line, "password_file %s cannot be read: %s; let the user that "
			   "ringbackd runs as read it", file, g_strerror(errno));
		return g_strdup("");
	}
	password = read_password(fd, &wrong);
	close(fd);
	if (wrong)
		conf_wrong(e, line, "password_file %s %s", file, wrong);
	return password ? password : g_strdup("");
}

static bool is_source_addr(const char *s)
{
	gsize n = strlen(s), digits = strspn(*s == '+' ? s + 1 : s, "0123456789") + (*s == '+');

	if (digits == n)
		return true;
	for (; *s; s++)
		if (!g_ascii_isalnum(*s) && !strchr(" .-_", *s))
			return false;
	return n <= 11;
}

/* A prefix of numbers in E.164: "+" and digits. */
static char **prefixes_of(const struct conf_block *b, struct conf_errors *e)
{
	GPtrArray *all = g_ptr_array_new();

	for (guint i = 0; i < conf_size(b, KEY_provider_prefixes); i++) {
		int line;
		const char *prefix = conf_member(b, KEY_provider_prefixes, i, &line);

		if (*prefix != '+' || strspn(prefix + 1, "0123456789") != strlen(prefix + 1))
			conf_wrong(e, line, "prefixes: \"%s\" is no beginning of a number; write \"+\" and the "
				   "country code, as \"+44\"", prefix);
		g_ptr_array_add(all, g_strdup(prefix));
	}
	g_ptr_array_add(all, NULL);
	return (char **)g_ptr_array_free(all, FALSE);
}

static bool is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET;
	if (inet_pton(AF_INET6, host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	return g_ascii_strcasecmp(host, "localhost") == 0;
}

static char *file_of(const struct conf_block *b, enum conf_key_id key, const char *name, struct conf_errors *e)
{
	const char *file = conf_text(b, key);

	if (*file && access(file, R_OK) != 0)
		conf_wrong(e, conf_line(b, key), "%s %s cannot be read: %s; let the user that ringbackd runs as "
			   "read it", name, file, g_strerror(errno));
	return g_strdup(file);
}

static void read_tls(struct provider *p, const struct conf_block *b, struct conf_errors *e)
{
	enum { TLS_AUTO, TLS_ON, TLS_OFF } tls = conf_number(b, KEY_provider_tls);

	p->tls = tls == TLS_ON || (tls == TLS_AUTO && !is_loopback(p->host));
	p->tls_ca = file_of(b, KEY_provider_tls_ca, "tls_ca", e);
	p->tls_cert = file_of(b, KEY_provider_tls_cert, "tls_cert", e);
	p->tls_key = file_of(b, KEY_provider_tls_key, "tls_key", e);
	p->tls_name = g_strdup(*conf_text(b, KEY_provider_tls_name) ? conf_text(b, KEY_provider_tls_name) : p->host);
	if (!*p->tls_cert != !*p->tls_key)
		conf_wrong(e, b->line, "provider %s has %s alone; a client certificate needs tls_cert and tls_key",
			   p->name, *p->tls_cert ? "tls_cert" : "tls_key");
}

static struct provider *provider_new(const struct conf *c, const struct conf_block *b, struct conf_errors *e)
{
	struct provider *p = g_new0(struct provider, 1);

	p->name = g_strdup(b->title);
	p->host = g_strdup(conf_text(b, KEY_provider_host));
	p->port = (int)conf_number(b, KEY_provider_port);
	p->system_id = g_strdup(conf_text(b, KEY_provider_system_id));
	p->password = password_of(b, e);
	p->system_type = g_strdup(conf_text(b, KEY_provider_system_type));
	p->source_addr = g_strdup(conf_text(b, KEY_provider_source_addr));
	p->window = (guint)conf_number(b, KEY_provider_window);
	p->enquire_link_s = conf_number(b, KEY_provider_enquire_link);
	p->response_timeout_s = conf_number(b, KEY_provider_response_timeout);
	p->priority = (int)conf_number(b, KEY_provider_priority);
	p->weight = (guint)conf_number(b, KEY_provider_weight);
	p->rate = (guint)conf_number(b, KEY_provider_rate);
	p->prefixes = prefixes_of(b, e);
	p->pair = conf_number(b, KEY_provider_bind) != 0;
	p->coding.alphabet = (enum coding)conf_number(b, KEY_provider_alphabet);
	p->coding.joining = (enum joining)conf_number(b, KEY_provider_long_texts);
	p->coding.wide = c->roster->rules.text_wide;
	read_tls(p, b, e);
	if (!is_source_addr(p->source_addr))
		conf_wrong(e, conf_line(b, KEY_provider_source_addr),
			   "source_addr = \"%s\" is no sender; write a number, or at most 11 "
			   "letters and digits", p->source_addr);
	if (strlen(p->system_id) > 15 || strlen(p->system_type) > 12)
		conf_wrong(e, b->line, "system_id or system_type is too long; at most 15 and 12 "
			   "octets (SMPP 3.4, 4.1.1)");
	return p;
}

bool provider_is_same(const struct provider *p, const struct provider *q)
{
	return strcmp(p->name, q->name) == 0 && strcmp(p->host, q->host) == 0 && p->port == q->port &&
	       strcmp(p->system_id, q->system_id) == 0 && strcmp(p->password, q->password) == 0 &&
	       strcmp(p->system_type, q->system_type) == 0 && strcmp(p->source_addr, q->source_addr) == 0 &&
	       p->coding.alphabet == q->coding.alphabet && p->coding.joining == q->coding.joining &&
	       p->coding.wide == q->coding.wide &&
	       p->window == q->window && p->enquire_link_s == q->enquire_link_s &&
	       p->response_timeout_s == q->response_timeout_s && p->priority == q->priority &&
	       p->weight == q->weight && p->rate == q->rate && p->pair == q->pair && p->tls == q->tls && strcmp(p->tls_ca, q->tls_ca) == 0 &&
	       strcmp(p->tls_name, q->tls_name) == 0 && strcmp(p->tls_cert, q->tls_cert) == 0 &&
	       strcmp(p->tls_key, q->tls_key) == 0 &&
	       g_strv_equal((const char *const *)p->prefixes, (const char *const *)q->prefixes);
}

static void provider_free(gpointer data)
{
	struct provider *p = data;

	g_free(p->name);
	g_free(p->host);
	g_free(p->system_id);
	g_free(p->password);
	g_free(p->system_type);
	g_free(p->source_addr);
	g_strfreev(p->prefixes);
	g_free(p->tls_ca);
	g_free(p->tls_name);
	g_free(p->tls_cert);
	g_free(p->tls_key);
	g_free(p);
}

static void add_provider(struct conf *c, const struct conf_block *b, struct conf_errors *e)
{
	for (guint k = 0; k < c->providers->len; k++)
		if (strcmp(((struct provider *)c->providers->pdata[k])->name, b->title) == 0) {
			conf_wrong(e, b->line, "provider %s is there already; give each a name of its own", b->title);
			return;
		}
	if (c->providers->len == PROVIDERS_MAX)
		conf_wrong(e, b->line, "more than %d providers; keep those that are used", PROVIDERS_MAX);
	else
		g_ptr_array_add(c->providers, provider_new(c, b, e));
}

void conf_build_providers(struct conf *c, const struct conf_file *f, struct conf_errors *e)
{
	c->providers = g_ptr_array_new_with_free_func(provider_free);
	for (guint i = 0; i < f->blocks->len; i++) {
		const struct conf_block *b = f->blocks->pdata[i];

		if (b->section == SECTION_provider)
			add_provider(c, b, e);
	}
}

static bool is_served(const struct conf *c, const char *phone)
{
	for (guint k = 0; k < c->providers->len; k++) {
		char **prefix = ((struct provider *)c->providers->pdata[k])->prefixes;

		if (!*prefix)
			return true;
		for (; *prefix; prefix++)
			if (g_str_has_prefix(phone, *prefix))
				return true;
	}
	return c->providers->len == 0;
}

void conf_check_providers(const struct conf *c, struct conf_errors *e)
{
	for (guint k = 0; k < c->roster->people->len; k++) {
		const struct person *p = c->roster->people->pdata[k];

		if (p->phone && !is_served(c, p->phone))
			conf_wrong(e, 0, "no provider serves %s's phone %s; add its beginning to the prefixes of one, or "
				   "a provider without prefixes", p->id, p->phone);
	}
}
