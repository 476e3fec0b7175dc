#include "directory.h"

#include <string.h>

#include "arena.h"

struct directory {
	struct arena *a;		/* all words; a hundred thousand contacts are too many for malloc's headers */
	GPtrArray *contacts;		/* struct contact *, in the arena */
	GHashTable *by_number, *groups;	/* group: its one copy, so that equal groups are the same pointer */
};

struct directory *directory_new(void)
{
	struct directory *d = g_new0(struct directory, 1);

	d->a = arena_new();
	d->contacts = g_ptr_array_new();
	d->by_number = g_hash_table_new(g_str_hash, g_str_equal);
	d->groups = g_hash_table_new(g_str_hash, g_str_equal);
	return d;
}

void directory_free(struct directory *d)
{
	if (!d)
		return;
	g_hash_table_unref(d->by_number);
	g_hash_table_unref(d->groups);
	g_ptr_array_unref(d->contacts);
	arena_free(d->a);
	g_free(d);
}

static char *group_key(const char *group)
{
	g_autofree char *lower = g_utf8_strdown(group, -1);

	return g_strdup(g_strstrip(lower));
}

static const char *group_keep(struct directory *d, const char *group)
{
	g_autofree char *key = group_key(group);
	char *kept = g_hash_table_lookup(d->groups, key);

	if (!kept && *key) {
		kept = arena_strdup(d->a, key);
		g_hash_table_add(d->groups, kept);
	}
	return kept;
}

static const char *const *groups_keep(struct directory *d, const char *const *groups)
{
	gsize n = 0, kept = 0;
	const char **list;

	while (groups && groups[n])
		n++;
	list = ARENA_NEW_N(d->a, const char *, n + 1);
	for (gsize i = 0; i < n; i++) {
		const char *group = group_keep(d, groups[i]);

		if (group)
			list[kept++] = group;
	}
	return list;
}

bool directory_add(struct directory *d, const struct contact *c)
{
	struct contact *own;

	if (g_hash_table_contains(d->by_number, c->number))
		return false;
	own = ARENA_NEW(d->a, struct contact);
	own->number = arena_strdup(d->a, c->number);
	own->name = arena_strdup(d->a, c->name);
	own->owner = c->owner;
	own->place = c->place;
	own->groups = groups_keep(d, c->groups);
	g_ptr_array_add(d->contacts, own);
	g_hash_table_insert(d->by_number, (char *)own->number, own);
	return true;
}

const struct contact *directory_find(const struct directory *d, const char *number)
{
	return number ? g_hash_table_lookup(d->by_number, number) : NULL;
}

bool contact_in_group(const struct contact *c, const char *group)
{
	g_autofree char *key = c ? group_key(group) : NULL;

	return c && g_strv_contains(c->groups, key);
}

bool directory_has_group(const struct directory *d, const char *group)
{
	g_autofree char *key = group_key(group);

	return g_hash_table_contains(d->groups, key);
}

guint directory_size(const struct directory *d)
{
	return d->contacts->len;
}

const struct contact *directory_at(const struct directory *d, guint i)
{
	return d->contacts->pdata[i];
}
