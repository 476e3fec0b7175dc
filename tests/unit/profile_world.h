/* profile_world.h - what the tests of profiles share: a folder of their own, files from text, the profiles that come along. */
#ifndef RINGBACK_TEST_PROFILE_WORLD_H
#define RINGBACK_TEST_PROFILE_WORLD_H

#include "generic.h"
#include "letter.h"
#include "profile.h"

#define PROFILE_NOW INT64_C(1772565309)		/* 2026-03-03T19:15:09Z */

extern const struct profile_context profile_ctx;	/* US, New York, arrived at PROFILE_NOW */
extern const struct letter letter_empty;

/* The folder is made before the first test and goes with all in it after the last. */
void profile_world_open(void);
void profile_world_close(void);
char *profile_world_path(const char *name);		/* free with g_free() */

/* Puts text into a file of that name, folders included, and reads it as profile_file_add() does. */
gboolean profile_world_add_file(struct profiles *p, const char *name, const char *text, GError **err);
void profile_world_add(struct profiles *p, const char *text);	/* which must be right */

/* Those of RINGBACK_PROFILE_DIR, and the words of languages there. */
struct profiles *profile_world_installed(void);

#define ADD_ROWS(rows, prefix, test) \
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) { \
		g_autofree char *path = g_strconcat(prefix, (rows)[i].name, NULL); \
		g_test_add_data_func(path, &(rows)[i], test); \
	}

#endif
