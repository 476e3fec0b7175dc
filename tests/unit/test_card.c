/* The card: what it says for each class in each language, that it stays whole whatever a mail holds, and its templates. */
#include <glib.h>
#include <string.h>

#include "card.h"
#include "template.h"
#include "err.h"
#include "render_world.h"
#include "ticket.h"

/* ---- golden: tests/card/CLASS.LANGUAGE.txt and .html; GOLDEN_UPDATE in the environment writes them ---- */

static const char *const languages[] = { "en", "de" };

static void set_rules(struct world *w, const char *language)
{
	static const char *const keys[] = { "a key of the tests, 0123456789abcdef", NULL };

	w->r->rules.reply_address = g_strdup("calls@example.com");
	w->r->rules.reply_keys = g_strdupv((char **)keys);
	((struct line *)w->d.line)->language = g_strdup(language);
}

static void open_class(struct world *w, enum call_class class)
{
	if (class == CLASS_VOICEMAIL)
		world_voicemail(w);
	else
		world_open(w);
	w->call.class = w->item.class = class;
	if (class == CLASS_ABANDONED)
		w->item.calls = 3;
	if (class == CLASS_SYSTEM)
		w->item.state = STATE_CLOSED, w->item.resolution = RESOLUTION_SPAM;
}

static void check_file(const char *name, const char *got)
{
	g_autofree char *file = g_test_build_filename(G_TEST_DIST, "card", name, NULL);
	g_autofree char *expected = NULL;
	g_autoptr(GError) err = NULL;

	if (g_getenv("GOLDEN_UPDATE"))
		g_file_set_contents(file, got, -1, &err);
	g_assert_no_error(err);
	g_file_get_contents(file, &expected, NULL, &err);
	g_assert_no_error(err);
	g_assert_cmpstr(got, ==, expected);
}

static void check_golden(gconstpointer data)
{
	const int n = GPOINTER_TO_INT(data);
	const enum call_class class = CLASS_MISSED + n / 2;
	const char *language = languages[n % 2];
	g_autofree char *text = g_strdup_printf("%s.%s.txt", class_name(class), language);
	g_autofree char *html = g_strdup_printf("%s.%s.html", class_name(class), language);
	struct world w;
	struct card card;

	open_class(&w, class);
	set_rules(&w, language);
	card = card_render(w.a, w.r, &w.d, &w.call);
	check_file(text, card.text);
	check_file(html, card.html);
	world_close(&w);
}

/* ---- what stands in it ---- */

static bool says(struct world *w, const char *words)
{
	const struct card card = card_render(w->a, w->r, &w->d, &w->call);

	return strstr(card.text, words) != NULL;
}

static void check_taken(void)
{
	struct world w;

	world_voicemail(&w);
	w.item.calls = 3;
	w.item.state = STATE_ACKED;
	w.item.acked = EVENING + 600;
	w.item.acked_by = "anna";
	w.call.time = EVENING + 300;
	g_assert_true(says(&w, "When: Mon 2 Mar 2026, 22:57 CET\n"));
	g_assert_true(says(&w, "Tries: 3 calls, the first on Mon 2 Mar 2026, 22:52 CET\n"));
	g_assert_true(says(&w, "Why Anna Smith: took it at 23:02\n"));
	g_assert_true(says(&w, "Item: RB-1742, taken\n"));
	world_close(&w);
}

/* A line and an owner that the configuration no longer has: the ids stand in, times are UTC. */
static void check_gone(void)
{
	struct world w;

	world_open(&w);
	w.d.line = NULL;
	w.d.owner = NULL;
	g_assert_true(says(&w, "Mon 2 Mar 2026, 21:52 UTC\n"));
	g_assert_true(says(&w, "Line: clinic (201)\n"));
	g_assert_true(says(&w, "Owner: anna\nCall back by: Mon 2 Mar 2026, 22:52 UTC\nWhy anna: was given it\n"));
	w.item.owner = NULL;
	g_assert_true(says(&w, "Owner: nobody\n"));
	g_assert_false(says(&w, "Why nobody"));
	world_close(&w);
}

