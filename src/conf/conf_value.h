/* conf_value.h - values of a configuration that have a form of their own. */
#ifndef RINGBACK_CONF_VALUE_H
#define RINGBACK_CONF_VALUE_H

#include <stdbool.h>

#include "conf.h"

/* "+44 7700 900123" as "+447700900123" (for the caller to free); NULL if it is not E.164 with "+". */
char *conf_value_phone(const char *text);

/* An ASCII address of the plain form local@domain (RFC 5321, 4.1.2 without quotes and literals). */
bool conf_value_is_mail(const char *text);

bool conf_value_is_zone(const char *text);

bool conf_value_is_domain(const char *text);

/* What stands after "person", "line", ...: letters, digits, - _ and ., 64 at most. */
bool conf_value_is_id(const char *text);

/* "host:port", "[address]:port"; the host is for the caller to free. */
bool conf_value_host_port(const char *text, char **host_r, int *port_r);

/* "unix:/path" or "inet:port@address" ("inet6:") */
bool conf_value_is_socket(const char *text);

/* "2026-12-24" as g_date_get_julian() counts; false, and *day_r as it was, if it is no day. */
bool conf_value_day(const char *text, guint32 *day_r);

#endif
