/* Who may speak: what a verifier wrote, who the author is, which source fits. */
#include <glib.h>
#include <string.h>

#include "authres.h"
#include "source.h"

/* ---- Authentication-Results ---- */

#define ID "mx.example.com"

struct authres_row {
	const char *name, *value;
	const char *passed;	/* joined by a blank; NULL: not ours */
};

static const struct authres_row authres_rows[] = {
	/* as verifiers write them */
	{ "opendkim", " mx.example.com;\n\tdkim=pass (2048-bit key; unprotected) header.d=example.net header.i=@example.net "
	  "header.a=rsa-sha256 header.s=s1 header.b=\"aB3/x+9=\"", "example.net" },
	{ "rspamd", "mx.example.com;\n\tdkim=pass header.d=Example.NET header.s=20230601 header.b=k/a+J9==;\n\tspf=pass "
	  "(mx.example.com: domain of bounce@example.net designates 192.0.2.1 as permitted sender) "
	  "smtp.mailfrom=bounce@example.net;\n\tdmarc=pass (policy=none) header.from=example.net", "example.net" },
	{ "reason", ID "; dkim=pass reason=\"good (signature); really\" header.d=example.net", "example.net" },
	{ "two", ID "; dkim=pass header.d=a.example; dkim=pass header.d=b.example", "a.example b.example" },
	{ "one-of-two", ID "; dkim=fail header.d=a.example; dkim=pass header.d=b.example", "b.example" },
	{ "method-version", ID "; dkim/1=pass header.d=a.example", "a.example" },
	{ "version", ID " 1; dkim=pass header.d=a.example", "a.example" },
	{ "version-comment", ID " (x) 1 (y) ; dkim=pass header.d=a.example", "a.example" },
	{ "spaces", ID " ;  dkim = PASS  header . d = a.example  ", "a.example" },
	{ "comments", ID "(a(b\\)c)d);(x)dkim(x)=(x)pass(x)header(x).(x)d(x)=(x)a.example(x)", "a.example" },
	{ "quoted-domain", ID "; dkim=pass header.d=\"a.example\"", "a.example" },
	{ "letter-case", "MX.Example.COM; DKIM=Pass Header.D=a.example", "a.example" },
	{ "none", ID "; none", "" },
	/* passed nothing */
	{ "fail", ID "; dkim=fail header.d=a.example", "" },
	{ "neutral", ID "; dkim=neutral header.d=a.example", "" },
	{ "passed", ID "; dkim=passed header.d=a.example", "" },
	{ "spf", ID "; spf=pass smtp.mailfrom=a.example header.d=a.example", "" },
	{ "dmarc", ID "; dmarc=pass header.from=a.example", "" },
	{ "dkim-adsp", ID "; dkim-adsp=pass header.d=a.example", "" },
	{ "only-i", ID "; dkim=pass header.i=@a.example", "" },
	{ "another-d", ID "; dkim=pass smtp.d=a.example", "" },
	{ "d-twice", ID "; dkim=pass header.d=a.example header.d=b.example", "" },
	{ "d-in-comment", ID "; dkim=pass (header.d=a.example)", "" },
	{ "d-in-reason", ID "; dkim=pass reason=\"x header.d=a.example\"", "" },
	{ "d-no-domain", ID "; dkim=pass header.d=a..example", "" },
	{ "d-address", ID "; dkim=pass header.d=x@a.example", "" },
	{ "method-version-2", ID "; dkim/2=pass header.d=a.example", "" },
	{ "version-2", ID " 2; dkim=pass header.d=a.example", "" },
	{ "version-10", ID " 10; dkim=pass header.d=a.example", "" },
	/* broken anywhere: nothing of it counts */
	{ "no-results", ID, "" },
	{ "semicolon-only", ID ";", "" },
	{ "semicolon-at-end", ID "; dkim=pass header.d=a.example;", "" },
	{ "word-after-id", ID " x; dkim=pass header.d=a.example", "" },
	{ "no-equal-sign", ID "; dkim=pass header.d=a.example; spf", "" },
	{ "no-result", ID "; dkim=pass header.d=a.example; spf=", "" },
	{ "property-without-value", ID "; dkim=pass header.d=a.example header.s=", "" },
	{ "property-without-dot", ID "; dkim=pass header.d=a.example colour=red", "" },
	{ "quote-open", ID "; dkim=pass header.d=a.example reason=\"x", "" },
	{ "quote-escape", ID "; dkim=pass header.d=a.example reason=\"x\\", "" },
	{ "comment-open", ID "; dkim=pass header.d=a.example (x", "" },
	{ "comment-escape", ID "; dkim=pass header.d=a.example (x\\", "" },
	{ "comma", ID "; dkim=pass header.d=a.example, dkim=pass header.d=b.example", "" },
	{ "no-blank-after-quote", ID "; dkim=pass header.d=\"a.example", "" },
	/* of another server, or not to be told */
	{ "other", "mx.example.org; dkim=pass header.d=a.example", NULL },
	{ "longer", "mx.example.com.example.org; dkim=pass header.d=a.example", NULL },
	{ "shorter", "mx.example; dkim=pass header.d=a.example", NULL },
	{ "comment-before", "(x) " ID "; dkim=pass header.d=a.example", NULL },
	{ "quoted-id", "\"" ID "\"; dkim=pass header.d=a.example", NULL },
	{ "encoded-word", "=?utf-8?q?mx.example.com?=; dkim=pass header.d=a.example", NULL },
	{ "empty", "", NULL },
	{ "semicolon-first", "; dkim=pass header.d=a.example", NULL },
};