static void check_no_number(void)
{
	struct world w;
	struct card card;

	world_voicemail(&w);
	w.call.caller = w.item.caller = NULL;
	w.call.caller_raw = "ext. 99";
	g_assert_true(says(&w, "Voicemail from Jane Doe, ext. 99\n"));
	w.call.withheld = true;
	card = card_render(w.a, w.r, &w.d, &w.call);
	g_assert_null(strstr(card.html, "href=\"tel:"));
	g_assert_nonnull(strstr(card.html, "<bdi>number withheld</bdi>"));
	w.call.caller_name = w.item.caller_name = NULL;
	card = card_render(w.a, w.r, &w.d, &w.call);
	g_assert_nonnull(strstr(card.html, "<bdi>Number withheld</bdi>"));
	g_assert_true(g_str_has_prefix(card.text, "Voicemail, number withheld\n"));
	world_close(&w);
}

static void check_first_lines(void)
{
	g_autoptr(GString) said = g_string_new(NULL);
	struct world w;
	struct card card;

	for (int i = 0; i < 200; i++)
		g_string_append(said, "the boiler leaks ");
	world_voicemail(&w);
	w.call.transcript = said->str;
	card = card_render(w.a, w.r, &w.d, &w.call);
	g_assert_cmpuint(strlen(card.text), <, 2000);
	g_assert_nonnull(strstr(card.text, "…\nThe whole text is in the telephone system's own message.\n"));
	g_assert_nonnull(strstr(card.html, "The whole text is in the telephone system&#39;s own message."));
	for (const char *p = card.text; *p; p += strcspn(p, "\n") + 1)
		g_assert_cmpuint(strcspn(p, "\n"), <=, 150);	/* octets */
	world_close(&w);
}

/* Without replies configured, and once it is closed, nothing is said of what cannot be done. */
static void check_links(void)
{
	struct world w;

	world_open(&w);
	g_assert_false(says(&w, "What to do"));
	g_assert_null(strstr(card_render(w.a, w.r, &w.d, &w.call).html, "mailto:"));
	set_rules(&w, NULL);
	g_assert_true(says(&w, "What to do:\nReply to this mail"));
	w.item.state = STATE_CLOSED;
	g_assert_false(says(&w, "What to do"));
	world_close(&w);
}

static void check_why_schedule(void)
{
	struct schedule s = { .id = (char *)"oncall", .name = (char *)"Clinic on call" };
	struct world w;

	world_open(&w);
	((struct line *)w.d.line)->schedule = &s;
	g_assert_true(says(&w, "Why Anna Smith: on call: Clinic on call\n"));
	world_close(&w);
}

/* ---- hostile words ---- */

/* All that stands between "<" and ">": words outside are escaped and do nothing. */
static char *tags_of(const char *html)
{
	GString *out = g_string_new(NULL);

	for (const char *p = strchr(html, '<'); p; p = strchr(p, '<')) {
		const char *end = strchr(p, '>');

		g_assert_nonnull(end);
		g_string_append_len(out, p, end - p + 1);
		p = end;
	}
	return g_string_free(out, FALSE);
}

static guint count(const char *s, const char *what)
{
	guint n = 0;

	for (const char *p = strstr(s, what); p; p = strstr(p + 1, what))
		n++;
	return n;
}

/* Only tags and links of our own: a mail cannot change what tags there are. Nothing is loaded. */
static void check_html(const char *html)
{
	static const char *const never[] = {
		"<script", "<img", "<b>", "http", "url(", "src=", "javascript", "onerror", "evil", "<link", "@import", NULL
	};
	g_autofree char *tags = tags_of(html);

	g_assert_true(g_utf8_validate(html, -1, NULL));
	g_assert_null(strstr(html, "\u202e"));
	g_assert_null(strchr(html, '\x1b'));
	for (gsize i = 0; never[i]; i++)
		g_assert_null(strstr(tags, never[i]));
	g_assert_cmpuint(count(tags, "href="), ==, count(tags, "href=\"tel:+") + count(tags, "href=\"mailto:calls%2BRB-1742-"));
	g_assert_cmpuint(count(tags, "<td"), ==, count(tags, "</td>"));
	g_assert_cmpuint(strlen(html), <, 20000);
}

