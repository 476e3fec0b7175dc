#include "receipt_id.h"

#include <string.h>

gsize receipt_id_forms(struct arena *a, const char *id, const char *forms[RECEIPT_ID_FORMS])
{
	const char *bare = id + strspn(id, "0");
	char *end;
	guint64 value;
	gsize n = 0;

	forms[n++] = id;
	forms[n++] = arena_strdup(a, bare);
	for (gsize k = 0; k < 2; k++) {
		g_autofree char *lower = g_ascii_strdown(forms[k], -1), *upper = g_ascii_strup(forms[k], -1);

		forms[n++] = arena_strdup(a, lower);
		forms[n++] = arena_strdup(a, upper);
	}
	value = g_ascii_strtoull(id, &end, 10);
	if (*id && !*end && strlen(bare) < 19) {
		forms[n++] = arena_printf(a, "%" G_GINT64_MODIFIER "x", value);
		forms[n++] = arena_printf(a, "%" G_GINT64_MODIFIER "X", value);
	}
	value = g_ascii_strtoull(id, &end, 16);
	if (*id && !*end && strlen(bare) < 16)
		forms[n++] = arena_printf(a, "%" G_GUINT64_FORMAT, value);
	return n;
}
