#include "latin.h"

#include <glib.h>

#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define UNITS_MAX 2000
#define SYSTEM "Russian-Latin/BGN; Ukrainian-Latin/BGN; Cyrillic-Latin; Latin-ASCII"

/* Opening it costs more than a text; it serves one thread at a time. No result depends on it. */
static GMutex lock;
static UTransliterator *opened;

static UTransliterator *take(void)
{
	UErrorCode error = U_ZERO_ERROR;
	UChar id[sizeof(SYSTEM)];

	if (!opened) {
		u_uastrcpy(id, SYSTEM);
		opened = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
	}
	return opened;
}

const char *latin_from_cyrillic(struct arena *a, const char *utf8)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);
	UTransliterator *t = take();
	UErrorCode error = U_ZERO_ERROR;
	UChar text[4 * UNITS_MAX];
	char out[12 * UNITS_MAX + 1];
	int32_t n = 0, limit;

	(void)locker;
	u_strFromUTF8(text, UNITS_MAX, &n, utf8, -1, &error);
	if (!t || U_FAILURE(error))
		return utf8;
	limit = n;
	utrans_transUChars(t, text, &n, G_N_ELEMENTS(text), 0, &limit, &error);
	u_strToUTF8(out, sizeof(out), NULL, text, n, &error);
	return U_FAILURE(error) ? utf8 : arena_strdup(a, out);
}
