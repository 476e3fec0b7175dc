/* html.h - HTML as the text that a reader would see. */
#ifndef RINGBACK_HTML_H
#define RINGBACK_HTML_H

#include <glib.h>

/* Appends the text of n octets of HTML (valid UTF-8) to out, which grows to max octets at most; false if some was left
 * out for that. Line ends (LF) where a browser breaks the line, one blank between table cells, script, style and title
 * dropped, entities decoded. Time is linear in n whatever the markup. */
gboolean html_text(const char *html, gsize n, gsize max, GString *out);

/* Appends the addresses that the links of n octets of HTML lead to, <a href="...">, one a line, entities decoded, to
 * out, which grows to max octets at most; what does not fit is left out. Linear in n. */
void html_links(const char *html, gsize n, gsize max, GString *out);

#endif
