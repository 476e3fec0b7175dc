#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "conf.h"
#include "conf_files.h"
#include "conf_keys.h"
#include "conf_value.h"

/* ---- good files ---- */

static struct conf *load(const char *text)
{
	g_autofree char *file = write_file("load.conf", text, 0600);
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load(file, &err);

	g_assert_no_error(err);
	g_assert_nonnull(c);
	g_unlink(file);
	return c;
}

static void test_defaults(void)
{
	struct conf *c = load(GOOD);

	g_assert_cmpstr(c->region, ==, "US");
	g_assert_cmpstr(c->timezone, ==, "UTC");
	g_assert_cmpint(c->roster->rules.collect_window_s, ==, 45);
	g_assert_cmpint(c->roster->rules.withheld_window_s, ==, 90);
	g_assert_cmpint(c->roster->rules.update_interval_s, ==, 15 * 60);
	g_assert_cmpint(c->roster->rules.reopen_window_s, ==, 4 * 3600);
	g_assert_cmpint(c->roster->rules.ack_timeout_s, ==, 3600);
	g_assert_cmpint(c->roster->rules.code_rest_s, ==, 72 * 3600);
	g_assert_cmpstr(c->roster->rules.item_prefix, ==, "RB");
	g_assert_false(c->roster->rules.subject_tag);
	g_assert_cmpint(c->milter_socket_mode, ==, 0660);
	g_assert_cmpstr(c->relay_host, ==, "127.0.0.1");
	g_assert_cmpint(c->relay_port, ==, 25);
	g_assert_cmpint(c->on_store_failure, ==, ON_FAILURE_TEMPFAIL);
	g_assert_cmpint(c->machine_part, ==, MACHINE_VCON);
	g_assert_cmpint(c->body_max, ==, 25 * 1024 * 1024);
	g_assert_cmpint(c->roster->rules.text_septets, ==, 160);
	g_assert_true(g_str_has_prefix(c->mail_from, "ringback@"));
	g_assert_cmpuint(c->providers->len, ==, 0);
	g_assert_cmpstr(c->roster->default_line->id, ==, "main");
	g_assert_cmpstr(c->roster->default_line->name, ==, "main");
	g_assert_cmpstr(c->roster->default_line->audit, ==, "calls@example.com");
	g_assert_cmpint(c->roster->default_line->callback_within_s, ==, 3600);
	g_assert_nonnull(c->roster->default_line->hours);
	g_assert_null(c->roster->default_line->closed);
	conf_unref(c);
}

static const char whole[] =
	"region = gb timezone = Europe/London hours = \"24/7\" collapse = audit callback_within = 2h default_line = shop\n"
	"relay = \"\" mail_from = rb@example.com domain = example.com subject_tag = yes machine_part = plain item_prefix = MC\n"
	"on_store_failure = accept collect_window = 30 body_max = 100K milter_socket_mode = 0600 user = \"\"\n"
	"sources = { \"192.0.2.0/24\", // the PBXs\n \"2001:db8::/32\" /* v6 */ }\nsources += sendmail\naudit = calls@example.com\n"
	"person anna { name = 'Anna Smith' mail = anna@example.com phone = \"+44 7700 900-123\" }\n"
	"person bob { mail = bob@example.com phone = \"+447700900124\" }\n"
	"policy night { step { tell = anna wait = 15m } step { tell = bob wait = 5m } repeat = 1 }\n"
	"line clinic { name = \"Clinic\" owner = anna extensions = {\"201\",\"202\"} numbers = {\"+442079460100\"}\n"
	"  queues = {Clinic} mailboxes = {clinic@example.com} hours = \"Mo-Fr 08:30-17:30\" timezone = Europe/Berlin\n"
	"  closed = night audit = c@example.com collapse = pass callback_within = 30m }\n"
	"line shop { owner = bob open = night }\n";

