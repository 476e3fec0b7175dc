#include "call.h"

#include <glib.h>

static const char *const class_names[] = { "none", "missed", "voicemail", "abandoned", "system" };
static const char *const reason_names[] = {
	"unknown", "no_answer", "busy", "not_reachable", "rejected", "abandoned", "answered_elsewhere"
};
static const char *const field_names[] = {
	"caller", "caller_name", "called", "called_name", "time", "duration", "transcript", "transcript_lang",
	"transcript_engine", "transcript_confidence", "call_id", "reason", "waited",
};
_Static_assert(G_N_ELEMENTS(class_names) == N_CLASSES, "one name for each class");
_Static_assert(G_N_ELEMENTS(reason_names) == N_REASONS, "one name for each reason");
_Static_assert(G_N_ELEMENTS(field_names) == N_FIELDS, "one name for each field");

const char *class_name(enum call_class c)
{
	g_assert(c < N_CLASSES);
	return class_names[c];
}

const char *reason_name(enum call_reason r)
{
	g_assert(r < N_REASONS);
	return reason_names[r];
}

const char *call_field_name(enum call_field f)
{
	g_assert(f < N_FIELDS);
	return field_names[f];
}

bool class_from_name(const char *name, enum call_class *c_r)
{
	for (guint i = 0; i < N_CLASSES; i++)
		if (g_strcmp0(name, class_names[i]) == 0)
			return *c_r = i, true;
	return false;
}

bool reason_from_name(const char *name, enum call_reason *r_r)
{
	for (guint i = 0; i < N_REASONS; i++)
		if (g_strcmp0(name, reason_names[i]) == 0)
			return *r_r = i, true;
	return false;
}

bool call_field_from_name(const char *name, enum call_field *f_r)
{
	for (guint i = 0; i < N_FIELDS; i++)
		if (g_strcmp0(name, field_names[i]) == 0)
			return *f_r = i, true;
	return false;
}
