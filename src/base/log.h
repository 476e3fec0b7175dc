/* log.h - one line per event: first word the subject (queue id, item, module), then key=value.
 *
 * Lines go through g_log() in the domain "ringback", so that g_test_expect_message() can demand or
 * forbid them: log_error is G_LOG_LEVEL_CRITICAL (an operator must act), log_warn WARNING, log_info
 * MESSAGE (one line per decision), log_debug DEBUG. No text of a message and no full number above
 * debug: see log_number(). */
#ifndef RINGBACK_LOG_H
#define RINGBACK_LOG_H

#include <glib.h>
#include <stdbool.h>

enum log_target { LOG_TO_STDERR, LOG_TO_SYSLOG };

/* Installs our writer for the domain. Without it (tests) GLib's own is used. */
void log_open(enum log_target target, bool debug);

#define log_error(...) g_log("ringback", G_LOG_LEVEL_CRITICAL, __VA_ARGS__)
#define log_warn(...) g_log("ringback", G_LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) g_log("ringback", G_LOG_LEVEL_MESSAGE, __VA_ARGS__)
#define log_debug(...) g_log("ringback", G_LOG_LEVEL_DEBUG, __VA_ARGS__)

/* A number shortened for a log line: "+442079***23". buf holds the result (at least 24 octets);
 * NULL or "" gives "-". */
const char *log_number(const char *number, char buf[24]);

#endif
