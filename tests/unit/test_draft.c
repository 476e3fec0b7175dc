/* Profiles drafted from samples: of texts that administrators wrote, of every product's mails that we have, of
 * hostile ones. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "conf.h"
#include "draft.h"
#include "err.h"
#include "reader.h"
#include "text.h"

static struct letter *letter(struct arena *a, const char *mail)
{
	return reader_read(mail, strlen(mail), NULL, a);
}

/* The draft as a profile that is in force, through a file as an administrator would. */
static struct profiles *load(const char *text)
{
	struct profiles *p = profiles_new();
	g_autofree char *file = NULL;
	g_autoptr(GError) err = NULL;
	int fd = g_file_open_tmp("draft-XXXXXX", &file, &err);

	g_assert_no_error(err);
	g_close(fd, NULL);
	g_file_set_contents(file, text, -1, &err);
	g_assert_no_error(err);
	profile_file_add(p, file, &err);
	g_unlink(file);
	g_assert_no_error(err);
	return p;
}

/* ---- texts of administrators ---- */

struct caller {
	const char *name, *number, *length, *time, *date;
	const char *who;	/* as the text says it */
};

struct office {
	const char *name, *region, *zone, *country;	/* country: of the E.164 number */
	const char *from, *subject, *type, *body;	/* {who} {name} {number} {length} {time} are filled in */
	struct caller callers[4];
};

