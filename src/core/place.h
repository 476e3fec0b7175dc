/* place.h - where something of the configuration was written, for messages. */
#ifndef RINGBACK_PLACE_H
#define RINGBACK_PLACE_H

struct place {
	const char *file;	/* lives as long as the process; NULL: in no file */
	int line;
};

#endif
