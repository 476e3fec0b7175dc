#include "session.h"

#include <arpa/inet.h>
#include <string.h>

#include "log.h"
#include "message.h"

#define SENDER_SIZE 321		/* 64 octets, @, 255, and the end */

/* libmilter gives callbacks no pointer of ours before the first one has set it. */
static struct engine *engine;
static bool tcp;
static gint open_sessions, busy;

/* Callbacks of one connection may run on different threads, one at a time. */
struct session {
	unsigned long steps;	/* SMFIP_* in force */
	struct address client;
	bool pretended;		/* no client at all: sendmail(1) */
	struct message message;
};

static const unsigned long actions_needed = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | SMFIF_ADDRCPT |
	SMFIF_DELRCPT | SMFIF_ADDRCPT_PAR;

/* The answer to a step that needs none: nothing at all where the mail server agreed to that. */
static sfsistat go_on(const struct session *s, unsigned long no_reply)
{
	return s && (s->steps & no_reply) ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* Only these macros cross the socket: who logged in, the queue id, and our host's name for sendmail's bare addresses
 * and for what our own verifier writes. */
static void ask_for_macros(SMFICTX *ctx)
{
	static char none[] = "", auth[] = "{auth_authen}", id_and_host[] = "i j";

	for (int stage = SMFIM_FIRST; stage <= SMFIM_LAST; stage++)
		smfi_setsymlist(ctx, stage, stage == SMFIM_EOM || stage == SMFIM_EOH ? id_and_host :
				stage == SMFIM_ENVFROM ? auth : none);
}

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2, unsigned long f3,
			     unsigned long *pf0, unsigned long *pf1, unsigned long *pf2, unsigned long *pf3)
{
	unsigned long steps = SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_RCPT |
			      SMFIP_NR_HDR | SMFIP_SKIP | SMFIP_HDR_LEADSPC;
	struct session *s;

	(void)f2;
	(void)f3;
	if ((f0 & actions_needed) != actions_needed) {
		log_error("milter: the mail server does not allow the edits we need (offers %#lx)", f0);
		return SMFIS_REJECT;
	}
	/* Over TCP Postfix would stall 40 ms after DATA if that step had no reply (Nagle). */
	if (!tcp)
		steps |= SMFIP_NODATA;
	s = g_new0(struct session, 1);
	s->steps = steps & f1;
	s->message.leading_space = (s->steps & SMFIP_HDR_LEADSPC) != 0;
	smfi_setpriv(ctx, s);
	tally(TALLY_CONNECTIONS);
	g_atomic_int_inc(&open_sessions);
	*pf0 = actions_needed;
	if (f0 & SMFIF_SETSYMLIST) {
		*pf0 |= SMFIF_SETSYMLIST;
		ask_for_macros(ctx);
	}
	*pf1 = s->steps;
	*pf2 = *pf3 = 0;
	return SMFIS_CONTINUE;
}

/* sendmail(1) has no client: Postfix pretends one on the loopback, port 0, which no real client has. */
static void set_client(struct session *s, const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)sa;

		s->client = address_of_octets(AF_INET, &in->sin_addr);
		s->pretended = in->sin_port == 0 && in->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
	} else if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;

		s->client = address_of_octets(AF_INET6, &in6->sin6_addr);
		s->pretended = in6->sin6_port == 0 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
	}
}

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
	struct session *s = smfi_getpriv(ctx);

	(void)host;
	if (s && address)
		set_client(s, (const struct sockaddr *)address);
	return go_on(s, SMFIP_NR_CONN);
}

/* Without the angle brackets; "" for a bounce, and for what no mailbox can be (RFC 5321, 4.5.3.1.3). */
static void read_sender(const char *raw, char sender[SENDER_SIZE])
{
	gsize n = strlen(raw);
	bool brackets = n >= 2 && raw[0] == '<' && raw[n - 1] == '>';

	if (brackets) {
		raw++;
		n -= 2;
	}
	g_strlcpy(sender, raw, n < SENDER_SIZE ? n + 1 : 1);
}

