#include "parts.h"

#include <string.h>

static const char letters[] = "qsudfx";
static const char *const names[] = { "queued", "sent", "unknown", "delivered", "failed", "expired" };
_Static_assert(G_N_ELEMENTS(names) == N_PART_STATES && sizeof(letters) == N_PART_STATES + 1, "a name for each");

const char *part_state_name(enum part_state s)
{
	g_assert(s < N_PART_STATES);
	return names[s];
}

/* Without blanks, which separate them. */
static const char *id_clean(struct arena *a, const char *id)
{
	char *clean = arena_strndup(a, id ? id : "", 64);

	return g_strdelimit(clean, " \t\r\n", '_');
}

struct parts parts_read(struct arena *a, const char *line)
{
	struct parts p = { 0 }, none = { 0 };
	g_auto(GStrv) words = g_strsplit(line && *line == '=' ? line + 1 : "", " ", CODING_PARTS_MAX + 2);

	if (!words[0] || !words[1])
		return none;
	p.text = (uint32_t)g_ascii_strtoull(words[0], NULL, 16);
	for (char **w = words + 1; *w; w++) {
		const char *letter = **w ? strchr(letters, **w) : NULL;

		if (!letter || p.n == CODING_PARTS_MAX || ((*w)[1] && (*w)[1] != '.'))
			return none;
		p.part[p.n].state = (enum part_state)(letter - letters);
		p.part[p.n++].id = (*w)[1] ? arena_strdup(a, *w + 2) : "";
	}
	return p;
}

const char *parts_write(struct arena *a, const struct parts *p)
{
	g_autoptr(GString) out = g_string_new(NULL);

	g_string_printf(out, "=%08x", p->text);
	for (guint i = 0; i < p->n; i++)
		g_string_append_printf(out, " %c.%s", letters[p->part[i].state], id_clean(a, p->part[i].id));
	return arena_strdup(a, out->str);
}

uint32_t parts_number(const struct coded *c)
{
	guint32 hash = 5381 + c->data_coding;	/* as g_str_hash() */

	for (guint i = 0; i < c->n; i++) {
		for (gsize k = 0; k < c->parts[i].n; k++)
			hash = hash * 33 + c->parts[i].octets[k];
		hash = hash * 33 + i;
	}
	return hash;
}

int parts_find(const struct parts *p, const char *id)
{
	for (guint i = 0; *id && i < p->n; i++)
		if (g_ascii_strcasecmp(p->part[i].id, id) == 0)
			return (int)i;
	return -1;
}

enum part_state parts_state(const struct parts *p)
{
	static const enum part_state order[] = {
		PART_FAILED, PART_EXPIRED, PART_UNKNOWN, PART_QUEUED, PART_SENT, PART_DELIVERED
	};

	for (gsize k = 0; k < G_N_ELEMENTS(order); k++)
		for (guint i = 0; i < p->n; i++)
			if (p->part[i].state == order[k])
				return order[k];
	return PART_QUEUED;
}
