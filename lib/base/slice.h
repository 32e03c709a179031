/*
 * slice: a piece of text that somebody else keeps.
 */
#ifndef BOTIFY_SLICE_H
#define BOTIFY_SLICE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a string, borrowed; UTF-8, not NUL-terminated. */
struct slice {
	const char *text;
	size_t len;
};

bool slice_equal(struct slice a, struct slice b);

/* All of a string. */
struct slice slice_of(const char *text);

#endif
