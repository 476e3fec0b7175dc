#include "mailfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "err.h"

bool mailfile_read(const char *file, char **mail_r, gsize *size_r, GError **err)
{
	bool input = strcmp(file, "-") == 0;
	g_autoptr(GString) all = g_string_new(NULL);
	FILE *f = input ? stdin : fopen(file, "rb");
	char buf[16384];
	gsize n;

	if (!f)
		return err_set(err, ERR_INPUT, "%s: %s", file, g_strerror(errno));
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && all->len <= MAILFILE_MAX)
		g_string_append_len(all, buf, (gssize)n);
	n = (gsize)ferror(f);
	if (n)
		err_set(err, ERR_INPUT, "%s: %s", file, g_strerror(errno));
	if (!input)
		fclose(f);
	if (n)
		return false;
	if (all->len > MAILFILE_MAX)
		return err_set(err, ERR_LIMIT, "%s: larger than 64 MiB", file);
	*size_r = all->len;
	*mail_r = g_string_free(g_steal_pointer(&all), FALSE);
	return true;
}