static const struct office offices[] = {
	{ "prose",
	  "GB",
	  "Europe/London",
	  "+44",
	  "Harbour Clinic Phones <phones@pbx.example.com>",
	  "Clinic voicemail for box 402",
	  "text/plain",
	  "Hello,\n\nsomebody left us a voice message in box 402. It was {who} and the message is {length} "
	  "long.\n"
	  "It was recorded on {time}.\n\nPlease call back within the hour. If the phones are down call Dave on "
	  "020 7946 0999.\n",
	  { { "Jane Doe", "02079460143", "0:27", "Friday, March 13, 2026 at 10:04:20 PM",
	      "Fri, 13 Mar 2026 22:04:20 +0000", "\"Jane Doe\" <02079460143>" },
	    { "Bob O'Neill", "07700900456", "1:12", "Saturday, March 14, 2026 at 09:30:02 AM",
	      "Sat, 14 Mar 2026 09:30:02 +0000", "\"Bob O'Neill\" <07700900456>" },
	    { NULL, "07700900457", "0:05", "Monday, March 16, 2026 at 01:15:00 PM",
	      "Mon, 16 Mar 2026 13:15:00 +0000", "07700900457" },
	    { NULL, NULL, "12:40", "Tuesday, March 17, 2026 at 12:01:59 PM", "Tue, 17 Mar 2026 12:01:59 +0000",
	      "an unknown caller" } } },
	{ "table",
	  "GB",
	  "Europe/London",
	  "+44",
	  "PBX <pbx@example.com>",
	  "New message from {who}",
	  "text/html",
	  "<h2>You have a new "
	  "message</h2><table><tr><td><b>Who</b></td><td>{name}</td></tr><tr><td>Phone</td><td>"
	  "<a href='tel:{number}'>{number}</a></td></tr><tr><td>When</td><td>{time}</td></tr><tr><td>How "
	  "long</td><td>{length}"
	  "</td></tr><tr><td>Your extension</td><td>402</td></tr></table><p>Listen: dial *98</p>",
	  { { "Jane Doe", "020 7946 0143", "27 seconds", "13/03/2026 22:04", "Fri, 13 Mar 2026 22:04:20 +0000",
	      "Jane Doe" },
	    { "Priya van der Berg", "07700 900456", "1 min 12 sec", "14/03/2026 09:30",
	      "Sat, 14 Mar 2026 09:30:02 +0000", "Priya van der Berg" },
	    { "Ana Li", "07700 900457", "5 seconds", "16/03/2026 13:15", "Mon, 16 Mar 2026 13:15:00 +0000",
	      "Ana Li" },
	    { NULL, NULL, "3 seconds", "03/04/2026 08:00", "Fri, 03 Apr 2026 08:00:10 +0100", "unknown" } } },
	{ "etiketten",
	  "DE",
	  "Europe/Berlin",
	  "+49",
	  "\"Telefonanlage\" <telefon@example.com>",
	  "Neue Nachricht auf Anschluss 31 von {who}",
	  "text/plain",
	  "Guten Tag,\n\nauf Anschluss 31 wurde eine Nachricht hinterlassen.\n\nAnrufer:    {name}\nRufnummer: "
	  " {number}\n"
	  "Zeitpunkt:  {time} Uhr\nDauer:      {length} Minuten\n\nBei Störungen: 030 23125 999\nIhre "
	  "Telefonanlage\n",
	  { { "Jürgen Weiß", "030 23125166", "0:27", "Freitag, 13. März 2026 um 22:04:20",
	      "Fri, 13 Mar 2026 22:04:20 +0100", "Jürgen Weiß" },
	    { "Praxis Dr. Köhler", "030 23125170", "1:12", "Samstag, 14. März 2026 um 09:30:02",
	      "Sat, 14 Mar 2026 09:30:02 +0100", "Praxis Dr. Köhler" },
	    { NULL, "030 23125171", "0:05", "Montag, 16. März 2026 um 13:15:00",
	      "Mon, 16 Mar 2026 13:15:00 +0100", "030 23125171" },
	    { NULL, NULL, "0:06", "Freitag, 3. Juli 2026 um 14:15:00", "Fri, 03 Jul 2026 14:15:00 +0200",
	      "unbekannt" } } },
	{ "satz",
	  "DE",
	  "Europe/Berlin",
	  "+49",
	  "Anlage <anlage@example.com>",
	  "Mailbox 31: {who}",
	  "text/html",
	  "<p>Hallo Team,</p><p>{who} hat am {time} Uhr angerufen und eine Nachricht ({length} min) auf der "
	  "Mailbox 31 "
	  "hinterlassen.</p><p>Viele Grüße</p>",
	  { { "Jürgen Weiß", "03023125166", "0:27", "13.03.2026, 22:04", "Fri, 13 Mar 2026 22:04:20 +0100",
	      "Jürgen Weiß (03023125166)" },
	    { "Praxis Dr. Köhler", "03023125170", "1:12", "14.03.2026, 09:30",
	      "Sat, 14 Mar 2026 09:30:02 +0100", "Praxis Dr. Köhler (03023125170)" },
	    { NULL, "03023125171", "0:05", "16.03.2026, 13:15", "Mon, 16 Mar 2026 13:15:00 +0100",
	      "03023125171" },
	    { NULL, NULL, "0:06", "03.07.2026, 14:15", "Fri, 03 Jul 2026 14:15:00 +0200", "Unbekannt" } } },
	{ "message",
	  "FR",
	  "Europe/Paris",
	  "+33",
	  "Standard <standard@example.com>",
	  "Message vocal de {who}",
	  "text/plain",
	  "Bonjour,\n\nVous avez reçu un message vocal de {name}, numéro {number}, le {time}.\n"
	  "Durée de l'enregistrement : {length}\nBoîte vocale : 31\n\n--- Transcription ---\n"
	  "Bonjour, rappelez-moi au 01 99 00 99 10 merci.\n\nCordialement,\nLe standard\n",
	  { { "Élodie Martin", "01 99 00 12 34", "0:27", "vendredi 13 mars 2026 à 22:04:20",
	      "Fri, 13 Mar 2026 22:04:20 +0100", "Élodie Martin" },
	    { "Garage de l'Étoile", "01 99 00 56 78", "1:12", "samedi 14 mars 2026 à 09:30:02",
	      "Sat, 14 Mar 2026 09:30:02 +0100", "Garage de l'Étoile" },
	    { NULL, "01 99 00 43 21", "0:05", "lundi 16 mars 2026 à 13:15:00",
	      "Mon, 16 Mar 2026 13:15:00 +0100", "01 99 00 43 21" },
	    { NULL, NULL, "0:06", "vendredi 3 juillet 2026 à 14:15:00", "Fri, 03 Jul 2026 14:15:00 +0200",
	      "inconnu" } } },
};

