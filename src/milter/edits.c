#include "edits.h"

#include <string.h>

#include "card.h"
#include "render.h"
#include "text.h"

#define HEADERS_GROWTH 16384	/* more than our header fields and the Received of the mail server take */
#define LISTED_MAX 8192		/* octets of X-Ringback-Original-Recipients */

/* ---- the header fields that the mail has ---- */

struct field {
	const char *name;
	gsize name_len;
	const char *value, *end;	/* as written, without the last line end */
};

struct making {
	const struct decision *d;
	const struct edits_mail *m;
	struct arena *a;
	GArray *fields;			/* struct field */
	GArray *headers;		/* struct edit_header */
	const char *signed_names;	/* the h= tags of DKIM-Signatures, ":name:name:" in lower case; NULL: not signed */
	struct edits *e;
};

static bool field_is(const struct field *f, const char *name)
{
	return f->name_len == strlen(name) && g_ascii_strncasecmp(f->name, name, f->name_len) == 0;
}

static bool field_begins(const struct field *f, const char *prefix)
{
	return f->name_len >= strlen(prefix) && g_ascii_strncasecmp(f->name, prefix, strlen(prefix)) == 0;
}

static GArray *read_fields(const char *s, gsize n)
{
	GArray *fields = g_array_new(FALSE, FALSE, sizeof(struct field));
	const char *end = s + n;

	while (s < end) {
		const char *nl = memchr(s, '\n', (gsize)(end - s)), *stop = nl ? nl : end;
		const char *colon = memchr(s, ':', (gsize)(stop - s));
		const char *last = stop > s && stop[-1] == '\r' ? stop - 1 : stop;
		struct field f = { .name = s, .end = last };

		if ((*s == ' ' || *s == '\t') && fields->len > 0) {
			g_array_index(fields, struct field, fields->len - 1).end = last;
		} else if (colon) {
			f.name_len = (gsize)(colon - s);
			f.value = colon + 1;
			f.end = MAX(last, f.value);
			while (f.name_len > 0 && (s[f.name_len - 1] == ' ' || s[f.name_len - 1] == '\t'))
				f.name_len--;
			g_array_append_val(fields, f);
		}
		s = nl ? nl + 1 : end;
	}
	return fields;
}

static const struct field *field_at(const struct making *k, guint i)
{
	return &g_array_index(k->fields, struct field, i);
}

static int count_fields(const struct making *k, const char *name)
{
	int n = 0;

	for (guint i = 0; i < k->fields->len; i++)
		n += field_is(field_at(k, i), name);
	return n;
}

/* ---- DKIM (RFC 6376) ---- */

/* Appends the names in the h= tag of one DKIM-Signature, each with a colon behind it. */
static void append_signed(GString *names, const struct field *f)
{
	g_autofree char *value = g_strndup(f->value, (gsize)(f->end - f->value));
	g_auto(GStrv) tags = g_strsplit(value, ";", 64);

	for (char **tag = tags; *tag; tag++) {
		const char *s = *tag + strspn(*tag, " \t\r\n");

		if (*s != 'h' || s[1 + strspn(s + 1, " \t\r\n")] != '=')
			continue;
		for (s = strchr(s, '=') + 1; *s; s++)
			if (!strchr(" \t\r\n", *s))
				g_string_append_c(names, g_ascii_tolower(*s));
		g_string_append_c(names, ':');
	}
}

static void find_signed(struct making *k)
{
	g_autoptr(GString) names = g_string_new(":");

	for (guint i = 0; i < k->fields->len; i++)
		if (field_is(field_at(k, i), "DKIM-Signature"))
			append_signed(names, field_at(k, i));
	if (count_fields(k, "DKIM-Signature") > 0)
		k->signed_names = arena_strdup(k->a, names->str);
}

/* May a field of that name be added to a signed mail? A name in h= may be signed as absent, too. */
static bool may_add(const struct making *k, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1), *wanted = g_strconcat(":", lower, ":", NULL);

	return strstr(k->signed_names, wanted) == NULL;
}

/* ---- header edits ---- */

static void edit(struct making *k, const char *name, const char *value, int index)
{
	struct edit_header h = { .name = name, .value = value, .index = index };

	g_array_append_val(k->headers, h);
}

/* One more field of that name. */
static void add_header(struct making *k, const char *name, const char *value)
{
	if (!k->signed_names || may_add(k, name))
		edit(k, name, value, 0);
}