static void test_whole(void)
{
	struct conf *c = load(whole);
	const struct line *clinic = roster_line_by_id(c->roster, "clinic"), *shop = c->roster->default_line;

	g_assert_cmpstr(c->region, ==, "GB");
	g_assert_cmpstr(c->relay_host, ==, "");
	g_assert_cmpstr(c->user, ==, "");
	g_assert_cmpstr(c->mail_from, ==, "rb@example.com");
	g_assert_cmpstr(c->roster->rules.domain, ==, "example.com");
	g_assert_cmpint(c->body_max, ==, 100 * 1024);
	g_assert_cmpint(c->on_store_failure, ==, ON_FAILURE_ACCEPT);
	g_assert_cmpint(c->machine_part, ==, MACHINE_PLAIN);
	g_assert_true(c->roster->rules.subject_tag);
	g_assert_cmpint(c->roster->rules.collect_window_s, ==, 30);
	g_assert_cmpstr(clinic->name, ==, "Clinic");
	g_assert_cmpstr(clinic->owner->name, ==, "Anna Smith");
	g_assert_cmpstr(clinic->owner->phone, ==, "+447700900123");
	g_assert_cmpstr(clinic->zone, ==, "Europe/Berlin");
	g_assert_cmpstr(clinic->audit, ==, "c@example.com");
	g_assert_cmpint(clinic->collapse, ==, COLLAPSE_PASS);
	g_assert_cmpint(clinic->callback_within_s, ==, 1800);
	g_assert_cmpuint(clinic->closed->n_steps, ==, 2);
	g_assert_cmpuint(clinic->closed->repeat, ==, 1);
	g_assert_cmpstr(clinic->closed->steps[1].tell->id, ==, "bob");
	g_assert_cmpint(clinic->closed->steps[1].wait_s, ==, 300);
	g_assert_cmpstr(shop->id, ==, "shop");
	g_assert_true(shop->open == clinic->closed);
	g_assert_null(shop->closed);
	g_assert_cmpint(shop->collapse, ==, COLLAPSE_AUDIT);
	g_assert_cmpint(shop->callback_within_s, ==, 7200);
	g_assert_cmpstr(shop->zone, ==, "Europe/London");
	g_assert_true(roster_person_by_phone(c->roster, "+447700900124") == shop->owner);
	conf_unref(c);
}

static void test_keys_find_lines(void)
{
	static const char *const keys[] = { "201", "202", "+442079460100", "clinic", "CLINIC@example.com" };
	struct conf *c = load(whole);
	AUTO_ARENA a = arena_new();
	const char *why;

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
		struct call call = { .called = keys[i] };

		g_assert_cmpstr(roster_line(c->roster, &call, NULL, a, &why)->id, ==, "clinic");
	}
	conf_unref(c);
}

struct trust_row {
	const char *name, *address;
	bool from_sendmail, trusted;
};

static const struct trust_row trust_rows[] = {
	{ "in-network", "192.0.2.77", false, true }, { "out-of-network", "192.0.3.1", false, false },
	{ "v6", "2001:db8:1::5", false, true }, { "v6-out", "2001:db9::5", false, false },
	{ "v6-postfix", "IPv6:2001:db8::5", false, true }, { "v4-in-v6", "::ffff:192.0.2.9", false, true },
	{ "v4-in-v6-out", "::ffff:192.0.3.9", false, false }, { "sendmail", "127.0.0.1", true, true },
	{ "loopback", "127.0.0.1", false, false }, { "none", NULL, false, false }, { "empty", "", false, false },
	{ "no-address", "192.0.2", false, false }, { "name", "pbx.example.com", false, false },
};

static bool trusts(const struct conf *c, const char *address, bool from_sendmail)
{
	struct origin o = { .known = ORIGIN_HEADER, .sendmail = from_sendmail, .sender = "" };
	bool later;

	if (address)
		address_read(address, &o.client);
	return source_find(c->sources, &o, &later) != NULL;
}

static void test_trust(gconstpointer data)
{
	const struct trust_row *row = data;
	struct conf *c = load(whole);

	g_assert_cmpint(trusts(c, row->address, row->from_sendmail), ==, row->trusted);
	conf_unref(c);
}

