#include "authres.h"

#include <string.h>

#define RESULTS_MAX 64

/* What is left to read. After anything unexpected at stands at the end, and bad is set. */
struct lexer {
	const char *at;
	bool bad;
};

static void give_up(struct lexer *l)
{
	l->at = "";
	l->bad = true;
}

static void skip_blanks(struct lexer *l)
{
	l->at += strspn(l->at, " \t\r\n");
}

/* Comments nest; a backslash takes the next octet's meaning (RFC 5322, 3.2.2). */
static void skip_comment(struct lexer *l)
{
	guint depth = 0;

	do {
		if (*l->at == '\\' && l->at[1])
			l->at++;
		else if (*l->at == '(')
			depth++;
		else if (*l->at == ')')
			depth--;
		if (*l->at == '\0') {
			give_up(l);
			return;
		}
		l->at++;
	} while (depth > 0);
}

static void skip_space(struct lexer *l)
{
	for (skip_blanks(l); *l->at == '('; skip_blanks(l))
		skip_comment(l);
}

static bool take(struct lexer *l, char c)
{
	if (*l->at != c)
		return false;
	l->at++;
	return true;
}

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '-' || c == '_';
}

/* A keyword; gives its size, and 0 with bad set if there is none. */
static gsize take_word(struct lexer *l, const char **word_r)
{
	gsize n = 0;

	skip_space(l);
	*word_r = l->at;
	while (is_word(l->at[n]))
		n++;
	l->at += n;
	if (n == 0)
		give_up(l);
	return n;
}

static bool is(const char *word, gsize n, const char *what)
{
	return strlen(what) == n && g_ascii_strncasecmp(word, what, n) == 0;
}

static bool is_domain(const char *s)
{
	const char *label = s;

	if (strlen(s) > 253)
		return false;
	for (;; s++) {
		if (*s == '.' || *s == '\0') {
			if (s == label || s - label > 63 || label[0] == '-' || s[-1] == '-')
				return false;
			label = s + 1;
		} else if (!g_ascii_isalnum(*s) && *s != '-' && *s != '_') {
			return false;
		}
		if (*s == '\0')
			return true;
	}
}

static const char *lower(struct arena *a, const char *s, gsize n)
{
	g_autofree char *copy = g_ascii_strdown(s, (gssize)n);

	return arena_strdup(a, copy);
}

/* ---- Authentication-Results ---- */

static void take_quoted(struct lexer *l, GString *out)
{
	while (!take(l, '"')) {
		if (*l->at == '\\')
			l->at++;
		if (*l->at == '\0') {
			give_up(l);
			return;
		}
		g_string_append_c(out, *l->at++);
	}
}

/* Wider than pvalue of RFC 8601, 2.2: writers do not quote the base64 of header.b. */
static void take_value(struct lexer *l, GString *out)
{
	g_string_truncate(out, 0);
	skip_space(l);
	if (take(l, '"')) {
		take_quoted(l, out);
		return;
	}
	while (g_ascii_isgraph(*l->at) && !strchr(";()\"\\,", *l->at))
		g_string_append_c(out, *l->at++);
	if (out->len == 0)
		give_up(l);
}

/* What one method says. */
struct result {
	bool dkim_passed;
	guint n_domains;	/* how many times header.d is there */
	const char *domain;
};

/* "reason=..." or "header.d=..." */
static void take_property(struct lexer *l, struct result *r, struct arena *a, GString *value)
{
	const char *type, *name = "";
	gsize type_n = take_word(l, &type), name_n = 0;

	skip_space(l);
	if (take(l, '.'))
		name_n = take_word(l, &name);
	skip_space(l);
	if (!take(l, '=') || (name_n == 0 && !is(type, type_n, "reason"))) {
		give_up(l);
		return;
	}
	take_value(l, value);
	if (is(type, type_n, "header") && is(name, name_n, "d")) {
		r->n_domains++;
		r->domain = is_domain(value->str) ? lower(a, value->str, value->len) : NULL;
	}
}