static char *fill(const struct office *o, const char *template, const struct caller *c)
{
	GString *s = g_string_new(template);
	bool german = g_str_equal(o->region, "DE"), french = g_str_equal(o->region, "FR");

	g_string_replace(s, "{who}", c->who, 0);
	g_string_replace(s, "{name}",
			 c->name ? c->name :
			 german	 ? "(kein Name)" :
			 french	 ? "inconnu" :
				   "Unknown",
			 0);
	g_string_replace(s, "{number}",
			 c->number ? c->number :
			 german	   ? "unterdrückt" :
			 french	   ? "masqué" :
				     "withheld",
			 0);
	g_string_replace(s, "{length}", c->length, 0);
	g_string_replace(s, "{time}", c->time, 0);
	return g_string_free(s, FALSE);
}

static const struct letter *office_letter(const struct office *o, const struct caller *c, struct arena *a)
{
	g_autofree char *subject = fill(o, o->subject, c), *body = fill(o, o->body, c);
	g_autofree char *mail =
		g_strdup_printf("Date: %s\nFrom: %s\nTo: clinic@example.com\nSubject: %s\n"
				"Content-Type: %s; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s",
				c->date, o->from, subject, o->type, body);

	return letter(a, mail);
}

/* "+442079460143" of "020 7946 0143". */
static char *e164(const struct office *o, const char *number)
{
	GString *s = g_string_new(o->country);

	for (const char *p = number + 1; *p; p++)
		if (*p != ' ')
			g_string_append_c(s, *p);
	return g_string_free(s, FALSE);
}

static void check_caller(const struct office *o, const struct call *c, const struct caller *want)
{
	g_autofree char *number = want->number ? e164(o, want->number) : NULL;

	g_assert_nonnull(c);
	if (!c)
		return;
	g_assert_cmpstr(c->caller, ==, number);
	g_assert_cmpint(c->withheld, ==, number == NULL);
	g_assert_cmpstr(c->caller_name, ==, want->name);
	g_assert_true(c->time_printed);
	g_assert_cmpint(c->duration_s, >, 0);
	g_assert_true(!c->called || g_str_equal(c->called, "402") || g_str_equal(c->called, "31"));
	g_assert_true(c->called || strstr(o->body, "number") == NULL || g_str_equal(o->name, "prose"));
	if (strstr(o->body, "Transcription"))
		g_assert_nonnull(strstr(c->transcript, "rappelez-moi"));
}

/* Drafted from the first two, it reads all four. */
static void test_office(const void *data)
{
	const struct office *o = data;
	AUTO_ARENA a = arena_new();
	struct draft_sample samples[2];
	const struct draft_options options = { "office", o->region, o->zone };
	const struct profile_context ctx = { .region = o->region, .zone = o->zone, .arrived = 1772500000 };
	g_autoptr(GError) err = NULL;
	struct profiles *p;
	const char *text;

	for (guint i = 0; i < 2; i++)
		samples[i] = (struct draft_sample){ "sample", office_letter(o, &o->callers[i], a) };
	text = draft_profile(samples, 2, &options, a, &err);
	g_assert_no_error(err);
	p = load(text);
	for (guint i = 0; i < G_N_ELEMENTS(o->callers); i++) {
		const struct letter *l = office_letter(o, &o->callers[i], a);
		const struct call *c = profiles_read(p, l, &ctx, a);

		check_caller(o, c, &o->callers[i]);
		if (c)	/* to the minute: some do not print the seconds */
			g_assert_cmpint(ABS(c->time - l->date), <, 60);
	}
	if (g_test_failed())
		g_test_message("%s", text);
	profiles_free(p);
}

/* ---- times in the languages of the world ---- */

struct time_row {
	const char *time, *date, *spec;
};

