#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "conf.h"
#include "conf_files.h"

/* ---- wrong files: everything that is wrong, with its line ---- */

struct wrong_row {
	const char *name, *text;
	const char *wants[4];	/* in the message, in this order; ":3: x" */
	guint lines;		/* of the message */
};

static const struct wrong_row wrong_rows[] = {
	{ "unknown-key", GOOD "\ncolect_window = 45s", { ":2: there is no colect_window", "did you mean collect_window?" }, 1 },
	{ "unknown-keys", GOOD "\nfoo = 1\nbar = { 1, 2 }\nqux { a = 1 }\nqux x { a = { 1 } b = '}' }\nsms_max = 1",
	  { ":2: there is no foo", ":3: there is no bar", ":4: there is no qux", ":5: there is no qux" }, 5 },
	{ "unknown-key-after-comment", GOOD "# x\n/* y\n */ # z\nfoo = 1", { ":4: there is no foo" }, 1 },
	{ "key-of-a-section", GOOD "\nphone = \"+447700900123\"", { ":2: ", "it belongs into a section person" }, 1 },
	{ "key-of-the-top", GOOD "\nperson eve { mail = e@example.com region = GB }",
	  { ":2: there is no region in a section person; it belongs at the top" }, 1 },
	{ "twice", GOOD "\nregion = GB\nregion = US", { ":3: region is given twice, first at line 2" }, 1 },
	{ "list-twice", "sources = { sendmail }\nsources = { \"192.0.2.1\" } audit = a@example.com " PEOPLE LINE,
	  { ":2: sources is given twice, first at line 1" }, 1 },
	{ "person-twice", GOOD "\nperson anna { mail = c@example.com }", { ":2: person anna is there twice, first at line 1" }, 1 },
	{ "line-twice", GOOD "default_line = main\nline main { owner = anna }", { ":2: line main is there twice" }, 1 },
	{ "phone-twice", GOOD "\nperson eve { mail = e@example.com\nphone = \"+44 7700 900123\" }",
	  { ":3: phone +447700900123 is that of person anna at line 1 too" }, 1 },
	{ "extension-twice", GOOD "default_line = main\nline a { owner = anna extensions = { \"201\",\n\"202\" } }\n"
	  "line b { owner = bob queues = { \"202\" } }", { ":4: queues: \"202\" belongs to line a at line 3 already" }, 1 },
	{ "mailbox-twice", GOOD "default_line = main\nline a { owner = anna mailboxes = { X@example.com } }\n"
	  "line b { owner = bob mailboxes = { x@example.com } }", { ":3: mailboxes: \"x@example.com\" belongs to line a at line 2" },
	  1 },
	{ "no-person", GOOD "\nline b { owner = ana } default_line = b", { ":2: owner = ana: there is no person ana; did you "
	  "mean anna?" }, 1 },
	{ "no-person-alike", TOP "\nline b { owner = zoe }", { ":2: owner = zoe: there is no person zoe; write a section person zoe" },
	  1 },
	{ "no-policy", GOOD "default_line = main\nline b { owner = anna closed = night }", { ":2: closed = night: there is no "
	  "policy night" }, 1 },
	{ "no-line", GOOD "\ndefault_line = nain", { ":2: default_line = nain: there is no line nain; did you mean main?" }, 1 },
	{ "no-default-line", GOOD "line b { owner = anna }", { ": default_line is missing" }, 1 },
	{ "no-line-at-all", TOP PEOPLE, { ": there is no line" }, 1 },
	{ "no-audit", "sources = { sendmail } " PEOPLE "\n" LINE, { ":2: line main has no audit mailbox" }, 1 },
	{ "no-sources", "audit = a@example.com " PEOPLE LINE, { ": sources is missing; write sources = " }, 1 },
	{ "no-mail", TOP LINE "\nperson anna {\n\n}", { ":2: person anna: mail is missing; write mail = " }, 1 },
	{ "no-owner", TOP PEOPLE "\nline main {\nname = X }", { ":2: line main: owner is missing" }, 1 },
	{ "no-tell", GOOD "policy p {\n step {\n } }", { ":2: step: tell is missing" }, 1 },
	{ "bad-phone", GOOD "\nperson eve { mail = e@example.com phone = \"07700 900123\" }", { ":2: phone = \"07700 900123\" is no "
	  "E.164 number; write it with +" }, 1 },
	{ "bare-phone", GOOD "\nperson eve { mail = e@example.com phone = +447700900123 }", { ":2: the sign + outside of a string" },
	  1 },
	{ "bad-number", GOOD "default_line = main line b { owner = anna numbers = {\n\"201\",\n\"+442079460100\",\n\"020\" } }",
	  { ":2: numbers = \"201\" is no E.164 number", ":4: numbers = \"020\"" }, 2 },
	{ "bad-mail", GOOD "\nperson eve { mail = \"Eve <e@example.com>\" }", { ":2: mail = \"Eve <e@example.com>\" is no mail "
	  "address; write one like" }, 1 },
	{ "bad-time", GOOD "\ncollect_window = 2w\nack_timeout = 5s", { ":2: collect_window = \"2w\" is no time within the range; "
	  "write 0s to 10m", ":3: ack_timeout = \"5s\" is no time within the range; write 5m to 7d" }, 2 },
	{ "bad-response", GOOD "\nmanager = carla\noverdue = late\nmorning = \"8:00\"\nmorning2 = 1", { ":2: manager = carla: there is "
	  "no person carla", ":3: overdue = late: there is no policy late", ":5: there is no morning2" }, 4 },
	{ "bad-morning", GOOD "\nmorning = \"24:00\"", { ":2: morning = \"24:00\" is no time of the day; write one like 08:00" }, 1 },
	{ "bad-replies", GOOD "\nreplies de { ack = { \"meins!\",\n\"next\", \"ja\" }\ndone = { \"JA\" } }", { ":2: ack: \"meins!\" is no "
	  "phrase", ":3: ack: \"next\" means something else already", ":4: done: \"JA\" means something else already" }, 3 },
	{ "bad-numbers", GOOD "\nsms_max = 161\nbody_max = 2\nsubject_tag = perhaps\nmachine_part = xml", { ":2: sms_max = \"161\" is "
	  "no number within the range; write 100 to 160", ":3: body_max = \"2\"", ":4: subject_tag = \"perhaps\" is no yes or no",
	  ":5: machine_part = \"xml\" is no word that is known here; write vcon, plain or none" }, 4 },
	{ "bad-zone", GOOD "\ntimezone = Europe/Londn", { ":2: timezone = \"Europe/Londn\" is no time zone" }, 1 },
	{ "zone-of-files", GOOD "\ntimezone = \"../../etc/passwd\"", { ":2: timezone = \"../../etc/passwd\" is no time zone" }, 1 },
	{ "bad-region", GOOD "\nregion = UK", { ":2: region = \"UK\" is no country" }, 1 },
	{ "bad-hours", GOOD "\nhours = \"Mo-Fr 9 to 5\"", { ":2: hours: opening hours \"Mo-Fr 9 to 5\"" }, 1 },
	{ "holidays", GOOD "\nhours = \"Mo-Fr 09:00-17:00; PH off\"", { ":2: hours: PH is there, but no holidays are" }, 1 },
	{ "bad-line-hours", GOOD "default_line = main\nline b { owner = anna\nhours = \"Xx 09:00-17:00\" }", { ":3: hours: " }, 1 },
	{ "bad-source", "sources = { \"192.0.2.0/33\",\n\"example.com\" } audit = a@example.com " PEOPLE LINE,
	  { ":1: sources = \"192.0.2.0/33\" is no address or network", ":2: sources = \"example.com\"" }, 2 },
	{ "everybody", TOP "\nsource a { }\nsource b { senders = { \"@example.com\" } }\nsource c { region = GB networks = { } }"
	  PEOPLE LINE, { ":2: source a trusts everybody; write networks, auth or dkim", ":3: source b trusts everybody, since "
	  "anybody can write such a sender", ":4: source c trusts everybody" }, 3 },
	{ "all-networks", TOP "\nsource a { networks = { \"192.0.2.1\", \"0.0.0.0/0\" } }\nsource b { auth = { x } networks = {\n"
	  "\"::/0\" } }" PEOPLE LINE, { ":2: networks = \"0.0.0.0/0\" trusts everybody", ":4: networks = \"::/0\"" }, 2 },
	{ "source-twice", TOP "\nsource a { auth = { a } }\nsource a { auth = { b } }" PEOPLE LINE, { ":3: source a is there twice; "
	  "give each a name of its own" }, 1 },
	{ "source-default", "source default { auth = { a } }\nsources = { sendmail } audit = a@example.com " PEOPLE LINE,
	  { ":2: source default is there twice (sources = ... is called default)" }, 1 },
	{ "source-title", TOP "\nsource \"a b\" { auth = { a } }" PEOPLE LINE, { ":2: source \"a b\" is no name" }, 1 },
	{ "source-network", TOP "\nsource a { networks = {\n\"192.0.2.0/33\" } }" PEOPLE LINE,
	  { ":3: networks = \"192.0.2.0/33\" is no address or network; write one like 192.0.2.10" }, 1 },
	{ "source-empty", TOP "\nsource a { auth = { x } networks = { \"\" } senders = { \"\" } dkim = { \"\" } }\n"
	  "source b { auth = { \"\" } }" PEOPLE LINE, { ":2: networks = \"\"", ":2: senders = \"\"", ":2: dkim = \"\"", ":3: auth = " },
	  4 },
	{ "source-sender", TOP "\nsource a { auth = { x } senders = { \"@\", \"pbx\" } }" PEOPLE LINE, { ":2: senders = \"@\" is no "
	  "sender; write one like pbx@example.com, or @example.com", ":2: senders = \"pbx\"" }, 2 },
	{ "source-dkim", TOP "\nsource a { dkim = { \"com\", \"*.example.com\" } }" PEOPLE LINE, { ":2: dkim = \"com\" is no domain; "
	  "write one like example.com", ":2: dkim = \"*.example.com\"" }, 2 },
	{ "source-profile", TOP "\nsource a { auth = { x } profiles = { freepbx,\n freepbxx } }" PEOPLE LINE,
	  { ":2: profiles: there is no profile \"freepbxx\"", "write the name of a profile, or of a file in " }, 1 },
	{ "source-zone", TOP "\nsource a { auth = { x } timezone = Nowhere region = XX }" PEOPLE LINE,
	  { ":2: ", ":2: " }, 2 },
	{ "authserv-id", GOOD "\nauthserv_id = \"mx; none\"", { ":2: authserv_id = \"mx; none\" is no id" }, 1 },
	{ "bad-relay", GOOD "\nrelay = localhost", { ":2: relay = \"localhost\" is no host and port" }, 1 },
	{ "bad-socket", GOOD "\nmilter_socket = \"/tmp/x\"", { ":2: milter_socket = \"/tmp/x\" is no socket" }, 1 },
	{ "bad-mode", GOOD "\nmilter_socket_mode = 0680", { ":2: milter_socket_mode = \"0680\" is no octal mode" }, 1 },
	{ "bad-domain", GOOD "\ndomain = \"x y\"", { ":2: domain = \"x y\" is no domain" }, 1 },
	{ "bad-path", GOOD "\nstore = ringback.db", { ":2: store = \"ringback.db\" is no absolute path" }, 1 },
	{ "bad-title", GOOD "\nperson \"a b\" { mail = e@example.com }", { ":2: person \"a b\" is no name" }, 1 },
	{ "step-without-phone", GOOD "policy p {\nstep { tell = bob } }", { ":2: tell = bob: bob has no phone" }, 1 },
	{ "policy-without-steps", GOOD "\npolicy p { repeat = 2 }", { ":2: policy p has 0 steps" }, 1 },
	{ "same-provider", GOOD "provider a { host = a system_id = x }\nprovider a { host = b system_id = y }", { ":2: provider a is "
	  "there already" }, 1 },
	{ "prefix-without-plus", GOOD "provider a { host = a system_id = x\nprefixes = { \"44\" } }\nprovider b { host = b system_id = y }",
	  { ":2: prefixes: " }, 1 },
	{ "phone-not-served", GOOD "\nprovider a { host = a system_id = x prefixes = { \"+49\" } }", { ": no provider serves " }, 1 },
	{ "cert-without-key", GOOD "\nprovider a { host = a system_id = x tls_cert = \"/dev/null\" }", { ":2: provider a has tls_cert "
	  "alone" }, 1 },
	{ "no-authorities", GOOD "\nprovider a { host = a system_id = x tls_ca = \"/nonexistent/x\" }", { ":2: tls_ca /nonexistent/x "
	  "cannot be read" }, 1 },
	{ "long-system-id", GOOD "\nprovider a { host = a system_id = \"0123456789abcdef\" }", { ":2: system_id = " }, 1 },
	{ "long-source-addr", GOOD "\nprovider a { host = a system_id = x source_addr = RINGBACKRING }", { ":2: source_addr = " }, 1 },
	{ "no-password", GOOD "provider a { host = a system_id = x\npassword_file = \"/nonexistent/x\" }",
	  { ":2: password_file /nonexistent/x cannot be read" }, 1 },
	{ "password-no-file", GOOD "provider a { host = a system_id = x\npassword_file = \"/dev/zero\" }",
	  { ":2: password_file /dev/zero is no regular file" }, 1 },
	{ "no-profiles", GOOD "\nprofile_dir = \"/nonexistent/x\"", { ":2: profile_dir: " }, 1 },
	{ "string-open", GOOD "\nregion = \"GB\naudit = x", { ":2: this string does not end" }, 1 },
	{ "comment-open", GOOD "\n/* x\n\n", { ":2: this comment does not end" }, 1 },
	{ "brace-open", GOOD "\nline b {\n owner = anna\n", { ":2: this { has no }" }, 1 },
	{ "brace-closed", GOOD "\n}", { ":2: this } has no {" }, 1 },
	{ "no-equal-sign", GOOD "\nregion GB", { ":2: missing equal sign after option 'region'" }, 1 },
	{ "list-for-one", GOOD "\nregion = { GB }", { ":2: unexpected token '{'" }, 1 },
	{ "empty-name", GOOD "\n\"\" = x", { ":2: a name that is empty" }, 1 },
	{ "environment", GOOD "\nregion = \"${HOME}\"", { ":2: ${...} is not replaced here" }, 1 },
	{ "escape", GOOD "\nregion = \"\\x47B\"", { ":2: only " }, 1 },
	{ "way-into-a-section", GOOD "\n\"line=main|owner\" = bob", { ":2: " }, 1 },
	{ "errors-with-a-syntax-error", "sms_max = 1\nfoo = 1\nregion GB\n", { ":1: sms_max", ":2: there is no foo",
	  ":3: missing equal sign" }, 3 },
	{ "no-schedule", GOOD "\nline b { owner = schedule:oncal fallback = bob }\nschedule oncall {\n"
	  "rotation { members = { anna } start = \"2026-01-05\" } }", { ":2: owner = oncal: there is no schedule oncal; did you mean" }, 2 },
	{ "schedule-without-fallback", GOOD "\nline b {\nowner = schedule:oncall } default_line = main\nschedule oncall {\n"
	  "rotation { members = { anna } start = \"2026-01-05\" } }", { ":3: line b is owned by a schedule; write fallback" }, 1 },
	{ "empty-schedule", GOOD "\nschedule oncall { }", { ":2: schedule oncall has nobody" }, 1 },
	{ "rotation", GOOD "\nschedule oncall {\nrotation { members = { ana }\nstart = \"2026-02-30\" }\n"
	  "rotation { members = { anna } start = \"2026-01-05\"\nhandoff = \"Mon 9\" }\n"
	  "rotation { members = { anna } start = \"2026-01-05\" length = 5m } }",
	  { ":3: members = ana: there is no person", ":4: start = \"2026-02-30\" is no day", ":6: handoff = \"Mon 9\" is no time",
	    ":7: length = \"5m\" is no time within the range" }, 4 },
	{ "calendar", GOOD "\nschedule oncall {\ncalendar = \"/nonexistent/x.ics\" }", { ":3: /nonexistent/x.ics: " }, 1 },
	{ "holidays-file", GOOD "\nholidays = \"/nonexistent/x.ics\"", { ":2: /nonexistent/x.ics: " }, 1 },
	{ "away", GOOD "\nperson eve { mail = e@example.com\naway = { \"2026-12-24..2026-12-01\", \"24.12.2026\" } }",
	  { ":3: away: \"2026-12-24..2026-12-01\" is no time", ":3: away: \"24.12.2026\"" }, 2 },
	{ "substitutes-in-a-circle", TOP LINE "\nperson anna { mail = a@example.com substitute = bob }\n"
	  "person bob { mail = b@example.com\nsubstitute = anna }", { ":2: substitute = bob: who stands in", ":4: substitute" }, 2 },
	{ "quiet", GOOD "\nperson eve { mail = e@example.com\nquiet = \"at night\" }", { ":3: quiet: opening hours" }, 1 },
	{ "tags", GOOD "default_line = main line b { owner = bob tags = { SALES } }\nline c { owner = bob tags = { \"sales:\",\n"
	  "\"Sales\" } }", { ":2: tags: \"sales:\" has a colon; write what stands before it", ":3: tags: \"Sales\" belongs to another" }, 2 },
	{ "missed", GOOD "default_line = main line b { owner = bob\nmissed = { busy, answered_elsewhere }\nabandoned_after = 2h }",
	  { ":2: missed: \"answered_elsewhere\" is no reason that can count; write no_answer", ":3: abandoned_after = \"2h\"" }, 2 },
	{ "owners", GOOD "default_line = main\nline b { owner = \"round-robin:desk\" }\nline c { owner = caller:account }\n"
	  "line d { owner = caller:last }\nrule a { owner = caller:friend }",
	  { ":2: owner = desk: there is no schedule desk", ":3: line c is owned by caller:account; write fallback",
	    ":4: line d is owned by caller:last; write fallback", ":5: owner = caller:friend: there is no person" }, 5 },
	{ "rule-headers", GOOD "\nrule a { headers = { \"Bcc: x@example.com\",\n\"X-Ringback-Owner: x\", \"X Y: z\", \"X-A\",\n"
	  "\"X-A: {colour}\" } helpdesk = jira }", { ":2: headers: \"Bcc: x@example.com\" is no header field that may be added",
	  ":3: headers: \"X-Ringback-Owner: x\"", ":4: helpdesk = \"jira\" is no word", ":4: headers: " }, 6 },
	{ "rule-twice", GOOD "rule a { }\nrule a { }\nrule default { }\nrule \"a b\" { }", { ":2: rule a is there twice, first at line 1",
	  ":3: rule default is the one behind all others; give yours another name", ":4: rule \"a b\" is no name" }, 3 },
	{ "rule-names", GOOD "\nrule a { lines = { nain } owner = ana\npolicy = night }", { ":2: lines = nain: there is no line nain; "
	  "did you mean main?", ":2: owner = ana: there is no person", ":3: policy = night: there is no policy" }, 3 },
	{ "rule-words-of-calls", GOOD "\nrule a { classes = { system } reasons = {\n\"no answer\" }\nchannels = { sms } urgency = urgent }",
	  { ":2: classes: \"system\" is no class of calls; write missed", ":3: reasons: \"no answer\" is no reason; write no_answer",
	    ":4: urgency = \"urgent\" is no word that is known here; write normal, low or high", ":4: channels: \"sms\" is no channel" },
	  4 },
	{ "rule-callers", GOOD "\nrule a { callers = {\n\"020 7946 0123\",\n\"+*\", \"44*\",\n\"group:vip\" } }",
	  { ":3: callers: \"020 7946 0123\" is no caller; write a number like", ":4: callers: \"+*\"", ":4: callers: \"44*\"",
	    ":5: callers: there is no group \"vip\" in the directory" }, 4 },
	{ "rule-words", GOOD "\nrule a { words = { \"...\",\n\"/(gas/\" } }", { ":2: words: \"...\" has no letter or digit",
	  ":3: words: pattern '(?i)(gas'" }, 2 },
	{ "rule-hours", GOOD "\nrule a { hours = night\ntimezone = Nowhere\nreviewed = \"2026-02-30\" }", { ":2: hours: opening hours",
	  ":3: timezone = \"Nowhere\" is no time zone", ":4: reviewed = \"2026-02-30\" is no day; write one like 2026-03-02" }, 3 },
	{ "rule-against-itself", GOOD "policy p { step { tell = anna } }\nrule a { mute = yes spam = yes }\n"
	  "rule b { policy = p\nchannels = { mail } }", { ":2: rule a: mute and spam; keep one", ":4: rule b: policy = p texts people" }, 2 },
	{ "not-utf8", GOOD "\n# \xff", { ":2: is not UTF-8" }, 1 },
	{ "order", GOOD "\nregion = UK\nfoo = 1\nsms_max = 1", { ":2: region", ":3: there is no foo", ":4: sms_max" }, 3 },
};

