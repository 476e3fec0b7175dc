#include "conf_value.h"

#include <arpa/inet.h>
#include <string.h>

#include "text.h"

char *conf_value_phone(const char *text)
{
	GString *out = g_string_new(NULL);
	bool good = *text == '+' && strlen(text) <= 32;

	for (const char *p = text; good && *p; p++) {
		if (g_ascii_isdigit(*p) || (*p == '+' && p == text))
			g_string_append_c(out, *p);
		else
			good = strchr(" -()./", *p) != NULL;
	}
	good = good && out->len >= 8 && out->len <= 16 && out->str[1] != '0';
	return g_string_free(out, !good);
}

static bool is_label(const char *s)
{
	gsize n = strlen(s);

	if (n == 0 || n > 63 || s[0] == '-' || s[n - 1] == '-')
		return false;
	for (; *s; s++)
		if (!g_ascii_isalnum(*s) && *s != '-')
			return false;
	return true;
}

static bool is_local_part(const char *s, gsize n)
{
	if (n == 0 || n > 64 || s[0] == '.' || s[n - 1] == '.')
		return false;
	for (gsize i = 0; i < n; i++) {
		if (!g_ascii_isalnum(s[i]) && (!s[i] || !strchr(".!#$%&'*+-/=?^_`{|}~", s[i])))
			return false;
		if (s[i] == '.' && s[i - 1] == '.')
			return false;
	}
	return true;
}

bool conf_value_is_mail(const char *text)
{
	const char *at = strchr(text, '@');
	g_auto(GStrv) labels = NULL;

	if (!at || strlen(text) > 254 || !is_local_part(text, (gsize)(at - text)))
		return false;
	labels = g_strsplit(at + 1, ".", -1);
	for (char **l = labels; *l; l++)
		if (!is_label(*l))
			return false;
	return labels[0] != NULL;
}

bool conf_value_is_zone(const char *text)
{
	g_autoptr(GTimeZone) zone = NULL;

	if (*text == '\0' || *text == '/' || strlen(text) > 64 || strstr(text, ".."))
		return false;
	for (const char *p = text; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("_-+/", *p))
			return false;
	if (!g_ascii_isalpha(*text))
		return false;
	zone = g_time_zone_new_identifier(text);
	return zone != NULL;
}

static bool prefix_fits(const struct source *s)
{
	int most = s->family == AF_INET ? 32 : 128;

	return s->prefix >= 0 && s->prefix <= most;
}

bool conf_value_source(const char *text, struct source *s_r)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);
	int64_t prefix;

	memset(s_r, 0, sizeof(*s_r));
	if (g_ascii_strcasecmp(text, "sendmail") == 0) {
		s_r->sendmail = true;
		return true;
	}
	if (!parts[0])
		return false;
	if (inet_pton(AF_INET, parts[0], s_r->address) == 1)
		s_r->family = AF_INET;
	else if (inet_pton(AF_INET6, parts[0], s_r->address) == 1)
		s_r->family = AF_INET6;
	else
		return false;
	s_r->prefix = s_r->family == AF_INET ? 32 : 128;
	if (!parts[1])
		return true;
	if (!text_to_long(parts[1], 0, 128, &prefix))
		return false;
	s_r->prefix = (int)prefix;
	return prefix_fits(s_r);
}

bool conf_value_host_port(const char *text, char **host_r, int *port_r)
{
	const char *colon = strrchr(text, ':');
	g_autofree char *host = colon ? g_strndup(text, (gsize)(colon - text)) : NULL;
	gsize n = host ? strlen(host) : 0;
	int64_t port;

	if (n == 0 || !text_to_long(colon + 1, 1, 65535, &port))
		return false;
	if (host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		memmove(host, host + 1, n - 1);
	} else if (strchr(host, ':')) {
		return false;
	}
	for (const char *p = host; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr(".-:_", *p))
			return false;
	*port_r = (int)port;
	*host_r = g_steal_pointer(&host);
	return true;
}

bool conf_value_is_socket(const char *text)
{
	const char *rest = strchr(text, ':');
	g_auto(GStrv) parts = NULL;
	int64_t port;

	if (!rest)
		return false;
	if (g_str_has_prefix(text, "unix:"))	/* sun_path, unix(7) */
		return rest[1] == '/' && strlen(rest + 1) <= 107;
	if (!g_str_has_prefix(text, "inet:") && !g_str_has_prefix(text, "inet6:"))
		return false;
	parts = g_strsplit(rest + 1, "@", 2);
	return parts[0] && parts[1] && *parts[1] && text_to_long(parts[0], 1, 65535, &port);
}
