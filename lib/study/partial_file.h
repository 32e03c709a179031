/*
 * partial_file (private to lib/study): what the reader and the writer of partial.h have in common.
 */
#ifndef BOTIFY_PARTIAL_FILE_H
#define BOTIFY_PARTIAL_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "study/recommendations.h"

#define PARTIAL_OF "botify-abtest" /* what "partial" says in the first line */
enum { PARTIAL_VERSION = 1 };

/* The counts of answers, by the keys that they are written with. */
struct partial_count {
	const char *key;
	size_t offset; /* in struct recommendations_count, of a uint64_t */
};

enum { PARTIAL_ANSWERS_N = 6 };
extern const struct partial_count partial_answers[PARTIAL_ANSWERS_N];

static inline uint64_t *partial_answers_at(struct recommendations_count *count, size_t i)
{
	return (uint64_t *)((char *)count + partial_answers[i].offset);
}

#endif
