#include <cstring>
#include <string>

#include <glib.h>

extern "C" {
#include "arena.h"
}
#include "phone.h"

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

static const gsize RAW_MAX = 64;
static const gsize EXTENSION_MAX = 5;

/* What stays of "tel:+44 20 7946 0123;phone-context=x" or "<sip:0123@pbx>". */
static std::string bare_number(const char *raw)
{
	std::string s = raw;
	gsize end;

	for (const char *scheme : { "<", "tel:", "sip:", "sips:" })
		if (g_ascii_strncasecmp(s.c_str(), scheme, strlen(scheme)) == 0)
			s.erase(0, strlen(scheme));
	end = s.find_first_of(";@>");
	if (end != std::string::npos)
		s.erase(end);
	return s;
}

/* libphonenumber would read "Room 204" and "0800-FLOWERS" as numbers: only signs that a number is written with get
 * through, each kind of blank and dash as "-". False if there is any other. */
static bool normalise(const std::string &s, std::string *number_r, gsize *digits_r)
{
	for (const char *p = s.c_str(); *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c < 0x80 && g_ascii_isdigit((char)c))
			(*digits_r)++;
		if (c < 0x80 && (g_ascii_isdigit((char)c) || strchr("+()./", (int)c)))
			number_r->push_back((char)c);
		else if (g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_DASH_PUNCTUATION)
			number_r->push_back('-');
		else
			return false;
	}
	return true;
}

static bool parse(const std::string &number, const char *region, PhoneNumber *n_r)
{
	const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();

	return util->Parse(number, region, n_r) == PhoneNumberUtil::NO_PARSING_ERROR &&
	       util->IsPossibleNumberWithReason(*n_r) == PhoneNumberUtil::IS_POSSIBLE;
}

/* How the numbers seen last are written for people: making that reads the number again, which takes longer than the
 * rest of a mail's summary, and one mail shows it several times. No result depends on what is in here. */
static const guint SHOWN_MAX = 64;
static struct shown {
	char e164[24], display[40];
} shown[SHOWN_MAX];
static GMutex shown_lock;

static const char *shown_get(struct arena *a, const char *e164)
{
	const struct shown *s = &shown[g_str_hash(e164) % SHOWN_MAX];
	const char *display = NULL;

	g_mutex_lock(&shown_lock);
	if (strcmp(s->e164, e164) == 0)
		display = arena_strdup(a, s->display);
	g_mutex_unlock(&shown_lock);
	return display;
}

static void shown_put(const char *e164, const PhoneNumber &n, std::string *display_r)
{
	struct shown *s = &shown[g_str_hash(e164) % SHOWN_MAX];

	PhoneNumberUtil::GetInstance()->Format(n, PhoneNumberUtil::INTERNATIONAL, display_r);
	if (strlen(e164) >= sizeof(s->e164) || display_r->size() >= sizeof(s->display))
		return;
	g_mutex_lock(&shown_lock);
	g_strlcpy(s->e164, e164, sizeof(s->e164));
	g_strlcpy(s->display, display_r->c_str(), sizeof(s->display));
	g_mutex_unlock(&shown_lock);
}

const char *phone_e164(struct arena *a, const char *raw, const char *region)
{
	std::string number, e164, display;
	gsize digits = 0;
	PhoneNumber n;

	if (!raw || strnlen(raw, RAW_MAX + 1) > RAW_MAX || !normalise(bare_number(raw), &number, &digits))
		return NULL;
	number.erase(0, number.find_first_not_of('-'));
	if (digits <= EXTENSION_MAX && number.compare(0, 1, "+") != 0)
		return NULL;
	/* Trunks hand over 00... whatever the region's own international prefix is. */
	if (!parse(number, region ? region : "ZZ", &n) &&
	    !(number.compare(0, 2, "00") == 0 && parse("+" + number.substr(2), "ZZ", &n)))
		return NULL;
	PhoneNumberUtil::GetInstance()->Format(n, PhoneNumberUtil::E164, &e164);
	shown_put(e164.c_str(), n, &display);
	return arena_strdup(a, e164.c_str());
}

const char *phone_display(struct arena *a, const char *e164)
{
	const char *known = e164 && *e164 ? shown_get(a, e164) : NULL;
	std::string display;
	PhoneNumber n;

	if (known)
		return known;
	if (!e164 || !parse(e164, "ZZ", &n))
		return arena_strdup(a, e164);
	shown_put(e164, n, &display);
	return arena_strdup(a, display.c_str());
}

bool phone_region_known(const char *region)
{
	return region && PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region) != 0;
}
