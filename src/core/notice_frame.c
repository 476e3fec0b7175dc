#include "notice_frame.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define LOOK_MAX (16 * 1024)
#define LINE_MAX_LOOK 400	/* octets of a line that are looked at */
#define WRAPPED_MIN 55		/* octets of a line that was ended for its length */
#define WRAPPED_MAX 100
#define WARNINGS_MAX 3		/* paragraphs */
#define RULED_MAX 5		/* lines of a warning with a rule below it */

/* How a warning begins, and what makes it one about mail. Small letters. */
static const char *const warnings[] = {
	"caution", "warning", "external", "attention", "notice:", "be careful", "this email", "this e-mail",
	"this message was sent from", "this message came from", "this message originated", "you don't often get email",
	"achtung", "vorsicht", "warnung", "extern", "hinweis:", "diese e-mail", "diese nachricht stammt",
	"avertissement", "prudence", "externe", "ce message provient", "ce courriel",
	"atención", "precaución", "advertencia", "externo", "este correo", "attenzione", "avviso", "esterno",
	"let op", "waarschuwing", "atenção", "cuidado", "varning", "uwaga", "ostrzeżenie", "внимание", "осторожно",
};
static const char *const outside[] = {
	"outside", "external", "originated", "sender", "get email from", "extern", "außerhalb", "absender", "extérieur",
	"expéditeur", "remitente", "fuera de", "esterno", "mittente", "buiten", "afzender", "remetente", "utanför",
	"avsändare", "zewnętrz", "nadawc", "spoza", "внешн", "отправител",
};

/* A disclaimer speaks of the mail, and of secrecy or whom it is for. */
static const char *const mails[] = { "mail", "courriel", "correo", "wiadomość", "письмо" };
static const char *const secret[] = {
	"confidential", "privileged", "intended solely", "intended only", "disclaimer", "vertraulich", "confidentiel",
	"confidencial", "riservat", "vertrouwelijk", "konfidentiell", "poufn", "конфиденциальн",
};

struct line {
	const char *start;
	gsize size;		/* without the line end */
	const char *next;	/* "" at the end */
};

static struct line line_at(const char *text)
{
	gsize n = strcspn(text, "\n");

	return (struct line){ text, n, text + n + (text[n] == '\n') };
}

/* In small letters, without what decorates it; free with g_free(). */
static char *line_words(const struct line *l)
{
	g_autofree char *valid = g_utf8_make_valid(l->start, (gssize)MIN(l->size, LINE_MAX_LOOK));
	const char *s = valid;

	while (*s && !g_unichar_isalnum(g_utf8_get_char(s)))
		s = g_utf8_next_char(s);
	return g_utf8_strdown(s, -1);
}

/* "-----", "______": nothing but such. */
static bool is_rule(const struct line *l)
{
	return l->size >= 4 && strspn(l->start, "-_=*~# \t") >= l->size;
}

static bool is_blank(const struct line *l)
{
	return strspn(l->start, " \t\r") >= l->size;
}

static bool has_any(const char *words, const char *const *list, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (strstr(words, list[i]))
			return true;
	return false;
}

static bool begins_with_any(const char *words, const char *const *list, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (g_str_has_prefix(words, list[i]))
			return true;
	return false;
}

/* A rule soon after, before any blank line: the line below it; NULL if there is none. */
static const char *below_rule(const char *text)
{
	for (guint i = 0; i < RULED_MAX && *text; i++) {
		struct line l = line_at(text);

		if (is_rule(&l))
			return l.next;
		if (is_blank(&l))
			return NULL;
		text = l.next;
	}
	return NULL;
}

/* Where the warning ends that the line begins; NULL if it is none. The notice may begin on the very next line, but not
 * behind one that was wrapped. */
static const char *warning_end(struct line l)
{
	g_autofree char *words = line_words(&l);
	const char *ruled;

	if (!begins_with_any(words, warnings, G_N_ELEMENTS(warnings)) || !has_any(words, outside, G_N_ELEMENTS(outside)))
		return NULL;
	ruled = below_rule(l.next);
	if (ruled)
		return ruled;
	while (l.size >= WRAPPED_MIN && l.size <= WRAPPED_MAX && *l.next) {
		l = line_at(l.next);
		if (is_blank(&l))
			break;
	}
	return l.next;
}

/* Where the notice begins. */
static const char *skip_warnings(const char *text)
{
	const char *begin = text;

	for (guint n = 0; n < WARNINGS_MAX && *text;) {
		struct line l = line_at(text);
		const char *end;

		if (is_blank(&l) || is_rule(&l)) {
			text = l.next;
			if (text - begin > LOOK_MAX)
				break;
			continue;
		}
		end = warning_end(l);
		if (!end)
			break;
		begin = text = end;
		n++;
	}
	return begin;
}

static bool is_disclaimer(const struct line *l)
{
	g_autofree char *words = line_words(l);

	return has_any(words, mails, G_N_ELEMENTS(mails)) && has_any(words, secret, G_N_ELEMENTS(secret));
}

/* Where the disclaimer begins, a paragraph of its own, or the rule above it; NULL if there is none. */
static const char *find_disclaimer(const char *text)
{
	const char *apart = NULL;

	for (const char *at = text; *at && at - text < LOOK_MAX;) {
		struct line l = line_at(at);

		if (is_blank(&l) || is_rule(&l))
			apart = apart ? apart : at;
		else if (apart && is_disclaimer(&l))
			return apart;
		else
			apart = NULL;
		at = l.next;
	}
	return NULL;
}

const char *notice_unframe(struct arena *a, const char *text)
{
	const char *begin = skip_warnings(text), *end = find_disclaimer(begin);
	char *notice;

	if (begin == text && !end)
		return text;
	notice = arena_strndup(a, text, end ? (gsize)(end - text) : strlen(text));
	memset(notice, '\n', (gsize)(begin - text));
	return notice[strspn(notice, " \t\n")] ? notice : text;
}
