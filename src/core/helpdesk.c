#include "helpdesk.h"

#include <string.h>

#include "field.h"
#include "render.h"
#include "rule.h"
#include "template.h"

#define VALUE_MAX_CHARS 400

const char *const helpdesk_values[] = {
	"item", "line", "line_name", "owner", "owner_name", "owner_mail", "caller", "caller_name", "class", "urgency", "rule",
	NULL
};

/* What a helpdesk calls things. In the names of fields %s is for what it wants there in a mail that adds to a ticket. */
struct dialect {
	const char *owner, *queue, *priority, *state;
	const char *again;			/* "FollowUp-" */
	const char *priorities[N_URGENCIES];
	const char *closed;			/* state of what nobody need do */
	const char *fixed, *fixed_value;	/* a field that is always there */
};

static const struct dialect dialects[] = {
	[HELPDESK_ZAMMAD] = {
		.owner = "X-Zammad-Ticket-%sOwner", .queue = "X-Zammad-Ticket-Group",
		.priority = "X-Zammad-Ticket-%sPriority", .state = "X-Zammad-Ticket-State", .again = "FollowUp-",
		.priorities = { "2 normal", "1 low", "3 high" }, .closed = "closed",
		.fixed = "X-Zammad-Send-Auto-Response", .fixed_value = "false"
	},
	[HELPDESK_OTRS] = {
		.owner = "X-OTRS-%sOwner", .queue = "X-OTRS-Queue", .priority = "X-OTRS-%sPriority", .state = "X-OTRS-State",
		.again = "FollowUp-", .priorities = { "3 normal", "2 low", "4 high" }, .closed = "closed unsuccessful",
		.fixed = "X-OTRS-Loop", .fixed_value = "True"
	},
	[HELPDESK_PLAIN] = {
		.owner = "X-Ticket-%sOwner", .queue = "X-Ticket-Queue", .priority = "X-Ticket-%sPriority",
		.state = "X-Ticket-State", .again = "", .priorities = { "normal", "low", "high" }, .closed = "closed"
	},
};

bool helpdesk_may_add(const char *name)
{
	static const char *const others[] = { "Reply-To", "Comments", "Organization", "Priority", NULL };
	const gsize n = strlen(name);

	for (const char *p = name; *p; p++)	/* RFC 5322, 3.6.8 */
		if (!g_ascii_isgraph(*p) || *p == ':')
			return false;
	for (const char *const *other = others; *other; other++)
		if (g_ascii_strcasecmp(name, *other) == 0)
			return true;
	return n > 2 && n <= 64 && g_ascii_strncasecmp(name, "X-", 2) == 0 && g_ascii_strncasecmp(name, "X-Ringback-", 11) != 0;
}

static void add(struct arena *a, GArray *list, const char *name, const char *value)
{
	const struct render_header header = { name, field_text(a, value ? value : "", VALUE_MAX_CHARS) };

	if (*header.value)
		g_array_append_val(list, header);
}

/* "X-Zammad-Ticket-%sOwner" for a mail that makes a ticket, or one that adds to it. */
static const char *name_of(struct arena *a, const char *format, const char *again)
{
	const char *place = strstr(format, "%s");

	return arena_printf(a, "%.*s%s%s", (int)(place - format), format, again, place + 2);
}

static void add_ticket(struct arena *a, const struct dialect *w, const char *queue, const struct decision *d, GArray *list)
{
	const struct person *owner = d->owner;
	const char *again = d->created ? "" : w->again;

	if (owner)
		add(a, list, name_of(a, w->owner, again), owner->helpdesk_login ? owner->helpdesk_login : owner->mail);
	add(a, list, name_of(a, w->priority, again), w->priorities[d->item->urgency]);
	if (d->created)
		add(a, list, w->queue, queue);
	if (d->item->state == STATE_SUPPRESSED)
		add(a, list, w->state, w->closed);
	if (w->fixed)
		add(a, list, w->fixed, w->fixed_value);
}

static void add_own(struct arena *a, const struct rule *rule, const struct decision *d, const struct view *v, GArray *list)
{
	const char *const values[] = {
		v->id, v->line_id, v->line_name, v->owner_id, v->owner_name, v->owner_mail, v->number, v->name,
		class_name(v->class), urgency_name(d->item->urgency), rule->id
	};

	_Static_assert(G_N_ELEMENTS(values) + 1 == G_N_ELEMENTS(helpdesk_values), "a value for each name");
	for (guint i = 0; i < rule->n_headers; i++) {
		g_autoptr(GString) value = g_string_new(NULL);

		template_render(rule->headers[i].value, values, NULL, value);
		add(a, list, rule->headers[i].name, value->str);
	}
}

void helpdesk_headers(struct arena *a, const struct roster *r, const struct decision *d, const struct view *v, GArray *list)
{
	const struct rule *rule = rule_book_find(r->book, d->item->rule);
	enum helpdesk desk = d->line ? d->line->helpdesk : HELPDESK_NONE;
	const char *queue = d->line ? d->line->helpdesk_queue : NULL;

	if (rule && rule->helpdesk_given)
		desk = rule->helpdesk;
	if (rule && rule->helpdesk_queue)
		queue = rule->helpdesk_queue;
	if (desk != HELPDESK_NONE)
		add_ticket(a, &dialects[desk], queue, d, list);
	if (rule)
		add_own(a, rule, d, v, list);
}