static guint count_lines(const char *s)
{
	guint n = *s != '\0';

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void test_wrong(gconstpointer data)
{
	const struct wrong_row *row = data;
	g_autofree char *file = write_file("wrong.conf", row->text, 0600);
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load(file, &err);
	const char *at;

	g_assert_null(c);
	g_assert_nonnull(err);
	g_test_message("%s", err->message);
	at = err->message;
	for (gsize i = 0; i < G_N_ELEMENTS(row->wants) && row->wants[i]; i++) {
		const char *found = strstr(at, row->wants[i]);

		if (!found)
			g_test_message("not found: %s", row->wants[i]);
		g_assert_nonnull(found);
		at = found + 1;
	}
	g_assert_true(g_str_has_prefix(err->message, file));
	g_assert_cmpuint(count_lines(err->message), ==, row->lines);
	g_unlink(file);
}

/* A file after one whose string did not end is read as if nothing had been. */
static void test_after_wrong(void)
{
	static const char *const bad[] = { "region = \"GB", "region = 'GB", "/* x", "region = \"\\9\"", "region = {", "line x {" };
	g_autofree char *good = write_file("good.conf", GOOD, 0600);

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *file = write_file("bad.conf", bad[i], 0600);
		g_autoptr(GError) err = NULL;
		struct conf *c = conf_load(file, NULL);

		g_assert_null(c);
		c = conf_load(good, &err);
		g_assert_no_error(err);
		g_assert_nonnull(c);
		conf_unref(c);
		g_unlink(file);
	}
	g_unlink(good);
}

