/* smtp.h - mail that we write ourselves (status notes), by libesmtp (its only user), as a carrier. */
#ifndef RINGBACK_SMTP_H
#define RINGBACK_SMTP_H

#include "carrier.h"

struct smtp_settings {
	const char *host;
	int port;
	const char *mail_from;	/* envelope sender; "" for the null sender */
	int64_t timeout_s;	/* 30 */
};

/* One worker thread, one mail at a time (libesmtp blocks); outcomes come back through carrier_turn(). */
struct carrier *smtp_new(const struct smtp_settings *settings, const struct carrier_events *events);

#endif
