#include "notice_text.h"

#include <string.h>

#include "text.h"

#define NAME_MAX_CHARS 100
#define TRANSCRIPT_MAX_CHARS 5000

static gunichar entity_named(const char *s, gsize n)
{
	static const struct { const char *name; char c; } named[] = {
		{ "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' }, { "apos", '\'' },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(named); i++)
		if (strlen(named[i].name) == n && strncmp(named[i].name, s, n) == 0)
			return (gunichar)named[i].c;
	return 0;
}

/* The character of the entity at s ("&#39;"), 0 if there is none; *size_r octets long. */
static gunichar entity_at(const char *s, gsize *size_r)
{
	const char *end = memchr(s, ';', strnlen(s, 10));
	gunichar c;

	if (*s != '&' || !end)
		return 0;
	*size_r = (gsize)(end - s) + 1;
	if (s[1] != '#')
		return entity_named(s + 1, *size_r - 2);
	if (s[2] == 'x' || s[2] == 'X')
		c = (gunichar)g_ascii_strtoull(s + 3, NULL, 16);
	else
		c = (gunichar)g_ascii_strtoull(s + 2, NULL, 10);
	return g_unichar_validate(c) ? c : 0;
}

/* FusionPBX writes quotes of a caller's name as entities even in subjects; Asterisk puts a backslash before them. */
static const char *unescape(struct arena *a, const char *s)
{
	g_autoptr(GString) out = g_string_new(NULL);

	while (*s) {
		gsize size = 0;
		gunichar c = entity_at(s, &size);

		if (c) {
			g_string_append_unichar(out, c);
			s += size;
			continue;
		}
		if (*s == '\\' && (s[1] == '"' || s[1] == '\\'))
			s++;
		g_string_append_c(out, *s++);
	}
	return arena_strdup(a, out->str);
}

bool notice_has_letter(const char *s)
{
	for (; *s; s = g_utf8_next_char(s))
		if (g_unichar_isalpha(g_utf8_get_char(s)))
			return true;
	return false;
}

const char *notice_line(struct arena *a, const char *raw)
{
	return text_line(a, raw, NAME_MAX_CHARS);
}

const char *notice_name(struct arena *a, const char *raw)
{
	const char *name = text_line(a, unescape(a, raw), NAME_MAX_CHARS);
	gsize n = strlen(name);

	if (n >= 2 && name[0] == '"' && name[n - 1] == '"')
		return text_line(a, arena_strndup(a, name + 1, n - 2), NAME_MAX_CHARS);
	return name;
}

/* Transcribers' words for "nothing"; template variables that nobody filled in. */
const char *notice_transcript(struct arena *a, const char *raw)
{
	static const char *const none[] = {
		"null", "none", "not enabled", "(transcription unavailable)", "transcript not available",
		"transcription not available", "${message_text}", "{transcription}",
		"(google was unable to recognize any speech in audio data.)",
		"unable to transcribe this message.", "unable to transcribe this message",
		"transcription unavailable", "transcription unavailable.", "transcript unavailable",
		"no transcription is available", "no transcription is available.",
		"[no transcription is available]", "[no transcription is available.]",
		"voicemail preview not available", "voicemail preview is not available",
		"(no transcription available)", "no transcription available", "not available",
	};
	const char *signature = strstr(raw, "\n-- \n");
	const char *text = text_line(a, signature ? arena_strndup(a, raw, (gsize)(signature - raw)) : raw,
				     TRANSCRIPT_MAX_CHARS);

	for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
		if (g_ascii_strcasecmp(text, none[i]) == 0)
			return "";
	return text;
}
