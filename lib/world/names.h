/*
 * names (private to lib/world): invented artists and titles.
 *
 * Put together from word lists and patterns made for this purpose. They shall be told apart at a glance, look like
 * what a music service shows, and now and then be longer, or less ASCII, than a table expects. That one of them is
 * the name of somebody real is chance.
 */
#ifndef BOTIFY_NAMES_H
#define BOTIFY_NAMES_H

#include "base/idmap.h"
#include "base/rng.h"

/* Room for any name, the NUL included. Names are UTF-8, free of double quotes, backslashes and controls. */
enum { NAMES_SIZE = 128 };

/* The names that have been given away. Zero-initialise; free with names_clear. */
struct names {
	struct idmap taken; /* hashes */
};

void names_clear(struct names *n);

/* Invents an artist that is not yet among `n`. Returns 0, or -1 where there is no memory. */
int names_artist(struct names *n, struct rng *r, char dst[NAMES_SIZE]);

/* Invents a title. Two tracks may have the same one. */
void names_title(struct rng *r, char dst[NAMES_SIZE]);

#endif
