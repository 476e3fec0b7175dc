#include <gmime/gmime.h>
#include <string.h>

#include "edits.h"
#include "reader.h"
#include "splice.h"

/* ---- one decision about one call, for all tests ---- */

struct world {
	struct arena *a;
	struct conf conf;
	struct person owner;
	struct line line;
	struct call call;
	struct item item;
	struct event event;
	struct decision decision;
};

static void world_begin(struct world *w, const char *owner, const char *audit)
{
	*w = (struct world){
		.a = arena_new(),
		.conf = { .roster = roster_new(), .machine_part = MACHINE_VCON },
		.owner = { .id = (char *)"anna", .name = (char *)"Anna Smith", .mail = (char *)owner },
		.line = { .id = (char *)"clinic", .name = (char *)"Clinic", .audit = (char *)audit,
			  .zone = (char *)"Europe/London" },
		.call = { .profile = "freepbx-missed", .transcript_confidence = -1, .class = CLASS_MISSED, .reason = REASON_NO_ANSWER,
			  .caller_raw = "02079460123", .caller = "+442079460123", .caller_name = "J\303\274rgen", .called = "201",
			  .time = 1772442000, .duration_s = -1 },
		.item = { .id = 1742, .state = STATE_OPEN, .key = "clinic|+442079460123", .class = CLASS_MISSED,
			  .reason = REASON_NO_ANSWER, .line = "clinic", .owner = "anna", .caller = "+442079460123",
			  .call_time = 1772442000, .duration_s = -1, .calls = 1, .created = 1772442000,
			  .updated = 1772442000, .thread_id = "<1@example.com>", .profile = "freepbx-missed" },
		.event = { .kind = EVENT_NOTICE, .message_id = "<1@example.com>", .queue_id = "4XyZ" },
		.decision = { .created = true, .mail = MAIL_EDIT, .why = "line=clinic" },
	};
	w->line.owner = &w->owner;
	w->event.call = &w->call;
	w->decision.item = &w->item;
	w->decision.line = &w->line;
	w->decision.owner = owner ? &w->owner : NULL;
}

static void world_end(struct world *w)
{
	roster_free(w->conf.roster);
	arena_free(w->a);
}

static struct edits *make(struct world *w, const char *const *rcpts, const char *head, const char *body, gsize size,
			  const char *sendmail_origin)
{
	const struct edits_mail m = {
		.rcpts = rcpts, .head = head, .head_size = strlen(head), .body = body, .body_size = size,
		.from_sendmail = sendmail_origin != NULL, .myorigin = sendmail_origin ? sendmail_origin : ""
	};

	w->event.rcpts = rcpts;
	return edits_make(&w->conf, &w->decision, &w->event, &m, w->a);
}

/* ---- recipients ---- */

struct rcpt_row {
	const char *name, *rcpts, *add, *remove;	/* blanks between */
	const char *owner, *audit, *origin;		/* origin: handed in by sendmail(1) */
	enum mail_verdict mail;
};

#define ANNA "anna@example.com"
#define AUDIT "calls@example.com"

