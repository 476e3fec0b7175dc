#include "message.h"

#include <string.h>

#include "authres.h"
#include "clock.h"
#include "edits_send.h"
#include "log.h"
#include "mail_command.h"
#include "reader.h"
#include "render.h"
#include "text.h"

#define HEAD_MAX (1024 * 1024)
#define RCPTS_MAX 10000
#define COMMAND_MAX (256 * 1024)	/* of a mail to an item's address: its first line counts */
#define AUTHRES_MAX 8		/* the verifier's stands above all others */
#define FORGED_MAX 100		/* Postfix walks the whole header for each deletion */

static guint64 tallies[N_TALLIES];

void tally(enum tally t)
{
	__atomic_fetch_add(&tallies[t], 1, __ATOMIC_RELAXED);
}

guint64 tally_get(enum tally t)
{
	return __atomic_load_n(&tallies[t], __ATOMIC_RELAXED);
}

/* ---- beginning and end ---- */

void message_reset(struct message *m)
{
	bool leading_space = m->leading_space;

	conf_unref(m->conf);
	g_clear_pointer(&m->rcpts, g_ptr_array_unref);
	g_clear_pointer(&m->rcpt_args, g_ptr_array_unref);
	g_clear_pointer(&m->forged, g_ptr_array_unref);
	g_clear_pointer(&m->authres, g_ptr_array_unref);
	g_clear_pointer(&m->arena, arena_free);
	g_free(m->mail);
	*m = (struct message){ .leading_space = leading_space };
}

static struct arena *own_arena(struct message *m)
{
	if (!m->arena)
		m->arena = arena_new();
	return m->arena;
}

/* ---- who speaks ---- */

/* A mail that has no source keeps nothing but the names of forged headers, and one that has needs these no more. */
static void settle(struct message *m)
{
	m->source = source_find(m->conf->sources, &m->origin, &m->pending);
	if (m->pending)
		return;
	g_clear_pointer(&m->authres, g_ptr_array_unref);
	if (m->source) {
		g_clear_pointer(&m->forged, g_ptr_array_unref);
		return;
	}
	g_clear_pointer(&m->rcpts, g_ptr_array_unref);
	g_clear_pointer(&m->rcpt_args, g_ptr_array_unref);
	g_clear_pointer(&m->mail, g_free);
	m->mail_size = m->mail_room = 0;
}

void message_begin(struct message *m, struct conf *conf, const struct origin *o)
{
	bool keep;

	message_reset(m);
	m->conf = conf;
	m->origin = *o;
	settle(m);
	keep = m->pending || conf->roster->rules.reply_keys;
	m->origin.auth = keep ? arena_strdup(own_arena(m), o->auth) : NULL;
	m->origin.sender = keep ? arena_strdup(own_arena(m), o->sender) : NULL;
}

/* Blanks may stand before the colon (RFC 5322, 4.5). */
static bool is_field(const char *name, const char *what)
{
	gsize n = strlen(what);

	return g_ascii_strncasecmp(name, what, n) == 0 && name[n + strspn(name + n, " \t")] == '\0';
}

/* With two authors nobody knows whom the signature is about. */
static void see_author(struct message *m, const char *from)
{
	m->origin.author = m->has_author ? NULL : authres_author(from, own_arena(m));
	m->origin.known = ORIGIN_AUTHOR;
	m->has_author = true;
	settle(m);
}

/* What the mail server's verifier put there stands above all that came with the mail, hence above its Received. */
static void see_header(struct message *m, const char *name, const char *value)
{
	if (is_field(name, "From") && m->pending) {
		see_author(m, value);
	} else if (is_field(name, "Received")) {
		m->has_received = true;
	} else if (is_field(name, "Authentication-Results") && !m->has_received) {
		if (!m->authres)
			m->authres = g_ptr_array_new();
		if (m->authres->len < AUTHRES_MAX)
			g_ptr_array_add(m->authres, arena_strdup(own_arena(m), value));
	}
}

/* The topmost field by our own verifier decides, whatever stands below it. Gives its id; *ours_r: is there one? */
static const char *see_results(struct message *m, const char *myhostname, bool *ours_r)
{
	const char *id = *m->conf->authserv_id ? m->conf->authserv_id : myhostname;

	*ours_r = false;
	m->origin.known = ORIGIN_HEADER;
	for (guint i = 0; id && m->authres && i < m->authres->len && !*ours_r; i++)
		*ours_r = authres_read(m->authres->pdata[i], id, own_arena(m), &m->origin.dkim);
	if (!*ours_r)
		m->origin.dkim = NULL;
	return id;
}

