#include <string.h>

#include "clock.h"
#include "reader.h"

/* One mail and what the reader must make of it; NULL: not looked at. */
struct row {
	const char *name, *mail;
	gsize size;		/* 0: strlen(mail) */
	const char *subject, *from, *text, *html;
};

#define HEAD "From: PBX <pbx@example.com>\r\nTo: anna@example.com\r\n"
#define PLAIN HEAD "MIME-Version: 1.0\r\nContent-Type: text/plain; charset="

static const struct row rows[] = {
	{ "plain", HEAD "Subject: Missed call\r\n\r\nOne\r\nTwo\r\n", 0, "Missed call", "PBX <pbx@example.com>",
	  "One\nTwo\n", "" },
	{ "lf-only", "Subject: Missed\n\nOne\nTwo", 0, "Missed", "", "One\nTwo", "" },
	{ "cr-only", "Subject: Missed\rFrom: a@example.com\r\rOne\rTwo", 0, "Missed", "a@example.com", "One\nTwo", "" },
	{ "mixed-line-ends", "Subject: Missed\r\nFrom: a@example.com\n\r\nOne\nTwo\rThree\r\r\nFour\r\n", 0, "Missed",
	  "a@example.com", "One\nTwo\nThree\nFour\n", "" },
	{ "folded", "Subject: Missed call\r\n\tfrom\r\n  Jane  \r\n\r\n", 0, "Missed call from  Jane", "", "", "" },
	{ "no-blank-line", "From: a@example.com\nSubject: New VM\nNew 0:27 long  msg in box 1204\nfrom Jane, at 02:15\n", 0,
	  "New VM", "a@example.com", "New 0:27 long  msg in box 1204\nfrom Jane, at 02:15\n", "" },
	{ "mailbox-line", "From pbx Mon Mar  2 10:00:00 2026\nSubject: x\n\ny", 0, "x", "", "y", "" },
	{ "blank-before-colon", "Subject : x\n\ny", 0, "x", "", "y", "" },
	{ "empty", "", 0, "", "", "", "" },
	{ "body-only", "\r\nhello", 0, "", "", "hello", "" },
	{ "headers-only", "Subject: x", 0, "x", "", "", "" },
	{ "nul", "Subject: a\0b\n\nc\0d\303\244\n", 20, "a b", "", "c d\303\244\n", "" },
	{ "control-in-header", "Subject: a\x01\x1b[31mb\rc\n\n", 0, "a  [31mb c", "", "", "" },

	{ "q-word", "Subject: =?utf-8?Q?Missed_call_from_J=c3=bcrgen?=\n\n", 0, "Missed call from J\303\274rgen", "", "", "" },
	{ "b-word", "Subject: =?UTF-8?B?SsO8cmdlbg==?=\n\n", 0, "J\303\274rgen", "", "", "" },
	{ "words-cut-in-character", "Subject: =?utf-8?Q?J=C3?=\n =?utf-8?Q?=BCrgen_Gro=C3?= =?UTF-8?B?n2tvcGY=?=\n\n", 0,
	  "J\303\274rgen Gro\303\237kopf", "", "", "" },
	{ "words-of-two-charsets", "Subject: =?iso-8859-1?Q?J=FCrgen?= =?utf-8?Q?=C3=9F?= x\n\n", 0,
	  "J\303\274rgen\303\237 x", "", "", "" },
	{ "word-mislabelled", "Subject: =?ISO-8859-1?Q?J=C3=BCrgen?=\n\n", 0, "J\303\274rgen", "", "", "" },
	{ "word-one-hex-digit", "Subject: =?utf-8?Q?a=9=z?=\n\n", 0, "a =z", "", "", "" },
	{ "word-with-language", "Subject: =?utf-8*en?Q?call?=\n\n", 0, "call", "", "", "" },
	{ "word-unknown-charset", "Subject: =?../../x?Q?call=FC?=\n\n", 0, "=?../../x?Q?call=FC?=", "", "", "" },
	{ "word-made-up-charset", "Subject: =?klingon?Q?call=FC?=\n\n", 0, "call\303\274", "", "", "" },
	{ "word-not-closed", "Subject: =?utf-8?Q?call\n\n", 0, "=?utf-8?Q?call", "", "", "" },
	{ "word-invalid-then-valid", "Subject: =?x =?utf-8?Q?call?= =?\n\n", 0, "=?x call =?", "", "", "" },
	{ "word-with-line-end", "Subject: =?utf-8?Q?call=0D=0AX-Evil:_1?=\n\n", 0, "call X-Evil: 1", "", "", "" },
	{ "word-beside-text", "From: =?utf-8?Q?J=C3=BCrgen?= <j@example.com>\n\n", 0, "", "J\303\274rgen <j@example.com>", "",
	  "" },
	{ "word-koi8", "Subject: =?koi8-r?B?88/Pwt3FzsnF?=\n\n", 0,
	  "\xd0\xa1\xd0\xbe\xd0\xbe\xd0\xb1\xd1\x89\xd0\xb5\xd0\xbd\xd0\xb8\xd0\xb5", "", "", "" },
	{ "header-raw-utf8", "Subject: J\303\274rgen\n\n", 0, "J\303\274rgen", "", "", "" },
	{ "header-raw-latin1", "Subject: J\374rgen\n\n", 0, "J\303\274rgen", "", "", "" },
	{ "header-entities", "Subject: O&#39;Brien\n\n", 0, "O&#39;Brien", "", "", "" },

	{ "latin1", PLAIN "ISO-8859-1\r\n\r\nJ\374rgen\r\n", 0, NULL, NULL, "J\303\274rgen\n", "" },
	{ "utf8-as-latin1", PLAIN "ISO-8859-1\r\n\r\nJ\303\274rgen\r\n", 0, NULL, NULL, "J\303\274rgen\n", "" },
	{ "latin1-as-utf8", PLAIN "utf-8\r\n\r\nJ\374rgen\r\n", 0, NULL, NULL, "J\303\274rgen\n", "" },
	{ "utf8-damaged", PLAIN "utf-8\r\n\r\nJ\303\274rgen \374\r\n", 0, NULL, NULL, "J\303\274rgen \357\277\275\n", "" },
	{ "windows-1252", PLAIN "windows-1252\r\n\r\n\200 5\r\n", 0, NULL, NULL, "\342\202\254 5\n", "" },
	{ "windows-1251", PLAIN "\"windows-1251\"\r\n\r\n\304\340\r\n", 0, NULL, NULL, "\320\224\320\260\n", "" },
	{ "iso-2022-jp", PLAIN "iso-2022-jp\r\n\r\n\033$B;~\033(B\r\n", 0, NULL, NULL, "\346\231\202\n", "" },
	{ "utf-16", PLAIN "utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\nYQD8AA==\r\n", 0, NULL, NULL, "a\303\274", "" },
	{ "charset-unknown", PLAIN "x-none\r\n\r\nJ\374rgen", 0, NULL, NULL, "J\303\274rgen", "" },

	{ "qp", PLAIN "utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nJ=C3=BCrgen=21 long =\r\nline=2E\r\n", 0,
	  NULL, NULL, "J\303\274rgen! long line.\n", "" },
	{ "qp-with-raw-8bit", PLAIN "utf-8\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\nJ\303\274rgen =3D x\r\n", 0,
	  NULL, NULL, "J\303\274rgen = x\n", "" },
	{ "qp-broken", PLAIN "utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na =XY b =", 0, NULL, NULL,
	  "a =XY b", "" },
	{ "blanks-at-line-ends", PLAIN "utf-8\r\n\r\nFrom: 12 \t\r\n  \r\n to  \r\n-- \r\nAnna \r\n", 0, NULL, NULL,
	  "From: 12\n\n to\n-- \nAnna\n", "" },
	{ "base64", PLAIN "utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nTWlzc2VkIGNhbGwNCmZyb20g\r\nSsO8cmdlbg==\r\n", 0,
	  NULL, NULL, "Missed call\nfrom J\303\274rgen", "" },
	{ "base64-broken", PLAIN "utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nTWlz!c2Vk*IGNh\r\nbGw", 0, NULL, NULL,
	  "Missed ca", "" },

	{ "html", HEAD "Content-Type: text/html\r\n\r\n<p>One &amp; two<br/>three</p><div>four</div>five", 0, NULL, NULL, "",
	  "One & two\nthree\nfour\nfive\n" },
	{ "html-table", HEAD "Content-Type: text/html\r\n\r\n<table><tr><th>From</th><td>Jane</td></tr>\n"
	  "<tr><td>Length</td><td>0:27</td></tr></table>", 0, NULL, NULL, "", "From Jane\nLength 0:27\n" },
	{ "html-number-in-brackets", HEAD "Content-Type: text/html\r\n\r\nMissed Call from Jane <+442079460123> to 201", 0,
	  NULL, NULL, "", "Missed Call from Jane <+442079460123> to 201\n" },
	{ "html-entities", HEAD "Content-Type: text/html\r\n\r\nO&#39;Brien&nbsp;&#x26; &eacute; &bogus; &lt;1&gt; &#0;&#xD800; &",
	  0, NULL, NULL, "", "O'Brien & \303\251 &bogus; <1> \357\277\275 &\n" },
	{ "html-hidden", HEAD "Content-Type: text/html\r\n\r\n<html><head><title>t</title><style>p{}</style></head>\n"
	  "<script>if (a<b) \"</p>\";</script><body>x<!-- no > no --> y</body>", 0, NULL, NULL, "", "x y\n" },
	{ "html-quoted-gt", HEAD "Content-Type: text/html\r\n\r\n<a title=\"a > b\" href='x'>call</a>", 0, NULL, NULL, "",
	  "call\n" },
	{ "html-unclosed-quote", HEAD "Content-Type: text/html\r\n\r\n<a href=\"x>call</a> <b>back</b>", 0, NULL, NULL, "",
	  "call back\n" },
	{ "html-cut", HEAD "Content-Type: text/html\r\n\r\ncall <b", 0, NULL, NULL, "", "call <b\n" },
	{ "html-pre", HEAD "Content-Type: text/html\r\n\r\n<pre>a\nb</pre>c\nd", 0, NULL, NULL, "", "a\nb\nc d\n" },

	{ "alternative", HEAD "Content-Type: multipart/alternative; boundary=\"b 1\"\r\n\r\npreamble\r\n--b 1\r\n\r\n"
	  "plain\r\n--b 1\r\nContent-Type: text/html\r\n\r\n<b>html</b>\r\n--b 1--\r\nepilogue", 0, NULL, NULL, "plain",
	  "html\n" },
	{ "two-texts", HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n", 0,
	  NULL, NULL, "one\ntwo", "" },
	{ "not-closed", HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n", 0, NULL,
	  NULL, "one\ntwo\n", "" },
	{ "boundary-with-a-longer-one", HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	  "Content-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\nin\r\n--bb--\r\n--b\r\n\r\nout\r\n--b--", 0, NULL,
	  NULL, "in\nout", "" },
	{ "boundary-missing", HEAD "Content-Type: multipart/mixed\r\n\r\nstill here", 0, NULL, NULL, "still here", "" },
	{ "boundary-absent-from-body", HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\nstill here", 0, NULL, NULL,
	  "still here", "" },
	{ "type-nonsense", HEAD "Content-Type: ;;;\r\n\r\nstill here", 0, NULL, NULL, "still here", "" },
	{ "attached-mail-is-no-text", HEAD "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner", 0, "", NULL, "",
	  "" },
};