static const struct rcpt_row rcpts[] = {
	{ "group", "<201@example.com> <202@example.com>", "<" ANNA "> <" AUDIT ">", "<201@example.com> <202@example.com>",
	  ANNA, AUDIT, NULL, MAIL_EDIT },
	{ "owner-is-there", "<" ANNA "> <bob@example.com>", "<" AUDIT ">", "<bob@example.com>", ANNA, AUDIT, NULL, MAIL_EDIT },
	{ "both-are-there", "<" AUDIT "> <" ANNA ">", "", "", ANNA, AUDIT, NULL, MAIL_EDIT },
	{ "letter-case", "<Anna@Example.COM>", "<" AUDIT ">", "", ANNA, AUDIT, NULL, MAIL_EDIT },
	{ "two-spellings", "<Anna@Example.COM> <" ANNA ">", "<" AUDIT ">", "<" ANNA ">", ANNA, AUDIT, NULL, MAIL_EDIT },
	{ "same-twice", "<" ANNA "> <" ANNA ">", "<" AUDIT ">", "", ANNA, AUDIT, NULL, MAIL_EDIT },
	{ "unwanted-twice", "<b@example.com> <b@example.com>", "<" ANNA "> <" AUDIT ">", "<b@example.com>", ANNA, AUDIT, NULL,
	  MAIL_EDIT },
	{ "unwanted-in-two-spellings", "<b@example.com> <B@example.com>", "<" ANNA "> <" AUDIT ">",
	  "<b@example.com> <B@example.com>", ANNA, AUDIT, NULL, MAIL_EDIT },
	{ "owner-is-audit", "<b@example.com>", "<" ANNA ">", "<b@example.com>", ANNA, "ANNA@example.com", NULL, MAIL_EDIT },
	{ "owner-is-audit-and-there", "<ANNA@EXAMPLE.com>", "", "", ANNA, ANNA, NULL, MAIL_EDIT },
	{ "copy", "<" ANNA "> <bob@example.com>", "<" AUDIT ">", "<" ANNA "> <bob@example.com>", ANNA, AUDIT, NULL, MAIL_AUDIT },
	{ "copy-to-audit", "<" AUDIT ">", "", "", ANNA, AUDIT, NULL, MAIL_AUDIT },
	{ "without-brackets", "b@example.com " ANNA, "<" AUDIT ">", "<b@example.com>", ANNA, AUDIT, NULL, MAIL_EDIT },
	{ "owner-unknown", "<b@example.com>", "<" AUDIT ">", "", NULL, AUDIT, NULL, MAIL_EDIT },
	{ "sendmail", "2001@pbx.example.com", "<" ANNA "> <" AUDIT ">", "<2001@pbx.example.com> <2001>", ANNA, AUDIT,
	  "pbx.example.com", MAIL_EDIT },
	{ "sendmail-other-domain", "2001@example.com", "<" ANNA "> <" AUDIT ">", "<2001@example.com> <2001>", ANNA,
	  AUDIT, "pbx.example.com", MAIL_EDIT },	/* myorigin may be another name than the host's */
	{ "sendmail-bare-owner-elsewhere", "anna@example.com anna@example.org", "<" AUDIT ">", "<anna@example.org>", ANNA, AUDIT,
	  "pbx.example.com", MAIL_EDIT },
	{ "sendmail-owner-is-there", "anna@example.com", "<" AUDIT ">", "", ANNA, AUDIT, "example.com", MAIL_EDIT },
	{ "sendmail-owner-in-two-spellings", "anna@example.com ANNA@example.com", "<" AUDIT ">", "<ANNA@example.com> <ANNA>",
	  ANNA, AUDIT, "example.com", MAIL_EDIT },
	{ "sendmail-bare-owner", "anna", "<" AUDIT ">", "", ANNA, AUDIT, "example.com", MAIL_EDIT },
};

/* As Postfix does it: deletion by exact spelling, and of all of them. */
static void assert_one_copy_each(const struct rcpt_row *row, char **envelope, const struct edits *e)
{
	g_autoptr(GPtrArray) left = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (char **p = envelope; *p; p++) {
		g_autofree char *spelled = **p == '<' ? g_strdup(*p) : g_strdup_printf("<%s>", *p);

		if (!g_strv_contains((const char *const *)e->remove, spelled))
			g_ptr_array_add(left, g_ascii_strdown(spelled, -1));
	}
	for (const char **p = e->add; *p; p++) {
		g_assert_false(g_strv_contains((const char *const *)e->remove, *p));
		g_assert_false(g_ptr_array_find_with_equal_func(left, *p, g_str_equal, NULL));
		g_ptr_array_add(left, g_ascii_strdown(*p, -1));
	}
	g_assert_cmpuint(left->len, >, 0);
	for (guint i = 0; i < left->len; i++)
		g_assert_true(g_hash_table_add(seen, g_strdup(left->pdata[i])) || strstr(row->name, "same-twice"));
}