static char *load_profiles(const char *first)
{
	g_autofree char *dir = g_build_filename(folder, "profiles", NULL), *good = NULL, *bad = NULL, *file = NULL, *text = NULL;
	g_autoptr(GError) err = NULL;
	struct conf *c;

	g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
	bad = write_file("profiles/a.conf", first, 0600);
	good = write_file("profiles/b.conf", "profile \"b\" { class = missed match { subject('^b$') } extract { } }\n", 0600);
	text = g_strdup_printf(GOOD "\nprofile_dir = \"%s\"", dir);
	file = write_file("load.conf", text, 0600);
	c = conf_load(file, &err);
	conf_unref(c);
	g_unlink(file);
	g_unlink(good);
	g_unlink(bad);
	g_rmdir(dir);
	return g_strdup(err ? err->message : "");
}

/* One wrong profile is one error, whatever state it left libconfuse in. */
static void test_wrong_profile(void)
{
	static const char *const bad[] = { "profile \"a", "profile 'a", "/* x", "profile \"a\" { class = \"\\9\" }", "x = 1" };

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *message = load_profiles(bad[i]);

		g_test_message("%s", message);
		g_assert_nonnull(strstr(message, "a.conf"));
		g_assert_null(strstr(message, "b.conf"));
	}
}

static void test_no_file(void)
{
	g_autoptr(GError) err = NULL;

	g_assert_null(conf_load("/nonexistent/ringback.conf", &err));
	g_assert_true(g_str_has_prefix(err->message, "/nonexistent/ringback.conf: cannot be read: "));
	g_clear_error(&err);
	g_assert_null(conf_load("/dev/zero", &err));
	g_assert_nonnull(strstr(err->message, "no regular file"));
}

int main(int argc, char **argv)
{
	int rc;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("ringback-conf-XXXXXX", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong_rows); i++) {
		g_autofree char *path = g_strdup_printf("/conf/wrong/%s", wrong_rows[i].name);

		g_test_add_data_func(path, &wrong_rows[i], test_wrong);
	}
	g_test_add_func("/conf/after-wrong", test_after_wrong);
	g_test_add_func("/conf/wrong-profile", test_wrong_profile);
	g_test_add_func("/conf/no-file", test_no_file);
	rc = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return rc;
}
