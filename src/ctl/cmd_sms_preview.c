/* ringback sms preview: what a text would say, in which coding, in how many parts. */
#include <string.h>
#include <sysexits.h>

#include "cmd_sms.h"
#include "coding.h"
#include "sms.h"

#define SAMPLE "sample"
#define SAMPLE_TIME 1772488320	/* 2026-03-02T21:52:00Z */
#define SAMPLE_CODE 17

struct preview {
	struct command_env *env;
	struct command_work w;
	const char *item_name, *text_name, *language;
	struct item *item;
	const struct line *line;
};

/* Nobody's call, for the manual and for a configuration without any. */
static struct item *sample_item(struct arena *a)
{
	struct item *i = ARENA_NEW(a, struct item);

	*i = (struct item){
		.id = 1742, .state = STATE_OPEN, .class = CLASS_VOICEMAIL, .reason = REASON_NO_ANSWER, .line = "Clinic",
		.key = "", .owner = "anna", .caller = "+442079460123", .caller_name = "Jane Doe", .called = "1201",
		.call_time = SAMPLE_TIME, .last_call = SAMPLE_TIME, .duration_s = 34, .calls = 2, .thread_id = "",
		.transcript = "Hi its Jane the boiler is leaking can someone come tonight please, at number four, Mill Lane"
	};
	return i;
}

static void show(struct preview *p, enum text_id id, bool escalation)
{
	const struct coding_rules rules = { .alphabet = CODING_GSM, .wide = p->w.conf->roster->rules.text_wide };
	struct sms_style style = sms_style(p->w.a, p->w.conf->roster, NULL, p->line);
	struct sms_facts f = {
		.topic = escalation ? TOPIC_ESCALATION : TOPIC_FIRST, .item = p->item, .line = p->line,
		.code = SAMPLE_CODE, .step = 2, .steps = 3, .before = "Bob", .waited_s = 15 * 60,
		.recording = p->item->class == CLASS_VOICEMAIL
	};
	struct printer *out = p->env->out;
	const struct coded *coded;
	const char *text;

	if (p->language)
		style.texts = roster_texts(p->w.conf->roster, &(struct person){ .language = (char *)p->language }, NULL);
	text = sms_preview(&style, id, &f);
	coded = coding_encode(p->w.a, text, &rules);
	printer_begin(out);
	printer_string(out, "template", text_name(id));
	printer_string(out, "language", texts_language(style.texts));
	printer_string(out, "coding", coded ? coding_name(coded->coding) : NULL);
	printer_int(out, "length", coded ? coded->length : 0);
	printer_int(out, "parts", coded ? coded->n : 0);
	printer_string(out, "text", coded ? coded->shown : text);
	printer_end(out);
}

/* As the item would be, were it of that class: any template can be seen with any item. */
static void show_as(struct preview *p, enum text_id id)
{
	struct item *real = p->item, as = *real;

	if (id == TEXT_missed || id == TEXT_abandoned || id == TEXT_voicemail)
		as.class = id == TEXT_missed ? CLASS_MISSED : id == TEXT_abandoned ? CLASS_ABANDONED : CLASS_VOICEMAIL;
	if (id == TEXT_voicemail)
		as.duration_s = MAX(as.duration_s, 0);
	p->item = &as;
	show(p, id, id == TEXT_escalation);
	p->item = real;
}

static int preview(struct preview *p)
{
	enum text_id only = N_TEXT_IDS;
	int code = 0;

	if (p->text_name && !text_from_name(p->text_name, &only))
		return command_fail(EX_USAGE, "there is no template '%s'; without one all are shown", p->text_name);
	if (p->language && !texts_is_language(p->language))
		return command_fail(EX_USAGE, "'%s' is no language; write one like de", p->language);
	if (strcmp(p->item_name, SAMPLE) == 0)
		p->item = sample_item(p->w.a);
	else
		code = command_item(&p->w, p->item_name, &p->item);
	if (code)
		return code;
	p->line = roster_line_by_id(p->w.conf->roster, p->item->line);
	for (guint id = 0; id < N_TEXT_IDS; id++)
		if (only == N_TEXT_IDS ? text_is_whole((enum text_id)id) : id == only)
			show_as(p, (enum text_id)id);
	return EX_OK;
}

/* --language LANGUAGE, an item, maybe a template. */
static bool read_arguments(struct preview *p, int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--language") == 0 && i + 1 < argc)
			p->language = argv[++i];
		else if (g_str_has_prefix(argv[i], "--language="))
			p->language = strchr(argv[i], '=') + 1;
		else if (*argv[i] == '-' || p->text_name)
			return false;
		else if (p->item_name)
			p->text_name = argv[i];
		else
			p->item_name = argv[i];
	}
	return p->item_name != NULL;
}

int sms_preview_run(struct command_env *env, int argc, char **argv)
{
	struct preview p = { .env = env };
	int code;

	if (!read_arguments(&p, argc, argv))
		return -1;
	code = strcmp(p.item_name, SAMPLE) == 0 ? command_load(env, &p.w) : command_open(env, &p.w);
	if (!code)
		code = preview(&p);
	command_end(&p.w);
	return code;
}