static void test_rcpts(gconstpointer data)
{
	const struct rcpt_row *row = data;
	g_auto(GStrv) envelope = g_strsplit(row->rcpts, " ", -1);
	g_autofree char *add = NULL, *remove = NULL;
	struct world w;
	const struct edits *e;

	world_begin(&w, row->owner, row->audit);
	w.decision.mail = row->mail;
	e = make(&w, (const char *const *)envelope, "Subject: x\n", "y", 1, row->origin);
	add = g_strjoinv(" ", (char **)e->add);
	remove = g_strjoinv(" ", (char **)e->remove);
	g_assert_cmpstr(add, ==, row->add);
	g_assert_cmpstr(remove, ==, row->remove);
	assert_one_copy_each(row, envelope, e);
	world_end(&w);
}

static const struct edit_header *header_edit(const struct edits *e, const char *name)
{
	for (gsize i = 0; i < e->n_headers; i++)
		if (g_ascii_strcasecmp(e->headers[i].name, name) == 0)
			return &e->headers[i];
	return NULL;
}

static void test_originals(void)
{
	static const char *const list[] = { "<a+b@example.com>", "<\303\274@example.com>", "<x\ny@example.com>", NULL };
	struct world w;
	const struct edits *e;

	world_begin(&w, ANNA, AUDIT);
	e = make(&w, list, "Subject: x\n", "y", 1, NULL);
	g_assert_cmpstr(e->orcpt, ==, "a+2Bb@example.com");
	g_assert_cmpstr(header_edit(e, "X-Ringback-Original-Recipients")->value, ==,
			"a+b@example.com,\n\t??@example.com,\n\tx?y@example.com");
	world_end(&w);
}

static void test_many_originals(void)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
	struct world w;
	const struct edits *e;

	for (int i = 0; i < 2000; i++)
		g_ptr_array_add(list, g_strdup_printf("<person%d@example.com>", i));
	g_ptr_array_add(list, NULL);
	world_begin(&w, ANNA, AUDIT);
	e = make(&w, (const char *const *)list->pdata, "Subject: x\n", "y", 1, NULL);
	g_assert_cmpuint(strlen(header_edit(e, "X-Ringback-Original-Recipients")->value), <, 20000);
	g_assert_cmpuint(g_strv_length((char **)e->remove), ==, 2000);
	world_end(&w);
}

/* ---- headers and body, as the mail server makes them of the edits ---- */

struct header {
	char *name, *value;	/* value NULL: deleted */
};

static void header_clear(gpointer p)
{
	struct header *h = p;

	g_free(h->name);
	g_free(h->value);
}

static struct header *nth(GArray *headers, const char *name, int index)
{
	for (guint i = 0; i < headers->len; i++) {
		struct header *h = &g_array_index(headers, struct header, i);

		if (h->value && g_ascii_strcasecmp(h->name, name) == 0 && --index == 0)
			return h;
	}
	return NULL;
}

static GArray *read_headers(const char *head)
{
	GArray *headers = g_array_new(FALSE, FALSE, sizeof(struct header));
	g_auto(GStrv) lines = g_strsplit(head, "\n", -1);

	g_array_set_clear_func(headers, header_clear);
	for (char **l = lines; *l && **l; l++) {
		struct header h, *last = headers->len ? &g_array_index(headers, struct header, headers->len - 1) : NULL;

		if (**l == ' ' || **l == '\t') {
			char *joined = g_strconcat(last->value, "\n", *l, NULL);

			g_free(last->value);
			last->value = joined;
			continue;
		}
		h.name = g_strndup(*l, strcspn(*l, ":"));
		h.value = g_strdup(*l + strcspn(*l, ":") + 1);
		g_array_append_val(headers, h);
	}
	return headers;
}