static void see_header_end(struct message *m, const char *queue_id, const char *myhostname)
{
	bool ours;
	const char *id = see_results(m, myhostname, &ours);

	settle(m);
	if (!m->source && m->has_author)
		log_info("%s: author=%s why=not-verified %s Authentication-Results of %s", queue_id, m->origin.author,
			 ours ? "not signed as it must be in" : "no", id ? id : "a server that does not say its name");
}

/* ---- collecting ---- */

void message_add_rcpt(struct message *m, char **argv)
{
	struct arena *a;
	g_autofree char *args = NULL;

	m->n_rcpts++;
	if (mail_command_see_rcpt(m, argv[0])) {
		m->source = NULL;
		m->pending = false;
	}
	if (!m->source && !m->pending)
		return;
	a = own_arena(m);
	args = g_strjoinv(" ", argv + 1);
	if (!m->rcpts) {
		m->rcpts = g_ptr_array_new();
		m->rcpt_args = g_ptr_array_new();
	}
	if (m->rcpts->len >= RCPTS_MAX) {
		m->over = true;
		return;
	}
	g_ptr_array_add(m->rcpts, arena_strdup(a, argv[0]));
	g_ptr_array_add(m->rcpt_args, arena_strdup(a, args));
}

/* Not a GString, which takes up to twice the size: a voicemail is large, and many may be under way. */
static void append(struct message *m, const char *s, gsize n)
{
	gsize need = m->mail_size + n;

	if (need > m->mail_room) {
		m->mail_room = need + need / 8 + 4000;
		m->mail = g_realloc(m->mail, m->mail_room);
	}
	if (n)
		memcpy(m->mail + m->mail_size, s, n);
	m->mail_size = need;
}

static void add_forged(struct message *m, const char *name)
{
	if (!m->forged)
		m->forged = g_ptr_array_new();
	if (m->forged->len <= FORGED_MAX)
		g_ptr_array_add(m->forged, arena_strdup(own_arena(m), name));
}

void message_add_header(struct message *m, const char *name, const char *value)
{
	if (!m->source && edits_header_forged(name))
		add_forged(m, name);
	if (m->pending || m->ticket)
		see_header(m, name, value);
	if (m->ticket)
		mail_command_see_header(m, name, value);
	if (!m->source && !m->pending && !m->ticket)
		return;
	if (m->over || m->mail_size + strlen(name) + strlen(value) + 3 > HEAD_MAX) {
		m->over = true;
		return;
	}
	append(m, name, strlen(name));
	append(m, ": ", m->leading_space ? 1 : 2);
	append(m, value, strlen(value));
	append(m, "\n", 1);
}

void message_add_body(struct message *m, const char *chunk, gsize size)
{
	const gsize max = m->ticket ? COMMAND_MAX : (gsize)m->conf->body_max;
	gsize have;

	if (!m->source && !m->ticket) {
		m->body_over = true;
		return;
	}
	have = m->mail_size - m->head_size - 1;
	if (size > max - have) {
		size = max - have;
		m->body_over = true;
	}
	append(m, chunk, size);
}

/* ---- the end of the header ---- */

static const char *or_dash(const char *s)
{
	return s && *s ? s : "-";
}

/* Percent that the generic profile must reach; 0: it may not read for this source. */
static int generic_limit(const struct message *m)
{
	return m->source->generic ? (int)m->conf->generic_confidence : 0;
}

/* Why this mail of a trusted PBX is none of our business; NULL if it may be. */
static const char *why_pass(struct message *m)
{
	const struct letter *l;
	const char *auto_submitted;

	if (m->over)
		return "over-limit";
	if (m->null_sender)
		return "null-sender";
	l = reader_read_headers(m->mail, m->mail_size, own_arena(m));
	/* An after-queue filter hands our own work in again. */
	if (letter_header(l, "X-Ringback-Item"))
		return "has-item";
	auto_submitted = letter_header(l, "Auto-Submitted");
	if (auto_submitted && g_ascii_strncasecmp(auto_submitted, "auto-replied", 12) == 0)
		return "auto-replied";
	if (generic_limit(m) && profiles_may_be_generic(m->conf->profiles, l))
		return NULL;
	return profiles_may_match(m->conf->profiles, l, m->source->allowed) ? NULL : "no-profile";
}

bool message_wanted(struct message *m, const char *queue_id, const char *myhostname)
{
	const char *why;
	bool ours;

	if (m->pending)
		see_header_end(m, or_dash(queue_id), myhostname);
	if (m->ticket)
		see_results(m, myhostname, &ours);
	if (!m->source && !m->ticket) {
		tally(TALLY_FOREIGN);
		log_debug("%s: mail=pass why=foreign forged=%u", or_dash(queue_id), m->forged ? m->forged->len : 0);
		return m->forged != NULL;
	}
	append(m, "", 0);
	why = m->ticket ? NULL : m->rcpts ? why_pass(m) : "no-recipient";
	if (why) {
		tally(TALLY_PASSED);
		log_info("%s: mail=pass why=%s", or_dash(queue_id), why);
		return false;
	}
	m->head_size = m->mail_size;
	append(m, "\n", 1);
	return true;
}

