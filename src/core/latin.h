/* latin.h - Cyrillic in Latin letters, by ICU. Pure; safe from any thread. */
#ifndef RINGBACK_LATIN_H
#define RINGBACK_LATIN_H

#include "arena.h"

/* "Щукин" -> "Shchukin" (BGN/PCGN). What is not Cyrillic stays as it is. Looks at the first 2,000 code units alone. */
const char *latin_from_cyrillic(struct arena *a, const char *utf8);

#endif
