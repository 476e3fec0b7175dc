#include "render_world.h"

static void fill_roster(struct world *w)
{
	struct person *anna = g_new0(struct person, 1);
	struct line *clinic = g_new0(struct line, 1);

	*anna = (struct person){ .id = g_strdup("anna"), .name = g_strdup("Anna Smith"),
				 .mail = g_strdup("anna@example.com") };
	*clinic = (struct line){ .id = g_strdup("clinic"), .name = g_strdup("Clinic"), .owner = anna,
				 .audit = g_strdup("calls@example.com"), .zone = g_strdup("Europe/Berlin") };
	w->r = roster_new();
	roster_add_person(w->r, anna);
	roster_add_line(w->r, clinic);
	g_free(w->r->rules.item_prefix);
	g_free(w->r->rules.domain);
	w->r->rules.item_prefix = g_strdup("RB");
	w->r->rules.domain = g_strdup("mx.example.com");
	w->d.line = clinic;
	w->d.owner = anna;
}

void world_open(struct world *w)
{
	*w = (struct world){ .a = arena_new() };
	fill_roster(w);
	w->call = (struct call){
		.profile = "freepbx-missed", .confidence = 100, .transcript_confidence = -1, .class = CLASS_MISSED, .reason = REASON_NO_ANSWER, .caller = NUMBER,
		.caller_raw = "02079460123", .caller_name = "Jane Doe", .called = "201", .time = EVENING,
		.time_printed = true, .duration_s = -1
	};
	w->item = (struct item){
		.id = 1742, .state = STATE_COLLECTING, .key = "clinic|" NUMBER, .class = CLASS_MISSED,
		.reason = REASON_NO_ANSWER, .line = "clinic", .owner = "anna", .caller = NUMBER,
		.caller_name = "Jane Doe", .called = "201", .call_time = EVENING, .duration_s = -1, .calls = 1,
		.created = EVENING + 5, .due = EVENING + 3600, .thread_id = "<first@pbx.example.com>"
	};
	w->notice = (struct notice){ .key = KEY, .rcpts = "201@example.com" };
	w->e = (struct event){ .kind = EVENT_NOTICE, .call = &w->call, .message_id = "<first@pbx.example.com>" };
	w->d.item = &w->item;
	w->d.created = true;
	w->d.notice = &w->notice;
	w->d.mail = MAIL_EDIT;
	w->d.why = "line=clinic(called 201) closed step=1 anna";
}

void world_voicemail(struct world *w)
{
	world_open(w);
	w->call.class = w->item.class = CLASS_VOICEMAIL;
	w->call.profile = "fusionpbx-voicemail";
	w->call.duration_s = 34;
	w->call.transcript = "Hi, it's Jane. The boiler is leaking, can someone come tonight?";
	w->call.transcript_lang = "en-GB";
	w->call.transcript_engine = "scribe";
	w->call.transcript_confidence = 0.74;
	w->call.audio_hash = "qVVahrJT0MVMWBX1";
	w->call.audio_type = "audio/x-wav";
	w->call.audio_name = "msg0001.wav";
}

void world_close(struct world *w)
{
	roster_free(w->r);
	arena_free(w->a);
}

const char *const world_hostile_words[] = {
	"Jane\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\u202eeoD\u2066",
	"</td></table><a href=\"http://evil.example.com\">", "'><b>&amp;&#60;", "{\"a\":1}\\\"\n", "=?UTF-8?Q?=0D=0ABcc:_x?=",
	"\x01\x02\x1b[31m", "javascript:alert(1)", NULL
};

void world_hostile(struct world *w, const char *words)
{
	world_voicemail(w);
	w->call.caller = w->call.caller_raw = w->call.caller_name = w->call.called = w->call.transcript = words;
	w->call.transcript_lang = w->call.transcript_engine = words;
	w->call.profile = w->call.audio_name = w->call.call_id = w->call.audio_type = words;
	w->item.caller = w->item.caller_name = w->item.called = w->item.transcript = words;
	w->item.line = w->item.owner = w->d.why = words;
	w->e.message_id = words;
	w->d.created = false;
}