static void test_no_trust_in_sendmail(void)
{
	struct conf *c = load("sources = { \"127.0.0.1\", \"0.0.0.0/1\" } audit = a@example.com " PEOPLE LINE);

	g_assert_false(trusts(c, "127.0.0.1", true));
	g_assert_true(trusts(c, "127.0.0.1", false));
	g_assert_false(trusts(c, "128.0.0.1", false));
	conf_unref(c);
}

static const char sources[] =
	"region = GB timezone = Europe/London sources = { \"127.0.0.1\" } audit = a@example.com authserv_id = mx.example.com\n"
	"source pbx { networks = { \"192.0.2.0/24\", sendmail } auth = { Pbx } senders = { pbx@example.com, \"@pbx.example.com\" }\n"
	"  profiles = { freepbx-missed, asterisk } region = us timezone = \"America/New_York\" generic = yes }\n"
	"source hosted { dkim = { Example.NET, mail.example.org } }\n"
	"source branch { auth = { branch } }\n"
	"source quiet { auth = { quiet } generic = no }\n"
	"source listed { auth = { listed } profiles = { freepbx } }\n" PEOPLE LINE;

static const struct source *source_named(const struct conf *c, guint at, const char *name)
{
	const struct source *s = c->sources->pdata[at];

	g_assert_cmpstr(s->name, ==, name);
	return s;
}

static void test_sources(void)
{
	struct conf *c = load(sources);
	const struct source *pbx = source_named(c, 0, "pbx"), *hosted = source_named(c, 1, "hosted");
	const struct source *branch = source_named(c, 2, "branch"), *short_form = source_named(c, 5, "default");

	g_assert_cmpuint(c->sources->len, ==, 6);
	g_assert_cmpstr(c->authserv_id, ==, "mx.example.com");
	g_assert_cmpuint(pbx->networks->len, ==, 2);
	g_assert_cmpstr(pbx->auth[0], ==, "Pbx");
	g_assert_cmpstr(pbx->senders[1], ==, "@pbx.example.com");
	g_assert_null(pbx->dkim);
	g_assert_nonnull(pbx->allowed);
	g_assert_cmpstr(pbx->region, ==, "US");
	g_assert_cmpstr(pbx->zone, ==, "America/New_York");
	g_assert_true(pbx->generic);
	g_assert_cmpuint(hosted->networks->len, ==, 0);
	g_assert_cmpstr(hosted->dkim[0], ==, "example.net");
	g_assert_cmpstr(hosted->dkim[1], ==, "mail.example.org");
	g_assert_null(hosted->allowed);
	g_assert_cmpstr(hosted->region, ==, "GB");
	g_assert_cmpstr(hosted->zone, ==, "Europe/London");
	g_assert_false(hosted->generic);
	g_assert_true(branch->generic);
	g_assert_false(source_named(c, 3, "quiet")->generic);
	g_assert_false(source_named(c, 4, "listed")->generic);
	g_assert_true(short_form->generic);
	g_assert_cmpuint(short_form->networks->len, ==, 1);
	conf_unref(c);
}

/* ---- passwords ---- */

struct password_row {
	const char *name, *text;
	int mode;
	const char *password;	/* NULL: refused */
};

static const struct password_row password_rows[] = {
	{ "plain", "secret", 0600, "secret" }, { "line", "secret\n", 0640, "secret" }, { "crlf", "secret\r\n", 0600, "secret" },
	{ "eight", "12345678\n", 0600, "12345678" }, { "nine", "123456789\n", 0600, NULL },
	{ "empty", "", 0600, NULL }, { "only-a-line-end", "\n", 0600, NULL }, { "two-lines", "a\nb\n", 0600, NULL },
	{ "readable", "secret\n", 0644, NULL }, { "writable", "secret\n", 0602, NULL },
};

