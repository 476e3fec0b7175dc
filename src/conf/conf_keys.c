#include "conf_keys.h"

#include <arpa/inet.h>
#include <string.h>

#include "conf_value.h"
#include "phone.h"
#include "text.h"

#define NEEDED NULL
#define SETTING(section, type, name, fallback, low, high, help) \
	{ SECTION_##section, TYPE_##type, #name, fallback, low, high, NULL, help },
#define CHOICE(section, name, fallback, words, help) \
	{ SECTION_##section, TYPE_CHOICE, #name, fallback, 0, 0, words, help },
const struct conf_key conf_keys[N_CONF_KEYS] = {
#include "conf.def"
};
#undef SETTING
#undef CHOICE

const char *conf_section_name(enum conf_section s)
{
	static const char *const names[] = {
		"", "source", "person", "policy", "step", "line", "provider", "schedule", "rotation", "rule",
		"caller", "replies"
	};

	_Static_assert(G_N_ELEMENTS(names) == N_SECTIONS, "a name for each section");
	return names[s];
}

bool conf_type_is_list(enum conf_type t)
{
	return t >= TYPE_TEXTS;
}

static char *read_time(const struct conf_key *k, const char *text, int64_t *number_r)
{
	if (!text_to_seconds(text, number_r) || *number_r < k->low || *number_r > k->high)
		return NULL;
	return g_strdup(text);
}

static char *read_number(const struct conf_key *k, const char *text, int64_t *number_r)
{
	return text_to_long(text, k->low, k->high, number_r) ? g_strdup(text) : NULL;
}

static char *read_size(const struct conf_key *k, const char *text, int64_t *number_r)
{
	gsize len = strlen(text);
	int64_t factor = g_str_has_suffix(text, "K") ? 1024 : g_str_has_suffix(text, "M") ? 1024 * 1024 : 1;
	g_autofree char *digits = g_strndup(text, factor > 1 ? len - 1 : len);

	if (!text_to_long(digits, 0, k->high / factor, number_r))
		return NULL;
	*number_r *= factor;
	return *number_r >= k->low ? g_strdup(text) : NULL;
}

static char *read_mode(const struct conf_key *k, const char *text, int64_t *number_r)
{
	guint64 n;

	if (strspn(text, "01234567") != strlen(text) ||
	    !g_ascii_string_to_unsigned(text, 8, 0, (guint64)k->high, &n, NULL))
		return NULL;
	*number_r = (int64_t)n;
	return g_strdup(text);
}

static char *read_flag(const struct conf_key *k, const char *text, int64_t *number_r)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on" };

	(void)k;
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_ascii_strcasecmp(text, words[i]) == 0) {
			*number_r = i % 2;
			return g_strdup(words[i % 2]);
		}
	return NULL;
}

static char *read_choice(const struct conf_key *k, const char *text, int64_t *number_r)
{
	g_auto(GStrv) words = g_strsplit(k->words, " ", -1);

	for (int i = 0; words[i]; i++)
		if (strcmp(text, words[i]) == 0) {
			*number_r = i;
			return g_strdup(text);
		}
	return NULL;
}

static char *read_text(const struct conf_key *k, const char *text, int64_t *number_r)
{
	char *s = g_strstrip(g_strdup(text));
	glong n = g_utf8_strlen(s, -1);

	(void)number_r;
	if (n >= k->low && n <= k->high)
		return s;
	g_free(s);
	return NULL;
}

static char *read_path(const struct conf_key *k, const char *text, int64_t *number_r)
{
	return g_path_is_absolute(text) ? read_text(k, text, number_r) : NULL;
}

static char *read_phone(const struct conf_key *k, const char *text, int64_t *number_r)
{
	(void)k;
	(void)number_r;
	return conf_value_phone(text);
}

static char *read_mail(const struct conf_key *k, const char *text, int64_t *number_r)
{
	(void)k;
	(void)number_r;
	return conf_value_is_mail(text) ? g_strdup(text) : NULL;
}

static char *read_zone(const struct conf_key *k, const char *text, int64_t *number_r)
{
	(void)k;
	(void)number_r;
	return conf_value_is_zone(text) ? g_strdup(text) : NULL;
}

static char *read_region(const struct conf_key *k, const char *text, int64_t *number_r)
{
	g_autofree char *upper = g_ascii_strup(text, -1);

	(void)k;
	(void)number_r;
	return phone_region_known(upper) ? g_steal_pointer(&upper) : NULL;
}

static char *read_network(const struct conf_key *k, const char *text, int64_t *number_r)
{
	struct network n;

	(void)k;
	(void)number_r;
	return network_read(text, &n) ? g_strdup(text) : NULL;
}

static char *read_sender(const struct conf_key *k, const char *text, int64_t *number_r)
{
	return *text == '@' ? (conf_value_is_domain(text + 1) ? g_strdup(text) : NULL) : read_mail(k, text, number_r);
}

/* A signer of one label would sign for all below it. */
static char *read_domain(const struct conf_key *k, const char *text, int64_t *number_r)
{
	(void)k;
	(void)number_r;
	return conf_value_is_domain(text) && strchr(text, '.') ? g_ascii_strdown(text, -1) : NULL;
}

struct form {
	char *(*read)(const struct conf_key *k, const char *text, int64_t *number_r);
	const char *is_no;	/* "x" is no ... */
	const char *right;	/* NULL: the range says it */
};

