#include "config.h"

#include "heat.h"

#include <cairo.h>

#define SCALE 2.0
#define WIDTH 728.0
#define LEFT 40.0
#define TOP 8.0
#define CELL 28.0
#define GAP 2.0
#define BOTTOM 24.0

#ifdef SANITIZERS
/* fontconfig keeps what it read for as long as the program runs. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig";
}

const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}
#endif

static cairo_status_t append(void *user, const unsigned char *octets, unsigned n)
{
	g_byte_array_append(user, octets, n);
	return CAIRO_STATUS_SUCCESS;
}

static void label(cairo_t *c, double x, double y, const char *text)
{
	cairo_set_source_rgb(c, 0.48, 0.53, 0.59);	/* can be read on white and on black */
	cairo_move_to(c, x, y);
	cairo_show_text(c, text);
}

/* Its number, so that no colour has to be told apart. */
static void number(cairo_t *c, double x, double y, guint n, double share)
{
	char text[16];
	cairo_text_extents_t size;

	g_snprintf(text, sizeof(text), "%u", n);
	cairo_text_extents(c, text, &size);
	if (size.width > CELL - 4)
		return;
	if (share > 0.45)
		cairo_set_source_rgb(c, 1, 1, 1);
	else
		cairo_set_source_rgb(c, 0.1, 0.2, 0.35);
	cairo_move_to(c, x + (CELL - GAP - size.x_advance) / 2, y + CELL / 2 + 3);
	cairo_show_text(c, text);
}

static void cell(cairo_t *c, guint day, guint hour, guint n, guint most)
{
	const double x = LEFT + hour * CELL, y = TOP + day * CELL, share = most ? (double)n / most : 0;

	if (n)
		cairo_set_source_rgb(c, 0.85 - 0.74 * share, 0.91 - 0.57 * share, 0.97 - 0.33 * share);
	else
		cairo_set_source_rgba(c, 0.5, 0.55, 0.6, 0.13);
	cairo_rectangle(c, x, y, CELL - GAP, CELL - GAP);
	cairo_fill(c);
	if (n)
		number(c, x, y, n, share);
}

static guint most_of(const guint hours[7][24])
{
	guint most = 0;

	for (guint k = 0; k < 7 * 24; k++)
		most = MAX(most, hours[k / 24][k % 24]);
	return most;
}

GBytes *heat_png(const guint hours[7][24], const char *const days[7])
{
	const double height = TOP + 7 * CELL + BOTTOM;
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)(WIDTH * SCALE), (int)(height * SCALE));
	cairo_t *c = cairo_create(s);
	GByteArray *png = g_byte_array_new();
	const guint most = most_of(hours);
	char text[8];

	cairo_scale(c, SCALE, SCALE);
	cairo_select_font_face(c, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(c, 11);
	for (guint day = 0; day < 7; day++) {
		label(c, 2, TOP + day * CELL + CELL / 2 + 3, days[day]);
		for (guint hour = 0; hour < 24; hour++)
			cell(c, day, hour, hours[day][hour], most);
	}
	for (guint hour = 0; hour < 24; hour += 2) {
		g_snprintf(text, sizeof(text), "%02u", hour);
		label(c, LEFT + hour * CELL + 5, height - 8, text);
	}
	cairo_destroy(c);
	cairo_surface_write_to_png_stream(s, append, png);
	cairo_surface_destroy(s);
	return g_byte_array_free_to_bytes(png);
}