static void test_password(gconstpointer data)
{
	const struct password_row *row = data;
	g_autofree char *file = write_file("password", row->text, row->mode);
	g_autofree char *text = g_strdup_printf(GOOD "provider p { host = smsc.example.com port = 2776 system_id = me\n"
						"source_addr = \"+442079460100\" password_file = \"%s\" }", file);
	g_autofree char *conf_file = write_file("load.conf", text, 0600);
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load(conf_file, &err);

	if (row->password) {
		const struct provider *p;

		g_assert_no_error(err);
		p = c->providers->pdata[0];
		g_assert_cmpstr(p->password, ==, row->password);
		g_assert_cmpstr(p->name, ==, "p");
		g_assert_cmpint(p->port, ==, 2776);
		g_assert_cmpuint(p->window, ==, 10);
		g_assert_cmpint(p->enquire_link_s, ==, 30);
		g_assert_cmpint(p->response_timeout_s, ==, 60);
	} else {
		g_assert_null(c);
		g_assert_nonnull(strstr(err->message, ":2: password_file "));
		g_assert_null(strstr(err->message, "secret"));
	}
	conf_unref(c);
	g_unlink(file);
	g_unlink(conf_file);
}

/* ---- the sample, the defaults, no file ---- */

static char *replaced(const char *text, const char *what, const char *by)
{
	g_auto(GStrv) parts = g_strsplit(text, what, -1);

	g_assert_cmpuint(g_strv_length(parts), >, 1);
	return g_strjoinv(by, parts);
}

static void check_loads(const char *text)
{
	struct conf *c = load(text);

	g_assert_cmpuint(c->roster->lines->len, ==, 2);
	g_assert_cmpuint(c->providers->len, ==, 1);
	conf_unref(c);
}

/* As it is, and with each key that is a comment put in force. */
static void test_sample(void)
{
	g_autofree char *sample = NULL, *file = g_test_build_filename(G_TEST_DIST, "..", "conf", "ringback.conf.sample", NULL);
	g_autofree char *password = write_file("password", "secret\n", 0600);
	g_autofree char *key = write_file("reply.key", "0123456789abcdef\n", 0600);
	g_autofree char *ics = write_file("x.ics", "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", 0600);
	g_autofree char *people = write_file("people.csv", "person,mail\nzoe,zoe@example.com\n", 0600);
	g_autofree char *lines = write_file("lines.csv", "line,owner\n", 0600), *callers = write_file("callers.csv", "number,name\n", 0600);
	g_autofree char *text = NULL, *all = NULL, *with_password = NULL, *with_holidays = NULL;
	g_autofree char *with_people = NULL, *with_lines = NULL, *with_callers = NULL, *with_key = NULL;
	g_autoptr(GRegex) hidden = g_regex_new("^#(\\t?[a-z_]+ = )", G_REGEX_MULTILINE, 0, NULL);

	g_assert_true(g_file_get_contents(file, &sample, NULL, NULL));
	with_password = replaced(sample, "/etc/ringback/smsc.password", password);
	with_holidays = replaced(with_password, "/etc/ringback/holidays.ics", ics);
	with_key = replaced(with_holidays, "/etc/ringback/reply.key", key);
	with_people = replaced(with_key, "/etc/ringback/people.csv", people);
	with_lines = replaced(with_people, "/etc/ringback/lines.csv", lines);
	with_callers = replaced(with_lines, "/etc/ringback/callers.csv", callers);
	text = replaced(with_callers, "/etc/ringback/clinic.ics", ics);
	check_loads(text);
	all = g_regex_replace(hidden, text, -1, 0, "\\1", 0, NULL);
	g_assert_cmpstr(all, !=, text);
	check_loads(all);
	g_unlink(ics);
	g_unlink(people);
	g_unlink(lines);
	g_unlink(callers);
	g_unlink(password);
	g_unlink(key);
}

