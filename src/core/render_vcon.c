/* The machine-readable part in the shape of draft-ietf-vcon-vcon-core-03. It holds no audio: the recording is a part
 * of the same mail, named by its content hash. */
#include "render.h"

#include <string.h>

#include "json.h"
#include "phrase.h"
#include "text.h"
#include "view.h"

#define NAMELESS "-"

/* Version 8 (RFC 9562, 5.8) from what makes the notice: read again, it gives the same octets. */
static const char *uuid_of(struct arena *a, const struct roster *r, const struct decision *d)
{
	g_autofree char *seed = g_strdup_printf("%s|%" G_GINT64_FORMAT "|%s", view_domain(r), (gint64)d->item->id,
						d->notice && d->notice->key ? d->notice->key : "");
	g_autofree char *hex = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);

	hex[12] = '8';
	hex[16] = "89ab"[g_ascii_xdigit_value(hex[16]) & 3];
	return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* RFC 3966: a global number, or a local one in the context of our domain; NULL for names of queues and the like. */
static const char *tel_uri(struct arena *a, const struct roster *r, const char *number)
{
	gsize n = strspn(number, "0123456789*");

	if (phrase_is_e164(number))
		return arena_printf(a, "tel:%s", number);
	if (n == 0 || n > 20 || number[n])
		return NULL;
	return arena_printf(a, "tel:%s;phone-context=%s", number, view_domain(r));
}

static json_t *caller_party(struct arena *a, const struct roster *r, const struct view *v, const struct call *c)
{
	json_t *o = json_object();
	const char *raw = c && c->caller_raw && !v->withheld ? c->caller_raw : "";

	json_put(o, "tel", json_text(a, tel_uri(a, r, *v->number ? v->number : raw)));
	json_put(o, "name", json_text(a, v->name));
	json_put(o, "validation", json_string("none"));	/* caller id is unproven */
	return o;
}

static json_t *owner_party(struct arena *a, const struct roster *r, const struct view *v)
{
	json_t *o = json_object();

	json_put(o, "tel", json_text(a, tel_uri(a, r, v->called)));
	json_put(o, "mailto", json_text(a, v->owner_mail));
	json_put(o, "name", json_text(a, *v->owner_name ? v->owner_name : NAMELESS));
	json_put(o, "type", json_string("person"));
	json_put(o, "dept", json_text(a, v->line_name));
	return o;
}

/* Section 4.3.11 has six words; a rejected call is a user who said "busy" (3GPP "user determined user busy"). */
static const char *disposition(const struct view *v)
{
	static const char *const words[N_REASONS] = {
		"no-answer", "no-answer", "busy", "failed", "busy", "hung-up", "no-answer"
	};

	return v->class == CLASS_ABANDONED ? "hung-up" : words[v->reason];
}

static const char *content_hash(struct arena *a, const struct call *c)
{
	return c && c->audio_hash ? arena_printf(a, "sha512-%s", c->audio_hash) : NULL;
}

static void put_recording(struct arena *a, json_t *o, const struct view *v, const struct call *c)
{
	json_put(o, "duration", json_count(v->duration_s));
	json_object_set_new(o, "parties", json_integer(0));
	json_object_set_new(o, "originator", json_integer(0));
	json_put(o, "mediatype", json_text(a, c ? c->audio_type : NULL));
	json_put(o, "filename", json_text(a, text_line(a, c ? c->audio_name : NULL, 255)));
	json_put(o, "content_hash", json_text(a, content_hash(a, c)));
}

static json_t *dialog(struct arena *a, const struct view *v, const struct event *e)
{
	bool recording = v->class == CLASS_VOICEMAIL;
	json_t *o = json_object();

	json_object_set_new(o, "type", json_string(recording ? "recording" : "incomplete"));
	if (!recording)
		json_object_set_new(o, "disposition", json_string(disposition(v)));
	json_put(o, "start", json_time(v->time));
	if (recording)
		put_recording(a, o, v, e->call);
	else {
		json_object_set_new(o, "parties", json_pack("[ii]", 0, 1));
		json_object_set_new(o, "originator", json_integer(0));
	}
	json_put(o, "application", json_text(a, e->call ? e->call->profile : NULL));
	json_put(o, "message_id", json_text(a, e->message_id));
	return o;
}