static void apply_header(GArray *headers, const struct edit_header *h)
{
	struct header *old = h->index ? nth(headers, h->name, h->index) : NULL, added;

	g_assert_null(h->value ? strchr(h->value, '\r') : NULL);
	g_assert_true(h->value || old);		/* a deletion finds what it deletes */
	if (old) {
		g_free(old->value);
		old->value = h->value ? g_strconcat(" ", h->value, NULL) : NULL;
		return;
	}
	added.name = g_strdup(h->name);
	added.value = g_strconcat(" ", h->value, NULL);
	g_array_append_val(headers, added);
}

static void append_body(GString *to, const struct piece *body)
{
	for (gsize i = 0; i < SPLICE_PIECES; i++)
		g_string_append_len(to, body[i].at, (gssize)body[i].size);
}

static GString *apply(const char *head, const char *body, gsize size, const struct edits *e)
{
	g_autoptr(GArray) headers = read_headers(head);
	GString *mail = g_string_new(NULL);

	for (gsize i = 0; i < e->n_headers; i++)
		apply_header(headers, &e->headers[i]);
	for (guint i = 0; i < headers->len; i++) {
		const struct header *h = &g_array_index(headers, struct header, i);

		if (h->value)
			g_string_append_printf(mail, "%s:%s\n", h->name, h->value);
	}
	g_string_append_c(mail, '\n');
	if (e->body)
		append_body(mail, e->body);
	else
		g_string_append_len(mail, body, (gssize)size);
	return mail;
}

struct body_row {
	const char *name, *head, *body;
	gsize size;		/* 0: strlen(body) */
	const char *encoding;	/* Content-Transfer-Encoding of the mail in the end; NULL: none */
	const char *type;	/* of the original's part */
};

#define HEAD "From: pbx@example.com\nTo: 201@example.com\nSubject: Missed call\nMessage-ID: <1@example.com>\n"
#define WAV "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=\r\n"