static struct letter *read_row(const struct row *row, struct arena *a)
{
	return reader_read(row->mail, row->size ? row->size : strlen(row->mail), NULL, a);
}

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	AUTO_ARENA a = arena_new();
	const struct letter *l = read_row(row, a);

	if (row->subject)
		g_assert_cmpstr(l->subject, ==, row->subject);
	if (row->from)
		g_assert_cmpstr(l->from, ==, row->from);
	if (row->text)
		g_assert_cmpstr(l->text, ==, row->text);
	if (row->html)
		g_assert_cmpstr(l->html, ==, row->html);
	g_assert_false(l->truncated);
}

/* The headers alone must read as they do with the body. */
static void test_row_headers(gconstpointer data)
{
	const struct row *row = data;
	gsize size = row->size ? row->size : strlen(row->mail);
	AUTO_ARENA a = arena_new();
	const struct letter *whole = read_row(row, a), *head = reader_read_headers(row->mail, size, a);

	g_assert_cmpuint(head->n_headers, ==, whole->n_headers);
	g_assert_cmpstr(head->subject, ==, whole->subject);
	g_assert_cmpstr(head->from, ==, whole->from);
	g_assert_cmpstr(head->text, ==, "");
	g_assert_cmpuint(head->n_parts, ==, 0);
}

