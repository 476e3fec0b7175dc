#include "letter.h"

#include <string.h>

static const char *const audio_suffixes[] = { ".wav", ".mp3", ".gsm", ".ogg", ".opus", ".m4a", ".wma", ".amr" };

const char *letter_header(const struct letter *l, const char *name)
{
	for (gsize i = 0; i < l->n_headers; i++)
		if (g_ascii_strcasecmp(l->headers[i].name, name) == 0)
			return l->headers[i].value;
	return NULL;
}

static bool has_audio_suffix(const char *filename)
{
	gsize len = filename ? strlen(filename) : 0;

	for (guint i = 0; i < G_N_ELEMENTS(audio_suffixes); i++) {
		gsize n = strlen(audio_suffixes[i]);

		if (len > n && g_ascii_strcasecmp(filename + len - n, audio_suffixes[i]) == 0)
			return true;
	}
	return false;
}

const struct letter_part *letter_audio(const struct letter *l)
{
	for (gsize i = 0; i < l->n_parts; i++) {
		const struct letter_part *p = &l->parts[i];

		if (g_str_has_prefix(p->type, "audio/") || strcmp(p->type, "application/ogg") == 0 ||
		    has_audio_suffix(p->filename))
			return p;
	}
	return NULL;
}
