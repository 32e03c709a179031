/*
 * json_put: strings and numbers of JSON, written to a stdio stream. For events, see event_write.
 */
#ifndef BOTIFY_JSON_PUT_H
#define BOTIFY_JSON_PUT_H

#include <stddef.h>
#include <stdio.h>

/* Writes UTF-8 text with quotes and escapes as RFC 8259, section 7. */
void json_put_string(FILE *f, const char *text);

/* The same for text that may hold NUL bytes. */
void json_put_bytes(FILE *f, const char *text, size_t len);

/* Writes the shortest decimal that reads back as x; null where x is NaN or infinite. */
void json_put_number(FILE *f, double x);

#endif
