/* The structure of a mail is found here, without a copy, in one walk whose depth and breadth are bounded; GMime reads
 * the fields (types, parameters, dates) and the transfer encodings. GMime's own parser recurses as deep as the mail
 * says and keeps every part. */
#define _GNU_SOURCE	/* memmem() */
#include "reader.h"

#include <gmime/gmime.h>
#include <string.h>

#include "charset.h"
#include "decode.h"
#include "html.h"
#include "text.h"

#define MIME_FIELD_MAX 4096	/* octets of a Content-* field that are looked at */
#define BOUNDARY_MAX 200	/* RFC 2046 says 70 */
#define LINKS_MAX (16 * 1024)	/* more than patterns look at */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeContentType, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeContentDisposition, g_object_unref)

const struct reader_limits reader_default_limits = {
	.headers_max = 1000, .header_size_max = 64 * 1024, .depth_max = 20, .parts_max = 200, .text_max = 1024 * 1024
};

struct span {
	const char *at, *end;
};

struct field {
	struct span name, value;
};

/* The fields that say what a part is; at is NULL where there is none. */
struct mime_fields {
	struct span type, encoding, disposition;
};

struct entity {
	const char *type;	/* lower case */
	const char *charset, *boundary, *filename;	/* NULL if none */
	GMimeContentEncoding encoding;
	struct span body;
};

struct reading {
	const struct reader_limits *limits;
	struct arena *a;
	struct letter *l;
	GArray *headers, *parts;
	GString *text, *html, *links;
	gsize entities;		/* parts begun, with those that hold others */
	bool full;		/* no more parts */
};

/* Without it GMime crashes on the first mail: no caller shall be able to forget it. */
void reader_init(void)
{
	static gsize done;

	if (g_once_init_enter(&done)) {
		g_mime_init();
		g_once_init_leave(&done, 1);
	}
}

static gsize span_size(struct span s)
{
	return (gsize)(s.end - s.at);
}

/* ---- header fields ---- */

/* The end of the line at p, without its line end; *next_r is behind that. */
static const char *line_end(const char *p, const char *end, const char **next_r)
{
	const char *nl = memchr(p, '\n', (gsize)(end - p)), *stop = nl ? nl : end;

	*next_r = nl ? nl + 1 : end;
	while (stop > p && stop[-1] == '\r')
		stop--;
	return stop;
}

/* The colon of a field; NULL if the line is none (RFC 5322, 2.2; a blank before the colon is let pass). */
static const char *field_colon(const char *p, const char *end)
{
	const char *colon = memchr(p, ':', (gsize)(end - p)), *stop = colon;

	while (stop && stop > p && (stop[-1] == ' ' || stop[-1] == '\t'))
		stop--;
	for (const char *s = p; colon && s < stop; s++)
		if (*s <= ' ' || *s > '~')
			return NULL;
	return colon && stop > p ? colon : NULL;
}

/* Takes the next field off the front of in. False at the end of the header: in is the body then. A line that is no
 * field begins the body, as in Postfix: some PBXs forget the blank line. */
static bool field_next(struct span *in, struct field *f)
{
	const char *next, *stop, *colon;

	if (in->at >= in->end)
		return false;
	stop = line_end(in->at, in->end, &next);
	colon = field_colon(in->at, stop);
	if (!colon) {
		in->at = stop == in->at ? next : in->at;
		return false;
	}
	f->name = (struct span){ in->at, colon };
	while (f->name.end[-1] == ' ' || f->name.end[-1] == '\t')
		f->name.end--;
	while (next < in->end && (*next == ' ' || *next == '\t'))
		stop = line_end(next, in->end, &next);
	f->value = (struct span){ colon + 1, MAX(stop, colon + 1) };
	in->at = next;
	return true;
}

static bool field_is(const struct field *f, const char *name)
{
	gsize n = strlen(name);

	return span_size(f->name) == n && g_ascii_strncasecmp(f->name.at, name, n) == 0;
}

