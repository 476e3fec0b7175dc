/* A tokenizer after the HTML standard's (WHATWG, 13.2.5), without a tree: libxml2's parser walks its stack of open
 * elements for each end tag, which 1 MiB of "<b>" and "</i>" makes minutes, and it drops the number in
 * "Missed Call from Jane <+442079460123>", which browsers show. libxml2 knows the entities. */
#define _GNU_SOURCE	/* memmem() */
#include "html.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <string.h>

struct page {
	const char *p, *end;
	GString *out;
	gsize start, max;	/* of out */
	bool blank;		/* one is due before the next character */
	int pre;		/* open <pre> */
	bool quotes_broken;	/* an attribute's quote was never closed: do not look for them any more */
	bool no_tag_end;	/* no ">" ahead */
	bool full;
};

/* Elements that begin and end a line. */
static const char *const blocks[] = {
	"address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2",
	"h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody",
	"tfoot", "thead", "tr", "ul"
};
/* Elements whose content is not markup and not shown. */
static const char *const hidden[] = { "script", "style", "title" };

static bool one_of(const char *name, const char *const *list, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

static bool at_line_start(const struct page *g)
{
	return g->out->len == g->start || g->out->str[g->out->len - 1] == '\n';
}

static void put(struct page *g, const char *s, gsize n)
{
	if (g->out->len + n > g->max) {
		g->full = true;
		return;
	}
	g_string_append_len(g->out, s, (gssize)n);
}

static void put_text(struct page *g, const char *s, gsize n)
{
	if (g->blank && !at_line_start(g))
		put(g, " ", 1);
	g->blank = false;
	put(g, s, n);
}

static void put_line_end(struct page *g)
{
	g->blank = false;
	put(g, "\n", 1);
}

static void put_block(struct page *g)
{
	g->blank = false;
	if (!at_line_start(g))
		put(g, "\n", 1);
}

static void put_char(struct page *g, gunichar c)
{
	char buf[6];

	if (c == 0xa0 || c < 0x20 || c == 0x7f)
		g->blank = true;
	else if (c < 0x110000 && g_unichar_validate(c))
		put_text(g, buf, (gsize)g_unichar_to_utf8(c, buf));
	else
		put_text(g, "\xef\xbf\xbd", 3);
}

/* "&#39;", "&#x27;": the number, and behind it in *p. */
static bool read_number(const char **p, const char *end, gunichar *c_r)
{
	const char *s = *p + 2;
	bool hex = s < end && (*s == 'x' || *s == 'X');
	gunichar c = 0;
	int digits = 0;

	for (s += hex; s < end; s++, digits++) {
		int d = hex ? g_ascii_xdigit_value(*s) : g_ascii_digit_value(*s);

		if (d < 0)
			break;
		c = MIN(c * (hex ? 16 : 10) + (gunichar)d, 0x110000);
	}
	*p = s < end && *s == ';' ? s + 1 : s;
	*c_r = c;
	return digits > 0;
}

static bool read_named(const char **p, const char *end, gunichar *c_r)
{
	const char *s = *p + 1;
	const htmlEntityDesc *e;
	char name[16];
	gsize n = 0;

	while (s + n < end && n < sizeof(name) - 1 && g_ascii_isalnum(s[n])) {
		name[n] = s[n];
		n++;
	}
	name[n] = 0;
	e = n > 1 ? htmlEntityLookup((const xmlChar *)name) : NULL;
	if (!e)
		return false;
	*c_r = e->value;
	*p = s + n < end && s[n] == ';' ? s + n + 1 : s + n;
	return true;
}

static void take_entity(struct page *g)
{
	const char *p = g->p;
	gunichar c;

	if (g->end - p > 2 && (p[1] == '#' ? read_number(&p, g->end, &c) : read_named(&p, g->end, &c))) {
		put_char(g, c);
		g->p = p;
		return;
	}
	put_text(g, "&", 1);
	g->p++;
}

static const char *find(const char *p, const char *end, const char *what)
{
	return p < end ? memmem(p, (gsize)(end - p), what, strlen(what)) : NULL;
}

/* Behind the ">" that ends the tag at p; NULL if none does. A ">" inside a quoted attribute value ends nothing. */
static const char *tag_end(struct page *g, const char *p)
{
	char quote = 0;
	const char *plain;

	if (g->no_tag_end)
		return NULL;
	for (const char *s = p; s < g->end && !g->quotes_broken; s++) {
		if (quote)
			quote = *s == quote ? 0 : quote;
		else if (*s == '>')
			return s + 1;
		else if ((*s == '"' || *s == '\'') && s[-1] == '=')
			quote = *s;
	}
	g->quotes_broken = true;
	plain = memchr(p, '>', (gsize)(g->end - p));
	g->no_tag_end = plain == NULL;
	return plain ? plain + 1 : NULL;
}

/* Behind the end tag of an element whose content is raw text; the end if there is none. */
static const char *raw_end(struct page *g, const char *p, const char *name)
{
	gsize n = strlen(name);

	while ((p = find(p, g->end, "</")) != NULL) {
		p += 2;
		if ((gsize)(g->end - p) > n && g_ascii_strncasecmp(p, name, n) == 0 && !g_ascii_isalnum(p[n])) {
			p = memchr(p, '>', (gsize)(g->end - p));
			return p ? p + 1 : g->end;
		}
	}
	return g->end;
}

static void take_element(struct page *g, const char *name, bool closes)
{
	if (strcmp(name, "br") == 0)
		put_line_end(g);
	else if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0)
		g->blank = true;
	else if (one_of(name, blocks, G_N_ELEMENTS(blocks)))
		put_block(g);
	if (strcmp(name, "pre") == 0)
		g->pre = closes ? 0 : 1;
	if (!closes && one_of(name, hidden, G_N_ELEMENTS(hidden)))
		g->p = raw_end(g, g->p, name);
}