static void test_authres(gconstpointer data)
{
	const struct authres_row *row = data;
	AUTO_ARENA a = arena_new();
	const char *const *domains;
	bool ours = authres_read(row->value, ID, a, &domains);
	g_autofree char *passed = g_strjoinv(" ", (char **)domains);

	g_assert_cmpint(ours, ==, row->passed != NULL);
	g_assert_cmpstr(passed, ==, row->passed ? row->passed : "");
}

static void test_authres_without_id(void)
{
	AUTO_ARENA a = arena_new();
	const char *const *domains;

	g_assert_false(authres_read("; dkim=pass header.d=a.example", "", a, &domains));
	g_assert_null(domains[0]);
}

static char *repeated(const char *begin, const char *piece, guint n)
{
	GString *s = g_string_new(begin);

	while (n-- > 0)
		g_string_append(s, piece);
	return g_string_free(s, FALSE);
}

struct limit_row {
	const char *name, *piece;
	guint n, passed;
};

static const struct limit_row limit_rows[] = {
	{ "domains", "; dkim=pass header.d=a.example", AUTHRES_DOMAINS_MAX, AUTHRES_DOMAINS_MAX },
	{ "too-many-domains", "; dkim=pass header.d=a.example", AUTHRES_DOMAINS_MAX + 1, 0 },
	{ "results", "; spf=none", 63, 1 },
	{ "too-many-results", "; spf=none", 64, 0 },
	{ "long", " header.x=abcdefghijklmnopqrstu", 500, 1 },
	{ "too-long", " header.x=abcdefghijklmnopqrstu", 600, 0 },
	{ "deep", "(", 10000, 0 },
};

static void test_authres_limits(gconstpointer data)
{
	const struct limit_row *row = data;
	const bool alone = g_str_has_prefix(row->piece, "; dkim");
	g_autofree char *value = repeated(alone ? ID : ID "; dkim=pass header.d=a.example", row->piece, row->n);
	AUTO_ARENA a = arena_new();
	const char *const *domains;

	g_assert_true(authres_read(value, ID, a, &domains));
	g_assert_cmpuint(g_strv_length((char **)domains), ==, row->passed);
}

/* ---- From ---- */

struct author_row {
	const char *name, *from, *domain;
};