/* ---- the end of the message: foreign mail ---- */

static guint count_name(const GPtrArray *names, guint end, const char *name)
{
	guint n = 0;

	for (guint i = 0; i < end; i++)
		n += g_ascii_strcasecmp(names->pdata[i], name) == 0;
	return n;
}

/* From the last to the first, so that no deletion shifts the index of another. */
static sfsistat remove_forged(const struct message *m, SMFICTX *ctx, const char *queue_id)
{
	static char code[] = "554", class[] = "5.7.1", text[] = "Too many control headers";

	if (m->forged->len > FORGED_MAX) {
		log_warn("%s: mail=reject why=forged-headers-over-limit", queue_id);
		smfi_setreply(ctx, code, class, text);
		return SMFIS_REJECT;
	}
	for (guint i = m->forged->len; i > 0; i--) {
		char *name = m->forged->pdata[i - 1];

		if (smfi_chgheader(ctx, name, (int)count_name(m->forged, i, name), NULL) != MI_SUCCESS)
			return SMFIS_TEMPFAIL;
	}
	tally(TALLY_FORGED);
	log_info("%s: mail=pass why=forged-headers removed=%u", queue_id, m->forged->len);
	return SMFIS_ACCEPT;
}

/* ---- the end of the message: mail of a PBX ---- */

static struct edits *make_edits(const struct message *m, const struct decision *d, const struct event *e,
				const char *myorigin)
{
	const struct edits_mail mail = {
		.rcpts = (const char *const *)m->rcpts->pdata,
		.rcpt_args = (const char *const *)m->rcpt_args->pdata,
		.head = m->mail,
		.head_size = m->head_size,
		.body = m->body_over ? NULL : m->mail + m->head_size + 1,
		.body_size = m->body_over ? 0 : m->mail_size - m->head_size - 1,
		.from_sendmail = m->origin.sendmail,
		.myorigin = myorigin ? myorigin : "",
	};

	return edits_make(m->conf, d, e, &mail, m->arena);
}

/* The envelope's recipients as addresses: no angle brackets, UTF-8. */
static const char *const *addresses(const struct message *m)
{
	guint n = m->rcpts->len - 1;
	const char **list = ARENA_NEW_N(m->arena, const char *, n + 1);

	for (guint i = 0; i < n; i++) {
		const char *s = m->rcpts->pdata[i];
		gsize size = strlen(s);

		if (size >= 2 && s[0] == '<' && s[size - 1] == '>') {
			s++;
			size -= 2;
		}
		list[i] = text_utf8(m->arena, s, size);
	}
	return list;
}

static sfsistat store_failed(const struct message *m, SMFICTX *ctx, const char *queue_id, const GError *err)
{
	static char name[] = "X-Ringback-Error";
	bool accept = m->conf->on_store_failure == ON_FAILURE_ACCEPT;

	tally(TALLY_STORE_FAILURES);
	log_error("%s: mail=%s why=store %s", queue_id, accept ? "pass" : "tempfail", err ? err->message : "failed");
	if (!accept || smfi_addheader(ctx, name, edits_spaced("the store is out of reach; this call is in no item", m->leading_space, m->arena)))
		return SMFIS_TEMPFAIL;
	return SMFIS_ACCEPT;
}

static void log_decision(const struct message *m, const struct decision *d, const struct event *e)
{
	static const char *const verdicts[] = { "pass", "edit", "audit", "swallow" };
	char number[24];

	log_info("%s: item=%s source=%s profile=%s class=%s line=%s owner=%s caller=%s rcpts=%u mail=%s why=%s",
		 e->queue_id,
		 d->item ? render_item_id(m->arena, m->conf->roster, d->item->id) : "-", e->call->source,
		 or_dash(e->call->profile),
		 class_name(e->call->class), d->item ? or_dash(d->item->line) : "-",
		 d->item ? or_dash(d->item->owner) : "-", log_number(e->call->caller, number), m->rcpts->len - 1,
		 verdicts[d->mail], or_dash(d->why));
}

static sfsistat carry_out(const struct message *m, SMFICTX *ctx, const struct decision *d, const struct event *e)
{
	const struct edits *edits;

	switch (d->mail) {
	case MAIL_PASS:
		tally(TALLY_PASSED);
		return SMFIS_ACCEPT;
	case MAIL_SWALLOW:
		tally(TALLY_SWALLOWED);
		return SMFIS_DISCARD;
	case MAIL_EDIT:
	case MAIL_AUDIT:
		break;
	}
	edits = make_edits(m, d, e, smfi_getsymval(ctx, (char *)"j"));
	if (!edits_send(ctx, edits, m->leading_space, m->arena)) {
		log_error("%s: mail=tempfail why=edits the mail server did not take them", e->queue_id);
		return SMFIS_TEMPFAIL;
	}
	tally(TALLY_EDITED);
	return SMFIS_ACCEPT;
}