static void test_builtin(void)
{
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_default(NULL, NULL, NULL, &err);

	g_assert_no_error(err);
	g_assert_cmpstr(c->region, ==, "US");
	g_assert_cmpstr(c->timezone, ==, "UTC");
	g_assert_cmpstr(c->roster->default_line->id, ==, "main");
	g_assert_cmpstr(c->roster->default_line->owner->id, ==, "owner");
	g_assert_cmpstr(c->roster->default_line->audit, ==, "audit@example.com");
	g_assert_cmpuint(profiles_count(c->profiles), >, 0);
	g_assert_true(trusts(c, "127.0.0.1", false));
	g_assert_true(trusts(c, "127.0.0.1", true));
	conf_unref(c);
	c = conf_default(NULL, "gb", "Europe/London", &err);
	g_assert_no_error(err);
	g_assert_cmpstr(c->region, ==, "GB");
	g_assert_cmpstr(c->timezone, ==, "Europe/London");
	conf_unref(c);
	g_assert_null(conf_default(NULL, "XX", "Nowhere", &err));
	g_assert_nonnull(strstr(err->message, "region = \"XX\" is no country"));
	g_assert_nonnull(strstr(err->message, "timezone = \"Nowhere\" is no time zone"));
	g_clear_error(&err);
	g_assert_null(conf_default("/nonexistent/x", NULL, NULL, &err));
	g_assert_nonnull(strstr(err->message, "/nonexistent/x"));
}

static char *printed(void (*print)(const struct conf *, FILE *), const struct conf *c)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	char *copy;

	print(c, out);
	fclose(out);
	copy = g_strdup(text);
	free(text);
	return copy;
}

static void print_defaults(const struct conf *c, FILE *out)
{
	(void)c;
	conf_print_defaults(out);
}

/* What --print-defaults says is a configuration, once what it lacks is given. */
static void test_print_defaults(void)
{
	g_autofree char *text = printed(print_defaults, NULL);
	const char *sections = strstr(text, "source NAME {");
	g_autofree char *top = g_strndup(text, (gsize)(sections - text)), *all = g_strconcat(top, GOOD, NULL);
	struct conf *c = load(all);

	conf_unref(c);
	for (int i = 0; i < N_CONF_KEYS; i++) {
		g_autofree char *row = g_strdup_printf("%s = ", conf_keys[i].name);

		g_assert_nonnull(strstr(text, row));
		g_assert_nonnull(strstr(text, conf_keys[i].help));
	}
}

/* A default that its own check refuses would surface only where the key is left out. */
static void test_defaults_fit(void)
{
	for (int i = 0; i < N_CONF_KEYS; i++) {
		int64_t n;
		g_autofree char *wrong = NULL, *text = NULL;

		if (!conf_keys[i].fallback || conf_type_is_list(conf_keys[i].type))
			continue;
		text = conf_key_read(&conf_keys[i], conf_keys[i].fallback, &n, &wrong);
		g_test_message("%s: %s", conf_keys[i].name, wrong ? wrong : "fits");
		g_assert_nonnull(text);
	}
}

static void test_explain_sources(void)
{
	struct conf *c = load(sources);
	g_autofree char *text = printed(conf_explain, c);

	g_assert_nonnull(strstr(text, "source pbx: 192.0.2.0/24 or sendmail; logged in as Pbx; sender pbx@example.com or "
				"@pbx.example.com\n    region US, zone America/New_York; profiles freepbx-missed or asterisk; "
				"else by its words\n"));
	g_assert_nonnull(strstr(text, "source hosted: any client; signed by and from example.net or mail.example.org\n"
				"    region GB, zone Europe/London; all profiles\n"
				"    as Authentication-Results of mx.example.com says\n"));
	g_assert_nonnull(strstr(text, "source default: 127.0.0.1/32\n    region GB, zone Europe/London; all profiles; else by its "
				"words\n"));
	conf_unref(c);
}

static void test_explain(void)
{
	struct conf *c = load(whole);
	g_autofree char *text = printed(conf_explain, c);

	g_assert_nonnull(strstr(text, "line clinic (Clinic): owner anna, audit mailbox c@example.com, zone Europe/Berlin"));
	g_assert_nonnull(strstr(text, "when closed: text anna, 15 min, then bob, 5 min; all of it 2 times"));
	g_assert_nonnull(strstr(text, "when open: nobody is texted"));
	g_assert_nonnull(strstr(text, "line shop (shop), takes what no line claims"));
	g_assert_nonnull(strstr(text, "no provider"));
	conf_unref(c);
}

