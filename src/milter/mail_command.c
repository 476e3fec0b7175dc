#include "mail_command.h"

#include <string.h>

#include "authres.h"
#include "reader.h"

bool mail_command_see_rcpt(struct message *m, const char *rcpt)
{
	struct ticket t;

	if (m->ticket || !ticket_read(&m->conf->roster->rules, rcpt, &t))
		return m->ticket != NULL;
	if (!m->arena)
		m->arena = arena_new();
	m->ticket = arena_memdup(m->arena, &t, sizeof(t));
	m->ticket_rcpt = arena_strdup(m->arena, rcpt);
	return true;
}

/* Two authors are none. */
void mail_command_see_header(struct message *m, const char *name, const char *value)
{
	if (g_ascii_strcasecmp(name, "From") != 0)
		return;
	m->from = m->has_author ? NULL : authres_address(value, m->arena);
	m->has_author = true;
}

/* ---- did the author send it? ---- */

/* The signer is the author's domain, or one above it: who has a part of a domain does not speak for the whole. */
static bool is_signed(const struct message *m, const char *author)
{
	const char *domain = strchr(author, '@') + 1;

	for (const char *const *d = m->origin.dkim; d && *d; d++) {
		const gsize n = strlen(domain), top = strlen(*d);

		if (n >= top && strcmp(domain + n - top, *d) == 0 && (n == top || domain[n - top - 1] == '.') && strchr(*d, '.'))
			return true;
	}
	return false;
}

/* Logged in as the address, what stands before its @, or the person's word in the configuration. */
static bool is_login_of(const char *login, const char *author, const struct person *p)
{
	const gsize n = strcspn(author, "@");

	return g_ascii_strcasecmp(login, author) == 0 || (strlen(login) == n && g_ascii_strncasecmp(login, author, n) == 0) ||
	       (p && strcmp(login, p->id) == 0);
}

static bool is_vouched_for(const struct message *m)
{
	bool later;

	return m->conf->reply_servers && source_find(m->conf->reply_servers, &m->origin, &later);
}

/* What there is to say against it; NULL: nothing. */
static const char *doubt_of(const struct message *m)
{
	const struct roster *r = m->conf->roster;

	if (m->over)
		return "its header is too large";
	if (!m->from)
		return "its author cannot be told";
	if (g_ascii_strcasecmp(m->from, m->origin.sender) != 0)
		return "the envelope has another sender";
	if (m->origin.auth && is_login_of(m->origin.auth, m->from, roster_person_by_mail(r, m->from)))
		return NULL;
	return is_signed(m, m->from) || is_vouched_for(m) ? NULL : "nobody says that its author sent it";
}

/* ---- did a person write it? (RFC 3834, 2) ---- */

static bool begins(const struct letter *l, const char *name, const char *word)
{
	const char *value = letter_header(l, name);

	return value && g_ascii_strncasecmp(value, word, strlen(word)) == 0;
}

static bool is_automatic(const struct message *m, const struct letter *l)
{
	static const char *const words[] = { "bulk", "junk", "list", "auto" };
	const char *submitted = letter_header(l, "Auto-Submitted");

	if (m->null_sender || (submitted && g_ascii_strncasecmp(submitted, "no", 2) != 0) || letter_header(l, "List-Id") ||
	    letter_header(l, "X-Autoreply") || letter_header(l, "X-Autorespond") ||
	    begins(l, "Content-Type", "multipart/report"))	/* bounces and read receipts */
		return true;
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (begins(l, "Precedence", words[i]))
			return true;
	return false;
}

const struct mail_command *mail_command_read(const struct message *m)
{
	struct mail_command *command = ARENA_NEW(m->arena, struct mail_command);
	const struct letter *l = reader_read(m->mail, m->mail_size, NULL, m->arena);

	*command = (struct mail_command){
		.ticket = *m->ticket, .author = m->from, .doubt = doubt_of(m), .automatic = is_automatic(m, l),
		.text = *l->text ? l->text : l->html
	};
	return command;
}
