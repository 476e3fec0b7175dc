/* report_mail.h - a report as a whole mail. Pure. */
#ifndef RINGBACK_REPORT_MAIL_H
#define RINGBACK_REPORT_MAIL_H

#include <glib.h>
#include <stdint.h>

#define REPORT_PICTURE "hours@report.ringback"	/* the Content-ID that HTML names as cid: */

struct report_mail {
	const char *from, *to, *subject;
	const char *domain;		/* of the Message-ID */
	int64_t now;
	const char *text, *html;
	GBytes *png;			/* NULL: none */
	const char *picture_words;	/* what it shows */
};

/* RFC 5322 with LF: multipart/alternative of text and HTML, that with the picture inside (multipart/related). */
char *report_mail(const struct report_mail *m);

#endif
