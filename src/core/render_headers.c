/* The headers that go on a mail: for filters of mail clients, helpdesks and whoever asks why. */
#include "render.h"

#include <string.h>

#include "field.h"
#include "helpdesk.h"
#include "phrase.h"
#include "view.h"


struct headers {
	struct arena *a;
	GArray *list;		/* struct render_header */
};

/* Values that are empty are left out. */
static void put(struct headers *h, const char *name, const char *value)
{
	const struct render_header header = { name, value };

	if (value && *value)
		g_array_append_val(h->list, header);
}

static void put_ascii(struct headers *h, const char *name, const char *value)
{
	put(h, name, field_ascii(h->a, value, 400));
}

static void put_time(struct headers *h, const char *name, int64_t at, const char *zone)
{
	if (at)
		put(h, name, phrase_stamp(h->a, at, zone));
}

static void put_number(struct headers *h, const char *name, int64_t n)
{
	put(h, name, arena_printf(h->a, "%" G_GINT64_FORMAT, (gint64)n));
}

static void put_call(struct headers *h, const struct view *v)
{
	put(h, "X-Ringback-Class", class_name(v->class));
	put(h, "X-Ringback-Reason", reason_name(v->reason));
	put(h, "X-Ringback-Caller", *v->number ? v->number : v->withheld ? "withheld" : "unknown");
	put(h, "X-Ringback-Caller-Name", field_text(h->a, v->name, 120));
	put(h, "X-Ringback-Called", field_text(h->a, v->called, 120));
	put(h, "X-Ringback-Line", field_text(h->a, v->line_id, 120));
	put_time(h, "X-Ringback-Call-Time", v->time, v->zone);
	if (v->duration_s >= 0)
		put_number(h, "X-Ringback-Duration", v->duration_s);
	put(h, "X-Ringback-Transcript", *v->transcript ? "present" : "none");
}

/* What Outlook shows of a voicemail (MS-OXOUM 2.2.5); X-CallID as Exchange writes it. */
static void put_telephony(struct headers *h, const struct view *v, const struct item *i)
{
	put(h, "X-CallingTelephoneNumber", v->number);
	if (v->class == CLASS_VOICEMAIL && v->duration_s >= 0)
		put_number(h, "X-VoiceMessageDuration", v->duration_s);
	put_ascii(h, "X-CallID", i->call_id);
}

static void put_item(struct headers *h, const struct view *v, const struct decision *d)
{
	put_ascii(h, "X-Ringback-Owner", v->owner_id);
	put_number(h, "X-Ringback-Calls", d->item->calls);
	put_time(h, "X-Ringback-Due", d->item->due, v->zone);
	put_time(h, "X-Ringback-Overdue", item_overdue_since(d->item, d->item->updated), v->zone);
	if (d->line)
		put_time(h, "X-Ringback-Stale",
			 item_stale_since(d->item, d->line->response.stale_after_s, d->item->updated), v->zone);
	put(h, "X-Ringback-Why", field_text(h->a, d->why, 800));
}

/* Nothing may answer these mails by itself, and an urgent one stands out. */
static void put_handling(struct headers *h, const struct view *v, const struct item *i)
{
	put(h, "Auto-Submitted", "auto-generated");	/* RFC 3834, 5 */
	put(h, "X-Auto-Response-Suppress", "All");
	if (v->class == CLASS_VOICEMAIL)
		put(h, "Message-Context", "voice-message");	/* RFC 3458 */
	if (i->urgency == URGENCY_HIGH)
		put(h, "Importance", "high");
	else if (i->urgency == URGENCY_LOW)
		put(h, "Importance", "low");
}

/* One for each notice, the same whenever the notice is read again. */
static const char *made_message_id(struct headers *h, const struct roster *r, const struct decision *d)
{
	const char *key = d->notice && d->notice->key ? d->notice->key : "";
	gsize n = strspn(key, "0123456789abcdef");

	if (d->created && field_is_message_id(d->item->thread_id))
		return d->item->thread_id;
	return arena_printf(h->a, "<n%.*s.%" G_GINT64_FORMAT "@%s>", (int)MIN(n, 40), key, (gint64)d->item->id,
			    view_domain(r));
}

static void put_thread(struct headers *h, const struct decision *d, const char *message_id)
{
	const char *thread = d->item->thread_id;

	if (d->created || !field_is_message_id(thread) || g_strcmp0(thread, message_id) == 0)
		return;
	put(h, "In-Reply-To", thread);
	put(h, "References", thread);
}

const struct render_header *render_headers(struct arena *a, const struct roster *r, const struct decision *d,
					   const struct event *e, gsize *n_r)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct render_header));
	struct headers h = { a, list };
	struct view v = view_make(a, r, d, e->call);
	const char *message_id = e->message_id;

	if (!message_id || !*message_id) {
		message_id = made_message_id(&h, r, d);
		put(&h, "Message-ID", message_id);
	}
	put(&h, "X-Ringback-Item", v.id);
	put(&h, "X-Ringback-State", state_name(d->item->state));
	put_call(&h, &v);
	put_item(&h, &v, d);
	put(&h, "List-Id", view_list_id(a, r, &v));
	put(&h, "Keywords", view_keywords(a, &v));
	put_telephony(&h, &v, d->item);
	put(&h, "Reply-To", ticket_address(a, &r->rules, d->item));
	put_handling(&h, &v, d->item);
	put_thread(&h, d, message_id);
	helpdesk_headers(a, r, d, &v, list);
	*n_r = list->len;
	return arena_memdup(a, list->data, list->len * sizeof(struct render_header));
}