static const struct time_row times[] = {
	{ "Tuesday, March 03, 2026 at 02:15:09 PM", "Tue, 03 Mar 2026 14:15:09 +0000",
	  "'en_US|EEEE, MMMM dd, yyyy \\'at\\' hh:mm:ss a'" },
	{ "2026-03-03 14:15:09", "Tue, 03 Mar 2026 14:15:09 +0000", "'en_GB|yyyy-MM-dd HH:mm:ss'" },
	{ "03/04/2026 14:15", "Fri, 03 Apr 2026 14:15:09 +0000", "'en_GB|dd/MM/yyyy HH:mm'" },
	{ "03/04/2026 14:15", "Wed, 04 Mar 2026 14:15:09 +0000", "'en_GB|MM/dd/yyyy HH:mm'" },
	{ "03.03.26 14:15", "Tue, 03 Mar 2026 14:15:09 +0000", "'en_GB|dd.MM.yy HH:mm'" },
	{ "Dienstag, 3. März 2026 um 14:15", "Tue, 03 Mar 2026 14:15:09 +0000",
	  "'de|EEEE, dd. MMMM yyyy \\'um\\' HH:mm'" },
	{ "mardi 3 mars 2026 à 14h15", "Tue, 03 Mar 2026 14:15:09 +0000",
	  "'fr|EEEE dd MMMM yyyy \\'à\\' HH\\'h\\'mm'" },
	{ "martes 3 de marzo de 2026 14:15", "Tue, 03 Mar 2026 14:15:09 +0000",
	  "'es|EEEE dd \\'de\\' MMMM \\'de\\' yyyy HH:mm'" },
	{ "wtorek, 3 marca 2026 14:15", "Tue, 03 Mar 2026 14:15:09 +0000", "'pl|EEEE, dd MMMM yyyy HH:mm'" },
	{ "3 июля 2026, 14:15", "Fri, 03 Jul 2026 14:15:09 +0000", "'ru|dd MMMM yyyy, HH:mm'" },
	{ "Tue 3 Mar 2026 14:15:09 GMT", "Tue, 03 Mar 2026 14:15:09 +0000",
	  "'en_US|EEEE dd MMMM yyyy HH:mm:ss z'" },
};

static void test_time(const void *data)
{
	const struct time_row *row = data;
	AUTO_ARENA a = arena_new();
	const struct draft_options options = { "time", "GB", "UTC" };
	g_autofree char *mail = g_strdup_printf("Date: %s\nFrom: pbx@example.com\nSubject: Missed call\n"
						"Content-Type: text/plain; charset=utf-8\n\nCaller: 02079460143\n"
						"When: %s\n", row->date, row->time);
	struct draft_sample sample = { "sample", letter(a, mail) };
	g_autoptr(GError) err = NULL;
	const char *text = draft_profile(&sample, 1, &options, a, &err);

	g_assert_no_error(err);
	if (!strstr(text, row->spec))
		g_test_message("%s", text);
	g_assert_nonnull(strstr(text, row->spec));
	profiles_free(load(text));
}

/* ---- what must not be taken for a caller ---- */

static void test_not_the_caller(void)
{
	AUTO_ARENA a = arena_new();
	const struct draft_options options = { "x", "GB", "UTC" };
	struct draft_sample sample = { "sample", letter(a,
		"Date: Tue, 03 Mar 2026 14:15:09 +0000\nFrom: pbx@example.com\nSubject: Missed call\n\n"
		"A call to extension 020 7946 0100 was missed on 2026-03-03 14:15:09.\n"
		"For help call us on 020 7946 0999.\n") };
	g_autoptr(GError) err = NULL;
	const char *text = draft_profile(&sample, 1, &options, a, &err);

	g_assert_no_error(err);
	g_assert_null(strstr(text, "(?<caller>"));
	g_assert_nonnull(strstr(text, "no caller was recognised in [1]"));
	g_assert_nonnull(strstr(text, "(?<called>"));
}

/* How numbers are written, and what stands beside them. */
struct number_row {
	const char *line, *caller, *name;
};

static const struct number_row numbers[] = {
	{ "Caller: (202) 555 - 0187", "(202) 555 - 0187", NULL },
	{ "Call from Jane Doe((202) 555 - 0187)", "(202) 555 - 0187", "Jane Doe" },
	{ "Call from 2025550187 (27 seconds)", "2025550187", NULL },
	{ "Call from (202) 555-0166 - 1:07", "(202) 555-0166", NULL },
	{ "Call from 2025550187 - Jane Doe", "2025550187", "Jane Doe" },
	{ "Call from +44 (0)20 7946 0143", "+44 (0)20 7946 0143", NULL },
	{ "Call to 2025550100 from 2025550187.", "2025550187", NULL },
	{ "From: Priya van der Berg <2025550187>", "2025550187", "Priya van der Berg" },
	{ "2025550187 called", "2025550187", NULL },
};