static void mime_field(struct mime_fields *m, const struct field *f)
{
	struct span *to = NULL;

	if (field_is(f, "Content-Type"))
		to = &m->type;
	else if (field_is(f, "Content-Transfer-Encoding"))
		to = &m->encoding;
	else if (field_is(f, "Content-Disposition"))
		to = &m->disposition;
	if (to && !to->at)
		*to = f->value;
}

static void keep_header(struct reading *r, const struct field *f)
{
	gsize size = span_size(f->value);
	struct letter_header h;

	if (r->headers->len >= r->limits->headers_max || span_size(f->name) > r->limits->header_size_max) {
		r->l->truncated = true;
		return;
	}
	if (size > r->limits->header_size_max) {
		size = r->limits->header_size_max;
		r->l->truncated = true;
	}
	h.name = arena_strndup(r->a, f->name.at, span_size(f->name));
	h.value = charset_field(r->a, f->value.at, size);
	g_array_append_val(r->headers, h);
}

static const char *join_to(struct reading *r)
{
	const char *first = NULL;
	GString *all = NULL;

	for (guint i = 0; i < r->headers->len; i++) {
		const struct letter_header *h = &g_array_index(r->headers, struct letter_header, i);

		if (g_ascii_strcasecmp(h->name, "To") != 0)
			continue;
		if (!first) {
			first = h->value;
			continue;
		}
		if (!all)
			all = g_string_new(first);
		g_string_append_printf(all, ", %s", h->value);
	}
	if (all) {
		first = arena_strdup(r->a, all->str);
		g_string_free(all, TRUE);
	}
	return first ? first : "";
}

static const char *message_id(struct reading *r)
{
	const char *id = letter_header(r->l, "Message-ID");
	const char *open = id ? strchr(id, '<') : NULL, *close = open ? strchr(open, '>') : NULL;

	if (close)
		return arena_strndup(r->a, open, (gsize)(close - open) + 1);
	if (!id || !*id || strpbrk(id, " <>"))
		return "";
	return arena_printf(r->a, "<%s>", id);
}

/* Nothing but blanks and comments behind the time of day. */
static bool date_has_no_zone(const char *value)
{
	const char *s = strrchr(value, ':');

	s = s ? s + 1 + strspn(s + 1, "0123456789") : "?";
	s += strspn(s, " \t");
	return *s == 0 || *s == '(';
}

static void read_date(struct letter *l)
{
	const char *value = letter_header(l, "Date");
	g_autoptr(GDateTime) t = value && strlen(value) < 200 ? g_mime_utils_header_decode_date(value) : NULL;

	if (!t || g_date_time_to_unix(t) <= 0)
		return;
	l->date = g_date_time_to_unix(t);
	l->date_offset_s = (int)(g_date_time_get_utc_offset(t) / G_TIME_SPAN_SECOND);
	l->date_local = date_has_no_zone(value);
}

static const char *header_or_empty(const struct letter *l, const char *name)
{
	const char *value = letter_header(l, name);

	return value ? value : "";
}

static void *take_array(struct arena *a, GArray *array, gsize size)
{
	void *copy = arena_memdup(a, array->data, array->len * size);

	g_array_free(array, TRUE);
	return copy;
}

/* Reads the fields at the front of in into the letter. */
static void read_fields(struct reading *r, struct span *in, struct mime_fields *m)
{
	struct field f;

	r->headers = g_array_sized_new(FALSE, FALSE, sizeof(struct letter_header), 24);
	while (field_next(in, &f)) {
		mime_field(m, &f);
		keep_header(r, &f);
	}
	r->l->n_headers = r->headers->len;
	r->l->headers = (const struct letter_header *)r->headers->data;
	r->l->to = join_to(r);
	r->l->headers = take_array(r->a, r->headers, sizeof(struct letter_header));
	r->l->subject = header_or_empty(r->l, "Subject");
	r->l->from = header_or_empty(r->l, "From");
	r->l->message_id = message_id(r);
	read_date(r->l);
	r->l->text = r->l->html = r->l->links = "";
}

