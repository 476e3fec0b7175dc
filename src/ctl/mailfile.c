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

static gsize line_size(const char *mail, gsize size)
{
	const char *end = memchr(mail, '\n', size);

	return end ? (gsize)(end - mail) + 1 : size;
}

static bool is_blank(const char *line, gsize size)
{
	return size <= 2 && (line[0] == '\n' || line[0] == '\r');
}

static void mail_ends(GPtrArray *mails, GString *mail)
{
	if (mail->len)
		g_ptr_array_add(mails, g_bytes_new(mail->str, mail->len));
	g_string_truncate(mail, 0);
}

GPtrArray *mailfile_split(const char *mail, gsize size, guint max)
{
	GPtrArray *mails = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(GString) one = g_string_new(NULL);
	bool blank = true;

	if (size < 5 || memcmp(mail, "From ", 5) != 0) {
		g_ptr_array_add(mails, g_bytes_new(mail, size));
		return mails;
	}
	for (gsize at = 0, n; at < size && mails->len < max; at += n) {
		gsize quotes = 0;

		n = line_size(mail + at, size - at);
		while (quotes < n && mail[at + quotes] == '>')
			quotes++;
		if (n - quotes >= 5 && memcmp(mail + at + quotes, "From ", 5) == 0) {
			if (quotes == 0 && blank)
				mail_ends(mails, one);
			else
				g_string_append_len(one, mail + at + (quotes > 0), (gssize)(n - (quotes > 0)));
		} else {
			g_string_append_len(one, mail + at, (gssize)n);
		}
		blank = is_blank(mail + at, n);
	}
	if (mails->len < max)
		mail_ends(mails, one);
	if (mails->len == 0)
		g_ptr_array_add(mails, g_bytes_new("", 0));
	return mails;
}
