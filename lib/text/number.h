/*
 * number: numbers to and from decimal text, without a locale.
 */
#ifndef BOTIFY_NUMBER_H
#define BOTIFY_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

#define NUMBER_ID_MAX INT32_MAX /* ids of tracks and users are 0 .. 2^31 - 1 */

enum { NUMBER_SIZE = 32 }; /* room that number_write_* may need, no terminating NUL included */

/* Writes n in decimal at dst (at least NUMBER_SIZE bytes). Returns how many bytes. */
size_t number_write_int(char *dst, int64_t n);

/*
 * Writes the shortest decimal that reads back as x, as JSON wants it; "null" where x is NaN or infinite. It has an
 * exponent only where it is shorter with one, or 2^63 or more; decimals of up to nine places below 2^20 never have one.
 * Returns how many bytes, at most NUMBER_SIZE.
 */
size_t number_write(char *dst, double x);

/*
 * Parses the whole of `text` as a decimal integer from min to max. Returns 0; or -1, and the reason reads
 * "`what` takes a whole number from min to max, not `text`".
 */
int number_parse_int(const char *what, const char *text, int64_t min, int64_t max, int64_t *result, struct errmsg *e);

/* The same for a finite real number. */
int number_parse(const char *what, const char *text, double min, double max, double *result, struct errmsg *e);

#endif