static const struct author_row author_rows[] = {
	{ "bare", "notify@example.net", "example.net" },
	{ "blanks", " \t notify@Example.NET \r\n", "example.net" },
	{ "named", " Example <notify@example.net>", "example.net" },
	{ "quoted", "\"Jane, at <x@example.org>\" <notify@example.net>", "example.net" },
	{ "quoted-local", "\"a@example.org\"@example.net", "example.net" },
	{ "words", "Voice mail (x@example.org) of Jane. <notify@example.net> (y)", "example.net" },
	{ "eight-bit", "Zo\xc3\xab <notify@example.net>", "example.net" },
	{ "encoded", "=?utf-8?q?=3Cx=40example.org=3E?= <notify@example.net>", "example.net" },
	{ "folded", "Example\r\n\t<notify@example.net>", "example.net" },
	{ "address-as-name", "x@example.org <notify@example.net>", "example.net" },
	{ "subdomain", "<a@b.example.net>", "b.example.net" },
	{ "one-label", "<a@localhost>", "localhost" },
	{ "two", "a@example.net, b@example.org", NULL }, { "two-named", "A <a@example.net>, B <b@example.org>", NULL },
	{ "two-brackets", "<a@example.net> <b@example.org>", NULL }, { "group", "All: a@example.net;", NULL },
	{ "empty-group", "undisclosed-recipients:;", NULL }, { "route", "<@example.org:a@example.net>", NULL },
	{ "after", "<a@example.net> x", NULL }, { "open", "<a@example.net", NULL }, { "close", "a@example.net>", NULL },
	{ "two-words", "a@example.net b", NULL }, { "two-ats", "a@example.org@example.net", NULL },
	{ "literal", "a@[192.0.2.1]", NULL }, { "no-at", "example.net", NULL }, { "no-local", "@example.net", NULL },
	{ "no-domain", "<a@>", NULL }, { "dot-at-end", "a@example.net.", NULL }, { "dots", "a@example..net", NULL },
	{ "eight-bit-domain", "a@ex\xc3\xa4mple.net", NULL }, { "quote-open", "\"x <a@example.net>", NULL },
	{ "comment-open", "a@example.net (", NULL }, { "comment-within", "<a(x)@example.net>", NULL },
	{ "blank-within", "<a@ example.net>", NULL }, { "empty", "", NULL }, { "null", "<>", NULL },
	{ "quoted-domain", "a@\"example.net\"", NULL },
};

static void test_author(gconstpointer data)
{
	const struct author_row *row = data;
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(authres_author(row->from, a), ==, row->domain);
}

static void test_author_limit(void)
{
	g_autofree char *from = repeated("a@example.net", " ", AUTHRES_VALUE_MAX - 13), *longer = g_strconcat(from, " ", NULL);
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(authres_author(from, a), ==, "example.net");
	g_assert_null(authres_author(longer, a));
}

/* ---- addresses ---- */

struct network_row {
	const char *network, *address;
	bool covered;
};

static const struct network_row network_rows[] = {
	{ "192.0.2.0/24", "192.0.2.255", true }, { "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.128/25", "192.0.2.127", false }, { "192.0.2.9", "192.0.2.9", true },
	{ "192.0.2.9", "192.0.2.8", false }, { "0.0.0.0/0", "203.0.113.1", true }, { "0.0.0.0/0", "2001:db8::1", false },
	{ "2001:db8::/33", "2001:db8:7fff::1", true }, { "2001:db8::/33", "2001:db8:8000::1", false },
	{ "192.0.2.0/24", "::ffff:192.0.2.1", true }, { "::ffff:192.0.2.1", "192.0.2.1", true },
	{ "2001:db8::1", "IPv6:2001:db8::1", true }, { "192.0.2.0/24", "c000:0201::", false },
};

