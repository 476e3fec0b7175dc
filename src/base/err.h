/* err.h - the kinds of failure of the world outside; our own bugs assert instead. */
#ifndef RINGBACK_ERR_H
#define RINGBACK_ERR_H

#include <glib.h>

enum err_code {
	ERR_CONF,		/* a file that an administrator wrote: fix it and reload */
	ERR_STORE,		/* the store cannot be reached or refuses: try again later */
	ERR_NET,		/* a peer cannot be reached or went away: try again later */
	ERR_PEER,		/* a peer answered no, for good */
	ERR_LIMIT,		/* something from outside was larger than its limit */
	ERR_INPUT,		/* something from outside makes no sense */
	ERR_USAGE,		/* an operator's command that cannot be done as given */
};

#define ERR_DOMAIN err_domain_quark()
GQuark err_domain_quark(void);

/* Sets *err (if err is not NULL) with a message in printf style and gives false. */
gboolean err_set(GError **err, enum err_code code, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
