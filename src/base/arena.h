/* arena.h - memory of one mail or one job: take pieces, free all of them at once. */
#ifndef RINGBACK_ARENA_H
#define RINGBACK_ARENA_H

#include <glib.h>

/* Not thread-safe: one arena belongs to one mail (or job) at a time, whatever thread serves it.
 * Pieces are zeroed and aligned for any type. RINGBACK_ARENA=split in the environment takes each
 * piece from malloc, so that sanitizers and valgrind see every overrun. */
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);			/* NULL is fine; runs the destroy functions, newest first */
void arena_reset(struct arena *a);			/* as after arena_new(); keeps one block for reuse */

void *arena_alloc(struct arena *a, gsize size);		/* never NULL; size at most 64 MiB (asserted) */
char *arena_strdup(struct arena *a, const char *s);	/* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, gsize n);
void *arena_memdup(struct arena *a, const void *p, gsize n);
char *arena_printf(struct arena *a, const char *format, ...) G_GNUC_PRINTF(2, 3);
gsize arena_size(const struct arena *a);		/* octets handed out so far */

/* destroy(p) runs when the arena is freed or reset. For objects of outside libraries. */
void arena_own(struct arena *a, void *p, GDestroyNotify destroy);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_NEW_N(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (gsize)(n)))

void arena_freep(struct arena **a);
#define AUTO_ARENA __attribute__((cleanup(arena_freep))) struct arena *

#endif