struct date_row {
	const char *date;
	int64_t at;
	int offset;
	bool local;
};

static const struct date_row dates[] = {
	{ "Mon, 02 Mar 2026 10:00:00 +0100", 1772442000, 3600, false },
	{ "Mon, 2 Mar 2026 04:00:00 -0500 (EST)", 1772442000, -18000, false },
	{ "2 Mar 26 09:00 GMT", 1772442000, 0, false },
	{ "2 Mar 26 09:00", 1772442000, 0, true },
	{ "Mon, 02 Mar 26 09:00:00 (office)", 1772442000, 0, true },
	{ "yesterday", 0, 0, false },
	{ "-", 0, 0, false },
};

static void test_date(gconstpointer data)
{
	const struct date_row *row = data;
	AUTO_ARENA a = arena_new();
	g_autofree char *mail = g_strdup_printf("Date: %s\n\n", row->date);
	const struct letter *l = reader_read_headers(mail, strlen(mail), a);

	g_assert_cmpint(l->date, ==, row->at);
	g_assert_cmpint(l->date_offset_s, ==, row->offset);
	g_assert_cmpint(l->date_local, ==, row->local);
}

static void test_fields(void)
{
	static const char mail[] = "To: a@example.com\nMessage-ID:  x <1@example.com> y\nTo: b@example.com\nx-one: 1\n\n";
	AUTO_ARENA a = arena_new();
	const struct letter *l = reader_read_headers(mail, strlen(mail), a);

	g_assert_cmpstr(l->to, ==, "a@example.com, b@example.com");
	g_assert_cmpstr(l->message_id, ==, "<1@example.com>");
	g_assert_cmpstr(letter_header(l, "X-One"), ==, "1");
	g_assert_null(letter_header(l, "X-On"));
}