/* ---- what a part is ---- */

static char *field_string(struct span s)
{
	gsize n = s.at ? MIN(span_size(s), MIME_FIELD_MAX) : 0;
	char *copy = g_malloc(n + 1);

	for (gsize i = 0; i < n; i++)
		copy[i] = s.at[i] ? s.at[i] : ' ';
	copy[n] = 0;
	return g_strstrip(copy);
}

/* A name for people and patterns, without a path. */
static const char *file_name(struct arena *a, const char *raw)
{
	const char *name = raw ? text_line(a, text_utf8(a, raw, strlen(raw)), 255) : "";
	const char *slash = strrchr(name, '/'), *back = strrchr(name, '\\');

	name = slash ? slash + 1 : name;
	name = back && back >= name ? back + 1 : name;
	return *name ? name : NULL;
}

static void read_type(struct entity *e, const struct mime_fields *m, struct arena *a)
{
	g_autofree char *value = field_string(m->type), *type = NULL;
	g_autoptr(GMimeContentType) ct = strchr(value, '/') ? g_mime_content_type_parse(NULL, value) : NULL;
	const char *boundary;

	e->type = "text/plain";		/* RFC 2045, 5.2 */
	if (!ct)
		return;
	type = g_mime_content_type_get_mime_type(ct);
	for (char *c = type; *c; c++)
		*c = *c > ' ' && *c <= '~' ? g_ascii_tolower(*c) : '?';
	e->type = arena_strndup(a, type, 127);
	e->charset = arena_strdup(a, g_mime_content_type_get_parameter(ct, "charset"));
	e->filename = file_name(a, g_mime_content_type_get_parameter(ct, "name"));
	boundary = g_mime_content_type_get_parameter(ct, "boundary");
	if (boundary && *boundary && strlen(boundary) <= BOUNDARY_MAX && g_str_has_prefix(e->type, "multipart/"))
		e->boundary = arena_strdup(a, boundary);
}

static void understand(struct entity *e, const struct mime_fields *m, struct arena *a)
{
	g_autofree char *encoding = field_string(m->encoding), *disposition = field_string(m->disposition);
	g_autoptr(GMimeContentDisposition) cd = NULL;
	const char *name = NULL;

	read_type(e, m, a);
	e->encoding = g_mime_content_encoding_from_string(encoding);
	if (!*disposition)
		return;
	cd = g_mime_content_disposition_parse(NULL, disposition);
	name = cd ? file_name(a, g_mime_content_disposition_get_parameter(cd, "filename")) : NULL;
	e->filename = name ? name : e->filename;
}

/* ---- contents ---- */

/* Room left in a text, and a line end before what comes next. */
static gsize room_for_more(GString *to, gsize max)
{
	if (to->len > 0 && to->str[to->len - 1] != '\n' && to->len < max)
		g_string_append_c(to, '\n');
	return to->len < max ? max - to->len : 0;
}