static void check_words(const char *words)
{
	struct world w;
	struct card card;

	world_hostile(&w, words);
	set_rules(&w, "de");
	card = card_render(w.a, w.r, &w.d, &w.call);
	check_html(card.html);
	g_assert_true(g_utf8_validate(card.text, -1, NULL));
	g_assert_null(strstr(card.text, "\nBcc"));
	g_assert_null(strchr(card.text, '\r'));
	world_close(&w);
}

static void check_hostile(void)
{
	for (gsize i = 0; world_hostile_words[i]; i++)
		check_words(world_hostile_words[i]);
}

static void check_long(void)
{
	static const char *const bits[] = { "a", "a ", "ä", "👍", "<", "\n", "\u200f", "{name}" };

	for (gsize i = 0; i < G_N_ELEMENTS(bits); i++) {
		g_autoptr(GString) s = g_string_new(NULL);

		for (int n = 0; n < 10000; n++)
			g_string_append(s, bits[i]);
		check_words(s->str);
	}
}

/* ---- templates ---- */

static char *builtin(const char *name)
{
	for (const char *const *p = template_builtin; *p; p += 2)
		if (strcmp(*p, name) == 0)
			return g_strdup(p[1]);
	g_assert_not_reached();
}

static void check_own(void)
{
	g_autofree char *english = builtin("en.words");
	g_autoptr(GString) french = g_string_new(english);
	struct world w;

	g_string_replace(french, "Missed call", "Appel manqué", 1);
	world_open(&w);
	g_assert_false(cards_has(w.r->cards, "fr"));
	g_assert_true(cards_set(w.r->cards, "fr.words", french->str, "fr.words", NULL));
	g_assert_true(cards_has(w.r->cards, "fr"));
	set_rules(&w, "fr");
	g_assert_true(says(&w, "Appel manqué from Jane Doe"));
	g_assert_true(cards_set(w.r->cards, "card.txt", "<{name}> {label_owner}\n", "card.txt", NULL));
	g_assert_cmpstr(card_render(w.a, w.r, &w.d, &w.call).text, ==, "<Jane Doe> Owner\n");
	world_close(&w);
}

/* What is wrong changes nothing. */
static void check_wrong(void)
{
	static const struct { const char *name, *contents, *message; } rows[] = {
		{ "card.html", "<p>\n{colour}\n{hue}</p>", "/x:3: there is no value {hue}" },
		{ "card.txt", "{?name", "/x:1: { begins no value" },
		{ "de.words", "call = x\n", "/x:1: heading is missing" },
		{ "de.words", "heading = {hue}\n", "/x:1: there is no value {hue}" },
		{ "de.words", "colour = red\n", "/x:1: there is no key colour" },
		{ "words", "", "/x:1: is no template" }, { ".words", "", "/x:1: is no template" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) err = NULL;
		struct world w;

		world_open(&w);
		set_rules(&w, "de");
		g_assert_false(cards_set(w.r->cards, rows[i].name, rows[i].contents, "/x", &err));
		g_assert_error(err, ERR_DOMAIN, ERR_CONF);
		g_assert_true(g_str_has_prefix(err->message, rows[i].message));
		g_assert_true(says(&w, "Entgangener Anruf von Jane Doe"));
		world_close(&w);
	}
}

/* ---- the address that replies go to ---- */