/* The transcript as the PBX gave it: the vendor is the PBX. */
static json_t *transcript(struct arena *a, const struct view *v, const struct call *c)
{
	json_t *o = json_object();

	json_object_set_new(o, "type", json_string("transcript"));
	json_object_set_new(o, "dialog", json_integer(0));
	json_object_set_new(o, "mediatype", json_string("text/plain"));
	json_object_set_new(o, "vendor", json_text(a, c && c->profile ? c->profile : "pbx"));
	json_put(o, "product", json_text(a, c ? c->transcript_engine : NULL));
	json_object_set_new(o, "schema", json_string("plain-text"));
	json_object_set_new(o, "encoding", json_string("none"));
	json_object_set_new(o, "body", json_text(a, v->transcript));
	return o;
}

/* Only what does not change when the same notice is read again later. */
static json_t *report(struct arena *a, const struct view *v, const struct call *c)
{
	json_t *o = json_object(), *body = json_object();

	json_object_set_new(body, "item", json_text(a, v->id));
	json_object_set_new(body, "line", json_text(a, v->line_id));
	json_object_set_new(body, "class", json_string(class_name(v->class)));
	json_object_set_new(body, "reason", json_string(reason_name(v->reason)));
	if (c)
		json_put_reading(a, body, c);
	json_object_set_new(o, "type", json_string("report"));
	json_object_set_new(o, "dialog", json_integer(0));
	json_object_set_new(o, "vendor", json_string("ringback"));
	json_object_set_new(o, "schema", json_string("ringback-item-1"));
	json_object_set_new(o, "mediatype", json_string("application/json"));
	json_object_set_new(o, "encoding", json_string("json"));
	json_object_set_new(o, "body", body);
	return o;
}

static const char *subject(struct arena *a, const struct view *v)
{
	const char *caller = *v->number ? v->number : v->no_number;

	return arena_printf(a, "%s from %s to %s", phrase_class(v->class), caller,
			    *v->called ? v->called : v->line_name);
}

/* What became of an item, for its export: a mail says only what does not change. */
static void put_life(struct arena *a, json_t *report_of, const struct item *i)
{
	json_t *body = json_object_get(report_of, "body");

	json_object_set_new(body, "state", json_string(state_name(i->state)));
	json_put(body, "resolution", i->resolution ? json_string(resolution_name(i->resolution)) : json_null());
	json_put(body, "owner", json_text(a, i->owner));
	json_object_set_new(body, "calls", json_integer(i->calls));
	json_put(body, "created", json_time(i->created));
	json_put(body, "due", json_time(i->due));
	json_put(body, "acknowledged", json_time(i->acked));
	json_put(body, "acknowledged_by", json_text(a, i->acked_by));
	json_put(body, "closed", json_time(i->closed));
}

static const char *vcon_of(struct arena *a, const struct roster *r, const struct decision *d, const struct event *e,
			   bool life)
{
	struct view v = view_make(a, r, d, e->call);
	json_t *o = json_object(), *parties = json_array(), *analysis = json_array();
	json_t *said = report(a, &v, e->call);

	if (life)
		put_life(a, said, d->item);
	json_array_append_new(parties, caller_party(a, r, &v, e->call));
	json_array_append_new(parties, owner_party(a, r, &v));
	if (*v.transcript)
		json_array_append_new(analysis, transcript(a, &v, e->call));
	json_array_append_new(analysis, said);
	json_object_set_new(o, "uuid", json_string(uuid_of(a, r, d)));
	json_object_set_new(o, "created_at", json_time(MAX(d->item->created, v.time)));
	json_object_set_new(o, "subject", json_text(a, subject(a, &v)));
	json_object_set_new(o, "parties", parties);
	json_object_set_new(o, "dialog", json_pack("[o]", dialog(a, &v, e)));
	json_object_set_new(o, "analysis", analysis);
	return json_done(a, o);
}

const char *render_item_vcon(struct arena *a, const struct roster *r, const struct item *i)
{
	struct item *copy = item_copy(a, i);
	const struct decision d = {
		.item = copy, .line = roster_line_by_id(r, i->line), .owner = roster_person(r, i->owner)
	};
	const struct event e = { .kind = EVENT_COMMAND, .message_id = copy->thread_id };

	return vcon_of(a, r, &d, &e, true);
}

const char *render_vcon(struct arena *a, const struct roster *r, const struct decision *d, const struct event *e)
{
	return vcon_of(a, r, d, e, false);
}
