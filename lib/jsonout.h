/*
 * jsonout: pieces of JSON, written to a stream. Errors of the stream are for ferror to tell.
 */
#ifndef BOTIFY_JSONOUT_H
#define BOTIFY_JSONOUT_H

#include <stdio.h>

/* A string in quotes, escaped after RFC 8259, section 7. `text` is UTF-8. */
void jsonout_string(FILE *f, const char *text);

/* The shortest number that reads back as x; null where it is not finite. */
void jsonout_number(FILE *f, double x);

#endif