static void test_number(const void *data)
{
	const struct number_row *row = data;
	AUTO_ARENA a = arena_new();
	const struct draft_options options = { "x", "US", "UTC" };
	const struct profile_context ctx = { .region = "US", .zone = "UTC", .arrived = 1 };
	g_autofree char *mail = g_strdup_printf("From: pbx@example.com\nSubject: New notice\n\n%s\n", row->line);
	struct draft_sample sample = { "sample", letter(a, mail) };
	g_autoptr(GError) err = NULL;
	const char *text = draft_profile(&sample, 1, &options, a, &err);
	const struct call *c;
	struct profiles *p;

	g_assert_no_error(err);
	p = load(text);
	c = profiles_read(p, sample.letter, &ctx, a);
	g_assert_nonnull(c);
	g_assert_cmpstr(c ? c->caller_raw : NULL, ==, row->caller);
	g_assert_cmpstr(c ? c->caller_name : NULL, ==, row->name);
	profiles_free(p);
}

/* ---- samples that nobody can draft from, and hostile ones ---- */

static void test_nothing(void)
{
	static const char *const mails[] = { "", "Subject: Hello\n\nHow are you?\n", "From: a@example.com\n\n\n" };
	const struct draft_options options = { "x", "GB", "UTC" };

	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		AUTO_ARENA a = arena_new();
		struct draft_sample sample = { "sample", letter(a, mails[i]) };
		g_autoptr(GError) err = NULL;

		g_assert_null(draft_profile(&sample, 1, &options, a, &err));
		g_assert_error(err, ERR_DOMAIN, ERR_INPUT);
	}
}

/* Everything that ends a string, a comment or a pattern; the draft reads the mail all the same. */
static void test_hostile(void)
{
	static const char mail[] =
		"Date: Tue, 03 Mar 2026 14:15:09 +0000\nFrom: \"x'\\\\\" <o'hare.\\\\q@example.com>\n"
		"Subject: Missed '\\' } # ${HOME} \\Q(?<caller_name>.*) call\nX-Caller'ID: 1\n\n"
		"Caller' } /* // # \\ : 02079460143\nName'\\: Jane Doe\nDate \"${HOME}\": 2026-03-03 14:15:09\n";
	AUTO_ARENA a = arena_new();
	const struct draft_options options = { "x", "GB", "UTC" };
	const struct profile_context ctx = { .region = "GB", .zone = "UTC", .arrived = 1 };
	struct draft_sample sample = { "a\n} profile \"evil\" {", letter(a, mail) };
	g_autoptr(GError) err = NULL;
	const char *text = draft_profile(&sample, 1, &options, a, &err);
	const struct call *c;
	struct profiles *p;

	g_assert_no_error(err);
	p = load(text);
	g_assert_cmpuint(profiles_count(p), ==, 1);
	c = profiles_read(p, sample.letter, &ctx, a);
	g_assert_nonnull(c);
	g_assert_cmpstr(c->caller, ==, "+442079460143");
	g_assert_true(c->time_printed);
	profiles_free(p);
}

/* As long as a sample may be, and as bad for every part: it ends, soon. */
static void test_bounded(void)
{
	static const char *const pieces[] = {
		"from ",    "1 Mar 1 Mar ", "Caller: 02079460143 ", "12:34 ", "on March 3, 2026 at ",
		"a'\\\"<(", "\n",	    "Name: Jane Doe\n",
	};
	const struct draft_options options = { "x", "GB", "UTC" };

	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		AUTO_ARENA a = arena_new();
		struct draft_sample samples[DRAFT_SAMPLES_MAX];
		g_autoptr(GString) mail = g_string_new("From: pbx@example.com\nSubject: Missed call\n\n");
		gint64 start = g_get_monotonic_time();

		while (mail->len < 100000)
			g_string_append(mail, pieces[i]);
		for (guint k = 0; k < DRAFT_SAMPLES_MAX; k++)
			samples[k] = (struct draft_sample){ "sample", letter(a, mail->str) };
		draft_profile(samples, DRAFT_SAMPLES_MAX, &options, a, NULL);
		g_test_message("%s: %d ms", pieces[i], (int)((g_get_monotonic_time() - start) / 1000));
		g_assert_cmpint(g_get_monotonic_time() - start, <, 60 * G_USEC_PER_SEC);
	}
}

