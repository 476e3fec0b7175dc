#include "conf_value.h"

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

bool conf_value_is_domain(const char *text)
{
	g_autofree char *address = g_strconcat("x@", text, NULL);

	return conf_value_is_mail(address);
}

bool conf_value_is_id(const char *text)
{
	for (const char *p = text; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("-_.", *p))
			return false;
	return *text && strlen(text) <= 64;
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

bool conf_value_day(const char *text, guint32 *day_r)
{
	g_auto(GStrv) parts = g_strsplit(text, "-", 3);
	int64_t y, m, d;
	GDate date;

	if (g_strv_length(parts) != 3 || strlen(parts[0]) != 4 || strlen(parts[1]) != 2 || strlen(parts[2]) != 2 ||
	    !text_to_long(parts[0], 1970, 2199, &y) || !text_to_long(parts[1], 1, 12, &m) ||
	    !text_to_long(parts[2], 1, 31, &d) || !g_date_valid_dmy((GDateDay)d, (GDateMonth)m, (GDateYear)y))
		return false;
	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)d, (GDateMonth)m, (GDateYear)y);
	*day_r = g_date_get_julian(&date);
	return true;
}