static void test_references(void)
{
	struct conf *c = load(GOOD);

	g_assert_true(conf_ref(c) == c);
	conf_unref(c);
	g_assert_cmpstr(c->region, ==, "US");
	conf_unref(c);
	conf_unref(NULL);
}

/* libconfuse walks all titles for each section: this is the size that one file should still do with ease. */
static void test_many(void)
{
	g_autoptr(GString) text = g_string_new(GOOD "default_line = main\n");
	struct conf *c;

	for (int i = 0; i < 1000; i++)
		g_string_append_printf(text, "line l%d { owner = anna extensions = { \"%d\" } }\n", i, 1000 + i);
	c = load(text->str);
	g_assert_cmpuint(c->roster->lines->len, ==, 1001);
	conf_unref(c);
}

/* ---- values ---- */

static void test_values(void)
{
	static const char *const mails[] = { "a@example.com", "a.b+c@x-y.example.com", "a@localhost" };
	static const char *const no_mails[] = { "", "a", "@example.com", "a@", "a@-x.com", "a@x..com", ".a@x.com", "a..b@x.com",
						"a b@x.com", "a@x.com,b@x.com", "a@b@c", "<a@x.com>", "\"a b\"@x.com", "a@[1.2.3.4]",
						"\xc3\xa4@example.com", "a@ex\nample.com" };
	static const char *const no_phones[] = { "", "+", "+1", "447700900123", "+0123456789", "+44770090012345678", "+44x7700900123",
						 "+44 7700+900123" };

	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++)
		g_assert_true(conf_value_is_mail(mails[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(no_mails); i++)
		g_assert_false(conf_value_is_mail(no_mails[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(no_phones); i++)
		g_assert_null(conf_value_phone(no_phones[i]));
}

static void add_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(trust_rows); i++) {
		g_autofree char *path = g_strdup_printf("/conf/trust/%s", trust_rows[i].name);

		g_test_add_data_func(path, &trust_rows[i], test_trust);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(password_rows); i++) {
		g_autofree char *path = g_strdup_printf("/conf/password/%s", password_rows[i].name);

		g_test_add_data_func(path, &password_rows[i], test_password);
	}
}

/* A program that reads no mail needs no profiles, and works where one of them is broken. */
static void test_leniently(void)
{
	g_autofree char *broken = write_file("broken.conf", "profile {", 0600);
	g_autofree char *text = g_strdup_printf("source x { networks = { sendmail } profiles = { freepbx } } audit = c@example.com "
						"profile_dir = \"%s\" " PEOPLE LINE, folder);
	g_autofree char *file = write_file("lenient.conf", text, 0600);
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load_leniently(file, &err);

	g_assert_no_error(err);
	g_assert_cmpuint(profiles_count(c->profiles), ==, 0);
	g_assert_nonnull(roster_line_by_id(c->roster, "main"));
	conf_unref(c);
	g_assert_null(conf_load(file, NULL));
	g_unlink(broken);
	g_unlink(file);
}

int main(int argc, char **argv)
{
	int rc;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("ringback-conf-XXXXXX", NULL);
	add_rows();
	g_test_add_func("/conf/defaults", test_defaults);
	g_test_add_func("/conf/defaults-fit", test_defaults_fit);
	g_test_add_func("/conf/whole", test_whole);
	g_test_add_func("/conf/keys-find-lines", test_keys_find_lines);
	g_test_add_func("/conf/no-trust-in-sendmail", test_no_trust_in_sendmail);
	g_test_add_func("/conf/sample", test_sample);
	g_test_add_func("/conf/leniently", test_leniently);
	g_test_add_func("/conf/builtin", test_builtin);
	g_test_add_func("/conf/print-defaults", test_print_defaults);
	g_test_add_func("/conf/explain", test_explain);
	g_test_add_func("/conf/explain-sources", test_explain_sources);
	g_test_add_func("/conf/sources", test_sources);
	g_test_add_func("/conf/references", test_references);
	g_test_add_func("/conf/many", test_many);
	g_test_add_func("/conf/values", test_values);
	rc = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return rc;
}