/* The octets of s that fit into max and end with a whole character. */
static gsize fit(const char *s, gsize n, gsize max)
{
	if (n <= max)
		return n;
	for (n = max; n > 0 && (s[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

static void append_lines(GString *to, const char *s, gsize n)
{
	const char *end = s + n;

	while (s < end) {
		const char *cr = memchr(s, '\r', (gsize)(end - s));

		g_string_append_len(to, s, (cr ? cr : end) - s);
		if (!cr)
			return;
		g_string_append_c(to, '\n');
		for (s = cr; s < end && *s == '\r'; s++)	/* CR, CRLF and CRCRLF end one line */
			;
		s += s < end && *s == '\n';
	}
}

/* Without the blanks at line ends that editors and gateways leave; "-- " above a signature (RFC 3676, 4.3) keeps its. */
static void trim_lines(GString *text)
{
	gsize to = 0, line = 0;

	for (gsize i = 0; i <= text->len; i++) {
		char c = text->str[i];

		if (c == '\n' || c == 0) {
			while (to > line && strchr(" \t", text->str[to - 1]) &&
			       !(to - line == 3 && memcmp(text->str + line, "-- ", 3) == 0))
				to--;
			line = to + 1;
		}
		text->str[to++] = c;
	}
	g_string_truncate(text, to - 1);
}

static void add_text(struct reading *r, const struct entity *e, const char *octets, gsize n)
{
	const char *s = charset_text(r->a, octets, n, e->charset);
	gsize size = strlen(s), max = r->limits->text_max, room, fits;

	if (strcmp(e->type, "text/html") == 0) {
		if (room_for_more(r->html, max) == 0 || !html_text(s, size, max, r->html))
			r->l->truncated = true;
		html_links(s, size, LINKS_MAX, r->links);
		return;
	}
	room = room_for_more(r->text, max);
	fits = fit(s, size, room);
	r->l->truncated |= fits < size;
	append_lines(r->text, s, fits);
}

static void read_contents(struct reading *r, const struct entity *e, struct letter_part *p)
{
	const struct letter one = { .parts = p, .n_parts = 1 };
	bool text = strcmp(p->type, "text/plain") == 0 || strcmp(p->type, "text/html") == 0;
	bool audio = letter_audio(&one) != NULL;
	struct digest *sum = audio ? digest_new() : NULL;
	g_autoptr(GString) head = NULL;
	struct span octets = e->body;
	gsize max = r->limits->text_max;

	p->size = span_size(e->body);
	if (decode_needed(e->encoding)) {
		head = text ? g_string_sized_new(MIN(p->size, max)) : NULL;
		p->size = decode_body(e->encoding, e->body.at, e->body.end, sum, head, max);
		octets = head ? (struct span){ head->str, head->str + head->len } : octets;
	} else if (sum) {
		digest_add(sum, e->body.at, p->size);
	}
	if (sum)
		p->sha512 = digest_text(sum, r->a);
	digest_free(sum);
	if (text && !audio) {
		r->l->truncated |= p->size > max;
		add_text(r, e, octets.at, MIN(span_size(octets), max));
	}
}

static void add_leaf(struct reading *r, const struct entity *e)
{
	struct letter_part p = { .type = e->type, .filename = e->filename };

	if (r->parts->len >= r->limits->parts_max) {
		r->l->truncated = r->full = true;
		return;
	}
	read_contents(r, e, &p);
	g_array_append_val(r->parts, p);
}

/* ---- structure ---- */

struct delimiter {
	const char *at, *after;	/* the line, with the line end before it, and what follows */
	bool last;		/* "--boundary--" */
};

static const char *line_after(const char *p, const char *end)
{
	while (p < end && *p != '\n' && *p != '\r')
		p++;
	return p;
}

static bool delimiter_is(const char *hit, gsize n, const struct span *in, struct delimiter *d)
{
	const char *tail = hit + n, *next;

	if (hit > in->at && hit[-1] != '\n' && hit[-1] != '\r')
		return false;
	d->last = in->end - tail >= 2 && tail[0] == '-' && tail[1] == '-';
	if (!d->last && tail < in->end && !strchr(" \t\r\n", *tail))
		return false;		/* a longer boundary that begins like ours */
	next = line_after(tail, in->end);
	if (next < in->end && *next == '\r')
		next++;
	if (next < in->end && *next == '\n')
		next++;
	d->after = next;
	d->at = hit;
	if (d->at > in->at && d->at[-1] == '\n')
		d->at--;
	if (d->at > in->at && d->at[-1] == '\r')
		d->at--;
	return true;
}

/* The first delimiter line at or after p (RFC 2046, 5.1.1). */
static bool delimiter_find(const char *p, const struct span *in, const char *dashed, struct delimiter *d)
{
	gsize n = strlen(dashed);

	while (p < in->end && (p = memmem(p, (gsize)(in->end - p), dashed, n)) != NULL) {
		if (delimiter_is(p, n, in, d))
			return true;
		p = line_after(p, in->end);
	}
	return false;
}

static void read_entity(struct reading *r, const struct mime_fields *m, struct span body, gsize depth);

static void read_part(struct reading *r, struct span in, gsize depth)
{
	struct mime_fields m = { { NULL, NULL }, { NULL, NULL }, { NULL, NULL } };
	struct field f;

	while (field_next(&in, &f))
		mime_field(&m, &f);
	read_entity(r, &m, in, depth);
}

static void read_multipart(struct reading *r, const char *dashed, struct span in, struct delimiter d, gsize depth)
{
	while (!d.last && !r->full) {
		struct delimiter next;
		bool more = delimiter_find(d.after, &in, dashed, &next);
		const char *end = more ? next.at : in.end;

		read_part(r, (struct span){ d.after, MAX(end, d.after) }, depth + 1);
		if (!more)
			return;
		d = next;
	}
}

static void read_entity(struct reading *r, const struct mime_fields *m, struct span body, gsize depth)
{
	struct entity e = { .body = body };
	struct delimiter first;
	const char *dashed;

	if (depth > r->limits->depth_max || ++r->entities > r->limits->parts_max * 4) {
		r->l->truncated = true;
		r->full |= depth <= r->limits->depth_max;
		return;
	}
	understand(&e, m, r->a);
	dashed = e.boundary ? arena_printf(r->a, "--%s", e.boundary) : NULL;
	if (dashed && delimiter_find(body.at, &body, dashed, &first)) {
		read_multipart(r, dashed, body, first, depth);
		return;
	}
	if (g_str_has_prefix(e.type, "multipart/"))	/* damaged: read what is there */
		e.type = "text/plain";
	add_leaf(r, &e);
}

/* Mail with CR alone as line end, and the line that mailbox files put first. */
static struct span whole(const char *mail, gsize size, char **copy_r)
{
	struct span s = { mail, mail + size };
	const char *next;

	if (size > 0 && memchr(mail, '\r', size) && !memchr(mail, '\n', size)) {
		*copy_r = g_memdup2(mail, size);
		for (gsize i = 0; i < size; i++)
			if ((*copy_r)[i] == '\r')
				(*copy_r)[i] = '\n';
		s = (struct span){ *copy_r, *copy_r + size };
	}
	if (size > 5 && memcmp(s.at, "From ", 5) == 0) {
		line_end(s.at, s.end, &next);
		s.at = next;
	}
	return s;
}

struct letter *reader_read(const char *mail, gsize size, const struct reader_limits *limits, struct arena *a)
{
	g_autofree char *copy = NULL;
	g_autoptr(GString) text = g_string_new(NULL), html = g_string_new(NULL), links = g_string_new(NULL);
	struct span in = whole(mail, size, &copy);
	struct mime_fields m = { { NULL, NULL }, { NULL, NULL }, { NULL, NULL } };
	struct reading r = {
		.limits = limits ? limits : &reader_default_limits, .a = a, .l = ARENA_NEW(a, struct letter),
		.text = text, .html = html, .links = links
	};

	reader_init();
	read_fields(&r, &in, &m);
	r.parts = g_array_new(FALSE, FALSE, sizeof(struct letter_part));
	read_entity(&r, &m, in, 0);
	r.l->n_parts = r.parts->len;
	r.l->parts = take_array(a, r.parts, sizeof(struct letter_part));
	trim_lines(text);
	r.l->text = arena_strndup(a, text->str, text->len);
	r.l->html = arena_strndup(a, html->str, html->len);
	r.l->links = arena_strndup(a, links->str, links->len);
	return r.l;
}

struct letter *reader_read_headers(const char *head, gsize size, struct arena *a)
{
	g_autofree char *copy = NULL;
	struct span in = whole(head, size, &copy);
	struct mime_fields m = { { NULL, NULL }, { NULL, NULL }, { NULL, NULL } };
	struct reading r = { .limits = &reader_default_limits, .a = a, .l = ARENA_NEW(a, struct letter) };

	reader_init();
	read_fields(&r, &in, &m);
	return r.l;
}