static void test_names(void)
{
	g_assert_true(draft_name("my-pbx_2"));
	g_assert_false(draft_name(""));
	g_assert_false(draft_name("a\"b"));
	g_assert_false(draft_name("a b"));
	g_assert_false(draft_name("1234567890123456789012345678901234567890123456789012345678901"));
}

/* ---- the products' own mails ---- */

struct share {
	guint right, all;
};

struct shares {
	struct share caller, time, duration;
};

static char *expected_of(const char *answers, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(answers, "\n", -1);
	g_autofree char *prefix = g_strconcat(key, ": ", NULL);

	for (char **l = lines; *l; l++)
		if (g_str_has_prefix(*l, prefix))
			return g_strdup(*l + strlen(prefix));
	return NULL;
}

static void count(struct share *s, const char *want, const char *got)
{
	if (!want)
		return;
	s->all++;
	s->right += got && g_str_has_prefix(want, got);
}

static void compare(struct shares *s, const char *answers, const struct call *c)
{
	g_autofree char *caller = expected_of(answers, "caller"), *time = expected_of(answers, "time");
	g_autofree char *duration = expected_of(answers, "duration_s"), *length = NULL;
	char at[32];

	if (c && c->duration_s >= 0)
		length = g_strdup_printf("%d", c->duration_s);
	count(&s->caller, caller, c ? c->withheld ? "withheld" : c->caller : NULL);
	count(&s->time, time, c ? text_time(c->time, at) : NULL);
	count(&s->duration, duration, length);
}

struct golden {
	const char *folder, *samples;	/* files, apart by blanks */
	const char *others;		/* a pattern of files to read then */
	guint floor;	/* percent of callers, of times and of lengths in those, the samples apart, that are right */
};

/* Two mails as an office would find them in its mailbox, and what one then reads of the others of that product,
 * among which there are other texts too. */
static const struct golden goldens[] = {
	{ "freepbx-missed", "plain number-as-name", "*", 90 },
	{ "freepbx-voicemail", "named number-alone", "*", 75 },
	{ "fusionpbx-missed", "de-de-named de-de-no-name", "de-de*", 90 },
	{ "fusionpbx-missed", "en-gb-follow-me en-gb-no-name", "en-gb*", 60 },
	{ "fusionpbx-missed", "en-us-named en-us-withheld", "en-us*", 90 },
	{ "fusionpbx-missed", "fr-ca-named fr-ca-withheld", "fr-ca*", 90 },
	{ "fusionpbx-voicemail", "de-at-named de-at-no-name", "de-at*", 90 },
	{ "fusionpbx-voicemail", "de-de-named de-de-no-name", "de-de*", 90 },
	{ "fusionpbx-voicemail", "en-gb-named en-gb-no-name", "en-gb*", 60 },
	{ "fusionpbx-voicemail", "en-us-named en-us-transcribed", "en-us*", 60 },
	{ "fusionpbx-voicemail", "fr-ca-named fr-ca-withheld", "fr-ca*", 90 },
	{ "asterisk-voicemail", "minivm-sv minivm-sv-unknown", "minivm-sv*", 90 },
	{ "asterisk-voicemail", "pager pager-number", "pager*", 20 },
	{ "asterisk-voicemail", "named number-alone", "*", 20 },
	{ "3cx-voicemail", "named national", "*", 50 },
	{ "broadworks", "gb-named gb-no-name", "gb-*", 40 },
	{ "callrail", "missed-named missed-number", "missed*", 50 },
	{ "callrail", "voicemail-named voicemail-number", "voicemail*", 90 },
	{ "dialpad", "voicemail-named voicemail-number", "voicemail*", 0 },
	{ "exchange-um", "voicemail-named voicemail-number", "voicemail*", 30 },
	{ "freepbx-missed-own", "labels withheld", "*", 0 },
	{ "freeswitch-voicemail", "named umlauts", "*", 60 },
	{ "fritzbox", "call-de-named call-de-number", "call-de*", 90 },
	{ "fritzbox", "voicemail-de-named voicemail-de-number", "voicemail-de*", 50 },
	{ "fspbx-missed", "named number-as-name", "*", 60 },
	{ "fspbx-voicemail", "named umlauts", "*", 60 },
	{ "google-voice", "missed-number missed-contact", "missed*", 60 },
	{ "google-voice", "voicemail-number voicemail-contact", "voicemail*", 40 },
	{ "kazoo-missed", "named international", "*", 60 },
	{ "kazoo-voicemail", "named umlauts", "*", 0 },
	{ "mitel", "outside-named outside-number", "*", 0 },
	{ "ooma", "named number", "*", 90 },
	{ "ringcentral", "missed-named missed-number", "missed*", 70 },
	{ "ringcentral", "voicemail-named voicemail-number", "voicemail*", 0 },
	{ "shoretel", "named number", "*", 0 },
	{ "sipxecs", "full-named full-no-name", "full*", 90 },
	{ "starface", "named no-name", "*", 90 },
	{ "telekom", "missed-number missed-abroad", "missed*", 90 },
	{ "wazo-voicemail", "named number-alone", "*", 60 },
};