static struct source *source_new(const char *name, const char *network, const char *auth, const char *senders,
				 const char *dkim)
{
	struct source *s = g_new0(struct source, 1);
	struct network n;

	s->name = g_strdup(name);
	s->networks = g_array_new(FALSE, TRUE, sizeof(struct network));
	if (network) {
		g_assert_true(network_read(network, &n));
		g_array_append_val(s->networks, n);
	}
	s->auth = auth ? g_strsplit(auth, " ", -1) : NULL;
	s->senders = senders ? g_strsplit(senders, " ", -1) : NULL;
	s->dkim = dkim ? g_strsplit(dkim, " ", -1) : NULL;
	return s;
}

static void test_networks(void)
{
	static const char *const wrong[] = { "", "192.0.2", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/", "192.0.2.0/24/1",
		"2001:db8::/129", "::ffff:192.0.2.0/120", "example.com", "192.0.2.1 ", "send mail" };
	struct network n;

	for (gsize i = 0; i < G_N_ELEMENTS(network_rows); i++) {
		const struct network_row *row = &network_rows[i];
		g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
		struct origin o = { .known = ORIGIN_HEADER };
		bool later;

		g_test_message("%s %s", row->network, row->address);
		g_ptr_array_add(sources, source_new("pbx", row->network, NULL, NULL, NULL));
		g_assert_true(address_read(row->address, &o.client));
		g_assert_cmpint(source_find(sources, &o, &later) != NULL, ==, row->covered);
		o.sendmail = true;
		g_assert_null(source_find(sources, &o, &later));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_false(network_read(wrong[i], &n));
}

/* ---- which source ---- */

static const char *const nobody[] = { NULL }, *const net[] = { "other.example", "example.net", NULL },
	*const below[] = { "mail.example.net", NULL }, *const above[] = { "net", NULL };

struct find_row {
	const char *name;
	struct origin o;
	const char *client;
	const char *found[3];	/* by what is known: its name, "later", NULL for none */
};

/* office: networks and senders; branch: auth; hosted: dkim; both: auth and dkim; here: sendmail */
static const struct find_row find_rows[] = {
	{ "network-and-sender", { .sender = "pbx@example.com" }, "192.0.2.1", { "office", "office", "office" } },
	{ "sender-case", { .sender = "PBX@Example.com" }, "192.0.2.1", { "office", "office", "office" } },
	{ "sender-domain", { .sender = "any@pbx.example.com" }, "192.0.2.1", { "office", "office", "office" } },
	{ "sender-below-domain", { .sender = "any@a.pbx.example.com" }, "192.0.2.1", { "later", NULL, NULL } },
	{ "sender-alike", { .sender = "xpbx@example.com" }, "192.0.2.1", { "later", NULL, NULL } },
	{ "other-sender", { .sender = "eve@example.com" }, "192.0.2.1", { "later", NULL, NULL } },
	{ "no-sender", { .sender = "" }, "192.0.2.1", { "later", NULL, NULL } },
	{ "sender-alone", { .sender = "pbx@example.com" }, "198.51.100.7", { "later", NULL, NULL } },
	{ "auth", { .auth = "branch", .sender = "" }, "198.51.100.7", { "branch", "branch", "branch" } },
	{ "second-auth", { .auth = "branch2" }, "198.51.100.7", { "branch", "branch", "branch" } },
	{ "auth-case", { .auth = "Branch" }, "198.51.100.7", { "later", NULL, NULL } },
	{ "first-wins", { .auth = "branch", .sender = "pbx@example.com" }, "192.0.2.1", { "office", "office", "office" } },
	{ "sendmail", { .sendmail = true }, NULL, { "later", "here", "here" } },
	{ "signed", { .author = "example.net", .dkim = net }, "198.51.100.7", { "later", "later", "hosted" } },
	{ "author-below", { .author = "a.example.net", .dkim = net }, "198.51.100.7", { "later", "later", "hosted" } },
	{ "author-alike", { .author = "notexample.net", .dkim = net }, "198.51.100.7", { "later", NULL, NULL } },
	{ "author-above", { .author = "net", .dkim = net }, "198.51.100.7", { "later", NULL, NULL } },
	{ "author-of-other", { .author = "example.info", .dkim = net }, "198.51.100.7", { "later", NULL, NULL } },
	{ "author-unclear", { .author = NULL, .dkim = net }, "198.51.100.7", { "later", NULL, NULL } },
	{ "not-signed", { .author = "example.net", .dkim = nobody }, "198.51.100.7", { "later", "later", NULL } },
	{ "not-verified", { .author = "example.net", .dkim = NULL }, "198.51.100.7", { "later", "later", NULL } },
	{ "signed-below", { .author = "example.net", .dkim = below }, "198.51.100.7", { "later", "later", NULL } },
	{ "signed-above", { .author = "example.net", .dkim = above }, "198.51.100.7", { "later", "later", NULL } },
	{ "signed-below-as-asked", { .author = "example.org", .dkim = (const char *const[]){ "mail.example.org", NULL } },
	  "198.51.100.7", { "later", "later", "hosted" } },
	{ "other-order", { .auth = "late", .author = "example.net", .dkim = net }, "198.51.100.7",
	  { "later", "later", "hosted" } },
	{ "later-after-all", { .auth = "late", .author = "example.org" }, "198.51.100.7", { "later", "later", "late" } },
};

static GPtrArray *office(void)
{
	GPtrArray *sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);

	g_ptr_array_add(sources, source_new("office", "192.0.2.0/24", NULL, "pbx@example.com @pbx.example.com", NULL));
	g_ptr_array_add(sources, source_new("branch", NULL, "branch branch2", NULL, NULL));
	g_ptr_array_add(sources, source_new("hosted", NULL, NULL, NULL, "example.net mail.example.org"));
	g_ptr_array_add(sources, source_new("late", NULL, "late", NULL, NULL));
	g_ptr_array_add(sources, source_new("here", "sendmail", NULL, NULL, NULL));
	return sources;
}

