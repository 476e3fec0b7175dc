#include "reload.h"

#include <string.h>

#include "log.h"

static bool same_provider(const struct provider *p, const struct provider *q)
{
	return strcmp(p->name, q->name) == 0 && strcmp(p->host, q->host) == 0 && p->port == q->port &&
	       strcmp(p->system_id, q->system_id) == 0 && strcmp(p->password, q->password) == 0 &&
	       strcmp(p->system_type, q->system_type) == 0 && strcmp(p->source_addr, q->source_addr) == 0 &&
	       p->window == q->window && p->enquire_link_s == q->enquire_link_s &&
	       p->response_timeout_s == q->response_timeout_s && p->priority == q->priority &&
	       p->weight == q->weight && p->rate == q->rate && p->tls == q->tls && strcmp(p->tls_ca, q->tls_ca) == 0 &&
	       strcmp(p->tls_name, q->tls_name) == 0 && strcmp(p->tls_cert, q->tls_cert) == 0 &&
	       strcmp(p->tls_key, q->tls_key) == 0 &&
	       g_strv_equal((const char *const *)p->prefixes, (const char *const *)q->prefixes);
}

static bool same_providers(const struct conf *a, const struct conf *b)
{
	if (a->providers->len != b->providers->len)
		return false;
	for (guint k = 0; k < a->providers->len; k++)
		if (!same_provider(a->providers->pdata[k], b->providers->pdata[k]))
			return false;
	return true;
}

void reload_warn(const struct conf *old, const struct conf *new, bool courier)
{
	struct { const char *key, *before, *after; } keys[] = {
		{ "store", old->store, new->store }, { "run_dir", old->run_dir, new->run_dir },
		{ "user", old->user, new->user }, { "milter_socket", old->milter_socket, new->milter_socket },
		{ "milter_socket_group", old->milter_socket_group, new->milter_socket_group },
		{ "relay", old->relay_host, new->relay_host },
	};

	if (old->relay_port != new->relay_port)
		log_warn("reload: the port of relay changes with the next start");
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (g_strcmp0(keys[i].before, keys[i].after) != 0)
			log_warn("reload: %s changes with the next start", keys[i].key);
	if (courier && !same_providers(old, new))
		log_warn("reload: provider changes with the next start");
}
