#include "reload.h"

#include <string.h>

#include "log.h"

void reload_warn(const struct conf *old, const struct conf *new)
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
}