/* One field of that name in the end, and it is ours. */
static void set_header(struct making *k, const char *name, const char *value)
{
	int n = count_fields(k, name);

	if (k->signed_names) {
		if (n == 0)
			add_header(k, name, value);
		return;
	}
	for (int i = n; i > 1; i--)	/* from the last, so that no index shifts */
		edit(k, name, NULL, i);
	edit(k, name, value, n > 0 ? 1 : 0);
}

/* How many fields of the name of field i there are up to and with it. */
static int index_of(const struct making *k, guint at)
{
	g_autofree char *name = g_strndup(field_at(k, at)->name, field_at(k, at)->name_len);
	int n = 0;

	for (guint i = 0; i <= at; i++)
		n += field_is(field_at(k, i), name);
	return n;
}

/* Removes the fields of the PBX that want() names, the last one first. */
static void remove_fields(struct making *k, bool (*want)(const struct field *))
{
	for (guint i = k->fields->len; i > 0; i--) {
		const struct field *f = field_at(k, i - 1);
		const char *name = want(f) ? arena_strndup(k->a, f->name, f->name_len) : NULL;

		if (name && (!k->signed_names || may_add(k, name)))
			edit(k, name, NULL, index_of(k, i - 1));
	}
}

static bool is_ours(const struct field *f)
{
	return field_begins(f, "X-Ringback-");
}

/* Those that go with the PBX's own part; Content-Class of Exchange is about the mail. */
static bool is_content(const struct field *f)
{
	return field_begins(f, "Content-") && !field_is(f, "Content-Class");
}

/* Those of them that we do not write anew. */
static bool is_content_besides(const struct field *f)
{
	return is_content(f) && !field_is(f, "Content-Type") && !field_is(f, "Content-Transfer-Encoding");
}

/* What a PBX says of the call in such fields it knows best. */
static bool keeps_own(const struct making *k, const char *name)
{
	return (g_str_has_prefix(name, "X-Call") || g_str_has_prefix(name, "X-Voice")) && count_fields(k, name) > 0;
}

static void add_rendered(struct making *k, const struct roster *r, const struct event *e)
{
	gsize n;
	const struct render_header *h = render_headers(k->a, r, k->d, e, &n);

	for (gsize i = 0; i < n; i++) {
		if (g_ascii_strncasecmp(h[i].name, "X-Ringback-", 11) == 0)
			add_header(k, h[i].name, h[i].value);	/* the PBX's own are removed before */
		else if (!keeps_own(k, h[i].name))
			set_header(k, h[i].name, h[i].value);
	}
}

static void tag_subject(struct making *k, const struct roster *r)
{
	const char *subject = "";

	if (!r->rules.subject_tag || k->signed_names)
		return;
	for (guint i = k->fields->len; i > 0; i--) {
		const struct field *f = field_at(k, i - 1);

		if (field_is(f, "Subject"))
			subject = arena_strndup(k->a, f->value, (gsize)(f->end - f->value));
	}
	set_header(k, "Subject", render_subject(k->a, r, k->d, subject));
}

/* ---- recipients ---- */

/* The address as it is compared: no brackets, with a domain if it is known. Letter case is left to the comparison. */
static const char *address_of(const struct making *k, const char *rcpt)
{
	gsize n = strlen(rcpt);
	const char *s = arena_strdup(k->a, rcpt);

	if (n >= 2 && s[0] == '<' && s[n - 1] == '>')
		s = arena_strndup(k->a, s + 1, n - 2);
	if (*s && !strchr(s, '@') && k->m->myorigin && *k->m->myorigin)
		s = arena_printf(k->a, "%s@%s", s, k->m->myorigin);
	return s;
}

static bool list_has(const GPtrArray *list, const char *address)
{
	for (guint i = 0; i < list->len; i++)
		if (g_ascii_strcasecmp(list->pdata[i], address) == 0)
			return true;
	return false;
}

static void want(const struct making *k, GPtrArray *list, const char *address)
{
	const char *full = address && *address ? address_of(k, address) : NULL;

	if (full && !list_has(list, full))
		g_ptr_array_add(list, (char *)full);
}

