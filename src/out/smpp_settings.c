#include "smpp_private.h"

static struct tls_settings *tls_copy(const struct tls_settings *from)
{
	struct tls_settings *to = g_new0(struct tls_settings, 1);

	to->name = g_strdup(from->name);
	to->ca = g_strdup(from->ca);
	to->cert = g_strdup(from->cert);
	to->key = g_strdup(from->key);
	return to;
}

static void tls_clear(const struct tls_settings *tls)
{
	if (!tls)
		return;
	g_free((char *)tls->name);
	g_free((char *)tls->ca);
	g_free((char *)tls->cert);
	g_free((char *)tls->key);
	g_free((struct tls_settings *)tls);
}

void smpp_settings_copy(struct smpp_settings *to, const struct smpp_settings *from)
{
	*to = *from;
	to->name = g_strdup(from->name ? from->name : "");
	to->host = g_strdup(from->host ? from->host : "");
	to->system_id = g_strdup(from->system_id ? from->system_id : "");
	to->password = g_strdup(from->password ? from->password : "");
	to->system_type = g_strdup(from->system_type ? from->system_type : "");
	to->source_addr = g_strdup(from->source_addr ? from->source_addr : "");
	to->window = CLAMP(from->window, 1, 1000);
	if (from->tls)
		to->tls = tls_copy(from->tls);
}

void smpp_settings_clear(struct smpp_settings *set)
{
	g_free((char *)set->name);
	g_free((char *)set->host);
	g_free((char *)set->system_id);
	g_free((char *)set->password);
	g_free((char *)set->system_type);
	g_free((char *)set->source_addr);
	tls_clear(set->tls);
}
