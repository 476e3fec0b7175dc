/* Any octets as Authentication-Results and as From: domains of a plain form or none, and never one of a field that is not
 * ours. The value, and after an empty line the id. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "authres.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_domain(const char *domain)
{
	g_assert_cmpuint(strlen(domain), <=, 253);
	g_assert_true(*domain && domain[strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0');
	g_assert_null(strstr(domain, ".."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	g_autofree char *text = g_strndup(size ? (const char *)data : "", size);	/* data is NULL for no octets */
	g_auto(GStrv) parts = g_strsplit(text, "\n\n", 2);
	const char *value = parts[0] ? parts[0] : "", *id = parts[0] && parts[1] ? parts[1] : "mx.example.com";
	const char *const *domains, *author = authres_author(value, a);
	bool ours = authres_read(value, id, a, &domains);

	if (author)
		check_domain(author);
	g_assert_true(ours || !domains[0]);
	g_assert_true(!ours || (*id && g_ascii_strncasecmp(value + strspn(value, " \t\r\n"), id, strlen(id)) == 0));
	for (gsize i = 0; domains[i]; i++) {
		g_assert_cmpuint(i, <, AUTHRES_DOMAINS_MAX);
		check_domain(domains[i]);
	}
	return 0;
}