struct audio_row {
	const char *name, *type, *disposition;
	bool audio;
	const char *filename;
};

static const struct audio_row audios[] = {
	{ "wav", "audio/x-WAV; name=\"msg0001.WAV\"", "attachment; filename=\"msg0001.WAV\"", true, "msg0001.WAV" },
	{ "disposition-wins", "audio/wav; name=one.wav", "attachment; filename=two.wav", true, "two.wav" },
	{ "octet-stream", "application/octet-stream", "attachment; filename=vmail.wav", true, "vmail.wav" },
	{ "ogg", "application/ogg", NULL, true, NULL },
	{ "basic", "Audio/BASIC", NULL, true, NULL },
	{ "pdf", "application/pdf; name=a.pdf", NULL, false, "a.pdf" },
	{ "html-with-audio-name", "text/html; name=a.wav.html", NULL, false, "a.wav.html" },
	{ "path", "audio/wav; name=\"../../etc/a.wav\"", NULL, true, "a.wav" },
	{ "rfc2231", "audio/wav", "attachment; filename*=utf-8''J%C3%BCrgen.wav", true, "J\303\274rgen.wav" },
	{ "rfc2047", "audio/wav", "attachment; filename=\"=?utf-8?Q?J=C3=BCrgen.wav?=\"", true, "J\303\274rgen.wav" },
};