static int compare_names(const void *x, const void *y)
{
	return g_strcmp0(*(const char *const *)x, *(const char *const *)y);
}

static GPtrArray *golden_files(const char *folder, const char *files)
{
	g_autofree char *root = g_test_build_filename(G_TEST_DIST, "golden", folder, NULL);
	g_autofree char *wanted = g_strconcat(files, ".eml", NULL);
	g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	g_assert_nonnull(dir);
	while (dir && (name = g_dir_read_name(dir)))
		if (g_pattern_match_simple(wanted, name))
			g_ptr_array_add(found, g_build_filename(root, name, NULL));
	g_ptr_array_sort(found, compare_names);
	return found;
}

/* Region and zone that a golden mail is to be read with. */
static struct profile_context golden_context(const struct letter *l, struct arena *a)
{
	const char *golden = letter_header(l, "X-Golden");
	const char *text = golden ? golden : "US America/New_York", *blank = strchr(text, ' ');

	g_assert_nonnull(blank);
	return (struct profile_context){
		.region = arena_strndup(a, text, (gsize)(blank - text)), .zone = blank + 1, .arrived = 1772500000,
	};
}

static const struct letter *golden_letter(const char *file, struct arena *a)
{
	g_autofree char *mail = NULL;
	g_autoptr(GError) err = NULL;
	gsize size;

	g_file_get_contents(file, &mail, &size, &err);
	g_assert_no_error(err);
	return reader_read(mail, size, NULL, a);
}

/* NULL: nothing to draft from. */
static struct profiles *golden_draft(const GPtrArray *files, struct arena *a)
{
	struct draft_sample samples[DRAFT_SAMPLES_MAX];
	struct draft_options options = { .name = "golden" };
	struct profile_context ctx;
	g_autoptr(GError) err = NULL;
	const char *text;

	for (guint i = 0; i < files->len; i++)
		samples[i] = (struct draft_sample){ files->pdata[i], golden_letter(files->pdata[i], a) };
	ctx = golden_context(samples[0].letter, a);
	options.region = ctx.region;
	options.zone = ctx.zone;
	text = draft_profile(samples, files->len, &options, a, &err);
	if (!text)
		g_assert_error(err, ERR_DOMAIN, ERR_INPUT);
	return text ? load(text) : NULL;
}

static void read_golden(const struct profiles *p, const char *file, struct shares *s)
{
	AUTO_ARENA a = arena_new();
	const struct letter *l = golden_letter(file, a);
	struct profile_context ctx = golden_context(l, a);
	g_autofree char *stem = g_strndup(file, strlen(file) - strlen(".eml"));
	g_autofree char *answer = g_strconcat(stem, ".expected", NULL), *answers = NULL;
	g_autoptr(GError) err = NULL;

	g_file_get_contents(answer, &answers, NULL, &err);
	g_assert_no_error(err);
	compare(s, answers, profiles_read(p, l, &ctx, a));
}

static void check_share(const char *what, const struct share *s, guint floor)
{
	g_test_message("%s: %u of %u", what, s->right, s->all);
	g_assert_cmpuint(s->right * 100, >=, floor * s->all);
}