/* "dkim/1=pass (comment) reason=x header.d=example.com", up to the next semicolon. */
static struct result take_result(struct lexer *l, struct arena *a)
{
	g_autoptr(GString) value = g_string_new(NULL);
	const char *method, *word, *version = "1";
	gsize method_n = take_word(l, &method), n, version_n = 1;
	struct result r = { 0 };

	skip_space(l);
	if (*l->at == ';' || *l->at == '\0') {
		if (!is(method, method_n, "none"))
			give_up(l);
		return r;
	}
	if (take(l, '/'))
		version_n = take_word(l, &version);
	skip_space(l);
	if (!take(l, '='))
		give_up(l);
	n = take_word(l, &word);
	r.dkim_passed = is(method, method_n, "dkim") && is(version, version_n, "1") && is(word, n, "pass");
	for (skip_space(l); *l->at && *l->at != ';'; skip_space(l))
		take_property(l, &r, a, value);
	return r;
}

/* The id, a version that we know, and then either results or nothing. */
static bool take_id(struct lexer *l, const char *id)
{
	gsize n = strlen(id);

	skip_blanks(l);
	if (n == 0 || g_ascii_strncasecmp(l->at, id, n) != 0 || (l->at[n] && !strchr(" \t\r\n;(", l->at[n])))
		return false;
	l->at += n;
	skip_space(l);
	if (g_ascii_isdigit(*l->at) && (!take(l, '1') || g_ascii_isalnum(*l->at)))
		give_up(l);
	skip_space(l);
	return true;
}

bool authres_read(const char *value, const char *id, struct arena *a, const char *const **domains_r)
{
	struct lexer l = { value, false };
	const char **domains;
	gsize n = 0;

	*domains_r = domains = ARENA_NEW_N(a, const char *, AUTHRES_DOMAINS_MAX + 1);
	if (!take_id(&l, id))
		return false;
	if (strnlen(value, AUTHRES_VALUE_MAX + 1) > AUTHRES_VALUE_MAX)
		return true;
	for (guint results = 0; take(&l, ';') && !l.bad; results++) {
		struct result r = take_result(&l, a);

		if (results == RESULTS_MAX || n == AUTHRES_DOMAINS_MAX)
			give_up(&l);
		else if (r.dkim_passed && r.n_domains == 1 && r.domain)
			domains[n++] = r.domain;
	}
	if (l.bad || *l.at)
		domains[0] = NULL;
	return true;
}

/* ---- From ---- */

/* The octets of an address up to a blank, a bracket or the end; quotes may hold anything. */
static void take_address(struct lexer *l, GString *out)
{
	while (*l->at && !strchr(" \t\r\n<>(),;:[]", *l->at)) {
		char c = *l->at++;

		if (c == '"') {
			g_autoptr(GString) quoted = g_string_new(NULL);

			take_quoted(l, quoted);
			c = '"';	/* no @ of it counts, and in a domain it is wrong */
		}
		g_string_append_c(out, c);
	}
}

/* Up to the bracket where the address begins; without one, the words are the address. */
static void take_name(struct lexer *l, GString *out)
{
	guint words = 0;

	for (skip_space(l); *l->at && *l->at != '<'; skip_space(l)) {
		gsize before = out->len;

		take_address(l, out);
		if (out->len == before)		/* a comma, a colon, a bracket: a list, a group, or nonsense */
			give_up(l);
		words++;
	}
	if (take(l, '<')) {
		g_string_truncate(out, 0);
		take_address(l, out);
		if (!take(l, '>'))
			give_up(l);
		skip_space(l);
	} else if (words != 1) {
		give_up(l);
	}
}

const char *authres_address(const char *from, struct arena *a)
{
	struct lexer l = { from, strnlen(from, AUTHRES_VALUE_MAX + 1) > AUTHRES_VALUE_MAX };
	g_autoptr(GString) address = g_string_new(NULL);
	const char *at;

	if (!l.bad)
		take_name(&l, address);
	at = strchr(address->str, '@');
	if (l.bad || *l.at || !at || at == address->str || !is_domain(at + 1))
		return NULL;
	return lower(a, address->str, address->len);
}

const char *authres_author(const char *from, struct arena *a)
{
	const char *address = authres_address(from, a);

	return address ? strchr(address, '@') + 1 : NULL;
}
