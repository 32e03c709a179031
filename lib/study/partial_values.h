/*
 * partial_values (private to lib/study): reads the value at a key of a part's object, for the reader of partial.h.
 * Where it is not what it should be, the reason says that this is not a part of a log.
 */
#ifndef BOTIFY_PARTIAL_VALUES_H
#define BOTIFY_PARTIAL_VALUES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "event/event.h"

/* Each returns 0, or -1 with the reason. Counts are from 0 to max; small ones fit in 32 bits. */
int partial_read_count(const json_t *object, const char *key, uint64_t max, uint64_t *count, struct errmsg *e);
int partial_read_small(const json_t *object, const char *key, uint32_t *count, struct errmsg *e);
int partial_read_truth(const json_t *object, const char *key, bool *truth, struct errmsg *e);

/* Adds the count at `key` to *sum. Likewise; also where the sum would pass 2^63. */
int partial_add_count(const json_t *object, const char *key, uint64_t *sum, struct errmsg *e);

/* A string, borrowed from the object; text NULL where there is none. */
struct slice partial_string_at(const json_t *object, const char *key);

#endif