/* 5,000 octets in base64 lines of 72, so that chunks end in the middle of a group. */
static void test_audio(gconstpointer data)
{
	const struct audio_row *row = data;
	AUTO_ARENA a = arena_new();
	g_autoptr(GString) mail = g_string_new(NULL), octets = g_string_new(NULL);
	g_autofree char *base64 = NULL, *hex = g_malloc(129);
	const struct letter *l;
	const struct letter_part *p;

	for (int i = 0; i < 50000; i++)
		g_string_append_c(octets, (char)(i * 7 + i / 256));
	base64 = g_base64_encode((const guchar *)octets->str, octets->len);
	g_string_printf(mail, "Content-Type: multipart/mixed; boundary=--=x\r\n\r\n----=x\r\nContent-Type: text/plain\r\n\r\nhi\r\n"
			"----=x\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n%s%s%s\r\n", row->type,
			row->disposition ? "Content-Disposition: " : "", row->disposition ? row->disposition : "",
			row->disposition ? "\r\n" : "");
	for (gsize i = 0; i < strlen(base64); i += 72)
		g_string_append_printf(mail, "%.72s\r\n", base64 + i);
	g_string_append(mail, "----=x--\r\n");
	l = reader_read(mail->str, mail->len, NULL, a);
	g_assert_cmpuint(l->n_parts, ==, 2);
	p = &l->parts[1];
	g_assert_cmpuint(p->size, ==, octets->len);
	g_assert_cmpstr(p->filename, ==, row->filename);
	g_assert_true((letter_audio(l) == p) == row->audio);
	g_assert_true((p->sha512 != NULL) == row->audio);
	if (row->audio) {
		g_autofree char *padded = g_strconcat(p->sha512, "==", NULL);
		g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA512, (const guchar *)octets->str, octets->len);
		g_autofree guchar *digest = NULL;
		gsize n;

		g_assert_cmpuint(strlen(p->sha512), ==, 86);
		digest = g_base64_decode(g_strdelimit(g_strdelimit(padded, "-", '+'), "_", '/'), &n);
		g_assert_cmpuint(n, ==, 64);
		for (gsize i = 0; i < n; i++)
			g_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
		g_assert_cmpstr(hex, ==, sum);
	}
}

/* Base64 with blanks, line ends and rubbish anywhere is what it is without them. */
static void test_base64_damage(void)
{
	for (int n = 0; n < 200; n++) {
		AUTO_ARENA a = arena_new();
		g_autoptr(GString) mail = g_string_new("Content-Type: audio/wav\nContent-Transfer-Encoding: base64\n\n");
		const gsize begin = mail->len;
		const int rubbish = n % 4 == 0 ? 10000 : g_test_rand_int_range(3, 300);
		g_autofree guchar *octets = NULL;
		g_autofree char *sum = NULL, *url = NULL;
		gsize size;
		const struct letter *l;

		for (int left = g_test_rand_int_range(1, 15000) * 4; left > 0;) {
			bool valid = g_test_rand_int_range(0, rubbish) > 0;
			int c = g_test_rand_int_range(0, valid ? 64 : 7);

			g_string_append_c(mail, valid ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[c]
						      : "\r\n !*-\377"[c]);
			left -= valid;
		}
		octets = g_base64_decode(mail->str + begin, &size);
		sum = g_compute_checksum_for_data(G_CHECKSUM_SHA512, octets, size);
		l = reader_read(mail->str, mail->len, NULL, a);
		g_assert_cmpuint(l->n_parts, ==, 1);
		g_assert_cmpuint(l->parts[0].size, ==, size);
		url = g_strconcat(l->parts[0].sha512, "==", NULL);
		g_free(g_steal_pointer(&octets));
		octets = g_base64_decode(g_strdelimit(g_strdelimit(url, "-", '+'), "_", '/'), &size);
		g_assert_cmpuint(size, ==, 64);
		for (gsize i = 0; i < size; i++)
			g_assert_cmpint(octets[i], ==, g_ascii_xdigit_value(sum[2 * i]) * 16 + g_ascii_xdigit_value(sum[2 * i + 1]));
	}
}

/* ---- hostile mail: bounded, and it says so ---- */

