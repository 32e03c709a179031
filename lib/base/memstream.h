/*
 * memstream: a stdio stream into memory that tells when memory ran out. What open_memstream had no room for is
 * missing from the text, and neither ferror nor fclose says so.
 */
#ifndef BOTIFY_MEMSTREAM_H
#define BOTIFY_MEMSTREAM_H

#include <stddef.h>
#include <stdio.h>

struct memstream {
	FILE *file; /* write here */
	char *text;
	size_t len, cap; /* len: without the NUL after it; all that was written after memstream_close */
};

/* Begins an empty text. Returns m->file; or NULL, where there is no memory and nothing to close. */
FILE *memstream_open(struct memstream *m);

/* Ends it. Returns the text, NUL-terminated and new; or NULL where there was no memory for all of it. */
char *memstream_close(struct memstream *m);

#endif
