#include "decode.h"

#define CHUNK (12 * 1024)

/* GLib decodes base64 twice as fast as GMime, and skips over what is none of it as RFC 2045, 6.8 asks. */
struct decoder {
	GMimeEncoding mime;
	int state;
	guint save;
};

static gsize decode_step(struct decoder *d, const char *at, gsize n, char *out)
{
	if (d->mime.encoding == GMIME_CONTENT_ENCODING_BASE64)
		return g_base64_decode_step(at, n, (guchar *)out, &d->state, &d->save);
	return g_mime_encoding_step(&d->mime, at, n, out);
}

bool decode_needed(GMimeContentEncoding encoding)
{
	return encoding == GMIME_CONTENT_ENCODING_BASE64 || encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

gsize decode_body(GMimeContentEncoding encoding, const char *at, const char *end, struct digest *sum, GString *head,
		  gsize head_max)
{
	struct decoder d = { .state = 0 };
	char out[CHUNK + 16];
	gsize size = 0;

	g_mime_encoding_init_decode(&d.mime, encoding);
	for (; at < end; at += MIN(CHUNK, end - at)) {
		gsize n = decode_step(&d, at, (gsize)MIN(CHUNK, end - at), out);

		if (sum)
			digest_add(sum, out, n);
		if (head && head->len < head_max)
			g_string_append_len(head, out, (gssize)MIN(n, head_max - head->len));
		size += n;
	}
	return size;
}