static GPtrArray *golden_samples(const struct golden *g)
{
	g_auto(GStrv) names = g_strsplit(g->samples, " ", -1);
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

	for (char **name = names; *name; name++) {
		g_autofree char *file = g_strconcat(*name, ".eml", NULL);

		g_ptr_array_add(files, g_test_build_filename(G_TEST_DIST, "golden", g->folder, file, NULL));
	}
	return files;
}

static void shares_add(struct shares *to, const struct shares *s)
{
	to->caller.right += s->caller.right;
	to->caller.all += s->caller.all;
	to->time.right += s->time.right;
	to->time.all += s->time.all;
	to->duration.right += s->duration.right;
	to->duration.all += s->duration.all;
}

static void check_shares(const struct shares *s, guint floor)
{
	check_share("caller", &s->caller, floor);
	check_share("time", &s->time, floor);
	check_share("duration", &s->duration, floor);
}

static void golden_row(const struct golden *g, struct shares *own, struct shares *others)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GPtrArray) samples = golden_samples(g), files = golden_files(g->folder, g->others);
	struct shares s = { .caller = { 0, 0 } };
	struct profiles *p = golden_draft(samples, a);

	g_test_message("%s/%s from %s:", g->folder, g->others, g->samples);
	g_assert_true(p || g->floor == 0);
	for (guint i = 0; i < files->len && p; i++) {
		bool sample = g_ptr_array_find_with_equal_func(samples, files->pdata[i], g_str_equal, NULL);

		read_golden(p, files->pdata[i], sample ? own : &s);
	}
	check_shares(&s, g->floor);
	shares_add(others, &s);
	profiles_free(p);
}

static void test_golden(void)
{
	struct shares own = { .caller = { 0, 0 } }, others = { .caller = { 0, 0 } };

	for (gsize i = 0; i < G_N_ELEMENTS(goldens); i++)
		golden_row(&goldens[i], &own, &others);
	g_test_message("all samples:");
	check_shares(&own, 90);
	g_test_message("all others:");
	check_shares(&others, 60);
}

/* A draft from any two mails loads, or there is a reason why there is none. */
static void draft_pairs(const char *folder, struct shares *s)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GPtrArray) files = golden_files(folder, "*");

	for (guint i = 0; i + 1 < files->len; i += 5) {
		g_autoptr(GPtrArray) two = g_ptr_array_new();
		struct profiles *p;

		g_ptr_array_add(two, files->pdata[i]);
		g_ptr_array_add(two, files->pdata[i + 1]);
		p = golden_draft(two, a);
		for (guint k = 0; k < 2 && p; k++)
			read_golden(p, two->pdata[k], s);
		profiles_free(p);
	}
}

/* Be the two of one text or not, the draft that was made from them reads most of their callers. */
static void test_pairs(void)
{
	g_autofree char *root = g_test_build_filename(G_TEST_DIST, "golden", NULL);
	g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
	struct shares s = { .caller = { 0, 0 } };
	const char *name;

	g_assert_nonnull(dir);
	while (dir && (name = g_dir_read_name(dir)))
		if (!g_str_equal(name, "none"))
			draft_pairs(name, &s);
	g_assert_cmpuint(s.caller.all, >, 30);
	check_shares(&s, 80);
}

static void add_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(offices); i++) {
		g_autofree char *path = g_strdup_printf("/draft/office/%s", offices[i].name);

		g_test_add_data_func(path, &offices[i], test_office);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autofree char *path = g_strdup_printf("/draft/number/%zu", i);

		g_test_add_data_func(path, &numbers[i], test_number);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
		g_autofree char *path = g_strdup_printf("/draft/time/%zu", i);

		g_test_add_data_func(path, &times[i], test_time);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	reader_init();
	add_rows();
	g_test_add_func("/draft/golden", test_golden);
	g_test_add_func("/draft/pairs", test_pairs);
	g_test_add_func("/draft/not-the-caller", test_not_the_caller);
	g_test_add_func("/draft/nothing", test_nothing);
	g_test_add_func("/draft/hostile", test_hostile);
	g_test_add_func("/draft/bounded", test_bounded);
	g_test_add_func("/draft/names", test_names);
	return g_test_run();
}