static struct call *read_call(const struct message *m, const struct letter *l, struct profile_drift *drift_r)
{
	const struct profile_context ctx = {
		.region = m->source->region,
		.zone = m->source->zone,
		.arrived = clock_now(),
		.generic = generic_limit(m),
		.allowed = m->source->allowed,
		.drift = drift_r,
	};
	struct call *c = profiles_read(m->conf->profiles, l, &ctx, m->arena);

	if (!c)
		return NULL;
	c->source = m->source->name;
	roster_take_tag(m->conf->roster, c, m->arena);
	return c;
}

/* The mail came as the PBX wrote it before its last update, or not: somebody should look at the profile. */
static void tell_drift(const struct message *m, struct engine *engine, const char *queue_id,
		       const struct profile_drift *drift, bool read)
{
	g_autoptr(GString) missing = g_string_new(read ? " missing=" : " missing=all");
	g_autoptr(GError) err = NULL;

	if (!drift->profile)
		return;
	if (!read && !engine_unread(engine, m->source->name, drift->profile, &err))
		log_error("%s: drift not counted: %s", queue_id, err->message);
	if (!engine_warns_of_drift(engine, m->source->name, drift->profile))
		return;
	for (guint f = 0; read && f < N_FIELDS; f++)
		if (drift->missing & 1u << f)
			g_string_append_printf(missing, "%s%s", g_str_has_suffix(missing->str, "=") ? "" : ",",
					       call_field_name((enum call_field)f));
	log_warn("%s: drift=yes source=%s profile=%s%s its mails have changed; ringback status counts them", queue_id,
		 m->source->name, drift->profile, missing->str);
}

static sfsistat take(struct message *m, SMFICTX *ctx, struct engine *engine, const char *queue_id)
{
	const struct letter *l = reader_read(m->mail, m->mail_size, NULL, m->arena);
	g_autoptr(GError) err = NULL;
	struct profile_drift drift;
	struct event e = {
		.kind = EVENT_NOTICE,
		.call = read_call(m, l, &drift),
		.rcpts = addresses(m),
		.message_id = l->message_id,
		.queue_id = queue_id,
	};
	const struct decision *d;

	tell_drift(m, engine, queue_id, &drift, e.call != NULL);
	if (!e.call) {
		tally(TALLY_PASSED);
		log_info("%s: mail=pass why=no-profile", queue_id);
		return SMFIS_ACCEPT;
	}
	tally(TALLY_NOTICES);
	d = engine_take(engine, m->conf, &e, m->arena, &err);
	if (!d)
		return store_failed(m, ctx, queue_id, err);
	log_decision(m, d, &e);
	return carry_out(m, ctx, d, &e);
}

/* ---- the end of the message: a mail to the address of an item ---- */

/* Of several recipients the others get it. */
static sfsistat swallow_command(const struct message *m, SMFICTX *ctx)
{
	if (m->n_rcpts == 1)
		return SMFIS_DISCARD;
	return smfi_delrcpt(ctx, (char *)m->ticket_rcpt) == MI_SUCCESS ? SMFIS_ACCEPT : SMFIS_TEMPFAIL;
}

static sfsistat take_command(struct message *m, SMFICTX *ctx, struct engine *engine, const char *queue_id)
{
	const struct mail_command *command = mail_command_read(m);
	g_autoptr(GError) err = NULL;
	const struct decision *d = engine_mail(engine, m->conf, command, m->arena, &err);

	tally(TALLY_COMMANDS);
	if (!d)
		return store_failed(m, ctx, queue_id, err);
	log_info("%s: item=%s command=mail mail=%s why=%s", queue_id,
		 render_item_id(m->arena, m->conf->roster, command->ticket.item),
		 d->mail == MAIL_SWALLOW ? "swallow" : "pass", or_dash(d->why));
	if (d->mail == MAIL_SWALLOW)
		return swallow_command(m, ctx);
	return m->forged ? remove_forged(m, ctx, queue_id) : SMFIS_ACCEPT;
}

sfsistat message_end(struct message *m, SMFICTX *ctx, struct engine *e)
{
	const char *queue_id = or_dash(smfi_getsymval(ctx, (char *)"i"));

	if (m->ticket)
		return take_command(m, ctx, e, queue_id);
	if (!m->source)
		return m->forged ? remove_forged(m, ctx, queue_id) : SMFIS_ACCEPT;
	g_ptr_array_add(m->rcpts, NULL);
	g_ptr_array_add(m->rcpt_args, NULL);
	return take(m, ctx, e, queue_id);
}
