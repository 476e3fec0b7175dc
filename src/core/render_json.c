/* Our own flat JSON: one notice for `ringback parse`, one mail's machine-readable part. */
#include "render.h"

#include <string.h>

#include "json.h"
#include "phrase.h"
#include "text.h"
#include "view.h"

#define PLAIN_VERSION 1

json_t *json_text(struct arena *a, const char *s)
{
	return s && *s ? json_string(text_utf8(a, s, strlen(s))) : json_null();
}

json_t *json_time(int64_t at)
{
	char buf[32];

	return at ? json_string(text_time(at, buf)) : json_null();
}

json_t *json_count(int64_t n)
{
	return n >= 0 ? json_integer(n) : json_null();
}

json_t *json_share(double n)
{
	return n >= 0 ? json_real(n) : json_null();
}

void json_put(json_t *o, const char *key, json_t *value)
{
	if (json_is_null(value))
		json_decref(value);
	else
		json_object_set_new(o, key, value);
}

void json_put_reading(struct arena *a, json_t *o, const struct call *c)
{
	json_object_set_new(o, "confidence", json_integer(c->confidence));
	if (!c->transcript)
		return;
	json_put(o, "transcript_lang", json_text(a, c->transcript_lang));
	json_put(o, "transcript_engine", json_text(a, c->transcript_engine));
	json_put(o, "transcript_confidence", json_share(c->transcript_confidence));
}

const char *json_done(struct arena *a, json_t *o)
{
	char *s = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
	const char *copy;

	g_assert(s);
	copy = arena_strdup(a, s);
	free(s);
	json_decref(o);
	return copy;
}

const char *render_call_json(struct arena *a, const struct call *c, const char *file)
{
	static const struct call none = { .duration_s = -1, .transcript_confidence = -1 };
	json_t *o = json_object();
	bool known = c;

	c = c ? c : &none;
	json_object_set_new(o, "file", json_text(a, file));
	json_object_set_new(o, "profile", json_text(a, c->profile));
	json_object_set_new(o, "class", json_string(class_name(c->class)));
	json_object_set_new(o, "reason", known ? json_string(reason_name(c->reason)) : json_null());
	json_object_set_new(o, "caller", json_text(a, c->caller));
	json_object_set_new(o, "caller_raw", json_text(a, c->caller_raw));
	json_object_set_new(o, "caller_name", json_text(a, c->caller_name));
	json_object_set_new(o, "called", json_text(a, c->called));
	json_object_set_new(o, "time", json_time(c->time));
	json_object_set_new(o, "duration_s", json_count(c->duration_s));
	json_object_set_new(o, "transcript", json_text(a, c->transcript));
	json_object_set_new(o, "call_id", json_text(a, c->call_id));
	json_object_set_new(o, "confidence", known ? json_integer(c->confidence) : json_null());
	json_object_set_new(o, "transcript_lang", json_text(a, c->transcript_lang));
	json_object_set_new(o, "transcript_engine", json_text(a, c->transcript_engine));
	json_object_set_new(o, "transcript_confidence", json_share(c->transcript_confidence));
	return json_done(a, o);
}

static void put_call(struct arena *a, json_t *o, const struct view *v)
{
	json_object_set_new(o, "class", json_string(class_name(v->class)));
	json_object_set_new(o, "reason", json_string(reason_name(v->reason)));
	json_object_set_new(o, "caller", json_text(a, v->number));
	json_object_set_new(o, "withheld", json_boolean(v->withheld));
	json_object_set_new(o, "caller_name", json_text(a, v->name));
	json_object_set_new(o, "called", json_text(a, v->called));
	json_object_set_new(o, "time", json_time(v->time));
	json_object_set_new(o, "duration_s", json_count(v->duration_s));
	json_object_set_new(o, "transcript", json_text(a, v->transcript));
}

const char *render_plain(struct arena *a, const struct roster *r, const struct decision *d, const struct event *e)
{
	struct view v = view_make(a, r, d, e->call);
	const struct item *i = d->item;
	json_t *o = json_object();

	json_object_set_new(o, "ringback", json_integer(PLAIN_VERSION));
	json_object_set_new(o, "item", json_text(a, v.id));
	json_object_set_new(o, "state", json_string(state_name(i->state)));
	put_call(a, o, &v);
	if (e->call)
		json_put_reading(a, o, e->call);
	json_object_set_new(o, "line", json_text(a, v.line_id));
	json_object_set_new(o, "line_name", json_text(a, v.line_name));
	json_object_set_new(o, "owner", json_text(a, v.owner_id));
	json_object_set_new(o, "owner_name", json_text(a, v.owner_name));
	json_object_set_new(o, "calls", json_count(i->calls));
	json_object_set_new(o, "due", json_time(i->due));
	json_object_set_new(o, "call_id", json_text(a, e->call ? e->call->call_id : i->call_id));
	json_object_set_new(o, "message_id", json_text(a, e->message_id));
	json_object_set_new(o, "why", json_text(a, d->why));
	return json_done(a, o);
}
