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

/* What was between quotes: Jane" "Doe, where first and last name had a pair each, as one name. */
static const char *join_quoted(struct arena *a, const char *s)
{
	g_auto(GStrv) parts = g_strsplit(s, "\" \"", -1);
	g_autofree char *joined = g_strjoinv(" ", parts);

	return arena_strdup(a, joined);
}

const char *notice_name(struct arena *a, const char *raw)
{
	const char *name = text_line(a, unescape(a, raw), NAME_MAX_CHARS);
	gsize n = strlen(name);

	if (n >= 2 && name[0] == '"' && name[n - 1] == '"')
		return text_line(a, join_quoted(a, arena_strndup(a, name + 1, n - 2)), NAME_MAX_CHARS);
	return name;
}

/* What a transcriber writes where it heard nothing, in small letters, without brackets and full stops around it; also
 * the names of template variables that nobody filled in. */
static const char *const nothing[] = {
	"", "none", "n/a", "not enabled", "not available", "inaudible", "unintelligible", "blank_audio", "blank audio",
	"no speech", "no speech detected", "no speech recognized", "no transcript", "no transcription",
	"no transcript available", "no transcription available", "no transcription is available", "transcript not available",
	"voicemail preview not available", "voicemail preview is not available",
	"transcript unavailable", "transcription not available", "transcription unavailable", "transcription failed",
	"transcription error", "could not be transcribed", "could not transcribe", "unable to transcribe",
	"unable to transcribe this message", "unable to transcribe message", "message_text", "transcription",
};

/* Words that a script writes for each sentence in which nothing was heard. Asterisk's Watson scripts keep the per cent
 * sign, FusionPBX makes it a star. */
static const char *const empty_words[] = { "null", "%hesitation", "hesitation" };

/* Sentences that begin with the name of the service, or with "this message". */
static const char *const nothing_ends[] = {
	"unable to recognize any speech in audio data", "unable to recognize any speech in the audio data",
	"could not be transcribed", "transcription is not available", "transcription was not available",
};
#define NOTHING_MAX 120		/* octets: more is not that nothing was heard */

static bool all_empty(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	for (char **w = words; *w; w++) {
		const char *word = *w + (**w == '*');
		bool found = false;

		for (gsize i = 0; i < G_N_ELEMENTS(empty_words); i++)
			found |= strcmp(word, empty_words[i]) == 0;
		if (!found)
			return false;
	}
	return true;
}

static bool says_nothing(const char *text)
{
	const char *first = text + strspn(text, "([{<$*-\"'. ");
	gsize n = strlen(first);
	g_autofree char *word = NULL;

	while (n && strchr(")]}>*-\"'. !", first[n - 1]))
		n--;
	if (n > NOTHING_MAX)
		return false;
	word = g_ascii_strdown(first, (gssize)n);
	for (gsize i = 0; i < G_N_ELEMENTS(nothing); i++)
		if (strcmp(word, nothing[i]) == 0)
			return true;
	for (gsize i = 0; i < G_N_ELEMENTS(nothing_ends); i++)
		if (g_str_has_suffix(word, nothing_ends[i]))
			return true;
	return all_empty(word);
}

const char *notice_transcript(struct arena *a, const char *raw)
{
	const char *signature = strstr(raw, "\n-- \n");
	const char *text = signature ? arena_strndup(a, raw, (gsize)(signature - raw)) : raw;

	/* FS PBX escapes its text part as if it were HTML. */
	text = text_line(a, unescape(a, text), TRANSCRIPT_MAX_CHARS);
	return says_nothing(text) ? "" : text;
}
