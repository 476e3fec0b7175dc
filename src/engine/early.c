#include "early.h"

#include "clock.h"

#define EARLY_MAX 1000
#define KEEP_S 600

struct entry {
	struct receipt receipt;
	char *provider, *id, *from, *state;
	int64_t came;
};

struct early {
	GQueue entries;		/* struct entry *, oldest first */
};

struct early *early_new(void)
{
	struct early *e = g_new0(struct early, 1);

	g_queue_init(&e->entries);
	return e;
}

static void entry_free(gpointer p)
{
	struct entry *n = p;

	g_free(n->provider);
	g_free(n->id);
	g_free(n->from);
	g_free(n->state);
	g_free(n);
}

void early_free(struct early *e)
{
	if (!e)
		return;
	g_queue_clear_full(&e->entries, entry_free);
	g_free(e);
}

void early_keep(struct early *e, const char *provider, const struct receipt *r)
{
	struct entry *n = g_new0(struct entry, 1);

	n->provider = g_strdup(provider);
	n->receipt = *r;
	n->receipt.id = n->id = g_strdup(r->id);
	n->receipt.from = n->from = g_strdup(r->from);
	n->receipt.state = n->state = g_strdup(r->state);
	n->came = clock_now();
	g_queue_push_tail(&e->entries, n);
	if (g_queue_get_length(&e->entries) > EARLY_MAX)
		entry_free(g_queue_pop_head(&e->entries));
}

void early_match(struct early *e, struct engine *engine)
{
	for (guint k = g_queue_get_length(&e->entries); k > 0; k--) {
		struct entry *n = g_queue_pop_head(&e->entries);
		bool matched = engine_receipt(engine, n->provider, &n->receipt, NULL);

		if (matched || n->came + KEEP_S < clock_now())
			entry_free(n);
		else
			g_queue_push_tail(&e->entries, n);
	}
}
