#include "dedup.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define NAME_MAX_CHARS 100
#define RAW_MAX_CHARS 64

/* Of a name or a number from a mail, the part that keys are made of; "" if there is none. */
static const char *key_word(struct arena *a, const char *s, gsize max)
{
	const char *line = text_line(a, s, max);
	g_autofree char *lower = g_utf8_strdown(line, -1);

	for (char *p = lower; *p; p++)
		if (*p == '|')
			*p = ' ';
	return arena_strdup(a, lower);
}

bool dedup_is_nobody(const struct call *c)
{
	AUTO_ARENA a = arena_new();

	return !c->caller && !c->withheld && !*key_word(a, c->caller_name, NAME_MAX_CHARS) &&
	       !*key_word(a, c->caller_raw, RAW_MAX_CHARS);
}

const char *dedup_item_key(struct arena *a, const struct line *line, const struct call *c)
{
	const char *name, *raw;

	if (c->caller)
		return arena_printf(a, "%s|%s", line->id, key_word(a, c->caller, RAW_MAX_CHARS));
	if (c->withheld)
		return arena_printf(a, "%s|withheld", line->id);
	name = key_word(a, c->caller_name, NAME_MAX_CHARS);
	raw = key_word(a, c->caller_raw, RAW_MAX_CHARS);
	if (!*name && !*raw)
		return arena_printf(a, "%s|nobody", line->id);
	if (!*raw || strcmp(name, raw) == 0)
		return arena_printf(a, "%s|name|%s", line->id, name);
	return arena_printf(a, "%s|name|%s|%s", line->id, name, raw);
}

/* With its length, so that no two lists of fields give the same octets. */
static void add_field(GChecksum *sum, const char *s)
{
	char head[32];

	g_snprintf(head, sizeof(head), "%" G_GSIZE_FORMAT ":", s ? strlen(s) : 0);
	g_checksum_update(sum, (const guchar *)(s ? head : "-"), -1);
	g_checksum_update(sum, (const guchar *)(s ? s : ""), -1);
}

static void add_number(GChecksum *sum, int64_t n)
{
	char s[32];

	g_snprintf(s, sizeof(s), "%" G_GINT64_FORMAT, n);
	add_field(sum, s);
}

const char *dedup_notice_key(struct arena *a, const struct call *c, const char *rcpts)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	add_field(sum, c->profile);
	add_field(sum, class_name(c->class));
	add_field(sum, c->caller);
	add_field(sum, c->caller_raw);
	add_field(sum, c->called);
	/* A time that is only the mail's Date changes when the PBX sends again. */
	add_number(sum, c->time_printed ? c->time : 0);
	add_number(sum, c->duration_s);
	add_field(sum, c->call_id);
	add_field(sum, c->transcript);
	add_field(sum, c->audio_hash);
	add_field(sum, rcpts);
	return arena_strdup(a, g_checksum_get_string(sum));
}

const char *dedup_rcpt(struct arena *a, const char *rcpt)
{
	g_autofree char *lower = g_ascii_strdown(text_utf8(a, rcpt, strlen(rcpt)), -1);
	char *s = g_strstrip(lower);
	gsize len = strlen(s);

	if (len >= 2 && s[0] == '<' && s[len - 1] == '>') {
		s[len - 1] = '\0';
		s = g_strstrip(s + 1);
	}
	return arena_strdup(a, s);
}

static int by_name(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

const char *dedup_rcpts(struct arena *a, const char *const *rcpts)
{
	g_autoptr(GString) out = g_string_new(NULL);
	gsize n = 0;
	const char **sorted;

	while (rcpts && rcpts[n])
		n++;
	sorted = ARENA_NEW_N(a, const char *, n + 1);
	for (gsize i = 0; i < n; i++)
		sorted[i] = dedup_rcpt(a, rcpts[i]);
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (gsize i = 0; i < n; i++)
		if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0)
			g_string_append_printf(out, "%s%s", out->len ? "," : "", sorted[i]);
	return arena_strdup(a, out->str);
}

bool dedup_rcpts_meet(const char *one, const char *other)
{
	g_auto(GStrv) p = g_strsplit(one, ",", -1), q = g_strsplit(other, ",", -1);

	/* Both are sorted: walk along both. */
	for (gsize i = 0, j = 0; p[i] && q[j];) {
		int order = strcmp(p[i], q[j]);

		if (order == 0)
			return true;
		if (order < 0)
			i++;
		else
			j++;
	}
	return false;
}

bool dedup_is_retry(const struct call *c, const char *message_id, const struct notice *same, int64_t now,
		    int64_t window_s)
{
	if (c->time_printed || c->call_id || c->audio_hash)
		return true;
	if (message_id && *message_id && g_strcmp0(message_id, same->message_id) == 0)
		return true;
	return now - same->arrived <= window_s;
}

bool dedup_is_same_id(const struct call *c, const struct item *i, int64_t now, int64_t window_s)
{
	return c->call_id && g_strcmp0(c->call_id, i->call_id) == 0 && now - i->last_call <= window_s &&
	       (!c->caller || !i->caller || strcmp(c->caller, i->caller) == 0);
}
