/* json.h - values for the JSON that we write. For render_json.c and render_vcon.c alone. */
#ifndef RINGBACK_JSON_H
#define RINGBACK_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "arena.h"
#include "call.h"

json_t *json_text(struct arena *a, const char *s);	/* null for NULL and "" */
json_t *json_time(int64_t at);				/* RFC 3339, UTC; null for 0 */
json_t *json_count(int64_t n);				/* null if negative */
json_t *json_share(double n);				/* 0..1; null if negative */

/* o.key = value, which is left out if it is null. Takes value. */
void json_put(json_t *o, const char *key, json_t *value);

/* How sure the reading is; language, engine and confidence of the transcript, where known. */
void json_put_reading(struct arena *a, json_t *o, const struct call *c);

/* The object as one line, in the arena; ends the object. */
const char *json_done(struct arena *a, json_t *o);

#endif
