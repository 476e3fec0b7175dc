/* json.h - values for the JSON that we write. For render_json.c and render_vcon.c alone. */
#ifndef RINGBACK_JSON_H
#define RINGBACK_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "arena.h"

json_t *json_text(struct arena *a, const char *s);	/* null for NULL and "" */
json_t *json_time(int64_t at);				/* RFC 3339, UTC; null for 0 */
json_t *json_count(int64_t n);				/* null if negative */

/* The object as one line, in the arena; ends the object. */
const char *json_done(struct arena *a, json_t *o);

#endif