static sfsistat on_mail(SMFICTX *ctx, char **argv)
{
	struct session *s = smfi_getpriv(ctx);
	const char *raw = argv && argv[0] ? argv[0] : "", *auth = smfi_getsymval(ctx, (char *)"{auth_authen}");
	char sender[SENDER_SIZE];
	struct origin origin = { .auth = auth && *auth ? auth : NULL, .sender = sender };

	if (!s)
		return SMFIS_TEMPFAIL;
	read_sender(raw, sender);
	origin.client = s->client;
	origin.sendmail = s->pretended && raw[0] != '<';	/* sendmail(1): without angle brackets */
	message_begin(&s->message, engine_conf(engine), &origin);
	s->message.null_sender = raw[0] == '\0' || strcmp(raw, "<>") == 0;
	tally(TALLY_MESSAGES);
	return go_on(s, SMFIP_NR_MAIL);
}

static sfsistat on_rcpt(SMFICTX *ctx, char **argv)
{
	struct session *s = smfi_getpriv(ctx);

	if (s && s->message.conf && argv && argv[0])
		message_add_rcpt(&s->message, argv);
	return go_on(s, SMFIP_NR_RCPT);
}

static sfsistat on_data(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session *s = smfi_getpriv(ctx);

	if (s && s->message.conf)
		message_add_header(&s->message, name, value);
	return go_on(s, SMFIP_NR_HDR);
}

static sfsistat on_header_end(SMFICTX *ctx)
{
	struct session *s = smfi_getpriv(ctx);

	if (s && s->message.conf &&
	    message_wanted(&s->message, smfi_getsymval(ctx, (char *)"i"), smfi_getsymval(ctx, (char *)"j")))
		return SMFIS_CONTINUE;
	if (s)
		message_reset(&s->message);
	return SMFIS_ACCEPT;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *chunk, size_t size)
{
	struct session *s = smfi_getpriv(ctx);

	if (!s || !s->message.conf)
		return SMFIS_ACCEPT;
	if (!s->message.body_over)
		message_add_body(&s->message, (const char *)chunk, size);
	return s->message.body_over && (s->steps & SMFIP_SKIP) ? SMFIS_SKIP : SMFIS_CONTINUE;
}

static sfsistat on_end(SMFICTX *ctx)
{
	struct session *s = smfi_getpriv(ctx);
	sfsistat answer = SMFIS_ACCEPT;

	if (s && s->message.conf) {
		g_atomic_int_inc(&busy);
		answer = message_end(&s->message, ctx, engine);
		message_reset(&s->message);
		g_atomic_int_add(&busy, -1);
	}
	return answer;
}

/* May come between any two steps, also before the first header and after an answer that ended the message. */
static sfsistat on_abort(SMFICTX *ctx)
{
	struct session *s = smfi_getpriv(ctx);

	if (s)
		message_reset(&s->message);
	return SMFIS_CONTINUE;
}

/* Also for those who connect and go without a word: they have no session. */
static sfsistat on_close(SMFICTX *ctx)
{
	struct session *s = smfi_getpriv(ctx);

	if (!s)
		return SMFIS_CONTINUE;
	message_reset(&s->message);
	smfi_setpriv(ctx, NULL);
	g_free(s);
	g_atomic_int_add(&open_sessions, -1);
	return SMFIS_CONTINUE;
}

struct smfiDesc session_callbacks(struct engine *e, bool over_tcp)
{
	static char name[] = "ringback";

	engine = e;
	tcp = over_tcp;
	return (struct smfiDesc){
		.xxfi_name = name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = actions_needed | SMFIF_SETSYMLIST,
		.xxfi_negotiate = on_negotiate,
		.xxfi_connect = on_connect,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_data = over_tcp ? on_data : NULL,
		.xxfi_header = on_header,
		.xxfi_eoh = on_header_end,
		.xxfi_body = on_body,
		.xxfi_eom = on_end,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
	};
}

void session_get_counts(struct milter_counts *c_r)
{
	*c_r = (struct milter_counts){
		.connections = tally_get(TALLY_CONNECTIONS),
		.messages = tally_get(TALLY_MESSAGES),
		.foreign = tally_get(TALLY_FOREIGN),
		.notices = tally_get(TALLY_NOTICES),
		.edited = tally_get(TALLY_EDITED),
		.swallowed = tally_get(TALLY_SWALLOWED),
		.passed = tally_get(TALLY_PASSED),
		.forged = tally_get(TALLY_FORGED),
		.store_failures = tally_get(TALLY_STORE_FAILURES),
		.open = g_atomic_int_get(&open_sessions),
	};
}

bool session_quiet(void)
{
	return g_atomic_int_get(&busy) == 0;
}
