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

static bool begins_mail(const char *line, gsize size)
{
	return size >= 5 && memcmp(line, "From ", 5) == 0;
}

GArray *mailfile_spans(const char *mail, gsize size)
{
	GArray *spans = g_array_new(FALSE, TRUE, sizeof(struct mailfile_span));
	struct mailfile_span one = { 0, size };
	bool mbox = begins_mail(mail, size), blank = false;

	for (gsize at = 0, n; mbox && at < size; at += n) {
		n = line_size(mail + at, size - at);
		if (blank && begins_mail(mail + at, n)) {
			one.size = at - one.offset;
			g_array_append_val(spans, one);
			one = (struct mailfile_span){ at, size - at };
		}
		blank = is_blank(mail + at, n);
	}
	g_array_append_val(spans, one);
	return spans;
}

GBytes *mailfile_unquote(const char *mail, gsize size)
{
	g_autoptr(GString) out = g_string_new(NULL);
	gsize at = line_size(mail, size);

	if (!begins_mail(mail, size))
		return g_bytes_new(mail, size);
	for (gsize n, quotes; at < size; at += n) {
		n = line_size(mail + at, size - at);
		for (quotes = 0; quotes < n && mail[at + quotes] == '>'; quotes++)
			;
		quotes = quotes > 0 && begins_mail(mail + at + quotes, n - quotes);
		g_string_append_len(out, mail + at + quotes, (gssize)(n - quotes));
	}
	return g_bytes_new(out->str, out->len);
}

GPtrArray *mailfile_split(const char *mail, gsize size, guint max)
{
	GPtrArray *mails = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(GArray) spans = mailfile_spans(mail, size);

	for (guint i = 0; i < MIN(spans->len, max); i++) {
		const struct mailfile_span *s = &g_array_index(spans, struct mailfile_span, i);

		g_ptr_array_add(mails, mailfile_unquote(mail + s->offset, s->size));
	}
	return mails;
}
