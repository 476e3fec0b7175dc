#include "texts.h"

#include <string.h>

#include "err.h"
#include "gsm.h"
#include "template.h"

#define PART_SEPTETS 160
#define MARK "\x01"		/* stands in no template */

static const char *const allowed_values[] = {
#define TEXT(name, values) values,
#define PIECE TEXT
#include "texts.def"
#undef PIECE
#undef TEXT
};

static const char *const keys[] = {
#define TEXT(name, values) #name,
#define PIECE TEXT
#include "texts.def"
#undef PIECE
#undef TEXT
	NULL
};

static const bool whole[] = {
#define TEXT(name, values) true,
#define PIECE(name, values) false,
#include "texts.def"
#undef PIECE
#undef TEXT
};

static const char *const names[] = {
#define VALUE(name) #name,
#include "texts.def"
#undef VALUE
	NULL
};
_Static_assert(G_N_ELEMENTS(keys) == N_TEXT_IDS + 1 && G_N_ELEMENTS(names) == N_TEXT_VALUES + 1, "a name for each");

struct texts {
	char *language;
	struct template_set *set;
	const struct texts *base;	/* whose words stand in for those that are not in the set; NULL: none are missing */
};

const char *text_name(enum text_id id)
{
	g_assert(id < N_TEXT_IDS);
	return keys[id];
}

bool text_from_name(const char *name, enum text_id *id_r)
{
	for (guint i = 0; i < N_TEXT_IDS; i++)
		if (strcmp(keys[i], name) == 0) {
			*id_r = (enum text_id)i;
			return true;
		}
	return false;
}

bool text_is_whole(enum text_id id)
{
	g_assert(id < N_TEXT_IDS);
	return whole[id];
}

const char *texts_language(const struct texts *t)
{
	return t->language;
}

/* ---- built in ---- */

static struct texts *builtin_new(const char *language)
{
	g_autofree char *file = g_strconcat(language, TEXTS_SUFFIX, NULL);
	struct texts *t = g_new0(struct texts, 1);
	g_autoptr(GError) err = NULL;
	gsize i = 0;

	while (strcmp(template_builtin[i], file) != 0)
		i += 2;
	t->language = g_strdup(language);
	t->set = template_set_new(template_builtin[i + 1], keys, names, file, &err);
	g_assert_no_error(err);
	return t;
}

const struct texts *texts_builtin(const char *language)
{
	static struct texts *english, *german;

	if (g_once_init_enter(&english)) {
		german = builtin_new("de");
		g_once_init_leave(&english, builtin_new("en"));
	}
	if (language && g_ascii_strncasecmp(language, "de", 2) == 0 && !g_ascii_isalpha(language[2]))
		return german;
	return english;
}

/* ---- of a file ---- */

bool texts_is_language(const char *name)
{
	gsize letters = 0, rest = 0;

	while (g_ascii_isalpha(name[letters]))
		letters++;
	if (letters < 2 || letters > 3 || (name[letters] && name[letters] != '-'))
		return false;
	if (!name[letters])
		return true;
	for (name += letters + 1; g_ascii_isalnum(name[rest]);)
		rest++;
	return rest >= 2 && rest <= 8 && !name[rest];
}

static const struct template *find(const struct texts *t, enum text_id id)
{
	const struct template *own = template_set_get(t->set, id);

	return own ? own : template_set_get(t->base->set, id);
}

/* How many of the text's own values are called so: none, one, or one with a "!" (2). */
static int allowed(enum text_id id, const char *name)
{
	gsize n = strlen(name);

	for (const char *p = allowed_values[id]; *p; p += strcspn(p, " "), p += strspn(p, " "))
		if (strcspn(p, " !") == n && strncmp(p, name, n) == 0)
			return p[n] == '!' ? 2 : 1;
	return 0;
}

/* Is the value shown whatever the others are? */
static bool always_shown(const struct template *t, guint value)
{
	const char *values[N_TEXT_VALUES] = { [0] = NULL };
	g_autoptr(GString) out = g_string_new(NULL);

	values[value] = MARK;
	template_render(t, values, NULL, out);
	return strstr(out->str, MARK) != NULL;
}

static bool check_one(const struct texts *t, enum text_id id, const char *file, GError **err)
{
	const struct template *own = template_set_get(t->set, id);

	for (guint v = 0; own && v < N_TEXT_VALUES; v++) {
		int how = allowed(id, names[v]);

		if (!how && template_uses(own, v))
			return err_set(err, ERR_CONF, "%s:%d: %s has no value {%s}; it has: %s", file,
				       template_line(own), keys[id], names[v],
				       *allowed_values[id] ? allowed_values[id] : "none");
		if (how == 2 && !always_shown(own, v))
			return err_set(err, ERR_CONF, "%s:%d: %s needs {%s}, outside of {?...} and {!...}; write it in",
				       file, template_line(own), keys[id], names[v]);
	}
	return true;
}

/* All else is cut before: this must do with one part. */
static bool check_room(const struct texts *t, enum text_id id, const char *file, GError **err)
{
	AUTO_ARENA a = arena_new();
	const char *values[N_TEXT_VALUES] = { [WITH_code] = "9999" };
	int n;

	values[WITH_verbs] = texts_fill(a, t, TEXT_verbs, values);
	values[WITH_time] = "00:00";
	values[WITH_number] = "+123456789012345";
	values[WITH_step] = values[WITH_steps] = "99";
	n = gsm_length(gsm_transliterate(a, texts_fill(a, t, id, values)));
	if (n > PART_SEPTETS)
		return err_set(err, ERR_CONF, "%s:%d: %s is too long: with number and verbs alone %d of %d characters; "
			       "write less", file, template_line(find(t, id)), keys[id], n, PART_SEPTETS);
	return true;
}

static bool check(const struct texts *t, const char *file, GError **err)
{
	static const enum text_id about_item[] = { TEXT_missed, TEXT_voicemail, TEXT_abandoned, TEXT_escalation, TEXT_retry };

	for (guint i = 0; i < N_TEXT_IDS; i++)
		if (!check_one(t, (enum text_id)i, file, err))
			return false;
	for (gsize i = 0; i < G_N_ELEMENTS(about_item); i++)
		if (!check_room(t, about_item[i], file, err))
			return false;
	return true;
}

struct texts *texts_new(const char *language, const char *text, const char *file, GError **err)
{
	struct texts *t = g_new0(struct texts, 1);

	t->language = g_ascii_strdown(language, -1);
	t->base = texts_builtin(language);
	t->set = template_set_read(text, keys, names, file, err);
	if (t->set && check(t, file, err))
		return t;
	texts_free(t);
	return NULL;
}

void texts_free(struct texts *t)
{
	if (!t)
		return;
	template_set_free(t->set);
	g_free(t->language);
	g_free(t);
}

/* ---- filling ---- */

/* Blanks run together, none at the ends of lines, no empty lines. */
static const char *tidy(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s), *to = out;

	for (const char *p = s; *p; p++) {
		if (*p == '\n' && to > out && to[-1] == ' ')
			to--;
		if ((*p == ' ' || *p == '\n') && (to == out || to[-1] == '\n' || (*p == ' ' && to[-1] == ' ')))
			continue;
		*to++ = *p;
	}
	while (to > out && (to[-1] == ' ' || to[-1] == '\n'))
		to--;
	*to = '\0';
	return out;
}

const char *texts_fill(struct arena *a, const struct texts *t, enum text_id id, const char *const *values)
{
	g_autoptr(GString) out = g_string_new(NULL);

	template_render(find(t ? t : texts_builtin(NULL), id), values, NULL, out);
	return tidy(a, out->str);
}