static const struct body_row bodies[] = {
	{ "plain-without-mime", HEAD, "Missed call\r\nfrom Jane\r\n", 0, NULL, "text/plain" },
	{ "no-line-end", HEAD, "Missed call", 0, NULL, "text/plain" },
	{ "empty", HEAD, "", 0, NULL, "text/plain" },
	{ "line-ends-at-the-end", HEAD, "x\r\n\r\n\r\n", 0, NULL, "text/plain" },
	{ "lf-only", HEAD "MIME-Version: 1.0\nContent-Type: text/plain\n", "a\nb\n", 0, NULL, "text/plain" },
	{ "8bit", HEAD "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n",
	  "J\374rgen\r\n", 0, "8bit", "text/plain" },
	{ "8bit-not-declared", HEAD, "J\303\274rgen\r\n", 0, "8bit", "text/plain" },
	{ "qp", HEAD "Content-type: text/plain; charset=utf-8\nContent-transfer-encoding: quoted-printable\n",
	  "J=C3=BCrgen\r\n", 0, NULL, "text/plain" },
	{ "base64", HEAD "Content-Type: text/html;\n\tcharset=utf-8\nContent-Transfer-Encoding: base64\n", "PHA+eDwvcD4=\r\n", 0,
	  NULL, "text/html" },
	{ "nul", HEAD "Content-Transfer-Encoding: binary\n", "a\0b\r\n", 5, NULL, "text/plain" },
	{ "voicemail", HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"----voicemail_1\"\n",
	  "preamble\r\n------voicemail_1\r\nContent-Type: text/plain\r\n\r\nhi\r\n------voicemail_1\r\n"
	  "Content-Type: audio/x-wav; name=msg.wav\r\nContent-Transfer-Encoding: base64\r\n\r\n" WAV
	  "\r\n------voicemail_1--\r\n.\r\n", 0, NULL, "multipart/mixed" },
	{ "nested", HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\nContent-Language: en\n",
	  "--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\nContent-Type: text/html\r\n\r\n"
	  "<p>hi\r\n--b--\r\n--a\r\nContent-Type: audio/wav\r\nContent-Transfer-Encoding: base64\r\n\r\n" WAV "--a--", 0, NULL,
	  "multipart/mixed" },
	{ "voicemail-not-closed", HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n",
	  "--a\r\n\r\nhi\r\n--a\r\nContent-Type: audio/wav\r\nContent-Transfer-Encoding: base64\r\n\r\n" WAV, 0, NULL,
	  "multipart/mixed" },
	{ "audio-alone", HEAD "Content-Type: audio/wav\nContent-Transfer-Encoding: base64\n"
	  "Content-Disposition: attachment; filename=msg.wav\n", WAV, 0, NULL, "audio/wav" },
	{ "boundary-collision", HEAD, "--=_ringback-1\r\n--=_ringback-41--\r\n--=_ringback-7-summary\r\n=_ringback-", 0, NULL,
	  "text/plain" },
	{ "boundary-of-ours", HEAD "Content-Type: multipart/mixed; boundary=\"=_ringback-1\"\n",
	  "--=_ringback-1\r\n\r\nhi\r\n--=_ringback-1\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n--=_ringback-1--\r\n", 0, NULL,
	  "multipart/mixed" },
	{ "boundary-of-many-digits", HEAD, "--=_ringback-99999999999999999999999\r\n--=_ringback-999999999999999\r\n", 0, NULL,
	  "text/plain" },
	{ "boundary-after-the-last-number", HEAD, "--=_ringback-999999999999999\r\n--=_ringback-1000000000000000\r\n"
	  "Content-Type: text/html\r\n\r\n<p>Pay here\r\n--=_ringback-1000000000000000--\r\n", 0, NULL, "text/plain" },
	{ "two-content-types", HEAD "Content-Type: text/plain\nContent-Type: text/html\nX-Ringback-Owner: evil\n"
	  "x-ringback-owner: evil2\nX-Ringback-Item: RB-1\n", "x", 0, NULL, "text/html" },	/* GMime takes the last */
};

static gsize body_size(const struct body_row *row)
{
	return row->size ? row->size : strlen(row->body);
}

static GMimeMessage *parse(const GString *mail)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail->str, mail->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	g_object_unref(parser);
	g_object_unref(stream);
	g_assert_nonnull(message);
	return message;
}

static char *type_of(GMimeObject *o)
{
	return g_mime_content_type_get_mime_type(g_mime_object_get_content_type(o));
}

static void assert_type(GMimeObject *o, const char *type)
{
	g_autofree char *is = type_of(o);

	g_assert_cmpstr(is, ==, type);
}

/* Another program's parser must see our three parts, and in the middle one the PBX's. */
static void check_structure(const GString *mail, const struct body_row *row)
{
	GMimeMessage *message = parse(mail);
	GMimeMultipart *outer, *summary;
	GMimeObject *machine;

	g_assert_true(GMIME_IS_MULTIPART(g_mime_message_get_mime_part(message)));
	outer = GMIME_MULTIPART(g_mime_message_get_mime_part(message));
	assert_type(GMIME_OBJECT(outer), "multipart/mixed");
	g_assert_cmpint(g_mime_multipart_get_count(outer), ==, 3);
	summary = GMIME_MULTIPART(g_mime_multipart_get_part(outer, 0));
	assert_type(GMIME_OBJECT(summary), "multipart/alternative");
	g_assert_cmpint(g_mime_multipart_get_count(summary), ==, 2);
	assert_type(g_mime_multipart_get_part(summary, 0), "text/plain");
	assert_type(g_mime_multipart_get_part(summary, 1), "text/html");
	assert_type(g_mime_multipart_get_part(outer, 1), row->type);
	machine = g_mime_multipart_get_part(outer, 2);
	assert_type(machine, "application/vcon");
	g_assert_cmpstr(g_mime_part_get_filename(GMIME_PART(machine)), ==, "item.vcon");
	g_assert_cmpstr(g_mime_object_get_disposition(machine), ==, "attachment");
	g_assert_cmpstr(g_mime_object_get_content_disposition_parameter(machine, "handling"), ==, "optional");
	g_object_unref(message);
}

