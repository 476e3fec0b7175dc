#include "arena.h"

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (16 * 1024)
#define PIECE_MAX (64 * 1024 * 1024)

struct block {
	struct block *next;
	gsize size, used;
	max_align_t data[];
};

struct owned {
	struct owned *next;
	void *p;
	GDestroyNotify destroy;
};

struct arena {
	struct block *blocks;
	struct owned *owned;
	gsize size;
	bool split;
};

struct arena *arena_new(void)
{
	struct arena *a = g_new0(struct arena, 1);

	a->split = g_strcmp0(g_getenv("RINGBACK_ARENA"), "split") == 0;
	return a;
}

static void run_owned(struct arena *a)
{
	for (struct owned *o = a->owned; o; o = o->next)
		o->destroy(o->p);
	a->owned = NULL;
}

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		g_free(b);
		b = next;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	run_owned(a);
	free_blocks(a->blocks);
	g_free(a);
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

void arena_reset(struct arena *a)
{
	struct block *keep = NULL;

	run_owned(a);
	if (a->blocks && !a->split && a->blocks->size == BLOCK_SIZE) {
		keep = a->blocks;
		a->blocks = keep->next;
		keep->next = NULL;
		keep->used = 0;
	}
	free_blocks(a->blocks);
	a->blocks = keep;
	a->size = 0;
}

static struct block *block_add(struct arena *a, gsize size)
{
	struct block *b = g_malloc(sizeof(*b) + size);

	b->size = size;
	b->used = 0;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

/* A large piece gets a block of its own, behind the one being filled. */
static struct block *block_add_behind(struct arena *a, gsize size)
{
	struct block *front = a->blocks, *b;

	if (!front)
		return block_add(a, size);
	a->blocks = front->next;
	b = block_add(a, size);
	front->next = b;
	a->blocks = front;
	return b;
}

static struct block *block_for(struct arena *a, gsize size)
{
	if (a->split)
		return block_add(a, size);
	if (a->blocks && a->blocks->size - a->blocks->used >= size)
		return a->blocks;
	if (size > BLOCK_SIZE / 4)
		return block_add_behind(a, size);
	return block_add(a, BLOCK_SIZE);
}

void *arena_alloc(struct arena *a, gsize size)
{
	gsize rounded = (size + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	struct block *b;
	void *p;

	g_assert(size <= PIECE_MAX);
	if (a->split)
		rounded = size;
	b = block_for(a, rounded);
	p = (char *)b->data + b->used;
	b->used += rounded;
	a->size += size;
	return memset(p, 0, size);
}

void *arena_memdup(struct arena *a, const void *p, gsize n)
{
	void *copy = arena_alloc(a, n);

	return n ? memcpy(copy, p, n) : copy;
}

char *arena_strndup(struct arena *a, const char *s, gsize n)
{
	gsize len;
	char *copy;

	if (!s)
		return NULL;
	len = strnlen(s, n);
	copy = arena_alloc(a, len + 1);
	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_memdup(a, s, strlen(s) + 1) : NULL;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	g_autofree char *s = NULL;
	char buf[300];
	va_list ap;
	int n;

	va_start(ap, format);
	n = g_vsnprintf(buf, sizeof(buf), format, ap);
	va_end(ap);
	if (n >= 0 && (gsize)n < sizeof(buf))
		return arena_memdup(a, buf, (gsize)n + 1);
	va_start(ap, format);
	s = g_strdup_vprintf(format, ap);
	va_end(ap);
	return arena_strdup(a, s);
}

gsize arena_size(const struct arena *a)
{
	return a->size;
}

void arena_own(struct arena *a, void *p, GDestroyNotify destroy)
{
	struct owned *o = ARENA_NEW(a, struct owned);

	o->p = p;
	o->destroy = destroy;
	o->next = a->owned;
	a->owned = o;
}