static void test_many_headers(void)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GString) mail = g_string_new("Subject: first\r\n");
	const struct letter *l;

	for (int i = 0; i < 10000; i++)
		g_string_append_printf(mail, "X-H%d: v\r\n", i);
	g_string_append(mail, "\r\nbody");
	l = reader_read(mail->str, mail->len, NULL, a);
	g_assert_cmpuint(l->n_headers, ==, 1000);
	g_assert_true(l->truncated);
	g_assert_cmpstr(l->subject, ==, "first");
	g_assert_cmpstr(l->text, ==, "body");
}

static void test_long_header(void)
{
	AUTO_ARENA a = arena_new();
	g_autofree char *value = g_strnfill(200000, 'x');
	g_autofree char *mail = g_strconcat("Subject: ", value, "\n\nbody", NULL);
	const struct letter *l = reader_read(mail, strlen(mail), NULL, a);

	g_assert_true(l->truncated);
	g_assert_cmpuint(strlen(l->subject), <=, 64 * 1024);
	g_assert_cmpstr(l->text, ==, "body");
}

static void test_deep(void)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GString) mail = g_string_new("Subject: deep\r\n");
	const struct letter *l;

	for (int i = 0; i < 1000; i++)
		g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n\r\ntext %d\r\n--b%d\r\n",
				       i, i, i, i);
	l = reader_read(mail->str, mail->len, NULL, a);
	g_assert_true(l->truncated);
	g_assert_cmpstr(l->subject, ==, "deep");
	g_assert_true(g_str_has_prefix(l->text, "text 0\n"));
}

static void test_many_parts(void)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GString) mail = g_string_new("Content-Type: multipart/mixed; boundary=b\n\n");
	const struct letter *l;

	for (int i = 0; i < 100000; i++)
		g_string_append(mail, "--b\n\nx\n");
	l = reader_read(mail->str, mail->len, NULL, a);
	g_assert_cmpuint(l->n_parts, ==, 200);
	g_assert_true(l->truncated);
}

static void test_links(void)
{
	static const char mail[] = "Content-Type: text/html\n\n<abbr href=\"no\">x</abbr><A\nclass='a' HREF = 'https://example.com/"
				   "?id=1&amp;uuid=2'>y</a><a title=href>z</a><a href=tel:+1>t</a><a href=\"\">e</a><a href=\"open>";
	AUTO_ARENA a = arena_new();

	g_assert_cmpstr(reader_read(mail, strlen(mail), NULL, a)->links, ==, "https://example.com/?id=1&uuid=2\ntel:+1\n");
	g_assert_cmpstr(reader_read("\n", 1, NULL, a)->links, ==, "");
}

/* type is set where repeat holds 7 octets of NUL. */
struct big_row {
	const char *name, *head, *repeat, *nul;
};

/* Each was, or would be, quadratic in a reader that looks ahead once too often. */
static const struct big_row bigs[] = {
	{ "text", "", "A line of text.\r\n", NULL },
	{ "dashes", "Content-Type: multipart/mixed; boundary=---------\n", "-", NULL },
	{ "dash-lines", "Content-Type: multipart/mixed; boundary=b\n", "\n--", NULL },
	{ "html-elements", "Content-Type: text/html\n", "<b></i>", NULL },
	{ "html-open", "Content-Type: text/html\n", "<a", NULL },
	{ "html-quotes", "Content-Type: text/html\n", "<a b=\"", NULL },
	{ "html-entities", "Content-Type: text/html\n", "&a;", NULL },
	{ "html-comments", "Content-Type: text/html\n", "<!--", NULL },
	{ "html-links", "Content-Type: text/html\n", "<a href=x>", NULL },
	{ "html-links-blank", "Content-Type: text/html\n\n<a ", "  href ", NULL },
	{ "html-script", "Content-Type: text/html\n", "<script></", NULL },
	{ "base64", "Content-Transfer-Encoding: base64\n", "QUFB\n", NULL },
	{ "qp", "Content-Transfer-Encoding: quoted-printable\n", "=41=\n", NULL },
	{ "headers", NULL, "X: =?utf-8?Q?\n", NULL },
	{ "header-words", NULL, "X: =?a?q? =?utf-8?q?x?= =?a?q? =?b?q?x?=\n", NULL },
	{ "header-folds", NULL, "X:\n x\n x\n x\n", NULL },
	{ "nul", "", "\0\0\0\0\0\0\0", "" },
};

