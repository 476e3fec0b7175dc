#include "log.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static bool debug_on;

static int syslog_level(GLogLevelFlags level)
{
	if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
		return LOG_ERR;
	if (level & G_LOG_LEVEL_WARNING)
		return LOG_WARNING;
	return level & G_LOG_LEVEL_DEBUG ? LOG_DEBUG : LOG_INFO;
}

static const char *level_word(GLogLevelFlags level)
{
	if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
		return "error: ";
	return level & G_LOG_LEVEL_WARNING ? "warning: " : "";
}

/* A line break inside a line would forge a second event. */
static void one_line(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = ' ';
}

static void write_line(const char *domain, GLogLevelFlags level, const char *message, gpointer target)
{
	g_autofree char *line = NULL;

	(void)domain;
	if ((level & G_LOG_LEVEL_DEBUG) && !debug_on)
		return;
	line = g_strconcat(level_word(level), message, NULL);
	one_line(line);
	if (GPOINTER_TO_INT(target) == LOG_TO_SYSLOG)
		syslog(syslog_level(level), "%s", line);
	else
		fprintf(stderr, "ringback[%d]: %s\n", (int)getpid(), line);
}

void log_open(enum log_target target, bool debug)
{
	debug_on = debug;
	if (target == LOG_TO_SYSLOG)
		openlog("ringback", LOG_PID, LOG_MAIL);
	g_log_set_handler("ringback", G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION,
			  write_line, GINT_TO_POINTER(target));
}

const char *log_number(const char *number, char buf[24])
{
	gsize len = number ? strlen(number) : 0;

	if (len == 0)
		return "-";
	if (len < 6)
		return "***";
	g_snprintf(buf, 24, "%.*s***%s", (int)MIN(len - 5, 7), number, number + len - 2);
	return buf;
}