/* Whom the mail goes to. Without a word from the configuration nobody is taken off. */
static GPtrArray *wanted(const struct making *k, bool *others_stay_r)
{
	GPtrArray *list = g_ptr_array_new();
	bool owner = k->d->mail == MAIL_EDIT;

	if (owner && k->d->owner)
		want(k, list, k->d->owner->mail);
	*others_stay_r = list->len == 0 && owner;
	if (k->d->line)
		want(k, list, k->d->line->audit);
	*others_stay_r |= list->len == 0;
	return list;
}

static const char **take_list(struct arena *a, GPtrArray *list)
{
	const char **copy;

	g_ptr_array_add(list, NULL);
	copy = arena_memdup(a, list->pdata, list->len * sizeof(char *));
	g_ptr_array_unref(list);
	return copy;
}

static const char *bracketed(const struct making *k, const char *rcpt)
{
	return *rcpt == '<' ? arena_strdup(k->a, rcpt) : arena_printf(k->a, "<%s>", rcpt);
}

static bool spelled_in(const GPtrArray *list, const char *s)
{
	for (guint i = 0; i < list->len; i++)
		if (strcmp(list->pdata[i], s) == 0)
			return true;
	return false;
}

/* Postfix shows sendmail(1)'s recipients rewritten, but deletes by what was given: "2001", seen as "2001@myorigin". What
 * myorigin is it does not say: on Debian often not the host's name, {j}. Deleting what is not there is harmless. */
static void remove_bare(const struct making *k, GPtrArray *remove, const GPtrArray *stay, const char *address)
{
	const char *at = strrchr(address, '@');
	const char *bare;

	if (!k->m->from_sendmail || !at)
		return;
	bare = arena_printf(k->a, "<%.*s>", (int)(at - address), address);
	if (!spelled_in(stay, bare) && !spelled_in(remove, bare))
		g_ptr_array_add(remove, (char *)bare);
}

/* Of several spellings of one wanted address the first stays. Deletion in Postfix is by exact spelling, and takes every
 * recipient so spelled, so what is spelled like one that stays is never deleted. */
static GPtrArray *staying(const struct making *k, const GPtrArray *wants)
{
	GPtrArray *stay = g_ptr_array_new();
	g_autoptr(GPtrArray) seen = g_ptr_array_new();

	for (const char *const *p = k->m->rcpts; *p; p++) {
		const char *address = address_of(k, *p), *at = strrchr(address, '@');

		if (!list_has(wants, address) || list_has(seen, address))
			continue;
		g_ptr_array_add(seen, (char *)address);
		g_ptr_array_add(stay, (char *)bracketed(k, *p));
		if (k->m->from_sendmail && at)
			g_ptr_array_add(stay, arena_printf(k->a, "<%.*s>", (int)(at - address), address));
	}
	return stay;
}

static const char **to_remove(const struct making *k, const GPtrArray *wants)
{
	g_autoptr(GPtrArray) stay = staying(k, wants);
	GPtrArray *remove = g_ptr_array_new();

	for (const char *const *p = k->m->rcpts; *p; p++) {
		const char *spelled = bracketed(k, *p);

		if (!**p || spelled_in(stay, spelled) || spelled_in(remove, spelled))
			continue;
		g_ptr_array_add(remove, (char *)spelled);
		remove_bare(k, remove, stay, address_of(k, *p));
	}
	return take_list(k->a, remove);
}

static const char **to_add(const struct making *k, const GPtrArray *wants)
{
	g_autoptr(GPtrArray) there = g_ptr_array_new();
	GPtrArray *add = g_ptr_array_new();

	for (const char *const *p = k->m->rcpts; *p; p++)
		g_ptr_array_add(there, (char *)address_of(k, *p));
	for (guint i = 0; i < wants->len; i++)
		if (!list_has(there, wants->pdata[i]))
			g_ptr_array_add(add, (char *)bracketed(k, wants->pdata[i]));
	return take_list(k->a, add);
}

static void set_rcpts(struct making *k)
{
	bool others_stay;
	g_autoptr(GPtrArray) wants = wanted(k, &others_stay);
	static const char *none[] = { NULL };

	k->e->add = to_add(k, wants);
	k->e->remove = others_stay ? none : to_remove(k, wants);
}

/* RFC 3461, 4: what is not a plain printable character is "+XX". */
static const char *xtext(struct arena *a, const char *s)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (; *s; s++)
		if (*s > ' ' && *s < 0x7f && *s != '+' && *s != '=')
			g_string_append_c(out, *s);
		else
			g_string_append_printf(out, "+%02X", (guchar)*s);
	return arena_strdup(a, out->str);
}

