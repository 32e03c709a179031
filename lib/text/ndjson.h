/*
 * ndjson: files of one JSON object a line, and single JSON documents, read with jansson and with its known traps
 * closed: duplicate keys and NUL bytes are refused, anything after the value is refused.
 */
#ifndef BOTIFY_NDJSON_H
#define BOTIFY_NDJSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"


/* Parses one object. Returns a new reference, or NULL with the reason, which says so where the text was cut off. */
json_t *ndjson_parse(const char *text, size_t len, struct errmsg *e);

/* Parses a file that is one document, of any type. Returns a new reference, or NULL with the reason and the file. */
json_t *ndjson_load(const char *path, struct errmsg *e);

/* A line of a file. All of it is borrowed. */
struct ndjson_line {
	json_t *object;
	unsigned long number; /* from 1 */
};

/*
 * Calls each(line, ctx, e) for each line of a file ("-" for standard input) that is not blank. Stops at the first
 * that is no object or for which `each` returns a negative number. Returns 0; or -1 with file, line and the reason.
 */
int ndjson_each(const char *path, int (*each)(const struct ndjson_line *line, void *ctx, struct errmsg *e), void *ctx,
		struct errmsg *e);

/*
 * The same, where most lines can be taken by quicker means (scan.h): quick(text, len, number, ctx) returns whether it
 * has taken a line. Where it has not, it has changed nothing, and the line is parsed and goes to `each`: so whatever is
 * unusual or wrong with it is judged there alone.
 */
int ndjson_each_quick(const char *path, bool (*quick)(const char *text, size_t len, unsigned long number, void *ctx),
		      int (*each)(const struct ndjson_line *line, void *ctx, struct errmsg *e), void *ctx,
		      struct errmsg *e);

/* What messages call the file of this path. Borrowed. */
const char *ndjson_name(const char *path);

/*
 * Takes the whole number that a value is, also where it is written as 3859.0 or 3.859e3: so it leaves tools for which
 * a column with gaps is one of real numbers. Returns whether it is one. Those beyond 2^53 in size have to be written
 * as integers.
 */
bool ndjson_whole(const json_t *value, int64_t *n);

/* Takes an id from a value; `what` names it in the reason. Returns 0, or -1 with the reason (NULL value: missing). */
int ndjson_id(const json_t *value, const char *what, uint32_t *id, struct errmsg *e);

/* Takes the count at `key`, a whole number from 0 to max (below 2^63). Returns 0, or -1 with the reason. */
int ndjson_count(const json_t *object, const char *key, uint64_t max, uint64_t *count, struct errmsg *e);

#endif
