/* gsm.h - the GSM 03.38 default alphabet and its extension table: what every phone can show. Pure. */
#ifndef RINGBACK_GSM_H
#define RINGBACK_GSM_H

#include <glib.h>
#include <stdbool.h>

#include "arena.h"

/* UTF-8 to characters that the GSM default alphabet has: transliterated where there is a close letter, Cyrillic in Latin
 * letters, else left out. The result is UTF-8 that gsm_encode() takes whole. */
const char *gsm_transliterate(struct arena *a, const char *utf8);

/* Has each character a place in the alphabet, or a close letter there (not one that only sounds like it)? */
bool gsm_is_close(const char *utf8);

/* Septets that the character needs: 1, 2 with an escape, -1 if it is not in the alphabet. */
int gsm_septets(gunichar c);

/* Septets that utf8 needs (escape pairs count two); -1 if a character is not in the alphabet. */
int gsm_length(const char *utf8);

/* Octets of one septet each (SMPP data_coding 0, unpacked) into buf of size; gives how many, -1 if it does not
 * fit or is not in the alphabet. */
int gsm_encode(const char *utf8, unsigned char *buf, gsize size);

/* The reverse, for texts that come in; unknown octets become U+FFFD. */
const char *gsm_decode(struct arena *a, const unsigned char *octets, gsize n);

#endif