/* An address from the envelope in a header: printable ASCII or nothing of it. */
static const char *printable(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);

	for (char *c = copy; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return copy;
}

static void list_originals(struct making *k)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (const char *const *p = k->m->rcpts; *p; p++) {
		const char *address = address_of(k, *p);

		if (!*address)
			continue;
		if (!k->e->orcpt)
			k->e->orcpt = xtext(k->a, address);
		if (list->len + strlen(address) > LISTED_MAX) {
			g_string_append(list, ",\n\t...");
			break;
		}
		g_string_append_printf(list, "%s%s", list->len ? ",\n\t" : "", printable(k->a, address));
	}
	if (list->len)
		add_header(k, "X-Ringback-Original-Recipients", arena_strdup(k->a, list->str));
}

/* ---- the body ---- */

/* The mail's Content-* fields as they are, with CRLF line ends. */
static const char *content_fields(const struct making *k)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; i < k->fields->len; i++) {
		const struct field *f = field_at(k, i);

		if (!is_content(f))
			continue;
		for (const char *s = f->name; s < f->end; s++) {
			if (*s == '\r' && s + 1 < f->end && s[1] == '\n')
				continue;
			if (*s == '\n')
				g_string_append_c(out, '\r');
			g_string_append_c(out, *s ? *s : ' ');
		}
		g_string_append(out, "\r\n");
	}
	return arena_strdup(k->a, out->str);
}

/* Postfix refuses for good (552) what edits bring over its limit: a voicemail would be lost for a few lines of ours. */
static bool too_large(const struct making *k, const struct conf *conf, gsize body_size)
{
	return conf->message_size_limit > 0 &&
	       k->m->head_size + HEADERS_GROWTH + body_size > (gsize)conf->message_size_limit;
}

static void set_body(struct making *k, const struct conf *conf, const struct event *e)
{
	const struct roster *r = conf->roster;
	const struct splice_original original = { content_fields(k), k->m->body, k->m->body_size };
	const struct card card = card_render(k->a, r, k->d, e->call);
	struct splice_parts parts = { .text = card.text, .html = card.html };
	struct spliced s;

	if (conf->machine_part == MACHINE_VCON) {
		parts.machine = render_vcon(k->a, r, k->d, e);
		parts.machine_type = "application/vcon";
		parts.machine_name = "item.vcon";
	} else if (conf->machine_part == MACHINE_PLAIN) {
		parts.machine = render_plain(k->a, r, k->d, e);
		parts.machine_type = "application/json";
		parts.machine_name = "item.json";
	}
	s = splice_make(&parts, &original, k->a);
	if (too_large(k, conf, splice_size(s.body)))
		return;
	k->e->body = arena_memdup(k->a, s.body, sizeof(s.body));
	remove_fields(k, is_content_besides);
	set_header(k, "MIME-Version", "1.0");
	set_header(k, "Content-Type", s.content_type);
	if (s.eight_bit)
		set_header(k, "Content-Transfer-Encoding", "8bit");
	else
		for (int i = count_fields(k, "Content-Transfer-Encoding"); i > 0; i--)
			edit(k, "Content-Transfer-Encoding", NULL, i);
}

/* ---- */

struct edits *edits_make(const struct conf *conf, const struct decision *d, const struct event *e,
			 const struct edits_mail *m, struct arena *a)
{
	g_autoptr(GArray) fields = read_fields(m->head, m->head_size);
	g_autoptr(GArray) headers = g_array_new(FALSE, FALSE, sizeof(struct edit_header));
	struct making k = {
		.d = d, .m = m, .a = a, .fields = fields, .headers = headers, .e = ARENA_NEW(a, struct edits)
	};

	find_signed(&k);
	remove_fields(&k, is_ours);
	add_rendered(&k, conf->roster, e);
	list_originals(&k);
	tag_subject(&k, conf->roster);
	set_rcpts(&k);
	if (m->body && !k.signed_names)
		set_body(&k, conf, e);
	k.e->headers = arena_memdup(a, headers->data, headers->len * sizeof(struct edit_header));
	k.e->n_headers = headers->len;
	return k.e;
}

bool edits_header_forged(const char *name)
{
	static const char *const prefixes[] = { "X-Ringback-", "X-Zammad-", "X-OTRS-" };

	for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (g_ascii_strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}