/* The whole body between a blank line and the next delimiter, octet for octet; the audio decodes to the same. */
static void check_original(const GString *mail, const struct body_row *row, struct arena *a)
{
	g_autofree char *before = g_strdup_printf("%s\n\n%s", row->head, row->body);
	const struct letter *was = reader_read(before, strlen(before), NULL, a);
	const struct letter *is = reader_read(mail->str, mail->len, NULL, a);
	const struct letter_part *one = letter_audio(was), *other = letter_audio(is);
	g_autoptr(GString) want = g_string_new("\r\n\r\n");
	const char *at = mail->str, *body;

	g_string_append_len(want, row->body, (gssize)body_size(row));
	g_string_append(want, "\r\n--=_ringback-");
	body = strstr(at, "\n\n") + 2;
	for (at = body; at + want->len <= mail->str + mail->len; at++)
		if (memcmp(at, want->str, want->len) == 0)
			break;
	g_assert_true(at + want->len <= mail->str + mail->len);
	g_assert_true((one != NULL) == (other != NULL));
	if (one) {
		g_assert_cmpuint(one->size, ==, other->size);
		g_assert_cmpstr(one->sha512, ==, other->sha512);
		g_assert_cmpstr(one->filename, ==, other->filename);
	}
}

static void check_one(GMimeMessage *message, const char *name)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
	int n = 0;

	for (int i = 0; i < g_mime_header_list_get_count(list); i++)
		n += g_ascii_strcasecmp(g_mime_header_get_name(g_mime_header_list_get_header_at(list, i)), name) == 0;
	g_test_message("%s", name);
	g_assert_cmpint(n, ==, 1);
}

static void check_headers(const GString *mail, const struct body_row *row, struct arena *a)
{
	static const char *const once[] = { "Subject", "Message-ID", "X-Ringback-Item", "X-Ringback-Owner", "MIME-Version",
					    "X-Ringback-Original-Recipients" };
	GMimeMessage *message = parse(mail);
	const struct letter *l = reader_read_headers(mail->str, mail->len, a);
	int content = 0;

	for (guint i = 0; i < G_N_ELEMENTS(once); i++)
		check_one(message, once[i]);
	g_object_unref(message);
	for (gsize i = 0; i < l->n_headers; i++)
		content += g_ascii_strncasecmp(l->headers[i].name, "Content-", 8) == 0;
	g_assert_cmpint(content, ==, row->encoding ? 2 : 1);
	g_assert_cmpstr(letter_header(l, "Content-Transfer-Encoding"), ==, row->encoding);
	g_assert_cmpstr(letter_header(l, "X-Ringback-Owner"), !=, "evil");
	g_assert_true(g_str_has_prefix(letter_header(l, "Content-Type"), "multipart/mixed; boundary="));
}

static const char *const one_rcpt[] = { "<201@example.com>", NULL };

static void test_body(gconstpointer data)
{
	const struct body_row *row = data;
	g_autoptr(GString) mail = NULL;
	struct world w;
	const struct edits *e;

	world_begin(&w, ANNA, AUDIT);
	e = make(&w, one_rcpt, row->head, row->body, body_size(row), NULL);
	g_assert_nonnull(e->body);
	mail = apply(row->head, row->body, body_size(row), e);
	check_headers(mail, row, w.a);
	check_original(mail, row, w.a);
	check_structure(mail, row);
	world_end(&w);
}

struct machine_row {
	const char *name;
	enum machine_part part;
	const char *type;
};