static const struct form forms[] = {
	[TYPE_TEXT] = { read_text, "text that fits", NULL },
	[TYPE_NAME] = { read_text, "name that fits", NULL },
	[TYPE_HOURS] = { read_text, "opening hours that fit", NULL },
	[TYPE_PATH] = { read_path, "absolute path", "write one that begins with /" },
	[TYPE_TIME] = { read_time, "time within the range", NULL },
	[TYPE_NUMBER] = { read_number, "number within the range", NULL },
	[TYPE_SIZE] = { read_size, "size within the range", NULL },
	[TYPE_MODE] = { read_mode, "octal mode", "write one like 0660" },
	[TYPE_FLAG] = { read_flag, "yes or no", "write yes or no" },
	[TYPE_CHOICE] = { read_choice, "word that is known here", NULL },
	[TYPE_PHONE] = { read_phone, "E.164 number",
		"write it with + and country code, in quotes, as \"+447700900123\"" },
	[TYPE_MAIL] = { read_mail, "mail address", "write one like anna@example.com" },
	[TYPE_ZONE] = { read_zone, "time zone of this host", "write an IANA name like Europe/London" },
	[TYPE_REGION] = { read_region, "country", "write its two letters of ISO 3166, like GB or US" },
	[TYPE_TEXTS] = { read_text, "text that fits", NULL },
	[TYPE_PHONES] = { read_phone, "E.164 number",
		"write it with + and country code, in quotes, as \"+442079460100\"" },
	[TYPE_MAILS] = { read_mail, "mail address", "write one like clinic@example.com" },
	[TYPE_NETWORKS] = { read_network, "address or network",
			    "write one like 192.0.2.10, 192.0.2.0/24 or 2001:db8::/64, or the word sendmail" },
	[TYPE_SENDERS] = { read_sender, "sender", "write one like pbx@example.com, or @example.com for all of a domain" },
	[TYPE_DOMAINS] = { read_domain, "domain", "write one like example.com" },
};
_Static_assert(G_N_ELEMENTS(forms) == N_CONF_TYPES, "a form for each type");

char *conf_key_read(const struct conf_key *k, const char *text, int64_t *number_r, char **wrong_r)
{
	const struct form *f = &forms[k->type];
	int64_t number = 0;
	char *s = f->read(k, text, &number);

	if (!s && *text == '\0' && g_strcmp0(k->fallback, "") == 0)
		s = g_strdup("");
	if (s) {
		*number_r = number;
		return s;
	}
	{
		g_autofree char *range = f->right ? NULL : conf_key_range(k);
		g_autofree char *begin = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), 60));

		*wrong_r = g_strdup_printf("%s = \"%s\" is no %s; %s%s", k->name, begin, f->is_no,
					   f->right ? f->right : "write ", range ? range : "");
	}
	return NULL;
}

static char *seconds_words(int64_t s)
{
	static const struct { int64_t size; char unit; } units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' } };

	for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
		if (s >= units[i].size && s % units[i].size == 0)
			return g_strdup_printf("%" G_GINT64_FORMAT "%c", s / units[i].size, units[i].unit);
	return g_strdup_printf("%" G_GINT64_FORMAT "s", s);
}

static char *size_words(int64_t n)
{
	if (n == 0)
		return g_strdup("0");
	if (n % (1024 * 1024) == 0)
		return g_strdup_printf("%" G_GINT64_FORMAT "M", n / 1024 / 1024);
	return g_strdup_printf("%" G_GINT64_FORMAT "K", n / 1024);
}

static char *choice_words(const char *words)
{
	g_auto(GStrv) all = g_strsplit(words, " ", -1);
	guint n = g_strv_length(all);
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < n; i++)
		g_string_append_printf(out, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", all[i]);
	return g_string_free(out, FALSE);
}

char *conf_key_range(const struct conf_key *k)
{
	g_autofree char *low = NULL, *high = NULL;

	switch (k->type) {
	case TYPE_TIME:
		low = seconds_words(k->low);
		high = seconds_words(k->high);
		return g_strdup_printf("%s to %s", low, high);
	case TYPE_SIZE:
		low = size_words(k->low);
		high = size_words(k->high);
		return g_strdup_printf("%s to %s", low, high);
	case TYPE_NUMBER:
		return g_strdup_printf("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, k->low, k->high);
	case TYPE_CHOICE:
		return choice_words(k->words);
	case TYPE_FLAG:
		return g_strdup("yes or no");
	case TYPE_TEXT: case TYPE_NAME: case TYPE_HOURS: case TYPE_PATH: case TYPE_TEXTS:
		return g_strdup_printf("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " characters", k->low, k->high);
	default:
		return g_strdup(forms[k->type].is_no);
	}
}

/* Levenshtein; words of configuration keys, so both are cut at 40. */
static guint distance(const char *a, const char *b)
{
	guint row[41], n = (guint)MIN(strlen(b), 40), m = (guint)MIN(strlen(a), 40);

	for (guint j = 0; j <= n; j++)
		row[j] = j;
	for (guint i = 1; i <= m; i++) {
		guint before = row[0];

		row[0] = i;
		for (guint j = 1; j <= n; j++) {
			guint change = before + (a[i - 1] != b[j - 1]);

			before = row[j];
			row[j] = MIN(MIN(row[j], row[j - 1]) + 1, change);
		}
	}
	return row[n];
}

const char *conf_nearest(const char *text, const char *const *words, gsize n)
{
	const char *best = NULL;
	guint least = (guint)MIN(strlen(text) / 2, 3) + 1;

	for (gsize i = 0; i < n; i++) {
		guint d = distance(text, words[i]);

		if (d < least) {
			least = d;
			best = words[i];
		}
	}
	return best;
}