static void test_big(gconstpointer data)
{
	const struct big_row *row = data;
	gsize unit = row->nul ? 7 : strlen(row->repeat), size = 50 * 1000 * 1000;
	g_autoptr(GString) mail = g_string_sized_new(size + 100);
	int64_t begun;
	AUTO_ARENA a = arena_new();
	const struct letter *l;

	if (row->head)
		g_string_append_printf(mail, "%s\n", row->head);
	while (mail->len < size)
		g_string_append_len(mail, row->repeat, (gssize)unit);
	begun = clock_mono_ms();
	l = reader_read(mail->str, mail->len, NULL, a);
	g_test_message("%s: %d ms, %zu octets kept", row->name, (int)(clock_mono_ms() - begun), arena_size(a));
	g_assert_cmpuint(strlen(l->text), <=, 1024 * 1024);
	g_assert_cmpuint(strlen(l->html), <=, 1024 * 1024);
	g_assert_cmpuint(arena_size(a), <, 16 * 1024 * 1024);
	g_assert_cmpint(clock_mono_ms() - begun, <, 20000);	/* sanitizers and a loaded machine included */
}

static void test_limits(void)
{
	static const struct reader_limits small = { .headers_max = 2, .header_size_max = 8, .depth_max = 1, .parts_max = 1,
						    .text_max = 5 };
	static const char mail[] = "Subject: 123456789\nX: 2\nY: 3\n\nabcd\303\274efgh";
	AUTO_ARENA a = arena_new();
	const struct letter *l = reader_read(mail, strlen(mail), &small, a);

	g_assert_true(l->truncated);
	g_assert_cmpuint(l->n_headers, ==, 2);
	g_assert_cmpstr(l->subject, ==, "1234567");
	g_assert_cmpstr(l->text, ==, "abcd");
}

static gpointer read_often(gpointer data)
{
	const struct row *row = data;

	for (int i = 0; i < 200; i++) {
		AUTO_ARENA a = arena_new();

		g_assert_cmpstr(read_row(row, a)->text, ==, row->text);
	}
	return NULL;
}

static const struct row *row_named(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	g_assert_not_reached();
}

static void test_threads(void)
{
	static const char *const names[] = { "windows-1251", "base64", "alternative", "iso-2022-jp" };
	GThread *threads[G_N_ELEMENTS(names)];

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		threads[i] = g_thread_new(names[i], read_often, (gpointer)row_named(names[i]));
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		g_thread_join(threads[i]);
}

static void add(const char *group, const char *name, gconstpointer row, void (*test)(gconstpointer))
{
	g_autofree char *path = g_strdup_printf("/letter/%s/%s", group, name);

	g_test_add_data_func(path, row, test);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	reader_init();
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		add("read", rows[i].name, &rows[i], test_row);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		add("headers", rows[i].name, &rows[i], test_row_headers);
	for (guint i = 0; i < G_N_ELEMENTS(dates); i++)
		add("date", dates[i].date, &dates[i], test_date);
	for (guint i = 0; i < G_N_ELEMENTS(audios); i++)
		add("audio", audios[i].name, &audios[i], test_audio);
	if (g_getenv("RINGBACK_TEST_SHORT"))
		g_test_message("RINGBACK_TEST_SHORT: the mails of many megabytes are left out");
	for (guint i = 0; i < G_N_ELEMENTS(bigs) && !g_getenv("RINGBACK_TEST_SHORT"); i++)
		add("big", bigs[i].name, &bigs[i], test_big);
	g_test_add_func("/letter/fields", test_fields);
	g_test_add_func("/letter/links", test_links);
	g_test_add_func("/letter/base64-damage", test_base64_damage);
	g_test_add_func("/letter/many-headers", test_many_headers);
	g_test_add_func("/letter/long-header", test_long_header);
	g_test_add_func("/letter/deep", test_deep);
	g_test_add_func("/letter/many-parts", test_many_parts);
	g_test_add_func("/letter/limits", test_limits);
	g_test_add_func("/letter/threads", test_threads);
	return g_test_run();
}