static void take_tag(struct page *g)
{
	bool closes = g->p[1] == '/';
	const char *s = g->p + 1 + closes, *after = tag_end(g, s);
	char name[16];
	gsize n = 0;

	if (!after) {
		put_text(g, "<", 1);
		g->p++;
		return;
	}
	while (n < sizeof(name) - 1 && g_ascii_isalnum(s[n])) {
		name[n] = g_ascii_tolower(s[n]);
		n++;
	}
	name[n] = 0;
	g->p = after;
	take_element(g, name, closes);
}

/* "<!-- ... -->", "<!DOCTYPE ...>", "<?xml ... ?>" */
static void skip_declaration(struct page *g)
{
	const char *after = NULL;

	if (g->end - g->p >= 4 && memcmp(g->p, "<!--", 4) == 0) {
		after = find(g->p + 4, g->end, "-->");
		after = after ? after + 3 : NULL;
	} else {
		after = find(g->p, g->end, ">");
		after = after ? after + 1 : NULL;
	}
	g->p = after ? after : g->end;
}

static void take_markup(struct page *g)
{
	char next = g->end - g->p > 1 ? g->p[1] : 0;

	if (g_ascii_isalpha(next) || (next == '/' && g->end - g->p > 2 && g_ascii_isalpha(g->p[2]))) {
		take_tag(g);
	} else if (next == '!' || next == '?') {
		skip_declaration(g);
	} else {		/* "<+442079460123>" is text */
		put_text(g, "<", 1);
		g->p++;
	}
}

static bool is_blank(const char *p, const char *end)
{
	return *p == ' ' || (*p >= '\t' && *p <= '\r') || (*p == '\xc2' && end - p > 1 && p[1] == '\xa0');
}

static void take_blank(struct page *g)
{
	if (g->pre && *g->p == '\n')
		put_line_end(g);
	else
		g->blank = true;
	g->p += *g->p == '\xc2' ? 2 : 1;
}

static void take_run(struct page *g)
{
	const char *s = g->p;

	while (s < g->end && *s != '<' && *s != '&' && !is_blank(s, g->end))
		s++;
	put_text(g, g->p, (gsize)(s - g->p));
	g->p = s;
}

gboolean html_text(const char *html, gsize n, gsize max, GString *out)
{
	struct page g = { .p = html, .end = html + n, .out = out, .start = out->len, .max = max };

	while (g.p < g.end && !g.full) {
		if (*g.p == '<')
			take_markup(&g);
		else if (*g.p == '&')
			take_entity(&g);
		else if (is_blank(g.p, g.end))
			take_blank(&g);
		else
			take_run(&g);
	}
	put_block(&g);
	return !g.full;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(p, end))
		p++;
	return p;
}

/* Behind "href=" of the tag whose attributes are from p to end; NULL if it has none. */
static const char *find_href(const char *p, const char *end)
{
	for (; end - p > 5; p++)
		if (is_blank(p, end) && g_ascii_strncasecmp(p + 1, "href", 4) == 0) {
			const char *s = skip_blanks(p + 5, end);

			if (s < end && *s == '=')
				return skip_blanks(s + 1, end);
		}
	return NULL;
}

static void put_href(struct page *g, const char *p, const char *end)
{
	const char *s = find_href(p, end), *stop = s;

	if (!s || s == end)
		return;
	if (*s == '"' || *s == '\'') {
		stop = memchr(s + 1, *s, (gsize)(end - s - 1));
		s++;
	} else {
		while (stop < end && !is_blank(stop, end))
			stop++;
	}
	if (stop && stop > s)
		html_text(s, (gsize)(stop - s), g->max, g->out);
}

void html_links(const char *html, gsize n, gsize max, GString *out)
{
	struct page g = { .p = html, .end = html + n, .out = out, .max = max };

	while (g.p < g.end && (g.p = memchr(g.p, '<', (gsize)(g.end - g.p))) != NULL) {
		const char *after = NULL;

		if (g.end - g.p > 3 && g_ascii_tolower(g.p[1]) == 'a' && is_blank(g.p + 2, g.end))
			after = tag_end(&g, g.p + 2);
		if (after)
			put_href(&g, g.p + 2, after - 1);
		g.p = after ? after : g.p + 1;
	}
}