static void check_ticket(void)
{
	struct world w;
	struct ticket t;
	const char *address;
	g_autofree char *upper = NULL, *other = NULL;

	world_open(&w);
	g_assert_cmpstr(ticket_address(w.a, &w.r->rules, &w.item), ==, "");
	set_rules(&w, NULL);
	address = ticket_address(w.a, &w.r->rules, &w.item);
	g_assert_true(g_str_has_prefix(address, "calls+RB-1742-") && g_str_has_suffix(address, "@example.com"));
	g_assert_true(ticket_read(&w.r->rules, address, &t) && t.item == 1742);
	g_assert_true(ticket_fits(&w.r->rules, &t, &w.item));
	upper = g_ascii_strup(arena_printf(w.a, "<%s>", address), -1);
	g_assert_true(ticket_read(&w.r->rules, upper, &t) && ticket_fits(&w.r->rules, &t, &w.item));
	t.token[15] = t.token[15] == 'a' ? 'b' : 'a';
	g_assert_false(ticket_fits(&w.r->rules, &t, &w.item));
	g_assert_true(ticket_read(&w.r->rules, address, &t));
	w.item.created++;
	g_assert_false(ticket_fits(&w.r->rules, &t, &w.item));
	w.item.created--;
	w.item.id++;
	g_assert_false(ticket_fits(&w.r->rules, &t, &w.item));
	w.item.id--;
	other = g_strdup(w.r->rules.reply_keys[0]);
	g_strfreev(w.r->rules.reply_keys);
	w.r->rules.reply_keys = g_strsplit("a new key of the tests|", "|", 1);
	g_assert_false(ticket_fits(&w.r->rules, &t, &w.item));
	g_strfreev(w.r->rules.reply_keys);
	w.r->rules.reply_keys = g_new0(char *, 3);
	w.r->rules.reply_keys[0] = g_strdup("a new key of the tests");
	w.r->rules.reply_keys[1] = g_steal_pointer(&other);
	g_assert_true(ticket_fits(&w.r->rules, &t, &w.item));
	world_close(&w);
}

static void check_no_ticket(void)
{
	static const char *const none[] = {
		"", "<>", "calls@example.com", "calls+RB-1742@example.com", "calls+RB-1742-abcdefghijklmno@example.com",
		"calls+RB-1742-abcdefghijklmnopq@example.com", "calls+RB-0-abcdefghijklmnop@example.com",
		"calls+RB-1742-abcdefghijklmno1@example.com", "calls+RB-1742-abcdefghijklmnop@example.org",
		"calls+RB-1742-abcdefghijklmnop", "<calls+RB-1742-abcdefghijklmnop@example.com",
		"calls+RB-1742-abcdefghijklmnop@example.com>", "calls+RB-99999999999999999999-abcdefghijklmnop@example.com",
		"calls+XY-1742-abcdefghijklmnop@example.com", "call+RB-1742-abcdefghijklmnop@example.com",
		"calls+RB-1742-abcdefghijklmnop@example.com.evil.example"
	};
	struct world w;
	struct ticket t;

	world_open(&w);
	set_rules(&w, NULL);
	g_assert_true(ticket_read(&w.r->rules, "calls+RB-1742-abcdefghijklmnop@example.com", &t));
	for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
		g_assert_false(ticket_read(&w.r->rules, none[i], &t));
	world_close(&w);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } tests[] = {
		{ "taken", check_taken }, { "gone", check_gone }, { "no-number", check_no_number },
		{ "first-lines", check_first_lines }, { "links", check_links }, { "why-schedule", check_why_schedule },
		{ "hostile/words", check_hostile }, { "hostile/long", check_long }, { "templates/own", check_own },
		{ "templates/wrong", check_wrong }, { "ticket/fits", check_ticket }, { "ticket/none", check_no_ticket },
	};

	g_test_init(&argc, &argv, NULL);
	for (int n = 0; n < 8; n++) {
		g_autofree char *path = g_strdup_printf("/card/golden/%s/%s", class_name(CLASS_MISSED + n / 2), languages[n % 2]);

		g_test_add_data_func(path, GINT_TO_POINTER(n), check_golden);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/card/", tests[i].name, NULL);

		g_test_add_func(path, tests[i].run);
	}
	return g_test_run();
}
