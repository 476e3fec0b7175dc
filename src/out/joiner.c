#include "joiner.h"

#include <string.h>

struct joiner {
	GPtrArray *texts;	/* struct joined *, the oldest first */
};

static void octets_clear(struct joined *t)
{
	for (guint i = 0; i < JOINER_PARTS_MAX; i++)
		g_clear_pointer(&t->octets[i], g_bytes_unref);
}

static void joined_free(gpointer p)
{
	struct joined *t = p;

	octets_clear(t);
	g_free(t->phone);
	g_free(t);
}

struct joiner *joiner_new(void)
{
	struct joiner *j = g_new0(struct joiner, 1);

	j->texts = g_ptr_array_new_with_free_func(joined_free);
	return j;
}

void joiner_free(struct joiner *j)
{
	g_ptr_array_unref(j->texts);
	g_free(j);
}

static struct joined *find(struct joiner *j, const struct joiner_part *p, int64_t now_ms)
{
	struct joined *t;

	for (guint i = 0; i < j->texts->len; i++) {
		t = j->texts->pdata[i];
		if (t->reference == p->concat.reference && t->total == p->concat.total &&
		    strcmp(t->phone, p->phone) == 0 && now_ms - t->since_ms < JOINER_LIFE_MS)
			return t;
	}
	t = g_new0(struct joined, 1);
	t->phone = g_strdup(p->phone);
	t->reference = p->concat.reference;
	t->total = p->concat.total;
	t->coding = p->coding;
	t->since_ms = now_ms;
	g_ptr_array_add(j->texts, t);
	return t;
}

struct joined *joiner_add(struct joiner *j, const struct joiner_part *p, int64_t now_ms)
{
	struct joined *t = find(j, p, now_ms);
	GBytes **place = &t->octets[p->concat.part - 1];

	g_assert(p->concat.part >= 1 && p->concat.part <= t->total && t->total <= JOINER_PARTS_MAX);
	if (t->done)
		return t;
	t->have += !*place;
	g_clear_pointer(place, g_bytes_unref);
	*place = g_bytes_new(p->octets, p->n);
	if (t->n_waiting < JOINER_PARTS_MAX) {
		t->waiting[t->n_waiting].command_id = p->command_id;
		t->waiting[t->n_waiting++].sequence = p->sequence;
	}
	return t;
}

const char *joined_text(const struct joined *t, struct arena *a)
{
	g_autoptr(GByteArray) all = g_byte_array_new();

	/* before decoding: a character may lie on both sides of a cut that somebody else made */
	for (guint i = 0; i < t->total; i++)
		if (t->octets[i])
			g_byte_array_append(all, g_bytes_get_data(t->octets[i], NULL), (guint)g_bytes_get_size(t->octets[i]));
	return smpp_cut(a, coding_decode(a, t->coding, all->data, all->len));
}

void joined_done(struct joined *t)
{
	t->done = true;
	t->n_waiting = 0;
	octets_clear(t);
}

struct joined *joiner_due(struct joiner *j, int64_t now_ms)
{
	struct joined *oldest = joiner_at(j, 0);

	if (oldest && (j->texts->len > JOINER_TEXTS_MAX || now_ms - oldest->since_ms >= JOINER_LIFE_MS))
		return oldest;
	return NULL;
}

void joiner_remove(struct joiner *j, struct joined *t)
{
	g_ptr_array_remove(j->texts, t);
}

struct joined *joiner_at(const struct joiner *j, guint n)
{
	return n < j->texts->len ? j->texts->pdata[n] : NULL;
}