static void test_find(gconstpointer data)
{
	const struct find_row *row = data;
	g_autoptr(GPtrArray) sources = office();

	for (int known = ORIGIN_ENVELOPE; known <= ORIGIN_HEADER; known++) {
		struct origin o = row->o;
		const struct source *s;
		bool later;

		o.known = (enum origin_known)known;
		if (row->client)
			g_assert_true(address_read(row->client, &o.client));
		s = source_find(sources, &o, &later);
		g_assert_true(!s || !later);
		g_assert_cmpstr(later ? "later" : s ? s->name : NULL, ==, row->found[known]);
	}
}

/* Where nobody is known by his signature, the envelope is enough. */
static void test_find_early(void)
{
	g_autoptr(GPtrArray) sources = office();
	struct origin o = { .sender = "a@example.org" };
	bool later;

	g_ptr_array_remove_index(sources, 2);
	g_assert_true(address_read("198.51.100.7", &o.client));
	g_assert_null(source_find(sources, &o, &later));
	g_assert_false(later);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(authres_rows); i++) {
		g_autofree char *path = g_strconcat("/source/authres/", authres_rows[i].name, NULL);

		g_test_add_data_func(path, &authres_rows[i], test_authres);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++) {
		g_autofree char *path = g_strconcat("/source/authres-limit/", limit_rows[i].name, NULL);

		g_test_add_data_func(path, &limit_rows[i], test_authres_limits);
	}
	g_test_add_func("/source/authres-without-id", test_authres_without_id);
	for (gsize i = 0; i < G_N_ELEMENTS(author_rows); i++) {
		g_autofree char *path = g_strconcat("/source/author/", author_rows[i].name, NULL);

		g_test_add_data_func(path, &author_rows[i], test_author);
	}
	g_test_add_func("/source/author-limit", test_author_limit);
	g_test_add_func("/source/networks", test_networks);
	for (gsize i = 0; i < G_N_ELEMENTS(find_rows); i++) {
		g_autofree char *path = g_strconcat("/source/find/", find_rows[i].name, NULL);

		g_test_add_data_func(path, &find_rows[i], test_find);
	}
	g_test_add_func("/source/find-early", test_find_early);
	return g_test_run();
}
