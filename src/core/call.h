/* call.h - what a notice says about one call. */
#ifndef RINGBACK_CALL_H
#define RINGBACK_CALL_H

#include <stdbool.h>
#include <stdint.h>

enum call_class { CLASS_NONE, CLASS_MISSED, CLASS_VOICEMAIL, CLASS_ABANDONED, CLASS_SYSTEM, N_CLASSES };

/* ETSI and 3GPP causes in the product's words. */
enum call_reason {
	REASON_UNKNOWN, REASON_NO_ANSWER, REASON_BUSY, REASON_NOT_REACHABLE, REASON_REJECTED,
	REASON_ABANDONED, REASON_ANSWERED_ELSEWHERE, N_REASONS
};

/* What a notice may say. */
enum call_field {
	FIELD_CALLER, FIELD_CALLER_NAME, FIELD_CALLED, FIELD_CALLED_NAME, FIELD_TIME, FIELD_DURATION,
	FIELD_TRANSCRIPT, FIELD_TRANSCRIPT_LANG, FIELD_TRANSCRIPT_ENGINE, FIELD_TRANSCRIPT_CONFIDENCE,
	FIELD_CALL_ID, FIELD_REASON, FIELD_WAITED, N_FIELDS
};

/* Strings are UTF-8 in the arena of the mail, NULL where the notice does not say. */
struct call {
	const char *profile;	/* name of the profile that read it */
	const char *source;	/* who said it: name of the source; whoever reads the mail sets it */
	int confidence;		/* 0..100: how sure the reading is; 100 where a product's own profile read it */
	unsigned missing;	/* 1 << FIELD_...: what the profile expects of each of its mails and did not find */
	enum call_class class;
	enum call_reason reason;
	const char *caller_raw;	/* as the PBX wrote it */
	const char *caller;	/* E.164 with "+", NULL if withheld or not a number */
	bool withheld;		/* the PBX says that the number is withheld or unknown */
	const char *tag;	/* a line's, which stood before the name (roster_take_tag()); NULL: none did */
	const char *caller_name;
	const char *called;	/* extension, number, queue or mailbox, as the PBX wrote it */
	const char *called_name;	/* "Front Desk", where the PBX names it */
	int64_t time;		/* Unix seconds; never 0: the mail's Date, then the arrival, fill in */
	bool time_printed;	/* the body said the time (else it is the mail's) */
	int duration_s;		/* of the recording; -1 if not said */
	int waited_s;		/* how long the caller stood it; 0 and less: not said */
	const char *transcript;
	const char *transcript_lang;	/* BCP 47 ("en-US") */
	const char *transcript_engine;	/* who heard it, as the mail names it */
	double transcript_confidence;	/* 0..1; -1 if not said */
	const char *call_id;	/* the PBX's own id of the call, not the Message-ID */
	const char *audio_hash;	/* of the recording: letter_part.sha512 */
	const char *audio_type;	/* its media type */
	const char *audio_name;	/* its file name */
};

/* The product's words ("missed", "no_answer"); never NULL. */
const char *class_name(enum call_class c);
const char *reason_name(enum call_reason r);

/* "caller", "transcript_lang": the name of a group in a profile; never NULL. */
const char *call_field_name(enum call_field f);

/* The reverse; false if there is no such word. */
bool class_from_name(const char *name, enum call_class *c_r);
bool reason_from_name(const char *name, enum call_reason *r_r);
bool call_field_from_name(const char *name, enum call_field *f_r);

#endif