static const struct machine_row machines[] = {
	{ "vcon", MACHINE_VCON, "Content-Type: application/vcon; name=\"item.vcon\"" },
	{ "plain", MACHINE_PLAIN, "Content-Type: application/json; name=\"item.json\"" },
	{ "none", MACHINE_NONE, NULL },
};

static void test_machine(gconstpointer data)
{
	const struct machine_row *row = data;
	g_autoptr(GString) body = g_string_new(NULL);
	struct world w;
	const struct edits *e;

	world_begin(&w, ANNA, AUDIT);
	w.conf.machine_part = row->part;
	e = make(&w, one_rcpt, HEAD, "x", 1, NULL);
	append_body(body, e->body);
	g_assert_true((strstr(body->str, "Content-Type: application/") != NULL) == (row->type != NULL));
	if (row->type)
		g_assert_nonnull(strstr(body->str, row->type));
	world_end(&w);
}

static void test_too_large(void)
{
	struct world w;
	const struct edits *e;

	world_begin(&w, ANNA, AUDIT);
	e = make(&w, one_rcpt, HEAD "Content-Type: text/plain\n", NULL, 0, NULL);
	g_assert_null(e->body);
	g_assert_null(header_edit(e, "Content-Type"));
	g_assert_null(header_edit(e, "MIME-Version"));
	g_assert_nonnull(header_edit(e, "X-Ringback-Item"));
	g_assert_cmpuint(g_strv_length((char **)e->add), ==, 2);
	world_end(&w);
}

/* ---- DKIM ---- */

static void test_signed(void)
{
	static const char head[] = HEAD "Auto-Submitted: no\nContent-Type: text/plain\n"
		"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=x; bh=aGg=;\n"
		"\th=From:To : Subject:\n\tIn-Reply-To:X-Ringback-Line;\n\tb=aGg=\n";
	struct world w;
	const struct edits *e;

	world_begin(&w, ANNA, AUDIT);
	w.conf.roster->rules.subject_tag = true;
	w.item.thread_id = "<0@example.com>";
	w.decision.created = false;
	e = make(&w, one_rcpt, head, "x", 1, NULL);
	g_assert_null(e->body);
	for (gsize i = 0; i < e->n_headers; i++) {
		g_assert_cmpint(e->headers[i].index, ==, 0);
		g_assert_nonnull(e->headers[i].value);
	}
	g_assert_nonnull(header_edit(e, "X-Ringback-Item"));
	g_assert_null(header_edit(e, "X-Ringback-Line"));
	g_assert_null(header_edit(e, "In-Reply-To"));
	g_assert_null(header_edit(e, "Auto-Submitted"));
	g_assert_null(header_edit(e, "Subject"));
	world_end(&w);
}

static void test_subject_tag(void)
{
	g_autoptr(GString) mail = NULL;
	struct world w;
	const struct letter *l;

	world_begin(&w, ANNA, AUDIT);
	w.conf.roster->rules.subject_tag = true;
	mail = apply(HEAD, "x", 1, make(&w, one_rcpt, HEAD, "x", 1, NULL));
	l = reader_read_headers(mail->str, mail->len, w.a);
	g_assert_cmpstr(l->subject, ==, "[RB-1742 Clinic - Anna Smith] Missed call");
	world_end(&w);
}

/* ---- forged headers ---- */

struct forged_row {
	const char *name;
	bool forged;
};

static const struct forged_row forged[] = {
	{ "X-Ringback-Item", true }, { "x-ringback-", true }, { "X-RINGBACK-STATE", true }, { "X-Zammad-Ignore", true },
	{ "x-otrs-Queue", true }, { "X-Ringback", false }, { "X-Ringbacker", false }, { "Subject", false }, { "X-", false },
	{ "X-Asterisk-CallerID", false },
};

static void test_forged(gconstpointer data)
{
	const struct forged_row *row = data;

	g_assert_true(edits_header_forged(row->name) == row->forged);
}

