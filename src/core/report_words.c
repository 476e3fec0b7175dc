/* The words of a report, in each language. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

struct word {
	const char *key, *words[N_REPORT_LANGUAGES];
};

static const struct word words[] = {
	{ "report", { "Calls", "Anrufe" } },
	{ "daily", { "Calls: the day", "Anrufe: der Tag" } },
	{ "weekly", { "Calls: the week", "Anrufe: die Woche" } },
	{ "figures", { "Figures", "Zahlen" } },
	{ "items", { "Items", "Vorgänge" } },
	{ "recovered", { "Recovered", "Zurückgewonnen" } },
	{ "recovery_rate", { "Recovery rate", "Quote" } },
	{ "ack_median", { "Time to acknowledge, median", "Zeit bis zur Annahme, Median" } },
	{ "ack_p90", { "Time to acknowledge, 90 % within", "Zeit bis zur Annahme, 90 % binnen" } },
	{ "ack_open_median", { "... in opening hours, median", "... in Geschäftszeit, Median" } },
	{ "ack_open_p90", { "... in opening hours, 90 % within", "... in Geschäftszeit, 90 % binnen" } },
	{ "callback_median", { "Time to call back, median", "Zeit bis zum Rückruf, Median" } },
	{ "callback_p90", { "Time to call back, 90 % within", "Zeit bis zum Rückruf, 90 % binnen" } },
	{ "callback_open_median", { "... in opening hours, median", "... in Geschäftszeit, Median" } },
	{ "callback_open_p90", { "... in opening hours, 90 % within", "... in Geschäftszeit, 90 % binnen" } },
	{ "within_promise", { "Called back as promised", "Wie versprochen zurückgerufen" } },
	{ "within_promise_rate", { "... of those recovered", "... von den zurückgewonnenen" } },
	{ "live", { "Open now", "Jetzt offen" } },
	{ "overdue", { "Overdue", "Überfällig" } },
	{ "stale", { "Stale", "Liegen geblieben" } },
	{ "without_owner", { "Without an owner", "Ohne Zuständige" } },
	{ "repeat_callers", { "Called more than once", "Mehrfach angerufen" } },
	{ "after_hours", { "After hours", "Außerhalb der Geschäftszeit" } },
	{ "notices", { "Notices", "Meldungen" } },
	{ "texts", { "Texts", "SMS" } },
	{ "text_cost", { "Cost of texts", "Kosten der SMS" } },
	{ "trust", { "Notices -> items -> texts", "Meldungen -> Vorgänge -> SMS" } },
	{ "needs_you", { "Needs you today", "Heute zu tun" } },
	{ "nothing", { "Nothing waits.", "Nichts wartet." } },
	{ "lines", { "By line", "Nach Leitung" } },
	{ "reasons", { "By reason", "Nach Grund" } },
	{ "resolutions", { "What closed them", "Wie sie endeten" } },
	{ "closed_by", { "Closed by (as people said so)", "Geschlossen per (nach Angabe der Leute)" } },
	{ "people", { "Texts by person", "SMS nach Person" } },
	{ "hours", { "When they call", "Wann angerufen wird" } },
	{ "picture", { "Missed calls by weekday and hour; the table has the numbers",
		       "Verpasste Anrufe nach Wochentag und Stunde; die Zahlen stehen in der Tabelle" } },
	{ "journal", { "End of the journal's chain", "Ende der Kette des Journals" } },
	{ "item", { "Item", "Vorgang" } },
	{ "caller", { "Caller", "Anrufer" } },
	{ "line", { "Line", "Leitung" } },
	{ "owner", { "Owner", "Zuständig" } },
	{ "state", { "State", "Stand" } },
	{ "due", { "Due", "Fällig" } },
	{ "flags", { "", "" } },
	{ "reason", { "Reason", "Grund" } },
	{ "resolution", { "Resolution", "Ende" } },
	{ "way", { "By", "Per" } },
	{ "times", { "Times", "Mal" } },
	{ "person", { "Person", "Person" } },
	{ "night", { "at night", "nachts" } },
	{ "hour", { "Hour", "Stunde" } },
	{ "mo", { "Mon", "Mo" } }, { "tu", { "Tue", "Di" } }, { "we", { "Wed", "Mi" } }, { "th", { "Thu", "Do" } },
	{ "fr", { "Fri", "Fr" } }, { "sa", { "Sat", "Sa" } }, { "su", { "Sun", "So" } },
	{ "open", { "open", "offen" } }, { "collecting", { "open", "offen" } }, { "acked", { "taken", "angenommen" } },
	{ "attempted", { "tried", "versucht" } }, { "snoozed", { "snoozed", "zurückgestellt" } },
	{ "overdue stale", { "overdue, stale", "überfällig, liegen geblieben" } },
	{ "withheld", { "withheld", "unterdrückt" } },
	{ "no_answer", { "no answer", "keine Antwort" } }, { "busy", { "busy", "besetzt" } },
	{ "not_reachable", { "not reachable", "nicht erreichbar" } }, { "rejected", { "rejected", "abgewiesen" } },
	{ "abandoned", { "left the queue", "aufgelegt" } },
	{ "answered_elsewhere", { "answered elsewhere", "anderswo angenommen" } },
	{ "unknown", { "not said", "nicht genannt" } },
	{ "called_back", { "called back", "zurückgerufen" } }, { "caller_reached", { "caller reached us", "hat uns erreicht" } },
	{ "no_callback_needed", { "no callback needed", "kein Rückruf nötig" } }, { "spam", { "spam", "Werbung" } },
	{ "wrong_number", { "wrong number", "verwählt" } }, { "merged", { "merged", "zusammengelegt" } },
	{ "expired", { "expired", "abgelaufen" } },
	{ "text", { "text", "SMS" } }, { "mail", { "mail", "Mail" } }, { "cli", { "console", "Konsole" } },
	{ "timer", { "by itself", "von selbst" } },
};

const char *report_word(enum report_language language, const char *key)
{
	for (gsize k = 0; k < G_N_ELEMENTS(words); k++)
		if (strcmp(words[k].key, key) == 0)
			return words[k].words[language];
	return key;
}

const char *report_cell(enum report_language language, const char *column, const char *cell)
{
	static const char *const ours[] = { "state", "flags", "reason", "resolution", "way", NULL };

	return g_strv_contains(ours, column) ? report_word(language, cell) : cell;
}

bool report_is_number(const char *cell)
{
	return *cell && strspn(cell, "0123456789") == strlen(cell);
}

static void show_seconds(double value, char buf[48])
{
	const int64_t minutes = ((int64_t)value + 30) / 60;

	if (value < 60)
		g_snprintf(buf, 48, "%d s", (int)value);
	else if (minutes < 60)
		g_snprintf(buf, 48, "%d min", (int)minutes);
	else if (minutes < 48 * 60)
		g_snprintf(buf, 48, "%dh %02dm", (int)(minutes / 60), (int)(minutes % 60));
	else
		g_snprintf(buf, 48, "%dd %dh", (int)(minutes / 1440), (int)(minutes % 1440 / 60));
}

const char *report_shown(const struct report_figure *f, const char *currency, char buf[48])
{
	if (isnan(f->value))
		return "-";
	switch (f->unit) {
	case UNIT_COUNT:
		g_snprintf(buf, 48, "%.0f", f->value);
		break;
	case UNIT_SHARE:
		g_snprintf(buf, 48, "%.0f %%", f->value * 100);
		break;
	case UNIT_SECONDS:
		show_seconds(f->value, buf);
		break;
	case UNIT_MONEY:
		g_snprintf(buf, 48, "%.2f %.20s", f->value, currency ? currency : "");
		break;
	}
	return buf;
}
