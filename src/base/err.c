#include "err.h"

G_DEFINE_QUARK(ringback-error, err_domain)

gboolean err_set(GError **err, enum err_code code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (err && !*err)
		*err = g_error_new_valist(ERR_DOMAIN, code, format, ap);
	va_end(ap);
	return FALSE;
}