/* ---- quoted-printable of our parts ---- */

static void test_summary_text(void)
{
	static const char text[] = "J\303\274rgen = x \r\n.\r\nA long line of more than seventy-six octets that has to be broken "
				   "somewhere, \342\202\254\342\202\254\342\202\254\342\202\254 and ends with a tab\t\r\nend";
	const struct splice_parts parts = { .text = text, .html = text };
	const struct splice_original original = { "", "x", 1 };
	AUTO_ARENA a = arena_new();
	struct spliced s = splice_make(&parts, &original, a);
	g_autoptr(GString) body = g_string_new(NULL);
	g_autofree char *mail = (append_body(body, s.body),
				 g_strdup_printf("Content-Type: %s\n\n%s", s.content_type, body->str));
	g_auto(GStrv) lines = g_strsplit(body->str, "\r\n", -1);
	const struct letter *l = reader_read(mail, strlen(mail), NULL, a);
	g_auto(GStrv) pieces = g_strsplit(text, "\n", -1);
	g_autofree char *want = NULL;

	for (char **p = pieces; *p; p++)	/* the reader drops blanks at the ends of lines */
		g_strchomp(*p);
	want = g_strjoinv("\n", pieces);
	for (char **p = lines; *p; p++) {
		g_assert_cmpuint(strlen(*p), <=, 76);
		g_assert_false(g_str_has_suffix(*p, " ") || g_str_has_suffix(*p, "\t"));
	}
	g_assert_nonnull(strstr(body->str, "x=20\r\n"));
	g_assert_nonnull(strstr(body->str, "tab=09\r\n"));
	g_assert_false(s.eight_bit);
	g_assert_true(g_str_has_prefix(l->text, want));
	g_assert_cmpuint(l->n_parts, ==, 3);
}

static void add(const char *group, const char *name, gconstpointer row, void (*test)(gconstpointer))
{
	g_autofree char *path = g_strdup_printf("/edits/%s/%s", group, name);

	g_test_add_data_func(path, row, test);
}

/* A mail near the limit of the mail server must not be lost for what we add to it. */
static void test_near_the_limit(void)
{
	g_autofree char *body = g_strnfill(100000, 'x');

	for (int over = 0; over < 2; over++) {
		struct world w;
		const struct edits *e;

		world_begin(&w, ANNA, AUDIT);
		w.conf.message_size_limit = over ? 110000 : 200000;
		e = make(&w, one_rcpt, HEAD, body, strlen(body), NULL);
		g_assert_cmpint(e->body == NULL, ==, over);
		g_assert_nonnull(header_edit(e, "X-Ringback-Item"));
		g_assert_cmpint(header_edit(e, "Content-Type") == NULL, ==, over);
		world_end(&w);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	reader_init();
	for (guint i = 0; i < G_N_ELEMENTS(rcpts); i++)
		add("rcpts", rcpts[i].name, &rcpts[i], test_rcpts);
	for (guint i = 0; i < G_N_ELEMENTS(bodies); i++)
		add("body", bodies[i].name, &bodies[i], test_body);
	for (guint i = 0; i < G_N_ELEMENTS(machines); i++)
		add("machine", machines[i].name, &machines[i], test_machine);
	for (guint i = 0; i < G_N_ELEMENTS(forged); i++)
		add("forged", forged[i].name, &forged[i], test_forged);
	g_test_add_func("/edits/originals", test_originals);
	g_test_add_func("/edits/many-originals", test_many_originals);
	g_test_add_func("/edits/too-large", test_too_large);
	g_test_add_func("/edits/near-the-limit", test_near_the_limit);
	g_test_add_func("/edits/signed", test_signed);
	g_test_add_func("/edits/subject-tag", test_subject_tag);
	g_test_add_func("/edits/summary-text", test_summary_text);
	return g_test_run();
}
