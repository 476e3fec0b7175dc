#include <cstring>
#include <string>

#include <glib.h>

extern "C" {
#include "arena.h"
}
#include "phone.h"

#include <phonenumbers/phonenumbermatch.h>
#include <phonenumbers/phonenumbermatcher.h>
#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberMatch;
using i18n::phonenumbers::PhoneNumberMatcher;
using i18n::phonenumbers::PhoneNumberUtil;

static const gsize RAW_MAX = 64;
static const gsize EXTENSION_MAX = 5;
static const int FIND_MAX = 160, TRIES_MAX = 8;

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

/* How long the date or clock time at `at` is that has one of these forms (9: a digit, Y: one to four); 0: none there. */
static gsize date_length(const std::string &s, gsize at, const char *form)
{
	gsize from = at;

	for (; *form; form++) {
		if (at >= s.size() || (*form == '9' || *form == 'Y' ? !g_ascii_isdigit(s[at]) : s[at] != *form))
			return 0;
		at++;
		for (gsize n = 1; *form == 'Y' && n < 4 && at < s.size() && g_ascii_isdigit(s[at]); n++)
			at++;
	}
	if (at < s.size() && (g_ascii_isdigit(s[at]) || (strchr(".-/:", s[at]) && g_ascii_isdigit(s[at + 1]))))
		return 0;
	return at - from;
}

/* 22.10.2009, 3-11-26, 2026-03-03, 14:15: libphonenumber leaves out but some of these. Blanked, so that what stands
 * beside one is still found. */
static void blank_dates(std::string *s)
{
	static const char *const forms[] = {
		"9999-99-99", "9999.99.99", "9999/99/99", "99.99.Y", "9.99.Y", "99.9.Y", "9.9.Y", "99/99/Y", "9/99/Y",
		"99/9/Y", "9/9/Y", "99-99-Y", "9-99-Y", "99-9-Y", "9-9-Y", "99:99:99", "9:99:99", "99:99", "9:99",
	};

	for (gsize at = 0; at < s->size(); at++) {
		if (!g_ascii_isdigit((*s)[at]) || (at > 0 && strchr("0123456789+.-/:", (*s)[at - 1])))
			continue;
		for (const char *form : forms) {
			gsize n = date_length(*s, at, form);

			s->replace(at, n, n, ';');
			if (n)
				break;
		}
	}
}

static const char *find_international(struct arena *a, const std::string &s, const char *region, gsize *start_r,
				      gsize *size_r)
{
	for (gsize at = s.find("00"); at != std::string::npos; at = s.find("00", at + 1)) {
		gsize end = s.find_first_not_of("0123456789 -", at), last;
		const char *e164;

		if (at > 0 && g_ascii_isalnum(s[at - 1]))
			continue;
		*start_r = at;
		last = s.find_last_of("0123456789", end == std::string::npos ? end : end - 1);
		*size_r = last + 1 - at;
		e164 = phone_e164(a, s.substr(at, *size_r).c_str(), region);
		if (e164)
			return e164;
	}
	return NULL;
}

const char *phone_find(struct arena *a, const char *text, gsize size, const char *region, gsize *start_r, gsize *size_r)
{
	std::string s(text, MIN(size, (gsize)FIND_MAX));
	PhoneNumberMatch match;
	const char *e164;

	/* Short of the end of a character, libphonenumber would see no text at all. */
	while (!g_utf8_validate(s.c_str(), (gssize)s.size(), NULL))
		s.pop_back();
	blank_dates(&s);
	PhoneNumberMatcher matcher(*PhoneNumberUtil::GetInstance(), s, region ? region : "ZZ",
				   PhoneNumberMatcher::POSSIBLE, TRIES_MAX);
	while (matcher.HasNext() && matcher.Next(&match)) {
		*start_r = (gsize)match.start();
		*size_r = match.raw_string().size();
		e164 = phone_e164(a, match.raw_string().c_str(), region);
		if (*size_r > 1 && s[*start_r] == '(' && match.raw_string().find(')') == std::string::npos) {
			++*start_r;	/* that of "(020 7946 0123)" */
			--*size_r;
		}
		if (e164)
			return e164;
	}
	return find_international(a, s, region, start_r, size_r);
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

bool phone_possible(const char *e164)
{
	PhoneNumber n;

	return parse(e164, "ZZ", &n);
}

bool phone_region_known(const char *region)
{
	return region && PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region) != 0;
}
